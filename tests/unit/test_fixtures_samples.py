"""The sample files as they stand: whole, consistent, and with the verdicts that their stories tell.

`plain_account` reads one account from the files without the import and without a store, so that the way
through both can be compared with it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from fixtures.samples import DAY_COLUMNS, FOLDER, SAMPLES, sample_files
from graph.account import Account, InfluenceLine, Person, ReportingLine, Tie
from graph.errors import InputError
from graph.gaps import KINDS, find_gaps
from graph.measures import measure
from graph.policy import ORIENTATIONS, ROLES, load_policy
from graph.replay import Contact, Given, strength_on

TODAY = date(2026, 5, 17)
Tables = Mapping[str, list[dict[str, str]]]


def read(folder: Path) -> Tables:
    tables = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    return tables


def plain_account(tables: Tables, account_id: str, today: date) -> Account:
    policy = load_policy()
    newest: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in tables["assessments"]:
        held = newest[row["person"]].get(row["attribute"])
        if held is None or held["on"] < row["on"]:
            newest[row["person"]][row["attribute"]] = row

    def person(row: dict[str, str]) -> Person:
        said = newest[row["id"]]
        value = {attribute: found["value"] for attribute, found in said.items()}
        number = {
            attribute: float(value[attribute])
            for attribute in ("influence", "proximity")
            if attribute in value
        }
        last = max(said.values(), key=lambda found: found["on"], default=None)
        return Person(
            id=row["id"],
            name=row["name"],
            organisation=row["organisation"],
            function=row["function"] or None,
            title=row["title"] or None,
            level=int(row["level"]) if row["level"] else None,
            role=value["role"] if value.get("role") in ROLES else None,
            influence=number.get("influence"),
            orientation=value.get("orientation"),
            proximity=number.get("proximity"),
            placeholder=row["placeholder"] == "yes",
            time_capacity=float(row["time_capacity"]) if row["time_capacity"] else None,
            verified_on=date.fromisoformat(last["on"]) if last else None,
            expires_on=date.fromisoformat(last["expires_on"]) if last and last["expires_on"] else None,
        )

    in_post = [row for row in tables["people"] if not row["left_on"]]
    ours = {row["id"]: person(row) for row in in_post if row["organisation"] == "varnholm"}
    theirs = {row["id"]: person(row) for row in in_post if row["organisation"] == account_id}
    contacts: dict[tuple[str, str], list[Contact]] = defaultdict(list)
    suppliers_people = {row["id"] for row in tables["people"] if row["organisation"] == "varnholm"}
    for row in tables["touchpoints"]:
        present = row["attendees"].split(";")
        guests = [one for one in present if one not in suppliers_people]
        minutes = float(row["minutes"]) if row["minutes"] else None
        for pair in ((one, guest) for one in present if one in ours for guest in guests if guest in theirs):
            on = date.fromisoformat(row["on"])
            contacts[pair].append(Contact(on, row["id"], row["kind"], minutes, len(guests)))
    stated = {
        (row["ours"], row["stakeholder"]): row for row in tables["ties"] if row["stakeholder"] in theirs
    }
    ties = []
    for pair in contacts.keys() | stated.keys():
        row = stated.get(pair, {})
        given = None
        if row.get("strength"):
            on = date.fromisoformat(row["last_on"]) if row["last_on"] else today
            given = Given(float(row["strength"]), on)
        ties.append(
            Tie(
                *pair,
                strength=strength_on(today, contacts[pair], policy, given),
                desired=float(row["desired"]) if row.get("desired") else None,
                touchpoints=len(contacts[pair]),
            )
        )
    everybody = ours.keys() | theirs.keys()
    return Account(
        id=account_id,
        name=next(row["name"] for row in tables["organisations"] if row["id"] == account_id),
        as_of=today,
        ours=tuple(ours.values()),
        theirs=tuple(theirs.values()),
        ties=tuple(ties),
        reports_to=tuple(
            ReportingLine(row["person"], row["manager"])
            for row in tables["reports_to"]
            if {row["person"], row["manager"]} <= everybody
        ),
        influences=tuple(
            InfluenceLine(row["from"], row["to"], float(row["weight"]), int(row["sign"]))
            for row in tables["influences"]
            if {row["from"], row["to"]} <= everybody
        ),
    )


@pytest.fixture(scope="module")
def raw() -> Tables:
    return read(FOLDER)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("samples")
    sample_files(folder, TODAY)
    return read(folder)


@pytest.fixture(scope="module")
def accounts(loaded: Tables) -> dict[str, Account]:
    return {account_id: plain_account(loaded, account_id, TODAY) for account_id in SAMPLES}


# The files -----------------------------------------------------------------------------------------------


def test_dates_are_days_in_the_repository_and_dates_once_written(raw: Tables, loaded: Tables) -> None:
    assert raw.keys() == loaded.keys()
    for form, rows in raw.items():
        for before, after in zip(rows, loaded[form], strict=True):
            for column, value in before.items():
                if column in DAY_COLUMNS and value:
                    assert after[column] == (TODAY + timedelta(days=int(value))).isoformat()
                else:
                    assert after[column] == value


def test_a_date_left_in_a_sample_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "touchpoints.csv").write_text("id,on\nx,-4\ny,2026-01-31\n", encoding="utf-8")
    monkeypatch.setattr("fixtures.samples.FOLDER", source)
    with pytest.raises(InputError, match="row 3: column on needs a whole number of days") as caught:
        sample_files(tmp_path / "target", TODAY)
    assert caught.value.errors[0].value == "2026-01-31"


def test_ids_are_unique_and_every_reference_exists(raw: Tables) -> None:
    organisations = [row["id"] for row in raw["organisations"]]
    people = [row["id"] for row in raw["people"]]
    touchpoints = [row["id"] for row in raw["touchpoints"]]
    for ids in (organisations, people, touchpoints):
        assert len(ids) == len(set(ids))
    pairs = {
        "people": [("organisation", organisations)],
        "reports_to": [("person", people), ("manager", people)],
        "influences": [("from", people), ("to", people)],
        "ties": [("ours", people), ("stakeholder", people)],
        "touchpoints": [("initiator", people)],
        "supplies": [("supplier", organisations), ("account", organisations)],
        "distributes_through": [("supplier", organisations), ("distributor", organisations)],
        "carries": [("distributor", organisations), ("owner", organisations)],
        "sales": [("seller", organisations), ("end_customer", organisations)],
        "team": [("account", organisations), ("person", people)],
        "assessments": [("person", people), ("by", people)],
    }
    for form, columns in pairs.items():
        for column, known in columns:
            assert {row[column] for row in raw[form]} <= set(known), (form, column)
    attendees = {one for row in raw["touchpoints"] for one in row["attendees"].split(";")}
    assert attendees <= set(people)


def test_values_are_those_of_the_tables_but_for_the_two_that_ask(raw: Tables) -> None:
    policy = load_policy()
    functions = {row["function"] for row in raw["people"]}
    assert functions - set(policy.functions) == {"sustainability"}
    roles = {row["value"] for row in raw["assessments"] if row["attribute"] == "role"}
    assert roles - set(ROLES) == {"Gatekeeper"}
    assert {row["value"] for row in raw["assessments"] if row["attribute"] == "orientation"} <= set(
        ORIENTATIONS
    )
    assert {row["kind"] for row in raw["touchpoints"]} == set(policy.kinds)


def test_touchpoints_cover_two_years_up_to_a_few_days_ago(raw: Tables) -> None:
    organisation = {row["id"]: row["organisation"] for row in raw["people"]}
    started = {row["id"]: int(row["started_on"] or 0) for row in raw["people"]}
    left = {row["id"]: int(row["left_on"] or 0) for row in raw["people"]}
    days: dict[str, list[int]] = defaultdict(list)
    for row in raw["touchpoints"]:
        present = row["attendees"].split(";")
        sides = {organisation[one] for one in present}
        assert len(present) == len(set(present))
        assert len(sides) == 2
        assert "varnholm" in sides
        assert row["initiator"] in present
        assert all(started[one] <= int(row["on"]) <= left[one] for one in present)
        days[(sides - {"varnholm"}).pop()].append(int(row["on"]))
    assert days.keys() == SAMPLES.keys()
    for account_id, on in days.items():
        assert on == sorted(on), account_id
        assert -10 <= on[-1] <= -2, account_id
        assert -735 <= on[0] <= -700, account_id
        assert max(b - a for a, b in pairwise(on)) <= 30, account_id


def test_strengths_come_from_touchpoints_but_for_those_stated(raw: Tables) -> None:
    """Empty where they met, 0 where they never did, and only two that somebody stated."""
    met = {frozenset(pair) for row in raw["touchpoints"] for pair in _pairs(row["attendees"].split(";"))}
    stated = 0
    for row in raw["ties"]:
        pair = frozenset((row["ours"], row["stakeholder"]))
        if row["strength"] in ("", "0"):
            assert (row["strength"] == "") == (pair in met), row
            assert row["desired"]
        else:
            stated += 1
            assert row["last_on"]
    assert stated == 2


def _pairs(present: list[str]) -> list[tuple[str, str]]:
    return [(one, other) for one in present for other in present if one != other]


def test_shares_of_time_add_up_to_at_most_all_of_it(raw: Tables) -> None:
    shares: dict[str, float] = defaultdict(float)
    for row in raw["team"]:
        shares[row["person"]] += float(row["share_of_time"])
    assert max(shares.values()) <= 1.0
    ours = {row["id"] for row in raw["people"] if row["organisation"] == "varnholm"}
    assert {(row["account"], row["person"]) for row in raw["team"]} == {
        (account_id, person) for account_id in SAMPLES for person in ours
    }


def test_the_distributor_carries_several_brands_and_shares_end_customers_with_us(raw: Tables) -> None:
    minds = {
        row["brand"]: float(row["share_of_mind"])
        for row in raw["carries"]
        if row["distributor"] == "verdelan"
    }
    assert len(minds) >= 3
    assert sum(minds.values()) == pytest.approx(1.0)
    sellers: dict[str, set[str]] = defaultdict(set)
    for row in raw["sales"]:
        sellers[row["end_customer"]].add(row["seller"])
    both = [buyer for buyer, who in sellers.items() if {"varnholm", "verdelan"} <= who]
    assert len(both) >= 2
    assert any(len(who - {"varnholm"}) >= 2 for who in sellers.values())
    hidden = next(row for row in raw["organisations"] if row["id"] == "undisclosed-1")
    assert sellers["undisclosed-1"] == {"verdelan"}
    assert not any(value for column, value in hidden.items() if column not in ("id", "name", "kind"))


# What they measure ---------------------------------------------------------------------------------------


def test_the_diabolo_hangs_on_one_buyer_and_one_seller(accounts: dict[str, Account]) -> None:
    m = measure(accounts["valdara"])
    assert (m.shape, m.connectivity, m.connectivity_decision) == ("diabolo", 1, 1)
    assert m.diamond_index is not None
    assert m.diamond_index < 0.15
    assert {point.person for point in m.single_points} == {"va.cortelazzi", "vc.morandelli"}


def test_the_one_in_transition_has_threads_and_holes(accounts: dict[str, Account]) -> None:
    m = measure(accounts["kettenbruck"])
    assert m.shape == "in transition"
    assert m.connectivity >= 2
    assert m.diamond_index is not None
    assert 0.4 < m.diamond_index < 0.6
    uncovered = [row.row for row in m.rows if row.theirs and row.coverage is not None and row.coverage < 0.1]
    assert "Executive" in uncovered
    assert "Finance" in uncovered


def test_the_diamond_holds_without_anybody(accounts: dict[str, Account]) -> None:
    m = measure(accounts["tornvik"])
    assert m.shape == "diamond"
    assert m.diamond_index is not None
    assert m.coverage is not None
    assert m.connectivity_decision is not None
    assert m.diamond_index > 0.75
    assert m.coverage > 0.35
    assert m.connectivity >= 5
    assert m.connectivity_decision >= 3
    assert not m.single_points
    assert all(row.threads for row in m.rows if row.theirs)


def test_the_distributor_leans_on_our_distribution_manager(accounts: dict[str, Account]) -> None:
    m = measure(accounts["verdelan"])
    assert m.shape == "in transition"
    assert m.diamond_index is not None
    assert 0.4 < m.diamond_index < 0.62
    assert [point.person for point in m.single_points] == ["vc.delmassy"]


def test_deleting_the_one_tie_changes_the_shape(loaded: Tables) -> None:
    pair = {"vc.morandelli", "va.cortelazzi"}
    without = dict(loaded)
    without["touchpoints"] = [
        row for row in loaded["touchpoints"] if not pair <= set(row["attendees"].split(";"))
    ]
    without["ties"] = [row for row in loaded["ties"] if {row["ours"], row["stakeholder"]} != pair]
    assert measure(plain_account(without, "valdara", TODAY)).shape == "none"


@pytest.mark.parametrize("days", [0, 14, 30])
def test_shapes_hold_some_weeks_after_loading(loaded: Tables, days: int) -> None:
    shapes = {
        account_id: measure(plain_account(loaded, account_id, TODAY + timedelta(days=days))).shape
        for account_id in SAMPLES
    }
    assert shapes == {
        "valdara": "diabolo",
        "kettenbruck": "in transition",
        "tornvik": "diamond",
        "verdelan": "in transition",
    }


def test_measures_do_not_depend_on_the_day_of_loading(accounts: dict[str, Account], tmp_path: Path) -> None:
    leap_day = date(2028, 2, 29)
    sample_files(tmp_path, leap_day)
    tables = read(tmp_path)
    for account_id, account in accounts.items():
        other = measure(plain_account(tables, account_id, leap_day))
        assert other.diamond_index == measure(account).diamond_index
        assert other.stale == measure(account).stale


def test_every_kind_of_gap_occurs_and_every_account_has_several(accounts: dict[str, Account]) -> None:
    kinds = {
        account_id: {gap.kind for gap in find_gaps(account, measure(account), today=TODAY)}
        for account_id, account in accounts.items()
    }
    # Who sells to whom is not read here, and four accounts are too few to compare one with.
    indirect = {"distributor_function", "hidden_end_customer", "channel_overlap", "unusual_function"}
    assert set().union(*kinds.values()) == set(KINDS) - indirect
    assert all(len(found) >= 4 for found in kinds.values()), kinds


def test_the_opponents_are_those_of_the_stories(accounts: dict[str, Account]) -> None:
    found = {
        (gap.kind, gap.subject)
        for account in accounts.values()
        for gap in find_gaps(account, measure(account), today=TODAY)
        if gap.kind in ("opponent", "opponent_without_route", "no_opponent_known")
    }
    assert found == {
        ("opponent_without_route", "va.sartorelli"),
        ("opponent_without_route", "ke.lohkemper"),
        ("opponent", "ke.faltermeier"),
        ("opponent", "to.rasktorp"),
        ("no_opponent_known", "verdelan"),
    }
