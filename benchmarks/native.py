"""The C programs of the benchmarks: their compiler, their arrays, and how they are called."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simulation.assembly import Assembly
from simulation.outcomes import Arrays
from simulation.state import Case, Levers

HERE = Path(__file__).parent
COMPILERS = ("cc", "gcc", "clang")
OPTIONS = ("-std=c11", "-O3", "-march=native", "-fno-math-errno", "-fPIC", "-shared")

# The scalar program must round as the kernel does, so no product is fused into a sum. The lanes may: their
# exponential is their own anyway.
PROGRAMS = {
    "contact_scalar": ("-ffp-contract=off",),
    "contact_lanes": (
        "-fopenmp-simd",
        "-ffp-contract=fast",
        "-fno-trapping-math",
        "-mprefer-vector-width=512",
    ),
}

NO_COMPILER = (
    "No C compiler was found for the comparison with C: set CC, install gcc or clang, or install the one "
    "that comes as a Python package with `.venv/bin/python -m pip install ziglang`."
)

_WHOLE, _REAL, _ARRAY = ctypes.c_int64, ctypes.c_double, ctypes.c_void_p

# Fields of `Problem` in contact.h, in its order: a number, or the element type of an array.
FIELDS: tuple[tuple[str, type], ...] = (
    *((name, int) for name in ("seats", "slots", "ours", "events", "planned", "months")),
    ("joined", np.int64),
    *((name, np.float64) for name in ("weight", "influence", "decisive")),
    ("talks_value", np.int8),
    *((name, np.float64) for name in ("leave", "leave_ours")),
    *((name, np.uint64) for name in ("entity", "entity_ours")),
    *((name, np.int64) for name in ("function", "owner")),
    *((name, np.float64) for name in ("strength", "orientation")),
    *((name, np.int64) for name in ("line_start", "line_from")),
    ("line_pull", np.float64),
    *((name, np.int64) for name in ("event_month", "event_kind", "event_at")),
    *((name, np.float64) for name in ("event_share", "price")),
    *((name, np.float64) for name in ("wanted", "hours", "effort", "effort_hours")),
    *((name, float) for name in ("volume", "wallet", "margin", "hour_scale", "thread_min", "opponent_below")),
    *((name, float) for name in ("weak", "handover")),
    ("reassign", int),
    *((name, float) for name in ("replacement_theirs", "replacement_ours", "mood", "decay_scale")),
    *((name, float) for name in ("half_weak", "half_strong", "contact_gain", "attention", "new_tie_rate")),
    *((name, float) for name in ("referral", "s_new", "s_gone", "o_base", "follow", "shock_fade", "r_half")),
    ("hour_cost", float),
)


class Problem(ctypes.Structure):
    """One account and one strategy, as `contact.h` declares it."""

    _fields_ = [
        (name, _WHOLE if kind is int else _REAL if kind is float else _ARRAY) for name, kind in FIELDS
    ]


class Results(ctypes.Structure):
    """Where the results go, as `contact.h` declares it."""

    _fields_ = [
        ("series", _ARRAY),
        ("series_stride", _WHOLE),
        ("replicate_stride", _WHOLE),
        ("drawn", _ARRAY),
        ("drawn_stride", _WHOLE),
        ("missed", _ARRAY),
    ]


class CompilerError(RuntimeError):
    """There is no compiler, or it refused."""


def compiler() -> list[str]:
    """Return the command of the C compiler: $CC, one on the path, or the one of the `ziglang` wheel.

    Raises
    ------
    CompilerError
        There is none.
    """
    chosen = os.environ.get("CC", "").strip()
    if chosen:
        return shlex.split(chosen)
    for name in COMPILERS:
        found = shutil.which(name)
        if found:
            return [found]
    if importlib.util.find_spec("ziglang") is not None:
        return [sys.executable, "-m", "ziglang", "cc"]
    raise CompilerError(NO_COMPILER)


def compiler_name(command: list[str]) -> str:
    """Return the first line of what a compiler says about itself."""
    said = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False).stdout
    return said.splitlines()[0].strip() if said.strip() else shlex.join(command)


@dataclass(frozen=True)
class Program:
    """A C program, built and loaded."""

    name: str
    library: Any

    def run(self, assembly: Assembly, seed: int, arrays: Arrays) -> None:
        """Fill the arrays as `run_kernel(…, whole=False)` does, on one thread."""
        strategies, count = arrays.drawn.shape[2:]
        for s in range(strategies):
            problem, kept = problem_of(assembly.case, assembly.levers[s], assembly.rates, arrays)
            series, drawn, missed = arrays.series[0, :, s], arrays.drawn[0, :, s], arrays.missed[s]
            results = Results(
                series.ctypes.data,
                series.strides[0] // series.itemsize,
                series.strides[1] // series.itemsize,
                drawn.ctypes.data,
                drawn.strides[0] // drawn.itemsize,
                missed.ctypes.data,
            )
            failed = self.library.run(ctypes.byref(problem), seed, 0, count, ctypes.byref(results))
            del kept
            if failed:
                raise MemoryError(f"{self.name} found no memory for one replicate.")


def problem_of(case: Case, levers: Levers, rates: Any, arrays: Arrays) -> tuple[Problem, list[Any]]:
    """Return what a C program takes, and the arrays that must live as long as it runs.

    The only place that knows both the arrays of the kernel and those of `contact.h`: one organisation, which
    is an account without distributors.
    """
    if case.distributing.size != 1 or case.distributing[0]:
        raise ValueError("The C programs are of one account without distributors.")
    seats, slots = case.owner.shape
    values: dict[str, Any] = {
        **rates._asdict(),
        **case._asdict(),
        **levers._asdict(),
        **{name: float(getattr(case, name)[0]) for name in ("volume", "wallet", "margin", "hour_scale")},
        "price": case.price[0],
        "seats": seats,
        "slots": slots,
        "ours": case.leave_ours.size,
        "events": case.event_month.size,
        "planned": levers.effort.shape[0],
        "months": arrays.series.shape[-1] - 1,
    }
    problem, kept = Problem(), []
    for name, kind in FIELDS:
        value = values[name]
        if kind not in (int, float):
            array = np.ascontiguousarray(value, dtype=kind)
            kept.append(array)
            value = array.ctypes.data
        setattr(problem, name, value)
    return problem, kept


def build(name: str, folder: Path, command: list[str]) -> Program:
    """Compile one of the programs into a folder and load it.

    Raises
    ------
    CompilerError
        The compiler refused.
    """
    target = folder / f"{name}.so"
    call = [*command, *OPTIONS, *PROGRAMS[name], str(HERE / f"{name}.c"), "-o", str(target), "-lm"]
    try:
        done = subprocess.run(call, capture_output=True, text=True, check=False)
    except OSError as error:
        raise CompilerError(f"The C compiler {command[0]} cannot be run: {error.strerror}.") from error
    if done.returncode != 0:
        raise CompilerError(f"{shlex.join(call)} failed:\n{done.stderr.strip()}")
    library = ctypes.CDLL(str(target))
    library.run.argtypes = [_ARRAY, ctypes.c_uint64, _WHOLE, _WHOLE, _ARRAY]
    library.run.restype = ctypes.c_int
    return Program(name, library)
