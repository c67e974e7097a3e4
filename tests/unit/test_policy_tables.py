"""Policy tables of a team: what stands in its folder counts, what is wrong there is named."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from graph.errors import InputError
from graph.policy import FOLDER, export_policy, load_policy, tables_in_use
from graph.policy.tables import TABLES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    export_policy(tmp_path / "own")
    return tmp_path / "own"


def edit(folder: Path, table: str, row: int, column: str, value: str) -> None:
    with (folder / table).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    rows[row - 1][rows[0].index(column)] = value
    with (folder / table).open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows(rows)


def refused(folder: Path) -> InputError:
    with pytest.raises(InputError) as error:
        load_policy(folder)
    return error.value


def test_every_shipped_table_is_known_and_exported_as_it_is(folder: Path):
    assert {path.name for path in FOLDER.glob("*.csv")} == set(TABLES)
    assert {path.name for path in folder.iterdir()} == set(TABLES)
    shipped, own = load_policy(), load_policy(folder)
    assert (own.limits, own.titles, own.kinds) == (shipped.limits, shipped.titles, shipped.kinds)
    assert shipped.note is None
    assert own.note == f"The policy tables of {folder} are used (all as shipped)."
    assert not any(one.changed for one in tables_in_use(folder))


def test_an_edited_table_counts_and_the_missing_ones_are_the_shipped(folder: Path):
    for name in set(TABLES) - {"targets.csv"}:
        (folder / name).unlink()
    edit(folder, "targets.csv", 2, "target_coverage", "0.9")
    own = load_policy(folder)
    assert own.role_targets["decision_maker"] == 0.9
    assert own.functions == load_policy().functions
    assert own.own_tables == ("targets.csv",)
    assert "other than shipped: targets" in str(own.note)


def test_a_value_that_an_older_table_lacks_is_the_shipped_one(folder: Path):
    (folder / "measures.csv").write_text("name,value\nthread_min,0.3\n", encoding="utf-8")
    (folder / "targets.csv").write_text("role,target_coverage\nuser,0.5\n", encoding="utf-8")
    own = load_policy(folder)
    assert own.limits["thread_min"] == 0.3
    assert own.limits["similar_from"] == load_policy().limits["similar_from"]
    assert (own.role_targets["user"], own.role_targets["evaluator"]) == (0.5, 0.6)


def test_what_is_assumed_where_nothing_is_known_stands_with_the_other_defaults(folder: Path):
    edit(folder, "defaults.csv", 11, "influence", "0.2")
    assert load_policy(folder).influence(None, None) == 0.2


def test_a_spreadsheet_of_another_country_is_read(folder: Path):
    text = "\ufeffrole;target_coverage;Bemerkung\r\nuser;0,35;wie besprochen\r\n\r\n"
    (folder / "targets.csv").write_bytes(text.encode())
    assert load_policy(folder).role_targets["user"] == 0.35


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "said"),
    [
        ("targets.csv", 2, "target_coverage", "75", "above 0, up to 1"),
        ("targets.csv", 2, "target_coverage", "0", "above 0"),
        ("targets.csv", 3, "role", "evaluater", "did you mean evaluator"),
        ("targets.csv", 3, "role", "decision_maker", "row 2 already"),
        ("functions.csv", 4, "expected_weight", "much", "a number from 0 to 1"),
        ("functions.csv", 5, "expected_weight", "0.7", "Technical"),
        ("functions.csv", 2, "faces", "nobody", "needs one of"),
        ("functions.csv", 2, "kind", "", "must not be empty"),
        ("touchpoint_kinds.csv", 3, "hours", "0", "above 0"),
        ("touchpoint_kinds.csv", 3, "yearly_limit", "1.5", "a whole number"),
        ("touchpoint_kinds.csv", 3, "cost", "-1", "of 0 or more"),
        ("defaults.csv", 6, "value", "7", "from 1 to 5"),
        ("defaults.csv", 2, "by", "title", "role, level, else"),
        ("defaults.csv", 2, "influence", "nan", "from 0 to 1"),
        ("roles.csv", 2, "role", "boss", "decision_maker"),
        ("roles.csv", 2, "orientation", "friend", "ally"),
        ("titles.csv", 2, "level", "6", "from 1 to 5"),
        ("titles.csv", 2, "function", "exekutive", "did you mean executive"),
        ("selling_functions.csv", 2, "weight", "", "a number from 0 to 1"),
        ("measures.csv", 2, "value", "1.2", "from 0 to 1"),
        ("measures.csv", 2, "value", "inf", "from 0 to 1"),
        ("measures.csv", 3, "value", "0.3", "from -1 to 0"),
        ("measures.csv", 2, "name", "thread_minimum", "did you mean thread_min"),
        ("measures.csv", 2, "name", "zzz", "a name of the shipped measures.csv"),
        ("measures.csv", 16, "value", "0", "from 1 to 366"),
    ],
)
def test_a_wrong_cell_is_named(folder: Path, table: str, row: int, column: str, value: str, said: str):
    edit(folder, table, row, column, value)
    error = refused(folder)
    fault = error.errors[0]
    assert (fault.file, fault.row, fault.column, fault.value) == (table, row, column, value)
    assert said in fault.message
    assert f"The policy table {table}, row {row}, column {column}" in error.detail


def test_every_wrong_cell_is_listed(folder: Path):
    edit(folder, "targets.csv", 2, "target_coverage", "x")
    edit(folder, "functions.csv", 3, "faces", "x")
    error = refused(folder)
    assert {fault.file for fault in error.errors} == {"targets.csv", "functions.csv"}
    assert ", and 1 more" in error.detail


def test_one_phrase_of_two_meanings_is_named_and_one_said_twice_is_not(folder: Path):
    rows = "pattern,language,function,level\nHead of Coffee,en,operations,3\nhead-of coffee,fr,operations,3\n"
    (folder / "titles.csv").write_text(rows)
    assert len(load_policy(folder).titles) == 2
    (folder / "titles.csv").write_text(f"{rows}HEAD OF COFFEE,en,finance,3\n")
    (fault,) = refused(folder).errors
    assert (fault.row, fault.column, fault.value) == (4, "pattern", "HEAD OF COFFEE")
    assert "in row 2 already" in fault.message


@pytest.mark.parametrize("broken", ["kind,row,expected_weight", "kind;row;faces", "nothing"])
def test_a_broken_table_of_functions_is_one_fault_and_not_one_of_every_title(folder: Path, broken: str):
    lines = (folder / "functions.csv").read_text().splitlines()
    (folder / "functions.csv").write_text("\n".join([broken, *lines[1:]]))
    error = refused(folder)
    assert {fault.file for fault in error.errors} == {"functions.csv"}
    assert error.errors[0].value == broken


def test_a_fault_of_the_file_names_its_row(folder: Path):
    table = folder / "targets.csv"
    table.write_bytes(b"role|target_coverage\nuser|0,3\n")
    assert load_policy(folder).role_targets["user"] == 0.3
    table.write_bytes("role,target_coverage\nuser,0.3\nöser,0.4\n".encode("cp1252"))
    (fault,) = refused(folder).errors
    assert (fault.row, fault.message) == (3, "is not UTF-8; save it as CSV UTF-8")
    table.write_bytes(b'role,target_coverage\nuser,0.3\nevaluator,"0.4\ninfluencer,0.3\n')
    fault = refused(folder).errors[0]
    assert (fault.row, fault.value) == (3, 'evaluator,"0.4')


@pytest.mark.parametrize(
    ("table", "content", "said"),
    [
        ("targets.csv", b"rolle,target_coverage\nuser,0.3\n", "is missing in the header"),
        ("targets.csv", b"role,target_coverage,role\nuser,0.3,user\n", "twice in the header"),
        ("targets.csv", b"role,target_coverage\nuser,0.3,0.4\n", "more than 2 cells"),
        ("targets.csv", b"role,target_coverage\nuser\n", "needs a number"),
        ("targets.csv", b"", "is missing in the header"),
        ("targets.csv", "role,target_coverage\nüser,0.3\n".encode("cp1252"), "is not UTF-8"),
        ("targets.csv", b'role,target_coverage\n"user,0.3\n', "is no CSV"),
        ("target.csv", b"role,target_coverage\n", "did you mean targets.csv"),
    ],
)
def test_a_wrong_file_is_named(folder: Path, table: str, content: bytes, said: str):
    (folder / table).write_bytes(content)
    error = refused(folder)
    assert error.errors[0].file == table
    assert said in error.errors[0].message


def test_no_folder_and_a_folder_with_tables(folder: Path):
    assert "diamond policy export" in refused(folder / "none").detail
    with pytest.raises(InputError, match=r"has functions\.csv.* already"):
        export_policy(folder)
    (folder / "targets.csv").unlink()
    (folder / "targets.csv").mkdir()
    assert "cannot be read" in refused(folder).detail
