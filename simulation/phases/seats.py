"""Which seats and which influence lines a loop of a phase runs over.

The bounds are unsigned: an index that may be negative makes the compiler look at every access whether it
counts from the end, which costs a tenth of the whole month.
"""

from __future__ import annotations

import numpy as np

from simulation.compiling import (
    part,
)
from simulation.state import (
    Case,
)


@part
def seats_of(case: Case, g: int) -> range:
    """Return the seats of an organisation."""
    return range(np.uint64(case.seat_start[g]), np.uint64(case.seat_start[g + 1]))


@part
def lines_to(case: Case, i: int) -> range:
    """Return the influence lines to a seat."""
    return range(
        np.uint64(case.line_start[np.uint64(i)]), np.uint64(case.line_start[np.uint64(i) + np.uint64(1)])
    )
