"""The simulation as a `mesa.Model`: its step is the kernel's step, its agents are views of its arrays.

For whoever knows Mesa: `DataCollector`, `AgentSet` and agents by type work as always, and a run gives the
same bits as the kernel, because it is the kernel.

    model = Ecosystem(assembly, strategy=0, seed=1)
    for _ in range(60):
        model.step()
    model.datacollector.get_model_vars_dataframe()
    model.agents_by_type[Stakeholder].select(lambda person: person.present).agg("orientation", min)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import mesa

from simulation.assembly import Assembly
from simulation.kernel import run_block
from simulation.outcomes import Arrays
from simulation.run import Progress, empty_arrays
from simulation.seating import Seat
from simulation.state import PRESENT, new_state


class Stakeholder(mesa.Agent):  # type: ignore[misc]
    """A seat of theirs and its holder, as the state has them now."""

    def __init__(self, model: Ecosystem, index: int, seat: Seat) -> None:
        super().__init__(model)
        self.index = index
        self.seat = seat

    @property
    def present(self) -> bool:
        """Whether somebody holds the seat."""
        return bool(self.model.state.present[self.index] == PRESENT)

    @property
    def orientation(self) -> float:
        """Orientation of the holder in [-1, 1]; of the last one where the seat is vacant."""
        return float(self.model.state.orientation[self.index])

    @property
    def coverage(self) -> float:
        """Coverage in [0, 1]."""
        return float(self.model.state.coverage[self.index])

    @property
    def ties(self) -> dict[str, float]:
        """Strength of each living tie by the id of our person."""
        ours = self.model.assembly.world.ours
        owners = self.model.assembly.case.owner[self.index]
        strengths = self.model.state.strength[self.index]
        return {ours[j].id: float(s) for j, s in zip(owners, strengths, strict=True) if s > 0.0}


class Colleague(mesa.Agent):  # type: ignore[misc]
    """One of ours, as the state has them now."""

    def __init__(self, model: Ecosystem, index: int, person: str) -> None:
        super().__init__(model)
        self.index = index
        self.person = person

    @property
    def present(self) -> bool:
        """Whether the seat is filled."""
        return bool(self.model.state.present_ours[self.index] == PRESENT)


class Ecosystem(mesa.Model):  # type: ignore[misc]
    """One replicate of one strategy.

    Parameters
    ----------
    assembly
        The arrays of a run (`simulation.assembly.assemble`).
    strategy
        Position of the strategy there.
    seed, replicate
        Keys of the draws; the model's own generators are not used.
    collect
        Whether a `DataCollector` keeps the series, one row a month, the start first.
    """

    def __init__(
        self,
        assembly: Assembly,
        strategy: int = 0,
        seed: int = 1,
        replicate: int = 0,
        *,
        collect: bool = True,
    ) -> None:
        super().__init__(seed=0)
        self.assembly = assembly
        self.levers = assembly.levers[strategy]
        self.draw_seed = seed
        self.replicate = replicate
        self.state = new_state(assembly.case)
        self.arrays = empty_arrays(replace(assembly, levers=(self.levers,)), 1, assembly.pool.size - 1)
        self.month = -1
        self._advance()
        for index, seat in enumerate(assembly.world.seats):
            Stakeholder(self, index, seat)
        for index, person in enumerate(assembly.world.ours):
            Colleague(self, index, person.id)
        self.datacollector = None
        if collect:
            reporters = {name: _reporter(v) for v, name in enumerate(assembly.series)}
            self.datacollector = mesa.DataCollector(model_reporters=reporters)
            self.datacollector.collect(self)

    def step(self) -> None:
        """Carry the model through one month."""
        self._advance()
        if self.datacollector is not None:
            self.datacollector.collect(self)

    def _advance(self) -> None:
        self.month += 1
        run_block(
            self.assembly.case,
            self.assembly.rates,
            self.assembly.channel_rates,
            self.levers,
            self.state,
            self.draw_seed,
            self.replicate,
            1,
            self.month,
            self.month,
            True,
            *self.arrays,
            0,
            self.replicate,
        )


def _reporter(v: int) -> Callable[[Ecosystem], float]:
    return lambda model: float(model.state.now[0, v])


def run_models(
    assembly: Assembly, seed: int, first: int, arrays: Arrays, progress: Progress | None = None
) -> None:
    """Fill the arrays of a run by Mesa models, one replicate after the other."""
    strategies, replicates = arrays.drawn.shape[2:]
    months = arrays.series.shape[4] - 1
    for strategy in range(strategies):
        for row in range(replicates):
            model = Ecosystem(assembly, strategy, seed, first + row, collect=False)
            for _ in range(months):
                model.step()
            arrays.series[:, :, strategy, row] = model.arrays.series[:, :, 0, 0]
            arrays.drawn[:, :, strategy, row] = model.arrays.drawn[:, :, 0, 0]
            arrays.missed[strategy, row] = model.arrays.missed[0, 0]
            mesa.Agent._ids.clear()  # Mesa counts agents by model there, and so keeps every model alive
        if progress is not None:
            progress("simulating", (strategy + 1) * replicates, strategies * replicates)
