"""The options that every command takes, and how a day is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer


def day(text: str) -> date:
    """Read a day as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; write it as 2026-01-31.") from None


Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No warnings, no progress.")]
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="DIR|URI",
        help="A data folder, the address of a Neo4j, or the word demo.",
    ),
]
AsOf = Annotated[
    date | None,
    typer.Option("--as-of", metavar="DATE", parser=day, help="Take every measure as of this day."),
]
AccountName = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Id, or a name that is unique.")]
OutFile = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the result to this file.")]
ObservedFrom = Annotated[
    date | None,
    typer.Option(
        "--observed-from",
        metavar="DATE",
        parser=day,
        help="From this day on your data note everybody who left; by default, from the first one noted.",
    ),
]
