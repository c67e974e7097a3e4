"""Put accounts into a store straight by Cypher, past the import: what its user might have done, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from graph.account import Account, Person

Write = Callable[[str, Mapping[str, Any]], Any]

PEOPLE = """
UNWIND $rows AS row
MERGE (o:Organisation {id: row.organisation})
CREATE (p:Person {id: row.id, name: row.name, title: row.title, level: row.level,
                  placeholder: row.placeholder, time_capacity: row.time_capacity,
                  verified_on: row.verified_on})
CREATE (p)-[:EMPLOYED_BY]->(o)
FOREACH (kind IN CASE WHEN row.function IS NULL THEN [] ELSE [row.function] END |
  MERGE (f:Function {id: row.organisation + '/' + kind})
  SET f.kind = kind, f.name = kind, f.organisation = o.id
  MERGE (f)-[:FUNCTION_OF]->(o)
  CREATE (p)-[:WORKS_IN]->(f))
FOREACH (said IN row.said |
  CREATE (:Assessment {id: row.id + '/' + said.attribute, attribute: said.attribute, value: said.value,
                       on: row.assessed_on, expires_on: row.expires_on})-[:ASSESSES]->(p))
"""

TIES = """
UNWIND $rows AS row
MATCH (a:Person {id: row.ours}) MATCH (b:Person {id: row.stakeholder})
CREATE (a)-[:ENGAGES {strength: row.strength, strength_on: $day, desired: row.desired,
                      contacted_on: row.last_on, last_on: row.last_on, assumed: row.assumed,
                      touchpoints: row.touchpoints,
                      given_strength: row.strength, given_on: $day}]->(b)
"""

LINES = """
UNWIND $rows AS row
MATCH (a:Person {id: row.source}) MATCH (b:Person {id: row.target})
CREATE (a)-[:INFLUENCES {weight: row.weight, sign: row.sign}]->(b)
"""

REPORTS = """
UNWIND $rows AS row
MATCH (a:Person {id: row.person}) MATCH (b:Person {id: row.manager})
CREATE (a)-[:REPORTS_TO]->(b)
"""


def put(write: Write, account: Account) -> None:
    """Write an account: its people with assessments, ties as of its day, and lines."""
    write(
        """
        MERGE (a:Organisation {id: $id}) SET a:KeyAccount, a.name = $name
        FOREACH (one IN $suppliers | MERGE (s:Organisation {id: one.id}) SET s:Supplier, s.name = one.name
                                     MERGE (s)-[:SUPPLIES]->(a))
        """,
        {
            "id": account.id,
            "name": account.name,
            "suppliers": [{"id": one.id, "name": one.name} for one in account.suppliers],
        },
    )
    write(PEOPLE, {"rows": [_person(account, one) for one in (*account.ours, *account.theirs)]})
    write(TIES, {"rows": [_row(tie) for tie in account.ties], "day": account.as_of})
    write(LINES, {"rows": [_row(line) for line in account.influences]})
    write(REPORTS, {"rows": [_row(line) for line in account.reports_to]})


def numbered(account: Account, number: int) -> Account:
    """Return the account with every id marked, so that several fit into one store."""

    def new(one: str) -> str:
        return f"{number}:{one}"

    people = {
        side: tuple(
            replace(one, id=new(one.id), organisation=new(one.organisation)) for one in getattr(account, side)
        )
        for side in ("ours", "theirs")
    }
    return replace(
        account,
        id=new(account.id),
        suppliers=tuple(replace(one, id=new(one.id)) for one in account.suppliers),
        ties=tuple(
            replace(tie, ours=new(tie.ours), stakeholder=new(tie.stakeholder)) for tie in account.ties
        ),
        reports_to=tuple(
            replace(line, person=new(line.person), manager=new(line.manager)) for line in account.reports_to
        ),
        influences=tuple(
            replace(line, source=new(line.source), target=new(line.target)) for line in account.influences
        ),
        **people,
    )


def _row(line: object) -> dict[str, Any]:
    return {name: getattr(line, name) for name in line.__slots__}  # type: ignore[attr-defined]


def _person(account: Account, person: Person) -> dict[str, Any]:
    row = _row(person)
    row["said"] = [
        {"attribute": attribute, "value": getattr(person, attribute)}
        for attribute in ("role", "influence", "orientation", "proximity")
        if getattr(person, attribute) is not None
    ]
    row["assessed_on"] = person.verified_on or account.as_of
    return row
