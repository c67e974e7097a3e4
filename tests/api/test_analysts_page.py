"""The examples of the analysts' page, each run as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from api.cli import run
from graph.imports.elsewhere import SECTION
from graph.imports.forms import form_named
from graph.imports.mapping import read_mapping

pytestmark = pytest.mark.xdist_group("commands")

PAGE = Path(__file__).parents[2] / "docs" / "analysts.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"## (?P<title>[^\n]+)\n(?P<text>.*?)(?=\n## |\Z)", TEXT, re.DOTALL)
EXAMPLES = [
    (title, code) for title, text in BLOCKS for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL)
]
MAPPINGS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = [
    line
    for _, text in BLOCKS
    for code in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    for line in code.splitlines()
]


@pytest.mark.parametrize(("title", "code"), EXAMPLES, ids=[title for title, _ in EXAMPLES])
def test_an_example(title: str, code: str, folder: Path, capsys: pytest.CaptureFixture[str]):
    assert 7 <= len([line for line in code.splitlines() if line.strip()]) <= 14
    exec(compile(code.replace('"demo"', repr(str(folder))), title, "exec"), {})
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command(line: str, folder: Path, capsys: pytest.CaptureFixture[str]):
    words = [str(folder) if word == "demo" else word for word in shlex.split(line)]
    assert words[0] == "diamond"
    assert run(words[1:]) == 0
    assert capsys.readouterr().out.strip()


def test_the_page_has_an_example_for_each_way():
    assert [title for title, _ in EXAMPLES] == [
        "Cypher through the gateway",
        "Cypher over Bolt",
        "pandas",
        "NetworkX",
        "py2neo",
    ]
    assert len(COMMANDS) == 5


def test_a_mapping_of_a_graph(tmp_path: Path):
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MAPPINGS[0], encoding="utf-8")
    assert [forms[0].form.name for forms in read_mapping(mapping).files.values()] == ["people", "ties"]


def test_the_mapping_names_columns_that_its_forms_have():
    (_, text) = MAPPINGS
    for name, query in yaml.safe_load(text)[SECTION].items():
        form = form_named(name)
        assert form is not None
        named = re.findall(r" AS (\w+)", query)
        assert set(named) <= set(form.columns)
        assert {column.name for column in form.columns.values() if column.required} <= set(named)
