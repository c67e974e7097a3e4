"""The gateway's rules without a server: plans made by hand, tokens, parameters from a command line."""

from __future__ import annotations

from typing import Any

import pytest

from graph import cypher
from graph.cookbook import entry
from graph.errors import InputError
from graph.gateway import OPERATORS, parse_params, refusal
from graph.store import Operator, QueryPlan

OTHERS = """
    AdministrationCommand AssertingMultiNodeIndexSeek Create CreateConstraint CreateIndex Delete DetachDelete
    DoNothingIfExists(INDEX) DropConstraint DropIndex Foreach Input LoadCSV LockingMerge Merge RemoveLabels
    RunQueryAt SetDynamicProperty SetLabels SetNodePropertiesFromMap SetProperties SetPropertiesFromMap
    SetProperty SetRelationshipPropertiesFromMap ShowConstraints ShowFunctions ShowIndexes ShowProcedures
    ShowSettings ShowTransactions SubqueryForeach TerminateTransactions TransactionApply TransactionForeach
    SomethingOfALaterVersion
"""


def plan(*operators: str, type: str = "r", **arguments: Any) -> QueryPlan:
    return QueryPlan(type, tuple(Operator(name, arguments, 0) for name in operators))


@pytest.mark.parametrize(
    "name",
    [
        "ProduceResults",
        "Expand(All)",
        "VarLengthExpand(Pruning,BFS)",
        "NodeUniqueIndexSeek",
        "PartitionedNodeByLabelScan",
        "PartitionedUndirectedRelationshipTypeScan",
        "DirectedRelationshipIndexSeekByRange",
        "Repeat(Trail)",
        "StatefulShortestPath(Into)",
    ],
)
def test_operators_that_read_pass(name):
    assert refusal(plan("ProduceResults", name)) is None


@pytest.mark.parametrize("name", OTHERS.split())
def test_every_other_operator_is_refused_by_name_whatever_the_type_says(name):
    why = refusal(plan("ProduceResults", name, "AllNodesScan"))
    assert why is not None
    assert name in why


@pytest.mark.parametrize("type", ["w", "rw", "s", ""])
def test_a_plan_of_another_type_is_refused_even_with_operators_that_read(type):
    assert refusal(plan("ProduceResults", "AllNodesScan", type=type)) is not None


@pytest.mark.parametrize(
    ("details", "named"),
    [
        ("db.labels() :: (label :: STRING)", None),
        ("dbms.listConfig() :: (name :: STRING)", "dbms.listConfig"),
        ("x AS y, date.truncate($autostring_0) AS z", None),
        ("cache[n.name] IN $names AND n.level > 2", None),
        ("apoc.text.join($a) AS x", "apoc.text.join"),
        ('[x IN $a | COLLECT { LOAD CSV FROM "http://x" AS l RETURN l }] AS y', "LoadCSV"),
        (
            "[x IN $a | COUNT { ResolvedCall(dbms.components() :: name :: STRING) RETURN name }]",
            "dbms.components",
        ),
        ("[x IN $a | COLLECT { USE `other` MATCH (n) RETURN n }]", "USE"),
        ("[x IN $a | COLLECT { CALL { MATCH (n) } IN TRANSACTIONS RETURN n }]", "TransactionApply"),
        ('"LOAD CSV" AS x', None),
    ],
)
def test_expressions_of_a_plan_are_read_since_nested_subqueries_have_no_operators(details, named):
    why = refusal(plan("Projection", Details=details))
    assert (why is None) if named is None else (why is not None and named in why)


def test_no_operator_that_changes_something_is_on_the_list():
    assert not [
        name for name in OPERATORS if name.startswith(("Set", "Create", "Drop", "Show", "Load", "Terminate"))
    ]


def words(text: str) -> list[str]:
    return [token.value for token in cypher.tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RETURN 'it''s'", ["RETURN", "'it'", "'s'"]),
        (r"RETURN 'it\'s' AS x", ["RETURN", r"'it\'s'", "AS", "x"]),
        ('a /* "b" */ c // d\ne', ["a", "c", "e"]),
        ("a // ' \r b", ["a", "b"]),
        ("a // \u2028 ' b", ["a"]),
        ("`a``b`.c", ["a`b", ".", "c"]),
        ("[1..3]", ["[", "1", "..", "3", "]"]),
        ("1.5e-3 + n.x", ["1.5e-3", "+", "n", ".", "x"]),
        ("a\u200b.\u00a0b\u00ad(", ["a", ".", "b", "("]),
        ("'open", ["'open"]),
        ("a /* open", ["a"]),
    ],
)
def test_tokens(text, expected):
    assert words(text) == expected


def test_unclosed_quotes_take_no_longer_than_their_length():
    assert len(cypher.tokens("'" + r"\'" * 50_000)) == 1
    assert len(cypher.tokens("``" * 50_000 + "`")) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\u0043ALL", "CALL"),
        (r"'\\u0041'", r"'\\u0041'"),
        (r"\u004", r"\u004"),
        (r"a\u0027b", "a'b"),
    ],
)
def test_escapes_are_replaced_as_the_server_does(text, expected):
    assert cypher.unescaped(text) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("CALL db.labels()", ["db.labels"]),
        ("CALL db.labels", ["db.labels"]),
        ("call `db` . labels /* */ ()", ["db.labels"]),
        ("RETURN a.b.c(x.y(1), size(n.z))", ["a.b.c", "x.y"]),
        ("MATCH (n:A.b {x: m.y}) WHERE n.x IN (m.y) RETURN toUpper(n.name)", []),
        ("RETURN 'a.b()' AS `c.d(`", []),
        ("CALL (n) { RETURN n.x }", []),
    ],
)
def test_what_is_called(text, names):
    assert list(cypher.called(cypher.tokens(text))) == names


def test_parameters_are_json_where_they_are_json_else_text():
    texts = ["a=1", "b=[1, 2]", 'c="1"', "d=Ada Lovelace", "e=a=b", "f=", "g=null", "$h=true", "i=NaN"]
    assert parse_params(texts) == {
        "a": 1,
        "b": [1, 2],
        "c": "1",
        "d": "Ada Lovelace",
        "e": "a=b",
        "f": "",
        "g": None,
        "h": True,
        "i": "NaN",
    }


def test_parameters_of_the_cookbook_have_its_types():
    declared = entry("coverage")
    texts = ["account=7", "person=null", "as_of=2026-01-31", "opponent_below=-0.5"]
    assert parse_params(texts, declared) == {
        "account": "7",
        "person": None,
        "as_of": "2026-01-31",
        "opponent_below": -0.5,
    }
    assert parse_params(['account="a b"', 'as_of="2026-01-31"', "person=[x]"], declared) == {
        "account": "a b",
        "as_of": "2026-01-31",
        "person": "[x]",
    }


@pytest.mark.parametrize("texts", [["a"], ["=1"], ["a=1", "a=2"], ["a=1", "$a=2"]])
def test_parameters_that_are_none_are_wrong_input(texts):
    with pytest.raises(InputError):
        parse_params(texts)


def test_a_name_that_the_servers_drawing_of_the_plan_cuts_in_two_is_none():
    drawing = "| +Projection | 0 | durat |\n|             |   | ion.inDays(a, b).days |"
    assert refusal(plan("Projection", **{"string-representation": drawing})) is None
    assert refusal(plan("Projection", Details="ion.inDays(a, b).days")) is not None
