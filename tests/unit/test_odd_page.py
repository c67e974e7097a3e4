"""The description of the model names every rule, every parameter, every measure, and all seven elements."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulation.outcomes import BETTER
from simulation.parameters import families
from simulation.rules import RULES

PAGE = (Path(__file__).parents[2] / "docs" / "odd.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"[A-Za-z_][A-Za-z_0-9]*", " ".join(re.findall(r"`([^`]+)`", PAGE))))
ELEMENTS = (
    "Purpose and patterns",
    "Entities, state variables and scales",
    "Process overview and scheduling",
    "Design concepts",
    "Initialization",
    "Input data",
    "Submodels",
)


def test_the_seven_elements_stand_in_their_order():
    assert re.findall(r"^## \d\. (.+)$", PAGE, flags=re.MULTILINE) == list(ELEMENTS)


@pytest.mark.parametrize("rule", [rule.__name__ for rule in RULES])
def test_every_rule_is_described(rule):
    assert rule in NAMED


@pytest.mark.parametrize("family", families())
def test_every_parameter_is_described(family):
    assert family in NAMED


@pytest.mark.parametrize("measure", BETTER)
def test_every_measure_is_described(measure):
    assert measure in NAMED
