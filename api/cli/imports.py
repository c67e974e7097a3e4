"""Commands about what came in: imports list, imports undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from api import verbs
from api.cli.opening import ends_at_once, opened, says_if_interrupted
from api.cli.options import Json, Quiet, StoreOption
from api.cli.output import table, text
from api.cli.policies import with_policy
from api.workspace import Result
from graph.errors import InputError

if TYPE_CHECKING:
    from graph.imports.undoing import Undone

INTERRUPTED = "\nInterrupted. Undoing is all or nothing: `diamond imports` says what became of it.\n"
FILES_SHOWN = 3
KEPT_SHOWN = 20

imports = typer.Typer(
    help="What came in, and undoing it.", invoke_without_command=True, rich_markup_mode=None
)


@imports.callback()
@with_policy
def every(
    context: typer.Context, store: StoreOption = None, json: Json = False, quiet: Quiet = False
) -> None:
    """List the imports, the newest first; `undo ID` takes one back."""
    asked = context.invoked_subcommand
    if asked is None:
        list_(store, json, quiet)
    elif any(_given(context, name) for name in context.params):
        # They would be lost on the way to it, and another store be written to.
        raise InputError(f"Options stand after {asked}: diamond imports {asked} … --store DIR, for one.")


def _given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


@imports.command("list")
@with_policy
def list_(store: StoreOption = None, json: Json = False, quiet: Quiet = False) -> None:
    """List the imports, the newest first."""
    with opened(store, json, quiet) as (work, output):
        output.show(verbs.imports(work), _listed)


@imports.command("undo")
@with_policy
def undo(
    import_: Annotated[str, typer.Argument(metavar="ID", help="As `diamond imports` lists it.")],
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Take back what an import wrote; what came later stays, or is to be undone first."""
    with says_if_interrupted(INTERRUPTED), opened(store, json, quiet) as (work, output):
        with output.progress() as progress, ends_at_once(INTERRUPTED):
            undone = verbs.undo_import(work, import_, progress=progress)
        output.show(undone, _undone)


def _listed(console: Console, result: Result[verbs.Imports]) -> None:
    if not result.body.imports:
        console.print("Nothing was imported yet.")
        return
    right = ("Id", "Rows", "Created", "Updated", "Questions", "Findings")
    made = table("Id", "Day", "Files", "From", *right[1:], "State", right=right)
    for one in result.body.imports:
        more = f" and {len(one.files) - FILES_SHOWN} more" if len(one.files) > FILES_SHOWN else ""
        numbers = (
            one.rows,
            sum(one.created.values()),
            sum(one.updated.values()),
            one.questions,
            one.findings,
        )
        made.add_row(
            text(one.id),
            text(one.on),
            text(", ".join(one.files[:FILES_SHOWN]) + more),
            text(", ".join(one.dialects)),
            *(f"{number:,}" for number in numbers),
            one.state,
        )
    console.print(made)


def _undone(console: Console, result: Result[Undone]) -> None:
    from api.import_words import things

    found = result.body
    console.print(f"Import {text(found.id)} is undone.")
    for title, counts in (("gone", found.deleted), ("as before", found.restored)):
        console.print(f"{title}: {things(counts) or 'nothing'}")
    if found.kept:
        console.print("\n[bold]Stays[/]")
        for one in found.kept[:KEPT_SHOWN]:
            console.print(text(f"  {one.kind} {one.id}: {one.why}"))
        if len(found.kept) > KEPT_SHOWN:
            console.print(f"  … and {len(found.kept) - KEPT_SHOWN} more; --json lists them all.")
