"""Commands that measure and draw: their documents, as documented."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from fixtures.samples import SAMPLES
from tests.api.conftest import Run

pytestmark = pytest.mark.xdist_group("commands")

BUYER = "va.cortelazzi"


def test_accounts(diamond: Run):
    code, found = diamond("accounts")
    assert code == 0
    assert set(found) == {"as_of", "warnings", "accounts"}
    assert found["as_of"] == date.today().isoformat()
    shapes = {one["id"]: one["shape"] for one in found["accounts"]}
    assert set(shapes) >= set(SAMPLES)
    assert (shapes["valdara"], shapes["kettenbruck"], shapes["tornvik"]) == (
        "diabolo",
        "in transition",
        "diamond",
    )
    one = next(one for one in found["accounts"] if one["id"] == "valdara")
    assert set(one) == {
        "id",
        "name",
        "kind",
        "shape",
        "diamond_index",
        "coverage",
        "connectivity",
        "connectivity_decision",
        "single_points_of_failure",
        "gaps",
        "stale",
        "assumed_share",
        "people",
    }
    assert one["kind"] == ["key_account"]
    assert {point["side"] for point in one["single_points_of_failure"]} == {"ours", "theirs"}
    assert set(one["people"]) == {"ours", "theirs"}


def test_account_by_id_and_by_name(diamond: Run):
    code, by_id = diamond("account", "valdara")
    assert code == 0
    assert by_id["summary"]["shape"] == "diabolo"
    assert diamond("account", by_id["summary"]["name"])[1] == by_id


def test_ropi(diamond: Run):
    code, found = diamond("ropi", "valdara")
    assert code == 0
    fields = {
        "person",
        "name",
        "function",
        "level",
        "role",
        "influence",
        "orientation",
        "proximity",
        "coverage",
        "threads",
        "verified_on",
        "stale",
        "confidence",
        "assumed",
    }
    assert all(fields <= set(one) for one in found["ropi"])
    buyer = next(one for one in found["ropi"] if one["person"] == BUYER)
    assert (buyer["role"], buyer["threads"], buyer["stale"]) == ("decision_maker", 1, False)


def test_gaps_worst_first_with_their_queries(diamond: Run):
    code, found = diamond("gaps", "valdara")
    assert code == 0
    severities = [one["severity"] for one in found["gaps"]]
    assert severities == sorted(severities, reverse=True)
    worst = found["gaps"][0]
    assert set(worst) == {
        "kind",
        "subject",
        "subject_name",
        "severity",
        "actual",
        "target",
        "evidence",
        "query",
        "account",
        "account_name",
        "said",
        "now",
        "wanted",
        "closer",
    }
    given = [f"--param={name}={json.dumps(value)}" for name, value in worst["query"]["params"].items()]
    code, answered = diamond("query", "--cookbook", worst["query"]["name"], *given)
    assert code == 0
    row = dict(zip(answered["columns"], answered["rows"][0], strict=True))
    assert row["subject"] == worst["subject"]
    assert row["actual"] == pytest.approx(worst["actual"], abs=1e-9)
    past = (date.today() - timedelta(days=200)).isoformat()
    assert all(one["query"] is None for one in diamond("gaps", "valdara", "--as-of", past)[1]["gaps"])


def test_without(diamond: Run):
    code, found = diamond("without", "valdara", BUYER)
    assert code == 0
    assert set(found) == {
        "as_of",
        "warnings",
        "removed",
        "relation",
        "components",
        "ties_lost",
        "coverage",
        "diamond_index",
        "connectivity",
        "functions_uncovered",
        "stakeholders_uncovered",
        "cut_persons",
        "top_brokers",
        "names",
    }
    named = {end for line in found["ties_lost"] for end in (line["a"], line["b"])}
    assert named <= {*found["names"]}
    assert (found["removed"], found["relation"], found["connectivity"]) == ([BUYER], "engages", [1, 0])
    assert found["functions_uncovered"] == ["Commercial"]
    assert all(set(line) == {"a", "b", "strength"} for line in found["ties_lost"])
    for relation in ("all", "reports_to", "influences"):
        assert diamond("without", "valdara", BUYER, "--relation", relation)[1]["relation"] == relation


def test_maps_are_written(diamond: Run, tmp_path: Path):
    for name, start in (("map.svg", b"<svg"), ("map.png", b"\x89PNG"), ("map.html", b"<")):
        out = tmp_path / name
        code, found = diamond("map", "tornvik", "--out", str(out))
        assert (code, found["file"]) == (0, str(out))
        assert out.read_bytes().lstrip().startswith(start)
    out = tmp_path / "target.svg"
    assert diamond("map", "valdara", "--out", str(out), "--state", "target", "--without", BUYER)[0] == 0
    assert diamond("map", "valdara", "--out", str(tmp_path / "map.pdf"))[0] == 2
    assert diamond("map", "valdara", "--out", str(tmp_path / "none" / "map.svg"))[0] == 2


def test_as_of_another_day(diamond: Run):
    day = (date.today() - timedelta(days=365)).isoformat()
    code, found = diamond("accounts", "--as-of", day)
    assert (code, found["as_of"]) == (0, day)


def test_what_is_null_is_told(diamond: Run):
    _, found = diamond("accounts")
    empty = [one for one in found["accounts"] if one["coverage"] is None]
    assert empty
    assert any(empty[0]["name"] in warning and "null" in warning for warning in found["warnings"])
    assert any("null" in warning for warning in diamond("account", empty[0]["id"])[1]["warnings"])
