"""An account as pandas frames: one of people, of ties, of lines, of gaps, and of touchpoints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from graph.account import Account, InfluenceLine, Person, ReportingLine, Tie
from graph.gaps import Gap, find_gaps
from graph.measures import measure

if TYPE_CHECKING:
    from pandas import DataFrame

    from graph.store import Store

DAYS = ("as_of", "expires_on", "last_on", "on", "verified_on")
TOUCHPOINTS = ("touchpoint", "on", "kind", "minutes", "initiator", "subject", "person", "side")
# One row for everybody who was there and belonged to the account or to us.
ATTENDED = """
MATCH (p:Person)-[:ATTENDED]->(t:Touchpoint)
WHERE p.id IN $people AND t.on <= $day
  AND EXISTS { (other:Person)-[:ATTENDED]->(t) WHERE other.id IN $theirs }
RETURN DISTINCT t.id AS touchpoint, t.on AS on, t.kind AS kind, t.minutes AS minutes,
       t.initiator AS initiator, t.subject AS subject, p.id AS person,
       CASE WHEN p.id IN $theirs THEN 'theirs' ELSE 'ours' END AS side
ORDER BY on, touchpoint, person
"""


def frames(account: Account, store: Store | None = None) -> dict[str, DataFrame]:
    """Return an account as frames by name.

    `people` (both sides, with `side`, `row`, `coverage` and the influence that the measures take), `ties`,
    `reports_to`, `influences` and `gaps`; with the store that the account was read from also `touchpoints`,
    one row for each of those who attended. Days are `datetime64`, what nobody knows is missing.
    """
    import pandas as pd

    measures = measure(account)
    people = _frame([*account.ours, *account.theirs], Person)
    ours = len(account.ours)
    people.insert(2, "side", ["ours"] * ours + ["theirs"] * len(account.theirs))
    people["row"] = [account.row(person) for person in (*account.ours, *account.theirs)]
    unknown = [None] * ours
    people["assumed_influence"] = pd.array([*unknown, *account.influence.tolist()], dtype="Float64")
    people["coverage"] = pd.array([*unknown, *measures.coverage_of.tolist()], dtype="Float64")
    ties = _frame(account.ties, Tie)
    threads = set(measures.threads)
    ties["thread"] = pd.array([tie in threads for tie in account.ties], dtype="boolean")
    gaps = _frame(find_gaps(account, measures), Gap)
    made = {
        "people": people,
        "ties": ties,
        "reports_to": _frame(account.reports_to, ReportingLine),
        "influences": _frame(account.influences, InfluenceLine),
        "gaps": gaps.drop(columns=[name for name in ("query",) if name in gaps]),
    }
    if store is not None:
        theirs = [person.id for person in account.theirs]
        met = store.read(ATTENDED, {"people": list(account.people), "theirs": theirs, "day": account.as_of})
        made["touchpoints"] = _typed(pd.DataFrame(met, columns=list(TOUCHPOINTS)))
    return made


def _frame(rows: Iterable[Any], kind: type) -> DataFrame:
    """Return dataclasses as a frame with one column for each field, also where there is no row."""
    import pandas as pd

    names = [one.name for one in fields(kind)]
    return _typed(pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=names))


def _typed(frame: DataFrame) -> DataFrame:
    import pandas as pd

    for name in frame.columns:
        if name in DAYS:
            frame[name] = pd.to_datetime(frame[name])
    return frame
