"""The server's jars: by a lock file with checksums, from Maven Central or a mirror, kept in a cache.

The cache is shared by all data folders of a user. A jar is written under a name of its own and renamed
once its checksum holds, so what has its proper name is whole; an interrupted download goes on where it
stopped.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import ssl
import tomllib
import urllib.error
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

from graph.errors import StoreError
from graph.progress import Progress
from graph.store.folder import cannot_write, locked

LOCK_FILE = Path(__file__).with_name("neo4j.lock.toml")
THREADS = 8
ATTEMPTS = 3
SECONDS_TO_ANSWER = 30
SECONDS_BETWEEN_ATTEMPTS = 0.5
PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class Jar:
    """One locked jar: its path in a Maven repository, its checksum, its size in bytes."""

    path: str
    sha256: str
    size: int

    @property
    def name(self) -> str:
        """File name, unique in the lock."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Lock:
    """The version of Neo4j and every jar that it needs."""

    version: str
    jars: tuple[Jar, ...]


@cache
def load_lock(file: Path = LOCK_FILE) -> Lock:
    """Return the lock file's content."""
    entry = tomllib.loads(file.read_text(encoding="utf-8"))
    jars = [Jar(path, jar["sha256"], jar["size"]) for path, jar in entry["jars"].items()]
    # By name: Java refuses a class archive where a jar comes before one whose manifest names it.
    return Lock(entry["neo4j"], tuple(sorted(jars, key=lambda jar: jar.name)))


def cache_folder() -> Path:
    """Return the user's cache folder for the server's files."""
    from platformdirs import user_cache_path

    return user_cache_path("diamond") / f"neo4j-{load_lock().version}"


def repository(environ: Mapping[str, str] = os.environ) -> str:
    """Return the address of the Maven repository: DIAMOND_MAVEN_URL, else Maven Central."""
    from jgo.constants import MAVEN_CENTRAL_URL

    address: str = environ.get("DIAMOND_MAVEN_URL") or MAVEN_CENTRAL_URL
    return address.rstrip("/")


def fetch_jars(
    folder: Path | None = None,
    *,
    jars: tuple[Jar, ...] | None = None,
    address: str | None = None,
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Return the server's jars on disk, each with the checksum of the lock; fetch what is not there.

    Parameters
    ----------
    folder
        Where they are kept, by default the user's cache.
    jars
        Which, by default those of the lock file.
    address
        Repository to fetch from, by default `repository()`.

    Raises
    ------
    StoreError
        If the repository cannot be reached or serves other bytes, or the folder cannot be written.
    """
    folder = cache_folder() if folder is None else folder
    jars = load_lock().jars if jars is None else jars
    if _missing(folder, jars):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(error, folder) from error
        busy = (
            f"Another command has been fetching Neo4j into {folder} for half an hour; end it and try again."
        )
        with locked(folder / "fetch.lock", seconds=1800, busy=busy):
            missing = _missing(folder, jars)  # another command may have fetched them while we waited
            if missing:
                _fetch_all(folder, missing, repository() if address is None else address, progress)
    return tuple(folder / jar.name for jar in jars)


def _missing(folder: Path, jars: tuple[Jar, ...]) -> list[Jar]:
    with ThreadPoolExecutor(THREADS) as pool:
        whole = pool.map(lambda jar: _is_whole(folder / jar.name, jar), jars)
        return [jar for jar, there in zip(jars, whole, strict=True) if not there]


def _is_whole(path: Path, jar: Jar) -> bool:
    try:
        if path.stat().st_size != jar.size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256
    except OSError:
        return False


def _fetch_all(folder: Path, jars: list[Jar], address: str, progress: Progress | None) -> None:
    stop = Event()
    total = sum(jar.size for jar in jars)
    done = 0
    context = _certificates() if address.startswith("https:") else None
    with ThreadPoolExecutor(THREADS) as pool:
        tasks = [pool.submit(_fetch, folder, jar, address, context, stop) for jar in jars]
        try:
            for task in as_completed(tasks):
                done += task.result()
                if progress is not None:
                    progress("Fetching Neo4j", done, total)
        except BaseException:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _fetch(folder: Path, jar: Jar, address: str, context: ssl.SSLContext | None, stop: Event) -> int:
    """Fetch one jar and return its size."""
    partial = folder / f"{jar.name}.{jar.sha256[:12]}.part"
    source = f"{address}/{jar.path}"
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _go_on(source, jar, partial, context, stop)
            if stop.is_set():
                return 0
            if _is_whole(partial, jar):
                partial.replace(folder / jar.name)
                return jar.size
            partial.unlink()
        except (
            http.client.HTTPException,
            TimeoutError,
            ConnectionError,
            ssl.SSLError,
            urllib.error.URLError,
        ) as error:
            final = False
            if isinstance(error, urllib.error.HTTPError):
                error.close()
                final = error.code in (401, 403, 404, 407)
            if final or attempt == ATTEMPTS:
                raise _not_fetched(jar, address, folder, error) from error
            stop.wait(SECONDS_BETWEEN_ATTEMPTS * 2**attempt)
        except OSError as error:
            raise cannot_write(error, folder) from error
    raise StoreError(
        f"{urlsplit(address).netloc} serves another {jar.name} than the lock file asks for "
        f"(SHA-256 {jar.sha256[:12]}…); set DIAMOND_MAVEN_URL to a faithful mirror of Maven Central."
    )


def _go_on(source: str, jar: Jar, partial: Path, context: ssl.SSLContext | None, stop: Event) -> None:
    """Bring a partial file to its end, from where it stands if the server can do that."""
    there = partial.stat().st_size if partial.exists() else 0
    if there >= jar.size:
        return
    request = urllib.request.Request(source, headers={"User-Agent": "diamond-kam"})
    if there:
        request.add_header("Range", f"bytes={there}-")
    with (
        urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER, context=context) as answer,
        partial.open("ab" if answer.status == 206 else "wb") as file,
    ):
        while not stop.is_set() and (piece := answer.read(PIECE)):
            file.write(piece)
    if not stop.is_set() and partial.stat().st_size < jar.size:
        raise http.client.IncompleteRead(b"", jar.size - partial.stat().st_size)


def _not_fetched(jar: Jar, address: str, folder: Path, error: Exception) -> StoreError:
    if isinstance(error, urllib.error.HTTPError):
        reason = f"HTTP {error.code} {error.reason}"
    elif isinstance(error, urllib.error.URLError):
        reason = str(error.reason)
    else:
        reason = str(error) or type(error).__name__
    return StoreError(
        f"Neo4j is missing in {folder} and could not be fetched: {jar.name} from "
        f"{urlsplit(address).netloc or address} ({reason}); connect to the network once, "
        "or set DIAMOND_MAVEN_URL to a mirror of Maven Central."
    )


def _certificates() -> ssl.SSLContext:
    """Trust what the system trusts, what pip was told to trust, and Mozilla's list.

    Some Python builds come without any certificates, and behind a company's proxy those of the system
    are often not enough.
    """
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(cafile=certifi.where())
    for setting in ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        file = os.environ.get(setting)
        if file and Path(file).is_file():
            context.load_verify_locations(cafile=file)
    return context
