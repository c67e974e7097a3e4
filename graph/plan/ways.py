"""Ways to people: who can introduce one of ours, and through whom an opponent is worked on.

Both go over threads of ours and positive influence lines of theirs (`graph.routes`), by people who are not
against.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from graph.account import Account, Tie
from graph.measures import threads_of
from graph.plan.choose import Choice
from graph.plan.program import Counts, Program
from graph.plan.settle import fits_hours
from graph.routes import Route, routes_over


@dataclass(frozen=True)
class Ways:
    """The threads of an account, and the ways over them."""

    account: Account

    @cached_property
    def threads(self) -> tuple[Tie, ...]:
        """Threads of today."""
        return threads_of(self.account)

    @cached_property
    def _strength(self) -> dict[tuple[str, str], float]:
        return {(tie.ours, tie.stakeholder): tie.strength for tie in self.threads}

    def routes(self, goal: str) -> list[Route]:
        """Return the ways to somebody of theirs on which nobody in between is against."""
        account = self.account
        return [
            route
            for route in routes_over(account, self.threads, goal)
            if not any(account.against[account.their_index[one]] for one in route.chain[:-1])
        ]

    def introduction(self, person: str, stakeholder: str) -> tuple[Tie, tuple[str, ...]] | None:
        """Return the shortest credible way for one of ours to meet a stakeholder they have no thread to.

        Returns
        -------
        A thread and the ids from its stakeholder to the one meant. A colleague's own thread comes first, the
        strongest; then ways through others of theirs, rather those that our person knows. None where there
        is no way.
        """
        direct = [tie for tie in self.threads if tie.stakeholder == stakeholder]
        if direct:
            return min(direct, key=lambda tie: (-tie.strength, tie.ours)), (stakeholder,)
        found = []
        for route in self.routes(stakeholder):
            first = route.chain[0]
            own = self._strength.get((person, first))
            thread = route.thread if own is None else Tie(person, first, own)
            found.append((len(route.chain), own is None, -thread.strength, route.chain, thread))
        if not found:
            return None
        *_, chain, thread = min(found, key=lambda one: one[:4])
        return thread, chain

    def approach(self, opponent: str) -> Route | None:
        """Return the way to work on an opponent: through an ally rather than a neutral, then the shortest."""
        people = self.account.people
        return min(
            self.routes(opponent),
            key=lambda route: (
                people[route.chain[0]].orientation != "ally",
                len(route.chain),
                -route.thread.strength,
                route.chain,
            ),
            default=None,
        )


def opponents(account: Account) -> Iterable[int]:
    """Return the positions of those against, the most influential first."""
    against = [index for index, is_against in enumerate(account.against) if is_against]
    return sorted(against, key=lambda index: (-float(account.influence[index]), index))


def with_approaches(program: Program, choice: Choice) -> Choice:
    """Add a talk with the ally of each opponent whom no action of the choice is with, where limits allow.

    The choice stays as good as it is proved to be: what is added takes only what it leaves, and gap and
    bonuses do not get worse by it.
    """
    counts = dict(choice.counts or {})
    account = program.outlook.account
    ways = Ways(account)
    fixed = {guest for (_, guests, _), _ in program.frame.fixed for guest in guests}
    added = False
    for opponent in opponents(account):
        route = ways.approach(account.theirs[opponent].id)
        if route is None:
            continue
        ally, owner = account.their_index[route.chain[0]], account.our_index[route.thread.ours]
        if ally in fixed or any(stakeholder == ally for _, stakeholder, _ in counts):
            continue
        added = _talk(program, counts, owner, ally) or added
    if not added:
        return choice
    objective = program.objective(counts)
    bound = choice.bound if choice.bound is None else max(choice.bound, objective)
    return replace(choice, counts=counts, objective=objective, bound=bound)


def _talk(program: Program, counts: Counts, owner: int, ally: int) -> bool:
    """Put one talk of two people into the counts, of the best quality that fits; tell whether one does."""
    kinds = program.outlook.account.policy.kinds
    alone = [(name, form) for name, form in program.kinds.items() if form.size == 1]
    spent = sum(program.kinds[name].cost * count for (_, _, name), count in counts.items())
    for name, form in sorted(alone, key=lambda one: (-kinds[one[1].kind].quality, one[1].length, one[0])):
        triple = (owner, ally, name)
        if (
            program.left(ally, form.kind) <= 0
            or spent + form.price > program.money + 1e-9
            or not program.frame.may_meet(owner, ally)
            or program.frame.bans(owner, ally, form.kind)
        ):
            continue
        if fits_hours(program, owner, {**counts, triple: 1}) and _in_share(
            program, counts, owner, ally, name
        ):
            counts[triple] = 1
            return True
    return False


def _in_share(program: Program, counts: Counts, owner: int, ally: int, name: str) -> bool:
    circle = program.frame.circle_of(ally)
    spent = sum(
        program.kinds[form].hours * count
        for (person, stakeholder, form), count in counts.items()
        if person == owner and program.frame.circle_of(stakeholder) == circle
    )
    return spent + program.kinds[name].length <= program.share_cap(owner, circle) + 1e-9
