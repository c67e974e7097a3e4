"""Scenarios: what happens to an account from outside, as a YAML or JSON file or made by `--leaves`.

An event acts at the start of its month; months are 1 … T, month 0 is the start. Everything wrong in a file
is said with field, value and what would be right, before anything runs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar

from graph.account import Account, Person
from graph.errors import AmbiguousName, Candidate, Fault, InputError, UnknownName
from graph.policy import fold
from simulation.parameters import resolve_parameters

DEFAULT_MONTHS = 60
DEFAULT_LEAVING_MONTH = 6
LONGEST = 600
CHANNEL_EVENTS = ("rival_launch", "takeover", "announce_direct", "go_direct")


@dataclass(frozen=True, slots=True)
class Leaves:
    """The seat that a person holds at the start becomes vacant, whoever holds it by then."""

    event: ClassVar[str] = "leaves"
    month: int
    subject: str


@dataclass(frozen=True, slots=True)
class Joins:
    """A seat is added at the account."""

    event: ClassVar[str] = "joins"
    month: int
    subject: str
    function: str | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Reorganises:
    """Each seat of a function loses its holder with chance `share`."""

    event: ClassVar[str] = "reorganises"
    month: int
    subject: str
    function: str
    share: float


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


Event = Leaves | Joins | Reorganises | PricePressure | NewKeyAccountManager | HoursCut
EVENTS = ("leaves", "joins", "reorganises", "price_pressure", "new_key_account_manager", "hours_cut")


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
    """

    name: str = "quiet years"
    months: int | None = None
    events: tuple[Event, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)

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

    def check_months(self, months: int) -> None:
        """Refuse events outside 1 … `months`, the horizon of a run.

        Raises
        ------
        InputError
            An event that would not happen within the run.
        """
        for event in self.events:
            _month(event.month, months, event.event, None)


def find_person(account: Account, who: object, field_name: str, *, file: str | None = None) -> Person:
    """Return one person of the account by id, else by a name that is unique there.

    Raises
    ------
    UnknownName, AmbiguousName
        Nobody, or several, are called so.
    """
    text = str(who).strip() if isinstance(who, str | int) and not isinstance(who, bool) else ""
    if text in account.people:
        return account.people[text]
    named = [person for person in account.people.values() if text and fold(person.name) == fold(text)]
    if len(named) == 1:
        return named[0]
    if named:
        raise AmbiguousName(
            f"{field_name}: several people of {account.name} are called {text}; give the id.",
            errors=[Fault(file, None, field_name, text, "ambiguous name")],
            candidates=[Candidate(person.id, person.name) for person in sorted(named, key=lambda p: p.id)],
        )
    known = {key: person for person in account.people.values() for key in (person.id, person.name)}
    near = get_close_matches(text, sorted(known), n=3, cutoff=0.6)
    hint = f"; the nearest is {near[0]}" if near else ""
    raise UnknownName(
        f"{field_name}: {account.name} has nobody with the id or name {who!r}{hint}.",
        errors=[Fault(file, None, field_name, str(who), "unknown person")],
        candidates=[Candidate(known[key].id, known[key].name) for key in near],
    )


def leaving_scenario(
    account: Account,
    persons: Sequence[str],
    months: Sequence[int] = (),
    *,
    onto: Scenario | None = None,
) -> Scenario:
    """Return the scenario in which people leave: what `--leaves` and a click make.

    Parameters
    ----------
    persons
        Ids or unique names, of either side.
    months
        None (month 6), one for all, or as many as people, by position.
    onto
        A scenario to which the events are added.

    Raises
    ------
    InputError
        An unknown person, or months that do not fit the people.
    """
    if len(months) > 1 and len(months) != len(persons):
        raise InputError(
            f"--month is given {len(months)} times for {len(persons)} people who leave; "
            "give it once for all, or once for each."
        )
    when = list(months) or [DEFAULT_LEAVING_MONTH]
    if len(when) == 1:
        when *= len(persons)
    base = onto or Scenario()
    events: list[Event] = []
    for who, month in zip(persons, when, strict=True):
        person = find_person(account, who, "leaves")
        events.append(Leaves(_month(month, base.months or LONGEST, "leaves", None), person.id))
    names = " and ".join(account.people[event.subject].name for event in events)
    leaving = f"{names} leave{'s' if len(events) == 1 else ''}"
    name = leaving if onto is None or not onto.events else f"{onto.name}, {leaving}"
    return replace(base, name=name, events=(*base.events, *events))


def load_scenario(path: Path, account: Account) -> Scenario:
    """Read a scenario file (YAML or JSON) for an account.

    Raises
    ------
    InputError
        The file cannot be read, is neither YAML nor JSON, or says something that does not hold.
    """
    file = path.name
    return parse_scenario(read_mapping(path, "a scenario"), account, file=file)


def read_mapping(path: Path, what: str) -> Mapping[str, Any]:
    """Return the mapping that a YAML or JSON file holds; YAML is read as plain data, never as objects.

    Raises
    ------
    InputError
        The file cannot be read or holds something else.
    """
    import yaml

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(
            f"The file {path.name} cannot be read: {reason}.", errors=[Fault(path.name, message=str(reason))]
        ) from None
    try:
        data = json.loads(text) if path.suffix.lower() == ".json" else yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else getattr(error, "lineno", None)
        problem = getattr(error, "problem", None) or getattr(error, "msg", None) or "it is not plain data"
        kind = "JSON" if path.suffix.lower() == ".json" else "YAML"
        place = f", line {row}" if row else ""
        raise InputError(
            f"The file {path.name} is not valid {kind}{place}: {problem}.",
            errors=[Fault(path.name, row, message=str(problem))],
        ) from None
    if not isinstance(data, Mapping):
        raise InputError(
            f"The file {path.name} does not hold {what}: it needs names with values, such as `name: …`.",
            errors=[Fault(path.name, message="needs a mapping")],
        )
    return data


def parse_scenario(data: Mapping[str, Any], account: Account, *, file: str | None = None) -> Scenario:
    """Return the scenario that a mapping describes; see `load_scenario`."""
    _known_keys(data, ("name", "months", "events", "parameters"), "the scenario", file)
    months = None
    if data.get("months") is not None:
        months = _whole(data["months"], 1, LONGEST, "months", file)
    entries = _sequence(data.get("events"), "events", file)
    events = tuple(
        _event(entry, f"events[{number}]", account, months, file) for number, entry in enumerate(entries, 1)
    )
    parameters = data.get("parameters") or {}
    if not isinstance(parameters, Mapping):
        raise _wrong("parameters", parameters, "needs names with values", file)
    resolve_parameters(parameters, file=file)
    given = {str(name): float(value) for name, value in parameters.items()}
    name = data.get("name")
    if name is not None and not isinstance(name, str):
        raise _wrong("name", name, "needs a text", file)
    return Scenario(name or "unnamed scenario", months, events, given)


def _event(entry: Any, place: str, account: Account, months: int | None, file: str | None) -> Event:
    if not isinstance(entry, Mapping):
        raise _wrong(place, entry, "needs a month and one event, such as {month: 6, leaves: ID}", file)
    kinds = [key for key in entry if key != "month"]
    if len(kinds) != 1:
        raise _wrong(place, dict(entry), "needs a month and exactly one event", file)
    kind = str(kinds[0])
    place = f"{place}.{kind}"
    if kind in CHANNEL_EVENTS:
        raise _wrong(place, kind, _no_channel(account), file)
    if kind not in EVENTS:
        near = get_close_matches(kind, (*EVENTS, *CHANNEL_EVENTS), n=1, cutoff=0.3)
        hint = f"; the nearest is {near[0]}" if near else ""
        raise UnknownName(
            f"{place}: there is no event {kind!r}{hint}. Events are {', '.join(EVENTS)}.",
            errors=[Fault(file, None, place, kind, "unknown event")],
            candidates=[Candidate(name, name) for name in near],
        )
    if "month" not in entry:
        raise _wrong(f"{place}.month", None, f"needs a month from 1 to {months or LONGEST}", file)
    month = _month(entry["month"], months or LONGEST, place, file)
    what = entry[kinds[0]]
    if kind == "leaves":
        return Leaves(month, find_person(account, what, place, file=file).id)
    if not isinstance(what, Mapping):
        raise _wrong(place, what, "needs its fields in braces", file)
    if kind == "joins":
        _known_keys(what, ("account", "function", "level"), place, file)
        level = what.get("level")
        return Joins(
            month,
            _this_account(what.get("account"), account, place, file),
            _function(what.get("function"), account, f"{place}.function", file),
            None if level is None else _whole(level, 1, 5, f"{place}.level", file),
        )
    if kind == "reorganises":
        _known_keys(what, ("account", "function", "share"), place, file)
        return Reorganises(
            month,
            _this_account(what.get("account"), account, place, file),
            _function_of_theirs(what.get("function"), account, f"{place}.function", file),
            _number(what.get("share"), 0.0, 1.0, f"{place}.share", file),
        )
    if kind == "price_pressure":
        _known_keys(what, ("percent", "months"), place, file)
        return PricePressure(
            month,
            account.id,
            _number(what.get("percent"), 0.0, 100.0, f"{place}.percent", file),
            _whole(what.get("months", 1), 1, LONGEST, f"{place}.months", file),
        )
    if kind == "new_key_account_manager":
        _known_keys(what, ("from",), place, file)
        return NewKeyAccountManager(month, _of_ours(what.get("from"), account, f"{place}.from", file))
    _known_keys(what, ("share", "people"), place, file)
    people = _sequence(what.get("people"), f"{place}.people", file)
    return HoursCut(
        month,
        account.id,
        _number(what.get("share"), 0.0, 1.0, f"{place}.share", file),
        tuple(sorted({_of_ours(who, account, f"{place}.people", file) for who in people})),
    )


def _no_channel(account: Account) -> str:
    if "distributor" in account.kinds or account.channel.distributors:
        return "is an event of the distributor's business; this simulation is of people and ties"
    return "cannot happen here: this account has no distributors"


def _this_account(value: Any, account: Account, place: str, file: str | None) -> str:
    if value is None or str(value) == account.id or fold(str(value)) == fold(account.name):
        return account.id
    raise _wrong(f"{place}.account", value, f"needs the account that is simulated, {account.id}", file)


def _of_ours(value: Any, account: Account, place: str, file: str | None) -> str:
    person = find_person(account, value, place, file=file)
    if person.id not in account.our_index:
        raise _wrong(place, value, "needs somebody of ours", file)
    return person.id


def _function(value: Any, account: Account, place: str, file: str | None) -> str | None:
    """Return a function as policy or account write it; one that neither knows keeps its own name."""
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise _wrong(place, value, "needs the name of a function", file)
    known = [*account.policy.functions, *_functions_of_theirs(account)]
    return next((name for name in known if fold(name) == fold(value)), value.strip())


def _function_of_theirs(value: Any, account: Account, place: str, file: str | None) -> str:
    known = _functions_of_theirs(account)
    for name in known:
        if isinstance(value, str) and fold(name) == fold(value):
            return name
    names = ", ".join(known) or "none is known"
    raise _wrong(place, value, f"needs a function of the account's people ({names})", file)


def _functions_of_theirs(account: Account) -> list[str]:
    return sorted({person.function for person in account.theirs if person.function})


def _month(value: Any, months: int, place: str, file: str | None) -> int:
    return _whole(value, 1, months, f"{place}.month" if not place.endswith("month") else place, file)


def _whole(value: Any, low: int, high: int, place: str, file: str | None) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    raise _wrong(place, value, f"needs a whole number from {low} to {high}", file)


def _number(value: Any, low: float, high: float, place: str, file: str | None) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    raise _wrong(place, value, f"needs a number from {low:g} to {high:g}", file)


def _sequence(value: Any, place: str, file: str | None) -> Sequence[Any]:
    if value is None:
        return ()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value
    raise _wrong(place, value, "needs a list", file)


def _known_keys(data: Mapping[Any, Any], known: Sequence[str], place: str, file: str | None) -> None:
    for key in data:
        if key not in known:
            near = get_close_matches(str(key), known, n=1, cutoff=0.3)
            hint = f"; the nearest is {near[0]}" if near else ""
            raise UnknownName(
                f"{place} has no field {key!r}{hint}; its fields are {', '.join(known)}.",
                errors=[Fault(file, None, str(key), str(key), "unknown field")],
                candidates=[Candidate(name, name) for name in near],
            )


def _wrong(place: str, value: Any, message: str, file: str | None) -> InputError:
    where = f"{file}: " if file else ""
    shown = "nothing" if value is None else repr(value)
    return InputError(
        f"{where}{place} is {shown}; it {message}.", errors=[Fault(file, None, place, str(value), message)]
    )
