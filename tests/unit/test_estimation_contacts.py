"""Decay, hours and meetings from small logs written by hand, and what a run takes of the estimates."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.account import Account, Channel, Partner
from graph.history import History, Meeting, Post, Statement
from simulation.comparison import Comparison
from simulation.estimation import EndRun, Estimated, Estimates, HoursOfOne, estimate, rankings_at_ends, told
from simulation.estimation.fading import ENOUGH, Fading, fadings, tie_persistence
from simulation.estimation.meeting import hours_of_ours, meeting_frequency
from simulation.parameters import resolve_parameters
from simulation.scenario import Scenario
from simulation.strategies import SHIPPED
from tests.unit.accounts import account, person
from tests.unit.histories import DAY, ago, history, kept, parameters, post

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


def test_what_the_statements_do_not_touch_stays_at_its_prior():
    """The weakest ties hardly know the half-life of strong ones: default and plausible width come out."""
    statements = [one for n in range(ENOUGH) for one in said(f"p{n}", (500, 0.02), (390, 0.01))]
    rows = {row.parameter: row for row in estimate(history(meetings=LOG, statements=tuple(statements))).rows}
    strong = rows["half_strong"]
    assert strong.value == pytest.approx(24.0, rel=0.05)
    assert strong.high / strong.low == pytest.approx(60.0 / 12.0, rel=0.05)


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


class Ranked:
    """A run whose diamond leads unless more leave or hours are short; the interval tells by how much."""

    ranked_by = "margin_total"

    def __init__(self, leader: str, clear: bool) -> None:
        self.leader, self.clear = leader, clear

    def ranking(self) -> tuple[str, ...]:
        return tuple(sorted(("diamond", "do_nothing"), key=lambda name: name != self.leader))

    def compare(self, a: str, b: str, measure: str) -> Comparison:
        return Comparison(a, b, measure, 1.0, 0.5 if self.clear else -0.5, 1.5, 0.7, 0.9)


def test_the_ends_are_run_for_what_the_scenario_leaves_free(monkeypatch: pytest.MonkeyPatch):
    acme = account(["o1", "o2"], ["a"], {("o1", "a"): 0.8})
    hours = HoursOfOne("o1", "O1", 5.0, 3.0, 8.0, None, 8.0, 12, 40, True, "hours")
    found = Estimates(DAY, rows=ROWS, hours=(hours,))
    asked: list[tuple[float, float]] = []

    def run(account: Account, scenario: Scenario, strategies: object, **how: object) -> Ranked:
        assert how == {"partners": (), "replicates": 20, "months": 24, "seed": 1, "threads": 1}
        assert scenario.parameters["turnover_ours"] == 0.0
        assert "turnover_ours.level1" not in scenario.parameters
        leaving, time = scenario.parameters["turnover_theirs.level1"], float(account.hours[0])
        asked.append((leaving, time))
        return Ranked("do_nothing" if leaving > 0.3 or time < 5.0 else "diamond", clear=time < 5.0)

    monkeypatch.setattr("simulation.estimation.ends.simulate", run)
    setting = Scenario(months=36, parameters={"turnover_ours": 0.0})
    both = [SHIPPED["do_nothing"], SHIPPED["diamond"]]
    ends = rankings_at_ends(acme, setting, both, found, replicates=20, months=24, seed=1, threads=1)
    assert asked == [(0.3, 5.0), (0.2, 5.0), (0.4, 5.0), (0.3, 3.0), (0.3, 8.0)]
    assert [(one.family, one.end, one.leader, one.flips) for one in ends] == [
        ("turnover_theirs", "low", "diamond", False),
        ("turnover_theirs", "high", "do_nothing", False),
        ("hours", "low", "do_nothing", True),
        ("hours", "high", "diamond", False),
    ]
    assert rankings_at_ends(acme, setting, both[:1], found, replicates=20, months=24, seed=1) == ()


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
