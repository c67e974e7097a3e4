"""Text on the map: what may stand in XML, ids that stay apart, widths from the font, cutting."""

from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualisation.text import (
    ELLIPSIS,
    FONT_FILES,
    FONTS,
    clean,
    fit,
    load_metrics,
    markup,
    token,
    width,
)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.text())
def test_any_text_is_well_formed_xml_and_reads_back(text: str) -> None:
    root = ElementTree.fromstring(f'<a b="{markup(text)}">{markup(text)}</a>')
    assert (root.text or "") == root.get("b") == clean(text)


def test_what_xml_forbids_is_dropped() -> None:
    assert clean("a\x00b\x0bc\ud800d\ufffee\n f\t") == "abcde f"


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.text(), st.text())
def test_ids_stay_different_and_safe(one: str, other: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_.-]*", token(one))
    assert (token(one) == token(other)) == (one == other)


def test_a_plain_id_stays_readable() -> None:
    assert token("a-b_7") == "a-b_7"
    assert token("hubspot:1") == "hubspot.3a.1"


def test_the_fonts_are_those_of_the_note() -> None:
    note = (FONTS / "README.md").read_text(encoding="utf-8")
    for path in [*FONT_FILES.values(), FONTS / "OFL.txt"]:
        assert f"| `{path.name}` | `{hashlib.sha256(path.read_bytes()).hexdigest()}` |" in note
    assert sum(path.stat().st_size for path in FONT_FILES.values()) < 800_000


def test_the_metrics_are_the_fonts() -> None:
    advance = load_metrics("regular").advance
    assert advance[ord("W")] > advance[ord("n")] > advance[ord("i")] > 0.2
    assert advance[ord("1")] == pytest.approx(0.4028, abs=0.05)
    assert {ord(sign) for sign in "●○−↔→…“”éŁЖαấ₂"} <= set(advance)
    assert load_metrics("semibold").width("Account") > load_metrics("regular").width("Account")


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.text(max_size=60), st.floats(min_value=0.0, max_value=400.0))
def test_what_is_cut_fits_and_starts_as_it_did(text: str, room: float) -> None:
    text = clean(text)
    cut = fit(text, 13.0, room)
    assert width(cut, 13.0) <= room
    if cut and cut != text and max(text) < "\u0300":
        assert cut.endswith(ELLIPSIS)
        assert text.startswith(cut.removesuffix(ELLIPSIS))


def test_a_cut_leaves_no_half_letter() -> None:
    family = "👨\u200d👩\u200d👧"
    for room in range(0, 140, 2):
        kept = fit(family + "q\u0301" * 9, 13.0, float(room)).removesuffix(ELLIPSIS)
        assert not kept.endswith("\u200d")
        assert kept == "" or kept.startswith(family)
        assert kept.count("q") == kept.count("\u0301")


def test_marks_are_kept_to_two_that_the_font_has() -> None:
    assert fit("Q" + "\u0301" * 40 + "a", 13.0, 200.0) == "Q\u0301\u0301a"
    assert ord("\u031c") not in load_metrics("regular").advance
    assert fit("Q\u031ca", 13.0, 200.0) == "Qa"
    assert fit("e\u0301", 13.0, 200.0) == "é"
