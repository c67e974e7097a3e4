"""The page on strategies names every one of them and every lever, and its example runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulation import Scenario, load_strategies, simulate
from simulation.strategies import CHANNEL_NAMES, NAMES
from simulation.strategy_file import CHANNEL_LEVERS
from tests.validation.sample_distributor import sample_distributor

PAGE = (Path(__file__).parents[2] / "docs" / "strategies.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", (*NAMES, *CHANNEL_NAMES))
def test_every_shipped_strategy_has_its_row(name):
    assert re.search(rf"^\| `{name}` \| \S", PAGE, flags=re.MULTILINE)


@pytest.mark.parametrize(
    "lever", (*CHANNEL_LEVERS, "weak", "handover", "reassign", "hours", "threads", "like")
)
def test_every_lever_is_described(lever):
    assert re.search(rf"^ +(- )?{lever}:.*#|^ +{lever}:", PAGE, flags=re.MULTILINE)


def test_the_example_runs(tmp_path):
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    file = tmp_path / "mine.yaml"
    file.write_text(example, encoding="utf-8")
    account = sample_distributor()
    chosen = load_strategies(file, account)
    run = simulate(account, Scenario(), chosen, replicates=2, months=3)
    assert run.names == ("two by two", "soft diamond")
