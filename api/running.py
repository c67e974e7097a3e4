"""What every long run has over HTTP: a start, an answer or how far it is, its progress, cancelling."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from api.asking import Runs
from api.jobs import Job, events
from api.jobs import answer as outcome
from api.models import JobDocument
from api.problems import MEDIA_TYPE, Problem, answer
from fixtures.scenario_library import shipped_file

JobName = Annotated[str, InPath(description="As the answer to the start named it.")]
LATER: dict[int | str, dict[str, Any]] = {
    202: {"model": JobDocument, "description": "It takes longer: look where the job says"}
}
RUNNING: dict[int | str, dict[str, Any]] = {202: {"model": JobDocument, "description": "It still runs"}}
MISSING: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is no such run", "content": {MEDIA_TYPE: {}}},
    409: {"model": Problem, "description": "It was cancelled", "content": {MEDIA_TYPE: {}}},
}
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "`progress` …, `end`"}
}


def scenario_asked(given: str | dict[str, Any] | None) -> Path | Mapping[str, Any] | None:
    """Return the scenario of a request: what it says itself, or a shipped one, but no other file."""
    return shipped_file(given) if isinstance(given, str) else given


def started(job: Job, wait: float, place: str) -> Response:
    """Return the answer of a run that takes no longer than `wait` seconds, else that it goes on.

    Parameters
    ----------
    place
        The path under which runs of this kind stand.
    """
    found = answer(outcome(job)) if job.finished.wait(wait) else answer(job.status(), 202)
    found.headers["location"] = f"{place}/{job.id}"
    return found


def add_run(router: APIRouter, path: str, kind: str, document: type[BaseModel]) -> None:
    """Add the endpoints that look after started runs of a kind: answer, progress, cancelling.

    Parameters
    ----------
    path
        Where they stand, such as `/simulations`.
    kind
        As jobs call it: `simulation`.
    """
    name = kind.replace(" ", "_")

    @router.get(
        f"{path}/{{job}}",
        operation_id=f"get_{name}",
        summary=f"Get {kind.title()}",
        description=f"Return the answer of a {kind}, or how far it is.",
        response_model=document,
        responses={**RUNNING, **MISSING},
        tags=["simulation"],
    )
    def get(runs: Runs, job: JobName) -> Response:
        found = runs.get(job, kind)
        return answer(outcome(found)) if found.finished.is_set() else answer(found.status(), 202)

    @router.get(
        f"{path}/{{job}}/events",
        operation_id=f"follow_{name}",
        summary=f"Follow {kind.title()}",
        description=f"Follow a {kind} by server-sent events: `progress` as it goes, `end` when it is over.",
        response_class=StreamingResponse,
        responses={**STREAM, **MISSING},
        tags=["simulation"],
    )
    def follow(runs: Runs, job: JobName) -> Response:
        return StreamingResponse(events(runs.get(job, kind)), media_type="text/event-stream")

    @router.delete(
        f"{path}/{{job}}",
        operation_id=f"cancel_{name}",
        summary=f"Cancel {kind.title()}",
        description=f"Cancel a {kind}; one that is over stays as it is.",
        response_model=JobDocument,
        responses=MISSING,
        tags=["simulation"],
    )
    def cancel(runs: Runs, job: JobName) -> Response:
        found = runs.get(job, kind)
        found.cancel()
        return answer(found.status())
