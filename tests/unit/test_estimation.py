"""Estimates from small histories written by hand, whose counts and person-years are known."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from graph.account import Account, Channel, Partner
from graph.errors import InputError
from graph.history import Group, History, Meeting, Post, Statement
from simulation.estimation import EndRun, Estimated, Estimates, HoursOfOne, estimate, rankings_at_ends, told
from simulation.estimation.curves import tenure_curve
from simulation.estimation.fading import ENOUGH, Fading, fadings, tie_persistence
from simulation.estimation.meeting import hours_of_ours, meeting_frequency
from simulation.estimation.rates import chance, even_split, gamma_prior, hazard, plausible, poisson_interval
from simulation.estimation.turnover import YEAR, observe
from simulation.parameters import parameter_table, resolve_parameters
from simulation.scenario import Scenario
from simulation.strategies import SHIPPED
from tests.unit.accounts import account, person

DAY = date(2026, 1, 31)
TABLE = parameter_table()


def ago(days: float) -> date:
    return DAY - timedelta(days=round(days))


def post(
    name: str,
    since: float | None = 1000,
    until: float | None = None,
    *,
    group: Group = "theirs",
    level: int | None = 3,
    seen: float | None = None,
    at: str = "acme",
) -> Post:
    """Return a post by days before the history's day."""
    days = (None if one is None else ago(one) for one in (since, until, seen))
    return Post(name, at, group, level, *days)


def history(*posts: Post, **values: object) -> History:
    return History(**{"as_of": DAY, "posts": posts, **values})  # type: ignore[arg-type]


def parameters(estimates: Estimates) -> set[str]:
    return {row.parameter for row in estimates.rows}


def kept(estimates: Estimates, name: str) -> str:
    (found,) = [one.sentence for one in estimates.kept if one.parameter == name]
    return found


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


# Decay


def said(name: str, *statements: tuple[float, float], by: str = "o") -> tuple[Statement, ...]:
    return tuple(Statement(name, by, ago(days), strength) for days, strength in statements)


def met(
    days: float, *theirs: str, ours: tuple[str, ...] = ("o",), kind: str = "call", **more: float
) -> Meeting:
    return Meeting(f"t{days}{theirs}{kind}", ago(days), kind, ours, theirs, **more)


LOG = (met(2000, "nobody"), met(1, "nobody"))


def test_statements_tell_decay_only_where_nobody_met_and_the_log_runs():
    statements = (
        *said("quiet", (300, 0.8), (178.25, 0.6)),
        *said("met", (300, 0.8), (178, 0.6)),
        *said("zero", (300, 0.0), (178, 0.0)),
        *said("before", (2100, 0.8), (1900, 0.6)),
        *said("two", (300, 0.8)),
        *said("two", (200, 0.6), by="another"),
    )
    past = history(meetings=(*LOG, met(250, "met", ours=("somebody",))), statements=statements)
    assert fadings(past) == (Fading(0.8, 0.6, pytest.approx(4.0, abs=0.02)),)
    assert fadings(history(statements=statements)) == ()


def test_few_statements_keep_the_half_lives():
    statements = said("a", (300, 0.8), (178, 0.6))
    found = estimate(history(meetings=LOG, statements=statements))
    assert "only 1 pair of statements" in kept(found, "half_weak")
    assert "no pair of statements" in kept(estimate(history()), "half_strong")


def test_weak_statements_move_the_weak_half_life_most():
    """Weak ties that hold for a year: longer half-lives, more so for weak ties; the policy is the prior."""
    statements = [one for n in range(3 * ENOUGH) for one in said(f"p{n}", (500, 0.2), (135, 0.2))]
    past = history(meetings=LOG, statements=tuple(statements))
    rows = {row.parameter: row for row in estimate(past).rows}
    assert set(rows) == {"half_weak", "half_strong"}
    assert all(row.low < row.value < row.high for row in rows.values())
    assert rows["half_weak"].value / 3.6 > rows["half_strong"].value / 24.0 > 1.0
    limits = {**past.policy.limits, "half_weak": 10.0}
    slower = replace(past, policy=replace(past.policy, limits=limits))
    found = {row.parameter: row for row in estimate(slower).rows}
    assert found["half_weak"].default == 10.0
    assert found["half_weak"].value > rows["half_weak"].value


def test_persistence_counts_pairs_that_stopped_and_censors_the_rest():
    meetings = []
    for n in range(12):
        meetings += [met(1000, f"s{n}"), met(800, f"s{n}")]  # met for 200 days, then no more
        meetings += [met(1000, f"k{n}"), *(met(days, f"k{n}") for days in range(950, 0, -50))]
    found = tie_persistence(history(meetings=tuple(meetings)))
    assert found is not None
    assert found.value == pytest.approx(0.5)
    assert found.events == 12
    gone = tuple(post(f"s{n}", 2000, 780) for n in range(12))
    assert tie_persistence(history(*gone, meetings=tuple(meetings))) is None  # those left, nobody stopped


# Meetings and hours


def test_frequencies_leave_out_each_first_contact():
    step = 30.4375
    log = (met(10 * step, "a"), met(5 * step, "a"), met(0, "a", kind="visit"), met(8 * step, "b"))
    found = {one.name: one for one in meeting_frequency(history(meetings=log))}
    assert found["contacts"].events == 2
    assert found["contacts"].exposure == pytest.approx(18.0, abs=0.1)
    assert found["contacts"].value == pytest.approx(2 / 18.0, rel=0.01)
    assert set(found) == {"contacts", "contacts.call", "contacts.visit", "gap"}
    assert found["gap"].value == pytest.approx(5 * step, abs=1)
    left = post("b", 900, 7 * step)
    assert meeting_frequency(history(left, meetings=log))[0].exposure == pytest.approx(11.0, abs=0.1)
    assert meeting_frequency(history(post("b"), meetings=log), "nowhere") == ()


def hours_history(*more: Post) -> History:
    """Return a year in which o1 calls acme for half an hour 25 times, 12 of them together with beta."""
    log = []
    for month in range(12):
        log.append(met(30.4375 * month, "a", ours=("o1",)))
        log.append(met(30.4375 * month + 10, "a", "b", ours=("o1",)))
    log.append(met(365, "a", ours=("o1",)))
    posts = (post("o1", 4000, group="ours", at="us"), post("a", 4000), post("b", 4000, at="beta"), *more)
    return history(*posts, meetings=tuple(log))


def test_hours_by_the_log_stand_in_for_a_missing_capacity():
    acme = account(["o1", "o2"], ["a"], {("o1", "a"): 0.5}, share_of_time={"o1": 0.2})
    (found,), silent = hours_of_ours(hours_history(), acme)
    assert found.value == pytest.approx((13 * 0.5 + 12 * 0.25) / 12)
    assert found.low <= found.value <= found.high
    assert (found.used, found.stated, found.months, found.contacts) == (True, None, 12, 25)
    assert "in place of 8 h" in found.sentence
    assert silent[0].sentence.startswith("1 of ours without a stated capacity keeps the default of 8 h")
    estimates = Estimates(DAY, hours=(found,))
    assert estimates.with_hours(acme).hours.tolist() == pytest.approx([found.value, 8.0])
    assert estimates.with_hours(acme, "low").hours[0] == pytest.approx(found.low)
    shared = replace(acme, share_of_time={}, accounts_of={"o1": 3})
    assert estimates.with_hours(shared).hours[0] == pytest.approx(found.value)


def test_a_stated_capacity_is_compared_and_stays():
    acme = account([person("o1", organisation="us", time_capacity=40.0)], ["a"], {("o1", "a"): 0.5})
    estimates = estimate(hours_history(), account=acme)
    (found,) = estimates.hours
    assert (found.used, found.stated) == (False, 40.0)
    assert "less than the 40.0 h that the team states and the simulation uses" in found.sentence
    assert estimates.with_hours(acme).hours.tolist() == [40.0]
    assert estimates.taken({}) == ()


@pytest.mark.parametrize(
    ("past", "why"),
    [
        (history(post("a")), "no touchpoint with the account"),
        (history(post("a"), meetings=(met(60, "a"), met(1, "a"))), "covers 1 whole months, and 6 are needed"),
    ],
)
def test_a_short_log_keeps_the_default_hours(past: History, why: str):
    acme = account(["o"], ["a"], {("o", "a"): 0.5})
    found, silent = hours_of_ours(past, acme)
    assert found == ()
    assert why in silent[0].sentence


def test_who_started_lately_is_averaged_over_their_own_months():
    newcomer = post("o9", 100, group="ours", at="us")
    past = hours_history(newcomer)
    log = (*past.meetings, met(50, "a", ours=("o9",)))
    acme = account(["o1", "o9"], ["a"], {("o1", "a"): 0.5})
    found, _ = hours_of_ours(replace(past, meetings=log), acme)
    assert [one.person for one in found] == ["o1"]  # three months of o9 are too few


# What a run takes


def row(name: str, value: float, low: float, high: float) -> Estimated:
    return Estimated(name, value, low, high, 0.2, "1/year", 3, 20.0, "m", f"{name} is {value}")


ROWS = (row("turnover_theirs.level1", 0.3, 0.2, 0.4), row("turnover_ours.level1", 0.1, 0.05, 0.2))


def test_a_scenario_beats_the_estimates_by_row_and_by_family():
    found = Estimates(DAY, rows=ROWS)
    assert found.parameters() == {"turnover_theirs.level1": 0.3, "turnover_ours.level1": 0.1}
    assert found.ranges()["turnover_ours.level1"] == (0.05, 0.2)
    under = found.under({"turnover_theirs": 0.25})
    assert under == {"turnover_theirs": 0.25, "turnover_ours.level1": 0.1}
    assert resolve_parameters(under)["turnover_theirs.level1"] == 0.25
    assert [one.parameter for one in found.taken({"turnover_ours.level1": 0.0})] == ["turnover_theirs.level1"]


def test_only_people_of_the_run_are_relevant():
    rows = (*ROWS, row("turnover_distributor", 0.1, 0.05, 0.2))
    found = Estimates(DAY, rows=rows)
    plain = Account("a", "A", DAY)
    assert parameters(found.relevant_to(plain)) == {"turnover_theirs.level1", "turnover_ours.level1"}
    sold = replace(plain, channel=Channel(distributors=(Partner("d", "D"),)))
    assert parameters(found.relevant_to(sold)) == {one.parameter for one in rows}
    seller = replace(plain, kinds=("distributor",))
    assert parameters(found.relevant_to(seller)) == {"turnover_ours.level1", "turnover_distributor"}


def test_the_ends_are_run_for_what_the_scenario_leaves_free():
    acme = account(
        ["o1", "o2"],
        [person("a", role="decision_maker", level=1), person("b", level=1)],
        {("o1", "a"): 0.8},
        revenue=1e6,
    )
    hours = HoursOfOne("o1", "O1", 5.0, 3.0, 8.0, None, 8.0, 12, 40, True, "hours")
    found = Estimates(DAY, rows=ROWS, hours=(hours,))
    strategies = [SHIPPED["do_nothing"], SHIPPED["diamond"]]
    setting = Scenario(parameters={"turnover_ours": 0.0})
    ends = rankings_at_ends(acme, setting, strategies, found, replicates=20, months=24, seed=1, threads=1)
    assert [(one.family, one.end) for one in ends] == [
        ("turnover_theirs", "low"),
        ("turnover_theirs", "high"),
        ("hours", "low"),
        ("hours", "high"),
    ]
    assert all(set(one.ranking) == {"do_nothing", "diamond"} for one in ends)
    alone = rankings_at_ends(acme, setting, strategies[:1], found, replicates=20, months=24, seed=1)
    assert alone == ()


def test_flips_are_told_and_agreement_once():
    same = EndRun("turnover_ours", "low", ("diamond", "do_nothing"), "diamond", "diamond", False)
    assert told((same, replace(same, end="high"))) == (
        "Over all that your own data allow of these values, diamond stays first.",
    )
    flip = EndRun("hours", "low", ("do_nothing", "diamond"), "do_nothing", "diamond", True)
    assert told((same, flip, replace(flip, family="half_weak", flips=False))) == (
        "With the hours of the log at the low end of what your own data allow do nothing leads instead of "
        "diamond.",
        "With half_weak at the low end of what your own data allow do nothing and diamond are level.",
    )
    assert told(()) == ()
