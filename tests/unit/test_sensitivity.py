import json
import math
from dataclasses import replace

import numpy as np
import pytest

from api.cli.sensing import variance
from graph.account import Carried, Channel, Partner, Person, Sale
from graph.errors import InputError, UnknownName
from simulation import Scenario, simulate, strategies_for
from simulation.analysis import STRONGEST
from simulation.factors import factors_of, plausible
from simulation.outcomes import BETTER
from simulation.parameters import parameter_table
from simulation.scenario import Leaves
from simulation.screening import Share, variance_points, variance_shares
from simulation.sensitivity import sensitivity
from simulation.sensitivity_words import sentences
from simulation.trials import EFFORTS, effort_for
from tests.unit.accounts import acme

PAIR = ("do_nothing", "diamond")
SMALL = {"trajectories": 4, "replicates": 10, "samples": 8, "months": 12, "threads": 1}


def account(**values):
    return acme(**{"theirs": acme().theirs[:2], "ties": acme().ties[:1], **values})


def analysed(one=None, scenario=None, names=PAIR, **settings):
    one = one or account()
    return sensitivity(one, scenario or Scenario(), strategies_for(one, names=names), **{**SMALL, **settings})


# What is uncertain


def names_of(one=None, parameters=None, ranges=None):
    return {
        factor.name: factor
        for factor in factors_of(one or account(), Scenario(parameters=parameters or {}), ranges)
    }


def test_everything_uncertain_is_varied_levels_together():
    found = names_of()
    covered = {row for factor in found.values() for row in factor.rows}
    table = parameter_table().values()
    assert covered == {
        row.name for row in table if plausible(row) is not None and row.part not in ("focus", "channel")
    }
    assert found["turnover_theirs"].rows[0] == "turnover_theirs.level1"
    assert (found["turnover_theirs"].low, found["turnover_theirs"].high) == (0.05, 0.4)
    assert "replacement.ours" in found
    for factor in found.values():
        assert factor.low < factor.high
        assert factor.at(0.0) == factor.low
        assert factor.at(1.0) == factor.high


def test_the_channel_is_varied_where_there_is_one():
    channel = {row.name for row in parameter_table().values() if row.part in ("focus", "channel")}
    assert channel
    with_distributor = names_of(account(channel=Channel(distributors=(Partner("d", "D"),))))
    uncertain = {row.name for row in parameter_table().values() if plausible(row) is not None}
    assert channel & uncertain <= set(with_distributor)
    assert channel & uncertain <= set(names_of(account(kinds=("distributor",))))
    assert not channel & set(names_of())


def test_what_the_scenario_sets_is_known():
    found = names_of(parameters={"turnover_theirs.level3": 0.1, "replacement": 0, "loss": 0.1})
    assert not {"replacement.ours", "replacement.theirs", "loss"} & set(found)
    assert "turnover_theirs.level3" not in found["turnover_theirs"].rows
    assert "turnover_theirs" not in names_of(parameters={"turnover_theirs": 0.25})


def test_estimates_replace_plausible_ranges():
    ranges = {"turnover_theirs.level3": (0.1, 0.2), "hour_cost": (50.0, 60.0), "turnover_ours": (0.2, 0.3)}
    given = {"turnover_theirs.level3": 0.15, "hour_cost": 55.0, "turnover_ours": 0.25}
    found = names_of(parameters=given, ranges=ranges)
    for name, interval in ranges.items():
        assert (found[name].low, found[name].high) == interval
        assert found[name].default == pytest.approx(given[name])
    assert "turnover_theirs.level3" not in found["turnover_theirs"].rows
    assert found["turnover_ours"].settings(0.2)["turnover_ours.level2"] == 0.2


@pytest.mark.parametrize(
    ("ranges", "says"),
    [
        ({"hour_costs": (1.0, 2.0)}, "no parameter 'hour_costs'"),
        ({"hour_cost": (-1.0, 2.0)}, "needs a number from 0"),
        ({"hour_cost": (2.0, 1.0)}, "lower end first"),
        ({"hour_cost": (1.0, math.nan)}, "needs a number from 0"),
    ],
)
def test_ranges_that_cannot_be_are_refused(ranges, says):
    with pytest.raises(InputError) as caught:
        names_of(ranges=ranges)
    assert says in caught.value.detail


# What an account shows


@pytest.fixture(scope="module")
def found():
    return analysed()


def test_the_document(found):
    document = found.document()
    json.dumps(document, allow_nan=False)
    assert set(document) == {
        "account",
        "as_of",
        "warnings",
        "scenario",
        "measure",
        "unit",
        "months",
        "seed",
        "trajectories",
        "replicates",
        "samples",
        "scan_replicates",
        "runs",
        "known",
        "leader",
        "runner_up",
        "lead",
        "parameters",
        "best",
        "sentences",
    }
    assert set(document["parameters"][0]) >= {
        "name",
        "description",
        "unit",
        "default",
        "low",
        "high",
        "mu_star",
        "mu_star_ci",
        "sigma",
        "winner_changes",
        "first_order",
        "total",
        "flips_at",
        "flips_from",
        "flips_to",
    }
    sizes = [one["mu_star"] for one in document["parameters"]]
    assert sizes == sorted(sizes, reverse=True)
    assert [one["total"] is not None for one in document["parameters"]] == [
        place < STRONGEST for place in range(len(sizes))
    ]
    assert sum(document["best"].values()) == pytest.approx(1.0)
    k = len(document["parameters"])
    scans = sum(one["scan"] != () for one in document["parameters"])
    assert document["runs"] >= 1 + 4 * (k + 1) + 8 * (STRONGEST + 2) + 8 * scans


def test_the_same_numbers_for_any_number_of_threads(found):
    assert analysed(threads=2).document() == found.document()
    assert analysed(seed=2).document() != found.document()


def test_a_parameter_that_does_nothing_here_has_no_effect(found):
    """Nobody sways anybody, the supply row tells the margin, and no role is unknown."""
    by_name = {one.name: one for one in found.parameters}
    for name in ("sway", "margin_start", "role_weight.unknown", "turnover_distributor"):
        one = by_name[name]
        assert (one.mu_star, one.sigma, one.winner_changes) == (0.0, 0.0, 0.0)
        assert (one.first_order, one.total, one.flips_at) == (None, None, None)
    assert by_name["hour_cost"].mu_star > 0.0
    assert "make no difference" in " ".join(found.sentences)


def test_an_hour_turns_the_ranking_where_it_costs_what_it_brings():
    """Profit falls with the cost of an hour along a line, so where two strategies meet is known."""
    one, ranges = account(), {"hour_cost": (0.0, 2000.0)}
    run = simulate(one, Scenario(), strategies_for(one, names=PAIR), replicates=40, months=24, threads=1)
    margin = dict(zip(PAIR, run.measures["margin_total"].mean(axis=1), strict=True))
    hours = run.measures["hours_spent"][1].mean()
    exact = 80.0 + (margin["diamond"] - margin["do_nothing"]) / hours
    answer = analysed(one, ranges=ranges, replicates=40, months=24)
    found = next(line for line in answer.parameters if line.name == "hour_cost")
    assert found.flips_at == pytest.approx(exact, abs=2000.0 / 512)
    assert found.flips_ci[0] < exact < found.flips_ci[1]
    assert (found.flips_from, found.flips_to) == (
        ("diamond", "do_nothing") if exact > 80.0 else ("do_nothing", "diamond")
    )
    assert found.winner_changes > 0.0
    for cost, best in ((found.flips_at - 5.0, "diamond"), (found.flips_at + 5.0, "do_nothing")):
        direct = simulate(
            one,
            Scenario(parameters={"hour_cost": cost}),
            strategies_for(one, names=PAIR),
            replicates=40,
            months=24,
            threads=1,
        )
        assert direct.ranking()[0] == best
    assert any(text.startswith("With hour_cost") for text in answer.sentences)


def test_what_the_data_tell_is_not_varied():
    """A supply row with a margin tells the cost of a unit; without it, it is assumed."""
    channel = Channel(
        end_customers=(Partner("e", "E"), Partner("f", "F")),
        sales=(Sale("acme", "e", False, 60.0, "b"), Sale("acme", "f", False, 40.0, "b")),
        carried=(Carried("acme", "b", "Ours", ours=True, share_of_mind=0.4),),
    )
    dealer = account(kinds=("distributor",), channel=channel)
    told = analysed(dealer)
    assert set(told.known) >= {"cost", "share_of_mind_start"}
    assert not set(told.known) & {one.name for one in told.parameters}
    assert "cost" in told.sentences[-1]
    assumed = analysed(account(kinds=("distributor",), channel=channel, margin=None))
    assert "cost" in {one.name for one in assumed.parameters}


def test_the_measure_that_falls_is_better_lower():
    found = analysed(measure="account_lost", months=36)
    run = simulate(
        account(), Scenario(), strategies_for(account(), names=PAIR), replicates=10, months=36, threads=1
    )
    assert found.leader == run.ranking("account_lost")[0]
    assert found.lead.mean == pytest.approx(np.ptp(run.measures["account_lost"].mean(axis=1)))
    assert found.unit == "probability"


def test_strategies_that_do_the_same_are_counted_once():
    nobody = account(ours=(), ties=())
    found = analysed(nobody, names=("do_nothing", "single_threaded", "diamond"))
    assert found.parameters == ()
    assert (found.leader, found.runner_up, found.best) == ("do_nothing", None, {"do_nothing": 1.0})
    assert sum("does the same as do_nothing" in warning for warning in found.warnings) == 2
    assert any("no assumption can change" in warning for warning in found.warnings)
    json.dumps(found.document(), allow_nan=False)


def test_recovery_needs_an_event():
    found = analysed(scenario=Scenario(events=(Leaves(6, "buyer"),)), measure="recovery_months")
    assert found.measure == "recovery_months"
    with pytest.raises(InputError, match="recovery_months is undefined for Acme in this scenario; defined"):
        analysed(measure="recovery_months")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"measure": "margin"}, "measures are " + ", ".join(BETTER)),
        ({"samples": 100}, "needs a power of two"),
        ({"samples": 2**15}, "from 2 to 16,384"),
        ({"trajectories": 1}, "trajectories is 1; it needs a whole number from 2"),
        ({"replicates": 0}, "replicates is 0; it needs a whole number from 2"),
        ({"names": ("diamond",)}, "two strategies at the least"),
        ({"threads": 0}, "threads is 0"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_wrong_questions_are_sentences(settings, says):
    with pytest.raises(InputError) as caught:
        analysed(**settings)
    assert says in caught.value.detail


def test_the_nearest_measure_is_a_candidate():
    with pytest.raises(UnknownName) as caught:
        analysed(measure="margin")
    assert "margin_total" in [one.id for one in caught.value.candidates]


def test_somebody_who_gives_up_ends_it():
    class GivenUp(Exception):
        pass

    def progress(what, done, total):
        if what.startswith("screening") and done == 3:
            raise GivenUp

    with pytest.raises(GivenUp):
        analysed(progress=progress)


def test_larger_accounts_are_looked_at_with_less():
    crowd = account(theirs=tuple(Person(f"t{i:03}", f"T{i}", "acme", level=3) for i in range(400)), ties=())
    places = [EFFORTS.index(effort_for([one], 6, 60, 46, STRONGEST)) for one in (account(), crowd)]
    assert places[0] == 0 < places[1]


# Shares that the samples do not tell


@pytest.mark.parametrize(
    ("share", "tells"),
    [
        (Share(0.4, (0.2, 0.6)), True),
        (Share(0.0, (0.0, 0.0)), True),
        (Share(5.8, (5.7, 5.9)), False),
        (Share(-0.2, (-0.3, -0.1)), False),
        (Share(0.4, (0.0, 0.9)), False),
        (Share(0.4, None), False),
    ],
)
def test_a_share_is_told_only_where_the_samples_are_enough(found, share, tells):
    first = replace(found.parameters[0], total=share)
    sentence = sentences(replace(found, parameters=(first, *found.parameters[1:])))[1]
    assert ("it takes part in" in sentence) == tells
    assert ("8 samples are too few" in sentence) != tells
    assert ("%" in variance(share)) == tells
    assert variance(None) == "–"


def test_too_few_samples_are_named_and_nothing_is_cut():
    """Two base points make narrow intervals as often as wide ones, so that there are none."""
    found = analysed(samples=2, trajectories=2)
    totals = {one.name: one.total for one in found.parameters if one.total is not None}
    assert {one.ci for one in totals.values()} == {None}
    warning = next(one for one in found.warnings if one.startswith("2 samples are too few"))
    assert all(name in warning for name in list(totals)[:3])
    assert any(one.startswith("2 trajectories are too few") for one in found.warnings)
    json.dumps(found.document(), allow_nan=False)


def test_shares_are_not_cut_at_one():
    steep = variance_points(3, 16, 5)[:, 0] ** 40
    shares = [one for pair in variance_shares(3, steep, 5) for one in pair]
    assert any(not 0.0 <= end <= 1.0 for one in shares for end in one.ci)
    assert not all(one.tells for one in shares)


def test_enough_samples_tell():
    plain = variance_points(3, 128, 1) @ [2.0, 1.0, 0.0]
    assert [total.tells for _, total in variance_shares(3, plain, 1)] == [True, True, True]


def test_a_bootstrap_in_which_nothing_varies_has_no_interval():
    """Sample 0 is the only one that differs, and many a bootstrap sample does without it."""
    values = np.zeros(16 * 4)
    values[0] = 1.0
    assert all(one.ci is None for pair in variance_shares(2, values, 1) for one in pair)
