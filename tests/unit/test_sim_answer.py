"""The answer: what events cost, which strategy is best, and how that depends on hours."""

from dataclasses import replace

import numpy as np
import pytest

from graph.account import Tie
from simulation import Scenario, answer, hours_curve, leaving_scenario, simulate, strategies_for
from simulation.answer import after_verdict
from simulation.comparison import estimate
from simulation.hours import FACTORS, CurvePoint, HoursCurve
from simulation.scenario import HoursCut, Leaves, PricePressure, RivalLaunch
from simulation.strategies import SHIPPED
from simulation.verdict import verdict_of
from simulation.wording import count, happened, listed, money, of_futures, points, signed
from tests.unit.accounts import acme, diabolo
from tests.unit.channels import dealer

NAMES = ("do_nothing", "single_threaded", "diamond")
LEAVING = Scenario("Kai leaves", None, (Leaves(4, "kam"),))
PRESSURE = PricePressure(6, "acme", 20.0, 6)


def run(one=None, scenario=None, names=NAMES, **settings):
    one = one or diabolo()
    settings = {"replicates": 60, "months": 12, "threads": 1, **settings}
    return simulate(one, scenario or Scenario(), strategies_for(one, names=names), **settings)


def difference(found, quiet, measure, s):
    return estimate(found.measures[measure][s] - quiet.measures[measure][s])


def test_the_answer_says_who_when_what_it_costs_and_how_sure():
    one = diabolo()
    scenario = leaving_scenario(one, ["buyer"], [6])
    chosen = strategies_for(one, names=NAMES)
    found = simulate(one, scenario, chosen, replicates=200, months=36)
    curve = hours_curve(one, scenario, chosen, replicates=40, months=36)
    given = answer(found, curve)
    assert [(leaver.person, leaver.side, leaver.month) for leaver in given.leavers] == [
        ("buyer", "theirs", 6)
    ]
    assert (given.connectivity, given.starts_multi_threaded, given.shape) == (1, False, "diabolo")
    for cost in given.costs:
        for part in (cost.access, cost.revenue, cost.loss, cost.lost_within_year, cost.recovery_months):
            assert part.ci_low <= part.mean <= part.ci_high
    said = " ".join(after_verdict(replace(given, starts_multi_threaded=True, connectivity=2), found))
    assert "starts in shape a diabolo, yet multi-threaded: at least 2 people" in said
    single = given.costs[1]
    assert single.access.mean < 0.0
    assert single.loss.mean > 0.0
    assert given.verdict.best == found.ranking("margin_total")[0]
    assert len(curve.levels) == len(FACTORS) == 5
    assert curve.levels[2] == pytest.approx(30.0)
    assert {point.strategy for point in curve.points} == set(NAMES)
    text = " ".join(given.sentences)
    for words in (
        "Bea leaves in month 6",
        "single thread (diabolo); whatever a strategy builds first has 5 months",
        "earns most",
        "loses the account least, which is what the leaving threatens",
        "By hours",
        "no control group",
    ):
        assert words in text


# What events cost


def test_costs_are_paired_differences():
    found, quiet = run(scenario=LEAVING, months=24), run(months=24)
    given = answer(found)
    cost = given.costs[2]
    assert cost.revenue == difference(found, quiet, "revenue_total", 2)
    assert cost.margin == difference(found, quiet, "margin_total", 2)
    assert cost.access == estimate(found.series("access")[2, :, 4] - quiet.series("access")[2, :, 4])
    survival = found.series("survival")[2]
    lost = (survival[:, 3] - survival[:, 15]).mean() / survival[:, 3].mean()
    assert cost.lost_within_year.mean == pytest.approx(lost)
    assert cost.share_of_mind is None
    assert given.leavers[0].side == "ours"
    assert given.leaving_costs == given.costs


@pytest.mark.parametrize("event", [PRESSURE, HoursCut(3, "acme", 0.5)])
def test_every_event_is_compared_with_quiet_years(event):
    names = ("single_threaded", "diamond")
    found, quiet = run(scenario=Scenario("x", None, (event,)), names=names), run(names=names)
    given = answer(found)
    assert [cost.revenue for cost in given.costs] == [
        difference(found, quiet, "revenue_total", s) for s in range(len(names))
    ]
    assert given.leaving_costs == ()
    named = f"the event ({event.event.replace('_', ' ')})"
    assert any(f"What {named} changes under" in text for text in given.sentences)


def test_a_scenarios_own_parameters_stay_in_quiet_years():
    still = {"turnover_theirs": 0.0}
    found = run(scenario=Scenario("x", None, (PRESSURE,), still))
    quiet = run(scenario=Scenario("y", None, (), still))
    assert answer(found).costs[0].revenue == difference(found, quiet, "revenue_total", 0)


def test_what_a_rival_costs_at_a_distributor_shows_in_the_share_of_mind():
    one = dealer()
    names = ("do_nothing", "diamond")
    launch = Scenario("launch", None, (RivalLaunch(3, "dealer", "theirs"),))
    found, quiet = run(one, launch, names, months=24), run(one, Scenario(), names, months=24)
    given = answer(found)
    for s, cost in enumerate(given.costs):
        assert cost.share_of_mind == difference(found, quiet, "share_of_mind_end", s)
    assert any("share of mind at the end" in text for text in given.sentences)


def test_the_leaving_alone_is_told_beside_other_events():
    both = replace(LEAVING, events=(*LEAVING.events, PRESSURE))
    found, without = run(scenario=both), run(scenario=Scenario("p", None, (PRESSURE,)))
    given = answer(found)
    assert given.leaving_costs[1].revenue == difference(found, without, "revenue_total", 1)
    assert given.costs[1].revenue == difference(found, run(), "revenue_total", 1)
    text = " ".join(given.sentences)
    assert "the events (leaving and price pressure) change" in text
    assert "Of that, the leaving alone" in text


def test_what_changes_nothing_is_said_to():
    found = run(scenario=Scenario("x", None, (PricePressure(6, "acme", 0.0, 1),)))
    assert any("The event (price pressure) changes nothing" in text for text in answer(found).sentences)


def test_an_answer_without_any_event_still_ranks():
    given = answer(run())
    assert given.costs == given.leaving_costs == ()
    assert given.verdict.best in NAMES
    assert not any("threatens" in text for text in given.sentences)


# The verdict


def test_the_verdict_goes_by_profit_and_is_paired():
    found = run(scenario=LEAVING, months=36)
    verdict = verdict_of(found)
    order = found.ranking("margin_total")
    assert (verdict.measure, verdict.best, verdict.next) == ("margin_total", *order[:2])
    assert verdict.over == found.compare(order[0], order[1], "margin_total")
    assert verdict.settled is ((order[0], order[1]) not in found.unsettled())
    assert verdict.safest == found.ranking("account_lost")[0]
    values = dict(zip(found.names, found.measures["margin_total"], strict=True))
    assert verdict.p_better == (values[order[0]] > values[order[1]]).mean()
    settled = "that order is settled" if verdict.settled else "60 futures do not settle that order"
    assert settled in verdict.sentences[0]


def test_where_another_loses_less_the_verdict_says_why_the_best_earns_more():
    """Where hours are dear, saving them pays until the horizon."""
    found = run(scenario=Scenario("dear", None, (), {"hour_cost": 2000.0}))
    verdict = verdict_of(found)
    assert verdict.best == "do_nothing" != verdict.safest
    assert verdict.safest == found.ranking("account_lost")[0]
    first, second, third = verdict.sentences
    assert first.startswith("“do nothing” earns most")
    assert second.startswith(f"“{verdict.safest}” loses the account least: in ")
    assert "with “do nothing”" in second
    assert "because it saves hours (0 against" in third
    assert "what remains of the account after 12 months is not counted" in third


def test_without_a_supply_row_loss_ranks():
    found = run(acme(revenue=None, margin=None), LEAVING)
    verdict = verdict_of(found)
    assert found.ranked_by == verdict.measure == "account_lost"
    assert verdict.best == verdict.safest == found.ranking("account_lost")[0] == found.ranking()[0]
    assert verdict.sentences[0].startswith(f"“{verdict.best}” loses the account least")
    assert "No supply row tells the revenue of Acme" in verdict.sentences[1]
    assert "earns" not in " ".join(answer(found).sentences)
    assert "profit −" not in " ".join(answer(found).sentences)


@pytest.mark.parametrize(
    ("missing", "said"),
    [("theirs", "Nobody of Acme is known"), ("ours", "Nobody of ours is known at Acme")],
)
def test_where_nobody_is_known_nothing_is_ranked(missing, said):
    one = acme(**{missing: (), "ties": ()})
    found = run(one, Scenario("x", None, (PRESSURE,)))
    curve = hours_curve(one, found.scenario, found.strategies, replicates=2, months=12)
    given = answer(found, curve)
    assert given.verdict.best is given.verdict.safest is given.curve is None
    text = " ".join(given.sentences)
    assert said in text and "nobody to multi-thread with yet" in text
    assert "earns most" not in text and "By hours" not in text


def test_hours_of_an_account_without_contact_are_explained():
    told = " ".join(answer(run(acme(ties=()))).sentences)
    assert "without any thread" in told
    assert "the 30 hours a month are what our 2 people could spend at the most" in told
    for known in (acme(ties=(), share_of_time={"kam": 0.5}), acme(ties=(Tie("kam", "fin", 0.1),))):
        assert "at the most" not in " ".join(answer(run(known)).sentences)


def test_strategies_that_do_alike_are_told_as_such():
    twin = replace(SHIPPED["diamond"], name="twin")
    one = diabolo()
    found = simulate(
        one, Scenario(), [SHIPPED["do_nothing"], SHIPPED["diamond"], twin], replicates=20, months=36
    )
    verdict = verdict_of(found)
    assert {verdict.best, *verdict.alike} == {"diamond", "twin"}
    assert (verdict.best, verdict.next) == ("diamond", "do_nothing")
    assert "exactly as much as “twin”" in verdict.sentences[0]
    same = simulate(one, Scenario(), [SHIPPED["diamond"], twin], replicates=20, months=12)
    assert verdict_of(same).next is None
    assert "No strategy makes a difference to profit" in verdict_of(same).sentences[0]


def test_strategies_that_lose_alike_are_told_as_such():
    twin = replace(SHIPPED["diamond"], name="twin")
    chosen = [SHIPPED["do_nothing"], SHIPPED["diamond"], twin]
    dear = Scenario("dear", None, (), {"hour_cost": 2000.0})
    verdict = verdict_of(simulate(diabolo(), dear, chosen, replicates=20, months=12))
    assert (verdict.best, verdict.safest) == ("do_nothing", "diamond")
    assert "of the futures, as does “twin”, against" in verdict.sentences[1]


def test_one_strategy_alone_is_not_called_the_best():
    verdict = verdict_of(run(names=("diamond",), months=1))
    assert verdict.next is None
    assert "over 1 month; nothing else was run beside it" in verdict.sentences[0]
    assert "most" not in " ".join(verdict.sentences)


# Hours


def test_the_best_by_hours_goes_by_what_ranks():
    one = estimate(np.array([1.0, 1.0]))
    two = estimate(np.array([2.0, 2.0]))

    def point(name, factor, profit, lost):
        return CurvePoint(name, factor, 10.0 * factor, 5, lost, profit, one, one)

    points = (
        point("do_nothing", 1.0, two, two),
        point("diamond", 1.0, one, one),
        point("do_nothing", 2.0, one, two),
        point("diamond", 2.0, two, one),
    )
    by_profit, by_loss = HoursCurve(points), HoursCurve(points, "account_lost")
    assert by_profit.sentence() == (
        "By hours a month, what earns most is “do nothing” with 10, “diamond” with 20."
    )
    assert by_loss.sentence() == (
        "By hours, “diamond” loses the account least throughout, from 10 to 20 hours a month."
    )


def test_the_curve_says_how_many_futures_it_is_from():
    one = diabolo()
    found = run(one, replicates=8)
    settings = {"factors": (0.5, 1.0), "replicates": 4, "months": 12}
    curve = hours_curve(one, Scenario(), found.strategies, **settings, today=found)
    assert curve.futures() == "4 futures, 8 with today’s hours"
    assert hours_curve(one, Scenario(), found.strategies, **settings).futures() == "4 futures"


# Words


def test_numbers_and_names_in_sentences():
    assert count(1, "month", "months") == "1 month"
    assert count(1000, "future", "futures") == "1,000 futures"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert happened(["leaves", "leaves", "go_direct"]) == "leaving and direct sales"
    assert money(-1234.0) == "−1.23\u00a0k"
    assert money(999_999.0) == "1\u00a0m"
    assert signed(points)(-0.012) == "−1.2"
    assert signed(points)(0.0) == "+0.0"


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1.0, "in every future"),
        (0.999, "in more than 99 of 100 futures"),
        (0.68, "in 68 of 100 futures"),
        (0.001, "in fewer than 1 of 100 futures"),
        (0.0, "in no future"),
    ],
)
def test_shares_of_the_futures_are_told_in_hundreds(share, said):
    assert of_futures(share) == said
