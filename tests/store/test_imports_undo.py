"""Imports are listed and undone on a real Neo4j: the store is then what it was, and nothing later is lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.samples import sample_files
from graph.errors import InputError, UnknownName
from graph.imports import import_files
from graph.imports.undo_attempt import Kept
from graph.imports.undoing import Undone, undo_import
from graph.policy import load_policy
from graph.store import Store
from graph.store.imports import read_imports
from graph.store.merges import Pair, merge_people, unmerge
from tests.property.test_import_properties import Table, forms, written
from tests.store.test_import_store import bring, everything, one
from tests.unit.importing import BASE, TODAY

TIES = {"ties.csv": "ours,stakeholder,strength\no1,t1,0.8\n"}
LOG = "id,on,kind,attendees\n"


def undo(store: Store, id_: str | None) -> Undone:
    assert id_ is not None
    return undo_import(store, id_, today=TODAY, policy=load_policy())


def test_the_only_import_is_undone_without_a_trace(store: Store, tmp_path: Path) -> None:
    sample_files(tmp_path, TODAY)
    empty = everything(store)
    report = import_files(store, [tmp_path], today=TODAY)
    undone = undo(store, report.id)
    assert everything(store) == empty
    assert (undone.deleted, undone.restored, undone.kept) == (report.created, {}, ())
    (record,) = read_imports(store)
    assert record.state == "undone" and record.undone_at is not None
    assert one(store, "MATCH (p:ImportPiece) RETURN count(p)") == 0
    again = import_files(store, [tmp_path], today=TODAY)
    assert again.created == report.created and again.id == "2"


def test_imports_are_listed_with_what_they_did(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, BASE)
    bring(store, tmp_path, BASE, dry_run=True)
    bring(store, tmp_path, BASE | {"ties.csv": "ours,stakeholder\no1,t1\no1,ghost\n"})
    second, first = read_imports(store)
    assert (first.id, first.files, first.dialects) == ("1", tuple(BASE), ("generic",))
    assert (first.on, first.state, first.unchanged, first.rows) == (TODAY, "done", 0, 5)
    assert first.created["Person"] == 3 and first.updated == {}
    assert (second.created, second.findings) == ({"ENGAGES": 1, "ImportFinding": 1}, 1)
    assert second.unchanged and second.at > first.at


# The rounds of the property: each may state the same people anew, with other values, on another day.
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rounds=st.lists(forms(), min_size=2, max_size=3),
    days=st.lists(st.integers(0, 40), min_size=3, max_size=3),
)
def test_any_imports_undone_in_reverse_leave_what_was_before(
    store: Store, tmp_path: Path, rounds: list[dict[str, Table]], days: list[int]
) -> None:
    from graph.store.strengths import rewrite_strengths

    store.clear()
    policy, last = load_policy(), TODAY + timedelta(days=50)
    states, ids = [everything(store)], []
    for tables, day in zip(rounds, sorted(days), strict=False):
        report = bring(store, tmp_path, written(tables), today=TODAY + timedelta(days=day))
        rewrite_strengths(store, last, policy)
        ids.append(report.id)
        states.append(everything(store))
    for id_ in reversed(ids):
        assert everything(store) == states.pop()
        undone = undo_import(store, str(id_), today=last, policy=policy)
        assert undone.kept == ()
    assert everything(store) == states.pop()


def test_what_was_changed_and_deleted_comes_back(store: Store, tmp_path: Path) -> None:
    people = BASE["people.csv"] + "t3,Tam,acme,,\n"
    log = {"touchpoints.csv": LOG + "m1,2026-01-20,meeting,o1;t1\n"}
    before = BASE | {"people.csv": people} | TIES | log
    bring(store, tmp_path / "a", before | {"reports_to.csv": "person,manager\nt1,t2\nt3,ghost\n"})
    full = everything(store)
    after = {
        "organisations.csv": "id,name,kind,country\nus,Us Ltd,supplier,NL\n"
        "acme,Acme,distributor;end_customer,\n",
        "people.csv": people.replace("t1,Tom,acme,purchasing,3", "t1,Thomas,us,technical,2"),
        "reports_to.csv": "person,manager\nt1,t3\nt3,t2\n",
        "ties.csv": "ours,stakeholder,strength,desired\no1,t2,0.5,4\n",
        "touchpoints.csv": LOG + "m1,2026-01-21,call,o1;t2;t3\n",
    }
    report = bring(store, tmp_path / "b", after)
    assert {"Organisation", "Person", "EMPLOYED_BY", "Touchpoint"} <= set(report.updated)
    undone = undo(store, report.id)
    assert everything(store) == full
    assert set(undone.restored) >= {"Organisation", "Person", "EMPLOYED_BY", "REPORTS_TO", "Touchpoint"}


def test_findings_that_an_import_mended_come_back(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path / "a", BASE | {"ties.csv": "ours,stakeholder\no1,ghost\n"})
    full = everything(store)
    mended = {
        "people.csv": "id,name,organisation\nghost,Gus,acme\n",
        "ties.csv": "ours,stakeholder\no1,ghost\n",
    }
    report = bring(store, tmp_path / "b", mended)
    undo(store, report.id)
    assert everything(store) == full


def test_what_a_later_import_builds_on_is_not_undone_before_it(store: Store, tmp_path: Path) -> None:
    first = bring(store, tmp_path / "a", BASE)
    second = bring(store, tmp_path / "b", TIES)
    full = everything(store)
    with pytest.raises(InputError, match=r"Import 2 of 2026-01-31 \(ties.csv\) builds on import 1.*undo 2"):
        undo(store, first.id)
    assert everything(store) == full
    undo(store, second.id)
    undo(store, first.id)
    assert one(store, "MATCH (p:Person) RETURN count(p)") == 0


@pytest.mark.parametrize(
    "later",
    [
        {"people.csv": "id,name,organisation,title\nt1,Tom,acme,CFO\n"},
        {"touchpoints.csv": LOG + "m9,2026-01-20,call,o1;t1\n"},
        {"organisations.csv": "id,name,kind\nacme,Acme Inc,distributor\n"},
        {"people.csv": "id,name,organisation\nt9,Tim,acme\n"},
        {"reports_to.csv": "person,manager\nt2,t1\n"},
    ],
    ids=["value", "attendee", "kind", "employer", "manager"],
)
def test_every_way_of_building_on_an_import_is_seen(
    store: Store, tmp_path: Path, later: dict[str, str]
) -> None:
    first = bring(store, tmp_path / "a", BASE)
    bring(store, tmp_path / "b", later)
    full = everything(store)
    with pytest.raises(InputError, match="builds on import 1"):
        undo(store, first.id)
    assert everything(store) == full


def test_logs_of_two_months_are_undone_in_any_order(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path / "a", BASE)
    before = everything(store)
    january = bring(store, tmp_path / "b", {"touchpoints.csv": LOG + "m1,2026-01-10,call,o1;t1\n"})
    february = bring(store, tmp_path / "c", {"touchpoints.csv": LOG + "m2,2026-01-20,call,o1;t1\n"})
    undo(store, january.id)
    tie = one(store, "MATCH ()-[r:ENGAGES]->() RETURN properties(r)")
    assert tie["touchpoints"] == 1 and tie["strength"] > 0
    undo(store, february.id)
    assert everything(store) == before


def test_what_somebody_changed_by_hand_stays_and_is_said(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path / "a", BASE)
    report = bring(
        store,
        tmp_path / "b",
        {
            "organisations.csv": "id,name,kind\nbeta,Beta,key_account\n",
            "people.csv": "id,name,organisation,function,level,email\nt1,Tom,acme,purchasing,2,tom@x.y\n"
            "n1,Nora,beta,it,3,\nn2,Nils,beta,it,3,\n",
            "touchpoints.csv": LOG + "m1,2026-01-20,call,o1;n2\n",
        },
    )
    store.write("MATCH (p:Person {id: 't1'}) SET p.email = 'thomas@x.y'")
    store.write(
        "MATCH (p:Person {id: 'n1'}) "
        "CREATE (:Action {id: 'x', kind: 'call', status: 'proposed'})-[:TARGETS]->(p)"
    )
    undone = undo(store, report.id)
    assert {(one.kind, one.id) for one in undone.kept} == {
        ("Person", "t1"),
        ("Person", "n1"),
        ("Organisation", "beta"),
        ("Function", "beta/it"),
    }
    assert Kept("Person", "t1", "changed since: email") in undone.kept
    assert Kept("Person", "n1", "Action 'x' refers to it") in undone.kept
    (row,) = store.read("MATCH (p:Person {id: 't1'}) RETURN p.email AS email, p.level AS level")
    assert row == {"email": "thomas@x.y", "level": 3}
    found = store.read(
        "MATCH (p:Person {id: 'n1'})-[:EMPLOYED_BY]->(o), (p)-[:WORKS_IN]->(f) RETURN o.id AS o, f.id AS f"
    )
    assert found == [{"o": "beta", "f": "beta/it"}], "who stays keeps a place"
    assert one(store, "MATCH (p:Person {id: 'n2'}) RETURN count(p)") == 0
    assert one(store, "MATCH (t:Touchpoint) RETURN count(t)") == 0


def test_later_imports_that_found_it_there_are_named(store: Store, tmp_path: Path) -> None:
    first = bring(store, tmp_path, BASE)
    bring(store, tmp_path, BASE)
    assert undo(store, first.id).later == ("2",)


def test_an_unknown_or_undone_import_is_refused(store: Store, tmp_path: Path) -> None:
    report = bring(store, tmp_path, BASE)
    with pytest.raises(UnknownName, match="no import '9'"):
        undo(store, "9")
    undo(store, report.id)
    with pytest.raises(InputError, match="undone already"):
        undo(store, report.id)


def test_a_failure_in_the_middle_of_undoing_changes_nothing(store: Store, tmp_path: Path) -> None:
    report = bring(store, tmp_path, BASE | TIES)
    full = everything(store)

    def stop(what: str, done: int, total: int) -> None:
        if what == "Person":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        undo_import(store, str(report.id), today=TODAY, policy=load_policy(), progress=stop)
    assert everything(store) == full and read_imports(store)[0].state == "done"


# -- an older import never overwrites a newer fact -----------------------------------------------------------


def test_an_older_row_about_a_person_only_fills_what_is_empty(store: Store, tmp_path: Path) -> None:
    newer = "id,name,organisation,title,verified_on\nt1,Tom New,acme,CFO,2026-01-20\n"
    older = "id,name,organisation,title,email,role,verified_on\nt1,Tom Old,us,Clerk,tom@x.y,user,2025-06-30\n"
    bring(store, tmp_path / "a", BASE | {"people.csv": newer})
    report = bring(store, tmp_path / "b", {"people.csv": older})
    (row,) = store.read(
        "MATCH (p:Person {id: 't1'})-[e:EMPLOYED_BY]->(o) WHERE e.until IS NULL "
        "RETURN p.name AS name, p.title AS title, p.email AS email, p.verified_on AS on, o.id AS employer"
    )
    assert (row["name"], row["title"], row["email"], row["employer"]) == ("Tom New", "CFO", "tom@x.y", "acme")
    assert row["on"].isoformat() == "2026-01-20"
    assert report.created == {"Assessment": 1, "EMPLOYED_BY": 1}, "older opinions and posts are history"
    assert any("t1" in warning and "newer" in warning for warning in report.warnings)
    again = bring(store, tmp_path / "b", {"people.csv": older})
    assert (again.created, again.updated) == ({}, {})


def test_an_older_tie_does_not_replace_a_newer_one(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, BASE | {"ties.csv": "ours,stakeholder,strength,last_on\no1,t1,0.8,2026-01-20\n"})
    older = {"ties.csv": "ours,stakeholder,strength,last_on,desired\no1,t1,0.2,2025-12-31,4\n"}
    report = bring(store, tmp_path, older)
    assert report.updated == {"ENGAGES": 1}
    tie = one(store, "MATCH (:Person {id: 'o1'})-[r:ENGAGES]->() RETURN properties(r)")
    assert (tie["given_strength"], tie["last_on"].isoformat(), tie["desired"]) == (0.8, "2026-01-20", 4.0)
    assert bring(store, tmp_path, older).updated == {}


def test_an_import_of_which_all_must_stay_can_be_undone_later(store: Store, tmp_path: Path) -> None:
    people = "".join(f"{id_},Anna Berg,acme,{id_}@acme.eu\n" for id_ in "abcd")
    files = {
        "organisations.csv": "id,name,kind\nus,Us,supplier\nacme,Acme,key_account\n",
        "people.csv": f"id,name,organisation,email\no1,Olga Ost,us,o@us.eu\n{people}",
        "ties.csv": "ours,stakeholder,strength\no1,a,0.5\no1,b,0.6\n",
    }
    before = everything(store)
    report = bring(store, tmp_path, files)
    made = [merge_people(store, [Pair(*pair)], today=TODAY)[0] for pair in ("ab", "ca", "dc")]
    with pytest.raises(InputError, match=f"Nothing of import {report.id} can be taken back"):
        undo(store, report.id)
    for merged in reversed(made):
        unmerge(store, merged.id, today=TODAY)
    assert undo(store, report.id).kept == ()
    assert everything(store) == before
