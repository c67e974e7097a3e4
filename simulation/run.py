"""Running strategies through a scenario: slices of replicates over threads, or one model after the other."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

import numpy as np

from graph.account import Account
from graph.errors import InputError
from graph.progress import Progress
from graph.wording import count, from_to
from simulation.assembly import Assembly, assemble
from simulation.outcomes import Arrays
from simulation.results import Simulation
from simulation.scenario import DEFAULT_MONTHS, LONGEST, Scenario
from simulation.state import DRAWN, SERIES, new_state
from simulation.strategies import Strategy

ENGINES = ("kernel", "mesa")
SLICE = 50  # replicates that a thread takes at a time
MEMORY_SHARE = 0.5  # of what the machine has free
PRECISION_LIMIT = 64_000  # replicates after which a wanted precision is given up


def simulate(
    account: Account,
    scenario: Scenario,
    strategies: Sequence[Strategy],
    *,
    partners: Sequence[Account] = (),
    replicates: int = 1000,
    months: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    precision: float | None = None,
    engine: str = "kernel",
    hours_factor: float = 1.0,
    progress: Progress | None = None,
) -> Simulation:
    """Run every strategy through a scenario, with the same draws.

    Parameters
    ----------
    partners
        For an end customer's account: those of the distributors that sell to it, whose people are met too.
    replicates
        Of each strategy; with `precision` the number to begin with.
    months
        Horizon; beats the scenario's own, 60 where neither says.
    seed
        At least 0. Results depend on it, on the replicate's number and on nothing else.
    threads
        At least 1; all of the machine's by default. No result depends on it.
    precision
        Replicates are added until every pairwise difference of `margin_total` has a 95 % half-width of at
        most this share of its mean.
    engine
        `kernel`, or `mesa` for the same step inside a `mesa.Model`.
    hours_factor
        Multiplies everybody's hours.
    progress
        Called with what is going on, how much of it is done, and out of how much.

    Raises
    ------
    InputError
        A number out of its range, an event outside the horizon, or more memory than there is.
    """
    horizon = months if months is not None else scenario.months or DEFAULT_MONTHS
    _whole("months", horizon, 1, LONGEST)
    _whole("seed", seed, 0, 2**63 - 1)
    _whole("replicates", replicates, 1, 2**40)
    workers = threads if threads is not None else os.cpu_count() or 1
    _whole("threads", workers, 1, 1024)
    if precision is not None and not 0.0 < precision < float("inf"):
        raise InputError(f"precision is {precision!r}; it needs a number above 0, such as 0.1 for a tenth.")
    if engine not in ENGINES:
        raise InputError(f"engine is {engine!r}; it needs one of {', '.join(ENGINES)}.")
    if not 0.0 <= hours_factor < float("inf"):
        raise InputError(f"The factor on hours is {hours_factor!r}; it needs a number from 0.")
    scenario.check_months(horizon)
    assembly = assemble(account, scenario, strategies, horizon, partners=partners, hours_factor=hours_factor)
    series = len(assembly.series)
    check_memory(len(strategies), replicates, horizon, series)
    arrays = _run(assembly, seed, 0, replicates, horizon, workers, engine, progress)
    simulation = Simulation(account, scenario, tuple(strategies), assembly, arrays, seed, horizon, engine)
    while precision is not None and not simulation.is_precise(precision):
        done = simulation.replicates
        more = min(done, PRECISION_LIMIT - done)
        if more <= 0 or not _fits(len(strategies), done + more, horizon, series):
            simulation.warn(
                f"The precision {precision:g} is not reached after {done:,} replicates; "
                "the intervals say what holds."
            )
            break
        added = _run(assembly, seed, done, more, horizon, workers, engine, progress)
        simulation = simulation.extended(added)
    if months is not None and scenario.months is not None and months != scenario.months:
        taken = count(months, "month")
        simulation.warn(f"The run takes {taken}; the scenario's own {scenario.months} are overruled.")
    return simulation


def check_memory(strategies: int, replicates: int, months: int, series: int = len(SERIES)) -> None:
    """Refuse a run whose results, so many series, would not fit into half of the memory that is free.

    Raises
    ------
    InputError
        With the memory that it would take.
    """
    if not _fits(strategies, replicates, months, series):
        needed, free = _needed(strategies, replicates, months, series), free_memory()
        raise InputError(
            f"replicates is {replicates:,}; with {count(strategies, 'strategy', 'strategies')} and "
            f"{count(months, 'month')} the results take {in_bytes(needed)}, and {in_bytes(free)} can be used "
            f"here; at most {max(1, replicates * free // needed):,} replicates fit."
        )


def warm_up(progress: Progress | None = None) -> None:
    """Compile the kernel, or load it from the cache, before somebody waits for it."""
    from datetime import date

    from simulation.strategies import SHIPPED

    nobody = Account("nobody", "nobody", date(2000, 1, 1))
    simulate(
        nobody, Scenario(), [SHIPPED["do_nothing"]], replicates=1, months=1, threads=1, progress=progress
    )


def _fits(strategies: int, replicates: int, months: int, series: int) -> bool:
    return _needed(strategies, replicates, months, series) <= free_memory()


def _needed(strategies: int, replicates: int, months: int, series: int) -> int:
    """Return the bytes of the series, counted twice, for while percentiles are taken."""
    return 2 * 8 * strategies * replicates * (series * (months + 1) + len(DRAWN))


def free_memory() -> int:
    """Return the bytes that the results of a run can take here."""
    import psutil

    return int(psutil.virtual_memory().available * MEMORY_SHARE)


def in_bytes(bytes_: int) -> str:
    """Return a number of bytes in words."""
    for unit, scale in (("TB", 1e12), ("GB", 1e9)):
        if bytes_ >= scale:
            return f"{bytes_ / scale:,.1f} {unit}"
    return f"{bytes_ / 1e6:,.0f} MB"


def _whole(name: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise InputError(f"{name} is {value!r}; it needs {from_to(f'{low:,}', f'{high:,}')}.")


def _run(
    assembly: Assembly,
    seed: int,
    first: int,
    count: int,
    months: int,
    threads: int,
    engine: str,
    progress: Progress | None,
) -> Arrays:
    arrays = empty_arrays(assembly, count, months)
    if engine == "mesa":
        from simulation.mesa_model import run_models

        run_models(assembly, seed, first, arrays, progress)
    else:
        run_kernel(assembly, seed, first, arrays, threads=threads, progress=progress)
    return arrays


def empty_arrays(assembly: Assembly, replicates: int, months: int) -> Arrays:
    """Return room for the results of a run, not filled."""
    strategies, accounts = len(assembly.levers), assembly.case.accounts
    return Arrays(
        np.empty((accounts, len(assembly.series), strategies, replicates, months + 1)),
        np.empty((accounts, len(DRAWN), strategies, replicates)),
        np.empty((strategies, replicates, assembly.case.event_month.size), dtype=np.int8),
    )


def run_kernel(
    assembly: Assembly,
    seed: int,
    first: int,
    arrays: Arrays,
    *,
    threads: int = 1,
    whole: bool = True,
    progress: Progress | None = None,
) -> None:
    """Fill the arrays by the compiled kernel, slices of replicates over threads.

    Parameters
    ----------
    whole
        False leaves out phases 4 to 7: contact loss alone.
    """
    strategies, count = arrays.drawn.shape[2:]
    months = arrays.series.shape[4] - 1
    if progress is not None:
        from simulation.compiling import is_compiled

        if not is_compiled():
            progress("compiling the simulation, once for this version", 0, 1)
    from simulation.kernel import run_block

    def work(strategy: int, start: int, size: int) -> int:
        run_block(
            assembly.case,
            assembly.rates,
            assembly.channel_rates,
            assembly.levers[strategy],
            new_state(assembly.case),
            seed,
            first + start,
            size,
            0,
            months,
            whole,
            arrays.series,
            arrays.drawn,
            arrays.missed,
            strategy,
            first,
        )
        return size

    slices = [
        (strategy, start, min(SLICE, count - start))
        for start in range(0, count, SLICE)
        for strategy in range(strategies)
    ]
    # The first slice compiles or loads the kernel; two threads must not do so at once.
    done = work(*slices[0]) if slices else 0
    pool = ThreadPoolExecutor(threads)
    try:
        for future in as_completed([pool.submit(work, *piece) for piece in slices[1:]]):
            done += future.result()
            if progress is not None:
                progress("simulating", done, strategies * count)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    if progress is not None:
        progress("simulating", strategies * count, strategies * count)
