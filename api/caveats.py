"""What a reader should know before trusting the numbers: old contacts, assumptions, and what is null."""

from __future__ import annotations

from collections.abc import Sequence

from api.workspace import Body, Result
from graph.measures import Measures
from graph.policy import Policy
from graph.wording import count

FEW = 3  # of one sort that are told one by one


def caveats(measures: Measures) -> tuple[str, ...]:
    """Return what a reader should know before trusting an account's numbers."""
    account = measures.account
    told = [*policy_notes(account.policy), *_quiet(measures)]
    if measures.coverage is None:
        told.append(f"Nobody of {account.name} is known, so coverage and diamond index are null.")
    elif not account.ours:
        told.append(f"Nobody on our side serves {account.name}: say who we are in the import (ours: NAME).")
    elif not account.ties:
        told.append(f"There is no tie to anybody of {account.name}: import ties or touchpoints.")
    if measures.connectivity_decision is None and measures.coverage is not None:
        told.append(
            f"No decision maker or evaluator of {account.name} is known, so connectivity among them is null."
        )
    share = measures.assumed_share
    if share is not None and share > 0.0:
        told.append(
            f"{share:.0%} of the influence, role and orientation values of {account.name} are assumed "
            f"from the policy tables, since nobody has stated them."
        )
    assumed = sum(tie.assumed for tie in account.ties)
    if assumed:
        told.append(
            f"{assumed} of {count(len(account.ties), 'tie')} to people of {account.name} have an assumed "
            "strength, since no touchpoint is known: mail and calendars tell how strong they are."
        )
    stale, people = len(measures.stale), len(account.theirs)
    if people and stale / people >= account.policy.limits["stale_warning"]:
        told.append(f"{stale} of {people} scores of {account.name} are stale.")
    return tuple(told)


def with_caveats(measures: Measures, body: Body) -> Result[Body]:
    """Return what a verb found of an account, as of its day, with what to know before trusting it."""
    return Result(measures.account.as_of, caveats(measures), body)


def portfolio_caveats(found: Sequence[Measures]) -> tuple[str, ...]:
    """Return what a reader of the whole portfolio should know."""
    noted = policy_notes(found[0].account.policy) if found else ()
    told = [warning for measures in found for warning in _quiet(measures)]
    if len(told) > FEW:
        newest = max(day for one in found if (day := one.account.newest_contact) is not None)
        told = [
            f"The newest contact with {len(told)} of {len(found)} accounts is old; --as-of {newest} shows "
            "them as they were on the day of the last one."
        ]
    unknown = [measures.account.name for measures in found if measures.coverage is None]
    if unknown:
        told.append(f"Nobody is known at {_some(unknown)}, so coverage and diamond index are null there.")
    undecided = [
        measures.account.name
        for measures in found
        if measures.connectivity_decision is None and measures.coverage is not None
    ]
    if undecided:
        told.append(
            f"No decision maker or evaluator is known at {_some(undecided)}, so connectivity among them is "
            "null there."
        )
    if not found:
        told.append("There is no account in this store yet: diamond import FILES brings them in.")
    return (*noted, *told)


def policy_notes(policy: Policy) -> tuple[str, ...]:
    """Return which policy tables are used, where they are not the shipped ones."""
    return () if policy.note is None else (policy.note,)


def _quiet(measures: Measures) -> tuple[str, ...]:
    """Return a warning where nobody has been in contact for long, with the day to look back to."""
    account = measures.account
    newest = account.newest_contact
    if newest is None or (account.as_of - newest).days <= account.policy.limits["quiet_after"]:
        return ()
    return (
        f"The newest contact with {account.name} was on {newest}, "
        f"{count((account.as_of - newest).days, 'day')} before {account.as_of}; --as-of {newest} shows the "
        "account as it was then.",
    )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return ", ".join(names[:FEW]) + more
