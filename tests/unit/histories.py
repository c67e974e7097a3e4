"""Small histories written by hand, in days before their day."""

from __future__ import annotations

from datetime import date, timedelta

from graph.history import Group, History, Post
from simulation.estimation import Estimates

DAY = date(2026, 1, 31)


def ago(days: float) -> date:
    return DAY - timedelta(days=round(days))


def post(
    name: str,
    since: float | None = 1000,
    until: float | None = None,
    *,
    group: Group = "theirs",
    level: int | None = 3,
    seen: float | None = None,
    at: str = "acme",
) -> Post:
    """Return a post by days before the history's day."""
    days = (None if one is None else ago(one) for one in (since, until, seen))
    return Post(name, at, group, level, *days)


def history(*posts: Post, **values: object) -> History:
    return History(**{"as_of": DAY, "posts": posts, **values})  # type: ignore[arg-type]


def parameters(estimates: Estimates) -> set[str]:
    return {row.parameter for row in estimates.rows}


def kept(estimates: Estimates, name: str) -> str:
    (found,) = [one.sentence for one in estimates.kept if one.parameter == name]
    return found
