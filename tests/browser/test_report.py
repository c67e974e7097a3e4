"""The report in a real browser: opened as a file, on a phone, on a desk and on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from simulation import answer, hours_curve
from simulation.causes import find_causes
from tests.unit.accounts import acme
from tests.unit.test_report import HOSTILE, LEAVES, analysis, run
from visualisation.report import report_html


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    one = acme(name=f"{HOSTILE} {'Long' * 30}")
    found = run(one, LEAVES)
    curve = hours_curve(one, LEAVES, found.strategies, factors=(0.5, 1.0), replicates=20, months=24)
    page = report_html(
        found,
        answer(found, curve, threads=1),
        causes=find_causes(found, threads=1),
        sensitivity=analysis(),
        notes=["A note. " + "x" * 200],
    )
    written = tmp_path_factory.mktemp("report") / "report.html"
    written.write_text(page, encoding="utf-8")
    return written


@pytest.mark.parametrize("wide", [390, 768, 960, 1440])
def test_nothing_has_to_be_scrolled_sideways(opened_file: Page, wide: int) -> None:
    opened_file.set_viewport_size({"width": wide, "height": 900})
    assert opened_file.evaluate("document.documentElement.scrollWidth") <= wide
    outside = opened_file.evaluate(
        """() => [...document.querySelectorAll("main *:not(svg *):not(.unseen)")]
            .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
            .map(one => one.tagName + " " + one.textContent.trim().slice(0, 40))"""
    )
    assert outside == []


@pytest.mark.parametrize("wide", [390, 1440])
def test_no_text_of_a_chart_lies_on_another_or_outside(opened_file: Page, wide: int) -> None:
    opened_file.set_viewport_size({"width": wide, "height": 900})
    clashes = opened_file.evaluate(
        """() => [...document.querySelectorAll("figure svg")].flatMap(svg => {
            const frame = svg.getBoundingClientRect();
            const texts = [...svg.querySelectorAll("text")];
            const boxes = texts.map(one => one.getBoundingClientRect());
            return texts.flatMap((one, i) => {
                const a = boxes[i];
                const out = a.left < frame.left - 1 || a.right > frame.right + 1
                    || a.top < frame.top - 1 || a.bottom > frame.bottom + 1;
                const met = boxes.findIndex((b, j) => j > i && a.left < b.right - 1 && b.left < a.right - 1
                    && a.top < b.bottom - 3 && b.top < a.bottom - 3);
                return [...(out ? [one.textContent + " outside"] : []),
                    ...(met >= 0 ? [one.textContent + " on " + texts[met].textContent] : [])];
            });
        })"""
    )
    assert clashes == []


def test_a_hostile_name_ran_nothing(opened_file: Page) -> None:
    assert opened_file.evaluate("window.ran") is None
    assert "<script>window.ran = 1</script>" in opened_file.inner_text(".where")


def test_on_paper_it_keeps_to_the_width_of_a4(opened_file: Page, browser: Browser) -> None:
    opened_file.set_viewport_size({"width": 695, "height": 1000})
    opened_file.emulate_media(media="print")
    assert opened_file.evaluate("document.documentElement.scrollWidth") <= 695
    assert opened_file.pdf(prefer_css_page_size=True).startswith(b"%PDF")
