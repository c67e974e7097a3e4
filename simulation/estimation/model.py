"""What an estimation gives: values with their intervals, what keeps its default and why, and findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from graph.account import Account


@dataclass(frozen=True, slots=True)
class Estimated:
    """A parameter whose value comes from the user's own data.

    Attributes
    ----------
    low, high
        Ends of the 95 % interval.
    default
        What the parameter table says; it went in as the prior.
    events, exposure
        What was counted, and over how much: leavings in person-years, pairs of statements with months
        without contact between, touchpoints in months of the log.
    method
        In a few words; `docs/estimation.md` has the whole.
    sentence
        All of it for people; levels that were estimated together share one.
    """

    parameter: str
    value: float
    low: float
    high: float
    default: float
    unit: str
    events: int
    exposure: float
    method: str
    sentence: str

    @property
    def family(self) -> str:
        """The parameter's name before the dot."""
        return self.parameter.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Kept:
    """A parameter, or a family, that keeps its default, and why."""

    parameter: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the data say that is no parameter of the model; the interval is of 95 %, None if unknown."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    events: int
    exposure: float
    sentence: str


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Share of people still in post after some years, by Kaplan and Meier and at the constant rate."""

    years: float
    share: float
    low: float
    high: float
    constant_rate: float


@dataclass(frozen=True, slots=True)
class TenureCurve:
    """How long people stay.

    Attributes
    ----------
    group
        theirs, ours or distributor.
    from_years
        The curve is the share of those who have already stayed so long: before, too few were watched.
    median
        Years until half of them have left; None where the curve does not come down to a half.
    points
        At whole years, as far as somebody was watched.
    """

    group: str
    from_years: float
    median: float | None
    median_low: float | None
    median_high: float | None
    points: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True)
class HoursOfOne:
    """Hours a month that one of ours spends with an account by the log, beside what the team says.

    Attributes
    ----------
    stated
        Hours that capacity and share of the team give; None where no capacity is known.
    default
        Hours of somebody of whom nothing is known, by the policy.
    months, contacts
        Months of the log, and touchpoints in them.
    used
        Whether the simulation takes the log's hours, because nobody has stated any.
    """

    person: str
    name: str
    value: float
    low: float
    high: float
    stated: float | None
    default: float
    months: int
    contacts: int
    used: bool
    sentence: str

    @property
    def row(self) -> Estimated:
        """The same in the shape of a parameter's estimate, named `hours.` and the person's id."""
        return Estimated(
            f"hours.{self.person}",
            self.value,
            self.low,
            self.high,
            self.default,
            "h/month",
            self.contacts,
            float(self.months),
            "hours of logged touchpoints by month, with a bootstrap interval",
            self.sentence,
        )


@dataclass(frozen=True)
class Estimates:
    """What the user's own data say about the parameters of the simulation.

    Attributes
    ----------
    rows
        Parameters that take a value from the data, in the order of the parameter table.
    kept
        Parameters that the data could have told and did not.
    findings
        What is no parameter: how often people meet, and how long a pair keeps meeting.
    hours
        By person of ours, where an account was asked for.
    cautions
        What speaks against the model behind an estimate, or against the records.
    curves
        Where they were asked for: they take time to draw.
    """

    as_of: date
    account: str | None = None
    rows: tuple[Estimated, ...] = ()
    kept: tuple[Kept, ...] = ()
    findings: tuple[Finding, ...] = ()
    hours: tuple[HoursOfOne, ...] = ()
    cautions: tuple[str, ...] = ()
    curves: tuple[TenureCurve, ...] = ()

    def parameters(self) -> dict[str, float]:
        """Return the estimated values by parameter, to stand under a scenario's own."""
        return {row.parameter: row.value for row in self.rows}

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the 95 % intervals by parameter: what sensitivity analysis should vary them over."""
        return {row.parameter: (row.low, row.high) for row in self.rows}

    def under(self, given: Mapping[str, float]) -> dict[str, float]:
        """Return a scenario's parameters with the estimated ones under them: what it sets stays."""
        return {**{row.parameter: row.value for row in self.unset(given)}, **given}

    def unset(self, given: Mapping[str, float]) -> tuple[Estimated, ...]:
        """Return the rows that a scenario leaves free: it sets neither them nor their family."""
        return tuple(row for row in self.rows if row.parameter not in given and row.family not in given)

    def taken(self, given: Mapping[str, float]) -> tuple[Estimated, ...]:
        """Return all that a run takes from the data: parameters that the scenario leaves free, and hours."""
        return (*self.unset(given), *(one.row for one in self.hours if one.used))

    def relevant_to(self, account: Account) -> Estimates:
        """Return the estimates without turnover of people whom a run of this account does not have."""
        if "distributor" in account.kinds:
            unused = "turnover_theirs"
        elif not account.channel.distributors:
            unused = "turnover_distributor"
        else:
            return self
        return replace(self, rows=tuple(row for row in self.rows if row.family != unused))

    def with_hours(self, account: Account, end: str = "value") -> Account:
        """Return the account in which whoever has no stated hours has those of the log.

        Parameters
        ----------
        end
            `value`, `low` or `high`: which end of the interval.
        """
        hours = {one.person: float(getattr(one, end)) for one in self.hours if one.used}
        people = []
        for person in account.ours:
            if person.id in hours and person.time_capacity is None:
                # The account divides a capacity by share or accounts; this is the one that gives the hours.
                share = account.share_of_time.get(person.id)
                parts = 1.0 / share if share else float(max(1, account.accounts_of.get(person.id, 1)))
                person = replace(person, time_capacity=hours[person.id] * parts)
            people.append(person)
        return replace(account, ours=tuple(people))
