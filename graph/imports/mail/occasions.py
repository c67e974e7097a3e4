"""What a mail log or a calendar tells of one message or meeting, before anybody decides what it is worth."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

# Reasons why a reader gives no touchpoint, as the report words them.
AUTOMATIC = "automatic replies and bounces"
BULK = "newsletters and other bulk mail"
UNSENT = "drafts, spam and chats"
CANCELLED = "cancelled"
ALL_DAY = "for whole days"
PRIVATE = "private"
ALONE = "without anybody else"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody as a header names them.

    Attributes
    ----------
    address
        In comparable form; `written` as it stands there.
    name
        The display name, empty where there is none.
    """

    address: str
    name: str = ""
    written: str = field(default="", compare=False)


@dataclass(slots=True)
class Occasion:
    """One message, or one date of a calendar entry.

    Attributes
    ----------
    row
        Number of the message or entry in its file, from 1 on.
    key
        What tells it from all others in any file: message id, or uid and start.
    others
        To whom it went, or who was invited, without the sender.
    left
        Why it is no touchpoint, whoever took part.
    root
        Key of the message that the thread started with, where headers tell; `replies` where it is an answer.
    version
        Of a calendar entry; the highest of one key counts.
    """

    row: int
    key: str
    kind: str
    on: date
    at: datetime | None
    sender: Party
    others: tuple[Party, ...]
    minutes: float | None = None
    subject: str = ""
    left: str | None = None
    root: str | None = None
    replies: bool = False
    version: tuple[int, str] = (0, "")


@dataclass(frozen=True, slots=True)
class Odd:
    """A message or entry that cannot be used: which column holds what, and of which kind the finding is."""

    row: int
    column: str
    value: str
    kind: Literal["malformed", "future"] = "malformed"
    key: str = ""


@dataclass(frozen=True, slots=True)
class Silent:
    """A message or entry that says nothing about contacts, and why."""

    row: int
    left: str


Item = Occasion | Odd | Silent


@dataclass(frozen=True)
class Log:
    """A file of messages or calendar entries, read when the people are known.

    Attributes
    ----------
    source
        What tells this very file from all others.
    what
        One of its rows, and several, as a report calls them.
    prefix
        Before the ids of its touchpoints; also what they are said to come from.
    columns
        What reports call sender and others.
    """

    file: str
    source: str
    what: tuple[str, str]
    prefix: str
    read: Callable[[], Iterator[Item]]
    columns: Mapping[str, str] = field(default_factory=dict)


def short(text: str) -> int:
    """Return 64 bits of a text, to remember many at little cost."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def id_of(prefix: str, key: str) -> str:
    """Return the id of the touchpoint that an occasion is."""
    return f"{prefix}:{hashlib.blake2b(key.encode('utf-8', 'replace'), digest_size=12).hexdigest()}"
