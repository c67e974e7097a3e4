"""Plans in the store: actions with the people they join, kept from one planning to the next.

Planning anew replaces what is only proposed. What somebody has begun, done, dropped or pinned stays.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from graph.errors import UnknownName
from graph.plan.days import month_of
from graph.plan.model import Action, Plan
from graph.store import Store, Transaction

PROPOSED = "proposed"
# Done actions have become touchpoints, and dropped ones are no longer planned.
PLANNED = (PROPOSED, "started")

EXISTS = "MATCH (account:Organisation {id: $account}) RETURN account.id AS id"

FORGET = """
MATCH (action:Action {status: $proposed})-[:OF_ACCOUNT]->(:Organisation {id: $account})
WHERE NOT coalesce(action.pinned, false)
DETACH DELETE action
"""

# An action that is still there was begun, done, dropped or pinned: it keeps what it has.
KEEP = """
UNWIND $rows AS row
MATCH (account:Organisation {id: row.account})
MATCH (person:Person {id: row.person})
MATCH (stakeholder:Person {id: row.stakeholder})
MERGE (action:Action {id: row.id})
ON CREATE SET action += row.properties
MERGE (action)-[:OF_ACCOUNT]->(account)
MERGE (action)-[:OWNED_BY]->(person)
MERGE (action)-[:TARGETS]->(stakeholder)
"""

READ = """
MATCH (action:Action)-[:OF_ACCOUNT]->(:Organisation {id: $account})
WHERE action.status IN $planned
MATCH (action)-[:OWNED_BY]->(person:Person)
MATCH (action)-[:TARGETS]->(stakeholder:Person)
RETURN action.id AS id, person.id AS person, person.name AS person_name, stakeholder.id AS stakeholder,
       stakeholder.name AS stakeholder_name, action.kind AS kind, action.due_on AS due_on,
       action.planned_on AS planned_on, action.hours AS hours, action.cost AS cost,
       action.expected_gain AS expected_gain, action.reason AS reason
ORDER BY due_on, person, stakeholder, kind, id
"""


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
        transaction.run(FORGET, {"account": account_id, "proposed": PROPOSED})
        transaction.batches(KEEP, rows)

    store.transact(work)


def read_plan(store: Store, account_id: str) -> Plan | None:
    """Return the actions of an account that are proposed or started; None where there are none.

    What a plan says beside its actions (its proof, its gaps) is not kept: it was true of the day it was
    made. Months count from the latest day on which one of the actions was planned.
    """
    rows = store.read(READ, {"account": account_id, "planned": list(PLANNED)})
    if not rows:
        return None
    as_of = max(_planned_on(row) for row in rows)
    actions = tuple(_action(row, as_of) for row in rows)
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


def _action(row: dict[str, Any], as_of: date) -> Action:
    return Action(
        id=row["id"],
        person=row["person"],
        person_name=row["person_name"],
        stakeholder=row["stakeholder"],
        stakeholder_name=row["stakeholder_name"],
        kind=row["kind"],
        due_on=row["due_on"],
        month=month_of(as_of, row["due_on"]),
        hours=row["hours"] or 0.0,
        cost=row["cost"] or 0.0,
        expected_gain=row["expected_gain"] or 0.0,
        reason=row["reason"] or "",
    )


def _row(account_id: str, plan: Plan, action: Action) -> dict[str, Any]:
    return {
        "account": account_id,
        "id": action.id,
        "person": action.person,
        "stakeholder": action.stakeholder,
        "properties": {
            "kind": action.kind,
            "due_on": action.due_on,
            "planned_on": plan.as_of,
            "status": PROPOSED,
            "reason": action.reason,
            "hours": action.hours,
            "cost": action.cost,
            "expected_gain": action.expected_gain,
            "pinned": False,
        },
    }
