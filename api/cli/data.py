"""Commands that bring data in and ask it questions: import, query, check."""

from __future__ import annotations

import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api import exchange, verbs
from api.cli import questions, tables
from api.cli.opening import ends_at_once, opened, says_if_interrupted
from api.cli.options import Json, Quiet, StoreOption
from api.settings import load_settings
from graph.errors import InputError


class Dialect(StrEnum):
    """What a file comes from."""

    auto = "auto"
    generic = "generic"
    hubspot = "hubspot"
    salesforce = "salesforce"
    dynamics = "dynamics"
    mail = "mail"
    calendar = "calendar"


class Dates(StrEnum):
    """The order of day, month and year in a file."""

    ymd = "ymd"
    dmy = "dmy"
    mdy = "mdy"


INTERRUPTED = "\nInterrupted. An import is all or nothing: run it again to be sure that it is in.\n"


def import_(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILES_OR_FOLDERS...", help="CSV, Excel, JSON or GraphML; mailboxes, calendars."
        ),
    ] = None,
    dialect: Annotated[Dialect, typer.Option(help="What the files come from.")] = Dialect.auto,
    dates: Annotated[Dates | None, typer.Option(help="Order of dates, where it is ambiguous.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen; write nothing.")
    ] = False,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A YAML file that says what your columns mean.")
    ] = None,
    ours: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who we are, or our mail domain; an export does not tell."),
    ] = None,
    from_neo4j: Annotated[
        str | None,
        typer.Option(metavar="URI", help="Read another Neo4j by the queries in the mapping, no files."),
    ] = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Bring in contacts, ties and touchpoints; the same files twice change nothing."""
    from api.cli.import_report import imported

    exchange.check_source(files, from_neo4j, mapping, ours)
    order = dates.value if dates else None
    with says_if_interrupted(INTERRUPTED), opened(store, json, quiet, create=True) as (work, output):
        with output.progress() as progress, ends_at_once(INTERRUPTED):
            if from_neo4j is not None and mapping is not None:
                report = exchange.import_from_neo4j(
                    work, from_neo4j, mapping, dates=order, dry_run=dry_run, progress=progress
                )
            else:
                report = verbs.import_(
                    work,
                    files or (),
                    mapping=mapping,
                    dates=order,
                    dialect=dialect.value,
                    ours=ours,
                    dry_run=dry_run,
                    progress=progress,
                )
        output.show(report, imported)


def query(
    cypher: Annotated[
        str | None, typer.Argument(metavar="CYPHER|-", help="A question, or - to read it.")
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option(metavar="K=V", help="A parameter of the question.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Rows at the most.")] = None,
    timeout: Annotated[float | None, typer.Option(min=0.001, help="Seconds at the most.")] = None,
    cookbook: Annotated[
        bool, typer.Option("--cookbook", help="List the cookbook, or run the question of this name.")
    ] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Print the cookbook's question, do not run it.")
    ] = False,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Ask the graph in Cypher, read only; or ask a question of the cookbook."""
    from graph.gateway import parse_params

    settings = load_settings()
    limit, timeout = limit or settings.query_rows, timeout or settings.query_seconds
    if cookbook and (cypher is None or show):
        from api.cli.output import Output

        output = Output(json=json, quiet=quiet)
        output.show(verbs.cookbook_entries(cypher, full=show), questions.cookbook)
        return
    if cypher is None:
        raise InputError("Give a question in Cypher, - to read it from standard input, or --cookbook.")
    with opened(store, json, quiet) as (work, output):
        text = sys.stdin.read() if cypher == "-" else cypher
        with ends_at_once():
            if cookbook:
                result = verbs.cookbook(work, text, param or (), limit=limit, timeout=timeout)
            else:
                result = verbs.query(work, text, parse_params(param or ()), limit=limit, timeout=timeout)
        output.show(result, questions.query)


def check(
    every: Annotated[bool, typer.Option("--all", help="List every finding, not the first of many.")] = False,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Look for what is inconsistent in the data; exit code 1 if there is anything."""
    with opened(store, json, quiet) as (work, output):
        result = verbs.check(work)
        output.show(result, partial(tables.check, full=every))
    if result.body.findings:
        raise typer.Exit(1)
