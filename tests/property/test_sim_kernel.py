"""The kernel against its specification, and what must hold for any account, scenario and parameters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.generator import generate_account
from graph.account import Account
from graph.measures import measure
from simulation import PlannedAction, Scenario, plan_strategy
from simulation.assembly import assemble
from simulation.outcomes import Arrays
from simulation.parameters import parameter_table
from simulation.run import empty_arrays, run_kernel
from simulation.scenario import HoursCut, Joins, Leaves, NewKeyAccountManager, PricePressure, Reorganises
from simulation.state import (
    ALIVE,
    COVERAGE,
    MARKET_SIZE,
    PRESENT,
    PROFITABILITY,
    SERIES,
    SHOCK,
    SURVIVAL,
    THREADS,
    WALLET,
    new_state,
)
from simulation.strategies import SHIPPED
from tests.statistical.mesa_reference import run_reference

MONTHS = 14
QUICK = settings(deadline=None, derandomize=True, max_examples=60)
FUNCTIONS = ("technical", "purchasing", "executive")


WHOLE_ROWS = {"max_threads"}


@st.composite
def parameters(draw):
    """Any values of any rows, over the whole range of the table."""
    given_values = {}
    for row in draw(st.lists(st.sampled_from(sorted(parameter_table())), unique=True, max_size=25)):
        found = parameter_table()[row]
        if row in WHOLE_ROWS:
            given_values[row] = float(draw(st.integers(int(found.low), int(found.high))))
        else:
            given_values[row] = draw(st.floats(found.low, found.high, allow_nan=False))
    return given_values


@st.composite
def accounts(draw, fewest=0, most=7):
    seed, ours = draw(st.integers(0, 10_000)), draw(st.integers(0, 4))
    return generate_account(seed, ours=ours, theirs=draw(st.integers(fewest, most)))


@st.composite
def scenarios(draw, account: Account):
    month = st.integers(1, MONTHS)
    people = sorted(account.people)
    leaving = draw(st.lists(st.sampled_from(people), max_size=2)) if people else []
    events = [Leaves(draw(month), who) for who in leaving]
    for _ in range(draw(st.integers(0, 2))):
        function, level = draw(st.sampled_from(FUNCTIONS)), draw(st.integers(1, 5))
        events.append(Joins(draw(month), account.id, function, level))
    known = sorted({person.function for person in account.theirs if person.function})
    if known and draw(st.booleans()):
        share = draw(st.floats(0.0, 1.0))
        events.append(Reorganises(draw(month), account.id, draw(st.sampled_from(known)), share))
    if account.ours and draw(st.booleans()):
        events.append(NewKeyAccountManager(draw(month), draw(st.sampled_from(account.ours)).id))
    if draw(st.booleans()):
        events.append(HoursCut(draw(month), account.id, draw(st.floats(0.0, 1.0))))
    if draw(st.booleans()):
        events.append(PricePressure(draw(month), account.id, draw(st.floats(0.0, 100.0)), draw(month)))
    return Scenario("drawn", MONTHS, tuple(events), draw(parameters()))


@st.composite
def cases(draw):
    """An account, a scenario, and two strategies of it, one of them perhaps a plan."""
    account = draw(accounts())
    scenario = draw(scenarios(account))
    shipped = replace(SHIPPED[draw(st.sampled_from(sorted(SHIPPED)))], reassign=draw(st.booleans()))
    chosen = [shipped, SHIPPED["diamond"]]
    if account.ours and account.theirs:
        actions = [
            PlannedAction(
                draw(st.sampled_from(account.ours)).id,
                draw(st.sampled_from(account.theirs)).id,
                draw(st.sampled_from(sorted(account.policy.kinds))),
                draw(st.integers(1, 5)),
            )
            for _ in range(draw(st.integers(0, 6)))
        ]
        chosen.append(plan_strategy(account, actions, horizon=draw(st.integers(0, 6))))
    return account, scenario, chosen, draw(st.integers(0, 2**63 - 1))


def run(assembly, seed, first=0, count=3, months=MONTHS, threads=1) -> Arrays:
    arrays = empty_arrays(assembly, count, months)
    run_kernel(assembly, seed, first, arrays, threads=threads)
    return arrays


def same(one: Arrays, other: Arrays) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@given(cases())
@settings(QUICK, max_examples=150)
def test_ordinary_mesa_agents_equal_the_kernel_bit_for_bit(case):
    account, scenario, chosen, seed = case
    assembly = assemble(account, scenario, chosen, MONTHS)
    assert same(run(assembly, seed, count=2), run_reference(assembly, seed, 2, MONTHS))


@given(cases())
@QUICK
def test_no_nan_leaves_the_kernel_and_series_stay_in_bounds(case):
    account, scenario, chosen, seed = case
    arrays = run(assemble(account, scenario, chosen, MONTHS), seed)
    assert np.isfinite(arrays.series).all()
    assert np.isfinite(arrays.drawn).all()
    for name in ("access", "coverage", "survival"):
        values = arrays.series[0, SERIES.index(name)]
        assert (values >= 0.0).all()
        assert (values <= 1.0 + 1e-12).all()
    assert (np.diff(arrays.series[0, SURVIVAL], axis=-1) <= 0.0).all()


@given(cases(), st.integers(1, 3))
@QUICK
def test_slices_of_replicates_and_threads_change_nothing(case, threads):
    account, scenario, chosen, seed = case
    assembly = assemble(account, scenario, chosen, MONTHS)
    together = run(assembly, seed, count=120, threads=threads)
    apart = run(assembly, seed, first=70, count=30)
    assert np.array_equal(together.series[:, :, :, 70:100], apart.series)
    assert np.array_equal(together.drawn[:, :, :, 70:100], apart.drawn)
    assert same(together, run(assembly, seed, count=120, threads=1))


@given(cases(), st.randoms(use_true_random=False))
@QUICK
def test_the_order_of_the_input_and_names_change_nothing(case, random):
    account, scenario, chosen, seed = case

    def shuffled(entries):
        entries = list(entries)
        random.shuffle(entries)
        return tuple(entries)

    other = replace(
        account,
        name="Other",
        ours=shuffled(replace(person, name=f"X{n}") for n, person in enumerate(account.ours)),
        theirs=shuffled(replace(person, name=f"Y{n}") for n, person in enumerate(account.theirs)),
        ties=shuffled(account.ties),
        influences=shuffled(account.influences),
        reports_to=shuffled(account.reports_to),
    )
    one = run(assemble(account, scenario, chosen, MONTHS), seed)
    assert same(one, run(assemble(other, scenario, chosen, MONTHS), seed))


@given(cases())
@QUICK
def test_history_before_the_first_event_is_that_of_no_event(case):
    account, scenario, chosen, seed = case
    first = min((event.month for event in scenario.events), default=MONTHS + 1)
    quiet = replace(scenario, events=())
    with_events = run(assemble(account, scenario, chosen, MONTHS), seed)
    without = run(assemble(account, quiet, chosen, MONTHS), seed)
    assert np.array_equal(with_events.series[..., :first], without.series[..., :first])


@given(cases())
@QUICK
def test_a_strategy_gives_the_same_alone_and_beside_others(case):
    account, scenario, chosen, seed = case
    together = run(assemble(account, scenario, chosen, MONTHS), seed)
    alone = run(assemble(account, scenario, chosen[:1], MONTHS), seed)
    assert np.array_equal(together.series[:, :, :1], alone.series)


@given(accounts(), st.integers(0, 1000))
@QUICK
def test_the_null_strategy_equals_the_baseline(account, seed):
    """Weights without hours, and hours without weights, are doing nothing."""
    idle = replace(SHIPPED["diamond"], name="idle", hours={})
    assembly = assemble(account, Scenario(), [SHIPPED["do_nothing"], idle], MONTHS)
    series = run(assembly, seed).series
    assert np.array_equal(series[:, 0], series[:, 1])


@given(accounts(1, 9))
@QUICK
def test_the_start_is_the_measured_state(account):
    assembly = assemble(account, Scenario(), [SHIPPED["diamond"]], 1)
    series = run(assembly, 1, months=1).series
    measured = measure(account)
    assert series[THREADS, 0, 0, 0] == len(measured.threads)
    if measured.coverage is not None:
        assert abs(series[COVERAGE, 0, 0, 0] - measured.coverage) < 1e-12


def months_of(assembly, strategy, seed, months, first=0):
    """Yield the state after each month."""
    from simulation.kernel import run_block

    state = new_state(assembly.case)
    arrays = empty_arrays(assembly, 1, months)
    for month in range(months + 1):
        levers = assembly.levers[strategy]
        run_block(
            assembly.case,
            assembly.rates,
            levers,
            state,
            seed,
            first,
            1,
            month,
            month,
            True,
            *arrays,
            strategy,
            first,
        )
        yield state


@given(accounts(1, 9), st.data())
@QUICK
def test_people_come_and_go_alike_under_all_strategies(account, data):
    scenario = data.draw(scenarios(account))
    chosen = [SHIPPED[name] for name in sorted(SHIPPED)]
    assembly = assemble(account, scenario, chosen, MONTHS)
    histories = [
        [(state.present.copy(), state.present_ours.copy()) for state in months_of(assembly, s, 5, MONTHS)]
        for s in range(len(chosen))
    ]
    for history in histories[1:]:
        for (theirs, ours), (first_theirs, first_ours) in zip(history, histories[0], strict=True):
            assert np.array_equal(theirs, first_theirs)
            assert np.array_equal(ours, first_ours)


@given(accounts(2, 9), st.integers(1, MONTHS), st.integers(0, 1000), st.data())
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
    pairs = zip(months_of(quiet, 0, seed, MONTHS), months_of(forced, 0, seed, MONTHS), strict=True)
    for one, other in pairs:
        for name in ("present", "orientation", "coverage", "strength"):
            assert np.array_equal(getattr(one, name)[others], getattr(other, name)[others]), name
        assert np.array_equal(one.present_ours, other.present_ours)


def test_every_state_stays_in_its_bounds_for_any_parameters():
    """Random vectors over the whole table; no rule clips, so the table's ranges must do it."""
    random = np.random.default_rng(2026)
    rows = parameter_table().values()
    close = 1e-9
    for number in range(150):
        # Ends of ranges are where a bound would break first.
        drawn = {
            row.name: float(random.choice([row.low, row.high, random.uniform(row.low, row.high)]))
            for row in rows
        }
        drawn = {name: float(round(v)) if name in WHOLE_ROWS else v for name, v in drawn.items()}
        account = generate_account(number, ours=3, theirs=5)
        assembly = assemble(account, Scenario("any", 60, (), drawn), [SHIPPED["diamond"]], 60)
        margins = (drawn["m_low"], drawn["m_high"], assembly.case.margin)
        for state in months_of(assembly, 0, number, 60):
            assert (np.abs(state.orientation[state.present == PRESENT]) <= 1.0 + close).all(), drawn
            assert (state.strength >= 0.0).all(), drawn
            assert (state.strength <= 1.0 + close).all(), drawn
            assert (state.coverage >= 0.0).all(), drawn
            assert (state.coverage <= 1.0 + close).all(), drawn
            level = state.level
            assert -close <= level[SHOCK] <= 1.0 + close, drawn
            assert 0.0 <= level[ALIVE] <= 1.0, drawn
            assert -close <= level[WALLET] <= max(1.0, assembly.case.wallet) + close, drawn
            assert level[MARKET_SIZE] > 0.0, drawn
            assert min(margins) - close <= level[PROFITABILITY] <= max(margins) + close, drawn
            assert np.isfinite(state.now).all(), drawn
