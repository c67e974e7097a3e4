"""A person on the map: shape, rings, and two lines of label on the outer side of the shape.

Everybody has a slot of their own, and the label is lower than the slot, so that no two labels meet.
Within a label what has a fixed width stands next to the shape (word tags, then dots) and the title last:
a font that is wider than measured runs outwards, into nobody's way.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from graph.account import Account, Person
from graph.measures import Measures
from visualisation.heading import count
from visualisation.layout import HUB_ROW, SIGN, Arrangement, Standing
from visualisation.shapes import (
    GONE,
    LINE_SIZE,
    NAME_SIZE,
    ORIENTATION,
    OURS,
    PAPER,
    QUIET,
    REACH,
    RINGED,
    SIGNS,
    TARGET,
    number,
    orientation_sign,
    ring,
    role_shape,
    tag,
    tag_width,
)
from visualisation.text import clean, fit, markup, token, width

HALF_WIDTH = 660.0  # of the map
EDGE = 14.0  # kept free at its sides
TITLE_ROOM = 230.0  # for a name or title, where there is more


@dataclass(frozen=True)
class Marks:
    """Who carries which mark, by id."""

    gaps: Set[str] = frozenset()
    single_points: Set[str] = frozenset()
    gone: Set[str] = frozenset()


def draw_person(
    account: Account,
    person: Person,
    arrangement: Arrangement,
    standing: Standing,
    marks: Marks,
    *,
    prefix: str,
    ghost: float | None = None,
) -> str:
    """Return the group of one person; `ghost` is the x where the target would put them."""
    theirs = person.id in account.their_index
    sign = SIGN["theirs" if theirs else "ours"]
    x, radius = standing.x[person.id], arrangement.radius[person.id]
    parts = [_shape(person, radius, theirs=theirs, gone=person.id in marks.gone)]
    if person.id in marks.gaps:
        parts.append(ring(REACH * radius + 3.0, solid=False))
    if person.id in marks.single_points:
        parts.append(ring(REACH * radius + 3.0, solid=True))
    reach = REACH * radius + 8.0
    if ghost is not None and (outwards := sign * (ghost - x)) > 0.0:
        reach += outwards
    room = max(0.0, HALF_WIDTH - EDGE - abs(x) - reach)
    parts += _label(account, person, arrangement, standing.measures, marks, sign * reach, room)
    kind = "theirs" if theirs else "ours"
    gone = " gone" if person.id in marks.gone else ""
    return (
        f'<g id="{prefix}-p-{token(person.id)}" class="person {kind}{gone}" data-id="{markup(person.id)}" '
        f'data-row="{markup(account.row(person))}" tabindex="0" '
        f'transform="translate({number(x)} {number(arrangement.height[person.id])})">'
        f"<title>{markup(describe(account, person, standing.measures))}</title>{''.join(parts)}</g>"
    )


def draw_ghost(account: Account, person: Person, arrangement: Arrangement, x: float, ghost: float) -> str:
    """Return the dashed outline of a person where the target would put them, and the way there."""
    y, radius = number(arrangement.height[person.id]), arrangement.radius[person.id]
    role = person.role if person.id in account.their_index else "ours"
    outline = role_shape(
        role,
        radius,
        f'fill="{PAPER}" stroke="{TARGET}" stroke-width="1.8" stroke-dasharray="4 3"',
    )
    return (
        f'<path d="M{number(x)},{y} H{number(ghost)}" stroke="{TARGET}" stroke-dasharray="1 4" '
        f'stroke-width="1.2"/><g transform="translate({number(ghost)} {y})">{outline}</g>'
    )


def _shape(person: Person, radius: float, *, theirs: bool, gone: bool) -> str:
    colour = ORIENTATION[person.orientation or "unknown"] if theirs else OURS
    sign, ink = (SIGNS[person.orientation or "unknown"] if theirs else ""), PAPER
    look = f'fill="{GONE if gone else colour}" stroke="{PAPER}" stroke-width="1.5"'
    if person.placeholder:
        look = f'fill="{PAPER}" stroke="{QUIET}" stroke-width="1.8" stroke-dasharray="3 3"'
        sign = ""
    if gone:
        ink = QUIET
    text = orientation_sign(sign, radius, ink) if sign else ""
    return role_shape(person.role if theirs else "ours", radius, look) + text


def _label(
    account: Account,
    person: Person,
    arrangement: Arrangement,
    measures: Measures,
    marks: Marks,
    start: float,
    room: float,
) -> list[str]:
    """Return the name, and under it word tags, dots of proximity and title, outwards from x = `start`."""
    outwards = 1 if start > 0 else -1
    name = fit(clean(person.name) or clean(person.id), NAME_SIZE, min(room, TITLE_ROOM), "semibold")
    parts = [f'<text class="name" x="{number(start)}" y="-5">{markup(name)}</text>']
    used = 0.0
    for word, hollow in _words(person, marks):
        wide = tag_width(word)
        left = start + outwards * used - (wide if outwards < 0 else 0.0)
        parts.append(tag(word, left, 4.0, QUIET if hollow else RINGED, hollow=hollow))
        used += wide + 5.0
    dots = _dots(person, stale=person.id in measures.stale)
    title = clean(person.title or "") or (person.function or "").replace("_", " ")
    if person.id in arrangement.hubs.values() and account.row(person) != HUB_ROW:
        title = f"{account.row(person)}: {title}" if title else account.row(person)
    left_over = min(room - used, TITLE_ROOM) - width(dots, LINE_SIZE)
    line = (dots + fit(title, LINE_SIZE, left_over)).removesuffix(" · ").rstrip()
    if line:
        parts.append(f'<text class="line" x="{number(start + outwards * used)}" y="16">{markup(line)}</text>')
    return parts


def _words(person: Person, marks: Marks) -> list[tuple[str, bool]]:
    """Return the word tags of a person, and whether each is drawn hollow."""
    words = []
    if person.id in marks.gone:
        words.append(("GONE", True))
    if person.placeholder:
        words.append(("SEAT UNKNOWN", True))
    if person.id in marks.single_points:
        words.append(("SINGLE POINT", False))
    if person.id in marks.gaps:
        words.append(("GAP", False))
    return words


def _dots(person: Person, *, stale: bool) -> str:
    """Return proximity as five dots before a title: hollow ones and the word where the score is stale."""
    if person.proximity is None:
        return "stale · " if stale else ""
    full = round(min(5.0, max(0.0, person.proximity)))
    return f"{'○' * full}{'·' * (5 - full)} stale · " if stale else f"{'●' * full}{'○' * (5 - full)} "


def describe(account: Account, person: Person, measures: Measures) -> str:
    """Return in words what the map shows of a person."""
    name = clean(person.name) or clean(person.id)
    facts = [clean(person.title or ""), (person.function or "function unknown").replace("_", " ")]
    threads = measures.threads_of.get(person.id, 0)
    if person.id not in account.their_index:
        return ", ".join([name, *filter(None, facts)]) + f": {count(threads, 'thread')}"
    if person.placeholder:
        return ", ".join([name, *filter(None, facts)]) + ": a seat whose holder is unknown"
    influence = float(account.influence[account.their_index[person.id]])
    facts += [
        (person.role or "role unknown").replace("_", " "),
        person.orientation if person.orientation not in (None, "unknown") else "orientation unknown",
        f"proximity {person.proximity:g} of 5" if person.proximity is not None else "proximity unknown",
        f"influence {influence:.2f}" + (" (assumed)" if person.influence is None else ""),
    ]
    covered = measures.covered(person.id) if person.id in measures.account.their_index else 0.0
    text = ", ".join([name, *filter(None, facts)]) + f": {covered:.0%} covered, {count(threads, 'thread')}"
    if person.id in measures.stale:
        verified = f"last verified {person.verified_on}" if person.verified_on else "expired"
        text += f"; score stale, {verified}"
    return text
