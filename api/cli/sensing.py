"""The command that asks which assumptions decide, and its answer for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from api import foresight
from api.cli import options
from api.cli.opening import opened
from api.cli.options import (
    AccountName,
    AsOf,
    Json,
    Months,
    ObservedFrom,
    Quiet,
    Scenario,
    Seed,
    StoreOption,
    Strategies,
    Threads,
)
from api.cli.output import amount, number, share, table, text, words
from api.workspace import Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.analysis import Assumption
    from simulation.screening import Share
    from simulation.sensitivity import Sensitivity

SHOWN = 15
BAR = 12  # characters of the longest bar


def sensitivity(
    account: AccountName,
    scenario: Scenario = None,
    measure: Annotated[
        str, typer.Option(help="What strategies are compared in, such as account_lost.")
    ] = "margin_total",
    strategies: Strategies = None,
    trajectories: Annotated[
        int | None, typer.Option(help="Walks of the screening; by the size of the account.")
    ] = None,
    replicates: Annotated[
        int | None, typer.Option(help="Futures for each strategy and setting; by the size of the account.")
    ] = None,
    samples: Annotated[
        int | None, typer.Option(help="Base points of the shares, a power of two; by the size.")
    ] = None,
    months: Months = None,
    seed: Seed = 1,
    threads: Threads = None,
    estimate: Annotated[
        bool, typer.Option(help="Vary what your own data tell over its interval, not over the default one.")
    ] = True,
    observed_from: ObservedFrom = None,
    as_of: AsOf = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find which assumptions decide which strategy is best, and where another one becomes best."""
    with opened(store, json, quiet) as (work, output):
        with output.progress() as progress:
            result = foresight.sensitivity(
                work,
                account,
                scenario=scenario,
                outcome=measure,
                strategies=options.strategies(strategies),
                trajectories=trajectories,
                replicates=replicates,
                samples=samples,
                months=months,
                seed=seed,
                threads=threads,
                estimated=estimate,
                observed_from=observed_from,
                as_of=as_of,
                progress=progress,
            )
        output.show(result, show)


def show(console: Console, result: Result[Sensitivity]) -> None:
    """Show what decides, where it turns, and how often each strategy is best."""
    found = result.body
    console.print(
        f"[bold]{text(found.account)}[/]: {text(found.scenario)}; {found.runs:,} settings of "
        f"{len(found.parameters)} uncertain parameters ({found.trajectories} trajectories, "
        f"{found.samples} samples), each with {found.replicates} futures of {found.months} months for each "
        f"strategy, {found.scan_replicates} where the best changes (seed {found.seed}); "
        f"{found.seconds:,.0f} s"
    )
    for sentence in found.sentences:
        console.print(f"• {text(sentence)}")
    if not found.parameters:
        return
    console.print()
    console.print(assumption_table(found))
    left = sum(one.mu_star > 0.0 for one in found.parameters) - SHOWN
    if left > 0:
        console.print(f"[dim]… and {left} weaker ones: --json lists them all.[/]")
    console.print()
    console.print(best_table(found.best))


def assumption_table(found: Sensitivity) -> Table:
    """Return the strongest parameters: how far they move the lead, and where the best changes."""
    lead = f"Moves the lead ({found.unit})" if found.unit != "1" else "Moves the lead"
    columns = ("Assumption", "Plausible", "", lead, "Variance", "Turns it", "Another is best")
    made = table(*columns, right=("Variance", "Turns it"))
    longest = max((one.mu_star for one in found.parameters), default=0.0)
    for one in found.parameters[:SHOWN]:
        if one.mu_star == 0.0:
            break
        made.add_row(
            text(one.name),
            f"{one.low:.3g} … {one.high:.3g} [dim]{text(one.unit if one.unit != '1' else '')}[/]",
            bar(one.mu_star / longest),
            f"{size(one.mu_star)} [dim]\\[{size(one.mu_star_ci[0])}…{size(one.mu_star_ci[1])}][/]",
            variance(one.total),
            share(one.winner_changes),
            where(one),
        )
    return made


def variance(found: Share | None) -> str:
    """Return a share of the lead's variance with its interval, nothing where the samples do not tell it."""
    if found is None or found.ci is None or not found.tells:
        return "–" if found is None else "[dim]too few samples[/]"
    return f"{share(found.value)} [dim]\\[{share(found.ci[0])}…{share(found.ci[1])}][/]"


def where(one: Assumption) -> str:
    """Return in a few words at which value another strategy becomes best."""
    if one.flips_at is None:
        return "[dim]nowhere[/]" if one.scan else "–"
    side = "above" if one.flips_at > one.default else "below"
    return f"{side} [bold]{one.flips_at:.3g}[/]: {words(one.flips_to)}"


def best_table(best: Mapping[str, float]) -> Table:
    """Return how often each strategy is best when everything uncertain varies at once."""
    made = table("Best, if all vary", "", "Cases", right=("Cases",))
    for name, cases in sorted(best.items(), key=lambda item: (-item[1], item[0])):
        made.add_row(words(name), bar(cases), "< 1%" if 0.0 < cases < 0.01 else share(cases))
    return made


def bar(part: float) -> str:
    """Return a bar for a part of the longest one; the smallest part is a dot."""
    return "■" * round(BAR * part) or ("·" if part > 0.0 else "")


def size(value: float) -> str:
    """Return an amount of money short, what is small with its digits."""
    return amount(value) if abs(value) >= 100.0 else number(value, 3 if abs(value) < 1.0 else 1)
