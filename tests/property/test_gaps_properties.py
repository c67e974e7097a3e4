"""What holds for the gaps of every account, whatever it looks like."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.generator import generate_account
from graph.account import Account
from graph.gaps import KINDS, Gap, find_gaps
from graph.measures import measure

seeds = st.integers(0, 5_000)
lean = settings(max_examples=60, deadline=None, derandomize=True)


def gaps(account: Account) -> tuple[Gap, ...]:
    return find_gaps(account, measure(account), today=account.as_of)


@lean
@given(seeds)
def test_severity_is_a_share_and_the_order_is_the_stated_one(seed):
    found = gaps(generate_account(seed))
    assert all(0.0 <= gap.severity <= 1.0 for gap in found)
    keys = [(-round(gap.severity, 12), KINDS.index(gap.kind), gap.subject) for gap in found]
    assert keys == sorted(keys)


@lean
@given(seeds)
def test_every_gap_has_evidence_and_falls_short_of_its_target(seed):
    for gap in gaps(generate_account(seed)):
        assert gap.evidence
        assert all(str(one["text"]).endswith(".") for one in gap.evidence)
        # Levels below, days overdue and ways of serving are too many, everything else is too little.
        too_many = gap.kind in ("level", "stale_score", "channel_overlap")
        assert gap.actual > gap.target if too_many else gap.actual < gap.target


@lean
@given(seeds, st.randoms(use_true_random=False))
def test_nothing_depends_on_the_order_of_the_input_or_on_names(seed, rng: random.Random):
    account = generate_account(seed)
    names = {person.id: person.name for person in (*account.ours, *account.theirs)}
    swapped = dict(zip(names, rng.sample(sorted(names.values()), len(names)), strict=True))
    shuffled = replace(
        account,
        **{
            side: tuple(
                replace(person, name=swapped[person.id])
                for person in rng.sample(getattr(account, side), len(getattr(account, side)))
            )
            for side in ("ours", "theirs")
        },
        ties=tuple(rng.sample(account.ties, len(account.ties))),
        influences=tuple(rng.sample(account.influences, len(account.influences))),
    )

    def numbers(one: Account) -> list[tuple[object, ...]]:
        return [(gap.kind, gap.subject, gap.severity, gap.actual, gap.target, gap.query) for gap in gaps(one)]

    assert numbers(account) == numbers(shuffled)


@lean
@given(seeds)
def test_an_opponent_is_reported_once_and_never_as_badly_covered(seed):
    account = generate_account(seed)
    found = gaps(account)
    against = {
        person.id for person, is_against in zip(account.theirs, account.against, strict=True) if is_against
    }
    reported = [gap.subject for gap in found if gap.kind in ("opponent", "opponent_without_route")]
    assert sorted(reported) == sorted(against)
    assert not against & {gap.subject for gap in found if gap.kind == "coverage"}


@lean
@given(seeds)
def test_the_map_rings_are_the_stakeholders_below_their_target(seed):
    account = generate_account(seed)
    measures = measure(account)
    below = {
        person.id
        for index, person in enumerate(account.theirs)
        if not (account.against[index] or person.placeholder)
        and measures.coverage_of[index] < account.target[index]
    }
    assert {gap.subject for gap in gaps(account) if gap.kind == "coverage"} == below
