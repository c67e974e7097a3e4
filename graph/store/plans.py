"""Plans in the store: actions with the people they join, kept from one planning to the next.

Planning anew replaces what is only proposed. What somebody has begun, done, dropped or pinned stays.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from graph.errors import UnknownName
from graph.plan.days import month_of
from graph.plan.model import Action, Guest, Plan
from graph.store import Store, Transaction

PLANNED: Final = "planned"
# A word of older stores for what is planned.
PROPOSED: Final = "proposed"
# Done actions have become touchpoints, and dropped ones are no longer planned.
OPEN = (PLANNED, PROPOSED, "started")
EVERY = (*OPEN, "done", "dropped")

EXISTS = "MATCH (account:Organisation {id: $account}) RETURN account.id AS id"

# Each is held before it is looked at: somebody may be beginning it at this moment.
FORGET = """
MATCH (action:Action)-[:OF_ACCOUNT]->(:Organisation {id: $account})
SET action.held = true
REMOVE action.held
WITH action
WHERE action.status IN $planned AND NOT coalesce(action.pinned, false)
DETACH DELETE action
"""

# An action that is still there was begun, done, dropped or pinned: it keeps what it has.
KEEP = """
UNWIND $rows AS row
MATCH (account:Organisation {id: row.account})
MATCH (person:Person {id: row.person})
MERGE (action:Action {id: row.id})
ON CREATE SET action += row.properties, action.fresh = true
MERGE (action)-[:OF_ACCOUNT]->(account)
WITH action, person, row WHERE action.fresh
REMOVE action.fresh
MERGE (action)-[:OWNED_BY]->(person)
WITH action, row
UNWIND row.stakeholders AS one
MATCH (stakeholder:Person {id: one})
MERGE (action)-[:TARGETS]->(stakeholder)
"""

READ = """
MATCH (action:Action)-[:OF_ACCOUNT]->(:Organisation {id: $account})
WHERE action.status IN $planned AND ($id IS NULL OR action.id = $id)
MATCH (action)-[:OWNED_BY]->(person:Person)
MATCH (action)-[:TARGETS]->(:Person)
WITH DISTINCT action, person
RETURN action.id AS id, person.id AS person, person.name AS person_name,
       COLLECT { MATCH (action)-[:TARGETS]->(one:Person)
                 RETURN {id: one.id, name: one.name}
                 ORDER BY CASE one.id WHEN action.about THEN 0 ELSE 1 END, one.id } AS theirs,
       action.kind AS kind, action.due_on AS due_on,
       action.planned_on AS planned_on, action.hours AS hours, action.cost AS cost,
       action.expected_gain AS expected_gain, action.reason AS reason, action.status AS status,
       coalesce(action.pinned, false) AS pinned, action.path AS path, action.done_on AS done_on,
       action.minutes AS minutes, action.touchpoint AS touchpoint
ORDER BY due_on, person, theirs[0].id, kind, id
"""


# Until the transaction ends nobody else changes it.
HOLD = "MATCH (action:Action {id: $id}) SET action.held = true REMOVE action.held"


def save_plan(store: Store, account_id: str, plan: Plan) -> None:
    """Put a plan's actions in place of those that were only proposed, in one transaction.

    Raises
    ------
    UnknownName
        The store has no such account.
    """
    rows = [_row(account_id, plan, action) for action in plan.actions]

    def work(transaction: Transaction) -> None:
        if not transaction.run(EXISTS, {"account": account_id}):
            raise UnknownName(f"The store has no account {account_id!r} to save a plan for.")
        transaction.run(FORGET, {"account": account_id, "planned": [PLANNED, PROPOSED]})
        transaction.batches(KEEP, rows)

    store.transact(work)


def read_plan(store: Store, account_id: str, *, settled: bool = False) -> Plan | None:
    """Return the actions of an account that are proposed or started; None where there are none.

    What a plan says beside its actions (its proof, its gaps) is not kept: it was true of the day it was
    made. Months count from the latest day on which one of the actions was planned.

    Parameters
    ----------
    settled
        Also those that are done or dropped.
    """
    rows = read_actions(store, account_id) if settled else _rows(store, account_id, OPEN)
    if not rows:
        return None
    as_of = max(_planned_on(row) for row in rows)
    actions = tuple(action_of(row, as_of) for row in rows)
    return Plan(
        account=account_id,
        as_of=as_of,
        months=max(action.month for action in actions),
        status="saved",
        gap=None,
        objective=None,
        bound=None,
        gap_before=None,
        gap_after=None,
        segment_error=None,
        schedule_loss=None,
        hours=sum(action.hours for action in actions),
        cost=sum(action.cost for action in actions),
        actions=actions,
    )


def _planned_on(row: dict[str, Any]) -> date:
    """Return the day an action was planned; one entered by hand was, at the latest, when it is due."""
    day = row["planned_on"] or row["due_on"]
    assert isinstance(day, date)
    return day


def read_actions(store: Store, account_id: str) -> list[dict[str, Any]]:
    """Return the rows of every action of an account, whatever became of it, by due date."""
    return _rows(store, account_id, EVERY)


def hold_action(transaction: Transaction, account_id: str, action: str) -> dict[str, Any] | None:
    """Return the row of one action, which nobody else changes before the transaction ends."""
    transaction.run(HOLD, {"id": action})
    return read_held(transaction, account_id, action)


def read_held(transaction: Transaction, account_id: str, action: str) -> dict[str, Any] | None:
    """Return the row of one action as the transaction left it; None where it is gone."""
    rows = transaction.run(READ, {"account": account_id, "planned": list(EVERY), "id": action})
    return rows[0] if rows else None


def _rows(store: Store, account_id: str, statuses: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = store.read(READ, {"account": account_id, "planned": list(statuses), "id": None})
    # One that is deleted while it is read has nobody any more.
    return [row for row in rows if row["theirs"]]


def action_of(row: dict[str, Any], as_of: date) -> Action:
    """Return an action as it stands in the store; months count from a day."""
    first, *others = row["theirs"]
    return Action(
        id=row["id"],
        person=row["person"],
        person_name=row["person_name"],
        stakeholder=first["id"],
        stakeholder_name=first["name"],
        kind=row["kind"],
        due_on=row["due_on"],
        month=month_of(as_of, row["due_on"]),
        hours=row["hours"] or 0.0,
        cost=row["cost"] or 0.0,
        expected_gain=row["expected_gain"] or 0.0,
        reason=row["reason"] or "",
        also=tuple(Guest(one["id"], one["name"]) for one in others),
        path=tuple(row["path"].split("\n")) if row["path"] else (),
        status=PLANNED if row["status"] == PROPOSED else row["status"],
        pinned=row["pinned"],
    )


def _row(account_id: str, plan: Plan, action: Action) -> dict[str, Any]:
    return {
        "account": account_id,
        "id": action.id,
        "person": action.person,
        "stakeholders": list(action.stakeholders),
        "properties": {
            "kind": action.kind,
            "due_on": action.due_on,
            "planned_on": plan.as_of,
            "status": action.status,
            "reason": action.reason,
            "hours": action.hours,
            "cost": action.cost,
            "expected_gain": action.expected_gain,
            "pinned": action.pinned,
            "about": action.stakeholder if action.also else None,
            "path": "\n".join(action.path) or None,
        },
    }
