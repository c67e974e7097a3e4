"""Random vectors over the whole parameter table: no rule clips, so the ranges must keep the bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fixtures.generator import generate_account
from simulation import Scenario
from simulation.assembly import Assembly, assemble
from simulation.parameters import parameter_table
from simulation.scenario import AnnounceDirect, GoDirect, RivalLaunch, Takeover
from simulation.state import (
    ALIVE,
    KNOWLEDGE,
    MARKET_SIZE,
    MARKUP,
    OFFERED,
    OPENNESS,
    OVERLAP,
    PRESENT,
    PROFITABILITY,
    SHOCK,
    TENSION,
    TRUST,
    WALLET,
    State,
)
from simulation.strategies import SHIPPED, Strategy
from simulation.strategy_file import CHANNEL_LEVERS
from tests.property.ecosystems import WHOLE_ROWS
from tests.stepping import months_of

MONTHS = 60
VECTORS = 150
CLOSE = 1e-9


def drawn_parameters(random: np.random.Generator) -> dict[str, float]:
    """Ends of ranges are where a bound would break first."""
    drawn = {
        row.name: float(random.choice([row.low, row.high, random.uniform(row.low, row.high)]))
        for row in parameter_table().values()
    }
    return {name: float(round(value)) if name in WHOLE_ROWS else value for name, value in drawn.items()}


def drawn_strategy(random: np.random.Generator) -> Strategy:
    levers = {
        name: float(random.choice([0.0, most, 0.0 if name == "registration" else random.uniform(0.0, most)]))
        for name, most in CHANNEL_LEVERS.items()
    }
    return replace(SHIPPED["diamond"], **levers)


def within(values, low, high) -> bool:
    return bool((np.asarray(values) >= low - CLOSE).all() and (np.asarray(values) <= high + CLOSE).all())


def check_people(assembly: Assembly, state: State) -> None:
    drawn, level = assembly.parameters, state.level[: assembly.case.accounts]
    assert within(state.orientation[state.present == PRESENT], -1.0, 1.0)
    assert within(state.strength, 0.0, 1.0)
    assert within(state.coverage, 0.0, 1.0)
    assert within(level[:, SHOCK], 0.0, 1.0)
    assert within(level[:, ALIVE], 0.0, 1.0)
    assert within(level[:, WALLET], 0.0, np.maximum(1.0, assembly.case.wallet))
    assert (level[:, MARKET_SIZE] > 0.0).all()
    ends = np.array([[drawn["m_low"], drawn["m_high"], start] for start in assembly.case.margin])
    assert within(level[:, PROFITABILITY], ends.min(axis=1), ends.max(axis=1))
    assert np.isfinite(state.now).all()


def check_channel(assembly: Assembly, state: State) -> None:
    feature, market, relief = state.feature, assembly.case.channel, assembly.levers[0].relief
    for name in (TENSION, TRUST, OPENNESS, KNOWLEDGE, OFFERED, OVERLAP):
        assert within(feature[:, name], 0.0, 1.0), name
    kept = (1.0 - assembly.parameters["passed"]) * (1.0 + market.markup) * relief / (1.0 - relief)
    assert within(feature[:, MARKUP], 0.0, market.markup + kept)
    assert within(state.minds, 0.0, 1.0)
    assert within(state.minds.sum(axis=1), 1.0, 1.0)
    assert np.isfinite(state.value).all()
    assert (state.last <= market.mind.size + 1).all()
    assert set(state.known) | set(state.offer) <= {0, 1, 2}


@pytest.mark.parametrize("channel", [False, True], ids=["alone", "with distributors"])
def test_every_state_stays_in_its_bounds_for_any_parameters(channel):
    random = np.random.default_rng(2026)
    for number in range(VECTORS):
        account = generate_account(
            number,
            ours=3,
            theirs=5,
            distributors=1 + number % 3 if channel else 0,
            end_customers=6 if channel else 0,
        )
        drawn = drawn_parameters(random)
        customers = tuple(one.id for one in account.channel.end_customers)
        events = (
            RivalLaunch(int(random.integers(1, 30)), account.id, "rival"),
            AnnounceDirect(int(random.integers(1, 30)), account.id, customers[:4]),
            GoDirect(int(random.integers(1, 40)), account.id, customers[2:]),
            Takeover(int(random.integers(20, 60)), account.id, "rival"),
        )
        scenario = Scenario("any", MONTHS, events if channel else (), drawn)
        assembly = assemble(account, scenario, [drawn_strategy(random)], MONTHS)
        assert bool(assembly.case.channel.mind.size) == channel
        for _, _, state in months_of(assembly, MONTHS, number):
            check_people(assembly, state)
            if channel:
                check_channel(assembly, state)
