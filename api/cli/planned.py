"""Plans for people: what one reaches, who meets whom and why, what else could be done, what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from api.cli.output import amount, number, share, table, text, words
from api.workspace import Result
from graph.wording import count, spelt

if TYPE_CHECKING:
    from api.plans import Actions, FullPlan
    from graph.plan import Action, Instead, Together

FIRST = 10  # actions that are told
PAIRS = 12  # of who meets whom how often
REASONS = 5  # of them, whose reason is told
CHANGES = 5  # of what another plan does more of, and as many of what it does less of


def plan(console: Console, result: Result[FullPlan], first: int = FIRST) -> None:
    """Show the plan: who meets whom how often and why, and its first actions; or why there is none."""
    found = result.body
    if found.status == "infeasible":
        console.print("[bold]No plan can do this.[/] Each of these alone would make it possible:")
        for one in found.relax:
            console.print(f"  {words(one.limit)}: at least {number(one.least)}")
        if not found.relax:
            console.print("  none; the wish is out of reach whatever one limit allows.")
        return
    gap = "–" if found.gap is None else f"{found.gap:.2%}"
    console.print(
        f"[bold]{count(len(found.actions), 'action')}[/], {number(found.hours, 1)} hours, "
        f"cost {number(found.cost, 0)}: weighted gap {number(found.gap_before)} → {number(found.gap_after)} "
        f"({words(found.status)}, proved to {gap})"
    )
    if not found.actions:
        return
    pairs = _pairs(found.actions)
    console.print()
    console.print(pair_table(pairs))
    console.print("\n[bold]Why[/]")
    for together in pairs[:REASONS]:
        console.print(f"• {text(together[0].person_name)} – {_whom(together[0])}: {text(together[0].reason)}")
    console.print()
    console.print(action_table(found.actions[:first]))
    if len(found.actions) > first:
        console.print(
            f"[dim]… and {len(found.actions) - first} more: --out plan.csv or plan.ics has them all, "
            "each with its reason.[/]"
        )


def full_plan(console: Console, result: Result[FullPlan]) -> None:
    """Show a plan with its measures before and after, its opponents, and what was asked beside it."""
    from api.words import limit, next_best, simulated

    plan(console, result)
    found = result.body
    if found.status == "infeasible":
        return
    made = table(
        "Measures", "Coverage", "Connectivity", "Diamond index", "Shape", right=("Coverage", "Connectivity")
    )
    for one in found.standing:
        name = one.when if one.when == "today" else f"in {count(found.months, 'month')}, {one.when}"
        made.add_row(name, number(one.coverage), str(one.connectivity), number(one.diamond_index), one.shape)
    console.print()
    console.print(made)
    for approach in found.approaches:
        console.print(f"• [bold]{text(approach.opponent_name)}[/] is against: {text(approach.reason)}")
    for other in found.instead:
        console.print(f"\n[bold]Without {text(_without(other))}[/]: {text(next_best(other))}")
        for change in (*other.changes[:CHANGES], *other.changes[CHANGES:][-CHANGES:]):
            console.print(
                f"  {change.change:+d} × {words(change.kind)} of {text(change.person_name)} with "
                f"{text(change.stakeholder_name)}"
            )
    if found.more:
        made = table("One more", "Closes", "between", right=("Closes",), title="What one more would buy")
        for more in found.more:
            between = f"{number(more.at_least, 4)} and {number(more.at_most, 4)}"
            made.add_row(text(limit(more)), number(more.objective, 4), between)
        console.print()
        console.print(made)
    if found.simulated is not None:
        console.print()
        console.print(effect_table(found))
        for sentence in simulated(found):
            console.print(f"• {text(sentence)}")


def _without(other: Instead) -> str:
    kind = None if other.without.kind is None else spelt(other.without.kind)
    month = None if other.without.month is None else f"month {other.without.month}"
    return ", ".join(part for part in (other.person_name, other.stakeholder_name, kind, month) if part)


def effect_table(found: FullPlan) -> Table:
    """Return what the simulation makes of a plan and of the other strategies at equal hours."""
    simulated = found.simulated
    assert simulated is not None
    shown: dict[str, Callable[[float | None], str]] = {
        "coverage_end": number,
        "access_end": number,
        **({"account_lost": share} if simulated.indexed else {"margin_total": amount}),
        "hours_spent": lambda value: number(value, 0),
    }
    columns = ("Coverage", "Access", "Account lost" if simulated.indexed else "Profit", "Hours spent")
    made = table(f"Simulated, {count(simulated.months, 'month')}", *columns, right=columns)
    by_name: dict[str, dict[str, str]] = {}
    for one in simulated.effects:
        if one.measure in shown and one.mean is not None:
            show = shown[one.measure]
            interval = f" [dim]\\[{show(one.ci_low)}…{show(one.ci_high)}][/]"
            by_name.setdefault(one.strategy, {})[one.measure] = show(one.mean) + interval
    for name, cells in by_name.items():
        made.add_row(words(name), *(cells.get(measure, "–") for measure in shown))
    return made


def together(console: Console, result: Result[Together]) -> None:
    """Show the plans of several accounts: one line each, and the sums."""
    found = result.body
    made = table("Account", "Actions", "Hours", "Cost", "Weighted gap", right=("Actions", "Hours", "Cost"))
    for one in found.plans:
        gap = f"{number(one.gap_before)} → {number(one.gap_after)}"
        made.add_row(text(one.account), str(len(one.actions)), number(one.hours, 1), number(one.cost, 0), gap)
    proved = "–" if found.gap is None else f"{found.gap:.2%}"
    if found.status == "infeasible":
        console.print("[bold]No plan can do this.[/] Each of these alone would make it possible:")
        for relaxed in found.relax:
            console.print(f"  {words(relaxed.limit)}: at least {number(relaxed.least)}")
        return
    console.print(
        f"[bold]{count(sum(len(one.actions) for one in found.plans), 'action')}[/], "
        f"{number(found.hours, 1)} hours, cost {number(found.cost, 0)}: "
        f"weighted gap {number(found.gap_before)} → {number(found.gap_after)} "
        f"({words(found.status)}, proved to {proved} for all together)"
    )
    console.print(made)
    console.print("[dim]--out plans.csv or plans.ics has every action, with its account and its reason.[/]")


def undertaken(console: Console, result: Result[Actions]) -> None:
    """Show what is planned with an account and what became of it."""
    if not result.body.actions:
        console.print("No plan is saved for this account: `diamond plan ACCOUNT --save`.")
        return
    made = table("Due", "Id", "Status", "Who", "Whom", "What", "Late", right=("Late",))
    for one in result.body.actions:
        whom = ", ".join((one.stakeholder_name, *one.also_names))
        late = f"[red]{count(one.late, 'day')}[/]" if one.late is not None else ""
        status = words(one.status) + (f" {one.done_on}" if one.done_on else "")
        status += ", pinned" if one.pinned else ""
        short = one.id.removeprefix("action:")[:8]
        made.add_row(
            text(one.due_on), text(short), status, text(one.person_name), text(whom), words(one.kind), late
        )
    console.print(made)
    console.print(
        f"[dim]Say what became of one: diamond actions {text(result.body.account)} "
        "done|start|drop|reopen|pin|unpin|change ID; --out FILE.csv or .ics writes them, with the reasons.[/]"
    )


def _pairs(actions: Iterable[Action]) -> list[list[Action]]:
    """Return the actions of the same people together, the largest gain first."""
    pairs: dict[tuple[str, tuple[str, ...]], list[Action]] = {}
    for action in actions:
        pairs.setdefault((action.person, action.stakeholders), []).append(action)
    ranked = sorted(
        pairs.items(), key=lambda item: (-sum(action.expected_gain for action in item[1]), item[0])
    )
    return [together for _, together in ranked]


def pair_table(pairs: Sequence[Sequence[Action]]) -> Table:
    """Return who meets whom, how often, and how much of the gap that closes."""
    made = table("Who", "Whom", "How often", "Hours", "Cost", "Closes", right=("Hours", "Cost", "Closes"))
    for together in pairs[:PAIRS]:
        kinds = Counter(action.kind for action in together)
        made.add_row(
            text(together[0].person_name),
            _whom(together[0]),
            ", ".join(f"{count} × {words(kind)}" for kind, count in kinds.most_common()),
            number(sum(action.hours for action in together), 1),
            number(sum(action.cost for action in together), 0),
            number(sum(action.expected_gain for action in together)),
        )
    if len(pairs) > PAIRS:
        made.add_row(f"[dim]… and {len(pairs) - PAIRS} more[/]")
    return made


def _whom(action: Action) -> str:
    """Return whom an action is for, and how many come besides."""
    others = f" and {count(len(action.also), 'other')}" if action.also else ""
    return text(action.stakeholder_name) + others


def names_of(action: Action) -> str:
    """Return the names of all of theirs who are there."""
    return ", ".join((action.stakeholder_name, *(guest.stakeholder_name for guest in action.also)))


def action_table(actions: Sequence[Action]) -> Table:
    """Return planned actions as a table."""
    made = table("Due", "Who", "Whom", "What", "Hours", "Cost", right=("Hours", "Cost"))
    for one in actions:
        made.add_row(
            text(one.due_on),
            text(one.person_name),
            text(names_of(one)),
            words(one.kind),
            number(one.hours, 1),
            number(one.cost, 0),
        )
    return made
