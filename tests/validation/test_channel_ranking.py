"""The sample's distributor: the best strategy depends on what happens, and its cause can be turned off."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pytest

from simulation import simulate
from simulation.causes import find_causes
from simulation.comparison import Comparison
from simulation.results import Simulation
from simulation.scenario_file import load_scenario
from simulation.strategies import Strategy, names_for, strategies_for
from tests.validation.cases import SCENARIOS
from tests.validation.sample_distributor import sample_distributor
from tests.validation.scale import COMPILED

pytestmark = pytest.mark.xdist_group("channel_ranking")  # one worker has all the runs

SEED = 1
PLAIN = 4  # replicates, and two strategies alone, where the kernel is plain Python
NUMBER = 1000 if COMPILED else PLAIN
RIVALS = ("diamond", "conflict_averse")


@lru_cache(maxsize=1)
def strategies() -> tuple[Strategy, ...]:
    """Return all eight."""
    every = strategies_for(sample_distributor())
    return every if COMPILED else tuple(one for one in every if one.name in RIVALS)


@lru_cache(maxsize=8)
def ran(name: str, number: int = NUMBER, **parameters: float) -> Simulation:
    """Return a run of a shipped scenario at the sample's distributor."""
    account = sample_distributor()
    scenario = load_scenario(SCENARIOS / f"{name}.yaml", account)
    scenario = replace(scenario, parameters={**scenario.parameters, **parameters})
    return simulate(account, scenario, strategies(), replicates=number, seed=SEED)


def is_ahead(found: Comparison) -> bool:
    """Tell whether a is ahead with its whole interval; in plain Python, whether that is not refuted."""
    assert found.ci_low is not None and found.ci_high is not None
    return found.ci_low > 0.0 if COMPILED else found.ci_high > 0.0


def is_best(run: Simulation, name: str) -> bool:
    """Tell whether a strategy is ahead of every other one."""
    return all(is_ahead(run.compare(name, other, "margin_total")) for other in run.names if other != name)


@pytest.mark.parametrize("name", ["rival_launch", "announce_direct", "go_direct"])
def test_all_strategies_show_what_becomes_of_the_distributor(name):
    document = ran(name, min(NUMBER, 50)).document()
    shown = [strategy["name"] for strategy in document["strategies"]]
    assert shown == list(names_for(sample_distributor())) or not COMPILED
    for strategy in document["strategies"]:
        for measure in ("share_of_mind_end", "conflict_peak", "revenue_total", "margin_total"):
            result = strategy["results"][measure]
            assert result["ci_low"] <= result["mean"] <= result["ci_high"]
    assert {"share_of_mind", "conflict", "revenue", "margin"} <= set(document["strategies"][0]["series"])


@pytest.mark.parametrize(
    ("scenario", "best"),
    [
        ("quiet_years", "diamond"),
        ("rival_launch", "diamond"),
        ("announce_direct", "conflict_averse"),
        ("go_direct_to_all", "conflict_averse"),
    ],
)
def test_the_best_strategy_is_another_one_when_direct_sales_are_announced(scenario, best):
    assert is_best(ran(scenario), best)


@pytest.mark.parametrize(
    ("scenario", "mechanism"),
    [
        ("announce_direct", "announce"),
        ("announce_direct", "conflict_rate"),
        ("go_direct_to_all", "a_fear"),
        ("go_direct_to_all", "conflict_rate"),
    ],
)
def test_without_what_the_distributor_fears_the_order_is_as_in_quiet_years(scenario, mechanism):
    assert is_best(ran(scenario, **{mechanism: 0.0}), "diamond")


def test_the_reason_that_is_told_is_the_conflict_and_turning_it_off_restores_the_order():
    causes = find_causes(ran("announce_direct"))
    assert causes.found
    if COMPILED:
        assert (causes.quiet_best, causes.best, causes.differs) == ("diamond", "conflict_averse", True)
        restoring = [cause.parameter for cause in causes.found if cause.restores]
        assert restoring[:2] == ["announce", "conflict_rate"]
        assert causes.sentences[1].startswith("The cause is that the distributor takes the announcement")


def test_once_a_rival_owns_the_distributor_a_commission_buys_nothing():
    taken = ran("distributor_taken_over").compare(*RIVALS, "margin_total")
    assert is_ahead(taken)
    if COMPILED:  # and what hours earn there, against none, has shrunk
        quiet = ran("quiet_years").compare("diamond", "do_nothing", "margin_total")
        owned = ran("distributor_taken_over").compare("diamond", "do_nothing", "margin_total")
        assert quiet.ci_low > owned.ci_high
