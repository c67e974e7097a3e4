"""How often pairs meet, and the hours a month that each of ours spends with an account, from the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from graph.account import Account, Person
from graph.history import History, Meeting
from simulation.estimation.model import Finding, HoursOfOne, Kept
from simulation.estimation.rates import TAIL, poisson_interval

MOST_MONTHS = 24  # of the log, the newest ones, from which hours are taken
ENOUGH_MONTHS = 6
RESAMPLES = 2000
Pair = tuple[str, str]
Values = NDArray[np.float64]


def meeting_frequency(history: History, account: str | None = None) -> tuple[Finding, ...]:
    """Return contacts per pair and month, in all and by kind, and the gap between two meetings of a pair.

    A pair counts from its first contact, which starts its clock and is not counted, until the log ends or
    one of the two has left. Intervals are those of a Poisson count: contacts that come in bunches make the
    truth less sure than they say.
    """
    met: dict[Pair, list[Meeting]] = defaultdict(list)
    wanted = None if account is None else people_of(history, account)
    for meeting in history.meetings:
        for one in meeting.ours:
            for other in meeting.theirs:
                if wanted is None or other in wanted:
                    met[one, other].append(meeting)
    if not met:
        return ()
    month = history.policy.limits["step_days"]
    ends = history.last_days
    until = {
        pair: min(ends.get(pair[0], date.max), ends.get(pair[1], date.max), history.meetings[-1].on)
        for pair in met
    }
    pair_months = sum(max(0, (until[pair] - log[0].on).days) for pair, log in met.items()) / month
    if pair_months <= 0.0:
        return ()
    later = {pair: [one for one in log[1:] if one.on <= until[pair]] for pair, log in met.items()}
    counts: dict[str, int] = defaultdict(int)
    for log in later.values():
        for meeting in log:
            counts[meeting.kind] += 1
    total = sum(counts.values())
    found = [_frequency("contacts", "contacts", total, pair_months, len(met))]
    found += [
        _frequency(f"contacts.{kind}", kind.replace("_", " "), counts[kind], pair_months, len(met))
        for kind in sorted(counts, key=lambda kind: (-counts[kind], kind))
    ]
    gaps = [(b.on - a.on).days for log in met.values() for a, b in pairwise(log)]
    if gaps:
        low, middle, high = np.percentile(gaps, (25, 50, 75)).tolist()
        found.append(
            Finding(
                "gap",
                middle,
                None,
                None,
                "day",
                len(gaps),
                float(sum(gaps)),
                f"Between two contacts of a pair lie {middle:.0f} days in the middle case "
                f"(half of all gaps: {low:.0f} to {high:.0f}).",
            )
        )
    return tuple(found)


def _frequency(name: str, what: str, events: int, pair_months: float, pairs: int) -> Finding:
    rate = poisson_interval(events, pair_months)
    noun = what if name == "contacts" else f"contacts by {what}"
    return Finding(
        name,
        rate.value,
        rate.low,
        rate.high,
        "1/month",
        events,
        pair_months,
        f"{rate.value:.2f} {noun} a month and pair (95 % {rate.low:.2f} to {rate.high:.2f}): {events:,} in "
        f"{pair_months:,.0f} months of {pairs:,} pairs, the first of each not counted.",
    )


def hours_of_ours(history: History, account: Account) -> tuple[tuple[HoursOfOne, ...], tuple[Kept, ...]]:
    """Return the hours a month that each of ours spends with the account, by the log.

    A touchpoint takes its `minutes`, else its kind's hours, from each of ours who attended; one with people
    of several accounts is shared evenly among them. Months are the policy's steps, counted back from the
    newest touchpoint, as many as the log has, but not before the person started here; the interval is a
    bootstrap over these months.

    Returns
    -------
    hours
        Of whoever has a touchpoint in these months; `used` where no capacity is stated.
    kept
        Says who keeps the policy's default because the log is too short or has nothing of them.
    """
    if not account.ours:
        return (), ()
    step = history.policy.limits["step_days"]
    at_account = people_of(history, account.id)
    log = [one for one in history.meetings if at_account.intersection(one.theirs)]
    silent = [person for person in account.ours if person.time_capacity is None]
    if not log:
        return (), _default_kept(account, silent, "no touchpoint with the account is logged")
    end = log[-1].on + timedelta(days=1)
    months = min(MOST_MONTHS, int((end - log[0].on).days / step))
    if months < ENOUGH_MONTHS:
        why = f"the log with the account covers {months} whole months, and {ENOUGH_MONTHS} are needed"
        return (), _default_kept(account, silent, why)
    employers = _employers(history)
    spent: dict[str, Values] = {}
    contacts: dict[str, int] = defaultdict(int)
    for one in log:
        back = int((end - timedelta(days=1) - one.on).days / step)
        hours = one.hours(history.policy)
        if back >= months or hours is None:
            continue
        places = {employers[person] for person in one.theirs if person in employers}
        for who in one.ours:
            spent.setdefault(who, np.zeros(months))[back] += hours / max(1, len(places))
            contacts[who] += 1
    started = {post.person: post.since for post in history.posts if post.group == "ours"}
    found = []
    for number, person in enumerate(account.ours):
        if person.id not in spent:
            continue
        since = started.get(person.id)
        here = months if since is None else min(months, int((end - since).days / step))
        if here < ENOUGH_MONTHS:
            continue
        stated = None if person.time_capacity is None else float(account.hours[number])
        default = account.policy.limits["hours_default"]
        found.append(_hours(person, spent[person.id][:here], contacts[person.id], stated, default))
    told = {one.person for one in found}
    left = [person for person in silent if person.id not in told]
    return tuple(found), _default_kept(account, left, "the log has too little of them")


def _hours(
    person: Person,
    months: Values,
    contacts: int,
    stated: float | None,
    default: float,
) -> HoursOfOne:
    rng = np.random.default_rng(0)  # the same log gives the same interval
    draws = rng.choice(months, size=(RESAMPLES, months.size)).mean(axis=1)
    low, high = (float(end) for end in np.quantile(draws, (TAIL, 1.0 - TAIL)))
    value = float(months.mean())
    spent = f"{person.name} spends {value:.1f} h a month here by the log (95 % {low:.1f} to {high:.1f})"
    if stated is None:
        told = f"{spent}; no capacity is stated, so the simulation takes it in place of {default:g} h."
    elif low <= stated <= high:
        told = f"{spent}, as the {stated:.1f} h that the team states."
    else:
        less = "more" if stated < low else "less"
        told = f"{spent}, {less} than the {stated:.1f} h that the team states and the simulation uses."
    return HoursOfOne(
        person=person.id,
        name=person.name,
        value=value,
        low=low,
        high=high,
        stated=stated,
        default=default,
        months=months.size,
        contacts=contacts,
        used=stated is None,
        sentence=told,
    )


def _default_kept(account: Account, people: Sequence[Person], why: str) -> tuple[Kept, ...]:
    if not people:
        return ()
    default = account.policy.limits["hours_default"]
    keep = "without a stated capacity keeps" if len(people) == 1 else "without a stated capacity keep"
    sentence = f"{len(people)} of ours {keep} the default of {default:g} h a month: {why}."
    return (Kept("hours_default", sentence),)


def people_of(history: History, organisation: str) -> set[str]:
    """Return whoever works or worked at an organisation."""
    return {post.person for post in history.posts if post.organisation == organisation}


def _employers(history: History) -> Mapping[str, str]:
    """Return where everybody works, or worked last."""
    newest = sorted(history.posts, key=lambda post: (post.until or date.max, post.since or date.min))
    return {post.person: post.organisation for post in newest}
