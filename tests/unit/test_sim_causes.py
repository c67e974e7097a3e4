from dataclasses import replace

import pytest

from graph.errors import InputError
from simulation import PlannedAction, Scenario, plan_strategy, simulate, strategies_for
from simulation.causes import find_causes
from simulation.comparison import estimate
from simulation.mechanisms import ACTS_THROUGH
from simulation.parameters import families
from simulation.scenario import EVENTS, HoursCut, Leaves, PricePressure
from simulation.wording import money
from tests.unit.accounts import acme

NAMES = ("do_nothing", "single_threaded", "function_matching", "diamond")
STILL = {"turnover_theirs": 0.0, "turnover_ours": 0.0, "market_sd": 0.0}


def run(*events, names=NAMES, parameters=(), **settings):
    one = acme()
    scenario = Scenario("something happens", None, events, dict(parameters))
    settings = {"replicates": 60, "months": 36, "threads": 1, **settings}
    return simulate(one, scenario, strategies_for(one, names=names), **settings)


def by_parameter(found):
    return {cause.parameter: cause for cause in found.found}


PRESSURE = PricePressure(6, "acme", 70.0, 30)


def lead(found, a, b):
    values = found.measures["margin_total"]
    return estimate(values[found.names.index(a)] - values[found.names.index(b)])


def test_the_comparison_is_that_of_two_runs_of_our_own():
    with_events = run(PRESSURE)
    found = find_causes(with_events)
    quiet = run()
    assert (found.best, found.quiet_best) == (with_events.ranking()[0], quiet.ranking()[0])
    assert found.best == "do_nothing" != found.quiet_best
    assert found.differs
    assert found.here == lead(with_events, found.best, found.quiet_best)
    assert found.quiet == lead(quiet, found.best, found.quiet_best)
    assert found.swing.mean == pytest.approx(found.here.mean - found.quiet.mean)
    assert found.here.ci_low > 0.0 > found.quiet.ci_high


def test_a_parameter_that_moves_both_years_alike_is_no_cause():
    """Costs of hours decide the order under price pressure, but they are the same in quiet years."""
    found = find_causes(run(PRESSURE))
    cost = by_parameter(found)["hour_cost"]
    assert cost.taken == pytest.approx(0.0, abs=1e-6)
    assert not cost.acts
    assert cost not in found.causes
    again = lead(run(PRESSURE, parameters={"hour_cost": 0.0}), found.best, found.quiet_best)
    assert cost.here == again
    assert any("the event itself (price pressure), not a parameter" in text for text in found.sentences)


CUT = HoursCut(6, "acme", 0.8)


def test_a_parameter_is_the_cause_where_the_order_comes_back_without_it():
    """With few hours left what was built decays: without decay the wide net stays ahead."""
    with_events = run(CUT, parameters=STILL, months=60)
    found = find_causes(with_events)
    assert (found.best, found.quiet_best) == ("function_matching", "diamond")
    assert found.causes[0].parameter == "decay_scale"
    decay = found.causes[0]
    still = {**STILL, "decay_scale": 0.0}
    here, quiet = (run(*events, parameters=still, months=60) for events in ((CUT,), ()))
    assert decay.here == lead(here, found.best, found.quiet_best)
    assert decay.quiet == lead(quiet, found.best, found.quiet_best)
    assert decay.here.ci_high < 0.0
    assert decay.restores and decay.acts
    assert 0.0 < decay.taken < 1.0
    assert decay.taken == pytest.approx(1.0 - decay.left.mean / found.swing.mean)
    assert "with decay_scale at 0, “diamond” is ahead again by" in found.sentences[1]
    ends = (money(-decay.here.ci_high), money(-decay.here.ci_low))
    assert f"{money(-decay.here.mean)} [{ends[0]}\u00a0…\u00a0{ends[1]}]" in found.sentences[1]
    assert f"a change of {money(found.swing.mean)}" in found.sentences[0]


def test_causes_that_overlap_are_said_to():
    found = find_causes(run(CUT, parameters=STILL, months=60))
    several = len(found.causes) > 1
    assert any("two may explain the same part" in text for text in found.sentences) is several


def test_causes_lead_and_the_rest_follows_by_what_it_takes_away():
    found = find_causes(run(CUT, parameters=STILL, months=60))
    assert found.found[: len(found.causes)] == found.causes
    for group in (found.causes, [one for one in found.found if not one.restores and one.acts]):
        taken = [one.taken for one in group]
        assert taken == sorted(taken, reverse=True)


def test_a_buyer_whose_leaving_shakes_the_account():
    still = {**STILL, "hour_cost": 200.0}
    found = find_causes(run(Leaves(6, "buyer"), parameters=still))
    assert (found.best, found.quiet_best) == ("diamond", "do_nothing")
    assert found.causes[0].parameter == "shock"
    off = run(Leaves(6, "buyer"), parameters={**still, "shock": 0.0})
    assert off.ranking()[0] == "do_nothing"


def test_what_restores_the_order_only_together():
    found = find_causes(run(HoursCut(3, "acme", 0.9), parameters=STILL, months=60))
    assert not found.causes
    assert set(found.together) == {"decay_scale", "m_rate"}
    off = dict.fromkeys(found.together, 0.0)
    both = run(HoursCut(3, "acme", 0.9), parameters={**STILL, **off}, months=60)
    assert lead(both, found.best, found.quiet_best).ci_high < 0.0


def test_several_kinds_of_events_are_taken_out_one_by_one():
    found = find_causes(run(CUT, PricePressure(6, "acme", 5.0, 6), parameters=STILL, months=60))
    itself = {one.events: one for one in found.found if one.parameter is None}
    assert set(itself) == {("hours_cut",), ("price_pressure",)}
    assert itself[("hours_cut",)].restores
    assert not itself[("price_pressure",)].restores
    left = lead(
        run(PricePressure(6, "acme", 5.0, 6), parameters=STILL, months=60), found.best, found.quiet_best
    )
    assert itself[("hours_cut",)].here == left
    assert by_parameter(found)["hour_cost"].events == ("hours_cut", "price_pressure")


def test_where_the_best_stays_the_best_the_shift_is_explained():
    with_events = run(Leaves(6, "eng"), parameters=STILL)
    found = find_causes(with_events)
    assert found.best == found.quiet_best == "diamond"
    assert not found.differs and not found.causes
    own = with_events.measures["margin_total"][with_events.names.index("diamond")]
    assert found.here == estimate(own)
    assert found.swing.ci_high < 0.0
    heaviest = max((one for one in found.found if one.parameter), key=lambda one: one.taken)
    assert f"with {heaviest.parameter} at 0" in found.sentences[1]


def test_less_is_better_where_the_measure_says_so():
    with_events = run(HoursCut(6, "acme", 0.95), parameters=STILL)
    found = find_causes(with_events, measure="account_lost")
    assert (found.best, found.quiet_best) == ("function_matching", "diamond")
    over = with_events.compare(found.best, found.quiet_best, "account_lost")
    assert over.difference < 0.0
    assert found.here.mean == pytest.approx(-over.difference)
    assert found.causes[0].parameter == "decay_scale"


def test_what_would_turn_a_mechanism_off_may_be_out_of_range():
    """The switch is the nearest allowed value then, and the cause says so."""
    found = find_causes(run(CUT, parameters=STILL, months=60))
    for cause in found.found:
        row = families()[cause.parameter][0]
        assert row.low <= cause.value <= row.high
        assert cause.lowest is (cause.value != 0.0)


def test_a_mechanism_that_is_off_already_is_not_tried():
    found = find_causes(run(CUT, parameters={**STILL, "decay_scale": 0.0}, months=12))
    assert "decay_scale" not in by_parameter(found)


def test_it_does_not_matter_that_only_some_strategies_run_again():
    """A plan that never comes first has a slot of its own, in which no other strategy works."""
    one = acme()
    plan = plan_strategy(one, [PlannedAction("cto", "buyer", "dinner", 2)], horizon=60)
    strategies = (*strategies_for(one, names=NAMES), plan)
    scenario = Scenario("cut", 36, (CUT,), {"max_threads": 1})
    found = find_causes(simulate(one, scenario, strategies, replicates=20, threads=1))
    assert "plan" not in (found.best, found.quiet_best)
    off = replace(scenario, parameters={"max_threads": 1, "m_rate": 0.0})
    whole = simulate(one, off, strategies, replicates=20, threads=1)
    assert by_parameter(found)["m_rate"].here.mean == pytest.approx(_contrast(whole, found), rel=1e-12)


def _contrast(found, causes):
    values = found.measures["margin_total"]
    best = values[found.names.index(causes.best)]
    if causes.best == causes.quiet_best:
        return float(best.mean())
    return float((best - values[found.names.index(causes.quiet_best)]).mean())


def test_no_result_depends_on_the_threads():
    with_events = run(CUT, months=12)
    assert find_causes(with_events, threads=1) == find_causes(with_events, threads=2)


def test_progress_ends_where_it_said():
    told = []
    find_causes(run(CUT, months=12), progress=lambda *entry: told.append(entry))
    assert {stage for stage, *_ in told} == {"causes"}
    assert all(0 <= done <= total for _, done, total in told)
    assert told[-1][1] == told[-1][2]


def test_what_cannot_be_explained_is_refused():
    with pytest.raises(InputError, match="no event"):
        find_causes(run())
    with pytest.raises(InputError, match="'profit'"):
        find_causes(run(CUT), measure="profit")
    with pytest.raises(InputError, match="recovery_months"):
        find_causes(run(CUT), measure="recovery_months")


def test_every_event_has_its_mechanisms_and_every_mechanism_its_parameter():
    assert set(ACTS_THROUGH) == set(EVENTS)
    named = {one.parameter for mechanisms in ACTS_THROUGH.values() for one in mechanisms}
    assert named <= set(families())
