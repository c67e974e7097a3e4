import json
from dataclasses import replace

import pytest

from fixtures.generator import generate_account
from graph.account import Channel, Partner
from simulation import PlannedAction, Scenario, leaving_scenario, simulate, strategies_for
from simulation.outcomes import BETTER, SHOWN
from simulation.scenario import Leaves
from simulation.strategies import SHIPPED
from tests.unit.accounts import diabolo

NAMES = ("do_nothing", "single_threaded", "diamond")
EIGHT = (
    "do_nothing",
    "single_threaded",
    "buyer_and_boss",
    "function_matching",
    "diamond",
    "plan",
    "distributor_first",
    "conflict_averse",
)
MEASURES = {
    "revenue_total",
    "margin_total",
    "coverage_end",
    "access_end",
    "support_end",
    "account_lost",
    "all_contacts_gone",
    "months_without_contact",
    "recovery_months",
    "hours_spent",
}
CHANNEL = {
    "share_of_mind_end",
    "conflict_peak",
    "transparency_end",
    "forecast_error_mean",
    "distributor_profit_total",
}
SERIES = {"access", "support", "coverage", "threads", "survival", "revenue", "margin"}
CHANNEL_SERIES = {"share_of_mind", "conflict", "transparency"}


def run(one=None, scenario=None, names=NAMES, **settings):
    one = one or diabolo()
    settings = {"replicates": 60, "months": 12, **settings}
    return simulate(one, scenario or Scenario(), strategies_for(one, names=names), **settings)


def test_the_document_has_the_shape_of_the_contract():
    document = run(scenario=leaving_scenario(diabolo(), ["buyer"], [4])).document()
    assert set(document) >= {
        "account",
        "as_of",
        "seed",
        "replicates",
        "months",
        "engine",
        "events",
        "units",
        "better",
        "strategies",
        "comparisons",
        "warnings",
    }
    assert document["events"] == [{"month": 4, "event": "leaves", "subject": "buyer", "subject_name": "Bea"}]
    assert set(document["better"]) == MEASURES
    assert set(document["units"]) == MEASURES | SERIES
    assert [strategy["name"] for strategy in document["strategies"]] == list(NAMES)
    for strategy in document["strategies"]:
        assert set(strategy["results"]) == MEASURES
        for result in strategy["results"].values():
            assert set(result) == {"mean", "ci_low", "ci_high", "worst_5_percent"}
            assert result["ci_low"] <= result["mean"] <= result["ci_high"]
        assert set(strategy["series"]) == SERIES
        for band in strategy["series"].values():
            assert {len(band[key]) for key in ("mean", "p5", "p95")} == {13}
        assert strategy["hours_spent"] == strategy["results"]["hours_spent"]["mean"]
    pairs = {(one["a"], one["b"]) for one in document["comparisons"]}
    assert pairs == {
        ("do_nothing", "single_threaded"),
        ("do_nothing", "diamond"),
        ("single_threaded", "diamond"),
    }
    assert len(document["comparisons"]) == 3 * len(MEASURES)
    assert set(document["comparisons"][0]) == {
        "a",
        "b",
        "measure",
        "difference",
        "ci_low",
        "ci_high",
        "p_a_better",
        "correlation",
    }
    json.dumps(document, allow_nan=False)


def test_a_distributors_document_has_all_eight_strategies_and_the_channels_measures():
    one = generate_account(3, ours=3, theirs=4, distributors=2, end_customers=6)
    chosen = strategies_for(one, [PlannedAction(one.ours[0].id, one.theirs[0].id, "call", 1)])
    assert [strategy.name for strategy in chosen] == list(EIGHT)
    document = simulate(one, Scenario(), chosen, replicates=4, months=12).document()
    assert set(document["better"]) == MEASURES | CHANNEL
    assert set(document["units"]) == MEASURES | CHANNEL | SERIES | CHANNEL_SERIES
    for strategy in document["strategies"]:
        assert set(strategy["results"]) == MEASURES | CHANNEL
        assert set(strategy["series"]) == SERIES | CHANNEL_SERIES
        for name in CHANNEL:
            assert strategy["results"][name]["mean"] is not None, name
    assert document["better"]["conflict_peak"] == document["better"]["forecast_error_mean"] == "lower"
    json.dumps(document, allow_nan=False)


def test_series_begin_with_the_start():
    series = run().document()["strategies"][2]["series"]
    assert series["survival"]["mean"][0] == 1.0
    assert series["revenue"]["mean"][0] == pytest.approx(500_000.0)
    assert series["margin"]["mean"][0] == pytest.approx(150_000.0)
    assert series["threads"]["mean"][0] == 1.0


def test_without_a_supply_row_revenue_is_an_index_and_says_so():
    found = run(diabolo(revenue=None, margin=None))
    assert found.units["revenue"] == "index"
    assert found.series("revenue")[:, :, 0] == pytest.approx(100.0)
    assert any("index" in warning for warning in found.warnings)
    costs = found.measures["margin_total"][1] - found.measures["margin_total"][0]
    assert abs(costs).max() < 100.0


def test_without_an_event_recovery_is_undefined_not_nan():
    document = run().document()
    assert document["strategies"][0]["results"]["recovery_months"]["mean"] is None
    assert any("recovery_months" in warning for warning in document["warnings"])
    json.dumps(document, allow_nan=False)


def test_totals_are_the_sums_of_a_twelfth_a_month():
    found = run()
    assert found.measures["revenue_total"] == pytest.approx(found.series("revenue")[..., 1:].sum(-1) / 12.0)
    assert found.measures["hours_spent"] == pytest.approx(found.series("hours")[..., 1:].sum(-1))


def test_equal_pools_and_what_is_idle():
    document = run().document()
    assert document["hours_available"] == pytest.approx(12 * 30.0)
    idle = {strategy["name"]: strategy["hours_idle"] for strategy in document["strategies"]}
    assert idle == pytest.approx({"do_nothing": 360.0, "single_threaded": 0.0, "diamond": 0.0})


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"theirs": (), "ties": ()}, "No stakeholder"),
        ({"ours": (), "ties": ()}, "Nobody of ours"),
        ({"ties": ()}, "without any tie"),
        ({"channel": Channel(distributors=(Partner("d", "D"),))}, "Distributors and end customers"),
        ({"kinds": ("distributor",)}, "No sale of Acme to an end customer is known"),
    ],
)
def test_what_is_missing_is_said_and_the_rest_still_answers(values, said):
    found = run(diabolo(**values), replicates=5)
    document = found.document()
    assert any(said in warning for warning in document["warnings"])
    json.dumps(document, allow_nan=False)
    if "theirs" in values:
        assert document["strategies"][0]["series"]["coverage"]["mean"] == [None] * 13
        assert document["strategies"][0]["results"]["coverage_end"]["mean"] is None


def test_a_distributors_people_follow_their_own_turnover():
    one = diabolo(kinds=("distributor",))
    quick = run(one, Scenario(parameters={"turnover_distributor": 1.0, "replacement": 0.0}), replicates=3)
    assert quick.series("access")[..., -1].max() == 0.0
    other = run(one, Scenario(parameters={"turnover_theirs": 1.0}), replicates=3)
    assert any("turnover_distributor" in warning for warning in other.warnings)


def test_an_event_that_finds_its_seat_vacant_is_counted():
    scenario = Scenario(events=(Leaves(6, "buyer"),), parameters={"turnover_theirs": 1.0, "replacement": 0.0})
    assert any("100% of the replicates" in warning for warning in run(scenario=scenario).warnings)


def test_a_ranking_that_chance_decides_is_warned_about():
    twin = replace(SHIPPED["diamond"], name="nearly a diamond", weak=0.5000001)
    found = simulate(diabolo(), Scenario(), [SHIPPED["diamond"], twin], replicates=20, months=12)
    assert any("not settled" in warning for warning in found.warnings)
    clear = run(names=("do_nothing", "diamond"), replicates=400, months=60)
    assert not any("not settled" in warning for warning in clear.warnings)


def test_the_measures_all_have_a_direction():
    assert set(BETTER) == MEASURES | CHANNEL
    assert set(SHOWN) == SERIES | CHANNEL_SERIES
