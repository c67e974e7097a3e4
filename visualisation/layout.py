"""Where everybody stands on the map: the morph layout, in px, y downwards, x = 0 the contact line.

Ours stand left, theirs right. A person's row is that of their function, a person's distance from the
contact line shrinks with coverage, and the strongest pair of the commercial row, the hubs, stands at
y = 0, at a distance that grows with the diamond index. So a Diabolo draws itself as two triangles that
touch where the one contact runs, and a Diamond as two halves joined on the long side.

Heights, order and hubs do not depend on the state shown (`arrange`); only distances do (`stand`). So
nobody changes their height between now, a target and an account that some people left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from graph.account import Account, Person, Side, Tie
from graph.measures import Measures, coverage_of_strengths
from graph.policy import UNKNOWN_ROW

GAP = 72.0  # from the contact line to the best covered
DEPTH = 330.0  # from there to those whom nobody covers
SLOT = 56.0  # height of a person
PAD = 22.0  # added to the height of a row: the line with its name
SATURATION = 0.75  # coverage from which a person stands at the contact line
HUB_ROW = "Commercial"
SWEEPS = 8
RING = 5.0  # room around a shape for its ring
OUR_RADIUS = 13.0
SILHOUETTE_BACK = GAP + DEPTH + 22.0
SILHOUETTE_FRONT = 1.5
SIGN: dict[Side, int] = {"ours": -1, "theirs": 1}


@dataclass(frozen=True, slots=True)
class Band:
    """One function row from top to bottom."""

    row: str
    top: float
    bottom: float


@dataclass(frozen=True)
class Arrangement:
    """What all states of an account share.

    Attributes
    ----------
    height
        y by person.
    bands
        The rows, top to bottom.
    hubs
        Who stands at y = 0, by side; None where nobody of a side has a tie that counts.
    radius
        Of the shape, by person.
    """

    height: dict[str, float]
    bands: tuple[Band, ...]
    hubs: dict[Side, str | None]
    radius: dict[str, float]

    @property
    def top(self) -> float:
        """The upper edge of the first row."""
        return self.bands[0].top

    @property
    def bottom(self) -> float:
        """The lower edge of the last row."""
        return self.bands[-1].bottom


@dataclass(frozen=True)
class Standing:
    """One state of an account: now, with a target reached, or after some people left.

    Attributes
    ----------
    x
        By person of either side.
    ties
        Those with a strength above 0.
    index
        The diamond index that the silhouettes show, 0 where it is not defined.
    """

    measures: Measures
    x: dict[str, float]
    ties: tuple[Tie, ...]
    index: float


def arrange(account: Account, strengths: Sequence[NDArray[np.float64]] = ()) -> Arrangement:
    """Give everybody of an account a row and a height.

    Parameters
    ----------
    strengths
        Tie strengths (ours, theirs) of other states that will be shown beside the present one: all of
        them together decide the order within a row.
    """
    radius = dict.fromkeys(account.our_index, OUR_RADIUS)
    for person, influence in zip(account.theirs, account.influence.tolist(), strict=True):
        radius[person.id] = 8.0 + 15.0 * influence**0.7
    counted = _counted(account)
    hubs: dict[Side, str | None] = {
        "ours": _hub(account, account.ours, counted.sum(axis=1)),
        "theirs": _hub(account, account.theirs, counted.sum(axis=0)),
    }
    rows = _rows(account, hubs)
    union = np.maximum.reduce([account.strength, *strengths])
    order = {person.id: (float(person.level or 9), person.level or 9) for person in account.people.values()}
    best: tuple[float, Arrangement] | None = None
    for sweep in range(SWEEPS + 1):
        arrangement = _stack(account, rows, hubs, radius, order)
        ours = np.array([arrangement.height[person.id] for person in account.ours])
        theirs = np.array([arrangement.height[person.id] for person in account.theirs])
        crossings = _crossings(union, ours, theirs)
        if best is None or crossings < best[0]:
            best = crossings, arrangement
        if sweep % 2 == 0:
            moved, centres = account.theirs, _barycentres(union.T, ours, theirs)
        else:
            moved, centres = account.ours, _barycentres(union, theirs, ours)
        for person, centre in zip(moved, centres.tolist(), strict=True):
            order[person.id] = (round(centre, 6), person.level or 9)
    assert best is not None
    return best[1]


def stand(arrangement: Arrangement, measures: Measures) -> Standing:
    """Give everybody their distance from the contact line by the measures of one state.

    Where that state's account lacks somebody of the arrangement, they stand where nobody is covered.
    """
    account = measures.account
    index = measures.diamond_index or 0.0
    counted = _counted(account)
    coverage: dict[str, float] = dict(
        zip(account.our_index, coverage_of_strengths(counted.T).tolist(), strict=True)
    )
    coverage.update(zip(account.their_index, measures.coverage_of.tolist(), strict=True))
    x = {}
    for person in arrangement.height:
        far = max(0.0, 1.0 - coverage.get(person, 0.0) / SATURATION)
        if person in arrangement.hubs.values():
            far = index
        sign = SIGN["theirs"] if person in account.their_index else SIGN["ours"]
        x[person] = sign * (GAP + far * DEPTH)
    return Standing(measures, x, tuple(tie for tie in account.ties if tie.strength > 0.0), index)


def silhouette(arrangement: Arrangement, index: float, side: Side) -> tuple[tuple[float, float], ...]:
    """Return the outline of a side: front top, back top, back bottom, front bottom."""
    front, back = SIGN[side] * SILHOUETTE_FRONT, SIGN[side] * SILHOUETTE_BACK
    above, below = arrangement.top + 6.0, arrangement.bottom - 6.0
    near, far = 0.02 + 0.98 * index, 0.10 + 0.90 * (1.0 - index)
    return (front, above * near), (back, above * far), (back, below * far), (front, below * near)


def target_strength(account: Account, planned: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Return the strengths aimed at, shape (ours, theirs).

    Those of the saved plan; else what the ties' `desired` says; else the policy's target coverage of each
    stakeholder, reached by those who know them, all with the same added effort, and for somebody whom
    nobody knows by the one of ours who faces them (same function, then next in level, then by id).
    """
    if planned is not None:
        return planned
    wanted = {
        (tie.ours, tie.stakeholder): tie.desired / 5.0 for tie in account.ties if tie.desired is not None
    }
    strength = account.strength.copy()
    if wanted:
        for (ours, stakeholder), desired in wanted.items():
            strength[account.our_index[ours], account.their_index[stakeholder]] = desired
        return strength
    if not account.ours:
        return strength
    covered = coverage_of_strengths(strength)
    for index, (person, target) in enumerate(zip(account.theirs, account.target.tolist(), strict=True)):
        if account.against[index] or person.placeholder or covered[index] >= target:
            continue
        known = strength[:, index] > 0.0
        if known.any():
            missing = (1.0 - target) / (1.0 - covered[index])
            strength[known, index] = 1.0 - (1.0 - strength[known, index]) * missing ** (1.0 / known.sum())
        else:
            strength[_facing(account, person), index] = target
    return strength


def with_strength(account: Account, strength: NDArray[np.float64]) -> Account:
    """Return the account with these tie strengths (ours, theirs) in place of its own."""
    known = {(tie.ours, tie.stakeholder): tie for tie in account.ties}
    ties = []
    for row, person in enumerate(account.ours):
        for column, stakeholder in enumerate(account.theirs):
            pair, value = (person.id, stakeholder.id), float(strength[row, column])
            if value > 0.0:
                ties.append(replace(known[pair], strength=value) if pair in known else Tie(*pair, value))
    return replace(account, ties=tuple(ties))


def _facing(account: Account, stakeholder: Person) -> int:
    """Return the position of the one of ours who should meet a stakeholder whom nobody knows."""

    def distance(person: Person) -> tuple[bool, bool, int, str]:
        policy = account.policy
        levels = abs((person.level or 3) - (stakeholder.level or 3))
        facing = policy.same_function(person.function, stakeholder.function)
        return not facing, account.row(person) != account.row(stakeholder), levels, person.id

    return account.our_index[min(account.ours, key=distance).id]


def _counted(account: Account) -> NDArray[np.float64]:
    """Return the strengths that count as coverage: those of opponents and of empty seats are 0."""
    counted: NDArray[np.float64] = account.strength * ~(account.against | account.placeholder)
    return counted


def _hub(account: Account, people: tuple[Person, ...], total: NDArray[np.float64]) -> str | None:
    """Return who carries most strength, of the hub row if anybody there has a tie at all."""
    tied = [(float(total[index]), person) for index, person in enumerate(people) if total[index] > 0.0]
    tied.sort(key=lambda item: (account.row(item[1]) != HUB_ROW, -item[0], item[1].id))
    return tied[0][1].id if tied else None


def _rows(account: Account, hubs: dict[Side, str | None]) -> dict[str, dict[Side, list[str]]]:
    """Return who stands in which row: the policy's rows, others by name, people without a function last."""
    rows: dict[str, dict[Side, list[str]]] = {
        row: {"ours": [], "theirs": []} for row in (*account.policy.row_weights, HUB_ROW)
    }
    sides: tuple[tuple[Side, tuple[Person, ...]], ...] = (("ours", account.ours), ("theirs", account.theirs))
    others: dict[str, dict[Side, list[str]]] = defaultdict(lambda: {"ours": [], "theirs": []})
    for side, people in sides:
        for person in people:
            row = HUB_ROW if person.id == hubs[side] else account.row(person)
            (rows if row in rows else others)[row][side].append(person.id)
    rows.update(sorted(others.items(), key=lambda item: (item[0] == UNKNOWN_ROW, item[0])))
    return rows


def _stack(
    account: Account,
    rows: dict[str, dict[Side, list[str]]],
    hubs: dict[Side, str | None],
    radius: dict[str, float],
    order: dict[str, tuple[float, int]],
) -> Arrangement:
    """Stack the rows; everybody gets a slot that holds their shape with its ring, the hubs y = 0."""
    slot = {person: max(SLOT, 2.0 * (1.15 * radius[person] + RING)) for person in radius}
    height: dict[str, float] = {}
    bands = []
    edge = 0.0
    for row, sides in rows.items():
        stacks = {
            side: _around(hubs[side], sorted(people, key=lambda person: (order[person], person)), slot)
            for side, people in sides.items()
        }
        room = max(SLOT, *(stack.room for stack in stacks.values()))
        middle = edge + (room + PAD) / 2.0
        for stack in stacks.values():
            height.update(stack.spread(middle, room))
        bands.append(Band(row, edge, edge + room + PAD))
        edge += room + PAD
    zero = next((band.top + band.bottom) / 2.0 for band in bands if band.row == HUB_ROW)
    return Arrangement(
        height={person: height[person] - zero for person in account.people},
        bands=tuple(Band(band.row, band.top - zero, band.bottom - zero) for band in bands),
        hubs=hubs,
        radius=radius,
    )


@dataclass(frozen=True, slots=True)
class _Stack:
    """The people of one side in one row, in order, a hub among them kept in the middle."""

    above: list[str]
    hub: str | None
    below: list[str]
    slot: dict[str, float]

    @property
    def room(self) -> float:
        above, below = (sum(self.slot[person] for person in part) for part in (self.above, self.below))
        return above + below if self.hub is None else self.slot[self.hub] + 2.0 * max(above, below)

    def spread(self, middle: float, room: float) -> dict[str, float]:
        """Return everybody's y, the spare height shared evenly."""
        if self.hub is None:
            return self._pile(self.above, middle - room / 2.0, room)
        half = (room - self.slot[self.hub]) / 2.0
        return {
            **self._pile(self.above, middle - room / 2.0, half),
            self.hub: middle,
            **self._pile(self.below, middle + room / 2.0 - half, half),
        }

    def _pile(self, people: list[str], edge: float, room: float) -> dict[str, float]:
        height = {}
        spare = (room - sum(self.slot[person] for person in people)) / max(1, len(people))
        for person in people:
            height[person] = edge + (self.slot[person] + spare) / 2.0
            edge += self.slot[person] + spare
        return height


def _around(hub: str | None, people: list[str], slot: dict[str, float]) -> _Stack:
    if hub not in people:
        return _Stack(people, None, [], slot)
    others = [person for person in people if person != hub]
    above = min(max(people.index(hub), len(others) // 2), (len(others) + 1) // 2)
    return _Stack(others[:above], hub, others[above:], slot)


def _barycentres(
    strength: NDArray[np.float64], others: NDArray[np.float64], own: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean y of each person's partners, weighted by strength; their own y without partners."""
    total = strength.sum(axis=1)
    centres: NDArray[np.float64] = np.where(
        total > 0.0, strength @ others / np.where(total > 0.0, total, 1.0), own
    )
    return centres


def _crossings(
    strength: NDArray[np.float64], ours: NDArray[np.float64], theirs: NDArray[np.float64]
) -> float:
    """Count the pairs of ties that cross."""
    tied = (strength > 0.0)[np.argsort(ours)][:, np.argsort(theirs)].astype(float)
    if min(tied.shape) < 2:
        return 0.0
    below_left = np.cumsum(np.cumsum(tied[::-1], axis=0)[::-1], axis=1)
    return float((tied[:-1, 1:] * below_left[1:, :-1]).sum())
