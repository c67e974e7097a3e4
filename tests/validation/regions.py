"""The regions of the sign patterns, measured and drawn.

    python -m tests.validation.regions

prints the table of `docs/validation_channel.md` and writes `docs/img/validation_*.svg`: on the plane of two
parameters, the draws in which the sign is there (full) and those in which it is not (hollow), all other
inequalities of the region being met; the region is the shaded part.
"""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from tests.validation.channel_patterns import DRAWS, PATTERNS, SEED, Pattern, lies_in
from tests.validation.channel_worlds import draws, uncertain

FOLDER = Path(__file__).parents[2] / "docs" / "img"
SHOWN = 300
WIDTH, HEIGHT = 420, 330
LEFT, TOP, RIGHT, BOTTOM = 52, 40, 404, 282
FULL, HOLLOW, SHADE, INK = "#0b6e99", "#b3541e", "#e6eff3", "#333333"


def region_words(pattern: Pattern) -> str:
    """Return the inequalities of a region in words, without those that the plausible range gives anyway."""
    ranges = uncertain()
    parts = []
    for name, (low, high) in pattern.region.items():
        lowest, highest = ranges.get(name, (0.0, np.inf))
        bound = f"`{name}`" if name in ranges else name
        if low > lowest and high < highest:
            parts.append(f"{low:g} ≤ {bound} ≤ {high:g}")
        elif low > lowest:
            parts.append(f"{bound} ≥ {low:g}")
        else:
            parts.append(f"{bound} ≤ {high:g}")
    return ", ".join(parts) or "everywhere"


def share(pattern: Pattern, *, inside: bool, seed: int, number: int = DRAWS) -> float:
    """Return the share of draws inside or outside of a region that have the sign."""
    held = [
        pattern.holds(draw) for draw in draws(seed, number, pattern.inside if inside else pattern.outside)
    ]
    return float(np.mean(held))


def table_row(pattern: Pattern) -> str:
    """Return the line of the table for one pattern, measured."""
    inside = f"{share(pattern, inside=True, seed=SEED):.0%}"
    outside = f"{share(pattern, inside=False, seed=SEED + 1):.0%}" if pattern.region else "–"
    return f"| {pattern.says} ({pattern.source}) | {region_words(pattern)} | {inside} | {outside} |"


def figure(pattern: Pattern) -> str:
    """Return the picture of a region on its plane."""
    assert pattern.plane is not None
    ranges = uncertain()
    across, up = pattern.plane
    others = {name: bounds for name, bounds in pattern.region.items() if name not in pattern.plane}
    (x0, x1), (y0, y1) = ranges[across], ranges[up]

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            LEFT + (RIGHT - LEFT) * (x - x0) / (x1 - x0),
            BOTTOM - (BOTTOM - TOP) * (y - y0) / (y1 - y0),
        )

    marks: dict[bool, list[str]] = {True: [], False: []}
    for draw in draws(SEED + 2, SHOWN, lies_in(others)):
        x, y = place(draw.values[across], draw.values[up])
        marks[pattern.holds(draw)].append(f"M{x - 2.5:.0f} {y:.0f}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0")
    low, high = pattern.region.get(across, ranges[across])
    bottom, top = pattern.region.get(up, ranges[up])
    (left, below), (right, above) = place(low, bottom), place(high, top)
    ticks = [
        f'<text x="{x:.0f}" y="{BOTTOM + 16}" text-anchor="middle">{value:g}</text>'
        for value in (x0, (x0 + x1) / 2, x1)
        for x in (place(value, y0)[0],)
    ]
    ticks += [
        f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{value:g}</text>'
        for value in (y0, (y0 + y1) / 2, y1)
        for y in (place(x0, value)[1],)
    ]
    middle = (TOP + BOTTOM) / 2
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'font-family="sans-serif" font-size="12" fill="{INK}">',
            f"<title>{escape(pattern.says)}</title>",
            f"<desc>Full dots: draws with the sign, {len(marks[True])}; hollow: without, "
            f"{len(marks[False])}. Shaded: the region, on {across} and {up}.</desc>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
            f'<rect x="{left:.0f}" y="{above:.0f}" width="{right - left:.0f}" '
            f'height="{below - above:.0f}" fill="{SHADE}"/>',
            f'<rect x="{LEFT}" y="{TOP}" width="{RIGHT - LEFT}" height="{BOTTOM - TOP}" fill="none" '
            f'stroke="{INK}"/>',
            f'<path d="{"".join(marks[True])}" fill="{FULL}"/>',
            f'<path d="{"".join(marks[False])}" fill="none" stroke="{HOLLOW}"/>',
            *ticks,
            f'<text x="{(LEFT + RIGHT) / 2:.0f}" y="{BOTTOM + 36}" text-anchor="middle">{across}</text>',
            f'<text x="14" y="{middle:.0f}" text-anchor="middle" '
            f'transform="rotate(-90 14 {middle:.0f})">{up}</text>',
            f'<circle cx="{LEFT + 4}" cy="22" r="4" fill="{FULL}"/><text x="{LEFT + 14}" y="26">sign there'
            f"</text>",
            f'<circle cx="{LEFT + 94}" cy="22" r="4" fill="none" stroke="{HOLLOW}"/>'
            f'<text x="{LEFT + 104}" y="26">not there</text>',
            f'<rect x="{LEFT + 180}" y="15" width="14" height="14" fill="{SHADE}" stroke="{INK}" '
            f'stroke-width=".5"/><text x="{LEFT + 200}" y="26">region</text>',
            "</svg>\n",
        ]
    )


def main() -> None:
    """Print the table and write the pictures."""
    print("| what must come out | region | inside | outside |\n|---|---|---|---|")
    FOLDER.mkdir(exist_ok=True)
    for pattern in PATTERNS:
        print(table_row(pattern), flush=True)
        if pattern.plane is not None:
            (FOLDER / f"validation_{pattern.name}.svg").write_text(figure(pattern), encoding="utf-8")


if __name__ == "__main__":
    main()
