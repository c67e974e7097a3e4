"""Plans of small accounts whose answers are plain."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from datetime import date

import pytest

from graph.account import Account
from graph.errors import InputError
from graph.plan import Plan, PlanLimits, objective_of, propose
from graph.policy import TouchpointKind, load_policy
from tests.unit.accounts import account, person

MEETINGS = replace(load_policy(), kinds={"meeting": TouchpointKind("meeting", 1, 0.9, 20, 24)})


def seller(id: str, hours: float = 8.0, **values: object) -> object:
    return person(id, organisation="us", time_capacity=hours, **values)


def buyer(id: str, **values: object) -> object:
    return person(id, **{"role": "decision_maker", "influence": 0.9, "function": "purchasing", **values})


def one_on_one(strength: float = 0.0, **values: object) -> Account:
    ties = {("anna", "bert"): strength} if strength else {}
    return account([seller("anna")], [buyer("bert")], ties, **values)


def test_a_missing_tie_is_opened_and_the_gap_falls() -> None:
    plan = propose(one_on_one())
    assert plan.status == "optimal"
    assert {(a.person, a.stakeholder) for a in plan.actions} == {("anna", "bert")}
    assert plan.gap_before == pytest.approx(0.9)
    assert plan.gap_after < 0.2
    assert sum(a.expected_gain for a in plan.actions) == pytest.approx(
        plan.gap_before - plan.gap_after, abs=1e-9
    )


def test_what_would_fade_is_kept_up() -> None:
    strong = one_on_one(0.75)
    plan = propose(strong)
    assert strong.strength[0, 0] > strong.target[0]
    assert plan.gap_before > 0
    assert plan.gap_after < plan.gap_before
    assert "keeps up the thread" in plan.actions[0].reason
    assert "0.75" in plan.actions[0].reason


def test_one_month_of_meetings_by_hand() -> None:
    """In one month nothing fades that is met: each meeting closes 1 - exp(-.08 x .9) of what is open."""
    plan = propose(one_on_one(policy=MEETINGS), PlanLimits(months=1, gap=0.0))
    # The yearly limit of 24 is two in a month.
    assert len(plan.actions) == 2
    left = 2.718281828459045 ** (-0.08 * 1.8)
    target = 0.75 * 0.95
    assert plan.gap_before == pytest.approx(0.9)
    assert plan.gap_after == pytest.approx(0.9 / target * (target - 1 + left))
    assert plan.segment_error < 5e-4
    assert plan.objective == pytest.approx(plan.gap_before - plan.gap_after, abs=5e-4)


def test_opponents_and_empty_seats_are_not_planned_for_and_leave_no_gap() -> None:
    plan = propose(
        account(
            [seller("anna")],
            [buyer("bert", orientation="against"), buyer("carl", placeholder=True), buyer("dora")],
            {("anna", "bert"): 0.5},
        )
    )
    assert {a.stakeholder for a in plan.actions} == {"dora"}
    assert plan.gap_before == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("case", "limits", "why"),
    [
        (account([], [buyer("bert")], {}), PlanLimits(), "nobody of ours"),
        (account([seller("anna")], [], {}), PlanLimits(), "nobody of theirs"),
        (account([], [], {}), PlanLimits(), "nobody of ours"),
        (account([seller("anna")], [buyer("b", orientation="against")], {}), PlanLimits(), "against"),
        (account([seller("anna", 0.0)], [buyer("bert")], {}), PlanLimits(), "hours"),
        (one_on_one(), PlanLimits(hours=0.0), "hours"),
        (one_on_one(policy=MEETINGS), PlanLimits(budget=10.0), "no touchpoint within the limits"),
        (account([seller("anna", level=5)], [buyer("b", influence=0.0)], {}), PlanLimits(), "no gap"),
    ],
)
def test_nothing_to_do_is_an_empty_optimal_plan_that_says_why(
    case: Account, limits: PlanLimits, why: str
) -> None:
    plan = propose(case, limits)
    assert (plan.status, plan.actions, plan.gap) == ("optimal", (), 0.0)
    assert plan.gap_after == pytest.approx(plan.gap_before)
    assert any(why in warning for warning in plan.warnings), plan.warnings


def test_of_equals_the_first_ids_are_taken() -> None:
    """Two sellers alike, two buyers alike, and hours for one meeting a month."""
    plan = propose(
        account([seller("o2"), seller("o1")], [buyer("t2"), buyer("t1")], {}, policy=MEETINGS),
        PlanLimits(budget=60.0, gap=0.0),
    )
    # Concave worth: the third meeting goes to either buyer, so to the first.
    by_pair = sorted((a.person, a.stakeholder) for a in plan.actions)
    assert {owner for owner, _ in by_pair} == {"o1"}
    assert [them for _, them in by_pair] == ["t1", "t1", "t2"]


def test_the_cheapest_of_what_reaches_the_target() -> None:
    """With all the time in the world a plan still takes no touchpoint that adds nothing."""
    case = account([seller("anna", 500.0)], [buyer("bert")], {})
    plan = propose(case, PlanLimits(gap=0.0))
    for index in range(len(plan.actions)):
        fewer = plan.actions[:index] + plan.actions[index + 1 :]
        assert objective_of(case, PlanLimits(), fewer) < plan.objective - 1e-9
    assert not {"training", "event", "plant_tour"} & {a.kind for a in plan.actions}


def test_hours_are_the_smaller_of_ones_own_and_the_cap() -> None:
    case = account([seller("anna", 3.0), seller("boris", 1.0)], [buyer(f"t{i}") for i in range(6)], {})
    for cap, most in ((2.0, (2.0, 1.0)), (None, (3.0, 1.0))):
        plan = propose(case, PlanLimits(hours=cap))
        for owner, limit in zip(("anna", "boris"), most, strict=True):
            for month in range(1, 13):
                spent = sum(a.hours for a in plan.actions if (a.person, a.month) == (owner, month))
                assert spent <= limit + 1e-9


def test_a_decision_maker_gets_a_second_thread() -> None:
    case = account([seller("anna"), seller("boris")], [buyer("bert", function=None)], {("anna", "bert"): 0.7})
    plan = propose(case, PlanLimits(gap=0.0))
    assert {a.person for a in plan.actions} == {"anna", "boris"}
    assert plan.objective - (plan.gap_before - plan.gap_after) == pytest.approx(
        0.045, abs=plan.segment_error + 1e-9
    )


def test_facing_functions_and_near_levels_are_preferred() -> None:
    case = account(
        [seller("anna", function="technical"), seller("zoe", function="commercial")],
        [buyer("bert", role="user")],
        {},
    )
    assert {a.person for a in propose(case).actions} == {"zoe"}
    case = account(
        [seller("anna", level=5), seller("zoe", level=2)], [buyer("bert", role="user", level=1)], {}
    )
    assert {a.person for a in propose(case).actions} == {"zoe"}


def test_reasons_in_plain_words() -> None:
    plan = propose(account([seller("anna")], [buyer("bert", function="finance")], {}))
    assert plan.actions[0].reason == (
        "covers the only decision maker in Finance; no thread today; influence 0.90, "
        "coverage in 12 months 0.72 instead of 0.00 for a target of 0.71; "
        "nobody is known who could introduce them"
    )
    plan = propose(
        account(
            [seller("anna", function="commercial", level=2), seller("boris")],
            [buyer("bert", level=2), buyer("carl", role="user", function=None)],
            {("boris", "bert"): 0.5},
        )
    )
    reasons = {(a.person, a.stakeholder): a.reason for a in plan.actions}
    assert reasons["anna", "bert"] == (
        "adds a thread to the only decision maker in Commercial; 1 thread today; influence 0.90, "
        "coverage in 12 months 0.72 instead of 0.14 for a target of 0.71; "
        "introduced by BORIS, whose thread has 0.50; "
        "the functions face each other; the levels match"
    )
    assert any("user without a known function" in reason for reason in reasons.values())


# -- hard wishes -------------------------------------------------------------------------------------------


def test_a_wished_gap_is_reached_by_the_exact_rules() -> None:
    case = account(
        [seller("anna"), seller("boris"), seller("cleo")],
        [buyer(f"t{i}", influence=0.3 + 0.1 * i) for i in range(6)],
        {},
    )
    free = propose(case, PlanLimits(hours=3.0))
    assert free.segment_error > 0.05, "else the program's own view would do"
    wish = free.gap_after - 0.02
    plan = propose(case, PlanLimits(hours=4.0, target_gap=wish))
    assert plan.status == "optimal"
    assert plan.gap_after <= wish


def test_two_threads_are_there_by_the_exact_rules() -> None:
    case = account(
        [seller("anna", 2.0), seller("boris", 2.0)], [buyer("bert"), buyer("carl", role="user")], {}
    )
    plan = propose(case, PlanLimits(hours=1.0, two_threads=True))
    assert plan.status == "optimal"
    assert not any("two threads" in warning for warning in plan.warnings)
    for owner in ("anna", "boris"):
        assert any((a.person, a.stakeholder) == (owner, "bert") for a in plan.actions)


def test_an_unreachable_wish_names_what_would_help() -> None:
    case = account([seller("anna", 10.0)], [buyer("bert")], {}, policy=MEETINGS)
    plan = propose(case, PlanLimits(budget=100.0, target_gap=0.5))
    assert plan.status == "infeasible"
    assert plan.actions == ()
    assert plan.gap_after == plan.gap_before
    least = {relaxation.limit: relaxation.least for relaxation in plan.relax}
    # More hours or more meetings a year do not help while the money is missing.
    assert set(least) == {"budget", "target_gap"}
    assert propose(case, PlanLimits(budget=least["budget"], target_gap=0.5)).status == "optimal"
    assert propose(case, PlanLimits(budget=0.98 * least["budget"], target_gap=0.5)).status == "infeasible"


def test_two_threads_from_one_person_are_beyond_any_limit() -> None:
    plan = propose(one_on_one(), PlanLimits(two_threads=True))
    assert (plan.status, plan.relax) == ("infeasible", ())
    assert any("No single limit" in warning for warning in plan.warnings)


# -- what goes wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"budget": -1.0}, "budget"),
        ({"hours": float("nan")}, "hours"),
        ({"hours": float("inf")}, "hours"),
        ({"months": 0}, "months"),
        ({"months": 61}, "months"),
        ({"gap": 1.0}, "gap"),
        ({"gap": -0.1}, "gap"),
        ({"target_gap": -1.0}, "target_gap"),
    ],
)
def test_wrong_limits_are_named(values: dict[str, float], name: str) -> None:
    with pytest.raises(InputError, match=name):
        PlanLimits(**values)


def test_a_target_that_no_plan_reaches_is_an_error_of_the_policy() -> None:
    policy = replace(load_policy(), role_targets={**load_policy().role_targets, "decision_maker": 1.1})
    with pytest.raises(InputError, match=r"targets\.csv"):
        propose(account([seller("anna")], [buyer("bert")], {}, policy=policy))


def test_without_time_the_plan_says_that_nothing_is_proved() -> None:
    case = account([seller(f"o{i}") for i in range(3)], [buyer(f"t{i}") for i in range(8)], {})
    plan = propose(case, PlanLimits(time_limit=0.0))
    assert plan.status == "time_limit"
    assert any("time limit" in warning for warning in plan.warnings)


def test_numbers_are_plain_and_what_hours_are_assumed_is_said() -> None:
    plan = propose(account(["anna"], [buyer("bert")], {}))
    for field in fields(Plan):
        value = getattr(plan, field.name)
        assert type(value) in (str, int, float, date, tuple), field.name
    assert all(type(a.expected_gain) is float for a in plan.actions)
    assert any("no time_capacity" in warning for warning in plan.warnings)


def test_nothing_but_the_answer_reaches_standard_output() -> None:
    """Compiled code prints past Python; the plan sends that to standard error."""
    script = (
        "import ctypes\n"
        "from graph.plan.quiet import output_to_standard_error\n"
        "print('before', flush=True)\n"
        "with output_to_standard_error(), output_to_standard_error():\n"
        "    ctypes.CDLL(None).printf(b'noise\\n')\n"
        "print('after')\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "before\nafter\n"
    assert run.stderr == "noise\n"


def test_the_solver_is_imported_only_when_a_plan_is_made() -> None:
    script = "import sys, graph.plan; print('scipy.optimize' in sys.modules, 'icalendar' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]
