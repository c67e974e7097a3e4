"""The kernel equals the ordinary agents bit for bit, whatever accounts, scenarios, strategies, parameters."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from tests.property.ecosystems import (
    MONTHS,
    World,
    assembled,
    cases,
    distributor_accounts,
    end_customers_with_partners,
    portfolios,
    run,
    single_accounts,
)
from tests.statistical.mesa_reference import run_reference

REPLICATES = 2


def check(case):
    world, scenario, chosen, seed = case
    assembly = assembled(world, scenario, chosen)
    kernel = run(assembly, seed, count=REPLICATES)
    agents = run_reference(assembly, seed, REPLICATES, MONTHS)
    for name, one, other in zip(kernel._fields, kernel, agents, strict=True):
        differ = np.argwhere(one != other)
        if differ.size:
            at = tuple(differ[0])
            where = assembly.series[at[1]] if name == "series" else name
            raise AssertionError(f"{where} at {at}: kernel {one[at]!r}, agents {other[at]!r}")


@given(cases(single_accounts().map(lambda one: World((one,)))))
@settings(deadline=None, derandomize=True, max_examples=80)
def test_a_single_account(case):
    check(case)


@given(cases(distributor_accounts().map(lambda one: World((one,)))))
@settings(deadline=None, derandomize=True, max_examples=80)
def test_a_distributor(case):
    check(case)


@given(cases(end_customers_with_partners()))
@settings(deadline=None, derandomize=True, max_examples=80)
def test_an_end_customer_with_its_distributors(case):
    check(case)


@given(cases(portfolios()))
@settings(deadline=None, derandomize=True, max_examples=80)
def test_a_portfolio(case):
    check(case)
