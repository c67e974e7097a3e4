"""The map and the network page in a real browser: names are text, nothing leaves, people glide."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Page

from fixtures.generator import generate_account
from graph.account import Account, Partner
from graph.gaps import find_gaps
from graph.measures import measure
from tests.unit.accounts import account, person
from visualisation.network import network_html
from visualisation.svg import draw_map
from visualisation.text import FONT_FILES, Weight, width

RUNS = "<img src=x onerror=\"window.ran = 'name'\"><script>window.ran = 'script'</script>"
HREF = '<a href="https://example.org/" onmouseover="window.ran = \'link\'">href</a>' + RUNS


def hostile() -> Account:
    return account(
        [person(RUNS, name=RUNS, title=HREF)],
        [person("t", name=RUNS, title=HREF, function="technical")],
        {(RUNS, "t"): 0.6},
        name=RUNS,
        suppliers=(Partner("s", RUNS),),
    )


def open_network(page: Page, told: Account, folder: Path) -> None:
    measures = measure(told)
    file = folder / "network.html"
    file.write_text(network_html(told, measures, find_gaps(told, measures)), encoding="utf-8")
    page.goto(file.as_uri())
    page.wait_for_function("() => window.network && document.querySelector('#mynetwork canvas')")


def test_script_in_names_titles_and_ids_does_not_run_on_hover(
    page: Page, complaints: list[str], tmp_path: Path
) -> None:
    open_network(page, hostile(), tmp_path)
    places = page.evaluate(
        """() => { const frame = document.getElementById('mynetwork').getBoundingClientRect();
        return Object.values(network.getPositions()).map(place => {
          const at = network.canvasToDOM(place);
          return [frame.left + at.x, frame.top + at.y];
        }); }"""
    )
    assert len(places) == 2
    for x, y in places:
        page.mouse.move(x + 60, y + 60)
        page.mouse.move(x, y, steps=4)
        page.wait_for_function(
            "() => [...document.querySelectorAll('.popup, .vis-tooltip')]"
            ".some(tip => tip.textContent.includes('onerror'))"
        )
    assert page.evaluate("() => window.ran") is None
    assert page.evaluate("() => document.querySelectorAll('.popup *, .vis-tooltip *, img').length") == 0
    assert complaints == []


def test_the_network_of_an_account_is_drawn(page: Page, complaints: list[str], tmp_path: Path) -> None:
    told = generate_account(5, ours=6, theirs=12, distributors=2, end_customers=6)
    open_network(page, told, tmp_path)
    assert complaints == []
    inked = page.evaluate(
        """() => { const canvas = document.querySelector('#mynetwork canvas');
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        let inked = 0;
        for (let i = 3; i < data.length; i += 4) inked += data[i] > 0;
        return inked; }"""
    )
    assert inked > 5_000


def test_names_with_markup_are_text_on_the_map(page: Page) -> None:
    told = hostile()
    measures = measure(told)
    page.set_content(draw_map(told, measures, find_gaps(told, measures)))
    shown = page.locator(".person .name").first.text_content()
    assert shown is not None
    assert RUNS.startswith(shown.removesuffix("…"))
    assert RUNS in (page.locator(".person title").first.text_content() or "")
    assert page.evaluate("() => document.querySelectorAll('img, script').length") == 0
    assert page.evaluate("() => window.ran") is None


def test_people_are_reached_by_the_tab_key(page: Page) -> None:
    told = generate_account(2, ours=2, theirs=2)
    page.set_content(draw_map(told, measure(told)))
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("() => document.activeElement.dataset.id"))
    assert reached == [someone.id for someone in (*told.ours, *told.theirs)]


def test_a_page_may_move_people_with_a_transition(page: Page) -> None:
    told = account(
        [person("o", function="commercial"), person("p", function="technical")],
        [person("t", function="purchasing"), person("u", function="technical")],
        {("o", "t"): 0.8, ("p", "u"): 0.5},
    )
    before, after = (draw_map(told, measure(told), without=gone) for gone in ((), ("p",)))
    page.set_content(f"<style>.person{{transition:transform 1s linear}}</style>{before}")
    moved = page.evaluate(
        """after => new Promise(done => {
          const next = new DOMParser().parseFromString(after, 'image/svg+xml');
          const person = document.querySelector('.person[data-id="p"]');
          const place = next.querySelector('[data-id="p"]').getAttribute('transform');
          const start = person.getBoundingClientRect().x;
          person.setAttribute('transform', place);
          const frame = () => person.getAnimations().length
            ? (person.getAnimations()[0].currentTime = 500, done(start - person.getBoundingClientRect().x))
            : requestAnimationFrame(frame);
          frame();
        })""",
        after,
    )
    assert 20 < moved < 300


@pytest.mark.parametrize("weight", ["regular", "semibold"])
def test_widths_are_what_the_browser_draws(page: Page, weight: Weight) -> None:
    data = base64.b64encode(FONT_FILES[weight].read_bytes()).decode()
    page.set_content(
        f"<style>@font-face{{font-family:Ours;src:url(data:font/ttf;base64,{data})}}"
        "text{font:100px Ours}</style><svg><text></text></svg>"
    )
    page.evaluate("() => document.fonts.load('100px Ours')")
    for words in ("Chief Purchasing Officer", "Łucja Żak-Öhlmann", "1,234.56 · ●●●○○", "Ильмарис Ωμέγα"):
        drawn = page.evaluate(
            "words => { const text = document.querySelector('text'); text.textContent = words;"
            "return text.getComputedTextLength(); }",
            words,
        )
        assert drawn <= width(words, 100.0, weight) <= 1.35 * drawn


@pytest.mark.parametrize("wide", [390, 1440])
def test_text_keeps_its_size_on_every_screen(page: Page, wide: int) -> None:
    told = generate_account(2)
    page.set_viewport_size({"width": wide, "height": 900})
    page.set_content(draw_map(told, measure(told)))
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('.diamond-map text')].map(text =>
        parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a))"""
    )
    assert smallest >= 11
    if wide == 1440:
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 1440


def test_a_request_that_leaves_the_machine_is_seen(page: Page, foreign_requests: list[str]) -> None:
    page.set_content('<img src="https://picture.invalid/x.png"><img src="http://127.0.0.1:9/x.png">')
    page.wait_for_load_state("load")
    assert foreign_requests == ["https://picture.invalid/x.png"]
    foreign_requests.clear()
