"""Requests that were made to break the app: days at the ends of the calendar, files of impossible names."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.api.conftest import Run

API = "/api/v1"
PEOPLE = b"id,name,organisation\n1,Ann,Acme\n"


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    "page", [f"{API}/accounts/tornvik/plan", f"{API}/accounts", "/accounts/tornvik", "/"]
)
def test_a_day_at_the_ends_of_the_calendar_is_refused(client: httpx.Client, page: str, day: str) -> None:
    answer = client.get(page, params={"as_of": day})
    assert answer.status_code == 422
    assert "from 1900 to 2199" in answer.text


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31"])
@pytest.mark.parametrize("page", [f"{API}/accounts/tornvik", "/accounts/tornvik"])
def test_before_the_first_fact_and_long_after_the_last_there_is_an_account(
    client: httpx.Client, page: str, day: str
) -> None:
    assert client.get(page, params={"as_of": day}).status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_command_refuses_such_a_day(diamond: Run, day: str) -> None:
    code, document = diamond("plan", "tornvik", "--as-of", day)
    assert code == 2
    assert "outside the years 1900 to 2199" in json.dumps(document)


@pytest.mark.parametrize("called", ["files", "mapping", "../../people.yaml"])
def test_a_mapping_may_have_any_name(client: httpx.Client, called: str) -> None:
    parts = [("files", ("people.csv", PEOPLE)), ("mapping", (called, b"ours: Us\n"))]
    answer = client.post(f"{API}/imports", files=parts, data={"dry_run": "true"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["dry_run"] is True


@pytest.mark.parametrize("page", [f"{API}/imports", "/imports/preview"])
@pytest.mark.parametrize(
    ("called", "charset"),
    [
        ("people+2AA-.csv", "utf-7"),
        ("people%0A.csv", "utf-8"),
        ("..", "utf-8"),
        (".bashrc", "utf-8"),
        ("~$people.csv", "utf-8"),
        ("x" * 300 + ".csv", "utf-8"),
    ],
)
def test_a_file_of_an_impossible_name_is_refused(
    client: httpx.Client, page: str, called: str, charset: str
) -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{called}"\r\n\r\n'
    answer = client.post(
        page,
        content=head.replace("%0A", "\x0b").encode() + PEOPLE + b"\r\n--b--\r\n",
        headers={"content-type": f"multipart/form-data; boundary=b; charset={charset}"},
    )
    assert answer.status_code == 422
    assert "needs a name such as people.csv" in answer.text
    assert "diamond-upload" not in answer.text
