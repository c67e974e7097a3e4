"""Accounts as NetworkX graphs, GraphML and pandas frames, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.generator import generate_account
from graph.account import Account, InfluenceLine, Person, ReportingLine, Tie
from graph.analysis.frames import frames
from graph.analysis.networks import from_networkx, graphml, read_graphml, to_networkx
from graph.errors import InputError
from graph.gaps import find_gaps
from graph.measures import measure

DAY = date(2026, 1, 31)
SMALL = Account(
    id="acme",
    name="Acme & Söhne",
    as_of=DAY,
    ours=(Person("a", "Ada", "us", level=2), Person("b", "Ben", "us")),
    theirs=(
        Person("p", "Pia", "acme", "purchasing", "CPO", 1, "decision_maker", 0.9, verified_on=DAY),
        Person("q", "", "acme", placeholder=True),
    ),
    ties=(Tie("a", "p", 0.6, desired=4.0, last_on=DAY, touchpoints=3), Tie("b", "p", 0.1, assumed=True)),
    reports_to=(ReportingLine("q", "p"),),
    influences=(InfluenceLine("q", "p", 0.5, -1),),
    share_of_time={"a": 0.25},
    revenue=1000.0,
)


def parts(account: Account) -> tuple[object, ...]:
    return (
        account.id,
        account.name,
        account.as_of,
        account.kinds,
        account.ours,
        account.theirs,
        account.ties,
        account.reports_to,
        account.influences,
        account.share_of_time,
        account.revenue,
    )


def test_a_small_account_as_a_graph():
    network = to_networkx(SMALL)
    assert dict(network.nodes["p"]) == {
        "side": "theirs",
        "row": "Commercial",
        "name": "Pia",
        "organisation": "acme",
        "function": "purchasing",
        "title": "CPO",
        "level": 1,
        "role": "decision_maker",
        "influence": 0.9,
        "placeholder": False,
        "verified_on": DAY,
        "assumed_influence": 0.9,
        "coverage": pytest.approx(1 - 0.4 * 0.9),
    }
    assert network.edges["a", "p", "engages"] == {
        "relation": "engages",
        "thread": True,
        "strength": 0.6,
        "desired": 4.0,
        "last_on": DAY,
        "touchpoints": 3,
        "assumed": False,
    }
    assert network.edges["b", "p", "engages"]["thread"] is False
    assert network.edges["q", "p", "influences"] == {"relation": "influences", "weight": 0.5, "sign": -1}
    assert set(network["q"]["p"]) == {"influences", "reports_to"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_there_and_back(seed: int):
    for account in (generate_account(seed), SMALL, Account(id="none", name="None", as_of=DAY)):
        for network in (to_networkx(account), read_graphml(graphml(to_networkx(account)))):
            again = from_networkx(network)
            assert parts(again) == parts(account)
            assert measure(again).diamond_index == measure(account).diamond_index


@settings(max_examples=60, deadline=None, derandomize=True)
@given(name=st.text(max_size=30), id_=st.text(min_size=1, max_size=12))
def test_any_name_goes_into_a_file(name: str, id_: str):
    who = replace(SMALL.theirs[0], id=f"x{id_}", name=name)
    account = replace(SMALL, theirs=(who,), ties=(), reports_to=(), influences=())
    network = read_graphml(graphml(to_networkx(account)))
    assert network.number_of_nodes() == 3
    assert {side for _, side in network.nodes(data="side")} == {"ours", "theirs"}


def test_a_file_is_read_changed_and_written_again():
    """What a file says of all nodes at once holds for each."""
    title = b'attr.name="title" attr.type="string"'
    default = title + b"><default>Clerk</default></key>"
    network = read_graphml(graphml(to_networkx(SMALL)).replace(title + b" />", default))
    assert (network.nodes["p"]["title"], network.nodes["q"]["title"]) == ("CPO", "Clerk")
    network.nodes["q"]["title"] = "Buyer"
    again = from_networkx(read_graphml(graphml(network)))
    assert again.people["q"].title == "Buyer"
    assert again.ties == SMALL.ties


def test_a_changed_graph_is_measured():
    network = to_networkx(SMALL)
    network.add_node("r", side="theirs", name="Rob", organisation="acme", function="it", influence=0.8)
    network.add_edge("b", "r", "engages", strength=0.7)
    network.remove_node("q")
    changed = from_networkx(network)
    assert [person.id for person in changed.theirs] == ["p", "r"]
    assert measure(changed).connectivity == 2


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda g: g.add_node("x"), "x"),
        (lambda g: g.add_edge("p", "a", "engages", strength=0.5), "p → a"),
        (lambda g: g.add_edge("a", "q", "engages"), "strength"),
        (lambda g: g.add_edge("a", "q", "engages", strength=1.5), "1.5"),
        (lambda g: g.add_edge("a", "p", "reports_to"), "reports_to"),
        (lambda g: g.add_edge("a", "b", "likes"), "likes"),
        (lambda g: g.add_edge("a", "b", "influences", weight="much"), "much"),
        (lambda g: g.add_node("p", level="high"), "high"),
        (lambda g: g.add_node("p", verified_on="31.1.2026"), "31.1.2026"),
    ],
)
def test_what_is_wrong_with_a_graph_is_named(change, named: str):
    network = to_networkx(SMALL)
    change(network)
    with pytest.raises(InputError) as error:
        from_networkx(network)
    assert named in error.value.detail


def test_files_that_are_no_graphml():
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]><graphml>&a;</graphml>'
    for data in (
        b"",
        b"name,id",
        b"<svg/>",
        b"\xff\xfe<",
        bomb,
        b"<graphml><graph><node/></graph></graphml>",
    ):
        with pytest.raises(InputError):
            read_graphml(data)


def test_any_reader_of_graphml_finds_ids_of_edges_that_differ():
    data = graphml(to_networkx(generate_account(5))).decode()
    plain = nx.parse_graphml(data)
    assert plain.number_of_edges() == len({key for _, _, key in plain.edges(keys=True)})


def test_frames():
    made = frames(SMALL)
    assert list(made) == ["people", "ties", "reports_to", "influences", "gaps"]
    people = made["people"].set_index("id")
    assert list(people["side"]) == ["ours", "ours", "theirs", "theirs"]
    assert people.loc["p", "coverage"] == pytest.approx(1 - 0.4 * 0.9)
    assert people["verified_on"].dtype == "datetime64[ns]"
    assert list(made["ties"]["thread"]) == [True, False]
    assert len(made["gaps"]) == len(find_gaps(SMALL, measure(SMALL)))
    merged = made["ties"].merge(made["people"], left_on="stakeholder", right_on="id")
    assert isinstance(merged, pd.DataFrame)
    assert len(merged) == 2


def test_frames_of_an_account_of_nobody_have_their_columns():
    made = frames(Account(id="none", name="None", as_of=DAY))
    assert "strength" in made["ties"]
    assert made["people"].empty
