"""Why the ranking is what it is: which mechanism makes another strategy best than in quiet years.

The run is compared with the same account in quiet years: the same scenario without its events, the same
draws. The *swing* is what the events do to the lead of the best strategy here over the best of the quiet
years. Each mechanism through which the events can act is then turned off, with the events and without them:
it is a cause where the strategy of the quiet years is ahead again and the swing is smaller. One that restores
the order by moving both years alike is told apart: the order hangs on it, but the events do not act by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from graph.errors import InputError
from graph.progress import Progress
from simulation.causes_words import sentences
from simulation.comparison import Estimate, estimate
from simulation.mechanisms import ACTS_THROUGH, Mechanism
from simulation.outcomes import BETTER
from simulation.parameters import families
from simulation.results import Simulation
from simulation.run import simulate
from simulation.scenario import Scenario
from simulation.wording import happened

Values = NDArray[np.float64]

REPLICATES = 1000  # at most: enough for a cause, whatever the precision of the run
TOGETHER = 3  # mechanisms that are turned off at once where none alone is the cause


@dataclass(frozen=True, slots=True)
class Cause:
    """What is left of the swing without one mechanism, or without one kind of event.

    Attributes
    ----------
    events
        The kinds of events that can act through it.
    parameter
        Name in the parameter table; None where the events themselves are taken out.
    how
        The mechanism in words.
    value
        What the parameter was set to; None without a parameter.
    lowest
        The value that would turn it off is out of its range; `value` is the nearest that is allowed.
    here, quiet
        The lead (see `Causes`) with the events and in quiet years, the mechanism off in both.
    left
        What is left of the swing.
    taken
        Share of the swing that is taken away: 1 all of it, 0 nothing, below 0 the swing grows.
    restores
        The strategy of the quiet years is ahead again, with a 95 % interval that excludes 0.
    acts
        The swing is smaller, with a 95 % interval that excludes 0.
    """

    events: tuple[str, ...]
    parameter: str | None
    how: str
    value: float | None
    lowest: bool
    here: Estimate
    quiet: Estimate
    left: Estimate
    taken: float
    restores: bool
    acts: bool


@dataclass(frozen=True)
class Causes:
    """The comparison with quiet years, and what its swing comes from.

    Attributes
    ----------
    best, quiet_best
        The best strategy with the events and without them.
    differs
        They are two, and each is ahead in its own years with a 95 % interval that excludes 0.
    here, quiet
        By how much `best` is ahead of `quiet_best` with the events and in quiet years, positive where it is
        better; the measure of `best` itself where the two are the same strategy.
    swing
        The difference of the two: what the events do.
    found
        Every mechanism that was tried: first what restores the order, of that first what the events act by,
        and of that first what takes away most of the swing.
    together
        Parameters that restore the order only together, empty where one alone does or none do.
    replicates
        Futures behind these numbers.
    """

    measure: str
    unit: str
    best: str
    quiet_best: str
    differs: bool
    here: Estimate
    quiet: Estimate
    swing: Estimate
    found: tuple[Cause, ...]
    together: tuple[str, ...]
    replicates: int
    sentences: tuple[str, ...]

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What the events act by and without which the order is that of the quiet years."""
        return tuple(one for one in self.found if one.restores and one.acts)

    @property
    def swings(self) -> bool:
        """Whether the swing has a 95 % interval that excludes 0."""
        return _above(self.swing) or _below(self.swing)


def find_causes(
    run: Simulation,
    *,
    measure: str | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Causes:
    """Return why the best strategy of a run is another than in quiet years, or what the events shift.

    Parameters
    ----------
    measure
        What makes a strategy the best; by default what ranks them in the run.

    Raises
    ------
    InputError
        A measure that is undefined with the events or without them, or a run without an event.
    """
    if not run.scenario.events:
        raise InputError("The scenario has no event; causes are looked for against the years without events.")
    measure = measure or run.ranked_by
    if measure not in run.measures or measure == "recovery_months":
        known = ", ".join(name for name in run.measures if name != "recovery_months")
        raise InputError(f"measure is {measure!r}; causes are found for one of {known}.")
    search = _Search(run, measure, threads, progress)
    return search.result()


class _Search:
    """The two strategies in question, and their values in every setting that was tried."""

    def __init__(self, run: Simulation, measure: str, threads: int | None, progress: Progress | None) -> None:
        self.run, self.measure, self.threads, self.progress = run, measure, threads, progress
        self.count = min(run.replicates, REPLICATES)
        self.sign = 1.0 if BETTER[measure] == "higher" else -1.0
        self.kinds = tuple(dict.fromkeys(event.event for event in run.scenario.events))
        self.tried = _mechanisms(run, self.kinds)
        self.done, self.steps = 0, 1 + 2 * len(self.tried) + (len(self.kinds) if len(self.kinds) > 1 else 0)
        quiet = self._simulate(run.scenario.without_events(), run.names)
        self.best, self.quiet_best = run.ranking(measure)[0], quiet.ranking(measure)[0]
        self.names = tuple(dict.fromkeys((self.best, self.quiet_best)))
        self.here, self.quiet = self._lead(run), self._lead(quiet)
        self.swing = self.here - self.quiet
        ahead, behind = estimate(self.here), estimate(self.quiet)
        self.differs = len(self.names) > 1 and _above(ahead) and _below(behind)

    def result(self) -> Causes:
        found = [self._event_cause(kind) for kind in self.kinds] if len(self.kinds) > 1 else []
        found += [self._parameter_cause(mechanism, events) for mechanism, events in self.tried]
        found.sort(key=lambda one: (not one.restores, not one.acts, -one.taken, one.parameter or ""))
        together: tuple[str, ...] = ()
        if self.differs and not any(one.restores and one.acts and one.parameter for one in found):
            together = self._together([one.parameter for one in found if one.parameter and one.acts])
        causes = Causes(
            self.measure,
            self.run.units[self.measure],
            self.best,
            self.quiet_best,
            self.differs,
            estimate(self.here),
            estimate(self.quiet),
            estimate(self.swing),
            tuple(found),
            together,
            self.count,
            (),
        )
        if self.progress is not None:
            self.progress("causes", self.steps, self.steps)
        return replace(causes, sentences=tuple(sentences(causes, self.kinds)))

    def _event_cause(self, kind: str) -> Cause:
        kept = tuple(event for event in self.run.scenario.events if event.event != kind)
        here = self._lead(self._simulate(replace(self.run.scenario, events=kept), self.names))
        return self._cause(
            (kind,), None, f"the event itself ({happened([kind])})", None, False, here, self.quiet
        )

    def _parameter_cause(self, mechanism: Mechanism, events: tuple[str, ...]) -> Cause:
        value, lowest = _off(mechanism)
        here, quiet = self._without([mechanism])
        return self._cause(events, mechanism.parameter, mechanism.how, value, lowest, here, quiet)

    def _cause(
        self,
        events: tuple[str, ...],
        parameter: str | None,
        how: str,
        value: float | None,
        lowest: bool,
        here: Values,
        quiet: Values,
    ) -> Cause:
        left = here - quiet
        whole = float(self.swing.mean())
        taken = 1.0 - float(left.mean()) / whole if whole else 0.0
        return Cause(
            events,
            parameter,
            how,
            value,
            lowest,
            estimate(here),
            estimate(quiet),
            estimate(left),
            taken,
            self.differs and _below(estimate(here)),
            self._acts(left),
        )

    def _acts(self, left: Values) -> bool:
        smaller = float(np.sign(self.swing.mean())) * (self.swing - left)
        return _above(estimate(smaller))

    def _together(self, ranked: Sequence[str]) -> tuple[str, ...]:
        """Return the fewest of the strongest mechanisms that restore the order when off at once."""
        known = {mechanism.parameter: mechanism for mechanism, _ in self.tried}
        strongest = ranked[: TOGETHER + 1]
        for size in range(2, TOGETHER + 1):
            for names in combinations(strongest, size):
                here, quiet = self._without([known[name] for name in names])
                if _below(estimate(here)) and self._acts(here - quiet):
                    return names
        return ()

    def _without(self, mechanisms: Iterable[Mechanism]) -> tuple[Values, Values]:
        """Return the lead with the events and in quiet years, the mechanisms being off."""
        given = dict(self.run.scenario.parameters)
        for mechanism in mechanisms:
            value, _ = _off(mechanism)
            given |= {row.name: value for row in families().get(mechanism.parameter, ())} or {
                mechanism.parameter: value
            }
        scenario = replace(self.run.scenario, parameters=given)
        with_events = self._lead(self._simulate(scenario, self.names))
        return with_events, self._lead(self._simulate(scenario.without_events(), self.names))

    def _simulate(self, scenario: Scenario, names: Sequence[str]) -> Simulation:
        if self.progress is not None:
            self.progress("causes", min(self.done, self.steps), self.steps)
        self.done += 1
        chosen = [one for one in self.run.strategies if one.name in names]
        return simulate(
            self.run.account,
            scenario,
            chosen,
            partners=self.run.assembly.world.partners,
            replicates=self.count,
            months=self.run.months,
            seed=self.run.seed,
            threads=self.threads,
        )

    def _lead(self, run: Simulation) -> Values:
        """Return by how much the best is ahead, replicate by replicate; its own value where it is alone."""
        values = run.measures[self.measure][:, : self.count]
        best: Values = values[run.names.index(self.best)]
        if len(self.names) == 1:
            return best
        lead: Values = self.sign * (best - values[run.names.index(self.quiet_best)])
        return lead


def _mechanisms(run: Simulation, kinds: Iterable[str]) -> list[tuple[Mechanism, tuple[str, ...]]]:
    """Return the mechanisms of some events that are at work in the run, with the events of each."""
    found: dict[str, tuple[Mechanism, list[str]]] = {}
    for kind in kinds:
        for mechanism in ACTS_THROUGH[kind]:
            found.setdefault(mechanism.parameter, (mechanism, []))[1].append(kind)
    return [
        (mechanism, tuple(events))
        for name, (mechanism, events) in found.items()
        if any(run.assembly.parameters[row.name] != _off(mechanism)[0] for row in families()[name])
    ]


def _off(mechanism: Mechanism) -> tuple[float, bool]:
    """Return the value that turns a mechanism off, or the nearest allowed one, and whether it is that."""
    row = families()[mechanism.parameter][0]
    value = min(max(mechanism.off, row.low), row.high)
    return value, value != mechanism.off


def _above(found: Estimate) -> bool:
    return found.ci_low is not None and found.ci_low > 0.0


def _below(found: Estimate) -> bool:
    return found.ci_high is not None and found.ci_high < 0.0
