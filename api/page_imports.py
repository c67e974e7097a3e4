"""The page for bringing files in: a preview first, then the import of the same files, and undoing it.

What takes longer than a moment runs in the background; its part of the page asks again until it is done.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi import Path as InPath
from starlette.responses import HTMLResponse, Response

from api import import_words, verbs
from api.asking import Work
from api.document import problem
from api.jobs import Job, Jobs, answer
from api.pages import ENVIRONMENT, render
from api.routes import Dialect
from api.uploads import HELD_FOR, LARGEST, Received, Uploads, import_received, receive
from api.workspace import Result, Workspace
from graph.errors import DiamondError, InputError
from graph.imports import ImportReport
from graph.progress import Progress

AT_ONCE = 1.5  # s that an answer may take before its progress is shown
SHOWN = 15
LISTED = 500  # rows that a page can bear
PREVIEW, IMPORT, UNDO = "preview", "import", "undoing"

ENVIRONMENT.filters.update(import_words.FILTERS)

router = APIRouter(prefix="/imports", include_in_schema=False, default_response_class=HTMLResponse)


def runs(request: Request) -> Jobs:
    """Return the imports of the app that run or ran; one at a time, beside the simulations."""
    found: Jobs = request.app.state.imports
    return found


def uploads(request: Request) -> Uploads:
    """Return the files that previews hold."""
    found: Uploads = request.app.state.uploads
    return found


Bringing = Annotated[Jobs, Depends(runs)]
Held = Annotated[Uploads, Depends(uploads)]


@router.get("")
def imports_page(work: Work) -> Response:
    """Show the form for files, and what came in before."""
    return render(
        "imports.html",
        dialects=import_words.DIALECTS,
        orders=import_words.ORDERS,
        most=LARGEST,
        minutes=HELD_FOR / 60,
        **_listed(work),
    )


@router.post("/preview")
def preview(
    work: Work,
    bringing: Bringing,
    held: Held,
    files: Annotated[list[UploadFile], File()],
    mapping: Annotated[UploadFile | None, File()] = None,
    dates: Annotated[Literal["ymd", "dmy", "mdy"] | None, Form()] = None,
    dialect: Annotated[Dialect, Form()] = "auto",
    ours: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Say what files would bring in; hold them, so that the same can be imported."""
    chosen = [one for one in files if one.filename]
    if not chosen:
        raise InputError("Choose at least one file.")
    found = receive(
        chosen,
        mapping if mapping is not None and mapping.filename else None,
        dates=dates,
        dialect=dialect,
        ours=ours.strip() or None,
    )

    def work_on(progress: Progress) -> tuple[Received, Result[ImportReport]]:
        try:
            report = import_received(work, found, dry_run=True, progress=progress)
        except BaseException:
            found.remove()
            raise
        held.hold(found)
        return found, report

    try:
        job = bringing.start(work_on, PREVIEW)
    except DiamondError:
        found.remove()
        raise
    return _run_part(job, work)


@router.delete("/preview/{id}")
def put_away(held: Held, id: Annotated[str, InPath()]) -> Response:
    """Remove the files of a preview."""
    held.take(id).remove()
    return HTMLResponse('<p class="quiet" role="status">The files were put away; nothing was imported.</p>')


@router.post("")
def bring_in(work: Work, bringing: Bringing, held: Held, preview: Annotated[str, Form()]) -> Response:
    """Import the files of a preview."""
    found = held.take(preview)

    def work_on(progress: Progress) -> Result[ImportReport]:
        try:
            return import_received(work, found, dry_run=False, progress=progress)
        finally:
            found.remove()

    try:
        job = bringing.start(work_on, IMPORT)
    except DiamondError:
        held.hold(found)
        raise
    return _run_part(job, work)


@router.post("/{id}/undo")
def undo(work: Work, bringing: Bringing, id: Annotated[str, InPath()]) -> Response:
    """Take an import back."""
    job = bringing.start(lambda progress: verbs.undo_import(work, id, progress=progress), UNDO)
    return _run_part(job, work)


@router.get("/runs/{kind}/{job}")
def run_part(work: Work, bringing: Bringing, kind: str, job: str) -> Response:
    """Show what became of a preview, an import or an undoing, or how far it is."""
    return _run_part(bringing.get(job, kind), work)


def _run_part(job: Job, work: Workspace) -> Response:
    job.finished.wait(AT_ONCE)
    if not job.finished.is_set():
        return render("_import_running.html", job=job)
    try:
        result = answer(job)
    except DiamondError as error:
        return render(
            "_import_refused.html", status=error.status, error=problem(error), kind=job.kind, shown=LISTED
        )
    if job.kind == UNDO:
        return render("_undone.html", undone=result.body, told=result.warnings, shown=SHOWN, **_listed(work))
    held, result = result if job.kind == PREVIEW else (None, result)
    return render("_import_report.html", held=held, **_report(result), **_listed(work))


def _report(result: Result[ImportReport]) -> dict[str, Any]:
    report = result.body
    # A reason stands beside its file already.
    beside = {f"{one.file} is read as {one.dialect}: {one.why}" for one in report.files}
    told = [one for one in (*result.warnings, *report.warnings) if one not in beside]
    return {
        "report": report,
        "told": told,
        "questions": import_words.asked(report.questions),
        "findings": import_words.found(report.findings),
        "shown": SHOWN,
        "most": LISTED,
    }


def _listed(work: Workspace) -> dict[str, Any]:
    return {"imports": verbs.imports(work).body.imports}
