"""What a report says its numbers hang on: assumptions that decide, and values that are not the defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from simulation.parameters import Parameter, families
from simulation.results import Simulation
from visualisation.charts import strategy_name
from visualisation.figures import count, money

if TYPE_CHECKING:
    from simulation.analysis import Assumption
    from simulation.estimation.model import Estimated
    from simulation.sensitivity import Sensitivity

STRONGEST_SHOWN, ASSUMPTIONS_SHOWN = 6, 10


def assumptions_shown(found: Sensitivity) -> list[Assumption]:
    """Return the strongest assumptions, and those that make another strategy the best."""
    rows = found.parameters
    return [row for place, row in enumerate(rows) if place < STRONGEST_SHOWN or row.flips_at is not None][
        :ASSUMPTIONS_SHOWN
    ]


def assumption(one: Assumption, found: Sensitivity) -> dict[str, str]:
    """Return the row of an assumption."""
    flips = "no change within its range"
    if one.flips_at is not None and one.flips_to is not None:
        side = "above" if one.flips_at > one.default else "below"
        between = ""
        if one.flips_ci is not None:
            between = f" [{one.flips_ci[0]:.3g}\u00a0…\u00a0{one.flips_ci[1]:.3g}]"
        flips = f"“{strategy_name(one.flips_to)}” is best {side} {one.flips_at:.3g}{between}"
    unit = _unit(one.unit)
    strength = found.parameters[0].mu_star
    return {
        "name": one.name,
        "description": one.description,
        "default": f"{one.default:.4g} {unit}".strip(),
        "span": f"{one.low:.4g}\u00a0…\u00a0{one.high:.4g}",
        "moves": money(one.mu_star),
        "bar": f"{100.0 * one.mu_star / strength:.0f}" if strength else "0",
        "flips": flips,
    }


def flip(found: Sensitivity) -> str:
    """Return in plain words where the ranking flips: the assumption nearest to what is used."""
    flips = [one for one in found.parameters if one.flips_at is not None and one.flips_to is not None]
    if not flips:
        return "No single assumption that was looked into makes another strategy best in its plausible range."

    def distance(one: Assumption) -> float:
        return abs((one.flips_at or 0.0) - one.default) / ((one.high - one.low) or 1.0)

    nearest = min(flips, key=distance)
    side = "above" if (nearest.flips_at or 0.0) > nearest.default else "below"
    unit = f" {_unit(nearest.unit)}".rstrip()
    others = count(len(flips) - 1, "other assumption", "other assumptions")
    more = f"; {others} can turn the ranking round too" if len(flips) > 1 else ""
    return (
        f"The ranking flips most easily with {nearest.name} ({nearest.description}): {side} "
        f"{nearest.flips_at:.3g}{unit}, where {nearest.default:.3g} is assumed, "
        f"“{strategy_name(nearest.flips_to or '')}” is best{more}."
    )


def _unit(unit: str) -> str:
    """Return a unit of the parameter table in words."""
    return {"1": "", "1/year": "a year", "1/month": "a month", "1/h": "an hour"}.get(unit, unit)


def changed(run: Simulation, estimated: Sequence[Estimated]) -> list[dict[str, str]]:
    """Return the parameters that are not at their defaults, and why; a family at one value is one row."""
    own = {row.parameter: row for row in estimated}
    used, found = run.assembly.parameters, []
    for family, rows in families().items():
        changed = [(row, _source(row, run, own)) for row in rows if used[row.name] != row.default]
        alike = len(changed) == len(rows) > 1 and len({(used[row.name], why) for row, why in changed}) == 1
        for row, why in changed[:1] if alike else changed:
            found.append(
                {
                    "name": family if alike else row.name,
                    "value": f"{used[row.name]:.4g}",
                    "default": f"{row.default:.4g}",
                    "unit": _unit(row.unit),
                    "source": why,
                }
            )
    return found


def _source(row: Parameter, run: Simulation, own: Mapping[str, Estimated]) -> str:
    """Say where a value comes from that is not the default."""
    if row.name in own and own[row.name].value == run.assembly.parameters[row.name]:
        return f"estimated from your data: {own[row.name].method}"
    if row.name in run.scenario.parameters or row.family in run.scenario.parameters:
        return "set by the scenario"
    return "of your policy"
