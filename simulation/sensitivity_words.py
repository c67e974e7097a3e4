"""A sensitivity analysis in sentences that a manager reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.analysis import Assumption
    from simulation.sensitivity import Sensitivity

TOLD = 5  # changes of the best strategy that get a sentence


def sentences(found: Sensitivity) -> tuple[str, ...]:
    """Return what is best, what decides that, where it changes, and how sure it is all in all."""
    said = [_leader(found)]
    if not found.parameters:
        return tuple(said)
    said.append(_strongest(found))
    said.extend(_changes(found))
    wins = sorted(found.best.items(), key=lambda item: (-item[1], item[0]))
    parts = [
        f"{words(name)} in {f'{share:.0%}' if share >= 0.01 else 'less than 1%'}"
        for name, share in wins
        if share > 0.0
    ]
    said.append(
        f"Over all plausible values together, the best is {', '.join(parts)} of {_cases(found):,} cases."
    )
    idle = sum(one.mu_star == 0.0 for one in found.parameters)
    if idle:
        said.append(
            f"{idle} of the {len(found.parameters)} uncertain parameters make no difference to that here."
        )
    if found.known:
        said.append(
            f"The data of the account tell {', '.join(found.known)}, so that nothing is varied there."
        )
    return tuple(said)


def words(name: str) -> str:
    """Return a name of code as words."""
    return name.replace("_", " ")


def number(value: float) -> str:
    """Return a number with as many digits as matter."""
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


def with_unit(value: float, unit: str) -> str:
    """Return a number with its unit, if it has one."""
    return number(value) if unit == "1" else f"{number(value)} {unit}"


def flip_sentence(one: Assumption) -> str | None:
    """Return where another strategy becomes best, None where none does."""
    if one.flips_at is None or one.flips_from is None or one.flips_to is None:
        return None
    side = "above" if one.flips_at > one.default else "below"
    between = f" [{number(one.flips_ci[0])} … {number(one.flips_ci[1])}]" if one.flips_ci is not None else ""
    return (
        f"With {one.name} {side} {number(one.flips_at)}{between} instead of "
        f"{with_unit(one.default, one.unit)}, {words(one.flips_to)} is best, no longer "
        f"{words(one.flips_from)} ({one.description})."
    )


def _leader(found: Sensitivity) -> str:
    text = f"In the scenario “{found.scenario}”, {words(found.leader)} is best in {words(found.measure)}"
    lead = found.lead
    if found.runner_up is None or lead.mean is None:
        return text + "."
    text += f", {with_unit(lead.mean, found.unit)} ahead of {words(found.runner_up)}"
    if lead.ci_low is not None and lead.ci_high is not None:
        text += f" [{number(lead.ci_low)} … {number(lead.ci_high)}]"
    return text + "."


def _strongest(found: Sensitivity) -> str:
    first = found.parameters[0]
    if first.mu_star == 0.0:
        return "No uncertain parameter changes that lead."
    text = (
        f"{first.name} decides most: over its plausible range, {number(first.low)} to "
        f"{with_unit(first.high, first.unit)}, it moves that lead by {with_unit(first.mu_star, found.unit)} "
        f"on average ({first.description})"
    )
    if first.total is not None and first.total.ci is not None and first.total.tells:
        low, high = first.total.ci
        text += f"; it takes part in {first.total.value:.0%} [{low:.0%} … {high:.0%}] of the lead's variance"
    elif first.total is not None:
        text += (
            f"; {found.samples} samples are too few to say in how much of the lead's variance it takes part"
        )
    often = max(found.parameters, key=lambda one: one.winner_changes)
    if often.winner_changes > 0.0:
        text += (
            f"; {'it' if often is first else often.name} changes the best strategy most often, in "
            f"{often.winner_changes:.0%} of its steps"
        )
    return text + "."


def _changes(found: Sensitivity) -> list[str]:
    """Tell the changes nearest to the scenario first."""

    def distance(one: Assumption) -> float:
        at = one.default if one.flips_at is None else one.flips_at
        return abs(at - one.default) / (one.high - one.low)

    near = sorted(found.parameters, key=distance)
    said = [text for one in near if (text := flip_sentence(one)) is not None]
    if not said:
        return [
            "None of the strongest, on its own and within its plausible range, makes another strategy best."
        ]
    more = len(said) - TOLD
    return [*said[:TOLD], *([f"{more} more change the best strategy on their own."] if more > 0 else [])]


def _cases(found: Sensitivity) -> int:
    return found.trajectories * (len(found.parameters) + 1)
