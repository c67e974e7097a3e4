"""Scenario files: YAML or JSON, checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from graph.account import Account
from graph.errors import Candidate, Fault, UnknownName
from graph.policy import fold
from simulation.parameters import resolve_parameters
from simulation.reading import find_person, known_keys, number, read_mapping, sequence, whole, wrong
from simulation.scenario import (
    CHANNEL_EVENTS,
    EVENTS,
    LONGEST,
    Event,
    HoursCut,
    Joins,
    Leaves,
    NewKeyAccountManager,
    PricePressure,
    Reorganises,
    Scenario,
    month_within,
)


def load_scenario(path: Path, account: Account) -> Scenario:
    """Read a scenario file (YAML or JSON) for an account.

    Raises
    ------
    InputError
        The file cannot be read, is neither YAML nor JSON, or says something that does not hold.
    """
    file = path.name
    return parse_scenario(read_mapping(path, "a scenario"), account, file=file)


def parse_scenario(data: Mapping[str, Any], account: Account, *, file: str | None = None) -> Scenario:
    """Return the scenario that a mapping describes; see `load_scenario`."""
    known_keys(data, ("name", "months", "events", "parameters"), "the scenario", file)
    months = None
    if data.get("months") is not None:
        months = whole(data["months"], 1, LONGEST, "months", file)
    entries = sequence(data.get("events"), "events", file)
    events: list[Event] = []
    for number_, entry in enumerate(entries, 1):
        joined = {event.function for event in events if isinstance(event, Joins) and event.function}
        events.append(_event(entry, f"events[{number_}]", account, months, joined, file))
    parameters = data.get("parameters") or {}
    if not isinstance(parameters, Mapping):
        raise wrong("parameters", parameters, "needs names with values", file)
    resolve_parameters(parameters, file=file)
    given = {str(name): float(value) for name, value in parameters.items()}
    name = data.get("name")
    if name is not None and not isinstance(name, str):
        raise wrong("name", name, "needs a text", file)
    return Scenario(name or "unnamed scenario", months, tuple(events), given)


def _event(
    entry: Any, place: str, account: Account, months: int | None, joined: set[str], file: str | None
) -> Event:
    """Return one event; `joined` are the functions that earlier entries bring."""
    if not isinstance(entry, Mapping):
        raise wrong(place, entry, "needs a month and one event, such as {month: 6, leaves: ID}", file)
    kinds = [key for key in entry if key != "month"]
    if len(kinds) != 1:
        raise wrong(place, dict(entry), "needs a month and exactly one event", file)
    kind = str(kinds[0])
    place = f"{place}.{kind}"
    if kind in CHANNEL_EVENTS:
        raise wrong(place, kind, _no_channel(account), file)
    if kind not in EVENTS:
        near = get_close_matches(kind, (*EVENTS, *CHANNEL_EVENTS), n=1, cutoff=0.3)
        hint = f"; the nearest is {near[0]}" if near else ""
        raise UnknownName(
            f"{place}: there is no event {kind!r}{hint}. Events are {', '.join(EVENTS)}.",
            errors=[Fault(file, None, place, kind, "unknown event")],
            candidates=[Candidate(name, name) for name in near],
        )
    if "month" not in entry:
        raise wrong(f"{place}.month", None, f"needs a month from 1 to {months or LONGEST}", file)
    month = month_within(entry["month"], months or LONGEST, place, file)
    what = entry[kinds[0]]
    if kind == "leaves":
        return Leaves(month, find_person(account, what, place, file=file).id)
    if not isinstance(what, Mapping):
        raise wrong(place, what, "needs its fields in braces", file)
    if kind == "joins":
        known_keys(what, ("account", "function", "level"), place, file)
        level = what.get("level")
        return Joins(
            month,
            _this_account(what.get("account"), account, place, file),
            _function(what.get("function"), account, f"{place}.function", file),
            None if level is None else whole(level, 1, 5, f"{place}.level", file),
        )
    if kind == "reorganises":
        known_keys(what, ("account", "function", "share"), place, file)
        return Reorganises(
            month,
            _this_account(what.get("account"), account, place, file),
            _function_of_theirs(what.get("function"), account, joined, f"{place}.function", file),
            number(what.get("share"), 0.0, 1.0, f"{place}.share", file),
        )
    if kind == "price_pressure":
        known_keys(what, ("percent", "months"), place, file)
        return PricePressure(
            month,
            account.id,
            number(what.get("percent"), 0.0, 100.0, f"{place}.percent", file),
            whole(what.get("months", 1), 1, LONGEST, f"{place}.months", file),
        )
    if kind == "new_key_account_manager":
        known_keys(what, ("from",), place, file)
        return NewKeyAccountManager(month, _of_ours(what.get("from"), account, f"{place}.from", file))
    known_keys(what, ("share", "people"), place, file)
    people = sequence(what.get("people"), f"{place}.people", file)
    return HoursCut(
        month,
        account.id,
        number(what.get("share"), 0.0, 1.0, f"{place}.share", file),
        tuple(sorted({_of_ours(who, account, f"{place}.people", file) for who in people})),
    )


def _no_channel(account: Account) -> str:
    if "distributor" in account.kinds or account.channel.distributors:
        return "is an event of the distributor's business; this simulation is of people and ties"
    return "cannot happen here: this account has no distributors"


def _this_account(value: Any, account: Account, place: str, file: str | None) -> str:
    if value is None or str(value) == account.id or fold(str(value)) == fold(account.name):
        return account.id
    raise wrong(f"{place}.account", value, f"needs the account that is simulated, {account.id}", file)


def _of_ours(value: Any, account: Account, place: str, file: str | None) -> str:
    person = find_person(account, value, place, file=file)
    if person.id not in account.our_index:
        raise wrong(place, value, "needs somebody of ours", file)
    return person.id


def _function(value: Any, account: Account, place: str, file: str | None) -> str | None:
    """Return a function as policy or account write it."""
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise wrong(place, value, "needs the name of a function", file)
    known = [*account.policy.functions, *_functions_of_theirs(account)]
    for name in known:
        if fold(name) == fold(value):
            return name
    near = get_close_matches(value, known, n=1, cutoff=0.3)
    hint = f"; the nearest is {near[0]}" if near else ""
    raise UnknownName(
        f"{place}: there is no function {value!r}{hint}. Functions are {', '.join(known)}.",
        errors=[Fault(file, None, place, value, "unknown function")],
        candidates=[Candidate(name, name) for name in near],
    )


def _function_of_theirs(value: Any, account: Account, joined: set[str], place: str, file: str | None) -> str:
    known = sorted({*_functions_of_theirs(account), *joined})
    for name in known:
        if isinstance(value, str) and fold(name) == fold(value):
            return name
    names = ", ".join(known) or "none is known"
    raise wrong(place, value, f"needs a function of the account's people ({names})", file)


def _functions_of_theirs(account: Account) -> list[str]:
    return sorted({person.function for person in account.theirs if person.function})
