"""What `check` finds: faults written straight into the graph, and rows that an import kept out."""

from __future__ import annotations

from datetime import date

from graph.check import check
from graph.store import Store
from tests.store.checking import SOUND, TODAY, found, shown


def test_an_empty_store_has_no_fault(store: Store):
    assert check(store, TODAY) == ()


def test_sound_data_has_no_fault(store: Store):
    store.write(SOUND)
    assert check(store, TODAY) == ()


def test_everybody_tied_to_themselves(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (b:Person {id: 'b'}), (o:Organisation {id: 'acme'})
        CREATE (b)-[:REPORTS_TO]->(b), (b)-[:REPORTS_TO]->(b), (b)-[:ENGAGES]->(b), (o)-[:PARENT_OF]->(o)
        """
    )
    findings = check(store, TODAY)
    assert found(findings) == [("self", "acme"), ("self", "b"), ("self", "b")]
    assert "Bo reports to themselves." in {one.message for one in findings}
    shown(store, findings)


def test_dates_in_the_future(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (a:Person {id: 'a'})-[tie:ENGAGES]->(b:Person {id: 'b'}), (t:Touchpoint), (x:Assessment)
        SET tie.last_on = date('2026-02-01'), tie.given_on = date('2026-02-03'),
            a.verified_on = date('2026-02-01'), t.on = date('2026-02-01'), x.on = date('2027-01-01')
        """
    )
    findings = check(store, TODAY)
    assert found(findings) == [("future", "a"), ("future", "a→b"), ("future", "t"), ("future", "x")]
    assert findings[1].message == "The tie of Ada to Bo is dated 2026-02-03, in the future."
    assert findings[3].message == "The role of Bo is dated 2027-01-01, in the future."
    shown(store, findings)
    assert check(store, date(2027, 1, 1)) == ()


def test_an_action_that_was_done_in_the_future(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (b:Person {id: 'b'}), (a:Person {id: 'a'}), (acme:Organisation {id: 'acme'})
        CREATE (act:Action {id: 'act', kind: 'call', due_on: date('2026-03-01'), status: 'done'})
                 -[:OF_ACCOUNT]->(acme), (act)-[:OWNED_BY]->(a), (act)-[:TARGETS]->(b)
        SET act.done_on = date('2026-02-01')
        """
    )
    findings = check(store, TODAY)
    assert found(findings) == [("future", "act")]
    assert findings[0].message == "The completion of the action act is dated 2026-02-01, in the future."
    shown(store, findings)


def test_ties_to_nobody(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (a:Person {id: 'a'}), (b:Person {id: 'b'}), (us:Supplier)
        CREATE (e:Person {id: 'e', name: 'Ed'})-[:EMPLOYED_BY]->(us), (f:Person {id: 'f', name: 'Flo'}),
               (a)-[:ENGAGES]->(e), (a)-[:ENGAGES]->(f), (f)-[:ENGAGES]->(b), (b)-[:ENGAGES]->(a)
        """
    )
    findings = check(store, TODAY)
    ties = [("nobody", "a→e"), ("nobody", "a→f"), ("nobody", "b→a"), ("nobody", "f→b")]
    assert found(findings) == [("orphan", "f"), *ties]
    assert findings[0].message == "Flo is employed nowhere."
    assert "Ed is nobody of theirs" in findings[1].message
    assert "Flo is employed nowhere" in findings[2].message
    assert "Bo is nobody of ours" in findings[3].message
    shown(store, findings)


def test_accounts_without_anybody_of_ours(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (acme:Organisation {id: 'acme'})
        CREATE (:Organisation:Supplier {id: 'shell', name: 'Shell'})-[:SUPPLIES]->(acme),
               (end:Organisation:EndCustomer {id: 'end', name: 'End'}),
               (:Person {id: 'g', name: 'Gus'})-[:EMPLOYED_BY]->(end),
               (:Organisation:Distributor {id: 'idle', name: 'Idle'})
        """
    )
    findings = check(store, TODAY)
    assert found(findings) == [("account_without_ours", "acme")]
    shown(store, findings)
    store.write("MATCH (a:Person {id: 'a'})-[job:EMPLOYED_BY]->() SET job.until = date('2026-01-31')")
    findings = check(store, TODAY)
    assert found(findings) == [("account_without_ours", "acme"), ("account_without_ours", "end")]


def test_what_hangs_on_nothing(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (b:Person {id: 'b'}), (a:Person {id: 'a'}), (acme:Organisation {id: 'acme'})
        CREATE (:Assessment {id: 'x2', attribute: 'role', value: 'user', on: date('2026-01-31')}),
               (:FormerValue {id: 'v', attribute: 'title', value: 'Clerk', until: date('2026-01-01')}),
               (:Touchpoint {id: 't2', kind: 'visit', on: date('2026-01-31')}),
               (:Function {id: 'acme/it', name: 'IT', kind: 'it', organisation: 'acme'}),
               (:AccountTeam {id: 'acme/team', name: 'Team'}), (:GapReport {id: 'gone/gaps', gaps: '[]'}),
               (act:Action {id: 'act', kind: 'call', due_on: date('2026-03-01'), status: 'proposed'}),
               (act)-[:OF_ACCOUNT]->(acme), (act)-[:OWNED_BY]->(a),
               (whole:Action {id: 'whole', kind: 'call', due_on: date('2026-03-01'), status: 'proposed'}),
               (whole)-[:OF_ACCOUNT]->(acme), (whole)-[:OWNED_BY]->(a), (whole)-[:TARGETS]->(b)
        """
    )
    findings = check(store, TODAY)
    assert sorted(found(findings)) == [
        ("orphan", one) for one in ("acme/it", "acme/team", "act", "gone/gaps", "t2", "v", "x2")
    ]
    assert "The action act lacks whom it is for." in {one.message for one in findings}
    shown(store, findings)


def test_two_holders_of_one_seat(store: Store):
    """At the upper levels a title is one person's; below only an unknown holder beside a named one."""
    store.write(SOUND)
    store.write(
        """
        MATCH (o:Organisation {id: 'acme'})
        CREATE (f:Function {id: 'acme/it', name: 'IT', kind: 'it', organisation: 'acme'})-[:FUNCTION_OF]->(o)
        WITH o, f
        UNWIND [['p', 'CIO', 1, null, null], ['q', 'cio ', 1, null, null],
                ['r', 'CIO', 1, '2026-01-31', null],
                ['s', 'Head of IT', 2, null, null], ['t', 'Head of IT', 2, null, true],
                ['u', 'Admin', 4, null, null], ['v', 'Admin', 4, null, null],
                ['w', 'Tester', 4, null, null], ['x', 'Tester', 4, null, true],
                ['y', 'Founder', 1, null, null], ['z', 'Founder', 1, null, null]] AS row
        CREATE (p:Person {id: row[0], name: toUpper(row[0]), title: row[1], level: row[2]})-[:WORKS_IN]->(f),
               (p)-[:EMPLOYED_BY {until: date(row[3])}]->(o)
        SET p.placeholder = row[4]
        """
    )
    findings = check(store, TODAY)
    assert found(findings) == [("seat", "p"), ("seat", "s"), ("seat", "w")]
    assert findings[0].message == "The seat CIO of Acme has 2 holders: P, Q."
    shown(store, findings)
    assert ("seat", "p") in found(check(store, date(2026, 1, 30)))


def test_whoever_is_on_both_sides(store: Store):
    store.write(SOUND)
    store.write("MATCH (a:Person {id: 'a'}), (o:KeyAccount) CREATE (a)-[:EMPLOYED_BY]->(o)")
    findings = check(store, TODAY)
    assert found(findings) == [("both_sides", "a")]
    assert findings[0].message == "Ada is in post at Us and at Acme."
    shown(store, findings)


def test_what_stands_there_twice(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (a:Person {id: 'a'})-[:EMPLOYED_BY]->(us), (a)-[:ENGAGES]->(b:Person {id: 'b'}), (d {id: 'd'})
        CREATE (a)-[:EMPLOYED_BY]->(us), (a)-[:ENGAGES]->(b), (b)-[:REPORTS_TO]->(d)
        """
    )
    findings = check(store, TODAY)
    assert found(findings) == [("doubled", "a→b"), ("doubled", "a→us"), ("doubled", "b→d")]
    assert findings[0].message == "Ada and Bo are joined by ENGAGES 2 times."
    shown(store, findings)
    store.write("MATCH (b:Person {id: 'b'})-[:INFLUENCES]->(c) CREATE (b)-[:INFLUENCES {sign: -1}]->(c)")
    assert ("doubled", "b→c") in found(check(store, TODAY))


def test_posts_that_end_before_they_begin(store: Store):
    store.write(SOUND)
    store.write("MATCH (:Person {id: 'd'})-[post:EMPLOYED_BY]->() SET post.since = date('2021-06-01')")
    findings = check(store, TODAY)
    assert found(findings) == [("backwards", "d")]
    assert findings[0].message == "Di left Acme on 2020-01-01, before joining on 2021-06-01."
    shown(store, findings)


def test_values_that_cannot_be(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (a:Person {id: 'a'})-[tie:ENGAGES]->(b:Person {id: 'b'}), (x:Assessment), (us:Supplier),
              (acme:KeyAccount), (b)-[line:INFLUENCES]->()
        SET tie.strength = 1.2, tie.given_strength = '0.5', tie.desired = -1, b.level = 6, x.value = 'boss',
            line.sign = 3, line.weight = 2.5, a.time_capacity = 40
        CREATE (:Assessment {id: 'i', attribute: 'influence', value: 0.0 / 0.0, on: date('2026-01-01')})
                 -[:ASSESSES]->(b),
               (:Assessment {id: 'p', attribute: 'proximity', value: 5, on: date('2026-01-01')})
                 -[:ASSESSES]->(b),
               (us)-[:SUPPLIES {revenue: -1.0, margin: 0.2}]->(acme),
               (a)-[:MEMBER_OF {share_of_time: -0.1}]->(:AccountTeam {id: 'acme/team', name: 'Team'})
                 -[:OF_ACCOUNT]->(acme),
               (d1:Distributor:Organisation {id: 'd1', name: 'D'}),
               (us)-[:DISTRIBUTES_THROUGH {transparency: 30}]->(d1),
               (d1)-[:CARRIES {share_of_mind: 0.2}]->(:Brand {id: 'z', name: 'Z'})
        """
    )
    findings = check(store, TODAY)
    assert {one.kind for one in findings} == {"range"}
    assert {one.message for one in findings} == {
        "The influence of Bo is NaN; it can be 0 to 1.",
        "The level of Bo is 6; it can be 1 to 5.",
        "The revenue between Us and Acme is -1.0; it can be at least 0.",
        "The role of Bo is boss, which is none that we know.",
        "The share of time of Ada for Team is -0.1; it can be 0 to 1.",
        "The sign of the influence of Bo on Cy is 3; it can be -1 to 1.",
        "The strength of the tie of Ada to Bo is 1.2; it can be 0 to 1.",
        "The transparency between Us and D is 30; it can be 0 to 1.",
        'The stated strength of the tie of Ada to Bo is "0.5"; it can be 0 to 1.',
        "The desired strength of the tie of Ada to Bo is -1; it can be 0 to 5.",
    }
    shown(store, findings)


def test_days_that_are_no_dates(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (a:Person {id: 'a'})-[tie:ENGAGES]->(b:Person {id: 'b'}), (t:Touchpoint), (x:Assessment),
              (b)-[post:EMPLOYED_BY]->()
        SET tie.last_on = '2026-01-31', t.on = datetime('2026-01-31T10:00Z'), t.minutes = 'long',
            x.on = 'May', post.until = 'never'
        """
    )
    findings = check(store, TODAY)
    assert [(one.subject, one.message) for one in findings if one.kind == "range"] == [
        ("t", 'The minutes of the touchpoint t is "long"; it can be at least 0.'),
        ("a→b", "The tie of Ada to Bo: the day of the last contact is 2026-01-31, which is no date."),
        ("b", "Bo: the day of leaving Acme is never, which is no date."),
        ("t", "The day of the touchpoint t is 2026-01-31T10:00:00Z, which is no date."),
        ("x", "The day of the assessment x is May, which is no date."),
    ]


def test_ties_to_people_who_left(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (a:Person {id: 'a'})-[tie:ENGAGES]->(d:Person {id: 'd'}), (acme:KeyAccount), (us:Supplier)
        SET tie.strength = 0.2
        CREATE (e:Person {id: 'e', name: 'Ed'})-[:EMPLOYED_BY {until: date('2025-01-01')}]->(acme),
               (f:Person {id: 'f', name: 'Flo'})-[:EMPLOYED_BY {until: date('2025-01-01')}]->(acme),
               (g:Person {id: 'g', name: 'Gus'})-[:EMPLOYED_BY {until: date('2025-01-01')}]->(acme),
               (g)-[:EMPLOYED_BY {since: date('2025-02-01')}]->(us),
               (end:Organisation:EndCustomer {id: 'end', name: 'End'}),
               (h:Person {id: 'h', name: 'H'})-[:EMPLOYED_BY]->(end),
               (h)-[:EMPLOYED_BY {until: date('2025-01-01')}]->(acme),
               (a)-[:ENGAGES {strength: 0.1, contacted_on: date('2025-03-01')}]->(e),
               (a)-[:ENGAGES {strength: 0.1, contacted_on: date('2024-12-01')}]->(f),
               (a)-[:ENGAGES {strength: 0.9}]->(h)
        """
    )
    findings = check(store, TODAY)
    assert found(findings) == [("left", "a→d"), ("left", "a→e")]
    assert findings[0].message == "The tie of Ada leads to Di, who left Acme on 2020-01-01."
    assert findings[1].message.endswith("who left Acme on 2025-01-01, yet was met on 2025-03-01.")
    shown(store, findings)


def test_more_time_promised_than_there_is(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (a:Person {id: 'a'}), (us:Supplier)
        CREATE (b2:Person {id: 'b2', name: 'Ben'})-[:EMPLOYED_BY]->(us)
        WITH a, b2, us
        UNWIND [['x', 0.6, 0.7], ['y', 0.6, 0.3]] AS row
        CREATE (o:Organisation:KeyAccount {id: row[0], name: row[0]})<-[:SUPPLIES]-(us),
               (team:AccountTeam {id: row[0] + '/team', name: 'Team'})-[:OF_ACCOUNT]->(o),
               (a)-[:MEMBER_OF {share_of_time: row[1]}]->(team),
               (b2)-[:MEMBER_OF {share_of_time: row[2]}]->(team)
        """
    )
    findings = check(store, TODAY)
    assert found(findings) == [("over_allocated", "a")]
    assert findings[0].message == "Ada gives 120 % of the time to 2 accounts."
    shown(store, findings)


def test_rows_that_an_import_kept_out(store: Store):
    store.write(SOUND)
    store.write(
        """
        UNWIND $rows AS row
        CREATE (f:ImportFinding {id: row[0] + row[1] + coalesce(row[2], ''), subject: 's'})
        SET f.file = row[0], f.row = row[1], f.column = row[2], f.value = row[3], f.kind = row[4]
        """,
        {
            "rows": [
                ["orders.csv", 2, None, "1,2,3", "malformed"],
                ["orders.csv", 3, "volume", "-4", "malformed"],
                ["orders.csv", 4, "customer", "", "nobody"],
                ["reports_to.csv", 2, "manager", "b", "self"],
                ["reports_to.csv", 3, "manager", "c", "cycle"],
                ["reports_to.csv", 4, "manager", "b", "cycle"],
                ["ties.csv", 2, "stakeholder", "zed", "nobody"],
                ["touchpoints.csv", 9, "on", "2031-01-01", "future"],
                ["touchpoints.csv", 9, "attendees", "zed", "nobody"],
            ]
        },
    )
    findings = check(store, TODAY)
    assert found(findings) == [
        ("malformed", "orders.csv, row 2"),
        ("malformed", "orders.csv, row 3"),
        ("nobody", "orders.csv, row 4"),
        ("self", "reports_to.csv, row 2"),
        ("cycle", "reports_to.csv, row 3"),
        ("cycle", "reports_to.csv, row 4"),
        ("nobody", "ties.csv, row 2"),
        ("nobody", "touchpoints.csv, row 9"),
        ("future", "touchpoints.csv, row 9"),
    ]
    assert [one.message for one in findings[:3]] == [
        "orders.csv, row 2 has more cells than its header (1,2,3).",
        "orders.csv, row 3, column volume holds -4, which cannot be used there.",
        "orders.csv, row 4, column customer is empty, so nothing says whom or what the row is about.",
    ]
    assert findings[6].message == "ties.csv, row 2, column stakeholder names zed, which nothing describes."
    shown(store, findings)
