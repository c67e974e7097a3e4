"""Which strategy is best, how sure that is, and which loses the account least: the same for every reader.

Strategies are ranked by profit over the horizon. Where no supply row tells the revenue, profit would weigh
the cost of hours against an index, so that the chance of losing the account ranks them. Where nobody is known
on one of the sides, there is nobody to work with and nothing is ranked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulation.comparison import Comparison, Estimate, is_settled
from simulation.outcomes import BETTER
from simulation.results import Simulation
from simulation.wording import between, count, listed, money, named, of_futures, percent, points, shown

LOST = "account_lost"
IDLE = "do_nothing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which strategy is best, how sure that is, and which loses the account least.

    Attributes
    ----------
    measure
        What strategies are ranked by: `margin_total`, or `account_lost` where the revenue is an index.
    best, value
        The best strategy and its mean in the measure; None where nothing is ranked.
    alike
        Others that give exactly what the best gives in every future.
    next, over
        Who comes next, and the best against it; None where there is no other or all do alike.
    p_better
        Share of the futures in which the best is better than the next; those in which they are equal do not
        count.
    settled
        Whether a re-run with another seed would keep the order of these two.
    safest, lost
        The strategy that loses the account least, the best one among equals, and how often it does.
    best_lost
        How often the best one loses it.
    safer
        Whether the safest loses it less than the best beyond what another seed might turn round.
    sentences
        All of it, the answer first.
    """

    measure: str
    best: str | None = None
    value: Estimate | None = None
    alike: tuple[str, ...] = ()
    next: str | None = None
    over: Comparison | None = None
    p_better: float | None = None
    settled: bool = False
    safest: str | None = None
    lost: Estimate | None = None
    best_lost: Estimate | None = None
    safer: bool = False
    sentences: tuple[str, ...] = ()


def verdict_of(run: Simulation) -> Verdict:
    """Return the verdict on a run's strategies."""
    measure = run.ranked_by
    nobody = nobody_known(run)
    if nobody is not None:
        return Verdict(measure, sentences=(nobody,))
    order, values = run.ranking(), dict(zip(run.names, run.measures[measure], strict=True))
    best = order[0]
    alike = tuple(name for name in order[1:] if np.array_equal(values[name], values[best]))
    after = next((name for name in order[1:] if name not in alike), None)
    safest, safer = _safest(run, best)
    found = Verdict(
        measure,
        best,
        run.estimate(measure, best),
        alike,
        after,
        None if after is None else run.compare(best, after, measure),
        None if after is None else better_in(run, best, after),
        after is not None and is_settled(values[best], values[after], len(order) - 1),
        safest,
        run.estimate(LOST, safest),
        run.estimate(LOST, best),
        safer,
    )
    return replace(found, sentences=_sentences(found, run, best, safest))


def nobody_known(run: Simulation) -> str | None:
    """Return why there is nobody to work with, None where there is somebody on both sides."""
    account = run.account
    if not account.theirs:
        who, missing = f"Nobody of {account.name} is known", "people"
    elif not account.ours:
        who, missing = f"Nobody of ours is known at {account.name}", "our people"
    else:
        return None
    return (
        f"{who}: there is nobody to multi-thread with yet, so the strategies are shown but not ranked. "
        f"Import {missing} first."
    )


def better_in(run: Simulation, one: str, other: str) -> float:
    """Return the share of the futures in which a strategy is better than another, in what ranks them."""
    measure = run.ranked_by
    values = run.measures[measure]
    lead = values[run.names.index(one)] - values[run.names.index(other)]
    return float(((lead if BETTER[measure] == "higher" else -lead) > 0.0).mean())


def _safest(run: Simulation, best: str) -> tuple[str, bool]:
    """Return who loses the account least, of equals the best, and whether another seed would keep that."""
    values = dict(zip(run.names, run.measures[LOST], strict=True))
    least = values[run.ranking(LOST)[0]]
    safest = next(name for name in run.ranking() if np.array_equal(values[name], least))
    return safest, is_settled(least, values[best], 1)


def _sentences(found: Verdict, run: Simulation, best: str, safest: str) -> tuple[str, ...]:
    if found.measure == LOST:
        return (_loses_least(found, run, best), _why_by_loss(run))
    said = (_earns_most(found, run, best), _keeps(found, run, best, safest))
    return said if safest == best else (*said, _why_it_earns(run, best, safest))


def _earns_most(found: Verdict, run: Simulation, best: str) -> str:
    horizon = count(run.months, "month", "months")
    profit = shown(run.estimate(found.measure, best), money)
    if len(run.names) == 1:
        return f"{named(best)} earns a profit of {profit} over {horizon}; nothing else was run beside it."
    if found.over is None or found.next is None:
        return f"No strategy makes a difference to profit: {profit} over {horizon} under each."
    ahead = money(found.over.difference or 0.0) + between(found.over, money)
    return (
        f"{named(best)} earns most with the hours you have{_like(found, 'much')}: a profit of {profit} over "
        f"{horizon}, {ahead} more than {named(found.next)}. It earns more than that "
        f"{of_futures(found.p_better or 0.0)}; {_sure(found, run)}."
    )


def _loses_least(found: Verdict, run: Simulation, best: str) -> str:
    lost = shown(run.estimate(LOST, best), percent)
    if len(run.names) == 1:
        return f"With {named(best)} the account is lost in {lost} of the futures; nothing else was run."
    if found.over is None or found.next is None:
        return f"No strategy makes a difference: the account is lost in {lost} of the futures under each."
    fewer = run.compare(found.next, best, LOST)
    saved = points(fewer.difference or 0.0) + between(fewer, points)
    return (
        f"{named(best)} loses the account least with the hours you have{_threat(run)}"
        f"{_like(found, 'little')}: in {lost} of the futures, {saved} points fewer than "
        f"{named(found.next)}. The account is less at risk than under that "
        f"{of_futures(found.p_better or 0.0)}; {_sure(found, run)}."
    )


def _why_by_loss(run: Simulation) -> str:
    return (
        f"No supply row tells the revenue of {run.account.name}, so that profit would weigh hours against an "
        "index: the strategies are ranked by how rarely the account is lost."
    )


def _like(found: Verdict, amount: str) -> str:
    """Return the clause on those that do exactly as well as the best."""
    return f", exactly as {amount} as {listed([named(one) for one in found.alike])}" if found.alike else ""


def _sure(found: Verdict, run: Simulation) -> str:
    if found.settled:
        return "that order is settled"
    return f"{count(run.replicates, 'future does', 'futures do')} not settle that order"


def _threat(run: Simulation) -> str:
    """Return the clause on what a leaving threatens, where somebody is made to leave."""
    return ", which is what the leaving threatens" if run.scenario.leaving else ""


def _keeps(found: Verdict, run: Simulation, best: str, safest: str) -> str:
    """Say who loses the account least, beside the best and doing nothing."""
    lost, values = shown(run.estimate(LOST, safest), percent), run.measures[LOST]
    if len(run.names) == 1:
        return f"The account is lost in {lost} of the futures."
    same = [name for s, name in enumerate(run.names) if (values[s] == values[run.names.index(safest)]).all()]
    if len(same) == len(run.names):
        return f"The account is lost in {lost} of the futures under every strategy."
    compared = []
    if safest != best:
        close = "" if found.safer else ", a difference that is not settled"
        compared.append(f"{shown(run.estimate(LOST, best), percent)} with {named(best)}{close}")
    if IDLE in run.names and IDLE not in (best, *same):
        compared.append(f"{shown(run.estimate(LOST, IDLE), percent)} if nothing is done")
    also = "also " if safest == best else ""
    like = [named(name) for name in same if name != safest]
    alike = f", as {'do' if len(like) > 1 else 'does'} {listed(like)}" if like else ""
    against = f", against {', and '.join(compared)}" if compared else ""
    least = f"{named(safest)} {also}loses the account least{_threat(run)}"
    return f"{least}: in {lost} of the futures{alike}{against}."


def _why_it_earns(run: Simulation, best: str, safest: str) -> str:
    """Say why the best earns more although another loses the account less."""
    hours, revenue = (
        [run.estimate(measure, name).mean or 0.0 for name in (best, safest)]
        for measure in ("hours_spent", "revenue_total")
    )
    reasons = []
    if hours[0] < hours[1]:
        reasons.append(f"it saves hours ({hours[0]:,.0f} against {hours[1]:,.0f})")
    if revenue[0] > revenue[1]:
        reasons.append(f"it sells more ({money(revenue[0])} against {money(revenue[1])})")
    why = " and ".join(reasons) or "it keeps more of what it sells as profit"
    return (
        f"{named(best)} earns more because {why}; what remains of the account after "
        f"{count(run.months, 'month', 'months')} is not counted."
    )
