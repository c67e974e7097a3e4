"""The pages about people over time: who may be one person, merges, and one person's history."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from fastapi import Path as InPath
from pydantic import BeforeValidator
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api import import_words
from api import people as verbs
from api.asking import AsOf, Work
from api.pages import ENVIRONMENT, render
from api.paths import segment
from api.requests import iso_date
from api.workspace import Workspace
from graph.people.proposals import RULES, Confidence
from graph.policy import ORIENTATIONS, ROLES

SHOWN = 30
LISTED = 300  # rows that a page can bear

ENVIRONMENT.filters.update(import_words.FILTERS)

router = APIRouter(prefix="/people", include_in_schema=False, default_response_class=HTMLResponse)

Least = Annotated[Confidence, Query()]
Said = Annotated[str | None, Form(max_length=2000)]
By = Annotated[str | None, Form(max_length=200)]
Figure = Annotated[float | None, Form()]
Day = Annotated[date | None, BeforeValidator(iso_date), Form()]
PersonName = Annotated[str, InPath()]


@router.get("")
def people_page(work: Work, least: Least = "doubtful") -> Response:
    """Show who may be one person, and the merges that stand."""
    return render("people.html", rules=RULES, **_proposed(work, least), **_merges(work))


@router.get("/duplicates")
def duplicates_part(work: Work, least: Least = "doubtful") -> Response:
    """Show the proposals that are sure enough."""
    return render("_duplicates.html", **_proposed(work, least))


@router.get("/find")
def find(work: Work, name: Annotated[str, Query(max_length=500)]) -> Response:
    """Lead to the page of the person with this id or name."""
    found = verbs.history(work, name.strip()).body.person
    return RedirectResponse(f"/people/{segment(found)}", status_code=303)


@router.post("/merges")
def merge(
    work: Work,
    keep: Annotated[str, Form()],
    other: Annotated[str, Form()],
    by: By = None,
) -> Response:
    """Make one person of two."""
    made = verbs.merge(work, keep, other, by=by or None).body
    return render("_decided.html", merge=made.merges[0], **_merges(work))


@router.post("/rejections")
def reject(work: Work, keep: Annotated[str, Form()], other: Annotated[str, Form()]) -> Response:
    """Remember that two are two people."""
    verbs.reject(work, keep, other)
    return render("_decided.html", merge=None, names=(keep, other))


@router.get("/rules")
def rule_part(work: Work, rule: str) -> Response:
    """Show whom a rule would merge."""
    found = verbs.merge_by_rule(work, rule, dry_run=True).body
    return render("_rule.html", found=found, said=RULES[rule], most=LISTED)


@router.post("/rules")
def accept_rule(
    work: Work, rule: Annotated[str, Form()], by: By = None, least: Annotated[Confidence, Form()] = "doubtful"
) -> Response:
    """Merge all whom a rule takes."""
    found = verbs.merge_by_rule(work, rule, by=by or None).body
    return render(
        "_rule.html",
        found=found,
        said=RULES[rule],
        most=LISTED,
        **_proposed(work, least),
        **_merges(work),
    )


@router.delete("/merges/{id:segment}")
def unmerge(
    work: Work, id: Annotated[str, InPath()], distinct: bool = False, least: Least = "doubtful"
) -> Response:
    """Undo a merge."""
    undone = verbs.unmerge(work, id, distinct=distinct).body
    return render("_unmerged.html", undone=undone, **_proposed(work, least), **_merges(work))


@router.get("/{person:segment}")
def person_page(work: Work, person: PersonName, as_of: AsOf = None) -> Response:
    """Show what is known of one person over time."""
    return render("person.html", roles=ROLES, **_person(work, person, as_of))


@router.post("/{person:segment}/assessments")
def assess(
    work: Work,
    person: PersonName,
    role: Said = None,
    orientation: Said = None,
    influence: Figure = None,
    proximity: Figure = None,
    evidence: Said = None,
    by: By = None,
    on: Day = None,
    expires_on: Day = None,
    confidence: Figure = None,
) -> Response:
    """Add what somebody observed, and show the history with it."""
    said = verbs.assess(
        work,
        person,
        {
            "role": role or None,
            "orientation": orientation or None,
            "influence": influence,
            "proximity": proximity,
        },
        on=on,
        by=by or None,
        evidence=evidence or None,
        confidence=confidence,
        expires_on=expires_on,
    ).body
    return render("_assessed.html", said=said, **_person(work, said.person))


def _proposed(work: Workspace, least: Confidence) -> dict[str, Any]:
    found = verbs.duplicates(work, least=least, limit=SHOWN).body
    return {"proposed": found, "least": least}


def _merges(work: Workspace) -> dict[str, Any]:
    return {"merges": verbs.merges(work).body.merges[::-1], "shown": SHOWN, "listed": LISTED}


def _person(work: Workspace, name: str, as_of: date | None = None) -> dict[str, Any]:
    found = verbs.history(work, name, as_of)
    return {
        "one": found.body,
        "as_of": found.as_of,
        "today": work.today,
        "orientations": ORIENTATIONS,
        "shown": SHOWN,
    }
