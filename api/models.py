"""What the HTTP interface sends, for OpenAPI: the documents come from the verbs' own classes."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from api import verbs
from api.plans import Actions, FullPlan
from api.problems import Problem
from graph.gap_report import GapReport
from graph.gateway import QueryResult
from graph.imports import ImportReport
from graph.imports.undoing import Undone
from graph.plan import Together
from graph.profile import AccountProfile
from graph.removal import Without
from simulation.estimation import Estimates


def document_model(name: str, body: type) -> type[BaseModel]:
    """Return the model of the document in which a verb's result is sent."""
    hints = get_type_hints(body, include_extras=True)
    keys: dict[str, Any] = {one.name: (hints[one.name], ...) for one in fields(body)}
    keys["as_of"] = (date, Field(description="The day that the numbers speak of."))
    keys["warnings"] = (list[str], Field(description="What to know before trusting them."))
    return create_model(name, **keys)


AccountsDocument = document_model("AccountsDocument", verbs.Accounts)
AccountDocument = document_model("AccountDocument", AccountProfile)
RopiDocument = document_model("RopiDocument", verbs.Ropi)
GapsDocument = document_model("GapsDocument", GapReport)
WithoutDocument = document_model("WithoutDocument", Without)
CheckDocument = document_model("CheckDocument", verbs.Checked)
PlanDocument = document_model("PlanDocument", FullPlan)
TogetherDocument = document_model("TogetherDocument", Together)
ActionsDocument = document_model("ActionsDocument", Actions)
ImportDocument = document_model("ImportDocument", ImportReport)
ImportsDocument = document_model("ImportsDocument", verbs.Imports)
UndoneDocument = document_model("UndoneDocument", Undone)
CookbookDocument = document_model("CookbookDocument", verbs.CookbookList)
QueryDocument = document_model("QueryDocument", QueryResult)
EstimatesDocument = document_model("EstimatesDocument", Estimates)


class HealthDocument(BaseModel):
    """The app and its store answer."""

    status: str
    today: date


class JobDocument(BaseModel):
    """How far a run is."""

    job: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    stage: str
    progress: float = Field(ge=0, le=1)
    error: Problem | None


class SimulationDocument(BaseModel):
    """A simulation and the answer it gives; the keys of the contract."""

    model_config = ConfigDict(extra="allow")

    as_of: date
    warnings: list[str]
    account: str
    seed: int
    replicates: int
    months: int
    engine: str
    events: list[dict[str, Any]]
    units: dict[str, str]
    better: dict[str, Literal["higher", "lower"]]
    strategies: list[dict[str, Any]]
    comparisons: list[dict[str, Any]]
    answer: dict[str, Any]


class SensitivityDocument(BaseModel):
    """Which assumptions decide which strategy is best, and where another becomes best."""

    model_config = ConfigDict(extra="allow")

    as_of: date
    warnings: list[str]
    account: str
    scenario: str
    measure: str
    unit: str
    months: int
    seed: int
    trajectories: int
    replicates: int
    samples: int
    runs: int
    leader: str
    runner_up: str | None
    parameters: list[dict[str, Any]]
    best: dict[str, float]
    sentences: list[str]


class PortfolioDocument(BaseModel):
    """A simulation of many accounts: each by itself, by region, and all together."""

    model_config = ConfigDict(extra="allow")

    as_of: date
    warnings: list[str]
    scenario: str
    seed: int
    replicates: int
    months: int
    events: list[dict[str, Any]]
    units: dict[str, str]
    better: dict[str, Literal["higher", "lower"]]
    components: list[int]
    accounts: list[dict[str, Any]]
    regions: list[dict[str, Any]]
    total: dict[str, Any]
    estimated: list[dict[str, Any]]
