"""What the HTTP interface takes and sends, for OpenAPI: the documents come from the verbs' own classes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Annotated, Any, get_type_hints

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator

from api import verbs
from graph.cookbook import Entry
from graph.gateway import QueryResult
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
QueryDocument = _document("QueryDocument", QueryResult)


class HealthDocument(BaseModel):
    """The app and its store answer."""

    status: str
    today: date


class CookbookDocument(BaseModel):
    """The questions that ship."""

    as_of: date
    warnings: list[str]
    cookbook: list[Entry]


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
