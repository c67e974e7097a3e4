"""The server that starts itself."""

from __future__ import annotations

from datetime import date

from graph.store import Store


def test_fixture_store_is_empty_and_writable(store: Store) -> None:
    assert store.is_empty()
    store.write("CREATE (:Person {id: 'a', verified_on: $day})", {"day": date(2026, 1, 31)})
    assert store.read("MATCH (p:Person) RETURN p.id AS id, p.verified_on AS day") == [
        {"id": "a", "day": date(2026, 1, 31)}
    ]
