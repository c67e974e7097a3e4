"""People who changed employer: known at one account, now at another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """One of ours who knows somebody, and how well."""

    person: str
    name: str
    strength: float


@dataclass(frozen=True, slots=True)
class Mover:
    """Somebody who left one organisation for another: a way in, where somebody of ours knows them.

    Attributes
    ----------
    organisation
        The other one: where an alumnus is now, or where a newcomer was before.
    on
        Day of the change; None where nobody noted it.
    known_by
        Ours with a tie to them, the strongest first.
    colleagues
        People still in post where they left who worked there at the same time.
    """

    person: str
    name: str
    title: str | None
    organisation: str
    organisation_name: str
    on: date | None
    known_by: tuple[Acquaintance, ...]
    colleagues: int


@dataclass(frozen=True, slots=True)
class Movers:
    """An account's alumni, who are elsewhere now, and its newcomers, who were elsewhere before."""

    alumni: tuple[Mover, ...] = ()
    newcomers: tuple[Mover, ...] = ()


def in_post(since: date | None, until: date | None, day: date) -> bool:
    """Tell whether a post covers a day; the last day is not part of it."""
    return (since is None or since <= day) and (until is None or until > day)


def overlaps(
    since: date | None, until: date | None, other_since: date | None, other_until: date | None
) -> bool:
    """Tell whether two posts have a day in common."""
    starts: Iterable[date] = (since or date.min, other_since or date.min)
    ends: Iterable[date] = (until or date.max, other_until or date.max)
    return max(starts) < min(ends)
