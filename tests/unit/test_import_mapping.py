from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from graph.errors import InputError
from graph.imports import Reading, read_files
from graph.imports.records import Known
from graph.policy import load_policy
from tests.unit.importing import read

DATA = Path(__file__).parents[1] / "data"
CONTACTS = (
    "id,first_name,last_name,company,rank,seen,rep,status\n"
    "1,Ann,Lee,Acme,Boss,03/04/2025,Rita Roe,warm\n"
    "2,Bob,,Acme Inc,Nobody,04/04/2025,rita-roe,cold\n"
    "3,Cy,Orr,Acme,,05/04/2025,Otto,hot\n"
)
MAPPING = """
ours: Us Ltd
dates: dmy
files:
  contacts.csv:
    - form: people
      columns: {id: id, name: "{first_name} {last_name}", organisation: company, role: rank}
      values: {role: {boss: decision_maker, nobody: ""}}
    - form: ties
      columns: {ours: rep, stakeholder: id, last_on: seen}
      where: {status: [warm, hot]}
"""


def test_a_mapping_fills_forms_from_somebodys_own_columns(tmp_path: Path) -> None:
    reading = read(tmp_path, {"contacts.csv": CONTACTS}, mapping=MAPPING)
    records = reading.records
    assert not reading.questions and not reading.findings
    names = {id_: one.properties["name"] for id_, one in records.people.items()}
    assert names == {"1": "Ann Lee", "2": "Bob", "3": "Cy Orr", "Rita Roe": "Rita Roe", "Otto": "Otto"}
    assert {one.organisation for id_, one in records.people.items() if not id_.isdigit()} == {"Us Ltd"}
    assert records.organisations["Us Ltd"].labels == {"Supplier"}
    assert set(records.organisations) == {"Us Ltd", "Acme", "Acme Inc"}
    assert {(tie[0], tie[1]): one["last_on"] for tie, one in records.lines["ENGAGES"].items()} == {
        ("Rita Roe", "1"): date(2025, 4, 3),
        ("Otto", "3"): date(2025, 4, 5),
    }
    assert [(one.person, one.properties["value"]) for one in records.assessments] == [("1", "decision_maker")]
    assert reading.files[0].rows == 3
    assert any("1 row out of ties" in warning for warning in reading.warnings)


def test_the_command_line_beats_the_file(tmp_path: Path) -> None:
    reading = read(tmp_path, {"contacts.csv": CONTACTS}, mapping=MAPPING, dates="mdy")
    assert reading.records.lines["ENGAGES"]["Rita Roe", "1", ""]["last_on"] == date(2025, 3, 4)


def test_an_export_that_does_not_say_who_we_are(tmp_path: Path) -> None:
    reading = read(tmp_path, {"contacts.csv": CONTACTS}, mapping=MAPPING.replace("ours: Us Ltd", ""))
    assert any("who we are" in warning for warning in reading.warnings)
    assert set(reading.records.people) == {"1", "2", "3"}
    assert {one.kind for one in reading.findings} == {"nobody"}


def test_a_name_is_the_id_where_there_is_none(tmp_path: Path) -> None:
    mapping = "files: {list.csv: [{form: people, columns: {name: who, organisation: where}}]}"
    reading = read(tmp_path, {"list.csv": "who,where\nAnn Lee,Acme\n"}, mapping=mapping)
    assert set(reading.records.people) == {"Ann Lee"}


def test_constants_and_chosen_words(tmp_path: Path) -> None:
    mapping = """
files:
  staff.csv:
    form: people
    columns: {id: nr, name: nr, function: dept}
    constants: {organisation: Acme, level: 2}
    values: {function: {7: Seventh Floor}}
"""
    reading = read(tmp_path, {"staff.csv": "nr,dept\n1,7\n2,Eighth Floor\n"}, mapping=mapping)
    assert [(one.row, one.value) for one in reading.questions] == [(3, "Eighth Floor")], "7 was answered"
    assert {one.function for one in reading.records.people.values()} == {
        "Acme/Seventh Floor",
        "Acme/Eighth Floor",
    }
    assert {one.properties["level"] for one in reading.records.people.values()} == {2}


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("our: Us", "did you mean ours"),
        ("dates: dym", "ymd, dmy, mdy"),
        ("files: {contacts.csv: [{form: persons}]}", "form"),
        ("files: {contacts.csv: [{form: peple}]}", "did you mean people"),
        ("files: {contacts.csv: [{form: people, column: {}}]}", "did you mean columns"),
        ("files: {contacts.csv: [{form: people, columns: {nam: id}}]}", "did you mean name"),
        ("files: {contacts.csv: [{form: people, columns: {id: nr, name: id, organisation: company}}]}", "nr"),
        ("files: {contacts.csv: [{form: people, columns: {id: id, name: '{x} {y}'}}]}", "no column x"),
        (
            "files: {contacts.csv: [{form: people, columns: {id: id, name: id}}]}",
            "needs the column organisation",
        ),
        ("files: [1]", "names and values"),
        ("{", "no YAML"),
        ("files: !!python/object/apply:os.system ['true']", "no YAML"),
        ("encoding: klingon", "klingon"),
    ],
)
def test_a_wrong_mapping_is_refused(tmp_path: Path, mapping: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(
            tmp_path,
            {"contacts.csv": CONTACTS.encode() + b"4,\xe9,Z,A,,05/04/2025,Otto,hot\n"},
            mapping=mapping,
        )
    assert words in caught.value.detail and caught.value.errors


def test_a_mapping_may_name_a_file_that_is_not_there(tmp_path: Path) -> None:
    mapping = MAPPING + "  deals.csv: [{form: ties, columns: {ours: a, stakeholder: b}}]\n"
    reading = read(tmp_path, {"contacts.csv": CONTACTS}, mapping=mapping)
    assert any("deals.csv, which is not among the files" in warning for warning in reading.warnings)


def _read_data(name: str, today: date) -> Reading:
    folder = DATA / name
    return read_files(
        [folder], known=Known(), policy=load_policy(), today=today, mapping=folder / "mapping.yaml"
    )


def test_atomic_crm_asks_about_every_title_and_guesses_no_role() -> None:
    reading = _read_data("atomic_crm", date(2024, 8, 20))
    assert Counter((one.file, one.column) for one in reading.questions) == {("contacts.csv", "title"): 500}
    assert len({one.row for one in reading.questions}) == 500
    records = reading.records
    assert not reading.findings and not records.assessments and not records.functions
    assert not any("level" in one.properties for one in records.people.values())
    assert len(records.people) == 501 and len(records.organisations) == 56
    ties = records.lines["ENGAGES"]
    assert len(ties) == 500 and {tie[0] for tie in ties} == {"Jane Doe"}
    assert ties["Jane Doe", "2", ""] == {
        "given_strength": 0.4,
        "assumed": True,
        "given_on": date(2024, 8, 14),
        "last_on": date(2024, 8, 14),
    }
    (count,) = (one for one in reading.files if one.file == "contacts.csv")
    assert (count.rows, count.imported, count.questions, count.findings) == (500, 0, 500, 0)


def test_a_reporting_tree_with_advice_comes_in_by_its_mapping() -> None:
    reading = _read_data("reporting_tree", date(2026, 1, 31))
    assert not reading.questions and not reading.findings
    records = reading.records
    assert records.people["2"].function == "High-tech/Department 1"
    assert (
        records.people["5"].function == "High-tech/executive" and records.people["5"].properties["level"] == 1
    )
    assert len(records.lines["REPORTS_TO"]) == 8 and ("1", "2", "") in records.lines["REPORTS_TO"]
    # 1 asks 3 for advice, so 3 influences 1.
    assert len(records.lines["INFLUENCES"]) == 14 and ("3", "1", "") in records.lines["INFLUENCES"]
    assert ("9", "6", "") not in records.lines["INFLUENCES"]
    assert any("who we are" in warning for warning in reading.warnings)


def test_rows_of_a_file_that_is_not_used_are_counted_as_left_out(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "people.csv": "id,name,organisation\n1,Ann,Acme\n",
        "prices.csv": "article,price\n1,2\n3,4\n",
        "notes.csv": "article,note\n1,a\n2,b\n3,c,d\n",
        "broken.csv": 'article,note\n1,"a\n',
    }
    reading = read(tmp_path, files, mapping="files: {prices.csv: [], broken.csv: []}")
    counts = {one.file: (one.rows, one.left_out, one.why) for one in reading.files if one.dialect is None}
    told = "mapping.yaml says that it is not used."
    assert counts["prices.csv"] == (0, 2, told)
    assert counts["broken.csv"] == (0, 0, told)
    assert counts["notes.csv"] == (0, 3, None)
    assert not any("prices.csv" in one or "broken.csv" in one for one in reading.warnings)
    assert any(one.startswith("notes.csv is not used") for one in reading.warnings)


def test_a_column_composed_of_several_is_named_by_their_headings(tmp_path: Path) -> None:
    rows = "id,name,company\n1,Ann,Acme\n"
    lines = "boss,helper\n1,2\n"
    mapping = """
    ours: Us
    files:
      staff.csv: {form: people, columns: {id: "person {id}", organisation: company}}
      lines.csv: {form: reports_to, columns: {person: "person {helper}", manager: "person {boss}"}}
    """
    reading = read(tmp_path, {"staff.csv": rows, "lines.csv": lines}, mapping=mapping)
    assert [(one.column, one.value) for one in reading.findings] == [("helper", "person 2")]
