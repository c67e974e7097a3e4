from pathlib import Path

import pytest

from graph.errors import InputError, UnknownName
from graph.policy import load_policy
from simulation.parameters import (
    SHARED_WITH_MEASURES,
    families,
    parameter_table,
    resolve_parameters,
)
from simulation.reference import parameter_reference
from simulation.rules import ChannelRates, Rates

DOCS = Path(__file__).parents[2] / "docs"


def test_the_reference_is_up_to_date():
    assert (DOCS / "parameters.md").read_text(encoding="utf-8") == parameter_reference()


def test_every_row_is_sound_and_says_where_its_default_comes_from():
    for row in parameter_table().values():
        assert row.low <= row.default <= row.high, row.name
        assert row.unit and row.description, row.name
        assert "assumption" in row.source or "(A" in row.source or "(B" in row.source, row.name
        if row.distribution != "fixed":
            low, high = (
                float(end) for end in row.distribution.removeprefix("uniform(").rstrip(")").split(",")
            )
            assert row.low <= low <= high <= row.high, row.name
            assert low <= row.default <= high, row.name


def test_the_table_has_every_rate_and_nothing_that_no_rule_uses():
    used = set(Rates._fields) | set(ChannelRates._fields)
    elsewhere = {
        "turnover_theirs",
        "turnover_ours",
        "turnover_distributor",
        "replacement",
        "role_weight",
        "handover",
        "initial_strength",
        "max_threads",
        "max_person_hours",
        "wallet_start",
        "margin_start",
        "revenue_assumed",
        "share_of_mind_start",
        "transparency_start",
        "depend",
        "markup",
        "cost",
        "standing",
        "unrecorded",
    }
    assert (used - {"replacement_theirs", "replacement_ours"}) | elsewhere == set(families())


def test_names_that_outside_checks_rely_on_can_be_turned_off():
    names = (
        "turnover_ours",
        "turnover_theirs",
        "turnover_distributor",
        "replacement",
        "decay_scale",
        "contact_gain",
        "new_tie_rate",
        "handover",
        "initial_strength",
    )
    assert set(resolve_parameters(dict.fromkeys(names, 0)).values()) >= {0.0}
    for name in names:
        assert all(row.low == 0.0 for row in families()[name]), name


def test_decay_and_contact_are_those_of_the_measures():
    limits = load_policy().limits
    for name in SHARED_WITH_MEASURES:
        assert parameter_table()[name].default == limits[name]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_row_beats_its_family_whatever_the_order(order):
    entries = [("turnover_theirs", 0.25), ("turnover_theirs.level1", 0.1)]
    values = resolve_parameters(dict(entries[i] for i in order))
    assert values["turnover_theirs.level1"] == 0.1
    assert {values[f"turnover_theirs.level{level}"] for level in (2, 3, 4, 5)} == {0.25}
    assert values["turnover_theirs.unknown"] == 0.25


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownName, match="nearest is turnover_theirs") as caught:
        resolve_parameters({"turnover_their": 0.2})
    assert caught.value.candidates[0].id == "turnover_theirs"


@pytest.mark.parametrize("value", [-0.1, 1.01, float("nan"), float("inf"), "0.2", True, None, [0.2]])
def test_a_value_out_of_range_is_refused_with_name_value_and_range(value):
    with pytest.raises(InputError) as caught:
        resolve_parameters({"turnover_theirs": value})
    assert "turnover_theirs" in caught.value.detail
    assert "0 to 1" in caught.value.detail
    assert repr(value) in caught.value.detail


def test_threads_come_whole():
    with pytest.raises(InputError, match="whole number"):
        resolve_parameters({"max_threads": 2.5})
