"""The past as plain data: who worked where from when to when, who met whom, and how close people said we are.

The store fills it (`graph.store.history`), the simulation estimates its parameters from it; tests write one
by hand. Nothing in it is younger than its day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from graph.policy import Policy, load_policy

Group = Literal["theirs", "ours", "distributor"]


@dataclass(frozen=True, slots=True)
class Post:
    """One person's time at one organisation.

    Attributes
    ----------
    group
        Whose people they are: a supplier's are `ours`, a distributor's `distributor`, else `theirs`.
    level
        1 (board) … 5 (staff), as known today.
    since, until
        First day, and the day from which on they are not there; None where nobody said.
    seen
        Day of the first touchpoint or opinion that shows the person to be known.
    """

    person: str
    organisation: str
    group: Group
    level: int | None = None
    since: date | None = None
    until: date | None = None
    seen: date | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """One touchpoint with the people of both sides, sorted by id."""

    id: str
    on: date
    kind: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    minutes: float | None = None

    def hours(self, policy: Policy) -> float | None:
        """Return how long it took; None where neither it nor its kind says."""
        if self.minutes is not None:
            return self.minutes / 60.0
        kind = policy.kinds.get(self.kind)
        return None if kind is None else kind.hours


@dataclass(frozen=True, slots=True)
class Statement:
    """How close we are to somebody, in [0, 1], as somebody said on a day (`proximity` ÷ 5)."""

    person: str
    by: str
    on: date
    strength: float


@dataclass(frozen=True)
class History:
    """What the data hold of the past.

    Attributes
    ----------
    posts
        Of everybody at a supplier, an account or a distributor, seats without a holder left out; sorted.
    meetings
        The log, sorted by day and id. Read for one account it has the meetings with its people only, and
        those with people about whom there are repeated statements.
    statements
        Sorted by person, who said it, and day.
    newest
        Day of the newest entry that is no post: a touchpoint, an opinion, a stated tie.
    """

    as_of: date
    posts: tuple[Post, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    statements: tuple[Statement, ...] = ()
    newest: date | None = None
    policy: Policy = field(default_factory=load_policy, repr=False, compare=False)

    def __post_init__(self) -> None:
        posts = sorted(
            self.posts, key=lambda p: (p.person, p.since or date.min, p.organisation, p.until or date.max)
        )
        object.__setattr__(self, "posts", tuple(posts))
        object.__setattr__(self, "meetings", tuple(sorted(self.meetings, key=lambda m: (m.on, m.id))))
        object.__setattr__(
            self,
            "statements",
            tuple(sorted(self.statements, key=lambda s: (s.person, s.by, s.on, s.strength))),
        )

    @property
    def end(self) -> date:
        """Day up to which the records are taken to be complete.

        It is the day of the history, unless the data have gone quiet before it (`quiet_after`): then it is
        the day of their newest entry, because after it nobody would have noted a leaving.
        """
        days = [day for post in self.posts for day in (post.since, post.until) if day and day <= self.as_of]
        if self.newest is None:
            return self.as_of
        newest = max([self.newest, *days])
        quiet = timedelta(days=self.policy.limits["quiet_after"])
        return newest if self.as_of - newest > quiet else self.as_of

    @cached_property
    def last_days(self) -> dict[str, date]:
        """Day of leaving of everybody who is in no post any more."""
        here = {post.person for post in self.posts if post.until is None or post.until > self.as_of}
        found: dict[str, date] = {}
        for post in self.posts:
            if post.until is not None and post.person not in here:
                found[post.person] = max(post.until, found.get(post.person, date.min))
        return found
