"""Events as rows of the kernel's arrays."""

import pytest

from simulation import Scenario
from simulation.happening import price_by_month
from simulation.scenario import (
    AnnounceDirect,
    GoDirect,
    HoursCut,
    Joins,
    Leaves,
    NewKeyAccountManager,
    PricePressure,
    Reorganises,
    RivalLaunch,
    Takeover,
)
from simulation.state import (
    ANNOUNCES,
    NEW_MANAGER,
    OPENS_DIRECT,
    OURS_LEAVES,
    REORGANISES,
    RIVAL_LAUNCHES,
    SEAT_LEAVES,
    TAKEN_OVER,
)
from tests.unit.channels import dealer, end_customer, key_account, made


def rows(account, *events, **settings):
    return [(one.kind, one.at, one.month, one.share) for one in made(account, *events, **settings).happenings]


def test_everybody_who_leaves_is_found_on_either_side():
    events = (Leaves(2, "d-tech"), Leaves(3, "kam"), NewKeyAccountManager(4, "eng"))
    assert rows(dealer(), *events) == [
        (SEAT_LEAVES, 1, 2, 0.0),
        (OURS_LEAVES, 1, 3, 0.0),  # eng comes before kam
        (NEW_MANAGER, 0, 4, 0.0),
    ]


def test_seats_count_over_all_organisations():
    assert rows([key_account(), dealer()], Leaves(2, "d-tech")) == [(SEAT_LEAVES, 2, 2, 0.0)]
    with_partner = rows(end_customer(), Leaves(2, "d-tech"), partners=(dealer(),))
    assert with_partner == [(SEAT_LEAVES, 2, 2, 0.0)]


def test_a_reorganisation_is_of_one_function_at_one_organisation():
    both = [key_account(), dealer()]
    found = made(both, Reorganises(3, "dealer", "purchasing", 0.4))
    [row] = found.happenings
    assert (row.kind, row.share) == (REORGANISES, 0.4)
    assert [
        seat.id for seat, code in zip(found.world.seats, found.case.function, strict=True) if code == row.at
    ] == ["d-buyer"]
    assert rows(both, Reorganises(3, "dealer", "finance", 0.4)) == []


def test_events_of_the_channel():
    events = (
        RivalLaunch(1, "dealer", "theirs"),
        Takeover(2, "dealer", "theirs"),
        AnnounceDirect(3, "us", ("e1", "e3", "stranger")),
        GoDirect(4, "us", ("e3",)),
    )
    assert rows(dealer(), *events) == [
        (RIVAL_LAUNCHES, 0, 1, 0.0),
        (TAKEN_OVER, 0, 2, 0.0),
        (ANNOUNCES, 0, 3, 0.0),
        (ANNOUNCES, 2, 3, 0.0),
        (OPENS_DIRECT, 2, 4, 0.0),
    ]
    assert rows(key_account(), *events) == []


def test_what_is_in_other_arrays_makes_no_row():
    events = (
        PricePressure(1, "dealer", 10.0, 2),
        HoursCut(2, "dealer", 0.5),
        Joins(3, "dealer", "finance", 2),
    )
    assert rows(dealer(), *events) == []


def test_prices_are_of_their_account_and_multiply():
    world = made([key_account(), dealer()]).world
    events = (PricePressure(2, "dealer", 10.0, 2), PricePressure(3, "dealer", 50.0, 9))
    price = price_by_month(world, Scenario("p", 6, events), 6)
    assert price[0].tolist() == [1.0] * 7
    assert price[1] == pytest.approx([1.0, 1.0, 0.9, 0.45, 0.5, 0.5, 0.5])


def test_nobody_of_the_run_makes_no_row():
    assert rows(key_account(), Leaves(2, "d-tech"), NewKeyAccountManager(2, "eng")) == []
