"""What falls apart when people leave, on networks small enough to check by hand."""

from __future__ import annotations

import pytest

from graph.account import InfluenceLine, ReportingLine
from graph.removal import TieLost, remove, without
from tests.unit.accounts import account, person


def bridge():
    """s1 holds c1 and c2 together; c3 hangs on s2 alone; s3 has only a weak tie."""
    return account(
        ["s1", "s2", "s3"],
        [
            person("c1", function="purchasing"),
            person("c2", function="quality"),
            person("c3", function="finance"),
        ],
        {("s1", "c1"): 0.5, ("s1", "c2"): 0.5, ("s2", "c3"): 0.5, ("s2", "c2"): 0.3, ("s3", "c1"): 0.1},
    )


def test_engages_takes_threads_of_both_sides():
    found = without(bridge(), ["s1"])
    assert found.components == (("c2", "c3", "s2"), ("c1",), ("s3",))
    assert found.ties_lost == (TieLost("s1", "c1", 0.5), TieLost("s1", "c2", 0.5))
    assert found.cut_persons == ("c2", "s1", "s2")
    assert found.connectivity == (2, 1)
    assert [broker.person for broker in found.top_brokers[:3]] == ["c2", "s1", "s2"]
    assert len(found.top_brokers) == 5
    assert found.coverage[0] > found.coverage[1]


def test_newly_uncovered_people_and_functions():
    found = without(bridge(), ["s2"])
    assert found.stakeholders_uncovered == ("c3",)
    assert found.functions_uncovered == ("Finance",)
    # c3 leaving empties the row, but is not reported as a person left uncovered.
    gone = without(bridge(), ["c3"])
    assert (gone.stakeholders_uncovered, gone.functions_uncovered) == ((), ("Finance",))


def test_a_seat_is_kept_when_its_holder_leaves():
    before = account(["s"], ["a", "b"], {("s", "a"): 0.6})
    found = without(before, ["b"])
    assert found.coverage[0] == found.coverage[1] == pytest.approx(0.3)
    last = without(account(["s"], ["a"], {("s", "a"): 0.6}), ["a"])
    assert last.coverage == (pytest.approx(0.6), 0.0)
    assert last.diamond_index == (0.0, 0.0)


def test_reporting_and_influence_lines_of_the_account_only():
    lines = (ReportingLine("b", "a"), ReportingLine("c", "a"), ReportingLine("t", "s"))
    influences = (InfluenceLine("a", "b", 0.7), InfluenceLine("b", "a", 0.4))
    company = account(["s", "t"], ["a", "b", "c"], {("s", "b"): 0.5}, reports_to=lines, influences=influences)
    reports = without(company, ["a"], "reports_to")
    assert reports.components == (("b",), ("c",))
    assert reports.ties_lost == (TieLost("b", "a", None), TieLost("c", "a", None))
    mutual = without(company, ["a"], "influences")
    assert mutual.ties_lost == (TieLost("a", "b", 0.7), TieLost("b", "a", 0.4))
    everything = without(company, ["a"], "all")
    assert everything.components == (("b", "s", "t"), ("c",))
    assert len(everything.ties_lost) == 4


def test_removing_everybody_and_nobody():
    assert remove(bridge(), []) == bridge()
    found = without(bridge(), ["s1", "s2", "s3", "c1", "c2", "c3"])
    assert found.components == ()
    assert found.connectivity == (2, 0)
    assert without(account([], [], {}), []).components == ()
