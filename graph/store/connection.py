"""A driver for an address, set up the same way everywhere; and the first login of a new server."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from graph.errors import StoreError

if TYPE_CHECKING:
    from neo4j import Driver

# The driver reports every further try, which without a handler would go to the user's terminal.
logging.getLogger("neo4j").addHandler(logging.NullHandler())

FIRST_PASSWORD = "neo4j"
SECONDS_TO_CONNECT = 10
SECONDS_TO_ANSWER = 15
SECONDS_TO_RETRY = 10


def connect(address: str, username: str | None, password: str | None) -> Driver:
    """Return a driver; it connects at its first use."""
    from neo4j import GraphDatabase, NotificationMinimumSeverity

    return GraphDatabase.driver(
        address,
        auth=None if username is None else (username, password or ""),
        connection_timeout=SECONDS_TO_CONNECT,
        connection_acquisition_timeout=SECONDS_TO_ANSWER,
        max_transaction_retry_time=SECONDS_TO_RETRY,
        notifications_min_severity=NotificationMinimumSeverity.OFF,
        telemetry_disabled=True,
    )


def answers(address: str, username: str, password: str) -> bool:
    """Return whether a server of our own answers a query; give a new one its password first.

    Raises
    ------
    StoreError
        If it knows neither our password nor the one that every new server has.
    """
    from neo4j.exceptions import AuthError, Neo4jError, ServiceUnavailable, SessionExpired

    if not _listens(address):
        return False
    try:
        try:
            _run(address, password, "RETURN 1", "neo4j")
        except AuthError:
            change = f"ALTER CURRENT USER SET PASSWORD FROM '{FIRST_PASSWORD}' TO $password"
            _run(address, FIRST_PASSWORD, change, "system", {"password": password})
            _run(address, password, "RETURN 1", "neo4j")
    except AuthError as error:
        raise StoreError(
            f"The server at {address} does not know the password of its data folder; "
            "another program may have changed it."
        ) from error
    except (ServiceUnavailable, SessionExpired, Neo4jError, OSError):
        return False  # it listens before its databases are up
    return True


def _run(
    address: str, password: str, cypher: Any, database: str, parameters: dict[str, str] | None = None
) -> None:
    with connect(address, "neo4j", password) as driver, driver.session(database=database) as session:
        session.run(cypher, parameters).consume()


def _listens(address: str) -> bool:
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 7687), timeout=2).close()
    except OSError:
        return False
    return True
