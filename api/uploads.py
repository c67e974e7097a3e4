"""Uploaded files: how large they may be, where they lie meanwhile, and that none of them stays behind.

A preview holds its files, so that the import after it is of the very same bytes. They lie in a folder that
only this user can read, until they are imported, put away or forgotten.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import tempfile
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Request, UploadFile
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import HttpFault
from api.verbs import import_
from api.workspace import Result, Workspace
from graph.errors import InputError
from graph.progress import Progress

if TYPE_CHECKING:
    from graph.imports import ImportReport

LARGEST = 200_000_000  # bytes of one request, all its files together
LONGEST_NAME = 200  # bytes of a file's name
HELD = 4  # previews whose files are kept
HELD_FOR = 3600.0  # s


@dataclass(frozen=True)
class Received:
    """Files of one request, and how they are to be read."""

    folder: tempfile.TemporaryDirectory[str]
    files: tuple[Path, ...]
    mapping: Path | None = None
    dates: str | None = None
    dialect: str = "auto"
    ours: str | None = None
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    def remove(self) -> None:
        """Remove the files."""
        self.folder.cleanup()


def receive(
    files: Sequence[UploadFile],
    mapping: UploadFile | None = None,
    *,
    dates: str | None = None,
    dialect: str = "auto",
    ours: str | None = None,
) -> Received:
    """Write uploaded files into a folder of their own; the caller removes them.

    Raises
    ------
    InputError
        One has no usable name, or two have the same.
    """
    names = [file_name(one, "files") for one in files]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"Two files are called {twice[0]}: give each its own name.")
    called = file_name(mapping, "mapping") if mapping is not None else None
    folder = tempfile.TemporaryDirectory(prefix="diamond-upload-")
    try:
        inside = Path(folder.name) / "files"
        inside.mkdir()
        for name, one in zip(names, files, strict=True):
            _write(inside / name, one)
        mapped = None
        if mapping is not None and called is not None:
            beside = Path(folder.name) / "mapping"
            beside.mkdir()
            mapped = beside / called
            _write(mapped, mapping)
        return Received(folder, tuple(inside / name for name in names), mapped, dates, dialect, ours)
    except BaseException:
        folder.cleanup()
        raise


def import_received(
    work: Workspace, found: Received, *, dry_run: bool, progress: Progress | None = None
) -> Result[ImportReport]:
    """Bring received files in, or say what would happen."""
    return import_(
        work,
        found.files,
        mapping=found.mapping,
        dates=found.dates,
        dialect=found.dialect,
        ours=found.ours,
        dry_run=dry_run,
        progress=progress,
    )


@contextmanager
def received(
    files: Sequence[UploadFile],
    mapping: UploadFile | None = None,
    *,
    dates: str | None = None,
    dialect: str = "auto",
    ours: str | None = None,
) -> Iterator[Received]:
    """Have uploaded files in a folder for as long as they are needed."""
    found = receive(files, mapping, dates=dates, dialect=dialect, ours=ours)
    try:
        yield found
    finally:
        found.remove()


def file_name(upload: UploadFile, part: str) -> str:
    """Return the name of an uploaded file without any folder.

    Raises
    ------
    InputError
        Nothing that can be a file's name is left.
    """
    name = (upload.filename or "").replace("\\", "/").rpartition("/")[2]
    if not name or not _is_usable(name):
        raise InputError(f"A file under {part} needs a name such as people.csv, found {upload.filename!a}.")
    return name


def _is_usable(name: str) -> bool:
    try:
        fits = len(name.encode()) <= LONGEST_NAME
    except UnicodeEncodeError:
        return False
    return (
        fits
        and not name.startswith((".", "~$"))
        and not any(unicodedata.category(char) == "Cc" for char in name)
    )


def _write(path: Path, upload: UploadFile) -> None:
    with path.open("wb") as target:
        shutil.copyfileobj(upload.file, target)


class Uploads:
    """The files of previews that were shown and may be imported; each set for an hour at the most."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, tuple[Received, threading.Timer]] = OrderedDict()
        self._lock = threading.Lock()

    def hold(self, one: Received) -> None:
        """Keep files until they are taken; the oldest make room."""
        clock = threading.Timer(HELD_FOR, self._drop, [one.id])
        clock.daemon = True
        clock.start()
        with self._lock:
            self._held[one.id] = one, clock
            oldest = list(self._held)[:-HELD]
        for id_ in oldest:
            self._drop(id_)

    def take(self, id_: str) -> Received:
        """Hand files over; whoever takes them removes them.

        Raises
        ------
        InputError
            They are not kept any more.
        """
        found = self._pop(id_)
        if found is None:
            raise InputError("The files of this preview are not kept any more: choose them and preview.")
        return found

    def close(self) -> None:
        """Remove whatever is held."""
        for id_ in list(self._held):
            self._drop(id_)

    def _pop(self, id_: str) -> Received | None:
        with self._lock:
            found, clock = self._held.pop(id_, (None, None))
        if clock is not None:
            clock.cancel()
        return found

    def _drop(self, id_: str) -> None:
        found = self._pop(id_)
        if found is not None:
            found.remove()


class LimitedBody:
    """Middleware that takes no more than `LARGEST` bytes of a request.

    Parameters
    ----------
    page
        Answers the error.
    """

    def __init__(self, app: ASGIApp, page: Callable[[Exception, Request], Response]) -> None:
        self.app = app
        self.page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        taken, ended, started = 0, False, False

        async def read() -> Message:
            nonlocal taken, ended
            message = await receive()
            taken += len(message.get("body", b""))
            ended = not message.get("more_body", False)
            return message

        async def count() -> Message:
            message = await read()
            if taken > LARGEST:
                raise _TooLarge
            return message

        async def answer(message: Message) -> None:
            # What an endpoint makes of a body that was cut off is no answer.
            nonlocal started
            if taken <= LARGEST or started:
                started = True
                await send(message)

        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdigit() or int(declared) <= LARGEST:
            with contextlib.suppress(_TooLarge):
                await self.app(scope, count, answer)
            if taken <= LARGEST or started:
                return
        # A browser shows the answer only where its whole request was read.
        while not ended:
            await read()
        fault = HttpFault(
            413,
            f"The files together are larger than {LARGEST / 1e6:g} MB, the most that a request may have. "
            "The command line takes larger ones: diamond import.",
        )
        await self.page(fault, Request(scope))(scope, receive, send)


class _TooLarge(Exception):
    """Ends the reading of a body."""
