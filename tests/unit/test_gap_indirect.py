"""Gaps of the indirect business and of the comparison with similar accounts, by accounts made for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from graph.account import Account, Carried, Channel, Partner, Person, Sale, Tie
from graph.gap_similar import Peer, Presence, similar_to
from graph.gaps import Gap, find_gaps
from graph.measures import measure

TODAY = date(2026, 1, 31)


def account(*people: Person, kinds: tuple[str, ...] = ("distributor",), **parts: object) -> Account:
    return Account(
        id="dist",
        name="Dist",
        as_of=TODAY,
        kinds=kinds,
        ours=tuple(one for one in people if one.organisation == "us"),
        theirs=tuple(one for one in people if one.organisation == "dist"),
        **parts,  # type: ignore[arg-type]
    )


def theirs(id: str, function: str | None, influence: float = 0.5, **known: object) -> Person:
    return Person(id, id.upper(), "dist", function=function, influence=influence, **known)  # type: ignore[arg-type]


OUR = Person("o", "O", "us", function="commercial", level=3)
BUYER = theirs("buyer", "purchasing", 0.6)
SELLER = theirs("seller", "commercial", 0.4)


def gaps(one: Account, kind: str, others: tuple[Peer, ...] = ()) -> list[Gap]:
    found = find_gaps(one, measure(one), today=TODAY, others=others)
    return [gap for gap in found if gap.kind == kind]


def test_a_distributor_known_in_purchasing_only_is_not_reached_where_it_sells():
    one = account(OUR, BUYER, SELLER, ties=(Tie("o", "buyer", 0.8),))
    (gap,) = gaps(one, "distributor_function")
    assert (gap.subject, gap.actual, gap.target) == ("commercial", 0.0, 0.1)
    assert gap.severity == pytest.approx(0.4)
    assert "sells our product on" in str(gap.evidence[0]["text"])
    assert gaps(replace(one, kinds=("key_account",)), "distributor_function") == []


def test_what_a_gap_of_the_row_says_is_not_said_again():
    uncovered = account(OUR, BUYER, SELLER)
    assert gaps(uncovered, "distributor_function") == []
    assert [gap.subject for gap in gaps(uncovered, "function_uncovered")] == ["Commercial"]
    nobody = account(OUR)
    assert gaps(nobody, "distributor_function") == []


def test_a_selling_function_in_which_nobody_is_known_weighs_by_the_table():
    (gap,) = gaps(account(OUR, BUYER, ties=(Tie("o", "buyer", 0.8),)), "distributor_function")
    assert gap.severity == pytest.approx(0.6 / 1.3)
    assert str(gap.evidence[0]["text"]).startswith("Nobody of Dist is known in commercial")


def test_opponents_and_unknown_holders_alone_are_other_gaps():
    for seller in (replace(SELLER, orientation="against"), replace(SELLER, placeholder=True)):
        assert gaps(account(OUR, BUYER, seller, ties=(Tie("o", "buyer", 0.8),)), "distributor_function") == []


CHANNEL = Channel(
    distributors=(Partner("dist", "Dist"),),
    end_customers=(Partner("both", "Both"), Partner("far", "Far", known=False), Partner("near", "Near")),
    sales=(
        Sale("dist", "both", False, 30.0, "ours"),
        Sale("us", "both", True, 20.0, "ours"),
        Sale("dist", "far", False, 40.0, "rival"),
        Sale("dist", "near", False, 10.0, "ours"),
    ),
    carried=(Carried("dist", "ours", "Ours", True), Carried("dist", "rival", "Rival", False)),
)


def test_an_end_customer_whom_only_the_distributor_knows():
    (gap,) = gaps(account(OUR, channel=CHANNEL), "hidden_end_customer")
    assert (gap.subject, gap.subject_name, gap.actual, gap.target) == ("far", "Far", 0, 1)
    assert gap.severity == pytest.approx(0.4)
    assert gap.evidence[0]["text"] == "Dist sells 40 a year of rival."
    assert gap.query is not None
    assert gap.query.params == {"account": "dist", "end_customer": "far"}
    customer = account(OUR, kinds=("end_customer",), channel=CHANNEL)
    assert gaps(customer, "hidden_end_customer") == []


def test_an_end_customer_served_direct_and_through_a_distributor():
    (gap,) = gaps(account(OUR, channel=CHANNEL, suppliers=(Partner("us", "Us"),)), "channel_overlap")
    assert (gap.subject, gap.actual, gap.target) == ("both", 2, 1)
    assert gap.severity == pytest.approx(0.3)
    assert [fact["text"] for fact in gap.evidence[:2]] == [
        "Us sells 20 a year of ours (ours), direct.",
        "Dist sells 30 a year of ours (ours).",
    ]


def test_without_a_reported_volume_a_customer_counts_as_the_average_one():
    sales = tuple(replace(sale, volume=None) for sale in CHANNEL.sales)
    (gap,) = gaps(account(OUR, channel=replace(CHANNEL, sales=sales)), "hidden_end_customer")
    assert gap.severity == pytest.approx(1 / 3)
    assert gap.evidence[2]["assumed"] is True


def peer(number: int, **known: object) -> Peer:
    functions = {"purchasing": Presence(0.5, 2), "sustainability": Presence(0.2, 1)}
    values = {"kinds": ("key_account",), "threads": 3, "functions": functions, **known}
    return Peer(f"p{number}", f"Peer {number}", **values)  # type: ignore[arg-type]


def here(**parts: object) -> Account:
    buyer = replace(BUYER, influence=0.6)
    return account(OUR, buyer, kinds=("key_account",), ties=(Tie("o", "buyer", 0.8),), **parts)


def test_a_function_in_which_similar_accounts_know_us():
    (gap,) = gaps(here(), "unusual_function", tuple(peer(number) for number in range(5)))
    assert (gap.subject, gap.actual, gap.target) == ("sustainability", 0, 1)
    assert gap.severity == pytest.approx(0.2)
    assert str(gap.evidence[0]["text"]).startswith("5 of 5 similar accounts (of the same kind)")


def test_nothing_is_said_below_the_stated_number_of_accounts_or_share_of_them():
    assert gaps(here(), "unusual_function", tuple(peer(number) for number in range(4))) == []
    silent = {"functions": {"purchasing": Presence(1.0, 1)}}
    mixed = tuple(peer(number, **(silent if number < 3 else {})) for number in range(6))
    assert gaps(here(), "unusual_function", mixed) == []
    assert gaps(here(), "unusual_function", mixed[1:]) != []


def test_accounts_without_a_thread_or_of_another_kind_are_not_similar():
    others = tuple(peer(number) for number in range(4))
    assert similar_to(here(), (*others, peer(4, threads=0), peer(5, kinds=("distributor",))))[0] == ()


def test_the_narrowest_group_with_enough_accounts_is_taken():
    one = here(industry="Wind Power", revenue=100.0)
    same = tuple(peer(number, industry="wind-power", revenue=290.0) for number in range(5))
    other = tuple(peer(number, industry="pumps", revenue=90.0) for number in range(5, 10))
    assert similar_to(one, (*same, *other)) == (same, "of the same kind, industry and size")
    large = tuple(replace(peer_, revenue=301.0) for peer_ in same)
    assert similar_to(one, (*large, *other)) == (large, "of the same kind and industry")
    assert similar_to(one, (*large[1:], *other)) == (other, "of the same kind and size")
    assert similar_to(one, (*large[2:], *other[2:]))[1] == "of the same kind"


def test_a_row_in_which_nobody_is_known_is_a_gap_already():
    functions = {"finance": Presence(0.3, 1)}
    others = tuple(peer(number, functions=functions) for number in range(5))
    assert gaps(here(), "unusual_function", others) == []
    clerk = account(OUR, BUYER, theirs("clerk", "finance"), kinds=("key_account",))
    (gap,) = gaps(clerk, "unusual_function", others)
    assert gap.evidence[1]["known"] == 1
