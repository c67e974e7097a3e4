"""What must hold for any portfolio: nothing depends on accounts apart or on order; hours are there."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.generator import generate_account, generate_ecosystem, generate_portfolio
from simulation import Scenario
from simulation.assembly import assemble
from simulation.coupling import components
from simulation.parameters import resolve_parameters
from simulation.portfolio import simulate_portfolio
from simulation.strategies import SHIPPED
from tests.unit.accounts import account

VALUES = resolve_parameters({}, account([], [], {}).policy)
QUICK = settings(deadline=None, derandomize=True, max_examples=40)
NAMES = ["diamond", "single_threaded"]


@st.composite
def portfolios(draw):
    """A few accounts alone, some that share people, and a market, in any order."""
    seed = draw(st.integers(0, 10_000))
    found = [
        generate_account(seed + i, ours=draw(st.integers(0, 3)), theirs=4, account_id=f"l{i}")
        for i in range(draw(st.integers(0, 2)))
    ]
    if draw(st.booleans()):
        found += generate_portfolio(seed, draw(st.integers(1, 4)), ours=draw(st.integers(1, 4)), theirs=3)
    if draw(st.booleans()) or not found:
        market = generate_ecosystem(
            seed, accounts=0, distributors=draw(st.integers(1, 3)), end_customers=5, ours=2, theirs=3
        )
        found += [one for one in market if one.id not in {each.id for each in found}]
    return draw(st.permutations(found))


@QUICK
@given(portfolios())
def test_a_part_alone_is_the_part_among_others(accounts):
    together = simulate_portfolio(accounts, Scenario(), NAMES, replicates=7, months=5, threads=2)
    for part in together.parts:
        inside = {one.id for one in part.accounts}
        alone = simulate_portfolio(
            [one for one in reversed(accounts) if one.id in inside],
            Scenario(),
            NAMES,
            replicates=7,
            months=5,
            threads=1,
        )
        for one in inside:
            assert alone.measures[one].keys() == together.measures[one].keys()
            for name, values in alone.measures[one].items():
                assert np.array_equal(values, together.measures[one][name]), (one, name)


@QUICK
@given(portfolios())
def test_parts_share_nothing_and_nobody_works_more_than_there_is_time(accounts):
    parts = components(accounts, Scenario(), VALUES)
    assert sorted(one.id for part in parts for one in part) == sorted(one.id for one in accounts)
    assemblies = [assemble(part, Scenario(), [SHIPPED["diamond"]], 3) for part in parts]
    met = [
        {assembly.world.ours[j].id for j in np.unique(assembly.case.owner) if j >= 0}
        for assembly in assemblies
    ]
    assert all(not one & other for one, other in combinations(met, 2))
    sellers = [set(assembly.business.distributors) for assembly in assemblies]
    assert all(not one & other for one, other in combinations(sellers, 2))
    for part, assembly in zip(parts, assemblies, strict=True):
        if len(part) > 1:
            stated = {
                person.id: person.time_capacity
                for one in accounts
                if one.id in {each.id for each in part}
                for person in one.ours
                if person.time_capacity is not None
            }
            for person, hours in zip(assembly.world.ours, assembly.world.hours, strict=True):
                assert hours <= stated.get(person.id, np.inf) * (1.0 + 1e-12)


@QUICK
@given(portfolios(), st.integers(1, 25))
def test_totals_are_the_accounts_and_stay_in_bounds(accounts, replicates):
    found = simulate_portfolio(accounts, Scenario(), NAMES, replicates=replicates, months=4, threads=1)
    assert found.totals.shape == (4, 2, replicates, 5)
    assert np.isfinite(found.totals).all()
    assert (found.totals[3] >= 0.0).all()
    assert (found.totals[3] <= len(accounts)).all()
    hours = found.sum_of(found.total, "hours_spent")
    assert np.allclose(found.totals[2][..., 1:].sum(axis=-1), hours)
    assert (hours <= found.hours_available * (1.0 + 1e-9)).all()
    regional = sum(found.sum_of(group, "margin_total") for group in found.regions)
    assert np.allclose(regional, found.sum_of(found.total, "margin_total"))
