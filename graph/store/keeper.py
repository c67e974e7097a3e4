"""The keeper: a small process that owns the server of one data folder for all commands.

`python -m graph.store.keeper FOLDER LOCK` starts the server, changes its first password, writes the state
file, says on standard output in one JSON line that it is ready or why not, and then stays until the
server ends or nobody has used it for DIAMOND_IDLE_MINUTES. With a process id as last argument it adopts a
server whose keeper was killed. It inherits the engine's lock from the command that starts it and holds
it until it is ready, so that a command killed meanwhile does not let a second server in.

In use means: a command opened the store lately (the heartbeat), or a Bolt connection is open. The keeper
stops an idle server only while it holds the engine's lock, so a command that holds it never loses the
server under its hands.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from subprocess import Popen
from typing import Any

import psutil

from graph.errors import DiamondError, StoreError
from graph.store import server
from graph.store.archive import Archive, make_in_background
from graph.store.connection import answers
from graph.store.folder import DataFolder, State, cannot_write, locked
from graph.store.jars import fetch_jars, load_lock

DEFAULT_IDLE_MINUTES = 30.0
ATTEMPTS = 3
PORT_TAKEN = "Address already in use"


def idle_limit(environ: Mapping[str, str] = os.environ) -> timedelta:
    """Return after how long without use a server stops: DIAMOND_IDLE_MINUTES, by default half an hour."""
    text = environ.get("DIAMOND_IDLE_MINUTES") or str(DEFAULT_IDLE_MINUTES)
    try:
        minutes = float(text)
    except ValueError:
        minutes = -1.0
    if not 0 < minutes < 1e6:
        raise StoreError(f"DIAMOND_IDLE_MINUTES is {text!r}; it should be a number of minutes above 0.")
    return timedelta(minutes=minutes)


def start(folder: DataFolder, archive: Archive) -> psutil.Process:
    """Start the server of a data folder and wait until it answers with our password.

    Raises
    ------
    StoreError
        If it cannot be started.
    """
    for attempt in range(1, ATTEMPTS + 1):
        printed = server.Printed.from_now(folder)
        port = server.free_port()
        options = archive.options()
        child = server.launch(folder, archive.jars, port, options)
        try:
            if _becomes_ready(folder, child, port, printed):
                return psutil.Process(child.pid)
        except BaseException:
            child.kill()
            raise
        child.kill()
        code = child.wait()
        if attempt < ATTEMPTS and PORT_TAKEN in printed.text():
            say(f"port {port} was taken meanwhile")
        elif attempt < ATTEMPTS and options and code not in (1, -signal.SIGKILL):
            say(f"Java ended with {code}: trying without the class archive")
            archive.discard()
        else:
            raise server.why_it_ended(printed)
    raise AssertionError("the last attempt returns or raises")


def _becomes_ready(folder: DataFolder, child: Popen[bytes], port: int, printed: server.Printed) -> bool:
    """Wait for the server; return False if it gives up."""
    deadline = time.monotonic() + server.SECONDS_TO_START
    while not answers(f"bolt://127.0.0.1:{port}", *folder.credentials()):
        if child.poll() is not None or server.gave_up(printed):
            return False
        if time.monotonic() > deadline:
            raise StoreError(
                f"Neo4j did not answer within {server.SECONDS_TO_START} s in {folder.path} "
                f"(more in {folder.debug_log})."
            )
        time.sleep(0.1)
    return True


def record(folder: DataFolder, process: psutil.Process) -> State:
    """Write the state file for a running server."""
    port = server.port_of(folder)
    if port is None:
        raise StoreError(
            f"The server of {folder.path} runs (process {process.pid}), but its settings are gone."
        )
    state = State(
        pid=process.pid,
        keeper_pid=os.getpid(),
        port=port,
        credentials=str(folder.credentials_file),
        version=load_lock().version,
        since=server.since(process),
    )
    folder.write_state(state)
    return state


def keep(folder: DataFolder, process: psutil.Process, port: int, limit: timedelta) -> None:
    """Stay until the server ends, and stop it when nobody has used it for as long as the limit says."""
    pause = min(10.0, limit.total_seconds() / 4)
    last_connected = datetime.now(UTC)
    while True:
        with contextlib.suppress(psutil.TimeoutExpired):
            process.wait(pause)
            say("the server ended")
            return
        if not folder.exists:
            say("the data folder is gone")
            process.kill()
            return
        if _connected(process, port):
            last_connected = datetime.now(UTC)
        if datetime.now(UTC) - max(last_connected, folder.last_use()) <= limit:
            continue
        with contextlib.suppress(StoreError), locked(folder.lock, seconds=0, busy="in use"):
            if datetime.now(UTC) - folder.last_use() > limit and not _connected(process, port):
                say(f"not used for {limit}: stopping")
                server.stop(folder, process)
                folder.drop_state()
                return


def _connected(process: psutil.Process, port: int) -> bool:
    try:
        open_now = process.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return True  # a system that does not tell: better to stay than to go
    except psutil.Error:
        return False
    return any(entry.status == psutil.CONN_ESTABLISHED and entry.laddr.port == port for entry in open_now)


def say(text: str) -> None:
    """Write a line to the keeper's log."""
    with contextlib.suppress(OSError):  # a full disk
        print(
            f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} keeper {os.getpid()}: {text}", file=sys.stderr, flush=True
        )


def _report(answer: dict[str, Any]) -> None:
    """Tell the command that started us, which may have been killed meanwhile."""
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(answer), flush=True)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, sys.stdout.fileno())
    os.close(silent)


def main(folder: DataFolder, lock: int, adopt: int | None) -> None:
    """Start or adopt the server, report, hand back the lock, stay."""
    try:
        limit = idle_limit()
        archive = Archive(fetch_jars()) if adopt is None else None
        process = psutil.Process(adopt) if archive is None else start(folder, archive)
        state = record(folder, process)
    except DiamondError as error:
        say(error.detail)
        _report({"error": error.detail})
        return
    except OSError as error:
        _report({"error": cannot_write(error, folder.path).detail})
        return
    except Exception as error:
        _report({"error": f"The keeper of {folder.path} failed: {error!r} (more in {folder.keeper_log})."})
        raise
    say(f"{'adopted' if archive is None else 'started'} the server, process {state.pid} at {state.address}")
    _report({"ready": True})
    os.close(lock)
    if archive is not None and not archive.is_whole():
        make_in_background(folder)
    keep(folder, process, state.port, limit)


if __name__ == "__main__":
    main(DataFolder.at(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if sys.argv[3:] else None)
