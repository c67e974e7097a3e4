"""What the driver and the server report, as one sentence of ours."""

from __future__ import annotations

import re

from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    ConstraintError,
    DriverError,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from graph.errors import DiamondError, InputError, NotPermitted, StoreError, TimeLimitReached

LOST = (ServiceUnavailable, SessionExpired)
TIMED_OUT = (
    "Neo.ClientError.Transaction.TransactionTimedOut",
    "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
)
OUT_OF_MEMORY = (
    "Neo.TransientError.General.MemoryPoolOutOfMemoryError",
    "Neo.TransientError.General.OutOfMemoryError",
    "Neo.TransientError.General.TransactionMemoryLimit",
    "Neo.TransientError.General.TransactionOutOfMemoryError",
)
WRITE_REFUSED = ("Neo.ClientError.Statement.AccessMode", "Neo.ClientError.Security.Forbidden")
GONE = "Neo.ClientError.Statement.EntityNotFound"  # it was deleted between being found and being used
POSITION = re.compile(r"\s*\(line (\d+), column (\d+) \(offset: \d+\)\)")


def out_of_memory(error: Neo4jError) -> bool:
    """Return whether a transaction was too large, which the driver takes for worth another try."""
    return error.code in OUT_OF_MEMORY


def explained(
    error: Exception, address: str, *, timeout: float | None = None, before: int = 0
) -> DiamondError:
    """Return our error for one of the driver's.

    Parameters
    ----------
    address
        Folder or address of the store, for the sentence.
    timeout
        Time limit that was asked for, in seconds.
    before
        Number of characters that were put before the user's query, to give its own positions.
    """
    if isinstance(error, DiamondError):
        return error
    if isinstance(error, Neo4jError):
        return _from_server(error, address, timeout, before)
    if isinstance(error, LOST):
        return StoreError(
            f"The server at {address} cannot be reached ({_reason(error)}); "
            "check that it runs and that its address is right."
        )
    if isinstance(error, ConfigurationError | ValueError):
        return StoreError(f"{address} cannot be used as the address of a Neo4j server: {first_line(error)}.")
    return StoreError(f"The store {address} failed: {first_line(error)}.")


def interrupted(error: BaseException, address: str) -> StoreError:
    """Return our error for a connection that broke inside a transaction or its commit."""
    if isinstance(error, IncompleteCommit):
        return StoreError(
            f"The server of {address} went away during the commit: the change is wholly in or not at all; "
            "run the command again."
        )
    return StoreError(
        f"The server of {address} went away in the middle; nothing half-written stays: run the command again."
    )


def _from_server(error: Neo4jError, address: str, timeout: float | None, before: int) -> DiamondError:
    code = error.code or ""
    if code in TIMED_OUT:
        limit = "its time limit" if not timeout else f"its time limit of {timeout:g} s"
        return TimeLimitReached(f"The query reached {limit}; narrow it, or allow more with --timeout.")
    if out_of_memory(error):
        return StoreError(
            f"One transaction was too large for the memory of the server of {address}; nothing of it was "
            "kept: import fewer files at once or narrow the query, or use a server of your own with more "
            "memory (NEO4J_URI)."
        )
    if isinstance(error, AuthError):
        return StoreError(
            f"The server at {address} refused the login ({sentence(error)}); "
            "check NEO4J_USERNAME and NEO4J_PASSWORD."
        )
    if code in WRITE_REFUSED:
        return NotPermitted(f"The server refused it: {sentence(error)}.")
    if code == "Neo.ClientError.Database.DatabaseNotFound":
        return StoreError(f"The server at {address} has no such database; check NEO4J_DATABASE.")
    if code == GONE:
        return StoreError(
            "Something else took away what this was about while it was under way; nothing of it was kept: "
            "run it again."
        )
    if isinstance(error, ConstraintError):
        return InputError(f"The store keeps ids unique: {sentence(error)}.")
    if isinstance(error, ClientError) and code.startswith(
        ("Neo.ClientError.Statement", "Neo.ClientError.Procedure", "Neo.ClientError.Request")
    ):
        return InputError(f"The query is wrong: {sentence(error, before)}.")
    return StoreError(f"The store {address} failed: {sentence(error)}.")


def sentence(error: Neo4jError, before: int = 0) -> str:
    """Return the server's message in one line, with the place in the user's text if it names one."""
    text = error.message or str(error)
    found = POSITION.search(text)
    line = " ".join((text[: found.start()] if found else text.partition("\n")[0]).split())
    place = ""
    if found and found[1] != "0":
        column = int(found[2]) - (before if found[1] == "1" else 0)
        place = f" (line {found[1]}, column {max(1, column)})"
    return f"{line.rstrip('.')}{place}"


def _reason(error: BaseException) -> str:
    """Return what the operating system said at the bottom of the driver's errors, else their own words."""
    cause: BaseException | None = error
    while cause is not None:
        error = cause
        cause = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error.__cause__
    if "looks like HTTP" in str(error):
        return "it speaks HTTP, not Bolt"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return first_line(error)


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text without its full stop."""
    text = str(error).strip() or type(error).__name__
    return text.partition("\n")[0].strip().rstrip(".")


__all__ = [
    "LOST",
    "DriverError",
    "Neo4jError",
    "explained",
    "first_line",
    "interrupted",
    "out_of_memory",
    "sentence",
]
