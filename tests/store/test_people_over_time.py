"""People over time in a real store: changes of employer, what held on another day, opinions as history."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.errors import InputError, UnknownName
from graph.imports import import_files
from graph.imports.undoing import undo_import
from graph.people.movers import Mover
from graph.policy import load_policy
from graph.store import Store
from graph.store.accounts import read_account
from graph.store.movers import read_movers
from graph.store.people import assess, read_history_of
from graph.store.strengths import rewrite_strengths
from tests.unit.importing import write_files

POLICY = load_policy()
TODAY = date(2026, 1, 31)
CHANGE = date(2025, 10, 1)

MOVED = """
CREATE (us:Organisation:Supplier {id: 'us', name: 'Us'}),
       (acme:Organisation:KeyAccount {id: 'acme', name: 'Acme'}),
       (beta:Organisation:KeyAccount {id: 'beta', name: 'Beta'}),
       (s:Person {id: 's', name: 'Sam'})-[:EMPLOYED_BY]->(us),
       (m:Person {id: 'm', name: 'Max'})-[:EMPLOYED_BY]->(acme),
       (n:Person {id: 'n', name: 'Nora'})-[:EMPLOYED_BY {since: date('2025-11-01')}]->(acme),
       (a:Person {id: 'a', name: 'Ann', title: 'Head', level: 2,
                  verified_on: date('2025-12-01'), confidence: 0.9}),
       (a)-[:EMPLOYED_BY {until: date('2025-10-01')}]->(acme),
       (a)-[:EMPLOYED_BY {since: date('2025-10-01')}]->(beta),
       (a)<-[:FORMER_OF]-(:FormerValue {id: '1', attribute: 'title', value: 'Trainee',
                                        until: date('2021-01-01')}),
       (a)<-[:FORMER_OF]-(:FormerValue {id: '2', attribute: 'title', value: 'Buyer',
                                        until: date('2025-10-01')}),
       (a)<-[:FORMER_OF]-(:FormerValue {id: '3', attribute: 'level', value: 4, until: date('2025-10-01')}),
       (a)-[:REPORTED_TO {until: date('2025-10-01')}]->(m),
       (s)-[:ENGAGES {given_strength: 0.6, given_on: date('2025-09-01')}]->(a)
"""


def test_a_tie_goes_with_the_person_from_the_day_of_change(store: Store):
    store.write(MOVED)
    rewrite_strengths(store, TODAY, POLICY)
    last = date(2025, 9, 30)
    for day, where, nowhere in ((last, "acme", "beta"), (CHANGE, "beta", "acme"), (TODAY, "beta", "acme")):
        (tie,) = read_account(store, where, day, POLICY).ties
        assert (tie.ours, tie.stakeholder) == ("s", "a")
        assert tie.strength > 0.3
        assert read_account(store, nowhere, day, POLICY).ties == ()


def test_both_accounts_show_who_changed_between_them(store: Store):
    store.write(MOVED)
    rewrite_strengths(store, TODAY, POLICY)
    old, new = (read_movers(store, read_account(store, one, TODAY, POLICY)) for one in ("acme", "beta"))
    (alumna,), (newcomer,) = old.alumni, new.newcomers
    assert old.newcomers == new.alumni == ()
    assert (alumna.person, alumna.organisation, alumna.on) == ("a", "beta", CHANGE)
    assert (newcomer.person, newcomer.organisation, newcomer.on) == ("a", "acme", CHANGE)
    assert [one.person for one in alumna.known_by] == [one.person for one in newcomer.known_by] == ["s"]
    assert alumna.colleagues == newcomer.colleagues == 1, "Max was there with her, Nora came later"
    before = read_movers(store, read_account(store, "acme", date(2025, 9, 30), POLICY))
    assert before.alumni == before.newcomers == ()
    assert isinstance(alumna, Mover)


@pytest.mark.parametrize(
    ("account", "day", "title", "level", "verified_on"),
    [
        ("acme", date(2020, 6, 1), "Trainee", 4, None),
        ("acme", date(2021, 1, 1), "Buyer", 4, None),
        ("beta", CHANGE, "Head", 2, None),
        ("beta", TODAY, "Head", 2, date(2025, 12, 1)),
    ],
)
def test_what_was_said_of_a_person_held_on_its_day(
    store: Store, account: str, day: date, title: str, level: int, verified_on: date | None
):
    store.write(MOVED)
    person = read_account(store, account, day, POLICY).people["a"]
    assert (person.title, person.level, person.verified_on) == (title, level, verified_on)
    assert (person.confidence is None) == (verified_on is None)


def test_lines_and_revenue_are_those_of_the_day(store: Store):
    store.write(MOVED)
    store.write(
        "MATCH (us {id: 'us'}), (acme {id: 'acme'}), (n {id: 'n'}), (m {id: 'm'}) "
        "CREATE (us)-[:SUPPLIES {revenue: 5.0, since: date('2025-06-01')}]->(acme), "
        "(n)-[:REPORTS_TO {since: date('2025-12-01')}]->(m)"
    )

    def lines(day: date) -> list[tuple[str, str]]:
        return [(one.person, one.manager) for one in read_account(store, "acme", day, POLICY).reports_to]

    assert lines(date(2025, 9, 30)) == [("a", "m")]
    assert lines(date(2025, 11, 30)) == []
    assert lines(TODAY) == [("n", "m")]
    assert read_account(store, "acme", date(2025, 5, 31), POLICY).revenue is None
    assert read_account(store, "acme", TODAY, POLICY).revenue == 5.0


def test_whoever_changes_sides_counts_on_the_side_of_the_day(store: Store):
    store.write(MOVED)
    store.write(
        "MATCH (us {id: 'us'}), (beta {id: 'beta'}), (s {id: 's'}), (m {id: 'm'}) "
        "CREATE (o:Person {id: 'o', name: 'Olga'})-[:EMPLOYED_BY {until: date('2025-10-01')}]->(us), "
        "(o)-[:EMPLOYED_BY {since: date('2025-10-01')}]->(beta), "
        "(t:Touchpoint {id: 't', kind: 'meeting', on: date('2025-09-01')}), (o)-[:ATTENDED]->(t), "
        "(m)-[:ATTENDED]->(t), (s)-[:ATTENDED]->(t), "
        "(u:Touchpoint {id: 'u', kind: 'meeting', on: date('2026-01-01')}), (o)-[:ATTENDED]->(u), "
        "(s)-[:ATTENDED]->(u)"
    )
    rewrite_strengths(store, TODAY, POLICY)
    (tie,) = [one for one in read_account(store, "beta", TODAY, POLICY).ties if one.stakeholder == "o"]
    assert (tie.ours, tie.touchpoints) == ("s", 1), "of the two meetings the one at which she was theirs"
    replayed = read_account(store, "acme", date(2025, 9, 15), POLICY)
    met = {(one.ours, one.stakeholder, one.touchpoints) for one in replayed.ties}
    assert met >= {("o", "m", 1), ("s", "m", 1)}


def test_opinions_are_dated_and_the_newest_counts(store: Store):
    store.write(MOVED)

    def say(on: date, **values: Any) -> tuple[str, ...]:
        return assess(store, "a", values, today=TODAY, on=on, by="me", evidence="said so")

    say(date(2025, 10, 5), role="Evaluator", influence=0.5)
    say(date(2025, 12, 5), role="decision-maker", orientation="ALLY")
    say(date(2025, 12, 5), role="user")
    history = read_history_of(store, "a", TODAY)
    assert {(one.attribute, one.value, one.on.month, one.current) for one in history.assessments} == {
        ("role", "evaluator", 10, False),
        ("influence", 0.5, 10, True),
        ("orientation", "ally", 12, True),
        ("role", "user", 12, True),
    }
    now, then = (read_account(store, "beta", day, POLICY).people["a"] for day in (TODAY, date(2025, 11, 1)))
    assert (now.role, now.orientation, now.influence, now.evidence) == ("user", "ally", 0.5, "said so")
    assert (then.role, then.orientation, then.influence) == ("evaluator", None, 0.5)
    assert len(history.assessments) == 4, "the same day's opinion of the same person was replaced"


@pytest.mark.parametrize(
    ("values", "more", "message"),
    [
        ({}, {}, "at least one of"),
        ({"role": "chief"}, {}, "none of decision_maker"),
        ({"orientation": "evaluator"}, {}, "none of ally"),
        ({"influence": 1.5}, {}, "from 0 to 1"),
        ({"proximity": -1.0}, {}, "from 0 to 5"),
        ({"role": "user"}, {"on": date(2026, 2, 1)}, "after today"),
        ({"role": "user"}, {"expires_on": TODAY}, "cannot expire"),
        ({"role": "user"}, {"confidence": 2.0}, "confidence"),
    ],
)
def test_a_wrong_opinion_is_refused_and_nothing_written(
    store: Store, values: dict[str, Any], more: dict[str, Any], message: str
):
    store.write("CREATE (:Person {id: 'a', name: 'Ann'})")
    with pytest.raises(InputError, match=message):
        assess(store, "a", values, today=TODAY, **more)
    assert not store.read("MATCH (x:Assessment) RETURN x")


def test_an_opinion_about_somebody_who_has_gone_meanwhile_is_refused(store: Store):
    for ask in (
        lambda: assess(store, "gone", {"role": "user"}, today=TODAY),
        lambda: read_history_of(store, "gone", TODAY),
    ):
        with pytest.raises(UnknownName, match="No person has the id 'gone'"):
            ask()
    assert not store.read("MATCH (x:Assessment) RETURN x")


PEOPLE = "id,name,organisation,function,title,level,verified_on,started_on,left_on"
HOUSES = {"organisations.csv": "id,name,kind\nus,Us,supplier\nacme,Acme,key_account\nbeta,Beta,key_account\n"}


def bring(store: Store, folder: Path, rows: list[str], today: date, **files: str) -> Any:
    number = len(list(folder.iterdir()))
    inside = folder / str(number)
    inside.mkdir()
    texts = HOUSES | {"people.csv": "\n".join([PEOPLE, *rows]) + "\n"}
    write_files(inside, texts | {f"{name}.csv": text for name, text in files.items()})
    return import_files(store, [inside], today=today)


def posts(store: Store, person: str = "a") -> list[tuple[str, date | None, date | None]]:
    return [(one.organisation, one.since, one.until) for one in read_history_of(store, person, TODAY).posts]


def test_another_employer_ends_the_post_and_begins_one(store: Store, tmp_path: Path):
    first, later = date(2025, 6, 1), date(2025, 12, 1)
    bring(store, tmp_path, ["a,Ann,acme,purchasing,Buyer,4,,2020-01-01,"], first)
    bring(store, tmp_path, ["a,Ann,beta,it,Head of IT,2,,,"], later)
    assert posts(store) == [("acme", date(2020, 1, 1), later), ("beta", later, None)]
    before = read_account(store, "acme", first, POLICY).people["a"]
    now = read_account(store, "beta", TODAY, POLICY).people["a"]
    assert (before.title, before.level, before.function) == ("Buyer", 4, "purchasing")
    assert (now.title, now.level, now.function) == ("Head of IT", 2, "it")
    again = bring(store, tmp_path, ["a,Ann,beta,it,Head of IT,2,,,"], TODAY)
    assert (again.created, again.updated) == ({}, {})


@pytest.mark.parametrize("row", ["a,Ann,acme,it,,,,,", "a,Ann,acme,it,,,,2025-12-01,"])
def test_whoever_comes_back_was_elsewhere_in_between(store: Store, tmp_path: Path, row: str):
    """acme from 2020, beta from March to December 2025, acme again: hand-made answers around both moves."""
    bring(store, tmp_path, ["a,Ann,acme,purchasing,,,,2020-01-01,"], date(2025, 1, 1))
    bring(store, tmp_path, ["a,Ann,beta,it,,,,2025-03-01,"], date(2025, 4, 1))
    before = posts(store)
    assert bring(store, tmp_path, [row], date(2025, 12, 1)).created["EMPLOYED_BY"] == 1
    assert posts(store) == [
        ("acme", date(2020, 1, 1), date(2025, 3, 1)),
        ("beta", date(2025, 3, 1), date(2025, 12, 1)),
        ("acme", date(2025, 12, 1), None),
    ]
    functions = [one.functions for one in read_history_of(store, "a", TODAY).posts]
    assert [[one.kind for one in held] for held in functions] == [["purchasing"], ["it"], ["it"]]
    for day, where in (
        (date(2025, 2, 28), "acme"),
        (date(2025, 3, 1), "beta"),
        (date(2025, 11, 30), "beta"),
        (date(2025, 12, 1), "acme"),
    ):
        for house in ("acme", "beta"):
            assert ("a" in read_account(store, house, day, POLICY).people) == (house == where)
    again = bring(store, tmp_path, [row], TODAY)
    assert (again.created, again.updated) == ({}, {})
    bring(store, tmp_path, ["a,Ann,beta,it,,,,,"], TODAY)
    assert [one[0] for one in posts(store)] == ["acme", "beta", "acme", "beta"]
    assert [one for one in posts(store) if one[2] is None] == [("beta", TODAY, None)]
    undo_import(store, "5", today=TODAY, policy=POLICY)
    undo_import(store, "3", today=TODAY, policy=POLICY)
    assert posts(store) == before


@pytest.mark.parametrize(
    ("row", "day"),
    [
        ("a,Ann,beta,,,,,2025-10-15,", date(2025, 10, 15)),
        ("a,Ann,beta,,,,2025-11-15,,", date(2025, 11, 15)),
        ("a,Ann,beta,,,,,,", date(2025, 12, 1)),
        # Two first days that contradict each other: until now here, and there as the row says.
        ("a,Ann,beta,,,,,2019-10-15,", date(2025, 12, 1)),
    ],
)
def test_a_post_ends_on_the_day_known_else_on_the_imports(store: Store, tmp_path: Path, row: str, day: date):
    bring(store, tmp_path, ["a,Ann,acme,it,,,,2020-01-01,"], date(2025, 6, 1))
    bring(store, tmp_path, [row], date(2025, 12, 1))
    (old, *_), (new, *_) = ([one for one in posts(store) if one[0] == name] for name in ("acme", "beta"))
    assert old == ("acme", date(2020, 1, 1), day)
    assert new[2] is None
    (function,) = store.read("MATCH ({id: 'a'})-[w:WORKS_IN]->() RETURN w.until AS until")
    assert function["until"] == day, "who left an employer has left the function there"


def test_a_row_about_a_post_of_the_past_ends_no_other(store: Store, tmp_path: Path):
    bring(store, tmp_path, ["a,Ann,beta,,,,,2025-03-01,"], date(2025, 6, 1))
    bring(store, tmp_path, ["a,Ann,acme,,,,,2019-01-01,2025-02-01"], date(2025, 12, 1))
    assert posts(store) == [
        ("acme", date(2019, 1, 1), date(2025, 2, 1)),
        ("beta", date(2025, 3, 1), None),
    ]


@pytest.mark.parametrize(("since", "end"), [("2025-09-01", date(2025, 9, 1)), ("", date(2025, 3, 1))])
def test_an_older_file_overwrites_nothing_and_tells_of_an_earlier_employer(
    store: Store, tmp_path: Path, since: str, end: date
):
    bring(store, tmp_path, [f"a,Ann,beta,it,Head,2,2025-11-01,{since},"], date(2025, 12, 1))
    report = bring(store, tmp_path, ["a,A. Lee,acme,purchasing,Buyer,4,2025-03-01,,"], TODAY)
    assert any(one.startswith("1 person is known from something newer") for one in report.warnings)
    assert posts(store) == [("acme", None, end), ("beta", end, None)]
    person = read_account(store, "beta", TODAY, POLICY).people["a"]
    assert (person.name, person.title, person.level, person.function) == ("Ann", "Head", 2, "it")
    assert "a" not in read_account(store, "acme", TODAY, POLICY).people


def test_a_new_manager_leaves_the_old_line_in_the_past(store: Store, tmp_path: Path):
    rows = ["a,Ann,acme,,,,,,", "m,Max,acme,,,,,,", "n,Nora,acme,,,,,,"]
    bring(store, tmp_path, rows, date(2025, 6, 1), reports_to="person,manager\na,m\n")
    report = bring(store, tmp_path, rows, date(2025, 12, 1), reports_to="person,manager\na,n\n")
    assert report.created == {"REPORTS_TO": 1}

    def managers(day: date) -> list[str]:
        return [one.manager for one in read_account(store, "acme", day, POLICY).reports_to]

    assert managers(date(2020, 1, 1)) == managers(date(2025, 11, 30)) == ["m"]
    assert managers(date(2025, 12, 1)) == managers(TODAY) == ["n"]
    again = bring(store, tmp_path, rows, TODAY, reports_to="person,manager\na,n\n")
    assert (again.created, again.updated) == ({}, {})
