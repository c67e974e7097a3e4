"""People over time over HTTP, as the commands offer it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from starlette.responses import Response

from api import people
from api.asking import AsOf, Work
from api.models import document_model
from api.problems import PROBLEMS, answer
from api.requests import Asked, Number, PlainRoute, iso_date, plain_text
from graph.people.proposals import Confidence
from graph.store.people import PersonHistory

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, route_class=PlainRoute)

DuplicatesDocument = document_model("DuplicatesDocument", people.Duplicates)
MergedDocument = document_model("MergedDocument", people.Merged)
MergesDocument = document_model("MergesDocument", people.Merges)
UnmergedDocument = document_model("UnmergedDocument", people.Unmerged)
RejectedDocument = document_model("RejectedDocument", people.Rejected)
HistoryDocument = document_model("HistoryDocument", PersonHistory)
AssessedDocument = document_model("AssessedDocument", people.Assessed)

Text = Annotated[str, AfterValidator(plain_text)]
Day = Annotated[date | None, BeforeValidator(iso_date)]
PersonName = Annotated[str, InPath(description="Id, or unique name, of a person; a slash as %2F.")]


class MergeRequest(Asked):
    """Two people who are one, or a rule that says which are."""

    keep: Text | None = Field(default=None, description="Who is kept, by id or unique name.")
    other: Text | None = Field(default=None, description="Who is the same person.")
    rule: Literal["sure", "same_email", "same_phone", "alias_domain", "same_name"] | None = None
    dry_run: bool = Field(default=False, description="With a rule: say whom it would merge.", strict=True)
    by: Text | None = Field(default=None, description="Who decides it.")

    @model_validator(mode="after")
    def _one_way(self) -> MergeRequest:
        pair = self.keep is not None and self.other is not None
        if (self.rule is None) != pair or (self.rule is not None and (self.keep or self.other)):
            raise ValueError("needs either keep and other, or rule")
        if self.dry_run and self.rule is None:
            raise ValueError("takes dry_run with a rule only")
        return self


class RejectionRequest(Asked):
    """Two people who are not one."""

    a: Text
    b: Text


class AssessmentRequest(Asked):
    """What somebody observed about a person: at least one of role, orientation, influence, proximity."""

    role: Text | None = None
    orientation: Text | None = None
    influence: Annotated[float, Number(0, 1)] | None = None
    proximity: Annotated[float, Number(0, 5)] | None = None
    on: Day = Field(default=None, description="Day of the observation; today if left out.")
    by: Text | None = Field(default=None, description="Who says so.")
    evidence: Text | None = Field(default=None, description="What was observed.")
    confidence: Annotated[float, Number(0, 1)] | None = None
    expires_on: Day = Field(default=None, description="Last day on which it holds; stale after it.")


@router.get(
    "/people/duplicates",
    operation_id="list_duplicates",
    response_model=DuplicatesDocument,
    tags=["people"],
)
def list_duplicates(
    work: Work,
    least: Annotated[Confidence, Query(description="How sure a proposal has to be.")] = "doubtful",
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> Response:
    """Propose who may be one person, with the reasons and what speaks against it."""
    return answer(people.duplicates(work, least=least, limit=limit))


@router.get("/people/merges", operation_id="list_merges", response_model=MergesDocument, tags=["people"])
def list_merges(work: Work) -> Response:
    """Return the merges that stand."""
    return answer(people.merges(work))


@router.post("/people/merges", operation_id="merge_people", response_model=MergedDocument, tags=["people"])
def merge_people(work: Work, asked: MergeRequest) -> Response:
    """Make one person of two, or of all whom a rule accepts."""
    if asked.rule is not None:
        return answer(people.merge_by_rule(work, asked.rule, dry_run=asked.dry_run, by=asked.by))
    return answer(people.merge(work, asked.keep or "", asked.other or "", by=asked.by))


@router.delete(
    "/people/merges/{id:segment}",
    operation_id="unmerge_people",
    response_model=UnmergedDocument,
    tags=["people"],
)
def unmerge_people(
    work: Work,
    id: Annotated[str, InPath(description="Of the merge, or the id that was merged.")],
    distinct: Annotated[bool, Query(description="Do not propose the two again.")] = False,
) -> Response:
    """Undo a merge: both entries are as they were."""
    return answer(people.unmerge(work, id, distinct=distinct))


@router.post(
    "/people/rejections",
    operation_id="reject_duplicate",
    response_model=RejectedDocument,
    tags=["people"],
)
def reject_duplicate(work: Work, asked: RejectionRequest) -> Response:
    """Remember that two are two people, and do not propose them again."""
    return answer(people.reject(work, asked.a, asked.b))


@router.get(
    "/people/{person:segment}/history",
    operation_id="get_history",
    response_model=HistoryDocument,
    tags=["people"],
)
def get_history(work: Work, person: PersonName, as_of: AsOf = None) -> Response:
    """Return posts, opinions, touchpoints by kind and year, and merges of one person."""
    return answer(people.history(work, person, as_of))


@router.post(
    "/people/{person:segment}/assessments",
    operation_id="assess_person",
    response_model=AssessedDocument,
    tags=["people"],
)
def assess_person(work: Work, person: PersonName, asked: AssessmentRequest) -> Response:
    """Add what somebody observed; the newest of each attribute counts."""
    values = {name: getattr(asked, name) for name in ("role", "orientation", "influence", "proximity")}
    said = {name: getattr(asked, name) for name in ("on", "by", "evidence", "confidence", "expires_on")}
    return answer(people.assess(work, person, values, **said))
