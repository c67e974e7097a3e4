"""What the marks of the map mean, in rows that wrap."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from visualisation.shapes import (
    CONFLICT,
    LINE_SIZE,
    ORIENTATION,
    PAPER,
    QUIET,
    REPORTING,
    SIGNS,
    SUPPORT,
    TARGET,
    number,
    orientation_sign,
    ring,
    role_shape,
    tie_stroke,
)
from visualisation.text import markup, width

ROW_HEIGHT = 27.0
GAP = 7.0  # between a mark and its words
OUTLINE = f'fill="{PAPER}" stroke="{QUIET}" stroke-width="1.6"'
Item = tuple[str, str, float, str]  # group that it is switched with, mark around (0, 0), half width, words


def draw_legend(
    left: float, top: float, room: float, *, target: bool, stale: bool, lines: Collection[str]
) -> tuple[str, float]:
    """Return the legend as SVG, and its height in px.

    What explains the switchable lines stands last, in groups of the same classes as the lines.
    """
    parts = ['<g class="legend">']
    x, y = left, top
    for group, mark, half, words in _items(target=target, stale=stale):
        wide = 2 * half + GAP + width(words, LINE_SIZE)
        if x > left and x + wide > left + room:
            x, y = left, y + ROW_HEIGHT
        place = f"translate({number(x + half)} {number(y + ROW_HEIGHT / 2)})"
        parts.append(
            f'<g{_switch(group, lines)} transform="{place}">{mark}'
            f'<text x="{number(half + (GAP if half else 0.0))}" y="4">{markup(words)}</text></g>'
        )
        x += wide + 20.0
    parts.append("</g>")
    return "".join(parts), y + ROW_HEIGHT - top


def _items(*, target: bool, stale: bool) -> Iterator[Item]:
    for role, words in (
        ("decision_maker", "decision maker"),
        ("evaluator", "evaluator"),
        ("user", "user"),
        ("influencer", "influencer"),
        (None, "role unknown"),
    ):
        yield "", role_shape(role, 8.0, OUTLINE), 9.0, words
    yield "", role_shape("user", 8.0, f'{OUTLINE} stroke-dasharray="3 3"'), 9.0, "seat, holder unknown"
    for orientation, sign in SIGNS.items():
        words = orientation if orientation != "unknown" else "not known"
        disc = role_shape("user", 9.0, f'fill="{ORIENTATION[orientation]}"')
        yield "", disc + orientation_sign(sign, 9.0, PAPER), 9.0, words
    yield "", ring(8.0, solid=False), 9.0, "gap: covered less than the target"
    yield "", ring(8.0, solid=True), 9.0, "single point of failure"
    yield "", _line(tie_stroke(0.6, same_function=True)), 14.0, "tie within a function, wide = strong"
    yield "", _line(tie_stroke(0.25, same_function=False)), 14.0, "tie across functions; dashed = weak"
    if target:
        dashed = f'fill="{PAPER}" stroke="{TARGET}" stroke-width="1.8" stroke-dasharray="4 3"'
        yield "", role_shape("user", 8.0, dashed), 9.0, "dashed ghost: where the target puts them"
    yield "", '<text text-anchor="middle" y="4">●●●○○</text>', 30.0, "proximity"
    if stale:
        yield "", '<text text-anchor="middle" y="4">○○○··</text>', 30.0, "stale: to be verified again"
    yield "", "", 0.0, "size = influence · the nearer to the middle, the better covered"
    yield "influences", _line(f'stroke="{SUPPORT}" stroke-width="1.4"'), 14.0, "influence"
    conflict = f'stroke="{CONFLICT}" stroke-width="1.4" stroke-dasharray="2 3"'
    yield "influences", _line(conflict), 14.0, "conflict"
    yield "reporting", _line(f'stroke="{REPORTING}" stroke-width="1.2"'), 14.0, "reports to"


def _switch(group: str, lines: Collection[str]) -> str:
    if not group:
        return ""
    return f' class="{group}"' + ("" if group in lines else ' display="none"')


def _line(stroke: str) -> str:
    return f'<path d="M-14,0 H14" fill="none" {stroke}/>'
