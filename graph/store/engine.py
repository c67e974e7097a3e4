"""One engine for many commands: find the server of a data folder, start it if need be, stop it.

Every command comes through here under the folder's lock, so two that start at once start one server, and
the keeper never stops a server that a command has just been promised.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from graph.errors import StoreError
from graph.progress import Progress
from graph.store import server
from graph.store.connection import answers
from graph.store.folder import DataFolder, State, cannot_write, locked
from graph.store.jars import fetch_jars

KEEPER = "graph.store.keeper"
SECONDS_TO_WAIT = 240


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """What runs for a data folder; all None where nothing does."""

    running: bool
    pid: int | None
    keeper_pid: int | None
    address: str | None
    since: datetime | None
    version: str | None
    folder: str


@contextmanager
def running(path: Path, *, create: bool, progress: Progress | None = None) -> Iterator[State]:
    """Make sure that the server of a data folder runs; yield what runs, under the folder's lock.

    Raises
    ------
    StoreError
        If there is no such store and none is to be made, or its server cannot be started.
    """
    folder = DataFolder.at(path)
    folder.prepare(create=create)
    with _locked(folder) as lock:
        folder.touch()
        process = server.find(folder)
        if process is not None and not folder.conf.exists():
            process.kill()  # its folder was deleted under it, and made again
            process = None
        if process is not None and not _answers(folder, process):
            process = None
        if process is None:
            folder.check_room()
            fetch_jars(progress=progress)
            if progress is not None:
                progress("Starting Neo4j", 0, 1)
            _run_keeper(folder, lock)
            if progress is not None:
                progress("Starting Neo4j", 1, 1)
        else:
            state = folder.read_state()
            if state is None or state.pid != process.pid or not _keeps(folder, state.keeper_pid):
                _run_keeper(folder, lock, process.pid)
        state = folder.read_state()
        if state is None:
            raise StoreError(f"The keeper of {folder.path} left no word (more in {folder.keeper_log}).")
        yield state


def start_engine(path: Path, *, progress: Progress | None = None) -> EngineStatus:
    """Start the server of a data folder, making the folder if need be; return what runs."""
    with running(path, create=True, progress=progress):
        return engine_status(path)


def stop_engine(path: Path) -> bool:
    """Stop the server of a data folder; return whether one ran."""
    folder = DataFolder.at(path)
    if not folder.exists:
        return False
    with _locked(folder):
        process = server.find(folder)
        if process is not None:
            server.stop(folder, process)
        folder.drop_state()
        return process is not None


def engine_status(path: Path) -> EngineStatus:
    """Return what runs for a data folder; start nothing."""
    folder = DataFolder.at(path)
    process = server.find(folder) if folder.exists else None
    if process is None:
        return EngineStatus(False, None, None, None, None, None, str(folder.path))
    state = folder.read_state()
    if state is None or state.pid != process.pid:
        port = server.port_of(folder)
        address = None if port is None else f"bolt://127.0.0.1:{port}"
        return EngineStatus(True, process.pid, None, address, server.since(process), None, str(folder.path))
    keeper_pid = state.keeper_pid if _keeps(folder, state.keeper_pid) else None
    return EngineStatus(
        True, process.pid, keeper_pid, state.address, state.since, state.version, str(folder.path)
    )


def _locked(folder: DataFolder) -> AbstractContextManager[int]:
    busy = f"Another command has been busy with the server of {folder.path} for minutes; try again later."
    return locked(folder.lock, seconds=SECONDS_TO_WAIT, busy=busy)


def _answers(folder: DataFolder, process: psutil.Process) -> bool:
    """Wait for a running server, which may still be starting; return False if it ends meanwhile."""
    port = server.port_of(folder)
    deadline = time.monotonic() + server.SECONDS_TO_START
    while port is not None and server.serving(folder, process.pid):
        if answers(f"bolt://127.0.0.1:{port}", *folder.credentials()):
            return True
        folder.check_room()  # a server that ran out of it stays and does not answer
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
    if server.serving(folder, process.pid):
        raise StoreError(
            f"The server of {folder.path} (process {process.pid}) runs but does not answer; "
            "end it with `diamond engine stop` and run the command again."
        )
    return False


def _keeps(folder: DataFolder, pid: int) -> bool:
    """Return whether a process is the keeper of the folder, and not another that got its id."""
    return server.process_with(pid, KEEPER, str(folder.path)) is not None


def _run_keeper(folder: DataFolder, lock: int, adopt: int | None = None) -> None:
    """Start a keeper and wait for its word."""
    command = [sys.executable, "-m", KEEPER, str(folder.path), str(lock)]
    if adopt is not None:
        command.append(str(adopt))
    try:
        log = folder.keeper_log.open("ab")
    except OSError as error:
        raise cannot_write(error, folder.path) from error
    with log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=folder.path,
            start_new_session=True,
            pass_fds=(lock,),
        )
    assert process.stdout is not None
    with process.stdout as answer:
        word = answer.readline()
    if not word:
        raise StoreError(f"The keeper of {folder.path} was ended (more in {folder.keeper_log}).")
    error_text = json.loads(word).get("error")
    if error_text is not None:
        process.wait()
        raise StoreError(error_text)
    # It outlives us on purpose: without this the interpreter would complain that it still runs.
    process.returncode = 0
