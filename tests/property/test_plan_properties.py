"""The plan against brute force, against every small change of it, and against its own limits."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.generator import generate_account
from graph.account import Account, Person, Tie
from graph.plan import Plan, PlanLimits, objective_of, propose
from graph.plan.forms import form_name
from graph.plan.highs import packing
from graph.plan.outlook import Outlook
from graph.plan.program import Allowance, Counts, Program, Wishes
from graph.plan.settled import frame_of
from graph.policy import TouchpointKind, load_policy

SLOW = settings(max_examples=60, deadline=None, derandomize=True, print_blob=True)
EXACT = PlanLimits(gap=0.0)


def program_of(account: Account, limits: PlanLimits) -> Program:
    outlook = Outlook(account, limits.months)
    return Program(outlook, Allowance.of(outlook, limits), Wishes(), frame_of([account], limits))


def counts_of(account: Account, plan: Plan) -> Counts:
    return dict(
        Counter(
            (
                account.our_index[a.person],
                account.their_index[one],
                form_name(a.kind, len(a.stakeholders)),
            )
            for a in plan.actions
            for one in a.stakeholders
        )
    )


# -- brute force ------------------------------------------------------------------------------------------


@st.composite
def small_cases(draw: st.DrawFn) -> tuple[Account, PlanLimits]:
    """Two of ours, up to three of theirs, two or three kinds with few uses, one to three months."""
    kinds = {
        name: TouchpointKind(name, hours, quality, cost, limit)
        for name, hours, quality, cost, limit in (
            ("long", draw(st.sampled_from([1.5, 2.0, 3.0])), 0.9, 50.0, 12),
            ("short", 1.0, draw(st.sampled_from([0.4, 0.9])), 20.0, 12),
        )
    }
    months = draw(st.integers(1, 2))
    # Large efforts, so that a handful of touchpoints reaches targets and thread strength.
    limits = {**load_policy().limits, "contact_gain": draw(st.sampled_from([0.08, 0.3]))}
    policy = replace(load_policy(), kinds=kinds, limits=limits)
    functions = st.sampled_from(["purchasing", "commercial", "technical", None])
    levels = st.sampled_from([1, 3, 4, None])
    ours = tuple(
        Person(
            f"o{index}",
            f"Ours {index}",
            "us",
            function=draw(functions),
            level=draw(levels),
            time_capacity=draw(st.sampled_from([0.0, 1.0, 2.5, 3.0, 4.0])),
        )
        for index in range(2)
    )
    theirs = tuple(
        Person(
            f"t{index}",
            f"Theirs {index}",
            "them",
            function=draw(functions),
            level=draw(levels),
            role=draw(st.sampled_from(["decision_maker", "user", None])),
            influence=draw(st.sampled_from([0.2, 0.5, 1.0])),
            orientation=draw(st.sampled_from(["ally", "unknown", "unknown", "against"])),
        )
        for index in range(draw(st.integers(1, 3)))
    )
    ties = tuple(
        Tie(o.id, t.id, draw(st.sampled_from([0.1, 0.25, 0.6])))
        for o in ours
        for t in theirs
        if draw(st.booleans())
    )
    account = Account("a", "A", date(2026, 1, 31), ours=ours, theirs=theirs, ties=ties, policy=policy)
    return account, PlanLimits(budget=draw(st.sampled_from([None, 60.0, 130.0])), months=months, gap=0.0)


def fits_months(sizes: list[float], cap: float, months: int) -> bool:
    """Tell, by trying, whether touchpoints fit into months of `cap` hours."""

    def place(left: list[float], room: tuple[float, ...]) -> bool:
        if not left:
            return True
        first, *rest = left
        return any(
            place(rest, tuple(sorted((*room[:index], space - first, *room[index + 1 :]))))
            for index, space in enumerate(room)
            if space >= first - 1e-9 and space not in room[:index]
        )

    return place(sorted(sizes, reverse=True), (cap,) * months)


def brute_force(account: Account, limits: PlanLimits) -> float:
    """Return the best objective over every plan that fits, month by month."""
    program = program_of(account, limits)
    people, kinds = range(len(account.ours)), sorted(account.policy.kinds)
    most = {kind: account.policy.kinds[kind].yearly_limit * limits.months // 12 for kind in kinds}
    columns = [(person, kind) for kind in kinds for person in people]
    parts = [
        dict(zip(columns, counts, strict=True))
        for counts in product(*(range(most[kind] + 1) for _, kind in columns))
        if all(sum(counts[columns.index((p, kind))] for p in people) <= most[kind] for kind in kinds)
    ]
    # What one stakeholder is worth hangs on nobody else: tabulate, then combine within hours and budget.
    tables = [
        [(program.worth_of(index, {k: n for k, n in part.items() if n}), part) for part in parts]
        for index in program.outlook.eligible
    ]
    best = 0.0
    fitting: dict[tuple[int, tuple[int, ...]], bool] = {}

    def fits(person: int, use: tuple[int, ...]) -> bool:
        if (person, use) not in fitting:
            sizes = [account.policy.kinds[k].hours for k, n in zip(kinds, use, strict=True) for _ in range(n)]
            fitting[person, use] = fits_months(sizes, float(program.allowance.caps[person]), limits.months)
        return fitting[person, use]

    for choice in product(*tables):
        value = sum(worth for worth, _ in choice)
        if value <= best:
            continue
        uses = [tuple(sum(part[person, kind] for _, part in choice) for kind in kinds) for person in people]
        cost = sum(
            account.policy.kinds[kind].cost * n for use in uses for kind, n in zip(kinds, use, strict=True)
        )
        if cost <= program.allowance.budget and all(fits(person, use) for person, use in enumerate(uses)):
            best = value
    return best


@SLOW
@given(small_cases())
def test_a_plan_proved_at_gap_zero_is_the_best_of_all(case: tuple[Account, PlanLimits]) -> None:
    account, limits = case
    plan = propose(account, limits)
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(brute_force(account, limits), abs=5e-6)
    assert plan.objective == pytest.approx(objective_of(account, limits, plan.actions), abs=1e-9)


@SLOW
@given(small_cases())
def test_the_objective_is_the_smooth_gap_and_the_bonuses_up_to_the_segments(
    case: tuple[Account, PlanLimits],
) -> None:
    """The objective, written down once more without segments, program or outlook."""
    account, limits = case
    plan = propose(account, limits)
    policy, months = account.policy, limits.months
    cut = policy.limits

    def month(s: float) -> float:
        return s * 0.5 ** (1.0 / (cut["half_weak"] ** (1 - s) * cut["half_strong"] ** s))

    def mean_worth(s: float) -> float:
        rate = np.log(1 - month(s)) / np.log(1 - s)
        return float(np.mean([rate**k for k in range(months)]))

    faded = account.strength.copy()
    for _ in range(months):
        faded = np.vectorize(month)(faded) if faded.size else faded
    value, counts = 0.0, counts_of(account, plan)
    assert all(not action.also for action in plan.actions)
    for i, them in enumerate(account.theirs):
        if account.against[i]:
            continue
        target, influence = float(account.target[i]), float(account.influence[i])
        effort = {
            j: sum(
                policy.kinds[k].quality * policy.kinds[k].hours * n
                for (p, t, k), n in counts.items()
                if (p, t) == (j, i)
            )
            for j in range(len(account.ours))
        }
        base = float(np.prod(1 - faded[:, i]))
        left = base * np.exp(-cut["contact_gain"] * mean_worth(target) * sum(effort.values()))
        value += influence / target * (max(0, target - 1 + base) - max(0, target - 1 + left))
        threads, before = 0, 0
        for j, us in enumerate(account.ours):
            before += faded[j, i] >= 0.2
            threads += faded[j, i] >= 0.2
            if faded[j, i] >= 0.2:
                continue
            need = np.log((1 - faded[j, i]) / 0.8) / cut["contact_gain"] / mean_worth(0.2)
            share = min(1.0, effort[j] / need)
            threads += share >= 1 - 1e-9
            near = None not in (us.level, them.level) and abs(us.level - them.level) <= 1
            value += 0.01 * influence * share * (policy.same_function(us.function, them.function) + near)
        if them.role == "decision_maker" and threads >= 2 > before:
            value += 0.05 * influence
    # A chord lies below its curve, by at most the tolerance for each stakeholder.
    assert -1e-9 <= value - (plan.objective or 0.0) <= 5e-4 * len(account.theirs) + 1e-9


# -- every small change -----------------------------------------------------------------------------------


def changes_beyond(account: Account, limits: PlanLimits, plan: Plan) -> list[str]:
    """Return the single additions, removals and swaps within the limits that beat the plan's gap."""
    program, counts = program_of(account, limits), counts_of(account, plan)
    months, kinds = limits.months, program.kinds
    caps, budget = program.allowance.caps, program.allowance.budget
    # Actions are worth their while: less is asked for fewer, more for more.
    slack = limits.gap * (plan.objective or 0.0) + 5e-6
    asked = {name: program.asked(name) for name in kinds}
    parts: dict[int, dict[tuple[int, str], int]] = {i: {} for i in program.outlook.eligible}
    for (person, stakeholder, kind), n in counts.items():
        parts[stakeholder][person, kind] = n
    own = {p: Counter(dict.fromkeys(kinds, 0)) for p in range(len(caps))}
    used: Counter[tuple[int, str]] = Counter()
    for (person, stakeholder, kind), n in counts.items():
        own[person][kind] += n * (kinds[kind].size == 1)
        used[stakeholder, kinds[kind].kind] += n
    for (person, _, kind), n in program.sessions(counts).items():
        own[person][kind] += n
    cost = sum(kinds[k].cost * n for (_, _, k), n in counts.items())
    lengths = {
        p: {k: form.length for k, form in kinds.items() if form.length <= cap + 1e-9}
        for p, cap in enumerate(caps)
    }
    rows = {p: [(lengths[p], cap), *packing(lengths[p], float(cap))] for p, cap in enumerate(caps)}
    worth = {i: program.worth_of(i, part) for i, part in parts.items()}

    def with_change(stakeholder: int, *moves: tuple[int, str, int]) -> float:
        part = dict(parts[stakeholder])
        for person, kind, step in moves:
            part[person, kind] = part.get((person, kind), 0) + step
        return program.worth_of(stakeholder, {key: n for key, n in part.items() if n}) - worth[stakeholder]

    alone = [t for t in counts if kinds[t[2]].size == 1]
    gain = {t: with_change(t[1], (t[0], t[2], 1)) - asked[t[2]] for t in program.triples}
    loss = {t: with_change(t[1], (t[0], t[2], -1)) + asked[t[2]] for t in alone}
    # A talk about an opponent has its own reason.
    about = {approach.through[0] for approach in plan.approaches if approach.through}
    alone = [t for t in alone if account.theirs[t[1]].id not in about]
    found = [f"remove {t}" for t in alone if loss[t] > slack]

    def allowed(add: tuple[int, int, str], drop: tuple[int, int, str] | None) -> bool:
        person, stakeholder, kind = add
        if used[stakeholder, kind] + 1 - (drop is not None and drop[1:] == add[1:]) > program.most[kind]:
            return False
        if cost + kinds[kind].cost - (kinds[drop[2]].cost if drop else 0.0) > budget + 1e-9:
            return False
        held = own[person].copy()
        held[kind] += 1
        if drop is not None and drop[0] == person:
            held[drop[2]] -= 1
        return all(
            sum(use * held[k] for k, use in uses.items()) <= most * months + 1e-9
            for uses, most in rows[person]
        )

    for add in program.triples:
        if gain[add] > slack and allowed(add, None):
            found.append(f"add {add}")
        for drop in alone:
            if drop == add:
                continue
            if drop[1] != add[1]:
                if gain[add] + loss[drop] <= slack:
                    continue
            elif (
                with_change(add[1], (add[0], add[2], 1), (drop[0], drop[2], -1))
                - asked[add[2]]
                + asked[drop[2]]
                <= slack
            ):
                continue
            if allowed(add, drop):
                found.append(f"swap {drop} for {add}")
    return found


def keeps_limits(account: Account, limits: PlanLimits, plan: Plan) -> None:
    allowance = program_of(account, limits).allowance
    hours: defaultdict[tuple[str, int], float] = defaultdict(float)
    calendar: defaultdict[tuple[str, str], float] = defaultdict(float)
    uses: Counter[tuple[str, str]] = Counter()
    for action in plan.actions:
        hours[action.person, action.month] += action.hours
        calendar[action.person, f"{action.due_on:%Y-%m}"] += action.hours
        for one in action.stakeholders:
            uses[one, action.kind] += 1
            them = account.people[one]
            assert not them.placeholder
            assert them.orientation != "against"
        assert 1 <= action.month <= limits.months
    for (person, _), spent in [*hours.items(), *calendar.items()]:
        assert spent <= allowance.caps[account.our_index[person]] + 1e-6
    for (_, kind), count in uses.items():
        assert count <= account.policy.kinds[kind].yearly_limit * limits.months / 12 + 1e-9
    assert plan.cost == pytest.approx(sum(action.cost for action in plan.actions))
    assert limits.budget is None or plan.cost <= limits.budget + 1e-6
    assert plan.hours == pytest.approx(sum(action.hours for action in plan.actions))


def adds_up(plan: Plan) -> None:
    gains = [action.expected_gain for action in plan.actions]
    assert all(gain >= -1e-12 for gain in gains)
    assert sum(gains) == pytest.approx(plan.gap_before - plan.gap_after, abs=1e-9)
    key = [(a.due_on, a.person, a.stakeholder, a.kind) for a in plan.actions]
    assert key == sorted(key)


@pytest.mark.parametrize("start", range(0, 200, 20))
def test_no_single_change_improves_a_plan(start: int) -> None:
    for seed in range(start, start + 20):
        account = generate_account(seed, ours=1 + seed % 3, theirs=1 + seed % 8)
        limits = PlanLimits(
            hours=(None, 1.0, 2.5, 6.0)[seed % 4],
            budget=(None, None, 300.0)[seed % 3],
            months=(3, 12, 6)[seed % 3],
        )
        plan = propose(account, limits)
        assert plan.status == "optimal"
        assert plan.gap is not None
        assert plan.gap <= limits.gap
        keeps_limits(account, limits, plan)
        adds_up(plan)
        left_out = any("left out" in warning for warning in plan.warnings)
        assert left_out or changes_beyond(account, limits, plan) == [], f"account {seed}"


# -- more is never worse; nothing hangs on names or order --------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_more_of_anything_never_makes_the_objective_worse(seed: int) -> None:
    account = generate_account(seed, ours=2, theirs=6)
    by_hours = [
        propose(account, PlanLimits(hours=hours, gap=1e-4, least_gain=0.0))
        for hours in (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
    ]
    by_budget = [
        propose(account, PlanLimits(budget=b, hours=3.0, gap=1e-4, least_gain=0.0))
        for b in (0.0, 50.0, 400.0, 3000.0)
    ]
    for plans in (by_hours, by_budget):
        for less, more in pairwise(plans):
            assert more.objective >= less.objective * (1 - 1e-4) - 5e-6


@pytest.mark.parametrize("seed", range(4))
def test_nothing_hangs_on_order_or_names(seed: int) -> None:
    account = generate_account(seed, ours=3, theirs=8)
    turned = replace(
        account,
        ours=tuple(replace(p, name=f"={p.name}") for p in reversed(account.ours)),
        theirs=tuple(replace(p, name=p.name[::-1]) for p in reversed(account.theirs)),
        ties=tuple(reversed(account.ties)),
    )
    one, other = propose(account, PlanLimits(hours=2.0)), propose(turned, PlanLimits(hours=2.0))

    def nameless(plan: Plan) -> list[object]:
        # Reasons name people: who introduces, who else comes.
        return [
            (replace(a, person_name="", stakeholder_name="", reason="", also=()), a.stakeholders)
            for a in plan.actions
        ]

    assert nameless(one) == nameless(other)
    assert replace(one, actions=(), approaches=()) == replace(other, actions=(), approaches=())
    assert [a.through for a in one.approaches] == [a.through for a in other.approaches]
    assert one.actions


# -- hard wishes ------------------------------------------------------------------------------------------


def with_time(account: Account, hours: float) -> Account:
    """Give everybody of ours at least so many hours a month."""
    more = np.maximum(account.hours, hours).tolist()
    return replace(
        account,
        ours=tuple(replace(p, time_capacity=h) for p, h in zip(account.ours, more, strict=True)),
        share_of_time={},
        accounts_of={},
    )


def granted(account: Account, limits: PlanLimits, limit: str, amount: float) -> str:
    if limit == "time_capacity":
        return propose(with_time(account, amount), limits).status
    if limit.startswith("yearly_limit."):
        kind = limit.removeprefix("yearly_limit.")
        kinds = dict(account.policy.kinds)
        kinds[kind] = replace(kinds[kind], yearly_limit=int(amount))
        return propose(replace(account, policy=replace(account.policy, kinds=kinds)), limits).status
    return propose(account, replace(limits, **{limit: amount})).status


@pytest.mark.parametrize("seed", range(6))
def test_relaxations_are_true(seed: int) -> None:
    account = generate_account(seed, ours=2 + seed % 2, theirs=4)
    free = propose(account, PlanLimits(hours=3.0))
    tight = PlanLimits(
        hours=1.0,
        budget=(100.0, None)[seed % 2],
        target_gap=0.8 * free.gap_before if seed % 3 else 0.3 * free.gap_before,
        two_threads=seed % 3 == 0,
    )
    plan = propose(account, tight)
    if plan.status == "optimal":
        tight = replace(tight, hours=0.2, budget=0.0)
        plan = propose(account, tight)
    assert plan.status == "infeasible"
    assert plan.actions == ()
    assert plan.relax
    for relaxation in plan.relax:
        step = 1.0 if relaxation.limit.startswith("yearly") else 0.011 * relaxation.least + 2e-3
        assert granted(account, tight, relaxation.limit, relaxation.least) != "infeasible", relaxation
        assert granted(account, tight, relaxation.limit, relaxation.least - step) == "infeasible", relaxation
