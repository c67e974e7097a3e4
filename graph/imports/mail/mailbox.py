"""Mailboxes (mbox) and single messages (.eml), message by message: headers only, in bounded memory.

The standard library's `mailbox` keeps a table of all messages and reads each of them whole; of a log that
may hold a million, only a dozen headers are wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from graph.imports.mail.headers import decoded, moment, parties, plain
from graph.imports.mail.occasions import AUTOMATIC, BULK, UNSENT, Item, Occasion, Odd, Silent
from graph.imports.mail.words import bare_subject, is_automatic, is_machine

LINE = 1 << 16
# A list of recipients beyond this is a mass mail, however many more there are.
FIELD_LIMIT = 1 << 18
HEADERS_LIMIT = 1 << 21
LONGEST = 40  # name of a wanted header
BLANK = frozenset({b"\n", b"\r\n", b"\r"})
ID_LIMIT = 1000
# RFC 4155: an address, then a date; Thunderbird writes "-" for the address, Google a zone before the year.
SEPARATOR = re.compile(rb"From \S.{0,1000}?\d{1,2}:\d{2}(:\d{2})?.{0,20}\d{4}( [A-Z]{3,5}| [+-]\d{4})?\s*\Z")
FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
WANTED = frozenset(
    b"from sender to cc bcc date message-id in-reply-to references subject auto-submitted precedence "
    b"list-unsubscribe list-id x-autoreply x-autorespond return-path content-type x-failed-recipients "
    b"x-gmail-labels".split()
)
SEVERAL = frozenset({"to", "cc", "bcc"})
NOT_SENT = re.compile(r"\b(drafts?|spam|chat|entw(ü|u)rfe|brouillons?|borradores)\b", re.IGNORECASE)
IDS = re.compile(r"<[^<>]{1,998}>")

Fields = dict[str, str]


def is_mailbox(start: bytes) -> bool:
    """Tell from the first bytes whether a file is an mbox: a separator, then a header."""
    first, _, rest = start.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    return first.startswith(b"From ") and bool(SEPARATOR.match(first.rstrip(b"\r"))) and _is_header(rest)


def is_message(start: bytes) -> bool:
    """Tell from the first bytes whether a file is one message: headers, a sender or a date among them."""
    lines = start.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    names: list[bytes] = []
    for line in lines:
        if not line.strip():
            break
        if line[:1] in b" \t" and names:
            continue
        found = FIELD.match(line)
        if found is None:
            return False
        names.append(found[0].rstrip(b" \t:").lower())
    return b"from" in names and (b"date" in names or b"received" in names)


def _is_header(rest: bytes) -> bool:
    return FIELD.match(rest) is not None or rest.startswith((b"\n", b"\r\n"))


def read_mailbox(path: Path, *, single: bool) -> Iterator[Item]:
    """Yield what each message tells.

    Parameters
    ----------
    single
        The file is one message, without separators.
    """
    with path.open("rb") as raw:
        for row, fields in enumerate(_messages(raw, single), start=1):
            yield _item(row, fields)


def _messages(raw: BinaryIO, single: bool) -> Iterator[Fields]:
    """Yield the wanted headers of each message; a line of any length is read in pieces."""
    headers: list[bytes] = []
    inside, wanted, blank, whole, size = single, False, True, True, 0
    read = raw.readline
    line = read(LINE).removeprefix(b"\xef\xbb\xbf")
    while line:
        starts, whole = whole, line.endswith(b"\n")  # whether this piece begins a line, and the next one does
        if not inside:
            if not single and blank and starts and line.startswith(b"From ") and SEPARATOR.match(line):
                inside, wanted, headers, size = True, False, [], 0
            blank = starts and not line.strip(b"\r\n")
        elif starts and line in BLANK:
            yield _fields(headers)
            inside, blank = False, True
        elif starts and line[:1] not in b" \t":
            wanted = line[:LONGEST].partition(b":")[0].rstrip().lower() in WANTED and size < HEADERS_LIMIT
            if wanted:
                headers.append(line)
                size += len(line)
        elif wanted and len(headers[-1]) < FIELD_LIMIT:
            headers[-1] = headers[-1].rstrip(b"\r\n") + line if starts else headers[-1] + line
            size += len(line)
        line = read(LINE)
    if inside:
        yield _fields(headers)


def _fields(headers: list[bytes]) -> Fields:
    """Return headers by name; of one that stands there twice the first, of recipients all."""
    fields: Fields = {}
    for header in headers:
        label, colon, rest = header.partition(b":")
        name = label.rstrip().lower().decode("ascii") if colon else ""
        if name and name not in fields:
            fields[name] = plain(rest.strip())
        elif name in SEVERAL:
            fields[name] += ", " + plain(rest.strip())
    return fields


def _item(row: int, fields: Fields) -> Item:
    sender = next(iter(parties(fields.get("from", "")) or parties(fields.get("sender", ""))), None)
    subject = decoded(fields.get("subject", ""))
    left = _left(fields, sender.address if sender else "", subject)
    if left is not None:
        return Silent(row, left)
    if sender is None:
        return Odd(row, "From", fields.get("from", ""))
    at = moment(fields.get("date", ""))
    if at is None:
        return Odd(row, "Date", fields.get("date", ""))
    listed = {one.address: one for name in ("to", "cc", "bcc") for one in parties(fields.get(name, ""))}
    listed.pop(sender.address, None)
    others = tuple(listed.values())
    references = IDS.findall(fields.get("references", "")[:LINE]) or IDS.findall(
        fields.get("in-reply-to", "")[:LINE]
    )
    bare, replies = bare_subject(subject)
    return Occasion(
        row,
        _key(fields, at, sender.address, tuple(listed), bare),
        "e_mail",
        at.date(),
        at,
        sender,
        others,
        subject=" ".join(subject.split()),
        root=references[0] if references else None,
        replies=replies or bool(references),
    )


def _key(fields: Fields, at: datetime, sender: str, others: tuple[str, ...], subject: str) -> str:
    """Return the message's own id; without one, what it consists of."""
    said = fields.get("message-id", "").strip()
    if said:
        found = IDS.search(said)
        return (found[0] if found else said)[:ID_LIMIT]
    return message_key(at.isoformat(), sender, others, subject)


def message_key(at: str, sender: str, others: tuple[str, ...], subject: str) -> str:
    """Return what tells a message without an id from others."""
    return "\x1f".join((at, sender, *sorted(others), subject))


def _left(fields: Fields, sender: str, subject: str) -> str | None:
    """Return why a message is nobody's word to anybody; None where it may be."""
    if NOT_SENT.search(fields.get("x-gmail-labels", "")):
        return UNSENT
    automatic = fields.get("auto-submitted", "no").strip().casefold()
    precedence = fields.get("precedence", "").strip().casefold()
    content = fields.get("content-type", "").casefold()
    if (
        not automatic.startswith("no")
        or "x-autoreply" in fields
        or "x-autorespond" in fields
        or "x-failed-recipients" in fields
        or precedence == "auto_reply"
        or fields.get("return-path", "").strip() == "<>"
        or content.startswith("multipart/report")
        or (content.startswith("text/calendar") and "reply" in content)
        or is_automatic(subject)
    ):
        return AUTOMATIC
    if "list-unsubscribe" in fields or "list-id" in fields or precedence in ("bulk", "list", "junk"):
        return BULK
    return BULK if is_machine(sender.partition("@")[0]) else None
