"""Lines that go round in a circle: who would be their own manager's manager."""

from __future__ import annotations

from collections.abc import Collection


def edges_in_cycles(edges: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return every edge of every cycle: those whose ends reach each other."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph(list(edges))
    component = {
        node: index for index, nodes in enumerate(nx.strongly_connected_components(graph)) for node in nodes
    }
    return {edge for edge in edges if component[edge[0]] == component[edge[1]]}


def smallest_in_cycles(edges: Collection[tuple[str, str]]) -> list[str]:
    """Return the smallest node of each knot, whose nodes all reach each other; a node alone is none."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph(list(edges))
    knots = [nodes for nodes in nx.strongly_connected_components(graph) if len(nodes) > 1]
    return sorted((min(nodes) for nodes in knots), key=str)
