"""Large imports are staged: seen only at the end, and completed by running the same files again."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.errors import StoreError
from graph.imports import import_files, staging
from graph.imports.undoing import undo_import
from graph.policy import load_policy
from graph.store import Store, Transaction, engine_status
from graph.store.imports import read_imports
from tests.store.test_import_store import everything
from tests.unit.importing import BASE, TODAY, write_files

NUMBER = 60


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a first import that is large by the bounds of this test: its people are not known yet."""
    monkeypatch.setattr(staging, "STAGE_ABOVE", 100)
    monkeypatch.setattr(staging, "STAGED_AT_ONCE", 20)
    rows = [f"m{n},{TODAY - timedelta(days=n)},call,o1;t{1 + n % 2},{n}" for n in range(NUMBER)]
    log = "id,on,kind,attendees,minutes\n" + "\n".join(rows) + "\n"
    return write_files(tmp_path / "files", BASE | {"touchpoints.csv": log})


def visible(store: Store) -> tuple[list[Any], list[Any]]:
    """Return everything but what is staged and what only that holds together."""
    nodes, lines = everything(store)
    return [one for one in nodes if "Staged" not in one], [one for one in lines if "ATTENDED" not in one]


def undisturbed(store: Store, files: Path) -> tuple[list[Any], list[Any]]:
    size, staging.STAGE_ABOVE = staging.STAGE_ABOVE, 1_000_000
    try:
        import_files(store, [files], today=TODAY)
        return everything(store)
    finally:
        staging.STAGE_ABOVE = size
        store.clear()


def test_a_staged_import_comes_out_as_any_other_and_is_undone(store: Store, files: Path) -> None:
    empty, right = everything(store), undisturbed(store, files)
    seen: list[str] = []
    report = import_files(
        store, [files], today=TODAY, progress=lambda what, done, total: seen.append(f"{what} {done}/{total}")
    )
    assert everything(store) == right and "staged 40/60" in seen
    # What takes long without a count is told, too, from its beginning to its end.
    assert seen[:2] == ["reading the files 0/0", "reading the files 1/1"]
    assert seen[-2:] == ["deriving strengths 0/0", "deriving strengths 1/1"]
    assert report.created["Touchpoint"] == NUMBER and report.created["Person"] == 3
    (record,) = read_imports(store)
    assert (record.state, record.id, record.content) == ("done", report.id, None)
    again = import_files(store, [files], today=TODAY)
    assert (again.created, again.updated) == ({}, {}) and everything(store) == right
    undo_import(store, str(report.id), today=TODAY, policy=load_policy())
    assert everything(store) == empty


def test_an_import_killed_while_it_is_staged_shows_nothing_and_is_completed(
    store: Store, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = undisturbed(store, files)
    import_files(store, [write_files(files.parent / "before", BASE)], today=TODAY)
    before = visible(store)

    stage, calls = staging._stage, []

    def kill(transaction: Transaction, rows: Any) -> None:
        stage(transaction, rows)
        calls.append(len(rows))
        if len(calls) == 2:
            pid = engine_status(store.target.folder).pid  # type: ignore[arg-type]
            assert pid is not None
            os.kill(pid, signal.SIGKILL)

    monkeypatch.setattr(staging, "_stage", kill)
    with pytest.raises(StoreError):
        import_files(store, [files], today=TODAY)
    assert calls == [20, 20]
    assert visible(store) == before
    assert store.read("MATCH (t:StagedTouchpoint) RETURN count(t) AS n")[0]["n"] == 20
    assert store.read("MATCH (t:Touchpoint) RETURN count(t) AS n")[0]["n"] == 0
    unfinished, _ = read_imports(store)
    assert unfinished.state == "staging"
    report = import_files(store, [files], today=TODAY)
    assert report.id == unfinished.id and report.created["Touchpoint"] == NUMBER
    assert everything(store) == right


def test_an_interrupted_import_gives_way_to_another_and_can_be_undone(store: Store, files: Path) -> None:
    def stop(what: str, done: int, total: int) -> None:
        if what == "staged":
            raise KeyboardInterrupt

    empty = everything(store)
    with pytest.raises(KeyboardInterrupt):
        import_files(store, [files], today=TODAY, progress=stop)
    (unfinished,) = read_imports(store)
    undo_import(store, unfinished.id, today=TODAY, policy=load_policy())
    assert everything(store) == empty and read_imports(store) == ()
    with pytest.raises(KeyboardInterrupt):
        import_files(store, [files], today=TODAY, progress=stop)
    # The people come in by another import: what hangs on the staged ones is staged anew.
    import_files(store, [write_files(files.parent / "before", BASE)], today=TODAY)
    import_files(store, [files], today=TODAY)
    full = everything(store)
    assert full == undisturbed(store, files)


def test_what_came_in_meanwhile_is_noticed(store: Store, files: Path) -> None:
    small = write_files(files.parent / "before", BASE)

    def meanwhile(what: str, done: int, total: int) -> None:
        if (what, done) == ("staged", NUMBER):
            import_files(store, [small], today=TODAY)

    with pytest.raises(StoreError, match="Run it again"):
        import_files(store, [files], today=TODAY, progress=meanwhile)
    assert store.read("MATCH (t:Touchpoint) RETURN count(t) AS n")[0]["n"] == 0
    report = import_files(store, [files], today=TODAY)
    assert report.created["Touchpoint"] == NUMBER
