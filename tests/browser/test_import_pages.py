"""The page that brings files in: a preview that writes nothing, the import of the same files, undoing it."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api import page_imports, uploads
from graph.store import Store
from tests.unit.mails import ANNA, OLGA, message
from tests.unit.mails import PEOPLE as MAILERS

pytestmark = pytest.mark.xdist_group("pages")

SLOW = 60_000  # ms, on a busy machine
MARKUP = "<img src=x onerror='window.ran = 1'>"
RTL = "محمد العلي"
PEOPLE = (
    "id,name,organisation,title,email,role,phone\n"
    "s,Sam,us,Key Account Manager,,,\n"
    "a,Nora Weiss,acme,Buyer,nora@acme.example,user,+49 30 123456\n"
    "b,N. Weiss,acme,Buyer,nora@acme.example,,+49 30 123456\n"
    f"c,{RTL},acme,Grand Vizier,,Wizard,\n"
    f"d,{MARKUP},acme,Grand Vizier,,Wizard,\n"
)
FILES = {
    "organisations.csv": "id;name;kind\nus;Us;supplier\nacme;Acme;key_account\n",
    "people.csv": PEOPLE,
    "ties.csv": "ours,stakeholder,strength\nnobody,a,0.5\ns,a,0.4\n",
}
HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Job Title,Company name,Contact owner\n"
    "101,Ann,Lee,ann@acme.example,Purchasing Manager,Acme,Sam\n"
)


@pytest.fixture
def opened(page: Page, address: str, faults: list[str], opened_store: Store) -> Page:
    """The page over an empty store; no upload may be left behind."""
    opened_store.clear()
    page.goto(f"{address}/imports")
    return page


def written(folder: Path, files: dict[str, str]) -> list[Path]:
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in files]


def preview(page: Page, files: list[Path]) -> None:
    page.get_by_label("Files several at once").set_input_files(files)
    page.get_by_role("button", name="Preview").click()


def nodes(store: Store) -> int:
    count: int = store.read("MATCH (n) RETURN count(n) AS n")[0]["n"]
    return count


def left_behind() -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob("diamond-upload-*"))


def row(page: Page, text: str):
    return page.locator("#import-answer tbody tr", has_text=text)


def test_a_preview_writes_nothing_and_the_same_files_come_in_and_go_again(
    opened: Page, opened_store: Store, tmp_path: Path
):
    page, before, others = opened, nodes(opened_store), set(left_behind())
    expect(page.locator("#imports-list")).to_contain_text("Nothing was imported yet")
    chosen = written(tmp_path, FILES)
    preview(page, chosen)
    told = page.locator("#import-report")
    expect(told).to_contain_text("It would create 2 organisations, ", timeout=SLOW)
    expect(told.get_by_role("status")).to_contain_text("5 people")
    people = row(page, "people.csv").first
    expect(people).to_contain_text("the generic form")
    expect(people).to_contain_text("called as a form and has its columns")
    expect(people).to_contain_text("utf-8, separated by commas")
    expect(row(page, "organisations.csv").first).to_contain_text("separated by semicolons")
    assert people.locator(".number").all_inner_texts() == ["5", "3", "2", "0", "0"]
    expect(row(page, "Wizard")).to_contain_text("column role, row 5, 6")
    expect(row(page, "nobody")).to_contain_text("names nobody and nothing that is known, or more than one")
    expect(row(page, "the same e-mail")).to_contain_text("sure")
    assert nodes(opened_store) == before

    # What is imported is what was previewed, whatever becomes of the file meanwhile.
    chosen[1].write_text("id,name\nz,Zoe\n", encoding="utf-8")
    page.get_by_role("button", name="Import these files").click()
    expect(page.locator("#import-report")).to_contain_text("Created 2 organisations", timeout=SLOW)
    names = {one["name"] for one in opened_store.read("MATCH (p:Person) RETURN p.name AS name")}
    assert RTL in names and "Zoe" not in names
    assert set(left_behind()) == others
    line = page.locator("#imports-list tbody tr")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("people.csv")
    expect(line).to_contain_text("2 rows with a question, 1 kept out")

    opened_store.write("MATCH (p:Person {id: 'a'}) CREATE (:Action {id: 'by hand'})-[:TARGETS]->(p)")
    page.on("dialog", lambda dialog: dialog.accept())
    line.get_by_role("button", name="Undo import 1").click()
    undone = page.locator("#undo-answer")
    expect(undone).to_contain_text("Import 1 is undone. Gone: ", timeout=SLOW)
    expect(undone.locator("tbody tr", has_text=re.compile("^person"))).to_contain_text("a")
    expect(line).to_contain_text("undone")
    expect(line.get_by_role("button")).to_have_count(0)
    assert not opened_store.read("MATCH (p:Person {id: 'b'}) RETURN p")


def test_a_refusal_names_file_row_column_and_value(opened: Page, opened_store: Store, tmp_path: Path):
    page, before, others = opened, nodes(opened_store), set(left_behind())
    wrong = "id,name,organisation,verified_on\na,Ann,acme,31.02.2025\n,Ben,acme,2025-01-01\n"
    preview(page, written(tmp_path, FILES | {"people.csv": wrong}))
    answer = page.locator("#import-answer")
    expect(answer.get_by_role("alert")).to_contain_text("people.csv, row 2, column verified_on", timeout=SLOW)
    cells = [one.locator("th, td").all_inner_texts()[:4] for one in answer.locator("tbody tr").all()]
    assert cells == [["people.csv", "2", "verified_on", "31.02.2025"], ["people.csv", "3", "id", "empty"]]
    expect(answer).to_contain_text("Nothing was written")
    assert nodes(opened_store) == before
    assert set(left_behind()) == others


def test_an_export_is_recognised_and_can_be_put_away(opened: Page, opened_store: Store, tmp_path: Path):
    page, before, others = opened, nodes(opened_store), set(left_behind())
    page.get_by_label("They come from").select_option(label="HubSpot")
    page.get_by_label("Order of dates").select_option(label="day, month, year")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("encoding: cp1252\n", encoding="utf-8")
    page.get_by_label("Mapping").set_input_files(mapping)
    page.get_by_label("Who we are").fill("Us")
    preview(page, written(tmp_path, {"contacts.csv": HUBSPOT}))
    expect(row(page, "contacts.csv").first).to_contain_text("HubSpot", timeout=SLOW)
    expect(page.locator("#import-report")).to_contain_text("1 tie")
    page.get_by_role("button", name="Put away").click()
    expect(page.get_by_role("status")).to_contain_text("nothing was imported")
    assert nodes(opened_store) == before
    assert set(left_behind()) == others


def test_mails_come_in_by_the_domain_of_our_addresses(opened: Page, opened_store: Store, tmp_path: Path):
    opened.get_by_label("Who we are").fill("kaltenbach.example")
    mails = message() + message(ANNA, OLGA, on="Tue, 13 Jan 2026 09:30:00 +0100", id_="<b@x>")
    preview(opened, written(tmp_path, {"people.csv": MAILERS, "log.mbox": mails}))
    expect(row(opened, "log.mbox").first).to_contain_text("a mail log", timeout=SLOW)
    expect(opened.locator("#import-report").get_by_role("status")).to_contain_text("2 touchpoints")
    opened.get_by_role("button", name="Import these files").click()
    expect(opened.locator("#import-report")).to_contain_text("Created", timeout=SLOW)
    (tie,) = opened_store.read(
        "MATCH (:Supplier)<-[:EMPLOYED_BY]-(a:Person)-[:ENGAGES]->(b:Person) RETURN a.id AS a, b.id AS b"
    )
    assert tie == {"a": "o1", "b": "t1"}


def test_what_is_too_large_or_gone_is_said_in_its_place(
    opened: Page, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    page = opened
    expect(page.get_by_text("together at most 200 MB")).to_be_visible()
    (small,) = written(tmp_path, {"organisations.csv": FILES["organisations.csv"]})
    preview(page, [small])
    again = page.get_by_role("button", name="Import this file")
    expect(again).to_be_visible(timeout=SLOW)
    page.evaluate("document.querySelector('[name=preview]').value = 'gone'")
    again.click()
    expect(page.get_by_role("alert")).to_contain_text("choose them and preview")
    monkeypatch.setattr(uploads, "HELD_FOR", 0.5)
    others = set(left_behind())
    preview(page, [small])
    expect(again).to_be_enabled(timeout=SLOW)
    page.wait_for_timeout(600)
    assert set(left_behind()) <= others, "forgotten when their time has passed"
    monkeypatch.setattr(uploads, "LARGEST", 2_000_000)
    preview(page, written(tmp_path, {"organisations.csv": "x" * 3_000_000}))
    expect(page.get_by_role("alert")).to_contain_text("larger than 2 MB, the most")
    foreign = page.request.post(f"{address}/imports/1/undo", headers={"origin": "http://evil.example"})
    assert foreign.status == 403


def test_with_the_keyboard_and_on_a_phone(opened: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    page = opened
    # Nothing answers at once: the page asks again until it is done.
    monkeypatch.setattr(page_imports, "AT_ONCE", 0.0)
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_label("Files several at once").set_input_files(written(tmp_path, FILES))
    page.get_by_label("Files several at once").focus()
    for name in ("mapping", "ours", "dialect", "dates"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == name
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#import-report")).to_be_visible(timeout=SLOW)
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(width) <= 0
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Import these files":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#import-report")).to_contain_text("Created 2 organisations", timeout=SLOW)
    assert page.evaluate(width) <= 0
