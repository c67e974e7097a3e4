"""The command that proposes who should meet whom."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api import verbs
from api.cli import prospects
from api.cli.files import write_file
from api.cli.opening import opened
from api.cli.options import AccountName, AsOf, Json, Quiet, StoreOption
from api.document import to_json
from graph.errors import InputError


class Wish(StrEnum):
    """A hard wish."""

    two_threads = "two-threads"


def plan(
    account: AccountName,
    budget: Annotated[float | None, typer.Option(help="Most that all actions may cost.")] = None,
    hours: Annotated[float | None, typer.Option(help="Cap per person and month, in hours.")] = None,
    months: Annotated[int, typer.Option(help="Length of the plan.")] = 12,
    gap: Annotated[float, typer.Option(help="Relative gap up to which the plan is proved.")] = 0.001,
    target_gap: Annotated[float | None, typer.Option(help="The weighted gap must fall to this.")] = None,
    require: Annotated[Wish | None, typer.Option(help="Two threads for every decision maker.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE.csv|.ics|.json", help="Write the plan.")] = None,
    save: Annotated[bool, typer.Option("--save", help="Keep the plan in the graph.")] = False,
    as_of: AsOf = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Propose who should meet whom, when and how: proved best within people's hours."""
    from graph.plan import PlanLimits, plan_csv, plan_ics

    if out is not None and out.suffix.lower() not in (".csv", ".ics", ".json"):
        raise InputError(f"--out {out}: a plan is written as .csv, .ics or .json.")
    limits = PlanLimits(
        budget=budget,
        hours=hours,
        months=months,
        gap=gap,
        target_gap=target_gap,
        two_threads=require is Wish.two_threads,
    )
    with opened(store, json, quiet) as (work, output):
        result = verbs.plan(work, account, limits, save=save, as_of=as_of)
        if out is not None:
            kind = out.suffix.lower()
            if kind == ".csv":
                write_file(out, plan_csv(result.body).encode("utf-8-sig"))
            elif kind == ".ics":
                write_file(out, plan_ics(result.body))
            else:
                write_file(out, to_json(result).encode())
        output.show(result, prospects.plan)
        if out is not None:
            output.wrote(out)
    if result.body.status == "infeasible":
        raise typer.Exit(1)
