"""Functions that similar accounts know us in and this one does not: what is unusual about it.

Similar is an account of ours of the same kind (key account, distributor, end customer) in which at least one
thread exists, and further, as far as enough accounts remain, of the same industry and of similar size: the
category volume, else our revenue there, differs by no more than the factor `similar_size`. The narrowest of
these groups that has `similar_from` accounts is taken; where even the kind alone has fewer, nothing is said.

A function is usual if the share `similar_share` of the similar accounts has a thread in it. It is a gap here
if we have none. Where a whole expected row is empty, that is a gap by itself and is not said again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graph import evidence
from graph.account import Account
from graph.evidence import Shortfall
from graph.measures import threads_of
from graph.policy import fold

LISTED = 3  # similar accounts that the evidence names


@dataclass(frozen=True, slots=True)
class Presence:
    """How a function stands at an account.

    Attributes
    ----------
    share
        Of the account's influence, in [0, 1].
    threads
        Threads of ours to its people.
    """

    share: float
    threads: int


@dataclass(frozen=True, slots=True)
class Peer:
    """What a comparison needs of an account.

    Attributes
    ----------
    category_volume, revenue
        Its sizes: units a year that it buys of our category, and our revenue there.
    threads
        In all, people without a function included.
    functions
        By function kind.
    """

    id: str
    name: str
    kinds: tuple[str, ...]
    industry: str | None = None
    category_volume: float | None = None
    revenue: float | None = None
    threads: int = 0
    functions: Mapping[str, Presence] = field(default_factory=dict)


def peer_of(account: Account) -> Peer:
    """Return what a comparison needs of an account."""
    total = float(account.influence.sum())
    influence: dict[str, float] = {}
    for index, person in enumerate(account.theirs):
        if person.function is not None:
            influence[person.function] = influence.get(person.function, 0.0) + account.influence[index]
    threads = threads_of(account)
    held = [account.people[tie.stakeholder].function for tie in threads]
    return Peer(
        account.id,
        account.name,
        account.kinds,
        account.industry,
        account.category_volume,
        account.revenue,
        len(threads),
        {
            function: Presence(float(share / total) if total > 0.0 else 0.0, held.count(function))
            for function, share in sorted(influence.items())
        },
    )


def similar_to(account: Account, others: Sequence[Peer]) -> tuple[tuple[Peer, ...], str]:
    """Return the accounts that one is compared with, and in words what they share with it."""
    limits = account.policy.limits
    same_kind = sorted(
        (
            one
            for one in others
            if one.id != account.id and one.threads and set(one.kinds) & set(account.kinds)
        ),
        key=lambda one: one.id,
    )
    industry = [one for one in same_kind if _same_industry(account, one)]
    size = [one for one in same_kind if _similar_size(account, one, limits["similar_size"])]
    both = [one for one in industry if one in size]
    for group, words in (
        (both, "of the same kind, industry and size"),
        (industry, "of the same kind and industry"),
        (size, "of the same kind and size"),
        (same_kind, "of the same kind"),
    ):
        if len(group) >= limits["similar_from"]:
            return tuple(group), words
    return (), ""


def unusual_functions(account: Account, others: Sequence[Peer]) -> Iterator[Shortfall]:
    """Yield the functions in which similar accounts know us and this one does not."""
    similar, words = similar_to(account, others)
    if not similar:
        return
    here = peer_of(account).functions
    seated = {account.row(person) for person in account.theirs}
    for function in sorted({function for one in similar for function in one.functions}):
        row = account.policy.row_of(function)
        if row not in seated and account.policy.row_weights.get(row, 0.0) > 0.0:
            continue
        having = [one for one in similar if function in one.functions and one.functions[function].threads]
        if len(having) / len(similar) < account.policy.limits["similar_share"]:
            continue
        if function in here and here[function].threads:
            continue
        share = sum(one.functions[function].share for one in having) / len(having)
        known = sum(person.function == function and not person.placeholder for person in account.theirs)
        names = ", ".join(one.name for one in having[:LISTED])
        more = f" and {len(having) - LISTED} more" if len(having) > LISTED else ""
        yield Shortfall(
            "unusual_function",
            function,
            function,
            share,
            0,
            1,
            [
                {
                    "text": f"{len(having)} of {len(similar)} similar accounts ({words}) have a thread in"
                    f" {evidence.words(function)}: {names}{more}.",
                    "accounts": len(similar),
                    "having": len(having),
                    "similar": [one.id for one in similar],
                },
                {
                    "text": f"Here {known or 'nobody'} of that function"
                    f" {'is' if known < 2 else 'are'} known, and there is no thread;"
                    f" there it has {share:.0%} of the influence on average.",
                    "known": known,
                    "share": share,
                },
            ],
            {"function": function},
        )


def _same_industry(account: Account, other: Peer) -> bool:
    return bool(account.industry and other.industry) and fold(account.industry or "") == fold(
        other.industry or ""
    )


def _similar_size(account: Account, other: Peer, factor: float) -> bool:
    for one, two in (
        (account.category_volume, other.category_volume),
        (account.revenue, other.revenue),
    ):
        if one and two:
            return max(one, two) <= factor * min(one, two)
    return False
