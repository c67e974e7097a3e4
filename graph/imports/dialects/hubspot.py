"""HubSpot: exports of contacts, companies and deals as CSV or Excel.

The headings follow the language of the export, those of associations stay English, and several values of a
cell are separated by `;`, the primary company first. The owner of a contact has a tie to them, of which
only the last contact is known; the owners of companies and deals are in the team of the account. Lead status
and lifecycle stage say nothing about a person's role. Facts: developers.hubspot.com/docs/api/crm/exports and
the headings of public imports (`headings.csv`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from graph.imports.bindings import Binding
from graph.imports.dialects.crm import (
    CrmDialect,
    Departments,
    Export,
    Field,
    ObjectKind,
    first_of,
    full_name,
    key,
    kinds_by,
    owned,
)
from graph.imports.dialects.dialect import Context, Offer

# The default options of a company's type; prospects, partners and vendors are no kind of the form.
TYPES = kinds_by({"Reseller": "distributor"})


class HubSpot(CrmDialect):
    """The dialect of HubSpot."""

    name = "hubspot"
    product = "HubSpot"
    kinds = (
        ObjectKind("deal", "deals", (("id",), ("name",))),
        ObjectKind(
            "contact",
            "contacts",
            (("id",), ("first_name", "last_name")),
            ("owner", "company_ids", "companies", "last_contact", "role", "title", "phone"),
            ("Account Name", "Account Name.id", "Contact Owner.id"),
        ),
        ObjectKind("company", "companies", (("id",), ("name",))),
    )

    def bind(self, offers: Sequence[Offer], context: Context) -> Sequence[Binding]:
        """Return the forms that contacts, companies and deals fill."""
        exports = self.exports(offers, context)
        known = {id_ for id_ in context.known.organisations if id_.startswith(f"{self.name}:")}
        for export in exports["company"]:
            known |= {key(self.name, value("id")) for value in export.rows()}
        departments = Departments(context)
        return [
            *(one for export in exports["company"] for one in _companies(export, context)),
            *(one for export in exports["contact"] for one in _contacts(export, context, known, departments)),
            *(one for export in exports["deal"] for one in _deals(export, context, known)),
        ]


def _id(value: Field) -> str:
    return key("hubspot", value("id"))


def _companies(export: Export, context: Context) -> tuple[Binding, ...]:
    organisations = export.fill(
        "organisations",
        {
            "id": export.made(_id, "id"),
            "name": export.made(lambda value: value("name") or value("domain") or _id(value), "name"),
            "kind": export.made(lambda value: TYPES(value("type")), "type"),
            "country": export.column("country"),
            "industry": export.column("industry"),
            "parent": export.made(lambda value: key("hubspot", first_of(value("parent_ids"))), "parent_ids"),
        },
    )
    team = {"account": export.made(_id, "id"), "person": export.column("owner")}
    return (organisations, *owned(export, "team", team, context))


def _company(value: Field, known: set[str]) -> str:
    """Return the company of a row: an id that is known or comes with a name, else a name."""
    id_, name = key("hubspot", first_of(value("company_ids"))), _name(value)
    return id_ if id_ and (id_ in known or name or not value("company")) else name or value("company")


def _name(value: Field) -> str:
    ids, names = value("company_ids").split(";"), value("companies")
    # A name may hold the separator; only as many names as ids can be told apart.
    parts = names.split(";") if len(ids) > 1 else [names]
    return next((name.strip() for _, name in zip_longest(ids, parts, fillvalue="") if name.strip()), "")


def _contacts(
    export: Export, context: Context, known: set[str], departments: Departments
) -> tuple[Binding, ...]:
    company = export.made(lambda value: _company(value, known), "companies", "company", "company_ids")
    people = export.fill(
        "people",
        {
            "id": export.made(_id, "id"),
            "name": export.made(
                lambda value: full_name(value) or value("email") or _id(value), "first_name", "last_name"
            ),
            "organisation": company or export.made(lambda value: "", "id"),
            "title": export.column("title"),
            "email": export.column("email"),
            "phone": export.column("phone"),
            "function": export.made(departments.function, "department"),
            "role": export.column("role"),
        },
    )
    # Companies of which no export is there are known by what the contacts say.
    named = (
        export.fill(
            "organisations",
            {
                "id": export.made(lambda value: _company(value, known), "company_ids"),
                "name": export.made(_name, "companies"),
            },
            take=lambda value: _company(value, known) not in known,
        )
        if export.has("company_ids") and export.has("companies")
        else None
    )
    ties = {
        "ours": export.column("owner"),
        "stakeholder": export.made(_id, "id"),
        "last_on": export.date("last_contact"),
    }
    owners = owned(export, "ties", {name: made for name, made in ties.items() if made}, context)
    return (people, *((named,) if named else ()), *(owners if ties["ours"] else ()))


def _deals(export: Export, context: Context, known: set[str]) -> tuple[Binding, ...]:
    if export.has("company_ids"):
        export = export.each("company_ids")
    team = {
        "account": export.made(lambda value: _company(value, known), "company_ids", "companies"),
        "person": export.column("owner"),
    }
    return owned(export, "team", team, context)
