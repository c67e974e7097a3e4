import csv
import json
import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import stats

from fixtures.generator import generate_account
from graph.account import Account, Channel, Partner, Person, Tie
from graph.errors import InputError
from simulation import (
    PlannedAction,
    Scenario,
    answer,
    hours_curve,
    leaving_scenario,
    simulate,
    strategies_for,
)
from simulation.answer import FACTORS
from simulation.comparison import (
    compare,
    correlation,
    estimate,
    estimate_share,
    is_settled,
    worst_mean,
)
from simulation.outcomes import BETTER, SHOWN, months_to_recover
from simulation.run import PRECISION_LIMIT, warm_up
from simulation.scenario import Leaves
from simulation.strategies import SHIPPED

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


def account(**values):
    ours = (
        Person("kam", "Kai", "us", function="commercial", level=3, time_capacity=20.0),
        Person("cto", "Cat", "us", function="technical", level=2, time_capacity=10.0),
    )
    theirs = (
        Person("buyer", "Bea", "acme", function="purchasing", level=3, role="decision_maker"),
        Person("eng", "Ed", "acme", function="technical", level=3, role="evaluator"),
        Person("fin", "Fay", "acme", function="finance", level=2),
    )
    return Account(
        **{
            "id": "acme",
            "name": "Acme",
            "as_of": date(2026, 1, 31),
            "ours": ours,
            "theirs": theirs,
            "ties": (Tie("kam", "buyer", 0.6),),
            "revenue": 500_000.0,
            "margin": 0.3,
            **values,
        }
    )


def run(one=None, scenario=None, names=NAMES, **settings):
    one = one or account()
    settings = {"replicates": 60, "months": 12, **settings}
    return simulate(one, scenario or Scenario(), strategies_for(one, names=names), **settings)


# Statistics


def test_intervals_are_students_and_wilsons():
    values = np.array([1.0, 2.0, 4.0, 9.0])
    found = estimate(values)
    low, high = stats.t.interval(0.95, 3, loc=values.mean(), scale=stats.sem(values))
    assert (found.mean, found.ci_low, found.ci_high) == pytest.approx((4.0, low, high))
    shares = np.array([1.0] * 3 + [0.0] * 17)
    exact = stats.binomtest(3, 20).proportion_ci(0.95, method="wilson")
    found = estimate_share(shares)
    assert (found.ci_low, found.ci_high) == pytest.approx((exact.low, exact.high))
    assert estimate_share(np.zeros(10)).ci_low == 0.0


def test_one_replicate_has_no_interval():
    assert estimate(np.array([3.0])).ci_low is None


def test_a_comparison_is_paired_and_counts_ties_half():
    one, other = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 2.0, 4.0, 1.0])
    found = compare("a", "b", "m", one, other, "higher")
    assert found.difference == pytest.approx(0.75)
    assert found.p_a_better == pytest.approx((2 + 0.5) / 4)
    assert compare("a", "b", "m", one, other, "lower").p_a_better == pytest.approx((1 + 0.5) / 4)
    assert found.correlation == pytest.approx(np.corrcoef(one, other)[0, 1])
    low, high = stats.t.interval(0.95, 3, loc=0.75, scale=stats.sem(one - other))
    assert (found.ci_low, found.ci_high) == pytest.approx((low, high))


def test_the_worst_twentieth_is_on_the_side_that_hurts():
    values = np.arange(40.0)
    assert worst_mean(values, "higher") == 0.5
    assert worst_mean(values, "lower") == 38.5
    assert worst_mean(np.array([7.0]), "higher") == 7.0


def test_correlation_is_undefined_without_variation():
    assert correlation(np.full(5, 0.1), np.arange(5.0)) is None


def test_settled_orders_come_again():
    """Where a difference is called settled, re-runs keep its sign in 95 % of the cases."""
    random, kept, called = np.random.default_rng(1), 0, 0
    for _ in range(3000):
        effect = random.uniform(0.0, 0.5)
        first, again = random.normal(effect, 1.0, 100), random.normal(effect, 1.0, 100)
        if is_settled(first, np.zeros(100), 1):
            called += 1
            kept += bool((first.mean() > 0.0) == (again.mean() > 0.0))
    assert called > 500
    assert kept / called > 0.95


def test_months_to_recover():
    access = np.array(
        [[[0.5, 0.5, 0.2, 0.3, 0.46, 0.1], [0.5, 0.5, 0.48, 0.1, 0.1, 0.1], [0.5, 0.5, 0.2, 0.2, 0.2, 0.2]]]
    )
    assert months_to_recover(access, 2).tolist() == [[2.0, 0.0, 4.0]]


# The document


def test_the_document_has_the_shape_of_the_contract():
    document = run(scenario=leaving_scenario(account(), ["buyer"], [4])).document()
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
    found = run(account(revenue=None, margin=None))
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
    found = run(account(**values), replicates=5)
    document = found.document()
    assert any(said in warning for warning in document["warnings"])
    json.dumps(document, allow_nan=False)
    if "theirs" in values:
        assert document["strategies"][0]["series"]["coverage"]["mean"] == [None] * 13
        assert document["strategies"][0]["results"]["coverage_end"]["mean"] is None


def test_a_distributors_people_follow_their_own_turnover():
    one = account(kinds=("distributor",))
    quick = run(one, Scenario(parameters={"turnover_distributor": 1.0, "replacement": 0.0}), replicates=3)
    assert quick.series("access")[..., -1].max() == 0.0
    other = run(one, Scenario(parameters={"turnover_theirs": 1.0}), replicates=3)
    assert any("turnover_distributor" in warning for warning in other.warnings)


def test_an_event_that_finds_its_seat_vacant_is_counted():
    scenario = Scenario(events=(Leaves(6, "buyer"),), parameters={"turnover_theirs": 1.0, "replacement": 0.0})
    assert any("100% of the replicates" in warning for warning in run(scenario=scenario).warnings)


def test_a_ranking_that_chance_decides_is_warned_about():
    twin = replace(SHIPPED["diamond"], name="nearly a diamond", weak=0.5000001)
    found = simulate(account(), Scenario(), [SHIPPED["diamond"], twin], replicates=20, months=12)
    assert any("not settled" in warning for warning in found.warnings)
    clear = run(names=("do_nothing", "diamond"), replicates=400, months=60)
    assert not any("not settled" in warning for warning in clear.warnings)


# Running


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"replicates": 0}, "replicates is 0; it needs a whole number from 1"),
        ({"replicates": 10**9}, "GB can be used here"),
        ({"months": 0}, "months is 0"),
        ({"months": 601}, "months is 601"),
        ({"seed": -1}, "seed is -1"),
        ({"threads": 0}, "threads is 0"),
        ({"precision": 0.0}, "precision is 0.0"),
        ({"precision": math.nan}, "precision is nan"),
        ({"engine": "abacus"}, "engine is 'abacus'; it needs one of kernel, mesa"),
        (
            {"scenario": Scenario(events=(Leaves(13, "buyer"),))},
            "month is 13; it needs a whole number from 1 to 12",
        ),
    ],
)
def test_wrong_settings_are_refused(settings, said):
    with pytest.raises(InputError) as caught:
        run(**settings)
    assert said in caught.value.detail


def test_too_many_replicates_say_the_memory_they_would_take():
    with pytest.raises(InputError, match=r"results take [\d.,]+ TB"):
        run(replicates=10**9, months=60)


def test_the_callers_months_beat_the_files_and_are_said():
    found = run(scenario=Scenario(months=24))
    assert found.months == 12
    assert any("overruled" in warning for warning in found.warnings)
    assert run(scenario=Scenario(months=24), months=None).months == 24


def test_a_wanted_precision_adds_replicates_until_it_holds():
    found = run(replicates=20, precision=0.1, months=24)
    assert found.replicates > 20
    assert found.is_precise(0.1)
    assert np.array_equal(found.arrays.series, run(replicates=found.replicates, months=24).arrays.series)


def test_a_precision_out_of_reach_is_given_up_and_said(monkeypatch):
    monkeypatch.setattr("simulation.run.PRECISION_LIMIT", 80)
    found = run(replicates=30, precision=1e-6)
    assert found.replicates == 80
    assert any("not reached after 80" in warning for warning in found.warnings)
    assert PRECISION_LIMIT > 1000


def test_progress_ends_at_the_whole():
    seen = []
    run(replicates=120, progress=lambda what, done, total: seen.append((what, done, total)))
    assert seen[-1] == ("simulating", 360, 360)
    warm_up()


def test_mesa_gives_the_same_bits():
    scenario = leaving_scenario(account(), ["buyer", "kam"], [3, 5])
    kernel, mesa = run(scenario=scenario, replicates=8), run(scenario=scenario, replicates=8, engine="mesa")
    assert np.array_equal(kernel.arrays.series, mesa.arrays.series)
    assert np.array_equal(kernel.arrays.drawn, mesa.arrays.drawn)
    assert np.array_equal(kernel.arrays.missed, mesa.arrays.missed)


def test_the_mesa_model_is_one():
    from simulation.mesa_model import Colleague, Ecosystem, Stakeholder

    found = run(replicates=1)
    model = Ecosystem(found.assembly, strategy=2, seed=1)
    for _ in range(12):
        model.step()
    collected = model.datacollector.get_model_vars_dataframe()
    assert np.array_equal(collected["access"].to_numpy(), found.series("access")[2, 0])
    people = model.agents_by_type[Stakeholder]
    assert len(model.agents_by_type[Colleague]) == 2
    assert people.select(lambda person: person.present).agg("coverage", max) == pytest.approx(
        max(model.state.coverage)
    )
    assert set().union(*(person.ties for person in people)) <= {"kam", "cto"}
    assert all(colleague.present in (True, False) for colleague in model.agents_by_type[Colleague])
    assert all(-1.0 <= o <= 1.0 for o in people.get("orientation"))
    assert model.steps == model.month == 12


# Files


@pytest.mark.parametrize("suffix", [".nc", ".parquet", ".csv"])
def test_results_go_to_a_file_and_come_back(tmp_path, suffix):
    found = run(replicates=7)
    path = tmp_path / f"run{suffix}"
    found.write(path)
    assert list(tmp_path.iterdir()) == [path]
    expected = found.series("access")
    if suffix == ".nc":
        import xarray

        with xarray.open_dataset(path, engine="h5netcdf") as data:
            assert dict(data.sizes) == {"strategy": 3, "replicate": 7, "month": 13}
            assert np.array_equal(data["access"].to_numpy(), expected)
            assert data["access"].attrs["units"] == "1"
            assert data.attrs["seed"] == 1
            assert json.loads(data.attrs["parameters"])["shock"] == 18.0
            assert float(data["revenue"].sel(strategy="diamond", month=0).mean()) == pytest.approx(500_000.0)
    elif suffix == ".parquet":
        import pyarrow.parquet

        table = pyarrow.parquet.read_table(path)
        assert np.array_equal(table.column("access").to_numpy(), expected.ravel())
        assert table.column("strategy").to_pylist()[:: 7 * 13] == list(NAMES)
        assert json.loads(table.schema.metadata[b"parameters"])["shock"] == 18.0
    else:
        with path.open(newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert [float(row["access"]) for row in rows] == expected.ravel().tolist()
        assert rows[-1]["strategy"] == "diamond"


def test_the_same_run_gives_the_same_file(tmp_path):
    for name in ("one.nc", "two.nc"):
        run(replicates=4).write(tmp_path / name)
    assert (tmp_path / "one.nc").read_bytes() == (tmp_path / "two.nc").read_bytes()


def test_another_ending_or_place_is_refused(tmp_path):
    found = run(replicates=2)
    with pytest.raises(InputError, match=r"\.nc, \.parquet, \.csv"):
        found.write(tmp_path / "run.xls")
    with pytest.raises(InputError, match="cannot be written"):
        found.write(tmp_path / "nowhere" / "run.csv")


# The answer


def test_the_answer_says_who_when_what_it_costs_and_how_sure():
    one = account()
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
    single = given.costs[1]
    assert single.access.mean < 0.0
    assert single.loss.mean > 0.0
    assert given.verdict.best == found.ranking("account_lost")[0]
    assert len(curve.levels) == len(FACTORS) == 5
    assert curve.levels[2] == pytest.approx(30.0)
    assert {point.strategy for point in curve.points} == set(NAMES)
    text = " ".join(given.sentences)
    for words in ("Bea leaves in month 6", "single thread", "holds up best", "h a month", "no control group"):
        assert words in text


def test_the_answer_costs_are_paired_differences():
    one = account()
    scenario = leaving_scenario(one, ["kam"], [4])
    found = run(one, scenario, replicates=50, months=24)
    quiet = run(one, Scenario(), replicates=50, months=24)
    cost = answer(found).costs[2]
    difference = found.measures["revenue_total"][2] - quiet.measures["revenue_total"][2]
    assert cost.revenue == estimate(difference)
    assert cost.access == estimate(found.series("access")[2, :, 4] - quiet.series("access")[2, :, 4])
    survival = found.series("survival")[2]
    lost = (survival[:, 3] - survival[:, 15]).mean() / survival[:, 3].mean()
    assert cost.lost_within_year.mean == pytest.approx(lost)
    assert answer(found).leavers[0].side == "ours"


def test_an_answer_without_anybody_leaving_still_ranks():
    given = answer(run())
    assert given.costs == ()
    assert given.verdict.best in NAMES


def test_the_measures_all_have_a_direction():
    assert set(BETTER) == MEASURES | CHANNEL
    assert set(SHOWN) == SERIES | CHANNEL_SERIES


def test_importing_the_simulation_does_not_load_the_compiler():
    import subprocess
    import sys

    code = "import sys, simulation; sys.exit(any(m in sys.modules for m in ('numba', 'mesa', 'xarray')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
