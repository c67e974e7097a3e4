"""The morph layout: who stands where, and that it stays so from state to state."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.generator import generate_account
from graph.account import Account, Person, Tie
from graph.measures import measure
from graph.policy import load_policy
from graph.removal import remove
from tests.unit.accounts import DAY
from visualisation.layout import (
    DEPTH,
    GAP,
    PAD,
    SLOT,
    Arrangement,
    arrange,
    silhouette,
    stand,
    target_strength,
    with_strength,
)
from visualisation.shapes import REACH

POLICY = load_policy()
sizes = st.integers(min_value=0, max_value=12)
seeds = st.integers(min_value=0, max_value=10_000)


def person(identity: str, function: str | None = None, **more: object) -> Person:
    return Person(identity, identity.title(), "org", function, **more)  # type: ignore[arg-type]


def account(ours: tuple[Person, ...], theirs: tuple[Person, ...], *ties: tuple[str, str, float]) -> Account:
    return Account("a", "A", DAY, ours=ours, theirs=theirs, ties=tuple(Tie(*tie) for tie in ties))


def pairs(functions: str, strength: float = 0.6) -> Account:
    kinds = functions.split()
    return account(
        tuple(person(f"o{i}", kind) for i, kind in enumerate(kinds)),
        tuple(person(f"t{i}", kind, role="user", level=1 + i % 3) for i, kind in enumerate(kinds)),
        *((f"o{i}", f"t{i}", strength) for i in range(len(kinds))),
    )


def slot_heights(arrangement: Arrangement, people: tuple[Person, ...]) -> list[tuple[float, float, str]]:
    return sorted((arrangement.height[p.id], arrangement.radius[p.id], p.id) for p in people)


def test_rows_are_those_of_the_policy_then_others_then_unknown() -> None:
    drawn = arrange(
        account((person("o", "zeppelins"), person("p")), (person("t", "arts"), person("u", "purchasing")))
    )
    assert [band.row for band in drawn.bands] == [
        "Executive",
        "Marketing",
        "Technical",
        "Commercial",
        "Supply",
        "Finance",
        "arts",
        "zeppelins",
        "Unknown",
    ]


def test_an_empty_account_has_a_slot_a_row_and_zero_in_the_middle_of_commercial() -> None:
    drawn = arrange(account((), ()))
    assert [band.bottom - band.top for band in drawn.bands] == [SLOT + PAD] * len(POLICY.row_weights)
    commercial = next(band for band in drawn.bands if band.row == "Commercial")
    assert commercial.top == -commercial.bottom
    assert drawn.hubs == {"ours": None, "theirs": None}


def test_a_row_is_as_high_as_its_larger_side() -> None:
    people = tuple(person(f"t{i}", "finance", influence=0.1) for i in range(5))
    drawn = arrange(account((person("o", "finance"),), people))
    finance = next(band for band in drawn.bands if band.row == "Finance")
    assert finance.bottom - finance.top == 5 * SLOT + PAD


def test_one_contact_draws_two_triangles_that_touch_where_it_runs() -> None:
    told = account(
        (person("o", "commercial"), person("p", "technical")),
        (person("t", "purchasing"), person("u", "technical"), person("v", "finance")),
        ("o", "t", 0.8),
    )
    drawn = arrange(told)
    standing = stand(drawn, measure(told))
    assert standing.index == 0.0
    assert (standing.x["o"], drawn.height["o"]) == (-GAP, 0.0)
    assert (standing.x["t"], drawn.height["t"]) == (GAP, 0.0)
    assert standing.x["u"] == standing.x["v"] == GAP + DEPTH
    front_top, back_top, back_bottom, front_bottom = silhouette(drawn, standing.index, "theirs")
    assert front_bottom[1] - front_top[1] < 0.05 * (back_bottom[1] - back_top[1])


def test_a_diamond_is_joined_on_the_long_side_and_its_hubs_stand_back() -> None:
    told = pairs("executive marketing technical commercial operations finance", 0.8)
    measures = measure(told)
    drawn = arrange(told)
    standing = stand(drawn, measures)
    assert measures.shape == "diamond"
    assert standing.x["o3"] == pytest.approx(-(GAP + standing.index * DEPTH))
    assert standing.x["o0"] == -GAP
    front_top, back_top, back_bottom, front_bottom = silhouette(drawn, standing.index, "ours")
    assert front_bottom[1] - front_top[1] > 3 * (back_bottom[1] - back_top[1])


def test_who_is_covered_better_stands_nearer() -> None:
    told = pairs("executive marketing technical commercial", 0.3)
    told = replace(told, ties=tuple(replace(t, strength=0.1 * (i + 1)) for i, t in enumerate(told.ties)))
    x = stand(arrange(told), measure(told)).x
    assert GAP + DEPTH > x["t0"] > x["t1"] > x["t2"] > GAP
    assert x["t0"] == pytest.approx(GAP + (1 - 0.1 / 0.75) * DEPTH)


def test_an_opponent_stands_as_far_as_somebody_whom_nobody_covers() -> None:
    told = account(
        (person("o", "technical"),),
        (person("t", "technical"), person("u", "quality", orientation="against")),
        ("o", "u", 0.9),
        ("o", "t", 0.5),
    )
    assert stand(arrange(told), measure(told)).x["u"] == GAP + DEPTH


def test_the_hub_is_the_strongest_of_commercial_else_of_the_side() -> None:
    ours = (person("o", "commercial"), person("p", "commercial"), person("q", "technical"))
    theirs = (person("t", "technical"), person("u", "finance"))
    told = account(ours, theirs, ("o", "t", 0.3), ("p", "t", 0.4), ("q", "t", 0.9), ("q", "u", 0.9))
    drawn = arrange(told)
    assert drawn.hubs == {"ours": "p", "theirs": "t"}
    assert drawn.height["p"] == drawn.height["t"] == 0.0
    assert drawn.height["o"] != 0.0


@settings(deadline=None, derandomize=True, max_examples=60)
@given(seed=seeds, ours=sizes, theirs=sizes)
def test_shapes_keep_apart_inside_their_bands(seed: int, ours: int, theirs: int) -> None:
    told = generate_account(seed, ours=ours, theirs=theirs)
    drawn = arrange(told, [target_strength(told)])
    x = stand(drawn, measure(told)).x
    assert set(drawn.height) == set(told.people) == set(x)
    for people in (told.ours, told.theirs):
        placed = slot_heights(drawn, people)
        for (y1, r1, _), (y2, r2, _) in pairwise(placed):
            assert y2 - y1 >= max(SLOT, REACH * (r1 + r2)) - 1e-6
    for someone in told.people.values():
        row = "Commercial" if someone.id in drawn.hubs.values() else told.row(someone)
        band = next(band for band in drawn.bands if band.row == row)
        assert band.top + PAD / 2 + SLOT / 2 <= drawn.height[someone.id] + 1e-6
        assert drawn.height[someone.id] <= band.bottom - PAD / 2 - SLOT / 2 + 1e-6
        assert GAP <= abs(x[someone.id]) <= GAP + DEPTH
        assert (x[someone.id] > 0) == (someone.id in told.their_index)
    for hub in drawn.hubs.values():
        assert hub is None or drawn.height[hub] == pytest.approx(0.0)


@settings(deadline=None, derandomize=True, max_examples=30)
@given(seed=seeds, ours=sizes, theirs=sizes)
def test_nothing_depends_on_names_or_on_the_order_of_the_input(seed: int, ours: int, theirs: int) -> None:
    told = generate_account(seed, ours=ours, theirs=theirs)
    other = replace(
        told,
        ours=tuple(replace(p, name=f"Other {p.id}") for p in reversed(told.ours)),
        theirs=tuple(replace(p, name="Same") for p in reversed(told.theirs)),
        ties=tuple(reversed(told.ties)),
    )
    assert arrange(told) == arrange(other)


@settings(deadline=None, derandomize=True, max_examples=30)
@given(seed=seeds)
def test_states_share_heights_and_only_distances_differ(seed: int) -> None:
    told = generate_account(seed, ours=5, theirs=9)
    wanted = target_strength(told)
    drawn = arrange(told, [wanted])
    after = stand(drawn, measure(remove(told, [told.ours[0].id])))
    aimed = stand(drawn, measure(with_strength(told, wanted)))
    assert set(after.x) == set(aimed.x) == set(drawn.height)
    if told.ours[0].id not in drawn.hubs.values():
        assert after.x[told.ours[0].id] == -(GAP + DEPTH)


def test_order_within_a_row_avoids_crossings() -> None:
    kinds = ("technical",) * 4
    told = account(
        tuple(person(f"o{i}", kind) for i, kind in enumerate(kinds)),
        tuple(person(f"t{i}", kind, influence=0.2) for i, kind in enumerate(kinds)),
        *((f"o{i}", f"t{3 - i}", 0.5) for i in range(1, 4)),
    )
    drawn = arrange(told)
    free = [i for i in range(1, 4) if f"o{i}" not in drawn.hubs.values()]
    tied = sorted((drawn.height[f"o{i}"], drawn.height[f"t{3 - i}"]) for i in free)
    assert [y for _, y in tied] == sorted(y for _, y in tied)


def test_the_target_is_the_plan_else_what_is_desired_else_the_policys() -> None:
    told = pairs("technical finance", 0.1)
    planned = np.full((2, 2), 0.33)
    assert target_strength(told, planned) is planned
    wished = replace(told, ties=(replace(told.ties[0], desired=4.0), told.ties[1]))
    assert target_strength(wished).tolist() == [[0.8, 0.0], [0.0, 0.1]]
    aimed = measure(with_strength(told, target_strength(told)))
    assert aimed.coverage_of == pytest.approx(told.target)


def test_the_policys_target_sends_whoever_faces_a_stranger() -> None:
    ours = (
        person("o", "commercial", level=3),
        person("p", "quality", level=2),
        person("q", "quality", level=4),
    )
    theirs = (
        person("t", "quality", level=4),
        person("u", "purchasing"),
        person("v", "it", orientation="against"),
    )
    told = account(ours, theirs)
    wanted = target_strength(told)
    assert wanted[:, 0].nonzero()[0].tolist() == [2]
    assert wanted[:, 1].nonzero()[0].tolist() == [0]
    assert not wanted[:, 2].any()


def test_nobody_of_ours_can_reach_no_target() -> None:
    assert target_strength(account((), (person("t"),))).shape == (0, 1)
