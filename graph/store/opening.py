"""Opening a store: connect, see that it is a Neo4j 5 and ours, make the schema before any data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.errors import DiamondError, StoreError
from graph.progress import Progress
from graph.schema import SCHEMA_VERSION, constraint_statements
from graph.store.connection import connect
from graph.store.engine import running
from graph.store.folder import DataFolder
from graph.store.server import serving
from graph.store.session import Connection, Store, Transaction
from graph.store.target import Target

if TYPE_CHECKING:
    from neo4j import Driver

MAJOR_VERSION = "5"

MIGRATIONS: dict[int, tuple[str, ...]] = {}
"""What brings a store from the version before to this one; the schema's statements run afterwards."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """How any Bolt client logs in: with the rights of the store's owner."""

    address: str
    username: str
    password: str


def open_store(target: Target, *, create: bool, progress: Progress | None = None) -> Store:
    """Return the open store, its server started and its schema in place.

    Parameters
    ----------
    create
        Make the data folder if it does not exist.
    progress
        Called with what is being done, how much of it is done, and how much there is.

    Raises
    ------
    StoreError
        If the store cannot be reached or started, is none of ours, or was made by a newer version.
    """

    def connected() -> Connection:
        if target.folder is None:
            return Connection(_log_in(target), lambda: True)
        folder = DataFolder.at(target.folder)
        with running(folder.path, create=create, progress=progress) as state:
            driver = _verified(connect(state.address, *folder.credentials()), target.address)
            return Connection(driver, lambda: serving(folder, state.pid) is not None)

    store = Store(target, connected)
    try:
        _ensure_schema(store)
    except BaseException:
        store.close()
        raise
    return store


def open_source(target: Target) -> Store:
    """Return somebody else's Neo4j, to be read: unlike `open_store`, nothing is created in it.

    Raises
    ------
    StoreError
        It cannot be reached, or is none that we know.
    """
    store = Store(target, lambda: Connection(_log_in(target), lambda: True))
    try:
        store.read("RETURN 1 AS one")
    except BaseException:
        store.close()
        raise
    return store


def credentials(target: Target) -> Credentials:
    """Return how a Bolt client logs in, starting the server of a data folder if need be."""
    if target.folder is None:
        return Credentials(target.address, target.username or "", target.password or "")
    with running(target.folder, create=False) as state:
        return Credentials(state.address, *DataFolder.at(target.folder).credentials())


def _log_in(target: Target) -> Driver:
    """Return a driver for a team's own server."""
    try:
        driver = connect(target.address, target.username, target.password)
    except Exception as error:
        raise _explained(error, target.address) from error
    return _verified(driver, target.address)


def _verified(driver: Driver, address: str) -> Driver:
    """Return the driver if its server answers and is one that we know."""
    try:
        agent = driver.get_server_info().agent
        product, _, version = agent.partition("/")
        if product != "Neo4j" or version.partition(".")[0] != MAJOR_VERSION:
            raise StoreError(f"The server at {address} is {agent}; Diamond needs Neo4j {MAJOR_VERSION}.")
    except BaseException as error:
        driver.close()
        if isinstance(error, Exception):
            raise _explained(error, address) from error
        raise
    return driver


def _explained(error: Exception, address: str) -> DiamondError:
    from graph.store.failures import explained

    return explained(error, address)


def _ensure_schema(store: Store) -> None:
    """Bring the schema to our version, before any data goes in."""
    version = _version(store)
    if version == SCHEMA_VERSION:
        return
    if version is None:
        if not store.is_empty():
            raise StoreError(
                f"{store.target.address} holds data without a schema version, so it is no store of ours; "
                "name an empty database."
            )
        version = SCHEMA_VERSION
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{store.target.address} was made by a newer Diamond (schema version {version}, this one knows "
            f"{SCHEMA_VERSION}); install that version."
        )
    for step in range(version + 1, SCHEMA_VERSION + 1):
        _run_all(store, MIGRATIONS.get(step, ()))
    _run_all(store, constraint_statements())  # schema and data must not share a transaction
    store.write(
        "MERGE (v:SchemaVersion {id: 'schema'}) SET v.version = $version", {"version": SCHEMA_VERSION}
    )


def _version(store: Store) -> int | None:
    found = store.read("MATCH (v:SchemaVersion {id: 'schema'}) RETURN v.version AS version")
    return found[0]["version"] if found else None


def _run_all(store: Store, statements: tuple[str, ...] | list[str]) -> None:
    def work(transaction: Transaction) -> None:
        for statement in statements:
            transaction.run(statement)

    store.transact(work)
