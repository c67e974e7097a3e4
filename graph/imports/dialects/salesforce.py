"""Salesforce: the objects of a data export by their names in the interface, and lists by their labels.

Contact, Account, User, OpportunityContactRole, Opportunity, Task and Event. Ids are kept in their long form
of 18 characters, which the short one of reports determines. Owners come from the export of users; without
it, only lists that name the owner can say who has a tie. Facts: Salesforce's object and field reference
(developer.salesforce.com) and the headings of its sample files (`headings.csv`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from graph.imports.bindings import Binding
from graph.imports.cells import Key
from graph.imports.dialects.crm import (
    NO_OURS,
    CrmDialect,
    Departments,
    Export,
    Field,
    ObjectKind,
    check_flags,
    full_name,
    key,
    kinds_by,
    owned,
    yes,
)
from graph.imports.dialects.dialect import Context, Made, Offer
from graph.policy import fold

TYPES = kinds_by(
    {
        "Channel Partner / Reseller": "distributor",
        "Reseller": "distributor",
        "Distributor": "distributor",
        "Customer - Channel": "end_customer",
        "Competitor": "competitor",
    }
)
# TaskSubtype, EventSubtype and the usual values of Type; others are asked about as they stand.
ACTIVITIES = {
    "call": "call",
    "email": "email",
    "listemail": "email",
    "meeting": "meeting",
    "event": "meeting",
    "visit": "visit",
    "training": "training",
    "dinner": "dinner",
}
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
DELETED = "IsDeleted"
NAMES = ("last_name", "full_name", "first_name")
# What a role that nobody chose stands for in the table of roles.
NO_ROLE = "unknown"


class Salesforce(CrmDialect):
    """The dialect of Salesforce."""

    name = "salesforce"
    product = "Salesforce"
    kinds = (
        ObjectKind("role", "contact roles", (("contact_id",), ("role",)), ("opportunity_id",)),
        ObjectKind("activity", "activities", (("contact_id",), ("on", "start"))),
        ObjectKind(
            "opportunity", "opportunities", (("stage",), ("company_id", "company"), ("owner_id", "owner"))
        ),
        ObjectKind("user", "users", (("id",), ("username",), ("last_name",))),
        ObjectKind(
            "contact",
            "contacts",
            (("last_name",), ("company_id", "company")),
            ("company_id", "manager_id", "owner_id", "owner", "title", "country", "source"),
            ("(Do Not Modify) Contact", "(Do Not Modify) Account", "Record Id"),
        ),
        ObjectKind(
            "account",
            "accounts",
            (("name",),),
            ("city", "parent_id", "revenue", "owner_id", "owner", "employees", "parent"),
            ("(Do Not Modify) Account", "Record Id", "LastName", "Last Name", "Company name"),
        ),
    )

    def bind(self, offers: Sequence[Offer], context: Context) -> Sequence[Binding]:
        """Return the forms that the objects fill."""
        exports = self.exports(offers, context)
        for export in (one for some in exports.values() for one in some):
            check_flags(export, "deleted", context)
            check_flags(export, "closed", context)
        departments = Departments(context)
        known = {id_ for id_ in context.known.organisations if id_.startswith(f"{self.name}:")}
        for export in exports["account"]:
            known |= {_key(value("id")) for value in export.rows()}
        users = bool(exports["user"]) or any(id_.startswith("salesforce:005") for id_ in context.known.people)
        bindings = [
            *(one for export in exports["account"] for one in _accounts(export, context, users)),
            *(one for export in exports["user"] for one in _users(export, context, departments)),
            *(
                one
                for export in exports["contact"]
                for one in _contacts(export, context, departments, users, known)
            ),
            *(one for export in exports["role"] for one in _roles(export, context)),
            *(one for export in exports["opportunity"] for one in _team(export, context, users)),
            *(_activities(export, users) for export in exports["activity"]),
        ]
        return [_without_deleted(one, exports) for one in bindings]


def long_id(text: str) -> str:
    """Return the long form of an id: the case of each five characters is one character more."""
    if len(text) != 15 or not text.isalnum():
        return text
    parts = (text[start : start + 5] for start in (0, 5, 10))
    return text + "".join(
        ALPHABET[sum(1 << place for place, char in enumerate(part) if char.isupper())] for part in parts
    )


def _key(text: str, heading: str | None = None) -> Key:
    return key("salesforce", long_id(text), text, heading)


def _ref(export: Export, field: str) -> Made | None:
    return export.made(lambda value: _key(value(field)), field)


def _without_deleted(binding: Binding, exports: dict[str, list[Export]]) -> Binding:
    """Leave out what was in the recycle bin."""
    export = next(one for some in exports.values() for one in some if one.table is binding.table)
    if not export.has("deleted"):
        return binding
    kept, other = export.taking(lambda value: not yes(value("deleted"))), binding.take
    take = kept if other is None else lambda cells: kept(cells) and other(cells)
    return replace(binding, take=take, left=binding.left or DELETED)


def _accounts(export: Export, context: Context, users: bool) -> tuple[Binding, ...]:
    id_ = _ref(export, "id") or export.column("name")
    organisations = export.fill(
        "organisations",
        {
            "id": id_,
            "name": export.made(lambda value: value("name") or value("id"), "name"),
            "kind": export.made(lambda value: TYPES(value("type")), "type"),
            "country": export.column("country"),
            "industry": export.column("industry"),
            "parent": _ref(export, "parent_id") or export.column("parent"),
        },
    )
    owner = _owner(export, users)
    team = owned(export, "team", {"account": id_, "person": owner}, context) if owner else ()
    return (organisations, *team)


def _owner(export: Export, users: bool) -> Made | None:
    """Return who owns a row: a name, or an id if the users are there to know it."""
    return export.column("owner") or (_ref(export, "owner_id") if users else None)


def _users(export: Export, context: Context, departments: Departments) -> tuple[Binding, ...]:
    ours = context.ours or ""
    columns = {
        "id": _ref(export, "id"),
        "name": export.made(lambda value: full_name(value) or value("username"), *NAMES),
        "organisation": Made(export.heading("id"), lambda cell: ours),
        "title": export.column("title"),
        "email": export.column("email"),
        "phone": export.column("phone"),
        "function": export.made(departments.function, "department"),
    }
    if not ours:
        return (export.fill("people", columns, take=lambda value: False, left=NO_OURS),)
    people = export.fill("people", columns)
    manager = _ref(export, "manager_id")
    if manager is None:
        return (people,)
    return people, export.fill("reports_to", {"person": _ref(export, "id"), "manager": manager})


def _contacts(
    export: Export, context: Context, departments: Departments, users: bool, known: set[str]
) -> tuple[Binding, ...]:
    id_ = export.made(_identity(export), "id", "last_name")
    people = export.fill(
        "people",
        {
            "id": id_,
            "name": export.made(lambda value: full_name(value) or value("email") or value("id"), *NAMES),
            "organisation": _ref(export, "company_id") or export.column("company"),
            "title": export.column("title"),
            "email": export.column("email"),
            "phone": export.column("phone"),
            "function": export.made(departments.function, "department"),
        },
    )
    bindings = [people]
    if export.has("company_id") and export.has("company"):
        named = {"id": _ref(export, "company_id"), "name": export.column("company")}
        # Accounts of which no export is there are known by what the contacts say.
        bindings.append(
            export.fill("organisations", named, take=lambda value: _key(value("company_id")) not in known)
        )
    manager = _ref(export, "manager_id") or export.column("manager")
    if manager is not None:
        bindings.append(export.fill("reports_to", {"person": id_, "manager": manager}))
    owner = _owner(export, users)
    if owner is not None:
        ties = {"ours": owner, "stakeholder": id_}
        last = export.date("last_contact")
        bindings += owned(export, "ties", ties | ({"last_on": last} if last else {}), context)
    elif export.has("owner_id"):
        context.ledger.warnings.append(
            f"{export.table.file} knows owners by id only, so nobody has a tie: export the users as well."
        )
    return tuple(bindings)


def _identity(export: Export) -> Callable[[Field], Key]:
    """Return what tells contacts apart: their id, else an e-mail of their own, else account and name."""
    if export.has("id"):
        return lambda value: _key(value("id"))
    mails = Counter(value("email").casefold() for value in export.rows())

    def identity(value: Field) -> Key:
        mail = value("email").casefold()
        alone = mails[mail] == 1 and mail
        return key("salesforce", mail if alone else f"{value('company')}/{full_name(value)}")

    return identity


def _roles(export: Export, context: Context) -> tuple[Binding, ...]:
    """Return what contacts are in opportunities; one who is several things is asked about."""
    said: dict[str, set[str]] = defaultdict(set)
    for value in export.rows():
        if value("role") and not yes(value("deleted")):
            said[value("contact_id")].add(value("role"))
    today = context.today
    return (
        export.fill(
            "assessments",
            {
                "person": _ref(export, "contact_id"),
                "attribute": Made(export.heading("role"), lambda cell: "role"),
                "value": export.made(
                    lambda value: "; ".join(sorted(said[value("contact_id")])) or NO_ROLE, "role"
                ),
                "on": export.date("on", otherwise=context.today)
                or Made(export.heading("role"), lambda cell: today),
                "by": export.made(lambda value: _key(value("opportunity_id")), "opportunity_id"),
            },
        ),
    )


def _team(export: Export, context: Context, users: bool) -> tuple[Binding, ...]:
    account = _ref(export, "company_id") or export.column("company")
    owner = _owner(export, users)
    if account is None or owner is None:
        context.ledger.warnings.append(
            f"{export.table.file} knows owners by id only, so nobody is in a team: export the users as well."
        )
        owner = export.column("owner_id")
        assert owner is not None
        return (
            export.fill(
                "team",
                {"account": account, "person": owner},
                take=lambda value: False,
                left="not knowing the users",
            ),
        )
    return owned(export, "team", {"account": account, "person": owner}, context)


def _activities(export: Export, users: bool) -> Binding:
    """Return tasks that are done and events as touchpoints."""
    event = export.has("start", "minutes")

    def kind(value: Field) -> str:
        for word in (value("subtype"), value("type")):
            if fold(word) in ACTIVITIES:
                return ACTIVITIES[fold(word)]
        return "meeting" if event else value("type") or value("subtype") or "task"

    def attendees(value: Field) -> list[Key]:
        contact = _key(value("contact_id"), export.heading("contact_id"))
        if not contact:
            return []
        owner = _key(value("owner_id") if users else "", export.heading("owner_id"))
        return [contact, owner] if owner else [contact]

    def minutes(value: Field) -> str:
        seconds = value("seconds")
        try:
            spent = float(seconds or 0)
        except ValueError:
            return seconds  # is named as what it is
        return f"{spent / 60:g}" if spent else value("minutes")

    def done(value: Field) -> bool:
        if export.has("closed"):
            return yes(value("closed"))
        return not export.has("status") or fold(value("status")) == "completed"

    return export.fill(
        "touchpoints",
        {
            "id": _ref(export, "id"),
            "on": export.date("start", "on"),
            "kind": export.made(kind, "subtype", "type", "subject", "on", "start"),
            "attendees": export.made(attendees, "contact_id", "owner_id"),
            "minutes": export.made(minutes, "seconds", "minutes"),
            "subject": export.column("subject"),
        },
        take=done,
        left="Status",
    )
