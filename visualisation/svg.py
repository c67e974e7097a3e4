"""The map of an account as one SVG: Diabolo or Diamond, drawn from contact data.

One renderer serves the page, the exports and the tests. The picture needs no script, no style sheet and
nothing from elsewhere; ids stay the same from state to state, so that a page may move people with a
transition.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from graph.account import Account, Side
from graph.errors import InputError, UnknownName
from graph.gaps import find_gaps
from graph.measures import Measures, measure
from graph.removal import remove
from visualisation.heading import (
    account_title,
    change_in_words,
    count,
    facts_in_words,
    missing_in_words,
    names_of,
)
from visualisation.indirect import conflict_sentence, draw_indirect, find_chain
from visualisation.layout import (
    DEPTH,
    GAP,
    Arrangement,
    Standing,
    arrange,
    silhouette,
    stand,
    target_strength,
    with_strength,
)
from visualisation.legend import draw_legend
from visualisation.lines import draw_inner_lines, draw_ties, draw_wanted_ties
from visualisation.people import EDGE, HALF_WIDTH, Marks, draw_ghost, draw_person
from visualisation.shapes import (
    BAND,
    COVERED,
    INK,
    LINE_SIZE,
    NAME_SIZE,
    PAPER,
    QUIET,
    RULE,
    SHAPE,
    TAG_SIZE,
    TARGET,
    number,
)
from visualisation.text import FONT_FAMILY, clean, fit, markup, token, width

Line = Literal["reporting", "influences"]

TITLE_SIZE, FACTS_SIZE, SIDE_SIZE, NOTE_SIZE = 24.0, 14.0, 15.0, 13.0
ROW_NAME_ROOM = 240.0
SIDE_NAME_ROOM = 460.0
DATE_ROOM = 140.0
STYLE = (
    f".diamond-map text{{font-size:{LINE_SIZE}px;fill:{QUIET}}}"
    f".diamond-map .name{{font-size:{NAME_SIZE}px;font-weight:600;fill:{INK}}}"
    ".diamond-map .ours text{text-anchor:end}"
    f".diamond-map .name,.diamond-map .line{{paint-order:stroke;stroke:{PAPER};stroke-opacity:.8;"
    "stroke-width:3px;stroke-linejoin:round}"
    ".diamond-map .row{font-weight:600;letter-spacing:.05em}"
    ".diamond-map .sign{font-weight:600;text-anchor:middle}"
    f".diamond-map .tag text{{font-size:{TAG_SIZE}px;font-weight:600;text-anchor:middle}}"
    f".diamond-map .title{{font-size:{TITLE_SIZE}px;font-weight:600;fill:{INK}}}"
    f".diamond-map .word{{font-size:{FACTS_SIZE}px;font-weight:600;fill:{PAPER}}}"
    f".diamond-map .facts{{font-size:{FACTS_SIZE}px}}.diamond-map .note{{font-size:{NOTE_SIZE}px}}"
    f".diamond-map .side{{font-size:{SIDE_SIZE}px;font-weight:600;fill:{INK}}}"
)


class Gap(Protocol):
    """What the map reads of a gap."""

    @property
    def kind(self) -> str:
        """`coverage`, or one of the other kinds."""

    @property
    def subject(self) -> str:
        """The id of the person that it is about."""


@dataclass(frozen=True)
class Scene:
    """Everything that one picture shows."""

    account: Account
    arrangement: Arrangement
    shown: Standing
    marks: Marks
    number_of_gaps: int
    target: Standing | None
    before: Measures
    prefix: str


def draw_map(
    account: Account,
    measures: Measures,
    gaps: Iterable[Gap] = (),
    *,
    state: str = "now",
    without: Sequence[str] = (),
    target: NDArray[np.float64] | None = None,
    lines: Collection[Line] = (),
) -> str:
    """Return the map of an account as SVG text.

    Parameters
    ----------
    measures, gaps
        Of this account as it is. Gaps of the kind `coverage` are ringed.
    state
        `target` adds, as dashed ghosts, where the target would put everybody.
    without
        Ids of people who are greyed out; the map then shows the account after they left.
    target
        Tie strengths (ours, theirs) after the saved plan; without them the target is what the ties'
        `desired` or else the policy says. Pass the same in every state of one page: it has a say in the
        order of the people, which then stays.
    lines
        Groups of lines within a side that are visible from the start. Both are always there, as
        `<g class="reporting">` and `<g class="influences">`; a page switches them by `display`.

    Raises
    ------
    InputError
        The state is neither `now` nor `target`, or `target` has not one value per pair.
    UnknownName
        `without` names nobody of the account.
    """
    scene = _set(account, measures, tuple(gaps), state, tuple(without), target)
    words, notes = account_title(account), _notes(scene)
    facts = facts_in_words(scene.shown.measures, gaps=scene.number_of_gaps, uncovered=len(scene.marks.gaps))
    top = scene.arrangement.top - 130.0 - 20.0 * len(notes)
    body = [_rows(scene), _silhouettes(scene), _heading(scene, top, words, facts, notes), _sides(scene)]
    body.append(draw_inner_lines(account, scene.arrangement, scene.shown, lost=scene.marks.gone, on=lines))
    body.append(
        draw_ties(account, scene.arrangement, scene.shown, prefix=scene.prefix, lost=scene.marks.gone)
    )
    body.append(_people(scene))
    bottom = scene.arrangement.bottom + 16.0
    left = EDGE - HALF_WIDTH
    if (chain := find_chain(account)) is not None:
        band, height = draw_indirect(account, chain, left, bottom, prefix=scene.prefix)
        body.append(band)
        bottom += height
        notes.append(conflict_sentence(chain))
    body.append(f'<path d="M{number(left)},{number(bottom)} H{number(-left)}" stroke="{RULE}"/>')
    stale = bool(scene.shown.measures.stale)
    legend, height = draw_legend(
        left, bottom + 8.0, -2 * left, target=scene.target is not None, stale=stale, lines=lines
    )
    body.append(legend)
    bottom = top + ceil(bottom + height + 18.0 - top)  # a browser scales a fraction of a px away
    box = f"{number(-HALF_WIDTH)} {number(top)} {number(2 * HALF_WIDTH)} {number(bottom - top)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{scene.prefix}" class="diamond-map" viewBox="{box}" '
        f'width="{number(2 * HALF_WIDTH)}" height="{number(bottom - top)}" role="img" direction="ltr" '
        f'aria-labelledby="{scene.prefix}-title {scene.prefix}-desc" font-family="{FONT_FAMILY}" '
        f'data-shape="{scene.shown.measures.shape}">'
        f'<title id="{scene.prefix}-title">{markup(words)}: {markup(scene.shown.measures.shape)}</title>'
        f'<desc id="{scene.prefix}-desc">{markup(". ".join([facts, *notes]))}</desc>'
        f"<style>{STYLE}</style>"
        f'<rect x="{number(-HALF_WIDTH)}" y="{number(top)}" width="{number(2 * HALF_WIDTH)}" '
        f'height="{number(bottom - top)}" fill="{PAPER}"/>{"".join(body)}</svg>'
    )


def _set(
    account: Account,
    measures: Measures,
    gaps: tuple[Gap, ...],
    state: str,
    without: tuple[str, ...],
    target: NDArray[np.float64] | None,
) -> Scene:
    if state not in ("now", "target"):
        raise InputError(f"A map shows the state now or target, not {state!r}.")
    if target is not None and target.shape != account.strength.shape:
        raise InputError(
            f"The target of {account.name} needs one strength for each of {account.strength.shape} pairs, "
            f"found {target.shape}."
        )
    if unknown := sorted(set(without) - set(account.people)):
        raise UnknownName(f"Nobody in the account {account.name} has the id {unknown[0]!r}.")
    wanted = target_strength(account, target)
    arrangement = arrange(account, [wanted])
    shown, counted = measures, gaps
    if without:
        shown = measure(remove(account, without))
        counted = find_gaps(shown.account, shown)
    aimed = None
    if state == "target":
        aimed = stand(arrangement, measure(with_strength(account, wanted)))
    gone = frozenset(without)
    return Scene(
        account=account,
        arrangement=arrangement,
        shown=stand(arrangement, shown),
        marks=Marks(
            gaps=frozenset(gap.subject for gap in counted if gap.kind == "coverage") - gone,
            single_points=frozenset(point.person for point in shown.single_points) - gone,
            gone=gone,
        ),
        number_of_gaps=len(counted),
        target=aimed,
        before=measures,
        prefix=f"map-{token(account.id)}",
    )


def _notes(scene: Scene) -> list[str]:
    """Return what else must be said: what is missing, who is gone, what the target would give."""
    shown = scene.shown.measures
    notes = []
    if scene.marks.gone:
        names = names_of(scene.account, scene.marks.gone)
        notes.append(f"Without {names}: {change_in_words(scene.before, shown)}")
    if scene.target is not None:
        notes.append(f"Target, dashed: {change_in_words(shown, scene.target.measures)}")
    return notes + missing_in_words(scene.account)


def _heading(scene: Scene, top: float, words: str, facts: str, notes: list[str]) -> str:
    """Return title, shape word, measures and notes, one under the other."""
    left, room = EDGE - HALF_WIDTH, 2 * (HALF_WIDTH - EDGE)
    shape = scene.shown.measures.shape
    word = shape.upper() if shape != "none" else "NO THREAD"
    wide = round(width(word, FACTS_SIZE, "semibold")) + 18.0
    parts = [
        f'<text x="{number(left)}" y="{number(top + 36)}" class="title">'
        f"{markup(fit(words, TITLE_SIZE, room - DATE_ROOM, 'semibold'))}</text>",
        f'<text x="{number(-left)}" y="{number(top + 36)}" text-anchor="end">'
        f"as of {scene.account.as_of}</text>",
        f'<g class="shape"><rect x="{number(left)}" y="{number(top + 50)}" width="{number(wide)}" '
        f'height="24" rx="4" fill="{SHAPE[shape]}"/><text x="{number(left + wide / 2)}" '
        f'y="{number(top + 67)}" text-anchor="middle" class="word">{word}</text></g>',
        f'<text x="{number(left + wide + 12)}" y="{number(top + 67)}" class="facts">'
        f"{markup(fit(facts, FACTS_SIZE, room - wide - 12))}</text>",
    ]
    for index, note in enumerate(notes):
        colour = TARGET if note.startswith("Target") else INK
        parts.append(
            f'<text x="{number(left)}" y="{number(top + 94 + 20 * index)}" class="note" '
            f'style="fill:{colour}">{markup(fit(note, NOTE_SIZE, room))}</text>'
        )
    return "".join(parts)


def _sides(scene: Scene) -> str:
    """Return whose side is whose, over the two halves."""
    account = scene.account
    suppliers = ", ".join(clean(supplier.name) for supplier in account.suppliers) or "Our side"
    name = clean(account.name) or clean(account.id)
    seats = int(account.placeholder.sum())
    theirs = f"their people: {len(account.theirs) - seats}"
    if seats:
        theirs += f", and {count(seats, 'seat')} whose holder is unknown"
    top, parts = scene.arrangement.top, []
    for sign, heading, people in ((-1, suppliers, f"our people: {len(account.ours)}"), (1, name, theirs)):
        x = number(sign * (GAP + DEPTH / 2))
        parts.append(
            f'<text x="{x}" y="{number(top - 26)}" text-anchor="middle" class="side">'
            f"{markup(fit(heading, SIDE_SIZE, SIDE_NAME_ROOM, 'semibold'))}</text>"
            f'<text x="{x}" y="{number(top - 9)}" text-anchor="middle">{people}</text>'
        )
    return "".join(parts)


def _rows(scene: Scene) -> str:
    """Return the row bands with their names and coverage."""
    coverage = {row.row: row.coverage for row in scene.shown.measures.rows}
    full = scene.account.policy.limits["row_covered"]
    parts = ['<g class="rows">']
    for index, band in enumerate(scene.arrangement.bands):
        if index % 2 == 0:
            parts.append(
                f'<rect x="{number(-HALF_WIDTH)}" y="{number(band.top)}" width="{number(2 * HALF_WIDTH)}" '
                f'height="{number(band.bottom - band.top)}" fill="{BAND}"/>'
            )
        name = fit(clean(band.row).upper(), LINE_SIZE, ROW_NAME_ROOM, "semibold")
        covered = coverage.get(band.row)
        if covered is None:
            words, colour = "○ nobody known", QUIET
        else:
            words = f"{'●' if covered >= full else '○'} {covered:.0%} covered"
            colour = COVERED if covered >= full else INK
        y = number(band.top + 15.0)
        parts.append(
            f'<text class="row" x="{number(EDGE - HALF_WIDTH)}" y="{y}">{markup(name)}</text>'
            f'<text class="row" x="{number(HALF_WIDTH - EDGE)}" y="{y}" text-anchor="end" '
            f'style="fill:{colour}">{words}</text>'
        )
    parts.append("</g>")
    return "".join(parts)


def _silhouettes(scene: Scene) -> str:
    shape = scene.shown.measures.shape
    colour, dashed = SHAPE[shape], (' stroke-dasharray="3 5"' if shape == "none" else "")
    sides: tuple[Side, Side] = ("ours", "theirs")
    parts = []
    for side in sides:
        outline = _outline(scene.arrangement, scene.shown.index, side)
        parts.append(
            f'<path id="{scene.prefix}-s-{side}" d="{outline}" fill="{colour}" fill-opacity=".1" '
            f'stroke="{colour}" stroke-opacity=".45" stroke-width="1.5" stroke-linejoin="round"{dashed}/>'
        )
    if scene.target is not None:
        parts += [
            f'<path d="{_outline(scene.arrangement, scene.target.index, side)}" fill="none" '
            f'stroke="{TARGET}" stroke-width="1.6" stroke-dasharray="8 5" stroke-linejoin="round"/>'
            for side in sides
        ]
    return f'<g class="silhouettes">{"".join(parts)}</g>'


def _outline(arrangement: Arrangement, index: float, side: Side) -> str:
    corners = silhouette(arrangement, index, side)
    return "M" + " L".join(f"{number(x)},{number(y)}" for x, y in corners) + " Z"


def _people(scene: Scene) -> str:
    account, arrangement, shown = scene.account, scene.arrangement, scene.shown
    ghosts = {}
    parts = []
    if scene.target is not None:
        parts.append(draw_wanted_ties(account, arrangement, shown, scene.target))
        ghosts = {
            person: x
            for person, x in scene.target.x.items()
            if abs(x - shown.x[person]) >= 4.0 and person not in scene.marks.gone
        }
        outlines = [
            draw_ghost(account, account.people[person], arrangement, shown.x[person], x)
            for person, x in ghosts.items()
        ]
        parts.append(f'<g class="ghosts" fill="none">{"".join(outlines)}</g>')
    people = [
        draw_person(
            account, person, arrangement, shown, scene.marks, prefix=scene.prefix, ghost=ghosts.get(person.id)
        )
        for person in (*account.ours, *account.theirs)
    ]
    parts.append(f'<g class="people">{"".join(people)}</g>')
    return "".join(parts)
