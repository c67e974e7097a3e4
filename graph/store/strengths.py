"""The strength of every tie as of today, kept on `ENGAGES` so that Cypher reads the same number.

It is derived from the log by `graph.replay`, in one write: after an import, first thing on a new day, and
when somebody comes with other policy tables, since strengths follow from those. So that this is noticed, the
store keeps the fingerprint of the tables that its strengths follow.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from graph.policy import Policy, load_policy
from graph.replay import Contact, Given, strength_on
from graph.store import Store, Transaction
from graph.store.fitting import fitting_value

Row = dict[str, Any]

# Of everybody who ever worked for us, every post.
OUR_POSTS = """
MATCH (p:Person)-[:EMPLOYED_BY]->(:Supplier) WITH DISTINCT p
MATCH (p)-[e:EMPLOYED_BY]->(o:Organisation)
RETURN p.id AS id, o:Supplier AS ours, e.since AS since, e.until AS until
"""

ALL_TOUCHPOINTS = """
MATCH (t:Touchpoint) WHERE t.on <= $day
RETURN t.id AS id, t.on AS on, t.kind AS kind, t.minutes AS minutes, t.theirs AS theirs,
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
WITH count(t) > 0 AS outdated
OPTIONAL MATCH (v:SchemaVersion {id: 'schema'})
RETURN outdated OR coalesce(v.strengths_of, $shipped) <> $policy AS outdated
"""

NOTE_POLICY = "MATCH (v:SchemaVersion {id: 'schema'}) SET v.strengths_of = $policy"


def refresh_strengths(store: Store, today: date, policy: Policy) -> bool:
    """Bring the strength on every `ENGAGES` up to `today`, in one write; tell whether there was need to.

    Pairs that met at a touchpoint without having a tie get one.
    """
    asked = {"day": today, "policy": fingerprint(policy), "shipped": fingerprint(load_policy())}
    if not store.read(OUTDATED, asked)[0]["outdated"]:
        return False
    rewrite_strengths(store, today, policy)
    return True


def rewrite_strengths(store: Store, today: date, policy: Policy) -> None:
    """Derive every strength anew as of `today`; an import calls this for what it changed.

    Whoever writes strengths holds the note of their policy first, so that of several at once the last one has
    read what all of them changed.
    """

    def work(transaction: Transaction) -> None:
        transaction.run(NOTE_POLICY, {"policy": fingerprint(policy)})
        posts = Sides(transaction.run(OUR_POSTS))
        log = touchpoints_of(transaction.run(ALL_TOUCHPOINTS, {"day": today}), posts)
        ties = {(row["ours"], row["theirs"]): row for row in transaction.run(ALL_TIES)}
        pairs = sorted({*ties, *log})
        transaction.batches(
            WRITE_STRENGTHS,
            (_derived(pair, ties.get(pair, {}), log.get(pair, []), today, policy) for pair in pairs),
        )

    store.transact(work)


def _derived(pair: tuple[str, str], row: Row, contacts: list[Contact], today: date, policy: Policy) -> Row:
    """Return what `WRITE_STRENGTHS` writes on the tie of a pair."""
    return {
        "ours": pair[0],
        "theirs": pair[1],
        "day": today,
        "strength": strength_on(today, contacts, policy, given_of(row, contacts)),
        "contacted_on": last_contact(row, contacts, today),
        "touchpoints": len(contacts),
    }


def fingerprint(policy: Policy) -> str:
    """Return what tells tables apart that strengths may follow from: touchpoint kinds and cut-offs."""
    kinds = {name: [kind.hours, kind.quality] for name, kind in policy.kinds.items()}
    said = json.dumps([kinds, dict(policy.limits)], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


class Sides:
    """Who was on our side on which day.

    Somebody who only ever worked for us is ours on every day, whatever the days of the posts; somebody who
    changed sides is ours except while in a post elsewhere.
    """

    def __init__(self, posts: Iterable[Row]) -> None:
        self._ours: dict[str, list[Row]] = defaultdict(list)
        self._elsewhere: dict[str, list[Row]] = defaultdict(list)
        for row in posts:
            (self._ours if row["ours"] else self._elsewhere)[row["id"]].append(row)

    def ours(self, person: str, on: date) -> bool:
        """Tell whether somebody was ours on a day."""
        if person not in self._ours:
            return False
        elsewhere = self._elsewhere.get(person)
        if not elsewhere or any(_covers(post, on) for post in self._ours[person]):
            return True
        return not any(_covers(post, on) for post in elsewhere)


def _covers(post: Row, on: date) -> bool:
    since, until = post["since"], post["until"]
    return (since is None or since <= on) and (until is None or until > on)


def read_sides(store: Store) -> Sides:
    """Read who was on our side when."""
    return Sides(store.read(OUR_POSTS, timeout=0))


def touchpoints_of(
    touchpoints: Iterable[Row],
    sides: Sides,
    ours: Collection[str] | None = None,
    theirs: Collection[str] | None = None,
) -> dict[tuple[str, str], list[Contact]]:
    """Return the contacts of each pair that met; attendees count on the other side only.

    Parameters
    ----------
    sides
        Who was on our side on the day of a touchpoint.
    ours, theirs
        Whose pairs are wanted; all without them.
    """
    log: dict[tuple[str, str], list[Contact]] = defaultdict(list)
    for row in touchpoints:
        here = [person for person in row["attendees"] if sides.ours(person, row["on"])]
        others = [person for person in row["attendees"] if person not in here]
        # Of a mail to many, most may be known by nobody; they share in it all the same.
        attendees = max(len(others), row.get("theirs") or 0)
        minutes = fitting_value("Touchpoint", "minutes", row["minutes"])
        contact = Contact(row["on"], row["id"], str(row["kind"]), minutes, attendees)
        for one in here:
            if ours is None or one in ours:
                for other in others:
                    if theirs is None or other in theirs:
                        log[one, other].append(contact)
    return log


def given_of(row: Row, contacts: list[Contact]) -> Given | None:
    """Return the stated strength; an assumed one gives way to the first touchpoint."""
    strength = fitting_value("ENGAGES", "given_strength", row.get("given_strength"))
    day = fitting_value("ENGAGES", "given_on", row.get("given_on"))
    if strength is None or day is None or (row["assumed"] and contacts):
        return None
    return Given(strength, day)


def last_contact(row: Row, contacts: list[Contact], day: date) -> date | None:
    """Return the day of the last contact up to `day`, whether from the log or stated."""
    days = [one.on for one in contacts if one.on <= day]
    stated = fitting_value("ENGAGES", "last_on", row.get("last_on"))
    if stated is not None and stated <= day:
        days.append(stated)
    return max(days, default=None)
