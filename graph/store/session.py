"""The store that everything else uses: a few verbs over the driver, and plain values out of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from graph.errors import DiamondError, InputError, StoreError
from graph.store.failures import (
    LOST,
    DriverError,
    Neo4jError,
    explained,
    first_line,
    interrupted,
    out_of_memory,
)
from graph.store.folder import DataFolder
from graph.store.target import Target
from graph.store.values import jsonable, plain

if TYPE_CHECKING:
    from neo4j import Driver, ManagedTransaction, Result

T = TypeVar("T")
Parameters = Mapping[str, Any] | None
BATCH = 2000
EXPLAIN = "EXPLAIN "


@dataclass(frozen=True, slots=True)
class Operator:
    """One step of a query's plan.

    Attributes
    ----------
    depth
        0 for the step that yields the result.
    """

    name: str
    arguments: Mapping[str, Any]
    depth: int


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """How the server would run a query: its type (`r`, `rw`, `w`, `s`) and every operator."""

    query_type: str
    operators: tuple[Operator, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows that JSON can hold; `truncated` if there were more rows than asked for."""

    columns: list[str]
    rows: list[list[Any]]
    truncated: bool


class Transaction:
    """A write transaction that `Store.transact` commits or rolls back as a whole."""

    def __init__(self, transaction: ManagedTransaction) -> None:
        self._transaction = transaction
        self.answered = False

    def run(self, cypher: str, params: Parameters = None) -> list[dict[str, Any]]:
        """Run a statement and return its rows."""
        result = self.result(cypher, params)
        keys = result.keys()
        rows = [dict(zip(keys, map(plain, record.values()), strict=True)) for record in result]
        self.answered = True
        return rows

    def result(self, cypher: str, params: Parameters = None) -> Result:
        """Run a statement and return the driver's own result, for this package."""
        try:
            return self._transaction.run(cypher, dict(params or {}))
        except OverflowError as error:
            raise InputError(
                "A parameter of the query cannot be sent: a whole number in it takes more than 64 bits. "
                "Send it as text."
            ) from error
        except (TypeError, ValueError) as error:
            raise InputError(f"A parameter of the query cannot be sent: {first_line(error)}.") from error

    def batches(self, cypher: str, rows: Iterable[Mapping[str, Any]], size: int = BATCH) -> None:
        """Run a statement that starts with ``UNWIND $rows AS row`` for all rows, `size` at a time."""
        remaining = iter(rows)
        while batch := [dict(row) for row in islice(remaining, size)]:
            self.run(cypher, {"rows": batch})


@dataclass(frozen=True, slots=True)
class Connection:
    """A driver whose server has answered, and how to ask whether that server still runs."""

    driver: Driver
    runs: Callable[[], bool]


class Store:
    """An open store; made by `open_store`.

    Every verb raises a `DiamondError`: `StoreError` if the server is gone, `TimeLimitReached`,
    `InputError` for Cypher that is wrong. After a server went away the next verb finds or starts it again;
    a verb that was interrupted is not repeated once the server has answered it.

    Parameters
    ----------
    target
        What is open.
    connect
        Returns a connection; called again when the server is lost.
    """

    def __init__(self, target: Target, connect: Callable[[], Connection]) -> None:
        self.target = target
        self._connect = connect
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection; the server goes on for the next command."""
        with self._lock:
            self._closed = True
            self._drop()

    def read(self, cypher: str, params: Parameters = None, *, timeout: float = 30.0) -> list[dict[str, Any]]:
        """Run a query that the server forbids to write; return its rows, at most `timeout` seconds later."""
        return self._managed(lambda transaction: transaction.run(cypher, params), "READ", timeout)

    def write(
        self, cypher: str, params: Parameters = None, *, timeout: float | None = None
    ) -> list[dict[str, Any]]:
        """Run a statement in a transaction of its own; without `timeout` the server's limit holds."""
        return self._managed(lambda transaction: transaction.run(cypher, params), "WRITE", timeout)

    def transact(self, work: Callable[[Transaction], T], *, timeout: float = 0) -> T:
        """Run `work` in one transaction: all of it or nothing.

        Parameters
        ----------
        work
            Is called again if the server asks for another try, so it must not use up what it is given.
        timeout
            Seconds; 0 for no limit.
        """
        return self._managed(work, "WRITE", timeout)

    def fetch(self, cypher: str, params: Parameters = None, *, limit: int, timeout: float) -> Table:
        """Run a query that the server forbids to write; return at most `limit` rows for JSON."""

        def work(transaction: Transaction) -> Table:
            result = transaction.result(cypher, params)
            columns = list(result.keys())
            rows = [[jsonable(value) for value in record.values()] for record in islice(result, limit + 1)]
            return Table(columns, rows[:limit], len(rows) > limit)

        return self._managed(work, "READ", timeout)

    def explain(self, cypher: str, params: Parameters = None) -> QueryPlan:
        """Return how the server would run a query, without running it."""

        def work(transaction: Transaction) -> QueryPlan:
            summary = transaction.result(EXPLAIN + cypher, params).consume()
            plan = summary.plan
            return QueryPlan(summary.query_type or "", tuple(_operators(plan, 0)) if plan else ())

        return self._managed(work, "READ", 30.0, before=len(EXPLAIN))

    def is_empty(self) -> bool:
        """Return whether the store holds nothing but its schema."""
        return not self.read("MATCH (n) WHERE NOT n:SchemaVersion RETURN 1 AS one LIMIT 1")

    def clear(self) -> None:
        """Delete everything but the schema, in bounded pieces."""
        piece = "MATCH (n) WHERE NOT n:SchemaVersion WITH n LIMIT 10000 "
        while self.write(piece + "DETACH DELETE n RETURN count(*) AS deleted", timeout=0)[0]["deleted"]:
            pass

    def _managed(
        self, work: Callable[[Transaction], T], mode: str, timeout: float | None, *, before: int = 0
    ) -> T:
        """Run `work` in a managed transaction; once more with a new connection if nothing was answered.

        `before` is the number of characters that were put before the user's text.
        """
        from neo4j import unit_of_work

        attempt: Transaction | None = None

        def guarded(transaction: ManagedTransaction) -> T:
            nonlocal attempt
            attempt = Transaction(transaction)
            try:
                return work(attempt)
            except Neo4jError as error:
                if out_of_memory(error):  # worth no further try, although the driver thinks so
                    raise explained(error, self.target.address) from error
                raise
            except LOST as error:
                raise _Lost from error

        database = "neo4j" if self.target.folder is not None else self.target.database
        for again in (False, True):
            driver = self._connected()
            try:
                with driver.session(database=database, default_access_mode=mode) as session:
                    run = session.execute_read if mode == "READ" else session.execute_write
                    return run(unit_of_work(timeout=timeout)(guarded))
            except (_Lost, *LOST) as error:
                self._forget(driver)
                if again or (attempt is not None and attempt.answered):
                    raise interrupted(error.__cause__ or error, self.target.address) from error
            except (Neo4jError, DriverError) as error:
                raise self._explained(error, timeout, before) from error
        raise AssertionError("the second attempt returns or raises")

    def _explained(self, error: Exception, timeout: float | None, before: int) -> DiamondError:
        found = explained(error, self.target.address, timeout=timeout, before=before)
        if isinstance(found, StoreError) and self.target.folder is not None:
            DataFolder.at(
                self.target.folder
            ).check_room()  # then that is the reason, whatever the server says
        return found

    def _connected(self) -> Driver:
        with self._lock:
            if self._closed:
                raise StoreError("This store is closed.")
            if self._connection is not None and not self._connection.runs():
                self._drop()
            if self._connection is None:
                self._connection = self._connect()
            return self._connection.driver

    def _forget(self, driver: Driver) -> None:
        """Give up a broken driver, unless another thread has put a new one in its place."""
        with self._lock:
            if self._connection is not None and self._connection.driver is driver:
                self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.driver.close()
            self._connection = None


class _Lost(Exception):
    """The connection broke inside a transaction; keeps the driver from trying again at the same address."""


def _operators(plan: Mapping[str, Any], depth: int) -> Iterator[Operator]:
    name = str(plan["operatorType"]).partition("@")[0]
    yield Operator(name, dict(plan.get("args") or {}), depth)
    for child in plan.get("children") or ():
        yield from _operators(child, depth + 1)
