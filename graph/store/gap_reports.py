"""Gap reports kept in the store, one for an account and day, so that the next one can say what changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from graph.gap_changes import Standing
from graph.store import Store

SAVE = """
MATCH (account:Organisation {id: $account})
MERGE (report:GapReport {id: $id})
SET report.on = $on, report.gaps = $gaps
MERGE (report)-[:OF_ACCOUNT]->(account)
"""

LAST = """
MATCH (report:GapReport)-[:OF_ACCOUNT]->(:Organisation {id: $account}) WHERE report.on <= $until
RETURN report.on AS on, report.gaps AS gaps ORDER BY report.on DESC LIMIT 1
"""

# Somebody who has become one with another since is meant by the id that was kept.
MERGED = "MATCH (m:PersonMerge) RETURN m.merged AS merged, m.kept AS kept ORDER BY m.number"


def save_report(store: Store, account: str, on: date, gaps: Sequence[Standing]) -> None:
    """Keep an account's gaps as of a day, in place of what was kept for that day."""
    kept = json.dumps([asdict(gap) for gap in gaps], ensure_ascii=False)
    store.write(SAVE, {"account": account, "id": f"{account}/gaps/{on}", "on": on, "gaps": kept})


def last_report(store: Store, account: str, until: date) -> tuple[date, tuple[Standing, ...]] | None:
    """Return the newest report kept of an account up to a day, and its day; None if there is none."""
    rows = store.read(LAST, {"account": account, "until": until})
    if not rows:
        return None
    merged = {row["merged"]: row["kept"] for row in store.read(MERGED)}

    def current(id_: str) -> str:
        seen = set()
        while id_ in merged and id_ not in seen:
            seen.add(id_)
            id_ = merged[id_]
        return id_

    gaps = [Standing(**one) for one in json.loads(rows[0]["gaps"])]
    return rows[0]["on"], tuple(
        Standing(
            gap.kind,
            current(gap.subject),
            gap.subject_name,
            gap.severity,
            None if gap.ours is None else current(gap.ours),
        )
        for gap in gaps
    )
