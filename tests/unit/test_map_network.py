"""The standalone network page: whole by itself, safe with any name, and with every line that there is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from fixtures.generator import generate_account
from graph.account import Account, Channel, InfluenceLine, Partner, ReportingLine, Sale
from graph.errors import NotPermitted
from graph.gaps import find_gaps
from graph.measures import measure
from tests.unit.accounts import account, person
from visualisation import network
from visualisation.network import network_html

NASTY = "<img src=x onerror=alert(1)></script><script>alert(2)</script> href \"q\" 'a' ${x}"


def page_of(told: Account) -> str:
    measures = measure(told)
    return network_html(told, measures, find_gaps(told, measures))


def data_of(page: str, name: str) -> list[dict[str, object]]:
    found = re.search(rf"{name} = new vis\.DataSet\((.*)\);", page)
    assert found is not None
    return list(json.loads(found[1]))


class Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def nasty() -> Account:
    told = account(
        [person(NASTY, name=NASTY)],
        [person("href", name="href", title=NASTY), person("t", title='<a href="https://example.org">x</a>')],
        {(NASTY, "href"): 0.5},
        name=NASTY,
        suppliers=(Partner("s", NASTY),),
        channel=Channel((Partner(NASTY, NASTY),), (Partner("e", NASTY),), (Sale(NASTY, "e", False),)),
    )
    return replace(told, id=NASTY)


def test_the_page_refers_to_nothing_outside_itself() -> None:
    page = page_of(nasty())
    for tag, attributes in Elements(page).tags:
        assert tag not in ("link", "iframe", "img", "object", "embed", "base"), tag
        assert not {"src", "href", "srcset", "data", "action"} & set(attributes), (tag, attributes)
    assert "cdn.jsdelivr.net" not in page
    assert "cdnjs.cloudflare.com" not in page
    assert "sourceMappingURL" not in page
    assert "default-src 'none'" in page


def test_the_library_stands_in_the_page() -> None:
    page = page_of(account(["o"], ["t"], {("o", "t"): 0.5}))
    assert "vis-network" in page
    assert 400_000 < len(page) < 1_500_000


def test_no_name_becomes_markup_or_script() -> None:
    page = page_of(nasty())
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "popup.innerHTML" not in page
    assert "popup.textContent = nodeData[0].title" in page
    nodes = data_of(page, "nodes")
    assert any(NASTY in str(node["label"]) for node in nodes)
    assert [tag for tag, _ in Elements(page).tags].count("h1") == 1


def test_ids_are_our_own_numbers_and_there_are_no_menus() -> None:
    page = page_of(nasty())
    ids = [str(node["id"]) for node in data_of(page, "nodes")]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[no]\d+|ours", identity) for identity in ids)
    assert "<select" not in page
    assert "new TomSelect" not in page


def test_parallel_lines_are_all_kept() -> None:
    told = account(
        ["o", "p"],
        ["t", "u"],
        {("o", "t"): 0.5, ("o", "u"): 0.3, ("p", "t"): 0.2},
        reports_to=(ReportingLine("t", "u"), ReportingLine("o", "p")),
        influences=(
            InfluenceLine("t", "u"),
            InfluenceLine("u", "t"),
            InfluenceLine("t", "u", sign=-1),
        ),
    )
    edges = data_of(page_of(told), "edges")
    assert len(edges) == 8
    assert [edge["arrows"] for edge in edges].count("") == 3
    between = [edge for edge in edges if {edge["from"], edge["to"]} == {"n2", "n3"}]
    assert len(between) == 4


def test_a_label_is_never_the_id() -> None:
    told = account([person("o", name="")], [person("t", name="\x00")], {})
    labels = [str(node["label"]) for node in data_of(page_of(told), "nodes")]
    assert labels == ["o", "t ?\nGAP"]
    assert not any(re.match(r"n\d", label) for label in labels)


def test_people_stand_as_on_the_map_and_physics_is_off() -> None:
    told = generate_account(3, ours=4, theirs=8, distributors=2, end_customers=4)
    page = page_of(told)
    people = [node for node in data_of(page, "nodes") if str(node["id"]).startswith("n")]
    assert len(people) == 12
    sides = [float(str(node["x"])) < 0 for node in people]
    assert sides == [True] * 4 + [False] * 8
    options = re.search(r"var options = (\{.*?\});", page)
    assert options is not None
    assert json.loads(options[1])["physics"]["enabled"] is False


def test_it_is_written_as_utf_8_whatever_the_locale() -> None:
    names = ("Łucja Żak", "田中 花子")
    code = (
        "import sys\n"
        "from tests.unit.accounts import account, person\n"
        "from graph.measures import measure\n"
        "from visualisation.network import network_html\n"
        f"told = account([person('o', name={names[0]!a})], [person('t', name={names[1]!a})], {{}})\n"
        "page = network_html(told, measure(told))\n"
        "sys.stdout.buffer.write(page.encode('utf-8'))\n"
    )
    environment = {**os.environ, "LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    page = done.stdout.decode("utf-8")
    assert [str(node["label"]) for node in data_of(page, "nodes")] == [names[0], f"{names[1]} ?"]
    assert '<meta charset="utf-8">' in page


@pytest.mark.parametrize(
    "added",
    [
        '<img src="https://example.org/x.png">',
        '<a href="https://example.org">x</a>',
        "<style>body{background:url(https://example.org/x.png)}</style>",
        "<style>@import 'https://example.org/x.css';</style>",
        "<script>popup.innerHTML = other</script>",
    ],
)
def test_a_pyvis_that_refers_outside_is_refused(added: str) -> None:
    told = account(["o"], ["t"], {})
    page = f'<html><head><meta charset="utf-8"></head><body>{added}</body></html>'
    with pytest.raises(NotPermitted):
        network._standalone(page, told, measure(told), 0, 0)


def test_an_empty_account_still_makes_a_page() -> None:
    page = page_of(account([], [], {}))
    assert data_of(page, "nodes") == []
    assert "nobody on their side is known" in page
