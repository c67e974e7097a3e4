"""Known hazards and half-lives are found again: coverage of the intervals over many synthetic histories.

Of 300 sets, a 95 % interval that is honest covers the truth in 285 ± 3.8; between 272 and 297 it does in
99.9 % of such experiments. Seeds are fixed.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from graph.history import History, Meeting, Post, Statement
from graph.strength import decay
from simulation.estimation import estimate
from simulation.estimation.curves import tenure_curve
from simulation.estimation.rates import chance, hazard
from simulation.estimation.turnover import YEAR, Observed, observe, tenure_split

SETS = 300
FEWEST, MOST = 272, 297
END = date(2026, 1, 31)
WATCHED = 3.0  # years before the end from which on leavings are noted
NOTED_FROM = END - timedelta(days=round(WATCHED * YEAR))


def history(seed: int, yearly: float, *, people: int = 150, late: float = 1.0) -> History:
    """Return posts begun evenly over 12 years; who left before the records began is in no list.

    `late` multiplies the hazard after the second year in post.
    """
    rng = np.random.default_rng([seed, 41])
    posts: list[Post] = []
    while len(posts) < people:
        since = END - timedelta(days=int(rng.uniform(0.0, 12.0 * YEAR)))
        years = rng.exponential(1.0 / hazard(yearly))
        if years > 2.0:
            years = 2.0 + (years - 2.0) / late
        until = since + timedelta(days=1 + int(years * YEAR))
        if until > NOTED_FROM:
            posts.append(
                Post(f"p{len(posts):03d}", "acme", "theirs", 3, since, until if until <= END else None)
            )
    return History(END, tuple(posts))


def intervals(yearly: float, observed_from: date | None) -> list[tuple[float, float, float]]:
    found = []
    for seed in range(SETS):
        rows = estimate(history(seed, yearly), observed_from=observed_from, findings=False).rows
        found += [(row.low, row.value, row.high) for row in rows]
    return found


@pytest.mark.parametrize("observed_from", [NOTED_FROM, None], ids=["told from when", "from the first one"])
@pytest.mark.parametrize("yearly", [0.10, 0.20, 0.30])
def test_the_interval_covers_the_turnover(yearly: float, observed_from: date | None):
    found = intervals(yearly, observed_from)
    refused = SETS - len(found)  # by chance some sets look as if early leavings were missing: 1 % of them
    assert refused == 0 if observed_from else refused <= 10
    covered = sum(low <= yearly <= high for low, _, high in found)
    assert FEWEST - refused <= covered <= MOST
    # The prior, worth 3.4 leavings at 16 %, draws a little towards itself.
    assert np.mean([value for _, value, _ in found]) == pytest.approx(yearly, abs=0.012)


def test_time_before_the_records_must_not_count():
    """Ignoring truncation: years of those who stayed count, of those who left before nothing does."""
    found = intervals(0.20, END - timedelta(days=round(12 * YEAR)))
    assert sum(low <= 0.20 <= high for low, _, high in found) < SETS / 10
    assert np.mean([value for _, value, _ in found]) < 0.13


def test_few_leavings_stay_near_the_default():
    """Of 12 people watched for three years the estimates scatter half as much as leavings over years do."""
    values, raw = [], []
    for seed in range(SETS):
        past = history(seed, 0.16, people=12)
        rows = estimate(past, observed_from=NOTED_FROM, findings=False).rows
        observed = observe(past, "theirs", NOTED_FROM)
        assert isinstance(observed, Observed)
        values += [row.value for row in rows]
        raw.append(chance(observed.events / observed.years))
    assert len(values) == SETS
    assert np.std(values) < 0.65 * np.std(raw)


def test_the_tenure_curve_covers_its_truth():
    """Kaplan-Meier with delayed entry: the share still in post after 3 years, given the curve's start."""
    covered = 0
    for seed in range(SETS // 3):
        observed = observe(history(seed, 0.20, people=100), "theirs", NOTED_FROM)
        assert observed is not None
        curve = tenure_curve(observed)
        assert curve is not None
        truth = np.exp(-hazard(0.20) * 3.0)
        (point,) = [point for point in curve.points if point.years == 3.0]
        covered += point.low <= truth <= point.high
    assert 87 <= covered <= 100  # 99.9 % of such experiments with 100 sets


def test_a_constant_rate_is_doubted_only_where_it_is_not():
    even = [split(seed, 1.0) for seed in range(100)]
    uneven = [split(seed, 4.0) for seed in range(100)]
    assert sum(p < 0.05 for p in even) <= 13  # 99.9 % of 100 with a chance of at most 0.05
    assert sum(p < 0.05 for p in uneven) >= 80


def split(seed: int, late: float) -> float:
    observed = observe(history(seed, 0.15, late=late), "theirs", NOTED_FROM)
    assert observed is not None
    found = tenure_split(observed.spans)
    assert found is not None
    return found.p


def statements(seed: int, half_weak: float, half_strong: float, pairs: int, error: float = 0.06) -> History:
    """Return pairs of statements, on the scale of whole proximities, of ties that nobody kept up."""
    rng = np.random.default_rng([seed, 43])
    said = []
    for number in range(pairs):
        strength = float(rng.integers(1, 6)) / 5.0
        months = int(rng.integers(2, 15))
        on = date(2022, 1, 1) + timedelta(days=int(rng.integers(0, 700)))
        later = strength
        for _ in range(months):
            later = decay(later, 1.0, half_weak, half_strong)
        heard = round(5.0 * min(1.0, max(0.0, later + rng.normal(0.0, error)))) / 5.0
        said.append(Statement(f"t{number:03d}", "o", on, strength))
        said.append(Statement(f"t{number:03d}", "o", on + timedelta(days=round(months * 30.4375)), heard))
    log = (
        Meeting("first", date(2021, 1, 1), "call", ("o",), ("x",)),
        Meeting("last", END, "call", ("o",), ("x",)),
    )
    return History(END, (), log, tuple(said))


@pytest.mark.parametrize(("half_weak", "half_strong"), [(3.0, 20.0), (6.0, 40.0)])
def test_the_intervals_cover_the_half_lives(half_weak: float, half_strong: float):
    covered = {"half_weak": 0, "half_strong": 0}
    truth = {"half_weak": half_weak, "half_strong": half_strong}
    for seed in range(50):
        for row in estimate(statements(seed, half_weak, half_strong, 40), findings=False).rows:
            covered[row.parameter] += row.low <= truth[row.parameter] <= row.high
    assert min(covered.values()) >= 42  # 99.9 % of such experiments with 50 sets
