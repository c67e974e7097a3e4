"""The map as PNG."""

from __future__ import annotations

import struct

import pytest

from graph.errors import InputError
from tests.unit.maps import diabolo, draw
from visualisation.png import LARGEST, png


def size(data: bytes) -> tuple[int, int]:
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def test_the_png_is_twice_as_large_as_the_svg() -> None:
    drawn = draw(diabolo())
    wide, high = (float(drawn.root.get(side, "0")) for side in ("width", "height"))
    assert size(png(drawn.text)) == pytest.approx((2 * wide, 2 * high), abs=2)
    assert size(png(drawn.text, scale=0.5)) == pytest.approx((wide / 2, high / 2), abs=2)


def test_a_png_is_never_larger_than_can_be_opened() -> None:
    tall = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="20000"><rect width="9" height="9"/></svg>'
    )
    assert max(size(png(tall))) == pytest.approx(LARGEST, rel=0.05)


def test_the_png_is_set_in_our_font() -> None:
    text = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40">'
        '<text x="5" y="25" font-family="{}" font-size="20">Angela</text></svg>'
    )
    assert png(text.format("Inter")) == png(text.format("sans-serif"))
    assert png(text.format("Inter")) != png(text.format("Inter").replace("Angela", "Angelb"))


@pytest.mark.parametrize(("svg", "scale"), [("<p>no picture</p>", 1.0), ("", 1.0)])
def test_a_png_of_something_else_is_refused(svg: str, scale: float) -> None:
    with pytest.raises(InputError, match="width and height"):
        png(svg, scale=scale)


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan")])
def test_a_scale_must_be_above_zero(scale: float) -> None:
    with pytest.raises(InputError, match="above 0"):
        png(draw(diabolo()).text, scale=scale)
