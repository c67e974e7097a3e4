"""GraphML files as tables: an account's as the forms that it fills, any other as nodes and edges."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.generator import generate_account
from graph.analysis.networks import graphml, to_networkx
from graph.errors import InputError
from graph.imports import Reading
from tests.unit.importing import read

KEYS = """
<key id="d0" for="node" attr.name="label" attr.type="string"><default>Nobody</default></key>
<key id="d1" for="node" attr.name="company" attr.type="string"/>
<key id="d2" for="edge" attr.name="kind" attr.type="string"/>
<key id="d3" for="edge" attr.name="weight" attr.type="double"/>
<key id="d4" for="node" yfiles.type="nodegraphics"/>
"""
# Drawn by hand, by another program: undirected, with a picture of each node.
FOREIGN = f"""<?xml version="1.0"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{KEYS}<graph edgedefault="undirected">
<node id="o"><data key="d0">Olga</data><data key="d1">Us</data><data key="d4"><Shape x="1"/></data></node>
<node id="t"><data key="d0">Tom =1+1</data><data key="d1">Acme</data></node>
<node id="u"><data key="d1">Acme</data></node>
<edge source="o" target="t"><data key="d2">knows</data><data key="d3">0.5</data></edge>
<edge source="t" target="u"><data key="d2">likes</data></edge>
</graph></graphml>"""
MAPPING = """
ours: Us
files:
  net.graphml:nodes: [{form: people, columns: {name: label, organisation: company}}]
  net.graphml:edges:
    - {form: ties, columns: {ours: source, stakeholder: target, strength: weight}, where: {kind: knows}}
    - {form: influences, columns: {from: source, to: target}, where: {kind: likes}}
"""


def network(nodes: str = "", edges: str = "", graph: str = "") -> str:
    """Return the smallest account, with what a test adds."""
    sides = {"side": "node", "organisation": "node", "organisation_name": "node", "level": "node"}
    kinds = sides | {"relation": "edge", "strength": "edge", "account": "graph", "revenue": "graph"}
    keys = "".join(f'<key id="{name}" for="{of}" attr.name="{name}"/>' for name, of in kinds.items())

    def node(id_: str, **data: str) -> str:
        return f'<node id="{id_}">{"".join(map(said, data.items()))}</node>'

    def said(item: tuple[str, str]) -> str:
        return f'<data key="{item[0]}">{item[1]}</data>'

    ours = node("a", side="ours", organisation="us", organisation_name="Us Ltd")
    theirs = node("p", side="theirs") + node("q", side="Theirs", organisation="acme")
    return (
        f'<graphml>{keys}<graph edgedefault="directed">{said(("account", "acme"))}{graph}'
        f"{ours}{theirs}{nodes}{edges}</graph></graphml>"
    )


def edge(source: str, target: str, relation: str, strength: str = "0.5") -> str:
    data = f'<data key="relation">{relation}</data><data key="strength">{strength}</data>'
    return f'<edge source="{source}" target="{target}">{data}</edge>'


def lines(reading: Reading, kind: str) -> dict[tuple[str, str], dict]:
    return {(a, b): said for (a, b, _), said in reading.records.lines[kind].items()}


def test_an_exported_account_fills_its_forms(tmp_path: Path):
    account = generate_account(3)
    content = graphml(to_networkx(account))
    reading = read(tmp_path, {"x.graphml": content}, today=account.as_of)
    assert (reading.questions, reading.findings, reading.warnings) == ((), (), ())
    assert all(one.rows == one.imported for one in reading.files)
    people = reading.records.people
    assert sorted(people) == sorted(account.people)
    assert all(people[one.id].organisation == one.organisation for one in account.people.values())
    ties = {pair: said["given_strength"] for pair, said in lines(reading, "ENGAGES").items()}
    assert ties == {(tie.ours, tie.stakeholder): tie.strength for tie in account.ties}
    reports = {(line.person, line.manager) for line in account.reports_to}
    assert set(lines(reading, "REPORTS_TO")) == reports
    influences = {(line.source, line.target): line.weight for line in account.influences}
    assert {pair: said["weight"] for pair, said in lines(reading, "INFLUENCES").items()} == influences


def test_a_graph_drawn_by_hand(tmp_path: Path):
    """A tie may start at either end; whose employer is not said is of the account."""
    edges = edge("p", "a", "engages", "0.7") + edge("q", "p", "Reports_To")
    reading = read(tmp_path, {"x.graphml": network(edges=edges, graph='<data key="revenue">9.5</data>')})
    assert lines(reading, "ENGAGES") == {("a", "p"): {"given_strength": 0.7, "assumed": False}}
    assert list(lines(reading, "REPORTS_TO")) == [("q", "p")]
    assert lines(reading, "SUPPLIES") == {("us", "acme"): {"revenue": 9.5}}
    organisations = {id_: one.properties["name"] for id_, one in reading.records.organisations.items()}
    assert organisations == {"us": "Us Ltd", "acme": "acme"}
    assert reading.records.people["p"].organisation == "acme"
    assert {one.file: one.rows for one in reading.files}["x.graphml:ties"] == 1


def test_any_other_graph_by_a_mapping(tmp_path: Path):
    reading = read(tmp_path, {"net.graphml": FOREIGN}, mapping=MAPPING)
    names = {id_: one.properties["name"] for id_, one in reading.records.people.items()}
    assert names == {"o": "Olga", "t": "Tom =1+1", "u": "Nobody"}
    assert lines(reading, "ENGAGES") == {("o", "t"): {"given_strength": 0.5, "assumed": False}}
    assert list(lines(reading, "INFLUENCES")) == [("t", "u")]


YED = (
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">'
    '<key id="d0" for="node" yfiles.type="nodegraphics"/><key id="d1" for="edge" yfiles.type="edgegraphics"/>'
    '<key id="d2" for="node" attr.name="company" attr.type="string"/><graph edgedefault="directed">'
    '<node id="n0"><data key="d0"><y:ShapeNode><y:NodeLabel>Sam Seller</y:NodeLabel></y:ShapeNode></data>'
    '<data key="d2">Varnholm</data></node>'
    '<node id="n1"><data key="d0"><y:ShapeNode><y:NodeLabel> Ann Lee </y:NodeLabel></y:ShapeNode></data>'
    '<data key="d2">Acme</data></node><edge id="e0" source="n0" target="n1"><data key="d1"><y:PolyLineEdge>'
    "<y:EdgeLabel>knows</y:EdgeLabel></y:PolyLineEdge></data></edge></graph></graphml>"
)


def test_what_yed_writes_on_nodes_and_edges_is_their_label(tmp_path: Path):
    mapping = (
        "ours: Varnholm\nfiles:\n  y.graphml:nodes:\n"
        "    - {form: people, columns: {name: label, organisation: company}}\n  y.graphml:edges:\n"
        "    - {form: ties, columns: {ours: source, stakeholder: target}, where: {label: knows}}\n"
    )
    reading = read(tmp_path, {"y.graphml": YED}, mapping=mapping)
    assert {id_: one.properties["name"] for id_, one in reading.records.people.items()} == {
        "n0": "Sam Seller",
        "n1": "Ann Lee",
    }
    assert [*lines(reading, "ENGAGES")] == [("n0", "n1")]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("", "x.graphml cannot be read as GraphML"),
        ("<svg/>", "x.graphml is no GraphML: it starts with svg"),
        ("<?xml version='1.0' encoding='klingon'?><graphml/>", "x.graphml cannot be read as GraphML"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><graphml>&a;</graphml>', "declares entities of its own"),
        (
            "<graphml><graph><node/></graph></graphml>",
            "x.graphml:nodes, row 1, column id: the node has no id",
        ),
        (network('<node id="r"/>'), "x.graphml:people, row 4, column side: the node r needs a side"),
        (
            network(edges='<edge source="a"/>'),
            "x.graphml:edges, row 1, column target: the edge has no target",
        ),
        (
            network(edges=edge("a", "p", "engages") + edge("a", "q", "loves")),
            "x.graphml:edges, row 2, column relation: "
            "the edge a → q must be one of engages, reports_to, influences",
        ),
        (network(edges=edge("a", "p", "engages", "1.5")), "x.graphml:ties, row 1"),
        (network('<node id="r"><data key="side">ours</data></node>'), "x.graphml:people, row 4"),
        (FOREIGN, "no mapping file names one"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: str, named: str):
    with pytest.raises(InputError) as error:
        read(tmp_path, {"x.graphml": content})
    assert named in error.value.detail


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    start=st.integers(0, 900), cut=st.integers(0, 40), put=st.text(alphabet="<>/\"'&;=x0\0é😀 ", max_size=6)
)
def test_any_damage_is_read_or_refused(tmp_path: Path, start: int, cut: int, put: str):
    whole = network(edges=edge("p", "a", "engages") + edge("q", "p", "reports_to"))
    with suppress(InputError):
        read(tmp_path, {"x.graphml": whole[:start] + put + whole[start + cut :]})


def test_an_edge_to_nobody_is_a_finding_and_an_odd_level_a_question(tmp_path: Path):
    node = '<node id="r"><data key="side">theirs</data><data key="level">high</data></node>'
    reading = read(
        tmp_path, {"x.graphml": network(node, edge("a", "zed", "engages"))}, today=date(2026, 1, 31)
    )
    assert [(one.file, one.row, one.value) for one in reading.findings] == [("x.graphml:ties", 1, "zed")]
    assert [(one.file, one.row, one.value) for one in reading.questions] == [("x.graphml:people", 4, "high")]
