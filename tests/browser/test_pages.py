"""The pages in a real browser: the four accounts, a click that simulates, keyboard, phone, hostile names."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.paths import segment
from fixtures.samples import SAMPLES, sample_files
from graph.imports import import_files
from graph.store import Store

pytestmark = pytest.mark.xdist_group("pages")

BUYER, SELLER = "va.cortelazzi", "Davide Morandelli"
HOSTILE = "h/<b>"
MARKUP = "<img src=x onerror=\"window.ran = 1\"><script>window.ran = 2</script>{b} {{7*7}} & 'Co'"
SHAPES = {"valdara": "Diabolo", "kettenbruck": "In transition", "tornvik": "Diamond"}
SLOW = 60_000  # ms, for a first run that compiles
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def address(address: str, opened_store: Store, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Serve the app over the samples and an account of hostile names."""
    opened_store.clear()
    folder = tmp_path_factory.mktemp("samples")
    import_files(opened_store, sample_files(folder, date.today()), today=date.today())
    import_files(opened_store, [_hostile(tmp_path_factory.mktemp("hostile"))], today=date.today())
    return address


def _hostile(folder: Path) -> Path:
    file = folder / "hostile.json"
    people = [
        {"id": "h/1", "name": MARKUP, "title": MARKUP, "organisation": HOSTILE, "function": "purchasing",
         "role": "decision_maker"},
        {"id": "h/us", "name": f"{MARKUP} of ours", "organisation": "h/supplier", "function": "commercial",
         "time_capacity": 6},
    ]  # fmt: skip
    organisations = [
        {"id": HOSTILE, "name": MARKUP, "kind": "key_account"},
        {"id": "h/supplier", "name": f"{MARKUP} Ltd", "kind": "supplier"},
    ]
    ties = [{"ours": "h/us", "stakeholder": "h/1", "strength": 0.6}]
    supplies = [{"supplier": "h/supplier", "account": HOSTILE}]
    file.write_text(
        json.dumps({"organisations": organisations, "people": people, "ties": ties, "supplies": supplies}),
        encoding="utf-8",
    )
    return file


def person(page: Page, id: str):
    return page.locator(f'#map .person[data-id="{id}"]')


def overflow(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def test_the_portfolio_shows_every_account_and_leads_to_it(page: Page, address: str, complaints: list[str]):
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Accounts")
    for account, shape in SHAPES.items():
        row = page.locator("tr", has=page.locator(f'a[href="/accounts/{account}"]'))
        expect(row.locator(".shape")).to_have_text(shape)
        expect(row.locator(".shape svg path")).to_have_count(2)
    diabolo = page.locator("tr", has=page.locator('a[href="/accounts/valdara"]'))
    expect(diabolo).to_contain_text(SELLER)
    diabolo.get_by_role("link").click()
    expect(page).to_have_url(re.compile("/accounts/valdara$"))


@pytest.mark.parametrize("account", sorted(SAMPLES))
def test_an_account_shows_map_people_gaps_and_plan(
    account: str, page: Page, address: str, complaints: list[str]
):
    told = page.request.get(f"{address}/api/v1/accounts/{account}").json()
    ropi = page.request.get(f"{address}/api/v1/accounts/{account}/ropi").json()["ropi"]
    gaps = page.request.get(f"{address}/api/v1/accounts/{account}/gaps").json()["gaps"]
    # The plan has a test of its own: finding one would keep every other test waiting.
    page.route("**/plan", lambda route: route.fulfill(body="<p>later</p>", content_type="text/html"))
    page.goto(f"{address}/accounts/{account}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(told["summary"]["name"])
    people = told["summary"]["people"]
    seats = sum(one["placeholder"] for one in ropi)
    expect(page.locator("#map .person")).to_have_count(people["ours"] + people["theirs"] + seats)
    expect(page.locator("#ropi tbody tr")).to_have_count(len(ropi))
    expect(page.locator("#ropi tbody tr").first).to_contain_text(ropi[0]["name"])
    expect(page.locator("#gaps tbody tr")).to_have_count(len(gaps))
    expect(page.locator("#gaps tbody tr").first).to_contain_text(gaps[0]["subject_name"])
    expect(page.locator("#gaps tbody tr").first).to_contain_text(gaps[0]["evidence"][0]["text"])
    assert page.evaluate("document.fonts.check('600 14px Inter')")
    assert overflow(page) <= 0


def test_a_click_on_a_person_simulates_and_answers(page: Page, address: str, complaints: list[str]):
    page.goto(f"{address}/accounts/valdara")
    before = person(page, BUYER).get_attribute("transform")
    person(page, BUYER).click()
    paper = page.locator("#what-if-answer")
    expect(paper).to_contain_text("nothing joins the two sides any more")
    expect(paper).to_contain_text(SELLER)
    figures = page.locator("#futures figure")
    expect(figures.first.locator("svg")).to_be_visible(timeout=SLOW)
    expect(figures).to_have_count(2)
    expect(page.locator("#futures .lead")).to_contain_text("earns most")
    expect(page.locator("#futures .lead")).to_contain_text("a profit of")
    rows = page.locator("#futures table").first.locator("tbody tr")
    # The plan joins them where it was found by then.
    for strategy in ("diamond", "function matching", "buyer and boss", "single threaded", "do nothing"):
        expect(rows.filter(has_text=re.compile(rf"^\s*{strategy}"))).to_have_count(1)
    expect(rows.first).to_contain_text("earns most")
    expect(rows.first).to_contain_text("…")
    for figure in figures.all():
        expect(figure.locator("svg")).to_contain_text("do nothing")
        drawn = figure.locator("svg").inner_html()
        figure.locator("select").select_option(index=1)
        expect(figure.locator("svg")).to_be_visible()
        page.wait_for_function(
            "([figure, drawn]) => figure.querySelector('svg').innerHTML !== drawn",
            arg=[figure.element_handle(), drawn],
        )
    expect(figures.first.locator("svg")).to_contain_text("leaves")
    # The map shows the account without them, and again with them when they stay after all.
    expect(person(page, BUYER)).to_have_class(re.compile(r"\bgone\b"))
    assert person(page, BUYER).get_attribute("transform") != before
    page.get_by_role("button", name="Everybody stays").click()
    expect(person(page, BUYER)).not_to_have_class(re.compile(r"\bgone\b"))
    assert person(page, BUYER).get_attribute("transform") == before


def test_a_scenario_is_told_and_simulated(page: Page, address: str, complaints: list[str]):
    page.goto(f"{address}/accounts/verdelan")
    page.select_option("#scenario-form select", "go_direct_to_all")
    page.click("#scenario-form button")
    answer = page.locator("#what-if-answer")
    expect(answer).to_contain_text("announce direct business", timeout=SLOW)
    expect(answer.locator("#futures table").first).to_be_visible(timeout=SLOW)
    headings = answer.locator("#futures thead th").all_inner_texts()
    assert "Share of mind at the end" in headings and "Worst conflict" in headings
    names = answer.locator("#futures tbody th").all_inner_texts()
    assert "Chance of loss, in points" in headings and "Share of mind at the end, in points" in headings
    assert {"distributor first", "conflict averse"} <= {
        re.split(r" (?:earns most|loses least)", name)[0].strip() for name in names
    }
    assert complaints == []
    # Of an account without distributors nothing is asked that cannot happen there.
    page.goto(f"{address}/accounts/valdara")
    offered = page.locator("#scenario-form option").all_inner_texts()
    assert "the buyer leaves" in offered and "direct sales to all" not in offered


def test_a_long_simulation_shows_how_far_it_is_and_can_be_cancelled(
    page: Page, address: str, complaints: list[str]
):
    page.goto(f"{address}/accounts/tornvik")
    person(page, page.locator("#map .theirs").first.get_attribute("data-id") or "").click()
    more = page.get_by_role("button", name=re.compile("Narrower intervals"))
    more.click(timeout=SLOW)
    bar = page.locator("#futures progress")
    expect(bar).to_be_visible()
    page.wait_for_function("() => document.querySelector('#futures progress')?.value > 0", timeout=SLOW)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#futures")).to_contain_text("cancelled")
    expect(bar).to_have_count(0)


def test_the_keyboard_reaches_a_person_and_asks(page: Page, address: str, complaints: list[str]):
    page.goto(f"{address}/accounts/valdara")
    buyer = person(page, BUYER)
    expect(buyer).to_have_attribute("role", "button")
    expect(buyer).to_have_attribute("aria-label", re.compile("Cortelazzi"))
    page.locator("#map").focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.id") == BUYER:
            break
    expect(buyer).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#leaver")).to_contain_text("Cortelazzi")


def test_lines_and_states_of_the_map(page: Page, address: str, complaints: list[str]):
    page.goto(f"{address}/accounts/kettenbruck")
    for label, group in (("reporting", ".reporting"), ("influence and conflict", ".influences")):
        lines = page.locator(f"#map {group}").first
        expect(lines).to_be_hidden()
        page.get_by_label(label).check()
        assert lines.evaluate("one => getComputedStyle(one).display") == "inline"
        page.get_by_label(label).uncheck()
        assert lines.evaluate("one => getComputedStyle(one).display") == "none"
    expect(page.locator("#map .ghosts")).to_have_count(0)
    # The last choice counts, however fast one follows the other.
    for label in ("with the target", "now", "with the target"):
        page.get_by_label(label, exact=True).check()
    expect(page.locator("#map .ghosts")).to_have_count(1, timeout=SLOW)
    for ending in ("png", "svg", "html"):
        with page.expect_download() as download:
            page.locator(f'a[href$="map.{ending}"]').click()
        assert download.value.path().stat().st_size > 5000


def test_names_with_markup_are_text_everywhere(page: Page, address: str, complaints: list[str]):
    page.goto(f"{address}/accounts/{segment(HOSTILE)}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(MARKUP)
    person(page, "h/1").click()
    expect(page.locator("#leaver")).to_contain_text(MARKUP)
    chart = page.locator("#futures figure svg").first
    expect(chart).to_be_visible(timeout=SLOW)
    chart.hover(position={"x": 200, "y": 120})
    expect(page.locator("#plan table").or_(page.locator("#plan .lead")).first).to_be_visible(timeout=SLOW)
    assert page.evaluate("window.ran") is None
    assert page.locator("img[src='x']").count() == 0
    page.goto(address)
    expect(page.get_by_role("link", name=MARKUP)).to_be_visible()
    assert page.evaluate("window.ran") is None
    assert not complaints


def test_an_error_is_a_sentence_in_its_place(page: Page, address: str):
    page.goto(f"{address}/accounts/valdarra")
    expect(page.get_by_role("alert")).to_contain_text("valdarra")
    expect(page.get_by_role("alert")).to_contain_text("Valdara Pompe")
    page.goto(f"{address}/accounts/valdara")
    page.evaluate("document.querySelector('#person').options[0].value = 'nobody'")
    page.locator("#person").select_option(index=0)
    page.locator("#what-if-form button").click()
    expect(page.locator("#what-if-answer").get_by_role("alert")).to_contain_text("nobody")
    expect(page.locator("#what-if-form button")).to_be_visible()


def test_a_plan_is_proposed_saved_and_shown_on_the_map(
    page: Page, address: str, complaints: list[str], opened_store: Store
):
    # A small account, since a plan for a large one takes a while.
    page.goto(f"{address}/accounts/{segment(HOSTILE)}")
    expect(page.locator("#plan tbody tr").first).to_be_visible(timeout=SLOW)
    expect(page.locator("#plan .lead")).to_contain_text("weighted gap")
    person(page, "h/1").click()
    rows = page.locator("#futures table").first.locator("tbody tr")
    expect(rows.filter(has_text=re.compile(r"^\s*plan"))).to_have_count(1, timeout=SLOW)
    page.locator("#plan [name=months]").fill("3")
    page.get_by_role("button", name="Propose").click()
    expect(page.locator("#plan .lead")).to_contain_text("in 3 months", timeout=SLOW)
    with page.expect_download() as download:
        page.get_by_role("link", name="Table (CSV)").click()
    assert "window.ran" in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("button", name="Save the plan").click()
    try:
        expect(page.get_by_role("status")).to_contain_text("Saved", timeout=SLOW)
        page.reload()
        person(page, "h/1").click()
        expect(rows.filter(has_text=re.compile(r"^\s*plan"))).to_have_count(1, timeout=SLOW)
    finally:
        opened_store.write("MATCH (a:Action) DETACH DELETE a")


def test_on_a_phone(browser: Browser, address: str):
    context = browser.new_context(viewport=PHONE, has_touch=True)
    page = context.new_page()
    try:
        page.goto(address)
        assert overflow(page) <= 0
        page.goto(f"{address}/accounts/valdara")
        assert overflow(page) <= 0
        scroller = page.locator("#map")
        assert scroller.evaluate("one => one.scrollWidth > one.clientWidth")
        sizes = page.evaluate(
            """() => [...document.querySelectorAll('#map text')].map(
              one => parseFloat(getComputedStyle(one).fontSize) * one.getCTM().a)"""
        )
        assert min(sizes) >= 11.0
        row = page.locator(".people-list button").filter(has_text="Cortelazzi")
        expect(row).to_be_visible()
        row.tap()
        expect(page.locator("#leaver")).to_contain_text("Cortelazzi")
        expect(page.locator("#futures figure svg").first).to_be_visible(timeout=SLOW)
        assert overflow(page) <= 0
    finally:
        context.close()
