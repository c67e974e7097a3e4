"""Organisations and the business between them: kinds, parents, supplies, channels, brands."""

from __future__ import annotations

from graph.imports.assembly import Assembly, given, sorted_entries
from graph.imports.cycles import edges_in_cycles
from graph.imports.entries import Entry
from graph.imports.mail.domains import organisation_at
from graph.imports.records import KIND_LABELS, OrganisationRecord
from graph.policy import fold
from graph.schema import load_schema

KINDS = "supplier, key_account, distributor, end_customer, competitor"


def assemble_organisations(assembly: Assembly) -> None:
    """Add the organisations that rows describe, and ours."""
    entries = assembly.entries["organisations"]
    for entry in sorted_entries(entries):
        properties = given(entry, "name", "country", "region", "industry", "category_volume")
        labels = _kinds(assembly, entry)
        assembly.add_organisation(
            entry.values["id"], OrganisationRecord(properties, labels, stated=bool(labels))
        )
        assembly.brought(assembly.subject("organisations", entry))
    if assembly.ours is not None:
        assembly.ours = (
            assembly.find_organisation(assembly.ours)
            or organisation_at(assembly, assembly.ours)
            or assembly.create_organisation(assembly.ours)
        )
        assembly.label(assembly.ours, "Supplier")
    _parents(assembly)


def _kinds(assembly: Assembly, entry: Entry) -> set[str]:
    labels = set()
    for word in entry.get("kind") or ():
        label = KIND_LABELS.get(fold(word))
        if label is None:
            assembly.ledger.ask(
                entry.places, "kind", word, f"{word!r} is none of {KINDS}; it was left out. Which is meant?"
            )
        else:
            labels.add(label)
    return labels


def _parents(assembly: Assembly) -> None:
    lines: dict[tuple[str, str], Entry] = {}
    for entry in sorted_entries(assembly.entries["organisations"]):
        child, subject = entry.values["id"], assembly.subject("organisations", entry)
        parent = assembly.organisation(entry, "parent", subject)
        if parent is not None and parent == child:
            assembly.ledger.find(entry.places, "parent", parent, "self", subject)
        elif parent is not None:
            lines[child, parent] = entry
        if "parent" in entry.values:
            assembly.records.restated["PARENT_OF"].add(child)
    stored = {
        (child, parent)
        for child, parents in assembly.known.parents.items()
        if child not in assembly.records.restated["PARENT_OF"]
        for parent in parents
    }
    round_and_round = edges_in_cycles({*lines, *stored})
    for (child, parent), entry in lines.items():
        if (child, parent) in round_and_round:
            assembly.ledger.find(
                entry.places,
                "parent",
                entry.values["parent"],
                "cycle",
                assembly.subject("organisations", entry),
            )
        else:
            assembly.add_line("PARENT_OF", parent, child, {}, entry)


def assemble_business(assembly: Assembly) -> None:
    """Add who supplies whom, through whom, which brands they carry and who sells to whom."""
    _supplies(assembly)
    _distributes(assembly)
    _carries(assembly)
    _sales(assembly)


def _pair(assembly: Assembly, form: str, entry: Entry, source: str, target: str) -> tuple[str, str] | None:
    subject = assembly.subject(form, entry)
    one = assembly.organisation(entry, source, subject)
    other = assembly.organisation(entry, target, subject)
    if one is None or other is None:
        return None
    if one == other:
        assembly.ledger.find(entry.places, target, entry.values[target], "self", subject)
        return None
    assembly.brought(subject)
    return one, other


def _supplies(assembly: Assembly) -> None:
    stages = {fold(stage): stage for stage in load_schema().property("SUPPLIES", "stage").values}
    for entry in sorted_entries(assembly.entries["supplies"]):
        pair = _pair(assembly, "supplies", entry, "supplier", "account")
        if pair is None:
            continue
        properties = given(entry, "revenue", "margin", "since")
        stage = entry.get("stage")
        if stage is not None and fold(stage) in stages:
            properties["stage"] = stages[fold(stage)]
        elif stage is not None:
            known = ", ".join(stages.values())
            assembly.ledger.ask(
                entry.places, "stage", stage, f"{stage!r} is none of {known}; it stays empty. Which is meant?"
            )
        assembly.label(pair[0], "Supplier")
        assembly.add_line("SUPPLIES", *pair, properties, entry)


def _distributes(assembly: Assembly) -> None:
    for entry in sorted_entries(assembly.entries["distributes_through"]):
        pair = _pair(assembly, "distributes_through", entry, "supplier", "distributor")
        if pair is None:
            continue
        assembly.label(pair[0], "Supplier")
        assembly.label(pair[1], "Distributor")
        properties = given(entry, "since", "territory", "transparency", "exclusive")
        assembly.add_line("DISTRIBUTES_THROUGH", *pair, properties, entry)


def _carries(assembly: Assembly) -> None:
    brands = dict(assembly.known.brands)
    for entry in sorted_entries(assembly.entries["carries"]):
        subject = assembly.subject("carries", entry)
        distributor = assembly.organisation(entry, "distributor", subject)
        if distributor is None:
            continue
        assembly.brought(subject)
        assembly.label(distributor, "Distributor")
        name = entry.values["brand"]
        brand = brands.setdefault(fold(name), name)
        properties = {"name": brand, **given(entry, "owner", "launched_on", "price")}
        assembly.add_node(assembly.records.brands, brand, properties, entry)
        assembly.add_line(
            "CARRIES", distributor, brand, given(entry, "share_of_mind", "margin", "since"), entry
        )


def _sales(assembly: Assembly) -> None:
    brands = dict(assembly.known.brands) | {fold(brand): brand for brand in assembly.records.brands}
    pairs = []
    for entry in sorted_entries(assembly.entries["sales"]):
        pair = _pair(assembly, "sales", entry, "seller", "end_customer")
        if pair is not None:
            pairs.append((entry, pair))
            if "Supplier" not in assembly.labels_of(pair[0]):
                assembly.label(pair[0], "Distributor")
    for entry, pair in pairs:
        direct = "Supplier" in assembly.labels_of(pair[0])
        # Several tiers: a distributor that buys from another one stays what it is.
        if "Distributor" not in assembly.labels_of(pair[1]):
            assembly.label(pair[1], "EndCustomer")
        properties = given(entry, "volume")
        name = entry.get("brand")
        brand = brands.setdefault(fold(name), name) if name is not None else None
        if brand is not None:
            properties["brand"] = brand
        kind = "SELLS_DIRECT_TO" if direct else "SELLS_TO"
        assembly.add_line(kind, *pair, properties, entry, brand or "")


def label_the_rest(assembly: Assembly) -> None:
    """Take an organisation of which nobody says the kind for a customer, as those of an export are."""
    for id_ in sorted(assembly.records.organisations):
        if not assembly.labels_of(id_):
            assembly.label(id_, "KeyAccount")
