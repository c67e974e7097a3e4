"""The kernel equals the ordinary agents bit for bit, whatever accounts, scenarios, strategies, parameters."""

from __future__ import annotations

import numpy as np
from hypothesis import given, note, settings
from hypothesis.vendor.pretty import pretty

from simulation.run import empty_arrays, run_kernel
from tests.property.ecosystems import (
    MONTHS,
    World,
    assembled,
    cases,
    distributor_accounts,
    end_customers_with_partners,
    portfolios,
    single_accounts,
)
from tests.statistical.mesa_reference import run_reference

REPLICATES = 2


def check(case, *, whole=True):
    world, scenario, chosen, seed = case
    note(f"{pretty(world)}, {scenario}, {chosen}, seed {seed}")
    assembly = assembled(world, scenario, chosen)
    kernel = empty_arrays(assembly, REPLICATES, MONTHS)
    run_kernel(assembly, seed, 0, kernel, whole=whole)
    agents = run_reference(assembly, seed, REPLICATES, MONTHS, whole=whole)
    for name, one, other in zip(kernel._fields, kernel, agents, strict=True):
        differ = np.argwhere(one != other)
        if differ.size:
            at = tuple(differ[0])
            where = assembly.series[at[1]] if name == "series" else name
            raise AssertionError(f"{where} at {at}: kernel {one[at]!r}, agents {other[at]!r}")


@given(cases(single_accounts().map(lambda one: World((one,)))))
@settings(deadline=None, derandomize=True, max_examples=150)
def test_a_single_account(case):
    check(case)


@given(cases(distributor_accounts().map(lambda one: World((one,)))))
@settings(deadline=None, derandomize=True, max_examples=150)
def test_a_distributor(case):
    check(case)


@given(cases(end_customers_with_partners()))
@settings(deadline=None, derandomize=True, max_examples=150)
def test_an_end_customer_with_its_distributors(case):
    check(case)


@given(cases(portfolios()))
@settings(deadline=None, derandomize=True, max_examples=150)
def test_a_portfolio(case):
    check(case)


@given(cases())
@settings(deadline=None, derandomize=True, max_examples=60)
def test_contact_loss_alone(case):
    check(case, whole=False)
