"""Values in words and figures, as the pages show them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graph import gap_words
from graph.account import Account
from graph.gaps import Gap
from graph.measures import Shape
from graph.plan import Instead, More, Plan
from graph.profile import AccountProfile, AccountSummary
from graph.wording import spelt
from visualisation.figures import count as count
from visualisation.figures import day as day
from visualisation.figures import figure as figure
from visualisation.figures import money as money
from visualisation.figures import percent as percent

if TYPE_CHECKING:
    from api.plans import FullPlan

GAP_WORDS = gap_words.TITLES
SIGNS = {"ally": "+", "neutral": "=", "against": "−"}
SHAPE_WORDS = {
    "none": "No thread joins the two sides.",
    "diabolo": "Two triangles that touch in a point: what you have with this customer runs through too few.",
    "in transition": "More than one contact carries the relation, yet not every function and level does.",
    "diamond": "Function meets function, on several levels: the relation outlives any single person.",
}


def shape(value: Shape) -> str:
    """Return a shape as a word."""
    return "No thread" if value == "none" else value.capitalize()


def word(value: str | None) -> str:
    """Return a value of the vocabulary as words."""
    return spelt(value) if value else "unknown"


def gap_word(kind: str) -> str:
    """Return what a kind of gap means."""
    return GAP_WORDS.get(kind, word(kind).capitalize())


def leavers(connectivity: int) -> str:
    """Return what a connectivity means."""
    if connectivity == 0:
        return "nothing joins the two sides"
    if connectivity == 1:
        return "one leaver cuts every thread"
    return f"{connectivity} must leave to cut every thread"


def dots(proximity: float) -> str:
    """Return a proximity of 0 … 5 as five dots."""
    full = round(min(5.0, max(0.0, proximity)))
    return "●" * full + "○" * (5 - full)


def sign(orientation: str | None) -> str:
    """Return the sign that stands beside an orientation's colour."""
    return SIGNS.get(orientation or "", "?")


def file_name(text: str) -> str:
    """Return a name that every file system takes."""
    return re.sub(r"[^\w\-]+", "-", text).strip("-")[:80] or "account"


def verdict(profile: AccountProfile) -> str:
    """Return an account's state in two sentences."""
    one = profile.summary
    if one.diamond_index is None:
        return "Nobody on their side is known, so nothing can be measured yet."
    said = [SHAPE_WORDS[one.shape]]
    points = [point.name for point in one.single_points_of_failure]
    if points and one.shape != "none":
        names = points[0] if len(points) == 1 else ", ".join(points[:-1]) + " or " + points[-1]
        said.append(f"If {names} leaves, at least two fifths of the coverage go too.")
    elif one.shape != "none":
        said.append("Nobody alone carries two fifths of the coverage.")
    said.append(_worst(profile.worst_gaps))
    return " ".join(part for part in said if part)


def plan(found: Plan) -> str:
    """Return what a plan reaches, in a sentence or two."""
    if found.status == "infeasible":
        if not found.relax:
            return "These wishes cannot be met, whichever single limit is relaxed."
        least = ", or ".join(f"{word(one.limit)} of at least {one.least:,.4g}" for one in found.relax)
        return f"These wishes cannot be met within the limits. What alone would do: {least}."
    if not found.actions:
        return "No action within the limits closes a gap: nobody misses a target, or nobody has time."
    said = (
        f"{count(len(found.actions), 'action closes', 'actions close')} the weighted gap from "
        f"{figure(found.gap_before)} to {figure(found.gap_after)} "
        f"in {count(found.months, 'month', 'months')}, "
        f"with {figure(found.hours, 0)} hours and a cost of {figure(found.cost, 0)}."
    )
    if found.status == "time_limit":
        return f"{said} Time ran out before it was proved best."
    if found.gap is None:
        return said
    return f"{said} No plan within the limits is better by more than {percent(found.gap, 2)}."


def next_best(found: Instead) -> str:
    """Return how the next best compares with the plan; a smaller gap is not the better plan by itself."""
    if not found.changes:
        return "Nothing changes: the plan has no such action."
    before, after = found.gap_after
    yet = (
        ", yet by more work than that is worth, or by people whose function and level fit less"
        if after < before
        else ""
    )
    return (
        f"The next best leaves a weighted gap of {figure(after, 3)} instead of {figure(before, 3)}{yet}. "
        f"All weighed together, the plan is better by at most {figure(found.at_most, 4)}."
    )


def limit(found: More) -> str:
    """Return what there would be one more of."""
    if found.limit == "budget":
        return f"{figure(found.amount, 0)} more of the budget"
    return f"an hour a month more for {found.person_name or 'everybody'}"


def simulated(found: FullPlan) -> list[str]:
    """Return what the simulation makes of a plan, in sentences: also where another strategy does better."""
    run = found.simulated
    assert run is not None
    effects = {(one.strategy, one.measure): one for one in run.effects}
    own, idle = effects["plan", "coverage_end"], effects["do_nothing", "coverage_end"]
    said = [
        f"In {count(run.replicates, 'simulated future', 'simulated futures')} of "
        f"{count(run.months, 'month', 'months')} the plan ends with "
        f"{percent(own.mean)} of the influence covered (95 % interval {percent(own.ci_low, 1)} to "
        f"{percent(own.ci_high, 1)}), doing nothing with {percent(idle.mean)}."
    ]
    better: dict[str, list[str]] = {}
    for one in run.effects:
        if one.strategy in ("plan", "do_nothing"):
            continue
        own = effects["plan", one.measure]
        if one.measure in ("coverage_end", "margin_total"):
            if (one.ci_low or 0.0) > (own.ci_high or 0.0):
                verb = "covers more" if one.measure == "coverage_end" else "earns more"
                better.setdefault(one.strategy, []).append(verb)
        elif run.indexed and one.measure == "account_lost" and (one.ci_high or 0.0) < (own.ci_low or 0.0):
            better.setdefault(one.strategy, []).append("loses the account less often")
    ahead = [f"“{word(name)}” {' and '.join(verbs)}" for name, verbs in better.items()]
    other = "covers more or loses the account less often" if run.indexed else "covers or earns more"
    said.append(
        f"Offered the same hours, {', '.join(ahead)} than the plan."
        if ahead
        else f"No other strategy that is offered the same hours {other}, beyond chance."
    )
    if run.indexed:
        said.append("No supply row tells the revenue: it is an index, 100 a year, and there is no profit.")
    calm, planned = percent(run.nobody_leaves.mean, 1), percent(run.planned, 1)
    said.append(
        f"With nobody leaving the simulation covers {calm}, as planned."
        if calm == planned
        else f"With nobody leaving the simulation covers {calm}, the plan by its own measures {planned}: in "
        "the simulation a faint tie that nobody tends ends, and who is against may come round. Without these "
        f"two it covers {percent(run.as_planned.mean, 1)}."
    )
    return said


def quiet(account: Account) -> str:
    """Return for how long nobody has been in contact, where it is too long."""
    newest = account.newest_contact
    if newest is None:
        return "no contact known"
    days = (account.as_of - newest).days
    return f"no contact for {days} days" if days > account.policy.limits["quiet_after"] else ""


def portfolio(accounts: Sequence[AccountSummary]) -> str:
    """Return how many accounts have which shape, and how many lean on one person."""
    shapes = Counter(one.shape for one in accounts)
    nouns: dict[Shape, tuple[str, str]] = {
        "diabolo": ("Diabolo", "Diabolos"),
        "in transition": ("in transition", "in transition"),
        "diamond": ("Diamond", "Diamonds"),
        "none": ("without any thread", "without any thread"),
    }
    said = [count(shapes[shape], *noun) for shape, noun in nouns.items() if shapes[shape]]
    alone = sum(bool(one.single_points_of_failure) for one in accounts)
    hang = f"{count(alone, 'account leans', 'accounts lean')} on a single point of failure." if alone else ""
    return f"{count(len(accounts), 'account', 'accounts')}: {', '.join(said)}. {hang}".strip()


def _worst(gaps: tuple[Gap, ...]) -> str:
    if not gaps:
        return ""
    kind = gap_word(gaps[0].kind)
    return f"The worst gap: {gaps[0].subject_name} ({kind[0].lower()}{kind[1:]})."


FILTERS: Mapping[str, Callable[..., Any]] = {
    one.__name__: one
    for one in (
        count,
        day,
        dots,
        figure,
        file_name,
        gap_word,
        leavers,
        limit,
        money,
        next_best,
        percent,
        sign,
        word,
    )
}
