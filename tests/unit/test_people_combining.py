"""Posts of two entries that are one person: one stay where they touch, two where somebody came back."""

from __future__ import annotations

from datetime import date

from graph.people.combining import Place, Properties, Stored, combine, from_record, restored, to_record

TODAY = date(2026, 1, 31)
ACME = Place("EMPLOYED_BY", True, "Organisation", "acme")
BETA = Place("EMPLOYED_BY", True, "Organisation", "beta")
FIRST: Properties = {"since": date(2020, 1, 1), "until": date(2022, 1, 1)}
AWAY: Properties = {"since": date(2022, 1, 1), "until": date(2024, 1, 1)}
AGAIN: Properties = {"since": date(2024, 1, 1)}
OVER: Properties = {**FIRST, "stay": "2022-01-01"}


def entry(id: str, said: date, **lines: tuple[Properties, ...]) -> Stored:
    places = {"acme": ACME, "beta": BETA}
    return Stored(id, {"id": id, "stated_on": said}, {places[name]: found for name, found in lines.items()})


def test_whoever_came_back_keeps_both_stays_whichever_entry_is_kept() -> None:
    old = entry("old", date(2023, 1, 1), acme=(FIRST,), beta=(AWAY,))
    new = entry("new", date(2025, 1, 1), acme=(AGAIN,))
    for kept, merged in ((old, new), (new, old)):
        combined = combine(kept, merged, TODAY)
        after = {change.place: change.after for change in combined.changes}
        assert after[ACME] == (AGAIN, OVER)
        assert from_record(to_record(combined)) == combined
        (acme,) = (change for change in combined.changes if change.place == ACME)
        assert restored(acme, acme.after) == (kept.lines[ACME], merged.lines[ACME])


def test_one_present_post_stands_whatever_is_over() -> None:
    known = entry("a", date(2025, 1, 1), acme=(AGAIN, OVER), beta=(AWAY,))
    other = entry("b", date(2024, 6, 1), acme=({"since": date(2024, 3, 1)},))
    combined = combine(known, other, TODAY)
    (acme,) = (change for change in combined.changes if change.place == ACME)
    assert acme.after == (AGAIN, OVER)
    both = combine(known, entry("c", date(2024, 6, 1), acme=(AGAIN, OVER)), TODAY)
    assert [change.after for change in both.changes if change.place == ACME] == [(AGAIN, OVER)]
