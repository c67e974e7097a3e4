"""Calendars in the form that all programs exchange (iCalendar, .ics)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from graph.imports.bindings import Binding, source_of
from graph.imports.dialects.dialect import Context, Offer
from graph.imports.mail.calendars import is_calendar, read_calendar
from graph.imports.mail.occasions import Log
from graph.imports.sources import Table

COLUMNS = {"sender": "ORGANIZER", "others": "ATTENDEE", "date": "DTSTART"}


class Calendar:
    """The dialect of calendars."""

    name = "calendar"

    def recognise(self, offer: Offer, *, forced: bool) -> str | None:
        """Return why a file is a calendar."""
        if offer.table is None and is_calendar(offer.start):
            return "It begins as a calendar does (BEGIN:VCALENDAR)."
        return None

    def missing(self, offer: Offer) -> str:
        """Return what a file lacks."""
        return "does not begin with BEGIN:VCALENDAR"

    def bind(self, offers: Sequence[Offer], context: Context) -> Sequence[Binding]:
        """Note the calendars, to be read when the people are known."""
        for offer in offers:
            read = partial(read_calendar, offer.path, today=context.today, policy=context.policy)
            source = source_of(Table(offer.file, offer.path, (), None, False, (), ()))
            context.logs.append(Log(offer.file, source, ("entry", "entries"), self.name, read, COLUMNS))
        return ()
