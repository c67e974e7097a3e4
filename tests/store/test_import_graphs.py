"""Accounts out as GraphML and back in: the store they come into measures the same."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from fixtures.samples import sample_files
from graph.account import Account, Person
from graph.analysis.networks import graphml, read_graphml, to_networkx
from graph.imports import import_files
from graph.measures import measure
from graph.policy import load_policy
from graph.store import Store
from graph.store.accounts import read_portfolio
from graph.store.strengths import refresh_strengths

TODAY = date(2026, 1, 31)
POLICY = load_policy()


def told(person: Person) -> dict[str, object]:
    return {one.name: getattr(person, one.name) for one in fields(Person)}


def check_same(account: Account, again: Account) -> None:
    assert (again.id, again.name, again.kinds) == (account.id, account.name, account.kinds)
    assert list(map(told, again.theirs)) == list(map(told, account.theirs))
    assert list(map(told, again.ours)) == list(map(told, account.ours))
    ties = {(tie.ours, tie.stakeholder): tie.strength for tie in account.ties}
    assert {(t.ours, t.stakeholder): t.strength for t in again.ties} == pytest.approx(ties)
    assert (again.reports_to, again.influences) == (account.reports_to, account.influences)
    assert again.share_of_time == account.share_of_time
    assert (again.revenue, again.margin) == (account.revenue, account.margin)
    one, other = measure(account), measure(again)
    assert other.diamond_index == pytest.approx(one.diamond_index)
    assert (other.shape, other.stale) == (one.shape, one.stale)


def test_the_samples_out_and_back_in(store: Store, tmp_path: Path):
    """Also a graph that was changed in between, over what the store holds."""
    import_files(store, sample_files(tmp_path, TODAY), today=TODAY)
    refresh_strengths(store, TODAY, POLICY)
    before = read_portfolio(store, TODAY, POLICY)
    folder = tmp_path / "graphs"
    folder.mkdir()
    for account in before:
        (folder / f"{account.id}.graphml").write_bytes(graphml(to_networkx(account)))
    store.clear()
    report = import_files(store, [folder], today=TODAY, policy=POLICY)
    assert (report.findings, report.warnings) == ((), ())
    # A function that the table does not know is asked about, as in any file.
    assert {one.column for one in report.questions} == {"function"}
    again = read_portfolio(store, TODAY, POLICY)
    assert len(again) == len(before) >= 4
    for account, other in zip(before, again, strict=True):
        check_same(account, other)

    twice = import_files(store, [folder], today=TODAY, policy=POLICY)
    assert (twice.created, twice.updated) == ({}, {})

    file = folder / f"{before[0].id}.graphml"
    network = read_graphml(file.read_bytes())
    theirs = before[0].theirs[0].id
    network.add_edge(before[0].ours[0].id, theirs, "new", relation="engages", strength=0.875)
    network.add_node("new", side="theirs", name="=New", email="new@example.com", organisation=before[0].id)
    file.write_bytes(graphml(network))
    import_files(store, [file], today=TODAY, policy=POLICY)
    (changed, *_) = read_portfolio(store, TODAY, POLICY)
    assert "new" in changed.people
    assert {(t.ours, t.stakeholder): t.strength for t in changed.ties}[before[0].ours[0].id, theirs] == 0.875
