"""Who may be one person: how names, addresses and numbers are compared, and how sure a proposal is."""

from __future__ import annotations

import random
import time

import pytest

from graph.imports.one_person import still_two
from graph.imports.records import Known
from graph.imports.report import Duplicate
from graph.people.names import likeness, read_address, read_name, read_phone, same_phone
from graph.people.proposals import Conflict, Entry, propose


@pytest.mark.parametrize(
    ("one", "other", "like"),
    [
        ("Dr. Hans Müller", "Mueller, Hans", "same"),
        ("hans.mueller@acme.com", "Hans Muller", "same"),
        ("Prof. Dr. h.c. Ann von Berg, MBA", "BERG Ann", "same"),
        ("Søren Ågård", "Soeren Aagaard", "same"),
        ("李 明", "明 李", "same"),
        ("John Q. Smith", "Smith, John", "fuller"),
        ("J. Smith", "John Smith", "initial"),
        ("Stefan Maier", "Stephan Meyer", None),
        ("Hans Maier", "Hans Meyer", "sound"),
        ("Katharina Schmidt", "Catharina Schmidt", "sound"),
        ("Anna Meier", "Anne Meier", "spelling"),
        ("Bill Gates", "William Gates", "nickname"),
        ("Bob O’Neill", "Bob ONeill", "same"),
        ("Ann Lee", "Ann Ray", "part"),
        ("Tom", "Tom Hanks", "part"),
        ("Dr.", "Dr.", "same"),
        ("Ann Lee", "Bob Ray", None),
        ("...", "...", None),
    ],
)
def test_two_spellings_of_a_name(one: str, other: str, like: str | None):
    assert likeness(read_name(one), read_name(other)) == like
    assert likeness(read_name(other), read_name(one)) == like


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+49 (0)89 1234-567", "089 / 1234567", True),
        ("0049 89 1234567", "+49891234567", True),
        ("(212) 555-1234", "+1 212 555 1234", True),
        ("089 123456 DW 12", "+49 89 123456 ext. 12", True),
        ("089 123456 ext. 12", "089 123456 ext. 13", False),
        ("+49 89 1234567", "+43 89 1234567", False),
        ("+49 89 1234567", "1234567", False),  # without its area a number says too little
        ("+4989 5551234567", "1234567", False),
    ],
)
def test_two_formats_of_a_number(one: str, other: str, same: bool):
    left, right = read_phone(one), read_phone(other)
    assert left is not None
    assert right is not None
    assert same_phone(left, right) == same_phone(right, left) == same


def test_addresses_lose_tags_and_case_and_what_is_none_is_none():
    assert read_address("Ann.Lee+News@Acme.com ") == read_address("ann.lee+news@acme.com")
    assert read_address("a.n.n@googlemail.com") == read_address("ann@gmail.com")
    for text in (None, "", "ann", "@acme.com", "ann@", "+x@acme.com"):
        assert read_address(text) is None
    assert read_phone("12345") is None


def judged(*entries: Entry) -> list[tuple[str, str, str]]:
    return [(one.a, one.b, one.confidence) for one in propose(entries)]


def entry(id: str, name: str, organisation: str = "acme", **more: object) -> Entry:
    return Entry(id, name, organisation, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "confidence"),
    [
        # The same address: sure with a like name, doubtful with another, never sure for a mailbox of many.
        (entry("1", "Ann Lee", email="ann@x.y"), entry("2", "A. Lee", "b", email="ANN+crm@x.y"), "sure"),
        (entry("1", "Ann Lee", email="ann@x.y"), entry("2", "Bob Ray", email="ann@x.y"), "doubtful"),
        (entry("1", "Ann Lee", email="info@x.y"), entry("2", "Bob Ray", "b", email="info@x.y"), "doubtful"),
        (entry("1", "Ann Lee", email="info@x.y"), entry("2", "Ann Lee", "b", email="info@x.y"), "likely"),
        (entry("1", "Ann Lee", email="ann@x.de"), entry("2", "Ann Lee", email="ann@x.com"), "sure"),
        (entry("1", "Ann Lee", email="a@x.de"), entry("2", "Ann Ray", "b", email="a@x.com"), None),
        # The same number: colleagues share one.
        (
            entry("1", "Ann Lee", phone="089 123456"),
            entry("2", "Lee, Ann", "b", phone="+49 89123456"),
            "sure",
        ),
        (entry("1", "Bill Lee", phone="089123456"), entry("2", "William Lee", phone="089123456"), "likely"),
        (entry("1", "Ann Lee", phone="089 123456"), entry("2", "Bob Ray", phone="089 123456"), None),
        # A number may be that of the house: an initial, or an address each, leave a doubt.
        (entry("1", "J. Lee", phone="089 123456"), entry("2", "Jim Lee", phone="089 123456"), "likely"),
        (
            entry("1", "Jim Lee", phone="089 123456", email="jim.lee@x.y"),
            entry("2", "Jim Lee", phone="089 123456", email="lee.jim@x.y"),
            "likely",
        ),
        (
            entry("1", "Jim Lee", phone="089 123456", email="jim.lee@x.y"),
            entry("2", "Jim Lee", phone="089 123456", email="j.lee@x.y"),
            "sure",
        ),
        # With a number or an address in common every word may be misspelt.
        (
            entry("1", "Wiliam Cartr", phone="089123456"),
            entry("2", "William Carter", phone="089123456"),
            "likely",
        ),
        (entry("1", "Wiliam Cartr", email="w@x.y"), entry("2", "William Carter", email="w@x.y"), "likely"),
        # An address each, one of them written short, or a name with a word more: worth a look.
        (
            entry("1", "Bill Carter", email="bcarter@x.y"),
            entry("2", "William Carter", email="william.carter@x.y"),
            "doubtful",
        ),
        (
            entry("1", "Ana López", email="a.lopez@x.y"),
            entry("2", "Anna Lopez", email="ana.lopez@x.y"),
            "doubtful",
        ),
        (entry("1", "Anna Lee", email="anna.lee@x.y"), entry("2", "Anne Lee", email="anne.lee@x.y"), None),
        (
            entry("1", "Ana López", email="a.lopez@x.y"),
            entry("2", "Anna Lopez", "b", email="a.lopez@z.y"),
            None,
        ),
        (
            entry("1", "Marie Leclerc", email="marie.leclerc@x.y"),
            entry("2", "Marie Dupont-Leclerc", email="marie.dupont@x.y"),
            "doubtful",
        ),
        # Names alone: in one house likely, unless each has an address; elsewhere doubtful.
        (entry("1", "Ann Lee"), entry("2", "LEE, Ann"), "likely"),
        (entry("1", "Ann Lee", email="ann@x.y"), entry("2", "Ann Lee", email="lee@x.y"), "doubtful"),
        (entry("1", "Anna Lee", email="ann@x.y"), entry("2", "Anne Lee", email="lee@x.y"), None),
        (entry("1", "A. Lee"), entry("2", "Ann Lee"), "doubtful"),
        (entry("1", "Bill Lee"), entry("2", "William Lee"), "doubtful"),
        (entry("1", "Ann Schreiber"), entry("2", "Ann Schrieber"), "doubtful"),
        (entry("1", "Ann Lee"), entry("2", "Ann Lee", "b"), "doubtful"),
        (entry("1", "Ann Lee"), entry("2", "Anne Lee", "b"), None),
        (entry("1", "Ann"), entry("2", "Ann"), "doubtful"),
    ],
)
def test_how_sure_a_proposal_is(one: Entry, other: Entry, confidence: str | None):
    expected = [] if confidence is None else [("1", "2", confidence)]
    assert judged(one, other) == judged(other, one) == expected


def test_a_proposal_says_why_and_what_speaks_against_it_and_keeps_whom_more_is_known_of():
    one = entry("1", "Ann Lee", email="ann@x.y", title="Buyer", level=4)
    other = entry("2", "Anne Lee", "b", email="Ann@x.y", title="Head of Purchasing", weight=3, level=4)
    (found,) = propose([one, other])
    assert (found.a, found.b, found.reasons) == ("2", "1", ("same_email",))
    assert found.why == "the same e-mail ann@x.y"
    assert found.conflicts == (
        Conflict("name", "Anne Lee", "Ann Lee"),
        Conflict("e-mail", "Ann@x.y", "ann@x.y"),
        Conflict("organisation", "b", "acme"),
        Conflict("title", "Head of Purchasing", "Buyer"),
    )


def test_two_who_were_said_to_differ_are_not_proposed_and_a_common_name_is_no_reason():
    entries = [entry("1", "Ann Lee"), entry("2", "Ann Lee")]
    assert propose(entries, distinct={("1", "2")}) == ()
    common = [entry(str(number), "Thomas Müller", f"o{number}") for number in range(4)]
    assert len(propose(common[:3])) == 3
    assert propose(common) == ()


def test_only_pairs_of_those_asked_for():
    entries = [entry(str(number), "Ann Lee") for number in range(4)]
    assert len(propose(entries)) == 6
    assert {(one.a, one.b) for one in propose(entries, among={"2"})} == {("0", "2"), ("1", "2"), ("2", "3")}


def test_the_order_of_the_entries_does_not_matter():
    draw = random.Random(3)
    firsts, lasts = ("Ann", "Anna", "Bill", "William"), ("Lee", "Leigh", "Ray")
    entries = [
        entry(str(number), f"{draw.choice(firsts)} {draw.choice(lasts)}", draw.choice("ab"))
        for number in range(60)
    ]
    expected = propose(entries)
    draw.shuffle(entries)
    assert propose(entries) == expected
    assert expected


def test_many_people_take_time_in_proportion():
    """A house of 8,000 with 26 first names: every pair compared would be 32 million."""
    draw = random.Random(5)
    syllables = ["ba", "ke", "ri", "to", "mu", "na", "schm", "br", "kra", "lin", "dorf", "hau", "sen", "wal"]
    first = [chr(97 + number) + "ina" for number in range(26)]
    last = ["".join(draw.choices(syllables, k=3)) for _ in range(2000)]
    entries = [entry(f"{n:05}", f"{draw.choice(first)} {draw.choice(last)}") for n in range(8000)]
    start = time.process_time()
    assert propose(entries)
    assert time.process_time() - start < 15


def test_proposals_about_merged_people_mean_those_kept_and_none_who_were_said_to_be_two():
    known = Known(merged={"b": "a"}, distinct=frozenset({("a", "c")}))
    proposed = [Duplicate(*pair, "the same name") for pair in ("ab", "cb", "db", "de")]
    assert [(one.a, one.b) for one in still_two(proposed, known)] == [("d", "a"), ("d", "e")]


def test_of_two_entries_of_a_company_the_one_where_more_people_work_keeps_its_people() -> None:
    known_best = entry("h1", "Anna Keller", "hub", email="a@x.org", organisation_name="Acme", weight=9)
    (found,) = propose(
        [
            known_best,
            entry("s1", "Anna Keller", "sales", email="a@x.org", organisation_name="Acme", weight=1),
            entry("s2", "Bruno Rossi", "sales", organisation_name="Acme"),
        ]
    )
    assert (found.a, found.b, found.confidence) == ("s1", "h1", "sure")
    assert "two entries of Acme: one company?" in found.why
    alone = entry("s1", "Anna Keller", "sales", email="a@x.org", organisation_name="Acme", weight=1)
    assert propose([known_best, alone])[0].a == "h1"
