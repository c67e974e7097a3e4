"""Why the ranking is what it is: which mechanism makes another strategy best than in quiet years.

The run is compared with the same account in quiet years: the same scenario without its events, the same
draws. The *swing* is what the events do to the lead of the best strategy here over the best of the quiet
years. Each mechanism through which the events can act is then turned off, with the events and without them:
it is a cause where the strategy of the quiet years is ahead again and the swing is smaller. One that restores
the order by moving both years alike is told apart: the order hangs on it, but the events do not act by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from graph.errors import InputError
from simulation.comparison import Estimate, estimate
from simulation.outcomes import BETTER, RANKED_BY
from simulation.parameters import families
from simulation.results import Simulation
from simulation.run import Progress, simulate
from simulation.scenario import Scenario

Values = NDArray[np.float64]

REPLICATES = 1000  # at most: enough for a cause, whatever the precision of the run
TOGETHER = 3  # mechanisms that are turned off at once where none alone is the cause
NEGLIGIBLE = 0.05  # of the swing: not worth a sentence
MEASURE_WORDS = {"margin_total": "profit", "revenue_total": "revenue", "account_lost": "chance of loss"}


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A parameter through which an event can act.

    Attributes
    ----------
    how
        The mechanism, to stand behind "because".
    off
        The value that turns it off.
    """

    parameter: str
    how: str
    off: float = 0.0


_SHAKEN = (
    Mechanism("shock", "a leaving decision maker shakes the account"),
    Mechanism("loss_A", "the account is lost sooner where access is low"),
    Mechanism("loss_S", "the account is lost sooner where support is low"),
    Mechanism("mood", "a newcomer thinks as those who stayed do"),
    Mechanism("new_tie_rate", "hours open new ties to those who come"),
    Mechanism("referral", "allies bring us together with those who come"),
    Mechanism("m_rate", "the margin follows our access"),
    Mechanism("grow", "support wins more of the wallet"),
)
_HANDED_OVER = (
    Mechanism("handover", "a successor takes over a share of a tie only", off=1.0),
    Mechanism("follow", "a part of the relation follows the one of ours who goes"),
)
_FEARED = (
    Mechanism("a_fear", "a distributor that fears us turns to other brands"),
    Mechanism("conflict_rate", "conflict grows over the distributor's own customers"),
    Mechanism("trust_fall", "conflict costs the distributor's trust"),
    Mechanism("a_trust", "trust earns us the distributor's effort"),
    Mechanism("fight_effort", "a dependent distributor works harder against the threat"),
    Mechanism("fight_price", "a dependent distributor cuts its mark-up against the threat"),
    Mechanism("open_rate", "a distributor that trusts us less shows us less"),
)
ACTS_THROUGH: Mapping[str, tuple[Mechanism, ...]] = {
    "leaves": (*_SHAKEN, *_HANDED_OVER),
    "joins": (
        Mechanism("new_tie_rate", "hours open new ties to those who come"),
        Mechanism("referral", "allies bring us together with those who come"),
        Mechanism("m_rate", "the margin follows our access"),
        Mechanism("loss_A", "the account is lost sooner where access is low"),
    ),
    "reorganises": _SHAKEN,
    "new_key_account_manager": (
        *_HANDED_OVER,
        Mechanism("loss_A", "the account is lost sooner where access is low"),
        Mechanism("m_rate", "the margin follows our access"),
    ),
    "rival_launch": (
        Mechanism("a_novel", "a new brand draws the distributor's effort while it is new"),
        Mechanism("focus_rate", "the distributor shifts its effort to what pays"),
        Mechanism("b_effort", "end customers buy what the distributor pushes"),
    ),
    "takeover": (
        Mechanism("a_novel", "the new owner's brand stays new to the distributor"),
        Mechanism("handover", "a successor takes over a share of a tie only", off=1.0),
        Mechanism("a_trust", "trust, gone with the old owner, earned us the distributor's effort"),
        Mechanism("a_rel", "relations at the distributor earn us its effort"),
        Mechanism("b_effort", "end customers buy what the distributor pushes"),
    ),
    "announce_direct": (
        Mechanism("announce", "the distributor takes the announcement for the deed"),
        *_FEARED,
    ),
    "go_direct": (
        *_FEARED,
        Mechanism("accept", "end customers accept the direct channel"),
        Mechanism("serve", "serving end customers ourselves costs"),
        Mechanism("spill", "direct business makes end customers think of us at the distributor too"),
        Mechanism("b_habit", "end customers keep to where they bought last"),
    ),
    "price_pressure": (
        Mechanism("hour_cost", "the same hours stand against a smaller profit"),
        Mechanism("m_rate", "the margin follows our access"),
    ),
    "hours_cut": (
        Mechanism("decay_scale", "ties that are met less decay"),
        Mechanism("hour_cost", "hours that are not spent cost nothing"),
        Mechanism("loss_A", "the account is lost sooner where access is low"),
        Mechanism("m_rate", "the margin follows our access"),
    ),
}


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


def find_causes(
    run: Simulation,
    *,
    measure: str = RANKED_BY,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Causes:
    """Return why the best strategy of a run is another than in quiet years, or what the events shift.

    Parameters
    ----------
    measure
        What makes a strategy the best.

    Raises
    ------
    InputError
        A measure that is undefined with the events or without them, or a run without an event.
    """
    if not run.scenario.events:
        raise InputError("The scenario has no event; causes are looked for against the years without events.")
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
        quiet = self._simulate(self._quiet(run.scenario), run.names)
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
        return replace(causes, sentences=tuple(_sentences(causes, self.kinds)))

    def _event_cause(self, kind: str) -> Cause:
        kept = tuple(event for event in self.run.scenario.events if event.event != kind)
        here = self._lead(self._simulate(replace(self.run.scenario, events=kept), self.names))
        return self._cause((kind,), None, f"the event itself ({_words(kind)})", None, False, here, self.quiet)

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
        return with_events, self._lead(self._simulate(self._quiet(scenario), self.names))

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

    def _quiet(self, scenario: Scenario) -> Scenario:
        return replace(scenario, name="quiet years", events=())


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


def _sentences(causes: Causes, kinds: Sequence[str]) -> list[str]:
    if causes.best == causes.quiet_best:
        return _same_best(causes, kinds)
    best, other = _words(causes.best), _words(causes.quiet_best)
    ahead, behind = _range(causes.here, causes.unit), _range(_negative(causes.quiet), causes.unit)
    orders = (
        f"{_capital(best)} {_wins(causes.measure)} here, {ahead} ahead of {other}; "
        f"in quiet years {other} does, {behind} ahead of {best}."
    )
    if not causes.differs:
        unsure = "At least one of these intervals holds 0: the two orders may be one, and no cause is named."
        return [orders, unsure, *_heaviest(causes)]
    said = [orders]
    for index, cause in enumerate(causes.causes):
        lead = _range(_negative(cause.here), causes.unit)
        again = f"{other} is ahead again by {lead}, and {100.0 * cause.taken:.0f} % of the change is gone"
        if cause.parameter is None:
            said.append(f"{_rank(index)} is {cause.how}: without it {again}.")
        else:
            said.append(f"{_rank(index)} is that {cause.how}: with {_setting(cause)}, {again}.")
    if any(cause.parameter for cause in causes.causes):
        return said
    both = [one for one in causes.found if one.restores and not one.acts]
    if causes.together:
        names = " and ".join(causes.together)
        said.append(f"No single parameter restores the order; {names}, turned off together, do.")
    else:
        tried = "no mechanism that it acts by" if both else "no single mechanism"
        said.append(
            f"The cause is the event itself ({_events(kinds)}), not a parameter: {tried}, turned off, puts "
            f"{other} ahead again."
        )
    said += [
        f"The order also hangs on the fact that {one.how}: with {_setting(one)}, {other} is ahead by "
        f"{_range(_negative(one.here), causes.unit)}, but just as much more in quiet years."
        for one in both
    ]
    return [*said, *_heaviest(causes)]


def _same_best(causes: Causes, kinds: Sequence[str]) -> list[str]:
    best, shift = _capital(_words(causes.best)), _range(causes.swing, causes.unit, signed=True)
    if causes.swing.mean == 0.0 and causes.swing.ci_low == causes.swing.ci_high:
        same = f"The events ({_events(kinds)}) change nothing for {_words(causes.best)}"
        return [f"{same}, which {_wins(causes.measure)} here as in quiet years."]
    said = (
        f"{best} {_wins(causes.measure)} here as in quiet years. "
        f"The events shift its {MEASURE_WORDS.get(causes.measure, _words(causes.measure))} by {shift}."
    )
    itself = (
        f"That is the event itself ({_events(kinds)}): no single mechanism takes a notable part of it away."
    )
    return [said, *(_heaviest(causes) or [itself])]


def _rank(index: int) -> str:
    return "The cause" if index == 0 else "Another cause"


def _events(kinds: Sequence[str]) -> str:
    return " and ".join(_words(kind) for kind in kinds)


def _heaviest(causes: Causes) -> list[str]:
    """Name the mechanism that takes away most of the swing, where none restores the order."""
    rest = [one for one in causes.found if one.parameter and not one.restores and one.taken >= NEGLIGIBLE]
    if not rest or not (_above(causes.swing) or _below(causes.swing)):
        return []
    most = max(rest, key=lambda one: one.taken)
    return [
        f"What weighs most is that {most.how}: with {_setting(most)}, "
        f"{_range(most.left, causes.unit, signed=True)} of the shift of "
        f"{_range(causes.swing, causes.unit, signed=True)} is left."
    ]


def _setting(cause: Cause) -> str:
    lowest = ", the nearest to off that is allowed" if cause.lowest else ""
    return f"{cause.parameter} at {cause.value:g}{lowest}"


def _wins(measure: str) -> str:
    return {"margin_total": "earns most", "revenue_total": "sells most"}.get(
        measure, f"is best in {_words(measure)}"
    )


def _words(name: str) -> str:
    return name.replace("_", " ")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _negative(found: Estimate) -> Estimate:
    mean, low, high = (
        None if value is None else -value for value in (found.mean, found.ci_high, found.ci_low)
    )
    return Estimate(mean, low, high)


def _range(found: Estimate, unit: str, *, signed: bool = False) -> str:
    """Return a value with its interval and unit."""
    sign = "+" if signed else ""
    digits = {"currency": 0, "hours": 0, "index": 1, "months": 1}.get(unit, 3)
    named = "" if unit in ("1", "currency") else f" {unit}"

    def text(value: float) -> str:
        return f"{value:{sign},.{digits}f}"

    if found.mean is None:
        return "undefined"
    if found.ci_low is None or found.ci_high is None:
        return text(found.mean) + named
    return f"{text(found.mean)} [{text(found.ci_low)} … {text(found.ci_high)}]{named}"
