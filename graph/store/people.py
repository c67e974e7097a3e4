"""People out of the store: everybody as far as merging needs it, and one person's whole history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.errors import Candidate, InputError, UnknownName
from graph.people.opinions import checked_opinions, opinion_id
from graph.people.proposals import Entry, Proposal, propose
from graph.store.accounts import resolve
from graph.store.imports import await_turn
from graph.store.merges import Merge, merged_into, read_merges
from graph.store.session import Store, Transaction

Row = dict[str, Any]

ENTRIES = """
MATCH (p:Person) WHERE NOT coalesce(p.placeholder, false)
CALL (p) {
    OPTIONAL MATCH (p)-[e:EMPLOYED_BY]->(o:Organisation)
    RETURN o.id AS organisation, o.name AS organisation_name, e.until AS left_on
    ORDER BY coalesce(e.until, date('9999-12-31')) DESC, o.id LIMIT 1
}
RETURN p.id AS id, p.name AS name, p.email AS email, p.phone AS phone, p.title AS title, p.level AS level,
       organisation, organisation_name, left_on,
       COLLECT { MATCH (p)-[w:WORKS_IN]->(f:Function) WHERE w.until IS NULL
                 RETURN f.kind ORDER BY f.kind LIMIT 1 } AS functions,
       COUNT { (p)-[:ATTENDED|ENGAGES|ASSESSES]-() } AS weight
"""
DISTINCT = (
    "MATCH (a:Person)-[:DISTINCT_FROM]-(b:Person) WHERE a.id < b.id RETURN DISTINCT a.id AS a, b.id AS b"
)
NAMES = "MATCH (p:Person) RETURN p.id AS id, coalesce(p.name, p.id) AS name ORDER BY id"

POSTS = """
MATCH (p:Person {id: $id})-[e:EMPLOYED_BY]->(o:Organisation)
RETURN o.id AS organisation, coalesce(o.name, o.id) AS organisation_name, e.since AS since, e.until AS until,
       COLLECT { MATCH (p)-[w:WORKS_IN]->(f:Function) WHERE f.organisation = o.id
                   AND coalesce(w.since < e.until, true) AND coalesce(w.until > e.since, true)
                 RETURN {kind: f.kind, since: w.since, until: w.until}
                 ORDER BY coalesce(w.until, date('9999-12-31')), f.kind } AS functions
ORDER BY coalesce(until, date('9999-12-31')), coalesce(since, date('0001-01-01')), organisation
"""
FORMER = """
MATCH (f:FormerValue)-[:FORMER_OF]->(:Person {id: $id})
RETURN f.attribute AS attribute, f.value AS value, f.until AS until ORDER BY until, attribute
"""
OPINIONS = """
MATCH (x:Assessment)-[:ASSESSES]->(:Person {id: $id}) WHERE x.on <= $day
RETURN x {.*} AS opinion ORDER BY x.on, x.id
"""
CONTACTS = """
MATCH (:Person {id: $id})-[:ATTENDED]->(t:Touchpoint) WHERE t.on <= $day
RETURN t.on.year AS year, t.kind AS kind, count(*) AS touchpoints, sum(t.minutes) AS minutes,
       min(t.on) AS first_on, max(t.on) AS last_on
ORDER BY year, kind
"""
PERSON = "MATCH (p:Person {id: $id}) RETURN p.name AS name, p.title AS title, p.level AS level"
ASSESS = """
UNWIND $rows AS row
MATCH (p:Person {id: $person})
MERGE (x:Assessment {id: row.id}) SET x = row
MERGE (x)-[:ASSESSES]->(p)
RETURN x.id AS id
"""


@dataclass(frozen=True, slots=True)
class FunctionHeld:
    """A function somebody works or worked in."""

    kind: str
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class PostHeld:
    """Where somebody works or worked; without a first day since always, as far as anybody said."""

    organisation: str
    organisation_name: str
    since: date | None
    until: date | None
    functions: tuple[FunctionHeld, ...]


@dataclass(frozen=True, slots=True)
class FormerValue:
    """What was said of somebody until a later row said otherwise."""

    attribute: str
    value: str | float | bool
    until: date


@dataclass(frozen=True, slots=True)
class Opinion:
    """A dated opinion; `current` where it is the newest of its attribute on the day asked for."""

    id: str
    attribute: str
    value: str | float
    on: date
    by: str | None
    evidence: str | None
    confidence: float | None
    expires_on: date | None
    current: bool


@dataclass(frozen=True, slots=True)
class Contacts:
    """Touchpoints of one kind in one year; `minutes` where any of them says how long it was."""

    year: int
    kind: str
    touchpoints: int
    minutes: float | None
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class PersonHistory:
    """What is known of one person over time, up to a day."""

    person: str
    name: str | None
    title: str | None
    level: int | None
    posts: tuple[PostHeld, ...]
    former_values: tuple[FormerValue, ...]
    assessments: tuple[Opinion, ...]
    contacts: tuple[Contacts, ...]
    merges: tuple[Merge, ...]


def read_entries(store: Store) -> tuple[Entry, ...]:
    """Return everybody but seats without a known holder, as far as comparing needs it."""
    return tuple(
        Entry(
            id=row["id"],
            name=row["name"] or row["id"],
            organisation=row["organisation"],
            organisation_name=row["organisation_name"],
            email=row["email"],
            phone=row["phone"],
            title=row["title"],
            level=row["level"],
            function=next(iter(row["functions"]), None),
            left_on=row["left_on"],
            weight=row["weight"],
        )
        for row in store.read(ENTRIES, timeout=0)
    )


def read_proposals(store: Store) -> tuple[Proposal, ...]:
    """Propose whom to merge; pairs that somebody has said are two people are left out."""
    return propose(read_entries(store), distinct=read_distinct(store))


def read_distinct(store: Store) -> set[tuple[str, str]]:
    """Return the pairs of whom somebody has said that they are two people, lower id first."""
    return {(row["a"], row["b"]) for row in store.read(DISTINCT, timeout=0)}


def resolve_anyone(store: Store, text: str) -> str:
    """Return the id of the person with this id or unique name; a merged id means the person kept.

    Raises
    ------
    UnknownName, AmbiguousName
        As for accounts.
    """
    if store.read(PERSON, {"id": text}):
        return text
    kept = merged_into(store).get(text)
    if kept is not None:
        return kept
    candidates = [Candidate(row["id"], row["name"]) for row in store.read(NAMES, timeout=0)]
    return resolve(text, candidates, "person")


def read_history_of(store: Store, person: str, day: date) -> PersonHistory:
    """Return what is known of one person, by id, up to `day`.

    Raises
    ------
    UnknownName
        There is no such person, or no longer.
    """
    asked = {"id": person, "day": day}
    found = next(iter(store.read(PERSON, asked)), None)
    if found is None:
        raise _nobody(person)
    opinions = [row["opinion"] for row in store.read(OPINIONS, asked)]
    newest = {one["attribute"]: one["id"] for one in opinions}
    return PersonHistory(
        person=person,
        name=found["name"],
        title=found["title"],
        level=found["level"],
        posts=tuple(_post(row) for row in store.read(POSTS, asked)),
        former_values=tuple(FormerValue(**row) for row in store.read(FORMER, asked)),
        assessments=tuple(_opinion(one, newest[one["attribute"]] == one["id"]) for one in opinions),
        contacts=tuple(Contacts(**row) for row in store.read(CONTACTS, asked)),
        merges=read_merges(store, person),
    )


def _post(row: Row) -> PostHeld:
    return PostHeld(**{**row, "functions": tuple(FunctionHeld(**one) for one in row["functions"])})


def _opinion(row: Row, current: bool) -> Opinion:
    return Opinion(
        id=row["id"],
        attribute=row["attribute"],
        value=row["value"],
        on=row["on"],
        by=row.get("by"),
        evidence=row.get("evidence"),
        confidence=row.get("confidence"),
        expires_on=row.get("expires_on"),
        current=current,
    )


def assess(
    store: Store,
    person: str,
    values: Mapping[str, Any],
    *,
    today: date,
    on: date | None = None,
    by: str | None = None,
    evidence: str | None = None,
    confidence: float | None = None,
    expires_on: date | None = None,
) -> tuple[str, ...]:
    """Add opinions about a person, by id; the same day's of the same attribute and teller is replaced.

    Parameters
    ----------
    values
        By attribute: role, orientation, influence (0 to 1), proximity (0 to 5).
    on
        Day of the observation; today without it.

    Returns
    -------
    tuple
        The ids of the assessments.

    Raises
    ------
    InputError
        A value is none of its attribute, the day lies ahead, or it expires before it was made.
    UnknownName
        There is no such person, or no longer: merged into somebody else, for instance.
    """
    found, on = checked_opinions(values), on or today
    if on > today:
        raise InputError(f"An observation of {on} lies after today, {today}.")
    if expires_on is not None and expires_on <= on:
        raise InputError(f"An observation of {on} cannot expire on {expires_on}: name a later day.")
    if confidence is not None and not 0.0 <= confidence <= 1.0:
        raise InputError(f"The confidence {confidence:g} is not from 0 to 1.")
    said = {"by": by, "evidence": evidence, "confidence": confidence, "expires_on": expires_on}
    rows = [
        {
            "id": opinion_id(person, name, on, by or ""),
            "attribute": name,
            "value": value,
            "on": on,
            **{key: one for key, one in said.items() if one not in (None, "")},
        }
        for name, value in sorted(found.items())
    ]

    def work(transaction: Transaction) -> None:
        await_turn(transaction)
        if len(transaction.run(ASSESS, {"rows": rows, "person": person})) < len(rows):
            raise _nobody(person)

    store.transact(work)
    return tuple(row["id"] for row in rows)


def _nobody(person: str) -> UnknownName:
    return UnknownName(f"No person has the id {person!r}.")
