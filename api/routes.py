"""The HTTP interface: one endpoint for each verb, under /api/v1, with the documents of the command line."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as InPath
from pydantic import BeforeValidator
from starlette.responses import Response

from api import verbs
from api.document import to_json
from api.models import (
    AccountDocument,
    AccountsDocument,
    CheckDocument,
    CookbookDocument,
    GapsDocument,
    HealthDocument,
    QueryDocument,
    QueryRequest,
    RopiDocument,
    WithoutDocument,
    iso_date,
)
from api.paths import segment
from api.problems import MEDIA_TYPE, Problem
from api.settings import Settings
from api.verbs import Workspace
from graph import cookbook
from graph.removal import Relation

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": words, "content": {MEDIA_TYPE: {}}}
    for status, words in (
        (403, "Not permitted: another host or a foreign page"),
        (422, "Wrong input: an unknown name, a value that is not possible"),
        (503, "The store cannot be reached"),
    )
}

router = APIRouter(prefix="/api/v1", responses=PROBLEMS)


def workspace(request: Request) -> Workspace:
    """Return the workspace of the app, with its strengths of today."""
    work: Workspace = request.app.state.workspace()
    return work


def settings(request: Request) -> Settings:
    """Return the settings of the app."""
    found: Settings = request.app.state.settings
    return found


Work = Annotated[Workspace, Depends(workspace)]
InSettings = Annotated[Settings, Depends(settings)]
AccountName = Annotated[str, InPath(description="Id, or unique name, of an account; a slash as %2F.")]
AsOf = Annotated[
    date | None,
    BeforeValidator(iso_date),
    Query(description="The day that the measures speak of, as 2026-01-31; today if left out."),
]
Persons = Annotated[list[str], Query(description="Ids or unique names; several are allowed.")]


def answer(result: Any, status: int = 200) -> Response:
    """Return a result object as its JSON document."""
    return Response(to_json(result), status_code=status, media_type="application/json")


def attachment(account: str, ending: str) -> dict[str, str]:
    """Return the header that has a browser save an answer under the account's name."""
    return {"content-disposition": f"attachment; filename*=UTF-8''{segment(account)}.{ending}"}


@router.get("/health", operation_id="get_health", response_model=HealthDocument, tags=["app"])
def get_health(work: Work) -> Response:
    """Tell whether the store answers."""
    work.store.read("RETURN 1 AS one")
    return answer({"status": "ok", "today": work.today})


@router.get("/accounts", operation_id="list_accounts", response_model=AccountsDocument, tags=["accounts"])
def list_accounts(work: Work, as_of: AsOf = None) -> Response:
    """Return the portfolio: shape, connectivity, single points of failure, gaps, staleness."""
    return answer(verbs.accounts(work, as_of))


@router.get(
    "/accounts/{account:segment}",
    operation_id="get_account",
    response_model=AccountDocument,
    tags=["accounts"],
)
def get_account(work: Work, account: AccountName, as_of: AsOf = None) -> Response:
    """Return the profile of one account."""
    return answer(verbs.account(work, account, as_of))


@router.get(
    "/accounts/{account:segment}/ropi",
    operation_id="get_ropi",
    response_model=RopiDocument,
    tags=["accounts"],
)
def get_ropi(work: Work, account: AccountName, as_of: AsOf = None) -> Response:
    """Return the stakeholder table: role, orientation, proximity, influence, coverage."""
    return answer(verbs.ropi(work, account, as_of))


@router.get(
    "/accounts/{account:segment}/gaps",
    operation_id="get_gaps",
    response_model=GapsDocument,
    tags=["accounts"],
)
def get_gaps(work: Work, account: AccountName, as_of: AsOf = None) -> Response:
    """Return what is missing, worst first, each with its evidence and its query."""
    return answer(verbs.gaps(work, account, as_of))


@router.get(
    "/accounts/{account:segment}/without",
    operation_id="get_without",
    response_model=WithoutDocument,
    tags=["accounts"],
)
def get_without(
    work: Work, account: AccountName, person: Persons, relation: Relation = "engages", as_of: AsOf = None
) -> Response:
    """Return what falls apart, on paper, if these people leave."""
    return answer(verbs.without_people(work, account, person, relation, as_of))


Without_ = Annotated[list[str], Query(description="Who is greyed out; the map then shows the rest.")]
MapState = Annotated[Literal["now", "target"], Query(description="`target` adds where the plan would lead.")]


@router.get(
    "/accounts/{account:segment}/map.svg",
    operation_id="get_map_svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}, "description": "The map"}},
    tags=["map"],
)
def get_map_svg(
    work: Work,
    account: AccountName,
    state: MapState = "now",
    without: Without_ = [],  # noqa: B006
    as_of: AsOf = None,
) -> Response:
    """Draw the map as SVG."""
    svg = verbs.draw(work, account, state=state, gone=without, as_of=as_of)
    return Response(svg, media_type="image/svg+xml")


@router.get(
    "/accounts/{account:segment}/map.png",
    operation_id="get_map_png",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}, "description": "The map"}},
    tags=["map"],
)
def get_map_png(
    work: Work,
    account: AccountName,
    state: MapState = "now",
    without: Without_ = [],  # noqa: B006
    as_of: AsOf = None,
) -> Response:
    """Draw the map as PNG."""
    from visualisation.png import png

    svg = verbs.draw(work, account, state=state, gone=without, as_of=as_of)
    return Response(png(svg), media_type="image/png")


@router.get(
    "/accounts/{account:segment}/map.html",
    operation_id="get_map_html",
    response_class=Response,
    responses={200: {"content": {"text/html": {}}, "description": "A page that needs nothing else"}},
    tags=["map"],
)
def get_map_html(work: Work, account: AccountName, as_of: AsOf = None) -> Response:
    """Return the movable network as a page of its own, to be saved: it runs scripts, which the app forbids."""
    html = verbs.network(work, account, as_of)
    return Response(html, media_type="text/html; charset=utf-8", headers=attachment(account, "html"))


@router.get("/check", operation_id="check", response_model=CheckDocument, tags=["store"])
def check(work: Work) -> Response:
    """Return what is inconsistent in the data."""
    return answer(verbs.check(work))


@router.get("/cookbook", operation_id="list_cookbook", response_model=CookbookDocument, tags=["query"])
def list_cookbook(work: Work) -> Response:
    """Return the questions that ship, with their Cypher and parameters."""
    return answer(verbs.Result(work.today, (), {"cookbook": list(cookbook.entries().values())}))


@router.post("/query", operation_id="query", response_model=QueryDocument, tags=["query"])
def query(work: Work, chosen: InSettings, asked: QueryRequest) -> Response:
    """Run Cypher that only reads, or a question of the cookbook."""
    limit = asked.limit or chosen.query_rows
    timeout = asked.timeout or chosen.query_seconds
    if asked.cookbook is not None:
        return answer(verbs.cookbook(work, asked.cookbook, asked.params, limit=limit, timeout=timeout))
    return answer(verbs.query(work, asked.cypher or "", asked.params, limit=limit, timeout=timeout))
