"""The HTTP interface of saved plans and of plans for several accounts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import Response

from api import plans
from api.asking import AccountName, AskedPlan, Work
from api.models import ActionsDocument, TogetherDocument
from api.paths import segment
from api.problems import PROBLEMS, answer
from api.requests import PlainRoute, iso_date

MEDIA = {"csv": "text/csv; charset=utf-8", "ics": "text/calendar; charset=utf-8"}

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, route_class=PlainRoute, tags=["plan"])

Day = Annotated[date | None, BeforeValidator(iso_date)]


class ActionChange(BaseModel):
    """What became of an action, and who does it when."""

    model_config = ConfigDict(extra="forbid")

    on: Day = Field(default=None, description="The day it was done; today if left out.")
    minutes: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None
    owner: Annotated[str | None, Field(max_length=200, description="Id or name of one of ours.")] = None
    due: Day = Field(default=None, description="Another day for it.")


@router.get("/plans", operation_id="propose_plans", response_model=TogetherDocument)
def propose_plans(
    work: Work,
    asked: AskedPlan,
    account: Annotated[list[str], Query(description="Ids or unique names; all accounts if none.")] = [],  # noqa: B006
) -> Response:
    """Propose the plans of several accounts whose people share their hours and one budget."""
    found = plans.plan_together(
        work, account or None, asked.limits, pins=asked.pins, bans=asked.bans, as_of=asked.as_of
    )
    return answer(found)


@router.get(
    "/accounts/{account:segment}/actions", operation_id="list_actions", response_model=ActionsDocument
)
def list_actions(work: Work, account: AccountName) -> Response:
    """Return the actions of the saved plan, what became of them, and which are late."""
    return answer(plans.actions(work, account))


@router.get(
    "/accounts/{account:segment}/actions.{ending}",
    operation_id="get_actions_file",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in MEDIA.values()}, "description": "The actions"}},
)
def get_actions_file(work: Work, account: AccountName, ending: Literal["csv", "ics"]) -> Response:
    """Return the actions of the saved plan, what became of them included, as a table or a calendar."""
    name = f"{segment(account)}-actions.{ending}"
    header = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(plans.actions_file(work, account, f".{ending}"), media_type=MEDIA[ending], headers=header)


@router.post(
    "/accounts/{account:segment}/actions/{action:segment}/{verb}",
    operation_id="change_action",
    response_model=ActionsDocument,
)
def change_action(
    work: Work,
    account: AccountName,
    action: Annotated[str, InPath(description="Its id, or its first letters.")],
    verb: plans.Verb,
    said: ActionChange | None = None,
) -> Response:
    """Say what became of an action; a done one becomes a touchpoint, and `reopen` takes it back.

    `pin` has planning anew keep it until `unpin`.
    """
    said = said or ActionChange()
    return answer(
        plans.act(
            work, account, verb, action, on=said.on, minutes=said.minutes, owner=said.owner, due=said.due
        )
    )
