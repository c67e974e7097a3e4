"""Reading what users write: YAML or JSON as plain data, people by id or name, numbers within their range.

Every refusal is one sentence with the field, the value and what would be right.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from reprlib import Repr
from typing import Any

from graph.account import Account, Person
from graph.errors import AmbiguousName, Candidate, Fault, InputError, UnknownName
from graph.plain_yaml import load_yaml
from graph.policy import fold

_BRIEF = Repr()
_BRIEF.maxlevel, _BRIEF.maxlong, _BRIEF.maxstring, _BRIEF.maxother = 3, 60, 120, 60

FEW = 8  # as many names as a sentence can list


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
        data = json.loads(text) if path.suffix.lower() == ".json" else load_yaml(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else getattr(error, "lineno", None)
        problem = getattr(error, "problem", None) or getattr(error, "msg", None) or "it is not plain data"
        if "'@'" in problem:
            problem += '; a word that starts with @ needs quotes, such as "@buyer"'
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


def find_person(
    account: Account,
    who: object,
    field_name: str,
    *,
    partners: Sequence[Account] = (),
    file: str | None = None,
) -> Person:
    """Return one person of the account or its partners by id, else by a name that is unique there.

    Raises
    ------
    UnknownName, AmbiguousName
        Nobody, or several, are called so.
    """
    people = {key: person for one in (*partners, account) for key, person in one.people.items()}
    names = {key: person.name for key, person in people.items()}
    return people[find_named(who, names, field_name, account.name, "nobody", "people", file)]


def find_named(
    value: object, names: Mapping[str, str], place: str, owner: str, none: str, several: str, file: str | None
) -> str:
    """Return the id that is written, or whose name, unique among `names`, is.

    Parameters
    ----------
    names
        Name by id.
    owner, none, several
        Words for what is wrong: `owner` has `none` of that name, or `several`.

    Raises
    ------
    UnknownName, AmbiguousName
        Nothing, or several, are called so.
    """
    text = plain(value)
    if text in names:
        return text
    named = sorted(key for key, name in names.items() if text and fold(name) == fold(text))
    if len(named) == 1:
        return named[0]
    if named:
        raise AmbiguousName(
            f"{place}: several {several} of {owner} are called {text}; give the id ({', '.join(named)}).",
            errors=[Fault(file, None, place, text, "ambiguous name")],
            candidates=[Candidate(key, names[key]) for key in named],
        )
    known = {word: key for key, name in names.items() for word in (name, key)}
    near = get_close_matches(text, sorted(known), n=3, cutoff=0.6)
    if not near and len(names) > FEW and text:
        near = get_close_matches(text, sorted(known), n=1, cutoff=0.0)
    hint = f"; the nearest is {near[0]}" if near else ""
    if not near and names:
        hint = f"; there is {', '.join(sorted(names)[:FEW])}{', …' * (len(names) > FEW)}"
    raise UnknownName(
        f"{place}: {owner} has {none} with the id or name {shown(value)}{hint}.",
        errors=[
            Fault(file, None, place, text or shown(value), f"unknown: {owner} has {none} of this id or name")
        ],
        candidates=[Candidate(known[word], names[known[word]]) for word in near],
    )


def plain(value: object) -> str:
    """Return a text or a whole number as stripped text, anything else as the empty one."""
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def whole(value: object, low: int, high: int, place: str, file: str | None) -> int:
    """Return a whole number from `low` to `high`, or refuse it."""
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    raise wrong(place, value, f"needs a whole number from {low} to {high}", file)


def number(value: object, low: float, high: float, place: str, file: str | None) -> float:
    """Return a number from `low` to `high`, or refuse it."""
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    raise wrong(place, value, f"needs a number from {low:g} to {high:g}", file)


def share(value: object, place: str, file: str | None) -> float:
    """Return a share from 0 to 1, or refuse it and say how percentages are written."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 1.0 < value <= 100.0:
        raise wrong(place, value, f"needs a share from 0 to 1: {value:g} % is {value / 100.0:g}", file)
    return number(value, 0.0, 1.0, place, file)


def sequence(value: Any, place: str, file: str | None) -> Sequence[Any]:
    """Return a list, an empty one for nothing, or refuse it."""
    if value is None:
        return ()
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return value
    raise wrong(place, value, "needs a list", file)


def known_keys(data: Mapping[Any, Any], known: Sequence[str], place: str, file: str | None) -> None:
    """Refuse a field that is not among the known ones, with the nearest."""
    for key in data:
        if key not in known:
            near = get_close_matches(str(key), known, n=1, cutoff=0.3)
            hint = f"; the nearest is {near[0]}" if near else ""
            raise UnknownName(
                f"{place} has no field {key!r}{hint}; its fields are {', '.join(known)}.",
                errors=[Fault(file, None, str(key), str(key), "unknown field")],
                candidates=[Candidate(name, name) for name in near],
            )


def shown(value: object) -> str:
    """Return a value as a sentence tells it, cut short where it is long or, by YAML's aliases, endless."""
    return _BRIEF.repr(value)


def wrong(place: str, value: object, message: str, file: str | None) -> InputError:
    """Return the refusal of a value: where it stands, what it is, what it needs."""
    where = f"{file}: " if file else ""
    words = shown(value)
    said = words if value is not None and not isinstance(value, str) else value
    return InputError(
        f"{where}{place} is {'nothing' if value is None else words}; it {message}.",
        errors=[Fault(file, None, place, said, message)],
    )
