"""Turnover from small histories written by hand, whose leavings and person-years are known."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from graph.errors import InputError
from simulation.estimation import estimate
from simulation.estimation.curves import tenure_curve
from simulation.estimation.rates import chance, even_split, gamma_prior, hazard, plausible, poisson_interval
from simulation.estimation.turnover import YEAR, observe, tenure_split
from simulation.parameters import parameter_table
from tests.unit.histories import DAY, ago, history, kept, parameters, post

TABLE = parameter_table()


# Rates


def test_the_exact_interval_is_the_published_one():
    # Ulm (1990), table for 10 events: 4.795 to 18.39; none: up to 3.689.
    assert poisson_interval(10, 2.0).low == pytest.approx(4.7954 / 2.0, abs=1e-4)
    assert poisson_interval(10, 2.0).high == pytest.approx(18.3904 / 2.0, abs=1e-4)
    assert (poisson_interval(0, 1.0).low, poisson_interval(0, 1.0).value) == (0.0, 0.0)
    assert poisson_interval(0, 1.0).high == pytest.approx(3.6889, abs=1e-4)


@pytest.mark.parametrize("name", [name for name in TABLE if name.startswith("turnover")])
def test_the_prior_is_the_default_with_the_plausible_width(name: str):
    low, high = (hazard(end) for end in plausible(TABLE[name]))
    prior = gamma_prior(hazard(TABLE[name].default), low, high)
    found = prior.interval
    assert chance(found.value) == pytest.approx(TABLE[name].default)
    assert found.high / found.low == pytest.approx(high / low)
    assert prior.after(0, 0.0) == prior


def test_a_fixed_parameter_has_no_plausible_range():
    with pytest.raises(ValueError, match="initial_strength is fixed"):
        plausible(TABLE["initial_strength"])


def test_an_even_split_is_no_surprise_and_a_lopsided_one_is():
    assert even_split(10, 5, 0.5) == 1.0
    assert even_split(10, 10, 0.5) == pytest.approx(2.0 / 1024.0)
    assert even_split(10, 0, 0.5) == pytest.approx(2.0 / 1024.0)


# Turnover


def test_who_is_listed_while_in_post_says_nothing():
    found = estimate(history(*(post(f"p{n}") for n in range(30))))
    assert found.rows == ()
    assert kept(found, "turnover_theirs") == (
        "None of the 30 people of theirs is noted to have left, as in a list of those who are in post: "
        "turnover_theirs stays at its default."
    )


def test_a_handful_of_leavings_says_nothing_unless_somebody_vouches():
    posts = [post(f"p{n}", 2000, 100 + 150 * n if n < 6 else None) for n in range(20)]
    assert parameters(estimate(history(*posts), findings=False)) == {"turnover_theirs.level3"}
    fewer = history(*posts[1:])
    assert "Only 5 of the 19 people of theirs are noted" in kept(estimate(fewer), "turnover_theirs")
    assert parameters(estimate(fewer, observed_from=ago(1000))) == {"turnover_theirs.level3"}
    assert "Only 1 of the 2" in kept(estimate(history(post("a"), post("b", 900, 10))), "turnover_theirs")


def test_the_first_leaving_opens_the_records_and_does_not_count():
    past = history(
        post("a", 2000, 730),  # from here on leavings are noted
        post("b", 2000, 365),
        post("c", 2000),
        post("d", 100),
        post("e", 3000, 800, group="ours"),  # of another group
    )
    observed = observe(past, "theirs")
    assert observed is not None
    assert (observed.start, observed.events) == (ago(730), 1)
    assert observed.years == pytest.approx((365 + 730 + 100) / YEAR)


def test_the_estimate_is_the_posterior_mean():
    past = history(post("a", 2000, 730), post("b", 2000, 365), post("c", 2000))
    (row,) = estimate(past, observed_from=ago(730), findings=False).rows
    low, high = (hazard(end) for end in plausible(TABLE["turnover_theirs.level3"]))
    prior = gamma_prior(hazard(0.16), low, high)
    years = (365 + 730) / YEAR
    assert row.value == pytest.approx(chance((prior.shape + 1) / (prior.exposure + years)))
    assert row.low < row.value < row.high
    assert (row.events, row.default, row.unit) == (1, 0.16, "1/year")
    assert row.exposure == pytest.approx(years)
    assert f"1 leaving in {years:.1f} person-years of people of theirs since {ago(730)}" in row.sentence


def test_told_from_when_no_leaving_is_worth_its_years_and_never_nothing():
    past = history(*(post(f"p{n}", 4000) for n in range(20)))
    (row,) = estimate(past, observed_from=ago(5 * YEAR), findings=False).rows
    assert row.events == 0
    assert row.exposure == pytest.approx(100.0, rel=1e-3)
    assert 0.0 < row.low < row.value < row.default / 2.0


def test_time_in_post_before_the_records_does_not_count():
    early = estimate(history(post("a", 9000, 30), post("b", 9000)), observed_from=ago(100), findings=False)
    late = estimate(history(post("a", 200, 30), post("b", 200)), observed_from=ago(100), findings=False)
    assert early.parameters() == late.parameters()


def test_levels_with_few_leavings_share_a_factor_and_keep_their_ratio():
    past = history(
        post("a", 2000, 900, level=1),
        *(post(f"p{n}", 2000, 100 * n + 50, level=1 + n % 5) for n in range(8)),
        *(post(f"q{n}", 2000, level=1 + n % 5) for n in range(20)),
    )
    found = estimate(past, findings=False).parameters()
    assert set(found) == {f"turnover_theirs.level{n}" for n in range(1, 6)}
    assert hazard(found["turnover_theirs.level1"]) / hazard(found["turnover_theirs.level4"]) == pytest.approx(
        hazard(0.20) / hazard(0.16)
    )


def test_a_level_with_many_leavings_stands_alone_and_one_without_people_keeps_its_default():
    many = [post(f"p{n}", 3000, 100 + 60 * n, level=2) for n in range(14)]
    past = history(*many, *(post(f"q{n}", 3000, level=n) for n in (2, 4, None)))
    rows = {row.parameter: row for row in estimate(past, findings=False).rows}
    assert set(rows) == {f"turnover_theirs.{one}" for one in ("level2", "level4", "unknown")}
    assert rows["turnover_theirs.level2"].events == 13
    assert rows["turnover_theirs.level4"].events == 0
    assert rows["turnover_theirs.level2"].value > 0.3 > rows["turnover_theirs.level4"].value
    assert rows["turnover_theirs.level4"].sentence == rows["turnover_theirs.unknown"].sentence


def test_distributors_have_one_rate_whatever_the_level():
    posts = [post(f"d{n}", 2000, 100 * n or None, group="distributor", level=n % 4 or None) for n in range(9)]
    assert parameters(estimate(history(*posts), findings=False)) == {"turnover_distributor"}


def test_a_leaving_to_come_is_none_yet():
    past = history(post("a", 2000, 500), post("b", 2000, 300), post("c", 2000, -40))
    observed = observe(past, "theirs")
    assert observed is not None
    assert observed.events == 1


def test_records_that_went_quiet_end_with_their_newest_entry():
    posts = (post("a", 2000, 900), post("b", 2000, 700), post("c", 2000))
    assert history(*posts).end == DAY  # nothing but posts: nobody knows
    assert history(*posts, newest=ago(30)).end == DAY
    assert history(*posts, newest=ago(400)).end == ago(400)
    assert history(*posts, newest=ago(800)).end == ago(700)  # a leaving was noted after it


def test_leavings_that_crowd_at_the_end_are_refused_unless_somebody_vouches():
    crowd = [post(f"p{n}", 4000, 10 + n) for n in range(9)]
    past = history(post("old", 5000, 3000), *crowd, *(post(f"q{n}", 4000) for n in range(9)))
    found = estimate(past, findings=False)
    assert "crowd near the end" in kept(found, "turnover_theirs")
    vouched = estimate(past, observed_from=ago(3001), findings=False)
    assert parameters(vouched) == {"turnover_theirs.level3"}
    assert any("crowd near the end" in caution for caution in vouched.cautions)


def test_contacts_that_enter_when_met_are_warned_about():
    """Twenty who stay, known since last year only: their years before could not have ended in a leaving."""
    seen = [post(f"p{n}", 4000, 50 + 30 * n, seen=400) for n in range(10)]
    found = estimate(
        history(*seen, *(post(f"q{n}", 4000, seen=380) for n in range(20)), newest=DAY),
        observed_from=ago(3600),
        findings=False,
    )
    assert any("when you meet them" in caution for caution in found.cautions)


def test_nobody_is_placed_without_a_first_day_or_a_trace():
    past = history(
        post("a", 2000, 800),
        post("b", None, 400, seen=600),
        post("c", None, 300),
        *(post(f"q{n}", 900, 100) for n in range(2)),
    )
    observed = observe(past, "theirs")
    assert observed is not None
    assert (observed.unplaced, observed.events) == (1, 3)
    found = estimate(past, observed_from=ago(800), findings=False)
    assert "1 people of theirs are left out" in found.cautions[-1]


def test_the_order_of_the_history_changes_nothing():
    posts = [post(f"p{n:02d}", 1000 + 31 * n, 20 * n or None, level=1 + n % 5) for n in range(25)]
    shuffled = random.Random(1).sample(posts, len(posts))
    assert estimate(history(*shuffled)) == estimate(history(*posts))


def test_records_cannot_begin_after_their_day():
    with pytest.raises(InputError, match="after 2026-01-31"):
        estimate(history(post("a")), observed_from=DAY + timedelta(days=1))


def test_nobody_in_post_since_then_keeps_the_default():
    found = estimate(history(post("a", 900, 500)), observed_from=ago(100), findings=False)
    assert "in post between" in kept(found, "turnover_theirs")


# Curves


def test_the_curve_ends_where_too_few_are_watched():
    """Six are watched, five for a year; the sixth, alone for years, leaves: no curve falls to zero."""
    short = (post(f"q{n}", YEAR) for n in range(5))
    past = history(post("a", 9 * YEAR, YEAR), post("b", YEAR, YEAR // 2), *short)
    observed = observe(past, "theirs", ago(10 * YEAR))
    assert observed is not None
    curve = tenure_curve(observed)
    assert curve is None or all(point.share > 0.5 for point in curve.points)


def test_the_curve_by_hand():
    """Five watched from their first day on; two leave, after one and after two years."""
    stays = (post(f"q{n}", 3 * YEAR) for n in range(3))
    past = history(post("a", 3 * YEAR, 2 * YEAR - 1), post("b", 3 * YEAR, YEAR - 1), *stays)
    observed = observe(past, "theirs", ago(3 * YEAR))
    assert observed is not None
    curve = tenure_curve(observed)
    assert curve is not None
    assert curve.from_years == 0.0
    assert [round(point.share, 6) for point in curve.points] == [1.0, 0.8, 0.6]
    assert curve.median is None
    assert all(point.low <= point.share <= point.high for point in curve.points)


def test_who_is_watched_late_is_not_at_risk_before():
    """Five from their first day, one of whom leaves after a year; five who join the watch after two years."""
    fresh = [post(f"p{n}", 2 * YEAR, YEAR - 1 if n == 0 else None) for n in range(5)]
    late = [post(f"q{n}", 4 * YEAR) for n in range(5)]
    observed = observe(history(*fresh, *late), "theirs", ago(2 * YEAR))
    assert observed is not None
    curve = tenure_curve(observed)
    assert curve is not None
    assert [round(point.share, 6) for point in curve.points if point.years >= 2.0] == [0.8, 0.8, 0.8]


def test_leaving_early_and_late_is_compared_at_half_the_exposure():
    """Ten watched for four years: six leave at the end of the first, one at the end of the third."""
    gone = {**dict.fromkeys(range(6), 3 * YEAR), 6: YEAR}
    observed = observe(
        history(*(post(f"p{n}", 4 * YEAR, gone.get(n)) for n in range(10))), "theirs", ago(4 * YEAR)
    )
    assert observed is not None
    split = tenure_split(observed.spans)
    assert split is not None
    assert split.years == pytest.approx(1.125, abs=0.01)  # 10 years of the first and half a year of four
    assert split.before == pytest.approx(6 / 10.5, abs=0.01)
    assert split.after == pytest.approx(1 / 10.5, abs=0.01)
    assert split.p == pytest.approx(2 * 8 / 128, abs=0.001)


def test_a_curve_starts_where_enough_are_watched():
    old = [post(f"p{n}", 3000 + n, 100 + n) for n in range(8)]
    observed = observe(history(post("early", 990, 980), *old), "theirs", ago(1000))
    assert observed is not None
    curve = tenure_curve(observed)
    assert curve is not None
    assert curve.from_years == pytest.approx(2004 / YEAR)
    assert curve.median is not None


def test_too_few_have_no_curve():
    observed = observe(history(post("a", 900, 10), post("b", 900)), "theirs", ago(900))
    assert observed is not None
    assert tenure_curve(observed) is None
