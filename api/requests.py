"""What the HTTP interface takes: as strict as files, and refused in the same sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationInfo,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema
from starlette.responses import Response

from api.days import FIRST, LAST, read_day
from api.foresight import REPLICATES
from api.problems import HttpFault
from graph.errors import Fault, InputError
from graph.plain_json import NotPlain, load_json
from simulation.reading import known_keys, number, whole, wrong
from simulation.scenario import LONGEST

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
LARGEST_BODY = 1_000_000  # bytes
LONGEST_NAME = 200
LARGEST_SEED = 2**63 - 1


class PlainRoute(APIRoute):
    """An endpoint whose JSON body is plain data, without a key twice."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the endpoint; its body is looked at before it is read."""
        handle = super().get_route_handler()

        async def handle_plain(request: Request) -> Response:
            if "json" in request.headers.get("content-type", ""):
                check_body(await request.body())
            return await handle(request)

        return handle_plain


def check_body(body: bytes) -> None:
    """Refuse a JSON body that is no plain data.

    Raises
    ------
    HttpFault
        It is too large.
    InputError
        It is no JSON, or says something twice.
    """
    if len(body) > LARGEST_BODY:
        raise HttpFault(413, f"The body is larger than {LARGEST_BODY / 1e6:g} MB, the most that is taken.")
    try:
        if body:
            load_json(body)
    except NotPlain as error:
        raise InputError(
            f"The body is not valid JSON{error.place}: {error}.",
            errors=[Fault(None, error.lineno, message=str(error))],
        ) from None


def iso_date(value: object) -> object:
    """Let only 2026-01-31 through: a number would pass as seconds since 1970."""
    if value is None or isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and ISO_DATE.fullmatch(value):
            return read_day(value)
    except ValueError:
        pass
    raise ValueError(f"needs a day such as 2026-01-31, from {FIRST.year} to {LAST.year}")


def plain_text(value: str) -> str:
    """Let only text through that can be stored: half of a surrogate pair cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("needs text of whole Unicode characters") from None
    return value


def plain_data(value: Any) -> Any:
    """Let only data through whose texts can be stored."""
    if isinstance(value, str):
        plain_text(value)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            plain_text(key)
            plain_data(one)
    elif isinstance(value, list):
        for one in value:
            plain_data(one)
    return value


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `low` to `high`, where a file would need one: no text, no true or false."""

    low: int
    high: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema that pydantic checks and OpenAPI describes."""
        return core_schema.with_info_before_validator_function(
            self.check, core_schema.int_schema(ge=self.low, le=self.high)
        )

    def check(self, value: object, info: ValidationInfo) -> int:
        """Return the number, or refuse it as a file's."""
        return whole(value, self.low, self.high, info.field_name or "the number", None)


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `low` to `high`, or above `low` where it may not be so small itself."""

    low: float
    high: float
    above: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema that pydantic checks and OpenAPI describes."""
        least, over = (None, self.low) if self.above else (self.low, None)
        return core_schema.with_info_before_validator_function(
            self.check, core_schema.float_schema(ge=least, gt=over, le=self.high)
        )

    def check(self, value: object, info: ValidationInfo) -> float:
        """Return the number, or refuse it as a file's."""
        place = info.field_name or "the number"
        if not self.above:
            return number(value, self.low, self.high, place, None)
        if isinstance(value, int | float) and not isinstance(value, bool) and self.low < value <= self.high:
            return float(value)
        raise wrong(place, value, f"needs a number above {self.low:g}, up to {self.high:g}", None)


def scenario_or_name(value: object) -> object:
    """Let a scenario's content through, or the name of a shipped one."""
    if isinstance(value, Mapping) or value is None:
        return plain_data(value)
    if isinstance(value, str) and len(value) <= LONGEST_NAME:
        return plain_text(value)
    raise ValueError("needs the name of a shipped scenario, or events and parameters as in a scenario file")


Day = Annotated[date | None, BeforeValidator(iso_date)]
Name = Annotated[str, AfterValidator(plain_text)]
Replicates = Annotated[int, Whole(1, 1_000_000)]
ShortName = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(plain_text)]
Months = Annotated[int, Whole(1, LONGEST)]


class Asked(BaseModel):
    """A request whose fields are all known, and whose values are of their type."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, data: Any) -> Any:
        if isinstance(data, Mapping):
            known_keys(data, tuple(cls.model_fields), "The request", None)
        return data


class RunAsked(Asked):
    """What every simulation, and what is made of many, can be told."""

    scenario: Annotated[dict[str, Any] | str | None, BeforeValidator(scenario_or_name)] = Field(
        default=None, description="Events and parameters, as in a scenario file, or a shipped one's name."
    )
    strategies: list[ShortName] | None = Field(
        default=None, min_length=1, max_length=20, description="Shipped ones by name; all if left out."
    )
    months: Months | None = Field(default=None, description="Horizon; 60 unless the scenario says otherwise.")
    seed: Annotated[int, Whole(0, LARGEST_SEED)] = 1
    estimate: bool = Field(default=True, description="Take what the own history tells in place of defaults.")
    observed_from: Day = Field(default=None, description="Day from which on every leaving was noted.")
    as_of: Day = Field(default=None, description="The day that the accounts are read as of.")
    wait: Annotated[float, Number(0, 60)] = Field(
        default=5.0, description="Seconds after which it becomes a job."
    )


class SimulationRequest(RunAsked):
    """What is to be simulated."""

    leaves: list[Name] = Field(default=[], max_length=100, description="Who leaves, by id or unique name.")
    leaving_months: list[Months] = Field(
        default=[], max_length=100, description="When: once for all, or once for each."
    )
    replicates: Replicates = REPLICATES
    precision: Annotated[float, Number(0, 1000, above=True)] | None = Field(
        default=None, description="Go on until every margin difference is known to this share."
    )
    engine: Literal["kernel", "mesa"] = "kernel"
    curve: bool = Field(default=True, description="Also run multiples of today's hours.")


class PortfolioRequest(RunAsked):
    """What is to be simulated for many accounts at once."""

    accounts: list[Name] = Field(
        default=[], max_length=10_000, description="By id or unique name; all if left out."
    )
    region: Name | None = Field(default=None, description="Those of a region or country alone.")
    replicates: Replicates = REPLICATES


class SensitivityRequest(RunAsked):
    """What is to be analysed; what the scenario sets is not varied, sizes follow from the account's."""

    measure: ShortName = Field(default="margin_total", description="What strategies are compared in.")
    strategies: list[ShortName] | None = Field(
        default=None, min_length=2, max_length=20, description="Shipped ones by name; all if left out."
    )
    trajectories: Annotated[int, Whole(2, 1000)] | None = Field(
        default=None, description="Walks of the screening."
    )
    replicates: Annotated[int, Whole(2, 10_000)] | None = Field(
        default=None, description="Futures for each strategy and setting."
    )
    samples: Annotated[int, Whole(2, 16_384)] | None = Field(default=None, description="A power of two.")
    wait: Annotated[float, Number(0, 60)] = Field(
        default=0.0, description="Seconds after which it becomes a job."
    )


class QueryRequest(Asked):
    """Cypher, or the name of a question of the cookbook, with its parameters."""

    cypher: str | None = Field(default=None, description="Cypher that only reads.")
    cookbook: str | None = Field(default=None, description="A question of the cookbook, by name.")
    params: Annotated[dict[str, Any], AfterValidator(plain_data)] = Field(default_factory=dict)
    limit: Annotated[int, Whole(1, 1_000_000)] | None = Field(
        default=None, description="Rows, 10,000 unless told."
    )
    timeout: Annotated[float, Number(0, 3600, above=True)] | None = Field(
        default=None, description="Seconds, 30 unless told."
    )

    @model_validator(mode="after")
    def _one_question(self) -> QueryRequest:
        if (self.cypher is None) == (self.cookbook is None):
            raise ValueError("needs either cypher or cookbook")
        return self
