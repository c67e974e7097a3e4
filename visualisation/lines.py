"""The lines of the map: ties across the contact line, reporting and influence on the outer side."""

from __future__ import annotations

from collections.abc import Collection, Set
from datetime import date

from graph.account import Account, Tie
from visualisation.layout import Arrangement, Standing
from visualisation.shapes import (
    CONFLICT,
    CROSS_FUNCTION,
    REACH,
    REPORTING,
    SUPPORT,
    TARGET,
    bow,
    number,
    tie_stroke,
)
from visualisation.text import clean, markup, token

TARGET_RISE = 0.05  # a tie is drawn as wanted where its strength is to grow by more
BULGE, BULGE_LIMIT = 30.0, 560.0


def draw_ties(
    account: Account, arrangement: Arrangement, standing: Standing, *, prefix: str, lost: Set[str]
) -> str:
    """Return all ties, the strong ones on top; those of `lost` people as thin grey dots."""
    drawn = {(tie.ours, tie.stakeholder): tie for tie in standing.ties}
    parts = [
        _tie(account, arrangement, standing, tie, 'class="tie lost" ' + _lost_stroke(), prefix)
        for tie in account.ties
        if tie.ours in lost or tie.stakeholder in lost
    ]
    for pair, tie in sorted(drawn.items(), key=lambda item: (item[1].strength, item[0])):
        one, other = (account.people[person] for person in pair)
        matched = account.policy.same_function(one.function, other.function)
        stroke = tie_stroke(tie.strength, same_function=matched)
        parts.append(_tie(account, arrangement, standing, tie, f'class="tie" {stroke}', prefix))
    return f'<g class="ties" fill="none" stroke-opacity=".85" stroke-linecap="round">{"".join(parts)}</g>'


def _lost_stroke() -> str:
    return f'stroke="{CROSS_FUNCTION}" stroke-width="1.2" stroke-dasharray="1 5"'


def _tie(
    account: Account, arrangement: Arrangement, standing: Standing, tie: Tie, look: str, prefix: str
) -> str:
    path = bow(
        standing.x[tie.ours],
        arrangement.height[tie.ours],
        standing.x[tie.stakeholder],
        arrangement.height[tie.stakeholder],
    )
    words = (
        f"{clean(account.people[tie.ours].name)} – {clean(account.people[tie.stakeholder].name)}: "
        f"strength {tie.strength:.2f}{' (assumed)' if tie.assumed else ''}, {_contact(tie.last_on)}"
    )
    return (
        f'<path id="{prefix}-t-{token(tie.ours)}--{token(tie.stakeholder)}" d="{path}" {look}>'
        f"<title>{markup(words)}</title></path>"
    )


def _contact(last_on: date | None) -> str:
    return "no contact dated" if last_on is None else f"last contact {last_on}"


def draw_wanted_ties(account: Account, arrangement: Arrangement, now: Standing, target: Standing) -> str:
    """Return the ties that the target makes or strengthens, dashed, between the ghosts."""
    present = {(tie.ours, tie.stakeholder): tie.strength for tie in now.ties}
    paths = [
        f'<path d="{_between(arrangement, target, tie)}" stroke-width="{number(1.2 + 3.5 * tie.strength)}"/>'
        for tie in target.ties
        if tie.strength > present.get((tie.ours, tie.stakeholder), 0.0) + TARGET_RISE
    ]
    look = f'fill="none" stroke="{TARGET}" stroke-opacity=".7" stroke-dasharray="7 5"'
    return f'<g class="wanted" {look}>{"".join(paths)}</g>' if paths else ""


def _between(arrangement: Arrangement, standing: Standing, tie: Tie) -> str:
    one, other = tie.ours, tie.stakeholder
    return bow(standing.x[one], arrangement.height[one], standing.x[other], arrangement.height[other])


def draw_inner_lines(
    account: Account, arrangement: Arrangement, standing: Standing, *, lost: Set[str], on: Collection[str]
) -> str:
    """Return the groups `reporting` and `influences`, hidden unless they are `on`."""
    reporting = [
        f'<path d="{_arc(arrangement, standing, line.person, line.manager)}">'
        f"<title>{_named(account, line.person, 'reports to', line.manager)}</title></path>"
        for line in account.reports_to
        if not {line.person, line.manager} & lost
    ]
    influences = []
    for influence in account.influences:
        if {influence.source, influence.target} & lost:
            continue
        verb, look = "influences", f'stroke="{SUPPORT}"'
        if influence.sign < 0:
            verb, look = "is in conflict with", f'stroke="{CONFLICT}" stroke-dasharray="2 3"'
        path = _arc(arrangement, standing, influence.source, influence.target, arrow=True)
        words = _named(account, influence.source, verb, influence.target)
        influences.append(f'<path d="{path}" {look}><title>{words}</title></path>')
    return _group("reporting", reporting, f'stroke="{REPORTING}" stroke-width="1.2"', on) + _group(
        "influences", influences, 'stroke-width="1.3" stroke-opacity=".8"', on
    )


def _group(name: str, paths: list[str], look: str, on: Collection[str]) -> str:
    hidden = "" if name in on else ' display="none"'
    return f'<g class="{name}" fill="none" {look}{hidden}>{"".join(paths)}</g>'


def _named(account: Account, one: str, verb: str, other: str) -> str:
    return markup(f"{clean(account.people[one].name)} {verb} {clean(account.people[other].name)}")


def _arc(arrangement: Arrangement, standing: Standing, one: str, other: str, *, arrow: bool = False) -> str:
    """Return an arc on the outer side, from shape to shape, with an open arrow head where wanted."""
    sign = 1 if standing.x[one] > 0 else -1
    down = 1 if arrangement.height[other] > arrangement.height[one] else -1
    (x1, y1), (x2, y2) = (
        (
            standing.x[person] + sign * 0.6 * REACH * arrangement.radius[person],
            arrangement.height[person] + way * 0.85 * REACH * arrangement.radius[person],
        )
        for person, way in ((one, down), (other, -down))
    )
    reach = max(abs(x1), abs(x2)) + BULGE + 0.1 * abs(y2 - y1)
    bulge = number(sign * min(BULGE_LIMIT, reach))
    path = f"M{number(x1)},{number(y1)} C{bulge},{number(y1)} {bulge},{number(y2)} {number(x2)},{number(y2)}"
    if arrow:
        path += f" m{number(sign * 6)},-3.5 l{number(-sign * 6)},3.5 l{number(sign * 6)},3.5"
    return path
