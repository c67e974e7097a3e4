"""The verbs of people over time: who may be one, merging and undoing it, a person's history, opinions.

As in `api.verbs`, each takes a `Workspace` and returns one result object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.workspace import Result, Workspace
from graph.errors import InputError
from graph.people.proposals import CONFIDENCES, RULES, Confidence, Proposal, chosen_by
from graph.store import merges as store_merges
from graph.store import people as store_people
from graph.store.merges import Merge, Pair
from graph.store.people import Opinion, PersonHistory, resolve_anyone
from graph.store.strengths import refresh_strengths


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Who may be one person, the surest first; `found` counts all, also those not listed."""

    proposals: tuple[Proposal, ...]
    found: int


@dataclass(frozen=True, slots=True)
class Merged:
    """People who were made one; with `dry_run` the proposals that would be accepted, and no merge."""

    rule: str | None
    dry_run: bool
    proposals: tuple[Proposal, ...]
    merges: tuple[Merge, ...]


@dataclass(frozen=True, slots=True)
class Merges:
    """The merges that stand, in the order they were made."""

    merges: tuple[Merge, ...]


@dataclass(frozen=True, slots=True)
class Unmerged:
    """A merge that was undone; `distinct` where the two are not proposed again."""

    merge: Merge
    distinct: bool


@dataclass(frozen=True, slots=True)
class Rejected:
    """Two who are two people."""

    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Assessed:
    """What was said about a person."""

    person: str
    assessments: tuple[Opinion, ...]


def duplicates(
    work: Workspace, *, least: Confidence = "doubtful", limit: int | None = None
) -> Result[Duplicates]:
    """Propose whom to merge; `least` is how sure a proposal has to be."""
    enough = CONFIDENCES[: CONFIDENCES.index(least) + 1]
    found = [one for one in store_people.read_proposals(work.store) if one.confidence in enough]
    return Result(work.today, (), Duplicates(tuple(found[:limit]), len(found)))


def merge(work: Workspace, keep: str, other: str, *, by: str | None = None) -> Result[Merged]:
    """Make one person of two, each by id or unique name."""
    kept, merged = resolve_anyone(work.store, keep), resolve_anyone(work.store, other)
    made = store_merges.merge_people(work.store, [Pair(kept, merged)], today=work.today, by=by)
    refresh_strengths(work.store, work.today, work.policy)
    return Result(work.today, (), Merged(None, False, (), made))


def merge_by_rule(
    work: Workspace, rule: str, *, dry_run: bool = False, by: str | None = None
) -> Result[Merged]:
    """Accept all proposals that a rule takes."""
    if rule not in RULES:
        raise InputError(f"The rule {rule!r} is none of {', '.join(RULES)}.")
    distinct = store_people.read_distinct(work.store)
    chosen = chosen_by(rule, store_people.read_proposals(work.store), distinct)
    if dry_run:
        return Result(work.today, (), Merged(rule, True, chosen, ()))
    pairs = [Pair(one.a, one.b, one.why) for one in chosen]
    made = store_merges.merge_people(work.store, pairs, today=work.today, by=by, rule=rule)
    refresh_strengths(work.store, work.today, work.policy)
    return Result(work.today, (), Merged(rule, False, chosen, made))


def merges(work: Workspace) -> Result[Merges]:
    """Return the merges that stand."""
    return Result(work.today, (), Merges(store_merges.read_merges(work.store)))


def unmerge(work: Workspace, id_: str, *, distinct: bool = False) -> Result[Unmerged]:
    """Undo a merge, by its id or the id that was merged."""
    undone = store_merges.unmerge(work.store, id_, today=work.today, distinct=distinct)
    refresh_strengths(work.store, work.today, work.policy)
    return Result(work.today, (), Unmerged(undone, distinct))


def reject(work: Workspace, one: str, other: str) -> Result[Rejected]:
    """Remember that two are two people."""
    a, b = sorted((resolve_anyone(work.store, one), resolve_anyone(work.store, other)))
    store_merges.reject(work.store, a, b, today=work.today)
    return Result(work.today, (), Rejected(a, b))


def history(work: Workspace, name: str, as_of: date | None = None) -> Result[PersonHistory]:
    """Return what is known of one person over time; a merged id means the person kept."""
    day = as_of or work.today
    found = store_people.read_history_of(work.store, resolve_anyone(work.store, name), day)
    return Result(day, (), found)


def assess(work: Workspace, name: str, values: Mapping[str, Any], **said: Any) -> Result[Assessed]:
    """Say what role, orientation, influence or proximity somebody has, and why.

    Parameters
    ----------
    said
        on, by, evidence, confidence, expires_on, as `graph.store.people.assess` takes them.
    """
    person = resolve_anyone(work.store, name)
    ids = store_people.assess(work.store, person, values, today=work.today, **said)
    person = resolve_anyone(work.store, person)  # who was merged meanwhile is somebody else now
    known = store_people.read_history_of(work.store, person, work.today).assessments
    return Result(work.today, (), Assessed(person, tuple(one for one in known if one.id in ids)))
