"""Order, accounting and places: what holds for any files of the generic form."""

from __future__ import annotations

import csv
import io
import random
import string
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from graph.imports import Reading
from graph.imports.cells import shown
from tests.unit.importing import TODAY, read

Table = tuple[list[str], list[list[str]]]
PROFILE = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)

NAMES = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Zs"), blacklist_characters=";"),
    min_size=1,
    max_size=8,
)
DAYS = st.integers(-400, 30).map(lambda days: (TODAY + timedelta(days=days)).isoformat())
SHARES = st.sampled_from(["", "0", "0.25", "0,5", "75%", "1"])


@st.composite
def forms(draw: st.DrawFn) -> dict[str, Table]:
    """Return files of the generic form: sound, but for references that may lead nowhere."""
    companies = ["us", *(f"c{n}" for n in range(draw(st.integers(1, 3))))]
    people = [f"p{n}" for n in range(draw(st.integers(1, 7)))]
    anybody = st.sampled_from([*people, "ghost"])
    blank_or = lambda *words: st.sampled_from(["", *words])  # noqa: E731
    tables: dict[str, Table] = {
        "organisations.csv": (
            ["id", "name", "kind"],
            [[one, draw(NAMES), "supplier" if one == "us" else "key_account"] for one in companies],
        ),
        "people.csv": (
            ["id", "name", "organisation", "function", "level", "title", "role", "influence", "verified_on"],
            [
                [
                    one,
                    draw(NAMES),
                    draw(st.sampled_from([*companies, "nowhere"])),
                    draw(blank_or("it", "Supply Chain", "wizardry")),
                    draw(blank_or("1", "5", "high")),
                    draw(blank_or("CEO", "Leading-edge")),
                    draw(blank_or("User", "decision-maker", "donor")),
                    draw(SHARES),
                    draw(st.one_of(st.just(""), DAYS)),
                ]
                for one in people
            ],
        ),
    }
    pairs = draw(st.lists(st.tuples(anybody, anybody), unique=True, max_size=6))
    tables["ties.csv"] = (
        ["ours", "stakeholder", "strength", "last_on"],
        [[*pair, draw(SHARES), draw(st.one_of(st.just(""), DAYS))] for pair in pairs],
    )
    lines = draw(st.lists(st.tuples(anybody, anybody), unique=True, max_size=8))
    tables["reports_to.csv"] = (["person", "manager"], [list(line) for line in lines])
    meetings = draw(st.lists(st.lists(anybody, min_size=1, max_size=3), max_size=6))
    tables["touchpoints.csv"] = (
        ["on", "kind", "attendees", "minutes", "subject"],
        [
            [
                draw(DAYS),
                draw(st.sampled_from(["call", "E-Mail", "séance"])),
                ";".join(who),
                draw(st.sampled_from(["", "5", "0.5"])),
                draw(st.sampled_from(["", "Price", "価格"])),
            ]
            for who in meetings
        ],
    )
    return tables


def written(tables: dict[str, Table]) -> dict[str, str]:
    files = {}
    for name, (header, rows) in tables.items():
        out = io.StringIO()
        csv.writer(out).writerows([header, *rows])
        files[name] = out.getvalue()
    return files


def read_tables(tables: dict[str, Table]) -> Reading:
    with tempfile.TemporaryDirectory() as folder:
        return read(Path(folder), written(tables))


def shuffled(tables: dict[str, Table], seed: int) -> dict[str, Table]:
    rng = random.Random(seed)
    mixed: dict[str, Table] = {}
    for name in rng.sample(list(tables), len(tables)):
        header, rows = tables[name]
        columns = rng.sample(range(len(header)), len(header))
        order = rng.sample(rows, len(rows))
        mixed[name] = [header[c] for c in columns], [[row[c] for c in columns] for row in order]
    return mixed


def content(reading: Reading) -> dict[str, Any]:
    """Return what comes in, without where it stood."""
    records = reading.records
    return {
        "organisations": records.organisations,
        "people": records.people,
        "functions": records.functions,
        "assessments": sorted(map(repr, records.assessments)),
        "touchpoints": records.touchpoints,
        "lines": {kind: lines for kind, lines in records.lines.items() if lines},
        "duplicates": records.duplicates,
        "findings": sorted(
            (one.file, one.column or "", one.value or "", one.kind) for one in reading.findings
        ),
        "questions": sorted((one.file, one.column or "", one.value or "") for one in reading.questions),
        "files": {one.file: one for one in reading.files},
    }


@PROFILE
@given(tables=forms(), seed=st.integers(0, 2**32))
def test_no_order_of_rows_columns_or_files_matters(tables: dict[str, Table], seed: int) -> None:
    assert content(read_tables(tables)) == content(read_tables(shuffled(tables, seed)))


@PROFILE
@given(tables=forms())
def test_every_row_ends_once(tables: dict[str, Table]) -> None:
    reading = read_tables(tables)
    for one in reading.files:
        assert one.rows == len(tables[one.file][1])
        assert one.rows == one.imported + one.questions + one.findings
        assert min(one.imported, one.questions, one.findings) >= 0
        asked = {question.row for question in reading.questions if question.file == one.file}
        found = {finding.row for finding in reading.findings if finding.file == one.file}
        assert (len(asked - found), len(found)) == (one.questions, one.findings)


@PROFILE
@given(tables=forms())
def test_what_is_found_is_kept_out(tables: dict[str, Table]) -> None:
    records = read_tables(tables).records
    people = set(records.people)
    for kind in ("REPORTS_TO", "ENGAGES"):
        for source, target, _ in records.lines[kind]:
            assert source in people and target in people and source != target
    managers: dict[str, list[str]] = {person: [] for person in people}
    for source, target, _ in records.lines["REPORTS_TO"]:
        managers[source].append(target)
    for person in people:
        above, seen = list(managers[person]), set()
        while above:
            one = above.pop()
            assert one != person, "nobody is above themselves"
            if one not in seen:
                seen.add(one)
                above += managers[one]
    assert all(one.properties["on"] <= TODAY for one in records.touchpoints.values())
    assert all(person in people for one in records.touchpoints.values() for person in one.attendees)


# Per file and column: text that can never stand there.
CORRUPT = {
    ("people.csv", "id"): [""],
    ("people.csv", "name"): ["", "a\0b"],
    ("people.csv", "influence"): ["1.01", "-0.1", "nan", "inf", "lots", "1e999"],
    ("people.csv", "verified_on"): ["2026-02-30", "soon", "45292", "31.01.2026"],
    ("ties.csv", "strength"): ["2", "-1", "NaN", "0.5.5"],
    ("touchpoints.csv", "on"): ["", "31.02.2024", "2024-13-01", "2024-01-01 25:00"],
    ("touchpoints.csv", "minutes"): ["-1", "ten"],
    ("touchpoints.csv", "kind"): [""],
    ("reports_to.csv", "manager"): [""],
}


@settings(PROFILE, max_examples=120)
@given(tables=forms(), data=st.data())
def test_a_corrupted_cell_is_named_exactly(tables: dict[str, Table], data: st.DataObject) -> None:
    # Without a sound date of the same file a date of another order would not be wrong.
    tables["people.csv"][1].append(["p99", "Z", "us", "", "", "", "", "", "2025-12-31"])
    places = [place for place in CORRUPT if tables[place[0]][1]]
    file, column = data.draw(st.sampled_from(places))
    header, rows = tables[file]
    bad = data.draw(st.sampled_from(CORRUPT[file, column]))
    number = data.draw(st.integers(0, len(rows) - 1 - (file == "people.csv")))
    rows[number][header.index(column)] = bad
    with pytest.raises(InputError) as caught:
        read_tables(tables)
    (fault,) = caught.value.errors
    assert (fault.file, fault.row, fault.column) == (file, number + 2, column)
    assert fault.value == shown(bad)


@PROFILE
@given(
    raw=st.binary(max_size=200)
    | st.text(string.printable, max_size=200).map(str.encode)
    | st.text(max_size=60).map(
        lambda text: f"id,name,organisation\n1,{text},Acme\n".encode("utf-8", "replace")
    )
)
def test_no_bytes_at_all_end_in_a_traceback(raw: bytes) -> None:
    for name in ("people.csv", "people.json", "people.xlsx"):
        with tempfile.TemporaryDirectory() as folder:
            try:
                reading = read(Path(folder), {name: raw})
            except InputError as error:
                assert error.detail and error.errors
            else:
                assert all(one.rows == one.imported + one.questions + one.findings for one in reading.files)
