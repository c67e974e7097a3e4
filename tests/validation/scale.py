"""How many replicates a test takes: fewer where the kernel is plain Python, about a hundred times slower.

Tolerances are in standard errors or p-values of the draws that were made, so they stay true.
"""

from __future__ import annotations

import os

COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") != "1"
SLOWER = 100
FEWEST = 4

UNLIKELY = 0.001  # p-value below which a fit is refused
ERRORS = 3.0  # standard errors beyond which a mean is refused


def replicates(wanted: int, fewest: int = FEWEST) -> int:
    """Return the number of replicates to run: all of them compiled, else a hundredth, `fewest` at least."""
    return wanted if COMPILED else max(min(fewest, wanted), wanted // SLOWER)
