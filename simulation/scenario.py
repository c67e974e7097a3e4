"""Scenarios: what happens to an account from outside, read from a file or made by `--leaves` and a click.

An event acts at the start of its month; months are 1 … T, month 0 is the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, get_args

from graph.account import Account
from graph.errors import InputError
from graph.wording import count
from simulation.naming import Surroundings
from simulation.reading import whole, wrong

DEFAULT_MONTHS = 60
DEFAULT_LEAVING_MONTH = 6
LONGEST = 600


@dataclass(frozen=True, slots=True)
class Leaves:
    """The seat that a person holds at the start becomes vacant, whoever holds it by then."""

    event: ClassVar[str] = "leaves"
    month: int
    subject: str


@dataclass(frozen=True, slots=True)
class Joins:
    """A seat is added at the account, or at one of its partners."""

    event: ClassVar[str] = "joins"
    month: int
    subject: str
    function: str | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Reorganises:
    """Each seat of a function, at the account or a partner, loses its holder with chance `share`."""

    event: ClassVar[str] = "reorganises"
    month: int
    subject: str
    function: str
    share: float


@dataclass(frozen=True, slots=True)
class RivalLaunch:
    """A brand that is not ours is launched at a distributor; the older it grows, the less it tempts."""

    event: ClassVar[str] = "rival_launch"
    month: int
    subject: str
    brand: str


@dataclass(frozen=True, slots=True)
class Takeover:
    """A brand takes over a distributor: its trust in us is gone, and our ties there keep a share."""

    event: ClassVar[str] = "takeover"
    month: int
    subject: str
    by: str


@dataclass(frozen=True, slots=True)
class AnnounceDirect:
    """We say that we will sell to these end customers directly, and distributors hear of it."""

    event: ClassVar[str] = "announce_direct"
    month: int
    subject: str
    end_customers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoDirect:
    """We offer to sell to these end customers directly, beside their distributors."""

    event: ClassVar[str] = "go_direct"
    month: int
    subject: str
    end_customers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PricePressure:
    """The price is lower by `percent` for some months, off revenue and profit alike."""

    event: ClassVar[str] = "price_pressure"
    month: int
    subject: str
    percent: float
    months: int


@dataclass(frozen=True, slots=True)
class NewKeyAccountManager:
    """Somebody of ours hands over: ties keep a share, the seat stays filled."""

    event: ClassVar[str] = "new_key_account_manager"
    month: int
    subject: str


@dataclass(frozen=True, slots=True)
class HoursCut:
    """The hours of some of ours, or of all, fall by `share` from then on."""

    event: ClassVar[str] = "hours_cut"
    month: int
    subject: str
    share: float
    people: tuple[str, ...] = ()


Event = (
    Leaves
    | Joins
    | Reorganises
    | RivalLaunch
    | Takeover
    | AnnounceDirect
    | GoDirect
    | PricePressure
    | NewKeyAccountManager
    | HoursCut
)
EVENTS = tuple(kind.event for kind in get_args(Event))
CHANNEL = (RivalLaunch, Takeover, AnnounceDirect, GoDirect)  # what happens to distributors alone


@dataclass(frozen=True)
class Scenario:
    """Events and parameters of a run.

    Attributes
    ----------
    months
        Horizon T; None where the file leaves it to the caller.
    events
        In the order of their months, within a month as written.
    parameters
        What the file sets, by name in the parameter table.
    description
        What it is for, in the words of the file.
    """

    name: str = "quiet years"
    months: int | None = None
    events: tuple[Event, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)
    description: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "events", tuple(sorted(self.events, key=lambda event: event.month)))

    @property
    def leaving(self) -> tuple[Leaves, ...]:
        """Who leaves by the scenario."""
        return tuple(event for event in self.events if isinstance(event, Leaves))

    def without_leaving(self) -> Scenario:
        """Return the same scenario in which nobody is made to leave."""
        kept = tuple(event for event in self.events if not isinstance(event, Leaves))
        return replace(self, name=f"{self.name}, nobody made to leave", events=kept)

    def without_events(self) -> Scenario:
        """Return the same scenario in quiet years: its parameters, and nothing that happens."""
        return replace(self, name=f"{self.name}, nothing happening", events=())

    def for_all(self, accounts: Sequence[str]) -> Scenario:
        """Return the scenario for a portfolio: pressure on the price is felt in every account."""
        events: list[Event] = []
        for event in self.events:
            if isinstance(event, PricePressure):
                events.extend(replace(event, subject=one) for one in accounts)
            else:
                events.append(event)
        return replace(self, events=tuple(events))

    def check_months(self, months: int) -> None:
        """Refuse events outside 1 … `months`, the horizon of a run.

        Raises
        ------
        InputError
            An event that would not happen within the run.
        """
        for event in self.events:
            month_within(event.month, months, event.event, None)


def leaving_scenario(
    account: Account,
    persons: Sequence[str],
    months: Sequence[int] = (),
    *,
    partners: Sequence[Account] = (),
    onto: Scenario | None = None,
) -> Scenario:
    """Return the scenario in which people leave: what `--leaves` and a click make.

    Parameters
    ----------
    persons
        Ids, unique names or selectors, of either side.
    months
        None (month 6), one for all, or as many as people, by position.
    partners
        Accounts in the same run, whose people may leave as well.
    onto
        A scenario to which the events are added.

    Raises
    ------
    InputError
        An unknown person, or months that do not fit the people.
    """
    if len(months) > 1 and len(months) != len(persons):
        raise InputError(
            f"--month is given {len(months)} times for "
            f"{count(len(persons), 'person who leaves', 'people who leave')}; give it once for all, or once "
            "for each."
        )
    when = list(months) or [DEFAULT_LEAVING_MONTH]
    if len(when) == 1:
        when *= len(persons)
    base = onto or Scenario()
    around = Surroundings(account, partners, base.parameters)
    people = [around.person(who, "leaves") for who in persons]
    events: list[Event] = [
        Leaves(month_within(month, LONGEST, "leaves", None), person.id)
        for person, month in zip(people, when, strict=True)
    ]
    check_leaving([*base.events, *events], None)
    names = " and ".join(person.name for person in people)
    leaving = f"{names} leave{'s' if len(events) == 1 else ''}"
    name = leaving if onto is None or not onto.events else f"{onto.name}, {leaving}"
    return replace(base, name=name, events=(*base.events, *events))


def check_leaving(events: Sequence[Event], file: str | None) -> None:
    """Refuse a seat that becomes vacant twice in a month, by whatever names its holder is called.

    In a later month it is whoever holds the seat by then.

    Raises
    ------
    InputError
        Somebody who leaves twice in one month.
    """
    seen: set[Leaves] = set()
    for number, event in enumerate(events, 1):
        if isinstance(event, Leaves) and event in seen:
            message = f"names who leaves in month {event.month} already; name each person once in a month"
            raise wrong(f"events[{number}].leaves" if file else "leaves", event.subject, message, file)
        if isinstance(event, Leaves):
            seen.add(event)


def month_within(value: object, months: int, place: str, file: str | None) -> int:
    """Return the month of an event, within 1 … `months`, or refuse it."""
    return whole(value, 1, months, f"{place}.month" if not place.endswith("month") else place, file)
