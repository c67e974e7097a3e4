"""What is missing in an account: every kind of gap, worst first, each with its evidence and its query.

The kinds are judged one by one from the account and its measures, in the order of `KINDS`. A gap of a
person has the person's id as its subject, one of a function row the row's name, one of the whole account
the account's id; `below_desired` is a gap of the stakeholder, one for each tie that falls short. The kinds
of the indirect business (`graph.gap_channel`) have a function or an end customer as theirs, the comparison
with similar accounts (`graph.gap_similar`) a function.

`actual` is what was found and `target` where the gap would close:

=========================  =======================================  ==============================
kind                       actual                                   target
=========================  =======================================  ==============================
function_uncovered         coverage of the row                      coverage of a row to be counted
coverage                   coverage of the stakeholder              the policy's, by role
single_thread              threads                                  2
level                      levels that our nearest stands below     levels that still match
unknown_seat               people known in the seat or row          1
opponent_without_route     people who could reach the opponent      1
opponent                   orientation as a number                  where opposition ends
below_desired              strength of the tie                      desired / 5
stale_score                days since the score fell due            0
no_opponent_known          known orientations other than ally       1
distributor_function       coverage of the function                 coverage of a row to be counted
hidden_end_customer        people of ours with a tie there          1
channel_overlap            ways in which it is served               1
unusual_function           threads to people of the function        1
=========================  =======================================  ==============================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from graph import cookbook, evidence
from graph.account import Account, Person, Tie
from graph.cookbook import CookbookQuery
from graph.evidence import Evidence, Shortfall
from graph.gap_channel import channel_overlaps, distributor_functions, hidden_end_customers
from graph.gap_similar import Peer, unusual_functions
from graph.measures import Measures
from graph.routes import routes_to
from graph.wording import count

# The order of the table, in which equal severities are listed.
KINDS = (
    "function_uncovered",
    "coverage",
    "single_thread",
    "level",
    "unknown_seat",
    "opponent_without_route",
    "opponent",
    "below_desired",
    "stale_score",
    "no_opponent_known",
    "distributor_function",
    "hidden_end_customer",
    "channel_overlap",
    "unusual_function",
)

# Severity per influence, where a kind weighs less than the stakeholder's whole influence.
SINGLE_THREAD, LEVEL, OPPONENT_WITH_ROUTE, STALE_SCORE = 0.8, 0.5, 0.5, 0.25
NO_OPPONENT_KNOWN = 0.3


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing.

    Attributes
    ----------
    severity
        In [0, 1].
    actual, target
        What was found, and where the gap would close; the module's table has the units.
    evidence
        One mapping for each fact: `text` says it in a sentence, the other keys carry its ids, dates and
        numbers.
    query
        The question of the cookbook that returns the subject and `actual` from the store; None where the
        account is not as of today, since the store's strengths are.
    """

    kind: str
    subject: str
    subject_name: str
    severity: float
    actual: float
    target: float
    evidence: tuple[Evidence, ...]
    query: CookbookQuery | None


def find_gaps(
    account: Account, measures: Measures, *, today: date | None = None, others: Sequence[Peer] = ()
) -> tuple[Gap, ...]:
    """Return every gap of an account, worst first; equal ones in the order of `KINDS`, then by subject.

    Parameters
    ----------
    account
        As of a day.
    measures
        Of the same account.
    today
        The day of the store's strengths; the calendar's where not given.
    others
        The other accounts, as of the same day: without them no function is unusual.
    """
    finder = _Finder(account, measures, account.as_of == (today or date.today()), others)
    gaps = [gap for kind in KINDS for gap in getattr(finder, kind)()]
    return tuple(sorted(gaps, key=lambda gap: (-round(gap.severity, 12), KINDS.index(gap.kind), gap.subject)))


class _Finder:
    """The rules, one method for each kind, over one account."""

    def __init__(self, account: Account, measures: Measures, is_today: bool, others: Sequence[Peer]) -> None:
        self.account = account
        self.others = others
        self.measures = measures
        self.is_today = is_today
        self.limits = account.policy.limits
        self.threads_to: dict[str, list[Tie]] = {}
        for tie in measures.threads:
            self.threads_to.setdefault(tie.stakeholder, []).append(tie)
        self.ties_to: dict[str, list[Tie]] = {}
        for tie in account.ties:
            self.ties_to.setdefault(tie.stakeholder, []).append(tie)

    def function_uncovered(self) -> Iterator[Gap]:
        account = self.account
        for row in self.measures.rows:
            people = [person for person in account.theirs if account.row(person) == row.row]
            known = [person for person in people if not person.placeholder]
            if row.coverage is None or all(
                account.against[account.their_index[person.id]] for person in known
            ):
                continue
            if row.coverage >= self.limits["row_uncovered"]:
                continue
            largest = max(self._influence(person) for person in people)
            yield self._gap(
                "function_uncovered",
                row.row,
                largest * (1.0 - row.coverage),
                row.coverage,
                self.limits["row_uncovered"],
                evidence.of_row(account, self.measures, row, known),
                row=row.row,
            )

    def coverage(self) -> Iterator[Gap]:
        account = self.account
        for index, person in enumerate(account.theirs):
            target = float(account.target[index])
            covered = float(self.measures.coverage_of[index])
            if person.placeholder or account.against[index] or covered >= target:
                continue
            influence = self._influence(person)
            yield self._gap(
                "coverage",
                person,
                influence * (target - covered) / target,
                covered,
                target,
                [
                    {
                        "text": f"Coverage {covered:.2f} of {target:.2f}"
                        f" ({evidence.words(person.role) or 'role unknown'}, influence {influence:.2f}).",
                        "coverage": covered,
                        "target": target,
                        "role": person.role,
                        "influence": influence,
                        "assumed": list(account.assumed(person)),
                    },
                    *evidence.of_ties(account, self.ties_to.get(person.id, [])),
                ],
                person=person.id,
            )

    def single_thread(self) -> Iterator[Gap]:
        for person in self.account.theirs:
            threads = self.threads_to.get(person.id, [])
            if person.role == "decision_maker" and len(threads) == 1:
                yield self._gap(
                    "single_thread",
                    person,
                    SINGLE_THREAD * self._influence(person),
                    1,
                    2,
                    evidence.of_ties(self.account, threads),
                    person=person.id,
                )

    def level(self) -> Iterator[Gap]:
        """Judge only where every level is known: an unknown one may be the one that matches."""
        reach = self.limits["level_reach"]
        for person in self.account.theirs:
            threads = self.threads_to.get(person.id, [])
            levels = [self.account.people[tie.ours].level for tie in threads]
            if person.role not in ("decision_maker", "evaluator") or person.level is None or not threads:
                continue
            below = [level - person.level for level in levels if level is not None]
            if len(below) < len(levels) or min(below) <= reach:
                continue
            yield self._gap(
                "level",
                person,
                LEVEL * self._influence(person),
                min(below),
                reach,
                evidence.of_levels(self.account, person, threads),
                person=person.id,
            )

    def unknown_seat(self) -> Iterator[Gap]:
        """Report a row only where nobody sits in it, since a placeholder is reported by itself."""
        account = self.account
        for person in account.theirs:
            if person.placeholder:
                where = f"in {account.row(person)}" if person.function else "without a function"
                yield self._gap(
                    "unknown_seat",
                    person,
                    self._influence(person),
                    0,
                    1,
                    [
                        {
                            "text": f"A seat {where} whose holder is unknown"
                            f" (influence {self._influence(person):.2f}).",
                            "row": account.row(person),
                            "level": person.level,
                            "influence": self._influence(person),
                        }
                    ],
                    seat=person.id,
                )
        seated = {account.row(person) for person in account.theirs}
        for row, weight in account.policy.row_weights.items():
            if row not in seated and weight > 0.0:
                yield self._gap(
                    "unknown_seat",
                    row,
                    weight,
                    0,
                    1,
                    [
                        {
                            "text": f"Nobody of {account.name} is known in {row}"
                            f" (expected weight {weight:.2f}).",
                            "row": row,
                            "weight": weight,
                        }
                    ],
                    seat=row,
                )

    def opponent_without_route(self) -> Iterator[Gap]:
        for person in self._opponents():
            if not routes_to(self.account, self.measures, person.id):
                yield self._gap(
                    "opponent_without_route",
                    person,
                    self._influence(person),
                    0,
                    1,
                    [
                        evidence.of_opposition(self.account, person),
                        {
                            "text": "Nobody with a thread of ours influences them in"
                            f" {count(int(self.limits['route_steps']), 'step', 'steps')} or fewer.",
                            "route_steps": int(self.limits["route_steps"]),
                        },
                    ],
                    person=person.id,
                )

    def opponent(self) -> Iterator[Gap]:
        account = self.account
        for person in self._opponents():
            routes = routes_to(account, self.measures, person.id)
            if routes:
                yield self._gap(
                    "opponent",
                    person,
                    OPPONENT_WITH_ROUTE * self._influence(person),
                    float(account.orientation[account.their_index[person.id]]),
                    self.limits["opponent_below"],
                    [
                        evidence.of_opposition(account, person),
                        *(evidence.of_route(account, route) for route in routes),
                    ],
                    person=person.id,
                )

    def below_desired(self) -> Iterator[Gap]:
        account = self.account
        for tie in account.ties:
            if tie.desired is None or tie.strength >= tie.desired / 5.0:
                continue
            person = account.people[tie.stakeholder]
            fact = dict(evidence.of_ties(account, [tie])[0])
            fact["text"] = f"{fact['text']} Desired: {tie.desired:g} of 5."
            fact["desired"] = tie.desired
            yield self._gap(
                "below_desired",
                person,
                (tie.desired / 5.0 - tie.strength) * self._influence(person),
                tie.strength,
                tie.desired / 5.0,
                [fact],
                person=person.id,
                ours=tie.ours,
            )

    def stale_score(self) -> Iterator[Gap]:
        for identifier in self.measures.stale:
            person = self.account.people[identifier]
            due = person.expires_on
            if due is None and person.verified_on is not None:
                due = person.verified_on + timedelta(days=self.limits["stale_after"])
            if due is None:
                continue
            overdue = (self.account.as_of - due).days
            checked = f"Last assessed on {person.verified_on}, " if person.verified_on else ""
            yield self._gap(
                "stale_score",
                person,
                STALE_SCORE * self._influence(person),
                overdue,
                0,
                [
                    {
                        "text": f"{checked}{'due' if checked else 'Due'} on {due}:"
                        f" {count(overdue, 'day', 'days')} over.",
                        "verified_on": person.verified_on,
                        "expires_on": person.expires_on,
                        "due_on": due,
                        "days": overdue,
                    }
                ],
                person=person.id,
            )

    def no_opponent_known(self) -> Iterator[Gap]:
        account = self.account
        known = [p.orientation for p in account.theirs if p.orientation not in (None, "unknown")]
        if len(known) >= self.limits["no_opponent_known_from"] and set(known) == {"ally"}:
            yield self._gap(
                "no_opponent_known",
                account,
                NO_OPPONENT_KNOWN,
                0,
                1,
                [
                    {
                        "text": f"All {len(known)} known orientations of {len(account.theirs)} people are"
                        " ally: an honest map nearly always has neutral people and opponents.",
                        "known": len(known),
                        "people": len(account.theirs),
                    }
                ],
            )

    def distributor_function(self) -> Iterator[Gap]:
        return map(self._completed, distributor_functions(self.account, self.measures))

    def hidden_end_customer(self) -> Iterator[Gap]:
        if "distributor" not in self.account.kinds:
            return iter(())
        return map(self._completed, hidden_end_customers(self.account))

    def channel_overlap(self) -> Iterator[Gap]:
        return map(self._completed, channel_overlaps(self.account))

    def unusual_function(self) -> Iterator[Gap]:
        return map(self._completed, unusual_functions(self.account, self.others))

    def _opponents(self) -> Iterator[Person]:
        return (self.account.theirs[index] for index in np.flatnonzero(self.account.against))

    def _influence(self, person: Person) -> float:
        return evidence.influence_of(self.account, person)

    def _completed(self, found: Shortfall) -> Gap:
        return Gap(
            found.kind,
            found.subject,
            found.subject_name,
            found.severity,
            found.actual,
            found.target,
            tuple(found.evidence),
            self._query(found.kind, found.about),
        )

    def _query(self, kind: str, about: Mapping[str, object]) -> CookbookQuery | None:
        if not self.is_today:
            return None
        given = {"account": self.account.id, **about}
        asked = cookbook.entry(kind)
        if any(parameter.name == "as_of" for parameter in asked.parameters):
            given["as_of"] = self.account.as_of
        return CookbookQuery(kind, asked.bind(given, policy=self.account.policy))

    def _gap(
        self,
        kind: str,
        subject: Person | Account | str,
        severity: float,
        actual: float,
        target: float,
        facts: Sequence[Evidence],
        **about: object,
    ) -> Gap:
        identifier, name = (subject, subject) if isinstance(subject, str) else (subject.id, subject.name)
        return self._completed(Shortfall(kind, identifier, name, severity, actual, target, facts, about))
