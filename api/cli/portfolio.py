"""The command that asks what if of many accounts at once, and what it shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.cli import options
from api.cli.opening import opened
from api.cli.options import (
    AsOf,
    Json,
    Months,
    ObservedFrom,
    Quiet,
    Replicates,
    Scenario,
    Seed,
    StoreOption,
    Threads,
)
from api.cli.output import amount, number, table, text, words
from api.cli.prospects import interval
from api.foresight import REPLICATES
from api.portfolio_run import PortfolioRun, simulate_portfolio
from api.workspace import Result
from graph.errors import InputError

if TYPE_CHECKING:
    from simulation.comparison import Comparison
    from simulation.rollup import Group, Portfolio

FORMATS = (".nc", ".parquet", ".csv")
COUPLED = 6  # sizes of coupled parts that are told


def portfolio(
    accounts: Annotated[
        list[str] | None, typer.Argument(metavar="[ACCOUNT]...", help="Ids or names; all by default.")
    ] = None,
    region: Annotated[str | None, typer.Option(help="Those of a region or country alone.")] = None,
    scenario: Scenario = None,
    strategies: Annotated[
        str | None, typer.Option(metavar="A,B,C", help="Names; plan is each account's own.")
    ] = None,
    replicates: Replicates = REPLICATES,
    months: Months = None,
    seed: Seed = 1,
    threads: Threads = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes of this machine instead; no result depends on them.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler whose workers do it instead.")
    ] = None,
    estimate: Annotated[
        bool, typer.Option(help="Take turnover and decay from your own data where they tell.")
    ] = True,
    observed_from: ObservedFrom = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.nc|.parquet|.csv", help="Write every replicate.")
    ] = None,
    as_of: AsOf = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Simulate what if for many accounts, coupled by our people's hours and by distributors."""
    if out is not None and out.suffix.lower() not in FORMATS:
        raise InputError(f"--out {out}: results are written as {', '.join(FORMATS)}.")
    if threads is not None and (workers is not None or cluster is not None):
        raise InputError("--threads is for one process; --workers and --cluster have their own.")
    with opened(store, json, quiet) as (work, output):
        with output.progress() as progress:
            result = simulate_portfolio(
                work,
                accounts or (),
                region=region,
                scenario=scenario,
                strategies=options.names(strategies),
                replicates=replicates,
                months=months,
                seed=seed,
                threads=threads,
                workers=workers,
                cluster=cluster,
                estimated=estimate,
                observed_from=observed_from,
                as_of=as_of,
                progress=progress,
            )
        if out is not None:
            result.body.portfolio.write(out)
        output.show(result, show)


def show(console: Console, result: Result[PortfolioRun]) -> None:
    """Show who is coupled, which strategy earns most where, and all strategies over all accounts."""
    found = result.body.portfolio
    count = len(found.accounts)
    console.print(
        f"[bold]{count} account{'' if count == 1 else 's'}[/]: {text(found.scenario.name)}; "
        f"{found.replicates:,} futures of {found.months} months for each strategy, the same for all "
        f"(seed {found.seed})"
    )
    console.print(f"• {_coupling(found)}")
    if len(found.names) > 1:
        console.print(f"• {_best(found)}")
    console.print()
    console.print(total_table(found))
    if len(found.regions) > 1:
        console.print()
        console.print(region_table(found))


def _coupling(found: Portfolio) -> str:
    sizes = sorted((len(part.accounts) for part in found.parts), reverse=True)
    coupled = [size for size in sizes if size > 1]
    if not coupled:
        return "No account shares people of ours or a distributor with another; each is run alone."
    told = ", ".join(str(size) for size in coupled[:COUPLED])
    told += " …" if len(coupled) > COUPLED else ""
    alone = len(sizes) - len(coupled)
    return (
        f"{sum(coupled)} accounts share people of ours or a distributor and are run together "
        f"(in groups of {told}); {alone or 'none'} alone."
    )


def _best(found: Portfolio) -> str:
    lead = found.lead(found.total)
    if lead is None:
        return "All strategies earn the same."
    others = sum(found.ranking(group)[0] != lead.a for group in found.regions)
    where = f", though not in {others} of {len(found.regions)} regions" if others else ""
    return (
        f"{words(lead.a).capitalize()} earns most over all accounts{where}: "
        f"{_difference(lead)} more than {words(lead.b)}."
    )


def _difference(found: Comparison | None) -> str:
    from simulation.comparison import Estimate

    if found is None:
        return "–"
    return interval(Estimate(found.difference, found.ci_low, found.ci_high), amount)


def total_table(found: Portfolio) -> Table:
    """Return every strategy over all accounts."""
    columns = ("Accounts lost", "Revenue", "Profit", "Hours spent", "Hours idle")
    made = table(f"Over {found.months} months", *columns, right=columns)
    for s, name in enumerate(found.names):
        made.add_row(
            words(name),
            interval(found.estimate(found.total, "accounts_lost", name), lambda value: number(value, 1)),
            interval(found.estimate(found.total, "revenue_total", name), amount),
            interval(found.estimate(found.total, "margin_total", name), amount),
            number(found.estimate(found.total, "hours_spent", name).mean, 0),
            number(abs(round(float(found.idle[s]))), 0),
        )
    return made


def region_table(found: Portfolio) -> Table:
    """Return for each region the strategy that earns most, and how far it is ahead; then the total."""
    columns = ("Accounts", "Accounts lost", "Profit", "Ahead of the next")
    made = table("Region", *columns[:1], "Earns most", *columns[1:], right=columns)
    for group in (*found.regions, found.total):
        made.add_row(*_region_row(found, group), end_section=group == found.regions[-1])
    return made


def _region_row(found: Portfolio, group: Group) -> list[str]:
    best = found.ranking(group)[0]
    name = text(group.name) if group in found.regions else "[bold]all[/]"
    return [
        name,
        str(len(group.positions)),
        words(best),
        interval(found.estimate(group, "accounts_lost", best), lambda value: number(value, 1)),
        interval(found.estimate(group, "margin_total", best), amount),
        _difference(found.lead(group)),
    ]
