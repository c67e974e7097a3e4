"""Every gap's question, asked through the gateway, returns the gap's subject and its number."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from fixtures.generator import AS_OF, generate_account
from fixtures.samples import SAMPLES, sample_files
from graph.account import Account, Person
from graph.gaps import KINDS, find_gaps
from graph.gateway import run_cookbook
from graph.imports import import_files
from graph.measures import measure
from graph.policy import Policy, load_policy
from graph.store import Store
from graph.store.accounts import read_account, read_portfolio
from graph.store.strengths import refresh_strengths
from tests.store.straight import numbered, put

TODAY = date(2026, 1, 31)
POLICY = load_policy()
DIRECT = KINDS[:10]  # the indirect business and comparisons are in test_gap_kinds
GENERATED = (2, 20, 21, 23)  # together they have every kind but no_opponent_known
OWN = replace(
    POLICY,
    limits={
        **POLICY.limits,
        "thread_min": 0.35,
        "row_uncovered": 0.3,
        "stale_after": 30,
        "level_reach": 0,
        "route_steps": 3,
        "influence_default": 0.7,
    },
    role_targets={**POLICY.role_targets, "user": 0.9},
    role_influence={**POLICY.role_influence, "user": 0.1},
    row_weights={**POLICY.row_weights, "Marketing": 0.0},
)


def rows(store: Store, name: str, params: dict[str, object], policy: Policy = POLICY) -> list[dict]:
    found = run_cookbook(store, name, params, policy=policy, today=TODAY)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def agree(store: Store, account: Account, policy: Policy = POLICY) -> Counter[str]:
    """Compare each gap with its own question, and each kind with the question about the whole account."""
    gaps = [gap for gap in find_gaps(account, measure(account), today=TODAY) if gap.kind in DIRECT]
    for gap in gaps:
        assert gap.query is not None
        (row,) = rows(store, gap.query.name, gap.query.params)
        assert row["subject"] == gap.subject
        assert row["name"] == gap.subject_name
        assert row["actual"] == pytest.approx(gap.actual, abs=1e-9)
        assert row["target"] == pytest.approx(gap.target, abs=1e-9)
    for kind in DIRECT:
        here = sorted((gap.subject, gap.actual) for gap in gaps if gap.kind == kind)
        there = sorted(
            (row["subject"], row["actual"]) for row in rows(store, kind, {"account": account.id}, policy)
        )
        assert [subject for subject, _ in here] == [subject for subject, _ in there], (account.id, kind)
        assert [number for _, number in here] == pytest.approx([number for _, number in there], abs=1e-9)
    return Counter(gap.kind for gap in gaps)


def test_over_all_samples(store: Store, tmp_path: Path):
    import_files(store, sample_files(tmp_path, TODAY), today=TODAY)
    refresh_strengths(store, TODAY, POLICY)
    portfolio = read_portfolio(store, TODAY, POLICY)
    assert set(SAMPLES) <= {account.id for account in portfolio}
    kinds = sum((agree(store, account) for account in portfolio), Counter[str]())
    assert {"coverage", "function_uncovered", "unknown_seat", "stale_score"} <= set(kinds)


def test_over_generated_accounts_also_with_a_policy_of_ones_own_and_when_people_go(store: Store):
    """In one test, since the server plans each question anew for other data."""
    accounts = [numbered(generate_account(seed, as_of=AS_OF), seed) for seed in GENERATED]
    accounts.append(only_allies(numbered(generate_account(99, as_of=AS_OF), 99)))
    for account in accounts:
        put(store.write, account)
    read = [read_account(store, account.id, TODAY, POLICY) for account in accounts]
    kinds = sum((agree(store, account) for account in read), Counter[str]())
    assert set(kinds) == set(DIRECT)

    for account in accounts[1:3]:
        agree(store, read_account(store, account.id, TODAY, OWN), OWN)

    gone, to_come = accounts[0].theirs[0].id, accounts[0].ours[0].id
    store.write("MATCH (p {id: $id})-[j:EMPLOYED_BY]->() SET j.until = date('2026-01-31')", {"id": gone})
    store.write("MATCH (p {id: $id})-[j:EMPLOYED_BY]->() SET j.since = date('2026-02-01')", {"id": to_come})
    changed = read_account(store, accounts[0].id, TODAY, POLICY)
    assert not {gone, to_come} & set(changed.people)
    agree(store, changed)


def test_an_account_of_nobody(store: Store):
    store.write(
        """
        CREATE (:Organisation:Supplier {id: 's', name: 'S'})-[:SUPPLIES]->
               (:Organisation:KeyAccount {id: 'a', name: 'A'})
        """
    )
    kinds = agree(store, read_account(store, "a", TODAY, POLICY))
    assert kinds == {"unknown_seat": 6}


def test_only_the_newest_word_of_somebody_says_when_it_is_due(store: Store):
    def ago(days: int | None) -> date | None:
        return None if days is None else TODAY - timedelta(days=days)

    people = {  # confirmed how long ago; of what was said: attribute, value, how long ago, expired since
        "superseded": (None, [("role", "user", 300, 200), ("influence", 0.5, 60, None)]),
        "confirmed": (10, [("role", "user", 300, 200)]),
        "not yet confirmed": (-10, [("role", "user", 300, 200)]),
        "first of two": (None, [("role", "user", 90, 40), ("influence", 0.5, 90, 20)]),
        "impossible": (100, [("influence", 7.0, 20, 10)]),
        "only confirmed": (200, []),
    }
    store.write(
        """
        CREATE (:Organisation:Supplier {id: 's', name: 'S'})-[:SUPPLIES]->
               (a:Organisation:KeyAccount {id: 'a', name: 'A'})
        WITH a UNWIND $people AS row
        CREATE (p:Person {id: row.id, name: row.id, verified_on: row.on})-[:EMPLOYED_BY]->(a)
        FOREACH (one IN row.said | CREATE (x:Assessment)-[:ASSESSES]->(p) SET x = one)
        """,
        {
            "people": [
                {
                    "id": name,
                    "on": ago(confirmed),
                    "said": [
                        {
                            "id": name + of,
                            "attribute": of,
                            "value": value,
                            "on": ago(on),
                            "expires_on": ago(to),
                        }
                        for of, value, on, to in said
                    ],
                }
                for name, (confirmed, said) in people.items()
            ]
        },
    )
    account = read_account(store, "a", TODAY, POLICY)
    agree(store, account)
    gaps = find_gaps(account, measure(account), today=TODAY)
    due = {gap.subject: gap.actual for gap in gaps if gap.kind == "stale_score"}
    assert due == {"not yet confirmed": 200, "first of two": 40, "only confirmed": 20}


def only_allies(account: Account) -> Account:
    def ally(person: Person) -> Person:
        return replace(person, orientation="ally")

    return replace(account, theirs=tuple(ally(person) for person in account.theirs))
