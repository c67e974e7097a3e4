"""The command that asks what if of many accounts at once, and what it shows."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from functools import partial
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
from graph.wording import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulation.comparison import Comparison
    from simulation.rollup import Group, Portfolio

FORMATS = (".nc", ".parquet", ".csv")
COUPLED = 6  # sizes of coupled parts that are told


class By(StrEnum):
    """What a portfolio is told by."""

    region = "region"
    account = "account"


def portfolio(
    accounts: Annotated[
        list[str] | None, typer.Argument(metavar="[ACCOUNT]...", help="Ids or names; all by default.")
    ] = None,
    region: Annotated[str | None, typer.Option(help="Those of a region or country alone.")] = None,
    by: Annotated[By, typer.Option(help="What is told one by one below the total.")] = By.region,
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
        output.show(result, partial(show, by=by))
        if out is not None:
            output.wrote(out)


def show(console: Console, result: Result[PortfolioRun], by: By = By.region) -> None:
    """Show who is coupled, which strategy earns most where, and all strategies over all accounts."""
    found = result.body.portfolio
    console.print(
        f"[bold]{count(len(found.accounts), 'account')}[/]: {text(found.scenario.name)}; "
        f"{count(found.replicates, 'future')} of {count(found.months, 'month')} for each strategy, the same "
        f"for all (seed {found.seed})"
    )
    console.print(f"• {_coupling(found)}")
    groups = found.regions if by is By.region else found.singles
    if len(found.names) > 1:
        console.print(f"• {best(found, groups, by)}")
    console.print()
    console.print(total_table(found))
    if len(groups) > 1:
        console.print()
        console.print(group_table(found, groups, by))


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


def best(found: Portfolio, groups: Sequence[Group], by: By) -> str:
    """Return which strategy earns most over all accounts, and which others do in regions or accounts."""
    lead = found.lead(found.total)
    if lead is None:
        return "All strategies earn the same."
    said = (
        f"{words(lead.a).capitalize()} earns most over all accounts: "
        f"{_difference(lead)} more than {words(lead.b)}."
    )
    if len(groups) < 2:
        return said
    tops = Counter(found.ranking(group)[0] for group in groups)
    if tops[lead.a] == len(groups):
        return f"{said} It earns most in each of the {len(groups)} {by.value}s, too."
    own = f"{words(lead.a)} earns most in {tops.pop(lead.a, 0) or 'none'}"
    others = [f"{words(name)} in {n}" for name, n in sorted(tops.items(), key=_most_first)]
    listed = ", ".join([own, *others[:-1]])
    return f"{said} Of the {len(groups)} {by.value}s, {listed} and {others[-1]}."


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _difference(found: Comparison | None) -> str:
    from simulation.comparison import Estimate

    if found is None:
        return "–"
    return interval(Estimate(found.difference, found.ci_low, found.ci_high), amount)


def total_table(found: Portfolio) -> Table:
    """Return every strategy over all accounts."""
    columns = ("Accounts lost", "Revenue", "Profit", "Hours spent", "Hours idle")
    made = table(f"Over {count(found.months, 'month')}", *columns, right=columns)
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


def group_table(found: Portfolio, groups: Sequence[Group], by: By) -> Table:
    """Return for each region or account what earns most there, and how far it is ahead; then the total."""
    counted = ("Accounts",) if by is By.region else ()
    columns = ("Accounts lost" if counted else "Lost", "Profit", "Ahead of the next")
    made = table(by.value.capitalize(), *counted, "Earns most", *columns, right=(*counted, *columns))
    for group in (*groups, found.total):
        name, *cells = _group_row(found, group, counted=bool(counted))
        made.add_row(
            name if group is not found.total else "[bold]all[/]", *cells, end_section=group is groups[-1]
        )
    return made


def _group_row(found: Portfolio, group: Group, *, counted: bool) -> list[str]:
    top = found.ranking(group)[0]
    return [
        text(group.name),
        *([str(len(group.positions))] if counted else []),
        words(top),
        interval(
            found.estimate(group, "accounts_lost", top), lambda value: number(value, 1 if counted else 2)
        ),
        interval(found.estimate(group, "margin_total", top), amount),
        _difference(found.lead(group)),
    ]
