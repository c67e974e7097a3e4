"""The goals of speed and memory, each measured against its limit."""

from __future__ import annotations

import math
import os
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import child, native
from benchmarks.cases import (
    MONTHS,
    SEED,
    STAKEHOLDERS,
    STRATEGIES,
    TIES,
    assembly_of,
    by_kernel,
    eventful_assembly,
)
from benchmarks.clock import duration, in_turn
from benchmarks.rows import Check, Row
from fixtures.generator import generate_account
from simulation import Scenario
from simulation.outcomes import Arrays
from simulation.portfolio import simulate_portfolio
from simulation.run import empty_arrays, run_kernel
from simulation.state import SERIES

Rows = tuple[list[Row], list[Check]]

MESA_RATIO, SCALAR_RATIO, LANES_RATIO = 80.0, 1.3, 3.0
SCALAR_FROM = 50  # stakeholders
SIZES = (12, 50, 500)
REPLICATES = 1000
LARGE = 200  # replicates of the largest account, which takes ten times as long
ROUNDS = 9
EVENTFUL = 100  # replicates, which do not fill the last lanes
COMPARED = ("access", "coverage", "threads", "hours")
SIGMAS = 3.0
TOLERANCE = (
    1e-9  # relative, of every value of every replicate: an exponential of the lanes' own, products fused
)
SMALLEST = 1e-6  # what is less is left of a sum whose terms cancel, and compared with this

ACCOUNTS = (10, 100, 1000)
ACCOUNT_REPLICATES, ACCOUNT_ROUNDS, ACCOUNT_SPREAD = 20, 3, 10.0

MEMORY_REPLICATES, MEMORY_LIMIT = (1000, 20_000), 10.0
FIRST_CALLS, FIRST_SECONDS = 3, 1.0


def mesa(replicates: int = REPLICATES, keyed: int = 20) -> Rows:
    """Compare the kernel with ordinary agents that draw from `model.rng`, and with keyed ones bit for bit."""
    from tests.statistical.mesa_reference import Ecosystem, PlainEcosystem, run_reference

    assembly = assembly_of()
    by_kernel(assembly, 1)
    kernel = in_turn({"kernel": lambda: by_kernel(assembly, replicates)}, ROUNDS)["kernel"]
    began = time.process_time()
    plain = run_reference(assembly, SEED, replicates, MONTHS, whole=False, model=PlainEcosystem)
    plain_seconds = time.process_time() - began
    again = in_turn({"kernel": lambda: by_kernel(assembly, replicates)}, ROUNDS)["kernel"]
    least = min(kernel.least, again.least)
    ours = by_kernel(assembly, replicates)
    reference = run_reference(assembly, SEED, keyed, MONTHS, whole=False, model=Ecosystem)
    deviation, where = largest_deviation(ours, plain)
    return [
        Row(
            f"plain Mesa against the kernel, {STAKEHOLDERS} stakeholders",
            plain_seconds / least,
            "×",
            MESA_RATIO,
            at_least=True,
            detail=f"Mesa {duration(plain_seconds)}, kernel {duration(least)}",
        )
    ], [
        Check(
            "plain Mesa within three standard errors",
            deviation <= SIGMAS,
            f"largest deviation {deviation:.1f} ({where})",
        ),
        Check(
            "keyed Mesa equals the kernel bit for bit",
            np.array_equal(reference.series, ours.series[..., :keyed, :]),
            f"{keyed} replicates of each strategy",
        ),
    ]


def largest_deviation(one: Arrays, other: Arrays) -> tuple[float, str]:
    """Return the largest difference of two means at the horizon, in standard errors, and where it is."""
    worst, where = 0.0, ""
    for name in COMPARED:
        for s, strategy in enumerate(STRATEGIES):
            a = one.series[0, SERIES.index(name), s, :, -1]
            b = other.series[0, SERIES.index(name), s, :, -1]
            error = math.sqrt(a.var(ddof=1) / a.size + b.var(ddof=1) / b.size)
            difference = abs(float(a.mean() - b.mean()))
            deviation = difference / error if error > 0.0 else math.inf * bool(difference)
            if deviation > worst:
                worst, where = deviation, f"{name} of {strategy}"
    return worst, where


def c_programs() -> Rows:
    """Compare the kernel with a scalar C program and with one that runs replicates in vector lanes."""
    with tempfile.TemporaryDirectory(prefix="diamond-bench-") as folder:
        command = native.compiler()
        scalar, lanes = (native.build(name, Path(folder), command) for name in native.PROGRAMS)
        rows: list[Row] = []
        checks: list[Check] = []
        eventful = eventful_assembly()
        ours, plain, wide = (empty_arrays(eventful, EVENTFUL, MONTHS) for _ in range(3))
        run_kernel(eventful, SEED, 0, ours, threads=1, whole=False)
        scalar.run(eventful, SEED, plain)
        lanes.run(eventful, SEED, wide)
        checks += agreement("every event and a plan", ours, plain, wide)
        for stakeholders in SIZES:
            assembly = assembly_of(stakeholders)
            replicates = REPLICATES if stakeholders < max(SIZES) else LARGE
            ours, plain, wide = (empty_arrays(assembly, replicates, MONTHS) for _ in range(3))
            times = in_turn(
                {
                    "kernel": partial(run_kernel, assembly, SEED, 0, ours, threads=1, whole=False),
                    "scalar": partial(scalar.run, assembly, SEED, plain),
                    "lanes": partial(lanes.run, assembly, SEED, wide),
                },
                ROUNDS,
            )
            checks += [
                Check(
                    f"scalar C equals the kernel bit for bit, {stakeholders} stakeholders", equal(ours, plain)
                ),
                Check(
                    f"SIMD C within {TOLERANCE:g} of every value, {stakeholders} stakeholders",
                    close(ours, wide),
                    f"largest relative difference {apart(ours, wide):.1e}",
                ),
            ]
            kernel = times["kernel"].least
            rows += [
                Row(
                    f"kernel against {what}, {stakeholders} stakeholders",
                    kernel / times[name].least,
                    "×",
                    limit,
                    detail=f"kernel {times['kernel']}, C {times[name]}",
                )
                for what, name, limit in (
                    ("scalar C", "scalar", SCALAR_RATIO if stakeholders >= SCALAR_FROM else None),
                    ("SIMD C", "lanes", LANES_RATIO),
                )
            ]
    return rows, checks


def agreement(what: str, ours: Arrays, plain: Arrays, wide: Arrays) -> list[Check]:
    """Tell whether both C programs agree with the kernel."""
    return [
        Check(f"scalar C equals the kernel bit for bit, {what}", equal(ours, plain)),
        Check(
            f"SIMD C within {TOLERANCE:g} of every value, {what}",
            close(ours, wide),
            f"largest relative difference {apart(ours, wide):.1e}",
        ),
    ]


def equal(one: Arrays, other: Arrays) -> bool:
    """Tell whether all results are the same bits."""
    pairs = ((one.series, other.series), (one.drawn, other.drawn), (one.missed, other.missed))
    return all(np.array_equal(a, b) for a, b in pairs)


def close(one: Arrays, other: Arrays) -> bool:
    """Tell whether every value of every replicate is within the tolerance."""
    return apart(one, other) <= TOLERANCE and np.array_equal(one.missed, other.missed)


def apart(one: Arrays, other: Arrays) -> float:
    """Return the largest relative difference of two values, against the smallest that counts at least."""
    a = np.concatenate([one.series.ravel(), one.drawn.ravel()])
    b = np.concatenate([other.series.ravel(), other.drawn.ravel()])
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), SMALLEST)
    return float(np.max(np.abs(a - b) / size, initial=0.0))


def accounts() -> Rows:
    """Measure what one account of many costs, the same thousand in portfolios of several sizes."""
    most = max(ACCOUNTS)
    made = [generate_account(5, ours=4, theirs=12, account_id=f"account{n:04}") for n in range(most)]
    scenario = Scenario(parameters={"max_threads": TIES})

    def work(size: int) -> None:
        for first in range(0, most, size):
            simulate_portfolio(
                made[first : first + size],
                scenario,
                STRATEGIES,
                replicates=ACCOUNT_REPLICATES,
                months=MONTHS,
                seed=SEED,
                threads=1,
            )

    simulate_portfolio(made[:1], scenario, STRATEGIES, replicates=1, months=MONTHS, threads=1)
    times = in_turn({str(size): partial(work, size) for size in ACCOUNTS}, ACCOUNT_ROUNDS)
    each = {name: timing.least / most for name, timing in times.items()}
    spread = 100.0 * (max(each.values()) / min(each.values()) - 1.0)
    detail = f"{ACCOUNT_REPLICATES} replicates, an account of " + ", of ".join(
        f"{name} costs {duration(seconds)}" for name, seconds in each.items()
    )
    goal = f"cost per account from {min(ACCOUNTS)} to {most:,} uncoupled accounts differs by"
    return [Row(goal, spread, " %", ACCOUNT_SPREAD, detail=detail)], []


def memory() -> Rows:
    """Measure what a run takes above its results."""
    rows = []
    for replicates in MEMORY_REPLICATES:
        told = child.ask("memory", str(replicates))
        rows.append(
            Row(
                f"memory above the outputs, {replicates:,} replicates",
                told["above"] / 1e6,
                " MB",
                MEMORY_LIMIT,
                detail=f"outputs {told['outputs'] / 1e6:.0f} MB",
            )
        )
    return rows, []


def first_call() -> Rows:
    """Measure the first call of a process whose cache is warm."""
    by_kernel(assembly_of(), 1, whole=True)
    told = min((child.ask("first-call") for _ in range(FIRST_CALLS)), key=lambda one: one["call"])
    detail = (
        f"least of {FIRST_CALLS} processes; numba and the kernel's modules take {duration(told['imports'])}"
    )
    return [
        Row("first call with a warm cache, imports apart", told["call"], " s", FIRST_SECONDS, detail=detail)
    ], []


def threads() -> Rows:
    """Measure how a run shortens on two threads."""
    assembly = assembly_of()
    arrays = empty_arrays(assembly, REPLICATES, MONTHS)
    times = in_turn(
        {str(number): partial(run_kernel, assembly, SEED, 0, arrays, threads=number) for number in (1, 2)},
        ROUNDS,
        time.perf_counter,
    )
    detail = f"wall, whole model, {os.cpu_count()} processors; " + ", ".join(
        f"{name}: {timing}" for name, timing in times.items()
    )
    return [Row("one thread against two", times["1"].least / times["2"].least, "×", detail=detail)], []
