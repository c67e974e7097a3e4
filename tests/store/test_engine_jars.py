"""The server's jars: fetched once, checked always, and one sentence for everything that can go wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graph.errors import StoreError
from graph.store import jars as module
from graph.store.jars import Jar, fetch_jars, load_lock
from graph.store.jars import repository as repository_address
from tests.store.serving import Repository, locked_jar, repository

CONTENTS = {f"part-{number}.jar": bytes([number]) * (100_000 + number) for number in range(12)}


@pytest.fixture
def maven() -> Iterator[Repository]:
    with repository() as server:
        for name, content in CONTENTS.items():
            server.files[f"org/example/{name}"] = content
        yield server


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_BETWEEN_ATTEMPTS", 0.01)


def wanted() -> tuple[Jar, ...]:
    return tuple(locked_jar(name, content) for name, content in CONTENTS.items())


def content_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("*.jar")}


def test_the_lock_names_every_jar_with_its_checksum() -> None:
    lock = load_lock()
    assert lock.version.startswith("5.26.")
    assert len(lock.jars) > 200
    assert len({jar.name for jar in lock.jars}) == len(lock.jars)
    assert all(len(bytes.fromhex(jar.sha256)) == 32 and jar.size > 0 for jar in lock.jars)
    assert f"neo4j-{lock.version}.jar" in {jar.name for jar in lock.jars}


def test_jars_come_from_the_repository_once(tmp_path: Path, maven: Repository) -> None:
    told: list[tuple[str, int, int]] = []
    files = fetch_jars(
        tmp_path, jars=wanted(), address=maven.address, progress=lambda *step: told.append(step)
    )
    assert [file.name for file in files] == list(CONTENTS)
    assert content_of(tmp_path) == CONTENTS
    total = sum(map(len, CONTENTS.values()))
    assert told[-1][1:] == (total, total)
    assert [step[1] for step in told] == sorted(step[1] for step in told)
    assert len(maven.asked) == len(CONTENTS)
    fetch_jars(tmp_path, jars=wanted(), address="http://127.0.0.1:9")  # offline: nothing is asked for
    assert len(maven.asked) == len(CONTENTS)


def test_a_corrupt_jar_in_the_cache_is_fetched_anew(tmp_path: Path, maven: Repository) -> None:
    fetch_jars(tmp_path, jars=wanted(), address=maven.address)
    damaged = tmp_path / "part-3.jar"
    damaged.write_bytes(b"\x09" + damaged.read_bytes()[1:])
    maven.asked.clear()
    fetch_jars(tmp_path, jars=wanted(), address=maven.address)
    assert content_of(tmp_path) == CONTENTS
    assert [path for path, _ in maven.asked] == ["org/example/part-3.jar"]


def test_an_interrupted_download_goes_on_where_it_stopped(tmp_path: Path, maven: Repository) -> None:
    jar = wanted()[5]
    maven.break_off_after = 60_000
    fetch_jars(tmp_path, jars=(jar,), address=maven.address)
    assert maven.asked == [(jar.path, None), (jar.path, "bytes=60000-")]
    assert content_of(tmp_path) == {jar.name: CONTENTS[jar.name]}


def test_a_mirror_that_serves_other_bytes_is_refused(tmp_path: Path, maven: Repository) -> None:
    jar = wanted()[2]
    maven.files[jar.path] = b"x" * jar.size
    with pytest.raises(StoreError, match=r"serves another part-2\.jar .*DIAMOND_MAVEN_URL"):
        fetch_jars(tmp_path, jars=wanted(), address=maven.address)
    assert "part-2.jar" not in content_of(tmp_path)


def test_a_jar_that_the_mirror_lacks_is_named(tmp_path: Path, maven: Repository) -> None:
    del maven.files["org/example/part-7.jar"]
    with pytest.raises(StoreError, match=r"part-7\.jar from 127\.0\.0\.1:\d+ \(HTTP 404"):
        fetch_jars(tmp_path, jars=wanted(), address=maven.address)


def test_without_a_network_one_sentence_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"Neo4j is missing in .* could not be fetched.*DIAMOND_MAVEN_URL"):
        fetch_jars(tmp_path, jars=wanted(), address="http://127.0.0.1:9")


def test_a_full_disk_is_said_to_be_full(tmp_path: Path, maven: Repository) -> None:
    jar = wanted()[0]
    (tmp_path / f"{jar.name}.{jar.sha256[:12]}.part").symlink_to("/dev/full")
    with pytest.raises(StoreError, match=r"disk that holds .* is full"):
        fetch_jars(tmp_path, jars=(jar,), address=maven.address)


def test_a_cache_that_cannot_be_made_is_named(tmp_path: Path, maven: Repository) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="is a file, or lies below one"):
        fetch_jars(tmp_path / "file" / "cache", jars=wanted(), address=maven.address)


def test_two_starts_at_once_fetch_each_jar_once(tmp_path: Path, maven: Repository) -> None:
    with ThreadPoolExecutor(3) as pool:
        for result in [
            pool.submit(fetch_jars, tmp_path, jars=wanted(), address=maven.address) for _ in range(3)
        ]:
            assert len(result.result()) == len(CONTENTS)
    assert content_of(tmp_path) == CONTENTS
    assert len(maven.asked) == len(CONTENTS)


def test_a_mirror_can_be_set() -> None:
    assert (
        repository_address({"DIAMOND_MAVEN_URL": "https://maven.example/all/"}) == "https://maven.example/all"
    )
    assert repository_address({}).startswith("https://")


def test_a_first_start_without_jars_and_network_fails_and_names_them(tmp_path: Path) -> None:
    program = (
        "from graph.store import Target, open_store\n"
        "from graph.errors import StoreError\n"
        "from pathlib import Path\n"
        "import sys\n"
        "try:\n"
        "    open_store(Target(folder=Path(sys.argv[1])), create=True)\n"
        "except StoreError as error:\n"
        "    print(error.detail)\n"
    )
    environ = os.environ | {
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "DIAMOND_MAVEN_URL": "http://127.0.0.1:9",
    }
    told = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "data")],
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Neo4j is missing" in told.stdout, told.stderr
    assert told.stdout.count("\n") == 1
