"""Questions about people who move, time and late plans, over one small graph worked out by hand.

Us (Ada, Ben, and Old who left) serve Acme and its daughter Bolt; Cask is nobody's. Pia moved from Acme to
Cask and Ben knows her; Quin joined Acme lately, from Cask, and knows nobody; Rob decides at Acme and hangs on
Ada;
Sue works at Bolt, is known to both and influences Rob; Tom once was at Acme and is nowhere now.
"""

from __future__ import annotations

from typing import Any

import pytest

from graph import cookbook
from graph.gateway import run_cookbook
from graph.policy import load_policy
from graph.store import Store
from graph.strength import decay

TODAY = "2026-01-31"
LIMITS = load_policy().limits

GRAPH = [
    """
    CREATE (us:Organisation:Supplier {id: 'us', name: 'Us'}),
           (acme:Organisation:KeyAccount {id: 'acme', name: 'Acme'}),
           (bolt:Organisation:KeyAccount {id: 'bolt', name: 'Bolt'}),
           (:Organisation:KeyAccount {id: 'cask', name: 'Cask'}),
           (acme)-[:PARENT_OF]->(bolt), (us)-[:SUPPLIES]->(acme), (us)-[:SUPPLIES]->(bolt)
    WITH us, acme, bolt
    UNWIND [['Ada', 'us', null, null], ['Ben', 'us', null, null], ['Old', 'us', null, '2026-01-10'],
            ['Pia', 'acme', '2019-01-01', '2025-06-30'], ['Pia', 'cask', '2025-07-01', null],
            ['Quin', 'cask', null, '2025-11-30'], ['Quin', 'acme', '2025-12-01', null],
            ['Rob', 'acme', '2020-01-01', null], ['Sue', 'bolt', null, null],
            ['Tom', 'acme', null, '2024-03-31']] AS row
    MATCH (o:Organisation {id: row[1]})
    MERGE (p:Person {id: toLower(row[0])}) SET p.name = row[0]
    CREATE (p)-[:EMPLOYED_BY {since: date(row[2]), until: date(row[3])}]->(o)
    """,
    """
    UNWIND [['ada', 'rob', 0.6, '2026-01-20'], ['ben', 'pia', 0.3, '2025-10-01'],
            ['ada', 'sue', 0.22, '2025-12-15'], ['ben', 'sue', 0.5, '2026-01-05'],
            ['old', 'rob', 0.9, '2025-12-01'], ['ben', 'tom', 0.1, '2024-01-01'],
            ['ben', 'rob', 0.1, null]] AS row
    MATCH (a:Person {id: row[0]}) MATCH (b:Person {id: row[1]})
    CREATE (a)-[:ENGAGES {strength: row[2], contacted_on: date(row[3])}]->(b)
    """,
    """
    UNWIND [['t1', 'review', '2025-10-01', 'ada', 'rob', null, 'rob'],
            ['t2', 'meeting', '2026-01-20', 'ada', 'rob', 30.0, 'Ada'],
            ['t3', 'call', '2026-01-05', 'ben', 'sue', null, 'sue'],
            ['t4', 'call', '2024-01-01', 'ben', 'tom', null, null],
            ['t5', 'review', '2025-12-01', 'old', 'sue', null, null]] AS row
    MATCH (a:Person {id: row[3]}) MATCH (b:Person {id: row[4]})
    CREATE (a)-[:ATTENDED]->(t:Touchpoint {id: row[0], kind: row[1], on: date(row[2])})<-[:ATTENDED]-(b)
    SET t.minutes = row[5], t.initiator = row[6]
    """,
    """
    MATCH (rob {id: 'rob'}), (sue {id: 'sue'}), (quin {id: 'quin'})
    CREATE (:Assessment {id: 'x', attribute: 'role', value: 'decision_maker', on: date('2025-01-01')})
             -[:ASSESSES]->(rob),
           (sue)-[:INFLUENCES {weight: 0.5}]->(quin), (quin)-[:INFLUENCES {weight: 0.5, sign: 1}]->(rob),
           (sue)-[:REPORTS_TO]->(rob)
    """,
    """
    UNWIND [['acme', 'ada', true, 0.5], ['bolt', 'ada', false, 0.7], ['bolt', 'ben', true, 0.4],
            ['acme', 'old', true, 1.0]] AS row
    MATCH (o:Organisation {id: row[0]}) MATCH (p:Person {id: row[1]})
    MERGE (team:AccountTeam {id: row[0] + '/team'}) SET team.name = 'Team'
    MERGE (team)-[:OF_ACCOUNT]->(o)
    CREATE (p)-[:MEMBER_OF {core: row[2], share_of_time: row[3]}]->(team)
    """,
    """
    UNWIND [['l1', 'ada', 'rob', '2026-01-15', 'proposed'], ['l2', 'ben', 'sue', '2025-12-31', 'started'],
            ['d1', 'ada', 'rob', '2026-01-01', 'done'], ['x1', 'ada', 'rob', '2026-01-01', 'dropped'],
            ['n1', 'ada', 'rob', '2026-01-31', 'proposed']] AS row
    MATCH (a:Person {id: row[1]}) MATCH (b:Person {id: row[2]})-[:EMPLOYED_BY]->(o)
    CREATE (act:Action {id: row[0], kind: 'call', due_on: date(row[3]), status: row[4]})-[:OF_ACCOUNT]->(o),
           (act)-[:OWNED_BY]->(a), (act)-[:TARGETS]->(b)
    """,
]


@pytest.fixture(scope="module")
def graph(opened_store: Store) -> Store:
    """Fill the store once: nothing here changes it."""
    opened_store.clear()
    for statement in GRAPH:
        opened_store.write(statement)
    return opened_store


def ask(store: Store, name: str, columns: str, **params: object) -> list[tuple[Any, ...]]:
    if any(parameter.name == "as_of" for parameter in cookbook.entry(name).parameters):
        params.setdefault("as_of", TODAY)
    found = run_cookbook(store, name, params)
    places = [found.columns.index(column) for column in columns.split()]
    return [tuple(row[place] for place in places) for row in found.rows]


def test_who_changed_employer(graph: Store):
    columns = "person was now left_on known_by"
    pia = ("pia", "acme", "cask", "2025-06-30", ["Ben"])
    quin = ("quin", "cask", "acme", "2025-11-30", [])
    assert ask(graph, "alumni", columns) == [quin, pia]
    assert ask(graph, "alumni", columns, since="2025-07-01") == [quin]
    assert ask(graph, "alumni", columns, account="bolt") == []
    assert ask(graph, "alumni", columns, as_of="2025-11-30") == [pia]


def test_actions_that_are_late(graph: Store):
    columns = "action ours stakeholder days status"
    late = [("l2", "ben", "sue", 31, "started"), ("l1", "ada", "rob", 16, "proposed")]
    assert ask(graph, "late_actions", columns) == late
    assert ask(graph, "late_actions", columns, account="bolt") == late[:1]
    assert ask(graph, "late_actions", columns, ours="ada") == late[1:]
    assert len(ask(graph, "late_actions", columns, as_of="2026-02-01")) == 3


def test_reviews_that_are_overdue(graph: Store):
    columns = "account last_review due_on days"
    never, acme = ("cask", None, None, None), ("acme", "2025-10-01", "2026-01-01", 30)
    assert ask(graph, "overdue_reviews", columns) == [never, acme]
    assert ask(graph, "overdue_reviews", columns, every=180) == [never]
    assert ask(graph, "overdue_reviews", columns, account="bolt", every=60) == [
        ("bolt", "2025-12-01", "2026-01-30", 1)
    ]


def test_who_knows_a_company_and_its_group(graph: Store):
    columns = "ours person organisation state strength"
    assert ask(graph, "who_knows_company", columns, company="acme") == [
        ("ada", "rob", "acme", "in post", 0.6),
        ("ben", "sue", "bolt", "in post", 0.5),
        ("ada", "sue", "bolt", "in post", 0.22),
        ("ben", "rob", "acme", "in post", 0.1),
        ("ben", "pia", "acme", "left", 0.3),
        ("ben", "tom", "acme", "left", 0.1),
    ]
    assert ask(graph, "who_knows_company", "person state", company="cask") == [("pia", "in post")]


def test_threads_that_will_fade(graph: Store):
    def later(strength: float, months: int) -> float:
        for _ in range(months):
            strength = decay(strength, LIMITS["decay_scale"], LIMITS["half_weak"], LIMITS["half_strong"])
        return strength

    columns = "ours stakeholder strength then"
    assert ask(graph, "fading_ties", columns) == [
        ("ada", "sue", 0.22, pytest.approx(later(0.22, 3), abs=1e-12)),
    ]
    assert later(0.22, 3) < 0.2 < later(0.3, 3)
    assert ask(graph, "fading_ties", "stakeholder", days=15) == []
    assert ("ben", "sue") in ask(graph, "fading_ties", "ours stakeholder", days=730, account="bolt")


def test_what_there_is_to_hand_over(graph: Store):
    columns = "stakeholder account others"
    assert ask(graph, "handover", columns, ours="ada") == [("rob", "acme", []), ("sue", "bolt", ["Ben"])]
    assert ask(graph, "handover", columns, ours="nobody") == []


def test_newcomers_whom_nobody_knows(graph: Store):
    columns = "person account since came_from"
    assert ask(graph, "newcomers", columns) == [("quin", "acme", "2025-12-01", "Cask")]
    assert ask(graph, "newcomers", columns, within=30) == []
    assert ask(graph, "newcomers", "person", within=400) == [("quin",)], "Ben knows Pia"
    assert ask(graph, "newcomers", "person", within=400, thread_min=0.5) == [("quin",), ("pia",)]


def test_where_the_time_goes(graph: Store):
    columns = "account ours touchpoints hours"
    assert ask(graph, "where_time_goes", columns, since="2025-01-01") == [
        ("acme", "ada", 2, 3.5),
        ("bolt", "old", 1, 3.0),
        ("bolt", "ben", 1, 0.5),
    ]
    assert ask(graph, "where_time_goes", columns, since="2026-01-01", account="acme") == [
        ("acme", "ada", 1, 0.5)
    ]
    assert ask(graph, "where_time_goes", columns, since="2020-01-01", ours="ben") == [
        ("acme", "ben", 1, 0.5),
        ("bolt", "ben", 1, 0.5),
    ]


def test_who_seeks_the_contact(graph: Store):
    columns = "account ours theirs share"
    assert ask(graph, "who_asks_first", columns) == [("acme", 1, 1, 0.5), ("bolt", 0, 1, 1.0)]
    assert ask(graph, "who_asks_first", columns, since="2026-01-10") == [("acme", 1, 0, 0.0)]


def test_through_whom_somebody_can_be_influenced(graph: Store):
    columns = "person steps way weight known_by strength"
    assert ask(graph, "who_influences", columns, person="rob") == [
        ("quin", 1, ["Quin", "Rob"], 0.5, None, 0.0),
        ("sue", 2, ["Sue", "Quin", "Rob"], 0.25, "Ben", 0.5),
    ]
    assert ask(graph, "who_influences", "person", person="rob", route_steps=1) == [("quin",)]
    assert ask(graph, "who_influences", "person", person="sue") == []


def test_the_team_of_an_account(graph: Store):
    columns = "account ours core share all_accounts threads"
    assert ask(graph, "account_team", columns) == [
        ("acme", "ada", True, 0.5, 1.2, 1),
        ("bolt", "ben", True, 0.4, 0.4, 1),
        ("bolt", "ada", False, 0.7, 1.2, 1),
    ]


def test_people_we_meet_without_knowing_their_part(graph: Store):
    columns = "person account touchpoints strength known_by"
    assert ask(graph, "met_but_unassessed", columns) == [
        ("sue", "bolt", 2, 0.5, ["Ben", "Ada"]),
        ("pia", "cask", 0, 0.3, ["Ben"]),
    ]
    assert ask(graph, "met_but_unassessed", "person", account="acme") == []
