"""Ecosystems and random parameters in which the sign patterns of the channel literature are looked for.

A draw is a distributor with end customers and a value of every parameter of the table that is uncertain,
each from its own plausible range. In every second one the distributor's share of mind is known, so that it
starts in a steady state; in the others it starts where the parameter says and moves to what draws it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from graph.account import Account, Carried, Channel, Partner, Person, Sale, Tie
from simulation import simulate
from simulation.parameters import parameter_table
from simulation.results import Simulation
from simulation.scenario import AnnounceDirect, Event, GoDirect, Scenario
from simulation.strategies import SHIPPED, Strategy

DISTRIBUTOR = "dist"
MONTHS = 48
SETTLED = 24  # the last months, after the way there
BASE = replace(SHIPPED["diamond"], name="base")

Values = Mapping[str, float]
Region = Callable[[Values], bool]


def uncertain() -> dict[str, tuple[float, float]]:
    """Return the plausible range of every parameter that has one; here all purchases are recorded."""
    ranges = {}
    for name, row in parameter_table().items():
        if name != "unrecorded" and row.distribution.startswith("uniform("):
            low, high = row.distribution.removeprefix("uniform(").removesuffix(")").split(",")
            ranges[name] = (float(low), float(high))
    return ranges


@dataclass(frozen=True)
class Draw:
    """One ecosystem with its parameters.

    Attributes
    ----------
    values
        Of every uncertain parameter, and `mind`: the share of mind known, 0 where it is not.
    """

    number: int
    values: Values

    @property
    def parameters(self) -> dict[str, float]:
        """What the scenario sets; what the store knows stays.

        The literature's end customers choose by price, acceptance and effort alone: no constant of their own.
        """
        known = self.values["mind"] > 0.0
        return {
            name: value
            for name, value in self.values.items()
            if name != "mind" and not (known and name == "share_of_mind_start")
        } | {"standing": 0.0, "unrecorded": 0.0}

    @property
    def account(self) -> Account:
        """The distributor's account."""
        return distributor(self.number, mind=self.values["mind"] or None)


def draws(seed: int, count: int, inside: Region = lambda values: True) -> list[Draw]:
    """Return the first draws that lie in a region, by rejection."""
    rng = np.random.default_rng(seed)
    ranges = uncertain()
    low, high = np.array(list(ranges.values())).T
    found: list[Draw] = []
    number = 0
    while len(found) < count:
        number += 1
        values = dict(zip(ranges, (low + (high - low) * rng.random(len(low))).tolist(), strict=True))
        mind = 0.1 + 0.5 * float(rng.random())
        values["mind"] = mind if number % 2 else 0.0
        if inside(values):
            found.append(Draw(number, values))
    return found


def distributor(
    seed: int,
    *,
    customers: int = 24,
    mind: float | None = None,
    known: float = 1.0,
    rival: bool = False,
    revenue: float | None = 1_000_000.0,
) -> Account:
    """Return a distributor's account; every second of its end customers buys our brand, all from it.

    Parameters
    ----------
    mind
        Its share of mind, None where nobody has said.
    known
        Share of the end customers whom we know.
    rival
        Whether a rival's brand was launched on the account's day.
    """
    rng = np.random.default_rng(seed)
    functions = ("purchasing", "executive", "technical", "marketing")
    ours = tuple(
        Person(f"o{i}", f"O {i}", "us", function=function, level=level, time_capacity=hours)
        for i, (function, level, hours) in enumerate(
            zip(
                ("commercial", "executive", "technical", "marketing"),
                (3, 1, 4, 3),
                (16.0, 2.0, 8.0, 6.0),
                strict=True,
            )
        )
    )
    theirs = tuple(
        Person(
            f"t{i}",
            f"T {i}",
            DISTRIBUTOR,
            function=function,
            level=level,
            role=role,
            influence=float(rng.uniform(0.3, 1.0)),
            orientation=str(rng.choice(["ally", "neutral", "neutral", "against"])),
        )
        for i, (function, level, role) in enumerate(
            zip(
                functions,
                (3, 1, 4, 4),
                ("decision_maker", "decision_maker", "evaluator", "user"),
                strict=True,
            )
        )
    )
    ties = tuple(Tie(f"o{i}", f"t{i}", float(rng.uniform(0.0, 0.8))) for i in range(3))
    volumes = rng.lognormal(0.0, 0.7, customers)
    today = date(2026, 1, 31)
    return Account(
        id=DISTRIBUTOR,
        name="Distributor",
        as_of=today,
        kinds=("distributor",),
        ours=ours,
        theirs=theirs,
        ties=ties,
        revenue=revenue,
        channel=Channel(
            distributors=(Partner(DISTRIBUTOR, "Distributor"),),
            end_customers=tuple(
                Partner(f"c{i:02d}", f"C {i}", known=(i + 0.5) / customers < known) for i in range(customers)
            ),
            sales=tuple(
                Sale(DISTRIBUTOR, f"c{i:02d}", False, float(volume), "Ours" if i % 2 == 0 else "Theirs")
                for i, volume in enumerate(volumes)
            ),
            carried=(
                Carried(DISTRIBUTOR, "Ours", "Ours", True, share_of_mind=mind),
                Carried(DISTRIBUTOR, "Theirs", "Theirs", False, launched_on=today if rival else None),
            ),
        ),
    )


def everybody(account: Account) -> tuple[str, ...]:
    """Return the end customers by id."""
    return tuple(one.id for one in account.channel.end_customers)


def announced(account: Account) -> tuple[Event, ...]:
    """Direct sales to all end customers are announced and never opened."""
    return (AnnounceDirect(1, account.id, everybody(account)),)


def opened(account: Account, share: float = 1.0) -> tuple[Event, ...]:
    """Direct sales are opened to a share of the end customers, the largest first."""
    size = {sale.end_customer: sale.volume or 0.0 for sale in account.channel.sales}
    largest = sorted(everybody(account), key=lambda one: -size[one])
    return (GoDirect(1, account.id, tuple(sorted(largest[: round(share * len(largest))]))),)


def run(
    draw: Draw,
    strategies: Sequence[Strategy] = (BASE,),
    events: Sequence[Event] = (),
    *,
    replicates: int,
    months: int = MONTHS,
    account: Account | None = None,
) -> Simulation:
    """Run strategies in a draw's ecosystem with the draw's parameters."""
    return simulate(
        account or draw.account,
        Scenario(events=tuple(events), parameters=draw.parameters),
        strategies,
        replicates=replicates,
        months=months,
        threads=1,
    )


def settled(run_: Simulation, series: str) -> NDArray[np.float64]:
    """Return the mean of a series over the last months, shape (strategies, replicates)."""
    found: NDArray[np.float64] = run_.series(series)[..., -SETTLED:].mean(axis=-1)
    return found
