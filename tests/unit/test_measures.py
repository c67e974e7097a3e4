"""The verdicts that the definitions must give, and the edges where nothing is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from graph.measures import function_matching, is_stale, measure
from tests.unit.accounts import account, person

ROWS = ["executive", "marketing", "technical", "purchasing", "operations", "finance"]
FACING = ["executive", "marketing", "technical", "commercial", "supply_chain", "finance"]


def pairs(count: int, strength: float, **values: object):
    """`count` pairs in as many facing functions, on two levels."""
    return account(
        [person(f"s{i}", function=FACING[i]) for i in range(count)],
        [person(f"c{i}", function=ROWS[i], level=1 + i % 2, **values) for i in range(count)],
        {(f"s{i}", f"c{i}"): strength for i in range(count)},
    )


def test_one_strong_tie_is_a_diabolo():
    found = measure(account(["s"], ["c"], {("s", "c"): 0.8}))
    assert (found.shape, found.connectivity) == ("diabolo", 1)
    assert [point.person for point in found.single_points] == ["s", "c"]


def test_two_by_two_in_one_row_is_in_transition():
    sides = [person(f"c{i}", function="purchasing") for i in range(2)]
    ties = {(f"s{i}", f"c{j}"): 0.5 for i in range(2) for j in range(2)}
    found = measure(account(["s0", "s1"], sides, ties))
    assert found.diamond_index == pytest.approx(0.39, abs=0.005)
    assert found.shape == "in transition"


def test_three_pairs_in_three_rows_are_in_transition():
    rows = ["executive", "technical", "operations"]
    theirs = [person(f"c{i}", function=row, role="evaluator") for i, row in enumerate(rows)]
    found = measure(account([f"s{i}" for i in range(3)], theirs, {(f"s{i}", f"c{i}"): 0.5 for i in range(3)}))
    assert found.diamond_index == pytest.approx(0.62, abs=0.005)
    assert found.shape == "in transition"


def test_six_pairs_are_a_diamond():
    found = measure(pairs(6, 0.6))
    assert found.diamond_index == pytest.approx(0.91, abs=0.005)
    assert (found.shape, found.connectivity, found.connectivity_decision) == ("diamond", 6, None)
    assert found.single_points == ()


def test_five_ties_among_forty_people_are_in_transition():
    theirs = [f"c{i:02}" for i in range(40)]
    ours = [f"s{i}" for i in range(5)]
    found = measure(account(ours, theirs, {(f"s{i}", f"c{i:02}"): 0.8 for i in range(5)}))
    assert found.shape == "in transition"


def test_the_only_decision_maker_against_makes_no_diamond():
    theirs = [person(f"c{i}", function=ROWS[i], level=1 + i % 2) for i in range(6)]
    theirs[0] = person("c0", function="executive", level=1, role="decision_maker", orientation="against")
    ours = [person(f"s{i}", function=FACING[i]) for i in range(6)]
    found = measure(account(ours, theirs, {(f"s{i}", f"c{i}"): 0.6 for i in range(6)}))
    assert found.connectivity_decision == 0
    assert found.shape == "in transition"


def test_one_seller_in_six_functions_is_a_diabolo():
    theirs = [person(f"c{i}", function=ROWS[i], level=1 + i % 2) for i in range(6)]
    found = measure(account(["s"], theirs, {("s", f"c{i}"): 0.6 for i in range(6)}))
    assert (found.shape, found.connectivity, found.diamond_index) == ("diabolo", 1, 0.0)


def test_four_by_four_without_functions_is_in_transition():
    ties = {(f"s{i}", f"c{j}"): 0.5 for i in range(4) for j in range(4)}
    found = measure(account([f"s{i}" for i in range(4)], [f"c{i}" for i in range(4)], ties))
    assert found.diamond_index == pytest.approx(0.55, abs=0.005)
    assert found.shape == "in transition"


def test_nobody_known_is_null_and_no_ties_is_none():
    empty = measure(account(["s"], [], {}))
    assert (empty.shape, empty.connectivity) == ("none", 0)
    assert empty.coverage is None
    assert empty.diamond_index is None
    assert empty.assumed_share is None
    alone = measure(account([], ["c"], {}))
    assert (alone.shape, alone.coverage, alone.diamond_index, alone.largest_loss) == ("none", 0.0, 0.0, None)
    assert measure(account(["s"], [person("c", placeholder=True)], {})).diamond_index is None


def test_three_of_ours_on_one_buyer_is_still_one():
    assert measure(account(["a", "b", "c"], ["x"], {(s, "x"): 0.5 for s in "abc"})).connectivity == 1


def test_a_weak_tie_covers_but_is_no_thread():
    found = measure(account(["s"], ["c"], {("s", "c"): 0.19}))
    assert (found.shape, found.connectivity) == ("none", 0)
    assert found.coverage == pytest.approx(0.19)


def test_opponents_and_placeholders_count_as_not_covered():
    theirs = ["c", person("o", orientation="against"), person("p", placeholder=True)]
    found = measure(account(["s"], theirs, {("s", "c"): 0.6, ("s", "o"): 0.9, ("s", "p"): 0.9}))
    assert found.coverage == pytest.approx(0.6 / 3)
    assert list(found.coverage_of) == pytest.approx([0.6, 0.0, 0.0])


def test_matching_pairs_each_person_once():
    both = account(
        [person("s", function="commercial"), person("t", function="technical")],
        [
            person("c", function="purchasing"),
            person("d", function="purchasing"),
            person("e", function="quality"),
        ],
        {("s", "c"): 0.5, ("s", "d"): 0.5, ("t", "e"): 0.5, ("s", "e"): 0.5},
    )
    found = measure(both)
    assert function_matching(both, found.threads) == (("s", "c"), ("t", "e"))


def test_single_point_by_cut_alone():
    theirs = [person("big", influence=1.0), person("small", influence=0.1)]
    found = measure(account(["s"], theirs, {("s", "small"): 0.3}))
    assert {point.person for point in found.single_points} == {"s", "small"}


@pytest.mark.parametrize(
    ("expires", "days", "stale"),
    [(7, 6, False), (7, 7, False), (7, 8, True), (None, 180, False), (None, 181, True)],
)
def test_an_opinion_holds_on_its_last_day_and_is_stale_the_day_after(
    expires: int | None, days: int, stale: bool
):
    said = date(2026, 1, 1)
    expires_on = None if expires is None else said + timedelta(days=expires)
    one = person("c", verified_on=said, expires_on=expires_on)
    assert is_stale(account(["s"], [one], {}, as_of=said + timedelta(days=days)), one) == stale
