"""Answers to questions in Cypher, and the list of the cookbook's, as the terminal shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console

from api.cli.output import table, text
from api.verbs import CookbookList
from api.workspace import Result

if TYPE_CHECKING:
    from graph.gateway import QueryResult

NARROW = 16  # columns that a value needs to be read
LEGEND = (
    "[dim]A parameter in brackets may be left out; accounts, people and companies are given by their id. "
    "`diamond query --cookbook NAME --param account=ID` asks, --show prints the question with all its "
    "parameters, those that the policy tables fill too.[/]"
)


def query(console: Console, result: Result[QueryResult]) -> None:
    """Show a query's rows: as a table, or one below the other where they have too many columns for that."""
    found = result.body
    if not found.rows:
        console.print(f"No row. The columns would be {text(', '.join(found.columns))}.")
        return
    if len(found.columns) * NARROW <= console.width:
        made = table(*(text(column) for column in found.columns))
        for row in found.rows:
            made.add_row(*(_shown(value) for value in row))
        console.print(made)
    else:
        _records(console, found)
    if found.truncated:
        console.print(f"[dim]… more than {len(found.rows)} rows; --limit N shows more.[/]")


def _records(console: Console, found: QueryResult) -> None:
    widest = max(len(column) for column in found.columns)
    for row in found.rows:
        for column, value in zip(found.columns, row, strict=True):
            console.print(f"[dim]{text(column.ljust(widest))}[/]  {_shown(value)}")
        console.print()


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(one) for one in value) or "–"
    return text(round(value, 4) if isinstance(value, float) else value)


def cookbook(console: Console, result: Result[CookbookList]) -> None:
    """List questions; one that was asked for whole is printed as it is."""
    entries = result.body.cookbook
    if len(entries) == 1 and entries[0].cypher is not None:
        console.print(text(entries[0].cypher), soft_wrap=True)
        return
    for one in entries:
        params = ", ".join(
            name if default == "must be given" else f"[{name}]"
            for name, default in one.params.items()
            if default != "policy"
        )
        console.print(f"[bold]{text(one.name)}[/]  [dim]{text(params)}[/]")
        console.print(f"  {text(one.question)}")
    console.print()
    console.print(LEGEND)
