"""Who changed employer between an account and another organisation, as of a day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

from graph.account import Account
from graph.people.movers import Acquaintance, Mover, Movers, in_post, overlaps
from graph.store.accounts import read_ties
from graph.store.session import Store

Row = dict[str, Any]

MOVES = """
MATCH (a:Organisation {id: $account})<-[h:EMPLOYED_BY]-(p:Person)-[t:EMPLOYED_BY]->(o:Organisation)
WHERE o <> a AND NOT coalesce(p.placeholder, false)
RETURN p.id AS person, coalesce(p.name, p.id) AS name, p.title AS title,
       h.since AS here_since, h.until AS here_until,
       o.id AS organisation, coalesce(o.name, o.id) AS organisation_name,
       t.since AS there_since, t.until AS there_until
ORDER BY person, organisation
"""
COLLEAGUES = """
MATCH (p:Person)-[e:EMPLOYED_BY]->(o:Organisation) WHERE o.id IN $organisations
  AND (e.since IS NULL OR e.since <= $day) AND (e.until IS NULL OR e.until > $day)
  AND NOT coalesce(p.placeholder, false)
RETURN o.id AS organisation, p.id AS person, e.since AS since, e.until AS until
"""


def read_movers(store: Store, account: Account) -> Movers:
    """Read an account's alumni who are in post elsewhere, and its newcomers, as of the account's day."""
    day = account.as_of
    alumni: dict[str, Row] = {}
    newcomers: dict[str, Row] = {}
    for row in store.read(MOVES, {"account": account.id, "day": day}):
        here = in_post(row["here_since"], row["here_until"], day)
        there = in_post(row["there_since"], row["there_until"], day)
        if there and not here and row["here_until"] is not None and row["here_until"] <= day:
            alumni.setdefault(row["person"], row)
        elif here and not there and row["there_until"] is not None and row["there_until"] <= day:
            known = newcomers.get(row["person"])
            if known is None or row["there_until"] > known["there_until"]:
                newcomers[row["person"]] = row
    if not alumni and not newcomers:
        return Movers()
    left = {account.id, *(row["organisation"] for row in newcomers.values())}
    in_post_there: dict[str, list[Row]] = defaultdict(list)
    for row in store.read(COLLEAGUES, {"organisations": sorted(left), "day": day}):
        in_post_there[row["organisation"]].append(row)
    names = {one.id: one.name for one in account.ours}
    known_by: dict[str, list[Acquaintance]] = defaultdict(list)
    movers = sorted({*alumni, *newcomers})
    for tie in read_ties(store, sorted(names), movers, day, account.policy):
        if tie.strength > 0.0:
            known_by[tie.stakeholder].append(Acquaintance(tie.ours, names[tie.ours], tie.strength))
    for found in known_by.values():
        found.sort(key=lambda one: (-one.strength, one.person))
    return Movers(
        tuple(
            _mover(
                row,
                row["there_since"] or row["here_until"],
                known_by[person],
                (row["here_since"], row["here_until"]),
                in_post_there[account.id],
            )
            for person, row in sorted(alumni.items())
        ),
        tuple(
            _mover(
                row,
                row["here_since"] or row["there_until"],
                known_by[person],
                (row["there_since"], row["there_until"]),
                in_post_there[row["organisation"]],
            )
            for person, row in sorted(newcomers.items())
        ),
    )


def _mover(
    row: Row,
    on: date | None,
    known_by: list[Acquaintance],
    post: tuple[date | None, date | None],
    others: list[Row],
) -> Mover:
    mover = Mover(
        person=row["person"],
        name=row["name"],
        title=row["title"],
        organisation=row["organisation"],
        organisation_name=row["organisation_name"],
        on=on,
        known_by=tuple(known_by),
        colleagues=0,
    )
    worked_with = {
        other["person"]
        for other in others
        if other["person"] != row["person"] and overlaps(*post, other["since"], other["until"])
    }
    return replace(mover, colleagues=len(worked_with))
