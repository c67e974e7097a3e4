"""The plan's parts: what contact is worth at the horizon, the calendar, files, a later day."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import icalendar
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.plan import (
    PlanLimits,
    due_on,
    month_of,
    plan_csv,
    plan_ics,
    propose,
    strengths_after,
    upcoming,
)
from graph.plan.days import days_of, working_days
from graph.plan.highs import packing
from graph.plan.outlook import SEGMENT_TOLERANCE, Outlook
from graph.plan.program import Allowance, Program, Wishes
from graph.plan.schedule import spread
from graph.strength import contact, decay
from tests.unit.accounts import account, person

CASE = account(
    [person("o1", organisation="us", time_capacity=3.0), person("o2", organisation="us", time_capacity=2.0)],
    [
        person("t1", role="decision_maker", influence=0.9),
        person("t2", role="user", influence=0.3),
        person("t3"),
    ],
    {("o1", "t1"): 0.7, ("o2", "t1"): 0.3, ("o2", "t3"): 0.1},
)


# -- the outlook -------------------------------------------------------------------------------------------


def test_doing_nothing_is_every_tie_fading_month_by_month() -> None:
    outlook = Outlook(CASE, 12)
    strength = 0.7
    for _ in range(12):
        strength = decay(strength, 1.0, 3.6, 24.0)
    assert outlook.faded[0, 0] == pytest.approx(strength, abs=1e-15)
    assert outlook.strengths([]) == {}
    gains, gap = outlook.marginal_gains([])
    assert (gains, gap) == ([], pytest.approx(outlook.gap_before))


def test_effort_fades_as_that_of_a_tie_at_the_target() -> None:
    """A tie at the target that is left alone has the effort the factor says: exact there, by definition."""
    outlook, s = Outlook(CASE, 2), 0.6
    effort = -np.log(1 - s) / 0.08
    left = contact(0.0, float(effort * outlook.keep(s)[0]), 0.08)
    assert left == pytest.approx(decay(s, 1.0, 3.6, 24.0))
    assert outlook.keep(s)[-1] == 1.0


@pytest.mark.parametrize("months", [1, 6, 12])
def test_segments_lie_below_the_curve_by_at_most_the_tolerance(months: int) -> None:
    outlook = Outlook(CASE, months)
    for index in outlook.eligible:
        segments = outlook.segments(index, 1e9)
        weight, base, target = outlook.weight[index], outlook.base[index], CASE.target[index]
        effort = np.linspace(0, segments.effort[-1] * 1.2, 500)
        curve = weight * (
            max(0, target - 1 + base) - np.maximum(0, target - 1 + base * np.exp(-0.08 * effort))
        )
        error = curve - np.array([segments.at(float(e)) for e in effort])
        assert error.min() >= -1e-12
        assert error.max() <= SEGMENT_TOLERANCE
        slopes = np.diff(segments.closed) / np.diff(segments.effort)
        assert (np.diff(slopes) < 1e-12).all()


def test_the_exact_rules_count_at_most_so_many_mails_a_month() -> None:
    outlook = Outlook(CASE, 1)
    mails = {count: outlook.strength_with((0, 1), {1: {"e_mail": count}}) for count in (19, 20, 40)}
    assert mails[19] < mails[20] == mails[40]


def test_a_zero_gain_leaves_nothing_to_plan() -> None:
    limits = {**CASE.policy.limits, "contact_gain": 0.0}
    plan = propose(replace(CASE, policy=replace(CASE.policy, limits=limits)))
    assert (plan.status, plan.actions) == ("optimal", ())


# -- months ------------------------------------------------------------------------------------------------


@given(st.dates(date(2020, 1, 1), date(2032, 12, 31)))
def test_months_fall_on_working_days_of_calendar_months_of_their_own(as_of: date) -> None:
    days = [due_on(as_of, month) for month in range(1, 61)]
    assert all(day.weekday() < 5 for day in days)
    assert len({(day.year, day.month) for day in days}) == 60
    assert days[0] > as_of
    assert [month_of(as_of, day) for day in days] == list(range(1, 61))


def test_the_day_of_a_month() -> None:
    assert due_on(date(2026, 1, 31), 1) == date(2026, 2, 16)  # the 15th is a Sunday
    assert due_on(date(2026, 1, 15), 1) == date(2026, 1, 30)
    assert due_on(date(2026, 1, 15), 2) == date(2026, 2, 27)  # there is no 30th; the 28th is a Saturday


@given(st.sampled_from([0.3, 1.0, 2.5, 4.0, 5.5, 7.0, 8.0, 9.9]))
def test_packing_never_refuses_a_month_that_fits(cap: float) -> None:
    sizes = {"call": 0.5, "meeting": 1.0, "dinner": 3.0, "visit": 4.0, "tour": 6.0}
    usable = {kind: hours for kind, hours in sizes.items() if hours <= cap}
    rows = list(packing(usable, cap))
    for counts in product(*(range(int(cap / hours) + 1) for hours in usable.values())):
        month = dict(zip(usable, counts, strict=True))
        if sum(usable[kind] * n for kind, n in month.items()) <= cap + 1e-9:
            assert all(sum(parts[k] * n for k, n in month.items()) <= most for parts, most in rows)


def test_packing_knows_that_visits_do_not_split() -> None:
    rows = list(packing({"meeting": 1.0, "visit": 4.0}, 7.0))
    assert any(2 * parts["visit"] > most for parts, most in rows), "two visits fit no month of 7 h"


def test_streams_are_spread_evenly_and_keep_their_worth() -> None:
    outlook = Outlook(CASE, 12)
    program = Program(outlook, Allowance.of(outlook, PlanLimits()), Wishes())
    counts = {(0, 0, "meeting"): 18, (0, 1, "meeting"): 12, (0, 1, "call"): 6, (1, 2, "meeting"): 4}
    calendar = spread(program, counts, 10.0)
    assert calendar.left_out == 0
    assert calendar.loss < 0.002
    for (owner, stakeholder, kind), count in counts.items():
        months = [month for one, month in calendar.placed if one == (owner, (stakeholder,), kind)]
        assert len(months) == count
        for month in range(1, 13):
            done = sum(one <= month for one in months)
            assert abs(done - count * month / 12) < 1
    hours = Counter(month for (person, _, kind), month in calendar.placed if person == 0 for _ in kind[:1])
    assert max(hours.values()) <= 3.5


def test_what_fits_no_month_is_left_out_and_counted() -> None:
    case = account([person("o1", organisation="us", time_capacity=3.0)], [person("t1", role="evaluator")], {})
    outlook = Outlook(case, 2)
    program = Program(outlook, Allowance.of(outlook, PlanLimits(months=2)), Wishes())
    calendar = spread(program, {(0, 0, "dinner"): 3}, 10.0)  # 9 h where two months have 6
    assert calendar.left_out == 1
    assert len(calendar.placed) == 2
    assert calendar.loss > 0


# -- files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_names_start_no_formula_in_a_table(start: str) -> None:
    name = f'{start}HYPERLINK("http://x","y"),z'
    wild = replace(CASE, theirs=tuple(replace(p, name=name) for p in CASE.theirs))
    rows = list(csv.DictReader(io.StringIO(plan_csv(propose(wild)), newline="")))
    assert rows
    assert {row["stakeholder_name"] for row in rows} == {f"'{name}"}
    assert {row["kind"] for row in rows} <= set(CASE.policy.kinds)


def test_the_calendar_is_the_plan_and_the_same_each_time() -> None:
    wild = replace(
        CASE, theirs=tuple(replace(p, name="A\r\nEND:VEVENT;,\x0b\x1b\ud800") for p in CASE.theirs)
    )
    plan = propose(wild)
    data = plan_ics(plan)
    assert data == plan_ics(propose(wild))
    assert not set(data) & {0x0B, 0x1B}, "which no calendar may hold"
    events = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert len(events) == len(plan.actions)
    assert len({str(event["uid"]) for event in events}) == len(events)
    assert [event.decoded("dtstart") for event in events] == [action.due_on for action in plan.actions]
    assert {event.decoded("dtstamp").date() for event in events} == {plan.as_of}
    assert all(event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1) for event in events)


def test_an_empty_plan_is_an_empty_file() -> None:
    plan = propose(CASE, PlanLimits(hours=0.0))
    assert plan_csv(plan).count("\r\n") == 1
    assert not icalendar.Calendar.from_ical(plan_ics(plan)).walk("VEVENT")


# -- from a later day --------------------------------------------------------------------------------------


def test_upcoming_leaves_out_what_is_over_and_who_has_left() -> None:
    plan = propose(CASE)
    later = replace(CASE, as_of=due_on(CASE.as_of, 3), ours=CASE.ours[:1], ties=CASE.ties[:1])
    left = upcoming(later, plan)
    assert {action.person for action in left.actions} == {"o1"}
    assert left.actions
    assert len(left.actions) == sum(a.person == "o1" and a.due_on > later.as_of for a in plan.actions)
    assert all(a.month == month_of(later.as_of, a.due_on) for a in left.actions)
    assert min(a.month for a in left.actions) == 1
    assert "somebody in them has left" in left.warnings[-1]
    assert upcoming(CASE, plan).warnings == plan.warnings


def test_strengths_after_a_plan_leave_the_gap_after_it() -> None:
    plan = propose(CASE)
    strength = strengths_after(CASE, plan)
    shortfall = np.maximum(CASE.target - (1 - np.prod(1 - strength, axis=0)), 0)
    assert float((CASE.influence / CASE.target * shortfall).sum()) == pytest.approx(plan.gap_after, abs=1e-9)


def test_a_month_of_actions_is_spread_over_its_working_days():
    as_of = date(2026, 11, 22)
    placed = [((0, (0,), "call"), 1)] * 3 + [((0, (1,), "meeting"), 1)] * 2 + [((1, (0,), "call"), 2)]
    days = days_of(as_of, placed)
    assert len({*days[:3]}) == 3
    assert len({*days[:5]}) == 5
    assert all(day.weekday() < 5 for day in days)
    assert [month_of(as_of, day) for day in days] == [month for _, month in placed]
    assert all(day.month == 12 for day in days[:5])


def test_every_month_has_working_days_and_the_middle_is_one_of_them():
    for first in range(60):
        as_of = date(2026, 1, 1) + timedelta(days=7 * first)
        for month in range(1, 25):
            days = working_days(as_of, month)
            assert due_on(as_of, month) in days
            assert all(month_of(as_of, day) == month for day in days)
            assert min(days) > as_of
