"""The gap report: sentences, who could close a gap, what changed, and tables that hold no formula."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from fixtures.generator import generate_account, generate_ecosystem
from graph.account import Account, Channel, InfluenceLine, Partner, Person, Sale, Tie
from graph.gap_changes import GapChanges, Standing, compare, standing
from graph.gap_closing import closer_of
from graph.gap_groundwork import groundwork
from graph.gap_report import COLUMNS, GapReport, grouped, report, report_csv, report_workbook, reported
from graph.gap_similar import peer_of
from graph.gap_words import TITLES, group_of, sentence
from graph.gaps import KINDS, find_gaps
from graph.measures import measure
from tests.unit.accounts import account, person
from visualisation.gap_report import gap_report_html

TODAY = date(2026, 1, 31)
HOSTILE = "=1+1</title><script>window.ran = 1</script>"


def made(one: Account, changes: GapChanges | None = None) -> GapReport:
    measures = measure(one)
    gaps = reported(measures, find_gaps(one, measures, today=TODAY))
    return report(one.name, gaps, changes, account=one.id)


def generated() -> list[Account]:
    plain = [generate_account(seed, as_of=TODAY) for seed in range(12)]
    market = generate_ecosystem(1, accounts=2, distributors=3, end_customers=4, as_of=TODAY)
    return [*plain, *market]


def test_every_gap_has_a_sentence_and_a_proposal_of_one_of_ours():
    kinds = set()
    accounts = generated()
    peers = [peer_of(one) for one in accounts]
    for one in accounts:
        measures = measure(one)
        ours = {our.id for our in one.ours}
        for gap in find_gaps(one, measures, today=TODAY, others=peers):
            kinds.add(gap.kind)
            assert sentence(one, gap).endswith(".")
            closer = closer_of(one, measures, gap)
            if closer is not None:
                assert closer.person in ours
                assert closer.how.startswith(closer.name)
                assert closer.how.endswith(".")
    assert set(TITLES) == set(KINDS)
    assert len(kinds) >= 12


def test_who_meets_whom_goes_by_function_then_tie_then_level():
    their = person("cfo", role="decision_maker", function="finance", level=2, influence=0.9)
    kam = person("a_kam", organisation="us", function="commercial", level=3)
    our = person("z_fin", organisation="us", function="finance", level=2)
    one = account([kam, our], [their], {("a_kam", "cfo"): 0.1})
    gap = next(gap for gap in find_gaps(one, measure(one), today=TODAY) if gap.kind == "coverage")
    found = closer_of(one, measure(one), gap)
    assert found is not None
    assert found.person == "z_fin"
    assert found.how == "Z_FIN meets CFO (their functions belong together; both on the same level)."
    assert closer_of(replace(one, ours=(), ties=()), measure(one), gap) is None


def test_among_equals_the_account_team_goes_first():
    one = account(["a", "b", "c"], [], {}, team=("b", "c"))
    gap = find_gaps(one, measure(one), today=TODAY)[0]
    assert gap.kind == "unknown_seat"
    found = closer_of(one, measure(one), gap)
    assert found is not None
    assert (found.person, found.how) == (
        "b",
        "B, or another of the account team, finds out who is in Commercial.",
    )
    met = replace(one, theirs=(person("x", function=None),))
    found = closer_of(met, measure(met), next(g for g in find_gaps(met, measure(met)) if g.subject == "x"))
    assert found is not None and found.person == "b"


def test_people_of_no_function_are_not_called_a_function():
    one = account(["a"], [person("x", function=None), person("y", function=None)], {})
    gap = next(g for g in find_gaps(one, measure(one)) if g.kind == "function_uncovered")
    assert sentence(one, gap) == "The function of 2 people is unknown, and they are hardly covered (0%)."


def test_the_second_thread_is_not_the_holder_of_the_first():
    their = person("boss", role="decision_maker", level=1, influence=0.9)
    one = account(["a", "b"], [their], {("a", "boss"): 0.7})
    gap = next(gap for gap in find_gaps(one, measure(one), today=TODAY) if gap.kind == "single_thread")
    found = closer_of(one, measure(one), gap)
    assert found is not None
    assert found.person == "b"
    alone = account(["a"], [their], {("a", "boss"): 0.7})
    assert closer_of(alone, measure(alone), gap) is None


def test_an_opponent_nobody_reaches_needs_somebody_with_influence_on_them():
    boss = person("boss", orientation="against", influence=0.9)
    one = account(["a"], [boss, person("friend"), person("other")], {("a", "other"): 0.7})
    gap = next(gap for gap in find_gaps(one, measure(one), today=TODAY) if gap.subject == "boss")
    assert gap.kind == "opponent_without_route"
    found = closer_of(one, measure(one), gap)
    assert found is not None and found.how == "A asks OTHER who has influence on BOSS."
    heard = replace(one, influences=(InfluenceLine("friend", "boss", 1.0, 1),))
    found = closer_of(heard, measure(heard), gap)
    assert found is not None and found.how == "A meets FRIEND. FRIEND has influence on BOSS."


@pytest.mark.parametrize(
    ("strength", "last_on", "how"),
    [
        (0.3, TODAY, "A meets X more often."),
        (0.01, date(2024, 1, 31), "A takes up the contact with X again."),
        (0.0, None, "A gets to know X."),
    ],
)
def test_a_tie_below_what_is_wanted_is_deepened_renewed_or_opened(
    strength: float, last_on: date | None, how: str
):
    one = account(["a"], [person("x")], {})
    one = replace(one, ties=(Tie("a", "x", strength, desired=3.0, last_on=last_on),))
    gap = next(gap for gap in find_gaps(one, measure(one), today=TODAY) if gap.kind == "below_desired")
    found = closer_of(one, measure(one), gap)
    assert found is not None and found.how == how


def test_what_is_served_twice_is_agreed_with_who_serves_it():
    channel = Channel(
        distributors=(Partner("d", "Dist"),),
        end_customers=(Partner("acme", "Acme"),),
        sales=(Sale("d", "acme", False, 3.0, None), Sale("us", "acme", True, 1.0, None)),
    )
    one = replace(account(["a"], [], {}), kinds=("end_customer",), channel=channel)
    gap = next(gap for gap in find_gaps(one, measure(one), today=TODAY) if gap.kind == "channel_overlap")
    found = closer_of(one, measure(one), gap)
    assert found is not None and found.how == "A agrees with Dist on who serves Acme."


def test_a_gap_is_of_the_group_that_its_shown_severity_says():
    assert [group_of(one) for one in (0.496, 0.494, 0.246, 0.244)] == [
        "severe",
        "notable",
        "notable",
        "minor",
    ]


def test_the_worst_and_what_to_do_first_are_told():
    found = made(
        account(["a"], [person("x", role="decision_maker", influence=0.9, function="technical")], {})
    )
    assert found.summary[0].startswith("Acme has ")
    assert found.summary[1] == "The worst: Technical is hardly covered (0%): 1 person known there."
    assert found.summary[2] == "To do first: A meets X."
    assert [name for name, _ in grouped(found.gaps)] == ["severe", "notable"]
    assert report("", (), accounts=1).summary == ("The only account has no gap.",)
    nothing = report("Acme", (), account="acme")
    assert nothing.summary == ("Acme has no gap.",)


def test_what_lacks_in_general_comes_before_any_gap():
    there, ours = person("x", function="finance", title="CFO"), ["a"]
    lost = [person(name, function=None) for name in ("y", "z")]
    for one, said in (
        (account(ours, [there], {}), None),
        (account(ours, [there, lost[0]], {}), None),
        (
            account(ours, [there, *lost], {}),
            "say in which function the people of Acme work: of 2 of 3 people",
        ),
        (account(ours, [], {}), "import the contacts of Acme"),
        (account([], [there], {}), "import who of ours serves Acme"),
        (account([], [], {}), "import people of both sides"),
    ):
        found = groundwork([measure(one)])
        assert (found is None) if said is None else (found or "").startswith(said)
    measures = measure(account(ours, [], {}))
    gaps = reported(measures, find_gaps(measures.account, measures, today=TODAY))
    told = report("Acme", gaps, account="acme", before=groundwork([measures])).summary
    assert [one.partition(":")[0] for one in told] == [
        "To do first",
        f"Acme has {len(gaps)} gaps, 3 of them severe.",
        "The worst",
        "Then",
    ]
    sound = measure(account(ours, [there], {}))
    assert groundwork([measures, sound, sound]) is None
    assert groundwork([measures, measures, sound]) == (
        "import the contacts: nobody of theirs is known in 2 of 3 accounts"
    )


def test_a_wild_volume_is_doubted():
    usual = [Sale("dealer", f"c{number}", False, 10.0 + number, "Frozen") for number in range(30)]
    sales = (*usual, Sale("dealer", "wild", False, 23_231_388.0, "Frozen"))
    customers = tuple(Partner(one.end_customer, one.end_customer, known=False) for one in sales)
    channel = Channel(end_customers=customers, sales=sales)
    seller = replace(account(["a"], [], {}), kinds=("distributor",), channel=channel)
    gaps = [gap for gap in find_gaps(seller, measure(seller), today=TODAY) if gap.subject in ("wild", "c29")]
    wild, sound = (next(gap for gap in gaps if gap.subject == name) for name in ("wild", "c29"))
    assert "929,256 times the usual, is no slip" in sentence(seller, wild)
    assert "slip" not in sentence(seller, sound) + " ".join(str(one["text"]) for one in sound.evidence)


def row(subject: str, severity: float, kind: str = "coverage", ours: str | None = None) -> Standing:
    return Standing(kind, subject, subject.upper(), severity, ours)


def test_what_is_new_closed_worse_better_and_as_before():
    before = [row("gone", 0.3), row("up", 0.3), row("down", 0.5), row("same", 0.4)]
    now = [row("new", 0.2), row("up", 0.36), row("down", 0.2), row("same", 0.44)]
    found = compare(TODAY, "history", {"acme": before}, {"acme": now}, 0.05)
    assert [one.subject for one in found.new] == ["new"]
    assert [(one.subject, one.before, one.now) for one in found.closed] == [("gone", 0.3, None)]
    assert [one.subject for one in found.worse] == ["up"]
    assert [one.subject for one in found.better] == ["down"]
    assert found.unchanged == 1
    assert found.sentence() == "Since 2026-01-31: 1 new, 1 closed, 1 worse, 1 better, 1 unchanged."
    alike = compare(TODAY, "saved", {"acme": now}, {"acme": now}, 0.05)
    assert alike.sentence() == "Since the report of 2026-01-31 nothing changed: 4 gaps as before."


def test_a_gap_is_the_same_by_account_kind_subject_and_for_a_tie_our_person():
    before = {"a": [row("x", 0.3, "below_desired", "o1")], "b": [row("x", 0.3, "below_desired", "o1")]}
    now = {"a": [row("x", 0.3, "below_desired", "o2")], "b": [row("x", 0.3, "below_desired", "o1")]}
    found = compare(TODAY, "history", before, now, 0.05)
    assert (len(found.new), len(found.closed), found.unchanged) == (1, 1, 1)


def test_our_person_of_a_weak_tie_is_kept():
    one = account(["o"], ["t"], {})
    one = replace(one, ties=(Tie("o", "t", 0.2, desired=4),))
    kept = {standing(gap).kind: standing(gap).ours for gap in find_gaps(one, measure(one), today=TODAY)}
    assert (kept["below_desired"], kept["coverage"]) == ("o", None)


@pytest.fixture
def hostile() -> GapReport:
    their = Person("t", HOSTILE, "acme", function="technical", role="decision_maker", influence=0.9)
    changes = compare(TODAY, "history", {}, {"acme": [row("t", 0.5)]}, 0.05)
    return made(account(["@cmd"], [their], {}, name="+Acme"), changes)


def test_tables_hold_every_gap_and_no_formula(hostile: GapReport):
    header, *rows = csv.reader(io.StringIO(report_csv(hostile)))
    assert tuple(header) == COLUMNS
    assert len(rows) == len(hostile.gaps)
    assert {one[0] for one in rows} == {"'+Acme"}
    book = openpyxl.load_workbook(io.BytesIO(report_workbook(hostile, TODAY, ["A warning."])))
    assert book.sheetnames == ["Gaps", "About", "Changes"]
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    assert HOSTILE in {cell.value for cell in cells}
    assert book["Gaps"].max_row == len(hostile.gaps) + 1
    assert book["Changes"]["B2"].value == "+Acme"  # by name, as in the gaps


def test_the_page_says_first_what_changed_and_escapes_every_name(hostile: GapReport):
    page = gap_report_html(hostile, TODAY, ["13% are assumed."])
    assert "<h1>Since 2026-01-31: 1 new, 0 unchanged.</h1>" in page
    assert "13% are assumed." in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page
    for gap in hostile.gaps:
        assert gap.now in page
    empty = gap_report_html(report("Acme", (), account="acme"), TODAY)
    assert "<h1>Acme has no gap.</h1>" in empty
