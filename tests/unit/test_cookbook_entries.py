"""The cookbook's files: headers, parameters, and the reference page made from them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from graph.cookbook import entries, entry, markdown, policy_parameters
from graph.errors import InputError, UnknownName
from graph.gaps import KINDS
from graph.policy import load_policy

DOCS = Path(__file__).parents[2] / "docs" / "cookbook.md"
POLICY = load_policy()


def test_there_is_a_question_for_each_kind_of_gap():
    assert set(KINDS) <= set(entries())
    assert list(entries()) == sorted(entries())


@pytest.mark.parametrize("one", entries().values(), ids=lambda one: one.name)
def test_a_file_declares_every_parameter_that_it_uses(one):
    query = "\n".join(line for line in one.cypher.splitlines() if not line.startswith("//"))
    declared = [parameter.name for parameter in one.parameters]
    assert sorted(declared) == sorted(set(re.findall(r"\$(\w+)", query)))
    assert one.question.endswith("?")
    assert all(parameter.description for parameter in one.parameters)
    assert all(len(line) <= 110 for line in one.cypher.splitlines())


@pytest.mark.parametrize("one", entries().values(), ids=lambda one: one.name)
def test_defaults_exist_and_are_of_their_type(one):
    needed = {p.name: _example(p.type) for p in one.parameters if p.default is None}
    values = one.bind(needed, policy=POLICY, today=date(2026, 1, 31))
    assert list(values) == [parameter.name for parameter in one.parameters]
    assert json.loads(json.dumps(values)) == values
    for parameter in one.parameters:
        assert parameter.value(values[parameter.name]) == values[parameter.name]


def _example(type: str) -> object:
    return {"text": "x", "date": "2026-01-01", "integer": 1, "number": 1.0, "list": [], "map": {}}[type]


def test_a_teams_own_policy_enters_the_parameters():
    own = replace(POLICY, limits={**POLICY.limits, "thread_min": 0.5})
    assert entry("single_thread").bind({"account": "a"}, policy=own)["thread_min"] == 0.5
    assert policy_parameters(own)["function_rows"]["purchasing"] == "Commercial"  # type: ignore[index]


def test_given_values_are_checked():
    one = entry("coverage")
    values = one.bind({"account": "7", "as_of": date(2026, 1, 31), "opponent_below": "-0.5"}, policy=POLICY)
    assert (values["account"], values["as_of"], values["opponent_below"]) == ("7", "2026-01-31", -0.5)
    for wrong in (
        {},
        {"account": None},
        {"account": 7},
        {"account": "7", "as_of": "31.1.2026"},
        {"account": "7", "opponent_below": "low"},
        {"account": "7", "opponent_below": True},
        {"account": "7", "role_targets": "[1]"},
        {"account": "7", "acount": "7"},
    ):
        with pytest.raises(InputError):
            one.bind(wrong, policy=POLICY)


def test_an_unknown_question_names_the_nearest():
    with pytest.raises(UnknownName) as error:
        entry("coverge")
    assert next(candidate.id for candidate in error.value.candidates) == "coverage"
    assert "coverage" in error.value.detail
    with pytest.raises(UnknownName):
        entry("x")


def test_the_reference_page_is_up_to_date():
    assert DOCS.read_text(encoding="utf-8") == markdown(), (
        "make it anew: python -m graph.cookbook > docs/cookbook.md"
    )
