"""Forms of an action: a touchpoint kind with one of theirs, or one that several of theirs come to.

A form is called like its kind; for several it carries their number, `review*4`. One of ours spends the hours
and the money of an action once, whoever comes; each of theirs is reached by quality x hours / sqrt(number).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

from graph.policy import TouchpointKind

# Our person, those of theirs who are there, and the kind; people by their positions.
Meeting = tuple[int, tuple[int, ...], str]
Placed = tuple[Meeting, int]  # with its month, from 1

MARK = "*"


@dataclass(frozen=True, slots=True)
class Form:
    """One form of an action.

    Attributes
    ----------
    size
        How many of theirs are there.
    length, price
        Hours and cost of the whole action.
    effort
        Effective hours with each of theirs.
    """

    kind: str
    size: int
    length: float
    price: float
    effort: float

    @property
    def hours(self) -> float:
        """Hours for each of theirs."""
        return self.length / self.size

    @property
    def cost(self) -> float:
        """Cost for each of theirs."""
        return self.price / self.size


def form_name(kind: str, size: int) -> str:
    """Return what a kind with so many of theirs is called."""
    return kind if size == 1 else f"{kind}{MARK}{size}"


@lru_cache(maxsize=256)
def parts_of(name: str) -> tuple[str, int]:
    """Return kind and number of theirs of a form's name."""
    kind, mark, size = name.rpartition(MARK)
    return (kind, int(size)) if mark and size.isdigit() else (name, 1)


def effort_of(kind: TouchpointKind, size: int) -> float:
    """Return the effective hours of one action with each of so many of theirs."""
    return kind.quality * kind.hours / sqrt(size)


def forms_of(kind: TouchpointKind) -> Iterator[tuple[str, Form]]:
    """Yield the forms that are planned: with one, and with 2, 4, 8 … up to as many as the kind can reach."""
    sizes = [1]
    while sizes[-1] < kind.theirs:
        sizes.append(min(2 * sizes[-1], kind.theirs))
    for size in sizes:
        form = Form(kind.kind, size, kind.hours, kind.cost, effort_of(kind, size))
        yield form_name(kind.kind, size), form
