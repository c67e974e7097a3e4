"""The cookbook on people who move, are merged or are spoken of in words that nobody knows.

Us (Ada, Ben) serve Acme and Bolt. Mo was at Acme and is at Bolt since the new year; Rob rose at Acme, so that
two posts of his follow each other; Sue stands there twice until she is merged; Tia is new. An event that is
late is for Rob and Sue at once.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from graph import cookbook
from graph.errors import InputError
from graph.gaps import find_gaps
from graph.gateway import run_cookbook
from graph.measures import measure
from graph.policy import load_policy
from graph.store import Store
from graph.store.accounts import read_account
from graph.store.merges import Pair, merge_people
from graph.store.strengths import refresh_strengths

TODAY = date(2026, 1, 31)
POLICY = load_policy()
GRAPH = [
    """
    CREATE (us:Organisation:Supplier {id: 'us', name: 'Us'}),
           (us)-[:SUPPLIES]->(:Organisation:KeyAccount {id: 'acme', name: 'Acme'}),
           (us)-[:SUPPLIES]->(:Organisation:KeyAccount {id: 'bolt', name: 'Bolt'})
    WITH us
    UNWIND [['Ada', 'us', null, null], ['Ben', 'us', null, null],
            ['Mo', 'acme', '2020-01-01', '2026-01-01'], ['Mo', 'bolt', '2026-01-01', null],
            ['Rob', 'acme', '2019-01-01', '2025-12-01'], ['Rob', 'acme', '2025-12-01', null],
            ['Sue', 'acme', null, null], ['Sue2', 'acme', null, null],
            ['Tia', 'acme', '2025-12-15', null]] AS row
    MATCH (o:Organisation {id: row[1]})
    MERGE (p:Person {id: toLower(row[0])}) SET p.name = left(row[0], 3), p.level = 2
    CREATE (p)-[:EMPLOYED_BY {since: date(row[2]), until: date(row[3])}]->(o)
    """,
    """
    UNWIND [['ada', 'sue', 0.5], ['ada', 'sue2', 0.6], ['ben', 'mo', 0.9], ['ben', 'mo', 0.21]] AS row
    MATCH (a:Person {id: row[0]}) MATCH (b:Person {id: row[1]})
    CREATE (a)-[:ENGAGES {given_strength: row[2], given_on: date('2026-01-31'), strength: row[2],
                          strength_on: date('2026-01-31')}]->(b)
    """,
    """
    UNWIND [['t1', '2025-11-01', 'mo', ['ben', 'mo']], ['t2', '2026-01-20', 'mo', ['ben', 'mo']],
            ['t3', '2025-11-20', 'ada', ['ada', 'mo', 'rob']]] AS row
    CREATE (t:Touchpoint {id: row[0], kind: 'call', on: date(row[1]), initiator: row[2]})
    WITH t, row UNWIND row[3] AS who MATCH (p:Person {id: who}) CREATE (p)-[:ATTENDED]->(t)
    """,
    """
    UNWIND [['x1', 'mo', 'orientation', 'ally', '2025-11-02'], ['x2', 'rob', 'role', 'boss', '2026-01-01'],
            ['x3', 'rob', 'role', 'decision_maker', '2025-01-01'],
            ['x4', 'rob', 'influence', 7.0, '2026-01-01'],
            ['x5', 'sue', 'orientation', 'furious', '2026-01-01'],
            ['x6', 'sue', 'orientation', 'ally', '2025-01-01']] AS row
    MATCH (p:Person {id: row[1]})
    CREATE (:Assessment {id: row[0], attribute: row[2], value: row[3], on: date(row[4])})-[:ASSESSES]->(p)
    """,
    """
    MATCH (acme:Organisation {id: 'acme'}), (ada:Person {id: 'ada'}), (rob {id: 'rob'}), (sue {id: 'sue'})
    CREATE (event:Action {id: 'event', kind: 'event', due_on: date('2026-01-15'), status: 'planned',
                           about: 'sue'}),
           (event)-[:OF_ACCOUNT]->(acme), (event)-[:OWNED_BY]->(ada), (event)-[:TARGETS]->(rob),
           (event)-[:TARGETS]->(sue)
    """,
]


@pytest.fixture
def graph(store: Store) -> Store:
    for statement in GRAPH:
        store.write(statement)
    return store


def ask(store: Store, name: str, columns: str, **params: object) -> list[tuple[Any, ...]]:
    found = run_cookbook(store, name, params, policy=POLICY, today=TODAY)
    places = [found.columns.index(column) for column in columns.split()]
    return [tuple(row[place] for place in places) for row in found.rows]


def test_whoever_moved_counts_for_where_they_were(graph: Store):
    columns = "day what person"
    acme = [("2026-01-01", "left", "mo"), ("2025-11-20", "met", "mo"), ("2025-11-02", "assessed", "mo")]
    bolt = [("2026-01-20", "met", "mo"), ("2026-01-01", "joined", "mo")]

    def of(account: str) -> list[tuple[Any, ...]]:
        changes = ask(graph, "changes_since", columns, since="2025-11-02", account=account)
        return [one for one in changes if one[2] == "mo"]

    assert (of("acme"), of("bolt")) == (acme, bolt)
    assert ask(graph, "who_asks_first", "account ours theirs") == [("acme", 1, 1), ("bolt", 0, 1)]
    assert ask(graph, "where_time_goes", "account ours touchpoints", since="2025-01-01") == [
        ("acme", "ada", 1),
        ("acme", "ben", 1),
        ("bolt", "ben", 1),
    ]


def test_another_post_at_the_same_account_makes_nobody_new(graph: Store):
    assert ask(graph, "newcomers", "person account") == [("tia", "acme")]


def test_a_late_action_for_several_is_one(graph: Store):
    assert ask(graph, "late_actions", "action stakeholder also days") == [("event", "sue", ["Rob"], 16)]


def test_of_two_lines_of_one_tie_the_stronger_counts(graph: Store):
    assert ask(graph, "fading_ties", "ours stakeholder") == []
    assert ask(graph, "who_covers_whom", "stakeholder strength", account="bolt") == [("mo", 0.9)]


def test_what_is_merged_is_one(graph: Store):
    assert len(ask(graph, "who_covers_whom", "stakeholder", account="acme")) == 2
    assert ask(graph, "single_threaded_accounts", "person side") == [
        ("ada", "ours"),
        ("ben", "ours"),
        ("mo", "theirs"),
    ]
    merge_people(graph, [Pair("sue", "sue2")], today=TODAY)
    refresh_strengths(graph, TODAY, POLICY)
    covered = ask(graph, "who_covers_whom", "ours stakeholder strength thread", account="acme")
    assert [one for one in covered if one[3]] == [("ada", "sue", 0.5, True)]
    assert [one[0] for one in ask(graph, "handover", "stakeholder", ours="ada")] == ["sue"]
    assert ask(graph, "introduction_path", "way", person="sue") == [(["Ada", "Sue"],)]
    hanging = ask(graph, "single_threaded_accounts", "account person side")
    assert hanging[:2] == [("acme", "ada", "ours"), ("acme", "sue", "theirs")]


def test_words_and_numbers_that_cannot_be_say_nothing(graph: Store):
    """A role nobody knows and an influence of 7 leave what was said before, as in the measures."""
    assert ask(graph, "uncovered_decision_makers", "person account") == [("rob", "acme")]
    account = read_account(graph, "acme", TODAY, POLICY)
    gaps = find_gaps(account, measure(account), today=TODAY)
    assert {"coverage", "stale_score"} <= {gap.kind for gap in gaps}
    for kind in {gap.kind for gap in gaps}:
        here = sorted((gap.subject, gap.actual, gap.target) for gap in gaps if gap.kind == kind)
        there = sorted(ask(graph, kind, "subject actual target", account="acme"))
        assert [one[0] for one in here] == [one[0] for one in there], kind
        numbers = [number for one in there for number in one[1:]]
        assert [number for one in here for number in one[1:]] == pytest.approx(numbers), kind


FAULTS = (
    "MATCH (p:Person) SET p.level = 'C'",
    "MATCH (p:Person) SET p.level = '2', p.title = 7",
    "MATCH ()-[t:ENGAGES]->() SET t.strength = 'strong', t.desired = 'more'",
    "MATCH (x:Assessment) SET x.value = true",
    "MATCH (t:Touchpoint) SET t.on = '2026-01-20', t.minutes = 'long'",
    "MATCH (t:Touchpoint) SET t.on = datetime('2026-01-20T10:00:00Z')",
    "MATCH ()-[post:EMPLOYED_BY]->() SET post.since = '2020-01-01', post.until = 'never'",
    "MATCH (a:Action) SET a.due_on = '2026-01-01', a.done_on = 'soon'",
    "MATCH (n) REMOVE n.name",
)


@pytest.mark.parametrize("fault", FAULTS)
def test_every_question_answers_on_values_of_another_type(graph: Store, fault: str):
    graph.write(fault)
    needed = {"account": "acme", "company": "acme", "person": "sue", "ours": "ada", "since": "2020-01-01"}
    wrong = {}
    for entry in cookbook.entries().values():
        params = {one.name: needed[one.name] for one in entry.parameters if one.default is None}
        try:
            run_cookbook(graph, entry.name, params, policy=POLICY, today=TODAY)
        except InputError as error:
            wrong[entry.name] = error.detail
    assert wrong == {}
