"""The history read back from a real store, imported files and all, and what is estimated from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from api import estimates, foresight
from api.cli import run
from api.workspace import Workspace
from fixtures.samples import sample_files
from graph.history import History, Meeting, Post, Statement
from graph.imports import import_files
from graph.policy import load_policy
from graph.store import Store
from graph.store.history import read_history
from simulation.estimation import estimate

pytestmark = pytest.mark.xdist_group("history")
POLICY = load_policy()
TODAY = date(2026, 1, 31)
YEAR = 365.25
NOTED_FROM = TODAY - timedelta(days=round(4 * YEAR))

SMALL = {
    "organisations.csv": "id,name,kind\nus,Us,supplier\nacme,Acme,key_account\n"
    "shop,Shop,distributor\nrival,Rival,competitor\n",
    "people.csv": "id,name,organisation,level,started_on,left_on,placeholder\n"
    "o,Olga,us,3,2019-01-01,,\n"
    "a,Ada,acme,1,2015-03-01,2025-06-01,\n"
    "b,Bea,acme,,,,\n"
    "d,Dan,shop,4,2024-01-01,,\n"
    "r,Rob,rival,2,2020-01-01,,\n"
    "v,Vacant,acme,2,,,yes\n"
    "n,Nora,acme,2,2026-01-15,,\n",
    "touchpoints.csv": "id,on,kind,attendees,minutes\n"
    "t1,2024-05-01,meeting,o;a,45\n"
    "t2,2025-05-01,call,o;b;d,\n"
    "t3,2025-09-01,call,o;d,\n"
    "t4,2026-01-20,call,o;b,\n",
    "assessments.csv": "person,attribute,value,on,by\n"
    "b,proximity,4,2025-02-01,Olga\nb,proximity,3,2025-08-01,Olga\nb,proximity,2,2026-01-21,Olga\n"
    "d,role,user,2023-01-01,Olga\n",
}


def brought(store: Store, folder: Path, files: dict[str, str], today: date = TODAY) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    import_files(store, [folder], today=today, dates="ymd")


def test_a_history_comes_back_as_it_was_put_in(store: Store, tmp_path: Path):
    brought(store, tmp_path, SMALL)
    found = read_history(store, TODAY, POLICY)
    assert found.posts == (
        Post("a", "acme", "theirs", 1, date(2015, 3, 1), date(2025, 6, 1), date(2024, 5, 1)),
        Post("b", "acme", "theirs", None, None, None, date(2025, 2, 1)),
        Post("d", "shop", "distributor", 4, date(2024, 1, 1), None, date(2023, 1, 1)),
        Post("n", "acme", "theirs", 2, date(2026, 1, 15), None, None),
        Post("o", "us", "ours", 3, date(2019, 1, 1), None, date(2024, 5, 1)),
    )
    assert found.meetings == (
        Meeting("t1", date(2024, 5, 1), "meeting", ("o",), ("a",), 45.0),
        Meeting("t2", date(2025, 5, 1), "call", ("o",), ("b", "d")),
        Meeting("t3", date(2025, 9, 1), "call", ("o",), ("d",)),
        Meeting("t4", date(2026, 1, 20), "call", ("o",), ("b",)),
    )
    assert [(one.on, one.strength) for one in found.statements] == [
        (date(2025, 2, 1), 0.8),
        (date(2025, 8, 1), 0.6),
        (date(2026, 1, 21), 0.4),
    ]
    assert isinstance(found.statements[0], Statement)
    assert (found.as_of, found.newest) == (TODAY, date(2026, 1, 21))


def test_an_earlier_day_knows_nothing_later(store: Store, tmp_path: Path):
    brought(store, tmp_path, SMALL)
    found = read_history(store, date(2025, 7, 1), POLICY)
    assert [post.person for post in found.posts] == ["a", "b", "d", "o"]
    assert [meeting.id for meeting in found.meetings] == ["t1", "t2"]
    assert [one.on for one in found.statements] == [date(2025, 2, 1)]
    assert found.newest == date(2025, 5, 1)


def test_one_account_reads_its_own_log_and_that_of_repeated_statements(store: Store, tmp_path: Path):
    brought(store, tmp_path, SMALL)
    whole, shop = read_history(store, TODAY, POLICY), read_history(store, TODAY, POLICY, account="shop")
    assert [meeting.id for meeting in shop.meetings] == ["t2", "t3", "t4"]  # b is spoken of again and again
    assert (shop.posts, shop.statements, shop.newest) == (whole.posts, whole.statements, whole.newest)


def test_an_empty_store_has_an_empty_history(store: Store):
    assert read_history(store, TODAY, POLICY) == History(TODAY)
    assert estimate(read_history(store, TODAY, POLICY)).rows == ()


def table(header: str, rows: Iterable[Sequence[object]]) -> str:
    return "\n".join([header, *(",".join(str(cell) for cell in row) for row in rows)]) + "\n"


def generated(seed: int, yearly: float) -> tuple[dict[str, str], History]:
    """Return a team's files with four years of leavings at a known rate, and the same posts as a history."""
    rng = np.random.default_rng([seed, 61])
    posts: list[Post] = []
    groups = (("us", "ours", 30), ("acme", "theirs", 60), ("beta", "theirs", 60))
    for organisation, group, size in groups:
        while sum(post.organisation == organisation for post in posts) < size:
            since = TODAY - timedelta(days=int(rng.uniform(0.0, 10 * YEAR)))
            until = since + timedelta(days=1 + int(rng.exponential(YEAR / -np.log1p(-yearly))))
            if until > NOTED_FROM:  # who left before is in no list
                name = f"{organisation}{len(posts)}"
                ended = until if until <= TODAY else None
                posts.append(Post(name, organisation, group, 3, since, ended))  # type: ignore[arg-type]
    people = [(p.person, p.person, p.organisation, 3, p.since, p.until or "") for p in posts]
    here = [post.person for post in posts if post.group == "ours" and post.until is None]
    staying = [post.person for post in posts if post.organisation == "acme" and post.until is None]
    log = [
        (f"t{n}", TODAY - timedelta(days=4 * n), "call", f"{here[n % 2]};{staying[n % len(staying)]}")
        for n in range(180)
    ]
    files = {
        "organisations.csv": "id,name,kind\nus,Us,supplier\nacme,Acme,key_account\nbeta,Beta,key_account\n",
        "people.csv": table("id,name,organisation,level,started_on,left_on", people),
        "touchpoints.csv": table("id,on,kind,attendees", log),
    }
    return files, History(TODAY, tuple(posts))


@pytest.fixture(scope="module")
def team(opened_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Load a team's history with a turnover of 30 %."""
    opened_store.clear()
    files, _ = generated(1, 0.30)
    brought(opened_store, tmp_path_factory.mktemp("team"), files)
    yield Workspace(opened_store, POLICY, TODAY)
    opened_store.clear()


def test_the_store_changes_no_estimate(team: Workspace):
    _, plain = generated(1, 0.30)
    found = estimate(read_history(team.store, TODAY, POLICY), findings=False)
    assert found.rows == estimate(plain, findings=False).rows
    (row,) = [row for row in found.rows if row.parameter == "turnover_theirs.level3"]
    assert row.low <= 0.30 <= row.high
    assert row.low > row.default  # a default of 16 % is out of question


def test_the_verb_says_what_the_data_tell(team: Workspace):
    found = estimates.estimate(team, "acme")
    assert found.as_of == TODAY
    assert {row.parameter for row in found.body.rows} == {"turnover_theirs.level3", "turnover_ours.level3"}
    assert [one.used for one in found.body.hours] == [True, True]
    assert {curve.group for curve in found.body.curves} >= {"theirs"}
    assert {one.name for one in found.body.findings} >= {"contacts", "contacts.call", "gap"}
    assert estimates.estimate(team).body.hours == ()


def test_a_simulation_takes_them_and_says_so(team: Workspace):
    asked = {"strategies": ["do_nothing", "diamond"], "replicates": 40, "months": 24, "curve": False}
    own = foresight.simulate(team, "acme", **asked)  # type: ignore[arg-type]
    plain = foresight.simulate(team, "acme", estimated=False, **asked)  # type: ignore[arg-type]
    document = own.body.document()
    taken = {row.parameter: row for row in document["estimated"]}
    names = {"turnover_theirs.level3", "turnover_ours.level3"}
    assert {name for name in taken if not name.startswith("hours.")} == names
    assert own.body.simulation.scenario.parameters == {name: taken[name].value for name in names}
    assert sum("From your own data: " in warning for warning in document["warnings"]) == len(taken)
    assert {(one.family, one.end) for one in document["ends"]} >= {
        ("turnover_theirs", "low"),
        ("turnover_theirs", "high"),
        ("hours", "low"),
    }
    assert plain.body.document()["estimated"] == ()
    assert not any("your own data" in warning for warning in plain.body.document()["warnings"])
    access = [found.body.simulation.measures["access_end"][1].mean() for found in (own, plain)]
    assert access[0] < access[1]  # more leave, and fewer hours are spent, than the defaults say


def test_the_scenario_beats_the_data(team: Workspace, tmp_path: Path):
    file = tmp_path / "calm.yaml"
    file.write_text("parameters: {turnover_theirs: 0.05}\n", encoding="utf-8")
    found = foresight.simulate(
        team,
        "acme",
        scenario=file,
        strategies=["do_nothing", "diamond"],
        replicates=10,
        months=12,
        curve=False,
    )
    names = [row.parameter for row in found.body.document()["estimated"]]
    assert "turnover_theirs.level3" not in names
    assert "turnover_ours.level3" in names
    assert found.body.simulation.scenario.parameters["turnover_theirs"] == 0.05


def test_the_command(team: Workspace, capsys: pytest.CaptureFixture[str]):
    folder = str(team.store.target.folder)
    capsys.readouterr()
    assert run(["estimate", "acme", "--json", "--store", folder, "--as-of", TODAY.isoformat()]) == 0
    found = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert set(found) >= {"as_of", "warnings", "account", "rows", "kept", "findings", "hours", "curves"}
    assert {row["parameter"] for row in found["rows"]} == {"turnover_theirs.level3", "turnover_ours.level3"}
    assert run(["estimate", "--store", folder, "--observed-from", NOTED_FROM.isoformat()]) == 0
    shown = capsys.readouterr().out
    assert "turnover_theirs.level3" in shown
    assert "What keeps its default" in shown
    assert "half have left after" in shown
    assert run(["estimate", "--json", "--store", folder, "--observed-from", "2999-01-01"]) == 2
    assert "2999-01-01" in json.loads(capsys.readouterr().out)["detail"]


def test_the_samples_hold_nobody_who_left_and_keep_every_default(store: Store, tmp_path: Path):
    import_files(store, sample_files(tmp_path, TODAY), today=TODAY)
    work = Workspace(store, POLICY, TODAY)
    found = estimates.estimate(work, "valdara").body
    assert found.rows == ()
    assert {one.parameter for one in found.kept} == {
        "turnover_theirs",
        "turnover_ours",
        "turnover_distributor",
        "half_weak",
        "half_strong",
    }
    assert found.hours
    assert not any(one.used for one in found.hours)
