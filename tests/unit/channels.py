"""A small indirect business written by hand: two distributors, four end customers, our brand and a rival's.

The dealer is the account: it sells to e1 (ours and a rival's brand), e2 and e3; the other sells to e3 as
well; we sell to e2 directly. e4 is somebody else's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from graph.account import Account, Agreement, Carried, Channel, Partner, Person, Sale, Tie
from simulation import Scenario
from simulation.assembly import Assembly, assemble
from simulation.strategies import SHIPPED, Strategy

DAY = date(2026, 1, 31)
SALES = (
    Sale("dealer", "e1", False, 100.0, "ours"),
    Sale("dealer", "e1", False, 40.0, "theirs"),
    Sale("dealer", "e2", False, 60.0, "ours"),
    Sale("dealer", "e3", False, 30.0, "ours"),
    Sale("other", "e3", False, 50.0, "ours"),
    Sale("us", "e2", True, 20.0),
)
CARRIED = (
    Carried("dealer", "ours", "Ours", True, 0.5, 0.2),
    Carried("dealer", "theirs", "Theirs", False, 0.3, 0.25, date(2025, 1, 31)),
)
CUSTOMERS = (Partner("e1", "E1"), Partner("e2", "E2"), Partner("e3", "E3", known=False))
CHANNEL = Channel(
    distributors=(Partner("dealer", "Dealer"), Partner("other", "Other")),
    end_customers=CUSTOMERS,
    sales=SALES,
    carried=CARRIED,
    agreements=(Agreement("dealer", 0.6),),
)
KAM = Person("kam", "Kai", "us", function="commercial", level=3, time_capacity=10.0)
ENGINEER = Person("eng", "Eng", "us", function="technical", level=3, time_capacity=6.0)


def dealer(**values: Any) -> Account:
    """Return the dealer's account: two people, one of whom we know."""
    return Account(
        **{
            "id": "dealer",
            "name": "Dealer",
            "as_of": DAY,
            "kinds": ("distributor",),
            "ours": (KAM, ENGINEER),
            "theirs": (
                Person("d-buyer", "Bea", "dealer", function="purchasing", level=3, role="decision_maker"),
                Person("d-tech", "Ted", "dealer", function="technical", level=3),
            ),
            "ties": (Tie("kam", "d-buyer", 0.6),),
            "revenue": 210_000.0,
            "margin": 0.3,
            "channel": CHANNEL,
            **values,
        }
    )


def end_customer(**values: Any) -> Account:
    """Return the account of e3, which buys from both distributors and not from us."""
    return Account(
        **{
            "id": "e3",
            "name": "E3",
            "as_of": DAY,
            "kinds": ("end_customer",),
            "ours": (KAM,),
            "theirs": (Person("e-buyer", "Eva", "e3", function="purchasing", level=3),),
            "revenue": 80_000.0,
            "margin": 0.25,
            "channel": replace(
                CHANNEL,
                end_customers=(CUSTOMERS[2],),
                sales=tuple(sale for sale in SALES if sale.end_customer == "e3"),
                carried=(),
            ),
            **values,
        }
    )


def key_account(**values: Any) -> Account:
    """Return an account without any channel, which shares the key account manager."""
    return Account(
        **{
            "id": "acme",
            "name": "Acme",
            "as_of": DAY,
            "ours": (KAM,),
            "theirs": (Person("a-buyer", "Ann", "acme", function="purchasing", level=3),),
            "ties": (Tie("kam", "a-buyer", 0.5),),
            "revenue": 500_000.0,
            "margin": 0.2,
            **values,
        }
    )


def made(
    account: Account | list[Account],
    *events: Any,
    strategies: tuple[Strategy, ...] = (SHIPPED["do_nothing"],),
    months: int = 6,
    partners: tuple[Account, ...] = (),
    **parameters: float,
) -> Assembly:
    """Return the assembly of a case; end customers have no liking of their own and buy what is recorded."""
    scenario = Scenario("case", months, events, {"standing": 0.0, "unrecorded": 0.0} | parameters)
    return assemble(account, scenario, strategies, months, partners=partners)
