"""The gap report: gaps with a sentence and a proposal each, what matters most in words, and tables of it.

One report is of one account or of the whole portfolio. Terminal, documents, tables and the printed page all
show this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from graph.account import Account
from graph.cookbook import CookbookQuery
from graph.evidence import Evidence
from graph.exports import Row, csv_table, workbook
from graph.gap_changes import GapChanges
from graph.gap_closing import Closer, closer_of
from graph.gap_words import GROUPS, TITLES, group_of, now_and_wanted, sentence
from graph.gaps import KINDS, Gap
from graph.measures import Measures
from graph.wording import count

COLUMNS = (
    "account",
    "severity",
    "group",
    "gap",
    "who or what",
    "in words",
    "now",
    "wanted",
    "who could close it",
    "how",
    "evidence",
    "kind",
    "subject",
    "question",
)
CHANGE_COLUMNS = ("change", "account", "gap", "who or what", "severity before", "severity now")


@dataclass(frozen=True, slots=True)
class ReportedGap:
    """One gap as a report shows it.

    Attributes
    ----------
    said
        The gap in a sentence.
    now, wanted
        `actual` and `target` with their units, as words.
    closer
        Who of ours could close it.
    """

    kind: str
    subject: str
    subject_name: str
    severity: float
    actual: float
    target: float
    evidence: tuple[Evidence, ...]
    query: CookbookQuery | None
    account: str
    account_name: str
    said: str
    now: str
    wanted: str
    closer: Closer | None


@dataclass(frozen=True, slots=True)
class GapReport:
    """Gaps of one account, or of all.

    Attributes
    ----------
    account
        None for the whole portfolio.
    summary
        What matters most, a sentence each, the most important first.
    changes
        Since the day asked for; None if none was.
    """

    account: str | None
    summary: tuple[str, ...]
    changes: GapChanges | None
    gaps: tuple[ReportedGap, ...]


def reported(measures: Measures, gaps: Sequence[Gap]) -> tuple[ReportedGap, ...]:
    """Return an account's gaps with their sentences and proposals."""
    account = measures.account
    return tuple(_reported(account, measures, gap) for gap in gaps)


def _reported(account: Account, measures: Measures, gap: Gap) -> ReportedGap:
    now, wanted = now_and_wanted(gap)
    return ReportedGap(
        kind=gap.kind,
        subject=gap.subject,
        subject_name=gap.subject_name,
        severity=gap.severity,
        actual=gap.actual,
        target=gap.target,
        evidence=gap.evidence,
        query=gap.query,
        account=account.id,
        account_name=account.name,
        said=sentence(account, gap),
        now=now,
        wanted=wanted,
        closer=closer_of(account, measures, gap),
    )


def report(
    name: str,
    gaps: Sequence[ReportedGap],
    changes: GapChanges | None = None,
    *,
    account: str | None = None,
    accounts: int = 1,
    before: str | None = None,
) -> GapReport:
    """Return the report of gaps.

    Parameters
    ----------
    name
        Of the account, where it is one.
    gaps
        Of one account or of several; they are put in order, the worst first.
    account
        Its id; None for the portfolio.
    accounts
        How many accounts were looked at.
    before
        What is to be done before any gap is closed, where there is such a thing (`groundwork`).
    """
    ordered = sorted(
        gaps,
        key=lambda gap: (-round(gap.severity, 12), KINDS.index(gap.kind), gap.account, gap.subject),
    )
    where = f"The {count(accounts, 'account')}" if accounts > 1 else "The only account"
    where = name if account is not None else where
    have = "has" if account is not None or accounts == 1 else "have"
    told = [changes.sentence()] if changes is not None else []
    told += [f"To do first: {before}."] if before is not None and ordered else []
    if not ordered:
        told.append(f"{where} {have} no gap.")
        return GapReport(account, tuple(told), changes, ())
    severe = sum(group_of(gap.severity) == "severe" for gap in ordered)
    told.append(
        f"{where} {have} {count(len(ordered), 'gap')}, "
        + (f"{severe} of them severe." if severe else "none of them severe.")
    )
    worst = ordered[0]
    at = "" if account is not None else f" at {worst.account_name}"
    told.append(f"The worst{at}: {worst.said}")
    first = next((gap for gap in ordered if gap.closer is not None), None)
    if first is not None and first.closer is not None:
        told.append(f"{'To do first' if before is None else 'Then'}: {first.closer.how}")
    return GapReport(account, tuple(told), changes, tuple(ordered))


def grouped(gaps: Sequence[ReportedGap]) -> tuple[tuple[str, tuple[ReportedGap, ...]], ...]:
    """Return the gaps of each group that has any, the worst group first."""
    found = ((name, tuple(gap for gap in gaps if group_of(gap.severity) == name)) for name, _ in GROUPS)
    return tuple((name, some) for name, some in found if some)


def report_csv(found: GapReport) -> str:
    """Return the gaps as CSV, the worst first."""
    return csv_table(COLUMNS, _rows(found))


def report_workbook(found: GapReport, as_of: date, warnings: Sequence[str]) -> bytes:
    """Return the report as an Excel workbook: the gaps, what changed, and what to know about them."""
    about: list[Row] = [("as of", as_of)]
    about += [("in short", said) for said in found.summary]
    about += [("know before trusting it", said) for said in warnings]
    sheets: dict[str, tuple[Sequence[str], list[Row]]] = {
        "Gaps": (COLUMNS, _rows(found)),
        "About": (("what", "said"), about),
    }
    if found.changes is not None:
        names = {gap.account: gap.account_name for gap in found.gaps}
        sheets["Changes"] = (CHANGE_COLUMNS, change_rows(found.changes, names))
    return workbook(sheets)


def change_rows(changes: GapChanges, names: Mapping[str, str]) -> list[Row]:
    """Return every change as a row of a table; `names` are those of the accounts that are known."""
    return [
        (
            name,
            names.get(one.account, one.account),
            TITLES[one.kind],
            one.subject_name,
            None if one.before is None else round(one.before, 4),
            None if one.now is None else round(one.now, 4),
        )
        for name, some in (
            ("new", changes.new),
            ("worse", changes.worse),
            ("better", changes.better),
            ("closed", changes.closed),
        )
        for one in some
    ]


def _rows(found: GapReport) -> list[Row]:
    return [
        (
            gap.account_name,
            round(gap.severity, 4),
            group_of(gap.severity),
            TITLES[gap.kind],
            gap.subject_name,
            gap.said,
            gap.now,
            gap.wanted,
            gap.closer.name if gap.closer else None,
            gap.closer.how if gap.closer else None,
            " ".join(str(fact["text"]) for fact in gap.evidence),
            gap.kind,
            gap.subject,
            gap.query.name if gap.query else None,
        )
        for gap in found.gaps
    ]
