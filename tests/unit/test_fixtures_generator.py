"""The bulk files and the command that writes them."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from fixtures.generator import (
    generate_account,
    generate_ecosystem,
    generate_portfolio,
    main,
    write_generic_form,
)
from graph.account import Person
from graph.measures import measure
from graph.policy import UNKNOWN_ROW, load_policy

TODAY = date(2026, 5, 17)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    sizes = {"accounts": 3, "people_per_account": 5, "touchpoints": 400, "today": TODAY}
    one = write_generic_form(tmp_path / "one", 7, **sizes)
    two = write_generic_form(tmp_path / "two", 7, **sizes)
    other = write_generic_form(tmp_path / "other", 8, **sizes)
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    assert [path.read_bytes() for path in one] != [path.read_bytes() for path in other]


@pytest.mark.parametrize("attendees", [None, 2, 5])
def test_bulk_files_have_the_sizes_asked_for_and_refer_to_people(
    tmp_path: Path, attendees: int | None
) -> None:
    paths = write_generic_form(
        tmp_path, 1, accounts=4, people_per_account=9, touchpoints=12_345, today=TODAY, attendees=attendees
    )
    form = {path.stem: rows(path) for path in paths}
    organisation = {row["id"]: row["organisation"] for row in form["people"]}
    assert len(form["organisations"]) == 5
    assert len(organisation) == len(form["people"]) == 4 * 9 + 8
    assert len({row["id"] for row in form["touchpoints"]}) == 12_345
    for row in form["touchpoints"]:
        present = row["attendees"].split(";")
        assert len(present) == len(set(present))
        assert attendees in (None, len(present))
        sides = {organisation[person] for person in present}
        assert len(sides) == 2
        assert "supplier" in sides
        assert row["on"] < TODAY.isoformat()
    assert {row["kind"] for row in form["touchpoints"]} == set(load_policy().kinds)
    for row in form["reports_to"]:
        assert row["manager"] < row["person"]


@pytest.mark.parametrize(("accounts", "people"), [(1, 1), (1, 2), (2, 1)])
def test_the_smallest_portfolios_are_valid(tmp_path: Path, accounts: int, people: int) -> None:
    write_generic_form(tmp_path, 1, accounts=accounts, people_per_account=people, touchpoints=50, today=TODAY)
    for row in rows(tmp_path / "touchpoints.csv"):
        present = row["attendees"].split(";")
        assert len(present) == len(set(present)) >= 2


def test_the_command_names_the_files_it_wrote(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "fixtures.generator",
            str(tmp_path / "out"),
            "--accounts",
            "2",
            "--touchpoints",
            "20",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [Path(line) for line in done.stdout.splitlines()] == [
        tmp_path / "out" / f"{form}.csv"
        for form in ("organisations", "people", "reports_to", "supplies", "team", "touchpoints")
    ]


def test_generated_accounts_are_varied() -> None:
    accounts = [generate_account(seed) for seed in range(120)]
    assert {measure(account).shape for account in accounts} == {"none", "diabolo", "in transition", "diamond"}
    theirs = [person for account in accounts for person in account.theirs]
    assert {person.role for person in theirs} >= {None, "decision_maker", "evaluator", "user", "influencer"}
    assert {person.orientation for person in theirs} >= {None, "ally", "neutral", "against", "unknown"}
    assert {person.level for person in theirs} == {None, 1, 2, 3, 4, 5}
    functions = {person.function for person in theirs}
    assert None in functions
    assert functions - set(load_policy().functions) - {None}
    assert any(person.placeholder for person in theirs)
    assert {0.0, 1.0, None} <= {person.influence for person in theirs}
    assert any(account.row(person) == UNKNOWN_ROW for account in accounts for person in account.ours)
    assert any(tie.desired is not None for account in accounts for tie in account.ties)
    assert any(tie.assumed for account in accounts for tie in account.ties)
    assert {line.sign for account in accounts for line in account.influences} == {-1, 1}
    assert {account.revenue is None for account in accounts} == {True, False}
    assert any(measure(account).stale for account in accounts)
    assert len({len(account.suppliers) for account in accounts}) == 2


def test_a_portfolio_shares_our_people_and_their_time() -> None:
    portfolio = generate_portfolio(5, 8, ours=5, theirs=9)
    assert len({account.id for account in portfolio}) == 8
    serving: dict[str, int] = {}
    time: dict[str, float] = {}
    for account in portfolio:
        assert (len(account.ours), len(account.theirs)) == (5, 9)
        for person in {tie.ours for tie in account.ties}:
            serving[person] = serving.get(person, 0) + 1
        for person, share in account.share_of_time.items():
            time[person] = time.get(person, 0.0) + share
    for account in portfolio:
        assert account.accounts_of == {person.id: serving.get(person.id, 0) for person in account.ours}
    assert max(serving.values()) > 1
    assert max(time.values()) <= 1.0
    assert {person for account in portfolio for person in account.ours} < set(_everybody(portfolio))
    stakeholders = [person.id for account in portfolio for person in account.theirs]
    assert len(stakeholders) == len(set(stakeholders))


def test_generated_channels_are_varied() -> None:
    accounts = [generate_account(seed, distributors=4, end_customers=9) for seed in range(30)]
    channels = [account.channel for account in accounts]
    carried = [line for channel in channels for line in channel.carried]
    assert {line.ours for line in carried} == {True, False}
    for name in ("share_of_mind", "margin", "launched_on"):
        assert {getattr(line, name) is None for line in carried} == {True, False}
    agreements = [one for channel in channels for one in channel.agreements]
    assert {one.transparency is None for one in agreements} == {True, False}
    assert {one.exclusive for one in agreements} == {True, False}
    assert any(len(channel.agreements) < len(channel.distributors) for channel in channels)
    sales = [sale for channel in channels for sale in channel.sales]
    ours = {line.brand for line in carried if line.ours}
    assert {sale.brand in ours for sale in sales if not sale.direct} == {True, False}
    assert {sale.volume is None for sale in sales} == {True, False}
    ways = [
        (one.known, {sale.direct for sale in channel.sales if sale.end_customer == one.id})
        for channel in channels
        for one in channel.end_customers
    ]
    # Known without direct business, hidden, and served both ways.
    assert all(way in ways for way in ((True, {False}), (False, {False}), (True, {True, False})))
    assert any(
        sale.end_customer in {partner.id for partner in channel.distributors}
        for channel in channels
        for sale in channel.sales
    )


def test_the_accounts_of_an_ecosystem_share_people_distributors_and_end_customers() -> None:
    ecosystem = generate_ecosystem(4)
    assert [account.kinds[0] for account in ecosystem] == (
        ["key_account"] * 4 + ["distributor"] * 3 + ["end_customer"] * 3
    )
    teams = [set(account.our_index) for account in ecosystem]
    assert all(any(team & other for other in teams if other is not team) for team in teams)
    shared, by_customer = set(), {}
    for account in ecosystem:
        if account.kinds == ("distributor",):
            for one in account.channel.end_customers:
                shared |= {one.id} & by_customer.keys()
                by_customer[one.id] = one
    assert shared
    first = next(account for account in ecosystem if account.id == "e0000")
    assert len(first.channel.distributors) > 1
    places = [(one.country, one.region) for seed in range(5) for one in generate_ecosystem(seed)]
    assert all(country for country, _ in places)
    assert {region is None for _, region in places} == {True, False}


def test_an_ecosystem_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one distributor"):
        generate_ecosystem(1, distributors=0)
    with pytest.raises(ValueError, match="5 of 2"):
        generate_ecosystem(1, end_customers=2, end_customer_accounts=5)


def test_the_command_writes_an_ecosystem(tmp_path: Path) -> None:
    main([str(tmp_path), "--accounts", "1", "--distributors", "2", "--end-customers", "5", "--people", "3"])
    kinds = [row["kind"] for row in rows(tmp_path / "organisations.csv")]
    assert sorted(kinds) == sorted(["supplier", "key_account", *["distributor"] * 2, *["end_customer"] * 5])
    assert {row["distributor"] for row in rows(tmp_path / "carries.csv")} == {"d0000", "d0001"}


def _everybody(portfolio: tuple) -> list[Person]:
    return [person for account in portfolio for person in (*account.ours, *account.theirs)]
