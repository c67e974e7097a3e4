"""Signs that the channel literature derives: at 90 % of 200 draws inside the region stated for each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulation.strategies import SHIPPED
from tests.validation.channel_patterns import DRAWS, PATTERNS, SEED, TALK, WANTED
from tests.validation.channel_worlds import draws, run, uncertain
from tests.validation.regions import FOLDER, region_words
from tests.validation.scale import COMPILED, replicates

PAGE = Path(__file__).parents[2] / "docs" / "validation_channel.md"
NAMES = [pattern.name for pattern in PATTERNS]
BOUNDED = [pattern for pattern in PATTERNS if pattern.region]
OUTSIDE = 60
PLAIN_WANTED = 0.5  # of the few draws that plain Python has time for


@pytest.mark.parametrize("pattern", PATTERNS, ids=NAMES)
def test_the_sign_holds_inside_its_region(pattern):
    number = replicates(DRAWS)
    held = [pattern.holds(draw) for draw in draws(SEED, number, pattern.inside)]
    wanted = WANTED if COMPILED else PLAIN_WANTED
    assert np.mean(held) >= wanted, f"{pattern.name}: {sum(held)} of {number}"


@pytest.mark.parametrize("pattern", BOUNDED, ids=[pattern.name for pattern in BOUNDED])
def test_outside_the_region_the_sign_is_lost_more_often(pattern):
    """So the inequalities say something: a sign that held everywhere would need none."""
    number = replicates(OUTSIDE)
    held = [pattern.holds(draw) for draw in draws(SEED + 1, number, pattern.outside)]
    assert np.mean(held) <= (WANTED if COMPILED else 1.0), f"{pattern.name}: {sum(held)} of {number}"


def test_effort_does_not_rise_where_nothing_makes_it_rise():
    """What raises effort with contact is liking, trust, and what was learned; without them nothing does."""
    arms = (SHIPPED["do_nothing"], TALK)
    for draw in draws(SEED, replicates(10, 2)):
        for name in ("a_rel", "a_trust", "a_enable"):
            draw.values[name] = 0.0
        found = run(draw, arms, replicates=2).series("share_of_mind")
        assert np.array_equal(found[0], found[1])


def test_every_bound_is_one_of_a_parameter_that_varies():
    ranges = uncertain()
    for pattern in BOUNDED:
        assert pattern.plane is not None and set(pattern.plane) & set(pattern.region)
        for name, (low, high) in pattern.region.items():
            assert low < high
            if name in ranges:
                assert ranges[name][0] <= low and high <= ranges[name][1]
                assert (low, high) != ranges[name]


def test_the_page_states_and_draws_every_region():
    page = PAGE.read_text(encoding="utf-8")
    for pattern in PATTERNS:
        start = f"| {pattern.says} ({pattern.source}) | {region_words(pattern)} | "
        (row,) = (line for line in page.splitlines() if line.startswith(start))
        assert int(row.removeprefix(start).split("%")[0]) >= 100 * WANTED
        if pattern.plane is not None:
            picture = FOLDER / f"validation_{pattern.name}.svg"
            assert picture.is_file() and f"(img/{picture.name})" in page
