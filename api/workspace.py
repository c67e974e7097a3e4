"""What every verb takes and returns: an open store with its policy, and a dated result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from graph.account import Account
from graph.gap_similar import Peer
from graph.gaps import Gap, find_gaps
from graph.measures import Measures
from graph.policy import Policy
from graph.store import Store
from graph.store.accounts import read_account, read_partners, read_portfolio, resolve_account
from graph.store.gap_peers import read_peers
from graph.store.strengths import refresh_strengths

Body = TypeVar("Body")


@dataclass
class Workspace:
    """An open store, the policy tables, and the day it is."""

    store: Store
    policy: Policy
    today: date = field(default_factory=date.today)
    _refreshed: date | None = None

    def refresh(self) -> None:
        """Bring the strengths in the graph up to today; the first command of a day has work to do."""
        if self._refreshed != self.today:
            refresh_strengths(self.store, self.today, self.policy)
            self._refreshed = self.today

    def account(self, name: str, as_of: date | None = None) -> Account:
        """Read one account by id or unique name."""
        self.refresh()
        return read_account(self.store, resolve_account(self.store, name), as_of or self.today, self.policy)

    def partners(self, account: Account) -> tuple[Account, ...]:
        """Read the distributors that sell to an end customer's account, as of its day."""
        return read_partners(self.store, account, account.as_of, self.policy)

    def portfolio(self, as_of: date | None = None) -> tuple[Account, ...]:
        """Read every account."""
        self.refresh()
        return read_portfolio(self.store, as_of or self.today, self.policy)

    def peers(self, account: Account) -> tuple[Peer, ...]:
        """Read what an account is compared with, as of its day."""
        return read_peers(self.store, account, self.policy, self.today)

    def gaps(self, measures: Measures, others: Sequence[Peer] | None = None) -> tuple[Gap, ...]:
        """Return an account's gaps, with queries where they speak of today.

        Parameters
        ----------
        others
            What it is compared with; read from the store if None.
        """
        account = measures.account
        others = self.peers(account) if others is None else others
        return find_gaps(account, measures, today=self.today, others=others)


@dataclass(frozen=True, slots=True)
class Result(Generic[Body]):
    """What every verb returns: the day it speaks of, what to know first, and the verb's own object.

    In a document the body's fields stand beside `as_of` and `warnings`.
    """

    as_of: date
    warnings: tuple[str, ...]
    body: Body
