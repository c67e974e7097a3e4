"""Distributors and end customers in the running model against closed forms and exact shares.

People, ties and conflict stand still except for what a test is about, so that every number can be worked out
beside the model: softmax by SciPy, geometric approach to a target, the multinomial logit, prices times units.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax
from scipy.stats import chisquare

from graph.account import Account, Agreement, Carried, Sale
from simulation import Scenario, simulate
from simulation.assembly import assemble
from simulation.scenario import AnnounceDirect, Event, GoDirect, RivalLaunch, Takeover
from simulation.state import KNOWLEDGE, MARKUP, OPENNESS, OURS, TENSION, TRUST, State
from simulation.strategies import SHIPPED, Strategy
from tests.validation.cases import history, months_of
from tests.validation.channel_worlds import DISTRIBUTOR, distributor, everybody
from tests.validation.scale import UNLIKELY, replicates

IDLE = SHIPPED["do_nothing"]
STILL = {
    "standing": 0.0,
    "unrecorded": 0.0,
    "turnover_distributor": 0.0,
    "turnover_ours": 0.0,
    "decay_scale": 0.0,
    "sway": 0.0,
    "market_sd": 0.0,
    "loss": 0.0,
}
LOYAL = {"rival": -10.0, "b_habit": 10.0, "b_hop": 0.0}  # no end customer leaves within our lifetime
NO_CONFLICT = {"a_fear": 0.0, "fight_effort": 0.0, "fight_price": 0.0, "trust_fall": 0.0, "trust_rise": 0.0}


def states(
    account: Account,
    parameters: Mapping[str, float],
    months: int,
    strategy: Strategy = IDLE,
    events: Sequence[Event] = (),
) -> Iterator[tuple[int, State]]:
    """Yield (month, state) of one replicate of a world that stands still but for `parameters`."""
    scenario = Scenario(parameters={**STILL, **parameters}, events=tuple(events))
    for _, month, state in history(account, scenario, strategy, months):
        yield month, state


def feature(
    which: int,
    account: Account,
    parameters: Mapping[str, float],
    months: int,
    strategy: Strategy = IDLE,
    events: Sequence[Event] = (),
) -> list[float]:
    """Return one feature of the distributor by month."""
    return [
        float(state.feature[0, which]) for _, state in states(account, parameters, months, strategy, events)
    ]


def only_ours(account: Account) -> Account:
    """Return the account with all end customers buying our brand."""
    sales = tuple(replace(sale, brand="Ours") for sale in account.channel.sales)
    return replace(account, channel=replace(account.channel, sales=sales))


def access(account: Account) -> float:
    """Return the weighted share of the distributor's people whom we reach, from people and ties."""
    weights = {"decision_maker": 1.0, "evaluator": 0.6, "influencer": 0.4, "user": 0.3}
    reached = total = 0.0
    for one in account.theirs:
        weight = (one.influence or 0.0) * weights[one.role or "user"]
        missed = math.prod(1.0 - tie.strength for tie in account.ties if tie.stakeholder == one.id)
        total += weight
        reached += weight * (1.0 - missed)
    return reached / total


# Focus -----------------------------------------------------------------------------------------------------


def test_share_of_mind_goes_to_the_softmax_of_what_draws_the_distributor():
    account = distributor(3)
    given = {
        **NO_CONFLICT, "share_of_mind_start": 0.1, "focus_rate": 0.2, "forget": 0.0, "enablement_start": 0.4,
        "a_margin": 3.0, "markup": 0.4, "markup_rival": 0.2, "a_rel": 1.4, "a_enable": 0.9, "a_trust": 0.8,
        "trust_start": 0.7,
    }  # fmt: skip
    pull = 3.0 * (0.4 / 1.4 - 0.2 / 1.2) + 1.4 * access(account) + 0.9 * 0.4 + 0.8 * 0.2
    target = float(softmax([pull, 0.0, 0.0])[0])
    found = [float(state.minds[0, OURS]) for _, state in states(account, given, 12)]
    expected = [target + (0.1 - target) * 0.8**month for month in range(13)]
    assert found == pytest.approx(expected, rel=1e-12)


def test_the_three_shares_of_mind_always_add_up_to_one():
    launch = RivalLaunch(5, DISTRIBUTOR, "Theirs")
    for _, state in states(distributor(3, mind=0.3), {}, 24, SHIPPED["diamond"], [launch]):
        assert float(state.minds[0].sum()) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("rival", [False, True])
@pytest.mark.parametrize("mind", [0.15, 0.32, 0.6])
def test_a_known_share_of_mind_is_a_steady_state(mind, rival):
    account = distributor(5, mind=mind, rival=rival)
    given = {**NO_CONFLICT, "forget": 0.0, "novel_fade": 120.0}
    found = [float(state.minds[0, OURS]) for _, state in states(account, given, 1)]
    if rival:  # its news fades by a month, so that ours gains a little and never falls
        assert 0.0 <= found[1] - mind < 0.005
    else:
        assert found == pytest.approx([mind, mind], rel=1e-12)


def test_a_launch_draws_effort_by_its_news_and_lets_go_as_it_fades():
    account = distributor(4, mind=0.4)
    given = {**NO_CONFLICT, "forget": 0.0, "focus_rate": 1.0, "a_novel": 1.5, "novel_fade": 10.0}
    leaning = math.log(0.4 / 0.6 * 2.0)  # what keeps the share of mind at 0.4 against two others
    found = [
        float(state.minds[0, OURS])
        for _, state in states(account, given, 20, events=[RivalLaunch(6, DISTRIBUTOR, "Theirs")])
    ]
    for month in range(1, 21):
        news = 1.5 * math.exp(-(month - 6) / 10.0) if month >= 6 else 0.0
        assert found[month] == pytest.approx(float(softmax([leaning, news, 0.0])[0]), rel=1e-12)


def test_a_takeover_ends_trust_keeps_a_share_of_the_ties_and_its_brand_stays_new():
    account = distributor(4, mind=0.4)
    given = {**NO_CONFLICT, "forget": 0.0, "focus_rate": 1.0, "a_novel": 1.5, "a_trust": 2.0, "a_rel": 1.2,
             "handover": 0.25, "trust_start": 0.6}  # fmt: skip
    kept = replace(account, ties=tuple(replace(tie, strength=0.25 * tie.strength) for tie in account.ties))
    drop = 2.0 * 0.6 + 1.2 * (access(account) - access(kept))
    after = float(softmax([math.log(0.4 / 0.6 * 2.0) - drop, 1.5, 0.0])[0])
    found = list(states(account, given, 0))
    minds, trusts = [], []
    for _, state in states(account, given, 15, events=[Takeover(6, DISTRIBUTOR, "Theirs")]):
        minds.append(float(state.minds[0, OURS]))
        trusts.append(float(state.feature[0, TRUST]))
    assert found and minds[:6] == pytest.approx([0.4] * 6, rel=1e-12)
    assert minds[6:] == pytest.approx([after] * 10, rel=1e-12)
    assert trusts == [0.6] * 6 + [0.0] * 10


@pytest.mark.parametrize(
    ("levers", "calm"),
    [({}, 1.0), ({"commission": 0.05}, 0.7), ({"commission": 0.4}, 0.4), ({"registration": 1.0}, 0.6),
     ({"commission": 0.1, "registration": 1.0}, 0.24)],
)  # fmt: skip
def test_conflict_goes_to_what_is_offered_over_the_distributors_head_as_far_as_it_is_not_soothed(
    levers, calm
):
    account = only_ours(distributor(6, known=0.0))
    names, size = everybody(account), {s.end_customer: s.volume for s in account.channel.sales}
    opened, told = names[:6], names[6:15]
    events = [GoDirect(1, DISTRIBUTOR, opened), AnnounceDirect(1, DISTRIBUTOR, told)]
    over = (sum(size[n] for n in opened) + 0.7 * sum(size[n] for n in told)) / sum(size.values())
    given = {**LOYAL, "reveal": 0.0, "announce": 0.7, "conflict_rate": 0.3, "soothe_comm": 0.6,
             "soothe_reg": 0.4, "comm_full": 0.1}  # fmt: skip
    found = feature(TENSION, account, given, 10, replace(IDLE, **levers), events)
    assert found == pytest.approx([over * calm * (1.0 - 0.7**month) for month in range(11)], rel=1e-9)


def test_trust_goes_to_the_balance_of_access_and_conflict_and_transparency_follows_it():
    account = only_ours(distributor(7, known=0.0))
    given = {
        **LOYAL, "reveal": 0.0, "trust_fall": 0.2, "trust_rise": 0.1, "trust_start": 0.3, "open_rate": 0.25,
        "incentive": 0.8, "transparency_start": 0.1, "err_max": 0.4, "err_min": 0.05,
    }  # fmt: skip
    months = 400
    events = [GoDirect(1, DISTRIBUTOR, everybody(account))]
    trust = feature(TRUST, account, given, months, events=events)
    balance = 0.1 * access(account) / (0.1 * access(account) + 0.2 * 1.0)
    assert trust[-1] == pytest.approx(balance, rel=1e-9)
    shown = feature(OPENNESS, account, given, months, events=events)
    assert shown[-1] == pytest.approx(0.8 * balance, rel=1e-9)
    assert shown[1] == pytest.approx(0.1 + 0.25 * (0.8 * trust[1] - 0.1), rel=1e-12)
    run = simulate(
        account,
        Scenario(parameters={**STILL, **given}, events=tuple(events)),
        [IDLE],
        replicates=1,
        months=months,
    )
    assert run.series("forecast_error")[0, 0, -1] == pytest.approx(0.45 - 0.4 * 0.8 * balance, rel=1e-9)


def test_the_markup_goes_to_what_threat_and_relief_make_of_it():
    account = only_ours(distributor(8, known=0.0))
    names, size = everybody(account), {s.end_customer: s.volume for s in account.channel.sales}
    told = names[:10]
    offered = sum(size[n] for n in told) / sum(size.values())
    given = {**LOYAL, "reveal": 0.0, "fight_price": 0.9, "depend": 0.5, "accept": 0.8, "passed": 0.6,
             "price_rate": 0.3, "markup": 0.4}  # fmt: skip
    wanted = 0.4 * (1.0 - 0.9 * 0.5 * 0.8 * offered) + 0.4 * 1.4 * 0.05 / 0.95
    events = [AnnounceDirect(1, DISTRIBUTOR, told)]
    found = feature(MARKUP, account, given, 12, replace(IDLE, relief=0.05), events)
    assert found == pytest.approx([wanted + (0.4 - wanted) * 0.7**month for month in range(13)], rel=1e-9)


def test_training_settles_where_it_makes_up_for_what_is_forgotten():
    account = distributor(9)
    strategy = replace(SHIPPED["single_threaded"], training=0.5)
    given = {"learn": 0.02, "forget": 0.05, "enablement_start": 0.0, "max_person_hours": 160.0}
    taught = 0.5 * float(account.hours.sum())
    kept = math.exp(-0.02 * taught)
    found = feature(KNOWLEDGE, account, given, 200, strategy)
    assert found[1] == pytest.approx(1.0 - kept, rel=1e-12)
    assert found[-1] == pytest.approx((1.0 - kept) / (1.0 - 0.95 * kept), rel=1e-9)


# Choice ----------------------------------------------------------------------------------------------------

STEADY = {
    **NO_CONFLICT, "forget": 0.0, "order": 1.0, "b_price": 5.0, "b_effort": 3.0, "b_known": 0.4,
    "b_accept": 2.0, "accept": 0.8, "rival": 0.2, "spill": 0.6, "p_direct": 0.9, "reveal": 0.0,
}  # fmt: skip


def test_without_habit_market_shares_are_the_logit():
    account = distributor(10, mind=0.5, known=0.5)
    names = everybody(account)
    some = names[:18]  # twelve of them are known to us, six are not and cannot buy directly
    scenario = Scenario(
        parameters={**STILL, **STEADY, "b_habit": 0.0}, events=(GoDirect(1, DISTRIBUTOR, some),)
    )
    run = assemble(account, scenario, [IDLE], 24)
    known = {one.id for one in account.channel.end_customers if one.known}
    counted: dict[tuple[bool, bool], Counter[int]] = {}
    for _, month, state in months_of(run, 24, seed=4, replicates=replicates(60, 2)):
        if month > 0:
            for c, lot in enumerate(names):
                kind = (lot in known, lot in some)
                counted.setdefault(kind, Counter())[int(state.last[c])] += 1
    direct, via, rival = 5.0 * 0.1 - 2.0 * 0.2, 3.0 * (0.5 - 1.0 / 3.0), 0.2
    for (is_known, is_open), found in counted.items():
        values = [
            direct if is_known and is_open else -math.inf,
            via + 0.4 * is_known + 0.6 * is_open,
            rival,
        ]
        number = sum(found.values())
        shares = softmax(values)
        seen = [found[choice] for choice in range(3)]
        possible = shares > 0.0
        assert sum(np.array(seen)[~possible]) == 0
        fit = chisquare(np.array(seen)[possible], number * shares[possible])
        assert fit.pvalue > UNLIKELY, (is_known, is_open, seen, shares)
    assert set(counted) == {(True, True), (False, True), (False, False)}


def test_with_habit_shares_are_those_of_the_chain_of_choices():
    """A choice depends on the last one alone, so shares in the long run are the chain's own."""
    account = distributor(11, mind=0.5)
    habit = 1.2
    scenario = Scenario(parameters={**STILL, **STEADY, "b_habit": habit})
    via, rival = 3.0 * (0.5 - 1.0 / 3.0) + 0.4, 0.2
    moves = np.array([softmax([via + habit, rival]), softmax([via, rival + habit])])
    seen = np.zeros((2, 2))
    last: dict[int, int] = {}
    run = assemble(account, scenario, [IDLE], 24)
    for _, month, state in months_of(run, 24, seed=5, replicates=replicates(60, 2)):
        for lot, choice in enumerate(state.last.tolist()):
            if month > 0:
                seen[last[lot] - 1, choice - 1] += 1
            last[lot] = choice
    for row, chances in zip(seen, moves, strict=True):
        assert chisquare(row, row.sum() * chances).pvalue > UNLIKELY, (seen, moves)


def test_an_end_customer_stays_with_its_own_distributor_by_what_changing_costs():
    account = distributor(12, mind=0.5)
    second = "other"
    sales = tuple(
        replace(sale, seller=second, brand="Ours") if i % 2 else replace(sale, brand="Ours")
        for i, sale in enumerate(account.channel.sales)
    )
    customer = account.channel.end_customers[0]
    end = replace(
        account,
        kinds=("end_customer",),
        id=customer.id,
        theirs=tuple(replace(one, organisation=customer.id) for one in account.theirs),
        channel=replace(
            account.channel,
            distributors=(*account.channel.distributors, replace(account.channel.distributors[0], id=second)),
            sales=(
                replace(sales[0], end_customer=customer.id, volume=3.0),
                replace(sales[0], end_customer=customer.id, seller=second, volume=1.0),
            ),
            carried=(
                Carried(DISTRIBUTOR, "Ours", "Ours", True, share_of_mind=0.5),
                Carried(second, "Ours", "Ours", True, share_of_mind=0.5),
            ),
        ),
    )
    scenario = Scenario(parameters={**STILL, **STEADY, "b_habit": 0.0, "b_hop": 1.1})
    run = assemble(end, scenario, [IDLE], 24)
    via = 3.0 * (0.5 - 1.0 / 3.0) + 0.4
    home = run.case.channel.home[0] + 1
    values = [0.2 if choice == 3 else via - 1.1 * (choice != home) for choice in (1, 2, 3)]
    seen: Counter[int] = Counter()
    for _, month, state in months_of(run, 24, seed=6, replicates=replicates(200, 8)):
        if month > 0:
            seen.update(state.last.tolist())
    found = [seen[choice] for choice in (1, 2, 3)]
    assert run.business.distributors[int(home) - 1] == DISTRIBUTOR
    assert chisquare(found, sum(found) * softmax(values)).pvalue > UNLIKELY, (found, values)


# Money -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("margin", [None, 0.17, 0.31])
def test_the_start_shows_the_revenue_and_the_margin_that_are_known(margin):
    account = replace(distributor(13, mind=0.3), margin=margin, revenue=1_450_000.0)
    with_direct = (Sale("us", "c00", True, 2.0, "Ours"), Sale("us", "c01", True, 0.5, "Ours"))
    channel = replace(account.channel, sales=(*account.channel.sales, *with_direct))
    channel = replace(channel, agreements=(Agreement(DISTRIBUTOR, transparency=0.6),))
    account = replace(account, channel=channel)
    run = simulate(account, Scenario(), [IDLE], replicates=2, months=1)
    assert run.series("revenue")[..., 0] == pytest.approx(1_450_000.0, rel=1e-12)
    if margin is not None:
        assert run.series("margin")[..., 0] == pytest.approx(1_450_000.0 * margin, rel=1e-12)
    assert run.series("transparency")[..., 0] == pytest.approx(0.6, rel=1e-12)


def test_everybody_is_paid_out_of_what_end_customers_pay():
    """Prices times units by the choices seen: our revenue and profit, the distributor's, month by month."""
    account = distributor(14, mind=0.4, revenue=None)
    given = {
        **STILL, "order": 1.0, "cost": 0.55, "markup": 0.35, "markup_rival": 0.3, "rival_share": 0.4,
        "p_direct": 0.95, "serve": 0.1, "reg_cost": 0.02, "err_cost": 0.2, "err_max": 0.3, "err_min": 0.1,
        "hour_cost": 0.0, "reveal": 0.0,
    }  # fmt: skip
    relief, commission = 0.04, 0.08
    strategy = replace(IDLE, relief=relief, commission=commission, registration=1.0)
    scenario = Scenario(parameters=given, events=(GoDirect(2, DISTRIBUTOR, everybody(account)),))
    months = 24
    run = simulate(account, scenario, [strategy], replicates=1, months=months)
    volumes = [sale.volume or 0.0 for sale in sorted(account.channel.sales, key=lambda s: s.end_customer)]
    start = sum(volumes[i] for i in range(0, len(volumes), 2))  # ours is every second one's
    per_unit = 100.0 / start
    chosen: set[int] = set()
    for _, month, state in history(account, scenario, strategy, months):
        if month == 0:
            continue
        units = [0.0, 0.0, 0.0]
        for volume, choice in zip(volumes, state.last.tolist(), strict=True):
            units[choice] += volume * per_unit
            chosen.add(choice)
        direct, via, rival = units
        markup, openness = float(state.feature[0, MARKUP]), float(state.feature[0, OPENNESS])
        paid_direct, paid_via = direct * 0.95 * 1.35, via * (1.0 - relief) * (1.0 + markup)
        fee = commission * paid_direct
        resold = via * (1.0 - relief) * markup
        costs = 0.55 * (direct + via) + 0.1 * direct + via * (0.02 + 0.2 * (0.3 * (1.0 - openness) + 0.1))
        revenue = float(run.series("revenue")[0, 0, month])
        theirs = float(run.series("distributor_profit")[0, 0, month])
        assert revenue == pytest.approx(paid_direct + paid_via - fee - resold, rel=1e-12)
        assert theirs == pytest.approx(fee + resold + rival * 0.4 * 0.3, rel=1e-12)
        assert float(run.series("margin")[0, 0, month]) == pytest.approx(revenue - costs, rel=1e-12)
    assert chosen == {0, 1, 2}


def test_what_is_ordered_in_a_month_adds_up_to_the_volume_of_a_year():
    """Orders come with the chance `order` and are the larger the rarer; revenue is the same on average."""
    account = only_ours(distributor(15, mind=0.4, customers=200))
    number = replicates(100, 4)
    for order in (0.2, 1.0):
        scenario = Scenario(parameters={**STILL, **LOYAL, "order": order})
        revenue = simulate(account, scenario, [IDLE], replicates=number, months=12).series("revenue")[0]
        mean = revenue[:, 1:].mean(axis=1)
        error = float(mean.std(ddof=1)) / math.sqrt(number)
        assert abs(float(mean.mean()) - 1_000_000.0) <= 4.0 * error + 1e-6
