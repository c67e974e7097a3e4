"""What comparing an account with similar ones needs of the others, out of the store in one query.

Today's threads are kept in the graph. On another day they are replayed, so that whole accounts are read.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from graph.account import Account
from graph.cookbook import policy_parameters
from graph.gap_similar import Peer, Presence, peer_of
from graph.policy import Policy
from graph.store import Store
from graph.store.accounts import KINDS, SERVES, list_accounts, read_portfolio

# Ties of people in post only; `threads` counts them, as the measures do, for people who are not against.
PEERS = f"""
MATCH (one:Organisation) WHERE one.id IN $accounts AND any(label IN labels(one) WHERE label IN $labels)
WITH one,
  COLLECT {{ MATCH (s:Supplier)-[:{SERVES}]->(one) RETURN s.id }} AS serving,
  COLLECT {{ MATCH (:Supplier)-[r:SUPPLIES]->(one) WHERE r.revenue IS NOT NULL
              AND (r.since IS NULL OR r.since <= $day) RETURN r.revenue }} AS revenues
CALL (one, serving) {{
  MATCH (p:Person)-[e:EMPLOYED_BY]->(one)
  WHERE (e.since IS NULL OR e.since <= $day) AND (e.until IS NULL OR e.until > $day)
  WITH DISTINCT p, one, serving,
    COLLECT {{ MATCH (p)-[w:WORKS_IN]->(f:Function) WHERE f.organisation = one.id
                AND (w.since IS NULL OR w.since <= $day) AND (w.until IS NULL OR w.until > $day)
              RETURN f.kind ORDER BY coalesce(w.since, date('0001-01-01')) DESC, f.kind LIMIT 1 }}[0]
      AS function,
    COLLECT {{ MATCH (x:Assessment)-[:ASSESSES]->(p) WHERE x.on <= $day
              RETURN [x.attribute, x.value] ORDER BY x.on DESC, x.id DESC }} AS said,
    COUNT {{ MATCH (our:Person)-[t:ENGAGES]->(p) WHERE t.strength >= $thread_min AND EXISTS {{
               MATCH (our)-[job:EMPLOYED_BY]->(s:Supplier)
               WHERE (serving = [] OR s.id IN serving) AND s <> one
                 AND (job.since IS NULL OR job.since <= $day)
                 AND (job.until IS NULL OR job.until > $day) }} }} AS threads
  WITH p, function, threads,
    head([s IN said WHERE s[0] = 'role' | s[1]]) AS role,
    head([s IN said WHERE s[0] = 'influence' | s[1]]) AS assessed,
    head([s IN said WHERE s[0] = 'orientation' | s[1]]) AS orientation
  WITH function,
    coalesce(assessed, $role_influence[role], $level_influence[toString(p.level)], $influence_default)
      AS influence,
    CASE WHEN coalesce(p.placeholder, false)
           OR coalesce($orientation_values[orientation], 0.0) < $opponent_below THEN 0 ELSE threads END
      AS threads
  WITH function, sum(influence) AS influence, sum(threads) AS threads
  RETURN collect({{function: function, influence: influence, threads: threads}}) AS functions
}}
RETURN one.id AS id, one.name AS name, labels(one) AS labels, one.industry AS industry,
       one.category_volume AS category_volume, revenues, functions
ORDER BY id
"""


def read_peers(store: Store, account: Account, policy: Policy, today: date) -> tuple[Peer, ...]:
    """Return the other accounts of the account's kinds, as of its day, sorted by id."""
    if account.as_of != today:
        others = read_portfolio(store, account.as_of, policy)
        return tuple(peer_of(one) for one in others if one.id != account.id)
    rows = store.read(
        PEERS,
        {
            "accounts": [one.id for one in list_accounts(store) if one.id != account.id],
            "labels": [label for label, kind in KINDS.items() if kind in account.kinds],
            "day": account.as_of,
            **policy_parameters(policy),
        },
    )
    return tuple(_peer(row) for row in rows)


def _peer(row: dict[str, Any]) -> Peer:
    total = sum(one["influence"] for one in row["functions"])
    return Peer(
        row["id"],
        row["name"],
        tuple(kind for label, kind in KINDS.items() if label in row["labels"]),
        row["industry"],
        row["category_volume"],
        sum(row["revenues"]) if row["revenues"] else None,
        sum(one["threads"] for one in row["functions"]),
        {
            one["function"]: Presence(one["influence"] / total if total else 0.0, one["threads"])
            for one in row["functions"]
            if one["function"] is not None
        },
    )
