"""What becomes of planned actions: begun, done, dropped, put off, given to somebody else, or taken back.

A done action becomes a touchpoint, with its day and its minutes, and so strengthens the ties it was meant
for; taken back, the touchpoint goes, and a tie that was only there because of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from graph.errors import AmbiguousName, Candidate, InputError, UnknownName
from graph.exports import csv_table
from graph.plan.days import month_of
from graph.plan.files import MEETING
from graph.plan.model import Action, ActionStatus, Pin
from graph.store import Store, Transaction
from graph.store.plans import OPEN, action_of, hold_action, read_actions, read_held
from graph.wording import listed, spelt

SOURCE = "plan"

COLUMNS = ("due_on", "status", "late", *MEETING, "pinned", "done_on", "minutes", "reason", "id", "account")

MARK = "MATCH (action:Action {id: $id}) SET action += $properties"

OWN = """
MATCH (action:Action {id: $id})-[owned:OWNED_BY]->(:Person)
MATCH (person:Person {id: $person})
DELETE owned
MERGE (action)-[:OWNED_BY]->(person)
"""

HELD = """
MATCH (action:Action {id: $id})
MERGE (t:Touchpoint {id: $touchpoint})
SET t.kind = action.kind, t.on = $on, t.minutes = $minutes, t.initiator = $person, t.subject = action.reason,
    t.source = $source
WITH action, t
MATCH (action)-[:OWNED_BY|TARGETS]->(one:Person)
MERGE (one)-[:ATTENDED]->(t)
"""

TAKEN_BACK = """
MATCH (t:Touchpoint {id: $touchpoint, source: $source})
OPTIONAL MATCH (ours:Person)-[:ATTENDED]->(t)<-[:ATTENDED]-(theirs:Person), (ours)-[tie:ENGAGES]->(theirs)
WHERE tie.given_strength IS NULL AND tie.desired IS NULL AND tie.last_on IS NULL
  AND NOT EXISTS { MATCH (ours)-[:ATTENDED]->(other:Touchpoint)<-[:ATTENDED]-(theirs) WHERE other <> t }
DELETE tie
WITH DISTINCT t
DETACH DELETE t
"""

# Strengths are derived: they are found anew before anybody reads them.
OUTDATED = "MATCH ()-[t:ENGAGES]->() WHERE t.strength_on IS NOT NULL SET t.strength_on = null"
# A store without any tie would not notice that there is one to be made.
FIRST_TIE = """
MATCH (ours:Person {id: $person}) MATCH (theirs:Person) WHERE theirs.id IN $theirs
MERGE (ours)-[t:ENGAGES]->(theirs) SET t.strength_on = null
"""


@dataclass(frozen=True, slots=True)
class Undertaking:
    """An action of a saved plan, and what became of it.

    Attributes
    ----------
    late
        Days since it was due, where it is still to be done; None where it is not late.
    done_on, minutes, touchpoint
        Of a done one; `minutes` where somebody said.
    """

    id: str
    status: ActionStatus
    late: int | None
    person: str
    person_name: str
    stakeholder: str
    stakeholder_name: str
    also: tuple[str, ...]
    also_names: tuple[str, ...]
    kind: str
    due_on: date
    hours: float
    cost: float
    expected_gain: float
    pinned: bool
    done_on: date | None
    minutes: float | None
    touchpoint: str | None
    reason: str


def undertakings(store: Store, account: str, today: date) -> tuple[Undertaking, ...]:
    """Return every action of an account by due date."""
    return tuple(_undertaking(row, today) for row in read_actions(store, account))


def undertakings_csv(account: str, known: Sequence[Undertaking]) -> str:
    """Return the actions of an account as CSV, one a line, with what became of them."""
    rows = (
        [account if column == "account" else _cell(getattr(one, column)) for column in COLUMNS]
        for one in known
    )
    return csv_table(COLUMNS, rows)


def _cell(value: object) -> object:
    return "; ".join(value) if isinstance(value, tuple) else value


def resolve_action(store: Store, account: str, text: str) -> Undertaking:
    """Return the action with this id, or the only one whose id goes on from these letters.

    Raises
    ------
    UnknownName, AmbiguousName
        With the ids that are near.
    """
    known = undertakings(store, account, date.max)
    exact = [one for one in known if one.id == text]
    started = exact or [one for one in known if one.id.removeprefix("action:").startswith(text) and text]
    if len(started) == 1:
        return started[0]
    if started:
        raise AmbiguousName(
            f"{len(started)} actions begin with {text!r}: give more of the id.",
            candidates=[_candidate(one) for one in started[:10]],
        )
    near = set(get_close_matches(text, [one.id for one in known], n=5, cutoff=0.6))
    raise UnknownName(
        f"The account has no action {text!r}; `diamond actions` lists them.",
        candidates=[_candidate(one) for one in known if one.id in near],
    )


def change(
    store: Store,
    account: str,
    action: str,
    status: ActionStatus | None = None,
    *,
    on: date | None = None,
    minutes: float | None = None,
    owner: str | None = None,
    due_on: date | None = None,
    pinned: bool | None = None,
    today: date,
) -> Undertaking:
    """Change what became of an action, who does it or when it is due, in one transaction.

    Others may change it, or plan anew, at the same time: it is held first, and what it is by then counts.

    Parameters
    ----------
    action
        Its id.
    status
        `planned` takes back whatever was said.
    on, minutes
        Of a done one: its day, by default what was said before, else today, and how long it took.
    owner
        Id of one of ours.
    pinned
        Whether planning anew must keep it; another owner or day pins it, too.

    Raises
    ------
    InputError
        A day that has not come yet, minutes of nothing, or a change of what is done.
    UnknownName
        Planning anew has replaced it meanwhile.
    """
    if status != "done" and (on is not None or minutes is not None):
        raise InputError("A day and minutes are said of an action that is done.")
    if on is not None and on > today:
        raise InputError(f"An action is done on a day up to today, {today}; found {on}.")
    if minutes is not None and not 0 <= minutes < float("inf"):
        raise InputError(f"The minutes of an action are a number of at least 0, found {minutes}.")

    def work(transaction: Transaction) -> Undertaking:
        known = _held(hold_action(transaction, account, action), action, today)
        if known.status == "done" and (owner is not None or due_on is not None):
            raise InputError(
                f"{_told(known)} is done: reopen it before it goes to somebody else or another day."
            )
        if pinned is not None and known.status in ("done", "dropped"):
            verb = "pinned" if pinned else "unpinned"
            raise InputError(
                f"{_told(known)} is {known.status}: only what is still to be done can be {verb}."
            )
        day, length = on, minutes
        if status == known.status == "done":  # what was said before stands
            day, length = on or known.done_on, known.minutes if minutes is None else minutes
        if owner is not None:
            transaction.run(OWN, {"id": action, "person": owner})
        properties: dict[str, Any] = {} if pinned is None else {"pinned": pinned}
        if due_on is not None:
            properties["due_on"] = due_on
        if owner is not None or due_on is not None:
            # Somebody has decided about it, so planning anew must not undo it.
            properties["pinned"] = True
        if status is not None:
            properties |= _become(transaction, known, status, day or today, length, owner)
        transaction.run(MARK, {"id": action, "properties": properties})
        return _held(read_held(transaction, account, action), action, today)

    return store.transact(work)


def kept_actions(store: Store, account: str, as_of: date, months: int) -> tuple[Pin, ...]:
    """Return what planning anew must keep: what was begun or pinned and is not done, as pins.

    What is late will be done in the first month. What is due after the plan is left out.
    """
    pins = []
    for row in read_actions(store, account):
        if row["status"] not in OPEN or not (row["pinned"] or row["status"] == "started"):
            continue
        action: Action = action_of(row, as_of)
        month = month_of(as_of, action.due_on)
        if month > months:
            continue
        pins.append(
            Pin(
                action.person,
                action.stakeholder,
                action.kind,
                month,
                tuple(guest.stakeholder for guest in action.also),
                action.id,
                action.due_on,
                action.status,
                action.pinned,
            )
        )
    return tuple(pins)


def _become(
    transaction: Transaction,
    action: Undertaking,
    status: ActionStatus,
    on: date,
    minutes: float | None,
    owner: str | None,
) -> Mapping[str, Any]:
    """Make or take back the touchpoint of an action; return what the action says then."""
    touchpoint = f"{action.id}/done"
    if action.touchpoint is not None:
        transaction.run(TAKEN_BACK, {"touchpoint": action.touchpoint, "source": SOURCE})
    if status == "done":
        transaction.run(
            HELD,
            {
                "id": action.id,
                "touchpoint": touchpoint,
                "on": on,
                "minutes": minutes,
                "person": owner or action.person,
                "source": SOURCE,
            },
        )
        theirs = [action.stakeholder, *action.also]
        transaction.run(FIRST_TIE, {"person": owner or action.person, "theirs": theirs})
    if status == "done" or action.touchpoint is not None:
        transaction.run(OUTDATED)
    return {
        "status": status,
        "done_on": on if status == "done" else None,
        "minutes": minutes if status == "done" else None,
        "touchpoint": touchpoint if status == "done" else None,
    }


def _held(row: dict[str, Any] | None, action: str, today: date) -> Undertaking:
    if row is None:
        raise UnknownName(
            f"The account has no action {action!r} any more: planning anew has replaced it; "
            "`diamond actions` lists those that there are."
        )
    return _undertaking(row, today)


def _told(action: Undertaking) -> str:
    theirs = listed((action.stakeholder_name, *action.also_names))
    return f"The {spelt(action.kind)} of {action.person_name} with {theirs}, due on {action.due_on},"


def _undertaking(row: dict[str, Any], today: date) -> Undertaking:
    action = action_of(row, row["due_on"])
    late = (today - action.due_on).days
    return Undertaking(
        id=action.id,
        status=action.status,
        late=late if late > 0 and row["status"] in OPEN else None,
        person=action.person,
        person_name=action.person_name,
        stakeholder=action.stakeholder,
        stakeholder_name=action.stakeholder_name,
        also=tuple(guest.stakeholder for guest in action.also),
        also_names=tuple(guest.stakeholder_name for guest in action.also),
        kind=action.kind,
        due_on=action.due_on,
        hours=action.hours,
        cost=action.cost,
        expected_gain=action.expected_gain,
        pinned=action.pinned,
        done_on=row["done_on"],
        minutes=row["minutes"],
        touchpoint=row["touchpoint"],
        reason=action.reason,
    )


def _candidate(action: Undertaking) -> Candidate:
    words = (
        f"{spelt(action.kind)} of {action.person_name} with {action.stakeholder_name}, due {action.due_on}"
    )
    return Candidate(action.id, words)
