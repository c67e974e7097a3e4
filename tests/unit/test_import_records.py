"""From rows to records: what is refused, asked, found, and what comes in."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from graph.errors import InputError
from graph.imports import Reading
from graph.imports.records import Known, KnownOrganisation, KnownPerson
from tests.unit.importing import BASE, TODAY, read

TOMORROW = TODAY + timedelta(days=1)


def balanced(reading: Reading) -> bool:
    return all(one.rows == one.imported + one.questions + one.findings for one in reading.files)


def count(reading: Reading, file: str) -> tuple[int, int, int, int]:
    (one,) = (one for one in reading.files if one.file == file)
    return one.rows, one.imported, one.questions, one.findings


def found(reading: Reading) -> set[tuple[str, int, str | None, str | None, str]]:
    return {(one.file, one.row, one.column, one.value, one.kind) for one in reading.findings}


def test_a_sound_portfolio_comes_in_whole(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        BASE
        | {
            "ties.csv": "ours,stakeholder,strength,last_on,desired\no1,t1,0.5,2025-12-01,4\n",
            "touchpoints.csv": "on,kind,attendees,minutes,subject\n2025-12-02,E-Mail,o1; t2,2.5,Price\n",
            "reports_to.csv": "person,manager\nt1,t2\n",
            "influences.csv": "from,to,weight,sign\nt2,t1,0.7,-1\n",
            "supplies.csv": "supplier,account,revenue,margin,stage,since\nus,acme,1e6,25%,Mid,2020-01-01\n",
            "team.csv": "account,person,core,share_of_time\nacme,o1,yes,0.5\n",
            "assessments.csv": "person,attribute,value,on,by,evidence\n"
            "t1,Role,Decision-Maker,2025-11-01,o1,signs\nt1,influence,0.8,2025-11-01,,\n",
        },
    )
    assert not reading.questions and not reading.findings and not reading.warnings
    assert balanced(reading) and all(one.imported == one.rows for one in reading.files)
    records = reading.records
    assert records.organisations["us"].labels == {"Supplier"}
    assert (
        records.people["t1"].function == "acme/purchasing" and records.people["t1"].properties["level"] == 3
    )
    assert records.lines["ENGAGES"]["o1", "t1", ""] == {
        "given_strength": 0.5,
        "given_on": date(2025, 12, 1),
        "last_on": date(2025, 12, 1),
        "assumed": False,
        "desired": 4.0,
    }
    assert records.lines["ENGAGES"]["o1", "t2", ""] == {}, "a pair that met has a tie, which starts at 0"
    (touchpoint,) = records.touchpoints.values()
    assert touchpoint.attendees == ("o1", "t2")
    assert touchpoint.properties["kind"] == "e_mail" and touchpoint.properties["minutes"] == 2.5
    assert records.lines["REPORTS_TO"] == {("t1", "t2", ""): {}}
    assert records.lines["INFLUENCES"] == {("t2", "t1", ""): {"weight": 0.7, "sign": -1}}
    assert records.lines["SUPPLIES"]["us", "acme", ""]["stage"] == "mid"
    assert records.lines["SUPPLIES"]["us", "acme", ""]["margin"] == 0.25
    assert records.lines["MEMBER_OF"] == {("o1", "acme/team", ""): {"core": True, "share_of_time": 0.5}}
    said = {one.attribute: one.properties["value"] for one in records.assessments}
    assert said == {"influence": 0.8, "role": "decision_maker"}


def test_a_tie_takes_its_strength_from_what_the_row_says(tmp_path: Path) -> None:
    ties = "ours,stakeholder,strength,proximity\no1,t1,,3\no1,t2,,\n"
    lines = read(tmp_path, BASE | {"ties.csv": ties}).records.lines["ENGAGES"]
    assert lines["o1", "t1", ""] == {"given_strength": 0.6, "assumed": False}
    assert lines["o1", "t2", ""] == {"given_strength": 0.4, "assumed": True}


@pytest.mark.parametrize(
    ("file", "text", "row", "column", "value"),
    [
        ("ties.csv", "ours,stakeholder,strength\no1,t1,1.2\n", 2, "strength", "1.2"),
        ("ties.csv", "ours,stakeholder,proximity\no1,t1,6\n", 2, "proximity", "6"),
        ("ties.csv", "ours,stakeholder,strength\no1,t1,nan\n", 2, "strength", "nan"),
        ("people.csv", "id,name,organisation,influence\no1,O,us,0.5\nt1,T,acme,2\n", 3, "influence", "2"),
        ("people.csv", "id,name,organisation,placeholder\no1,O,us,maybe\n", 2, "placeholder", "maybe"),
        ("touchpoints.csv", "on,kind,attendees,minutes\n2026-01-01,call,o1;t1,-5\n", 2, "minutes", "-5"),
        ("touchpoints.csv", "on,kind,attendees\n2026-02-31,call,o1;t1\n", 2, "on", "2026-02-31"),
        ("touchpoints.csv", "on,kind,attendees\n03/04/2025,call,o1;t1\n", 2, "on", "03/04/2025"),
        ("touchpoints.csv", "on,kind,attendees\n2026-01-01,call, ;\n", 2, "attendees", ";"),
        ("team.csv", "account,person,share_of_time\nacme,o1,1.5\n", 2, "share_of_time", "1.5"),
        ("influences.csv", "from,to,sign\nt1,t2,2\n", 2, "sign", "2"),
        ("influences.csv", "from,to,sign\nt1,t2,0\n", 2, "sign", "0"),
        ("assessments.csv", "person,attribute,value,on\nt1,charm,5,2025-01-01\n", 2, "attribute", "charm"),
        ("assessments.csv", "person,attribute,value,on\nt1,proximity,9,2025-01-01\n", 2, "value", "9"),
        ("supplies.csv", "supplier,account,margin\nus,acme,25\n", 2, "margin", "25"),
        ("ties.csv", "ours,stakeholder,strength\no1,t1,0.5\no1,t1,0.6\n", 3, "strength", "0.6"),
        ("people.csv", "id,name,organisation\no1,O,us\no1,P,us\n", 3, "name", "P"),
        (
            "touchpoints.csv",
            "id,on,kind,attendees\n1,2026-01-01,call,o1\n1,2026-01-02,call,o1\n",
            3,
            "on",
            None,
        ),
    ],
)
def test_wrong_cells_are_refused_with_their_place(
    tmp_path: Path, file: str, text: str, row: int, column: str, value: str | None
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, BASE | {file: text})
    (fault,) = caught.value.errors
    assert (fault.file, fault.row, fault.column) == (file, row, column)
    assert value is None or fault.value == value
    assert file in caught.value.detail and "Nothing was imported" in caught.value.detail


def test_every_wrong_place_is_named_at_once(tmp_path: Path) -> None:
    files = {
        "people.csv": "id,name,organisation,influence,started_on\n"
        "1,A,Acme,7,\n2,B,Acme,0.5,32.01.2025\n,C,D,,\n",
        "ties.csv": "ours,stakeholder,strength\n1,2,-1\n",
    }
    with pytest.raises(InputError) as caught:
        read(tmp_path, files)
    assert [(fault.file, fault.row, fault.column) for fault in caught.value.errors] == [
        ("people.csv", 2, "influence"),
        ("people.csv", 3, "started_on"),
        ("people.csv", 4, "id"),
        ("ties.csv", 2, "strength"),
    ]


def test_equal_rows_are_one_and_complementary_rows_add_up(tmp_path: Path) -> None:
    people = "id,name,organisation,email,level\n1,A,Acme,,3\n1,A,Acme,a@x.y,\n1,A,Acme,a@x.y,3\n"
    reading = read(tmp_path, {"people.csv": people})
    assert reading.records.people["1"].properties == {"name": "A", "email": "a@x.y", "level": 3}
    assert count(reading, "people.csv") == (3, 3, 0, 0)


def test_words_that_the_tables_do_not_know_are_asked_about(tmp_path: Path) -> None:
    people = (
        "id,name,organisation,function,title,level,role,orientation\n"
        "1,A,Acme,Facility Management,,,,\n"
        "2,B,Acme,,Leading-edge,,,\n"
        "3,C,Acme,,,Chief,,\n"
        "4,D,Acme,,,9,,\n"
        "5,E,Acme,,,,Donor,\n"
        "6,F,Acme,,,,,lukewarm\n"
        "7,G,Acme,,,,,\n"
    )
    reading = read(tmp_path, {"people.csv": people})
    assert [(one.row, one.column, one.value) for one in reading.questions] == [
        (2, "function", "Facility Management"),
        (3, "title", "Leading-edge"),
        (4, "level", "Chief"),
        (5, "level", "9"),
        (6, "role", "Donor"),
        (7, "orientation", "lukewarm"),
    ]
    assert count(reading, "people.csv") == (7, 1, 6, 0)
    records = reading.records
    assert records.people["1"].function == "Acme/Facility Management"
    assert records.people["2"].properties == {"name": "B", "title": "Leading-edge"}
    assert "level" not in records.people["3"].properties and "level" not in records.people["4"].properties
    assert not records.assessments


def test_a_row_with_several_questions_counts_once(tmp_path: Path) -> None:
    people = "id,name,organisation,level,role\n1,A,Acme,x,y\n"
    reading = read(tmp_path, {"people.csv": people})
    assert len(reading.questions) == 2 and count(reading, "people.csv") == (1, 0, 1, 0)


def test_titles_give_what_the_row_does_not_state(tmp_path: Path) -> None:
    people = (
        "id,name,organisation,function,level,title\n"
        "1,A,Acme,,,Purchasing Director\n2,B,Acme,it,,Purchasing Director\n3,C,Acme,it,5,Leading-edge\n"
        "4,D,Acme,,,Quality Engineer\n"
    )
    reading = read(tmp_path, {"people.csv": people})
    told = {id_: (one.function, one.properties.get("level")) for id_, one in reading.records.people.items()}
    assert told == {
        "1": ("Acme/purchasing", 2),
        "2": ("Acme/it", 2),
        "3": ("Acme/it", 5),
        "4": ("Acme/quality", 5),
    }
    assert not reading.questions, "a title is not asked about where nothing is missing"


def test_roles_of_a_crm_say_role_or_orientation(tmp_path: Path) -> None:
    people = (
        "id,name,organisation,role,orientation,verified_on\n1,A,Acme,Economic Buyer,,2026-01-02\n"
        "2,B,Acme,Blocker,,2026-01-02\n3,C,Acme,CHAMPION,,2026-01-02\n4,D,Acme,champion,neutral,2026-01-02\n"
    )
    reading = read(tmp_path, {"people.csv": people})
    said = {(one.person, one.attribute): one.properties["value"] for one in reading.records.assessments}
    assert said == {
        ("1", "role"): "decision_maker",
        ("2", "orientation"): "against",
        ("3", "role"): "influencer",
        ("3", "orientation"): "ally",
        ("4", "role"): "influencer",
        ("4", "orientation"): "neutral",
    }
    assert {one.on for one in reading.records.assessments} == {date(2026, 1, 2)}


def test_references_to_nobody_are_findings(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        BASE
        | {
            "ties.csv": "ours,stakeholder\no1,ghost\nghost,t1\no1,t1\n",
            "touchpoints.csv": "on,kind,attendees\n2026-01-01,call,o1;ghost\n2026-01-01,call,o1;t1\n",
            "reports_to.csv": "person,manager\nt1,ghost\n",
            "influences.csv": "from,to\nghost,t1\n",
            "supplies.csv": "supplier,account\nus,nowhere\n",
            "team.csv": "account,person\nacme,ghost\n",
            "assessments.csv": "person,attribute,value,on\nghost,role,user,2025-01-01\n",
            "people.csv": BASE["people.csv"] + "t9,Ted,nowhere,,\n",
        },
    )
    assert found(reading) == {
        ("ties.csv", 2, "stakeholder", "ghost", "nobody"),
        ("ties.csv", 3, "ours", "ghost", "nobody"),
        ("touchpoints.csv", 2, "attendees", "ghost", "nobody"),
        ("reports_to.csv", 2, "manager", "ghost", "nobody"),
        ("influences.csv", 2, "from", "ghost", "nobody"),
        ("supplies.csv", 2, "account", "nowhere", "nobody"),
        ("team.csv", 2, "person", "ghost", "nobody"),
        ("assessments.csv", 2, "person", "ghost", "nobody"),
        ("people.csv", 5, "organisation", "nowhere", "nobody"),
    }
    assert balanced(reading) and count(reading, "ties.csv") == (3, 1, 0, 2)
    records = reading.records
    assert set(records.lines["ENGAGES"]) == {("o1", "t1", "")}
    assert len(records.touchpoints) == 1 and "t9" not in records.people
    assert not records.lines["REPORTS_TO"] and not records.lines["INFLUENCES"]


def test_references_to_oneself_are_findings(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        BASE
        | {
            "ties.csv": "ours,stakeholder\no1,o1\n",
            "reports_to.csv": "person,manager\nt1,t1\n",
            "influences.csv": "from,to\nt1,t1\n",
            "supplies.csv": "supplier,account\nus,us\n",
            "organisations.csv": "id,name,kind,parent\nus,Us,supplier,\nacme,Acme,key_account,acme\n",
        },
    )
    assert {(file, kind) for file, _, _, _, kind in found(reading)} == {
        (name, "self")
        for name in ("ties.csv", "reports_to.csv", "influences.csv", "supplies.csv", "organisations.csv")
    }
    assert not any(reading.records.lines.values())
    assert "acme" in reading.records.organisations


def test_what_happens_tomorrow_is_a_finding(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        BASE
        | {
            "touchpoints.csv": f"on,kind,attendees\n{TOMORROW},call,o1;t1\n{TODAY},call,o1;t2\n",
            "ties.csv": f"ours,stakeholder,last_on\no1,t1,{TOMORROW}\n",
            "assessments.csv": f"person,attribute,value,on,expires_on\nt1,role,user,{TOMORROW},{TOMORROW}\n"
            f"t2,role,user,{TODAY},{TOMORROW}\n",
        },
    )
    assert found(reading) == {
        ("touchpoints.csv", 2, "on", str(TOMORROW), "future"),
        ("ties.csv", 2, "last_on", str(TOMORROW), "future"),
        ("assessments.csv", 2, "on", str(TOMORROW), "future"),
    }
    assert len(reading.records.touchpoints) == 1 and len(reading.records.assessments) == 1
    assert set(reading.records.lines["ENGAGES"]) == {("o1", "t2", "")}


def test_somebody_verified_tomorrow_comes_in_without_scores(tmp_path: Path) -> None:
    people = f"id,name,organisation,role,verified_on\n1,A,Acme,user,{TOMORROW}\n"
    reading = read(tmp_path, {"people.csv": people})
    assert count(reading, "people.csv") == (1, 0, 0, 1)
    assert "1" in reading.records.people and not reading.records.assessments
    assert "verified_on" not in reading.records.people["1"].properties


def test_every_line_of_a_cycle_of_managers_is_a_finding(tmp_path: Path) -> None:
    people = "id,name,organisation\n" + "".join(f"{n},P{n},Acme\n" for n in range(1, 8))
    lines = "person,manager\n1,2\n2,3\n3,1\n4,1\n5,6\n6,5\n7,4\n"
    reading = read(tmp_path, {"people.csv": people, "reports_to.csv": lines})
    assert {(one.row, one.kind) for one in reading.findings} == {(row, "cycle") for row in (2, 3, 4, 6, 7)}
    assert set(reading.records.lines["REPORTS_TO"]) == {("4", "1", ""), ("7", "4", "")}


def test_a_cycle_may_run_through_what_the_store_knows(tmp_path: Path) -> None:
    known = Known(
        organisations={"acme": KnownOrganisation("Acme", frozenset({"KeyAccount"}))},
        people={one: KnownPerson(one, None, "acme") for one in "abc"},
        managers={"b": ("c",), "c": ("a",)},
    )
    lines = {"reports_to.csv": "person,manager\na,b\n"}
    assert [one.kind for one in read(tmp_path, lines, known=known).findings] == ["cycle"]
    # The same line is sound once the file says anew whom b reports to.
    lines = {"reports_to.csv": "person,manager\na,b\nb,ghost\n"}
    assert [one.kind for one in read(tmp_path / "b", lines, known=known).findings] == ["nobody"]


def test_rows_may_refer_to_what_the_store_knows(tmp_path: Path) -> None:
    known = Known(
        organisations={
            "us": KnownOrganisation("Us Ltd", frozenset({"Supplier"})),
            "acme": KnownOrganisation("Acme Inc", frozenset({"KeyAccount"})),
        },
        people={"o1": KnownPerson("Olga", None, "us"), "t1": KnownPerson("Tom", "t@x.y", "acme")},
    )
    files = {
        "ties.csv": "ours,stakeholder\no1,t1\n",
        "people.csv": "id,name,organisation,email\nt2,Tia,ACME inc,T@X.y\n",
    }
    reading = read(tmp_path, files, known=known)
    assert not reading.findings and not reading.questions and not reading.warnings
    assert reading.records.people["t2"].organisation == "acme"
    assert not reading.records.organisations
    assert [(one.a, one.b, one.why) for one in reading.records.duplicates] == [
        ("t1", "t2", "the same e-mail t@x.y under two names")
    ]


def test_without_organisations_the_cells_hold_names(tmp_path: Path) -> None:
    people = "id,name,organisation\n1,A,Acme Inc\n2,B,acme  inc\n3,C,ACME-INC\n"
    reading = read(tmp_path, {"people.csv": people})
    assert set(reading.records.organisations) == {"ACME-INC"}, (
        "one spelling stands for all, whatever the order"
    )
    assert reading.records.organisations["ACME-INC"].labels == {"KeyAccount"}
    assert any("who we are" in warning for warning in reading.warnings)


def test_duplicates_are_proposed_with_reasons(tmp_path: Path) -> None:
    people = (
        "id,name,organisation,email\n1,Ann Lee,Acme,ann@x.y\n2,A. Lee,Other,ANN@x.y\n3,ann-lee,Acme,\n"
        "4,Ann Lee,Acme,lee@x.y\n5,Ann Lee,Other,\n"
    )
    reading = read(tmp_path, {"people.csv": people})
    assert [(one.a, one.b, one.confidence) for one in reading.records.duplicates] == [
        ("1", "2", "sure"),
        ("1", "3", "likely"),
        ("1", "4", "doubtful"),
        ("3", "4", "likely"),
    ]
    assert "different e-mails" in reading.records.duplicates[2].why
    assert [(one.row, one.column) for one in reading.questions] == [(5, "name")]
    assert len(reading.records.people) == 5, "nothing is merged in silence"


def test_equal_touchpoints_without_id_are_told_apart_by_number(tmp_path: Path) -> None:
    rows = [
        "2026-01-01,call,o1;t1,Price,10",
        "2026-01-01,call,t1;o1,Price,20",
        "2026-01-01,call,o1;t1,Other,10",
    ]
    header = "on,kind,attendees,subject,minutes\n"
    one = read(tmp_path / "1", BASE | {"touchpoints.csv": header + "\n".join(rows)}).records.touchpoints
    two = read(tmp_path / "2", BASE | {"touchpoints.csv": header + "\n".join(rows[::-1])}).records.touchpoints
    assert len(one) == 3 and one == two


def test_a_tie_of_somebody_who_is_not_ours_is_asked_about(tmp_path: Path) -> None:
    reading = read(tmp_path, BASE | {"ties.csv": "ours,stakeholder\nt1,t2\n"})
    assert [(one.column, one.value) for one in reading.questions] == [("ours", "t1")]


def test_channels(tmp_path: Path) -> None:
    organisations = (
        "id,name,kind,parent\nus,Us,Supplier,\nd,Dist,distributor;Key-Account,hold\ne,End,end customer,hold\n"
        "hold,Holding,,\nx,X,rival,\n"
    )
    reading = read(
        tmp_path,
        {
            "organisations.csv": organisations,
            "distributes_through.csv": "supplier,distributor,since,transparency,exclusive\n"
            "us,d,2020-05-06,0.4,no\n",
            "carries.csv": "distributor,brand,owner,share_of_mind,price\n"
            "d,Aqua,us,0.3,12.5\nd,Rival,other,0.7,\n",
            "sales.csv": "seller,end_customer,brand,volume\nd,e,Aqua,100\nd,e,Rival,5\nus,e,,20\nd,d2,,1\n",
        },
    )
    lines = reading.records.lines
    assert reading.records.organisations["d"].labels == {"Distributor", "KeyAccount"}
    assert reading.records.organisations["hold"].labels == {"KeyAccount"}
    assert lines["SELLS_TO"] == {
        ("d", "e", "Aqua"): {"volume": 100.0, "brand": "Aqua"},
        ("d", "e", "Rival"): {"volume": 5.0, "brand": "Rival"},
    }
    assert lines["SELLS_DIRECT_TO"] == {("us", "e", ""): {"volume": 20.0}}
    assert set(lines["PARENT_OF"]) == {("hold", "d", ""), ("hold", "e", "")}
    assert reading.records.brands["Aqua"] == {"name": "Aqua", "owner": "us", "price": 12.5}
    assert [(one.column, one.value) for one in reading.questions] == [("kind", "rival")]
    assert found(reading) == {("sales.csv", 5, "end_customer", "d2", "nobody")}


def test_a_tie_to_one_of_ours_reaches_nobody(tmp_path: Path) -> None:
    organisations = "id,name,kind\nus,Us,supplier\nacme,Acme,key_account\n"
    people = "id,name,organisation\ns,Sam,us\nt,Tom,us\nc,Cleo,acme\n"
    ties = "ours,stakeholder,strength\ns,c,0.5\ns,t,0.5\nc,s,0.5\n"
    reading = read(tmp_path, {"organisations.csv": organisations, "people.csv": people, "ties.csv": ties})
    assert [(one.row, one.column, one.kind) for one in reading.findings] == [
        (3, "stakeholder", "nobody"),
        (4, "stakeholder", "nobody"),
    ]
    assert set(reading.records.lines["ENGAGES"]) == {("s", "c", "")}
