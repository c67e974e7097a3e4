from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from graph.account import Account, Channel, Partner, Person, Tie
from graph.errors import AmbiguousName, InputError, UnknownName
from simulation import Scenario, leaving_scenario, load_scenario
from simulation.scenario import (
    EVENTS,
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


@pytest.fixture
def account():
    return Account(
        id="acme",
        name="Acme",
        as_of=date(2026, 1, 31),
        ours=(Person("anna", "Anna Berg", "us"), Person("ben", "Ben Cole", "us")),
        theirs=(
            Person("kim", "Kim Lund", "acme", function="purchasing", level=3),
            Person("lee", "Lee Moss", "acme", function="technical", level=2),
            Person("lee2", "Lee Moss", "acme", function="technical", level=4),
            Person("7", "Seven", "acme"),
        ),
        ties=(Tie("anna", "kim", 0.5),),
    )


def with_channel(account):
    return replace(
        account,
        kinds=("end_customer",),
        channel=Channel(
            distributors=(Partner("d", "Dist"),), end_customers=(Partner("e1", "One"), Partner("e2", "Two"))
        ),
    )


def read(tmp_path, account, text, name="scenario.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return load_scenario(path, account)


def test_every_event_of_people_is_read(tmp_path, account):
    scenario = read(
        tmp_path,
        account,
        """
        name: all of it
        months: 36
        events:
          - {month: 30, hours_cut: {share: 0.3, people: [ben, anna]}}
          - {month: 6, leaves: Kim Lund}
          - {month: 6, joins: {account: acme, function: Technical, level: 2}}
          - {month: 9, reorganises: {account: Acme, function: Technical, share: 0.5}}
          - {month: 20, price_pressure: {percent: 10, months: 6}}
          - {month: 24, new_key_account_manager: {from: anna}}
          - {month: 7, leaves: 7}
        parameters: {turnover_theirs: 0.25, turnover_theirs.level1: 0.1, replacement: 0}
        """,
    )
    assert scenario.name == "all of it"
    assert scenario.months == 36
    assert scenario.events == (
        Leaves(6, "kim"),
        Joins(6, "acme", "technical", 2),
        Leaves(7, "7"),
        Reorganises(9, "acme", "technical", 0.5),
        PricePressure(20, "acme", 10.0, 6),
        NewKeyAccountManager(24, "anna"),
        HoursCut(30, "acme", 0.3, ("anna", "ben")),
    )
    assert scenario.parameters == {"turnover_theirs": 0.25, "turnover_theirs.level1": 0.1, "replacement": 0.0}


def test_json_says_the_same(tmp_path, account):
    text = '{"months": 12, "events": [{"month": 6, "leaves": "kim"}]}'
    assert read(tmp_path, account, text, "scenario.json").events == (Leaves(6, "kim"),)


def test_the_option_and_the_file_make_the_same_objects(tmp_path, account):
    from_file = read(tmp_path, account, "events: [{month: 6, leaves: kim}, {month: 9, leaves: anna}]")
    by_option = leaving_scenario(account, ["kim", "Anna Berg"], [6, 9])
    assert by_option.events == from_file.events
    assert by_option.name == "Kim Lund and Anna Berg leave"


def test_a_month_beyond_the_files_horizon_may_be_asked_for(account):
    """The caller may run longer than the file says; the run itself checks its months."""
    assert leaving_scenario(account, ["kim"], [30], onto=Scenario(months=24)).events[0].month == 30


def test_one_month_is_for_all_who_leave(account):
    assert {event.month for event in leaving_scenario(account, ["kim", "lee"], [4]).events} == {4}
    assert leaving_scenario(account, ["kim"]).events[0].month == 6
    with pytest.raises(InputError, match="3 times for 2 people"):
        leaving_scenario(account, ["kim", "lee"], [1, 2, 3])


def test_the_option_adds_to_the_file(account):
    both = leaving_scenario(
        account, ["lee"], [3], onto=Scenario("bad year", 24, (PricePressure(1, "acme", 5.0, 2),))
    )
    assert [event.event for event in both.events] == ["price_pressure", "leaves"]
    assert both.months == 24
    assert [event.event for event in both.without_leaving().events] == ["price_pressure"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("events: [{month: 0, leaves: kim}]", ["events[1].leaves.month", "0", "1 to"]),
        ("{months: 12, events: [{month: 13, leaves: kim}]}", ["events[1].leaves.month", "13", "1 to 12"]),
        ("events: [{month: 2.5, leaves: kim}]", ["2.5", "whole number"]),
        ("events: [{leaves: kim}]", ["month", "needs a month"]),
        ("events: [{month: 3}]", ["exactly one event"]),
        ("events: [{month: 3, leaves: kim, joins: {}}]", ["exactly one event"]),
        ("events: 7", ["events", "7", "list"]),
        ("events: [leaves]", ["events[1]", "needs a month and one event"]),
        ("months: 0", ["months", "0", "1 to"]),
        ("months: true", ["months", "True"]),
        ("parameters: [1]", ["parameters", "names with values"]),
        ("parameters: {turnover_theirs: -1}", ["turnover_theirs", "-1", "0 to 1"]),
        ("parameters: {turnover_theirs: 1.5}", ["turnover_theirs", "1.5", "0 to 1"]),
        (
            "events: [{month: 3, reorganises: {account: other, function: technical, share: 1}}]",
            ["other", "acme"],
        ),
        (
            "events: [{month: 3, reorganises: {function: magic, share: 1}}]",
            ["magic", "purchasing, technical"],
        ),
        ("events: [{month: 3, reorganises: {function: technical, share: 2}}]", ["share", "2", "0 to 1"]),
        ("events: [{month: 3, reorganises: {function: technical}}]", ["share", "nothing"]),
        ("events: [{month: 3, price_pressure: {percent: 110, months: 6}}]", ["percent", "110", "0 to 100"]),
        ("events: [{month: 3, new_key_account_manager: {from: kim}}]", ["kim", "somebody of ours"]),
        ("events: [{month: 3, hours_cut: {share: 0.1, people: [kim]}}]", ["kim", "somebody of ours"]),
        ("events: [{month: 3, joins: {level: 9}}]", ["level", "9", "1 to 5"]),
        ("events: [{month: 3, joins: {function: 7}}]", ["function", "7", "name of a function"]),
        ("events: [{month: 3, reorganises: {share: 1}}]", ["function", "nothing", "purchasing, technical"]),
        ("just words", ["does not hold a scenario"]),
        ("{name: [unclosed", ["not valid YAML", "line 1"]),
        ("!!python/object/apply:os.system [echo]", ["not valid YAML"]),
        (
            "events: [{month: 3, rival_launch: {distributor: d, brand: b}}]",
            ["rival_launch cannot", "no distributors"],
        ),
        ("events: [{month: 3, takeover: {distributor: d, by: b}}]", ["takeover cannot", "no distributors"]),
        ("events: [{month: 3, go_direct: {end_customers: [e]}}]", ["go_direct cannot", "no distributors"]),
        ("events: [{month: 3, joins: {account: '@distributor'}}]", ["joins.account", "no distributors"]),
        ("events: [{month: 3, leaves: @buyer}]", ["not valid YAML", "needs quotes"]),
        ("events: [{month: 3, leaves: [kim]}]", ["leaves", "['kim']"]),
        ("events: [{month: 3, leaves: kim}, {month: 601, leaves: kim}]", ["events[2]", "601", "1 to 600"]),
        ("events: [{month: -1, leaves: kim}]", ["-1", "1 to"]),
        ("events: [{month: .nan, leaves: kim}]", ["nan", "1 to"]),
        ("events: [{month: 3, hours_cut: {share: 30}}]", ["share", "30", "0 to 1", "0.3"]),
        ("events: [{month: 3, hours_cut: {share: -0.1}}]", ["share", "-0.1", "0 to 1"]),
        ("events: [{month: 3, hours_cut: {share: .nan}}]", ["share", "nan", "0 to 1"]),
        ("events: [{month: 3, hours_cut: {share: .2, people: []}}]", ["people", "[]", "somebody of ours"]),
        ("events: [{month: 3, price_pressure: {percent: 5, months: 0}}]", ["months", "0", "1 to"]),
        ("parameters: {turnover_theirs: .inf}", ["turnover_theirs", "inf", "0 to 1"]),
        ("parameters: {turnover_theirs: yes}", ["turnover_theirs", "yes", "0 to 1"]),
        (f"parameters: {{turnover_theirs: {'9' * 400}}}", ["turnover_theirs", "0 to 1"]),
        ("parameters: {1: 2}", ["no parameter 1"]),
        ("name: [1]", ["name", "[1]", "text"]),
        ("description: 7", ["description", "7", "text"]),
        ("- {month: 3}", ["does not hold a scenario"]),
        ("", ["does not hold a scenario"]),
    ],
)
def test_wrong_input_is_one_sentence_with_field_value_and_range(tmp_path, account, text, said):
    with pytest.raises(InputError) as caught:
        read(tmp_path, account, text)
    for words in said:
        assert words in caught.value.detail


@pytest.mark.parametrize(
    ("customers", "said"),
    [
        ("[]", ["end_customers", "[]", "at least one"]),
        ("null", ["end_customers", "nothing"]),
        ("[e1, e1]", ["'e1'", "One (e1) a second time"]),
        ("[e1, One]", ["'One'", "One (e1) a second time"]),
        ("[e1, '@all']", ["'@all'", "a second time"]),
        ("[e9]", ["e9", "no end customer", "e1"]),
        ("[Oen]", ["Oen", "the nearest is One"]),
        ("[kim]", ["kim", "no end customer"]),
        ("[d]", ["'d'", "no end customer"]),
        ("[[e1]]", ["['e1']", "no end customer"]),
        ("{e1: e2}", ["needs a list"]),
        ("true", ["True"]),
    ],
)
def test_end_customers_that_cannot_be(tmp_path, account, customers, said):
    with pytest.raises(InputError) as caught:
        read(
            tmp_path,
            with_channel(account),
            f"events: [{{month: 3, go_direct: {{end_customers: {customers}}}}}]",
        )
    for words in said:
        assert words in caught.value.detail


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("rival_launch: {distributor: Dst, brand: b}", ["Dst", "the nearest is Dist"]),
        ("rival_launch: {distributor: d}", ["brand", "nothing", "name of a brand"]),
        ("rival_launch: {brand: b}", ["distributor", "nothing"]),
        ("rival_launch: {distributor: d, brand: [b]}", ["brand", "['b']"]),
        ("rival_launch: {distributor: d, by: b}", ["no field 'by'"]),
        ("rival_launch: d", ["needs its fields in braces"]),
        ("takeover: {distributor: d, brand: b}", ["no field 'brand'"]),
        ("takeover: {distributor: acme, by: b}", ["acme", "no distributor", "there is d"]),
        ("go_direct: {customers: [e1]}", ["the nearest is end_customers"]),
        ("reorganises: {account: d, function: commercial, share: 1}", ["none is known"]),
    ],
)
def test_channel_events_that_cannot_be(tmp_path, account, event, said):
    with pytest.raises(InputError) as caught:
        read(tmp_path, with_channel(account), f"events: [{{month: 3, {event}}}]")
    for words in said:
        assert words in caught.value.detail


def test_every_event_of_the_channel_is_read(tmp_path, account):
    scenario = read(
        tmp_path,
        with_channel(account),
        """
        description: what it is for
        events:
          - {month: 18, go_direct: {end_customers: [Two, e1]}}
          - {month: 12, rival_launch: {distributor: Dist, brand: Shiny}}
          - {month: 12, takeover: {distributor: d, by: Shiny}}
          - {month: 15, announce_direct: {end_customers: [e2]}}
        """,
    )
    assert scenario.description == "what it is for"
    assert scenario.events == (
        RivalLaunch(12, "d", "Shiny"),
        Takeover(12, "d", "Shiny"),
        AnnounceDirect(15, "acme", ("e2",)),
        GoDirect(18, "acme", ("e1", "e2")),
    )


def test_ten_events_are_those_of_the_contract():
    assert set(EVENTS) == {
        "leaves", "joins", "reorganises", "rival_launch", "takeover", "announce_direct", "go_direct",
        "price_pressure", "new_key_account_manager", "hours_cut",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("event: []", "events"),
        ("events: [{month: 3, leave: kim}]", "leaves"),
        ("events: [{month: 3, leaves: Kim Lunt}]", "Kim Lund"),
        ("events: [{month: 3, hours_cut: {shares: 0.1}}]", "share"),
        ("parameters: {contact_gian: 0.1}", "contact_gain"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(tmp_path, account, text, near):
    with pytest.raises(UnknownName, match=near):
        read(tmp_path, account, text)


def test_a_name_that_several_have_lists_them(tmp_path, account):
    with pytest.raises(AmbiguousName) as caught:
        read(tmp_path, account, "events: [{month: 3, leaves: Lee Moss}]")
    assert [candidate.id for candidate in caught.value.candidates] == ["lee", "lee2"]


def test_a_file_that_is_not_there_or_not_text(tmp_path, account):
    with pytest.raises(InputError, match="cannot be read"):
        load_scenario(tmp_path / "none.yaml", account)
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        load_scenario(tmp_path / "bytes.yaml", account)


def test_a_function_that_joins_can_be_reorganised_later(tmp_path, account):
    text = """
        events:
          - {month: 6, joins: {account: ACCOUNT, function: legal, level: 2}}
          - {month: 9, reorganises: {account: ACCOUNT, function: legal, share: 0.5}}
    """.replace("ACCOUNT", account.id)
    found = read(tmp_path, account, text)
    assert [event.function for event in found.events] == ["legal", "legal"]
    only = "events: [{month: 9, reorganises: {account: ACCOUNT, function: legal, share: 0.5}}]"
    with pytest.raises(InputError, match="legal"):
        read(tmp_path, account, only.replace("ACCOUNT", account.id))


def test_an_unknown_function_names_the_nearest(tmp_path, account):
    text = f"events: [{{month: 6, joins: {{account: {account.id}, function: technicl}}}}]"
    with pytest.raises(UnknownName, match="technical"):
        read(tmp_path, account, text)


def test_a_key_that_stands_twice_is_refused(tmp_path, account):
    with pytest.raises(InputError, match="turnover_theirs"):
        read(tmp_path, account, "parameters: {turnover_theirs: 0.1, turnover_theirs: 0.2}")


@pytest.mark.parametrize(
    "text",
    [
        "name: GROWN",
        "months: GROWN",
        "parameters: GROWN",
        "parameters: {turnover_theirs: GROWN}",
        "events: [GROWN]",
        "events: [{month: GROWN, leaves: kim}]",
        "events: [{month: 1, leaves: GROWN}]",
        "events: [{month: 1, joins: {function: GROWN}}]",
    ],
)
def test_a_value_that_grows_without_end_is_told_in_brief(tmp_path, account, text):
    """Nine aliases of nine aliases … would fill the memory if they were written out."""
    grown = ", ".join(f"&{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in pairwise("abcdefghijkl"))
    with pytest.raises(InputError) as caught:
        read(tmp_path, account, text.replace("GROWN", f"[&a [x], {grown}]"))
    assert len(caught.value.detail) < 2000
    assert all(len(fault.value) < 2000 for fault in caught.value.errors)
