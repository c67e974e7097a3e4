"""The accounts of the validation, and what happens at them month by month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.account import Account, Person, Tie
from simulation import Scenario
from simulation.assembly import assemble
from simulation.state import State
from simulation.strategies import SHIPPED, Strategy
from tests.stepping import months_of

DAY = date(2026, 1, 31)
SCENARIOS = Path(__file__).parents[2] / "fixtures" / "scenarios"
STILL = {"turnover_theirs": 0, "turnover_ours": 0}
IDLE = SHIPPED["do_nothing"]


def plain_account(theirs: int = 1, strength: float = 0.5, **values: Any) -> Account:
    """Return one of ours with 8 hours a month, tied to neutral contacts."""
    people = tuple(Person(f"t{i:02}", f"T{i}", "acme", level=3) for i in range(theirs))
    return Account(
        **{
            "id": "acme",
            "name": "Acme",
            "as_of": DAY,
            "ours": (Person("kam", "Kai", "us", function="commercial", level=3, time_capacity=8.0),),
            "theirs": people,
            "ties": tuple(Tie("kam", person.id, strength) for person in people if strength > 0.0),
            **values,
        }
    )


def reference_account(hours: float = 80.0) -> Account:
    """Return twelve stakeholders, four of whom decide; we know the buyer only.

    What the shock is calibrated on.
    """
    rows = ("purchasing", "executive", "technical", "marketing", "supply_chain", "finance", "operations")
    functions = [rows[i % len(rows)] for i in range(12)]
    deciding = {0: 0.75, 1: 0.9, 4: 0.85, 8: 0.85}
    roles = ("evaluator", "user", "influencer", "user")
    theirs = tuple(
        Person(
            f"t{i:02}",
            f"T{i}",
            "acme",
            function=functions[i],
            level=1 if i == 1 else 2 + i % 4,
            role="decision_maker" if i in deciding else roles[i % 4],
            influence=deciding.get(i, 0.8 - 0.05 * (i % 8)),
            orientation="ally" if i == 0 else None,
        )
        for i in range(12)
    )
    ours = tuple(
        Person(f"o{i}", f"O{i}", "us", function=function, level=level, time_capacity=hours / 7)
        for i, (function, level) in enumerate(
            [
                ("commercial", 3),
                ("executive", 1),
                ("technical", 3),
                ("marketing", 3),
                ("supply_chain", 3),
                ("finance", 3),
                ("operations", 4),
            ]
        )
    )
    return Account(
        "acme",
        "Acme",
        DAY,
        ours=ours,
        theirs=theirs,
        ties=(Tie("o0", "t00", 0.5),),
        revenue=1_200_000.0,
        margin=0.25,
    )


def history(
    account: Account | Sequence[Account],
    scenario: Scenario,
    strategy: Strategy,
    months: int,
    seed: int = 1,
    replicates: int = 1,
) -> Iterator[tuple[int, int, State]]:
    """Yield (replicate, month, state) of a strategy at an account."""
    yield from months_of(assemble(account, scenario, [strategy], months), months, seed, replicates)


def strengths(account: Account, scenario: Scenario, strategy: Strategy, months: int) -> list[float]:
    """Return the strength of the first tie by month."""
    return [float(state.strength[0, 0]) for _, _, state in history(account, scenario, strategy, months)]


def presence(
    account: Account, scenario: Scenario, months: int, seed: int, replicates: int, *, ours: bool = False
) -> NDArray[np.int8]:
    """Return who is there, shape (replicates, T + 1, people), while nobody is met."""
    seen = [
        (state.present_ours if ours else state.present).copy()
        for _, _, state in history(account, scenario, IDLE, months, seed, replicates)
    ]
    return np.array(seen).reshape(replicates, months + 1, -1)
