"""One wrong cell in a sound export of a CRM product is named with its file, row, column and value."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.errors import InputError
from graph.imports import Reading
from graph.imports.cells import shown
from graph.imports.dialects.crm import CrmDialect, Export, export_of
from graph.imports.dialects.dynamics import Dynamics
from graph.imports.dialects.hubspot import HubSpot
from graph.imports.dialects.salesforce import Salesforce
from graph.imports.sources import open_tables
from tests.unit.importing import read, write_files

Rows = list[list[str]]


def rows(text: str) -> Rows:
    return [line.split("|") for line in text.strip().splitlines()]


SETS: dict[str, tuple[CrmDialect, dict[str, Rows]]] = {
    "HubSpot": (
        HubSpot(),
        {
            "contacts.csv": rows("""
Record ID|First Name|Last Name|Email|Phone Number|Job Title|Department|Contact owner|Last Contacted|\
Last Activity Date|Buying Role|Associated Company IDs|Associated Company|Company Name
101|Ann|Durand|c@v.fr|1|CFO|Finance|Inès|2025-11-13 09:14||DECISION_MAKER|9001||
102|Bo|Smith|j@v.fr|2|Head of Quality||Inès||2025-11-14 09:14|CHAMPION|9001||"""),
            "companies.csv": rows("""
Record ID|Company name|Company Domain Name|Company owner|Country/Region|Industry|Type|Parent Company IDs
9001|Villa SA|villa.fr|Inès|FR|Food|Reseller|9002
9002|Hold SA|hold.fr|Bo|FR|Food||"""),
            "deals.csv": rows("""
Record ID|Deal Name|Deal owner|Associated Company IDs|Associated Company
1|Big|Inès|9001|Villa SA"""),
        },
    ),
    "Salesforce by name": (
        Salesforce(),
        {
            "Account.csv": rows("""
Id|IsDeleted|Name|Type|ParentId|BillingCountry|Industry|OwnerId
001000000000001|false|Big|Reseller||FR|Food|005000000000001
001000000000002|false|Small||001000000000001|IT|Food|005000000000002"""),
            "User.csv": rows("""
Id|Username|FirstName|LastName|Title|Department|Email|ManagerId
005000000000001|a@us.eu|Ann|Berg|CEO|Sales|a@us.eu|
005000000000002|b@us.eu|Bo|Berg|Sales Manager|Sales|b@us.eu|005000000000001"""),
            "Contact.csv": rows("""
Id|IsDeleted|FirstName|LastName|Email|Title|Department|Phone|AccountId|ReportsToId|OwnerId|LastActivityDate
003000000000001|false|Tom|Tal|t@b.eu|Buyer|Purchasing|1|001000000000001|003000000000002|005000000000001|\
2025-12-13
003000000000002|false|Tia|Tal|u@b.eu|CFO||2|001000000000001||005000000000002|2025-12-14"""),
            "OpportunityContactRole.csv": rows("""
Id|OpportunityId|ContactId|Role|LastModifiedDate|IsDeleted
00K000000000001|006000000000001|003000000000001|Decision Maker|2025-12-13T10:00:00.000Z|false"""),
            "Opportunity.csv": rows("""
Id|StageName|AccountId|OwnerId|IsDeleted
006000000000001|Won|001000000000001|005000000000001|false"""),
            "Task.csv": rows("""
Id|WhoId|OwnerId|ActivityDateTime|ActivityDate|TaskSubtype|Type|Subject|IsClosed|CallDurationInSeconds|\
DurationInMinutes|IsDeleted
00T000000000001|003000000000001|005000000000001|2025-12-13T10:00:00.000Z||Call||Price|true|600||false
00T000000000002|003000000000002|005000000000002||2025-12-14||Meeting|Plan|true||30|false"""),
        },
    ),
    "Salesforce by label": (
        Salesforce(),
        {
            "accounts.csv": rows("""
Account ID|Account Name|Billing City|Billing Country|Type|Parent Account|Account Owner|Annual Revenue
001000000000001|Big|Paris|FR|Reseller||Ann Berg|5
001000000000002|Small|Rome|IT||Big|Bo Berg|6"""),
            "contacts.csv": rows("""
Contact ID|First Name|Last Name|Account ID|Account Name|Title|Department|Email|Reports To|Contact Owner|\
Last Activity|Lead Source
003000000000001|Tom|Tal|001000000000001|Big|Buyer|Purchasing|t@b.eu|Tia Ohm|Ann Berg|2025-12-13|Web
003000000000002|Tia|Ohm|001000000000001|Big|CFO||u@b.eu||Bo Berg|2025-12-14|Web"""),
            "opportunities.csv": rows("""
Opportunity ID|Stage|Account Name|Opportunity Owner
006000000000001|Won|Big|Ann Berg"""),
        },
    ),
    "Dynamics 365": (
        Dynamics(),
        {
            "accounts.csv": rows("""
(Do Not Modify) Account|Account Name|Relationship Type|Address 1: Country/Region|Industry|Parent Account|Owner
a1|Big|Reseller|FR|Food||Ann Berg
a2|Small||IT|Food|Big|Bo Berg"""),
            "contacts.csv": rows("""
(Do Not Modify) Contact|Full Name|Email|Business Phone|Job Title|Department|Company Name|Manager|Owner|\
Decision influence tag|Role|Not at Company Flag|(Do Not Modify) Modified On|Last Activity Date
c1|Tom Tal|t@b.eu|1|Buyer|Purchasing|Big|Tia Ohm|Ann Berg|Decision maker||0|2025-12-13 10:00|2025-12-14
c2|Tia Ohm|u@b.eu|1|CFO||Small||Bo Berg||Influencer|1|2025-12-13 10:00|2025-12-15"""),
        },
    ),
}
DAYS = ["31.02.2025", "soon", "9.9"]
FLAG, GHOST, NUMBER, WORD, TEXT = ["perhaps"], ["ghost", "-5"], ["12 apples", "-5"], ["wizardry"], ["a\0b"]
# What can never stand under a heading, by the field that it is; references by name make whom they name.
WRONG = {
    **dict.fromkeys(("last_contact", "on", "start", "modified"), DAYS),
    **dict.fromkeys(("deleted", "closed", "gone"), FLAG),
    **dict.fromkeys(("seconds", "minutes"), NUMBER),
    **dict.fromkeys(("role", "account_role", "title"), WORD + TEXT),
    **dict.fromkeys(("manager_id", "owner_id", "contact_id", "parent_id", "parent_ids"), GHOST + TEXT),
    **dict.fromkeys(("company_ids", "manager"), GHOST + TEXT),
    **dict.fromkeys(("first_name", "last_name", "full_name", "name", "email", "phone", "country"), TEXT),
    **dict.fromkeys(("industry", "owner", "subject"), TEXT),
    "id": ["", "a\0b"],
}
# Of these any text is as good, or nothing is read where the set has something better beside it.
ANY = {
    "department", "company", "companies", "domain", "type", "subtype", "stage", "username", "opportunity_id",
    "company_id", "source", "city", "revenue", "parent",
}  # fmt: skip

# Nothing refers to these, so that they are not read, or may be empty.
UNREAD = {
    ("HubSpot", "deals.csv", "id"),
    ("HubSpot", "deals.csv", "name"),
    ("Salesforce by name", "OpportunityContactRole.csv", "id"),
    ("Salesforce by name", "Opportunity.csv", "id"),
    ("Salesforce by name", "Task.csv", "id"),
    ("Salesforce by label", "opportunities.csv", "id"),
}


def content(tables: dict[str, Rows]) -> dict[str, str]:
    files = {}
    for name, table in tables.items():
        held = io.StringIO()
        csv.writer(held).writerows(table)
        files[name] = held.getvalue()
    return files


def imported(folder: Path, tables: dict[str, Rows]) -> Reading:
    return read(folder, content(tables), mapping="ours: Us Ltd\n")


def fields(folder: Path, dialect: CrmDialect, tables: dict[str, Rows]) -> Iterator[tuple[str, int, str]]:
    """Return every file and column with the field that it is."""
    write_files(folder, content(tables))
    for file, (header, *_) in tables.items():
        (table,) = open_tables(file, folder / file, None)
        export = export_of(dialect.name, dialect.kinds, table, forced=True)
        assert isinstance(export, Export)
        for index, heading in enumerate(header):
            yield file, index, next(name for name, own in export.fields.items() if heading in own)


@pytest.mark.parametrize("name", SETS)
def test_one_wrong_cell_is_named_exactly(tmp_path: Path, name: str) -> None:
    dialect, tables = SETS[name]
    sound = imported(tmp_path, tables)
    assert not sound.questions and not sound.findings
    assert {one.dialect for one in sound.files} == {dialect.name}
    assert all(one.rows == len(tables[one.file]) - 1 == one.imported for one in sound.files)
    for file, index, field in list(fields(tmp_path, dialect, tables)):
        assert (field in WRONG) != (field in ANY), f"{field} is missing here"
        filled = [number for number, row in enumerate(tables[file]) if number and row[index]]
        # A deal is the same whatever its number is.
        for bad in WRONG.get(field, ()) if (filled and (name, file, field) not in UNREAD) else ():
            changed = [list(row) for row in tables[file]]
            changed[filled[-1]][index] = bad
            place = (file, filled[-1] + 1, tables[file][0][index], shown(bad))
            try:
                reading = imported(tmp_path, tables | {file: changed})
            except InputError as error:
                assert [(one.file, one.row, one.column, one.value) for one in error.errors] == [place]
                continue
            said = [(one.file, one.row, one.column, one.value) for one in reading.questions]
            said += [(one.file, one.row, one.column, one.value) for one in reading.findings]
            assert place in said
            for one in reading.files:
                assert one.rows == len(tables[one.file]) - 1
                assert one.rows == one.imported + one.questions + one.findings + one.left_out
