"""The strength of every tie as of today, kept on `ENGAGES` so that Cypher reads the same number.

It is derived from the log by `graph.replay`, in one write: after an import, and first thing on a new day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from graph.policy import Policy
from graph.replay import Contact, Given, strength_on
from graph.store import Store

Row = dict[str, Any]

OUR_PEOPLE = "MATCH (p:Person)-[:EMPLOYED_BY]->(:Supplier) RETURN DISTINCT p.id AS id"

ALL_TOUCHPOINTS = """
MATCH (t:Touchpoint) WHERE t.on <= $day
RETURN t.id AS id, t.on AS on, t.kind AS kind, t.minutes AS minutes,
       COLLECT { MATCH (p:Person)-[:ATTENDED]->(t) RETURN p.id } AS attendees
"""

ALL_TIES = """
MATCH (s:Person)-[t:ENGAGES]->(c:Person)
RETURN s.id AS ours, c.id AS theirs, t.given_strength AS given_strength, t.given_on AS given_on,
       coalesce(t.assumed, false) AS assumed, t.last_on AS last_on
"""

WRITE_STRENGTHS = """
UNWIND $rows AS row
MATCH (s:Person {id: row.ours}) MATCH (c:Person {id: row.theirs})
MERGE (s)-[t:ENGAGES]->(c)
SET t.strength = row.strength, t.strength_on = row.day, t.contacted_on = row.contacted_on,
    t.touchpoints = row.touchpoints
"""

OUTDATED = """
OPTIONAL MATCH ()-[t:ENGAGES]->() WHERE t.strength_on IS NULL OR t.strength_on <> $day
RETURN count(t) > 0 AS outdated
"""


def refresh_strengths(store: Store, today: date, policy: Policy) -> bool:
    """Bring the strength on every `ENGAGES` up to `today`, in one write; tell whether there was need to.

    Pairs that met at a touchpoint without having a tie get one.
    """
    if not store.read(OUTDATED, {"day": today})[0]["outdated"]:
        return False
    rewrite_strengths(store, today, policy)
    return True


def rewrite_strengths(store: Store, today: date, policy: Policy) -> None:
    """Derive every strength anew as of `today`; an import calls this for what it changed."""
    ours = {row["id"] for row in store.read(OUR_PEOPLE)}
    log = touchpoints_of(store.read(ALL_TOUCHPOINTS, {"day": today}, timeout=0), ours)
    ties = {(row["ours"], row["theirs"]): row for row in store.read(ALL_TIES, timeout=0)}
    rows = []
    for pair in sorted({*ties, *log}):
        contacts = log.get(pair, [])
        row = ties.get(pair, {})
        rows.append(
            {
                "ours": pair[0],
                "theirs": pair[1],
                "day": today,
                "strength": strength_on(today, contacts, policy, given_of(row, contacts)),
                "contacted_on": last_contact(row, contacts, today),
                "touchpoints": len(contacts),
            }
        )
    store.transact(lambda transaction: transaction.batches(WRITE_STRENGTHS, rows))


def touchpoints_of(
    touchpoints: Iterable[Row], ours: set[str], theirs: set[str] | None = None
) -> dict[tuple[str, str], list[Contact]]:
    """Return the contacts of each pair that met; attendees count on the other side only."""
    log: dict[tuple[str, str], list[Contact]] = defaultdict(list)
    for row in touchpoints:
        others = [person for person in row["attendees"] if person not in ours]
        contact = Contact(row["on"], row["id"], row["kind"], row["minutes"], len(others))
        for one in row["attendees"]:
            if one in ours:
                for other in others:
                    if theirs is None or other in theirs:
                        log[one, other].append(contact)
    return log


def given_of(row: Row, contacts: list[Contact]) -> Given | None:
    """Return the stated strength; an assumed one gives way to the first touchpoint."""
    if row.get("given_strength") is None or (row["assumed"] and contacts):
        return None
    return Given(row["given_strength"], row["given_on"])


def last_contact(row: Row, contacts: list[Contact], day: date) -> date | None:
    """Return the day of the last contact up to `day`, whether from the log or stated."""
    days = [one.on for one in contacts if one.on <= day]
    stated = row.get("last_on")
    if stated is not None and stated <= day:
        days.append(stated)
    return max(days, default=None)
