"""The verbs that look ahead for one account: what if, as a page for people, and which assumptions decide.

As in `api.verbs` each takes a `Workspace` and returns one result object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.caveats import with_caveats
from api.estimates import END_REPLICATES, OwnData, own_data
from api.workspace import Result, Workspace
from graph.account import Account
from graph.measures import measure
from graph.progress import Progress

if TYPE_CHECKING:
    from graph.plan import Plan
    from simulation import Answer, Scenario, Simulation, Strategy
    from simulation.sensitivity import Sensitivity

# A file or the name of a shipped one; or what such a file holds.
ScenarioSource = Path | Mapping[str, Any]
# Names of shipped strategies, or a file.
StrategySource = Sequence[str] | Path

REPLICATES = 1000
CURVE_REPLICATES = 250


@dataclass(frozen=True)
class WhatIf:
    """A run and the answer it gives; the document is the run's with `answer` and `estimated` beside it."""

    simulation: Simulation
    answer: Answer
    own: OwnData = field(default_factory=OwnData)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What comes from the user's own data, and the warnings of the run."""
        return (*self.own.warnings, *self.simulation.warnings)

    def document(self) -> dict[str, Any]:
        """Return the document of the contract."""
        beside = {
            "answer": self.answer,
            "estimated": self.own.taken,
            "ends": self.own.ends,
            "warnings": self.warnings,
        }
        return {**self.simulation.document(), **beside}


def simulate(
    work: Workspace,
    name: str,
    *,
    leaves: Sequence[str] = (),
    leaving_months: Sequence[int] = (),
    scenario: ScenarioSource | None = None,
    strategies: StrategySource | None = None,
    proposed: Plan | None = None,
    replicates: int = REPLICATES,
    months: int | None = None,
    seed: int = 1,
    precision: float | None = None,
    engine: str = "kernel",
    threads: int | None = None,
    curve: bool = True,
    estimated: bool = True,
    observed_from: date | None = None,
    as_of: date | None = None,
    progress: Progress | None = None,
) -> Result[WhatIf]:
    """Run strategies with the same hours through the same futures, and say what they show.

    Parameters
    ----------
    leaves, leaving_months
        Who leaves, and when: once for all, or once for each. Added to the scenario's own events.
    scenario
        A file, the name of a shipped scenario, or what such a file holds.
    strategies
        Names, or a file; by default all eight, or the six that need no distributor.
    proposed
        The plan to follow where none is saved; one is proposed where neither is there.
    curve
        Also run multiples of today's hours; where nobody leaves and no event happens it is worth as much.
    estimated
        Put what the user's own history tells in place of defaults; what the scenario sets beats it.
    observed_from
        Day from which on every leaving was noted, where somebody knows it.
    """
    import simulation as model

    account = work.account(name, as_of)
    partners = work.partners(account)
    setting = read_scenario(scenario, account, partners)
    if leaves:
        setting = model.leaving_scenario(account, leaves, leaving_months, partners=partners, onto=setting)
    stated, given = account, setting
    found = own_data(work, account, observed_from) if estimated else None
    if found is not None:
        account = found.with_hours(account)
        setting = replace(setting, parameters=found.under(setting.parameters))
    chosen = _strategies(work, account, strategies, proposed)
    run = model.simulate(
        account,
        setting,
        chosen,
        partners=partners,
        replicates=replicates,
        months=months,
        seed=seed,
        threads=threads,
        precision=precision,
        engine=engine,
        progress=progress,
    )
    hours = None
    if curve:
        hours = model.hours_curve(
            account,
            setting,
            chosen,
            partners=partners,
            replicates=min(replicates, CURVE_REPLICATES),
            months=run.months,
            seed=seed,
            threads=threads,
            today=run,
            progress=progress,
        )
    answered = model.answer(run, hours, threads=threads, progress=progress)
    own = OwnData()
    if found is not None:
        from simulation.estimation import rankings_at_ends

        ends = rankings_at_ends(
            stated,
            given,
            chosen,
            found,
            partners=partners,
            replicates=min(replicates, END_REPLICATES),
            months=run.months,
            seed=seed,
            threads=threads,
            progress=progress,
        )
        own = OwnData(found.taken(given.parameters), found.cautions, ends)
    return with_caveats(measure(account), WhatIf(run, answered, own))


def sensitivity(
    work: Workspace,
    name: str,
    *,
    scenario: ScenarioSource | None = None,
    outcome: str = "margin_total",
    strategies: StrategySource | None = None,
    trajectories: int | None = None,
    replicates: int | None = None,
    samples: int | None = None,
    months: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    estimated: bool = True,
    observed_from: date | None = None,
    as_of: date | None = None,
    progress: Progress | None = None,
) -> Result[Sensitivity]:
    """Say which assumptions decide which strategy is best, and where another one becomes best.

    Parameters
    ----------
    outcome
        The measure that strategies are compared in.
    scenario, strategies, observed_from
        As `simulate` takes them.
    trajectories, replicates, samples
        How much is run; by the size of the account where they are left out.
    estimated
        Vary what the user's own history tells over its interval instead of the default range.
    """
    from simulation.sensitivity import check_measure
    from simulation.sensitivity import sensitivity as analyse

    check_measure(outcome)
    account = stated = work.account(name, as_of)
    partners = work.partners(account)
    setting = read_scenario(scenario, account, partners)
    own, ranges = OwnData(), dict[str, tuple[float, float]]()
    if estimated:
        found = own_data(work, account, observed_from)
        account = found.with_hours(account)
        own = OwnData(found.taken(setting.parameters), found.cautions)
        ranges = {row.parameter: (row.low, row.high) for row in found.unset(setting.parameters)}
        setting = replace(setting, parameters=found.under(setting.parameters))
    answer = analyse(
        account,
        setting,
        _strategies(work, account, strategies, None),
        measure=outcome,
        partners=partners,
        trajectories=trajectories,
        replicates=replicates,
        samples=samples,
        months=months,
        seed=seed,
        threads=threads,
        ranges=ranges,
        progress=progress,
    )
    return with_caveats(measure(stated), replace(answer, warnings=(*own.warnings, *answer.warnings)))


def report(
    result: Result[WhatIf],
    *,
    decides: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
) -> str:
    """Return a what-if as a page that a manager can read, send and print; the causes are looked for here.

    Parameters
    ----------
    decides
        Also find which assumptions decide the ranking; it takes minutes.
    """
    from simulation.causes import find_causes
    from simulation.sensitivity import sensitivity as find_assumptions
    from visualisation.report import report_html

    found, run = result.body, result.body.simulation
    ranked = found.answer.verdict.best is not None
    causes = None
    if ranked and run.scenario.events:
        causes = find_causes(run, threads=threads, progress=progress)
    assumptions = None
    if ranked and decides:
        known = run.assembly.parameters
        assumptions = find_assumptions(
            run.account,
            run.scenario,
            run.strategies,
            measure=run.ranked_by,
            partners=run.assembly.world.partners,
            months=run.months,
            seed=run.seed,
            threads=threads,
            ranges={row.parameter: (row.low, row.high) for row in found.own.taken if row.parameter in known},
            progress=progress,
        )
    return report_html(
        run,
        found.answer,
        causes=causes,
        sensitivity=assumptions,
        estimated=found.own.taken,
        notes=(*result.warnings, *found.own.warnings),
    )


def read_scenario(
    source: ScenarioSource | None, account: Account, partners: Sequence[Account] = ()
) -> Scenario:
    """Return the scenario that is meant, checked against the accounts; without one nothing happens."""
    from simulation.scenario import Scenario
    from simulation.scenario_file import parse_scenario

    if source is None:
        return Scenario()
    data, file = scenario_data(source)
    return parse_scenario(data, account, partners, file=file)


def scenario_data(source: ScenarioSource) -> tuple[Mapping[str, Any], str | None]:
    """Return what a scenario says, and the name of the file that it stands in, if any."""
    from fixtures.scenario_library import scenario_file
    from simulation.reading import read_mapping

    if isinstance(source, Mapping):
        return source, None
    file = scenario_file(source)
    return read_mapping(file, "a scenario"), file.name


def _strategies(
    work: Workspace, account: Account, source: StrategySource | None, proposed: Plan | None
) -> tuple[Strategy, ...]:
    """Return strategies by name or from a file; `plan` is the saved plan, else what is proposed."""
    import simulation as model
    from graph.plan import upcoming
    from graph.store.plans import read_plan

    if isinstance(source, Path):
        return model.load_strategies(source, account)
    saved = read_plan(work.store, account.id) if source is None or "plan" in source else None
    followed = saved or proposed
    if followed is None:
        return model.strategies_for(account, None, source)
    ahead = upcoming(account, followed)
    return model.strategies_for(account, ahead.actions, source, horizon=ahead.months)
