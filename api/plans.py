"""The verbs of plans: for one account or several, what else could be done, and what became of the actions.

As in `api.verbs` each takes a `Workspace` and returns one result object.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from api.caveats import with_caveats
from api.workspace import Result, Workspace
from graph.account import Account
from graph.errors import AmbiguousName, InputError, UnknownName
from graph.measures import measure
from graph.plan import ActionStatus, Ban, Instead, More, Pin, Plan, PlanLimits, Together
from graph.progress import Progress
from graph.store.accounts import resolve_person
from graph.store.actions import Undertaking

if TYPE_CHECKING:
    from simulation import Simulation

Verb = Literal["done", "start", "drop", "reopen", "pin", "unpin", "change"]
REPLICATES = 500
EFFECTS = ("coverage_end", "access_end", "revenue_total", "margin_total", "account_lost", "hours_spent")
NOBODY_LEAVES = {"turnover_ours": 0.0, "turnover_theirs": 0.0, "turnover_distributor": 0.0}
# What a plan takes for granted, as the measures do: a tie does not end by itself; who is against stays so.
AS_PLANNED = NOBODY_LEAVES | {"s_gone": 0.0, "warm": 0.0, "cool": 0.0, "sway": 0.0}


@dataclass(frozen=True, slots=True)
class Effect:
    """One measure of one strategy at the plan's horizon, with its 95 % interval."""

    strategy: str
    measure: str
    mean: float | None
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True, slots=True)
class Simulated:
    """What the simulation makes of a plan, of doing nothing, and of the other strategies.

    Attributes
    ----------
    hours_offered
        Hours a month for the other strategies: as many as the plan takes.
    planned
        Coverage at the horizon by the plan's own measures.
    as_planned
        The same simulated with nobody leaving, and with the measures' rules of ties: it is `planned`.
    nobody_leaves
        The same with nobody leaving and the simulation's own rules, where a tie below `s_gone` that was not
        met ends, and who is against may come round.
    """

    replicates: int
    months: int
    seed: int
    hours_offered: float
    planned: float | None
    as_planned: Effect
    nobody_leaves: Effect
    effects: tuple[Effect, ...]

    @property
    def indexed(self) -> bool:
        """Whether the revenue is an index, so that there is no profit to compare."""
        return all(one.measure != "margin_total" for one in self.effects)


@dataclass(frozen=True, slots=True)
class FullPlan(Plan):
    """A plan with what was asked beside it."""

    instead: tuple[Instead, ...] = ()
    more: tuple[More, ...] = ()
    simulated: Simulated | None = None


@dataclass(frozen=True, slots=True)
class Actions:
    """The actions of an account's saved plans, by due date; `late` counts those that should be done."""

    account: str
    late: int
    actions: tuple[Undertaking, ...]


def settled(work: Workspace, account: Account, limits: PlanLimits) -> tuple[PlanLimits, tuple[str, ...]]:
    """Return the limits with what was begun or pinned before, and a warning about what cannot be kept."""
    from graph.store.actions import kept_actions

    pins, gone = [], 0
    for pin in kept_actions(work.store, account.id, account.as_of, limits.months):
        people = (pin.stakeholder, *pin.also)
        if (
            pin.person in account.our_index
            and pin.kind in account.policy.kinds
            and all(one in account.their_index for one in people)
        ):
            pins.append(pin)
        else:
            gone += 1
    warning = (
        f"{gone} begun or pinned actions are left out: somebody in them has left, or their kind is gone."
    )
    return replace(limits, pinned=(*pins, *limits.pinned)), (warning,) if gone else ()


def plan(
    work: Workspace,
    name: str,
    limits: PlanLimits | None = None,
    *,
    pins: Sequence[str] = (),
    bans: Sequence[str] = (),
    instead: Sequence[str] = (),
    more: bool = False,
    simulate: bool = False,
    save: bool = False,
    as_of: date | None = None,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Result[FullPlan]:
    """Propose a lobbying plan that keeps what was begun or pinned; `save` keeps it in the graph.

    Parameters
    ----------
    pins
        `person,stakeholder,kind,month`, by id or name.
    bans
        `person`, `person,stakeholder`, `person,stakeholder,kind` or `person,stakeholder,kind,month`; what is
        empty stands for any.
    instead
        As `bans`: what the plan would be without these actions.
    more
        Also what one more hour or coin would buy.
    simulate
        Also what the simulation makes of it.
    """
    from graph.plan import propose
    from graph.store.plans import save_plan

    account = work.account(name, as_of)
    asked = asked_for([account], limits or PlanLimits(), pins, bans)
    asked, warnings = settled(work, account, asked)
    found = propose(account, asked)
    if save and found.status != "infeasible":
        save_plan(work.store, account.id, found)
    full = FullPlan(**{one.name: getattr(found, one.name) for one in fields(Plan)})
    if found.status != "infeasible":
        full = replace(full, warnings=(*warnings, *found.warnings))
    full = beside(
        work,
        account,
        asked,
        full,
        instead=instead,
        more=more,
        simulate=simulate,
        seed=seed,
        threads=threads,
        progress=progress,
    )
    return with_caveats(measure(account), full)


def beside(
    work: Workspace,
    account: Account,
    limits: PlanLimits,
    found: FullPlan,
    *,
    instead: Sequence[str] = (),
    more: bool = False,
    simulate: bool = False,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> FullPlan:
    """Return a plan with what was asked beside it, as `plan` does; one that cannot be had is left as it is.

    Parameters
    ----------
    limits
        With which it was proposed, with what is `settled`.
    """
    from graph.plan import next_best, one_more

    bans = [ban_of([account], one) for one in instead]
    if found.status == "infeasible":
        return found
    return replace(
        found,
        instead=tuple(next_best(account, limits, found, ban) for ban in bans),
        more=one_more(account, limits, found) if more else (),
        simulated=simulated(work, account, found, seed=seed, threads=threads, progress=progress)
        if simulate
        else None,
    )


def plan_together(
    work: Workspace,
    names: Sequence[str] | None,
    limits: PlanLimits | None = None,
    *,
    pins: Sequence[str] = (),
    bans: Sequence[str] = (),
    save: bool = False,
    as_of: date | None = None,
) -> Result[Together]:
    """Propose the plans of several accounts, or of all, whose people share their hours and one budget."""
    from graph.plan import propose_together
    from graph.store.plans import save_plan

    if names is None:
        accounts = [one for one in work.portfolio(as_of) if one.theirs]
    else:
        accounts = [work.account(name, as_of) for name in names]
    asked = asked_for(accounts, limits or PlanLimits(), pins, bans)
    warnings: list[str] = []
    for account in accounts:
        asked, said = settled(work, account, asked)
        warnings += said
    found = propose_together(accounts, asked)
    if save:
        for one in found.plans:
            save_plan(work.store, one.account, one)
    body = replace(found, warnings=(*warnings, *found.warnings))
    return Result(body.as_of, (), body)


def actions(work: Workspace, name: str) -> Result[Actions]:
    """Return what is planned with an account, and what became of it."""
    from graph.store.actions import undertakings

    account = work.account(name)
    found = undertakings(work.store, account.id, work.today)
    late = sum(one.late is not None for one in found)
    warning = f"{late} {'action is' if late == 1 else 'actions are'} late."
    return Result(work.today, (warning,) if late else (), Actions(account.id, late, found))


def act(
    work: Workspace,
    name: str,
    verb: Verb,
    action: str,
    *,
    on: date | None = None,
    minutes: float | None = None,
    owner: str | None = None,
    due: date | None = None,
) -> Result[Actions]:
    """Say what became of an action: done, begun, dropped; take that back, or change its owner and its day.

    A done action is a touchpoint from then on; a pinned one is kept by planning anew until it is unpinned.
    """
    from graph.store.actions import change, resolve_action

    account = work.account(name)
    known = resolve_action(work.store, account.id, action)
    person = None if owner is None else resolve_person(account, owner)
    if person is not None and person not in account.our_index:
        raise InputError(f"{owner} cannot own an action: only one of ours can.")
    if verb == "change" and person is None and due is None:
        raise InputError("A change needs an owner or a due date.")
    status: dict[Verb, ActionStatus] = {
        "done": "done",
        "start": "started",
        "drop": "dropped",
        "reopen": "planned",
    }
    changed = change(
        work.store,
        account.id,
        known.id,
        status.get(verb),
        on=on,
        minutes=minutes,
        owner=person,
        due_on=due,
        pinned={"pin": True, "unpin": False}.get(verb),
        today=work.today,
    )
    work._refreshed = None
    work.refresh()
    return Result(work.today, (), Actions(account.id, int(changed.late is not None), (changed,)))


def actions_file(work: Workspace, name: str, ending: str) -> bytes:
    """Return the actions of an account's saved plans as a table (`.csv`) or a calendar (`.ics`).

    The table has what became of them; in the calendar those that were dropped are cancelled.
    """
    from graph.plan import plan_ics
    from graph.store.actions import undertakings, undertakings_csv
    from graph.store.plans import read_plan

    account = work.account(name)
    if ending == ".csv":
        known = undertakings(work.store, account.id, work.today)
        return undertakings_csv(account.id, known).encode("utf-8-sig")
    saved = read_plan(work.store, account.id, settled=True)
    return plan_ics(*[saved] if saved is not None else [])


def asked_for(
    accounts: Sequence[Account], limits: PlanLimits, pins: Sequence[str], bans: Sequence[str]
) -> PlanLimits:
    """Return the limits with pins and bans read from text."""
    return replace(
        limits,
        pinned=(*limits.pinned, *(pin_of(accounts, one) for one in pins)),
        forbidden=(*limits.forbidden, *(ban_of(accounts, one) for one in bans)),
    )


def pin_of(accounts: Sequence[Account], text: str) -> Pin:
    """Read `person,stakeholder,kind,month`; a name with a comma stands in quotation marks."""
    parts = _parts(text)
    if len(parts) != 4 or not all(parts):
        raise InputError(
            f"--pin {text}: write person,stakeholder,kind,month, for instance anna,bert,meeting,3."
        )
    person, stakeholder = _person(accounts, parts[0], "ours"), _person(accounts, parts[1], "theirs")
    return Pin(person, stakeholder, parts[2], _month(text, parts[3]))


def ban_of(accounts: Sequence[Account], text: str) -> Ban:
    """Read what a plan may not have; a single name may also be one of theirs, whom then nobody meets."""
    parts = _parts(text)
    if not 1 <= len(parts) <= 4 or not any(parts):
        raise InputError(
            f"--forbid {text}: write person, or person,stakeholder, or person,stakeholder,kind, or "
            "person,stakeholder,kind,month; what is left empty stands for any."
        )
    parts += [""] * (4 - len(parts))
    stakeholder = _person(accounts, parts[1], "theirs") if parts[1] else None
    if parts[0] and not any(parts[1:]):
        who = _person(accounts, parts[0], "both")
        ours = any(who in account.our_index for account in accounts)
        return Ban(person=who) if ours else Ban(stakeholder=who)
    person = _person(accounts, parts[0], "ours") if parts[0] else None
    return Ban(person, stakeholder, parts[2] or None, _month(text, parts[3]) if parts[3] else None)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in next(csv.reader([text], skipinitialspace=True), [])]


def _month(text: str, month: str) -> int:
    if not month.isascii() or not month.isdigit():
        raise InputError(f"{text}: the month is a whole number from 1, found {month!r}.")
    return int(month)


def _person(accounts: Sequence[Account], text: str, side: str) -> str:
    """Return the id of somebody of one of the accounts, on the side that is meant."""
    found, failure = set(), None
    for account in accounts:
        nobody = replace(account, ties=(), influences=(), reports_to=())
        people = {"ours": replace(nobody, theirs=()), "theirs": replace(nobody, ours=())}
        try:
            found.add(resolve_person(people.get(side, account), text))
        except (UnknownName, AmbiguousName) as error:
            if failure is None or isinstance(error, AmbiguousName):
                failure = error
    if len(found) == 1:
        return found.pop()
    if found:
        raise InputError(f"Several people of these accounts have the name {text!r}: say which by id.")
    assert failure is not None
    raise failure


def simulated(
    work: Workspace,
    account: Account,
    plan: Plan,
    *,
    replicates: int = REPLICATES,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Simulated:
    """Run a plan, doing nothing, and the other strategies with as many hours as the plan takes."""
    import simulation as model
    from simulation.strategies import names_for

    partners = work.partners(account)
    pool = float(account.hours.sum()) * plan.months
    share = plan.hours / pool if pool > 0 else 0.0
    names = names_for(account)

    def run(chosen: Sequence[str], factor: float, parameters: dict[str, float], times: int) -> Simulation:
        return model.simulate(
            account,
            model.Scenario(parameters=parameters),
            model.strategies_for(account, plan.actions, chosen, horizon=plan.months),
            partners=partners,
            replicates=times,
            months=plan.months,
            seed=seed,
            threads=threads,
            hours_factor=factor,
            progress=progress,
        )

    own = run(["do_nothing", "plan"], 1.0, {}, replicates)
    others = [name for name in names if name not in ("do_nothing", "plan")]
    rest = run(others, share, {}, replicates)
    # Profit would weigh hours against an index where nobody says what the account's revenue is.
    told = [one for one in EFFECTS if one != "margin_total" or account.revenue is not None]
    # Nothing is left to chance there that the coverage hangs on.
    check, calm = (run(["plan"], 1.0, rules, 2) for rules in (AS_PLANNED, NOBODY_LEAVES))
    return Simulated(
        replicates=replicates,
        months=plan.months,
        seed=seed,
        hours_offered=plan.hours / plan.months,
        planned=next((one.coverage for one in plan.standing if one.when == "plan done"), None),
        as_planned=_effect(check, "plan", "coverage_end"),
        nobody_leaves=_effect(calm, "plan", "coverage_end"),
        effects=tuple(
            _effect(one, name, measure)
            for one, chosen in ((own, ("plan", "do_nothing")), (rest, others))
            for name in chosen
            for measure in told
            if measure in one.measures
        ),
    )


def _effect(run: Simulation, strategy: str, measure: str) -> Effect:
    found = run.estimate(measure, strategy)
    return Effect(strategy, measure, found.mean, found.ci_low, found.ci_high)
