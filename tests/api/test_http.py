"""The HTTP interface over the samples in a real store: documents, errors, ids of any text, plans, imports."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import httpx
import pytest

from api import verbs
from api.document import document
from api.gap_reports import gaps
from api.workspace import Workspace
from fixtures.samples import SAMPLES
from tests.api.conftest import MARKUP, STRANGE
from tests.api.serving import problem

pytestmark = pytest.mark.xdist_group("http")

BUYER = "va.cortelazzi"


def test_the_documents_are_those_of_the_verbs(client: httpx.Client, work: Workspace):
    base = "/api/v1/accounts"
    assert client.get(base).json() == document(verbs.accounts(work))
    for account in SAMPLES:
        found = client.get(f"{base}/{account}")
        assert found.status_code == 200
        assert found.json() == document(verbs.account(work, account))
        assert client.get(f"{base}/{account}/ropi").json() == document(verbs.ropi(work, account))
        assert client.get(f"{base}/{account}/gaps").json() == document(gaps(work, account))
    found = client.get(f"{base}/valdara/without", params={"person": BUYER, "relation": "all"})
    assert found.json() == document(verbs.without_people(work, "valdara", [BUYER], "all"))
    assert client.get("/api/v1/check").json() == document(verbs.check(work))
    assert client.get("/api/v1/health").json() == {"status": "ok", "today": date.today().isoformat()}


def test_another_day(client: httpx.Client, work: Workspace):
    day = date(date.today().year - 1, 1, 31)
    found = client.get("/api/v1/accounts/tornvik", params={"as_of": day.isoformat()}).json()
    assert found["as_of"] == day.isoformat()
    assert found == document(verbs.account(work, "tornvik", day))
    for wrong in ("yesterday", "20260131", "1700000000", "2026-02-30"):
        told = problem(client.get("/api/v1/accounts", params={"as_of": wrong}), 422)
        assert told["errors"][0]["column"] == "as_of"
        assert told["errors"][0]["value"] == wrong


def test_names_stand_for_ids_and_a_wrong_one_is_told_the_nearest(client: httpx.Client):
    by_name = client.get("/api/v1/accounts/Valdara Pompe S.p.A.").json()
    assert by_name["summary"]["id"] == "valdara"
    told = problem(client.get("/api/v1/accounts/valdarra"), 422)
    assert told["type"].endswith("unknown-name")
    assert told["candidates"][0]["id"] == "valdara"
    told = problem(client.get("/api/v1/accounts/valdara/without", params={"person": "va.cortelazi"}), 422)
    assert BUYER in [one["id"] for one in told["candidates"]]


def test_any_text_is_an_id(client: httpx.Client):
    from api.paths import segment

    place = f"/api/v1/accounts/{segment(STRANGE)}"
    assert client.get(place).json()["summary"]["id"] == STRANGE
    assert client.get(f"{place}/ropi").json()["ropi"][0]["name"] == MARKUP
    svg = client.get(f"{place}/map.svg", params={"without": f"{STRANGE}/1"})
    assert svg.status_code == 200
    assert "<b " not in svg.text
    assert client.get(f"{place}/map.png").content.startswith(b"\x89PNG")
    page = client.get(f"/accounts/{segment(STRANGE)}")
    assert page.status_code == 200
    assert "<b onmouseover" not in page.text
    assert "&lt;b onmouseover" in page.text


def test_the_map_in_its_three_forms(client: httpx.Client):
    svg = client.get("/api/v1/accounts/valdara/map.svg", params={"state": "target"})
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert svg.text.startswith("<svg")
    png = client.get("/api/v1/accounts/valdara/map.png")
    assert png.headers["content-type"] == "image/png"
    html = client.get("/api/v1/accounts/valdara/map.html")
    assert html.headers["content-disposition"].startswith("attachment")
    problem(client.get("/api/v1/accounts/valdara/map.svg", params={"state": "tomorrow"}), 422)
    problem(client.get("/api/v1/accounts/valdara/map.svg", params={"without": "nobody"}), 422)


def test_requests_that_no_endpoint_takes(client: httpx.Client):
    problem(client.get("/api/v1/nothing"), 404)
    told = problem(client.put("/api/v1/accounts"), 405)
    assert "PUT" in told["detail"]
    told = problem(client.get("/api/v1/accounts/valdara/without"), 422)
    assert told["errors"][0]["column"] == "person"
    page = client.get("/nothing")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")


def test_query(client: httpx.Client):
    cypher = "MATCH (a:KeyAccount) WHERE a.id = $id RETURN a.id AS id"
    found = client.post("/api/v1/query", json={"cypher": cypher, "params": {"id": "valdara"}})
    assert found.json() == {
        "as_of": date.today().isoformat(),
        "warnings": [],
        "columns": ["id"],
        "rows": [["valdara"]],
        "truncated": False,
    }
    few = client.post("/api/v1/query", json={"cypher": "UNWIND range(1, 5) AS n RETURN n", "limit": 2})
    assert few.json()["rows"] == [[1], [2]]
    assert few.json()["truncated"] is True
    refused = problem(client.post("/api/v1/query", json={"cypher": "MATCH (n) DETACH DELETE n"}), 403)
    assert refused["type"].endswith("not-permitted")
    problem(client.post("/api/v1/query", json={"cypher": "MATCH (n RETURN n"}), 422)
    problem(client.post("/api/v1/query", json={}), 422)
    problem(client.post("/api/v1/query", json={"cypher": "RETURN 1", "surprise": 1}), 422)
    problem(
        client.post("/api/v1/query", content=b"{not json", headers={"content-type": "application/json"}), 422
    )


def test_a_gap_names_a_question_of_the_cookbook_that_gives_its_number(client: httpx.Client):
    listed = {one["name"] for one in client.get("/api/v1/cookbook").json()["cookbook"]}
    assert client.get("/api/v1/cookbook").json() == document(verbs.cookbook_entries(full=True))
    problem(client.get("/api/v1/cookbook/coverag"), 422)
    gap = client.get("/api/v1/accounts/valdara/gaps").json()["gaps"][0]
    assert gap["query"]["name"] in listed
    asked = {"cookbook": gap["query"]["name"], "params": gap["query"]["params"]}
    found = client.post("/api/v1/query", json=asked).json()
    rows = [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]
    (row,) = [row for row in rows if row["subject"] == gap["subject"]]
    assert row["actual"] == pytest.approx(gap["actual"])


def test_a_plan_is_proposed_written_and_kept(client: httpx.Client, work: Workspace):
    asked = {"hours": 1, "months": 2, "gap": 0.05}
    found = client.get("/api/v1/accounts/valdara/plan", params=asked)
    assert found.status_code == 200, found.text
    plan = found.json()
    assert plan["status"] == "optimal"
    assert plan["gap_after"] < plan["gap_before"]
    first = plan["actions"][0]
    csv = client.get("/api/v1/accounts/valdara/plan.csv", params=asked)
    assert csv.headers["content-type"].startswith("text/csv")
    assert first["stakeholder_name"] in csv.text
    ics = client.get("/api/v1/accounts/valdara/plan.ics", params=asked)
    assert ics.headers["content-type"].startswith("text/calendar")
    assert ics.text.startswith("BEGIN:VCALENDAR")
    assert not work.store.read("MATCH (a:Action) RETURN a LIMIT 1"), "a proposal is not kept"
    try:
        kept = client.post("/api/v1/accounts/valdara/plan", params=asked)
        assert kept.status_code == 200
        assert work.store.read("MATCH (a:Action) RETURN count(a) AS n")[0]["n"] == len(plan["actions"])
    finally:
        work.store.write("MATCH (a:Action) DETACH DELETE a")
    problem(client.get("/api/v1/accounts/valdara/plan", params={"months": 0}), 422)


def test_import(client: httpx.Client, work: Workspace):
    files = [
        ("files", ("organisations.csv", b"id,name,kind\nnew.acme,New Acme,key_account\n")),
        ("files", ("people.csv", b"id,name,organisation,role\nnew.1,Ann Lee,new.acme,Donor\n")),
    ]
    preview = client.post("/api/v1/imports", files=files, data={"dry_run": "true"})
    assert preview.status_code == 200, preview.text
    assert preview.json()["dry_run"] is True
    assert not work.store.read("MATCH (p:Person {id: 'new.1'}) RETURN p")
    try:
        done = client.post("/api/v1/imports", files=files).json()
        assert done["created"]["Person"] == 1
        assert [one["value"] for one in done["questions"]] == ["Donor"]
        assert client.get("/api/v1/accounts/new.acme").json()["summary"]["people"]["theirs"] == 1
        again = client.post("/api/v1/imports", files=files).json()
        assert again["created"] == {}
    finally:
        work.store.write("MATCH (n) WHERE n.id STARTS WITH 'new.' DETACH DELETE n")


def test_who_we_are_is_said_over_http_as_on_the_command_line(client: httpx.Client):
    export = b"Record ID,First Name,Last Name,Company name,Contact owner\n9,Ann,Lee,Acme,Sam\n"
    files = [("files", ("contacts.csv", export))]

    def ties(ours: str) -> int | None:
        would = client.post("/api/v1/imports", files=files, data={"dry_run": "true", "ours": ours})
        assert would.status_code == 200, would.text
        return would.json()["created"].get("ENGAGES")

    assert ties("Us Ltd") == 1
    told = problem(client.post("/api/v1/imports", files=files, data={"ours": "  "}), 422)
    assert told["detail"].startswith("ours: is empty;")


def test_what_an_import_refuses(client: httpx.Client, tmp_path: Path):
    told = problem(
        client.post("/api/v1/imports", files=[("files", ("people.csv", b"id,name\n1,Ann\n"))]), 422
    )
    assert "organisation" in told["detail"]
    twice = [("files", ("people.csv", b"x")), ("files", ("people.csv", b"y"))]
    assert "people.csv" in problem(client.post("/api/v1/imports", files=twice), 422)["detail"]
    problem(client.post("/api/v1/imports", files=[("files", ("../..", b"x"))]), 422)
    problem(client.post("/api/v1/imports"), 422)
    outside = tmp_path / "people.csv"
    climbing = [("files", (f"../../../../../..{outside}", b"id,name,organisation\nnew.2,Ann,Acme\n"))]
    client.post("/api/v1/imports", files=climbing, data={"dry_run": "true"})
    assert not outside.exists()


def test_every_operation_has_a_stable_name(client: httpx.Client):
    described = client.get("/api/v1/openapi.json").json()
    names = [operation["operationId"] for path in described["paths"].values() for operation in path.values()]
    assert sorted(names) == [
        "assess_person", "cancel_portfolio_simulation", "cancel_sensitivity", "cancel_simulation",
        "change_action", "check", "follow_portfolio_simulation", "follow_sensitivity",
        "follow_simulation", "get_account", "get_account_estimates", "get_actions_file",
        "get_all_gaps_file", "get_cookbook_entry", "get_estimates", "get_gaps", "get_gaps_file",
        "get_health", "get_history", "get_map_html", "get_map_png", "get_map_svg", "get_plan_csv",
        "get_plan_ics", "get_portfolio_simulation", "get_ropi", "get_sensitivity", "get_simulation",
        "get_simulation_report", "get_without", "import_files", "list_accounts", "list_actions",
        "list_cookbook", "list_duplicates", "list_gaps", "list_imports", "list_merges", "merge_people",
        "propose_plan", "propose_plans", "query", "reject_duplicate", "save_gaps", "save_plan",
        "start_portfolio_simulation", "start_sensitivity", "start_simulation", "undo_import",
        "unmerge_people",
    ]  # fmt: skip
    assert all(path.startswith("/api/v1/") for path in described["paths"])


def test_every_endpoint_is_documented(client: httpx.Client):
    described = client.get("/api/v1/openapi.json").json()
    told = (Path(__file__).parents[2] / "docs" / "http.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([A-Z]+ /[^`]*)` \|", told, re.MULTILINE))
    offered = {f"{method.upper()} {path}" for path, verbs in described["paths"].items() for method in verbs}
    assert documented == offered
