"""What only a fresh process can tell: its first call, and the memory that a run takes.

`python -m benchmarks.child first-call` and `… memory REPLICATES` print one JSON object.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.cases import MONTHS, SEED, assembly_of
from simulation.run import empty_arrays, run_kernel

LINUX_PEAK, LINUX_STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")
WARM_UP = 50  # replicates of a slice: the room of a thread is then known to the allocator


def ask(*arguments: str) -> dict[str, Any]:
    """Run this module in a process of its own and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.child", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"benchmarks.child {' '.join(arguments)} failed: {done.stderr.strip()}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def first_call() -> dict[str, float]:
    """Return the seconds of the imports and of the first call after them, wall."""
    assembly = assembly_of()
    arrays = empty_arrays(assembly, 1, MONTHS)
    began = time.perf_counter()
    import simulation.kernel  # noqa: F401

    imported = time.perf_counter()
    run_kernel(assembly, SEED, 0, arrays, threads=1)
    return {"imports": imported - began, "call": time.perf_counter() - imported}


def memory(replicates: int) -> dict[str, float]:
    """Return the bytes of the results, and by how much a run goes above what was there with them.

    The results are touched before the run, so that they count as there.
    """
    assembly = assembly_of()
    run_kernel(assembly, SEED, 0, empty_arrays(assembly, WARM_UP, MONTHS), threads=1)
    arrays = empty_arrays(assembly, replicates, MONTHS)
    for array in arrays:
        array.fill(0)
    forget_peak()
    before = psutil.Process().memory_info().rss
    run_kernel(assembly, SEED, 0, arrays, threads=1)
    return {"outputs": float(sum(array.nbytes for array in arrays)), "above": float(peak() - before)}


def forget_peak() -> None:
    """Begin a new peak where the system can; elsewhere the peak is too high, never too low."""
    if LINUX_PEAK.exists():
        LINUX_PEAK.write_text("5", encoding="ascii")


def peak() -> int:
    """Return the most bytes that this process had in memory."""
    if LINUX_PEAK.exists():  # what getrusage tells there began with the parent's
        lines = LINUX_STATUS.read_text(encoding="utf-8").splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale


if __name__ == "__main__":
    told = first_call() if sys.argv[1] == "first-call" else memory(int(sys.argv[2]))
    print(json.dumps(told))
