"""What `docs/import.md` says of the generic form and of exports is what the program takes."""

from __future__ import annotations

import re
from pathlib import Path

from graph.imports.dialects import NAMES
from graph.imports.forms import FORMS

TEXT = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
BRACKETS = re.compile(r"\([^)]*\)")


def test_every_column_of_every_form_is_listed_and_the_required_ones_are_bold() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", TEXT, re.MULTILINE))
    listed = {form: [one.strip() for one in BRACKETS.sub("", text).split(",")] for form, text in rows.items()}
    assert listed.keys() == FORMS.keys()
    for name, form in FORMS.items():
        told = {one.strip("*"): one.startswith("**") for one in listed[name]}
        assert told == {column.name: column.required for column in form.columns.values()}, name


def test_every_dialect_is_named() -> None:
    assert all(f"`{name}`" in TEXT or f"`--dialect {name}`" in TEXT for name in NAMES)
