"""What a reader is told before the numbers: how much of an account is assumed."""

from __future__ import annotations

from dataclasses import replace

from api.caveats import caveats
from graph.measures import measure
from tests.unit.accounts import account

ACCOUNT = account(["o1"], ["t1", "t2"], {("o1", "t1"): 0.5, ("o1", "t2"): 0.4})


def test_ties_of_assumed_strength_are_counted() -> None:
    known, other = ACCOUNT.ties
    told = caveats(measure(replace(ACCOUNT, ties=(known, replace(other, assumed=True)))))
    (said,) = [one for one in told if "assumed strength" in one]
    assert said.startswith("1 of 2 ties to people of Acme")


def test_nothing_is_said_where_every_strength_is_known() -> None:
    assert not any("assumed strength" in one for one in caveats(measure(ACCOUNT)))
