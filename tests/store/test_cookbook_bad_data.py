"""The cookbook on data that stands there twice: no question counts anything more than once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from fixtures.samples import sample_files
from graph import cookbook
from graph.gateway import run_cookbook
from graph.imports import import_files
from graph.measures import measure
from graph.policy import load_policy
from graph.store import Store
from graph.store.accounts import read_portfolio
from graph.store.strengths import refresh_strengths

TODAY = date(2026, 1, 31)
POLICY = load_policy()
DOUBLE = """
MATCH (a)-[line:{type}]->(b) WHERE line.copy IS NULL
CREATE (a)-[again:{type}]->(b) SET again = properties(line), again.copy = true
"""
# Sales to one customer may well be several; a double of these is told by nothing.
TYPES = (
    "EMPLOYED_BY",
    "WORKS_IN",
    "ENGAGES",
    "REPORTS_TO",
    "INFLUENCES",
    "MEMBER_OF",
    "ATTENDED",
    "ASSESSES",
    "SUPPLIES",
    "OF_ACCOUNT",
    "OWNED_BY",
    "TARGETS",
)
EXAMPLES: dict[str, list[object]] = {
    "account": ["valdara", "tornvik"],
    "company": ["valdara"],
    "person": ["va.cortelazzi"],
    "ours": ["vc.brandsma"],
    "since": ["2020-01-01"],
}


def answers(store: Store) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in cookbook.entries().values():
        if entry.name == "doubled_lines":
            continue
        needed = [one.name for one in entry.parameters if one.default is None]
        for number in range(max((len(EXAMPLES[name]) for name in needed), default=1)):
            params = {name: EXAMPLES[name][number % len(EXAMPLES[name])] for name in needed}
            result = run_cookbook(store, entry.name, params, policy=POLICY, today=TODAY)
            # Of several ways that are equally short, any may be named.
            rows = [row[:3] for row in result.rows] if entry.name == "introduction_path" else result.rows
            found[f"{entry.name} {params}"] = list(rows)
    return found


def test_no_question_and_no_measure_counts_anything_twice(store: Store, tmp_path: Path):
    import_files(store, sample_files(tmp_path, TODAY), today=TODAY)
    refresh_strengths(store, TODAY, POLICY)
    before, accounts = answers(store), read_portfolio(store, TODAY, POLICY)
    measured = [measure(account) for account in accounts]
    assert sum(map(bool, before.values())) > 15
    for type_ in TYPES:
        store.write(DOUBLE.format(type=type_))

    after = answers(store)
    assert [name for name in before if before[name] != after[name]] == []
    again = read_portfolio(store, TODAY, POLICY)
    assert again == accounts
    assert [one.diamond_index for one in map(measure, again)] == [one.diamond_index for one in measured]
    doubled = run_cookbook(store, "doubled_lines", {}, policy=POLICY, today=TODAY)
    assert len(doubled.rows) > 50
