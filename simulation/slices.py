"""A slice of the replicates of some accounts: run, then reduced to what a portfolio keeps of it.

All months of all replicates are there only inside a slice. What is kept adds up in the order of accounts and
replicates, so that nothing depends on how large the slices are or where they are run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.assembly import Assembly
from simulation.outcomes import CHANNEL_MEASURES, Arrays, Values, measure_run
from simulation.rules import ChannelRates, Rates
from simulation.state import (
    DRAWN,
    HOURS,
    MARGIN,
    REVENUE,
    SURVIVAL,
    Case,
    Levers,
    new_state,
    series_of,
)

TOTALS = ("revenue", "margin", "hours", "accounts_lost")
UNIT = 10  # replicates whose series are added up together, whatever the slices
MOST = 200  # replicates of a slice, so that a few accounts keep several processors busy
ROOM = 8_000_000  # bytes for the series of one strategy in a slice
AHEAD = 3  # slices for each thread that may be done before their turn


class Work(NamedTuple):
    """A part of a portfolio, ready to be run: arrays alone, so that it travels to another machine.

    Attributes
    ----------
    measures
        Names of the measures to keep.
    first_event
        Month of the scenario's first event.
    """

    case: Case
    rates: Rates
    channel_rates: ChannelRates
    levers: tuple[Levers, ...]
    months: int
    seed: int
    measures: tuple[str, ...]
    first_event: int | None


class Slice(NamedTuple):
    """What is kept of some replicates.

    Attributes
    ----------
    measured
        (A, measures, strategies, replicates); NaN where an account does not have a measure.
    drawn
        (A, len(DRAWN), strategies, replicates).
    totals
        (len(TOTALS), strategies, replicates, T + 1): the sums over the accounts.
    sums
        (units, A, V, strategies, T + 1): sums over `UNIT` replicates each.
    missed
        (X,) in how many runs an event found its seat vacant.
    """

    measured: Values
    drawn: Values
    totals: Values
    sums: Values
    missed: NDArray[np.int64]


class Job(NamedTuple):
    """A slice that is to be run.

    Attributes
    ----------
    run, part
        Which scenario, and which part of its portfolio.
    alone
        Whether it is the part's only slice.
    """

    run: int
    part: int
    work: Work
    start: int
    size: int
    alone: bool


Answers = Generator[tuple[Job, Slice], None, None]


def work_of(assembly: Assembly, months: int, seed: int, measures: tuple[str, ...], first: int | None) -> Work:
    """Return what is to be run of an assembly."""
    return Work(
        assembly.case,
        assembly.rates,
        assembly.channel_rates,
        assembly.levers,
        months,
        seed,
        measures,
        first,
    )


def slice_size(case: Case, months: int) -> int:
    """Return the replicates of a slice: full units that fit into its room, one at the least."""
    one = 8 * case.accounts * len(series_of(case)) * (months + 1)
    return max(1, min(MOST, ROOM // one) // UNIT) * UNIT


def run_slice(work: Work, first: int, count: int) -> Slice:
    """Run the replicates `first` … `first + count - 1` of all strategies; `first` is a multiple of `UNIT`."""
    from simulation.kernel import run_block

    case, months, strategies = work.case, work.months, len(work.levers)
    known = len(series_of(case))
    series = np.empty((case.accounts, known, 1, count, months + 1))
    missed = np.empty((1, count, case.event_month.size), dtype=np.int8)
    state = new_state(case)
    starts = np.arange(0, count, UNIT)
    found = Slice(
        np.full((case.accounts, len(work.measures), strategies, count), np.nan),
        np.empty((case.accounts, len(DRAWN), strategies, count)),
        np.zeros((len(TOTALS), strategies, count, months + 1)),
        np.empty((len(starts), case.accounts, known, strategies, months + 1)),
        np.zeros(case.event_month.size, dtype=np.int64),
    )
    for s, levers in enumerate(work.levers):
        drawn = np.empty((case.accounts, len(DRAWN), 1, count))
        run_block(
            case,
            work.rates,
            work.channel_rates,
            levers,
            state,
            work.seed,
            first,
            count,
            0,
            months,
            True,
            series,
            drawn,
            missed,
            0,
            first,
        )
        found.drawn[:, :, s] = drawn[:, :, 0]
        found.missed[:] += missed.sum(axis=(0, 1), dtype=np.int64)
        found.sums[:, :, :, s] = np.moveaxis(np.add.reduceat(series[:, :, 0], starts, axis=2), 2, 0)
        arrays = Arrays(series, drawn, missed)
        for a in range(case.accounts):
            measured = measure_run(arrays, work.first_event, a)
            for m, name in enumerate(work.measures):
                if name in measured and has_measure(case, a, name):
                    found.measured[a, m, s] = measured[name][0]
            found.totals[0, s] += series[a, REVENUE, 0]
            found.totals[1, s] += series[a, MARGIN, 0]
            found.totals[2, s] += series[a, HOURS, 0]
            found.totals[3, s] += 1.0 - series[a, SURVIVAL, 0]
    return found


def has_measure(case: Case, account: int, measure: str) -> bool:
    """Tell whether an account has a measure: those of the channel need a distributor, coverage a seat."""
    if measure in CHANNEL_MEASURES:
        serves = case.channel.serves_start
        return bool(serves.size and serves[account + 1] > serves[account])
    if measure == "coverage_end":
        return bool(case.seat_start[account + 1] > case.seat_start[account])
    return True


def on_threads(jobs: Iterable[Job], threads: int) -> Answers:
    """Run slices on threads and give them back in their order."""
    pool = ThreadPoolExecutor(threads)
    try:
        yield from in_order(
            jobs,
            lambda job: pool.submit(run_slice, job.work, job.start, job.size).result,
            AHEAD * threads,
        )
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def in_order(jobs: Iterable[Job], begin: Callable[[Job], Callable[[], Slice]], ahead: int) -> Answers:
    """Give slices back in the order of the jobs, so many begun ahead; `begin` returns what waits for one."""
    begun: deque[tuple[Job, Callable[[], Slice]]] = deque()
    for job in jobs:
        begun.append((job, begin(job)))
        if len(begun) > ahead:
            earliest, wait = begun.popleft()
            yield earliest, wait()
    for earliest, wait in begun:
        yield earliest, wait()
