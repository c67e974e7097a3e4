"""Who sits where, and which threads are possible: the table at which strategies spread their hours.

Seats of theirs stand in the order of their ids, seats that join by the scenario after them. Each seat has
slots for ties: existing ties by strength, then, up to `max_threads`, the function peer, the level peer and
the key account manager. Ties beyond `max_threads` stay as they are measured, but no strategy works on them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from graph.account import Account, Person
from simulation.draws import entity
from simulation.scenario import Joins, Scenario

FAR = 9  # further apart than any two levels


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat of theirs.

    Attributes
    ----------
    joined
        Month from which it exists, 0 from the start.
    weight
        Influence x role weight.
    key
        Name of the seat in the keyed draws.
    """

    id: str
    function: str | None
    level: int | None
    role: str | None
    influence: float
    weight: float
    orientation: float
    joined: int
    key: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a tie between a seat and one of ours.

    Attributes
    ----------
    owner
        Position in `Account.ours`.
    strength
        Of the measured tie, 0 without one.
    function_peer, level_peer, manager
        What the owner is to this seat.
    open
        Whether any strategy may work on it: False beyond `max_threads`, and where a strategy has named the
        pair, which alone works on it.
    """

    owner: int
    strength: float
    function_peer: bool
    level_peer: bool
    manager: bool
    open: bool


@dataclass(frozen=True)
class Seating:
    """Seats, slots and the people by whom the simpler strategies are told.

    Attributes
    ----------
    manager
        Position of the key account manager in `Account.ours`, None with nobody on our side.
    left_out
        Ties beyond `max_threads`, kept but not worked on.
    """

    account: Account
    seats: tuple[Seat, ...]
    slots: tuple[tuple[Slot, ...], ...]
    manager: int | None
    left_out: int

    @property
    def width(self) -> int:
        """Slots of the seat that has most."""
        return max((len(slots) for slots in self.slots), default=0)

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each seat by the id of who holds it at the start."""
        return {seat.id: i for i, seat in enumerate(self.seats)}

    def opened(self, pairs: Collection[tuple[str, str]]) -> Seating:
        """Return the seating as a strategy sees it that has named pairs: their slots are open to it."""
        if not pairs:
            return self
        wanted = set(pairs)
        return replace(
            self,
            slots=tuple(
                tuple(
                    replace(slot, open=slot.open or (self.account.ours[slot.owner].id, seat.id) in wanted)
                    for slot in slots
                )
                for seat, slots in zip(self.seats, self.slots, strict=True)
            ),
        )

    def slot(self, i: int, owner: int | None) -> int | None:
        """Return the open slot of a seat that one of ours has, if any."""
        return next((k for k, slot in enumerate(self.slots[i]) if slot.open and slot.owner == owner), None)

    def coverage(self, i: int) -> float:
        """Return the measured coverage of a seat at the start."""
        free = 1.0
        for slot in self.slots[i]:
            free *= 1.0 - slot.strength
        return 1.0 - free

    @cached_property
    def buyer(self) -> int | None:
        """The purchasing seat that we cover best; without one, the seat that we cover best."""
        known = self._known()
        purchasing = [i for i in known if self.seats[i].function == "purchasing"]
        return max(
            purchasing or known, key=lambda i: (self.coverage(i), self.seats[i].weight, -i), default=None
        )

    @cached_property
    def boss(self) -> int | None:
        """Whom the buyer reports to; else the weightiest other decision maker; else the weightiest other."""
        if self.buyer is None:
            return None
        managers = [
            self.index[line.manager]
            for line in self.account.reports_to
            if line.person == self.seats[self.buyer].id and line.manager in self.index
        ]
        others = [i for i in self._known() if i != self.buyer]
        deciding = [i for i in others if self.seats[i].role == "decision_maker"]
        if managers:
            return managers[0]
        return max(deciding or others, key=lambda i: (self.seats[i].weight, -i), default=None)

    def _known(self) -> list[int]:
        placeholder = self.account.placeholder
        standing = [i for i, seat in enumerate(self.seats) if seat.joined == 0]
        return [i for i in standing if not placeholder[i]] or standing


def seat_people(
    account: Account,
    scenario: Scenario,
    parameters: Mapping[str, float],
    pairs: Iterable[tuple[str, str]] = (),
) -> Seating:
    """Return the seating of an account in a scenario.

    Parameters
    ----------
    parameters
        All rows of the parameter table.
    pairs
        (one of ours, stakeholder) that a strategy names and that need a slot beside the usual ones.
    """
    seats = tuple(_seats(account, scenario, parameters))
    manager = _manager(account)
    most = int(parameters["max_threads"])
    forced = parameters["initial_strength"]
    named: dict[str, list[int]] = {}
    for ours, stakeholder in sorted(set(pairs)):
        named.setdefault(stakeholder, []).append(account.our_index[ours])
    existing: dict[str, list[tuple[float, int]]] = {}
    for tie in account.ties:
        holder = account.theirs[account.their_index[tie.stakeholder]]
        if (tie.strength > 0.0 or forced > 0.0) and not holder.placeholder:
            strength = forced if forced > 0.0 else tie.strength
            existing.setdefault(tie.stakeholder, []).append((strength, account.our_index[tie.ours]))
    slots = []
    left_out = 0
    for seat in seats:
        peer = _function_peer(account, seat)
        level_peer = _level_peer(account, seat, peer)
        ties = sorted(existing.get(seat.id, ()), key=lambda tie: (-tie[0], tie[1]))
        left_out += max(0, len(ties) - most)
        owners = [owner for _, owner in ties]
        for owner in (peer, level_peer, manager):
            if owner is not None and owner not in owners and len(owners) < most:
                owners.append(owner)
        open_to = set(owners[:most])
        owners.extend(owner for owner in named.get(seat.id, ()) if owner not in owners)
        strength_of = {owner: strength for strength, owner in ties}
        slots.append(
            tuple(
                Slot(
                    owner,
                    strength_of.get(owner, 0.0),
                    owner == peer,
                    owner == level_peer,
                    owner == manager,
                    owner in open_to,
                )
                for owner in owners
            )
        )
    return Seating(account, seats, tuple(slots), manager, left_out)


def _seats(account: Account, scenario: Scenario, parameters: Mapping[str, float]) -> Iterable[Seat]:
    for i, person in enumerate(account.theirs):
        influence = float(account.influence[i])
        yield Seat(
            person.id,
            person.function,
            person.level,
            person.role,
            influence,
            influence * parameters[f"role_weight.{person.role or 'unknown'}"],
            float(account.orientation[i]),
            0,
            entity(person.id),
        )
    alike: Counter[str] = Counter()
    joining = [event for event in scenario.events if isinstance(event, Joins) and event.subject == account.id]
    for event in sorted(joining, key=lambda event: (event.month, event.function or "", event.level or FAR)):
        identity = f"{account.id}/joins/{event.month}/{event.function or ''}/{event.level or ''}"
        influence = account.policy.influence(None, event.level)
        yield Seat(
            f"{identity}/{alike[identity]}",
            event.function,
            event.level,
            None,
            influence,
            influence * parameters["role_weight.unknown"],
            parameters["o_base"],
            event.month,
            entity(identity, alike[identity]),
        )
        alike[identity] += 1


def _manager(account: Account) -> int | None:
    """Return the key account manager: of the commercial people, who holds most of the relation."""
    held = account.strength @ account.influence if account.theirs else [0.0] * len(account.ours)
    commercial = [j for j, person in enumerate(account.ours) if person.function == "commercial"]
    candidates = commercial or list(range(len(account.ours)))
    return max(candidates, key=lambda j: (held[j], account.hours[j], -j), default=None)


def _distance(person: Person, seat: Seat) -> int:
    return FAR if person.level is None or seat.level is None else abs(person.level - seat.level)


def _function_peer(account: Account, seat: Seat) -> int | None:
    peers = [
        j
        for j, person in enumerate(account.ours)
        if account.policy.same_function(person.function, seat.function)
    ]
    return min(peers, key=lambda j: (_distance(account.ours[j], seat), -account.hours[j], j), default=None)


def _level_peer(account: Account, seat: Seat, function_peer: int | None) -> int | None:
    reach = account.policy.limits["level_reach"]
    peers = [
        j for j, person in enumerate(account.ours) if j != function_peer and _distance(person, seat) <= reach
    ]
    return min(peers, key=lambda j: (_distance(account.ours[j], seat), -account.hours[j], j), default=None)
