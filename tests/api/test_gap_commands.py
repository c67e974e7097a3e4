"""The gap report by command and over HTTP: all accounts, what changed, kept reports, files."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

import httpx
import openpyxl
import pytest

from api.workspace import Workspace
from graph.gap_changes import Standing
from graph.store import Store
from graph.store.gap_reports import last_report, save_report
from tests.api.conftest import Run

pytestmark = pytest.mark.xdist_group("commands")

EARLIER = (date.today() - timedelta(days=120)).isoformat()


@pytest.fixture(autouse=True)
def without_reports(opened_store: Store):
    yield
    opened_store.write("MATCH (r:GapReport) DETACH DELETE r")


def test_all_accounts_worst_first(diamond: Run):
    code, found = diamond("gaps")
    assert code == 0
    assert set(found) == {"as_of", "warnings", "account", "summary", "changes", "gaps"}
    assert found["account"] is None
    severities = [round(one["severity"], 12) for one in found["gaps"]]
    assert severities == sorted(severities, reverse=True)
    for account in ("valdara", "verdelan"):
        alone = diamond("gaps", account)[1]["gaps"]
        assert [one for one in found["gaps"] if one["account"] == account] == alone
    kinds = {one["kind"] for one in found["gaps"]}
    assert {"hidden_end_customer", "channel_overlap"} <= kinds


def test_what_changed_since_a_day_stands_first(diamond: Run):
    code, found = diamond("gaps", "valdara", "--since", EARLIER)
    assert code == 0
    changes = found["changes"]
    assert (changes["since"], changes["source"]) == (EARLIER, "history")
    past = diamond("gaps", "valdara", "--as-of", EARLIER)[1]["gaps"]
    assert len(past) == len(found["gaps"]) - len(changes["new"]) + len(changes["closed"])
    assert found["summary"][0].startswith(f"Since {EARLIER}: ")
    assert diamond("gaps", "--since", EARLIER)[1]["changes"]["unchanged"] > changes["unchanged"]
    code, refused = diamond("gaps", "valdara", "--since", date.today().isoformat())
    assert (code, "earlier day" in refused["detail"]) == (2, True)
    assert diamond("gaps", "valdara", "--since", "yesterday")[0] == 2


def test_a_kept_report_is_what_the_next_one_is_compared_with(diamond: Run, opened_store: Store):
    code, refused = diamond("gaps", "valdara", "--since", "last")
    assert (code, "--save" in refused["detail"]) == (2, True)
    code, first = diamond("gaps", "valdara", "--since", "last", "--save", "--as-of", EARLIER)
    assert (code, first["changes"]) == (0, None)
    assert any("nothing is compared" in warning for warning in first["warnings"])
    kept = diamond("gaps", "valdara", "--since", "last", "--save")[1]["changes"]
    replayed = diamond("gaps", "valdara", "--since", EARLIER)[1]["changes"]
    assert kept == {**replayed, "source": "saved"}
    again = diamond("gaps", "valdara", "--since", "last")[1]
    assert again["summary"][0].startswith("Since the report of ")
    assert "nothing changed" in again["summary"][0]
    rows = opened_store.read("MATCH (r:GapReport)-[:OF_ACCOUNT]->(o) RETURN o.id AS id ORDER BY r.on")
    assert [row["id"] for row in rows] == ["valdara", "valdara"]


def test_people_merged_since_are_the_same_gap(diamond: Run, opened_store: Store):
    diamond("accounts")
    save_report(opened_store, "valdara", date.today(), [Standing("coverage", "old", "Old", 0.4)])
    opened_store.write("CREATE (:PersonMerge {id: 'm', merged: 'old', kept: 'va.bonafede', number: 1})")
    found = last_report(opened_store, "valdara", date.today())
    opened_store.write("MATCH (m:PersonMerge {id: 'm'}) DELETE m")
    assert found is not None
    assert [one.subject for one in found[1]] == ["va.bonafede"]
    assert last_report(opened_store, "valdara", date.today() - timedelta(days=1)) is None


def test_files_are_written(diamond: Run, tmp_path: Path):
    for name, start in (("g.csv", b"\xef\xbb\xbfaccount"), ("g.xlsx", b"PK"), ("g.html", b"<!doctype html>")):
        out = tmp_path / name
        assert diamond("gaps", "verdelan", "--out", str(out))[0] == 0
        assert out.read_bytes().startswith(start)
    assert diamond("gaps", "verdelan", "--out", str(tmp_path / "g.pdf"))[0] == 2


def test_over_http(client: httpx.Client, work: Workspace):
    base = "/api/v1/accounts/valdara/gaps"
    found = client.get(base, params={"since": EARLIER}).json()
    assert found["summary"][0].startswith(f"Since {EARLIER}: ")
    assert client.get(base, params={"since": "last"}).status_code == 422
    assert client.get(base, params={"since": "soon"}).status_code == 422
    assert client.post(base).status_code == 200
    assert client.get(base, params={"since": "last"}).json()["changes"]["source"] == "saved"
    assert client.get("/api/v1/gaps").json()["account"] is None
    book = client.get(f"{base}.xlsx", params={"since": EARLIER})
    assert "gaps-valdara.xlsx" in book.headers["content-disposition"]
    assert "Changes" in openpyxl.load_workbook(io.BytesIO(book.content)).sheetnames
    assert client.get(f"{base}.html").text.startswith("<!doctype html>")
    assert client.get("/api/v1/gaps.csv").content.startswith(b"\xef\xbb\xbfaccount")
    assert client.get(f"{base}.pdf").status_code in (404, 422)
