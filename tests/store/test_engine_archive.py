"""The class archive is a help, never a risk; and what a start does when its first attempt fails."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from graph.errors import StoreError
from graph.store import archive as archives
from graph.store import keeper, server
from graph.store.archive import Archive
from graph.store.folder import DataFolder


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """Return a whole archive of two small files beside one jar."""
    monkeypatch.setattr(archives, "cache_folder", lambda: tmp_path / "cache")
    jar = tmp_path / "a.jar"
    jar.write_bytes(b"jar")
    made = Archive((jar,))
    made.folder.mkdir(parents=True)
    made.base.write_bytes(b"java's classes")
    made.file.write_bytes(b"the server's classes")
    made.checksums.write_text(json.dumps(archives._digests(made.base, made.file)))
    return made


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder.at(tmp_path / "data")
    made.prepare(create=True)
    return made


def test_a_whole_archive_is_used_and_a_damaged_one_is_not(archive: Archive) -> None:
    assert archive.options() == [f"-XX:SharedArchiveFile={archive.file}"]
    archive.base.write_bytes(b"java's classeS")
    assert archive.options() == []
    archive.discard()
    assert archive.options() == []


def test_another_jar_has_another_archive(archive: Archive) -> None:
    (jar,) = archive.jars
    jar.write_bytes(b"another jar")
    assert Archive((jar,)).folder != archive.folder
    assert Archive((jar,)).options() == []


def attempts(
    monkeypatch: pytest.MonkeyPatch, folder: DataFolder, first: str
) -> tuple[list[tuple[int, tuple[str, ...]]], list[subprocess.Popen[bytes]]]:
    """Put a shell in the server's place that does `first` at the first attempt and sleeps at the second."""
    seen: list[tuple[int, tuple[str, ...]]] = []
    children: list[subprocess.Popen[bytes]] = []

    def launch(
        folder: DataFolder, jars: tuple[Path, ...], port: int, more: Sequence[str]
    ) -> subprocess.Popen[bytes]:
        seen.append((port, tuple(more)))
        with folder.keeper_log.open("ab") as log:
            children.append(
                subprocess.Popen(["sh", "-c", first if len(seen) == 1 else "sleep 60"], stdout=log)
            )
        return children[-1]

    def ready(folder: DataFolder, child: subprocess.Popen[bytes], port: int, printed: server.Printed) -> bool:
        time.sleep(0.5)
        return child.poll() is None

    monkeypatch.setattr(server, "launch", launch)
    monkeypatch.setattr(keeper, "_becomes_ready", ready)
    return seen, children


@pytest.mark.parametrize(
    ("first", "kept"), [("kill -SEGV $$", False), ("echo Address already in use; exit 1", True)]
)
def test_a_start_that_fails_for_a_reason_that_can_be_mended_is_tried_again(
    archive: Archive, folder: DataFolder, monkeypatch: pytest.MonkeyPatch, first: str, kept: bool
) -> None:
    seen, children = attempts(monkeypatch, folder, first)
    try:
        assert keeper.start(folder, archive).pid == children[1].pid
    finally:
        for child in children:
            child.kill()
            child.wait()
    assert [bool(options) for _, options in seen] == [True, kept]
    assert archive.is_whole() == kept


def test_a_start_that_fails_otherwise_says_why(
    archive: Archive, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, _ = attempts(monkeypatch, folder, "echo ERROR it is Monday; exit 1")
    with pytest.raises(StoreError, match=r"could not be started in .*ERROR it is Monday"):
        keeper.start(folder, archive)
    assert len(seen) == 1
