"""Text for the maps: what may stand in XML, how wide it is, and where it must be cut.

Widths come from the advance table of the very font files that the pages serve and the PNG loads.
A standalone SVG may be shown in a fallback font, so widths are those of the widest in common use, DejaVu
Sans: a straight line in our font's advance bounds all its letters but few, and by little.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Literal

Weight = Literal["regular", "semibold"]

FONTS = Path(__file__).parent / "fonts"
FONT_FILES: dict[Weight, Path] = {
    "regular": FONTS / "Inter-Regular.ttf",
    "semibold": FONTS / "Inter-SemiBold.ttf",
}
FONT_FAMILY = "Inter,'Segoe UI','Helvetica Neue',Arial,'DejaVu Sans',sans-serif"
# em in the fallback font = factor x em in ours + so much for each character
FALLBACK: dict[Weight, tuple[float, float]] = {"regular": (1.0, 0.055), "semibold": (1.05, 0.065)}
ELLIPSIS = "…"

# Advances in em for what the font does not hold and some other font will draw.
WIDE, EMOJI, FOREIGN = 1.05, 1.45, 0.85

# Everything outside the Char production of XML 1.0, and the code points that are no characters.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MARK = re.compile("[\u0300-\u036f]")
PILED_MARKS = re.compile("([\u0300-\u036f]{2})[\u0300-\u036f]+")
NOT_IN_TOKEN = re.compile(r"[^A-Za-z0-9_-]")


def clean(text: str) -> str:
    """Return the text on one line and without characters that XML forbids."""
    return " ".join(NOT_XML.sub("", text).split())


def markup(text: str) -> str:
    """Return the text as XML character data, safe in an attribute too."""
    return escape(clean(text), quote=True)


def token(identity: str) -> str:
    """Return a form of an id that is unique, without spaces, and safe in `id`, `#...` and CSS."""
    return NOT_IN_TOKEN.sub(lambda match: f".{ord(match[0]):x}.", identity)


@dataclass(frozen=True)
class Metrics:
    """Advance widths of one font file, in em, by code point."""

    advance: dict[int, float]

    def width(self, text: str) -> float:
        """Return the width in em."""
        return sum(self.advance[code] if code in self.advance else _foreign(code) for code in map(ord, text))


def _foreign(code: int) -> float:
    character = chr(code)
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    if code >= 0x1F000 or 0x2600 <= code <= 0x27BF:
        return EMOJI
    return WIDE if unicodedata.east_asian_width(character) in "WF" else FOREIGN


@lru_cache
def load_metrics(weight: Weight) -> Metrics:
    """Read the advance widths of a vendored font (tables head, hhea, hmtx and cmap format 4)."""
    data = FONT_FILES[weight].read_bytes()
    tables = {}
    for entry in range(struct.unpack_from(">H", data, 4)[0]):
        name, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * entry)
        tables[name] = offset
    unit = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
    long_metrics = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]
    advances = struct.unpack_from(f">{2 * long_metrics}H", data, tables[b"hmtx"])[::2]
    return Metrics(
        {
            code: advances[min(glyph, long_metrics - 1)] / unit
            for code, glyph in _glyphs(data, tables[b"cmap"]).items()
        }
    )


def _glyphs(data: bytes, cmap: int) -> dict[int, int]:
    """Read the glyph of each code point from the subtable of format 4."""
    for entry in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        table = cmap + struct.unpack_from(">HHI", data, cmap + 4 + 8 * entry)[2]
        if struct.unpack_from(">H", data, table)[0] == 4:
            break
    else:
        raise ValueError("the font has no character map of format 4")
    segments = struct.unpack_from(">H", data, table + 6)[0] // 2
    ends, starts, deltas, ranges = (
        struct.unpack_from(f">{segments}H", data, table + start)
        for start in (14, 16 + 2 * segments, 16 + 4 * segments, 16 + 6 * segments)
    )
    glyphs = {}
    for segment in range(segments):
        for code in range(starts[segment], min(ends[segment], 0xFFFE) + 1):
            glyph = code
            if ranges[segment]:
                slot = 16 + 6 * segments + 2 * segment + ranges[segment] + 2 * (code - starts[segment])
                glyph = struct.unpack_from(">H", data, table + slot)[0]
                if glyph == 0:
                    continue
            glyphs[code] = (glyph + deltas[segment]) & 0xFFFF
    return glyphs


def width(text: str, size: float, weight: Weight = "regular") -> float:
    """Return the width in px that a text needs at most, in our font or a usual fallback."""
    factor, more = FALLBACK[weight]
    return (factor * load_metrics(weight).width(text) + more * len(text)) * size


def fit(text: str, size: float, room: float, weight: Weight = "regular") -> str:
    """Return the text, cut with an ellipsis where it is wider than `room` px; empty if nothing fits.

    Of the marks piled on one letter those stay that the font can set, and at most two: others would grow
    into the lines above and below.
    """
    if MARK.search(text):
        known = load_metrics(weight).advance
        text = unicodedata.normalize("NFC", text)
        text = MARK.sub(lambda mark: mark[0] if ord(mark[0]) in known else "", text)
        text = PILED_MARKS.sub(r"\1", text)
    if width(text, size, weight) <= room:
        return text
    left = room - width(ELLIPSIS, size, weight)
    cut = 0
    for cut, character in enumerate(text):  # noqa: B007
        left -= width(character, size, weight)
        if left < 0.0:
            break
    while cut and (_continues(text[cut]) or text[cut - 1] == "\u200d"):
        cut -= 1
    kept = text[:cut].rstrip()
    return kept + ELLIPSIS if kept else ""


def _continues(character: str) -> bool:
    """Tell whether a character belongs to the one before it: a mark, a joiner, a skin tone, a selector."""
    return unicodedata.category(character) in ("Mn", "Me", "Cf") or 0x1F3FB <= ord(character) <= 0x1F3FF
