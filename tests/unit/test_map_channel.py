"""What the map shows of distributors and end customers."""

from __future__ import annotations

from graph.account import (
    Channel,
    Partner,
    Sale,
)
from tests.unit.maps import SVG, diabolo, draw
from visualisation import shapes
from visualisation.indirect import DRAWN_AT_MOST, find_chain


def test_direct_beside_indirect_is_a_conflict_in_colour_and_word() -> None:
    channel = Channel(
        (Partner("d", "Dealer"),),
        (Partner("e", "Endy"), Partner("f", "Friendly")),
        (Sale("d", "e", False, 100.0), Sale("us", "e", True, 50.0), Sale("d", "f", False, 70.0)),
    )
    drawn = draw(diabolo(channel=channel))
    assert drawn.words.count("CHANNEL CONFLICT") == 1
    assert "1 end customer is served both direct and through a distributor" in drawn.words
    assert "direct 50, through Dealer 100" in drawn.words
    lines = list(drawn.group("indirect").iter(f"{SVG}path"))
    assert sum(path.get("stroke") == shapes.CONFLICT for path in lines) == 2
    assert sum(path.get("class") == "direct" for path in lines) == 1
    assert not draw(diabolo()).has("indirect")


def test_a_large_channel_shows_conflicts_first_and_says_what_it_leaves_out() -> None:
    sales = [Sale("d", f"e{i:03}", False, float(i)) for i in range(100)]
    sales += [Sale("us", f"e{i:03}", True, 1.0) for i in range(3)]
    chain = find_chain(diabolo(channel=Channel((Partner("d", "Dealer"),), (), tuple(sales))))
    assert chain is not None
    assert len(chain.end_customers) == DRAWN_AT_MOST
    assert {"e000", "e001", "e002", "e099"} <= set(chain.end_customers)
    assert chain.left_out == 100 - DRAWN_AT_MOST
    told = diabolo(channel=Channel((Partner("d", "Dealer"),), (), tuple(sales)))
    assert "60 more, with less volume, are not drawn" in draw(told).words
