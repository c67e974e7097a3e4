"""HiGHS prints a line of its own now and then, past its settings; standard output belongs to the result."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_running = 0
_saved: int | None = None


@contextmanager
def output_to_standard_error() -> Iterator[None]:
    """Send what compiled code prints to standard error; several threads may do so at once."""
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _running, _saved
    with _lock:
        _running += 1
        if _running == 1:
            sys.stdout.flush()
            _saved = os.dup(1)
            os.dup2(2, 1)


def _leave() -> None:
    global _running, _saved
    with _lock:
        _running -= 1
        if _running == 0 and _saved is not None:
            # The C library holds back what was printed to a pipe until its buffer is full.
            ctypes.CDLL(None).fflush(None)
            os.dup2(_saved, 1)
            os.close(_saved)
            _saved = None
