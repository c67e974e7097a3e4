"""The options that every command takes, and how a day is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from api.days import read_day


def day(text: str) -> date:
    """Read a day as YYYY-MM-DD."""
    try:
        return read_day(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} {error}.") from None


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
Scenario = Annotated[
    Path | None,
    typer.Option(
        "--scenario",
        metavar="FILE|NAME",
        help="Events and parameters: your file, or a shipped scenario.",
    ),
]
Strategies = Annotated[
    str | None,
    typer.Option("--strategies", metavar="A,B,C|FILE", help="Names, or a file of your own ones."),
]
Replicates = Annotated[int, typer.Option("--replicates", help="Futures for each strategy.")]
Months = Annotated[
    int | None, typer.Option("--months", help="Horizon; 60 unless the scenario says otherwise.")
]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same numbers.")]
Threads = Annotated[int | None, typer.Option("--threads", help="Threads; no result depends on them.")]
ObservedFrom = Annotated[
    date | None,
    typer.Option(
        "--observed-from",
        metavar="DATE",
        parser=day,
        help="From this day on your data note everybody who left; by default, from the first one noted.",
    ),
]


def names(text: str | None) -> list[str] | None:
    """Return names that are separated by commas."""
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def strategies(text: str | None) -> list[str] | Path | None:
    """Return strategies by name, or the file that describes them."""
    if text is not None and (Path(text).suffix.lower() in (".yaml", ".yml", ".json") or Path(text).is_file()):
        return Path(text)
    return names(text)
