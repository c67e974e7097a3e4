"""What must hold for any accounts, scenario, strategies and parameters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.account import Account
from graph.measures import measure
from simulation import Scenario
from simulation.assembly import assemble
from simulation.outcomes import Arrays
from simulation.scenario import Leaves
from simulation.state import ALL_SERIES, COVERAGE, SURVIVAL, THREADS
from simulation.strategies import SHIPPED
from tests.property.ecosystems import (
    MONTHS,
    World,
    assembled,
    cases,
    run,
    scenarios,
    single_accounts,
    worlds,
)
from tests.stepping import months_of

QUICK = settings(deadline=None, derandomize=True, max_examples=60)
SHARES = ("access", "coverage", "survival", "share_of_mind", "conflict", "transparency")


def same(one: Arrays, other: Arrays) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@given(cases())
@QUICK
def test_no_nan_leaves_the_kernel_and_series_stay_in_bounds(case):
    world, scenario, chosen, seed = case
    assembly = assembled(world, scenario, chosen)
    arrays = run(assembly, seed)
    assert np.isfinite(arrays.series).all()
    assert np.isfinite(arrays.drawn).all()
    for name in SHARES:
        if name in assembly.series:
            values = arrays.series[:, ALL_SERIES.index(name)]
            assert (values >= 0.0).all(), name
            assert (values <= 1.0 + 1e-12).all(), name
    assert (np.diff(arrays.series[:, SURVIVAL], axis=-1) <= 0.0).all()


@given(cases(), st.integers(1, 3))
@QUICK
def test_slices_of_replicates_and_threads_change_nothing(case, threads):
    world, scenario, chosen, seed = case
    assembly = assembled(world, scenario, chosen)
    together = run(assembly, seed, count=120, threads=threads)
    apart = run(assembly, seed, first=70, count=30)
    assert np.array_equal(together.series[:, :, :, 70:100], apart.series)
    assert np.array_equal(together.drawn[:, :, :, 70:100], apart.drawn)
    assert same(together, run(assembly, seed, count=120, threads=1))


def renamed_and_shuffled(account: Account, random) -> Account:
    def shuffled(entries):
        entries = list(entries)
        random.shuffle(entries)
        return tuple(entries)

    def renamed(entries, prefix):
        return shuffled(replace(one, name=f"{prefix}{number}") for number, one in enumerate(entries))

    channel = account.channel
    return replace(
        account,
        name="Other",
        ours=renamed(account.ours, "X"),
        theirs=renamed(account.theirs, "Y"),
        ties=shuffled(account.ties),
        influences=shuffled(account.influences),
        reports_to=shuffled(account.reports_to),
        channel=replace(
            channel,
            distributors=renamed(channel.distributors, "D"),
            end_customers=renamed(channel.end_customers, "E"),
            sales=shuffled(channel.sales),
            carried=shuffled(channel.carried),
            agreements=shuffled(channel.agreements),
        ),
    )


@given(cases(), st.randoms(use_true_random=False))
@QUICK
def test_the_order_of_the_input_and_names_change_nothing(case, random):
    world, scenario, chosen, seed = case
    accounts, partners = (
        [renamed_and_shuffled(one, random) for one in group] for group in (world.accounts, world.partners)
    )
    random.shuffle(accounts)
    random.shuffle(partners)
    other = World(tuple(accounts), tuple(partners))
    one = run(assembled(world, scenario, chosen), seed)
    assert same(one, run(assembled(other, scenario, chosen), seed))


@given(cases())
@QUICK
def test_history_before_the_first_event_is_that_of_no_event(case):
    world, scenario, chosen, seed = case
    first = min((event.month for event in scenario.events), default=MONTHS + 1)
    quiet = replace(scenario, events=())
    with_events = run(assembled(world, scenario, chosen), seed)
    without = run(assembled(world, quiet, chosen), seed)
    assert np.array_equal(with_events.series[..., :first], without.series[..., :first])


@given(cases())
@QUICK
def test_a_strategy_gives_the_same_alone_and_beside_others(case):
    world, scenario, chosen, seed = case
    together = run(assembled(world, scenario, chosen), seed)
    alone = run(assembled(world, scenario, chosen[:1]), seed)
    assert np.array_equal(together.series[:, :, :1], alone.series)


@given(worlds(), st.integers(0, 1000))
@QUICK
def test_the_null_strategy_equals_the_baseline(world, seed):
    """Weights without hours, and hours without weights, are doing nothing."""
    idle = replace(SHIPPED["diamond"], name="idle", hours={})
    assembly = assembled(world, Scenario(), [SHIPPED["do_nothing"], idle])
    series = run(assembly, seed).series
    assert np.array_equal(series[:, :, 0], series[:, :, 1])


@given(worlds())
@QUICK
def test_the_start_is_the_measured_state(world):
    assembly = assembled(world, Scenario(), [SHIPPED["diamond"]], 1)
    series = run(assembly, 1, months=1).series
    for a, account in enumerate(assembly.world.accounts):
        measured = measure(account)
        assert series[a, THREADS, 0, 0, 0] == len(measured.threads)
        if measured.coverage is not None:
            assert abs(series[a, COVERAGE, 0, 0, 0] - measured.coverage) < 1e-12


@given(worlds(), st.data())
@QUICK
def test_people_come_and_go_alike_under_all_strategies(world, data):
    scenario = data.draw(scenarios(world))
    chosen = [SHIPPED[name] for name in sorted(SHIPPED)]
    assembly = assembled(world, scenario, chosen)
    histories = [
        [
            (state.present.copy(), state.present_ours.copy())
            for _, _, state in months_of(assembly, MONTHS, 5, strategy=s)
        ]
        for s in range(len(chosen))
    ]
    for history in histories[1:]:
        for (theirs, ours), (first_theirs, first_ours) in zip(history, histories[0], strict=True):
            assert np.array_equal(theirs, first_theirs)
            assert np.array_equal(ours, first_ours)


@given(single_accounts(2, 9), st.integers(1, MONTHS), st.integers(0, 1000), st.data())
@QUICK
def test_without_sway_and_with_fixed_hours_one_leaving_changes_nobody_else(account, month, seed, data):
    who = data.draw(st.sampled_from(account.theirs)).id
    fixed = replace(SHIPPED["diamond"], reassign=False)
    # Newcomers take up the mood of those who stayed, which one departure changes; and allies refer.
    rates = {"sway": 0.0, "mood": 0.0, "referral": 0.0}
    quiet = assemble(account, Scenario("q", MONTHS, (), rates), [fixed], MONTHS)
    event = Scenario("e", MONTHS, (Leaves(month, who),), rates)
    forced = assemble(account, event, [fixed], MONTHS)
    others = [i for i, seat in enumerate(quiet.seating.seats) if seat.id != who]
    pairs = zip(months_of(quiet, MONTHS, seed), months_of(forced, MONTHS, seed), strict=True)
    for (_, _, one), (_, _, other) in pairs:
        for name in ("present", "orientation", "coverage", "strength"):
            assert np.array_equal(getattr(one, name)[others], getattr(other, name)[others]), name
        assert np.array_equal(one.present_ours, other.present_ours)
