"""The HTTP interface: one endpoint for each verb, under /api/v1, with the documents of the command line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi import Path as InPath
from pydantic import BeforeValidator
from starlette.responses import Response

from api import plans, verbs
from api.asking import AccountName, AskedPlan, AsOf, Bans, InSettings, Persons, Proposed, Work
from api.estimates import estimate
from api.models import (
    AccountDocument,
    AccountsDocument,
    CheckDocument,
    CookbookDocument,
    EstimatesDocument,
    HealthDocument,
    ImportDocument,
    ImportsDocument,
    PlanDocument,
    QueryDocument,
    RopiDocument,
    UndoneDocument,
    WithoutDocument,
)
from api.paths import segment
from api.problems import PROBLEMS, answer
from api.requests import PlainRoute, QueryRequest, iso_date
from api.uploads import import_received, received
from graph.plan import plan_csv, plan_ics
from graph.removal import Relation

Dialect = Literal["auto", "generic", "hubspot", "salesforce", "dynamics", "mail", "calendar"]

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, route_class=PlainRoute)


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


ObservedFrom = Annotated[
    date | None,
    BeforeValidator(iso_date),
    Query(description="Day from which on every leaving was noted; by default that of the first one noted."),
]


@router.get("/estimates", operation_id="get_estimates", response_model=EstimatesDocument, tags=["simulation"])
def get_estimates(work: Work, observed_from: ObservedFrom = None, as_of: AsOf = None) -> Response:
    """Return what the imported history says about turnover and decay, in place of defaults."""
    return answer(estimate(work, observed_from=observed_from, as_of=as_of))


@router.get(
    "/accounts/{account:segment}/estimates",
    operation_id="get_account_estimates",
    response_model=EstimatesDocument,
    tags=["simulation"],
)
def get_account_estimates(
    work: Work, account: AccountName, observed_from: ObservedFrom = None, as_of: AsOf = None
) -> Response:
    """Return the same with the hours and meetings of one account."""
    return answer(estimate(work, account, observed_from=observed_from, as_of=as_of))


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
    """Return the movable network as a page to be saved: it runs scripts, which the app forbids."""
    html = verbs.network(work, account, as_of)
    return Response(html, media_type="text/html; charset=utf-8", headers=attachment(account, "html"))


@router.get(
    "/accounts/{account:segment}/plan",
    operation_id="propose_plan",
    response_model=PlanDocument,
    tags=["plan"],
)
def propose_plan(
    work: Work,
    proposed: Proposed,
    account: AccountName,
    asked: AskedPlan,
    instead: Bans = [],  # noqa: B006
    more: Annotated[bool, Query(description="Also what one more hour or coin would buy.")] = False,
    simulate: Annotated[bool, Query(description="Also what the simulation makes of it.")] = False,
) -> Response:
    """Propose who should meet whom, when and how; nothing is kept."""
    read = work.account(account, asked.as_of)
    limits = asked.limits_for(read)
    found = proposed.get(work, account, limits, asked.as_of)
    if instead or more or simulate:
        known, _ = plans.settled(work, read, limits)
        full = plans.beside(work, read, known, found.body, instead=instead, more=more, simulate=simulate)
        found = replace(found, body=full)
    return answer(found)


@router.post(
    "/accounts/{account:segment}/plan",
    operation_id="save_plan",
    response_model=PlanDocument,
    tags=["plan"],
)
def save_plan(work: Work, account: AccountName, asked: AskedPlan) -> Response:
    """Propose a plan and keep it; one that cannot be had is not kept."""
    found = plans.plan(
        work, account, asked.limits, pins=asked.pins, bans=asked.bans, save=True, as_of=asked.as_of
    )
    return answer(found)


@router.get(
    "/accounts/{account:segment}/plan.csv",
    operation_id="get_plan_csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "The actions"}},
    tags=["plan"],
)
def get_plan_csv(work: Work, proposed: Proposed, account: AccountName, asked: AskedPlan) -> Response:
    """Return the proposed actions as a table."""
    limits = asked.limits_for(work.account(account, asked.as_of))
    found = plan_csv(proposed.get(work, account, limits, asked.as_of).body)
    return Response(
        found.encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=attachment(account, "csv")
    )


@router.get(
    "/accounts/{account:segment}/plan.ics",
    operation_id="get_plan_ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}, "description": "The actions"}},
    tags=["plan"],
)
def get_plan_ics(work: Work, proposed: Proposed, account: AccountName, asked: AskedPlan) -> Response:
    """Return the proposed actions as a calendar."""
    limits = asked.limits_for(work.account(account, asked.as_of))
    found = plan_ics(proposed.get(work, account, limits, asked.as_of).body)
    return Response(found, media_type="text/calendar; charset=utf-8", headers=attachment(account, "ics"))


@router.post("/imports", operation_id="import_files", response_model=ImportDocument, tags=["store"])
def import_files(
    work: Work,
    files: Annotated[list[UploadFile], File(description="Files of the generic form, or as mapped.")],
    mapping: Annotated[UploadFile | None, File(description="A mapping file (YAML).")] = None,
    dates: Annotated[Literal["ymd", "dmy", "mdy"] | None, Form()] = None,
    dialect: Annotated[Dialect, Form()] = "auto",
    ours: Annotated[
        str | None,
        Form(description="Who we are, by id, name or the domain of our addresses; an export does not tell."),
    ] = None,
    dry_run: Annotated[bool, Form(description="Say what would happen, and change nothing.")] = False,
) -> Response:
    """Bring files in, all of them or nothing."""
    with received(files, mapping, dates=dates, dialect=dialect, ours=ours) as found:
        return answer(import_received(work, found, dry_run=dry_run))


@router.get("/imports", operation_id="list_imports", response_model=ImportsDocument, tags=["store"])
def list_imports(work: Work) -> Response:
    """Return what came in when, from which files, and whether it was undone; the newest first."""
    return answer(verbs.imports(work))


@router.post("/imports/{id}/undo", operation_id="undo_import", response_model=UndoneDocument, tags=["store"])
def undo_import(
    work: Work, id: Annotated[str, InPath(description="As `GET /imports` lists it.")]
) -> Response:
    """Take back what an import wrote; what came later stays, or is to be undone first."""
    return answer(verbs.undo_import(work, id))


@router.get("/check", operation_id="check", response_model=CheckDocument, tags=["store"])
def check(work: Work) -> Response:
    """Return what is inconsistent in the data."""
    return answer(verbs.check(work))


@router.get("/cookbook", operation_id="list_cookbook", response_model=CookbookDocument, tags=["query"])
def list_cookbook() -> Response:
    """Return the questions that ship, with their Cypher and parameters."""
    return answer(verbs.cookbook_entries(full=True))


@router.get(
    "/cookbook/{question}",
    operation_id="get_cookbook_entry",
    response_model=CookbookDocument,
    tags=["query"],
)
def get_cookbook_entry(question: Annotated[str, InPath(description="Its name.")]) -> Response:
    """Return one question of the cookbook."""
    return answer(verbs.cookbook_entries(question, full=True))


@router.post("/query", operation_id="query", response_model=QueryDocument, tags=["query"])
def query(work: Work, chosen: InSettings, asked: QueryRequest) -> Response:
    """Run Cypher that only reads, or a question of the cookbook."""
    limit = asked.limit or chosen.query_rows
    timeout = asked.timeout or chosen.query_seconds
    if asked.cookbook is not None:
        return answer(verbs.cookbook(work, asked.cookbook, asked.params, limit=limit, timeout=timeout))
    return answer(verbs.query(work, asked.cypher or "", asked.params, limit=limit, timeout=timeout))
