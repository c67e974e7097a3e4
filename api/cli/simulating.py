"""The command that asks what if."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api import foresight
from api.cli import options, prospects
from api.cli.files import write_file
from api.cli.opening import opened
from api.cli.options import (
    AccountName,
    AsOf,
    Json,
    Months,
    ObservedFrom,
    Quiet,
    Replicates,
    Scenario,
    Seed,
    StoreOption,
    Strategies,
    Threads,
)
from graph.errors import InputError
from graph.wording import count

REPORT = ".html"
FORMATS = (".nc", ".parquet", ".csv", REPORT)


class Engine(StrEnum):
    """What runs the model; both give the same numbers."""

    kernel = "kernel"
    mesa = "mesa"


def simulate(
    account: AccountName,
    leaves: Annotated[list[str] | None, typer.Option(metavar="PERSON", help="Who leaves.")] = None,
    month: Annotated[
        list[int] | None, typer.Option(help="When they leave: once for all, or once for each.")
    ] = None,
    scenario: Scenario = None,
    strategies: Strategies = None,
    replicates: Replicates = foresight.REPLICATES,
    months: Months = None,
    seed: Seed = 1,
    precision: Annotated[
        float | None, typer.Option(help="Go on until every margin difference is known to this share.")
    ] = None,
    engine: Annotated[Engine, typer.Option(help="What runs the model.")] = Engine.kernel,
    threads: Threads = None,
    estimate: Annotated[
        bool, typer.Option(help="Take turnover, decay and missing hours from your own data where they tell.")
    ] = True,
    observed_from: ObservedFrom = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.nc|.parquet|.csv|.html",
            help="Write every replicate; .html is the report of one page.",
        ),
    ] = None,
    sensitivity: Annotated[
        bool, typer.Option(help="In the report, also which assumptions decide; it takes minutes.")
    ] = False,
    as_of: AsOf = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Simulate what if: several strategies with the same hours through the same futures."""
    if out is not None and out.suffix.lower() not in FORMATS:
        raise InputError(f"--out {out}: results are written as {', '.join(FORMATS)}.")
    report = out is not None and out.suffix.lower() == REPORT
    if sensitivity and not report:
        raise InputError("--sensitivity belongs to a report; name one by --out FILE.html.")
    if month and not leaves:
        raise InputError("--month says when somebody leaves; name who by --leaves.")
    with opened(store, json, quiet) as (work, output):
        with output.progress() as progress:
            result = foresight.simulate(
                work,
                account,
                leaves=leaves or (),
                leaving_months=month or (),
                scenario=scenario,
                strategies=options.strategies(strategies),
                replicates=replicates,
                months=months,
                seed=seed,
                precision=precision,
                engine=engine.value,
                threads=threads,
                estimated=estimate,
                observed_from=observed_from,
                as_of=as_of,
                progress=progress,
            )
            page = (
                foresight.report(result, decides=sensitivity, threads=threads, progress=progress)
                if report
                else ""
            )
        if out is not None and report:
            write_file(out, page.encode())
        elif out is not None:
            result.body.simulation.write(out)
        output.show(result, prospects.simulation)
        run = result.body.simulation
        if precision is not None and not run.is_precise(precision):
            reached = count(run.replicates, "future")
            output.insist(f"--precision {precision:g} is not reached after {reached} of each strategy.")
        if out is not None:
            output.wrote(out)
