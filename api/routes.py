"""The HTTP interface: one endpoint for each verb, under /api/v1, with the documents of the command line."""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi import Path as InPath
from pydantic import BeforeValidator, Field
from starlette.responses import Response, StreamingResponse

from api import verbs
from api.document import to_json
from api.jobs import Jobs, Progress, events
from api.jobs import answer as outcome
from api.models import (
    AccountDocument,
    AccountsDocument,
    CheckDocument,
    CookbookDocument,
    GapsDocument,
    HealthDocument,
    ImportDocument,
    JobDocument,
    PlanDocument,
    QueryDocument,
    QueryRequest,
    RopiDocument,
    SimulationDocument,
    SimulationRequest,
    WithoutDocument,
    iso_date,
)
from api.paths import segment
from api.problems import MEDIA_TYPE, Problem
from api.reading import Proposals, Reading
from api.settings import Settings
from api.verbs import Workspace
from graph.errors import InputError
from graph.plan import PlanLimits, plan_csv, plan_ics
from graph.removal import Relation

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": words, "content": {MEDIA_TYPE: {}}}
    for status, words in (
        (403, "Not permitted: another host or a foreign page"),
        (422, "Wrong input: an unknown name, a value that is not possible"),
        (503, "The store cannot be reached"),
    )
}

Dialect = Literal["auto", "generic", "hubspot", "salesforce", "dynamics", "mail", "calendar"]
LONGEST_NAME = 200  # bytes of a file's name
MISSING: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is no such simulation", "content": {MEDIA_TYPE: {}}},
    409: {"model": Problem, "description": "It was cancelled", "content": {MEDIA_TYPE: {}}},
}

router = APIRouter(prefix="/api/v1", responses=PROBLEMS)


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
    """Return the movable network as a page to be saved: it runs scripts, which the app forbids."""
    html = verbs.network(work, account, as_of)
    return Response(html, media_type="text/html; charset=utf-8", headers=attachment(account, "html"))


@router.post(
    "/accounts/{account:segment}/simulations",
    operation_id="start_simulation",
    response_model=SimulationDocument,
    responses={202: {"model": JobDocument, "description": "It takes longer: look where the job says"}},
    tags=["simulation"],
)
def start_simulation(work: Work, runs: Runs, account: AccountName, asked: SimulationRequest) -> Response:
    """Simulate what if: the answer itself where it takes no longer than `wait`, else a job."""
    name = work.account(account, asked.as_of).id
    job = runs.start(lambda progress: _simulate(work, name, asked, progress))
    if job.finished.wait(asked.wait):
        return answer(outcome(job))
    return Response(
        to_json(job.status()),
        status_code=202,
        media_type="application/json",
        headers={"location": f"/api/v1/simulations/{job.id}"},
    )


def _simulate(work: Workspace, account: str, asked: SimulationRequest, progress: Progress) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        scenario = None
        if asked.scenario is not None:
            scenario = Path(folder) / "scenario.json"
            scenario.write_text(json.dumps(asked.scenario), encoding="utf-8")
        return verbs.simulate(
            work,
            account,
            leaves=asked.leaves,
            leaving_months=asked.leaving_months,
            scenario=scenario,
            strategies=",".join(asked.strategies) if asked.strategies else None,
            replicates=asked.replicates,
            months=asked.months,
            seed=asked.seed,
            precision=asked.precision,
            engine=asked.engine,
            curve=asked.curve,
            as_of=asked.as_of,
            progress=progress,
        )


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


Limits = Annotated[PlanLimits, Depends(plan_limits)]


@router.get(
    "/accounts/{account:segment}/plan",
    operation_id="propose_plan",
    response_model=PlanDocument,
    tags=["plan"],
)
def propose_plan(
    work: Work, proposed: Proposed, account: AccountName, limits: Limits, as_of: AsOf = None
) -> Response:
    """Propose who should meet whom, when and how; nothing is kept."""
    return answer(proposed.get(work, account, limits, as_of))


@router.post(
    "/accounts/{account:segment}/plan",
    operation_id="save_plan",
    response_model=PlanDocument,
    tags=["plan"],
)
def save_plan(work: Work, account: AccountName, limits: Limits, as_of: AsOf = None) -> Response:
    """Propose a plan and keep it; one that cannot be had is not kept."""
    return answer(verbs.plan(work, account, limits, save=True, as_of=as_of))


@router.get(
    "/accounts/{account:segment}/plan.csv",
    operation_id="get_plan_csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "The actions"}},
    tags=["plan"],
)
def get_plan_csv(
    work: Work, proposed: Proposed, account: AccountName, limits: Limits, as_of: AsOf = None
) -> Response:
    """Return the proposed actions as a table."""
    found = plan_csv(proposed.get(work, account, limits, as_of).body)
    return Response(found, media_type="text/csv; charset=utf-8", headers=attachment(account, "csv"))


@router.get(
    "/accounts/{account:segment}/plan.ics",
    operation_id="get_plan_ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}, "description": "The actions"}},
    tags=["plan"],
)
def get_plan_ics(
    work: Work, proposed: Proposed, account: AccountName, limits: Limits, as_of: AsOf = None
) -> Response:
    """Return the proposed actions as a calendar."""
    found = plan_ics(proposed.get(work, account, limits, as_of).body)
    return Response(found, media_type="text/calendar; charset=utf-8", headers=attachment(account, "ics"))


JobName = Annotated[str, InPath(description="As the answer to the start named it.")]


@router.get(
    "/simulations/{job}",
    operation_id="get_simulation",
    response_model=SimulationDocument,
    responses={202: {"model": JobDocument, "description": "It still runs"}, **MISSING},
    tags=["simulation"],
)
def get_simulation(runs: Runs, job: JobName) -> Response:
    """Return the answer of a simulation, or how far it is."""
    found = runs.get(job)
    if found.finished.is_set():
        return answer(outcome(found))
    return answer(found.status(), 202)


@router.get(
    "/simulations/{job}/events",
    operation_id="follow_simulation",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "`progress` …, `end`"}, **MISSING},
    tags=["simulation"],
)
def follow_simulation(runs: Runs, job: JobName) -> Response:
    """Follow a simulation by server-sent events: `progress` as it goes, `end` when it is over."""
    return StreamingResponse(events(runs.get(job)), media_type="text/event-stream")


@router.delete(
    "/simulations/{job}",
    operation_id="cancel_simulation",
    response_model=JobDocument,
    responses=MISSING,
    tags=["simulation"],
)
def cancel_simulation(runs: Runs, job: JobName) -> Response:
    """Cancel a simulation; one that is over stays as it is."""
    found = runs.get(job)
    found.cancel()
    return answer(found.status())


@router.post("/imports", operation_id="import_files", response_model=ImportDocument, tags=["store"])
def import_files(
    work: Work,
    files: Annotated[list[UploadFile], File(description="Files of the generic form, or as mapped.")],
    mapping: Annotated[UploadFile | None, File(description="A mapping file (YAML).")] = None,
    dates: Annotated[Literal["ymd", "dmy", "mdy"] | None, Form()] = None,
    dialect: Annotated[Dialect, Form()] = "auto",
    dry_run: Annotated[bool, Form(description="Say what would happen, and change nothing.")] = False,
) -> Response:
    """Bring files in, all of them or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        names = [_file_name(one, "files") for one in files]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise InputError(f"Two files are called {twice[0]}: give each its own name.")
        inside = Path(folder) / "files"
        inside.mkdir()
        for name, one in zip(names, files, strict=True):
            with (inside / name).open("wb") as target:
                shutil.copyfileobj(one.file, target)
        mapped = None
        if mapping is not None:
            mapped = Path(folder) / _file_name(mapping, "mapping")
            with mapped.open("wb") as target:
                shutil.copyfileobj(mapping.file, target)
        result = verbs.import_(
            work,
            [inside / name for name in names],
            mapping=mapped,
            dates=dates,
            dialect=dialect,
            dry_run=dry_run,
        )
    return answer(result)


def _file_name(upload: UploadFile, part: str) -> str:
    """Return the name of an uploaded file without any folder."""
    name = (upload.filename or "").replace("\\", "/").rpartition("/")[2].replace("\0", "")
    if name in ("", ".", "..") or len(name.encode()) > LONGEST_NAME:
        raise InputError(f"A file under {part} needs a name such as people.csv, found {upload.filename!r}.")
    return name


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
