"""A data folder: what lies where in it, who may read it, and who may change it at a time.

FOLDER/store.json         says that the folder is ours; written before anything else
FOLDER/credentials.json   user and random password of its server, mode 0600
FOLDER/engine.json        the running server, mode 0600; may be stale, never trusted alone
FOLDER/engine.lock        held while a server is started, found or stopped
FOLDER/heartbeat          touched by every command that opens the store
FOLDER/keeper.log         what the keeper did
FOLDER/neo4j/             home of the server: conf, data, logs
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from graph.errors import StoreError

USERNAME = "neo4j"
FORMAT = 1
ROOM = 20_000_000
SECONDS_TO_MAKE = 240.0  # another command may start the server of the store that it makes


@dataclass(frozen=True, slots=True)
class State:
    """What the keeper wrote about the server it started.

    Attributes
    ----------
    pid, keeper_pid
        Process ids of the server and of its keeper.
    port
        Of Bolt, on loopback.
    credentials
        File with user and password.
    version
        Of Neo4j.
    since
        When the server was started, UTC.
    """

    pid: int
    keeper_pid: int
    port: int
    credentials: str
    version: str
    since: datetime

    @property
    def address(self) -> str:
        """The Bolt address."""
        return f"bolt://127.0.0.1:{self.port}"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The paths and files of one data folder."""

    path: Path

    @classmethod
    def at(cls, path: Path | str) -> DataFolder:
        """Return the data folder at a path, made absolute so that every command names it alike."""
        return cls(Path(path).expanduser().resolve())

    @property
    def home(self) -> Path:
        """Home folder of the server."""
        return self.path / "neo4j"

    @property
    def conf(self) -> Path:
        """The server's configuration file."""
        return self.home / "conf" / "neo4j.conf"

    @property
    def debug_log(self) -> Path:
        """Where the server says what it does."""
        return self.home / "logs" / "debug.log"

    @property
    def keeper_log(self) -> Path:
        """Where the keeper says what it does, and the server what it prints."""
        return self.path / "keeper.log"

    @property
    def lock(self) -> Path:
        """Held while a server is started, found or stopped."""
        return self.path / "engine.lock"

    @property
    def credentials_file(self) -> Path:
        """User and password of the server."""
        return self.path / "credentials.json"

    @property
    def state_file(self) -> Path:
        """What runs, if it still does."""
        return self.path / "engine.json"

    @property
    def marker(self) -> Path:
        """Says that the folder is ours."""
        return self.path / "store.json"

    @property
    def exists(self) -> bool:
        """Whether a store was ever made here."""
        return self.marker.is_file()

    def prepare(self, *, create: bool) -> None:
        """Make sure that the folder is a store of ours, and make it one if `create`.

        Raises
        ------
        StoreError
            If there is no such folder and none is to be made, if it holds something else, or if it
            cannot be written.
        """
        if not self.exists and not create:
            raise StoreError(
                f"There is no store in {self.path} yet; `diamond import` or `diamond engine start` makes one."
            )
        try:
            if not self.exists:
                self._create()
            if not os.access(self.path, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, "read-only", str(self.path))
            if not self.credentials_file.is_file():
                busy = f"Another command makes the store in {self.path} just now; run this one again."
                with locked(self.lock, seconds=SECONDS_TO_MAKE, busy=busy):
                    self._make_credentials()
        except OSError as error:
            raise cannot_write(error, self.path) from error

    def _create(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Another command may be making the same store just now; its unfinished files begin with a dot.
        ours = (self.lock.name, self.marker.name, self.credentials_file.name)
        strangers = sorted(
            entry.name for entry in self.path.iterdir() if not entry.name.lstrip(".").startswith(ours)
        )
        if strangers and not self.exists:  # or else that command has come further in the meantime
            raise StoreError(
                f"{self.path} holds other files ({strangers[0]}) and is no store of ours; "
                "name a new or an empty folder."
            )
        write_private(self.marker, {"format": FORMAT})

    def _make_credentials(self) -> None:
        """Write user and password, unless whoever held the lock before has: its server knows those."""
        if self.credentials_file.is_file():
            return
        if (self.home / "data" / "databases").is_dir():
            raise StoreError(
                f"The password file {self.credentials_file} is gone, and without it the data beside "
                "it cannot be opened; put the file back."
            )
        write_private(self.credentials_file, {"username": USERNAME, "password": secrets.token_urlsafe(24)})

    def check_room(self) -> None:
        """Raise a `StoreError` if the disk has too little room for the server to work."""
        if shutil.disk_usage(self.path).free < ROOM:
            raise cannot_write(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), self.path)

    def credentials(self) -> tuple[str, str]:
        """Return user and password of the server.

        Raises
        ------
        StoreError
            If the file is missing or damaged.
        """
        try:
            entry = json.loads(self.credentials_file.read_text(encoding="utf-8"))
            return str(entry["username"]), str(entry["password"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"The password file {self.credentials_file} cannot be read ({error}); put it back."
            ) from error

    def read_state(self) -> State | None:
        """Return what the state file says, or None if there is none or it makes no sense."""
        try:
            entry = json.loads(self.state_file.read_text(encoding="utf-8"))
            entry["since"] = datetime.fromisoformat(entry["since"])
            return State(**entry)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write_state(self, state: State) -> None:
        """Write the state file."""
        write_private(self.state_file, asdict(state) | {"since": state.since.isoformat()})

    def drop_state(self) -> None:
        """Remove the state file."""
        self.state_file.unlink(missing_ok=True)

    def touch(self) -> None:
        """Tell the keeper that the store is in use."""
        try:
            (self.path / "heartbeat").touch()
        except OSError as error:
            raise cannot_write(error, self.path) from error

    def last_use(self) -> datetime:
        """Return when a command last opened the store, UTC."""
        try:
            seconds = (self.path / "heartbeat").stat().st_mtime
        except OSError:
            seconds = 0.0
        return datetime.fromtimestamp(seconds, UTC)


def write_private(path: Path, entry: dict[str, object]) -> None:
    """Write a JSON file that only its owner can read, whole or not at all."""
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:  # a temporary file has mode 0600 from the start
        try:
            json.dump(entry, file)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def cannot_write(error: OSError, folder: Path) -> StoreError:
    """Say in one sentence why a file could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError(f"The disk that holds {folder} is full; free some space and run the command again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(f"{folder} cannot be written ({error.strerror}); name a folder that you own.")
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return StoreError(f"{folder} is a file, or lies below one; name a folder.")
    return StoreError(f"{folder} cannot be used: {error.strerror or error}.")


@contextmanager
def locked(path: Path, *, seconds: float, busy: str) -> Iterator[int]:
    """Hold a file lock; it goes with the process, so a killed one leaves nothing to clean up.

    Parameters
    ----------
    seconds
        How long to wait for another holder.
    busy
        What to say if it still holds the lock then.

    Raises
    ------
    StoreError
        If the lock is not free in time, or its file cannot be written.
    """
    try:
        file = path.open("a", encoding="utf-8")
    except OSError as error:
        raise cannot_write(error, path.parent) from error
    with file:
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise StoreError(busy) from None
                time.sleep(0.05)
        yield file.fileno()
