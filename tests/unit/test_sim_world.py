"""Who is in a run: one account, an end customer with its distributors, a portfolio."""

from dataclasses import replace

import pytest

from graph.account import Person, Tie
from graph.errors import InputError
from simulation import PlannedAction, plan_strategy
from tests.unit.channels import dealer, end_customer, key_account, made


def test_one_account_is_its_own_world():
    world = made(key_account()).world
    assert [one.id for one in world.organisations] == ["acme"]
    assert world.seat_start.tolist() == [0, 1]
    assert world.seat_index == {"a-buyer": 0}
    assert world.hours.tolist() == [10.0]


def test_a_portfolio_stands_in_the_order_of_ids_and_shares_our_people():
    world = made([key_account(), dealer()]).world
    assert [one.id for one in world.organisations] == ["acme", "dealer"]
    assert [seat.id for seat in world.seats] == ["a-buyer", "d-buyer", "d-tech"]
    assert world.seat_start.tolist() == [0, 1, 3]
    assert [person.id for person in world.ours] == ["eng", "kam"]
    # Both accounts have ties with the key account manager, who brings hours for each.
    assert world.hours.tolist() == [6.0, 20.0]


def test_hours_are_those_for_the_accounts_of_the_run():
    shared = {"accounts_of": {"kam": 2}}
    assert made([key_account(**shared), dealer(**shared)]).world.hours.tolist() == [6.0, 10.0]
    assert made(key_account(**shared)).world.hours.tolist() == [5.0]


def test_partners_stand_after_the_account_and_bring_no_hours():
    world = made(end_customer(), partners=(dealer(),)).world
    assert [one.id for one in world.organisations] == ["e3", "dealer"]
    assert [one.id for one in world.accounts] == ["e3"]
    assert dict(zip([one.id for one in world.ours], world.hours, strict=True)) == {"eng": 0.0, "kam": 10.0}
    assert made(end_customer(), partners=(dealer(),)).case.distributing.tolist() == [0, 1]


def test_seats_have_as_many_slots_as_the_widest():
    several = dealer(
        ours=tuple(Person(f"o{n}", f"O{n}", "us") for n in range(3)),
        ties=tuple(Tie(f"o{n}", "d-buyer", 0.5) for n in range(3)),
    )
    assembly = made([key_account(), several])
    assert assembly.world.width == 3
    assert assembly.case.owner.shape == (3, 3)
    assert assembly.case.owner[0].tolist() == [0, -1, -1]  # kam comes before o0 … o2
    assert assembly.case.owner[1].tolist() == [1, 2, 3]


def test_pairs_of_a_plan_get_slots_where_both_are_in_post():
    acme, other = key_account(), dealer()
    plan = plan_strategy(other, [PlannedAction("eng", "d-buyer", "call", 1)])
    assembly = made([acme, other], strategies=(plan,))
    owners = assembly.case.owner[assembly.world.seat_index["d-buyer"]].tolist()
    assert assembly.world.our_index["eng"] in owners


def test_an_account_twice_is_refused():
    with pytest.raises(InputError, match="acme is given twice"):
        made([key_account(), key_account()])
    with pytest.raises(InputError, match="dealer is given twice"):
        made(dealer(), partners=(dealer(),))


def test_the_order_of_the_accounts_changes_nothing():
    one, other = made([key_account(), dealer()]), made([dealer(), key_account()])
    assert one.world.organisations == other.world.organisations
    assert one.case.entity.tolist() == other.case.entity.tolist()


def test_nobody_at_all():
    world = made(replace(key_account(), ours=(), theirs=(), ties=())).world
    assert world.width == 0
    assert world.seat_start.tolist() == [0, 0]
