"""The map as SVG: what it must show, in words too, whatever the account."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import timedelta
from statistics import median

import numpy as np
import pytest

from fixtures.generator import generate_account
from graph.account import (
    Channel,
    InfluenceLine,
    Partner,
    Person,
    ReportingLine,
    Sale,
)
from graph.errors import InputError, UnknownName
from graph.gaps import find_gaps
from graph.measures import measure
from tests.unit.accounts import DAY, account, person
from tests.unit.maps import SVG, Drawn, diabolo, draw
from visualisation import shapes
from visualisation.png import png
from visualisation.svg import draw_map
from visualisation.text import token

NASTY = "<script>alert(1)</script> & \"q\" 'a' \x07]]>"


def test_it_is_an_image_with_a_title_and_the_measures_in_words() -> None:
    drawn = draw(diabolo(suppliers=(Partner("us", "Our Firm"),)))
    root = drawn.root
    named = {element.get("id"): element.text or "" for element in root if element.get("id")}
    assert root.get("role") == "img"
    title, description = (named[part] for part in root.get("aria-labelledby", "").split())
    assert title == "Our Firm ↔ Acme: diabolo"
    for fact in ("diamond index 0.00", "one leaver cuts every thread", "2 single points of failure"):
        assert fact in description
        assert fact in drawn.words
    assert "DIABOLO" in drawn.words
    assert f"as of {DAY}" in drawn.words
    assert "our people: 2" in drawn.words
    assert "their people: 2" in drawn.words


def test_everybody_can_be_reached_by_key_and_by_id() -> None:
    told = generate_account(4, ours=5, theirs=9)
    root = draw(told).root
    people = [g for g in root.iter(f"{SVG}g") if g.get("data-id")]
    assert {g.get("data-id") for g in people} == set(told.people)
    assert all(g.get("tabindex") == "0" and g.find(f"{SVG}title") is not None for g in people)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(str(identity).startswith(root.get("id", "?")) for identity in ids)


def test_names_with_markup_are_text() -> None:
    told = diabolo(name=NASTY, suppliers=(Partner("us", NASTY),))
    told = replace(
        told,
        ours=tuple(replace(p, name=NASTY, title=NASTY) for p in told.ours),
        theirs=(*told.theirs, Person(id=NASTY[:-4], name=NASTY, organisation="x", function=NASTY)),
        channel=Channel((Partner("d", NASTY),), (Partner("e", NASTY),), (Sale("d", "e", direct=False),)),
    )
    drawn = draw(told)
    assert not list(drawn.root.iter(f"{SVG}script"))
    assert "<script" not in drawn.text
    assert "\x07" not in drawn.text
    assert drawn.label("o1").startswith("<script>alert(1)")
    titles = [element.text or "" for element in drawn.root.iter(f"{SVG}title")]
    assert sum("<script>alert(1)</script> & \"q\" 'a' ]]>" in title for title in titles) >= 6
    assert not re.search(r"\s(href|src|xlink:href|on\w+)=", drawn.text)


def test_an_id_with_anything_in_it_stays_one_token() -> None:
    told = account(["o 1"], ["t:1 <x>"], {("o 1", "t:1 <x>"): 0.5}, id="a b")
    drawn = draw(told)
    assert drawn.root.get("id") == f"map-{token('a b')}"
    assert drawn.person("t:1 <x>").get("id") == f"map-{token('a b')}-p-{token('t:1 <x>')}"
    assert all(" " not in str(e.get("id")) for e in drawn.root.iter() if e.get("id"))


def test_gap_and_single_point_are_rings_with_the_word() -> None:
    drawn = draw(diabolo())
    assert "SINGLE POINT" in drawn.label("o1")
    assert "SINGLE POINT" in drawn.label("t1")
    assert "GAP" in drawn.label("t2")
    assert "GAP" not in drawn.label("t1")
    rings = {
        identity: [c for c in drawn.person(identity).iter(f"{SVG}circle") if c.get("stroke") == shapes.RINGED]
        for identity in ("o1", "o2", "t1", "t2")
    }
    assert {identity: len(found) for identity, found in rings.items()} == {"o1": 1, "o2": 0, "t1": 1, "t2": 1}
    assert rings["t2"][0].get("stroke-dasharray")
    assert rings["t1"][0].get("stroke-dasharray") is None


def test_only_gaps_of_coverage_are_ringed() -> None:
    told = generate_account(11, ours=4, theirs=12)
    measures = measure(told)
    gaps = find_gaps(told, measures)
    drawn = Drawn(draw_map(told, measures, gaps))
    ringed = {person for person in told.their_index if re.search(r"\bGAP\b", drawn.label(person))}
    assert ringed == {gap.subject for gap in gaps if gap.kind == "coverage"}
    assert f"{len(gaps)} gaps ({len(ringed)} in coverage)" in drawn.words


def test_an_empty_seat_is_a_dashed_outline_and_says_so() -> None:
    told = account(["o"], [person("t", placeholder=True, role="evaluator"), "u"], {("o", "u"): 0.5})
    drawn = draw(told)
    assert "SEAT UNKNOWN" in drawn.label("t")
    shape = drawn.person("t").find(f"{SVG}polygon")
    assert shape is not None
    assert shape.get("fill") == shapes.PAPER
    assert shape.get("stroke-dasharray")
    assert "1 seat whose holder is unknown" in drawn.words


def test_roles_are_shapes_and_orientations_signs() -> None:
    roles = ["decision_maker", "evaluator", "influencer", "user", None]
    orientations = ["ally", "neutral", "against", "unknown", None]
    theirs = [
        person(f"t{i}", role=role, orientation=orientation)
        for i, (role, orientation) in enumerate(zip(roles, orientations, strict=True))
    ]
    drawn = draw(account(["o"], theirs, {}))

    def corners(identity: str) -> int | None:
        polygon = drawn.person(identity).find(f"{SVG}polygon")
        return None if polygon is None else len(polygon.get("points", "").split())

    assert [corners(f"t{i}") for i in range(5)] == [6, 4, 3, None, 4]
    assert [drawn.label(f"t{i}")[0] for i in range(5)] == ["+", "=", "−", "?", "?"]
    square, unknown = (drawn.person(f"t{i}").find(f"{SVG}polygon") for i in (1, 4))
    assert square is not None
    assert unknown is not None
    assert square.get("points", "").split(",")[0] != unknown.get("points", "").split(",")[0]


def test_proximity_is_dots_and_hollow_ones_where_the_score_is_stale() -> None:
    old = DAY - timedelta(days=181)
    theirs = [
        person("t1", proximity=3.0, verified_on=DAY),
        person("t2", proximity=3.0, verified_on=old),
        person("t3", verified_on=old),
        person("t4"),
    ]
    drawn = draw(account(["o"], theirs, {}))
    assert "●●●○○" in drawn.label("t1")
    assert "○○○·· stale" in drawn.label("t2")
    assert "stale" in drawn.label("t3")
    assert not set("●○·") & set(drawn.label("t4"))


def test_ties_are_wide_by_strength_and_dashed_where_weak() -> None:
    told = account(
        [person("o", function="technical")],
        [person("t", function="finance"), person("u", function="technical")],
        {("o", "t"): 0.3, ("o", "u"): 0.8},
    )
    ties = list(draw(told).group("ties"))
    assert [tie.get("stroke-width") for tie in ties] == ["3.1", "6.4"]
    assert [bool(tie.get("stroke-dasharray")) for tie in ties] == [True, False]
    assert [tie.get("stroke") for tie in ties] == [shapes.CROSS_FUNCTION, shapes.SAME_FUNCTION]
    assert all(" C" in tie.get("d", "") for tie in ties)


def test_lines_inside_a_side_are_groups_to_switch() -> None:
    told = diabolo(
        reports_to=(ReportingLine("t2", "t1"),),
        influences=(InfluenceLine("t1", "t2"), InfluenceLine("t2", "t1", sign=-1)),
    )
    off, on = draw(told), draw(told, lines=("reporting", "influences"))
    for name, number in (("reporting", 1), ("influences", 2)):
        assert off.group(name).get("display") == "none"
        assert on.group(name).get("display") is None
        assert len(on.group(name)) == number
    conflict = [path for path in on.group("influences") if path.get("stroke") == shapes.CONFLICT]
    assert len(conflict) == 1
    assert conflict[0].get("stroke-dasharray")
    assert "in conflict with" in "".join(conflict[0].itertext())


def test_the_target_is_dashed_ghosts_beside_people_who_stay() -> None:
    told = diabolo()
    now, target = draw(told), draw(told, state="target")
    assert not now.has("ghosts")
    assert len(target.group("ghosts")) >= 4
    assert all(g.get("stroke-dasharray") for g in target.group("ghosts").iter() if g.get("points"))
    assert target.has("wanted")
    assert "Target, dashed: diabolo →" in target.words
    for someone in told.people:
        assert now.person(someone).get("transform") == target.person(someone).get("transform")


def test_a_saved_plan_is_the_target() -> None:
    told = diabolo()
    drawn = draw(told, state="target", target=np.array([[0.8, 0.0], [0.0, 0.9]]))
    assert len(drawn.group("wanted")) == 1
    assert "Target, dashed: diabolo → in transition" in drawn.words


def test_without_somebody_the_rest_is_drawn_as_it_would_be_after() -> None:
    told = diabolo()
    now, after = draw(told), draw(told, without=["t1"])
    assert "gone" in after.person("t1").get("class", "")
    assert "GONE" in after.label("t1")
    assert "NO THREAD" in after.words
    assert "Without T1: diabolo → none" in after.words
    assert "covered" in after.words
    assert after.root.get("data-shape") == "none"
    assert [tie.get("class") for tie in after.group("ties")] == ["tie lost"]
    assert "SINGLE POINT" not in after.words
    assert {e.get("id") for e in now.root.iter()} == {e.get("id") for e in after.root.iter()}


def test_heights_and_ids_stay_when_people_go() -> None:
    told = generate_account(21, ours=6, theirs=10)
    now = draw(told)
    after = draw(told, without=[told.ours[0].id, told.theirs[0].id])
    for someone in told.people:
        before_y, after_y = (
            drawn.person(someone).get("transform", "").rstrip(")").split()[1] for drawn in (now, after)
        )
        assert before_y == after_y


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"state": "tomorrow"}, InputError, "now or target"),
        ({"without": ["nobody"]}, UnknownName, "'nobody'"),
        ({"target": np.zeros((1, 5))}, InputError, "one strength for each"),
    ],
)
def test_what_cannot_be_drawn_is_said(
    options: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        draw(diabolo(), **options)


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        ([], [], "Nobody of theirs is known"),
        ([], ["t"], "Nobody of ours is known"),
        (["o"], [], "nothing can be measured"),
        (["o"], ["t"], "No tie between the two sides is known"),
        (["o"], [person("t", placeholder=True)], "nothing can be measured"),
    ],
)
@pytest.mark.parametrize("state", ["now", "target"])
def test_whatever_is_missing_is_said_in_words(
    ours: list[Person | str], theirs: list[Person | str], said: str, state: str
) -> None:
    drawn = draw(account(ours, theirs, {}), state=state)
    assert said in drawn.words
    assert "NO THREAD" in drawn.words
    assert len(png(drawn.text, scale=0.2)) > 500


def test_nobody_with_a_function_stands_in_the_row_unknown() -> None:
    drawn = draw(account(["o"], ["t"], {("o", "t"): 0.5}))
    assert "Nobody's function is known" in drawn.words
    assert "Unknown" in drawn.label("t")


def test_one_row_only_and_two_hundred_people() -> None:
    ours = [person(f"o{i:03}", function="technical") for i in range(60)]
    theirs = [person(f"t{i:03}", function="technical", influence=i / 140) for i in range(140)]
    drawn = draw(account(ours, theirs, {(f"o{i:03}", f"t{i:03}"): 0.4 for i in range(60)}))
    heights = [
        float(drawn.person(f"t{i:03}").get("transform", "").rstrip(")").split()[1]) for i in range(140)
    ]
    assert max(heights) - min(heights) > 130 * 56
    assert len(png(drawn.text, scale=0.3)) > 10_000


def test_a_usual_account_is_small_and_quick() -> None:
    told = generate_account(5, ours=8, theirs=14)
    measures = measure(told)
    gaps = find_gaps(told, measures)
    taken = []
    for _ in range(9):
        start = time.perf_counter()
        drawn = draw_map(told, measures, gaps)
        taken.append(time.perf_counter() - start)
    assert median(taken) < 0.06
    assert len(drawn.encode()) < 45_000


def test_drawing_is_the_same_every_time_and_whatever_the_order() -> None:
    told = generate_account(8, ours=6, theirs=11, distributors=2, end_customers=5)
    shuffled = replace(
        told,
        ours=told.ours[::-1],
        theirs=told.theirs[::-1],
        ties=told.ties[::-1],
        influences=told.influences[::-1],
    )
    assert draw(told).text == draw(told).text == draw(shuffled).text
