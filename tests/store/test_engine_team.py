"""A team's own server by its address: a second self-started one, and what can be wrong with an address."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread

import pytest

from graph.errors import StoreError
from graph.store import Store, Target, credentials, open_store
from graph.store.server import free_port


@pytest.fixture
def team(store: Store) -> Target:
    """Return the emptied test server as a team's: by its address, without its folder."""
    found = credentials(store.target)
    return Target(uri=found.address, username=found.username, password=found.password)


@contextmanager
def proxy(target: Target, replace_bytes: tuple[bytes, bytes]) -> Iterator[Target]:
    """Pass a server's answers on with some bytes replaced."""
    assert target.uri is not None
    upstream = ("127.0.0.1", int(target.uri.rpartition(":")[2]))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def serve() -> None:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client, socket.create_connection(upstream) as behind:
                answers = Thread(target=copy, args=(behind, client, replace_bytes))
                answers.start()
                copy(client, behind, (b"", b""))
                behind.shutdown(socket.SHUT_RDWR)
                answers.join()

        thread = Thread(target=serve)
        thread.start()
        try:
            yield replace(target, uri=f"bolt://127.0.0.1:{port}")
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def copy(source: socket.socket, sink: socket.socket, replaced: tuple[bytes, bytes]) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data.replace(*replaced) if replaced[0] else data)
    except OSError:
        return


def test_a_team_server_is_used_like_a_folder(team: Target) -> None:
    with open_store(team, create=False) as store:
        store.write("CREATE (:Person {id: 'a'})")
        assert store.read("MATCH (p:Person) RETURN p.id AS id") == [{"id": "a"}]
        assert not store.is_empty()
    named = replace(team, database="neo4j", uri=str(team.uri).replace("bolt://", "neo4j://"))
    with open_store(named, create=False) as store:
        assert not store.is_empty()


def test_a_wrong_password_is_one_sentence(team: Target) -> None:
    with pytest.raises(
        StoreError, match=r"refused the login .* NEO4J_USERNAME and NEO4J_PASSWORD\.$"
    ) as caught:
        open_store(replace(team, password="guess-what"), create=False)
    assert "guess-what" not in caught.value.detail
    with pytest.raises(StoreError, match="refused the login"):
        open_store(replace(team, username=None, password=None), create=False)


def test_a_server_that_is_not_there_is_one_sentence() -> None:
    for scheme in ("bolt", "neo4j", "bolt+s"):
        target = Target(uri=f"{scheme}://127.0.0.1:{free_port()}", username="neo4j", password="secret")
        with pytest.raises(StoreError, match=r"cannot be reached \(Connection refused\); check"):
            open_store(target, create=False)


def test_a_host_without_a_name_is_one_sentence() -> None:
    with pytest.raises(StoreError, match="cannot be reached"):
        open_store(Target(uri="neo4j://nowhere.invalid:7687"), create=False)


def test_a_server_that_is_no_neo4j_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            client, _ = listener.accept()
            with client:
                client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = Thread(target=serve)
        thread.start()
        target = Target(uri=f"bolt://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(
            StoreError, match=r"cannot be reached .it speaks HTTP, not Bolt.; check that"
        ) as caught:
            open_store(target, create=False)
        assert "\n" not in caught.value.detail
        thread.join()


def test_a_neo4j_of_another_generation_is_refused(team: Target) -> None:
    with (
        proxy(team, (b"Neo4j/5.", b"Neo4j/4.")) as old,
        pytest.raises(StoreError, match=r"is Neo4j/4\.26\.20; Diamond needs Neo4j 5\.$"),
    ):
        open_store(old, create=False)


def test_a_database_that_is_not_there_is_one_sentence(team: Target) -> None:
    with pytest.raises(StoreError, match="has no such database; check NEO4J_DATABASE"):
        open_store(replace(team, database="nosuchdb"), create=False)
