"""The gap report over HTTP: of one account or of all, what changed since, kept, and as a file."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BeforeValidator
from starlette.responses import Response

from api.asking import AccountName, AsOf, Work
from api.gap_reports import LAST, Since, gaps, gaps_file
from api.models import GapsDocument
from api.paths import segment
from api.problems import PROBLEMS, answer
from api.requests import PlainRoute, iso_date

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, route_class=PlainRoute, tags=["gaps"])
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
}
FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {media: {} for media in MEDIA.values()}, "description": "The report as a file"}
}


def _since(value: object) -> object:
    return value if value == LAST else iso_date(value)


Compared = Annotated[
    date | Literal["last"] | None,
    BeforeValidator(_since),
    Query(description="What changed since this day, or since the last report that was kept: last."),
]


@router.get("/gaps", operation_id="list_gaps", response_model=GapsDocument)
def list_gaps(work: Work, since: Compared = None, as_of: AsOf = None) -> Response:
    """Return what is missing in all accounts, worst first."""
    return answer(gaps(work, None, as_of, since=since))


@router.get("/gaps.{ending}", operation_id="get_all_gaps_file", response_class=Response, responses=FILES)
def get_all_gaps_file(
    work: Work, ending: Literal["csv", "xlsx", "html"], since: Compared = None, as_of: AsOf = None
) -> Response:
    """Return the gaps of all accounts as a table, a workbook, or a page to read and print."""
    return _file(work, None, ending, since, as_of)


@router.get("/accounts/{account:segment}/gaps", operation_id="get_gaps", response_model=GapsDocument)
def get_gaps(work: Work, account: AccountName, since: Compared = None, as_of: AsOf = None) -> Response:
    """Return what is missing, worst first, each with its evidence, its query and who could close it."""
    return answer(gaps(work, account, as_of, since=since))


@router.post("/accounts/{account:segment}/gaps", operation_id="save_gaps", response_model=GapsDocument)
def save_gaps(work: Work, account: AccountName, since: Compared = None, as_of: AsOf = None) -> Response:
    """Return the same, and keep it, so that a later report can say what changed since."""
    return answer(gaps(work, account, as_of, since=since, save=True))


@router.get(
    "/accounts/{account:segment}/gaps.{ending}",
    operation_id="get_gaps_file",
    response_class=Response,
    responses=FILES,
)
def get_gaps_file(
    work: Work,
    account: AccountName,
    ending: Literal["csv", "xlsx", "html"],
    since: Compared = None,
    as_of: AsOf = None,
) -> Response:
    """Return the gaps as a table, a workbook, or a page to read and print."""
    return _file(work, account, ending, since, as_of)


def _file(work: Work, account: str | None, ending: str, since: Since | None, as_of: date | None) -> Response:
    data = gaps_file(gaps(work, account, as_of, since=since), f".{ending}")
    name = f"gaps-{segment(account)}" if account is not None else "gaps"
    header = {"content-disposition": f"attachment; filename*=UTF-8''{name}.{ending}"}
    return Response(data, media_type=MEDIA[ending], headers=header)
