"""Reading what users write: YAML or JSON as plain data, people by id or name, numbers within their range.

Every refusal is one sentence with the field, the value and what would be right.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from reprlib import Repr
from typing import Any

from graph.account import Account, Person
from graph.errors import AmbiguousName, Candidate, Fault, InputError, UnknownName
from graph.plain_json import load_json
from graph.plain_yaml import load_yaml
from graph.policy import fold
from graph.wording import from_to

_BRIEF = Repr()
_BRIEF.maxlevel, _BRIEF.maxlong, _BRIEF.maxstring, _BRIEF.maxother = 2, 60, 120, 60
_BRIEF.maxlist = _BRIEF.maxtuple = _BRIEF.maxdict = 4

FEW = 8  # as many names as a sentence can list
LARGEST_FILE = 1_000_000  # bytes
LONGEST_NAME = 120
LONGEST_DESCRIPTION = 2_000

# Without a shape, yet needed between letters of some scripts and within emoji.
_JOINERS = "\u200c\u200d"
_BREAKS = re.compile("[ \t\r\n]+")


def read_mapping(path: Path, what: str) -> Mapping[str, Any]:
    """Return the mapping that a YAML or JSON file holds; YAML is read as plain data, never as objects.

    Raises
    ------
    InputError
        The file cannot be read or holds something else.
    """
    import yaml

    text = _text_of(path)
    kind = "JSON" if path.suffix.lower() == ".json" else "YAML"
    try:
        data = load_json(text) if kind == "JSON" else load_yaml(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else getattr(error, "lineno", None)
        problem = _problem(error)
        place = f", line {row}" if row else ""
        raise InputError(
            f"The file {path.name} is not valid {kind}{place}: {problem}.",
            errors=[Fault(path.name, row, message=problem)],
        ) from None
    if not isinstance(data, Mapping):
        raise InputError(
            f"The file {path.name} does not hold {what}: it needs names with values, such as `name: …`.",
            errors=[Fault(path.name, message="needs a mapping")],
        )
    return data


def _text_of(path: Path) -> str:
    """Return what a file holds; it is read no further than it may be long."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
        if len(data) <= LARGEST_FILE:
            return data.decode("utf-8-sig")
        reason = f"it is larger than {LARGEST_FILE / 1e6:g} MB, the most that scenarios and strategies take"
    except OSError as error:
        reason = error.strerror or str(error)
    except UnicodeDecodeError:
        reason = "it is not UTF-8 text"
    raise InputError(
        f"The file {path.name} cannot be read: {reason}.", errors=[Fault(path.name, message=reason)]
    )


def _problem(error: Exception) -> str:
    """Return in words what is wrong with a file that is no YAML or JSON."""
    problem = getattr(error, "problem", None) or getattr(error, "msg", None)
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if problem is None:  # of a value, while it is made
        return "a date or a number in it is none that can be"
    if "could not determine a constructor" in problem:
        return f"{problem}; only plain data are read"
    if "'@'" in problem:
        return f'{problem}; a word that starts with @ needs quotes, such as "@buyer"'
    return str(problem)


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
        errors=[Fault(file, None, place, told(value), f"unknown: {owner} has {none} of this id or name")],
        candidates=[Candidate(known[word], names[known[word]]) for word in near],
    )


def plain(value: object) -> str:
    """Return a text or a whole number as stripped text, anything else as the empty one."""
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def name_of(value: object, place: str, file: str | None, *, also: str = "") -> str:
    """Return a name that the user chose, as one line that shows what it is, or refuse it.

    It begins with a letter or a digit, so that no table takes it for a formula and no option for another, and
    has no marks that are not seen: what turns the writing direction or has no width would let two names look
    alike, or one look like something else.

    Parameters
    ----------
    also
        What it may be instead, for the refusal.
    """
    if not isinstance(value, str) or not value[:1].isalnum():
        raise wrong(place, value, f"needs a text that begins with a letter or a digit{also}", file)
    return _visible(value, LONGEST_NAME, place, file)


def description_of(value: object, place: str, file: str | None) -> str:
    """Return a text of one or more lines as one, under the rule for names but for its first letter."""
    if not isinstance(value, str):
        raise wrong(place, value, "needs a text", file)
    return _visible(_BREAKS.sub(" ", value).strip(" "), LONGEST_DESCRIPTION, place, file)


def _visible(value: str, longest: int, place: str, file: str | None) -> str:
    """Return a text in one line, refused where it is too long or has something in it that is not seen."""
    if len(value) > longest:
        message = f"has {len(value):,} characters, and may have {longest:,}"
        raise wrong(place, value, message, file)
    for i, char in enumerate(value):
        if char in _JOINERS and not value[i - 1 : i].isascii() and not value[i + 1 : i + 2].isascii():
            continue
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
            kind = unicodedata.name(char, "a control character").lower()
            message = f"has {kind} (U+{ord(char):04X}) in it, which is not seen; leave it out"
            raise wrong(place, value, message, file)
    return unicodedata.normalize("NFC", value)


def whole(value: object, low: int, high: int, place: str, file: str | None) -> int:
    """Return a whole number from `low` to `high`, or refuse it."""
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    raise wrong(place, value, f"needs {from_to(str(low), str(high))}{number_hint(value)}", file)


def number(value: object, low: float, high: float, place: str, file: str | None) -> float:
    """Return a number from `low` to `high`, or refuse it."""
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    raise wrong(place, value, f"needs a number from {low:g} to {high:g}{number_hint(value)}", file)


def number_hint(value: object) -> str:
    """Return how a text that looks like a number is written as one; YAML takes 1e9 for a text."""
    try:
        found = float(value.strip().replace(",", ".")) if isinstance(value, str) else math.nan
    except ValueError:
        return ""
    if not math.isfinite(found):
        return ""
    plain_digits = f"{found:.15g}" if abs(found) < 1e15 and "e" not in f"{found:.15g}" else ""
    mantissa, exponent = f"{found:.14e}".split("e")
    with_point = f"{float(mantissa)!r}e{int(exponent):+d}"
    if "e" not in str(value).lower():
        how = "with a point" if "," in str(value) else "without quotes"
        return f": write {plain_digits or with_point}, {how}"
    return f": write {' or '.join(filter(None, (with_point, plain_digits)))}"


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
                errors=[Fault(file, None, told(key), told(key), "unknown field")],
                candidates=[Candidate(name, name) for name in near],
            )


def shown(value: object) -> str:
    """Return a value as a sentence tells it, cut short where it is long or, by YAML's aliases, endless."""
    return _BRIEF.repr(value)


def told(value: object) -> str:
    """Return a value as a document tells it: a short text that can be seen as it is, else as `shown`."""
    short = isinstance(value, str) and len(value) <= LONGEST_NAME and value.isprintable()
    return str(value) if short else shown(value)


def wrong(place: str, value: object, message: str, file: str | None) -> InputError:
    """Return the refusal of a value: where it stands, what it is, what it needs."""
    where = f"{file}: " if file else ""
    return InputError(
        f"{where}{place} is {'nothing' if value is None else shown(value)}; it {message}.",
        errors=[Fault(file, None, place, None if value is None else told(value), message)],
    )
