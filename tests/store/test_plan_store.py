"""Plans in a real store: what is proposed is replaced, what somebody began stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from graph.account import Account, Person
from graph.errors import UnknownName
from graph.plan import PlanLimits, propose
from graph.store import Store
from graph.store.plans import read_plan, save_plan

ACCOUNT = Account(
    "acme",
    "Acme",
    date(2026, 1, 31),
    ours=(Person("o1", "Anna", "us", time_capacity=2.0), Person("o2", "Boris", "us", time_capacity=1.0)),
    theirs=(
        Person("t1", "Bert", "acme", role="decision_maker", function="finance"),
        Person("t2", "Carla", "acme"),
    ),
)

PEOPLE = """
UNWIND $people AS row
MERGE (organisation:Organisation {id: row.organisation})
ON CREATE SET organisation.name = row.organisation
MERGE (person:Person {id: row.id}) SET person.name = row.name
MERGE (person)-[:EMPLOYED_BY]->(organisation)
"""

ACTIONS = """
MATCH (action:Action)-[:OF_ACCOUNT]->(account:Organisation)
MATCH (action)-[:OWNED_BY]->(person:Person)
MATCH (action)-[:TARGETS]->(stakeholder:Person)
RETURN action.id AS id, action.status AS status, account.id AS account, person.id AS person,
       stakeholder.id AS stakeholder, action.due_on AS due_on
ORDER BY id
"""


@pytest.fixture
def filled(store: Store) -> Store:
    people = [
        {"id": one.id, "name": one.name, "organisation": one.organisation}
        for one in (*ACCOUNT.ours, *ACCOUNT.theirs)
    ]
    store.write(PEOPLE, {"people": [*people, {"id": "x", "name": "X", "organisation": "other"}]})
    return store


def statuses(store: Store) -> dict[str, str]:
    return {row["id"]: row["status"] for row in store.read(ACTIONS)}


def mark(store: Store, id: str, **values: Any) -> None:
    store.write("MATCH (action:Action {id: $id}) SET action += $values", {"id": id, "values": values})


def test_a_plan_comes_back_as_it_was_saved(filled: Store) -> None:
    plan = propose(ACCOUNT)
    save_plan(filled, "acme", plan)
    saved = read_plan(filled, "acme")
    assert saved is not None
    assert saved.status == "saved"
    assert (saved.account, saved.as_of) == ("acme", plan.as_of)
    assert sorted(saved.actions, key=lambda a: a.id) == sorted(plan.actions, key=lambda a: a.id)
    assert saved.hours == pytest.approx(plan.hours)
    assert saved.cost == pytest.approx(plan.cost)
    rows = filled.read(ACTIONS)
    assert len(rows) == len(plan.actions)
    assert {row["account"] for row in rows} == {"acme"}
    assert all(type(row["due_on"]) is date for row in rows)
    assert read_plan(filled, "other") is None


def test_saving_the_same_plan_again_changes_nothing(filled: Store) -> None:
    plan = propose(ACCOUNT)
    save_plan(filled, "acme", plan)
    first = filled.read(ACTIONS)
    save_plan(filled, "acme", plan)
    assert filled.read(ACTIONS) == first


def test_a_new_plan_keeps_what_was_begun_done_or_pinned(filled: Store) -> None:
    plan = propose(ACCOUNT)
    save_plan(filled, "acme", plan)
    started, done, pinned, dropped = (plan.actions[index].id for index in (0, 1, 2, 3))
    mark(filled, started, status="started")
    mark(filled, done, status="done")
    mark(filled, pinned, pinned=True)
    mark(filled, dropped, status="dropped")
    empty = propose(ACCOUNT, PlanLimits(hours=0.0))
    save_plan(filled, "acme", empty)
    assert statuses(filled) == {started: "started", done: "done", pinned: "planned", dropped: "dropped"}
    # Done ones are touchpoints by now, dropped ones are given up.
    saved = read_plan(filled, "acme")
    assert saved is not None
    assert {action.id for action in saved.actions} == {started, pinned}
    # The same action proposed once more does not undo what somebody did.
    save_plan(filled, "acme", plan)
    after = statuses(filled)
    assert len(after) == len(plan.actions)
    assert (after[started], after[done], after[dropped]) == ("started", "done", "dropped")


def test_a_plan_of_another_account_is_left_alone(filled: Store) -> None:
    plan = propose(ACCOUNT)
    save_plan(filled, "acme", plan)
    other = replace(plan, account="other", actions=())
    save_plan(filled, "other", other)
    assert len(statuses(filled)) == len(plan.actions)


def test_an_unknown_account_saves_nothing(filled: Store) -> None:
    with pytest.raises(UnknownName, match="nowhere"):
        save_plan(filled, "nowhere", propose(ACCOUNT))
    assert statuses(filled) == {}
