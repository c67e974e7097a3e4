"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from graph.errors import InputError


def write_file(path: Path, data: bytes) -> None:
    """Write a file by way of a temporary one beside it, so that nothing half-written is ever found.

    Raises
    ------
    InputError
        The folder does not exist or cannot be written to.
    """
    if path.is_dir():
        raise InputError(f"--out {path} is a folder; name a file.")
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    except OSError as error:
        raise InputError(f"--out {path} cannot be written: {error.strerror}.") from None
    os.close(handle)
    temporary = Path(name)
    try:
        temporary.write_bytes(data)
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise InputError(f"--out {path} cannot be written: {error.strerror}.") from None
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
