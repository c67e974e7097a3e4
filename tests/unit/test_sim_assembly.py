"""From an account to the arrays of the kernel: weights, who decides, who sways whom, revenue and margin."""

import numpy as np
import pytest

from graph.account import InfluenceLine
from simulation import Scenario
from simulation.assembly import assemble
from simulation.draws import entity
from simulation.rules import monthly_chance
from simulation.strategies import SHIPPED
from tests.unit.accounts import account, person


def case(one, **parameters):
    return assemble(one, Scenario(parameters=parameters), [SHIPPED["do_nothing"]], 6).case


def test_weights_are_influence_times_role_weight():
    people = [
        person("a", role="decision_maker", influence=0.5),
        person("b", role="user", influence=1.0),
        person("c"),
    ]
    found = case(account([], people, {}))
    assert found.weight == pytest.approx([0.5, 0.3, 0.5 * 0.4])
    assert case(account([], people, {}), **{"role_weight.user": 0.5}).weight[1] == 0.5


def test_only_decision_makers_shock_the_account_where_any_is_known():
    deciding = [
        person("a", role="decision_maker", influence=0.5),
        person("b", role="evaluator", influence=1.0),
    ]
    assert case(account([], deciding, {})).decisive == pytest.approx([0.5, 0.0])
    nobody = [person("a", role="evaluator", influence=0.5), person("b", influence=1.0)]
    assert case(account([], nobody, {})).decisive == pytest.approx([0.3, 0.4])


def test_value_is_talked_at_technical_marketing_and_executive_seats():
    functions = ("executive", "finance", "marketing", "purchasing", "quality", "technical", None)
    people = [person(f"p{i}", function=function) for i, function in enumerate(functions)]
    assert case(account([], people, {})).talks_value.tolist() == [1, 0, 1, 0, 1, 1, 0]


def test_influence_lines_add_up_to_at_most_one():
    lines = (
        InfluenceLine("a", "c", 1.0, 1),
        InfluenceLine("b", "c", 3.0, -1),
        InfluenceLine("a", "b", 0.5, 1),
        InfluenceLine("b", "b", 1.0, 1),
    )
    found = case(account([], ["a", "b", "c"], {}, influences=lines))
    assert found.line_start.tolist() == [0, 0, 1, 3]
    assert found.line_from.tolist() == [0, 0, 1]
    assert found.line_pull == pytest.approx([0.5, 0.25, -0.75])


def test_chances_of_leaving_by_side_and_level():
    people = [person("a", level=1), person("b", level=4), person("c")]
    found = case(account([person("o", level=2)], people, {}), **{"turnover_theirs.level4": 0.5})
    assert found.leave == pytest.approx([monthly_chance(0.2), monthly_chance(0.5), monthly_chance(0.16)])
    assert found.leave_ours == pytest.approx([monthly_chance(0.2)])


def test_keys_are_of_ids_alone():
    found = case(account(["o"], ["a"], {}))
    assert found.entity.tolist() == [entity("a")]
    assert found.entity_ours.tolist() == [entity("o")]
    assert found.entity.dtype == np.uint64


def test_revenue_is_what_the_share_of_the_wallet_gives():
    known = case(account([], ["a"], {}, revenue=500_000.0, margin=0.2))
    assert known.volume * known.wallet == pytest.approx(500_000.0)
    assert (known.margin, known.hour_scale) == (0.2, 1.0)
    unknown = case(account([], ["a"], {}))
    assert unknown.volume * unknown.wallet == pytest.approx(100.0)
    assert unknown.margin == 0.25
    assert unknown.hour_scale == pytest.approx(100.0 / 1_200_000.0)


def test_orientation_starts_as_measured():
    people = [person("a", orientation="ally"), person("b", orientation="against"), person("c")]
    assert case(account([], people, {})).orientation == pytest.approx([0.6, -0.6, 0.0])
