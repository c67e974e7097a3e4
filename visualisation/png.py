"""A map as PNG, by the same SVG and the same font."""

from __future__ import annotations

import re

from graph.errors import InputError
from visualisation.text import FONT_FILES

LARGEST = 16_384  # px on a side; a taller picture is drawn at a smaller scale


def png(svg: str, *, scale: float = 2.0) -> bytes:
    """Return an SVG with width and height as PNG data on white.

    Scripts that our font does not hold (Chinese, Japanese, Arabic, emoji …) are set in the fonts that the
    machine has; without any for them those letters stay blank.

    Parameters
    ----------
    scale
        Pixels per px of the SVG, above 0; lowered where a side would be longer than 16,384 pixels.

    Raises
    ------
    InputError
        The scale is not above 0, or the text is no SVG with a width and a height.
    """
    import resvg_py

    size = re.search(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"', svg)
    if size is None:
        raise InputError("A PNG needs an SVG that states its width and height in px.")
    if not scale > 0.0:
        raise InputError(f"The scale of a PNG must be above 0, found {scale:g}.")
    width, height = (float(side) for side in size.groups())
    zoom = min(scale, LARGEST / max(width, height))
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        background="#FFFFFF",
        width=max(1, round(width * zoom)),
        font_files=[str(path) for path in FONT_FILES.values()],
        sans_serif_family="Inter",
    )
