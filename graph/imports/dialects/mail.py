"""Mail logs: mailboxes, single messages, and tables of sender, recipients and date."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import Any

from graph.imports.bindings import Binding, source_of
from graph.imports.cells import as_text, shown
from graph.imports.dates import DateCell, DateOrder, read_moment, settle_order, split_moment
from graph.imports.dialects.crm import Export, check_doubled
from graph.imports.dialects.dialect import Context, Headings, Offer
from graph.imports.mail.headers import moment, parties, storable
from graph.imports.mail.mailbox import is_mailbox, is_message, message_key, read_mailbox
from graph.imports.mail.occasions import AUTOMATIC, BULK, Item, Log, Occasion, Odd, Silent
from graph.imports.mail.words import bare_subject, is_automatic, is_machine
from graph.imports.report import Ledger
from graph.imports.sources import Table
from graph.imports.workbooks import from_excel_day

WHAT = ("message", "messages")
PREFIX = "mail"
NEEDED = ("sender", "recipients", "date")
RECIPIENTS = ("recipients", "cc", "bcc")
# Rows that show whether a table with such headings is about mail.
LOOK = 50
# Mon, 02 Feb 2026 10:00:00 +0100
WRITTEN_OUT = re.compile(r"(?:[A-Za-z]{3}, ?)?\d{1,2} [A-Za-z]{3} \d{4} \d{1,2}:\d{2}")


class Mail:
    """The dialect of mail."""

    name = "mail"

    def recognise(self, offer: Offer, *, forced: bool) -> str | None:
        """Return why a file or a table is a mail log."""
        if offer.table is None:
            if is_mailbox(offer.start):
                return "It begins as a mailbox does (mbox)."
            # Many texts begin with a word and a colon; the name says that this is a message.
            if (forced or offer.path.suffix.casefold() == ".eml") and is_message(offer.start):
                return "It begins with the headers of a message."
            return None
        export = Export(self.name, "log", offer.table)
        if not export.has(*NEEDED[:1]) or not export.has(*NEEDED[1:2]) or not export.has(*NEEDED[2:]):
            return None
        if not any(
            "@" in field("sender") or "@" in field("recipients") for field in islice(export.rows(), LOOK)
        ):
            return None
        return f"The headings {export.headings(*NEEDED)} and addresses below them are those of a mail log."

    def missing(self, offer: Offer) -> str:
        """Return what a file lacks."""
        if offer.table is None:
            return "is neither a mailbox (mbox), a message (.eml) nor a table"
        return "needs columns for sender, recipients and date, with addresses below them"

    def bind(self, offers: Sequence[Offer], context: Context) -> Sequence[Binding]:
        """Note the logs, to be read when the people are known."""
        for offer in offers:
            context.logs.append(_log(offer, context))
        return ()


def _log(offer: Offer, context: Context) -> Log:
    if offer.table is None:
        source = source_of(Table(offer.file, offer.path, (), None, False, (), ()))
        single = not is_mailbox(offer.start)
        columns = {"sender": "From", "others": "To", "date": "Date"}
        return Log(
            offer.file, source, WHAT, PREFIX, partial(read_mailbox, offer.path, single=single), columns
        )
    export = Export(Mail.name, "log", offer.table)
    check_doubled(export, context)
    columns = {
        "sender": export.heading("sender"),
        "others": export.heading("recipients"),
        "date": export.heading("date"),
    }
    read = partial(_rows, offer.table, export, context.dates, context.ledger)
    return Log(offer.file, source_of(offer.table), WHAT, PREFIX, read, columns)


class _Cells:
    """The fields of a table's rows, as they stand and as text."""

    def __init__(self, table: Table, export: Export) -> None:
        headings = Headings(table)
        self._at = {field: [headings.index(one) for one in names] for field, names in export.fields.items()}

    def value(self, cells: Sequence[object], field: str) -> Any:
        """Return the first filled cell of a field."""
        filled = (cells[at] for at in self._at.get(field, ()) if at < len(cells))
        return next((one for one in filled if as_text(one)), None)

    def text(self, cells: Sequence[object], field: str) -> str:
        """Return it as text."""
        return as_text(self.value(cells, field))


def _rows(table: Table, export: Export, told: DateOrder | None, ledger: Ledger) -> Iterator[Item]:
    """Yield what each row tells; a date that nothing reads refuses the import, as in any other table."""
    cells_of = _Cells(table, export)
    order = _order(table, export, cells_of, told, ledger)
    if order is None:
        return
    excel = table.path.suffix.casefold() in (".xlsx", ".xlsm")
    equal: Counter[str] = Counter()
    for row, cells in table.rows():
        text = partial(cells_of.text, cells)
        raw = cells_of.value(cells, "date")
        sender = next(iter(parties(text("sender"))), None)
        subject = storable(text("subject"))
        left = _left(sender.address if sender else "", subject)
        if left is not None:
            yield Silent(row, left)
            continue
        if sender is None:
            yield Odd(row, export.heading("sender"), shown(text("sender")))
            continue
        if raw is None:
            yield Odd(row, export.heading("date"), "")
            continue
        try:
            on, at = _moment(raw, order, excel)
        except ValueError as error:
            ledger.fault(table.file, row, export.heading("date"), shown(raw), f"{shown(raw)!r} {error}")
            continue
        listed = {one.address: one for field in RECIPIENTS for one in parties(text(field))}
        said = text("recipients")
        if said and not listed and not said.endswith(";"):  # as the group of undisclosed recipients does
            yield Odd(row, export.heading("recipients"), shown(said))
            continue
        listed.pop(sender.address, None)
        bare, replies = bare_subject(subject)
        root = text("references").split()[:1] or text("in_reply_to").split()[:1]
        yield Occasion(
            row,
            _key(text, on, at, sender.address, tuple(listed), bare, equal),
            "e_mail",
            on,
            at,
            sender,
            tuple(listed.values()),
            subject=" ".join(subject.split()),
            root=root[0] if root else None,
            replies=replies or bool(root),
        )


def _left(sender: str, subject: str) -> str | None:
    if is_automatic(subject):
        return AUTOMATIC
    return BULK if is_machine(sender.partition("@")[0]) else None


def _key(
    text: Callable[[str], str],
    on: date,
    at: datetime | None,
    sender: str,
    others: tuple[str, ...],
    subject: str,
    equal: Counter[str],
) -> str:
    """Return the message's id; without one what it consists of, and its number where only days are known."""
    said = text("message_id")
    if said:
        return said
    if at is not None:
        return message_key(at.isoformat(), sender, others, subject)
    key = message_key(on.isoformat(), sender, others, subject)
    equal[key] += 1
    return f"{key}#{equal[key]}"


def _order(
    table: Table, export: Export, cells_of: _Cells, told: DateOrder | None, ledger: Ledger
) -> DateOrder | None:
    """Return the order of the days of a table, after a look at all of them."""
    days: dict[str, DateCell] = {}
    for row, cells in table.rows():
        raw = cells_of.value(cells, "date")
        if isinstance(raw, str) and not WRITTEN_OUT.match(raw.strip()):
            day = split_moment(raw.strip())[0]
            if day and day not in days:
                days[day] = DateCell(table.file, row, export.heading("date"), day)
    order, faults = settle_order(days.values(), told)
    for fault in faults:
        message = f"{shown(fault.value)!r} {fault.message}"
        ledger.fault(fault.file or "", fault.row, fault.column, fault.value, message)
    return order


def _moment(raw: object, order: DateOrder, excel: bool) -> tuple[date, datetime | None]:
    if excel and isinstance(raw, (int, float)) and not isinstance(raw, bool):
        raw = from_excel_day(raw)
    if isinstance(raw, datetime):
        return raw.date(), raw
    if isinstance(raw, date):
        return raw, None
    text = as_text(raw)
    if WRITTEN_OUT.match(text):
        at = moment(text)
        if at is None:
            raise ValueError("is no date")
        return at.date(), at
    return read_moment(text, order)
