"""The parts of an account's page that ask for something to be done: gaps, the plan, and its actions.

What is pinned and forbidden of a proposal is kept by the page itself, as fields of the plan's form; what
was begun, done or dropped is kept in the graph.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi import Path as InPath
from pydantic import BeforeValidator
from starlette.responses import HTMLResponse, Response

from api import plans, words
from api.asking import AccountName, AskedPlan, Bans, PlanRequest, Proposed, Work
from api.document import problem
from api.pages import place, render
from api.plans import Effect, FullPlan, Verb
from api.requests import iso_date
from api.workspace import Result, Workspace
from graph.account import Account
from graph.errors import InputError
from graph.plan import Action, Ban, Pin, PlanLimits
from graph.store.actions import Undertaking

ACTIONS_SHOWN = 8
CHANGES_SHOWN = 8
SAID: dict[Verb, str] = {
    "done": "Done: it is a touchpoint now, and the measures follow when the page is loaded anew.",
    "start": "Begun: planning anew keeps it.",
    "drop": "Dropped: it is no longer planned.",
    "reopen": "Taken back: it is planned again.",
    "pin": "Pinned: planning anew keeps it as it is now.",
    "unpin": "Unpinned: planning anew may replace it.",
    "change": "Changed and pinned: planning anew keeps it as it is now.",
}

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Day = Annotated[date | None, BeforeValidator(lambda value: iso_date(value or None)), Form()]
Minutes = Annotated[float | None, BeforeValidator(lambda value: value or None), Form(ge=0)]


@dataclass(frozen=True, slots=True)
class Wish:
    """Something pinned or forbidden: as the form sends it, and in words."""

    text: str
    words: tuple[str, ...]


@router.get("/accounts/{account:segment}/plan")
def plan_part(
    request: Request,
    work: Work,
    proposed: Proposed,
    account: AccountName,
    asked: AskedPlan,
) -> Response:
    """Show a proposed plan, with what it must have and must not; or why not, with these wishes to change."""
    read = work.account(account, asked.as_of)
    limits, pins, bans = _wishes(read, asked)
    try:
        found = proposed.get(work, account, limits, asked.as_of)
    except InputError as error:
        return render("_plan_refused.html", status=error.status, error=problem(error), pins=pins, bans=bans)
    return _plan_part(request, read, found, asked.as_of, pins, bans)


@router.get("/accounts/{account:segment}/plan/beside")
def beside_part(
    work: Work,
    proposed: Proposed,
    account: AccountName,
    asked: AskedPlan,
    instead: Bans = [],  # noqa: B006
    more: bool = False,
    simulate: bool = False,
) -> Response:
    """Show what the plan would be without something, what one more hour would buy, or a simulation of it."""
    read = work.account(account, asked.as_of)
    limits, _, _ = _wishes(read, asked)
    found = proposed.get(work, account, limits, asked.as_of).body
    known, _ = plans.settled(work, read, limits)
    full = plans.beside(work, read, known, found, instead=instead, more=more, simulate=simulate)
    return render(
        "_plan_beside.html",
        plan=full,
        instead=[(other, _words(read, other.without)) for other in full.instead],
        limit=words.limit,
        percent=words.percent,
        money=words.money,
        said=words.simulated(full) if full.simulated is not None else (),
        effects=_effects(full),
        shown=CHANGES_SHOWN,
    )


def _effects(found: FullPlan) -> dict[str, dict[str, Effect]]:
    """Return what the simulation found, by strategy and measure."""
    rows: dict[str, dict[str, Effect]] = {}
    for one in () if found.simulated is None else found.simulated.effects:
        rows.setdefault(one.strategy, {})[one.measure] = one
    return rows


@router.post("/accounts/{account:segment}/plan")
def save_plan(request: Request, work: Work, account: AccountName, asked: AskedPlan) -> Response:
    """Keep a proposed plan, and show it beside its actions."""
    read = work.account(account, asked.as_of)
    limits, pins, bans = _wishes(read, asked)
    kept = plans.plan(work, account, limits, save=True, as_of=asked.as_of)
    if kept.body.status == "infeasible":
        return _plan_part(request, read, kept, asked.as_of, pins, bans)
    # What was pinned is pinned in the graph from now on; asked for once more it would be planned twice.
    return _plan_part(request, read, kept, asked.as_of, (), bans, saved=True, **_actions(work, read))


def _plan_part(
    request: Request,
    account: Account,
    result: Result[FullPlan],
    as_of: date | None,
    pins: Sequence[Wish],
    bans: Sequence[Wish],
    *,
    saved: bool = False,
    **values: Any,
) -> Response:
    sent = [
        (name, value) for name, value in request.query_params.multi_items() if not (saved and name == "pin")
    ]
    return render(
        "_plan.html",
        plan=result.body,
        said=words.plan(result.body),
        asked=f"?{urlencode(sent)}" if sent else "",
        pins=pins,
        bans=bans,
        pin_of=pin_text,
        ban_of=ban_text,
        shown=ACTIONS_SHOWN,
        saved=saved,
        **values,
        **place(account.id, as_of),
    )


@router.get("/accounts/{account:segment}/actions")
def actions_part(work: Work, account: AccountName) -> Response:
    """Show the saved plan: what is to be done, by whom, and what is late."""
    return _actions_part(work, work.account(account))


@router.post("/accounts/{account:segment}/actions/{action:segment}")
def act(
    work: Work,
    account: AccountName,
    action: Annotated[str, InPath()],
    verb: Annotated[Verb, Form()],
    on: Day = None,
    minutes: Minutes = None,
    owner: Annotated[str | None, Form(max_length=200)] = None,
    due: Day = None,
) -> Response:
    """Say what became of an action, and show the saved plan after that."""
    said: dict[str, Any] = {}
    if verb == "done":
        said = {"on": on, "minutes": minutes}
    elif verb == "change":
        said = {"owner": owner or None, "due": due}
    changed = plans.act(work, account, verb, action, **said).body.actions[0]
    return _actions_part(work, work.account(account), (SAID[verb], changed))


def _actions_part(work: Workspace, account: Account, told: tuple[str, Undertaking] | None = None) -> Response:
    return render(
        "_actions.html",
        told=told,
        shown=ACTIONS_SHOWN,
        **_actions(work, account),
        **place(account.id, None),
    )


def _actions(work: Workspace, account: Account) -> dict[str, Any]:
    found = plans.actions(work, account.id)
    return {
        "undertaken": found.body,
        "late": found.warnings,
        "ours": account.ours,
        "today": work.today,
    }


def pin_text(action: Action) -> str:
    """Return an action as `pin` takes it."""
    return _text(action.person, action.stakeholder, action.kind, str(action.month))


def ban_text(*parts: str) -> str:
    """Return person, stakeholder and kind as `forbid` takes them; what is empty stands for any."""
    return _text(*parts)


def _text(*parts: str) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(parts)
    return line.getvalue()


def _wishes(account: Account, asked: PlanRequest) -> tuple[PlanLimits, tuple[Wish, ...], tuple[Wish, ...]]:
    """Return the limits with what is pinned and forbidden, and both in words."""
    pins, bans = tuple(dict.fromkeys(asked.pins)), tuple(dict.fromkeys(asked.bans))
    limits = replace(asked, pins=pins, bans=bans).limits_for(account)
    return (
        limits,
        tuple(Wish(text, _words(account, pin)) for text, pin in zip(pins, limits.pinned, strict=True)),
        tuple(Wish(text, _words(account, ban)) for text, ban in zip(bans, limits.forbidden, strict=True)),
    )


def _words(account: Account, wish: Pin | Ban) -> tuple[str, ...]:
    names = [account.people[one].name for one in (wish.person, wish.stakeholder) if one is not None]
    kind = [] if wish.kind is None else [words.word(wish.kind)]
    month = [] if wish.month is None else [f"month {wish.month}"]
    return (*names, *kind, *month)
