"""Strengths that two derive at once."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from graph.policy import load_policy
from graph.store import Store, strengths

TODAY = date(2026, 1, 31)
POLICY = load_policy()
PAIR = """
CREATE (:Supplier:Organisation {id: 'us'})<-[:EMPLOYED_BY]-(s:Person {id: 's'}),
       (:KeyAccount:Organisation {id: 'acme'})<-[:EMPLOYED_BY]-(c:Person {id: 'c'})
"""
MEETING = """
MATCH (s:Person {id: 's'}), (c:Person {id: 'c'})
CREATE (s)-[:ATTENDED]->(t:Touchpoint {id: $id, kind: 'meeting', on: date('2026-01-20')})<-[:ATTENDED]-(c)
"""


def test_the_last_to_write_has_read_what_came_in_meanwhile(store: Store, monkeypatch: pytest.MonkeyPatch):
    store.write(PAIR)
    store.write(MEETING, {"id": "first"})
    others: list[threading.Thread] = []
    read = strengths.touchpoints_of

    def another() -> None:
        store.write(MEETING, {"id": "second"})
        strengths.rewrite_strengths(store, TODAY, POLICY)

    def interrupted(*args, **keys):
        found = read(*args, **keys)
        if not others:  # the first has read the log and not written yet
            others.append(threading.Thread(target=another))
            others[0].start()
            others[0].join(2.0)
        return found

    monkeypatch.setattr(strengths, "touchpoints_of", interrupted)
    strengths.rewrite_strengths(store, TODAY, POLICY)
    others[0].join()
    (tie,) = store.read(
        "MATCH (:Person {id: 's'})-[t:ENGAGES]->(:Person {id: 'c'}) RETURN t.touchpoints AS n"
    )
    assert tie["n"] == 2
