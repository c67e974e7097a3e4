"""Among choices of equal worth, the one without idle actions and with the first ids."""

from __future__ import annotations

from itertools import combinations
from math import floor

from graph.plan.highs import packing
from graph.plan.program import Counts, Part, Program

# Worth within this is the same worth.
EQUAL = 1e-9


def settle(program: Program, counts: Counts) -> Counts:
    """Drop what adds nothing, then give people and stakeholders with earlier ids what is equally good.

    Only whole ties change hands, within everybody's hours.
    """
    parts: dict[int, Part] = {index: {} for index in program.outlook.eligible}
    for (person, stakeholder, kind), count in sorted(counts.items()):
        parts[stakeholder][person, kind] = count
    for stakeholder, part in parts.items():
        _drop_idle(program, stakeholder, part)
    for stakeholder in parts:
        for first, second in combinations(range(len(program.allowance.caps)), 2):
            _swap_people(program, parts, stakeholder, first, second)
    for first, second in combinations(sorted(parts), 2):
        if _alike(program, first, second) and _hours(program, parts[second]) > _hours(program, parts[first]):
            before = _value(program, parts, first, second)
            parts[first], parts[second] = parts[second], parts[first]
            if abs(_value(program, parts, first, second) - before) > EQUAL:
                parts[first], parts[second] = parts[second], parts[first]
    return {
        (person, stakeholder, kind): count
        for stakeholder, part in parts.items()
        for (person, kind), count in sorted(part.items())
        if count > 0
    }


def _drop_idle(program: Program, stakeholder: int, part: Part) -> None:
    value = program.worth_of(stakeholder, part)
    for key in sorted(part, reverse=True):
        while part[key] > 0:
            part[key] -= 1
            if program.worth_of(stakeholder, part) < value - EQUAL:
                part[key] += 1
                break


def _swap_people(program: Program, parts: dict[int, Part], stakeholder: int, first: int, second: int) -> None:
    """Exchange two people's ties to a stakeholder where the later id has more of it, to equal worth."""
    part = parts[stakeholder]
    ours, others = _of(part, first), _of(part, second)
    if _hours(program, others) <= _hours(program, ours):
        return
    exchanged = {key: count for key, count in part.items() if key[0] not in (first, second)}
    exchanged |= {(first, kind): count for (_, kind), count in others.items()}
    exchanged |= {(second, kind): count for (_, kind), count in ours.items()}
    if abs(program.worth_of(stakeholder, exchanged) - program.worth_of(stakeholder, part)) > EQUAL:
        return
    parts[stakeholder] = exchanged
    if not (_fits(program, parts, first) and _fits(program, parts, second)):
        parts[stakeholder] = part


def _of(part: Part, person: int) -> Part:
    return {key: count for key, count in part.items() if key[0] == person and count > 0}


def _hours(program: Program, part: Part) -> float:
    return sum(program.kinds[kind].hours * count for (_, kind), count in part.items())


def _value(program: Program, parts: dict[int, Part], first: int, second: int) -> float:
    return program.worth_of(first, parts[first]) + program.worth_of(second, parts[second])


def _alike(program: Program, first: int, second: int) -> bool:
    outlook = program.outlook
    return all(
        abs(float(values[first]) - float(values[second])) <= EQUAL
        for values in (outlook.weight, outlook.base, outlook.account.target)
    )


def _fits(program: Program, parts: dict[int, Part], person: int) -> bool:
    """Tell whether a person's actions keep their hours, and whole touchpoints fit their months."""
    cap, months = float(program.allowance.caps[person]), program.outlook.months
    own: dict[str, int] = {}
    for part in parts.values():
        for (owner, kind), count in part.items():
            if owner == person:
                own[kind] = own.get(kind, 0) + count
    hours = {kind: program.kinds[kind].hours for kind in sorted(own)}
    if any(floor(cap / length + 1e-9) < 1 for kind, length in hours.items() if own[kind]):
        return False
    rows = [(hours, cap), *packing(hours, cap)]
    return all(
        sum(own[kind] * use for kind, use in uses.items()) <= most * months + 1e-9 for uses, most in rows
    )
