"""Equal pools of hours: what is asked, spent and idle, for every strategy and every kind of run."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.generator import generate_account, generate_ecosystem
from graph.account import Account, Tie
from simulation import PlannedAction, Scenario, plan_strategy, simulate
from simulation.assembly import assemble
from simulation.run import empty_arrays, run_kernel
from simulation.scenario import HoursCut, Joins, Leaves
from simulation.state import OPEN, SPENT
from simulation.strategies import SHIPPED, Strategy
from tests.stepping import months_of
from tests.unit.channels import CUSTOMERS, dealer, end_customer, key_account, made

MONTHS = 10
CLOSE = 1e-9


def spent_of(assembly, seed=1, replicates=3):
    """Return the hours spent in all accounts, shape (strategies, replicates, T), as if none were lost."""
    arrays = empty_arrays(assembly, replicates, MONTHS)
    run_kernel(assembly, seed, 0, arrays)
    hours = assembly.series.index("hours")
    return arrays.series[:, hours].sum(axis=0)[..., 1:]


@st.composite
def ecosystems(draw):
    """Accounts of a run and its partners: one alone, a distributor, an end customer, or a portfolio."""
    seed, kind = (
        draw(st.integers(0, 500)),
        draw(st.sampled_from(("alone", "dealer", "customer", "portfolio"))),
    )
    ours, theirs = draw(st.integers(0, 4)), draw(st.integers(0, 6))
    if kind == "alone":
        return [generate_account(seed, ours=ours, theirs=theirs)], ()
    if kind == "dealer":
        return [generate_account(seed, ours=ours, theirs=theirs, distributors=2, end_customers=5)], ()
    made = generate_ecosystem(
        seed, accounts=2, distributors=2, end_customers=4, ours=max(1, ours), theirs=max(1, theirs)
    )
    if kind == "portfolio":
        return list(made), ()
    account = next(one for one in made if "end_customer" in one.kinds)
    sellers = {sale.seller for sale in account.channel.sales if not sale.direct}
    return [account], tuple(one for one in made if one.id in sellers)


@dataclass(frozen=True, repr=False)
class Drawn:
    """A case with a short representation."""

    accounts: list[Account]
    partners: tuple[Account, ...]
    scenario: Scenario
    chosen: list[Strategy]

    def __repr__(self):
        return f"{[one.id for one in self.accounts]} {self.scenario}"


@st.composite
def cases(draw):
    accounts, partners = draw(ecosystems())
    first = accounts[0]
    events = [
        HoursCut(draw(st.integers(1, MONTHS)), one.id, draw(st.floats(0.0, 1.0)))
        for one in accounts
        if draw(st.booleans())
    ]
    if first.ours and draw(st.booleans()):
        someone = draw(st.sampled_from(first.ours)).id
        events.append(HoursCut(draw(st.integers(1, MONTHS)), first.id, 1.0, (someone,)))
        events.append(Leaves(draw(st.integers(1, MONTHS)), someone))
    if draw(st.booleans()):
        events.append(Joins(draw(st.integers(1, MONTHS)), first.id, "technical", 2))
    limits = {"loss": 0.0, "max_person_hours": draw(st.sampled_from((0.0, 3.0, 20.0, 80.0, 744.0)))}
    chosen = [replace(one, reassign=draw(st.booleans())) for one in SHIPPED.values()]
    if first.ours and first.theirs:
        actions = [
            PlannedAction(
                draw(st.sampled_from(first.ours)).id,
                draw(st.sampled_from(first.theirs)).id,
                draw(st.sampled_from(sorted(first.policy.kinds))),
                draw(st.integers(1, 4)),
            )
            for _ in range(draw(st.integers(0, 8)))
        ]
        chosen.append(plan_strategy(first, actions, horizon=draw(st.integers(0, 5))))
        pool = float(first.hours.sum())
        favourite = draw(st.sampled_from(first.ours)).id
        chosen.append(replace(SHIPPED["diamond"], name="custom", hours={favourite: pool}))
    return Drawn(accounts, partners, Scenario("drawn", MONTHS, tuple(events), limits), chosen)


@given(cases(), st.integers(0, 1000))
@settings(deadline=None, derandomize=True, max_examples=60)
def test_no_strategy_asks_for_more_than_the_pool_or_spends_more_than_it_asks(case, seed):
    scenario, chosen = case.scenario, case.chosen
    assembly = assemble(case.accounts, scenario, chosen, MONTHS, partners=case.partners)
    slack = CLOSE * max(1.0, float(assembly.pool.max()))
    assert (assembly.asked <= assembly.pool + slack).all()
    assert (assembly.asked >= 0.0).all()
    assert np.array_equal(assembly.asked[list(SHIPPED).index("do_nothing")], np.zeros(MONTHS + 1))
    spent = spent_of(assembly, seed)
    assert (spent >= 0.0).all()
    assert (spent <= assembly.asked[:, None, 1:] + slack).all()
    for s, strategy in enumerate(chosen):
        most = scenario.parameters["max_person_hours"]
        if strategy.hours is None and not strategy.actions:
            assert (assembly.levers[s].hours <= most + slack).all(), strategy.name


@pytest.mark.parametrize("one", [key_account(), dealer(), end_customer()], ids=lambda one: one.id)
def test_the_document_shows_the_pool_what_is_spent_and_what_is_idle(one):
    quiet = {"turnover_ours": 0, "turnover_theirs": 0, "turnover_distributor": 0, "loss": 0}
    chosen = [*SHIPPED.values(), plan_strategy(one, [PlannedAction("kam", one.theirs[0].id, "visit", 2)])]
    document = simulate(one, Scenario("d", MONTHS, (), quiet), chosen, replicates=3, months=MONTHS).document()
    pool = document["hours_available"]
    assert pool == pytest.approx(MONTHS * one.hours.sum())
    for strategy in document["strategies"]:
        spent = strategy["hours_spent"]
        if strategy["name"] == "plan":
            assert spent == pytest.approx(4.0 + (MONTHS - 2) * one.hours.sum())
        # Nobody leaves and nothing is lost here, so all that is asked is spent.
        assert spent + strategy["hours_idle"] == pytest.approx(pool), strategy["name"]
        assert spent == pytest.approx(0.0 if strategy["name"] == "do_nothing" else spent)
    assert {one["name"]: one["hours_idle"] for one in document["strategies"]}["diamond"] == pytest.approx(0.0)


def test_the_pool_is_the_same_for_every_strategy_and_follows_the_weights():
    assembly = made(dealer(), strategies=tuple(SHIPPED.values()))
    assert assembly.pool == pytest.approx(16.0)
    asked = dict(zip(SHIPPED, assembly.asked[:, 1], strict=True))
    assert asked.pop("do_nothing") == 0.0
    assert list(asked.values()) == pytest.approx([16.0] * 6)
    single = assembly.levers[list(SHIPPED).index("single_threaded")]
    assert dict(zip(["eng", "kam"], single.hours[1], strict=True)) == {"eng": 0.0, "kam": 16.0}


def test_what_nobody_may_take_is_idle():
    assembly = made(dealer(), strategies=(SHIPPED["single_threaded"], SHIPPED["diamond"]), max_person_hours=9)
    assert assembly.asked[:, 1] == pytest.approx([9.0, 16.0])
    assert (assembly.levers[1].hours[1] <= 9.0).all()


def test_hours_of_a_strategy_of_its_own_never_exceed_a_pool_that_is_cut():
    """The pool is shared: one may be given another's hours, which a cut of the other's takes again."""
    given_hours = replace(SHIPPED["diamond"], hours={"eng": 16.0})
    assembly = made(dealer(), HoursCut(3, "dealer", 1.0, ("kam",)), strategies=(given_hours,))
    assert assembly.asked[0].tolist() == pytest.approx([16.0] * 3 + [6.0] * 4)
    own = replace(SHIPPED["diamond"], hours={"eng": 6.0})
    assembly = made(dealer(), HoursCut(3, "dealer", 1.0, ("kam",)), strategies=(own,))
    assert assembly.asked[0].tolist() == pytest.approx([6.0] * 7)


def test_a_share_of_the_hours_goes_to_an_end_customers_distributors():
    met = end_customer(ties=(Tie("kam", "e-buyer", 0.4),))
    for name, share in (("diamond", 0.25), ("distributor_first", 0.6)):
        assembly = made(met, partners=(dealer(),), strategies=(SHIPPED[name],))
        wanted = assembly.levers[0].wanted
        there = assembly.case.distributing[[0, 1, 1]] == 1
        assert wanted[there].sum() / wanted.sum() == pytest.approx(share), name


def test_an_account_that_a_strategy_meets_nobody_at_leaves_its_share_to_the_others():
    empty = end_customer(theirs=())
    assembly = made(empty, partners=(dealer(),), strategies=(SHIPPED["diamond"],))
    assert assembly.asked[0, 1] == pytest.approx(assembly.pool[1])


def test_a_portfolio_keeps_the_shares_of_today_unless_distributors_come_first():
    both = [key_account(), dealer()]
    for name, share in (("function_matching", 16.0 / 26.0), ("distributor_first", 0.6)):
        assembly = made(both, strategies=(SHIPPED[name],))
        wanted = assembly.levers[0].wanted
        assert wanted[1:].sum() / wanted.sum() == pytest.approx(share), name


def test_hours_at_a_distributors_people_are_partly_training():
    """What is taught in a month is that share of the hours there, and only there."""
    quiet = {"turnover_ours": 0, "turnover_distributor": 0, "turnover_theirs": 0}
    for name, share in (("single_threaded", 0.0), ("function_matching", 0.1), ("distributor_first", 0.3)):
        assembly = made([key_account(), dealer()], strategies=(SHIPPED[name],), **quiet)
        for _, month, state in months_of(assembly, 1):
            if month == 1:
                assert state.taught[0] == 0.0
                assert state.taught[1] == pytest.approx(share * state.level[1, SPENT])
                assert state.level[1, SPENT] > 1.0


def test_direct_offers_of_a_strategy_go_to_the_largest_first():
    shares = {0.0: [], 0.01: ["e1"], 0.7: ["e1"], 0.8: ["e1", "e3"], 1.0: ["e1", "e3"]}
    offers = tuple(replace(SHIPPED["diamond"], name=f"{share}", direct=share) for share in shares)
    assembly = made(dealer(), strategies=offers)
    assert [one.id for one in CUSTOMERS] == list(assembly.business.customers)
    for levers, opened in zip(assembly.levers, shares.values(), strict=True):  # e2 buys directly already
        assert [one.id for one, offer in zip(CUSTOMERS, levers.offer, strict=True) if offer == OPEN] == opened


def test_no_strategy_depends_on_those_beside_it():
    one = dealer()
    planned = plan_strategy(one, [PlannedAction("eng", "d-buyer", "meeting", 1)])
    others = tuple(SHIPPED[name] for name in ("buyer_and_boss", "function_matching", "diamond"))
    together = made(one, strategies=(*others, planned))
    for strategy, levers in zip((*others, planned), together.levers, strict=True):
        alone = made(one, strategies=(strategy,))
        case, only = together.case, alone.levers[0]
        wanted = {
            (i, case.owner[i, k]): levers.wanted[i, k]
            for i, k in zip(*np.nonzero(levers.wanted), strict=True)
        }
        assert wanted == {
            (i, alone.case.owner[i, k]): only.wanted[i, k]
            for i, k in zip(*np.nonzero(only.wanted), strict=True)
        }
        assert np.array_equal(levers.hours, only.hours)


def test_training_in_a_plan_teaches_and_other_kinds_do_not():
    one = dealer()
    actions = [PlannedAction("kam", "d-buyer", "training", 1), PlannedAction("kam", "d-tech", "visit", 1)]
    assembly = made(one, strategies=(plan_strategy(one, actions),))
    levers = assembly.levers[0]
    kinds = one.policy.kinds
    assert levers.effort_taught.sum() == pytest.approx(kinds["training"].hours)
    assert levers.effort_hours.sum() == pytest.approx(kinds["training"].hours + kinds["visit"].hours)
    assert levers.effort.sum() == pytest.approx(
        sum(kinds[kind].quality * kinds[kind].hours for kind in ("training", "visit"))
    )
