"""A command's workspace and output, opened together."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from api.bootstrap import workspace
from api.cli.output import Output
from api.workspace import Workspace


@contextmanager
def ends_at_once(saying: str = "") -> Iterator[None]:
    """Let Ctrl-C end the process at once: the driver would first wait for the server's answer.

    Only around what reads, or writes in one transaction: the server gives up what nobody waits for.
    """

    def end(*_: object) -> None:
        os.write(2, saying.encode())
        os._exit(130)  # as shells have it

    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def says_if_interrupted(saying: str) -> Iterator[None]:
    """Say on Ctrl-C what became of the command, also before it has begun: while the store starts."""
    try:
        yield
    except KeyboardInterrupt:
        os.write(2, saying.encode())
        raise


@contextmanager
def opened(
    store: str | None, json: bool, quiet: bool, *, create: bool = False
) -> Iterator[tuple[Workspace, Output]]:
    """Open the store, with progress on a terminal while it starts, and the output the options ask for."""
    output = Output(json=json, quiet=quiet)
    with ExitStack() as stack:
        with output.progress() as progress:
            work = stack.enter_context(workspace(store, create=create, progress=progress))
        yield work, output
