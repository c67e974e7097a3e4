"""What an import wrote, in a form that can be taken back: the journal.

Of what an import created the journal keeps the key and a digest of what was written, which tells whether
anybody changed it since; of what it changed or deleted it keeps what stood there before, too. The entries
go into the store in compressed pieces, in the transaction that they tell of: a piece of 20,000 created nodes
takes some 300 KB. Nothing is added to the nodes themselves, so that a store looks the same whether its data
came in one import or in several.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Properties = Mapping[str, Any]
NodeKey = tuple[str, str]
# Type, source, target, and what tells several of the same two apart.
LineKey = tuple[str, str, str, str]

PIECE = 20_000
# What is derived from the rest may change without anybody changing what was imported.
DERIVED = {"ENGAGES": frozenset({"strength", "strength_on", "contacted_on", "touchpoints"})}


@dataclass
class Before:
    """What stood there and what the import put in its place, by name; None where there was nothing."""

    before: dict[str, Any]
    after: dict[str, Any]


@dataclass
class Traces:
    """Everything that one import wrote, read back from its journal.

    Attributes
    ----------
    created, lines_created
        Key to the digest of what was written.
    changed, lines_changed
        Key to what was there before and after, only the names that changed. The kinds of an organisation
        stand under `kinds:`, those who attended a touchpoint under `attendees:`, each as a sorted list.
    deleted, lines_deleted
        Key to all properties.
    """

    created: dict[NodeKey, str] = field(default_factory=dict)
    changed: dict[NodeKey, Before] = field(default_factory=dict)
    deleted: dict[NodeKey, dict[str, Any]] = field(default_factory=dict)
    lines_created: dict[LineKey, str] = field(default_factory=dict)
    lines_changed: dict[LineKey, Before] = field(default_factory=dict)
    lines_deleted: dict[LineKey, dict[str, Any]] = field(default_factory=dict)


KINDS, ATTENDEES = "kinds:", "attendees:"


class Journal:
    """Collects entries and hands them on as pieces.

    Parameters
    ----------
    keep
        Called with the text of each piece.
    """

    def __init__(self, keep: Callable[[str], None]) -> None:
        self._keep = keep
        self._entries: list[list[Any]] = []

    def created(self, label: str, id_: str, properties: Properties) -> None:
        """Note a node that was not there before."""
        self._add(["created", label, id_, digest(properties)])

    def changed(self, label: str, id_: str, stored: Properties, properties: Properties) -> None:
        """Note a node of which some properties were overwritten."""
        self._add(["changed", label, id_, *_difference(stored, properties)])

    def deleted(self, label: str, id_: str, stored: Properties) -> None:
        """Note a node that was deleted."""
        self._add(["deleted", label, id_, _packed(stored)])

    def line_created(self, key: LineKey, properties: Properties) -> None:
        """Note a relationship that was not there before."""
        self._add(["line created", *key, digest(properties)])

    def line_changed(self, key: LineKey, stored: Properties, properties: Properties) -> None:
        """Note a relationship of which some properties were overwritten."""
        self._add(["line changed", *key, *_difference(stored, properties)])

    def line_deleted(self, key: LineKey, stored: Properties) -> None:
        """Note a relationship that was deleted."""
        self._add(["line deleted", *key, _packed(stored)])

    def _add(self, entry: list[Any]) -> None:
        self._entries.append(entry)
        if len(self._entries) >= PIECE:
            self.flush()

    def flush(self) -> None:
        """Hand on what has not been handed on yet."""
        if self._entries:
            text = json.dumps(self._entries, ensure_ascii=False, separators=(",", ":"))
            self._keep(base64.b85encode(zlib.compress(text.encode(), 3)).decode("ascii"))
            self._entries = []


def read_traces(pieces: Iterable[str]) -> Traces:
    """Return what the pieces of one import's journal say, in their order."""
    traces = Traces()
    for piece in pieces:
        for what, *rest in json.loads(zlib.decompress(base64.b85decode(piece))):
            _ENTRIES[what](traces, *rest)
    return traces


def _created(traces: Traces, label: str, id_: str, mark: str) -> None:
    traces.created[label, id_] = mark


def _changed(traces: Traces, label: str, id_: str, before: Any, after: Any) -> None:
    _merge(traces.changed, (label, id_), before, after)


def _deleted(traces: Traces, label: str, id_: str, stored: Any) -> None:
    traces.deleted[label, id_] = _unpacked(stored)


def _line_created(traces: Traces, kind: str, source: str, target: str, key: str, mark: str) -> None:
    traces.lines_created[kind, source, target, key] = mark


def _line_changed(
    traces: Traces, kind: str, source: str, target: str, key: str, before: Any, after: Any
) -> None:
    _merge(traces.lines_changed, (kind, source, target, key), before, after)


def _line_deleted(traces: Traces, kind: str, source: str, target: str, key: str, stored: Any) -> None:
    traces.lines_deleted[kind, source, target, key] = _unpacked(stored)


_ENTRIES: Mapping[str, Callable[..., None]] = {
    "created": _created,
    "changed": _changed,
    "deleted": _deleted,
    "line created": _line_created,
    "line changed": _line_changed,
    "line deleted": _line_deleted,
}


def _merge(changes: dict[Any, Before], key: Any, before: Any, after: Any) -> None:
    """Add a change to what is known of the same thing: the first before and the last after count."""
    known = changes.setdefault(key, Before({}, {}))
    known.before = _unpacked(before) | known.before
    known.after |= _unpacked(after)


def digest(properties: Properties, owner: str = "") -> str:
    """Return a short mark of properties, the same for what is written and for what is read back."""
    derived = DERIVED.get(owner, frozenset())
    items = [
        (name, _packed_value(value))
        for name, value in sorted(properties.items())
        if value is not None and value != [] and name != "id" and name not in derived
    ]
    text = json.dumps(items, ensure_ascii=False, separators=(",", ":"))
    return base64.b85encode(hashlib.blake2b(text.encode(), digest_size=8).digest()).decode("ascii")


def _difference(stored: Properties, properties: Properties) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name, value in properties.items() if stored.get(name) != value]
    return (
        {name: _packed_value(stored.get(name)) for name in names},
        {name: _packed_value(properties[name]) for name in names},
    )


def _packed(properties: Properties) -> dict[str, Any]:
    return {name: _packed_value(value) for name, value in properties.items()}


def _packed_value(value: Any) -> Any:
    # A datetime is a date, so it comes first.
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    if isinstance(value, (list, tuple)):
        return [_packed_value(one) for one in value]
    return value


def _unpacked(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _unpacked_value(value) for name, value in properties.items()}


def _unpacked_value(value: Any) -> Any:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["at"]) if "at" in value else date.fromisoformat(value["on"])
    return value
