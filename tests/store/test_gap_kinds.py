"""Gaps of the indirect business and of the comparison with similar accounts: their questions agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from fixtures.generator import generate_ecosystem, write_accounts
from fixtures.samples import sample_files
from graph.account import Account
from graph.gap_similar import peer_of, similar_to
from graph.gaps import find_gaps
from graph.gateway import run_cookbook
from graph.imports import import_files
from graph.measures import measure
from graph.policy import Policy, load_policy
from graph.store import Store
from graph.store.accounts import read_account, read_portfolio
from graph.store.gap_peers import read_peers
from graph.store.strengths import refresh_strengths

TODAY = date(2026, 1, 31)
POLICY = load_policy()
# Loose limits, so that a small market has every kind.
LOOSE = replace(
    POLICY,
    limits={**POLICY.limits, "similar_from": 2, "similar_share": 0.4, "row_uncovered": 0.2},
    selling_functions={"commercial": 0.6, "technical": 0.4, "marketing": 0.3, "service": 0.2, "it": 0.0},
)
INDIRECT = ("distributor_function", "hidden_end_customer", "channel_overlap", "unusual_function")


def answers(store: Store, account: str, policy: Policy) -> dict[str, dict[str, float]]:
    found = {}
    for kind in INDIRECT:
        given = {"account": account}
        result = run_cookbook(store, kind, given, policy=policy, today=TODAY)
        subject, actual = result.columns.index("subject"), result.columns.index("actual")
        found[kind] = {row[subject]: row[actual] for row in result.rows}
    return found


def agree(store: Store, accounts: Sequence[Account], policy: Policy) -> set[str]:
    """Compare each gap with its own question, and each kind with the question about the whole account."""
    kinds = set()
    for account in accounts:
        peers = read_peers(store, account, policy, TODAY)
        gaps = find_gaps(account, measure(account), today=TODAY, others=peers)
        here: dict[str, dict[str, float]] = {kind: {} for kind in INDIRECT}
        for gap in gaps:
            if gap.kind not in INDIRECT:
                continue
            kinds.add(gap.kind)
            here[gap.kind][gap.subject] = gap.actual
            assert gap.query is not None
            result = run_cookbook(store, gap.query.name, gap.query.params, policy=policy, today=TODAY)
            (row,) = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
            assert (row["subject"], row["target"]) == (gap.subject, pytest.approx(gap.target))
            assert 0.0 <= gap.severity <= 1.0
            if gap.kind == "unusual_function":
                fact = gap.evidence[0]
                assert (row["accounts"], row["having"]) == (fact["accounts"], fact["having"])
        there = answers(store, account.id, policy)
        for kind in INDIRECT:
            assert here[kind] == pytest.approx(there[kind]), (account.id, kind)
    return kinds


def test_over_a_generated_market(store: Store, tmp_path: Path):
    accounts = generate_ecosystem(
        1, accounts=2, distributors=3, end_customers=4, ours=4, theirs=7, as_of=TODAY
    )
    import_files(store, write_accounts(tmp_path, accounts), today=TODAY)
    refresh_strengths(store, TODAY, LOOSE)
    store.write(
        "MATCH (o:Organisation) "
        "SET o.category_volume = CASE WHEN o.id ENDS WITH '2' THEN 9000.0 ELSE 1.0 END, "
        "o.industry = CASE WHEN o.id ENDS WITH '1' THEN 'Wind-Power' ELSE 'wind power' END"
    )
    assert agree(store, read_portfolio(store, TODAY, LOOSE), LOOSE) == set(INDIRECT)


def test_over_the_samples(store: Store, tmp_path: Path):
    import_files(store, sample_files(tmp_path, TODAY), today=TODAY)
    refresh_strengths(store, TODAY, POLICY)
    found = agree(store, [read_account(store, "verdelan", TODAY, POLICY)], POLICY)
    assert found == {"hidden_end_customer", "channel_overlap"}


def test_peers_are_the_accounts_themselves_on_any_day(store: Store, tmp_path: Path):
    import_files(store, sample_files(tmp_path, TODAY), today=TODAY)
    refresh_strengths(store, TODAY, POLICY)
    for day in (TODAY, TODAY - timedelta(days=100)):
        account = read_account(store, "valdara", day, POLICY)
        others = {one.id: one for one in map(peer_of, read_portfolio(store, day, POLICY))}
        for found in read_peers(store, account, POLICY, TODAY):
            other = others[found.id]
            assert (found.name, found.kinds, found.industry) == (other.name, other.kinds, other.industry)
            assert (found.category_volume, found.revenue) == (other.category_volume, other.revenue)
            assert found.threads == other.threads
            assert {name: one.threads for name, one in found.functions.items()} == {
                name: one.threads for name, one in other.functions.items()
            }
            for name, one in found.functions.items():
                assert one.share == pytest.approx(other.functions[name].share)
        assert similar_to(account, tuple(others.values())) == ((), "")  # four accounts are too few
