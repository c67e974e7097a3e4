"""Microsoft Dynamics 365 Sales: contacts and accounts as "Export to Excel" writes them.

Record ids stand in hidden columns that begin with "(Do Not Modify)". The decision influence label of a
contact goes through the table of roles; who is marked as not at the company any more has left by the day
on which the record was last changed. Facts: the contact reference on learn.microsoft.com (labels and
options) and headings of public imports (`headings.csv`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from graph.imports.bindings import Binding, source_of
from graph.imports.cells import as_text
from graph.imports.dialects.crm import (
    CrmDialect,
    Departments,
    Export,
    Field,
    ObjectKind,
    full_name,
    key,
    kinds_by,
    owned,
)
from graph.imports.dialects.dialect import Context, Headings, Made, Offer
from graph.imports.report import Place
from graph.policy import fold

# Options of msdyn_decisioninfluencetag, accountrolecode and msdyn_orgchangestatus by number.
INFLUENCE = {"0": "Decision maker", "1": "Influencer", "2": "Blocker", "3": "Unknown"}
ACCOUNT_ROLE = {"1": "Decision Maker", "2": "Employee", "3": "Influencer"}
GONE = ("1", "notatcompany")
STILL_THERE = ("0", "2", "nofeedback", "ignore", "no")
# The data interface calls them contactid and accountid, and the lists of the product do not show them.
LABELS_ELSEWHERE = {"contact id", "account id"}
TYPES = kinds_by({"Reseller": "distributor", "Competitor": "competitor"})


class Dynamics(CrmDialect):
    """The dialect of Dynamics 365."""

    name = "dynamics"
    product = "Dynamics 365"
    kinds = (
        ObjectKind("contact", "contacts", (("id",), ("full_name", "last_name")), never=("Id",)),
        ObjectKind("account", "accounts", (("id",), ("name",)), never=("Id",)),
    )

    def recognise(self, offer: Offer, *, forced: bool) -> str | None:
        """Return why a table is of this product; the labels of Salesforce name their ids almost alike."""
        labels = {heading.casefold().strip() for heading in offer.table.header} if offer.table else set()
        if not forced and labels & LABELS_ELSEWHERE:
            return None
        return super().recognise(offer, forced=forced)

    def bind(self, offers: Sequence[Offer], context: Context) -> Sequence[Binding]:
        """Return the forms that contacts and accounts fill."""
        exports = self.exports(offers, context)
        departments = Departments(context)
        return [
            *(one for export in exports["account"] for one in _accounts(export, context)),
            *(one for export in exports["contact"] for one in _contacts(export, context, departments)),
        ]


def _id(value: Field) -> str:
    return key("dynamics", value("id"))


def _accounts(export: Export, context: Context) -> tuple[Binding, ...]:
    id_ = export.made(_id, "id")
    organisations = export.fill(
        "organisations",
        {
            "id": id_,
            "name": export.made(lambda value: value("name") or _id(value), "name"),
            "kind": export.made(lambda value: TYPES(value("type")), "type"),
            "country": export.column("country"),
            "industry": export.column("industry"),
            "parent": export.column("parent"),
        },
    )
    return (organisations, *_owners(export, "team", {"account": id_}, "person", context))


def _owners(
    export: Export, form: str, columns: dict[str, Made | None], who: str, context: Context
) -> tuple[Binding, ...]:
    owner = export.column("owner")
    filled = {name: made for name, made in columns.items() if made}
    return owned(export, form, {who: owner, **filled}, context) if owner else ()


def _contacts(export: Export, context: Context, departments: Departments) -> tuple[Binding, ...]:
    id_ = export.made(_id, "id")
    people = export.fill(
        "people",
        {
            "id": id_,
            "name": export.made(
                lambda value: value("full_name") or full_name(value) or value("email") or _id(value),
                "full_name",
                "last_name",
            ),
            "organisation": export.made(
                lambda value: value("company") or key("dynamics", value("company_id")),
                "company",
                "company_id",
            )
            or export.made(lambda value: "", "id"),
            "title": export.column("title"),
            "email": export.column("email"),
            "phone": export.column("phone"),
            "function": export.made(departments.function, "department"),
            "role": export.made(_role, "role", "account_role"),
            "left_on": _left(export, context),
        },
    )
    bindings = [people]
    manager = export.column("manager")
    if manager is not None:
        bindings.append(export.fill("reports_to", {"person": id_, "manager": manager}))
    ties = {"stakeholder": id_, "last_on": export.date("last_contact")}
    bindings += _owners(export, "ties", ties, "ours", context)
    return tuple(bindings)


def _role(value: Field) -> str:
    tag, role = value("role"), value("account_role")
    return INFLUENCE.get(tag, tag) or ACCOUNT_ROLE.get(role, role)


def _left(export: Export, context: Context) -> Made | None:
    """Return the day by which somebody who is not at the company any more had left."""
    today = context.today
    modified = export.date("modified", otherwise=today)
    if not export.has("gone"):
        return None
    gone = export.fields["gone"][0]
    _ask_who_left(export, gone, context)

    def make(cell: Callable[[str], object]) -> object:
        if fold(as_text(cell(gone))) not in GONE:
            return None
        return modified.make(cell) if modified else today

    return Made(gone, make, raw=True, headings=(gone, *export.all_headings("modified")))


def _ask_who_left(export: Export, gone: str, context: Context) -> None:
    """Ask about what no option of the flag is: somebody who may have left comes in as still there."""
    table, index = export.table, Headings(export.table).index(gone)
    for number, cells in table.rows():
        text = as_text(cells[index]) if index < len(cells) else ""
        if text and fold(text) not in {*GONE, *STILL_THERE}:
            place = Place(table.file, number, {}, source_of(table))
            context.ledger.ask(
                [place], gone, text, "Does this say that they are not at the company any more?"
            )
