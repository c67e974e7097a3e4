from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from graph.imports.dates import DateCell, read_moment, readings, settle_order


def cells(*texts: str) -> list[DateCell]:
    return [DateCell("t.csv", row, "on", text) for row, text in enumerate(texts, start=2)]


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["2026-01-31", "2026-02-01"], "ymd"),
        (["31.01.2026", "01.02.2026"], "dmy"),
        (["01/31/2026", "02/01/2026"], "mdy"),
        (["20260131"], "ymd"),
        (["31/01/26", "12/01/26"], None),  # or the first of January 2031
        (["31/01/26", "12/01/98"], "dmy"),
        (["01-02-03", "31-02-03"], "ymd"),
        (["99-12-31"], "ymd"),
        ([], "ymd"),
    ],
)
def test_the_order_that_alone_reads_every_date(texts: list[str], order: str | None) -> None:
    found, faults = settle_order(cells(*texts), None)
    assert found == order
    assert bool(faults) == (order is None)


def test_an_open_order_is_refused_until_told() -> None:
    order, (fault,) = settle_order(cells("03/04/2026"), None)
    assert order is None
    assert (fault.row, fault.column, fault.value) == (2, "on", "03/04/2026")
    assert "--dates" in fault.message and "2026-04-03" in fault.message and "2026-03-04" in fault.message
    assert settle_order(cells("03/04/2026"), "mdy") == ("mdy", ())
    # What is told decides between orders, it does not overrule the file.
    assert settle_order(cells("2026-04-03"), "mdy") == ("ymd", ())
    # An order that does not read the file settles nothing.
    assert settle_order(cells("03/04/2026"), "ymd")[0] is None


def test_a_date_that_no_order_reads_is_named_alone() -> None:
    order, faults = settle_order(cells("01.02.2026", "31.02.2026", "28.02.2026"), None)
    assert order is None
    assert [(fault.row, fault.value) for fault in faults] == [(3, "31.02.2026")]


def test_a_date_of_another_order_is_named_alone() -> None:
    _, faults = settle_order(cells("2026-01-31", "2026-01-30", "31.01.2026"), None)
    assert [(fault.row, fault.value) for fault in faults] == [(4, "31.01.2026")]


def test_excels_number_of_a_day_in_text_is_explained() -> None:
    _, (fault,) = settle_order(cells("45292"), None)
    assert "Excel" in fault.message


def test_two_digit_years_stand_first_or_last() -> None:
    assert readings("26-01-31") == {"ymd": date(2026, 1, 31), "dmy": date(2031, 1, 26)}
    assert readings("31-01-98") == {"dmy": date(1998, 1, 31)}
    assert set(readings("01-02-03")) == {"ymd", "dmy", "mdy"}


def test_years_before_1900_and_odd_lengths_are_no_dates() -> None:
    assert not readings("1899-12-31")
    assert not readings("026-01-31")
    assert not readings("2026-1-311")
    assert not readings("2026-01/31")
    assert not readings("٢٠٢٦-٠١-٣١")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2024-08-14T11:39:02.318+00:00", datetime(2024, 8, 14, 11, 39, 2, 318000, UTC)),
        ("2024-08-14 11:39", datetime(2024, 8, 14, 11, 39)),
        ("2024-08-14 1:05 PM", datetime(2024, 8, 14, 13, 5)),
        ("2024-08-14 12:05 am", datetime(2024, 8, 14, 0, 5)),
        ("2024-08-14T11:39:02Z", datetime(2024, 8, 14, 11, 39, 2, tzinfo=UTC)),
        ("2024-08-14T23:00-0330", datetime(2024, 8, 14, 23, tzinfo=timezone(-timedelta(hours=3.5)))),
        ("2024-08-14", None),
    ],
)
def test_a_moment_has_its_day_and_time(text: str, at: datetime | None) -> None:
    assert read_moment(text, "ymd") == (date(2024, 8, 14), at)


@pytest.mark.parametrize(
    "text", ["2024-08-14 25:00", "2024-08-14 13:00 PM", "2024-08-14T11:39+99:00", "2024-08-14 soon"]
)
def test_a_wrong_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no|names a time zone"):
        read_moment(text, "ymd")
