"""The history out of the store: posts with their days, the log, and repeated statements of proximity."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from graph.history import Group, History, Meeting, Post, Statement
from graph.policy import Policy
from graph.store import Store
from graph.store.fitting import fitting, fitting_assessment

Row = dict[str, Any]
HIGHEST_PROXIMITY = 5.0

# Of what was said on one day by the same person, the highest id counts, as everywhere.
POSTS = """
MATCH (p:Person)-[e:EMPLOYED_BY]->(o:Organisation)
WHERE NOT coalesce(p.placeholder, false) AND (e.since IS NULL OR e.since <= $day)
  AND (NOT o:Competitor OR o:Supplier OR o:KeyAccount OR o:Distributor OR o:EndCustomer)
RETURN p.id AS person, o.id AS organisation, p.level AS level, e.since AS since, e.until AS until,
       CASE WHEN o:Supplier THEN 'ours' WHEN o:Distributor THEN 'distributor' ELSE 'theirs' END AS group
"""

TRACES = """
MATCH (p:Person)-[:ATTENDED]->(t:Touchpoint) WHERE t.on <= $day RETURN p.id AS person, min(t.on) AS on
UNION ALL
MATCH (x:Assessment)-[:ASSESSES]->(p:Person) WHERE x.on <= $day RETURN p.id AS person, min(x.on) AS on
"""

NEWEST = """
OPTIONAL MATCH (t:Touchpoint) WHERE t.on <= $day WITH max(t.on) AS met
OPTIONAL MATCH (x:Assessment) WHERE x.on <= $day WITH met, max(x.on) AS said
OPTIONAL MATCH (:Person)-[g:ENGAGES]->(:Person) WHERE g.given_on <= $day
RETURN met, said, max(g.given_on) AS stated
"""

MEETINGS = """
MATCH (t:Touchpoint) WHERE t.on <= $day
RETURN t.id AS id, t.on AS on, t.kind AS kind, t.minutes AS minutes,
       COLLECT { MATCH (p:Person)-[:ATTENDED]->(t) RETURN p.id } AS attendees
"""

# One person after the other, or the planner goes through all touchpoints by their day.
MEETINGS_WITH = """
UNWIND $people AS one MATCH (c:Person {id: one})-[:ATTENDED]->(t:Touchpoint) WHERE t.on <= $day
WITH DISTINCT t
RETURN t.id AS id, t.on AS on, t.kind AS kind, t.minutes AS minutes,
       COLLECT { MATCH (p:Person)-[:ATTENDED]->(t) RETURN p.id } AS attendees
"""

STATEMENTS = """
MATCH (x:Assessment {attribute: 'proximity'})-[:ASSESSES]->(p:Person) WHERE x.on <= $day
RETURN p.id AS person, coalesce(x.by, '') AS by, x.on AS on, x.attribute AS attribute, x.value AS value
ORDER BY x.id
"""


def read_history(store: Store, day: date, policy: Policy, *, account: str | None = None) -> History:
    """Read what the store holds of the past, up to `day`.

    Parameters
    ----------
    account
        Limits the log to meetings with this account's people, and with those about whom somebody has said
        more than once how close we are. Posts and statements are those of the whole store: one account has
        too few people to tell how often people leave.
    """
    seen: dict[str, date] = {}
    for row in store.read(TRACES, {"day": day}, timeout=0):
        seen[row["person"]] = min(row["on"], seen.get(row["person"], date.max))
    rows = store.read(POSTS, {"day": day}, timeout=0)
    posts = tuple(_post(row, seen.get(row["person"])) for row in rows)
    ours = {post.person for post in posts if post.group == "ours"}
    statements = _statements(store.read(STATEMENTS, {"day": day}, timeout=0))
    if account is None:
        found = store.read(MEETINGS, {"day": day}, timeout=0)
    else:
        of_account = {post.person for post in posts if post.organisation == account}
        people = sorted(of_account | _restated(statements))
        found = store.read(MEETINGS_WITH, {"day": day, "people": people}, timeout=0)
    (newest,) = store.read(NEWEST, {"day": day}, timeout=0)
    return History(
        as_of=day,
        posts=posts,
        meetings=tuple(_meeting(row, ours) for row in found),
        statements=statements,
        newest=max((one for one in newest.values() if one is not None), default=None),
        policy=policy,
    )


def _post(row: Row, seen: date | None) -> Post:
    group: Group = row["group"]
    row = fitting("EMPLOYED_BY", fitting("Person", row))
    return Post(
        person=row["person"],
        organisation=row["organisation"],
        group=group,
        level=row["level"],
        since=row["since"],
        until=row["until"],
        seen=seen,
    )


def _meeting(row: Row, ours: set[str]) -> Meeting:
    row = fitting("Touchpoint", row)
    attendees = sorted(row["attendees"])
    return Meeting(
        id=row["id"],
        on=row["on"],
        kind=row["kind"],
        ours=tuple(one for one in attendees if one in ours),
        theirs=tuple(one for one in attendees if one not in ours),
        minutes=row["minutes"],
    )


def _statements(rows: list[Row]) -> tuple[Statement, ...]:
    sound = filter(fitting_assessment, rows)
    newest = {(row["person"], row["by"], row["on"]): row["value"] for row in sound}
    return tuple(
        Statement(person, by, on, value / HIGHEST_PROXIMITY) for (person, by, on), value in newest.items()
    )


def _restated(statements: tuple[Statement, ...]) -> set[str]:
    """Return about whom one person has said more than once how close we are."""
    said = [(one.person, one.by) for one in statements]
    return {person for (person, _), times in Counter(said).items() if times > 1}
