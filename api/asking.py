"""What the endpoints and pages ask of a request: the workspace, an account, a day, what a plan is to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from fastapi import Path as InPath
from pydantic import BeforeValidator, Field

import api.paths  # noqa: F401  registers {account:segment}
from api.jobs import Jobs
from api.plans import asked_for
from api.reading import Proposals, Reading
from api.requests import iso_date
from api.settings import Settings
from api.workspace import Workspace
from graph.account import Account
from graph.plan import PlanLimits


def workspace(request: Request) -> Workspace:
    """Return the workspace of the app, for one request, with its strengths of today."""
    state = request.app.state
    work: Workspace = state.workspace()
    with state.refreshing:
        work.refresh()
    return Reading(work.store, work.policy, work.today, work.today)


def settings(request: Request) -> Settings:
    """Return the settings of the app."""
    found: Settings = request.app.state.settings
    return found


def runs(request: Request) -> Jobs:
    """Return the simulations of the app."""
    found: Jobs = request.app.state.jobs
    return found


def proposals(request: Request) -> Proposals:
    """Return the proposed plans of the app."""
    found: Proposals = request.app.state.proposals
    return found


Proposed = Annotated[Proposals, Depends(proposals)]
Runs = Annotated[Jobs, Depends(runs)]
Work = Annotated[Workspace, Depends(workspace)]
InSettings = Annotated[Settings, Depends(settings)]
AccountName = Annotated[str, InPath(description="Id, or unique name, of an account; a slash as %2F.")]
AsOf = Annotated[
    date | None,
    BeforeValidator(iso_date),
    Query(description="The day that the measures speak of, as 2026-01-31; today if left out."),
]
Persons = Annotated[list[str], Query(description="Ids or unique names; several are allowed.")]


# An empty field of a form says nothing.
Unless = Annotated[
    Annotated[float, Field(ge=0)] | None, BeforeValidator(lambda value: None if value == "" else value)
]


def plan_limits(
    budget: Annotated[Unless, Query(description="Most that all actions may cost.")] = None,
    hours: Annotated[Unless, Query(description="Cap per person and month, in hours.")] = None,
    months: Annotated[int, Query(ge=1, le=60, description="Length of the plan.")] = 12,
    gap: Annotated[float, Query(ge=0, lt=1, description="Relative gap up to which it is proved.")] = 0.001,
    target_gap: Annotated[Unless, Query(description="The weighted gap must fall to this.")] = None,
    require: Annotated[
        Literal["two-threads"] | None, Query(description="Two threads for every decision maker.")
    ] = None,
) -> PlanLimits:
    """Return what a plan may use and must reach."""
    return PlanLimits(
        budget=budget,
        hours=hours,
        months=months,
        gap=gap,
        target_gap=target_gap,
        two_threads=require == "two-threads",
    )


Pins = Annotated[list[str], Query(description="What it must have: person,stakeholder,kind,month.")]
Bans = Annotated[
    list[str],
    Query(description="What it must not have: person[,stakeholder[,kind[,month]]]; empty stands for any."),
]


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What somebody asks of a plan.

    Attributes
    ----------
    pins, bans
        What it must have and must not, as text; who is meant depends on the account.
    """

    limits: PlanLimits
    pins: tuple[str, ...]
    bans: tuple[str, ...]
    as_of: date | None

    def limits_for(self, account: Account) -> PlanLimits:
        """Return the limits with what is pinned and forbidden of one account."""
        return asked_for([account], self.limits, self.pins, self.bans)


def plan_request(
    limits: Annotated[PlanLimits, Depends(plan_limits)],
    pin: Pins = [],  # noqa: B006
    forbid: Bans = [],  # noqa: B006
    as_of: AsOf = None,
) -> PlanRequest:
    """Return what is asked of a plan."""
    return PlanRequest(limits, tuple(pin), tuple(forbid), as_of)


AskedPlan = Annotated[PlanRequest, Depends(plan_request)]
