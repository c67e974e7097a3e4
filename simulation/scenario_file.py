"""Scenario files: YAML or JSON, checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from graph.account import Account
from graph.errors import Candidate, Fault, UnknownName
from simulation.naming import Surroundings
from simulation.parameters import resolve_parameters
from simulation.reading import (
    description_of,
    known_keys,
    name_of,
    number,
    read_mapping,
    sequence,
    share,
    told,
    whole,
    wrong,
)
from simulation.scenario import (
    CHANNEL,
    EVENTS,
    LONGEST,
    AnnounceDirect,
    Event,
    GoDirect,
    HoursCut,
    Joins,
    Leaves,
    NewKeyAccountManager,
    PricePressure,
    Reorganises,
    RivalLaunch,
    Scenario,
    Takeover,
    check_leaving,
    month_within,
)

UNNAMED = "unnamed scenario"
FIELDS = ("name", "description", "months", "events", "parameters")


def load_scenario(path: Path, account: Account, partners: Sequence[Account] = ()) -> Scenario:
    """Read a scenario file (YAML or JSON) for an account.

    Parameters
    ----------
    partners
        Accounts in the same run, whose people and channels it may name as well: for an end customer the
        distributors' accounts, for a portfolio all of them.

    Raises
    ------
    InputError
        The file cannot be read, is neither YAML nor JSON, or says something that does not hold.
    """
    return parse_scenario(read_mapping(path, "a scenario"), account, partners, file=path.name)


def has_selectors(data: Mapping[str, Any]) -> bool:
    """Tell whether a scenario says by a selector whom or what it means."""
    seen: set[int] = set()  # by YAML's aliases a list can hold another many times, or itself

    def found(value: Any) -> bool:
        if isinstance(value, str):
            return value.lstrip().startswith("@")
        if not isinstance(value, Mapping | Sequence) or id(value) in seen:
            return False
        seen.add(id(value))
        return any(found(one) for one in (value.values() if isinstance(value, Mapping) else value))

    return found(data.get("events"))


def parse_scenario(
    data: Mapping[Any, Any],
    account: Account,
    partners: Sequence[Account] = (),
    *,
    file: str | None = None,
) -> Scenario:
    """Return the scenario that a mapping describes; see `load_scenario`."""
    known_keys(data, FIELDS, "the scenario", file)
    name, description = data.get("name"), data.get("description")
    name = UNNAMED if name is None else name_of(name, "name", file)
    description = None if description is None else description_of(description, "description", file)
    months = None
    if data.get("months") is not None:
        months = whole(data["months"], 1, LONGEST, "months", file)
    parameters = data.get("parameters") or {}
    if not isinstance(parameters, Mapping):
        raise wrong("parameters", parameters, "needs names with values", file)
    resolve_parameters(parameters, file=file)
    given = {str(name): float(value) for name, value in parameters.items()}
    around = Surroundings(account, partners, given, file)
    events: list[Event] = []
    for number_, entry in enumerate(sequence(data.get("events"), "events", file), 1):
        events.append(_event(entry, f"events[{number_}]", around, months, events))
    check_leaving(events, file)
    return Scenario(name, months, tuple(events), given, description)


def _event(
    entry: Any, place: str, around: Surroundings, months: int | None, earlier: Sequence[Event]
) -> Event:
    """Return one event; `earlier` are those that stand before it."""
    file = around.file
    if not isinstance(entry, Mapping):
        raise wrong(place, entry, "needs a month and one event, such as {month: 6, leaves: ID}", file)
    kinds = [key for key in entry if key != "month"]
    if len(kinds) != 1:
        raise wrong(place, dict(entry), "needs a month and exactly one event", file)
    kind = str(kinds[0])
    if kind not in EVENTS:
        near = get_close_matches(kind, EVENTS, n=1, cutoff=0.3)
        hint = f"; the nearest is {near[0]}" if near else ""
        raise UnknownName(
            f"{place}: there is no event {kind!r}{hint}. Events are {', '.join(EVENTS)}.",
            errors=[Fault(file, None, place, told(kind), "unknown event")],
            candidates=[Candidate(name, name) for name in near],
        )
    place = f"{place}.{kind}"
    if "month" not in entry:
        raise wrong(f"{place}.month", None, f"needs a month from 1 to {months or LONGEST}", file)
    month = month_within(entry["month"], months or LONGEST, place, file)
    if kind in [channel.event for channel in CHANNEL]:
        around.need_distributors(place)
    what = entry[kinds[0]]
    if kind == "leaves":
        return Leaves(month, around.person(what, place).id)
    if not isinstance(what, Mapping):
        raise wrong(place, what, "needs its fields in braces", file)
    match kind:
        case "joins":
            return _joins(what, month, place, around)
        case "reorganises":
            return _reorganises(what, month, place, around, earlier)
        case "rival_launch":
            known_keys(what, ("distributor", "brand"), place, file)
            distributor = around.distributor(what.get("distributor"), f"{place}.distributor")
            return RivalLaunch(
                month, distributor, around.brand(what.get("brand"), distributor, f"{place}.brand")
            )
        case "takeover":
            known_keys(what, ("distributor", "by"), place, file)
            distributor = around.distributor(what.get("distributor"), f"{place}.distributor")
            return Takeover(month, distributor, around.brand(what.get("by"), distributor, f"{place}.by"))
        case "announce_direct" | "go_direct":
            known_keys(what, ("end_customers",), place, file)
            customers = around.customers(what.get("end_customers"), f"{place}.end_customers")
            return (AnnounceDirect if kind == "announce_direct" else GoDirect)(
                month, around.account.id, customers
            )
        case "price_pressure":
            known_keys(what, ("percent", "months"), place, file)
            return PricePressure(
                month,
                around.account.id,
                number(what.get("percent"), 0.0, 100.0, f"{place}.percent", file),
                whole(what.get("months", 1), 1, LONGEST, f"{place}.months", file),
            )
        case "new_key_account_manager":
            known_keys(what, ("from",), place, file)
            return NewKeyAccountManager(month, around.one_of_ours(what.get("from"), f"{place}.from"))
        case _:
            return _hours_cut(what, month, place, around)


def _joins(what: Mapping[Any, Any], month: int, place: str, around: Surroundings) -> Joins:
    known_keys(what, ("account", "function", "level"), place, around.file)
    level = what.get("level")
    return Joins(
        month,
        around.organisation(what.get("account"), f"{place}.account"),
        around.new_function(what.get("function"), f"{place}.function"),
        None if level is None else whole(level, 1, 5, f"{place}.level", around.file),
    )


def _reorganises(
    what: Mapping[Any, Any], month: int, place: str, around: Surroundings, earlier: Sequence[Event]
) -> Reorganises:
    known_keys(what, ("account", "function", "share"), place, around.file)
    organisation = around.organisation(what.get("account"), f"{place}.account")
    joined = [
        event.function
        for event in earlier
        if isinstance(event, Joins) and event.subject == organisation and event.function
    ]
    return Reorganises(
        month,
        organisation,
        around.function(what.get("function"), organisation, joined, f"{place}.function"),
        share(what.get("share"), f"{place}.share", around.file),
    )


def _hours_cut(what: Mapping[Any, Any], month: int, place: str, around: Surroundings) -> HoursCut:
    known_keys(what, ("share", "people"), place, around.file)
    given = what.get("people")
    people: list[str] = []
    for who in sequence(given, f"{place}.people", around.file):
        person = around.one_of_ours(who, f"{place}.people")
        if person in people:
            raise wrong(f"{place}.people", who, f"names {person} a second time", around.file)
        people.append(person)
    if given is not None and not people:
        raise wrong(f"{place}.people", given, "needs somebody of ours; leave it out for all", around.file)
    return HoursCut(
        month,
        around.account.id,
        share(what.get("share"), f"{place}.share", around.file),
        tuple(sorted(people)),
    )
