"""Merging people in a real store: everything moves, both histories stay, and an undo restores exactly."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InputError, UnknownName
from graph.imports import ImportReport, import_files
from graph.people.proposals import Conflict
from graph.policy import load_policy
from graph.store import Store, Transaction
from graph.store.merges import Pair, merge_people, merged_into, read_merges, reject, unmerge
from graph.store.people import read_history_of, read_proposals, resolve_anyone
from graph.store.strengths import rewrite_strengths
from tests.unit.importing import write_files

POLICY = load_policy()
TODAY = date(2026, 1, 31)

NODES = "MATCH (n) WHERE NOT n:SchemaVersion RETURN labels(n) AS labels, properties(n) AS properties"
LINES = "MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS type, b.id AS b, properties(r) AS properties"


def dump(store: Store) -> tuple[list[str], list[str]]:
    nodes = sorted(
        repr((sorted(row["labels"]), sorted(row["properties"].items()))) for row in store.read(NODES)
    )
    lines = sorted(
        repr((row["a"], row["type"], row["b"], sorted(row["properties"].items())))
        for row in store.read(LINES)
    )
    return nodes, lines


ACME = """
CREATE (us:Organisation:Supplier {id: 'us', name: 'Us'}),
       (acme:Organisation:KeyAccount {id: 'acme', name: 'Acme'}),
       (beta:Organisation:KeyAccount {id: 'beta', name: 'Beta'}),
       (buy:Function {id: 'acme/purchasing', kind: 'purchasing', name: 'purchasing', organisation: 'acme'}),
       (it:Function {id: 'acme/it', kind: 'it', name: 'it', organisation: 'acme'}),
       (s:Person {id: 's', name: 'Sam'})-[:EMPLOYED_BY]->(us),
       (o:Person {id: 'o', name: 'Olga'})-[:EMPLOYED_BY]->(us),
       (m:Person {id: 'm', name: 'Max', level: 1})-[:EMPLOYED_BY]->(acme),
       (a:Person {id: 'a', name: 'Ann Lee', title: 'Buyer', level: 4, verified_on: date('2025-01-01')}),
       (b:Person {id: 'b', name: 'Lee, Ann', title: 'Head', email: 'ann@acme.com',
                  verified_on: date('2025-11-01')}),
       (a)-[:EMPLOYED_BY {since: date('2020-01-01')}]->(acme), (b)-[:EMPLOYED_BY]->(acme),
       (a)-[:WORKS_IN]->(it), (b)-[:WORKS_IN]->(buy),
       (a)-[:REPORTS_TO]->(m), (b)-[:REPORTS_TO]->(m), (a)-[:INFLUENCES {weight: 0.5, sign: 1}]->(b),
       (s)-[:ENGAGES {given_strength: 0.4, given_on: date('2025-12-01'), assumed: true}]->(a),
       (s)-[:ENGAGES {given_strength: 0.7, given_on: date('2025-06-01'), assumed: false, desired: 4.0,
                      last_on: date('2025-06-01')}]->(b),
       (o)-[:ENGAGES {given_strength: 0.2, given_on: date('2025-06-01'), assumed: false}]->(b),
       (x:Assessment {id: '0-x', attribute: 'role', value: 'user', on: date('2025-01-01')})-[:ASSESSES]->(a),
       (y:Assessment {id: '0-y', attribute: 'role', value: 'evaluator', on: date('2025-11-01')}),
       (y)-[:ASSESSES]->(b),
       (t:Touchpoint {id: 't', kind: 'meeting', on: date('2025-12-12')}),
       (u:Touchpoint {id: 'u', kind: 'call', on: date('2026-01-12')}),
       (s)-[:ATTENDED]->(t), (a)-[:ATTENDED]->(t), (b)-[:ATTENDED]->(t), (m)-[:ATTENDED]->(t),
       (s)-[:ATTENDED]->(u), (b)-[:ATTENDED]->(u),
       (act:Action {id: 'act', kind: 'visit', due_on: date('2026-03-01'), status: 'started'}),
       (act)-[:TARGETS]->(b), (act)-[:OWNED_BY]->(s), (act)-[:OF_ACCOUNT]->(acme),
       (team:AccountTeam {id: 'acme/team', name: 'team'})-[:OF_ACCOUNT]->(acme),
       (o)-[:MEMBER_OF {share_of_time: 0.5}]->(team)
"""


def lines_of(store: Store, person: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in store.read(LINES):
        if person in (row["a"], row["b"]):
            other = row["b"] if row["a"] == person else row["a"]
            found.setdefault(row["type"], []).append(other)
    return {kind: sorted(others) for kind, others in sorted(found.items())}


def test_everything_moves_and_the_newer_verified_wins(store: Store):
    store.write(ACME)
    rewrite_strengths(store, TODAY, POLICY)
    before = dump(store)
    (made,) = merge_people(store, [Pair("a", "b", "the same name")], today=TODAY, by="me")
    rewrite_strengths(store, TODAY, POLICY)
    assert lines_of(store, "b") == {}
    assert lines_of(store, "a") == {
        "ASSESSES": ["0-x", "0-y"],
        "ATTENDED": ["t", "u"],
        "EMPLOYED_BY": ["acme"],
        "ENGAGES": ["o", "s"],
        "REPORTS_TO": ["m"],
        "TARGETS": ["act"],
        "WORKS_IN": ["acme/purchasing"],
    }
    (person,) = store.read("MATCH (p:Person {id: 'a'}) RETURN p {.name, .title, .level, .email} AS p")
    assert person["p"] == {"name": "Lee, Ann", "title": "Head", "level": 4, "email": "ann@acme.com"}
    (tie,) = store.read(
        "MATCH ({id: 's'})-[t:ENGAGES]->({id: 'a'}) RETURN t.given_strength AS s, t.desired AS d"
    )
    assert tie == {"s": 0.7, "d": 4.0}, "a stated strength goes before an assumed one"
    (post,) = store.read("MATCH ({id: 'a'})-[e:EMPLOYED_BY]->() RETURN e.since AS since, e.until AS until")
    assert post == {"since": date(2020, 1, 1), "until": None}
    assert made.conflicts == (
        Conflict("name", "Ann Lee", "Lee, Ann"),
        Conflict("title", "Buyer", "Head"),
        Conflict("function", "acme/it", "acme/purchasing"),
    )
    assert read_merges(store) == (made,)
    assert (made.by, made.why, made.moved["ATTENDED"]) == ("me", "the same name", 2)
    (kept,) = store.read("MATCH (m:PersonMerge) RETURN m.record AS record")
    assert "evaluator" not in kept["record"], "opinions stay on their own label"
    assert resolve_anyone(store, "b") == "a"
    history = read_history_of(store, "a", TODAY)
    assert [(one.attribute, one.value, one.current) for one in history.assessments] == [
        ("role", "user", False),
        ("role", "evaluator", True),
    ]
    assert [(one.year, one.kind, one.touchpoints) for one in history.contacts] == [
        (2025, "meeting", 1),
        (2026, "call", 1),
    ]
    assert history.merges == (made,)
    assert unmerge(store, "b", today=TODAY) == made
    rewrite_strengths(store, TODAY, POLICY)
    assert dump(store) == before


def test_a_post_elsewhere_ends_when_the_newer_began(store: Store):
    store.write(ACME)
    store.write(
        "MATCH (b {id: 'b'})-[e:EMPLOYED_BY]->(), (beta {id: 'beta'}) DELETE e "
        "CREATE (b)-[:EMPLOYED_BY {since: date('2025-09-01')}]->(beta)"
    )
    (made,) = merge_people(store, [Pair("a", "b")], today=TODAY)
    posts = read_history_of(store, "a", TODAY).posts
    assert [(one.organisation, one.since, one.until) for one in posts] == [
        ("acme", date(2020, 1, 1), date(2025, 9, 1)),
        ("beta", date(2025, 9, 1), None),
    ]
    assert Conflict("organisation", "acme", "beta") in made.conflicts


def test_what_was_learnt_since_stays_with_the_person_kept(store: Store):
    store.write(ACME)
    merge_people(store, [Pair("a", "b")], today=TODAY)
    store.write(
        "MATCH (a:Person {id: 'a'}), (s {id: 's'}), (s)-[t:ENGAGES]->(a) "
        "SET a.title = 'Chief', t.desired = 5.0 "
        "CREATE (v:Touchpoint {id: 'v', kind: 'call', on: date('2026-01-20')}), (a)-[:ATTENDED]->(v), "
        "(s)-[:ATTENDED]->(v)"
    )
    unmerge(store, "b", today=TODAY)
    titles = {
        row["id"]: row["title"] for row in store.read("MATCH (p:Person) RETURN p.id AS id, p.title AS title")
    }
    assert (titles["a"], titles["b"]) == ("Chief", "Head")
    assert lines_of(store, "a")["ATTENDED"] == ["t", "v"]
    assert lines_of(store, "b")["ATTENDED"] == ["t", "u"]


def test_undone_from_the_last_and_remembered_as_two(store: Store):
    store.write(ACME)
    store.write("CREATE (:Person {id: 'c', name: 'Ann Lee'})-[:EMPLOYED_BY]->(:Organisation {id: 'x'})")
    before = dump(store)
    first, second = merge_people(store, [Pair("a", "b"), Pair("c", "b")], today=TODAY)
    assert (second.kept, second.merged) == ("c", "a"), "b is a by then"
    assert merged_into(store) == {"b": "c", "a": "c"}
    assert [one.merged for one in read_merges(store, "c")] == ["b", "a"]
    with pytest.raises(InputError, match=f"undo {second.id}"):
        unmerge(store, first.id, today=TODAY)
    with pytest.raises(UnknownName):
        unmerge(store, "nobody", today=TODAY)
    unmerge(store, second.id, today=TODAY)
    unmerge(store, first.id, today=TODAY, distinct=True)
    assert not any({one.a, one.b} == {"a", "b"} for one in read_proposals(store))
    store.write("MATCH ()-[d:DISTINCT_FROM]->() DELETE d")
    store.write("MATCH ()-[t:ENGAGES]->() SET t.strength_on = null")
    assert dump(store) == before
    assert any({one.a, one.b} == {"a", "b"} for one in read_proposals(store))


def test_a_rejected_pair_is_not_proposed_again_whatever_it_is_merged_into(store: Store):
    store.write(ACME)
    store.write("MATCH (o {id: 'acme'}) CREATE (:Person {id: 'c', name: 'Ann Lee'})-[:EMPLOYED_BY]->(o)")
    assert len(read_proposals(store)) == 3
    reject(store, "b", "a", today=TODAY)
    assert {frozenset((one.a, one.b)) for one in read_proposals(store)} == {frozenset("ac"), frozenset("bc")}
    merge_people(store, [Pair("c", "b")], today=TODAY)
    assert read_proposals(store) == (), "c is b now, and b is not a"
    for pair, error in ((("a", "a"), InputError), (("a", "nobody"), UnknownName)):
        with pytest.raises(error):
            reject(store, *pair, today=TODAY)
        with pytest.raises(error):
            merge_people(store, [Pair(*pair)], today=TODAY)


PEOPLE = "abcds"
PAIRS = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE))
LINE = st.tuples(
    st.sampled_from(["REPORTS_TO", "INFLUENCES", "ENGAGES", "DISTINCT_FROM"]), PAIRS, st.integers(1, 4)
)


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(LINE, max_size=10),
    posts=st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from("xyz"), st.booleans(), st.booleans())),
    met=st.lists(st.sets(st.sampled_from(PEOPLE), min_size=1), max_size=4),
    days=st.lists(st.one_of(st.none(), st.integers(1, 28)), min_size=5, max_size=5),
    merges=st.lists(PAIRS.filter(lambda pair: pair[0] != pair[1]), min_size=1, max_size=4),
)
def test_undoing_restores_the_store_exactly(store: Store, lines, posts, met, days, merges):
    store.clear()
    store.write(
        "UNWIND $people AS row CREATE (p:Person {id: row[0], name: row[0]}) SET p.verified_on = date(row[1])",
        {"people": [[one, day and f"2025-03-{day:02}"] for one, day in zip(PEOPLE, days, strict=True)]},
    )
    store.write("UNWIND ['x', 'y', 'z'] AS id CREATE (:Organisation:KeyAccount {id: id, name: id})")
    store.write("MATCH (z {id: 'z'}) SET z:Supplier")
    for person, where, since, until in {one[:2]: one for one in posts}.values():
        store.write(
            "MATCH (p:Person {id: $p}), (o {id: $o}) CREATE (p)-[e:EMPLOYED_BY]->(o) "
            "SET e.since = $since, e.until = $until",
            {
                "p": person,
                "o": where,
                "since": date(2024, 5, 1) if since else None,
                "until": date(2025, 5, 1) if until else None,
            },
        )
    for number, who in enumerate(met):
        store.write(
            "CREATE (t:Touchpoint {id: $id, kind: 'meeting', on: date('2025-12-01')}) WITH t "
            "UNWIND $who AS id MATCH (p:Person {id: id}) CREATE (p)-[:ATTENDED]->(t)",
            {"id": str(number), "who": sorted(who)},
        )
    for (kind, (one, other)), weight in {line[:2]: line[2] for line in lines}.items():
        store.write(
            "MATCH (a:Person {id: $a}), (b:Person {id: $b}) "
            f"CREATE (a)-[r:{kind}]->(b) SET r.weight = $w",
            {"a": one, "b": other, "w": weight},
        )
    rewrite_strengths(store, TODAY, POLICY)
    before = dump(store)
    made = merge_people(store, [Pair(*pair) for pair in merges], today=TODAY)
    rewrite_strengths(store, TODAY, POLICY)
    assert len(store.read("MATCH (p:Person) RETURN p")) == len(PEOPLE) - len(made)
    assert not store.read("MATCH (p:Person)-[r:REPORTS_TO|ENGAGES]->(p) WHERE r.weight IS NULL RETURN p")
    for one in reversed(made):
        unmerge(store, one.id, today=TODAY)
    rewrite_strengths(store, TODAY, POLICY)
    assert dump(store) == before


ONE = {
    "organisations.csv": "id,name,kind\nus,Us,supplier\nacme,Acme,key_account\n",
    "people.csv": "id,name,organisation,title,role,verified_on\ns,Sam,us,,,\na,Ann Lee,acme,Buyer,user,\n",
    "touchpoints.csv": "on,kind,attendees\n2025-12-01,call,s;a\n",
    "ties.csv": "ours,stakeholder,strength\ns,a,0.5\n",
}
OTHER = {
    "organisations.csv": ONE["organisations.csv"],
    "people.csv": (
        "id,name,organisation,title,email,role\nb,A. Lee,acme,Head,ann@acme.com,evaluator\nm,Max,acme,,,\n"
    ),
    "touchpoints.csv": "on,kind,attendees\n2025-12-05,call,s;b\n2025-12-09,meeting,s;b;m\n",
    "assessments.csv": "person,attribute,value,on\nb,orientation,ally,2025-12-01\n",
    "reports_to.csv": "person,manager\nb,m\n",
}


def bring(store: Store, folder: Path, files: dict[str, str], name: str, today: date = TODAY) -> ImportReport:
    inside = folder / name
    inside.mkdir()
    write_files(inside, files)
    return import_files(store, [inside], today=today)


def test_rows_that_name_a_merged_id_reach_the_person_kept(store: Store, tmp_path: Path):
    for number, files in enumerate((ONE, OTHER)):
        bring(store, tmp_path, files, f"first{number}")
    merge_people(store, [Pair("a", "b")], today=TODAY)
    rewrite_strengths(store, TODAY, POLICY)
    after = dump(store)
    later = date(2026, 3, 1)
    for number, files in enumerate((ONE, OTHER, ONE)):
        report = bring(store, tmp_path, files, f"again{number}", later)
        assert (report.created, report.updated, report.findings, report.duplicates) == ({}, {}, (), ())
    both = ONE | {name: OTHER[name] for name in ("assessments.csv", "reports_to.csv")}
    both["people.csv"] = (
        "id,name,organisation,title,role,email,phone\ns,Sam,us,,,,\na,Ann Lee,acme,Buyer,user,,\n"
        "m,Max,acme,,,,\nb,A. Lee,acme,Head,evaluator,ann@acme.com,123456\n"
    )
    report = bring(store, tmp_path, both, "both", later)
    assert (report.created, report.updated) == ({}, {"Person": 1}), "of the merged row only what was unknown"
    (person,) = store.read("MATCH (p:Person {id: 'a'}) RETURN p {.name, .title, .phone} AS p")
    assert person["p"] == {"name": "Ann Lee", "title": "Buyer", "phone": "123456"}
    news = OTHER | {
        "touchpoints.csv": "on,kind,attendees\n2026-02-01,visit,s;b\n",
        "people.csv": "id,name,organisation,title,verified_on\nb,Ann Lee,acme,Chief,2026-02-20\n",
        "ties.csv": "ours,stakeholder,desired\ns,b,4\n",
    }
    bring(store, tmp_path, news, "news", date(2026, 3, 2))
    assert not store.read("MATCH (p:Person {id: 'b'}) RETURN p")
    assert len(lines_of(store, "a")["ATTENDED"]) == 4
    (tie,) = store.read("MATCH ({id: 's'})-[t:ENGAGES]->({id: 'a'}) RETURN t.desired AS desired")
    assert tie["desired"] == 4.0
    assert after != dump(store)
    unmerge(store, "b", today=date(2026, 3, 2))
    assert len(lines_of(store, "b")["ATTENDED"]) == 2, "as before; what came since stays with the person kept"
    assert len(lines_of(store, "a")["ATTENDED"]) == 2


def test_a_name_that_two_had_is_unique_once_they_are_one(store: Store, tmp_path: Path):
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        "ours: Us\n"
        "files: {calls.csv: [{form: touchpoints, columns: {on: day, kind: what, attendees: who}}]}\n",
        encoding="utf-8",
    )
    twice = ONE | {"people.csv": ONE["people.csv"] + "b,Ann Lee,acme,,,\n"}
    bring(store, tmp_path, twice, "twice")
    calls = tmp_path / "calls.csv"
    calls.write_text("day,what,who\n2026-01-05,call,Sam;Ann Lee\n", encoding="utf-8")
    assert len(import_files(store, [calls], mapping=mapping, today=TODAY).findings) == 1
    merge_people(store, [Pair("b", "a")], today=TODAY)
    assert import_files(store, [calls], mapping=mapping, today=TODAY).findings == ()
    assert len(lines_of(store, "b")["ATTENDED"]) == 2


def test_who_is_merged_by_several_at_once_is_merged_once(store: Store):
    store.write(
        "CREATE (o:Organisation:KeyAccount {id: 'acme', name: 'Acme'}) WITH o "
        "UNWIND ['a', 'b', 'm', 'o'] AS id CREATE (:Person {id: id, name: id})-[:EMPLOYED_BY]->(o)"
    )
    before = dump(store)
    asked: list[Future[Any]] = []

    def while_held(transaction: Transaction) -> None:
        transaction.run("MATCH (b:Person {id: 'b'}) SET b.held = true REMOVE b.held")
        asked.extend(
            threads.submit(merge_people, store, [Pair(kept, "b")], today=TODAY) for kept in ("a", "m", "o")
        )
        wait(asked, timeout=1.0)  # whoever reads before it is their turn has read by then

    with ThreadPoolExecutor() as threads:
        store.transact(while_held)
    refused = [str(one.exception()) for one in asked if one.exception() is not None]
    assert refused == ["No person has the id 'b'."] * 2
    (made,) = read_merges(store)
    unmerge(store, made.id, today=TODAY)
    assert dump(store) == before


def test_rows_read_before_a_merge_reach_the_person_kept(store: Store, tmp_path: Path):
    bring(store, tmp_path, ONE, "one")
    bring(store, tmp_path, OTHER, "other")
    row = write_files(tmp_path / "row", {"touchpoints.csv": "on,kind,attendees\n2026-01-05,call,s;b\n"})
    merges = [Pair("a", "b")]

    def merge_meanwhile(what: str, done: int, total: int) -> None:
        if merges and (what, done) == ("reading the files", 1):
            merge_people(store, [merges.pop()], today=TODAY)

    import_files(store, [row], today=TODAY, progress=merge_meanwhile)
    met = "MATCH (p:Person)-[:ATTENDED]->(:Touchpoint {on: date('2026-01-05')}) RETURN p.id AS id ORDER BY id"
    assert [row["id"] for row in store.read(met)] == ["a", "s"]
