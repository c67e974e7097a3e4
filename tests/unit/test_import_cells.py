from __future__ import annotations

import pytest

from graph.imports.cells import as_text, check_text, read_boolean, read_number
from graph.imports.forms import FORMS, score_rule
from graph.imports.titles import TitleReader
from graph.policy import load_policy
from graph.schema import load_schema

REVENUE = load_schema().property("SUPPLIES", "revenue")
STRENGTH = load_schema().property("ENGAGES", "given_strength")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234.5", 1234.5),
        ("1,5", 1.5),
        ("0,125", 0.125),
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("1 234 567,8", 1234567.8),
        ("1\u202f234", 1234),
        ("1’234.5", 1234.5),
        ("1e3", 1000),
        ("35%", 0.35),
        ("+2", 2),
    ],
)
def test_numbers_as_people_write_them(text: str, number: float) -> None:
    assert read_number(text, REVENUE) == pytest.approx(number, abs=1e-12)


@pytest.mark.parametrize(
    "text", ["1,234", "nan", "inf", "-inf", "Infinity", "1e999", "abc", "1.2.3", "€5", "", "1_000", "０"]
)
def test_what_is_no_number_or_could_be_two_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|thousand"):
        read_number(text, REVENUE)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True])
def test_numbers_of_json_that_are_none(value: object) -> None:
    with pytest.raises(ValueError, match="number"):
        read_number(value, REVENUE)


@pytest.mark.parametrize(
    ("owner", "name", "good", "bad"),
    [
        ("ENGAGES", "given_strength", ("0", "1"), ("-0.01", "1.01", "80")),
        ("MEMBER_OF", "share_of_time", ("0", "100%"), ("2", "-1")),
        ("Touchpoint", "minutes", ("0", "7.5"), ("-1",)),
        ("ENGAGES", "desired", ("0", "5"), ("6", "-1")),
        ("CARRIES", "share_of_mind", ("1",), ("1.5",)),
    ],
)
def test_bounds_come_from_the_schema(
    owner: str, name: str, good: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    rule = load_schema().property(owner, name)
    for text in good:
        read_number(text, rule)
    for text in bad:
        with pytest.raises(ValueError, match="out of bounds"):
            read_number(text, rule)


def test_scores_have_bounds() -> None:
    assert read_number("5", score_rule("proximity")) == 5
    for attribute, text in (("proximity", "5.1"), ("influence", "1.1")):
        with pytest.raises(ValueError, match="out of bounds"):
            read_number(text, score_rule(attribute))


def test_yes_and_no() -> None:
    assert read_boolean("Ja") and read_boolean(True) and read_boolean("x")
    assert not read_boolean("NEIN") and not read_boolean(0)
    with pytest.raises(ValueError, match="neither yes nor no"):
        read_boolean("maybe")


def test_cells_as_text() -> None:
    assert as_text(7.0) == "7" and as_text(" a ") == "a" and as_text(None) == "" and as_text(True) == "true"
    for text in ("a\0b", "\ud800", "x" * 100_001):
        with pytest.raises(ValueError, match=r"holds|longer"):
            check_text(text)


@pytest.mark.parametrize(
    ("title", "function", "level"),
    [
        ("Vice-President Sales", "commercial", 2),
        ("VP, Procurement", "purchasing", 2),
        ("V.P. Finance", "finance", 2),
        ("Head of R&D", "r_and_d", 3),
        ("Chief Technology Officer", "technical", 1),
        ("Assistant to the CEO", "executive", 5),
        ("Geschäftsführer/in", "executive", 1),
        ("Leiter Einkauf (m/w/d)", "purchasing", 3),
        ("Qualitätsmanager:in", "quality", 4),
        ("Directrice générale", "executive", 1),
        ("DIRECTEUR DES ACHATS", "purchasing", 2),
        ("Jefe de Compras", "purchasing", 3),
        ("Director", None, 2),
        ("Leading-edge", None, None),
        ("Quality-focused", None, None),
        ("Front-end", None, None),
        ("Misleading", None, None),
        ("Herald of headwinds", None, None),
        ("", None, None),
        ("👑", None, None),
    ],
)
def test_titles_by_whole_words(title: str, function: str | None, level: int | None) -> None:
    reading = TitleReader(load_policy()).read(title)
    assert (reading.function, reading.level) == (function, level)


def test_the_table_of_titles_is_sound() -> None:
    policy = load_policy()
    assert {title.language for title in policy.titles} == {"en", "de", "fr", "es"}
    for title in policy.titles:
        # A phrase that says nothing is there to silence the words in it.
        silent = title.function is None and title.level is None
        assert not silent or len(title.pattern.split()) > 1, title
        assert title.function is None or title.function in policy.functions, title
        assert title.level is None or title.level in policy.level_influence, title


def test_the_same_phrase_means_the_same_in_every_language() -> None:
    reader = TitleReader(load_policy())
    for phrase, patterns in reader._phrases.items():
        assert len({one.function for one in patterns if one.function}) <= 1, phrase
        assert len({one.level for one in patterns if one.level}) <= 1, phrase


def test_the_forms_have_the_columns_of_the_contract() -> None:
    required = {
        name: {column.name for column in form.columns.values() if column.required}
        for name, form in FORMS.items()
    }
    assert required == {
        "organisations": {"id", "name"},
        "people": {"id", "name", "organisation"},
        "reports_to": {"person", "manager"},
        "influences": {"from", "to"},
        "ties": {"ours", "stakeholder"},
        "touchpoints": {"on", "kind", "attendees"},
        "supplies": {"supplier", "account"},
        "distributes_through": {"supplier", "distributor"},
        "carries": {"distributor", "brand"},
        "sales": {"seller", "end_customer"},
        "team": {"account", "person"},
        "assessments": {"person", "attribute", "value", "on"},
    }
    people = """id name organisation function title level email phone started_on left_on role influence
    orientation proximity verified_on confidence time_capacity placeholder"""
    assert " ".join(FORMS["people"].columns) == " ".join(people.split())
