"""Among choices of equal worth, the one without idle actions and with the first ids."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

from graph.plan.highs import fits, hours_rows
from graph.plan.program import Counts, Part, Program

# Worth within this is the same worth.
EQUAL = 1e-9


def settle(program: Program, counts: Counts) -> Counts:
    """Drop what adds too little, then give people and stakeholders with earlier ids what is equally good.

    Only whole ties change hands, within everybody's hours; actions that several come to stay as they are.
    """
    parts: dict[int, Part] = {index: {} for index in program.outlook.eligible}
    people: defaultdict[int, set[int]] = defaultdict(set)
    for (person, stakeholder, name), count in sorted(counts.items()):
        parts[stakeholder][person, name] = count
    for person, stakeholder, _ in program.triples:
        people[stakeholder].add(person)
    for stakeholder, part in parts.items():
        _drop_idle(program, stakeholder, part)
    for stakeholder in parts:
        for first, second in combinations(sorted(people[stakeholder]), 2):
            _swap_people(program, parts, stakeholder, first, second)
    if not (program.frame.banned or program.frame.fixed):
        for first, second in combinations(sorted(parts), 2):
            if _alike(program, first, second):
                _swap_stakeholders(program, parts, first, second)
    return {
        (person, stakeholder, name): count
        for stakeholder, part in parts.items()
        for (person, name), count in sorted(part.items())
        if count > 0
    }


def _drop_idle(program: Program, stakeholder: int, part: Part) -> None:
    value = program.worth_of(stakeholder, part)
    for key in sorted(part, reverse=True):
        least = EQUAL if program.wishes else max(EQUAL, program.asked(key[1]))
        while part[key] > 0 and program.kinds[key[1]].size == 1:
            part[key] -= 1
            without = program.worth_of(stakeholder, part)
            if without < value - least:
                part[key] += 1
                break
            value = without


def _swap_people(program: Program, parts: dict[int, Part], stakeholder: int, first: int, second: int) -> None:
    """Exchange two people's ties to a stakeholder where the later id has more of it, to equal worth."""
    part = parts[stakeholder]
    ours, others = _of(part, first), _of(part, second)
    if _hours(program, others) <= _hours(program, ours):
        return
    if any(program.kinds[name].size > 1 for _, name in (*ours, *others)):
        return
    if program.frame.banned or program.frame.shares:
        return
    exchanged = {key: count for key, count in part.items() if key[0] not in (first, second)}
    exchanged |= {(first, name): count for (_, name), count in others.items()}
    exchanged |= {(second, name): count for (_, name), count in ours.items()}
    if abs(program.worth_of(stakeholder, exchanged) - program.worth_of(stakeholder, part)) > EQUAL:
        return
    parts[stakeholder] = exchanged
    if not (_fits(program, parts, first) and _fits(program, parts, second)):
        parts[stakeholder] = part


def _swap_stakeholders(program: Program, parts: dict[int, Part], first: int, second: int) -> None:
    """Exchange everything that two alike stakeholders get, where the later id has more of it."""
    if _hours(program, parts[second]) <= _hours(program, parts[first]):
        return
    before = _value(program, parts, first, second)
    parts[first], parts[second] = parts[second], parts[first]
    if abs(_value(program, parts, first, second) - before) > EQUAL:
        parts[first], parts[second] = parts[second], parts[first]


def _of(part: Part, person: int) -> Part:
    return {key: count for key, count in part.items() if key[0] == person and count > 0}


def _hours(program: Program, part: Part) -> float:
    return sum(program.kinds[name].hours * count for (_, name), count in part.items())


def _value(program: Program, parts: dict[int, Part], first: int, second: int) -> float:
    return program.worth_of(first, parts[first]) + program.worth_of(second, parts[second])


def _alike(program: Program, first: int, second: int) -> bool:
    outlook, circle_of = program.outlook, program.frame.circle_of
    return circle_of(first) == circle_of(second) and all(
        abs(float(values[first]) - float(values[second])) <= EQUAL
        for values in (outlook.weight, outlook.base, outlook.account.target)
    )


def _fits(program: Program, parts: dict[int, Part], person: int) -> bool:
    """Tell whether a person's actions keep their hours, and whole touchpoints fit their months."""
    counts = {
        (owner, stakeholder, name): count
        for stakeholder, part in parts.items()
        for (owner, name), count in part.items()
        if owner == person
    }
    return fits_hours(program, person, counts)


def fits_hours(program: Program, person: int, counts: Counts) -> bool:
    """Tell whether a person's own counts keep their hours as far as the choice sees it."""
    own: defaultdict[str, int] = defaultdict(int)
    for (owner, _, name), count in counts.items():
        if owner == person and program.kinds[name].size == 1:
            own[name] += count
    for (owner, _, name), count in program.sessions(counts).items():
        if owner == person:
            own[name] += count
    used = {name: program.kinds[name].length for name, count in sorted(own.items()) if count}
    room = program.room[person]
    if any(fits(room, length) < own[name] for name, length in used.items()):
        return False
    return all(
        sum(own[name] * parts[name] for name in used) <= most + 1e-9
        for parts, most in hours_rows(used, room.tolist())
    )
