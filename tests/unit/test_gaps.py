"""Each kind of gap by a small account made for it: when it is reported, its numbers, its evidence."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from graph.account import Account, InfluenceLine, Person, Tie
from graph.gaps import KINDS, Gap, find_gaps
from graph.measures import measure

TODAY = date(2026, 1, 31)


def theirs(id: str = "t", **known: object) -> Person:
    known = {"function": "purchasing", "level": 3, "role": "user", "influence": 0.5, **known}
    return Person(id=id, name=f"Name of {id}", organisation="acme", **known)  # type: ignore[arg-type]


def ours(id: str = "o", **known: object) -> Person:
    return Person(id=id, name=f"Name of {id}", organisation="us", **{"level": 3, **known})  # type: ignore[arg-type]


def account(*people: Person, **parts: object) -> Account:
    return Account(
        id="acme",
        name="Acme",
        as_of=TODAY,
        ours=tuple(one for one in people if one.organisation == "us"),
        theirs=tuple(one for one in people if one.organisation == "acme"),
        **parts,  # type: ignore[arg-type]
    )


def tie(strength: float, ours: str = "o", stakeholder: str = "t", **known: object) -> Tie:
    return Tie(ours, stakeholder, strength, **known)  # type: ignore[arg-type]


def gaps(one: Account, kind: str) -> list[Gap]:
    return [gap for gap in find_gaps(one, measure(one), today=TODAY) if gap.kind == kind]


def only(one: Account, kind: str) -> Gap:
    (gap,) = gaps(one, kind)
    return gap


def test_coverage_is_the_shortfall_against_the_target_of_the_role():
    gap = only(account(theirs(role="decision_maker", influence=0.8), ours(), ties=(tie(0.4),)), "coverage")
    assert (gap.subject, gap.subject_name) == ("t", "Name of t")
    assert gap.actual == pytest.approx(0.4)
    assert gap.target == pytest.approx(0.75 * 0.9)
    assert gap.severity == pytest.approx(0.8 * (0.675 - 0.4) / 0.675)
    assert gap.evidence[1]["strength"] == 0.4


def test_coverage_leaves_out_opponents_and_unknown_holders_and_who_is_covered():
    people = (
        theirs("against", orientation="against"),
        theirs("seat", placeholder=True),
        theirs("covered", role="user"),
        ours(),
    )
    assert gaps(account(*people, ties=(tie(0.4, stakeholder="covered"),)), "coverage") == []


def test_unknown_role_and_influence_take_the_policy_defaults():
    gap = only(account(theirs(role=None, influence=None, level=2)), "coverage")
    assert gap.target == pytest.approx(0.4 * 0.9)
    assert gap.severity == pytest.approx(0.8)
    assert gap.evidence[0]["assumed"] == ["influence", "role", "orientation"]


def test_a_function_is_uncovered_below_a_tenth():
    people = (theirs("a", influence=0.2), theirs("b", influence=0.8), ours())
    gap = only(account(*people, ties=(tie(0.3, stakeholder="a"),)), "function_uncovered")
    assert gap.subject == gap.subject_name == "Commercial"
    assert gap.actual == pytest.approx(0.2 * 0.3)
    assert gap.severity == pytest.approx(0.8 * (1 - 0.06))
    assert [one.get("person") for one in gap.evidence] == [None, "b", "a"]
    assert gaps(account(*people, ties=(tie(0.2, stakeholder="b"),)), "function_uncovered") == []


def test_a_function_of_opponents_only_or_of_unknown_holders_only_is_not_uncovered():
    opponents = account(theirs("a", orientation="against"), theirs("b", orientation="against"))
    assert gaps(opponents, "function_uncovered") == []
    assert gaps(account(theirs(placeholder=True)), "function_uncovered") == []
    mixed = account(theirs("a", orientation="against", influence=0.9), theirs("b", influence=0.1))
    assert only(mixed, "function_uncovered").severity == pytest.approx(0.9)


def test_people_without_a_function_can_be_uncovered_too():
    assert only(account(theirs(function=None)), "function_uncovered").subject == "Unknown"


@pytest.mark.parametrize(("threads", "reported"), [(0, False), (1, True), (2, False)])
def test_a_decision_maker_with_exactly_one_thread(threads, reported):
    ties = tuple(tie(0.5 if number < threads else 0.19, f"o{number}") for number in range(3))
    one = account(theirs(role="decision_maker", influence=0.9), *(ours(f"o{n}") for n in range(3)), ties=ties)
    found = gaps(one, "single_thread")
    assert bool(found) is reported
    if reported:
        assert (found[0].actual, found[0].target) == (1, 2)
        assert found[0].severity == pytest.approx(0.72)
        assert found[0].evidence[0]["ours"] == "o0"


def test_a_single_thread_of_somebody_who_does_not_decide_is_no_gap():
    assert gaps(account(theirs(role="evaluator"), ours(), ties=(tie(0.5),)), "single_thread") == []


@pytest.mark.parametrize(
    ("role", "their_level", "our_levels", "reported"),
    [
        ("decision_maker", 1, (3,), True),
        ("evaluator", 2, (5, 4), True),
        ("decision_maker", 1, (3, 2), False),
        ("decision_maker", 3, (1,), False),
        ("influencer", 1, (5,), False),
        ("decision_maker", None, (5,), False),
        ("decision_maker", 1, (5, None), False),
        ("decision_maker", 1, (), False),
    ],
)
def test_nobody_near_their_level(role, their_level, our_levels, reported):
    people = [ours(f"o{number}", level=level) for number, level in enumerate(our_levels)]
    one = account(
        theirs(role=role, level=their_level, influence=0.8),
        *people,
        ties=tuple(tie(0.5, person.id) for person in people),
    )
    found = gaps(one, "level")
    assert bool(found) is reported
    if reported:
        assert found[0].actual == min(our_levels) - their_level
        assert found[0].severity == pytest.approx(0.4)


def test_a_weak_tie_from_the_right_level_does_not_count():
    people = (theirs(role="decision_maker", level=1), ours("near", level=1), ours("far", level=4))
    assert only(account(*people, ties=(tie(0.1, "near"), tie(0.6, "far"))), "level").actual == 3


def test_an_unknown_holder_and_an_expected_row_without_anybody():
    one = account(theirs("seat", placeholder=True, function="technical", influence=0.7), theirs("buyer"))
    found = {gap.subject: gap.severity for gap in gaps(one, "unknown_seat")}
    assert found == {
        "seat": 0.7,
        "Executive": 0.6,
        "Marketing": 0.3,
        "Supply": 0.4,
        "Finance": 0.4,
    }


def test_an_account_of_nobody_lacks_every_expected_row():
    one = account()
    assert [gap.kind for gap in find_gaps(one, measure(one), today=TODAY)] == ["unknown_seat"] * 6


def opposition(*lines: InfluenceLine, orientation: str = "ally", strength: float = 0.5) -> Account:
    people = (
        theirs("friend", orientation=orientation),
        theirs("between"),
        theirs("further"),
        theirs("opponent", orientation="against", influence=0.8),
        ours(),
    )
    return account(*people, ties=(tie(strength, stakeholder="friend"),), influences=lines)


ONE_STEP = (InfluenceLine("friend", "opponent"),)
TWO_STEPS = (InfluenceLine("friend", "between"), InfluenceLine("between", "opponent"))
THREE_STEPS = (
    InfluenceLine("friend", "further"),
    InfluenceLine("further", "between"),
    InfluenceLine("between", "opponent"),
)


@pytest.mark.parametrize(
    ("one", "route"),
    [
        (opposition(*ONE_STEP), ["o", "friend", "opponent"]),
        (opposition(*TWO_STEPS), ["o", "friend", "between", "opponent"]),
        (opposition(*ONE_STEP, *TWO_STEPS), ["o", "friend", "opponent"]),
    ],
)
def test_an_opponent_with_a_route_names_it(one, route):
    gap = only(one, "opponent")
    assert gaps(one, "opponent_without_route") == []
    assert gap.severity == pytest.approx(0.4)
    assert (gap.actual, gap.target) == (-0.6, -0.33)
    assert gap.evidence[1]["route"] == route
    assert "Name of friend → " in str(gap.evidence[1]["text"])


@pytest.mark.parametrize(
    "one",
    [
        opposition(),
        opposition(*THREE_STEPS),
        opposition(InfluenceLine("opponent", "friend")),
        opposition(InfluenceLine("friend", "opponent", sign=-1)),
        opposition(*ONE_STEP, orientation="against"),
        opposition(*ONE_STEP, strength=0.19),
    ],
)
def test_an_opponent_without_a_route(one):
    found = {gap.subject: gap for gap in gaps(one, "opponent_without_route")}
    assert found["opponent"].severity == pytest.approx(0.8)
    assert (found["opponent"].actual, found["opponent"].target) == (0, 1)
    assert "opponent" not in {gap.subject for gap in gaps(one, "opponent")}


def test_a_cycle_of_influence_ends():
    lines = (*TWO_STEPS, InfluenceLine("opponent", "friend"), InfluenceLine("between", "friend"))
    assert len(only(opposition(*lines), "opponent").evidence) == 2


def test_each_tie_below_its_desired_strength_is_a_gap_of_the_stakeholder():
    one = account(
        theirs(influence=0.5),
        ours("a"),
        ours("b"),
        ours("c"),
        ties=(tie(0.2, "a", desired=4), tie(0.7, "b", desired=4), tie(0.8, "c", desired=4)),
    )
    worse, better = gaps(one, "below_desired")
    assert (worse.subject, worse.actual, worse.target) == ("t", 0.2, 0.8)
    assert worse.severity == pytest.approx(0.3)
    assert better.evidence[0]["ours"] == "b"
    assert better.query is not None
    assert better.query.params["ours"] == "b"


@pytest.mark.parametrize(
    ("verified", "expires", "days"),
    [
        (180, None, None),
        (181, None, 1),
        (400, 0, None),
        (400, -30, None),
        (400, 12, 12),
        (3, 1, 1),
        (None, None, None),
    ],
)
def test_a_score_is_stale_past_its_expiry_else_after_180_days(verified, expires, days):
    person = theirs(
        influence=0.8,
        verified_on=None if verified is None else TODAY - timedelta(verified),
        expires_on=None if expires is None else TODAY - timedelta(expires),
    )
    found = gaps(account(person), "stale_score")
    assert [(gap.actual, gap.target) for gap in found] == ([] if days is None else [(days, 0)])
    assert all(gap.severity == pytest.approx(0.2) for gap in found)


@pytest.mark.parametrize(
    ("allies", "others", "reported"),
    [
        (8, [], True),
        (9, [None, "unknown"], True),
        (7, [None], False),
        (8, ["neutral"], False),
        (8, ["against"], False),
    ],
)
def test_only_allies_are_suspicious(allies, others, reported):
    orientations = ["ally"] * allies + others
    one = account(*(theirs(f"t{n:02}", orientation=word) for n, word in enumerate(orientations)))
    found = gaps(one, "no_opponent_known")
    assert [(gap.subject, gap.severity) for gap in found] == ([("acme", 0.3)] if reported else [])
    if reported:
        assert found[0].evidence[0]["known"] == allies


def test_the_worst_stands_first_and_equal_ones_in_the_order_of_the_table_then_by_subject():
    people = (
        theirs("b", role="decision_maker", influence=0.6, function="executive"),
        theirs("a", role="decision_maker", influence=0.6, function="technical"),
    )
    one = account(*people)
    found = [(gap.kind, gap.subject) for gap in find_gaps(one, measure(one), today=TODAY)]
    assert found == [
        ("function_uncovered", "Executive"),
        ("function_uncovered", "Technical"),
        ("coverage", "a"),
        ("coverage", "b"),
        ("unknown_seat", "Commercial"),
        ("unknown_seat", "Finance"),
        ("unknown_seat", "Supply"),
        ("unknown_seat", "Marketing"),
    ]


def test_queries_are_there_for_today_only_and_are_plain_json():
    one = opposition(*ONE_STEP)
    measures = measure(one)
    for gap in find_gaps(one, measures, today=TODAY):
        assert gap.query is not None
        assert gap.query.name == gap.kind
        assert gap.query.params["account"] == "acme"
        assert gap.query.params["as_of"] == "2026-01-31"
        assert json.loads(json.dumps(gap.query.params)) == gap.query.params
    assert all(gap.query is None for gap in find_gaps(one, measures, today=TODAY + timedelta(1)))
    assert all(gap.query is None for gap in find_gaps(one, measures))


def test_the_kinds_are_those_of_the_order():
    assert len(KINDS) == 14
