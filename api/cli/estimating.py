"""The command that asks the imported history for the simulation's parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from api import estimates
from api.cli.opening import opened
from api.cli.options import AsOf, Json, ObservedFrom, Quiet, StoreOption
from api.cli.output import number, share, table, text, words
from api.workspace import Result

if TYPE_CHECKING:
    from rich.table import Table

    from simulation.estimation import Estimates, TenureCurve


def estimate(
    account: Annotated[
        str | None, typer.Argument(metavar="[ACCOUNT]", help="Also the hours and meetings of this account.")
    ] = None,
    observed_from: ObservedFrom = None,
    as_of: AsOf = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """What your own data say about turnover, hours and the decay of ties, in place of defaults."""
    with opened(store, json, quiet) as (work, output):
        result = estimates.estimate(work, account, observed_from=observed_from, as_of=as_of)
        output.show(result, show)


def show(console: Console, result: Result[Estimates]) -> None:
    """Show what the data say, value by value, and what keeps its default and why."""
    found = result.body
    rows = found.taken({})
    if rows:
        columns = ("Your data", "95 %", "Default", "Counted", "In")
        made = table("Parameter", *columns, right=columns)
        for row in rows:
            digits = 3 if row.unit == "1/year" else 1
            made.add_row(
                text(row.parameter),
                number(row.value, digits),
                f"{number(row.low, digits)} … {number(row.high, digits)}",
                number(row.default, digits),
                f"{row.events:,}",
                number(row.exposure, 1),
            )
        console.print(made)
        console.print()
    else:
        console.print("Your data replace no default.")
    stated = [one.sentence for one in found.hours if not one.used]
    for heading, sentences in (
        ("What it rests on", list(dict.fromkeys(row.sentence for row in rows))),
        ("What speaks against it", found.cautions),
        ("What keeps its default", list(dict.fromkeys(one.sentence for one in found.kept))),
        ("Hours by the log beside those stated", stated),
        ("What else the log says", [one.sentence for one in found.findings]),
    ):
        if sentences:
            console.print(f"[bold]{heading}[/]")
            for sentence in sentences:
                console.print(f"• {text(sentence)}")
            console.print()
    for curve in found.curves:
        console.print(curve_table(curve))


def curve_table(curve: TenureCurve) -> Table:
    """Return how many are still in post after years, beside what a constant rate would leave."""
    since = "" if curve.from_years == 0.0 else f" of those who stayed {curve.from_years:.1f} years"
    half = "more than half stay as long as anybody was watched"
    if curve.median is not None:
        half = f"half have left after {curve.median:.1f} years"
    made = table(
        "Years",
        "Still in post",
        "95 %",
        "At a constant rate",
        title=f"{words(curve.group)}{since}: {half}",
        right=("Years", "Still in post", "95 %", "At a constant rate"),
    )
    for point in curve.points:
        made.add_row(
            number(point.years, 0),
            share(point.share),
            f"{share(point.low)} … {share(point.high)}",
            share(point.constant_rate),
        )
    return made
