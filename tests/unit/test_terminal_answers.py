"""Answers on a terminal of eighty columns: names instead of ids, no cell that is cut, no empty table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from rich.console import Console

from api.cli.leaving import without as show_without
from api.cli.questions import cookbook, query
from api.verbs import cookbook_entries
from api.workspace import Result
from graph.gateway import QueryResult
from graph.removal import without
from tests.unit.accounts import account, person


def told(render: Callable[[Console, Any], None], body: Any) -> str:
    console = Console(width=80, highlight=False, record=True)
    with console.capture() as said:
        render(console, body if isinstance(body, Result) else Result(date(2026, 1, 31), (), body))
    return said.get()


def test_who_leaves_and_what_falls_apart_is_told_by_names():
    theirs: list[Any] = [person("c1", name="Anna Boss"), *(person(id, name="Kim Two") for id in ("c2", "c3"))]
    ours: list[Any] = [person("s1", name="Sam Seller", organisation="us")]
    found = without(account(ours, theirs, {("s1", "c1"): 0.8, ("s1", "c2"): 0.5}), ["s1"])
    said = told(show_without, found)
    assert "Without Sam Seller (looking at threads)" in said
    assert "Sam Seller → Anna Boss  0.80" in said
    assert "stakeholders no longer covered: Anna Boss, Kim Two (c2)" in said
    assert "c1" not in said


def test_rows_that_are_too_wide_stand_below_one_another_and_none_says_so():
    columns = tuple(f"column_{letter}" for letter in "abcdef")
    row = ("a" * 60, 0.29961762198968456, ["Ann", "Bob"], None, 3, date(2026, 1, 31))
    said = told(query, QueryResult(columns, (row,), False))
    assert "a" * 60 in said and "0.2996\n" in said and "Ann, Bob" in said
    assert told(query, QueryResult(("person",), (), False)) == "No row. The columns would be person.\n"
    assert told(query, QueryResult(("n",), ((1,),), True)).splitlines()[0].strip() == "n"


def test_the_cookbook_lists_whole_names_and_what_a_reader_may_give():
    said = told(cookbook, cookbook_entries())
    assert "end_customers_behind_distributors" in said
    assert "coverage  account, [as_of], [person]\n" in said
    assert "role_influence" not in said
    assert max(map(len, said.splitlines())) <= 80
