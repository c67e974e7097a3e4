"""What can go wrong, as one tree.

DiamondError
 ├── InputError          the request or a file is wrong              exit 2, HTTP 422
 │    ├── UnknownName    a name or id that nothing has               exit 2, HTTP 422
 │    └── AmbiguousName  a name that several have                    exit 2, HTTP 422
 ├── TimeLimitReached    a query ran into its limit                  exit 1, HTTP 504
 ├── StoreError          the store cannot be reached or started      exit 3, HTTP 503
 ├── ClusterError        a Dask cluster cannot be reached or is lost exit 3, HTTP 503
 ├── NotPermitted        refused on principle                        exit 4, HTTP 403
 └── Unexpected          a fault of the program itself               exit 70, HTTP 500

Every error says in one sentence what, where, and what would be right. The command line and the HTTP
interface print the same document (RFC 9457) from the same attributes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong place of an input: where it is, what stands there, what is wrong with it."""

    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several that a name could have meant."""

    id: str
    name: str


class DiamondError(Exception):
    """The root; never raised itself.

    Parameters
    ----------
    detail
        One sentence for the user.
    errors
        The single wrong places, where there are several or they can be pointed at.
    candidates
        What an ambiguous or misspelt name could have meant.
    """

    kind: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 2

    def __init__(
        self, detail: str, *, errors: Sequence[Fault] = (), candidates: Sequence[Candidate] = ()
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.candidates = tuple(candidates)


class InputError(DiamondError):
    """The request or a file is wrong; nothing was changed."""

    kind, title, status, exit_code = "input", "Wrong input", 422, 2


class UnknownName(InputError):
    """An id or name that nothing in the store has."""

    kind, title, status, exit_code = "unknown-name", "Unknown name", 422, 2


class AmbiguousName(InputError):
    """A name that several have; `candidates` lists them."""

    kind, title, status, exit_code = "ambiguous-name", "Ambiguous name", 422, 2


class TimeLimitReached(DiamondError):
    """A query ran into its time limit."""

    kind, title, status, exit_code = "time-limit", "Time limit reached", 504, 1


class StoreError(DiamondError):
    """The store cannot be reached, started or used."""

    kind, title, status, exit_code = "store", "Store not available", 503, 3


class ClusterError(DiamondError):
    """A Dask cluster cannot be reached, or was lost on the way."""

    kind, title, status, exit_code = "cluster", "Cluster not available", 503, 3


class NotPermitted(DiamondError):
    """Refused on principle, whoever asks."""

    kind, title, status, exit_code = "not-permitted", "Not permitted", 403, 4


class Unexpected(DiamondError):
    """A fault of the program itself; its traceback goes to the log, never into a document."""

    kind, title, status, exit_code = "unexpected", "Something went wrong", 500, 70
