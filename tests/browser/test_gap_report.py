"""The gap report in a real browser: opened as a file, on a phone, on a desk and on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page

from fixtures.generator import generate_account
from graph.gap_changes import compare, standing
from graph.gap_report import report, reported
from graph.gaps import find_gaps
from graph.measures import measure
from visualisation.gap_report import gap_report_html

TODAY = date(2026, 1, 31)
HOSTILE = "Long" * 30 + "<script>window.ran = 1</script>"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    account = generate_account(20, as_of=TODAY)
    named = (*(replace(one, name=HOSTILE) for one in account.theirs[:2]), *account.theirs[2:])
    measures = measure(replace(account, theirs=named, name=f"Acme {HOSTILE}"))
    gaps = find_gaps(measures.account, measures, today=TODAY)
    before = {account.id: [standing(gap) for gap in gaps[3:]]}
    changes = compare(TODAY, "history", before, {account.id: [standing(gap) for gap in gaps]}, 0.05)
    found = report(measures.account.name, reported(measures, gaps), changes, account=account.id)
    written = tmp_path_factory.mktemp("gaps") / "gaps.html"
    written.write_text(gap_report_html(found, TODAY, ["A warning. " + "x" * 200]), encoding="utf-8")
    return written


@pytest.mark.parametrize("wide", [390, 768, 1440])
def test_nothing_has_to_be_scrolled_sideways(opened_file: Page, wide: int) -> None:
    opened_file.set_viewport_size({"width": wide, "height": 900})
    assert opened_file.evaluate("document.documentElement.scrollWidth") <= wide
    outside = opened_file.evaluate(
        """() => [...document.querySelectorAll("main *:not(.unseen)")]
            .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
            .map(one => one.tagName + " " + one.textContent.trim().slice(0, 40))"""
    )
    assert outside == []


def test_on_paper_it_keeps_to_the_width_of_a4(opened_file: Page) -> None:
    opened_file.set_viewport_size({"width": 695, "height": 1000})
    opened_file.emulate_media(media="print")
    assert opened_file.evaluate("document.documentElement.scrollWidth") <= 695
    assert opened_file.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_the_bars_are_as_long_as_the_severities(opened_file: Page) -> None:
    shares = opened_file.evaluate(
        """() => [...document.querySelectorAll(".severity")].map(one => [parseFloat(one.textContent),
            one.querySelector("i").getBoundingClientRect().width
            / one.querySelector(".bar").getBoundingClientRect().width])"""
    )
    assert shares
    assert all(abs(said - drawn) < 0.02 for said, drawn in shares)
