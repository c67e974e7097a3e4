"""What to do before any gap says much: where nobody is known on a side, or nobody's function."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from graph.account import Account
from graph.measures import Measures
from graph.policy import UNKNOWN_ROW
from graph.wording import count

MOST = 0.5  # share from which something is lacking in general


def groundwork(measured: Sequence[Measures]) -> str | None:
    """Return the one thing to do first, in a sentence; None where the gaps themselves say it.

    Parameters
    ----------
    measured
        One account, or the whole portfolio, of which most must lack the same.
    """
    accounts = [one.account for one in measured]
    for lacks, one, many in LACKS:
        lacking = [account for account in accounts if lacks(account)]
        if lacking and len(lacking) >= MOST * len(accounts):
            return one(lacking[0]) if len(accounts) == 1 else many(lacking, len(accounts))
    return None


def _ours_unknown(account: Account) -> bool:
    return not _known(account, "ours")


def _theirs_unknown(account: Account) -> bool:
    return not _known(account, "theirs")


def _both_unknown(account: Account) -> bool:
    return _ours_unknown(account) and _theirs_unknown(account)


def _functions_unknown(account: Account) -> bool:
    people = _known(account, "theirs")
    return len(_placeless(account)) >= max(2, MOST * len(people))


def _known(account: Account, side: str) -> list[str]:
    people = account.ours if side == "ours" else account.theirs
    return [one.id for one in people if not one.placeholder]


def _placeless(account: Account) -> list[str]:
    return [one.id for one in account.theirs if not one.placeholder and account.row(one) == UNKNOWN_ROW]


def _both(account: Account) -> str:
    return (
        f"import people of both sides, with ties or touchpoints: nobody of {account.name} is known, and "
        "nobody of ours who serves them"
    )


def _ours(account: Account) -> str:
    return (
        f"import who of ours serves {account.name} (team, ties, mail or a calendar): nobody on our side is "
        "known, so nobody can close a gap"
    )


def _theirs(account: Account) -> str:
    return f"import the contacts of {account.name}: nobody there is known, so every function looks empty"


def _functions(account: Account) -> str:
    people = _known(account, "theirs")
    return (
        f"say in which function the people of {account.name} work: of {len(_placeless(account))} of "
        f"{count(len(people), 'person', 'people')} it is not known, so a function may only look empty"
    )


def _of(what: str) -> Callable[[Sequence[Account], int], str]:
    return lambda lacking, total: f"{what} in {len(lacking):,} of {total:,} accounts"


def _functions_of(lacking: Sequence[Account], total: int) -> str:
    people = sum(len(_placeless(account)) for account in lacking)
    return (
        f"say in which function people work: of {people:,} it is not known, in {len(lacking):,} of {total:,} "
        "accounts, so a function may only look empty"
    )


# What lacks, the gravest first, with what to do in one account and in several.
LACKS: tuple[
    tuple[Callable[[Account], bool], Callable[[Account], str], Callable[[Sequence[Account], int], str]], ...
] = (
    (_both_unknown, _both, _of("import people of both sides: neither are known")),
    (_ours_unknown, _ours, _of("import who of ours serves whom: nobody on our side is known")),
    (_theirs_unknown, _theirs, _of("import the contacts: nobody of theirs is known")),
    (_functions_unknown, _functions, _functions_of),
)
