"""Where the time of the full model goes: the kernel's month once more, with a clock between its phases.

The product pays nothing for this. That it is the same month is checked: its results equal the kernel's.
"""

from __future__ import annotations

import ctypes
import time
from typing import Any

import numba
import numpy as np

from benchmarks.cases import MONTHS, SEED, assembly_of, by_kernel, channel_assembly
from benchmarks.rows import Check, Row
from simulation.assembly import Assembly
from simulation.compiling import OPTIONS
from simulation.draws import replicate_key
from simulation.kernel import reset
from simulation.phases.account import account, look, opinions, record
from simulation.phases.channel import channel
from simulation.phases.focus import focus
from simulation.phases.people import people
from simulation.phases.ties import fade, meet
from simulation.run import empty_arrays
from simulation.state import new_state

PHASES = (
    "people",
    "decay",
    "hours and contact",
    "orientation",
    "results",
    "account",
    "focus",
    "channel",
    "record",
)
REPLICATES, ROUNDS = 300, 5

_clock_gettime = ctypes.CDLL(None).clock_gettime
_clock_gettime.argtypes = [ctypes.c_int, ctypes.c_void_p]
_clock_gettime.restype = ctypes.c_int
_CLOCK = time.CLOCK_MONOTONIC


@numba.njit(**OPTIONS)
def clock(room: Any) -> float:
    """Return nanoseconds; `room` is two whole numbers."""
    _clock_gettime(_CLOCK, room.ctypes)
    return room[0] * 1e9 + room[1]


@numba.njit(**OPTIONS)
def run_timed(
    case: Any,
    rates: Any,
    channel_rates: Any,
    levers: Any,
    state: Any,
    seed: int,
    replicates: int,
    months: int,
    strategy: int,
    series: Any,
    spent: Any,
    room: Any,
) -> None:
    """Run one strategy as the kernel does, and add up the nanoseconds of every phase."""
    for replicate in range(replicates):
        key = replicate_key(seed, replicate)
        reset(case, channel_rates, state)
        write(case, state, series, strategy, replicate, 0)
        for month in range(1, months + 1):
            t0 = clock(room)
            people(case, rates, levers, state, key, month)
            t1 = clock(room)
            fade(case, rates, levers, state, month)
            t2 = clock(room)
            meet(case, rates, levers, state, key, month)
            t3 = clock(room)
            opinions(case, rates, state)
            t4 = clock(room)
            look(case, state, month)
            t5 = clock(room)
            account(case, rates, state, key, month)
            t6 = clock(room)
            t8 = t7 = t6
            if case.channel.mind.size > 0:
                focus(case, channel_rates, levers, state, key, month)
                t7 = clock(room)
                channel(case, channel_rates, levers, state, key, month)
                t8 = clock(room)
            record(case, state, month, rates.hour_cost)
            write(case, state, series, strategy, replicate, month)
            t9 = clock(room)
            spent[0] += t1 - t0
            spent[1] += t2 - t1
            spent[2] += t3 - t2
            spent[3] += t4 - t3
            spent[4] += t5 - t4
            spent[5] += t6 - t5
            spent[6] += t7 - t6
            spent[7] += t8 - t7
            spent[8] += t9 - t8


@numba.njit(**OPTIONS)
def write(case: Any, state: Any, series: Any, strategy: int, replicate: int, month: int) -> None:
    """Put the month into the results."""
    for a in range(case.accounts):
        for v in range(series.shape[1]):
            series[a, v, strategy, replicate, month] = state.now[a, v]


@numba.njit(**OPTIONS)
def cost_of_clock(times: int, room: Any) -> float:
    """Return the nanoseconds that reading the clock takes."""
    began = clock(room)
    ended = began
    for _ in range(times):
        ended = clock(room)
    return (ended - began) / times


def rows() -> tuple[list[Row], list[Check]]:
    """Return the share of every phase, and whether the timed month is the kernel's."""
    found, checks = [], []
    room = np.zeros(2, np.int64)
    clock_cost = cost_of_clock(100_000, room)
    for what, assembly, replicates in (
        ("50 stakeholders", assembly_of(50), REPLICATES),
        ("500 stakeholders", assembly_of(500), REPLICATES // 10),
        ("a distributor of 50 stakeholders, 40 end customers", channel_assembly(), REPLICATES),
    ):
        least, series = timed(assembly, replicates, room)
        steps = len(assembly.levers) * replicates * MONTHS
        each = np.maximum(least / steps - clock_cost, 0.0)
        kernel = by_kernel(assembly, replicates, whole=True)
        checks.append(
            Check(f"the timed month is the kernel's, {what}", np.array_equal(series, kernel.series))
        )
        seats = assembly.case.joined.size
        found += [
            Row(
                f"full model, {what}: {phase}",
                100.0 * nanoseconds / each.sum(),
                " %",
                detail=f"{nanoseconds / seats:.1f} ns a month and seat",
            )
            for phase, nanoseconds in zip(PHASES, each, strict=True)
            if nanoseconds > 0.0
        ]
    return found, checks


def timed(assembly: Assembly, replicates: int, room: Any) -> tuple[Any, Any]:
    """Return the nanoseconds of every phase, the least of several runs, and the series."""
    series = empty_arrays(assembly, replicates, MONTHS).series
    least = np.full(len(PHASES), np.inf)
    for _ in range(ROUNDS):
        spent = np.zeros(len(PHASES))
        for s, levers in enumerate(assembly.levers):
            run_timed(
                assembly.case,
                assembly.rates,
                assembly.channel_rates,
                levers,
                new_state(assembly.case),
                SEED,
                replicates,
                MONTHS,
                s,
                series,
                spent,
                room,
            )
        least = np.minimum(least, spent)
    return least, series
