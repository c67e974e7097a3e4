"""What others on the machine can see of a server: nothing, and no file of it."""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path

import psutil
import pytest

from graph.errors import StoreError
from graph.store import Store, Target, credentials, engine_status, open_store, resolve_target
from graph.store.folder import DataFolder
from graph.store.server import Printed, why_it_ended


def folder_of(store: Store) -> DataFolder:
    assert store.target.folder is not None
    return DataFolder.at(store.target.folder)


def test_files_with_the_password_and_the_state_are_the_owners_alone(opened_store: Store) -> None:
    folder = folder_of(opened_store)
    for file in (folder.credentials_file, folder.state_file):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    state = json.loads(folder.state_file.read_text())
    assert set(state) == {"pid", "keeper_pid", "port", "credentials", "version", "since"}
    assert not list(folder.path.glob(".*"))  # no half-written file is left


def test_the_password_stands_in_no_argument_list_environment_or_log(opened_store: Store) -> None:
    folder = folder_of(opened_store)
    _, password = folder.credentials()
    assert len(password) >= 24
    status = engine_status(folder.path)
    for pid in (status.pid, status.keeper_pid):
        process = psutil.Process(pid)
        assert password not in " ".join((*process.cmdline(), *process.environ().values()))
    for file in folder.path.rglob("*"):
        if file.is_file() and file != folder.credentials_file:
            assert password.encode() not in file.read_bytes(), file


def test_the_server_listens_on_loopback_only(opened_store: Store) -> None:
    status = engine_status(folder_of(opened_store).path)
    listening = [
        entry.laddr
        for entry in psutil.Process(status.pid).net_connections(kind="inet")
        if entry.status == psutil.CONN_LISTEN
    ]
    assert len(listening) == 1
    assert listening[0].ip in ("127.0.0.1", "::ffff:127.0.0.1")
    assert status.address == f"bolt://127.0.0.1:{listening[0].port}"


def test_credentials_open_the_store_for_any_bolt_client(opened_store: Store) -> None:
    found = credentials(opened_store.target)
    by_address = Target(uri=found.address, username=found.username, password=found.password)
    with open_store(by_address, create=False) as store:
        assert store.read("RETURN 1 AS one") == [{"one": 1}]


def test_the_servers_own_files_cannot_be_loaded(store: Store) -> None:
    from graph.errors import InputError

    with pytest.raises(InputError, match="allow_csv_import_from_file_urls"):
        store.read("LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line")


def test_a_store_that_does_not_exist_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"There is no store in .*nowhere yet; `diamond import` or"):
        open_store(Target(folder=tmp_path / "nowhere"), create=False)
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sir")
    with pytest.raises(StoreError, match=r"holds other files \(letter\.txt\) and is no store of ours"):
        open_store(Target(folder=tmp_path), create=True)
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreError, match="is a file, or lies below one"):
            open_store(Target(folder=path), create=True)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk that holds .* is full"),
        (errno.EROFS, "cannot be written .Read-only file system.; name a folder that you own"),
        (errno.EACCES, "cannot be written .Permission denied.; name a folder that you own"),
    ],
)
def test_a_folder_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, sentence: str
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("graph.store.folder.os.fsync", refuse)
    with pytest.raises(StoreError, match=sentence):
        open_store(Target(folder=tmp_path / "data"), create=True)
    assert list((tmp_path / "data").iterdir()) == []


def test_a_disk_without_room_is_said_to_be_full_before_the_server_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr("graph.store.folder.shutil.disk_usage", lambda path: usage)
    with pytest.raises(StoreError, match=r"The disk that holds .* is full"):
        open_store(Target(folder=tmp_path / "data"), create=True)
    assert not engine_status(tmp_path / "data").running


def test_a_disk_that_fills_up_is_the_reason_given(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from neo4j.exceptions import Neo4jError

    def failing(transaction: object) -> None:
        raise Neo4jError._hydrate_neo4j(
            code="Neo.DatabaseError.Transaction.TransactionCommitFailed", message="Could not append."
        )

    with pytest.raises(StoreError, match="failed: Could not append"):
        store.transact(failing)
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr("graph.store.folder.shutil.disk_usage", lambda path: usage)
    with pytest.raises(StoreError, match=r"The disk that holds .* is full"):
        store.transact(failing)


def test_why_a_server_did_not_start_comes_from_what_it_printed(tmp_path: Path) -> None:
    folder = DataFolder.at(tmp_path)
    for text, sentence in (
        ("java.io.IOException: No space left on device", "is full"),
        ("Lock file has been locked by another process: store_lock", "in use by another Neo4j server"),
        ("ERROR Failed to start Neo4j: the moon is full", "could not be started .* the moon is full"),
        ("", "it left no message"),
    ):
        printed = Printed.from_now(folder)
        with folder.keeper_log.open("a") as log:
            log.write(text + "\n")
        assert sentence.split(" .* ")[-1] in why_it_ended(printed).detail


def test_a_lost_or_damaged_password_file_is_named(tmp_path: Path) -> None:
    folder = DataFolder.at(tmp_path / "data")
    folder.prepare(create=True)
    folder.credentials_file.write_text("{")
    with pytest.raises(StoreError, match=r"password file .*credentials\.json cannot be read"):
        folder.credentials()
    folder.credentials_file.unlink()
    (folder.home / "data" / "databases").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"password file .*credentials\.json is gone"):
        open_store(Target(folder=folder.path), create=True)


def test_the_store_option_and_the_environment_name_the_target(tmp_path: Path) -> None:
    from graph.errors import InputError

    team = {"NEO4J_URI": "neo4j+s://db.example:7687", "NEO4J_PASSWORD": "secret"}
    assert resolve_target(None, team) == Target(
        uri="neo4j+s://db.example:7687", username="neo4j", password="secret"
    )
    assert resolve_target(str(tmp_path), team) == Target(folder=tmp_path)
    default, demo = resolve_target(None, {}), resolve_target("demo", team)
    assert default.folder is not None and demo.folder is not None
    assert (default.folder.name, demo.folder.name) == ("default", "demo")
    assert default.folder.parent == demo.folder.parent
    assert resolve_target("./demo", {}).folder == Path.cwd() / "demo"
    full = team | {"NEO4J_USERNAME": "anna", "NEO4J_DATABASE": "kam"}
    assert resolve_target("bolt://other:7777", full) == Target(
        uri="bolt://other:7777", username="anna", password="secret", database="kam"
    )
    assert "secret" not in repr(resolve_target(None, team))
    for wrong in ("http://db.example", "bolt://", "bolt://host:x"):
        with pytest.raises(InputError, match="not the address of a Neo4j server"):
            resolve_target(wrong, {})
    with pytest.raises(InputError, match="NEO4J_USERNAME and NEO4J_PASSWORD") as caught:
        resolve_target("bolt://anna:topsecret@host", {})
    assert "topsecret" not in caught.value.detail
