"""Mail headers to words: encodings of all ages, addresses as people and programs write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses, parsedate_to_datetime
from functools import lru_cache

from graph.imports.cells import NAME_LIMIT
from graph.imports.mail.occasions import Party
from graph.imports.mail.options import comparable_address

ADDRESS_LIMIT = 320
# Lists of recipients longer than this hardly repeat: to remember a million of them would fill the memory.
REMEMBERED = 1 << 11
# A clock that was never set says 1970.
FIRST_YEAR = 1971

_ONE = re.compile(r'\s*(?:"([^"\\<>]*)"|([^"<>@,;:()\\]*?))\s*<\s*([^\s<>@,;:"()]+@[^\s<>@,;:"()]+)\s*>\s*')
_BARE = re.compile(r"\s*([^\s<>@,;:\"()']+@[^\s<>@,;:\"()']+)\s*")
_NAMED = re.compile(r"(?s)(.*?)<([^<>]*)>\s*")


def decoded(text: str) -> str:
    """Return a header's text with its encoded words read (RFC 2047), broken ones as they stand."""
    if "=?" in text:
        try:
            parts = decode_header(text)
        except (HeaderParseError, ValueError):
            return storable(text)
        text = "".join(part if isinstance(part, str) else _text(part, charset) for part, charset in parts)
    return storable(text)


def storable(text: str) -> str:
    """Return text with a replacement for what no store and no file of text takes: NUL and half characters."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _text(raw: bytes, charset: str | None) -> str:
    try:
        return raw.decode(charset or "ascii")
    except (LookupError, ValueError):
        return raw.decode("utf-8", "replace")


def plain(raw: bytes) -> str:
    """Return header bytes as text: UTF-8 where they are that, else each byte as in Latin-1."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def parties(text: str) -> tuple[Party, ...]:
    """Return whom a header or a cell names, each address once; what is no address is left out."""
    return _remembered(text) if len(text) <= REMEMBERED else _parties(text)


@lru_cache(maxsize=1 << 16)
def _remembered(text: str) -> tuple[Party, ...]:
    return _parties(text)


def _parties(text: str) -> tuple[Party, ...]:
    found: dict[str, Party] = {}
    for name, address in _addresses(text):
        one = comparable_address(address) if len(address) <= ADDRESS_LIMIT else None
        if one is not None and one.isprintable() and one not in found:
            found[one] = Party(one, _name(name, one), address)
    return tuple(found.values())


def _addresses(text: str) -> Sequence[tuple[str, str]]:
    text = " ".join(text.split())  # a run of spaces costs the patterns its length squared
    single = _ONE.fullmatch(text)
    if single:
        return [(single[1] or single[2] or "", single[3])]
    bare = _BARE.fullmatch(text)
    if bare:
        return [("", bare[1])]
    if (";" in text and not text.rstrip().endswith(";")) or text.count(";") > 1:
        # Outlook's lists, where a comma stands inside a name: "Berg, Anna <a.berg@nordwerk.example>; …"
        return [one for part in text.split(";") for one in _of_part(part)]
    return _listed(text)


def _of_part(part: str) -> Sequence[tuple[str, str]]:
    named = _NAMED.fullmatch(part)
    return [(named[1], named[2].strip())] if named else _listed(part)


def _listed(text: str) -> Sequence[tuple[str, str]]:
    try:
        return getaddresses([text])
    except RecursionError:  # comments within comments without end
        return ()


def _name(text: str, address: str) -> str:
    name = " ".join(decoded(text).replace("\ufffd", "").split()).strip("'\" ")[:NAME_LIMIT]
    return "" if "@" in name and comparable_address(name) == address else name


def person_name(display: str) -> str:
    """Return a display name as people say it: `Berg, Anna (Purchasing)` is Anna Berg."""
    name = re.sub(r"\s*[(\[|/].*$", "", display).strip(" ,'\"")
    last, comma, first = name.partition(",")
    if comma and "," not in first and first.strip() and last.strip():
        name = f"{first.strip()} {last.strip()}"
    return " ".join(name.split())


def moment(text: str) -> datetime | None:
    """Return what a Date header says; None where it is no date, or a clock that was never set."""
    try:
        at = parsedate_to_datetime(text[:200])
        at.timestamp()
    except (TypeError, ValueError, OverflowError, IndexError, AttributeError, OSError):
        return None
    return fixed(at) if at.year >= FIRST_YEAR else None


def fixed(at: datetime) -> datetime:
    """Return a moment with the offset that holds then in place of a zone's rules.

    The store keeps offsets; and of a million moments those of one offset share one object.
    """
    offset = at.utcoffset()
    return at if offset is None else at.replace(tzinfo=_zone(round(offset.total_seconds() / 60)))


@lru_cache(maxsize=4096)
def _zone(minutes: int) -> timezone:
    return timezone(timedelta(minutes=minutes)) if minutes else UTC
