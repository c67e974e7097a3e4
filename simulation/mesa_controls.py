"""What the Mesa page plays: the accounts it has, and the model as its controls set it.

Apart from the page itself (`mesa_app.py`), so that it needs no more than Mesa.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import mesa

from graph.account import Account
from simulation.assembly import Assembly, assemble
from simulation.mesa_model import Ecosystem
from simulation.scenario import DEFAULT_LEAVING_MONTH, DEFAULT_MONTHS, Leaves, Scenario
from simulation.strategies import names_for, strategies_for

NOBODY = "nobody"
LONGEST = 120  # months that the page plays
SEEDS = 100


@dataclass(frozen=True)
class Choice:
    """An account on the page, and the distributors that sell to it where it is an end customer."""

    account: Account
    partners: tuple[Account, ...] = ()

    @property
    def people(self) -> dict[str, str]:
        """Everybody who may leave: id by what the page calls them."""
        found = {
            person.id: person.name for one in (self.account, *self.partners) for person in one.people.values()
        }
        return {f"{name} ({one})": one for one, name in sorted(found.items(), key=lambda item: item[::-1])}

    @property
    def strategies(self) -> list[str]:
        """Strategies that need no plan."""
        return [name for name in names_for(self.account) if name != "plan"]


_offered: dict[str, Choice] = {}


def offered() -> list[str]:
    """Return what the page calls its accounts, in order."""
    return sorted(_offered)


def offer(choices: Mapping[str, Choice]) -> None:
    """Say which accounts the page has, by what it calls them."""
    _offered.clear()
    _offered.update(choices)


def first_played(account: str) -> Played:
    """Return the model that the page shows first."""
    return Played(account, _offered[account].strategies[0])


class Played(Ecosystem):
    """The model as the page's controls set it; they are keywords because `SolaraViz` wants them so."""

    def __init__(
        self,
        account: str,
        strategy: str = "do_nothing",
        leaves: str = NOBODY,
        leaving_month: int = DEFAULT_LEAVING_MONTH,
        months: int = DEFAULT_MONTHS,
        seed: int = 1,
    ) -> None:
        super().__init__(_assembled(_offered[account], strategy, leaves, leaving_month, months), seed=seed)
        mesa.Agent._ids.pop(self, None)  # Mesa keeps every model alive there


def _assembled(choice: Choice, strategy: str, leaves: str, leaving_month: int, months: int) -> Assembly:
    who = choice.people.get(leaves)
    events = () if who is None or leaving_month > months else (Leaves(leaving_month, who),)
    return assemble(
        choice.account,
        Scenario("as the page has it", months, events),
        strategies_for(choice.account, names=[strategy]),
        months,
        partners=choice.partners,
    )


def controls(account: str) -> dict[str, Any]:
    """Return what the page can set, in the words of `SolaraViz`."""
    choice = _offered[account]
    return {
        "account": account,
        "strategy": _select("Strategy", choice.strategies, choice.strategies[0]),
        "leaves": _select("Who leaves", [NOBODY, *choice.people], NOBODY),
        "leaving_month": _slider("in month", DEFAULT_LEAVING_MONTH, 1, LONGEST),
        "months": _slider("Months", DEFAULT_MONTHS, 1, LONGEST),
        "seed": _slider("Seed", 1, 0, SEEDS),
    }


def _select(label: str, values: list[str], value: str) -> dict[str, Any]:
    return {"type": "Select", "label": label, "value": value, "values": values}


def _slider(label: str, value: int, low: int, high: int) -> dict[str, Any]:
    return {"type": "SliderInt", "label": label, "value": value, "min": low, "max": high, "step": 1}
