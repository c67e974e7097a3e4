"""Fixtures for everybody: one real Neo4j per test process, and an emptied store on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from graph.store import Store, Target, open_store, stop_engine

# A test that once took long, on a machine that does other things, is not wrong for that.
settings.register_profile("diamond", deadline=None)
settings.load_profile("diamond")


@pytest.fixture(scope="session")
def opened_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Start the process's own server in a temporary folder; its jars come from the user's cache.

    Without jars and without a network this fails and says what is missing.
    """
    folder: Path = tmp_path_factory.mktemp("store") / "data"
    try:
        with open_store(Target(folder=folder), create=True) as store:
            yield store
    finally:
        stop_engine(folder)


@pytest.fixture
def store(opened_store: Store) -> Store:
    """Return the open store with nothing in it but its schema."""
    opened_store.clear()
    return opened_store
