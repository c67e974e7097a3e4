"""One account as plain data, as of a day: what measures, removal, gaps, plan, simulation and map take.

Everything is frozen and sorted by id, so that no result depends on the order of the input. The store
builds an `Account` in one or two queries; tests build one by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from graph.policy import ORIENTATION_VALUE, Policy, load_policy

Side = Literal["ours", "theirs"]


@dataclass(frozen=True, slots=True)
class Person:
    """One person in post, or a seat whose holder is unknown (`placeholder`).

    `role`, `influence`, `orientation` and `proximity` are None where nobody has said so; the measures
    then use the policy's defaults and say that they did.

    Attributes
    ----------
    function
        Kind as in the policy table, or its own name; None if unknown.
    level
        1 (board) … 5 (staff).
    influence
        On outcomes, in [0, 1].
    proximity
        How close we are, 0 … 5.
    time_capacity
        Hours a month, for one of ours.
    verified_on, expires_on, confidence, evidence
        Of the newest assessment.
    """

    id: str
    name: str
    organisation: str
    function: str | None = None
    title: str | None = None
    level: int | None = None
    role: str | None = None
    influence: float | None = None
    orientation: str | None = None
    proximity: float | None = None
    placeholder: bool = False
    time_capacity: float | None = None
    verified_on: date | None = None
    expires_on: date | None = None
    confidence: float | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """The working relation between one of ours and one of theirs, as of the account's day.

    Attributes
    ----------
    strength
        In [0, 1].
    desired
        The strength aimed at, 0 … 5; None if nobody said.
    last_on
        Day of the last contact known.
    assumed
        True where the strength is the policy's default for a tie that says nothing else.
    """

    ours: str
    stakeholder: str
    strength: float
    desired: float | None = None
    last_on: date | None = None
    touchpoints: int = 0
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class ReportingLine:
    """Who reports to whom."""

    person: str
    manager: str


@dataclass(frozen=True, slots=True)
class InfluenceLine:
    """Who influences whom inside one side: `sign` +1 support, -1 conflict."""

    source: str
    target: str
    weight: float = 1.0
    sign: int = 1


@dataclass(frozen=True, slots=True)
class Partner:
    """A distributor, end customer or supplier beside the account.

    Attributes
    ----------
    known
        Of an end customer: False where only the distributor knows it, that is, where we neither sell to it
        directly nor know anybody there.
    """

    id: str
    name: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class Sale:
    """Who sells how much to which end customer; direct where the seller is a supplier."""

    seller: str
    end_customer: str
    direct: bool
    volume: float | None = None
    brand: str | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """A brand that a distributor sells.

    Attributes
    ----------
    ours
        Whether one of the account's suppliers owns it.
    share_of_mind
        Share of the distributor's selling effort, in [0, 1].
    margin
        Of the distributor, as a share of the price.
    launched_on
        Day of the brand's launch.
    """

    distributor: str
    brand: str
    name: str
    ours: bool
    share_of_mind: float | None = None
    margin: float | None = None
    launched_on: date | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How we sell through a distributor.

    Attributes
    ----------
    transparency
        Share of its sales and pipeline data that it reports, in [0, 1].
    """

    distributor: str
    transparency: float | None = None
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """The indirect business around the account; empty tuples where there is none."""

    distributors: tuple[Partner, ...] = ()
    end_customers: tuple[Partner, ...] = ()
    sales: tuple[Sale, ...] = ()
    carried: tuple[Carried, ...] = ()
    agreements: tuple[Agreement, ...] = ()


@dataclass(frozen=True)
class Account:
    """An account with both sides, their ties and lines, as of a day.

    Attributes
    ----------
    kinds
        Of key_account, distributor, end_customer.
    ours, theirs
        People in post on that day (`theirs` with placeholders), sorted by id.
    ties
        Every tie between two of them, weak ones included, sorted by (ours, stakeholder).
    reports_to, influences
        Lines inside a side, both ends in post, sorted.
    revenue
        Currency per year; None without a `supplies` row.
    margin
        Share of the revenue.
    share_of_time
        By person of ours: share of their time for this account, where the team says so.
    team
        Ids of those of ours who are in its account team, in order.
    accounts_of
        By person of ours: number of accounts where they have ties.
    newest_contact
        Day of the newest touchpoint (or stated last contact) with the account.
    country, region
        Where it is, for roll-ups.
    industry
        As the organisation's row says.
    category_volume
        Units a year that it buys in our category from anybody.
    """

    id: str
    name: str
    as_of: date
    kinds: tuple[str, ...] = ("key_account",)
    suppliers: tuple[Partner, ...] = ()
    ours: tuple[Person, ...] = ()
    theirs: tuple[Person, ...] = ()
    ties: tuple[Tie, ...] = ()
    reports_to: tuple[ReportingLine, ...] = ()
    influences: tuple[InfluenceLine, ...] = ()
    revenue: float | None = None
    margin: float | None = None
    share_of_time: dict[str, float] = field(default_factory=dict)
    team: tuple[str, ...] = ()
    accounts_of: dict[str, int] = field(default_factory=dict)
    newest_contact: date | None = None
    country: str | None = None
    region: str | None = None
    industry: str | None = None
    category_volume: float | None = None
    channel: Channel = Channel()
    policy: Policy = field(default_factory=load_policy, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, key in (
            ("ours", lambda p: p.id),
            ("theirs", lambda p: p.id),
            ("ties", lambda t: (t.ours, t.stakeholder)),
            ("reports_to", lambda r: (r.person, r.manager)),
            ("influences", lambda i: (i.source, i.target, i.weight, i.sign)),
        ):
            object.__setattr__(self, name, tuple(sorted(getattr(self, name), key=key)))

    @cached_property
    def our_index(self) -> dict[str, int]:
        """Position of each of ours in `ours` and in the rows of `strength`."""
        return {person.id: index for index, person in enumerate(self.ours)}

    @cached_property
    def their_index(self) -> dict[str, int]:
        """Position of each of theirs in `theirs` and in the columns of `strength`."""
        return {person.id: index for index, person in enumerate(self.theirs)}

    @cached_property
    def people(self) -> dict[str, Person]:
        """Everybody of both sides by id."""
        return {person.id: person for person in (*self.ours, *self.theirs)}

    @cached_property
    def strength(self) -> NDArray[np.float64]:
        """Tie strengths, shape (ours, theirs), in [0, 1]; 0 without a tie."""
        matrix = np.zeros((len(self.ours), len(self.theirs)))
        for tie in self.ties:
            matrix[self.our_index[tie.ours], self.their_index[tie.stakeholder]] = tie.strength
        return matrix

    @cached_property
    def influence(self) -> NDArray[np.float64]:
        """Influence of each stakeholder, shape (theirs,), the policy's default where unknown."""
        return np.array(
            [
                person.influence
                if person.influence is not None
                else self.policy.influence(person.role, person.level)
                for person in self.theirs
            ],
            dtype=float,
        )

    @cached_property
    def orientation(self) -> NDArray[np.float64]:
        """Orientation of each stakeholder as a number in [-1, 1], shape (theirs,), 0 where unknown."""
        return np.array([ORIENTATION_VALUE[person.orientation or "unknown"] for person in self.theirs])

    @cached_property
    def against(self) -> NDArray[np.bool_]:
        """Who is against, shape (theirs,)."""
        return self.orientation < self.policy.limits["opponent_below"]

    @cached_property
    def placeholder(self) -> NDArray[np.bool_]:
        """Which seats have an unknown holder, shape (theirs,)."""
        return np.array([person.placeholder for person in self.theirs], dtype=bool)

    @cached_property
    def target(self) -> NDArray[np.float64]:
        """Coverage that each stakeholder should have, shape (theirs,)."""
        return np.array(
            [
                self.policy.target(person.role, influence)
                for person, influence in zip(self.theirs, self.influence, strict=True)
            ],
            dtype=float,
        )

    @cached_property
    def hours(self) -> NDArray[np.float64]:
        """Hours a month that each of ours has for this account, shape (ours,).

        Capacity x share of the team; without a share, capacity / accounts with ties; without a capacity,
        the policy's default.
        """
        hours = np.empty(len(self.ours))
        for index, person in enumerate(self.ours):
            if person.time_capacity is None:
                hours[index] = self.policy.limits["hours_default"]
            elif person.id in self.share_of_time:
                hours[index] = person.time_capacity * self.share_of_time[person.id]
            else:
                hours[index] = person.time_capacity / max(1, self.accounts_of.get(person.id, 1))
        return hours

    def row(self, person: Person) -> str:
        """Return the function row of a person."""
        return self.policy.row_of(person.function)

    def assumed(self, person: Person) -> tuple[str, ...]:
        """Return which of influence, role and orientation the measures assume for a stakeholder."""
        return tuple(
            name
            for name, unknown in (
                ("influence", person.influence is None),
                ("role", person.role is None),
                ("orientation", person.orientation in (None, "unknown")),
            )
            if unknown
        )
