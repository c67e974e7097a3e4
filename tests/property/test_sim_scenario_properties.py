"""Whatever stands in a scenario: it is read, or refused in a sentence."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.generator import generate_account
from graph.account import Account
from graph.errors import InputError
from simulation import naming
from simulation.parameters import families, parameter_table
from simulation.scenario import EVENTS, LONGEST, leaving_scenario
from simulation.scenario_file import FIELDS, parse_scenario

ANY = settings(deadline=None, derandomize=True, max_examples=300)
KEY_ACCOUNT = generate_account(3, ours=3, theirs=6)
DISTRIBUTOR = generate_account(4, ours=3, theirs=6, distributors=2, end_customers=5, account_id="other")
CHANNEL = DISTRIBUTOR.channel
IDS = (
    *KEY_ACCOUNT.people,
    *DISTRIBUTOR.people,
    KEY_ACCOUNT.id,
    *(one.id for one in (*CHANNEL.distributors, *CHANNEL.end_customers)),
    *(sale.brand for sale in CHANNEL.sales if sale.brand),
)
SELECTORS = (
    *naming.PEOPLE,
    *naming.DISTRIBUTORS,
    *naming.END_CUSTOMERS,
    *naming.BRANDS,
    *naming.FUNCTIONS,
    "@",
    "@largest 1e9%",
)

NEEDED = {
    "joins": ("account", "function", "level"),
    "reorganises": ("account", "function", "share"),
    "rival_launch": ("distributor", "brand"),
    "takeover": ("distributor", "by"),
    "announce_direct": ("end_customers",),
    "go_direct": ("end_customers",),
    "price_pressure": ("percent", "months"),
    "new_key_account_manager": ("from",),
    "hours_cut": ("share", "people"),
}

SUBJECT_FIELD = {
    "joins": "account",
    "reorganises": "account",
    "rival_launch": "distributor",
    "takeover": "distributor",
    "new_key_account_manager": "from",
}

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-3, 70)
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=3)
    | st.dates(date(2020, 1, 1))
    | st.sampled_from((*IDS, *SELECTORS, "technical", "Purchasing"))
)
keys = scalars | st.sampled_from((*FIELDS, *EVENTS, *sum(NEEDED.values(), ("month",))))
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def mostly(right):
    """Draw what is right four times out of five."""
    return st.integers(0, 4).flatmap(lambda luck: anything if luck == 0 else right)


whole_fields = st.fixed_dictionaries(
    {},
    optional={
        name: mostly(value)
        for name, value in {
            "account": st.sampled_from((KEY_ACCOUNT.id, DISTRIBUTOR.id, "@distributor")),
            "function": st.sampled_from(("technical", "Purchasing", "@largest")),
            "level": st.integers(0, 6),
            "share": st.floats(-0.1, 1.1),
            "distributor": st.sampled_from((*(one.id for one in CHANNEL.distributors), "@distributor")),
            "brand": st.sampled_from(("new", "@rival")),
            "by": st.sampled_from(("new", "@rival")),
            "end_customers": st.lists(
                st.sampled_from([one.id for one in CHANNEL.end_customers]), unique=True, max_size=3
            )
            | st.sampled_from(naming.END_CUSTOMERS),
            "percent": st.floats(-1.0, 101.0),
            "months": st.integers(0, 20),
            "from": st.sampled_from(("@key_account_manager", *IDS)),
            "people": st.lists(st.sampled_from(IDS), max_size=2),
        }.items()
    },
)


@st.composite
def entries(draw):
    """Draw an event that is right but for what luck puts in."""
    kind = draw(st.sampled_from(EVENTS))
    if kind == "leaves":
        what = draw(mostly(st.sampled_from((*IDS, *naming.PEOPLE))))
    else:
        drawn = draw(whole_fields)
        what = {name: drawn[name] for name in NEEDED[kind] if name in drawn}
    return {"month": draw(mostly(st.integers(1, 36))), kind: draw(mostly(st.just(what)))}


scenarios = st.fixed_dictionaries(
    {},
    optional={
        "name": mostly(st.text(max_size=5)),
        "description": mostly(st.text(max_size=5)),
        "months": mostly(st.integers(30, 60)),
        "events": mostly(st.lists(entries(), max_size=3)),
        "parameters": mostly(
            st.dictionaries(
                st.sampled_from((*parameter_table(), *families())), mostly(st.floats(0.0, 1.0)), max_size=2
            )
        ),
    },
)


def parsed_or_refused(data, account: Account, partners=()) -> bool:
    """Return whether it was read; what is not is refused in a sentence."""
    try:
        found = parse_scenario(data, account, partners)
    except InputError as error:
        assert error.detail.endswith(".") and "\n" not in error.detail.replace("\\n", "")
        return False
    people = {person for one in (account, *partners) for person in one.people}
    for event in found.events:
        assert 1 <= event.month <= (found.months or LONGEST)
        assert event.event not in ("leaves", "new_key_account_manager") or event.subject in people
        assert getattr(event, "end_customers", ("some",)) != ()
        assert 0.0 <= getattr(event, "share", 0.0) <= 1.0
    assert list(found.events) == sorted(found.events, key=lambda event: event.month)
    return True


@ANY
@given(st.dictionaries(keys, anything, max_size=5))
def test_any_mapping_is_read_or_refused(data):
    parsed_or_refused(data, KEY_ACCOUNT)
    parsed_or_refused(data, DISTRIBUTOR)


@ANY
@given(scenarios)
def test_a_scenario_with_faults_is_read_or_refused(data):
    parsed_or_refused(data, DISTRIBUTOR, (KEY_ACCOUNT, DISTRIBUTOR))
    parsed_or_refused(data, KEY_ACCOUNT, (DISTRIBUTOR,))
    parsed_or_refused(data, KEY_ACCOUNT)


@ANY
@given(entries())
def test_reading_an_event_again_by_its_ids_gives_the_same(data):
    """What selectors, names and ids resolve to is written in ids, which mean the same again."""
    try:
        (found,) = parse_scenario({"events": [data]}, DISTRIBUTOR, (KEY_ACCOUNT,)).events
    except InputError:
        return
    fields = {
        name: list(value) or None if isinstance(value, tuple) else value
        for name, value in asdict(found).items()
        if name not in ("month", "subject")
    }
    if found.event in SUBJECT_FIELD:
        fields[SUBJECT_FIELD[found.event]] = found.subject
    what = found.subject if found.event == "leaves" else fields
    written = {"events": [{"month": found.month, found.event: what}]}
    assert parse_scenario(written, DISTRIBUTOR, (KEY_ACCOUNT,)).events == (found,)


@ANY
@given(st.lists(scalars, max_size=3), st.lists(st.integers(-2, 700), max_size=3))
def test_any_leaver_is_read_or_refused(persons, months):
    try:
        found = leaving_scenario(DISTRIBUTOR, persons, months)
    except InputError as error:
        assert error.detail.endswith(".")
    else:
        assert {event.subject for event in found.events} <= set(DISTRIBUTOR.people)


def test_most_of_the_drawn_scenarios_are_read():
    """The property would say little if everything were refused."""
    read = []

    @settings(deadline=None, derandomize=True, max_examples=100, database=None)
    @given(scenarios)
    def draw(data):
        read.append(parsed_or_refused(data, DISTRIBUTOR, (KEY_ACCOUNT,)))

    draw()
    assert sum(read) > len(read) / 10


def test_a_typo_is_refused():
    with pytest.raises(InputError):
        parse_scenario({"evnts": []}, KEY_ACCOUNT)
