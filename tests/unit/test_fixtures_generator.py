"""The bulk files and the command that writes them."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from fixtures.generator import generate_account, generate_portfolio, write_generic_form
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


def _everybody(portfolio: tuple) -> list[Person]:
    return [person for account in portfolio for person in (*account.ours, *account.theirs)]
