"""Which store is meant: a data folder with a server of its own, or a team's server by its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from graph.errors import InputError

SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


@dataclass(frozen=True, slots=True)
class Target:
    """A data folder, or the address of a server and who logs in there.

    Attributes
    ----------
    folder
        None for a team's own server.
    uri
        None for a data folder.
    username, password
        None where the server asks for none.
    database
        None for the user's home database.
    """

    folder: Path | None = None
    uri: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    database: str | None = None

    @property
    def address(self) -> str:
        """The folder or the address, for messages."""
        return self.uri if self.uri is not None else str(self.folder)


def resolve_target(option: str | None, environ: Mapping[str, str]) -> Target:
    """Return the store that `--store` names; without it NEO4J_URI, else the user's default folder.

    `demo` is the demonstration's folder; a folder called demo is `./demo`.

    Raises
    ------
    InputError
        If an address is not one of Bolt's, or carries a password, which others could then read in the
        list of processes.
    """
    named = option or environ.get("NEO4J_URI")
    if named is None or (option and "://" not in option):
        return Target(folder=_folder(option))
    try:
        parts = urlsplit(named)
        valid = parts.scheme in SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid:
        raise InputError(
            f"{_without_password(named)!r} is not the address of a Neo4j server; "
            "it should look like neo4j://host:7687."
        )
    if parts.username is not None:
        raise InputError(
            f"The address {_without_password(named)} carries a user; "
            "give user and password as NEO4J_USERNAME and NEO4J_PASSWORD."
        )
    password = environ.get("NEO4J_PASSWORD")
    username = environ.get("NEO4J_USERNAME") or (None if password is None else "neo4j")
    return Target(
        uri=named, username=username, password=password, database=environ.get("NEO4J_DATABASE") or None
    )


def _folder(option: str | None) -> Path:
    if option is not None and option != "demo":
        return Path(option).expanduser().resolve()
    from platformdirs import user_data_path

    return user_data_path("diamond") / (option or "default")


def _without_password(address: str) -> str:
    head, at, tail = address.rpartition("@")
    return head.partition("://")[0] + "://…@" + tail if at else address
