"""The command of the gap report: what is missing, what changed, what to do first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.padding import Padding

from api.cli.files import write_file
from api.cli.opening import opened
from api.cli.options import AsOf, Json, OutFile, Quiet, StoreOption, day
from api.cli.output import number, table, text
from api.gap_reports import ENDINGS, LAST, Since, gaps_file
from api.gap_reports import gaps as find
from api.workspace import Result
from graph.errors import InputError
from graph.gap_changes import GapChange
from graph.gap_report import GapReport, ReportedGap, grouped
from graph.gap_words import TITLES
from graph.wording import count

SHOWN = 12  # gaps that are listed unless all are wanted
CHANGES_SHOWN = 5
GROUP_WORDS = {"severe": "Severe", "notable": "Notable", "minor": "Minor"}


def since(written: str) -> Since:
    """Read a day, or the word last."""
    return "last" if written == LAST else day(written)


def gaps(
    account: Annotated[
        str | None, typer.Argument(metavar="[ACCOUNT]", help="Id, or a name that is unique; all without.")
    ] = None,
    since: Annotated[
        Any,
        typer.Option("--since", metavar="DATE|last", parser=since, help="Say first what changed since."),
    ] = None,
    save: Annotated[
        bool, typer.Option("--save", help="Keep this report, for --since last to compare with.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="Every gap, with all its evidence.")] = False,
    out: OutFile = None,
    as_of: AsOf = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """What is missing, worst first, and what to do first; --out FILE.csv, .xlsx or .html writes it."""
    if out is not None and out.suffix.lower() not in ENDINGS:
        raise InputError(f"--out {out}: a gap report is written as .csv, .xlsx or .html.")
    with opened(store, json, quiet) as (work, output):
        result = find(work, account, as_of, since=since, save=save)
        if out is not None:
            write_file(out, gaps_file(result, out.suffix.lower()))
        output.show(result, lambda console, found: show(console, found, full=full))
        if save:
            output.say(f"This report is kept: --since {LAST} compares with it.")
        if out is not None:
            output.wrote(out)


def show(console: Console, result: Result[GapReport], *, full: bool = False) -> None:
    """Show the sentences, then the gaps by group, the worst first."""
    found = result.body
    for said in found.summary:
        console.print(text(said))
    if found.changes is not None:
        for name, changes in (("New", found.changes.new), ("Worse", found.changes.worse)):
            _changes(console, name, changes, all_=full)
    left = len(found.gaps) if full else SHOWN
    for name, some in grouped(found.gaps):
        shown = some[:left]
        left -= len(shown)
        if shown:
            console.print()
            console.print(f"[bold]{GROUP_WORDS[name]}[/] [dim]({len(some)})[/]")
            _listed(console, shown, portfolio=found.account is None, full=full)
    hidden = len(found.gaps) - (len(found.gaps) if full else min(SHOWN, len(found.gaps)))
    if hidden:
        console.print()
        console.print(
            f"[dim]… and {count(hidden, 'less severe gap')}; --full shows all, with the evidence.[/]"
        )


def _listed(console: Console, some: Sequence[ReportedGap], *, portfolio: bool, full: bool) -> None:
    made = table("", "Gap", "What to do", right=("",))
    for gap in some:
        named = portfolio and not gap.said.startswith(gap.account_name)
        at = f"[dim]{text(gap.account_name)}:[/] " if named else ""
        lines = [f"{at}{text(gap.said)}"]
        if full:
            lines += [f"[dim]{text(fact['text'])}[/]" for fact in gap.evidence]
        made.add_row(number(gap.severity), "\n".join(lines), text(gap.closer.how) if gap.closer else "–")
    console.print(Padding(made, (0, 0, 0, 2)))


def _changes(console: Console, name: str, some: Sequence[GapChange], *, all_: bool) -> None:
    if not some:
        return
    console.print()
    console.print(f"[bold]{name}[/]")
    for one in some if all_ else some[:CHANGES_SHOWN]:
        before = "" if one.before is None else f"{number(one.before)} → "
        console.print(f"  {before}{number(one.now)}  {text(TITLES[one.kind])}: {text(one.subject_name)}")
    if len(some) > CHANGES_SHOWN and not all_:
        console.print(f"  [dim]… and {len(some) - CHANGES_SHOWN} more[/]")
