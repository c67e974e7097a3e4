"""What an import did, in words: nodes and lines of the graph as a user knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.words import count, day
from graph.imports.report import Finding, Question

NOUNS: Mapping[str, tuple[str, str]] = {
    "Organisation": ("organisation", "organisations"),
    "Function": ("function", "functions"),
    "Person": ("person", "people"),
    "Assessment": ("assessment", "assessments"),
    "FormerValue": ("former value", "former values"),
    "Touchpoint": ("touchpoint", "touchpoints"),
    "AccountTeam": ("account team", "account teams"),
    "Brand": ("brand", "brands"),
    "ImportFinding": ("finding", "findings"),
    "FUNCTION_OF": ("function of an organisation", "functions of organisations"),
    "OF_ACCOUNT": ("team of an account", "teams of accounts"),
    "EMPLOYED_BY": ("employment", "employments"),
    "WORKS_IN": ("post in a function", "posts in functions"),
    "PARENT_OF": ("parent company", "parent companies"),
    "REPORTS_TO": ("reporting line", "reporting lines"),
    "INFLUENCES": ("line of influence", "lines of influence"),
    "ENGAGES": ("tie", "ties"),
    "ATTENDED": ("attendance", "attendances"),
    "ASSESSES": ("assessment", "assessments"),
    "OWNED_BY": ("planned action", "planned actions"),
    "TARGETS": ("action of a plan", "actions of a plan"),
    "MEMBER_OF": ("membership of a team", "memberships of teams"),
    "SUPPLIES": ("supply relation", "supply relations"),
    "DISTRIBUTES_THROUGH": ("distribution agreement", "distribution agreements"),
    "CARRIES": ("brand carried", "brands carried"),
    "SELLS_TO": ("sale of a distributor", "sales of distributors"),
    "SELLS_DIRECT_TO": ("direct sale", "direct sales"),
}
DIALECTS: Mapping[str, str] = {
    "auto": "whatever it is recognised as",
    "generic": "the generic form",
    "hubspot": "HubSpot",
    "salesforce": "Salesforce",
    "dynamics": "Dynamics 365",
    "mail": "a mail log",
    "calendar": "a calendar",
}
ORDERS: Mapping[str, str] = {
    "ymd": "year, month, day",
    "dmy": "day, month, year",
    "mdy": "month, day, year",
}
FINDINGS: Mapping[str, str] = {
    "nobody": "names nobody and nothing that is known, or more than one",
    "self": "refers to itself",
    "future": "lies in the future",
    "cycle": "closes a cycle",
    "malformed": "cannot be used as it stands",
}
NOTHING_THERE = "is empty, so nothing says whom or what the row is about"
SEPARATORS: Mapping[str, str] = {
    ",": "commas",
    ";": "semicolons",
    "\t": "tabs",
    "|": "bars",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One question or finding, and every row that gives rise to it."""

    file: str
    column: str | None
    value: str | None
    said: str
    rows: tuple[int, ...]


def things(counts: Mapping[str, int], counted: Callable[..., str] = count) -> str:
    """Return numbers of nodes and lines as a list of words; the nodes first, as a user would tell them."""
    order = list(NOUNS)
    known = sorted(counts.items(), key=lambda one: (order.index(one[0]) if one[0] in NOUNS else 99, one[0]))
    return ", ".join(counted(number, *NOUNS.get(label, (label, label))) for label, number in known if number)


def thing(label: str) -> str:
    """Return what a label or a type of line stands for."""
    return NOUNS.get(label, (label, label))[0]


def stage(label: str) -> str:
    """Return what a run is busy with."""
    return NOUNS[label][1] if label in NOUNS else label


def dialect(name: str | None) -> str:
    """Return whose export a file is."""
    return "not used" if name is None else DIALECTS.get(name, name)


def separator(text: str | None) -> str:
    """Return what stands between the cells of a file."""
    return "" if text is None else f"separated by {SEPARATORS.get(text, text)}"


def finding(kind: str, value: str | None) -> str:
    """Return what is wrong with a row that was kept out."""
    return FINDINGS.get(kind, kind) if value or kind != "nobody" else NOTHING_THERE


def moment(value: datetime) -> str:
    """Return a moment by the clock of this machine."""
    here = value.astimezone()
    return f"{day(here)}, {here:%H:%M}"


def rows(numbers: Sequence[int], shown: int = 6, counted: Callable[..., str] = count) -> str:
    """Return numbers of rows, the first few of many."""
    told = ", ".join(str(number) for number in numbers[:shown])
    return f"{told} and {counted(len(numbers) - shown, 'more', 'more')}" if len(numbers) > shown else told


def asked(questions: Iterable[Question]) -> tuple[Told, ...]:
    """Return each question once, those of most rows first."""
    return _once((one, one.question) for one in questions)


def found(findings: Iterable[Finding]) -> tuple[Told, ...]:
    """Return each finding once, those of most rows first."""
    return _once((one, finding(one.kind, one.value)) for one in findings)


def _once(places: Iterable[tuple[Question | Finding, str]]) -> tuple[Told, ...]:
    every: dict[tuple[str, str | None, str | None, str], set[int]] = {}
    for one, said in places:
        numbers = every.setdefault((one.file, one.column, one.value, said), set())
        if one.row is not None:
            numbers.add(one.row)
    told = [Told(*key, tuple(sorted(numbers))) for key, numbers in every.items()]
    return tuple(sorted(told, key=lambda one: -len(one.rows)))


FILTERS: Mapping[str, Callable[..., Any]] = {
    one.__name__: one for one in (dialect, finding, moment, rows, separator, stage, thing, things)
}
