"""The pages about people: proposals decided one by one or by rule, undoing, a history, an assessment."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from graph.imports import import_files
from graph.store import Store
from tests.unit.importing import write_files

pytestmark = pytest.mark.xdist_group("pages")

MARKUP = "<img src=x onerror='window.ran = 1'>"
STRANGE = 'w/1 "é"'
BEFORE = {
    "organisations.csv": "id,name,kind\nus,Us,supplier\nacme,Acme,key_account\nother,Other,key_account\n",
    "people.csv": "id,name,organisation,title,email,phone,verified_on,started_on\n"
    "s,Sam,us,Key Account Manager,,,,\n"
    "a,Nora Weiss,acme,Buyer,nora@acme.example,+49 30 123456,2025-03-01,\n"
    "b,N. Weiss,acme,Head of Purchasing,nora@acme.example,+49 30 123456,2025-02-01,\n"
    "k,Karl Meier,acme,Engineer,,,,\n"
    "l,Karl Meyer,acme,Engineer,,,,\n"
    f'"{STRANGE.replace(chr(34), chr(34) * 2)}",{MARKUP},acme,Accountant,,,,\n'
    "m,Lena Fuchs,acme,Buyer,,,2025-01-01,2023-01-01\n",
    "ties.csv": "ours,stakeholder,strength\ns,m,0.5\ns,b,0.4\n",
    "touchpoints.csv": "on,kind,attendees,minutes\n2025-05-01,visit,s;m,90\n",
}
AFTER = {
    "people.csv": "id,name,organisation,title,verified_on,started_on\n"
    "m,Lena Fuchs,other,Head of Purchasing,2025-07-05,2025-07-01\n",
}


@pytest.fixture
def people(page: Page, address: str, faults: list[str], opened_store: Store, tmp_path: Path) -> Page:
    """The page over a small store in which some appear twice and one moved."""
    opened_store.clear()
    for name, files in (("before", BEFORE), ("after", AFTER)):
        import_files(opened_store, [write_files(tmp_path / name, files)], today=date.today())
    page.goto(f"{address}/people")
    return page


def ids(store: Store) -> set[str]:
    return {row["id"] for row in store.read("MATCH (p:Person) RETURN p.id AS id")}


def card(page: Page, name: str):
    return page.get_by_role("article", name=re.compile(name))


def test_a_pair_is_one_person_and_two_again(people: Page, opened_store: Store):
    page, everybody = people, ids(opened_store)
    weiss = card(page, "Nora Weiss")
    expect(weiss).to_contain_text("the same e-mail nora@acme.example")
    expect(weiss.locator(".chip")).to_have_text("sure")
    title = weiss.locator("tbody tr", has_text="title").locator("td").all_inner_texts()
    assert set(title) == {"Buyer", "Head of Purchasing"}, "both sides of what they differ in"
    page.get_by_label("Who decides").fill("Ada")
    # With the keyboard: the answer stands where the question stood, and has the focus.
    weiss.get_by_role("button", name="One person").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".decided")).to_contain_text("One person.")
    expect(page.locator(".decided")).to_be_focused()
    assert len(ids(opened_store)) == len(everybody) - 1
    line = page.locator("#merges tbody tr")
    expect(line).to_contain_text("decided by Ada")
    expect(line).to_contain_text("title: ")
    line.get_by_role("button", name="Undo the merge").click()
    expect(page.locator("#unmerge-answer")).to_contain_text("are two entries again")
    expect(page.locator("#merges")).to_contain_text("Nobody was merged")
    expect(weiss.get_by_role("button", name="One person")).to_be_visible()
    assert ids(opened_store) == everybody


def test_a_rule_shows_first_whom_it_would_merge(people: Page, opened_store: Store):
    page, everybody = people, ids(opened_store)
    page.get_by_label("Accept").select_option("sure")
    page.get_by_role("button", name="Whom would it merge?").click()
    rule = page.locator("#rule-answer")
    expect(rule).to_contain_text("It would merge 1 pair")
    expect(rule.locator("tbody tr")).to_contain_text("Nora Weiss")
    assert ids(opened_store) == everybody
    rule.get_by_role("button", name="Merge 1 pair").click()
    expect(rule).to_contain_text("1 pair was merged")
    expect(page.locator("#merges tbody tr")).to_contain_text("by the rule sure")
    expect(card(page, "Nora Weiss")).to_have_count(0)
    assert len(ids(opened_store)) == len(everybody) - 1
    page.get_by_role("button", name="undo and never propose again").click()
    expect(page.locator("#unmerge-answer")).to_contain_text("not proposed again")
    expect(card(page, "Nora Weiss")).to_have_count(0)
    assert ids(opened_store) == everybody


def test_two_people_are_not_proposed_again(people: Page):
    page = people
    page.get_by_label("Show what is").select_option("sure")
    expect(card(page, "Karl Meier")).to_have_count(0)
    page.get_by_label("Show what is").select_option("doubtful")
    card(page, "Karl Meier").get_by_role("button", name="Two people").click()
    expect(page.locator(".decided")).to_contain_text("are not proposed again")
    page.reload()
    expect(card(page, "Nora Weiss")).to_have_count(1)
    expect(card(page, "Karl Meier")).to_have_count(0)


def test_a_history_and_a_new_assessment(people: Page, address: str):
    page = people
    page.get_by_label("One person's history").fill("Lena Fuchs")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lena Fuchs")
    posts = page.locator("section", has=page.locator("#posts-heading"))
    assert [one.inner_text() for one in posts.locator("table").first.locator("tbody th").all()] == [
        "Other",
        "Acme",
    ]
    expect(posts.locator("tbody tr", has_text="Acme").first).to_contain_text("1\u00a0Jul\u00a02025")
    touched = page.locator("section", has=page.locator("#contacts-heading"))
    expect(touched.locator("tbody tr")).to_contain_text("visit")
    expect(touched.locator("tbody tr")).to_contain_text("1.5")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("alert")).to_contain_text("Say at least one of role")
    page.get_by_label("Orientation").select_option("ally")
    page.get_by_label("Influence 0").fill("0.7")
    page.get_by_label("Evidence").fill(f"She said so {MARKUP}")
    page.get_by_label("Who says so").fill("Ada")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("status")).to_contain_text("Kept.")
    opinions = page.locator("#assessments tbody tr")
    expect(opinions).to_have_count(2)
    expect(opinions.filter(has_text="Orientation")).to_contain_text(f"She said so {MARKUP}")
    page.goto(f"{address}/people/find?name=Lena+Fux")
    expect(page.get_by_role("alert")).to_contain_text("Lena Fux")


def test_alumni_stand_on_the_account_and_lead_to_the_person(people: Page, address: str):
    page = people
    page.route("**/plan", lambda route: route.fulfill(body="<p>later</p>", content_type="text/html"))
    page.goto(f"{address}/accounts/acme")
    gone = page.locator("#movers tbody tr")
    expect(gone).to_have_count(1)
    for said in ("Lena Fuchs", "Other", "Sam"):
        expect(gone).to_contain_text(said)
    page.goto(f"{address}/accounts/other")
    expect(page.locator("#movers")).to_contain_text("Newcomers")
    page.goto(f"{address}/accounts/acme")
    page.locator("#ropi").get_by_role("link", name=MARKUP).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(MARKUP)
    expect(page.locator(".verdict")).to_contain_text(STRANGE)


def test_on_a_phone(people: Page, address: str):
    page = people
    page.set_viewport_size({"width": 390, "height": 844})
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    card(page, "Nora Weiss").get_by_role("button", name="One person").click()
    expect(page.locator("#merges tbody tr")).to_have_count(1)
    assert page.evaluate(width) <= 0
    page.goto(f"{address}/people/m")
    assert page.evaluate(width) <= 0
