"""Plans that are carried out, over HTTP: actions, what is refused, files, what else could be done."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx
import icalendar
import pytest

from api import plans
from api.document import document
from api.paths import segment
from api.workspace import Workspace
from tests.api.conftest import STRANGE
from tests.api.serving import problem

pytestmark = pytest.mark.xdist_group("http")

BASE = "/api/v1/accounts/valdara"
SHORT = {"hours": 2, "months": 3, "gap": 0.05}
TODAY = date.today()


@pytest.fixture
def actions(client: httpx.Client, work: Workspace) -> Iterator[list[dict[str, Any]]]:
    """Save a small plan; what was done with it is taken back in the end."""
    assert client.post(f"{BASE}/plan", params=SHORT).status_code == 200
    yield client.get(f"{BASE}/actions").json()["actions"]
    for one in client.get(f"{BASE}/actions").json()["actions"]:
        if one["status"] == "done":
            said(client, one["id"], "reopen")
    work.store.write("MATCH (a:Action) DETACH DELETE a")


def said(client: httpx.Client, action: str, verb: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"{BASE}/actions/{action}/{verb}", json=body or None)
    assert answer.status_code == 200, answer.text
    (one,) = answer.json()["actions"]
    return dict(one)


def test_the_list_is_that_of_the_verb(client: httpx.Client, work: Workspace, actions: list[dict[str, Any]]):
    assert actions
    assert client.get(f"{BASE}/actions").json() == document(plans.actions(work, "valdara"))
    assert client.get("/api/v1/accounts/tornvik/actions").json()["actions"] == []
    problem(client.get("/api/v1/accounts/nowhere/actions"), 422)


def test_an_action_is_begun_done_and_taken_back(
    client: httpx.Client, work: Workspace, actions: list[dict[str, Any]]
):
    id = actions[0]["id"]
    assert said(client, id, "start")["status"] == "started"
    kept = client.get(f"{BASE}/plan", params=SHORT).json()["actions"]
    assert [one["status"] for one in kept if one["id"] == id] == ["started"]
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    done = said(client, id, "done", on=yesterday, minutes=45)
    assert (done["status"], done["done_on"], done["minutes"]) == ("done", yesterday, 45.0)
    met = "MATCH (p:Person)-[:ATTENDED]->(t:Touchpoint {id: $id}) RETURN p.id AS id, t.minutes AS minutes"
    rows = work.store.read(met, {"id": done["touchpoint"]})
    assert {row["id"] for row in rows} == {done["person"], done["stakeholder"], *done["also"]}
    assert {row["minutes"] for row in rows} == {45.0}
    back = said(client, id, "reopen")
    assert (back["status"], back["done_on"], back["touchpoint"]) == ("planned", None, None)
    assert work.store.read(met, {"id": done["touchpoint"]}) == []
    assert said(client, id, "drop")["status"] == "dropped"


def test_an_action_gets_another_day_and_owner_and_is_late(
    client: httpx.Client, work: Workspace, actions: list[dict[str, Any]]
):
    one = actions[0]
    other = next(a["person"] for a in actions if a["person"] != one["person"])
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    changed = said(client, one["id"], "change", owner=other, due=yesterday)
    assert (changed["person"], changed["due_on"], changed["pinned"]) == (other, yesterday, True)
    listed = client.get(f"{BASE}/actions").json()
    assert listed["late"] == 1
    assert "1 action is late." in listed["warnings"]
    assert [a["late"] for a in listed["actions"] if a["id"] == one["id"]] == [1]
    assert said(client, one["id"], "unpin")["pinned"] is False
    # What nobody holds on to any more is planned anew as it was proposed.
    client.post(f"{BASE}/plan", params=SHORT)
    (again,) = [a for a in client.get(f"{BASE}/actions").json()["actions"] if a["id"] == one["id"]]
    assert (again["person"], again["due_on"]) == (one["person"], one["due_on"])


def test_a_pinned_action_is_kept_until_it_is_unpinned(client: httpx.Client, actions: list[dict[str, Any]]):
    id = actions[-1]["id"]
    assert said(client, id, "pin")["pinned"] is True
    without = {**SHORT, "hours": 0}
    kept = client.post(f"{BASE}/plan", params=without).json()["actions"]
    assert [one["id"] for one in kept] == [id]
    assert said(client, id, "unpin")["pinned"] is False
    assert client.post(f"{BASE}/plan", params=without).json()["actions"] == []


def test_what_an_action_refuses(client: httpx.Client, actions: list[dict[str, Any]]):
    place = f"{BASE}/actions/{actions[0]['id']}"
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    told = problem(client.post(f"{place}/done", json={"on": tomorrow}), 422)
    assert "up to today" in told["detail"]
    for body in (
        {"minutes": -1},
        {"minutes": "many"},
        {"on": "yesterday"},
        {"on": 1_700_000_000},
        {"surprise": 1},
        [],
    ):
        problem(client.post(f"{place}/done", json=body), 422)
    problem(client.post(f"{place}/start", json={"minutes": 5}), 422)
    problem(client.post(f"{place}/change"), 422)
    assert (
        "only one of ours"
        in problem(client.post(f"{place}/change", json={"owner": actions[0]["stakeholder"]}), 422)["detail"]
    )
    problem(client.post(f"{place}/dance"), 422)
    problem(client.post(f"{BASE}/actions/action:nowhere/done"), 422)
    # The action of one account is none of another's.
    problem(client.post(f"/api/v1/accounts/tornvik/actions/{actions[0]['id']}/done"), 422)
    started = problem(client.post(f"{BASE}/actions/a/done"), 422)
    assert "no action 'a'" in started["detail"] or started["candidates"]
    said(client, actions[0]["id"], "drop")
    assert "to be done" in problem(client.post(f"{place}/pin"), 422)["detail"]
    assert {a["status"] for a in client.get(f"{BASE}/actions").json()["actions"]} == {"planned", "dropped"}


def test_the_saved_plan_is_a_table_and_a_calendar(client: httpx.Client, actions: list[dict[str, Any]]):
    first, second = actions[0]["id"], actions[1]["id"]
    said(client, first, "done", minutes=20)
    said(client, second, "drop")
    table = client.get(f"{BASE}/actions.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert "valdara-actions.csv" in table.headers["content-disposition"]
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(table.content.decode("utf-8-sig")))}
    assert list(rows) == [one["id"] for one in actions]
    assert (rows[first]["status"], rows[first]["minutes"]) == ("done", "20.0")
    assert rows[first]["done_on"] == TODAY.isoformat()
    assert {row["account"] for row in rows.values()} == {"valdara"}
    calendar = icalendar.Calendar.from_ical(client.get(f"{BASE}/actions.ics").content)
    entries = {str(one["uid"]).removesuffix("@diamond"): one for one in calendar.walk("VEVENT")}
    assert set(entries) == set(rows)
    assert [id for id, one in entries.items() if one.get("status") == "CANCELLED"] == [second]
    problem(client.get(f"{BASE}/actions.xml"), 422)


def test_no_saved_plan_is_an_empty_file(client: httpx.Client):
    place = f"/api/v1/accounts/{segment(STRANGE)}"
    assert client.get(f"{place}/actions.csv").text.count("\r\n") == 1
    assert not icalendar.Calendar.from_ical(client.get(f"{place}/actions.ics").content).walk("VEVENT")


def test_what_else_could_be_done(client: httpx.Client):
    asked = {**SHORT, "budget": 100}
    plan = client.get(f"{BASE}/plan", params=asked).json()
    assert (plan["instead"], plan["more"], plan["simulated"]) == ([], [], None)
    first = plan["actions"][0]
    banned = f"{first['person']},{first['stakeholder']}"
    found = client.get(f"{BASE}/plan", params={**asked, "instead": banned, "more": True}).json()
    (other,) = found["instead"]
    assert other["without"]["stakeholder"] == first["stakeholder"]
    assert any(one["change"] < 0 and one["person"] == first["person"] for one in other["changes"])
    more = {(one["limit"], one["amount"]): one for one in found["more"]}
    assert {("budget", 1.0), ("budget", 20.0), ("hours", 1.0)} <= set(more)
    assert all(0.0 <= one["objective"] <= one["at_most"] + 1e-9 for one in more.values())
    assert more[f"hours.{first['person']}", 1.0]["person_name"] == first["person_name"]
    problem(client.get(f"{BASE}/plan", params={**asked, "instead": "Nobody known"}), 422)


def test_several_accounts_are_planned_together(client: httpx.Client):
    asked = {**SHORT, "account": ["valdara", "tornvik"]}
    found = client.get("/api/v1/plans", params=asked).json()
    assert found["status"] == "optimal"
    assert [plan["account"] for plan in found["plans"]] == ["tornvik", "valdara"]
    spent: dict[tuple[str, int], float] = {}
    for one in (action for plan in found["plans"] for action in plan["actions"]):
        spent[one["person"], one["month"]] = spent.get((one["person"], one["month"]), 0.0) + one["hours"]
    assert max(spent.values()) <= 2.0 + 1e-9
    problem(client.get("/api/v1/plans", params={"account": ["valdara", "valdara"]}), 422)
