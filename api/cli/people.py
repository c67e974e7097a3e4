"""Commands about people over time: people duplicates, merge, unmerge, merges, reject, history, assess."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.padding import Padding

from api.cli.opening import ends_at_once, opened
from api.cli.options import AsOf, Json, Quiet, StoreOption, day
from api.cli.output import table, text, words
from api.cli.policies import with_policy
from api.workspace import Result
from graph.errors import InputError
from graph.wording import count

if TYPE_CHECKING:
    from api.people import Assessed, Duplicates, Merged, Merges, Rejected, Unmerged
    from graph.people.proposals import Conflict, Proposal
    from graph.store.merges import Merge
    from graph.store.people import Opinion, PersonHistory

INTERRUPTED = "\nInterrupted. A merge is all or nothing: `diamond people merges` says what stands.\n"
SHOWN = 50
FACTS = {"email": "e-mail", "phone": "telephone"}

people = typer.Typer(
    help="Who may be one person, merging and undoing it, and what was known when.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Least(StrEnum):
    """How sure a proposal is at the least."""

    sure = "sure"
    likely = "likely"
    doubtful = "doubtful"


class Rule(StrEnum):
    """Which proposals are accepted together."""

    sure = "sure"
    same_email = "same_email"
    same_phone = "same_phone"
    alias_domain = "alias_domain"
    same_name = "same_name"


PersonName = Annotated[str, typer.Argument(metavar="PERSON", help="Id, or a name that is unique.")]
By = Annotated[str | None, typer.Option("--by", help="Who says so.")]
DAY = "DATE"


@people.command("duplicates")
@with_policy
def duplicates(
    least: Annotated[Least, typer.Option("--least", help="How sure at the least.")] = Least.doubtful,
    limit: Annotated[int | None, typer.Option(min=1, help="Proposals at the most.")] = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Propose who may be one person, with the reasons and what speaks against it."""
    from api import people as verbs

    with opened(store, json, quiet) as (work, output):
        output.show(verbs.duplicates(work, least=least.value, limit=limit), _duplicates)


@people.command("merge")
@with_policy
def merge(
    keep: Annotated[str | None, typer.Argument(metavar="KEEP", help="Who is kept.")] = None,
    other: Annotated[str | None, typer.Argument(metavar="OTHER", help="Who is the same person.")] = None,
    rule: Annotated[Rule | None, typer.Option(help="Accept all proposals of this kind.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --rule: show whom it would merge; write nothing.")
    ] = False,
    by: By = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make one person of two; everything that hangs on the other moves, and it can be undone."""
    from api import people as verbs

    if (rule is None) != (keep is not None and other is not None) or (rule is not None and keep is not None):
        raise InputError("Name the person to keep and the other one, or a --rule.")
    if dry_run and rule is None:
        raise InputError("--dry-run shows what a --rule would do; `diamond people duplicates` shows pairs.")
    with opened(store, json, quiet) as (work, output), ends_at_once(INTERRUPTED):
        if rule is not None:
            result = verbs.merge_by_rule(work, rule.value, dry_run=dry_run, by=by)
        else:
            result = verbs.merge(work, keep or "", other or "", by=by)
        output.show(result, _merged)


@people.command("merges")
@with_policy
def merges(store: StoreOption = None, json: Json = False, quiet: Quiet = False) -> None:
    """List the merges that stand."""
    from api import people as verbs

    with opened(store, json, quiet) as (work, output):
        output.show(verbs.merges(work), _merges)


@people.command("unmerge")
@with_policy
def unmerge(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Of the merge, or the id that was merged.")],
    distinct: Annotated[bool, typer.Option("--distinct", help="Do not propose the two again.")] = False,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Undo a merge: both entries are as they were."""
    from api import people as verbs

    with opened(store, json, quiet) as (work, output), ends_at_once(INTERRUPTED):
        output.show(verbs.unmerge(work, id_, distinct=distinct), _unmerged)


@people.command("reject")
@with_policy
def reject(
    one: PersonName,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Who is somebody else.")],
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Remember that two are two people; they are not proposed again."""
    from api import people as verbs

    with opened(store, json, quiet) as (work, output):
        output.show(verbs.reject(work, one, other), _rejected)


@people.command("history")
@with_policy
def history(
    person: PersonName,
    as_of: AsOf = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Posts, opinions, touchpoints by kind and year, and merges of one person."""
    from api import people as verbs

    with opened(store, json, quiet) as (work, output):
        output.show(verbs.history(work, person, as_of), _history)


@people.command("assess")
@with_policy
def assess(
    person: PersonName,
    role: Annotated[str | None, typer.Option(help="decision_maker, evaluator, influencer or user.")] = None,
    orientation: Annotated[str | None, typer.Option(help="ally, neutral, against or unknown.")] = None,
    influence: Annotated[float | None, typer.Option(help="On outcomes, 0 to 1.")] = None,
    proximity: Annotated[float | None, typer.Option(help="How close we are, 0 to 5.")] = None,
    evidence: Annotated[str | None, typer.Option(help="What was observed.")] = None,
    by: By = None,
    on: Annotated[
        date | None, typer.Option(metavar=DAY, parser=day, help="Day of the observation; else today.")
    ] = None,
    expires: Annotated[
        date | None, typer.Option(metavar=DAY, parser=day, help="Last day on which it holds; stale after it.")
    ] = None,
    confidence: Annotated[float | None, typer.Option(help="How sure, 0 to 1.")] = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say what role, orientation, influence or proximity somebody has, when, and why."""
    from api import people as verbs

    values = {"role": role, "orientation": orientation, "influence": influence, "proximity": proximity}
    with opened(store, json, quiet) as (work, output):
        said = verbs.assess(
            work, person, values, on=on, by=by, evidence=evidence, confidence=confidence, expires_on=expires
        )
        output.show(said, _assessed)


def _duplicates(console: Console, result: Result[Duplicates]) -> None:
    if not result.body.found:
        console.print("Nobody looks like somebody else.")
        return
    _proposed(console, result.body.proposals)
    listed = len(result.body.proposals[:SHOWN])
    if listed < result.body.found:
        console.print(
            f"{listed:,} of {result.body.found:,} pairs; --json lists them all, --least sure only the surest."
        )
    console.print(
        "One person: `diamond people merge KEEP OTHER`. Two: `diamond people reject ONE OTHER`. "
        "Many at once: `diamond people merge --rule sure --dry-run`."
    )


def _proposed(console: Console, proposals: tuple[Proposal, ...]) -> None:
    """Print pair after pair, who is kept first: addresses and reasons are too long for columns."""
    for confidence, pairs in groupby(proposals[:SHOWN], key=lambda one: one.confidence):
        console.print(f"[bold]{confidence.capitalize()}[/]")
        for one in pairs:
            _indented(console, 2, f"{_who(one.a_name, one.a)} and {_who(one.b_name, one.b)}")
            _indented(console, 4, text(one.why))
            for conflict in one.conflicts:
                if conflict.fact != "name":  # both names stand above
                    _indented(console, 4, f"[dim]{conflict.fact}:[/] {text(conflict.a)} / {text(conflict.b)}")
        console.print()


def _indented(console: Console, columns: int, sentence: str) -> None:
    console.print(Padding(sentence, (0, 0, 0, columns), expand=False))


def _differences(conflicts: tuple[Conflict, ...]) -> str:
    return "; ".join(
        f"{FACTS.get(one.fact, words(one.fact))}: {text(one.a)} / {text(one.b)}" for one in conflicts
    )


def _merged(console: Console, result: Result[Merged]) -> None:
    found = result.body
    if found.dry_run:
        console.print("Preview: nothing was written.")
        _proposed(console, found.proposals)
        return
    if not found.merges:
        console.print("Nobody was merged.")
    for one in found.merges[:SHOWN]:
        _told(console, one)
    if len(found.merges) > SHOWN:
        console.print(f"… and {len(found.merges) - SHOWN:,} more; `diamond people merges` lists them.")


def _told(console: Console, one: Merge) -> None:
    from api.import_words import things

    moved = things(one.moved, count) or "nothing"
    console.print(
        f"{_who(one.name, one.merged)} is {_who(one.kept_name, one.kept)} now; {text(moved)} moved. "
        f"`diamond people unmerge {text(one.id)}` takes it back."
    )
    if one.conflicts:
        _indented(console, 2, f"they differed (kept / merged) in {_differences(one.conflicts)}")


def _who(name: str | None, id_: str) -> str:
    return text(id_) if name in (None, id_) else f"{text(name)} [dim]{text(id_)}[/]"


def _merges(console: Console, result: Result[Merges]) -> None:
    if not result.body.merges:
        console.print("Nobody was merged.")
    for one in result.body.merges:
        console.print(
            f"{text(one.on)}: {_who(one.name, one.merged)} is {_who(one.kept_name, one.kept)} now"
            + ("" if one.by is None else f", says {text(one.by)}")
        )
        why = one.why or ("somebody's decision" if one.rule is None else f"the rule {one.rule}")
        _indented(console, 2, text(why))
        _indented(console, 2, f"`diamond people unmerge {text(one.id)}` takes it back")


def _unmerged(console: Console, result: Result[Unmerged]) -> None:
    one = result.body.merge
    console.print(f"{_who(one.name, one.merged)} and {_who(one.kept_name, one.kept)} are two entries again.")


def _rejected(console: Console, result: Result[Rejected]) -> None:
    console.print(f"{text(result.body.a)} and {text(result.body.b)} are two people and stay so.")


def _history(console: Console, result: Result[PersonHistory]) -> None:
    found = result.body
    title = "" if found.title is None else f", {text(found.title)}"
    console.print(f"[bold]{text(found.name)}[/] [dim]{text(found.person)}[/]{title}")
    posts = table("Works at", "From", "Until", "Functions")
    for post in found.posts:
        functions = ", ".join(words(one.kind) for one in post.functions)
        posts.add_row(text(post.organisation_name), text(post.since), text(post.until), functions or "–")
    console.print(posts)
    if found.former_values:
        was = table("Was", "Value", "Until")
        for value in found.former_values:
            was.add_row(words(value.attribute), text(value.value), text(value.until))
        console.print(was)
    if found.assessments:
        _opinions(console, found.assessments, result.as_of)
    if found.contacts:
        met = table("Year", "Kind", "Touchpoints", "Minutes", "Last", right=("Touchpoints", "Minutes"))
        for one in found.contacts:
            minutes = f"{one.minutes:,.0f}" if one.minutes else "–"
            met.add_row(str(one.year), words(one.kind), str(one.touchpoints), minutes, text(one.last_on))
        console.print(met)
    for merged in found.merges:
        _told(console, merged)


def _assessed(console: Console, result: Result[Assessed]) -> None:
    console.print(f"About {text(result.body.person)}:")
    _opinions(console, result.body.assessments, result.as_of)


def _opinions(console: Console, opinions: tuple[Opinion, ...], day: date) -> None:
    for one in opinions:
        said = f"{text(one.on)}: {words(one.attribute)} {words(text(one.value))}"
        if not one.current:
            said += "[dim], overtaken[/]"
        elif one.expires_on is not None:
            said += f", {'stale after' if one.expires_on < day else 'until'} {text(one.expires_on)}"
        console.print(said)
        sure = None if one.confidence is None else f"{text(one.confidence)} sure"
        told = ", ".join(part for part in (one.by and text(one.by), sure) if part)
        if why := ": ".join(part for part in (told, one.evidence and text(one.evidence)) if part):
            _indented(console, 2, why)
