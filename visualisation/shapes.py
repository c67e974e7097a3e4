"""The marks of the map: colours, the shapes of the roles, rings, word tags and lines.

Every colour of a text or mark keeps a contrast of at least 4.5 : 1 on white, on the row bands and on the
silhouettes (3 : 1 for lines), and none of them says anything that a shape, a sign or a word does not.
"""

from __future__ import annotations

from math import cos, pi, sin

from visualisation.text import markup, width

INK = "#1B2530"
QUIET = "#46515D"
PAPER = "#FFFFFF"
BAND = "#F5F7F9"
RULE = "#CBD3DA"
COVERED = "#1B6446"
OURS = "#2B3A4A"
GONE = "#C9D0D6"
RINGED = "#111111"
TARGET = "#7A3E9D"
SAME_FUNCTION, CROSS_FUNCTION = "#33475B", "#8497A8"
ORIENTATION = {"ally": "#0072B2", "neutral": "#5F6772", "against": "#B84E00", "unknown": "#5F6772"}
SIGNS = {"ally": "+", "neutral": "=", "against": "−", "unknown": "?"}
SUPPORT, CONFLICT, REPORTING = "#0072B2", "#B84E00", "#7B8794"
INDIRECT, DIRECT = "#8A6D1B", "#33475B"
SHAPE = {"none": "#46515D", "diabolo": "#9B2C2C", "in transition": "#7F5400", "diamond": "#1B6446"}

REACH = 1.15  # of the corners of a shape, in radii
NAME_SIZE, LINE_SIZE, TAG_SIZE, TAG_HEIGHT = 13.0, 11.5, 11.0, 16.0


def number(value: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0") if abs(value) >= 0.05 else "0"


def role_shape(role: str | None, radius: float, attributes: str) -> str:
    """Return the shape of a role around (0, 0): a square on its corner where the role is not known."""
    if role == "user" or role == "ours":
        return f'<circle r="{number(radius)}" {attributes}/>'
    sides, turn = {"decision_maker": (6, 0.0), "evaluator": (4, 0.25), "influencer": (3, -0.5)}.get(
        role or "", (4, 0.0)
    )
    reach = radius * (1.1 if sides == 6 else REACH)
    angles = [pi * (2 * corner / sides + turn) for corner in range(sides)]
    points = [(reach * cos(angle), reach * sin(angle)) for angle in angles]
    corners = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return f'<polygon points="{corners}" {attributes}/>'


def orientation_sign(sign: str, radius: float, ink: str) -> str:
    """Return the sign of an orientation in the middle of a shape, smaller in a small one."""
    size = min(16.0, max(11.0, 1.15 * radius))
    return (
        f'<text class="sign" y="{number(0.35 * size)}" style="fill:{ink};font-size:{number(size)}px">'
        f"{sign}</text>"
    )


def ring(radius: float, *, solid: bool) -> str:
    """Return the ring of a single point of failure (solid) or of a coverage gap (dashed)."""
    stroke = 'stroke-width="3"' if solid else 'stroke-width="1.8" stroke-dasharray="4 3"'
    return f'<circle r="{number(radius)}" fill="none" stroke="{RINGED}" {stroke}/>'


def tag_width(word: str) -> float:
    """Return the width in px of a word tag."""
    return round(width(word, TAG_SIZE, "semibold")) + 10.0


def tag(word: str, left: float, top: float, colour: str = RINGED, *, hollow: bool = False) -> str:
    """Return a word in a small filled box."""
    wide = tag_width(word)
    box = f'fill="{PAPER}" stroke="{colour}"' if hollow else f'fill="{colour}"'
    return (
        f'<g class="tag"><rect x="{number(left)}" y="{number(top)}" width="{number(wide)}" '
        f'height="{number(TAG_HEIGHT)}" rx="3" {box}/>'
        f'<text x="{number(left + wide / 2)}" y="{number(top + 12)}" '
        f'style="fill:{colour if hollow else PAPER}">{markup(word)}</text></g>'
    )


def bow(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return a path that leaves and arrives level, as ties do."""
    middle = number((x1 + x2) / 2)
    return (
        f"M{number(x1)},{number(y1)} C{middle},{number(y1)} {middle},{number(y2)} {number(x2)},{number(y2)}"
    )


def tie_stroke(strength: float, *, same_function: bool) -> str:
    """Return the stroke of a tie: wide by strength, dashed where weak, dark within one function."""
    dash = ' stroke-dasharray="6 5"' if strength < 0.4 else ""
    colour = SAME_FUNCTION if same_function else CROSS_FUNCTION
    return f'stroke="{colour}" stroke-width="{number(1.2 + 6.5 * strength)}"{dash}'
