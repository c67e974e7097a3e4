"""The account page's plan and gap report: pin, forbid, save, start, done; what changed, kept, downloaded."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.paths import segment
from graph.imports import import_files
from graph.store import Store
from tests.unit.importing import write_files

pytestmark = pytest.mark.xdist_group("pages")

MARKUP = "<img src=x onerror='window.ran = 1'>"
COMMA = 'a/1, "é"'
SLOW = 60_000  # ms, for the first plan of a process
FILES = {
    "organisations.csv": "id,name,kind\nus,Us,supplier\nacme,Acme,key_account\n",
    "people.csv": "id,name,organisation,function,role,influence,orientation,time_capacity\n"
    "s,Sam,us,commercial,,,,8\n"
    "t,Tess,us,technical,,,,8\n"
    f'"{COMMA.replace(chr(34), chr(34) * 2)}",{MARKUP},acme,purchasing,decision_maker,0.9,neutral,\n'
    "b,Bert,acme,technical,evaluator,0.5,ally,\n",
    "ties.csv": f'ours,stakeholder,strength\ns,"{COMMA.replace(chr(34), chr(34) * 2)}",0.4\n',
}
YESTERDAY = date.today() - timedelta(days=1)


@pytest.fixture
def account(page: Page, address: str, faults: list[str], opened_store: Store, tmp_path: Path) -> Page:
    opened_store.clear()
    import_files(opened_store, [write_files(tmp_path / "acme", FILES)], today=date.today())
    page.goto(f"{address}/accounts/acme")
    return page


def lines(page: Page):
    return page.locator("#plan .deeds tbody tr")


def overflow(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def test_a_proposal_follows_what_is_pinned_and_forbidden(account: Page, opened_store: Store):
    page = account
    expect(lines(page).first).to_be_visible(timeout=SLOW)
    expect(page.locator("#standing tbody tr", has_text="Diamond index").locator("td")).to_have_count(3)
    page.locator("#plan [name=months]").fill("6")
    single = lines(page).filter(has=page.get_by_role("button", name="Pin"))
    pinned = single.first.get_by_role("button", name="Pin").get_attribute("value")
    single.first.get_by_role("button", name="Pin").click()
    wish = page.locator(".wishes [name=pin]")
    expect(wish).to_have_value(pinned or "", timeout=SLOW)
    expect(page.locator("#plan .lead")).to_contain_text("in 6 months")
    expect(lines(page).locator(".chip", has_text="pinned")).to_have_count(1)
    bert = lines(page).filter(has_text="Bert")
    bert.first.locator("summary").click()
    bert.first.get_by_role("button", name="Anybody with").click()
    expect(page.locator(".wishes [name=forbid]")).to_have_count(1, timeout=SLOW)
    gone = page.locator(".wishes [name=forbid]").get_attribute("value")
    assert gone is not None
    forbidden = "Bert" if gone == ",b" else MARKUP
    expect(page.locator(".wishes label", has_text="forbidden")).to_contain_text(forbidden)
    whom = lines(page).locator("td[data-label='Meets whom']").all_inner_texts()
    assert whom and not any(forbidden in one for one in whom)
    with page.expect_download() as download:
        page.get_by_role("link", name="Calendar (ICS)").click()
    entries = download.value.path().read_text(encoding="utf-8")
    assert entries.count("BEGIN:VEVENT") == len(whom)
    # What contradicts itself is said where one looks, and the wishes are still there to be changed.
    page.locator("#plan [name=months]").fill("6")
    wish.evaluate("one => { const ban = one.cloneNode(); ban.name = 'forbid'; one.after(ban); }")
    page.get_by_role("button", name="Propose anew").click()
    refused = page.locator("#plan [role=alert]")
    expect(refused).to_contain_text("pinned and forbidden at once", timeout=SLOW)
    expect(refused).to_be_focused()
    expect(page.locator(".wishes [name=pin]")).to_have_count(1)
    page.locator(".wishes [name=forbid]").first.uncheck()
    page.get_by_role("button", name="Propose anew").click()
    expect(lines(page).first).to_be_visible(timeout=SLOW)
    # Unticked and proposed anew it may be planned again.
    page.locator(".wishes [name=forbid]").uncheck()
    page.get_by_role("button", name="Propose anew").click()
    expect(page.locator(".wishes [name=forbid]")).to_have_count(0, timeout=SLOW)
    expect(wish).to_have_count(1)
    expect(lines(page).filter(has_text=forbidden)).not_to_have_count(0)
    assert not opened_store.read("MATCH (a:Action) RETURN a.id AS id"), "nothing is kept until it is saved"


def test_a_saved_plan_is_carried_out(account: Page, opened_store: Store):
    page = account
    expect(page.locator("#actions")).to_contain_text("No plan is saved")
    page.get_by_role("button", name="Save the plan").click(timeout=SLOW)
    expect(page.get_by_role("status")).to_contain_text("Saved", timeout=SLOW)
    rows = page.locator("#actions tbody tr")
    expect(rows).not_to_have_count(0)
    opened_store.write(
        "MATCH (a:Action) WITH a ORDER BY a.due_on, a.id LIMIT 1 SET a.due_on = $day", {"day": YESTERDAY}
    )
    page.reload()
    expect(rows.first).to_contain_text("late by 1 day")
    expect(page.locator("#actions .notes")).to_contain_text("1 action is late")
    said = page.locator("#actions [role=status]")
    rows.first.get_by_role("button", name="Start").click()
    expect(said).to_contain_text("Begun")
    expect(said).to_be_focused()
    expect(rows.first.locator("td[data-label=Status]")).to_contain_text("started")
    page.get_by_role("button", name="Propose", exact=True).click()
    expect(lines(page).locator(".chip", has_text="started")).to_have_count(1, timeout=SLOW)
    rows.first.locator("summary").click()
    rows.first.get_by_label("Minutes").fill("45")
    rows.first.get_by_role("button", name="Done", exact=True).click()
    expect(said).to_contain_text("touchpoint")
    expect(rows.first.locator("td[data-label=Status]")).to_contain_text("45 minutes")
    made = opened_store.read("MATCH (t:Touchpoint) RETURN t.on AS on, t.minutes AS minutes")
    assert made == [{"on": date.today(), "minutes": 45.0}]
    rows.first.get_by_role("button", name="Take back").click()
    expect(said).to_contain_text("planned again")
    assert not opened_store.read("MATCH (t:Touchpoint) RETURN t.on AS on")
    rows.first.get_by_role("button", name="Drop").click()
    expect(rows.first.locator("td[data-label=Status]")).to_contain_text("dropped")
    rows.nth(1).locator("summary").click()
    rows.nth(1).get_by_label("Owner").fill("Nobody known")
    # The other default of that line would be to say it is done: Enter in a field must not.
    page.keyboard.press("Enter")
    expect(page.locator("#actions-list").get_by_role("alert")).to_contain_text("Nobody known")
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    expect(rows).not_to_have_count(0)
    assert overflow(page) <= 0


def test_what_else_could_be_done_stands_beside_the_plan(account: Page):
    page = account
    expect(lines(page).first).to_be_visible(timeout=SLOW)
    page.locator("#plan [name=budget]").fill("100")
    with page.expect_response(lambda answer: "budget=100" in answer.url, timeout=SLOW):
        page.get_by_role("button", name="Propose", exact=True).click()
    expect(page.get_by_role("button", name="Save the plan")).to_have_attribute(
        "hx-post", re.compile("budget=100"), timeout=SLOW
    )
    beside = page.locator("#beside")
    first = lines(page).first
    whom = first.locator("td[data-label='Meets whom'] bdi").first.inner_text()
    first.get_by_role("button", name="What instead?").click()
    expect(beside.get_by_role("status")).to_be_focused(timeout=SLOW)
    expect(beside.get_by_role("status")).to_contain_text(whom)
    expect(beside.locator("tbody tr", has_text="−").filter(has_text=whom).first).to_be_visible()
    page.get_by_role("button", name="What one more hour buys").click()
    expect(beside.locator("h3")).to_have_text("What one more would buy", timeout=SLOW)
    said = beside.locator("tbody td:first-child").all_inner_texts()
    assert {"1 more of the budget", "20 more of the budget"} <= set(said)
    assert {f"an hour a month more for {who}" for who in ("everybody", "Sam", "Tess")} <= set(said)
    page.get_by_role("button", name="Simulate the plan").click()
    effects = page.locator("#effects tbody tr")
    expect(effects.filter(has=page.get_by_text("do nothing", exact=True))).to_be_visible(timeout=2 * SLOW)
    expect(beside).to_contain_text("With nobody leaving")
    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) <= 0


def test_a_saved_plan_is_unpinned_and_taken_along(account: Page, opened_store: Store):
    page = account
    page.get_by_role("button", name="Save the plan").click(timeout=SLOW)
    rows = page.locator("#actions tbody tr")
    said = page.locator("#actions [role=status]")
    rows.first.get_by_role("button", name="Pin", exact=False).click()
    expect(said).to_contain_text("Pinned")
    pinned = "MATCH (a:Action) WHERE a.pinned RETURN count(a) AS n"
    assert opened_store.read(pinned) == [{"n": 1}]
    rows.first.get_by_role("button", name="Unpin").click()
    expect(said).to_contain_text("Unpinned")
    assert opened_store.read(pinned) == [{"n": 0}]
    rows.first.get_by_role("button", name="Drop").click()
    expect(said).to_contain_text("Dropped")
    for name, words in (("table", b"dropped"), ("calendar", b"STATUS:CANCELLED")):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"Saved plan as a {name}").click()
        assert words in download.value.path().read_bytes()


def test_a_gap_report_is_kept_and_compared(account: Page, address: str, opened_store: Store):
    page = account
    gaps = page.locator("#gaps")
    found = page.request.get(f"{address}/api/v1/accounts/acme/gaps").json()
    for sentence in found["summary"]:
        expect(gaps).to_contain_text(sentence)
    assert found["gaps"][0]["closer"]["how"] in gaps.locator("tbody tr").first.inner_text()
    gaps.get_by_role("button", name="Keep this report").click()
    expect(gaps.get_by_role("status")).to_contain_text("Kept")
    opened_store.write("MATCH (p:Person {id: $id})<-[tie:ENGAGES]-() DELETE tie", {"id": COMMA})
    gaps.get_by_role("button", name="since the report kept on").click()
    changed = page.locator(".gap-changes tbody tr")
    expect(changed.filter(has_text="New").first).to_be_visible()
    expect(changed.filter(has_text=MARKUP).first).to_be_visible()
    gaps.get_by_label("Compare with the records of").fill(str(date.today() - timedelta(days=30)))
    gaps.get_by_role("button", name="What changed?", exact=True).click()
    expect(page.locator(".gap-changes h3")).not_to_contain_text("the report of")
    for name, ending in (("Report (HTML)", "html"), ("Excel", "xlsx"), ("Gaps (CSV)", "csv")):
        link = gaps.get_by_role("link", name=name).get_attribute("href")
        assert link is not None and f"gaps.{ending}?since=" in link
        assert page.request.get(f"{address}{link}").ok
    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) <= 0


def test_only_our_own_pages_may_change_a_plan(page: Page, address: str):
    foreign = {"origin": "https://elsewhere.example"}
    for place in ("plan", "gaps", f"actions/{segment('action:1')}"):
        answer = page.request.post(f"{address}/accounts/acme/{place}", headers=foreign, form={"verb": "done"})
        assert answer.status == 403
