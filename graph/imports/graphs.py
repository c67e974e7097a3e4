"""Graphs as tables: an account's GraphML as the forms that it fills, any other as its nodes and edges.

What `diamond export` and `graph.analysis.networks.graphml` write says of every node on which side it stands
(`side`) and of every edge what it means (`relation`). Any other graph comes in with a mapping file, as the
tables `FILE:nodes` (id and attributes) and `FILE:edges` (source, target and attributes); what yEd writes on
them is their `label`. Rows have the number of their node or edge in the file, from 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from graph.errors import Fault, InputError
from graph.imports.cells import shown
from graph.imports.workbooks import Part

# A file of this size makes some ten times as much of elements.
GRAPH_LIMIT = 32 << 20
SIDES = ("ours", "theirs")
SCORES = ("role", "influence", "orientation", "proximity")
# Of a node, what is derived, or said by another form than people.
NOT_OF_PEOPLE = frozenset(
    {"side", "row", "coverage", "assumed_influence", "share_of_time", "organisation_name", "label"}
    | {"evidence", "expires_on"}
)
# Of an edge: its ends as each form calls them, and the attributes that it takes. A tie's strength is that of
# the file's day, while a form's is that of the last contact: so the last contact stays behind.
LINES: Mapping[str, tuple[str, str, str, tuple[str, ...]]] = {
    "engages": ("ties", "ours", "stakeholder", ("strength", "desired")),
    "reports_to": ("reports_to", "person", "manager", ()),
    "influences": ("influences", "from", "to", ("weight", "sign")),
}

Said = dict[str, str]
Rows = list[tuple[int, Mapping[str, str]]]


def read_graph(file: str, path: Path) -> list[Part]:
    """Return the tables of a GraphML file.

    Raises
    ------
    InputError
        No GraphML, one that declares entities of its own, or an account of which a node has no side or an
        edge no relation; the sentence names it.
    """
    if path.stat().st_size > GRAPH_LIMIT:
        raise _refused(file, f"has more than {GRAPH_LIMIT >> 20} MB; save nodes and edges as CSV")
    root = _parsed(file, path.read_bytes())
    names = {one.get("id"): one.get("attr.name") for one in _tagged(root, "key") if one.get("attr.name")}
    said = [_data(one, names) | _defaults(root, "graph") for one in _tagged(root, "graph")]
    nodes = _elements(file, root, "node", ("id",), names)
    edges = _elements(file, root, "edge", ("source", "target"), names)
    if any("side" in node for node in nodes):
        return _account(file, said[0] if said else {}, nodes, edges)
    return [
        _part(file, "nodes", list(enumerate(nodes, start=1))),
        _part(file, "edges", list(enumerate(edges, start=1))),
    ]


def _parsed(file: str, data: bytes) -> Any:
    from defusedxml import DefusedXmlException, ElementTree

    try:
        root = ElementTree.fromstring(data)
    except DefusedXmlException:
        raise _refused(file, "declares entities of its own, which nothing here needs") from None
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise _refused(file, f"cannot be read as GraphML ({error})") from None
    if _tag(root) != "graphml":
        raise _refused(file, f"is no GraphML: it starts with {shown(_tag(root))}")
    return root


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _tagged(root: Any, tag: str) -> Iterable[Any]:
    return (one for one in root.iter() if _tag(one) == tag)


def _data(element: Any, names: Mapping[str, str]) -> Said:
    return {
        names[one.get("key")]: one.text or ""
        for one in element
        if _tag(one) == "data" and one.get("key") in names
    }


def _defaults(root: Any, of: str) -> Said:
    return {
        key.get("attr.name"): value.text or ""
        for key in _tagged(root, "key")
        if key.get("attr.name") and key.get("for") in (of, "all")
        for value in key
        if _tag(value) == "default"
    }


def _elements(
    file: str, root: Any, tag: str, named_by: tuple[str, ...], names: Mapping[str, str]
) -> list[Said]:
    defaults = _defaults(root, tag)
    found = []
    for number, one in enumerate(_tagged(root, tag), start=1):
        own = {name: one.get(name) or "" for name in named_by}
        for name, value in own.items():
            if not value:
                raise _wrong(f"{file}:{tag}s", number, name, "", f"the {tag} has no {name}")
        found.append({**own, **_label(one), **defaults, **_data(one, names), **own})
    return found


def _label(element: Any) -> Said:
    """Return what yEd writes on a node or an edge: not a value of its own, but part of the drawing."""
    written = (one.text or "" for one in element.iter() if _tag(one) in ("NodeLabel", "EdgeLabel"))
    label = next((text.strip() for text in written if text.strip()), "")
    return {"label": label} if label else {}


def _account(file: str, said: Said, nodes: list[Said], edges: list[Said]) -> list[Part]:
    sides: dict[str, str] = {}
    for number, node in enumerate(nodes, start=1):
        side = node.get("side", "").strip().casefold()
        if side not in SIDES:
            message = f"the node {shown(node['id'])} needs a side, ours or theirs"
            raise _wrong(f"{file}:people", number, "side", node.get("side", ""), message)
        sides[node["id"]] = side
    tables: dict[str, Rows] = defaultdict(list)
    tables["people"] = []
    for number, node in enumerate(nodes, start=1):
        _person(tables, number, node, said.get("account"))
    _business(tables, said, nodes, sides)
    for number, edge in enumerate(edges, start=1):
        _line(file, tables, number, edge, sides)
    return [_part(file, name, rows) for name, rows in tables.items()]


def _person(tables: dict[str, Rows], number: int, node: Said, account: str | None) -> None:
    person = {name: value for name, value in node.items() if name not in NOT_OF_PEOPLE}
    person.setdefault("name", node.get("label") or node["id"])
    if account and node["side"].strip().casefold() == "theirs":
        person.setdefault("organisation", account)
    if person.get("verified_on"):
        about = {name: node.get(name, "") for name in ("evidence", "confidence", "expires_on")}
        for attribute in SCORES:
            if value := person.pop(attribute, ""):
                opinion = {"person": node["id"], "attribute": attribute, "value": value}
                tables["assessments"].append((number, {**opinion, "on": person["verified_on"], **about}))
    tables["people"].append((number, person))
    if account and node.get("share_of_time"):
        share = {"account": account, "person": node["id"], "share_of_time": node["share_of_time"]}
        tables["team"].append((number, share))


def _business(tables: dict[str, Rows], said: Said, nodes: list[Said], sides: Mapping[str, str]) -> None:
    """Add the organisations of both sides, and that ours serve the account."""
    account = said.get("account")
    names: dict[str, str] = {}
    of_side: dict[str, set[str]] = {side: set() for side in SIDES}
    for node in nodes:
        if organisation := node.get("organisation"):
            of_side[sides[node["id"]]].add(organisation)
            names.setdefault(organisation, "")
            names[organisation] = names[organisation] or node.get("organisation_name", "")
    served = {account} if account else of_side["theirs"] - of_side["ours"]
    known = {"kind": said.get("kinds") or "key_account"}
    known |= {name: said[name] for name in ("country", "region") if said.get(name)}
    for number, one in enumerate(sorted({*names, *served}), start=1):
        row = {"id": one, "name": names.get(one) or one}
        if one == account:
            row |= {"name": said.get("name") or one, **known}
        elif one in of_side["ours"]:
            row["kind"] = "supplier"
        elif one in served:
            row["kind"] = "key_account"
        tables["organisations"].append((number, row))
    trade = {name: said.get(name, "") for name in ("revenue", "margin")}
    if len(of_side["ours"]) != 1 or not account:
        trade = dict.fromkeys(trade, "")  # nobody knows whose it is
    form, of = "supplies", "account"
    if known["kind"] == "distributor" and not trade["revenue"]:
        form, of, trade = "distributes_through", "distributor", {}
    for number, (us, them) in enumerate(
        ((us, them) for us in sorted(of_side["ours"]) for them in sorted(served)), start=1
    ):
        tables[form].append((number, {"supplier": us, of: them, **trade}))


def _line(file: str, tables: dict[str, Rows], number: int, edge: Said, sides: Mapping[str, str]) -> None:
    relation = edge.get("relation", "").strip().casefold()
    if relation not in LINES:
        message = (
            f"the edge {shown(edge['source'])} → {shown(edge['target'])} must be one of {', '.join(LINES)}"
        )
        raise _wrong(f"{file}:edges", number, "relation", edge.get("relation", ""), message)
    form, source, target, attributes = LINES[relation]
    ends = (edge["source"], edge["target"])
    # Whoever draws a tie may start at either end.
    if form == "ties" and tuple(sides.get(end) for end in ends) == ("theirs", "ours"):
        ends = (ends[1], ends[0])
    row = {source: ends[0], target: ends[1]}
    tables[form].append((number, row | {name: edge[name] for name in attributes if name in edge}))


def _part(file: str, name: str, rows: Rows) -> Part:
    header = tuple(dict.fromkeys(column for _, row in rows for column in row))
    return f"{file}:{name}", (name,), header, [(n, [row.get(one) for one in header]) for n, row in rows]


def _wrong(table: str, number: int, column: str, value: str, message: str) -> InputError:
    return InputError(
        f"{table}, row {number}, column {column}: {message}, found {shown(value)!r}.",
        errors=[Fault(table, number, column, shown(value), message)],
    )


def _refused(file: str, message: str) -> InputError:
    return InputError(f"{file} {message}.", errors=[Fault(file, None, None, None, message)])
