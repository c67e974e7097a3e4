"""One server for many commands: started once, found again, adopted, restarted, stopped when idle."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from graph.errors import StoreError
from graph.store import Store, Target, engine_status, open_store, start_engine, stop_engine
from graph.store.folder import DataFolder
from graph.store.jars import fetch_jars
from graph.store.server import free_port, launch

COMMAND = """
import sys
from pathlib import Path
from graph.store import Target, engine_status, open_store
folder = Path(sys.argv[1])
with open_store(Target(folder=folder), create=True) as store:
    store.write("MERGE (p:Person {id: $id})", {"id": sys.argv[2]})
    print(engine_status(folder).pid)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "data folder"  # a space in it, as users have them
    yield path
    stop_engine(path)


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def people(store: Store) -> list[str]:
    return [row["id"] for row in store.read("MATCH (p:Person) RETURN p.id AS id ORDER BY id")]


def test_commands_share_a_server_that_outlives_its_keeper_and_comes_back_when_killed(folder: Path) -> None:
    # Two commands at once start one server.
    commands = [
        subprocess.Popen(
            [sys.executable, "-c", COMMAND, str(folder), name], stdout=subprocess.PIPE, text=True
        )
        for name in ("a", "b")
    ]
    pids = {command.communicate(timeout=300)[0].strip() for command in commands}
    first = engine_status(folder)
    assert pids == {str(first.pid)}
    assert first.running and first.keeper_pid and first.address and first.since
    assert first.version and first.version.startswith("5.26.")

    # A killed keeper leaves a server that the next command adopts; a lost state file is no loss either.
    kill(first.keeper_pid)
    assert engine_status(folder).keeper_pid is None
    (folder / "engine.json").unlink()
    with open_store(Target(folder=folder), create=False) as store:
        adopted = engine_status(folder)
        assert adopted.pid == first.pid
        assert adopted.keeper_pid not in (None, first.keeper_pid)

        # A server killed inside a transaction: one sentence, nothing of it stays, and the next verb works.
        def interrupted(transaction: object) -> None:
            transaction.run("CREATE (:Person {id: 'half'})")  # type: ignore[attr-defined]
            kill(adopted.pid)
            transaction.run("CREATE (:Person {id: 'other half'})")  # type: ignore[attr-defined]

        with pytest.raises(StoreError, match="went away in the middle; nothing half-written stays"):
            store.transact(interrupted)
        assert not engine_status(folder).running
        assert people(store) == ["a", "b"]
        again = engine_status(folder)
        assert again.pid != first.pid

        # The state file names a process that is no server of ours: nobody is fooled, nothing is killed.
        state = DataFolder.at(folder).read_state()
        assert state is not None
        text = (folder / "engine.json").read_text().replace(f'"pid": {state.pid}', f'"pid": {os.getpid()}')
        (folder / "engine.json").write_text(text)
        assert engine_status(folder).pid == again.pid
    assert stop_engine(folder)
    assert not engine_status(folder).running
    (folder / "engine.json").write_text(text)
    assert not engine_status(folder).running
    assert not stop_engine(folder)
    assert not (folder / "engine.json").exists()


def test_an_idle_server_stops_by_itself_but_not_under_an_open_connection(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIAMOND_IDLE_MINUTES", "0.05")
    with open_store(Target(folder=folder), create=True) as store:
        time.sleep(6)
        assert people(store) == []
        assert engine_status(folder).running
    wait_until(lambda: not engine_status(folder).running)
    wait_until(lambda: not (folder / "engine.json").exists())
    assert "not used for" in (folder / "keeper.log").read_text()


def test_a_folder_made_again_under_its_server_gets_a_new_one(folder: Path) -> None:
    old = start_engine(folder)
    shutil.rmtree(folder)
    with open_store(Target(folder=folder), create=True) as store:
        assert people(store) == []
    new = engine_status(folder)
    assert new.running and new.pid != old.pid
    assert old.pid is not None
    wait_until(lambda: not psutil.pid_exists(old.pid or 0))


def test_a_server_killed_between_two_verbs_is_started_again_without_a_word(folder: Path) -> None:
    with open_store(Target(folder=folder), create=True) as store:
        store.write("CREATE (:Person {id: 'a'})")
        kill(engine_status(folder).pid)
        assert people(store) == ["a"]


def test_a_folder_in_use_by_another_server_is_said_to_be(folder: Path, tmp_path: Path) -> None:
    DataFolder.at(folder).prepare(create=True)
    other_path = tmp_path / "other"
    other_path.symlink_to(folder)
    foreign = launch(DataFolder(other_path), fetch_jars(), free_port())
    try:
        log = folder / "neo4j" / "logs" / "neo4j.log"
        wait_until(lambda: log.exists() and "Started." in log.read_text(), 180)
        with pytest.raises(StoreError, match=r"is in use by another Neo4j server; stop that one first\.$"):
            open_store(Target(folder=folder), create=True)
        assert foreign.poll() is None
    finally:
        foreign.kill()
        foreign.wait()


def test_a_setting_that_is_no_number_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAMOND_IDLE_MINUTES", "soon")
    with pytest.raises(StoreError, match="DIAMOND_IDLE_MINUTES is 'soon'; it should be a number"):
        open_store(Target(folder=folder), create=True)
