"""Actions for several, pins and bans: against brute force, and against each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.generator import generate_account, generate_portfolio
from graph.account import Account, InfluenceLine, Person, Tie
from graph.plan import Ban, Pin, PlanLimits, one_more, propose, propose_together
from graph.plan.forms import form_name
from graph.plan.highs import fill
from graph.plan.outlook import Outlook
from graph.plan.program import Allowance, Program, Wishes
from graph.plan.settled import frame_of
from graph.policy import TouchpointKind, load_policy
from tests.property.test_plan_properties import fits_months

DAY = date(2026, 1, 31)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Account, PlanLimits]:
    """One or two of ours, two or three of theirs, a talk and a round for two, a month or two."""
    rounds = TouchpointKind("round", draw(st.sampled_from([1.0, 2.0])), 0.9, 30.0, 6, theirs=2)
    talk = TouchpointKind("talk", 1.0, draw(st.sampled_from([0.4, 0.9])), 10.0, 6)
    known = load_policy()
    policy = replace(
        known,
        kinds={"round": rounds, "talk": talk},
        limits={**known.limits, "contact_gain": draw(st.sampled_from([0.08, 0.3]))},
    )
    functions = st.sampled_from(["purchasing", "commercial", None])
    ours = tuple(
        Person(
            f"o{n}",
            f"O{n}",
            "us",
            function=draw(functions),
            time_capacity=draw(st.sampled_from([1.0, 2.0, 3.0])),
        )
        for n in range(draw(st.integers(1, 2)))
    )
    theirs = tuple(
        Person(
            f"t{n}",
            f"T{n}",
            "them",
            function=draw(functions),
            role=draw(st.sampled_from(["decision_maker", None])),
            influence=draw(st.sampled_from([0.3, 0.9])),
        )
        for n in range(draw(st.integers(2, 3)))
    )
    ties = tuple(Tie("o0", one.id, 0.3) for one in theirs if draw(st.booleans()))
    account = Account("a", "A", DAY, ours=ours, theirs=theirs, ties=ties, policy=policy)
    limits = PlanLimits(
        months=draw(st.integers(1, 2)),
        gap=0.0,
        budget=draw(st.sampled_from([None, 50.0])),
        least_gain=draw(st.sampled_from([0.0, 0.02])),
    )
    return account, limits


def best(account: Account, limits: PlanLimits) -> float:
    """Return the most that any plan has of the objective beyond what its actions are asked for."""
    outlook = Outlook(account, limits.months)
    program = Program(outlook, Allowance.of(outlook, limits), Wishes(), frame_of([account], limits))
    people, theirs = range(len(account.ours)), range(len(account.theirs))
    most = {
        kind: account.policy.kinds[kind].yearly_limit * limits.months // 12 for kind in account.policy.kinds
    }
    options = [(j, (i,), kind) for j in people for i in theirs for kind in ("round", "talk")]
    options += [(j, pair, "round") for j in people for pair in combinations(theirs, 2)]
    found = 0.0

    def search(start: int, taken: list[tuple[int, tuple[int, ...], str]]) -> None:
        nonlocal found
        uses = Counter((i, kind) for _, group, kind in taken for i in group)
        if any(n > most[kind] for (_, kind), n in uses.items()):
            return
        if sum(account.policy.kinds[kind].cost for _, _, kind in taken) > program.allowance.budget:
            return
        for j in people:
            sizes = [account.policy.kinds[kind].hours for who, _, kind in taken if who == j]
            if not fits_months(sizes, float(program.allowance.caps[j]), limits.months):
                return
        counts = Counter((j, i, form_name(kind, len(group))) for j, group, kind in taken for i in group)
        asked = sum(program.asked(form_name(kind, len(group))) for _, group, kind in taken)
        found = max(found, program.objective(dict(counts)) - asked)
        for index in range(start, len(options)):
            search(index, [*taken, options[index]])

    search(0, [])
    return found


@settings(max_examples=25, deadline=None, derandomize=True, print_blob=True)
@given(cases())
def test_rounds_and_talks_worth_their_while_are_the_best_of_all(case: tuple[Account, PlanLimits]) -> None:
    account, limits = case
    plan = propose(account, limits)
    kinds = account.policy.kinds
    asked = limits.least_gain * sum(
        kinds[a.kind].hours + account.policy.limits["preparation"] + kinds[a.kind].cost / 80
        for a in plan.actions
    )
    assert plan.status == "optimal"
    assert plan.objective - asked == pytest.approx(best(account, limits), abs=1e-5)


@given(st.dictionaries(st.integers(0, 9), st.integers(1, 6), min_size=2), st.integers(2, 4))
def test_every_seat_is_filled_with_different_people(wanted: dict[int, int], size: int) -> None:
    actions = max(max(wanted.values()), -(-sum(wanted.values()) // size))
    short = size * actions - sum(wanted.values())
    for extra in range(10, 40):  # more people, until all seats are wanted
        if short > 0:
            wanted[extra] = min(short, actions)
            short -= wanted[extra]
    filled = fill(wanted, size)
    assert all(len(set(coming)) == size == len(coming) for coming in filled)
    assert Counter(one for coming in filled for one in coming) == Counter(wanted)


# -- pins and bans ----------------------------------------------------------------------------------------


def limits_kept(accounts: tuple[Account, ...], plans: tuple[object, ...], caps: dict[str, float]) -> None:
    spent: defaultdict[tuple[str, int], float] = defaultdict(float)
    for plan in plans:
        for action in plan.actions:
            spent[action.person, action.month] += action.hours
    for (person, month), hours in spent.items():
        assert hours <= caps[person] + 1e-6, (person, month)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_pinned_is_in_and_what_is_forbidden_is_not(seed: int) -> None:
    account = generate_account(seed, ours=3, theirs=8)
    free = propose(account, PlanLimits(hours=4.0))
    wanted = [one.id for one, against in zip(account.theirs, account.against, strict=True) if not against]
    pin = Pin(account.ours[-1].id, wanted[-1], "visit", 5)
    busiest = Counter((a.person, a.stakeholder) for a in free.actions).most_common(1)[0][0]
    bans = (Ban(*busiest), Ban(person=account.ours[0].id, month=3))
    plan = propose(account, PlanLimits(hours=4.0, pinned=(pin, pin), forbidden=bans))
    assert plan.status == "optimal"
    pinned = [a for a in plan.actions if a.pinned]
    assert [(a.person, a.stakeholder, a.kind, a.month) for a in pinned] == [
        (pin.person, pin.stakeholder, "visit", 5)
    ] * 2
    assert len({a.id for a in plan.actions}) == len(plan.actions)
    assert not any(a.person == busiest[0] and busiest[1] in a.stakeholders for a in plan.actions)
    assert not any(a.person == account.ours[0].id and a.month == 3 for a in plan.actions)
    assert sum(a.expected_gain for a in plan.actions) == pytest.approx(plan.gap_before - plan.gap_after)
    # The two visits take eight hours of a month of four: kept, and said.
    assert any("in month 5" in warning for warning in plan.warnings)
    others = [a for a in plan.actions if not a.pinned]
    hours = Counter()
    for a in others:
        hours[a.person, a.month] += a.hours
    assert all(spent <= 4.0 + 1e-9 for spent in hours.values())
    assert hours[pin.person, 5] == 0


def test_pinning_what_the_plan_has_anyway_changes_nothing_but_the_pin() -> None:
    account = generate_account(2, ours=2, theirs=5)
    limits = PlanLimits(hours=3.0, months=6, gap=0.0, least_gain=0.0)
    plan = propose(account, limits)
    again = propose(
        account,
        replace(
            limits,
            pinned=tuple(
                Pin(
                    a.person,
                    a.stakeholder,
                    a.kind,
                    a.month,
                    tuple(g.stakeholder for g in a.also),
                    a.id,
                    a.due_on,
                )
                for a in plan.actions
            ),
        ),
    )
    assert {a.id for a in plan.actions} <= {a.id for a in again.actions}
    assert again.gap_after <= plan.gap_after + 1e-9


# -- several accounts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_a_portfolio_keeps_everybodys_hours_over_all_accounts(seed: int) -> None:
    accounts = generate_portfolio(seed, 4)
    limits = PlanLimits(hours=3.0, budget=2000.0, months=6)
    found = propose_together(accounts, limits)
    assert found.status == "optimal"
    assert found.gap <= 0.001
    assert [plan.account for plan in found.plans] == sorted(account.id for account in accounts)
    caps = {
        p.id: 3.0 if p.time_capacity is None else min(3.0, p.time_capacity) for a in accounts for p in a.ours
    }
    limits_kept(accounts, found.plans, caps)
    assert found.cost == pytest.approx(sum(plan.cost for plan in found.plans))
    assert found.cost <= 2000.0
    assert found.gap_after == pytest.approx(sum(plan.gap_after for plan in found.plans))
    assert found.objective == pytest.approx(sum(plan.objective for plan in found.plans))
    for account, plan in zip(sorted(accounts, key=lambda one: one.id), found.plans, strict=True):
        for action in plan.actions:
            assert action.person in account.our_index
            assert all(one in account.their_index for one in action.stakeholders)


def test_one_more_hour_for_everybody_buys_no_less_than_one_for_anybody() -> None:
    account = generate_account(6, ours=3, theirs=6)
    loose = PlanLimits(months=6, gap=0.02)
    for limits in (loose, replace(loose, hours=2.0, budget=500.0)):
        more = one_more(account, limits, propose(account, limits))
        known = {(one.limit, one.amount): one for one in more}
        everybody = known["hours", 1.0]
        for one in more:
            assert 0.0 <= one.at_least <= one.objective <= one.at_most
            if one.limit.startswith("hours."):
                assert one.person_name == account.people[one.limit.removeprefix("hours.")].name
                assert everybody.objective >= one.objective
                assert everybody.at_most >= one.at_least
        assert limits is loose or known["budget", 20.0].objective >= known["budget", 1.0].objective


def test_one_account_together_is_that_account_alone() -> None:
    account = generate_account(3, ours=2, theirs=6)
    account = replace(
        account,
        ours=tuple(replace(p, time_capacity=4.0) for p in account.ours),
        accounts_of={},
        share_of_time={},
    )
    alone, (together,) = propose(account), propose_together([account]).plans
    assert together.objective == pytest.approx(alone.objective)
    assert [a.id for a in together.actions] == [a.id for a in alone.actions]


# -- ways -------------------------------------------------------------------------------------------------

ACME = Account(
    "acme",
    "Acme",
    DAY,
    ours=(Person("anna", "Anna", "us", time_capacity=8.0), Person("boris", "Boris", "us", time_capacity=8.0)),
    theirs=(
        Person("bert", "Bert", "acme", role="user", influence=0.4, orientation="ally"),
        Person("carla", "Carla", "acme", role="decision_maker", influence=0.9),
        Person("otto", "Otto", "acme", role="evaluator", influence=0.8, orientation="against"),
    ),
    ties=(Tie("anna", "bert", 0.9),),
    influences=(InfluenceLine("bert", "carla"), InfluenceLine("bert", "otto", 0.5)),
)


def test_introductions_go_by_the_shortest_credible_path() -> None:
    plan = propose(ACME)
    paths = {(a.person, a.stakeholder): a for a in plan.actions}
    first = paths["anna", "carla"]
    assert first.path == ("anna", "bert", "carla")
    assert "introduced by Bert, whom they know (0.90)" in first.reason
    # With an opponent in between, nobody introduces.
    hostile = replace(
        ACME, theirs=tuple(replace(p, orientation="against") if p.id == "bert" else p for p in ACME.theirs)
    )
    assert all("nobody is known" in a.reason and not a.path for a in propose(hostile).actions)


def test_opponents_have_their_own_place() -> None:
    plan = propose(ACME)
    (approach,) = plan.approaches
    assert (approach.opponent, approach.through) == ("otto", ("bert", "otto"))
    with_ally = next(a for a in plan.actions if a.id == approach.action)
    assert "bert" in with_ally.stakeholders
    assert "a way to Otto, who is against" in next(a.reason for a in plan.actions if a.stakeholder == "bert")
    before, after = approach.surroundings
    assert after > before
    assert f"{after:.2f} instead of {before:.2f}" in approach.reason
    assert all("otto" not in a.stakeholders for a in plan.actions)
    alone = propose(replace(ACME, influences=()))
    assert (alone.approaches[0].through, alone.approaches[0].action) == ((), None)
    idle = propose(ACME, PlanLimits(hours=0.0))
    assert "no hour" in idle.approaches[0].reason


def test_the_measures_before_and_after_are_those_of_the_account() -> None:
    plan = propose(generate_account(4, ours=4, theirs=10))
    today, nothing, done = plan.standing
    assert (today.when, nothing.when, done.when) == ("today", "nothing done", "plan done")
    assert done.coverage > today.coverage > nothing.coverage
    assert done.diamond_index > nothing.diamond_index
    assert done.connectivity >= nothing.connectivity
