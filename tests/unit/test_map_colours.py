"""Colours of the map: everything stands out from whatever is behind it (WCAG 2.1, contrast)."""

from __future__ import annotations

import numpy as np
import pytest

from visualisation import shapes


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def over(colour: str, ground: str, opacity: float) -> str:
    mixed = [
        round(opacity * int(colour[s : s + 2], 16) + (1 - opacity) * int(ground[s : s + 2], 16))
        for s in (1, 3, 5)
    ]
    return "#" + "".join(f"{value:02X}" for value in mixed)


def grounds() -> list[str]:
    plain = [shapes.PAPER, shapes.BAND]
    return plain + [over(shape, ground, 0.1) for shape in shapes.SHAPE.values() for ground in plain]


@pytest.mark.parametrize("ground", grounds())
def test_every_text_and_mark_stands_out_from_every_ground(ground: str) -> None:
    for colour in (shapes.INK, shapes.QUIET, shapes.COVERED, shapes.TARGET, shapes.OURS, shapes.RINGED):
        assert contrast(colour, ground) >= 4.5, colour
    for colour in shapes.ORIENTATION.values():
        assert contrast(colour, ground) >= 3.0, colour
        assert contrast(colour, shapes.PAPER) >= 4.5, colour
        assert contrast(colour, shapes.BAND) >= 4.5, colour
    for colour in (*shapes.SHAPE.values(), shapes.CONFLICT, shapes.RINGED):
        assert contrast(shapes.PAPER, colour) >= 4.5, colour
