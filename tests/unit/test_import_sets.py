"""Data sets of others, read with the mappings that ship; and what a mapping says of rows that are odd."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from graph.errors import InputError
from graph.imports import Reading, read_files
from graph.imports.mapping import read_mapping
from graph.imports.records import Known
from graph.policy import load_policy
from tests.unit.importing import read

ROOT = Path(__file__).parents[2]
MAPPINGS = ROOT / "fixtures" / "mappings"
DAY = date(2026, 11, 22)


def read_set(name: str) -> Reading:
    return read_files(
        [ROOT / "tests" / "data" / name],
        known=Known(),
        policy=load_policy(),
        today=DAY,
        mapping=MAPPINGS / f"{name}.yaml",
    )


def lines_of(name: str, file: str) -> int:
    text = (ROOT / "tests" / "data" / name / file).read_text(encoding="utf-8")
    return len(text.splitlines()) - 1


@pytest.mark.parametrize(
    ("name", "file", "questions", "findings"),
    [
        ("atomic_crm", "contacts.csv", 500, 0),
        ("chinook", "Customer.csv", 0, 0),
        ("chinook", "Employee.csv", 0, 0),
        ("chinook", "Invoice.csv", 0, 0),
        ("crm_sales_opportunities", "accounts.csv", 0, 0),
        ("crm_sales_opportunities", "sales_teams.csv", 0, 0),
        ("crm_sales_opportunities", "sales_pipeline.csv", 0, 63),
        ("wholesale_customers_uci", "wholesale_customers.csv", 0, 17),
    ],
)
def test_every_row_of_a_set_is_imported_asked_about_or_found(
    name: str, file: str, questions: int, findings: int
) -> None:
    reading = read_set(name)
    (count,) = [one for one in reading.files if one.file == file]
    assert count.rows == lines_of(name, file) and count.left_out == 0
    assert count.rows == count.imported + count.questions + count.findings
    assert (count.questions, count.findings) == (questions, findings)
    unused = {one.file for one in reading.files if one.dialect is None}
    assert unused <= {"README.md", "mapping.yaml"}


def test_the_mappings_that_ship_are_sound() -> None:
    names = sorted(path.name for path in MAPPINGS.glob("*.yaml"))
    assert len(names) == 6
    for name in names:
        assert read_mapping(MAPPINGS / name).files
        assert yaml.safe_load((MAPPINGS / name).read_text(encoding="utf-8"))


def test_chinook_has_its_hierarchy_and_a_year_of_revenue() -> None:
    records = read_set("chinook").records
    assert len(records.lines["REPORTS_TO"]) == 7
    assert records.people["employee 3"].function == "Chinook/commercial"
    assert records.organisations["customer 2"].properties["name"] == "Leonie Köhler"
    revenue = sum(one["revenue"] for one in records.lines["SUPPLIES"].values())
    assert revenue == pytest.approx(2328.60 / 5, abs=0.01)


def test_deals_without_an_account_are_named_row_by_row() -> None:
    reading = read_set("crm_sales_opportunities")
    assert {(one.column, one.value, one.kind) for one in reading.findings} == {("account", "", "nobody")}
    assert len(reading.records.lines["PARENT_OF"]) == 15
    assert reading.records.people["Anna Snelling"].organisation == "Computer hardware seller"


def test_amounts_below_zero_are_found_and_the_rest_of_their_rows_is_kept() -> None:
    reading = read_set("wholesale_customers_uci")
    assert {one.kind for one in reading.findings} == {"malformed"}
    assert {one.row for one in reading.findings} == {474, 475, 476, 479, 482, *range(490, 502)}
    assert all(str(one.value).startswith("-") for one in reading.findings)
    assert len(reading.records.organisations) == 502
    assert len(reading.records.lines["SELLS_TO"]) == 500 * 6 - len(reading.findings)


ORDERS = (
    "id,customer,employee,day,address,city,country\n"
    "1,c1,e1,2025-01-01,Main St 1,Rome,Italy\n"
    "2,c1,e1,2025-01-02,Rua do Paço, 67,Rio,Brazil\n"
    "3,c1,e1,2025-01-03,Main St 1,Rome,Italy\n"
    "4,c1,e1,2025-01-04,1, 2, 3,Rome,Italy\n"
)
ORDERS_MAPPING = """
ours: Us
files:
  staff.csv: {form: people, constants: {organisation: Us}}
  customers.csv: {form: people, columns: {organisation: company}}
  orders.csv:
    form: touchpoints
    columns: {on: day, attendees: "{employee};{customer}", subject: "{address} ({country})"}
    constants: {kind: call}
"""
TRADE: dict[str, str | bytes] = {
    "staff.csv": "id,name\ne1,Eva\n",
    "customers.csv": "id,name,company\nc1,Cy,Acme\n",
    "orders.csv": ORDERS,
}


def test_malformed_rows_are_refused_and_named_every_one(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, TRADE, mapping=ORDERS_MAPPING)
    assert [(one.file, one.row) for one in caught.value.errors] == [("orders.csv", 3), ("orders.csv", 5)]
    assert caught.value.errors[0].value == "2,c1,e1,2025-01-02,Rua do Paço,67,Rio,Brazil"
    assert "has 8 cells, the header 7" in caught.value.errors[0].message
    assert "malformed:" in caught.value.errors[0].message


def test_more_malformed_rows_than_other_faults_are_named(tmp_path: Path) -> None:
    rows = "".join(f"{number},c1,e1,2025-01-01,a,b,c,d\n" for number in range(300))
    files = TRADE | {"orders.csv": ORDERS.splitlines()[0] + "\n" + rows}
    with pytest.raises(InputError) as caught:
        read(tmp_path, files, mapping=ORDERS_MAPPING)
    assert [one.row for one in caught.value.errors] == list(range(2, 302))


def test_malformed_rows_can_be_joined_at_the_column_that_nobody_quoted(tmp_path: Path) -> None:
    mapping = ORDERS_MAPPING + "malformed: {orders.csv: {join: address}}\n"
    reading = read(tmp_path, TRADE, mapping=mapping)
    subjects = {id_: one.properties["subject"] for id_, one in reading.records.touchpoints.items()}
    assert subjects["2"] == "Rua do Paço, 67 (Brazil)" and subjects["4"] == "1, 2, 3 (Italy)"
    assert not reading.findings


def test_malformed_rows_can_be_kept_out_and_listed(tmp_path: Path) -> None:
    reading = read(tmp_path, TRADE, mapping=ORDERS_MAPPING + "malformed: {orders.csv: finding}\n")
    assert [(one.row, one.kind) for one in reading.findings] == [(3, "malformed"), (5, "malformed")]
    assert reading.findings[0].value == "2,c1,e1,2025-01-02,Rua do Paço,67,Rio,Brazil"
    assert set(reading.records.touchpoints) == {"1", "3"}
    (count,) = [one for one in reading.files if one.file == "orders.csv"]
    assert (count.rows, count.imported, count.findings) == (4, 2, 2)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("malformed: {orders.csv: skip}", "must be finding or"),
        ("malformed: {orders.csv: {join: street}}", "no column street"),
        ("malformed: [orders.csv]", "names and values"),
        ("files: {orders.csv: {form: touchpoints, columns: {on: []}}}", "a heading or several"),
        ("files: {orders.csv: {form: supplies, add: {revenue: 0}}}", "factor above 0"),
        ("files: {orders.csv: {form: supplies, add: {since: 1}}}", "since is no number"),
    ],
)
def test_what_a_mapping_cannot_mean_is_refused(tmp_path: Path, wrong: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(tmp_path, {"orders.csv": ORDERS}, mapping=wrong + "\n")


def test_a_file_may_be_left_alone_and_a_row_number_be_an_id(tmp_path: Path) -> None:
    files = TRADE | {"notes.csv": "a,b\n1,2\n", "list.csv": "name\nAnn\nBob\n"}
    mapping = ORDERS_MAPPING + (
        "  notes.csv: []\n  orders.csv: []\n"
        '  list.csv: {form: people, columns: {id: "row {#}"}, constants: {organisation: Acme}}\n'
    )
    mapping = mapping.replace("  orders.csv:\n", "  unused.csv:\n", 1)
    reading = read(tmp_path, files, mapping=mapping)
    assert {"row 2", "row 3"} <= set(reading.records.people)
    dialects = {one.file: one.dialect for one in reading.files}
    assert dialects["notes.csv"] is None and dialects["orders.csv"] is None


def test_one_of_ours_who_is_called_like_a_customers_contact_is_somebody_else(tmp_path: Path) -> None:
    contacts = "name,company,owner\nJane Doe,Acme,Rita\nTom,Beta,Jane Doe\n"
    mapping = """
ours: Us
files:
  contacts.csv:
    - {form: people, columns: {organisation: company}}
    - {form: ties, columns: {ours: owner, stakeholder: name}}
"""
    reading = read(tmp_path, {"contacts.csv": contacts}, mapping=mapping)
    assert set(reading.records.lines["ENGAGES"]) == {("Rita", "Jane Doe", ""), ("Jane Doe (Us)", "Tom", "")}
    assert not reading.questions


def test_a_reference_left_open_in_somebodys_own_file_is_a_finding(tmp_path: Path) -> None:
    contacts = "id,name,company,boss\n1,Ann,Acme,\n2,Bob,,1\n3,Cy,Acme,2.0\n4,Di,Acme,1.0\n"
    mapping = """
files:
  contacts.csv:
    - {form: reports_to, columns: {person: id, manager: boss}}
    - {form: people, columns: {organisation: company}}
"""
    reading = read(tmp_path, {"contacts.csv": contacts}, mapping=mapping)
    assert [(one.row, one.column, one.value) for one in reading.findings] == [
        (3, "company", ""),
        (4, "boss", "2.0"),
    ]
    assert set(reading.records.lines["REPORTS_TO"]) == {("4", "1", "")}
