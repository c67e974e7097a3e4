"""A run of the compiled model month by month, to look at every state."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.assembly import Assembly
from simulation.run import empty_arrays
from simulation.state import State, new_state


def months_of(
    assembly: Assembly, months: int, seed: int = 1, replicates: int = 1, strategy: int = 0
) -> Iterator[tuple[int, int, State]]:
    """Yield (replicate, month, state) of one strategy; the state is written over by the next month."""
    from simulation.kernel import run_block

    state = new_state(assembly.case)
    arrays = empty_arrays(assembly, replicates, months)
    for r in range(replicates):
        for month in range(months + 1):
            run_block(
                assembly.case,
                assembly.rates,
                assembly.channel_rates,
                assembly.levers[strategy],
                state,
                seed,
                r,
                1,
                month,
                month,
                True,
                arrays.series,
                arrays.drawn,
                arrays.missed,
                strategy,
                0,
            )
            yield r, month, state
