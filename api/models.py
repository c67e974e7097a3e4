"""What the HTTP interface takes and sends, for OpenAPI: the documents come from the verbs' own classes."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import date
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    create_model,
    model_validator,
)

from api import verbs
from api.foresight import REPLICATES
from api.problems import Problem
from graph.gateway import QueryResult
from graph.imports import ImportReport
from graph.plan import Plan
from graph.profile import AccountProfile
from graph.removal import Without

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def iso_date(value: object) -> object:
    """Let only 2026-01-31 through: a number would pass as seconds since 1970."""
    if isinstance(value, str) and not ISO_DATE.fullmatch(value):
        raise ValueError("write the day as 2026-01-31")
    return value


def plain_text(value: Any) -> Any:
    """Let only text through that can be stored: half of a surrogate pair cannot."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("the text is not valid Unicode") from None
    return value


def _document(name: str, body: type) -> type[BaseModel]:
    """Return the model of the document in which a verb's result is sent."""
    hints = get_type_hints(body, include_extras=True)
    keys: dict[str, Any] = {one.name: (hints[one.name], ...) for one in fields(body)}
    keys["as_of"] = (date, Field(description="The day that the numbers speak of."))
    keys["warnings"] = (list[str], Field(description="What to know before trusting them."))
    return create_model(name, **keys)


AccountsDocument = _document("AccountsDocument", verbs.Accounts)
AccountDocument = _document("AccountDocument", AccountProfile)
RopiDocument = _document("RopiDocument", verbs.Ropi)
GapsDocument = _document("GapsDocument", verbs.Gaps)
WithoutDocument = _document("WithoutDocument", Without)
CheckDocument = _document("CheckDocument", verbs.Checked)
PlanDocument = _document("PlanDocument", Plan)
ImportDocument = _document("ImportDocument", ImportReport)
CookbookDocument = _document("CookbookDocument", verbs.CookbookList)
QueryDocument = _document("QueryDocument", QueryResult)


class HealthDocument(BaseModel):
    """The app and its store answer."""

    status: str
    today: date


class JobDocument(BaseModel):
    """How far a simulation is."""

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


Name = Annotated[str, AfterValidator(plain_text)]
ScenarioName = Annotated[str, Field(max_length=80), AfterValidator(plain_text)]
StrategyName = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]


class SimulationRequest(BaseModel):
    """What is to be simulated."""

    model_config = ConfigDict(extra="forbid")

    leaves: list[Name] = Field(default=[], max_length=100, description="Who leaves, by id or unique name.")
    leaving_months: list[int] = Field(
        default=[], max_length=100, description="When: once for all, or once for each."
    )
    scenario: Annotated[dict[str, Any], AfterValidator(plain_text)] | ScenarioName | None = Field(
        default=None, description="Events and parameters, as in a scenario file, or a shipped one's name."
    )
    strategies: list[StrategyName] | None = Field(
        default=None, min_length=1, max_length=20, description="Shipped ones by name; all if left out."
    )
    estimate: bool = Field(default=True, description="Take what the own history tells in place of defaults.")
    observed_from: Annotated[date | None, BeforeValidator(iso_date)] = Field(
        default=None, description="Day from which on every leaving was noted."
    )
    replicates: int = Field(default=REPLICATES, ge=1, le=1_000_000)
    months: int | None = Field(default=None, ge=1)
    seed: int = Field(default=1, ge=0)
    precision: float | None = Field(default=None, gt=0)
    engine: Literal["kernel", "mesa"] = "kernel"
    curve: bool = Field(default=True, description="Also run multiples of today's hours.")
    as_of: Annotated[date | None, BeforeValidator(iso_date)] = None
    wait: float = Field(default=5.0, ge=0, le=60, description="Seconds after which it becomes a job.")


class QueryRequest(BaseModel):
    """Cypher, or the name of a question of the cookbook, with its parameters."""

    model_config = ConfigDict(extra="forbid")

    cypher: str | None = Field(default=None, description="Cypher that only reads.")
    cookbook: str | None = Field(default=None, description="A question of the cookbook, by name.")
    params: Annotated[dict[str, Any], AfterValidator(plain_text)] = Field(default_factory=dict)
    limit: int | None = Field(default=None, ge=1, le=1_000_000, description="Rows, 10,000 unless told.")
    timeout: float | None = Field(default=None, gt=0, le=3600, description="Seconds, 30 unless told.")

    @model_validator(mode="after")
    def _one_question(self) -> QueryRequest:
        if (self.cypher is None) == (self.cookbook is None):
            raise ValueError("say either cypher or cookbook")
        return self
