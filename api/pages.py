"""The pages: the portfolio, an account, and the parts of it that are fetched when asked for.

A part is the same HTML that stands in the page, so that a page works when it is loaded and when a part of
it is swapped. Errors are one sentence in the place where the answer would stand.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request
from jinja2 import Environment
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

import visualisation
from api import foresight, futures, verbs, words
from api.asking import AccountName, AsOf, Proposed, Runs, Work
from api.document import problem
from api.gap_routes import Compared
from api.jobs import Job, answer
from api.page_gaps import gap_report
from api.paths import segment
from api.workspace import Workspace
from fixtures.scenario_library import shipped_file
from graph.account import Account, Person
from graph.errors import DiamondError
from graph.gap_similar import peer_of
from graph.measures import Measures, measure
from graph.profile import summarise
from graph.store.plans import read_plan
from simulation.scenario_file import load_scenario
from simulation.strategies import names_for
from visualisation.templating import environment

VISUALISATION = Path(visualisation.__file__).parent
STATIC = VISUALISATION / "static"
FONTS = VISUALISATION / "fonts"
GAPS_SHOWN = 12
WORST_SHOWN = 2
LEAVES_IN = 6  # month in which somebody leaves, unless another is asked for
HORIZON = 60
FUTURES = 250  # replicates that answer within a second or two
MORE_FUTURES = 4000
AT_ONCE = 0.4  # s that an answer may take before its progress is shown

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@lru_cache(maxsize=64)
def static(name: str) -> str:
    """Return the address of a file of ours; it changes with the content, so that browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


def _environment() -> Environment:
    made = environment()
    made.filters.update(words.FILTERS)
    made.filters["segment"] = segment
    made.globals["static"] = static
    return made


ENVIRONMENT = _environment()


def render(template: str, /, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a template as a page or part."""
    return HTMLResponse(ENVIRONMENT.get_template(template).render(**values), status_code=status)


def error_page(request: Request, error: DiamondError) -> Response:
    """Return an error as a page, or as a part where a part was asked for."""
    part = "hx-request" in request.headers
    return render("_problem.html" if part else "error.html", status=error.status, error=problem(error))


def place(account: str, as_of: date | None) -> dict[str, Any]:
    """Return where an account's page and documents are, and the query that keeps the day looked at."""
    name = segment(account)
    return {
        "here": f"/accounts/{name}",
        "api": f"/api/v1/accounts/{name}",
        "at": f"?as_of={as_of}" if as_of else "",
    }


@dataclass(frozen=True, slots=True)
class Choice:
    """One person of the list under the map."""

    id: str
    name: str
    side: Literal["ours", "theirs"]
    words: str


def choices(measures: Measures) -> tuple[Choice, ...]:
    """Return who could leave, those who carry most first."""
    account = measures.account
    people = [person for person in account.people.values() if not person.placeholder]
    people.sort(key=lambda person: (-measures.loss_of.get(person.id, 0.0), person.name, person.id))
    return tuple(_choice(account, measures, person) for person in people)


def _choice(account: Account, measures: Measures, person: Person) -> Choice:
    side: Literal["ours", "theirs"] = "theirs" if person.id in account.their_index else "ours"
    threads = words.count(measures.threads_of.get(person.id, 0), "thread", "threads")
    said = [side, person.title or words.word(person.function), threads]
    return Choice(person.id, person.name, side, " · ".join(said))


@router.get("/")
def portfolio(work: Work, as_of: AsOf = None) -> Response:
    """Show all accounts."""
    lines = []
    accounts = work.portfolio(as_of)
    peers = [peer_of(account) for account in accounts]
    for account in accounts:
        measures = measure(account)
        gaps = work.gaps(measures, peers)
        lines.append((summarise(measures, gaps), gaps[:WORST_SHOWN], words.quiet(account)))
    return render(
        "portfolio.html",
        accounts=lines,
        summary=words.portfolio([one for one, *_ in lines]),
        as_of=as_of or work.today,
        at=f"?as_of={as_of}" if as_of else "",
    )


@router.get("/accounts/{account:segment}")
def account_page(work: Work, account: AccountName, as_of: AsOf = None) -> Response:
    """Show one account."""
    profile = verbs.account(work, account, as_of)
    id = profile.body.summary.id
    return render(
        "account.html",
        profile=profile.body,
        told=profile.warnings,
        verdict=words.verdict(profile.body),
        ropi=verbs.ropi(work, id, as_of).body.ropi,
        shown=GAPS_SHOWN,
        **gap_report(work, id, as_of),
        map=Markup(verbs.draw(work, id, as_of=as_of)),
        people=choices(measure(work.account(id, as_of))),
        scenarios=futures.scenarios_for(work.account(id, as_of)),
        month=LEAVES_IN,
        horizon=HORIZON,
        **place(id, as_of),
    )


@router.get("/accounts/{account:segment}/gaps")
def gaps_part(work: Work, account: AccountName, since: Compared = None, as_of: AsOf = None) -> Response:
    """Show the gap report, with what changed since a day or the last one that was kept."""
    return _gaps_part(work, account, as_of, since=since)


@router.post("/accounts/{account:segment}/gaps")
def save_gaps(work: Work, account: AccountName, as_of: AsOf = None) -> Response:
    """Keep the gap report, and show it."""
    return _gaps_part(work, account, as_of, save=True)


def _gaps_part(work: Workspace, account: str, as_of: date | None, **asked: Any) -> Response:
    id = work.account(account, as_of).id
    shown = gap_report(work, id, as_of, **asked)
    return render("_gap_report.html", shown=GAPS_SHOWN, **shown, **place(id, as_of))


Gone = Annotated[list[str], Query()]


@router.get("/accounts/{account:segment}/map")
def map_part(
    work: Work,
    account: AccountName,
    state: Literal["now", "target"] = "now",
    without: Gone = [],  # noqa: B006
    as_of: AsOf = None,
) -> Response:
    """Draw the map in another state."""
    return HTMLResponse(verbs.draw(work, account, state=state, gone=without, as_of=as_of))


Month = Annotated[int, Query(ge=1, le=HORIZON)]


@router.get("/accounts/{account:segment}/what-if")
def what_if_part(
    work: Work, account: AccountName, person: str, month: Month = LEAVES_IN, as_of: AsOf = None
) -> Response:
    """Show what falls apart on paper if a person leaves, and have the rest simulated."""
    found = verbs.without_people(work, account, [person], as_of=as_of)
    read = work.account(account, as_of)
    measures = measure(read)
    gone = found.body.removed[0]
    said, changes, lists = futures.on_paper(read, found.body)
    return render(
        "_what_if.html",
        person=_choice(read, measures, read.people[gone]),
        said=said,
        changes=changes,
        lists=lists,
        simulate=bool(read.theirs),
        asked={"person": gone, "month": month} | ({"as_of": str(as_of)} if as_of else {}),
        map=Markup(verbs.draw(work, read.id, gone=[gone], as_of=as_of)),
        **place(read.id, as_of),
    )


@router.get("/accounts/{account:segment}/scenario")
def scenario_part(
    work: Work, account: AccountName, scenario: Annotated[str, Query(max_length=80)], as_of: AsOf = None
) -> Response:
    """Show what happens in a shipped scenario, and have it simulated."""
    read = work.account(account, as_of)
    file = shipped_file(scenario)
    setting = load_scenario(file, read, work.partners(read))
    return render(
        "_scenario.html",
        scenario=setting,
        happens=futures.happenings(setting, read, work.partners(read)),
        asked={"scenario": file.stem} | ({"as_of": str(as_of)} if as_of else {}),
        **place(read.id, as_of),
    )


@router.post("/accounts/{account:segment}/simulations")
def start_simulation(
    work: Work,
    runs: Runs,
    proposed: Proposed,
    account: AccountName,
    person: Annotated[str | None, Form()] = None,
    scenario: Annotated[str | None, Form(max_length=80)] = None,
    month: Annotated[int, Form(ge=1, le=HORIZON)] = LEAVES_IN,
    replicates: Annotated[int, Form(ge=1, le=MORE_FUTURES)] = FUTURES,
    as_of: Annotated[date | None, Form()] = None,
) -> Response:
    """Simulate a leaving or a shipped scenario; show the answer, or how far it is."""
    asked = {"person": person, "month": month} if person is not None else {"scenario": scenario}
    if as_of:
        asked["as_of"] = str(as_of)
    # Without a plan, saved or shown on the page, one would have to be found first: too long to wait here.
    shown = proposed.known(work, account, as_of)
    planned = shown is not None or read_plan(work.store, work.account(account, as_of).id) is not None
    known = names_for(work.account(account, as_of))
    strategies = None if planned else [name for name in known if name != "plan"]
    job = runs.start(
        lambda progress: foresight.simulate(
            work,
            account,
            leaves=[person] if person is not None else [],
            leaving_months=[month] if person is not None else [],
            scenario=shipped_file(scenario) if scenario is not None else None,
            strategies=strategies,
            proposed=shown,
            replicates=replicates,
            months=HORIZON if person is not None else None,
            as_of=as_of,
            progress=progress,
        ),
        asked=asked,
    )
    job.finished.wait(AT_ONCE)
    return _job_part(job, account, as_of)


@router.get("/accounts/{account:segment}/simulations/{job}")
def simulation_part(runs: Runs, account: AccountName, job: str, as_of: AsOf = None) -> Response:
    """Show the answer of a simulation, or how far it is."""
    return _job_part(runs.get(job), account, as_of)


@router.delete("/accounts/{account:segment}/simulations/{job}")
def cancel_simulation(runs: Runs, job: str) -> Response:
    """Cancel a simulation."""
    runs.get(job).cancel()
    return _cancelled()


def _job_part(job: Job, account: str, as_of: date | None) -> Response:
    if not job.finished.is_set():
        return render("_running.html", job=job, **place(account, as_of))
    if job.state == "cancelled":  # its last event may ask before the page has heard of it
        return _cancelled()
    result = answer(job)
    run, answered = result.body.simulation, result.body.answer
    more = {**job.asked, "replicates": MORE_FUTURES}
    return render(
        "_futures.html",
        asked=more if run.replicates < MORE_FUTURES else None,
        report=f"/api/v1/simulations/{job.id}/report",
        **futures.view(run, answered),
        **place(account, as_of),
    )


def _cancelled() -> Response:
    return HTMLResponse('<div id="futures"><p class="quiet">The simulation was cancelled.</p></div>')
