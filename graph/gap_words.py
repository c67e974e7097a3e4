"""Gaps in plain words: what each kind is called, a sentence for each, what was found and what is wanted."""

from __future__ import annotations

from graph import evidence
from graph.account import Account
from graph.gaps import Gap
from graph.policy import UNKNOWN_ROW
from graph.wording import count

TITLES = {
    "function_uncovered": "Function hardly covered",
    "coverage": "Covered too little",
    "single_thread": "Decision maker on one thread",
    "level": "Nobody at their level",
    "unknown_seat": "Function or seat with nobody known",
    "opponent_without_route": "Opponent nobody reaches",
    "opponent": "Opponent, with a way to reach",
    "below_desired": "Tie weaker than wanted",
    "stale_score": "Score not verified",
    "no_opponent_known": "No opponent known",
    "distributor_function": "Selling function not reached",
    "hidden_end_customer": "End customer we never see",
    "channel_overlap": "Served direct and indirect",
    "unusual_function": "Known by us elsewhere, not here",
}
# From which severity a gap is of which group, the worst first.
GROUPS = (("severe", 0.5), ("notable", 0.25), ("minor", 0.0))


def group_of(severity: float) -> str:
    """Return whether a severity, as it is shown with two digits, is severe, notable or minor."""
    return next(name for name, least in GROUPS if round(severity, 2) >= least)


def sentence(account: Account, gap: Gap) -> str:
    """Return a gap as one sentence that needs no table beside it."""
    name, person = gap.subject_name, account.people.get(gap.subject)
    role = evidence.words(person.role) if person else None
    if gap.kind == "function_uncovered":
        known = gap.evidence[0]["people"]
        if gap.subject == UNKNOWN_ROW:
            who = f"The function of {_people(known)}"
            return f"{who} is unknown, and they are hardly covered ({gap.actual:.0%})."
        return f"{name} is hardly covered ({gap.actual:.0%}): {_people(known)} known there."
    if gap.kind == "coverage":
        return f"{name} ({role or 'role unknown'}) is covered {gap.actual:.0%}; {gap.target:.0%} is wanted."
    if gap.kind == "single_thread":
        ours = account.people[str(gap.evidence[0]["ours"])].name
        return f"{name} decides and is reached by one thread only, that of {ours}."
    if gap.kind == "level":
        return f"{name} meets nobody near level {person.level if person else '?'}: our nearest stands " + (
            f"{count(int(gap.actual), 'level')} below."
        )
    if gap.kind == "unknown_seat":
        if person is None:
            return f"Nobody is known in {name}."
        return f"A seat in {account.row(person)} is known, its holder is not: {person.title or name}."
    if gap.kind == "opponent_without_route":
        return f"{name} is against, and nobody whom we know has influence on them."
    if gap.kind == "opponent":
        chain = [account.people[one].name for one in _ids(gap.evidence[1]["route"])]
        return f"{name} is against; {' through '.join(chain[:-1])} could reach them."
    if gap.kind == "below_desired":
        ours = account.people[str(gap.evidence[0]["ours"])].name
        return f"{ours} and {name} stand at {5 * gap.actual:.1f} of 5; {5 * gap.target:g} is wanted."
    if gap.kind == "stale_score":
        return f"What we think of {name} was to be looked at again {count(int(gap.actual), 'day')} ago."
    if gap.kind == "no_opponent_known":
        return f"All {gap.evidence[0]['known']} known orientations are ally: hardly an honest picture."
    return _indirect(gap)


def _indirect(gap: Gap) -> str:
    name = evidence.words(gap.subject_name) or ""
    if gap.kind == "distributor_function":
        known = gap.evidence[0]["people"]
        if not known:
            return f"Nobody is known in {name}, which sells our product on."
        return f"{name.capitalize()} sells our product on and is covered {gap.actual:.0%}."
    if gap.kind == "hidden_end_customer":
        times = next((int(str(fact["times"])) for fact in gap.evidence if "times" in fact), None)
        slip = "" if times is None else f", if its volume, {times:,} times the usual, is no slip"
        return f"Only the distributor knows {gap.subject_name} ({gap.severity:.0%} of the volume sold{slip})."
    if gap.kind == "channel_overlap":
        sellers = count(int(gap.actual) - 1, "distributor")
        return (
            f"{gap.subject_name} is served direct and through {sellers} ({gap.severity:.0%} of the volume)."
        )
    having, accounts = gap.evidence[0]["having"], gap.evidence[0]["accounts"]
    return f"{having} of {accounts} similar accounts have a thread in {name}, this one has none."


def now_and_wanted(gap: Gap) -> tuple[str, str]:
    """Return what was found and where the gap would close, each with its unit."""
    if gap.kind in ("function_uncovered", "coverage", "distributor_function"):
        return f"{gap.actual:.0%}", f"{gap.target:.0%}"
    if gap.kind == "below_desired":
        return f"{5 * gap.actual:.1f} of 5", f"{5 * gap.target:g} of 5"
    actual, target = int(gap.actual), int(gap.target)
    if gap.kind in ("single_thread", "unusual_function"):
        return count(actual, "thread"), count(target, "thread")
    if gap.kind == "level":
        return f"{actual} below", f"{target} below"
    if gap.kind == "stale_score":
        return f"{count(actual, 'day')} over", "up to date"
    if gap.kind == "channel_overlap":
        return count(actual, "way"), count(target, "way")
    if gap.kind == "opponent":
        return "against", "not against"
    if gap.kind == "opponent_without_route":
        return "no way", "a way"
    if gap.kind == "no_opponent_known":
        return "only allies", "an honest map"
    return "nobody known", "somebody"


def _people(known: object) -> str:
    return count(int(str(known)), "person", "people")


def _ids(route: object) -> list[str]:
    return [str(one) for one in route] if isinstance(route, list) else []
