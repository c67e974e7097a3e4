"""The answer to "what if": which strategy is best and how sure, what the events cost, with how many hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from graph.account import Side
from graph.measures import Shape, measure
from graph.progress import Progress
from simulation.costs import Cost, cost_sentences, costs_of
from simulation.hours import HoursCurve, figure
from simulation.results import Simulation
from simulation.verdict import Verdict, verdict_of
from simulation.wording import count

MULTI_THREADED = 2  # people who must leave, at the least, before no thread is left

CALIBRATION = (
    "How much a leaving decision maker shakes an account is calibrated, not measured: losing the only buyer "
    "we know, one of four who decide, gives about 25 % loss within 12 months; the vendor figure of 51 % has "
    "no control group."
)


@dataclass(frozen=True, slots=True)
class Leaver:
    """Who leaves, and when."""

    person: str
    name: str
    side: Side
    month: int


@dataclass(frozen=True)
class Answer:
    """The answer, as values and as sentences.

    Attributes
    ----------
    connectivity, shape
        Of the account as it is today.
    costs
        What the events cost, against the same scenario without any; empty where nothing happens.
    leaving_costs
        What the leaving alone costs; the same as `costs` where nothing else happens.
    curve
        None where it was not run, or where nobody is there to spend hours on.
    """

    account: str
    as_of: date
    months: int
    leavers: tuple[Leaver, ...]
    starts_multi_threaded: bool
    connectivity: int
    shape: Shape
    costs: tuple[Cost, ...]
    leaving_costs: tuple[Cost, ...]
    verdict: Verdict
    curve: HoursCurve | None
    sentences: tuple[str, ...]


def answer(
    simulation: Simulation,
    curve: HoursCurve | None = None,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Return the answer that a run gives; the same scenario is run once more without its events.

    Parameters
    ----------
    curve
        Of the same account, scenario and strategies, if the answer should say how it depends on hours.
    """
    account, scenario = simulation.account, simulation.scenario
    measured = measure(account)
    leavers = tuple(
        Leaver(
            event.subject,
            simulation.name_of(event.subject),
            "ours" if event.subject in account.our_index else "theirs",
            event.month,
        )
        for event in scenario.leaving
    )
    costs: tuple[Cost, ...] = ()
    if simulation.first_event is not None:
        quiet, month = scenario.without_events(), simulation.first_event
        costs = costs_of(simulation, quiet, month, threads=threads, progress=progress)
    leaving = costs if leavers else ()
    if leavers and len(leavers) < len(scenario.events):
        kept, month = scenario.without_leaving(), min(one.month for one in leavers)
        leaving = costs_of(simulation, kept, month, threads=threads, progress=progress)
    verdict = verdict_of(simulation)
    given = Answer(
        account=account.id,
        as_of=account.as_of,
        months=simulation.months,
        leavers=leavers,
        starts_multi_threaded=measured.connectivity >= MULTI_THREADED,
        connectivity=measured.connectivity,
        shape=measured.shape,
        costs=costs,
        leaving_costs=leaving,
        verdict=verdict,
        curve=curve if verdict.best is not None else None,
        sentences=(),
    )
    return replace(given, sentences=tuple(_sentences(given, simulation)))


def _sentences(given: Answer, run: Simulation) -> Iterator[str]:
    for leaver in given.leavers:
        whose = ", one of ours," if leaver.side == "ours" else ""
        yield f"{leaver.name}{whose} leaves in month {leaver.month}."
    yield from given.verdict.sentences
    yield from after_verdict(given, run)
    yield CALIBRATION


def after_verdict(given: Answer, run: Simulation) -> Iterator[str]:
    """Yield what is said beside the verdict: what the events cost, what hours do, how the account starts."""
    best = given.verdict.best
    alone = given.leaving_costs if given.leaving_costs is not given.costs else ()
    for s, cost in enumerate(given.costs):
        if cost.strategy == best:
            yield from cost_sentences(run, cost, alone[s] if alone else None)
    if given.curve is not None:
        yield given.curve.sentence()
    if best is not None:
        yield _start(given)
    yield from _without_contact(run)


def _start(given: Answer) -> str:
    if given.starts_multi_threaded:
        start = "in shape a diabolo, yet multi-threaded"
        if given.shape != "diabolo":
            start = f"multi-threaded ({given.shape})"
        return (
            f"The account starts {start}: at least {given.connectivity} people would have to leave "
            "before no thread is left."
        )
    if not given.connectivity:
        shape = "The account starts without any thread: every tie has to be opened first"
    else:
        shape = f"The account starts on a single thread ({given.shape})"
    first = min((leaver.month for leaver in given.leavers), default=None)
    if first is None:
        return f"{shape}."
    if first == 1:
        return f"{shape}; nothing can be built before they leave."
    months = count(first - 1, "month", "months")
    return f"{shape}; whatever a strategy builds first has {months} until they leave."


def _without_contact(run: Simulation) -> Iterator[str]:
    """Say what the hours of an account are where nobody of ours is known to work for it."""
    account = run.account
    if account.ours and not account.ties and not account.share_of_time:
        who = count(len(account.ours), "person", "people")
        hours = f"{figure(account.hours.sum())} hours a month"
        yield (
            f"Nobody of ours has a contact or a share of the team here: the {hours} are what our {who} could "
            "spend at the most, each dividing their time among the accounts where they have contacts."
        )
