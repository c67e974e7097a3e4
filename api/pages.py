"""The pages: the portfolio, an account, and the parts of it that are fetched when asked for.

A part is the same HTML that stands in the page, so that a page works when it is loaded and when a part of
it is swapped. Errors are one sentence in the place where the answer would stand.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

import visualisation
from api import verbs, words
from api.document import problem
from api.paths import segment
from api.routes import AccountName, AsOf, Work
from graph.account import Account, Person
from graph.errors import DiamondError
from graph.measures import Measures, measure
from graph.profile import summarise

VISUALISATION = Path(visualisation.__file__).parent
STATIC = VISUALISATION / "static"
FONTS = VISUALISATION / "fonts"
GAPS_SHOWN = 12
WORST_SHOWN = 2

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@lru_cache(maxsize=64)
def static(name: str) -> str:
    """Return the address of a file of ours; it changes with the content, so that browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(VISUALISATION / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(words.FILTERS)
    environment.filters["segment"] = segment
    environment.globals["static"] = static
    return environment


ENVIRONMENT = _environment()


def render(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a template as a page or part."""
    return HTMLResponse(ENVIRONMENT.get_template(template).render(**values), status_code=status)


def error_page(request: Request, error: DiamondError) -> Response:
    """Return an error as a page, or as a part where a part was asked for."""
    part = "hx-request" in request.headers
    return render("_problem.html" if part else "error.html", error.status, error=problem(error))


@dataclass(frozen=True, slots=True)
class Place:
    """Where an account's page, parts and documents are.

    Attributes
    ----------
    at
        The query that keeps the day that is looked at, or nothing.
    """

    here: str
    api: str
    at: str

    @classmethod
    def of(cls, account: str, as_of: AsOf) -> Place:
        """Return the place of an account by id."""
        name = segment(account)
        return cls(f"/accounts/{name}", f"/api/v1/accounts/{name}", f"?as_of={as_of}" if as_of else "")


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
    for account in work.portfolio(as_of):
        measures = measure(account)
        gaps = work.gaps(measures)
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
    people = choices(measure(work.account(id, as_of)))
    place = Place.of(id, as_of)
    return render(
        "account.html",
        profile=profile.body,
        as_of=profile.as_of,
        told=profile.warnings,
        verdict=words.verdict(profile.body),
        ropi=verbs.ropi(work, id, as_of).body.ropi,
        gaps=verbs.gaps(work, id, as_of).body.gaps,
        shown=GAPS_SHOWN,
        people=people,
        suggested=people[0].id if people else None,
        map=Markup(verbs.draw(work, id, as_of=as_of)),
        here=place.here,
        api=place.api,
        at=place.at,
    )


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
