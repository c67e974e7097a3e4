"""Exports of CRM products, by the headings that they really have."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from graph.errors import InputError
from graph.imports import Reading
from graph.imports.dialects.salesforce import long_id
from graph.imports.records import Known, KnownOrganisation, KnownPerson
from tests.unit.importing import read

OURS = "ours: Us Ltd\n"
HUBSPOT = {
    "contacts.csv": "Record ID,First Name,Last Name,Email,Phone Number,Job Title,Contact owner,"
    "Last Activity Date,Lead Status,Buying Role,Associated Company (Primary),"
    "Associated Company IDs (Primary)\n"
    "101,Camille,Durand,camille@example.com,1,Responsable des achats,Inès Moreau,2025-11-12 09:14,"
    "DECISION_MAKER,DECISION_MAKER,Villa SA,9001\n"
    "102,John,Smith,john@example.com,2,Head of Quality,Inès Moreau,,Influencer,Other,"
    "Villa SA;Other GmbH,9001;9002\n"
    "103,,,,,,,,,,,\n"
    "104,,,ann@x.org,,CFO,Bo Berg,2025-01-02 10:00,,CHAMPION,Gone Ltd,9009\n",
    "companies.csv": "Record ID,Company name,Website URL,Company owner,Create Date,Type\n"
    "9001,Villa SA,villa.fr,Inès Moreau,2024-01-01 00:00,Reseller\n"
    "9002,,other.de,,2024-01-01 00:00,\n",
    "deals.csv": "Record ID,Deal Name,Deal Stage,Amount,Deal owner,Associated Company IDs,"
    "Associated Contact IDs\n1,Big,won,100,Bo Berg,9002;9001,101;102\n2,Small,won,100,Bo Berg,,101\n",
}


def ties(reading: Reading) -> dict[tuple[str, str], object]:
    lines = reading.records.lines["ENGAGES"]
    return {(ours, theirs): one.get("last_on") for (ours, theirs, _), one in lines.items()}


def opinions(reading: Reading) -> set[tuple[str, str, object]]:
    return {(one.person, one.attribute, one.properties["value"]) for one in reading.records.assessments}


def counts(reading: Reading) -> dict[str, tuple[str | None, int, int, int, int]]:
    return {
        one.file: (one.dialect, one.rows, one.imported, one.questions, one.findings) for one in reading.files
    }


def test_contacts_companies_and_deals_of_hubspot(tmp_path: Path) -> None:
    reading = read(tmp_path, HUBSPOT, mapping=OURS)
    records = reading.records
    assert counts(reading) == {
        "companies.csv": ("hubspot", 2, 2, 0, 0),
        "contacts.csv": ("hubspot", 4, 2, 1, 1),
        "deals.csv": ("hubspot", 2, 1, 0, 1),
    }
    assert {id_: one.properties["name"] for id_, one in records.organisations.items()} == {
        "hubspot:9001": "Villa SA",
        "hubspot:9002": "other.de",
        "hubspot:9009": "Gone Ltd",
        "Us Ltd": "Us Ltd",
    }
    assert records.organisations["hubspot:9001"].labels == {"Distributor"}
    assert records.people["hubspot:101"].function == "hubspot:9001/purchasing"
    assert records.people["hubspot:101"].properties["phone"] == "1"
    assert records.people["hubspot:104"].properties["name"] == "ann@x.org"
    assert ties(reading) == {
        ("Inès Moreau", "hubspot:101"): date(2025, 11, 12),
        ("Inès Moreau", "hubspot:102"): None,
        ("Bo Berg", "hubspot:104"): date(2025, 1, 2),
    }
    assert all(one["assumed"] for one in records.lines["ENGAGES"].values())
    assert opinions(reading) == {
        ("hubspot:101", "role", "decision_maker"),
        ("hubspot:104", "role", "influencer"),
        ("hubspot:104", "orientation", "ally"),
    }
    members = {(person, team) for person, team, _ in records.lines["MEMBER_OF"]}
    assert members == {
        ("Inès Moreau", "hubspot:9001/team"),
        ("Bo Berg", "hubspot:9001/team"),
        ("Bo Berg", "hubspot:9002/team"),
    }


def test_what_a_product_says_that_nobody_knows_is_asked_and_what_leads_nowhere_is_found(
    tmp_path: Path,
) -> None:
    reading = read(tmp_path, HUBSPOT, mapping=OURS)
    (question,) = reading.questions
    assert (question.row, question.column, question.value) == (3, "Buying Role", "Other")
    found = [(one.file, one.row, one.column, one.kind) for one in reading.findings]
    assert found == [
        ("contacts.csv", 4, "Associated Company (Primary)", "nobody"),
        ("deals.csv", 3, "Associated Company IDs", "nobody"),
    ]


def test_every_file_says_why_it_was_recognised(tmp_path: Path) -> None:
    reading = read(tmp_path, HUBSPOT)
    for one in reading.files:
        assert one.why is not None and "HubSpot" in one.why and "Record ID" in one.why
        assert one.separator == "," and one.encoding == "utf-8"
        assert any(warning.startswith(f"{one.file} is read as hubspot") for warning in reading.warnings)


def test_without_ours_owners_wait_and_nothing_is_lost_in_silence(tmp_path: Path) -> None:
    reading = read(tmp_path, HUBSPOT)
    assert not reading.records.lines["ENGAGES"] and len(reading.records.people) == 3
    by_file = {one.file: one for one in reading.files}
    assert (by_file["deals.csv"].rows, by_file["deals.csv"].left_out) == (0, 2)
    assert any("not knowing who we are" in warning for warning in reading.warnings)
    assert any("Nothing says who we are" in warning for warning in reading.warnings)


def test_the_only_supplier_of_the_store_is_us(tmp_path: Path) -> None:
    known = Known(organisations={"us": KnownOrganisation("Us Ltd", frozenset({"Supplier"}))})
    reading = read(tmp_path, HUBSPOT, known=known)
    assert reading.records.people["Bo Berg"].organisation == "us"


@pytest.mark.parametrize(
    "header",
    [
        "ID de registro,Nombre,Apellidos,Correo,Cargo,Propietario del contacto,Último contacto,"
        "Associated Company (Primary),Associated Company IDs (Primary)",
        "Datensatz-ID,Vorname,Nachname,E-Mail,Position,Zuständiger Mitarbeiter,Zuletzt kontaktiert,"
        "Associated Company (Primary),Associated Company IDs (Primary)",
        "ID de fiche d'informations,Prénom,Nom,Adresse e-mail,Intitulé de poste,Propriétaire du contact,"
        "Dernier contact,Associated Company (Primary),Associated Company IDs (Primary)",
    ],
)
def test_hubspot_in_other_languages_keeps_its_associations_english(tmp_path: Path, header: str) -> None:
    rows = "7,Ana,Ruiz,ana@x.es,Jefe de compras,Inés,25/12/2025,Villa SA,9001\n"
    reading = read(tmp_path, {"export.csv": f"{header}\n{rows}"}, mapping=OURS)
    person = reading.records.people["hubspot:7"]
    assert person.organisation == "hubspot:9001" and person.function == "hubspot:9001/purchasing"
    assert person.properties["level"] == 3 and person.properties["email"] == "ana@x.es"
    assert ties(reading) == {("Inés", "hubspot:7"): date(2025, 12, 25)}


SALESFORCE = {
    "Account.csv": "Id,IsDeleted,Name,Type,ParentId,BillingCountry,Industry,OwnerId\n"
    "001000000000001AAA,false,Big Corp,Customer - Direct,,France,Chemicals,005000000000001AAA\n"
    "001000000000002AAA,false,Small Corp,Channel Partner / Reseller,001000000000001AAA,Italy,,"
    "005000000000002AAA\n001000000000003AAA,true,Dead,,,,,005000000000001AAA\n",
    "Contact.csv": "Id,IsDeleted,AccountId,LastName,FirstName,Name,Title,Department,ReportsToId,Email,"
    "OwnerId,LastActivityDate,LeadSource\n"
    "003000000000001AAA,false,001000000000001AAA,Curie,Marie,Marie Curie,VP Procurement,Procurement,,"
    "m@big.com,005000000000001AAA,2025-12-01,Web\n"
    "003000000000002,false,001000000000001,Bohr,Niels,Niels Bohr,Buyer,EMEA,003000000000001,n@big.com,"
    "005000000000001,,\n"
    "003000000000003AAA,false,,Nobody,,Nobody,Wizard,Magic,003000000000009AAA,,005000000000001AAA,,\n",
    "User.csv": "Id,Username,LastName,FirstName,Name,Title,Email\n"
    "005000000000001AAA,sue@us.com,Sales,Sue,Sue Sales,Key Account Manager,sue@us.com\n",
    "OpportunityContactRole.csv": "Id,OpportunityId,ContactId,Role,IsPrimary,CreatedDate\n"
    "1,006000000000001AAA,003000000000001AAA,Economic Decision Maker,true,2025-06-01T08:00:00.000Z\n"
    "2,006000000000001AAA,003000000000002AAA,Business User,false,2025-06-01T08:00:00.000Z\n"
    "3,006000000000002AAA,003000000000002AAA,Evaluator,false,2025-07-01T08:00:00.000Z\n"
    "4,006000000000002AAA,003000000000001AAA,,false,2025-07-01T08:00:00.000Z\n",
    "Task.csv": "Id,WhoId,Subject,ActivityDate,Status,OwnerId,TaskSubtype,CallDurationInSeconds,IsClosed\n"
    "00T000000000001AAA,003000000000001AAA,Price,2025-11-01,Completed,005000000000001AAA,Call,600,true\n"
    "00T000000000002AAA,003000000000002AAA,Mail,2025-11-02,Not Started,005000000000001AAA,Email,,false\n"
    "00T000000000003AAA,,Note,2025-11-02,Completed,005000000000001AAA,Task,,true\n",
    "Event.csv": "Id,WhoId,Subject,ActivityDateTime,DurationInMinutes,OwnerId,EventSubtype\n"
    "00U000000000001AAA,003000000000001AAA,Review,2025-10-01T09:00:00.000Z,90,005000000000001AAA,Event\n",
}


def test_objects_of_salesforce_by_their_names_in_the_interface(tmp_path: Path) -> None:
    reading = read(tmp_path, SALESFORCE, mapping=OURS)
    assert counts(reading) == {
        "Account.csv": ("salesforce", 2, 1, 0, 1),
        "Contact.csv": ("salesforce", 3, 2, 0, 1),
        "Event.csv": ("salesforce", 1, 1, 0, 0),
        "OpportunityContactRole.csv": ("salesforce", 4, 2, 2, 0),
        "Task.csv": ("salesforce", 2, 1, 0, 1),
        "User.csv": ("salesforce", 1, 1, 0, 0),
    }
    left = {one.file: one.left_out for one in reading.files if one.left_out}
    assert left == {"Account.csv": 1, "Task.csv": 1}
    records = reading.records
    curie, bohr, sue = (
        f"salesforce:{id_}" for id_ in ("003000000000001AAA", "003000000000002AAA", "005000000000001AAA")
    )
    assert records.people.keys() == {curie, bohr, sue}
    assert records.people[curie].function == "salesforce:001000000000001AAA/purchasing"
    assert records.people[bohr].function == "salesforce:001000000000001AAA/purchasing"
    assert records.people[sue].organisation == "Us Ltd"
    assert set(records.lines["REPORTS_TO"]) == {(bohr, curie, "")}
    assert ties(reading) == {(sue, curie): date(2025, 12, 1), (sue, bohr): None}
    assert opinions(reading) == {(curie, "role", "decision_maker")}
    assert {one.value for one in reading.questions} == {"Business User; Evaluator"}
    met = {(one.properties["kind"], one.properties["minutes"]) for one in records.touchpoints.values()}
    assert met == {("call", 10), ("meeting", 90)}
    assert all(one.attendees == (curie, sue) for one in records.touchpoints.values())


def test_a_list_of_salesforce_by_its_labels(tmp_path: Path) -> None:
    report = (
        "First Name;Last Name;Email;Title;Account Name;Mailing Country;Contact Owner;Last Activity;"
        "Reports To\n"
        "Éva;Novák;info@x.cz;Jefe de compras;Müller AG;CZ;Sue Sales;25.12.2025;Max Maier\n"
        "Max;Maier;info@x.cz;Geschäftsführer;Müller AG;DE;Sue Sales;;\n"
        "Ola;Berg;ola@x.cz;Zauberer;Müller AG;DE;;;\n"
    )
    reading = read(tmp_path, {"report.csv": report.encode("cp1252", "replace")}, mapping=OURS)
    assert set(reading.records.people) == {
        "salesforce:Müller AG/Éva Novák",
        "salesforce:Müller AG/Max Maier",
        "salesforce:ola@x.cz",
        "Sue Sales",
    }
    assert set(reading.records.lines["REPORTS_TO"]) == {
        ("salesforce:Müller AG/Éva Novák", "salesforce:Müller AG/Max Maier", "")
    }
    (count,) = reading.files
    assert (count.dialect, count.separator, count.rows, count.questions) == ("salesforce", ";", 3, 1)
    assert {one.value for one in reading.questions} == {"cp1252", "Zauberer"}


def test_a_manager_whose_name_several_have_is_the_one_in_the_house_of_the_person(tmp_path: Path) -> None:
    files = {
        "contacts.csv": "Contact ID,First Name,Last Name,Account ID,Account Name,Contact Owner,Reports To\n"
        "003000000000001,Ann,Berg,001000000000001,Villa SA,Sue Sales,Max Maier\n"
        "003000000000002,Max,Maier,001000000000001,Villa SA,Sue Sales,\n"
        "003000000000003,Ola,Lind,001000000000002,Nord AB,Sue Sales,Max Maier\n",
        "accounts.csv": "Account ID,Account Name,Account Owner,Industry\n"
        "001000000000001,Villa SA,Sue Sales,Chemicals\n001000000000002,Nord AB,Sue Sales,Energy\n",
        "hubspot.csv": "Record ID,First Name,Last Name,Contact owner,"
        "Associated Company IDs (Primary),Associated Company (Primary)\n"
        "7,Max,Maier,Sue Sales,9001,Villa SA\n",
    }
    reading = read(tmp_path, files, mapping=OURS)
    assert {one.dialect for one in reading.files} == {"salesforce", "hubspot"}
    assert set(reading.records.lines["REPORTS_TO"]) == {
        ("salesforce:003000000000001AAA", "salesforce:003000000000002AAA", "")
    }
    # Ola's house has nobody of that name, and of two elsewhere none is meant rather than the other.
    assert [(one.file, one.row, one.column) for one in reading.findings] == [
        ("contacts.csv", 4, "Reports To")
    ]


def test_lists_of_salesforce_with_ids_are_not_taken_for_dynamics(tmp_path: Path) -> None:
    files = {
        "contacts.csv": "First Name,Last Name,Title,Account Name,Email,Contact Owner,Contact ID,Account ID\n"
        "Ann,Berg,Head of Purchasing,Villa SA,ann@villa.fr,Sue Sales,003000000000001,001000000000001\n",
        "accounts.csv": "Account ID,Account Name,Account Owner,Industry\n"
        "001000000000001,Villa SA,Sue Sales,Chemicals\n",
    }
    reading = read(tmp_path, files, mapping=OURS)
    assert {one.dialect for one in reading.files} == {"salesforce"}
    assert ties(reading) == {("Sue Sales", "salesforce:003000000000001AAA"): None}
    assert not reading.findings


def test_owners_known_by_id_only_are_nobody(tmp_path: Path) -> None:
    files = {"Contact.csv": SALESFORCE["Contact.csv"], "Account.csv": SALESFORCE["Account.csv"]}
    reading = read(tmp_path, files, mapping=OURS)
    assert not reading.records.lines["ENGAGES"]
    assert any("export the users as well" in warning for warning in reading.warnings)


def test_the_short_form_of_an_id_determines_the_long_one() -> None:
    assert long_id("000000000000000") == "000000000000000AAA"
    assert long_id("A0000A0000A0000") == "A0000A0000A0000BBB"
    assert long_id("0000A0000A0000A") == "0000A0000A0000AQQQ"
    assert long_id("AAAAAAAAAAAAAAA") == "AAAAAAAAAAAAAAA555"
    assert long_id("hubspot") == "hubspot"


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    raw = BytesIO()
    book.save(raw)
    return raw.getvalue()


DYNAMICS: list[list[object]] = [
    [
        "(Do Not Modify) Contact",
        "(Do Not Modify) Row Checksum",
        "(Do Not Modify) Modified On",
        " Full Name",
        "Email",
        "Company Name",
        "Job Title",
        "Department",
        "Manager",
        "Owner",
        "Decision influence labels",
        "Not at Company Flag",
    ],
    [
        *("a-1", "x", datetime(2025, 6, 22, 10), "Alice A", "a@c.com", "Contoso", "Werkleiter"),
        *("Produktion", None, "Sue Sales", "Decision maker", "NoFeedback"),
    ],
    [
        *("a-2", "x", datetime(2025, 7, 22, 10), "Bob B", "b@c.com", "Contoso", "Einkäufer"),
        *("Einkauf", "Alice A", "Sue Sales", 2, 1),
    ],
    [
        *("a-3", "x", datetime(2025, 7, 22, 10), "Cy C", "c@c.com", "Contoso", "Zauberer"),
        *("", "Nemo", "", "Unknown", ""),
    ],
]


def test_contacts_and_accounts_of_dynamics(tmp_path: Path) -> None:
    accounts = (
        "(Do Not Modify) Account,(Do Not Modify) Row Checksum,(Do Not Modify) Modified On,Account Name,"
        "Website,Relationship Type,Address 1: Country/Region,Industry,Owner\n"
        "b-1,x,2025-06-22 10:00,Contoso,,Customer,Germany,Chemicals,Sue Sales\n"
    )
    files: dict[str, str | bytes] = {"contacts.xlsx": workbook(DYNAMICS), "accounts.csv": accounts}
    reading = read(tmp_path, files, mapping=OURS)
    assert counts(reading) == {
        "accounts.csv": ("dynamics", 1, 1, 0, 0),
        "contacts.xlsx": ("dynamics", 3, 2, 0, 1),
    }
    records = reading.records
    alice, bob, cy = (records.people[f"dynamics:a-{number}"] for number in (1, 2, 3))
    assert {one.organisation for one in (alice, bob, cy)} == {"dynamics:b-1"}
    assert alice.function == "dynamics:b-1/operations" and alice.properties["level"] == 2
    assert (alice.until, bob.until, cy.until) == (None, date(2025, 7, 22), None)
    assert opinions(reading) == {
        ("dynamics:a-1", "role", "decision_maker"),
        ("dynamics:a-2", "orientation", "against"),
    }
    assert set(records.lines["REPORTS_TO"]) == {("dynamics:a-2", "dynamics:a-1", "")}
    assert [(one.row, one.column, one.value) for one in reading.findings] == [(4, "Manager", "Nemo")]
    assert [one.value for one in reading.questions] == ["Zauberer"]


def test_other_tables_are_nobodys(tmp_path: Path) -> None:
    others = {
        "zoho.csv": "Record Id,Contact Owner,First Name,Last Name,Account Name\nzcrm_1,Sue,Ann,Lee,Acme\n",
        "list.csv": "id,name,type\n1,Ann,x\n",
        "people.csv": "id,name,organisation\n1,Ann,Acme\n",
    }
    reading = read(tmp_path, others)
    dialects = {one.file: one.dialect for one in reading.files}
    assert dialects == {"zoho.csv": None, "list.csv": None, "people.csv": "generic"}


def test_who_we_are_needs_no_mapping_file(tmp_path: Path) -> None:
    reading = read(tmp_path, HUBSPOT, mapping="ours: Others\n", ours="Us Ltd")
    assert ("Inès Moreau", "hubspot:101") in ties(reading)
    assert reading.records.people["Inès Moreau"].organisation == "Us Ltd"
    assert "Others" not in reading.records.organisations


@pytest.mark.parametrize(
    ("said", "why"),
    [("", "is empty"), ("  ", "is empty"), ("Us\0Ltd", "NUL"), ("\ud800", "half"), ("U" * 501, "longer")],
)
def test_who_we_are_is_a_name(tmp_path: Path, said: str, why: str) -> None:
    with pytest.raises(InputError, match=rf"^ours: .*{why}.*an id, a name or the domain of our addresses"):
        read(tmp_path, HUBSPOT, ours=said)
    reading = read(tmp_path, HUBSPOT, ours=" Us Ltd ")
    assert reading.records.people["Inès Moreau"].organisation == "Us Ltd"


def test_names_of_an_export_mean_its_own_entries_before_those_of_another_product(tmp_path: Path) -> None:
    known = Known(
        organisations={
            "us": KnownOrganisation("Us Ltd", frozenset({"Supplier"})),
            "hubspot:1": KnownOrganisation("Villa SA", frozenset({"KeyAccount"})),
        },
        people={"hubspot:2": KnownPerson("Max Maier", None, "hubspot:1")},
    )
    book = workbook(
        [
            ["(Do Not Modify) Contact", "Full Name", "Company Name", "Manager"],
            ["c1", "Ann Berg", "Villa SA", "Max Maier"],
            ["c2", "Max Maier", "Villa SA", ""],
        ]
    )
    accounts = workbook([["(Do Not Modify) Account", "Account Name"], ["a1", "Villa SA"]])
    reading = read(tmp_path, {"contacts.xlsx": book, "accounts.xlsx": accounts}, mapping=OURS, known=known)
    assert set(reading.records.organisations) <= {"dynamics:a1", "us"}
    assert reading.records.people["dynamics:c1"].organisation == "dynamics:a1"
    assert set(reading.records.lines["REPORTS_TO"]) == {("dynamics:c1", "dynamics:c2", "")}
    assert not reading.findings


def test_a_mapping_beats_recognition_for_the_files_that_it_names(tmp_path: Path) -> None:
    mapping = OURS + (
        "files:\n  contacts.csv:\n    - form: people\n"
        '      columns: {id: Record ID, name: ["{First Name} {Last Name}", Email, Record ID],'
        ' organisation: ["Associated Company (Primary)", "Record ID"]}\n'
    )
    reading = read(tmp_path, HUBSPOT, mapping=mapping)
    dialects = {one.file: one.dialect for one in reading.files}
    assert dialects == {"contacts.csv": "generic", "companies.csv": "hubspot", "deals.csv": "hubspot"}
    assert reading.records.people["103"].organisation == "103"


def forced(folder: Path, files: dict[str, str], dialect: str) -> Reading:
    from graph.imports import read_files
    from graph.policy import load_policy
    from tests.unit.importing import TODAY, write_files

    write_files(folder, files)
    return read_files([folder], known=Known(), policy=load_policy(), today=TODAY, dialect=dialect)


def test_a_named_dialect_takes_what_it_can_read(tmp_path: Path) -> None:
    files = {"x.csv": "Record ID,First Name,Last Name\n1,Ann,Lee\n", "people.csv": "id,name,organisation\n"}
    reading = forced(tmp_path / "a", files, "hubspot")
    assert counts(reading) == {"people.csv": (None, 0, 0, 0, 0), "x.csv": ("hubspot", 1, 0, 0, 1)}
    with pytest.raises(InputError, match="None of"):
        forced(tmp_path / "b", {"x.csv": files["x.csv"]}, "auto")


@pytest.mark.parametrize("dialect", ["hubspot", "salesforce", "dynamics"])
def test_a_named_dialect_is_refused_with_what_is_missing(tmp_path: Path, dialect: str) -> None:
    with pytest.raises(InputError, match=r"list\.csv lacks .* for contacts") as caught:
        forced(tmp_path, {"list.csv": "a,b\n1,2\n"}, dialect)
    assert caught.value.detail.endswith(".")


def test_the_generic_dialect_recognises_no_product(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="None of"):
        forced(tmp_path, {"contacts.csv": HUBSPOT["contacts.csv"]}, "generic")


@pytest.mark.parametrize("heading", ["Record ID", "record id"])
def test_a_heading_that_stands_there_twice_and_says_two_things_is_refused(
    tmp_path: Path, heading: str
) -> None:
    text = f"Record ID,{heading},Company name,Type,Type\n9001,9001,Villa SA,Reseller,Reseller\n"
    text += "9002,9003,Hold,,\n"
    with pytest.raises(
        InputError, match="2 columns are called so, and row 3 says '9002' and '9003'"
    ) as caught:
        read(tmp_path, {"companies.csv": text})
    (fault,) = caught.value.errors
    assert (fault.file, fault.row, fault.column) == ("companies.csv", 1, "Record ID")
    reading = read(tmp_path, {"companies.csv": text.replace("9003", "9002")})
    assert set(reading.records.organisations) == {"hubspot:9001", "hubspot:9002"}
