"""The cookbook: one commented Cypher file per question, with its parameters declared in the header.

A file starts with comment lines: the question, what the answer means, and one line per parameter,

    // $person text = null   only this stakeholder

with a type (text, integer, number, date, boolean, list, map) and, unless the parameter must be given, a
default: a JSON value, `today`, or `policy` for the number or table of that name in the team's policy
(`policy_parameters`). Dates travel as text (2026-01-31), so that every parameter is plain JSON.

`python -m graph.cookbook` prints the reference page, `docs/cookbook.md`.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from graph.errors import Candidate, InputError, UnknownName
from graph.policy import ORIENTATION_VALUE, Policy, load_policy

FOLDER = Path(__file__).parent

_PARAMETER = re.compile(r"\$(?P<name>\w+)\s+(?P<type>\w+)(?:\s*=\s*(?P<default>\S+))?(?:\s{2,}(?P<text>.*))?")


@dataclass(frozen=True, slots=True)
class CookbookQuery:
    """A question of the cookbook with every parameter that it takes."""

    name: str
    params: dict[str, object]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query, as its file declares it.

    Attributes
    ----------
    type
        text, integer, number, date, boolean, list or map.
    default
        As written: a JSON value, `today` or `policy`; None where the parameter must be given.
    """

    name: str
    type: str
    default: str | None
    description: str

    def value(self, given: object) -> object:
        """Return a given value as the query takes it.

        Text from a command line becomes the declared type; null stands for "not restricted" where that
        is the default.

        Raises
        ------
        InputError
            The value is not of the declared type.
        """
        if given is None and self.default == "null":
            return None
        if isinstance(given, date):
            given = given.isoformat()
        if isinstance(given, str) and self.type not in ("text", "date"):
            given = read_value(given)
        if not _IS_TYPE[self.type](given):
            raise InputError(f"The parameter {self.name} needs {_NEEDS[self.type]}, found {_shown(given)}.")
        return given


@dataclass(frozen=True, slots=True)
class Entry:
    """One question of the cookbook.

    Attributes
    ----------
    question
        The first line of the file.
    notes
        What the answer means.
    cypher
        The file's text, comments included.
    """

    name: str
    question: str
    notes: str
    parameters: tuple[Parameter, ...]
    cypher: str

    def bind(
        self, given: Mapping[str, object], *, policy: Policy | None = None, today: date | None = None
    ) -> dict[str, object]:
        """Return every parameter of the query: the given ones checked, the others by their defaults.

        Raises
        ------
        InputError
            A parameter is unknown, missing, or not of its type.
        """
        names = [parameter.name for parameter in self.parameters]
        for name in given:
            if name not in names:
                known = f"it takes {', '.join(names)}" if names else "it takes none"
                raise InputError(f"The cookbook query {self.name} has no parameter {name}: {known}.")
        missing = [one for one in self.parameters if one.default is None and one.name not in given]
        if missing:
            raise InputError(
                f"The cookbook query {self.name} needs the parameter {missing[0].name}"
                f" ({missing[0].description})."
            )
        tables = policy_parameters(policy or load_policy())
        values: dict[str, object] = {}
        for parameter in self.parameters:
            if parameter.name in given:
                values[parameter.name] = parameter.value(given[parameter.name])
            elif parameter.default == "today":
                values[parameter.name] = (today or date.today()).isoformat()
            elif parameter.default == "policy":
                values[parameter.name] = tables[parameter.name]
            else:
                values[parameter.name] = json.loads(str(parameter.default))
        return values


def entries() -> Mapping[str, Entry]:
    """Return all questions by name, in the order of their names."""
    return _entries()


def entry(name: str) -> Entry:
    """Return one question.

    Raises
    ------
    UnknownName
        No file has that name; the nearest ones are the candidates.
    """
    found = entries().get(name)
    if found:
        return found
    near = difflib.get_close_matches(name, entries(), n=3, cutoff=0.4)
    hint = f"the nearest is {near[0]}" if near else "`diamond query --cookbook` lists them"
    raise UnknownName(
        f"The cookbook has no query {name}: {hint}.",
        candidates=[Candidate(other, entries()[other].question) for other in near],
    )


def policy_parameters(policy: Policy) -> dict[str, object]:
    """Return what the policy tables say, in the plain values that queries take as parameters."""
    return {
        **policy.limits,
        "role_targets": dict(policy.role_targets),
        "role_influence": dict(policy.role_influence),
        "level_influence": {str(level): share for level, share in policy.level_influence.items()},
        "orientation_values": dict(ORIENTATION_VALUE),
        "function_rows": {kind: function.row for kind, function in policy.functions.items()},
        "row_weights": dict(policy.row_weights),
        "selling_functions": dict(policy.selling_functions),
        "kind_hours": {name: kind.hours for name, kind in policy.kinds.items()},
    }


def read_value(text: str) -> object:
    """Return text as the JSON value that it is, else as itself."""
    try:
        value: object = json.loads(text, parse_constant=_no_constant)
    except ValueError:
        return text
    return value


def markdown() -> str:
    """Return the reference page of all questions."""
    lines = [
        "# The cookbook",
        "",
        "One Cypher file per question, in `graph/cookbook/`. This page is made from their headers by",
        "`python -m graph.cookbook`.",
        "",
        "`diamond query --cookbook` lists the questions, `diamond query --cookbook NAME --param k=v` answers",
        "one, and `diamond query --cookbook NAME --show` prints its Cypher to start your own from.",
        "Parameters without a default must be given. `policy` stands for the value of your policy tables,",
        "`today` for the day of the call.",
        "",
        "| query | question |",
        "|---|---|",
        *(f"| [{name}](#{name}) | {one.question} |" for name, one in entries().items()),
        "",
    ]
    for name, one in entries().items():
        lines += [f"## {name}", "", one.question, ""]
        if one.notes:
            lines += [one.notes, ""]
        if one.parameters:
            lines += ["| parameter | type | default | |", "|---|---|---|---|"]
            lines += [
                f"| {parameter.name} | {parameter.type} | {parameter.default or 'must be given'}"
                f" | {parameter.description} |"
                for parameter in one.parameters
            ]
            lines.append("")
    return "\n".join(lines)


@lru_cache(maxsize=1)
def _entries() -> Mapping[str, Entry]:
    return MappingProxyType(
        {
            path.stem: _read(path.stem, path.read_text(encoding="utf-8"))
            for path in sorted(FOLDER.glob("*.cypher"))
        }
    )


def _read(name: str, text: str) -> Entry:
    """Read a file's header; the first line that is no comment ends it."""
    question, notes, parameters = "", [], []
    for line in text.splitlines():
        if not line.startswith("//"):
            break
        comment = line[2:].strip()
        declared = _PARAMETER.fullmatch(comment)
        if declared and declared["type"] in _IS_TYPE:
            parameters.append(
                Parameter(declared["name"], declared["type"], declared["default"], declared["text"] or "")
            )
        elif not question:
            question = comment
        else:
            notes.append(comment)
    return Entry(name, question, "\n".join(notes).strip(), tuple(parameters), text)


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value) is not None
    except ValueError:
        return False


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _shown(value: object) -> str:
    return "nothing" if value is None else json.dumps(value, default=str, ensure_ascii=False)


_IS_TYPE: Mapping[str, Callable[[object], bool]] = {
    "text": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": _is_number,
    "date": _is_date,
    "boolean": lambda value: isinstance(value, bool),
    "list": lambda value: isinstance(value, list),
    "map": lambda value: isinstance(value, dict),
}
_NEEDS = {
    "text": "a text",
    "integer": "a whole number",
    "number": "a number",
    "date": "a date (2026-01-31)",
    "boolean": "true or false",
    "list": 'a list (["a", "b"])',
    "map": 'a map ({"a": 1})',
}
