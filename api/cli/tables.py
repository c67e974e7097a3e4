"""Results as tables and sentences for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from api.cli.output import number, share, table, text, words
from api.verbs import Accounts, Checked, Ropi
from api.workspace import Result
from graph.cookbook import entry
from graph.wording import count

if TYPE_CHECKING:
    from graph.check import Finding
    from graph.gaps import Gap
    from graph.people.movers import Mover
    from graph.profile import AccountProfile, AccountSummary
    from graph.store import Credentials, EngineStatus

GLYPH = {"none": "·", "diabolo": "⧗", "in transition": "◇", "diamond": "◆"}
SHAPES = {
    "none": "without any thread",
    "diabolo": "a [bold]Diabolo[/]",
    "in transition": "[bold]in transition[/]",
    "diamond": "a [bold]Diamond[/]",
}
LEGEND = (
    "Index: the diamond index, 0 to 1. k: how many people must leave before no thread is left; k dec.: the "
    "same among decision makers and evaluators alone. People: ours/theirs."
)
FINDINGS = 5  # of one kind that are shown
ORIENTATION = {"ally": "+ ally", "neutral": "= neutral", "against": "− against"}


def named(account: AccountSummary) -> str:
    """Return an account's name, with its id where that is another word."""
    return text(account.name) + ("" if account.id == account.name else f" [dim]{text(account.id)}[/]")


def accounts(console: Console, result: Result[Accounts]) -> None:
    """Show the portfolio."""
    made = table(
        "Account",
        "Shape",
        "Index",
        "Covered",
        "k",
        "k dec.",
        "People",
        "Gaps",
        "Stale",
        "Single points of failure",
        right=("Index", "Covered", "k", "k dec.", "People", "Gaps", "Stale"),
    )
    for one in result.body.accounts:
        made.add_row(
            named(one),
            f"{GLYPH[one.shape]} {one.shape}",
            number(one.diamond_index),
            share(one.coverage),
            str(one.connectivity),
            number(one.connectivity_decision, 0),
            f"{one.people.ours}/{one.people.theirs}",
            str(one.gaps),
            str(one.stale),
            ", ".join(f"{text(point.name)} {share(point.loss)}" for point in one.single_points_of_failure)
            or "–",
        )
    console.print(made)
    console.print(f"[dim]{LEGEND}[/]")


def shapes(console: Console, result: Result[Accounts]) -> None:
    """Say in one sentence for each account which shape it has, and why."""
    for one in result.body.accounts:
        points = " and ".join(text(point.name) for point in one.single_points_of_failure)
        if not one.people.theirs:
            why = "nobody there is known"
        elif not one.connectivity:
            why = "no thread joins the two sides"
        else:
            leavers = "one leaver cuts" if one.connectivity == 1 else f"{one.connectivity} must leave to cut"
            why = (
                f"{leavers} every thread; {f'it leans on {points}' if points else 'it leans on nobody alone'}"
            )
        console.print(f"{GLYPH[one.shape]} [bold]{text(one.name)}[/] is {SHAPES[one.shape]}: {why}.")


def account(console: Console, result: Result[AccountProfile]) -> None:
    """Show one account's profile."""
    found = result.body
    one = found.summary
    console.print(
        f"[bold]{text(one.name)}[/] [dim]{text(one.id)}[/]  {GLYPH[one.shape]} [bold]{one.shape}[/]"
    )
    console.print(
        f"diamond index {number(one.diamond_index)}, influence covered {share(one.coverage)}, "
        f"connectivity {one.connectivity} (decision makers and evaluators: "
        f"{number(one.connectivity_decision, 0)}), {count(one.gaps, 'gap')}, "
        f"{count(one.stale, 'stale score')}"
    )
    # Whom nobody meets yet has no hours of its own, only what everybody could spend at the most.
    hours = "up to " if not one.connectivity and found.newest_contact is None else ""
    served = ", ".join(text(supplier.name) for supplier in found.suppliers) or "nobody"
    console.print(
        f"served by {served}; {one.people.ours} of ours and {one.people.theirs} of theirs; "
        f"{hours}{number(found.hours, 0)} hours a month; revenue {number(found.revenue, 0)} a year; "
        f"newest contact {text(found.newest_contact)}"
    )
    if found.cut:
        console.print(
            f"fewest people whose leaving cuts every thread: {text(', '.join(one.name for one in found.cut))}"
        )
    rows = table(
        "Function row", "Covered", "Ours", "Theirs", "Threads", right=("Covered", "Ours", "Theirs", "Threads")
    )
    for row in found.rows:
        rows.add_row(text(row.row), share(row.coverage), str(row.ours), str(row.theirs), str(row.threads))
    console.print()
    console.print(rows)
    if found.dependence:
        console.print()
        made = table(
            "Runs through",
            "Threads",
            "Coverage lost",
            "Constraint",
            right=("Threads", "Coverage lost", "Constraint"),
        )
        for holder in found.dependence:
            made.add_row(
                text(holder.name), str(holder.threads), share(holder.loss), number(holder.constraint)
            )
        console.print(made)
    for heading, movers in (("Left, now at", found.alumni), ("New, before at", found.newcomers)):
        if movers:
            console.print()
            console.print(_movers(heading, movers))
    if found.worst_gaps:
        console.print()
        console.print(gap_table(found.worst_gaps))


def _movers(heading: str, movers: Sequence[Mover]) -> Table:
    """Return people who changed employer, and who of ours knows them."""
    made = table("Person", heading, "Since", "Known by", "Worked with", right=("Worked with",))
    for one in movers:
        known = ", ".join(f"{text(who.name)} {share(who.strength)}" for who in one.known_by[:3])
        made.add_row(
            text(one.name), text(one.organisation_name), text(one.on), known or "–", str(one.colleagues)
        )
    return made


def ropi(console: Console, result: Result[Ropi]) -> None:
    """Show the stakeholder table."""
    made = table(
        "Stakeholder",
        "Function",
        "Level",
        "Role",
        "Influence",
        "Orientation",
        "Proximity",
        "Covered",
        "Threads",
        "Verified",
        right=("Level", "Influence", "Covered", "Threads"),
    )
    for one in result.body.ropi:
        made.add_row(
            ("[dim](unknown holder)[/] " if one.placeholder else "") + text(one.name),
            words(one.function),
            text(one.level),
            words(one.role),
            number(one.influence),
            ORIENTATION.get(one.orientation or "", words(one.orientation)),
            "–" if one.proximity is None else "●" * round(one.proximity) + "○" * (5 - round(one.proximity)),
            share(one.coverage),
            str(one.threads),
            f"{text(one.verified_on)}{' stale' if one.stale else ''}",
        )
    console.print(made)


def gap_table(found: tuple[Gap, ...]) -> Table:
    """Return gaps as a table, worst first."""
    made = table(
        "Gap", "Subject", "Severity", "Now", "Target", "Evidence", right=("Severity", "Now", "Target")
    )
    for gap in found:
        evidence = "; ".join(str(one["text"]) for one in gap.evidence)
        made.add_row(
            words(gap.kind),
            text(gap.subject_name),
            number(gap.severity),
            number(gap.actual),
            number(gap.target),
            text(evidence),
        )
    return made


def check(console: Console, result: Result[Checked], *, full: bool = False) -> None:
    """Show what is inconsistent, by question; of many of one kind the first few unless `full`."""
    if not result.body.findings:
        console.print("Nothing is inconsistent.")
        return
    alike: dict[tuple[str, str], list[Finding]] = {}
    for one in result.body.findings:
        alike.setdefault((one.query.name, one.kind), []).append(one)
    left_out = False
    for (question, kind), some in alike.items():
        shown = some if full else some[:FINDINGS]
        made = table(
            f"{words(kind).capitalize()}: {len(some):,}", "What is wrong", title=entry(question).question
        )
        for one in shown:
            made.add_row(text(one.subject), text(one.message))
        console.print(made)
        if len(shown) < len(some):
            left_out = True
            more = f"… and {len(some) - len(shown):,} more: diamond query --cookbook {question}"
            console.print(f"[dim]{more}[/]", soft_wrap=True)
        console.print()
    total = count(len(result.body.findings), "finding")
    console.print(f"{total} in all{'; diamond check --all lists every one' if left_out else ''}.")


def engine(console: Console, result: Result[EngineStatus]) -> None:
    """Say what runs."""
    found = result.body
    if found.running:
        console.print(
            f"Neo4j {text(found.version)} runs at {text(found.address)} since {text(found.since)} "
            f"(process {found.pid}, keeper {text(found.keeper_pid)})."
        )
    else:
        console.print("No server runs; the next command starts it.")
    console.print(f"Data folder: {text(found.folder)}")


def bolt(console: Console, result: Result[Credentials]) -> None:
    """Show address and credentials."""
    found = result.body
    console.print(f"address   {text(found.address)}")
    console.print(f"username  {text(found.username)}")
    console.print(f"password  {text(found.password)}")
