"""Occasions to touchpoints: what counts as contact across the table, and what to ask about the rest.

Every message and entry is counted once: one that gives a touchpoint or that a rule leaves out is imported,
one with an address to ask about is a question, one that cannot be read a finding. Warnings say how many
were left out by which rule.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from graph.imports.assembly import Assembly
from graph.imports.cells import NAME_LIMIT
from graph.imports.mail.directory import Directory, Whose
from graph.imports.mail.headers import person_name
from graph.imports.mail.occasions import ALONE, Log, Occasion, Odd, Party, Silent, id_of, short
from graph.imports.mail.options import MailOptions
from graph.imports.mail.words import bare_subject
from graph.imports.records import PersonRecord, Properties, TouchpointRecord
from graph.imports.report import Duplicate, Place
from graph.people.names import read_name

ONESELF = "to oneself or to nobody"
MANY = "to too many at once"
INTERNAL = "among our own people"
WITHOUT_US = "without anybody of ours"
OUTSIDE = "with nobody of a known organisation"
SHARED = "with shared mailboxes only"
COPIES = "copies of others"
CALENDAR = "calendar"
DOMAINS_SHOWN = 5


@dataclass(slots=True)
class _Kept:
    """What is kept of an occasion until all logs are read; there may be a million.

    Attributes
    ----------
    topic
        Subject and counterpart; None where there is no subject.
    root
        The message that the thread began with, where headers tell.
    left
        Why it is no touchpoint: of a calendar's entry a later version may say otherwise.
    """

    log: Log
    row: int
    kind: str
    on: date
    at: datetime | None
    sender: Party
    others: tuple[Party, ...]
    minutes: float | None
    subject: str
    topic: int | None
    root: int | None
    replies: bool
    left: str | None
    version: tuple[int, str]


@dataclass(slots=True)
class _Unknown:
    """An address that nobody has."""

    whose: Whose
    written: str
    place: Place
    column: str
    names: Counter[str] = field(default_factory=Counter)
    count: int = 0

    @property
    def name(self) -> str:
        """The display name that stands there most often, empty where there is none."""
        return min(self.names, key=lambda one: (-self.names[one], one), default="")


def assemble_logs(assembly: Assembly, logs: Sequence[Log], options: MailOptions) -> list[Duplicate]:
    """Add the touchpoints of mail logs and calendars; return who may be one person by two addresses."""
    if not logs:
        return []
    gathering = _Gathering(assembly, options)
    for log in sorted(logs, key=lambda one: (one.file, one.source)):
        gathering.take(log)
    return gathering.finish()


class _Gathering:
    def __init__(self, assembly: Assembly, options: MailOptions) -> None:
        self._assembly = assembly
        self._ledger = assembly.ledger
        self._options = options
        self._directory = Directory(assembly, options)
        self._kept: dict[str, _Kept] = {}
        # Who wrote the first message of a thread: by its message id, and by subject where ids tell nothing.
        self._began: dict[int, str] = {}
        self._topics: dict[int, tuple[float, str]] = {}
        self._left: dict[str, Counter[str]] = defaultdict(Counter)
        self._logs: dict[str, Log] = {}
        self._outside: Counter[str] = Counter()
        self._parties: dict[Party, Party] = {}

    def take(self, log: Log) -> None:
        """Read one log; of what is across the table enough is kept to decide at the end."""
        self._logs[log.file] = log
        for item in log.read():
            self._ledger.row(log.file, item.row)
            if isinstance(item, Silent):
                self._left[log.file][item.left] += 1
            elif isinstance(item, Odd):
                self._find(log, item)
            elif item.on > self._assembly.today:
                day = item.on.isoformat()
                self._find(log, Odd(item.row, log.columns.get("date", "Date"), day, "future", item.key))
            else:
                self._weigh(log, item)

    def _find(self, log: Log, odd: Odd) -> None:
        subject = id_of(log.prefix, odd.key or f"{log.source}#{odd.row}")
        self._ledger.find([self._place(log, odd.row)], odd.column, odd.value, odd.kind, subject)

    @staticmethod
    def _place(log: Log, row: int) -> Place:
        return Place(log.file, row, {}, log.source)

    def _weigh(self, log: Log, one: Occasion) -> None:
        parties = (one.sender, *one.others)
        if one.kind == "e_mail" and not one.replies:
            began_by = self._began.get(short(one.key), one.sender.address)
            self._began[short(one.key)] = min(began_by, one.sender.address)
        left = one.left or self._reason(log, parties)
        if left is not None and log.prefix != CALENDAR:
            self._left[log.file][left] += 1
            return
        sender, *others = (self._parties.setdefault(party, party) for party in parties)
        bare, replies = bare_subject(one.subject)
        topic = self._topic(parties, bare) if one.kind == "e_mail" and bare and left is None else None
        kept = _Kept(
            log,
            one.row,
            one.kind,
            one.on,
            one.at,
            sender,
            tuple(others),
            one.minutes,
            one.subject[:NAME_LIMIT] if self._options.subject else "",
            topic,
            short(one.root) if one.root else None,
            one.replies,
            left,
            one.version,
        )
        if topic is not None:
            began = (_instant(kept), "" if replies else sender.address)
            self._topics[topic] = min(self._topics.get(topic, began), began)
        key = id_of(log.prefix, one.key)
        known = self._kept.setdefault(key, kept)
        if known is not kept:
            self._left[log.file][COPIES] += 1
            self._kept[key] = _combined(known, kept)

    def _reason(self, log: Log, parties: Sequence[Party]) -> str | None:
        """Return the rule by which an occasion is no touchpoint, None where it is one."""
        calendar = log.prefix == CALENDAR
        alone = ALONE if calendar else ONESELF
        if len(parties) < 2:
            return alone
        limit = "calendar_attendees_most" if calendar else "mail_recipients_most"
        if len(parties) - 1 > self._assembly.policy.limits[limit]:
            return MANY
        everybody = list(map(self._directory.find, parties))
        if len({whose.person or whose.address for whose in everybody}) < 2:
            return alone
        sides = {whose.side for whose in everybody}
        if "ours" not in sides:
            return WITHOUT_US
        # What an outsider writes to both is no word between them; who invites both brings them together.
        if "theirs" not in sides or (not everybody[0].side and not calendar):
            if "" not in sides:
                return INTERNAL
            self._outside.update({whose.address.rpartition("@")[2] for whose in everybody if not whose.side})
            return OUTSIDE
        if not {"ours", "theirs"} <= {whose.side for whose in everybody if not whose.shared}:
            return SHARED
        return None

    def finish(self) -> list[Duplicate]:
        """Make touchpoints of what was kept, and ask about the addresses that nobody has."""
        for key, one in self._kept.items():
            # Copies together may go to more than each of them.
            one.left = one.left or self._reason(one.log, (one.sender, *one.others))
            if one.left is not None:
                self._left[one.log.file][one.left] += 1
                self._assembly.brought(key)
        across = sorted(key for key, one in self._kept.items() if one.left is None)
        unknown = self._unknown([self._kept[key] for key in across])
        if self._options.people == "create":
            self._create(unknown)
        waiting: Counter[str] = Counter()
        for key in across:
            one = self._kept.pop(key)
            record = self._touchpoint(one)
            if record is None:
                waiting[one.log.file] += 1
                self._ledger.wait(one.log.file, one.row)
            else:
                self._assembly.records.touchpoints[key] = record
                self._assembly.brought(key)
        asked = [
            one for one in unknown.values() if self._directory.find(Party(one.whose.address)).person is None
        ]
        self._ask(asked)
        self._warn(waiting)
        return _namesakes(asked)

    def _unknown(self, across: Iterable[_Kept]) -> dict[str, _Unknown]:
        """Return the addresses that nobody has, each with the first place where it stands."""
        found: dict[str, _Unknown] = {}
        for one in sorted(across, key=lambda one: (one.log.file, one.row)):
            for party in (one.sender, *one.others):
                whose = self._directory.find(party)
                if whose.person is not None or whose.shared or not whose.side:
                    continue
                known = found.get(party.address)
                if known is None:
                    column = one.log.columns["sender" if party is one.sender else "others"]
                    place = self._place(one.log, one.row)
                    known = _Unknown(whose, party.written or party.address, place, column)
                    found[party.address] = known
                elif known.whose.namesake is None and whose.namesake is not None:
                    known.whose = whose
                known.count += 1
                if party.name:
                    known.names[person_name(party.name)] += 1
        return found

    def _create(self, unknown: dict[str, _Unknown]) -> None:
        created: Counter[str] = Counter()
        for address in sorted(unknown):
            one = unknown[address]
            if one.whose.organisation is None:
                continue
            name = one.name or address
            person = PersonRecord({"name": name, "email": address}, one.whose.organisation)
            self._assembly.add_person(address, person)
            self._directory.add(address, address)
            created[self._assembly.name_of(one.whose.organisation)] += 1
        if created:
            where = ", ".join(f"{count:,} of {name}" for name, count in sorted(created.items()))
            self._ledger.warnings.append(
                f"People are created from addresses, as the mapping says (people: create): {where}."
            )

    def _topic(self, parties: Sequence[Party], bare: str) -> int:
        """Return a subject with whom it was about, for logs whose headers do not tell threads."""
        found = map(self._directory.find, parties)
        with_whom = sorted({whose.organisation or whose.address for whose in found if whose.side == "theirs"})
        return short("\x1f".join((bare, *with_whom)))

    def _initiator(self, one: _Kept) -> str | None:
        """Return who began: wrote the first message of the thread, or invited."""
        address: str | None = one.sender.address
        if one.kind == "e_mail" and one.replies:
            address = self._began.get(one.root) if one.root is not None else None
            if address is None and one.topic is not None:
                address = self._topics[one.topic][1]
        return self._directory.find(Party(address)).person if address else None

    def _touchpoint(self, one: _Kept) -> TouchpointRecord | None:
        found = [self._directory.find(party) for party in (one.sender, *one.others)]
        people = {whose.person: whose.side for whose in found if whose.person is not None}
        if not {"ours", "theirs"} <= set(people.values()):
            return None
        properties: Properties = {
            "kind": one.kind,
            "on": one.on,
            "source": one.log.prefix,
            "theirs": len({whose.person or whose.address for whose in found if whose.side != "ours"}),
        }
        for name, value in (
            ("at", one.at),
            ("minutes", one.minutes),
            ("initiator", self._initiator(one)),
            ("subject", one.subject or None),
        ):
            if value is not None:
                properties[name] = value
        return TouchpointRecord(properties, tuple(sorted(people)))

    def _ask(self, asked: Iterable[_Unknown]) -> None:
        for one in asked:
            whose, shown = one.whose, f"{one.name} <{one.written}>" if one.name else one.written
            if whose.namesake is not None:
                known = self._directory.address_of(whose.namesake)
                asked_of = f"{one.name} ({whose.namesake})"
                whether = (
                    f"the address of {asked_of}, of whom none is known"
                    if known is None
                    else f"a further address of {asked_of} beside {known}"
                )
                question = f"Is {one.written} {whether}? addresses: under mail: in a mapping file says so"
            else:
                organisation = self._assembly.name_of(whose.organisation) if whose.organisation else "nobody"
                question = (
                    f"Who is {shown}, at the domain of {organisation}, met {one.count:,} "
                    f"{'time' if one.count == 1 else 'times'}? A row of people with this address says it, "
                    "addresses: under mail: in a mapping file, or people: create for all"
                )
            self._ledger.ask([one.place], one.column, one.written, question)

    def _warn(self, waiting: Counter[str]) -> None:
        warnings = self._ledger.warnings
        for file, log in self._logs.items():
            one, several = log.what
            left = self._left[file]
            rows = self._ledger.count(file)[0]
            if sum(left.values()):
                said = ", ".join(
                    f"{count:,} {why}"
                    for why, count in sorted(left.items(), key=lambda item: (-item[1], item[0]))
                )
                warnings.append(
                    f"{file}: of {rows:,} {one if rows == 1 else several} these are no touchpoints: {said}."
                )
            if waiting[file]:
                warnings.append(
                    f"{file}: {waiting[file]:,} {one if waiting[file] == 1 else several} wait for an answer, "
                    "since nobody of one side is known by the address."
                )
        if self._outside:
            listed = sorted(self._outside.items(), key=lambda item: (-item[1], item[0]))[:DOMAINS_SHOWN]
            domains = ", ".join(f"{domain} ({count:,})" for domain, count in listed)
            warnings.append(
                f"Most often in touch with us from domains of no known organisation: {domains}; "
                "domains: under mail: in a mapping file says whose they are."
            )
        if self._directory.disputed:
            warnings.append(
                f"As many people of two organisations have {', '.join(self._directory.disputed)}; "
                "domains: under mail: in a mapping file says whose it is."
            )


def _combined(one: _Kept, other: _Kept) -> _Kept:
    """Return two tellings of one occasion as one: the later version, of equal ones all who took part."""
    first, second = sorted((one, other), key=_rank)
    if first.version != second.version:
        return second
    others = {party.address: party for party in (*second.others, *first.others)}
    others.pop(first.sender.address, None)
    first.others = tuple(others[address] for address in sorted(others))
    first.left = first.left and second.left
    return first


def _rank(one: _Kept) -> tuple[tuple[int, str], float, str, list[str], str, int]:
    """Return what orders tellings of one occasion, by what they say before where they stand."""
    others = [party.address for party in one.others]
    return one.version, _instant(one), one.sender.address, others, one.log.file, one.row


def _instant(one: _Kept) -> float:
    at = one.at or datetime(one.on.year, one.on.month, one.on.day)
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()


def _namesakes(asked: Sequence[_Unknown]) -> list[Duplicate]:
    """Return addresses under which somebody known, or two of the addresses asked about, may be one person."""
    found = []
    called: dict[tuple[str | None, tuple[str, ...]], list[_Unknown]] = defaultdict(list)
    for one in asked:
        if one.whose.namesake is not None:
            why = f"the same name {one.name}, another address"
            found.append(Duplicate(one.whose.namesake, one.written, why))
        elif len(words := read_name(one.name).key) > 1:
            called[one.whose.organisation, words].append(one)
    for group in called.values():
        first, *others = sorted(group, key=lambda one: one.written)
        found += [
            Duplicate(first.written, other.written, f"the same name {first.name}, another address")
            for other in others
        ]
    return sorted(found, key=lambda one: (one.a, one.b))
