"""What one request, or several, need not read or compute twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date

from api import verbs
from api.plans import FullPlan, settled
from api.workspace import Result, Workspace
from graph.account import Account
from graph.gap_similar import Peer
from graph.plan import Plan, PlanLimits

KEPT = 32  # proposed plans


@dataclass
class Reading(Workspace):
    """A workspace for one request: every verb that it calls sees one and the same reading of an account."""

    accounts: dict[tuple[str, date | None], Account] = field(default_factory=dict)
    compared: dict[tuple[str, date], tuple[Peer, ...]] = field(default_factory=dict)

    def account(self, name: str, as_of: date | None = None) -> Account:
        """Read one account by id or unique name, once."""
        key = (name, as_of)
        if key not in self.accounts:
            found = super().account(name, as_of)
            self.accounts[key] = self.accounts[found.id, as_of] = found
        return self.accounts[key]

    def peers(self, account: Account) -> tuple[Peer, ...]:
        """Read what an account is compared with, once."""
        key = (account.id, account.as_of)
        if key not in self.compared:
            self.compared[key] = super().peers(account)
        return self.compared[key]


class Proposals:
    """Proposed plans: a plan takes seconds, and page, table and calendar ask for the same one.

    A proposal holds as long as the account reads as it did when it was made.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, PlanLimits], tuple[Account, Result[FullPlan]]] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, work: Workspace, name: str, as_of: date | None) -> Plan | None:
        """Return the plan that was last proposed without limits, if it still holds; never compute one."""
        account = work.account(name, as_of)
        limits, _ = settled(work, account, PlanLimits())
        with self._lock:
            known, result = self._kept.get((account.id, limits), (None, None))
        return result.body if result is not None and known == account else None

    def get(self, work: Workspace, name: str, limits: PlanLimits, as_of: date | None) -> Result[FullPlan]:
        """Propose a plan, or return the one proposed before."""
        account = work.account(name, as_of)
        key = (account.id, settled(work, account, limits)[0])
        with self._lock:
            known, result = self._kept.get(key, (None, None))
        if result is not None and known == account:
            return result
        result = verbs.plan(work, account.id, limits, as_of=as_of)
        with self._lock:
            self._kept[key] = (account, result)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return result
