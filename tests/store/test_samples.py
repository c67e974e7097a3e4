"""The samples through the import and out of the store again."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest

from fixtures.generator import write_generic_form
from fixtures.samples import SAMPLES, sample_files
from graph.account import Account
from graph.gaps import find_gaps
from graph.imports import ImportReport, import_files
from graph.measures import measure
from graph.policy import load_policy
from graph.store import Store
from graph.store.accounts import read_account
from tests.unit.test_fixtures_samples import plain_account, read

pytestmark = pytest.mark.xdist_group("samples")
TODAY = date(2026, 5, 17)
FORMS = (
    "assessments", "carries", "distributes_through", "influences", "organisations", "people", "reports_to",
    "sales", "supplies", "team", "ties", "touchpoints",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    sample_files(folder, TODAY)
    return folder


@pytest.fixture(scope="module")
def report(opened_store: Store, folder: Path) -> Iterator[ImportReport]:
    opened_store.clear()
    yield import_files(opened_store, [folder], today=TODAY)
    opened_store.clear()


@pytest.fixture(scope="module")
def accounts(opened_store: Store, report: ImportReport) -> dict[str, Account]:
    return _accounts(opened_store)


def _accounts(store: Store) -> dict[str, Account]:
    return {account_id: read_account(store, account_id, TODAY, load_policy()) for account_id in SAMPLES}


def _numbers(account: Account) -> tuple[object, ...]:
    """Return what is measured, without names, and which gaps there are."""
    m = measure(account)
    return (
        m.shape,
        m.diamond_index,
        m.coverage,
        m.connectivity,
        m.connectivity_decision,
        m.loss_of,
        m.stale,
        m.assumed_share,
        [(gap.kind, gap.subject, gap.severity) for gap in find_gaps(account, m, today=TODAY)],
    )


def test_every_row_comes_in_and_two_are_asked_about(report: ImportReport) -> None:
    assert report.findings == ()
    assert report.duplicates == ()
    assert report.warnings == ()
    assert {(one.file, one.column, one.value) for one in report.questions} == {
        ("people.csv", "function", "sustainability"),
        ("assessments.csv", "value", "Gatekeeper"),
    }
    assert all(count.rows == count.imported + count.questions for count in report.files)
    assert {count.file for count in report.files if count.rows} == {f"{form}.csv" for form in FORMS}


def test_shapes_are_those_of_the_stories(accounts: dict[str, Account]) -> None:
    assert {account_id: measure(account).shape for account_id, account in accounts.items()} == {
        "valdara": "diabolo",
        "kettenbruck": "in transition",
        "tornvik": "diamond",
        "verdelan": "in transition",
    }


@pytest.mark.parametrize("account_id", SAMPLES)
def test_the_store_gives_back_what_the_files_say(
    accounts: dict[str, Account], folder: Path, account_id: str
) -> None:
    stored, plain = accounts[account_id], plain_account(read(folder), account_id, TODAY)
    assert [tie.ours for tie in stored.ties] == [tie.ours for tie in plain.ties]
    assert [tie.stakeholder for tie in stored.ties] == [tie.stakeholder for tie in plain.ties]
    assert [tie.desired for tie in stored.ties] == [tie.desired for tie in plain.ties]
    assert [tie.strength for tie in stored.ties] == pytest.approx(
        [tie.strength for tie in plain.ties], abs=1e-12
    )
    assert stored.reports_to == plain.reports_to
    assert stored.influences == plain.influences
    for found, expected in zip((*stored.ours, *stored.theirs), (*plain.ours, *plain.theirs), strict=True):
        assert replace(found, confidence=None, evidence=None) == expected
    assert all(
        person.evidence
        for person in stored.theirs
        if person.verified_on is not None and not person.placeholder
    )


def test_the_distributor_has_its_channel(accounts: dict[str, Account]) -> None:
    account = accounts["verdelan"]
    assert account.kinds == ("distributor",)
    assert {partner.id for partner in account.channel.distributors} == {"verdelan", "peyrolle"}
    direct = {sale.end_customer for sale in account.channel.sales if sale.direct}
    indirect = {sale.end_customer for sale in account.channel.sales if not sale.direct}
    assert direct == {"morvenac", "rouvieres"}
    assert direct < indirect
    assert "undisclosed-1" in indirect


def test_the_teams_hours_are_those_of_a_team(accounts: dict[str, Account]) -> None:
    for account in accounts.values():
        assert account.share_of_time.keys() == account.our_index.keys()
        assert account.team == tuple(sorted(account.our_index))
        assert 40.0 <= account.hours.sum() <= 140.0
        assert account.revenue is not None


def test_the_same_files_again_change_nothing(opened_store: Store, report: ImportReport, folder: Path) -> None:
    again = import_files(opened_store, [folder], today=TODAY)
    assert (again.created, again.updated) == ({}, {})
    assert again.unchanged > 0


def test_names_and_order_do_not_matter(
    store: Store, folder: Path, tmp_path: Path, accounts: dict[str, Account]
) -> None:
    random = Random(20260517)
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        if path.stem == "people":
            names = [row[header.index("name")] for row in rows]
            random.shuffle(names)
            for row, name in zip(rows, names, strict=True):
                row[header.index("name")] = name
                row[header.index("email")] = ""
        random.shuffle(rows)
        with (tmp_path / path.name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    before = {account_id: _numbers(account) for account_id, account in accounts.items()}
    import_files(store, [tmp_path], today=TODAY)
    assert {account_id: _numbers(account) for account_id, account in _accounts(store).items()} == before


def test_bulk_files_come_in_without_a_question(store: Store, tmp_path: Path) -> None:
    paths = write_generic_form(tmp_path, 3, accounts=4, people_per_account=7, touchpoints=300, today=TODAY)
    report = import_files(store, paths, today=TODAY)
    assert (report.questions, report.findings, report.duplicates, report.warnings) == ((), (), (), ())
    assert all(count.rows == count.imported for count in report.files)
    assert report.created["Touchpoint"] == 300
