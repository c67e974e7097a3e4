"""An account as a NetworkX graph and back, and as a GraphML file.

A node is a person, under the person's id; an edge is a tie (`engages`), a reporting line (`reports_to`) or an
influence line (`influences`), under its relation as key. An attribute that nobody knows is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

from graph.account import Account, InfluenceLine, Partner, Person, ReportingLine, Tie
from graph.errors import InputError
from graph.measures import measure

if TYPE_CHECKING:
    from networkx import MultiDiGraph

    Network = MultiDiGraph[str]

ENGAGES, REPORTS_TO, INFLUENCES = "engages", "reports_to", "influences"
RELATIONS = (ENGAGES, REPORTS_TO, INFLUENCES)
# What XML 1.0 cannot carry, whatever a name holds.
NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PERSON = {one.name: str(one.type) for one in fields(Person)}
_TIE = {one.name: str(one.type) for one in fields(Tie)}


def to_networkx(account: Account) -> Network:
    """Return an account's people and lines as a directed multigraph.

    Nodes carry `side` (ours or theirs), what is known of the person, `row` (the function row) and, for
    theirs, `assumed_influence` and `coverage` as the measures take them. Edges carry `relation`; ties also
    `strength` and whether they are a `thread`, influence lines `weight` and `sign`. Ties run from ours to
    theirs.
    """
    import networkx as nx

    network: Network = nx.MultiDiGraph(
        account=account.id, name=account.name, as_of=account.as_of, kinds=";".join(account.kinds)
    )
    for key in ("revenue", "margin", "country", "region"):
        if getattr(account, key) is not None:
            network.graph[key] = getattr(account, key)
    measures = measure(account)
    for side, people in (("ours", account.ours), ("theirs", account.theirs)):
        for person in people:
            network.add_node(person.id, side=side, row=account.row(person), **_known(person, "id"))
    for person, influence, covered in zip(
        account.theirs, account.influence, measures.coverage_of, strict=True
    ):
        network.add_node(person.id, assumed_influence=float(influence), coverage=float(covered))
    for one, share in account.share_of_time.items():
        network.add_node(one, share_of_time=share)
    names = {one.id: one.name for one in account.suppliers}
    for person in account.ours:
        network.add_node(person.id, organisation_name=names.get(person.organisation, person.organisation))
    threads = set(measures.threads)
    for tie in account.ties:
        network.add_edge(
            tie.ours,
            tie.stakeholder,
            ENGAGES,
            relation=ENGAGES,
            thread=tie in threads,
            **_known(tie, "ours", "stakeholder"),
        )
    for line in account.reports_to:
        network.add_edge(line.person, line.manager, REPORTS_TO, relation=REPORTS_TO)
    for drawn in account.influences:
        network.add_edge(
            drawn.source, drawn.target, INFLUENCES, relation=INFLUENCES, weight=drawn.weight, sign=drawn.sign
        )
    return network


def from_networkx(network: Network) -> Account:
    """Return the account that a graph in the form of `to_networkx` describes, changed as it may be.

    Only `side` of a node and `relation` of an edge are needed (an edge's key will do); what the measures
    derive is left aside. The channel around the account is not part of the graph.

    Raises
    ------
    InputError
        A node without a side, an edge of an unknown relation or between the wrong sides, or a value that
        cannot be read; the sentence names it.
    """
    said = network.graph
    sides = {str(node): _side(str(node), data) for node, data in network.nodes(data=True)}
    people = {str(node): _person(str(node), data) for node, data in network.nodes(data=True)}
    ties, reports, influences = [], [], []
    for source, target, key, data in network.edges(keys=True, data=True):
        start, end = str(source), str(target)
        relation = data.get("relation", key)
        if relation == ENGAGES:
            if (sides[start], sides[end]) != ("ours", "theirs"):
                raise InputError(f"The tie {start} → {end} does not lead from one of ours to one of theirs.")
            values = _values(f"The tie {start} → {end}", data, _TIE)
            strength = values.pop("strength", None)
            if strength is None or not 0.0 <= strength <= 1.0:
                raise InputError(f"The tie {start} → {end} needs a strength from 0 to 1, found {strength!r}.")
            ties.append(Tie(start, end, strength, **values))
        elif sides[start] != sides[end] or relation not in RELATIONS:
            raise InputError(
                f"The edge {start} → {end} is of relation {relation!r}; ties (engages) join the two sides, "
                "reports_to and influences two of one side."
            )
        elif relation == REPORTS_TO:
            reports.append(ReportingLine(start, end))
        else:
            values = _values(f"The edge {start} → {end}", data, {"weight": "float", "sign": "int"})
            influences.append(InfluenceLine(start, end, **values))
    suppliers = {
        people[node].organisation: str(
            network.nodes[node].get("organisation_name", people[node].organisation)
        )
        for node in sorted(people)
        if sides[node] == "ours"
    }
    shares = {
        node: _value(f"The node {node}", "share_of_time", network.nodes[node]["share_of_time"], "float")
        for node in sorted(network.nodes)
        if network.nodes[node].get("share_of_time") is not None
    }
    account = str(said.get("account", said.get("name") or "account"))
    return Account(
        id=account,
        name=str(said.get("name") or account),
        as_of=_value("The graph", "as_of", said.get("as_of") or date.today(), "date"),
        kinds=tuple(str(said.get("kinds") or "key_account").split(";")),
        suppliers=tuple(Partner(one, name) for one, name in sorted(suppliers.items())),
        ours=tuple(one for node, one in people.items() if sides[node] == "ours"),
        theirs=tuple(one for node, one in people.items() if sides[node] == "theirs"),
        ties=tuple(ties),
        reports_to=tuple(reports),
        influences=tuple(influences),
        share_of_time=shares,
        newest_contact=max((tie.last_on for tie in ties if tie.last_on), default=None),
        **{
            key: _value("The graph", key, said[key], kind)
            for key, kind in (("revenue", "float"), ("margin", "float"), ("country", ""), ("region", ""))
            if said.get(key) is not None
        },
    )


def graphml(network: Network) -> bytes:
    """Return a graph as GraphML, for Gephi, yEd, Cytoscape and whoever reads it; days as text."""
    import networkx as nx

    plain: Network = nx.MultiDiGraph(**_text(network.graph))
    for node, data in network.nodes(data=True):
        plain.add_node(NO_XML.sub("�", str(node)), **_text(data))
    # Keys become ids of edges, which must differ over the whole file.
    for number, (source, target, data) in enumerate(network.edges(data=True)):
        plain.add_edge(
            NO_XML.sub("�", str(source)), NO_XML.sub("�", str(target)), f"e{number}", **_text(data)
        )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return (head + "\n".join(nx.generate_graphml(plain)) + "\n").encode()


def read_graphml(data: bytes) -> Network:
    """Return the graph in a GraphML file.

    Raises
    ------
    InputError
        It is no GraphML, or an XML with entities of its own, which can be made to fill the memory.
    """
    import networkx as nx
    from defusedxml import DefusedXmlException, ElementTree

    try:
        root = ElementTree.fromstring(data)
        found: Network = nx.MultiDiGraph(nx.parse_graphml(data.decode("utf-8"), force_multigraph=True))
    except DefusedXmlException as error:
        raise InputError("The GraphML declares entities of its own, which nothing here needs.") from error
    except (ElementTree.ParseError, nx.NetworkXException, ValueError, KeyError, TypeError) as error:
        raise InputError(f"This is no GraphML: {(str(error) or repr(error)).splitlines()[0]}.") from error
    if any(one.tag.rpartition("}")[2] == "node" and not one.get("id") for one in root.iter()):
        raise InputError("This is no GraphML: a node has no id.")
    _fill(found.graph.pop("node_default", {}), (data for _, data in found.nodes(data=True)))
    _fill(found.graph.pop("edge_default", {}), (data for _, _, data in found.edges(data=True)))
    return found


def _fill(defaults: Mapping[str, Any], elements: Iterable[dict[str, Any]]) -> None:
    """Write out what a file says once of all its nodes or edges."""
    for data in elements:
        for name, value in defaults.items():
            data.setdefault(name, value)


def _known(one: object, *aside: str) -> dict[str, Any]:
    return {
        name: value
        for name in getattr(one, "__slots__", ())
        if name not in aside and (value := getattr(one, name)) is not None
    }


def _text(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes in the types that GraphML has."""
    plain: dict[str, Any] = {}
    for name, value in data.items():
        if isinstance(value, str):
            plain[name] = NO_XML.sub("�", value)
        elif value is not None:
            plain[name] = value if isinstance(value, (bool, int, float)) else str(value)
    return plain


def _side(node: str, data: Mapping[str, Any]) -> str:
    side = data.get("side")
    if side not in ("ours", "theirs"):
        raise InputError(f"The node {node} needs a side, ours or theirs, found {side!r}.")
    return str(side)


def _person(node: str, data: Mapping[str, Any]) -> Person:
    values = _values(f"The node {node}", data, {name: kind for name, kind in _PERSON.items() if name != "id"})
    return Person(node, values.pop("name", node), values.pop("organisation", ""), **values)


def _values(where: str, data: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: _value(where, name, data[name], kind)
        for name, kind in kinds.items()
        if data.get(name) is not None
    }


def _value(where: str, name: str, value: Any, kind: str) -> Any:
    """Return a value as the field that it fills takes it; what came through a file may be text."""
    try:
        if "date" in kind:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        if "bool" in kind:
            return value if isinstance(value, bool) else {"true": True, "false": False}[str(value).lower()]
        if "float" in kind:
            return float(value)
        return int(value) if "int" in kind else str(value)
    except (TypeError, ValueError, KeyError, OverflowError):
        raise InputError(f"{where} has {name} {value!r}, which cannot be read.") from None
