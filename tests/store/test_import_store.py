"""Imports into a real Neo4j: one transaction, twice the same, previews, findings until they are mended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from fixtures.samples import sample_files
from graph.errors import InputError
from graph.imports import ImportReport, import_files
from graph.measures import measure
from graph.policy import load_policy
from graph.removal import without
from graph.schema import load_schema
from graph.store import Store
from graph.store.accounts import read_account, read_portfolio
from tests.property.test_import_properties import Table, forms, written
from tests.unit.importing import BASE, TODAY, write_files

DATA = Path(__file__).parents[1] / "data"
TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "date": (date,),
    "datetime": (datetime,),
    "text or number": (str, int, float),
}


def bring(store: Store, folder: Path, files: Mapping[str, str], **more: Any) -> ImportReport:
    write_files(folder, files)
    return import_files(store, [folder], **({"today": TODAY} | more))


def everything(store: Store) -> tuple[list[Any], list[Any]]:
    """Return all nodes and relationships but the store's own records, comparable."""
    nodes = store.read(
        "MATCH (n) WHERE NOT n:Import AND NOT n:ImportPiece AND NOT n:SchemaVersion "
        "RETURN labels(n) AS labels, properties(n) AS properties"
    )
    lines = store.read(
        "MATCH (a)-[r]->(b) RETURN type(r) AS type, a.id AS a, b.id AS b, properties(r) AS properties"
    )
    return (
        sorted(repr((sorted(row["labels"]), sorted(row["properties"].items()))) for row in nodes),
        sorted(repr((row["type"], row["a"], row["b"], sorted(row["properties"].items()))) for row in lines),
    )


def one(store: Store, cypher: str, **params: Any) -> Any:
    (row,) = store.read(cypher, params)
    (value,) = row.values()
    return value


def test_the_samples_preview_import_and_import_again(store: Store, tmp_path: Path) -> None:
    sample_files(tmp_path, TODAY)
    empty = everything(store)
    preview = import_files(store, [tmp_path], today=TODAY, dry_run=True)
    assert everything(store) == empty, "a preview writes nothing"
    first = import_files(store, [tmp_path], today=TODAY)
    assert preview.dry_run and not first.dry_run
    assert (preview.created, preview.updated, preview.unchanged) == (first.created, first.updated, 0)
    assert (preview.questions, preview.findings, preview.files) == (
        first.questions,
        first.findings,
        first.files,
    )
    for label in ("Person", "Organisation", "Touchpoint", "Assessment", "Function", "Brand", "AccountTeam"):
        assert one(store, f"MATCH (n:{label}) RETURN count(n)") == first.created[label]
    for kind in ("ENGAGES", "REPORTS_TO", "SELLS_TO", "EMPLOYED_BY"):
        assert one(store, f"MATCH ()-[r:{kind}]->() RETURN count(r)") == first.created[kind]
    full = everything(store)
    for again in (TODAY, TODAY + timedelta(days=1)):
        second = import_files(store, [tmp_path], today=again)
        assert (second.created, second.updated) == ({}, {})
        assert second.unchanged == sum(first.created.values())
        assert everything(store) == full, "the same files twice change nothing"


def test_what_is_written_is_in_the_schema(store: Store, tmp_path: Path) -> None:
    sample_files(tmp_path, TODAY)
    (tmp_path / "ties.csv").write_text("ours,stakeholder\nnobody,nobody\n", encoding="utf-8")
    import_files(store, [tmp_path], today=TODAY)
    schema = load_schema()
    for row in store.read("MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties"):
        (label,) = (name for name in row["labels"] if schema.entities[name].kind == "node")
        assert all(schema.entities[name].base in ("", label) for name in row["labels"])
        fits(label, row["properties"])
    lines = store.read(
        "MATCH (a)-[r]->(b) "
        "RETURN type(r) AS type, labels(a) AS a, labels(b) AS b, properties(r) AS properties"
    )
    for row in lines:
        entity = schema.entities[row["type"]]
        assert any(name in row["a"] for name in entity.source.split(" or "))
        assert any(name in row["b"] for name in entity.target.split(" or "))
        fits(row["type"], row["properties"])


def fits(owner: str, properties: Mapping[str, Any]) -> None:
    known = load_schema().entities[owner].properties
    for name, value in properties.items():
        rule = known[name]
        assert isinstance(value, TYPES[rule.type]), (owner, name, value)
        assert rule.minimum is None or value >= rule.minimum
        assert rule.maximum is None or value <= rule.maximum
        assert not rule.values or str(value) in rule.values
    assert all(rule.name in properties for rule in known.values() if rule.required), (owner, properties)


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(tables=forms())
def test_any_form_is_previewed_exactly_and_changes_nothing_twice(
    store: Store, tmp_path: Path, tables: dict[str, Table]
) -> None:
    store.clear()
    preview = bring(store, tmp_path, written(tables), dry_run=True)
    first = bring(store, tmp_path, written(tables))
    assert (preview.created, preview.updated, preview.unchanged) == (
        first.created,
        first.updated,
        first.unchanged,
    )
    full = everything(store)
    again = bring(store, tmp_path, written(tables))
    assert (again.created, again.updated) == ({}, {}) and everything(store) == full
    assert again.findings == first.findings and again.questions == first.questions


def test_a_refused_import_leaves_the_store_as_it_was(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, BASE)
    before = everything(store)
    with pytest.raises(InputError):
        bring(
            store,
            tmp_path,
            {
                "people.csv": BASE["people.csv"] + "x,X,acme,it,3\n",
                "ties.csv": "ours,stakeholder,strength\no1,t1,9\n",
            },
        )
    assert everything(store) == before


def test_a_failure_in_the_middle_leaves_the_store_as_it_was(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, BASE)
    before = everything(store)

    def stop(what: str, done: int, total: int) -> None:
        if what == "ENGAGES":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(
            store,
            tmp_path,
            {"ties.csv": "ours,stakeholder\no1,t1\n", "people.csv": BASE["people.csv"] + "n,N,acme,,\n"},
            progress=stop,
        )
    assert everything(store) == before


def test_only_what_differs_is_updated_and_an_empty_cell_says_nothing(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, BASE)
    people = (
        "id,name,organisation,function,level,email\nt1,Tom,acme,purchasing,,tom@x.y\nt2,Tia,acme,finance,2,\n"
    )
    report = bring(store, tmp_path, {"people.csv": people})
    assert (report.created, report.updated) == ({}, {"Person": 1})
    (row,) = store.read("MATCH (p:Person {id: 't1'}) RETURN p.level AS level, p.email AS email")
    assert row == {"level": 3, "email": "tom@x.y"}


def test_somebody_who_moves_keeps_the_past(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, BASE)
    later = TODAY + timedelta(days=100)
    moved = {
        "organisations.csv": BASE["organisations.csv"] + "beta,Beta,key_account\n",
        "people.csv": BASE["people.csv"].replace("t1,Tom,acme,purchasing", "t1,Tom,beta,technical"),
    }
    report = bring(store, tmp_path, moved, today=later)
    assert report.created == {"Organisation": 1, "Function": 1, "EMPLOYED_BY": 1, "WORKS_IN": 1}
    assert report.updated == {"EMPLOYED_BY": 1, "WORKS_IN": 1}
    policy = load_policy()
    assert "t1" not in read_account(store, "acme", later, policy).people
    assert read_account(store, "acme", TODAY, policy).people["t1"].function == "purchasing"
    assert read_account(store, "beta", later, policy).people["t1"].function == "technical"
    assert bring(store, tmp_path, moved, today=later + timedelta(days=9)).updated == {}


def role(store: Store, day: date) -> str | None:
    return read_account(store, "acme", day, load_policy()).people["t1"].role


def test_a_role_in_a_row_is_dated_by_the_import_and_the_newest_counts(store: Store, tmp_path: Path) -> None:
    def say(word: str, day: date) -> ImportReport:
        return bring(
            store, tmp_path, {"people.csv": f"id,name,organisation,role\nt1,Tom,acme,{word}\n"}, today=day
        )

    days = [TODAY + timedelta(days=n) for n in range(4)]
    bring(store, tmp_path, BASE)
    assert say("user", days[0]).created == {"Assessment": 1}
    assert say("decision maker", days[0]).updated == {"Assessment": 1}, "a correction of the same day"
    assert role(store, days[0]) == "decision_maker"
    assert say("decision maker", days[1]).created == {}
    assert say("user", days[2]).created == {"Assessment": 1}
    assert say("decision maker", days[3]).created == {"Assessment": 1}, "back to what it was"
    assert [role(store, day) for day in days] == [
        "decision_maker",
        "decision_maker",
        "user",
        "decision_maker",
    ]


def test_findings_are_kept_until_a_later_import_mends_them(store: Store, tmp_path: Path) -> None:
    files = BASE | {
        "ties.csv": "ours,stakeholder\no1,t1\no1,ghost\n",
        "reports_to.csv": "person,manager\nt1,t2\nt2,t1\n",
    }
    report = bring(store, tmp_path / "a", files)
    assert report.created["ImportFinding"] == 3 and "REPORTS_TO" not in report.created
    rows = store.read(
        "MATCH (f:ImportFinding) RETURN f.file AS file, f.row AS row, f.column AS column, f.value AS value, "
        "f.kind AS kind ORDER BY file, row"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("reports_to.csv", 2, "manager", "t2", "cycle"),
        ("reports_to.csv", 3, "manager", "t1", "cycle"),
        ("ties.csv", 3, "stakeholder", "ghost", "nobody"),
    ]
    # The row comes in, from wherever: its finding goes.
    mended = {
        "people.csv": "id,name,organisation\nghost,Gus,acme\n",
        "ties.csv": "ours,stakeholder\no1,ghost\n",
    }
    assert bring(store, tmp_path / "b", mended).updated["ImportFinding"] == 1
    # The file is mended: the findings of that very file go.
    report = bring(store, tmp_path / "a", files | {"reports_to.csv": "person,manager\nt1,t2\n"})
    assert report.created == {"REPORTS_TO": 1} and report.updated == {"ImportFinding": 2}
    assert one(store, "MATCH (f:ImportFinding) RETURN count(f)") == 0


def test_a_file_states_all_managers_of_those_it_names(store: Store, tmp_path: Path) -> None:
    people = {"people.csv": BASE["people.csv"] + "t3,Tam,acme,,\n"}
    bring(store, tmp_path, BASE | people | {"reports_to.csv": "person,manager\nt1,t2\nt3,t2\n"})
    report = bring(store, tmp_path, {"reports_to.csv": "person,manager\nt1,t3\n"})
    assert (report.created, report.updated) == ({"REPORTS_TO": 1}, {"REPORTS_TO": 1})
    found = store.read("MATCH (a)-[:REPORTS_TO]->(b) RETURN a.id AS a, b.id AS b ORDER BY a")
    assert [(row["a"], row["b"]) for row in found] == [("t1", "t3"), ("t3", "t2")]


def test_a_tie_keeps_the_day_of_its_strength_and_no_guess_replaces_it(store: Store, tmp_path: Path) -> None:
    ties = "MATCH (:Person {id: 'o1'})-[r:ENGAGES]->(:Person {id: 't1'}) RETURN properties(r)"
    bring(store, tmp_path, BASE | {"ties.csv": "ours,stakeholder,strength\no1,t1,0.8\n"})
    later = TODAY + timedelta(days=40)
    report = bring(
        store, tmp_path, {"ties.csv": "ours,stakeholder,strength,desired\no1,t1,,4\n"}, today=later
    )
    assert report.updated == {"ENGAGES": 1}
    tie = one(store, ties)
    assert (tie["given_strength"], tie["given_on"], tie["assumed"], tie["desired"]) == (
        0.8,
        TODAY,
        False,
        4.0,
    )
    assert tie["strength_on"] == later and 0 < tie["strength"] < 0.8
    bring(store, tmp_path, {"ties.csv": "ours,stakeholder,strength\no1,t1,0.6\n"}, today=later)
    assert one(store, ties)["given_on"] == later


def test_touchpoints_bring_ties_that_start_at_nothing(store: Store, tmp_path: Path) -> None:
    touchpoints = "id,on,kind,attendees\nm1,2026-01-20,meeting,o1;t1\n"
    report = bring(store, tmp_path, BASE | {"touchpoints.csv": touchpoints})
    assert report.created["ENGAGES"] == 1
    account = read_account(store, "acme", TODAY, load_policy())
    (tie,) = account.ties
    assert 0 < tie.strength < 0.2 and tie.touchpoints == 1 and not tie.assumed
    # An assumed tie gives way to the touchpoint, a stated one does not.
    bring(store, tmp_path, {"ties.csv": "ours,stakeholder\no1,t1\n"})
    assert read_account(store, "acme", TODAY, load_policy()).ties[0].strength == pytest.approx(tie.strength)
    changed = touchpoints.replace("o1;t1", "o1;t2")
    report = bring(store, tmp_path, {"touchpoints.csv": changed})
    assert report.updated == {"Touchpoint": 1} and report.created == {"ENGAGES": 1}
    found = store.read("MATCH (p)-[:ATTENDED]->(:Touchpoint) RETURN p.id AS id ORDER BY id")
    assert [row["id"] for row in found] == ["o1", "t2"]


def test_kinds_of_an_organisation_follow_the_file(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, BASE)
    changed = {
        "organisations.csv": BASE["organisations.csv"].replace("key_account", "distributor;end_customer")
    }
    assert bring(store, tmp_path, changed).updated == {"Organisation": 1}
    labels = one(store, "MATCH (o:Organisation {id: 'acme'}) RETURN labels(o)")
    assert sorted(labels) == ["Distributor", "EndCustomer", "Organisation"]
    blank = {"organisations.csv": "id,name\nacme,Acme Inc\n"}
    assert bring(store, tmp_path / "b", blank).updated == {}


def test_atomic_crm_shows_one_thread_at_most_and_no_diamond(store: Store) -> None:
    folder, day = DATA / "atomic_crm", date(2024, 8, 20)
    report = import_files(store, [folder], mapping=folder / "mapping.yaml", today=day)
    assert len(report.questions) == 500 and report.created["Person"] == 501
    accounts = read_portfolio(store, day, load_policy())
    assert len(accounts) == 55
    measured = [measure(account) for account in accounts]
    assert max(one.connectivity for one in measured) == 1
    assert {one.shape for one in measured} <= {"none", "diabolo"}
    assert all(person.role is None for account in accounts for person in account.theirs)


def test_a_reporting_tree_falls_apart_into_its_departments(store: Store) -> None:
    folder = DATA / "reporting_tree"
    import_files(store, [folder], mapping=folder / "mapping.yaml", today=TODAY)
    (account,) = read_portfolio(store, TODAY, load_policy())
    assert measure(account).connectivity == 0 and measure(account).shape == "none"
    assert without(account, ["5"], "reports_to").components == (
        ("1", "2"),
        ("3", "4"),
        ("6", "7"),
        ("8", "9"),
    )


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"dialect": "mail"}, "no file is an export of mail"),
        ({"dialect": "sap"}, "auto, generic"),
        ({"dates": "dym"}, "ymd, dmy, mdy"),
    ],
)
def test_what_is_not_there_yet_says_so(
    store: Store, tmp_path: Path, more: dict[str, str], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        bring(store, tmp_path, BASE, **more)
    assert store.is_empty()
