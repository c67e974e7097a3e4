"""The simulation as a `mesa.Model`: its step is the kernel's step, its agents are views of its arrays.

For whoever knows Mesa: `DataCollector`, `AgentSet` and agents by type work as always, and a run gives the
same bits as the kernel, because it is the kernel.

    model = Ecosystem(assembly, strategy=0, seed=1)
    for _ in range(60):
        model.step()
    model.datacollector.get_model_vars_dataframe()
    model.agents_by_type[Stakeholder].select(lambda person: person.present).agg("orientation", min)
    model.agents_by_type[Distributor].get("share_of_mind")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import mesa

from graph.errors import InputError
from graph.progress import Progress
from simulation.assembly import Assembly
from simulation.kernel import run_block
from simulation.outcomes import Arrays
from simulation.run import empty_arrays
from simulation.seating import Seat
from simulation.state import (
    ACCESSED,
    ALIVE,
    KNOWLEDGE,
    MARKUP,
    OPENNESS,
    OTHER,
    OURS,
    PRESENT,
    RIVAL,
    SHOCK,
    TENSION,
    TRUST,
    new_state,
)

OFFERS = ("none", "announced", "open")
DIRECT, RIVALS = "direct", "rival"  # what an end customer chooses where it is no distributor


class Organisation(mesa.Agent):  # type: ignore[misc]
    """An account, or a distributor beside it whose people we meet."""

    def __init__(self, model: Ecosystem, index: int, name: str) -> None:
        super().__init__(model)
        self.index = index
        self.id = name

    @property
    def is_account(self) -> bool:
        """Whether its loss, revenue and profit are simulated."""
        return bool(self.index < self.model.assembly.case.accounts)

    @property
    def access(self) -> float:
        """Access in [0, 1]."""
        return float(self.model.state.level[self.index, ACCESSED])

    @property
    def shock(self) -> float | None:
        """Q in [0, 1]; None for what is no account."""
        return float(self.model.state.level[self.index, SHOCK]) if self.is_account else None

    @property
    def survival(self) -> float | None:
        """Chance that the account is still there; None for what is no account."""
        return float(self.model.state.level[self.index, ALIVE]) if self.is_account else None

    @property
    def people(self) -> list[Stakeholder]:
        """Its seats."""
        seats = self.model.agents_by_type.get(Stakeholder, ())
        return [seat for seat in seats if seat.organisation == self.id]


class Stakeholder(mesa.Agent):  # type: ignore[misc]
    """A seat of theirs and its holder, as the state has them now."""

    def __init__(self, model: Ecosystem, index: int, seat: Seat, organisation: str) -> None:
        super().__init__(model)
        self.index = index
        self.seat = seat
        self.organisation = organisation

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


class Distributor(mesa.Agent):  # type: ignore[misc]
    """A distributor, as the state has it now; shares are in [0, 1]."""

    def __init__(self, model: Ecosystem, index: int, name: str) -> None:
        super().__init__(model)
        self.index = index
        self.id = name

    @property
    def effort(self) -> dict[str, float]:
        """Shares of its selling effort by brand; they add up to 1."""
        minds = self.model.state.minds[self.index]
        return {"ours": float(minds[OURS]), "rival": float(minds[RIVAL]), "other": float(minds[OTHER])}

    @property
    def share_of_mind(self) -> float:
        """Share of its selling effort that is for us."""
        return float(self.model.state.minds[self.index, OURS])

    @property
    def conflict(self) -> float:
        """Conflict about our direct business."""
        return self._feature(TENSION)

    @property
    def trust(self) -> float:
        """Trust in us."""
        return self._feature(TRUST)

    @property
    def transparency(self) -> float:
        """Share of its sales and pipeline data that it reports."""
        return self._feature(OPENNESS)

    @property
    def knowledge(self) -> float:
        """What its people know about our products."""
        return self._feature(KNOWLEDGE)

    @property
    def markup(self) -> float:
        """Mark-up on our brand; not a share, at least 0."""
        return self._feature(MARKUP)

    def _feature(self, v: int) -> float:
        return float(self.model.state.feature[self.index, v])


class EndCustomer(mesa.Agent):  # type: ignore[misc]
    """An end customer, as the state has it now."""

    def __init__(self, model: Ecosystem, index: int, name: str) -> None:
        super().__init__(model)
        self.index = index
        self.id = name

    @property
    def known(self) -> bool:
        """Whether we know it; False while only its distributor does."""
        return bool(self.model.state.known[self.index])

    @property
    def offer(self) -> str:
        """Our offer to sell directly: none, announced or open."""
        return OFFERS[self.model.state.offer[self.index]]

    @property
    def choices(self) -> tuple[str, ...]:
        """Last choice of each of its lots: `direct`, a distributor's id, or `rival`."""
        assembly = self.model.assembly
        names = (DIRECT, *assembly.business.distributors, RIVALS)
        pairs = zip(assembly.case.channel.customer, self.model.state.last, strict=True)
        return tuple(names[last] for customer, last in pairs if customer == self.index)


class Ecosystem(mesa.Model):  # type: ignore[misc]
    """One replicate of one strategy; `running` until the last month.

    Parameters
    ----------
    assembly
        The arrays of a run (`simulation.assembly.assemble`).
    strategy
        Position of the strategy there.
    seed, replicate
        Keys of the draws; the model's own generators are not used.
    collect
        Whether a `DataCollector` keeps the series of the first account, one row a month, the start first.
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
        self._show()
        self.datacollector = None
        if collect:
            reporters = {name: _reporter(v) for v, name in enumerate(assembly.series)}
            self.datacollector = mesa.DataCollector(model_reporters=reporters)
            self.datacollector.collect(self)

    @property
    def months(self) -> int:
        """Horizon T."""
        return self.assembly.pool.size - 1

    def step(self) -> None:
        """Carry the model through one month.

        Raises
        ------
        InputError
            The horizon is reached.
        """
        if self.month >= self.months:
            raise InputError(f"The run has {self.months} months; there is no month {self.month + 1}.")
        self._advance()
        if self.datacollector is not None:
            self.datacollector.collect(self)

    def _show(self) -> None:
        """Make an agent for everybody and everything that the state describes."""
        world, business = self.assembly.world, self.assembly.business
        for index, one in enumerate(world.organisations):
            Organisation(self, index, one.id)
        index = 0
        for seating in world.seatings:
            for seat in seating.seats:
                Stakeholder(self, index, seat, seating.account.id)
                index += 1
        for index, person in enumerate(world.ours):
            Colleague(self, index, person.id)
        for index, name in enumerate(business.distributors):
            Distributor(self, index, name)
        for index, name in enumerate(business.customers):
            EndCustomer(self, index, name)

    def _advance(self) -> None:
        self.month += 1
        self.running = self.month < self.months
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
