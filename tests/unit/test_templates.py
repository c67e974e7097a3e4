"""What the pages do with names that people gave: escaped, and kept from turning the text around them."""

import re

import pytest

from api.pages import ENVIRONMENT
from visualisation.templating import FOLDER, report_environment

TEMPLATES = sorted(FOLDER.glob("*.html"))
HOSTILE = "<script>ran = 1</script>\u05d0'\"&{{ 7 * 7 }}"

# A name of the user's that stands in the text of a page, not in an attribute.
NAME = re.compile(r"(?P<before>(?:<[^<>]*>)?)\{\{ *[\w.]*(?:_|\.|\b)name *\}\}(?![^<>]*>)")
# Where no name of the user's stands, or where HTML allows no element.
OURS = {"report.html": {"<code>", "<dt>"}, "_gaps.html": {"<code>"}}
ALONE = ("<title>", '<span class="unseen">', "<option")


def loose(template):
    """Return the names that stand in a template without a direction of their own."""
    text = re.sub(r"\{% block title %\}.*?\{% endblock %\}", "", template.read_text(encoding="utf-8"))
    found = []
    for match in NAME.finditer(text):
        before = match["before"]
        fine = before == "<bdi>" or before.startswith(ALONE) or before in OURS.get(template.name, ())
        if not fine:
            found.append(match.group())
    return found


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)
def test_names_have_a_direction_of_their_own(template):
    assert not loose(template)


def test_a_name_without_one_is_found(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<b>{{ one.name }}</b><i title="{{ one.name }}"><bdi>{{ one.name }}</bdi> {{ other_name }}'
    )
    assert len(loose(page)) == 2


@pytest.mark.parametrize("environment", [ENVIRONMENT, report_environment()], ids=["pages", "report"])
def test_everything_is_escaped(environment):
    assert environment.autoescape is True
    said = environment.from_string("{{ x }}{{ [x]|join }}<i title='{{ x }}'>").render(x=HOSTILE)
    assert "<script" not in said
    assert '"' not in said
    assert said.count("'") == 2
    assert said.count("{{ 7 * 7 }}") == 3


def test_no_template_leaves_anything_unescaped():
    for template in TEMPLATES:
        assert not re.search(r"\|\s*safe\b|autoescape|Markup", template.read_text(encoding="utf-8"))


def test_several_names_stand_each_for_itself():
    names = ENVIRONMENT.get_template("macros.html").module.names
    assert names(iter(["A", HOSTILE])).startswith("<bdi>A</bdi>, <bdi>&lt;script&gt;")
    assert names(()) == ""
