"""Times on a machine that others use too: everything in turn, several times, the least counts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Seconds of several runs of the same work."""

    seconds: tuple[float, ...]

    @property
    def least(self) -> float:
        """The run that was disturbed least; ratios are taken from it."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """What a run takes on this machine as busy as it is."""
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        return f"{duration(self.least)} (median {duration(self.median)} of {len(self.seconds)})"


def duration(seconds: float) -> str:
    """Return seconds as people read them."""
    return f"{seconds * 1e3:.3g} ms" if seconds < 1.0 else f"{seconds:.3g} s"


def in_turn(
    works: Mapping[str, Callable[[], object]],
    rounds: int,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, Timing]:
    """Run the competitors A B A B …, so that a slow minute of the machine meets all of them.

    Parameters
    ----------
    clock
        CPU seconds of this process by default; `time.perf_counter` where waiting counts.
    """
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            began = clock()
            work()
            seconds[name].append(clock() - began)
    return {name: Timing(tuple(runs)) for name, runs in seconds.items()}
