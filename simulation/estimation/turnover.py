"""How often people leave, from the posts of the past: left truncation, right censoring, and a prior.

Somebody is at risk of being seen to leave from the later of the day they started and the day from which
leavings were noted, until they left or the records end. Whoever left before is in no list, so time in post
before that day must not count: it is the time of those who stayed.

From when leavings were noted nobody writes down. Where the user does not say, it is the day of the first one
noted, which then does not count itself: that day is a stopping time, so that at a constant hazard what comes
after it is undistorted. Then at least five more must follow, spread over the time watched: a few that
somebody happened to note say nothing about those that nobody did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from graph.history import Group, History, Post
from simulation.estimation.model import Estimated, Kept
from simulation.estimation.rates import (
    Interval,
    chance,
    even_split,
    gamma_prior,
    hazard,
    plausible,
    poisson_interval,
)
from simulation.parameters import Parameter

Values = NDArray[np.float64]

YEAR = 365.25
ENOUGH = 10  # leavings from which on a level is estimated by itself
TELLING = 5  # leavings from which on their spread over time tells whether all were noted
DOUBT = 0.05  # p-value below which a hazard is not called constant
REFUSAL = 0.01  # p-value below which the records are not called complete
WHO: Mapping[Group, tuple[str, str]] = {
    "theirs": ("turnover_theirs", "people of theirs"),
    "ours": ("turnover_ours", "people of ours"),
    "distributor": ("turnover_distributor", "people at distributors"),
}
METHOD = "leavings ÷ person-years, left-truncated and censored, with the default as Gamma prior"


@dataclass(frozen=True, slots=True)
class Span:
    """The time in which one person's leaving would have been seen.

    Attributes
    ----------
    entry, exit
        Days since the start of observation.
    tenure
        Days in post at entry; None where nobody knows since when.
    seen
        First trace, in days since the start of observation; None without any.
    """

    level: int | None
    entry: int
    exit: int
    left: bool
    tenure: int | None
    seen: int | None

    @property
    def years(self) -> float:
        """Exposure."""
        return (self.exit - self.entry) / YEAR


@dataclass(frozen=True)
class Observed:
    """The spans of one group, from when leavings were noted.

    Attributes
    ----------
    stated
        Whether the user said from when.
    opening
        Leavings of the first day, which do not count.
    unplaced
        People of whom neither a first day nor any trace is known; they count nowhere.
    """

    group: Group
    start: date
    end: date
    stated: bool
    opening: int
    spans: tuple[Span, ...]
    unplaced: int

    @property
    def events(self) -> int:
        """Leavings seen."""
        return sum(span.left for span in self.spans)

    @property
    def years(self) -> float:
        """Person-years watched."""
        return sum(span.years for span in self.spans)


def observe(history: History, group: Group, observed_from: date | None = None) -> Observed | None:
    """Return what was seen of a group; None where no leaving is noted and nobody says from when."""
    end = history.end
    posts = [post for post in history.posts if post.group == group]
    placed = [(post, known) for post in posts if (known := post.since or post.seen) is not None]
    leavings = [post.until for post, known in placed if post.until is not None and _left(post, known, end)]
    start = observed_from or min(leavings, default=None)
    if start is None:
        return None
    spans = []
    for post, known in placed:
        entry, last = max(known, start), min(post.until or end, end)
        if entry < last:
            spans.append(
                Span(
                    level=post.level,
                    entry=(entry - start).days,
                    exit=(last - start).days,
                    left=_left(post, known, end),
                    tenure=None if post.since is None else (entry - post.since).days,
                    seen=None if post.seen is None else (post.seen - start).days,
                )
            )
    return Observed(
        group,
        start,
        end,
        observed_from is not None,
        leavings.count(start),
        tuple(spans),
        len(posts) - len(placed),
    )


def _left(post: Post, known: date, end: date) -> bool:
    return post.until is not None and known < post.until <= end


def estimate_turnover(
    history: History, table: Mapping[str, Parameter], observed_from: date | None = None
) -> tuple[list[Estimated], list[Kept], list[str]]:
    """Return the yearly chances of leaving that the data tell, families that keep their default, and doubts.

    Parameters
    ----------
    observed_from
        Day from which on every leaving was noted, where the user knows it. Only then do no leavings at all
        say anything.
    """
    rows: list[Estimated] = []
    kept: list[Kept] = []
    cautions: list[str] = []
    for group, (family, people) in WHO.items():
        there = sum(post.group == group for post in history.posts)
        if not there:
            continue
        observed = observe(history, group, observed_from)
        why = _silence(observed, there, people) if observed is None or not observed.stated else None
        if observed is None or why is not None or observed.years == 0.0:
            why = why or f"Nobody of the {there} {people} was in post between {observed_from} and the end"
            kept.append(Kept(family, f"{why}: {family} stays at its default."))
            continue
        cautions.extend(_doubts(observed))
        rows.extend(_rows(observed, table, family))
    return rows, kept, cautions


def _silence(observed: Observed | None, there: int, people: str) -> str | None:
    """Return why a group's posts say nothing about leaving, where they do not."""
    if observed is None:
        return f"None of the {there} {people} is noted to have left, as in a list of those who are in post"
    if observed.events < TELLING:
        noted = observed.events + observed.opening
        verb = "is" if noted == 1 else "are"
        return (
            f"Only {noted} of the {there} {people} {verb} noted to have left, too few to see "
            "whether all are (say from when they are by --observed-from)"
        )
    late = _lateness(observed)
    if late is not None and late < REFUSAL:
        return (
            f"The {observed.events} leavings of {people} after the first ({observed.start}) crowd near the "
            "end, so earlier ones were probably not noted (say from when by --observed-from)"
        )
    return None


def _rows(observed: Observed, table: Mapping[str, Parameter], family: str) -> list[Estimated]:
    """Return a family's estimates: levels with enough leavings alone, the others by one common factor."""
    by_row: dict[str, list[Span]] = {}
    for span in sorted(observed.spans, key=lambda span: span.level or 6):
        level = "unknown" if span.level is None else f"level{span.level}"
        by_row.setdefault(family if family in table else f"{family}.{level}", []).append(span)
    alone = [name for name in by_row if sum(span.left for span in by_row[name]) >= ENOUGH]
    together = [name for name in by_row if name not in alone]
    parts = [[name] for name in alone] + ([together] if together else [])
    found = [row for names in parts for row in _part(observed, table, names, by_row)]
    order = list(table)
    return sorted(found, key=lambda row: order.index(row.parameter))


def _part(
    observed: Observed,
    table: Mapping[str, Parameter],
    names: Sequence[str],
    by_row: Mapping[str, Sequence[Span]],
) -> list[Estimated]:
    """Return the estimates of rows that share one factor on their defaults' rates."""
    years = {name: sum(span.years for span in by_row[name]) for name in names}
    total = sum(years.values())
    events = sum(span.left for name in names for span in by_row[name])
    expected = sum(hazard(table[name].default) * years[name] for name in names)
    low, high = (
        sum(hazard(plausible(table[name])[end]) * years[name] for name in names) / expected for end in (0, 1)
    )
    prior = gamma_prior(1.0, low, high)
    factor = prior.after(events, expected).interval
    raw = poisson_interval(events, total)
    values = {}
    for name in names:
        rate = hazard(table[name].default)
        values[name] = Interval(
            chance(rate * factor.value), chance(rate * factor.low), chance(rate * factor.high)
        )
    who = WHO[observed.group][1] if len(by_row) == 1 else f"{WHO[observed.group][1]} ({_levels(names)})"
    sentence = (
        f"{_told(names, values, table)}: {_counted(observed, who, events, total, raw)}; "
        f"the default counts like {prior.shape:.1f} leavings."
    )
    return [
        Estimated(
            name,
            values[name].value,
            values[name].low,
            values[name].high,
            table[name].default,
            table[name].unit,
            events,
            total,
            METHOD,
            sentence,
        )
        for name in names
    ]


def _told(names: Sequence[str], values: Mapping[str, Interval], table: Mapping[str, Parameter]) -> str:
    """Return the values with their intervals, levels of the same default together."""
    family = names[0].partition(".")[0]
    alike: dict[float, list[str]] = {}
    for name in names:
        alike.setdefault(table[name].default, []).append(name)
    parts = []
    for default, together in alike.items():
        one = values[together[0]]
        where = f"{_levels(together)} " if "." in together[0] else ""
        interval = f"{one.value:.1%} a year (95 % {one.low:.1%} to {one.high:.1%})"
        parts.append(f"{where}{interval} in place of {default:.0%}")
    return f"{family} {'; '.join(parts)}"


def _counted(observed: Observed, who: str, events: int, years: float, raw: Interval) -> str:
    first = "" if observed.stated else ", when the first one was noted"
    noun = "leaving" if events == 1 else "leavings"
    return (
        f"{events} {noun} in {years:,.1f} person-years of {who} since {observed.start}{first} "
        f"({chance(raw.value):.1%}, exactly {chance(raw.low):.1%} to {chance(raw.high):.1%})"
    )


def _levels(names: Sequence[str]) -> str:
    levels = [name.partition(".")[2].removeprefix("level") for name in names]
    if len(levels) == 1:
        return f"level {levels[0]}"
    return f"levels {', '.join(levels[:-1])} and {levels[-1]}"


def _doubts(observed: Observed) -> list[str]:
    """Return what speaks against a constant hazard or against the records of a group."""
    told = []
    people = WHO[observed.group][1]
    split = tenure_split(observed.spans)
    if split is not None and split.p < DOUBT:
        told.append(
            f"The {people} do not leave at a constant rate: {chance(split.before):.0%} a year within the "
            f"first {split.years:.1f} years in post, {chance(split.after):.0%} later; the simulation has "
            "one rate."
        )
    late = _lateness(observed)
    if late is not None and late < REFUSAL and observed.stated:
        told.append(
            f"The leavings of {people} crowd near the end: more leave now, or earlier ones are not noted."
        )
    traced = [span for span in observed.spans if span.seen is not None and span.seen < span.exit]
    events = sum(span.left for span in traced)
    years = sum(span.exit - max(span.entry, span.seen or 0) for span in traced) / YEAR
    if events >= TELLING:
        later = poisson_interval(events, years)
        if later.low > observed.events / observed.years:
            told.append(
                f"Counted from each one's first touchpoint or opinion, {chance(later.value):.0%} of the "
                f"{people} leave a year: that is nearer the truth if people come into your data when you "
                "meet them, not when they start."
            )
    if observed.unplaced:
        told.append(
            f"{observed.unplaced} {people} are left out: neither their first day nor any trace is known."
        )
    return told


@dataclass(frozen=True, slots=True)
class TenureSplit:
    """Yearly rates before and after the tenure that halves the exposure; p-value of no difference."""

    years: float
    before: float
    after: float
    p: float


def tenure_split(spans: Sequence[Span]) -> TenureSplit | None:
    """Compare leaving early and late in post; None with too few leavings of known tenure."""
    known = [
        (span.tenure, span.tenure + span.exit - span.entry, span.left)
        for span in spans
        if span.tenure is not None
    ]
    events = sum(left for _, _, left in known)
    if events < TELLING:
        return None
    starts, stops = (np.array([one[end] for one in known], dtype=float) for end in (0, 1))
    total = float((stops - starts).sum())
    low, high = 0.0, float(stops.max())
    for _ in range(50):
        middle = (low + high) / 2.0
        if _exposure(starts, stops, middle) < total / 2.0:
            low = middle
        else:
            high = middle
    early = _exposure(starts, stops, high)
    first = sum(left for _, stop, left in known if left and stop <= high)
    return TenureSplit(
        high / YEAR,
        first / (early / YEAR),
        (events - first) / ((total - early) / YEAR),
        even_split(events, first, early / total),
    )


def _exposure(starts: Values, stops: Values, until: float) -> float:
    """Return the days of all spans before a day."""
    return float(np.clip(np.minimum(stops, until) - starts, 0.0, None).sum())


def _lateness(observed: Observed) -> float | None:
    """Return the one-sided p-value of leavings as late as these; None with too few.

    Were all noted, each would lie anywhere in the exposure: their mean place is near a half, with variance
    1 / (12 n).
    """
    from scipy.special import ndtr

    if observed.events < TELLING:
        return None
    starts, stops = (
        np.array([getattr(span, end) for span in observed.spans], dtype=float) for end in ("entry", "exit")
    )
    total = float((stops - starts).sum())
    places = [_exposure(starts, stops, span.exit) / total for span in observed.spans if span.left]
    n = len(places)
    return float(ndtr(-(np.mean(places) - 0.5) * np.sqrt(12.0 * n)))
