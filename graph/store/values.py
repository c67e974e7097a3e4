"""Values out of the store as plain Python: the driver's own types stay inside this package."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from typing import Any

from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time


def plain(value: Any) -> Any:
    """Return a value with the standard library's dates; nodes and relationships as their properties."""
    match value:
        case None | str() | int() | float():  # nearly all are
            return value
        case Date() | DateTime() | Time():
            return value.to_native()
        case Duration():
            return value.iso_format()
        case Node() | Relationship():
            return {key: plain(item) for key, item in value.items()}
        case Path():
            return [plain(item) for item in _steps(value)]
        case list():
            return [plain(item) for item in value]
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case _:
            return value


def jsonable(value: Any) -> Any:
    """Return a value as JSON can hold it: dates as ISO text, what is no number as None.

    A node becomes ``{"labels", "properties"}``, a relationship ``{"type", "properties"}``, a path the list
    of its nodes and relationships in order, a point ``{"srid", "coordinates"}``.
    """
    match value:
        case float():
            return value if math.isfinite(value) else None
        case Date() | DateTime() | Time() | Duration():
            return value.iso_format()
        case date() | datetime() | time():
            return value.isoformat()
        case Node():
            return {"labels": sorted(value.labels), "properties": _properties(value)}
        case Relationship():
            return {"type": value.type, "properties": _properties(value)}
        case Path():
            return [jsonable(item) for item in _steps(value)]
        case Point():
            return {"srid": value.srid, "coordinates": [jsonable(item) for item in value]}
        case list() | tuple():
            return [jsonable(item) for item in value]
        case dict():
            return {str(key): jsonable(item) for key, item in value.items()}
        case bytes() | bytearray():
            return value.hex()
        case _:
            return value


def _properties(entity: Node | Relationship) -> dict[str, Any]:
    return {key: jsonable(item) for key, item in sorted(entity.items())}


def _steps(path: Path) -> list[Node | Relationship]:
    steps: list[Node | Relationship] = [path.nodes[0]]
    for relationship, node in zip(path.relationships, path.nodes[1:], strict=True):
        steps += [relationship, node]
    return steps
