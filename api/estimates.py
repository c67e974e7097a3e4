"""What the user's own data say about the parameters, and a simulation's use of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from api.caveats import policy_notes
from api.workspace import Result, Workspace
from graph.account import Account
from graph.store.history import read_history

if TYPE_CHECKING:
    from simulation.estimation import EndRun, Estimated, Estimates

# Replicates of each ranking at an end: the draws are the same, so few tell whether another strategy leads.
END_REPLICATES = 200


def estimate(
    work: Workspace, name: str | None = None, *, observed_from: date | None = None, as_of: date | None = None
) -> Result[Estimates]:
    """Return what the imported history says about the simulation's parameters.

    Parameters
    ----------
    name
        An account, whose hours and meetings are looked at too; turnover and decay are those of the store.
    observed_from
        Day from which on every leaving was noted, where somebody knows it.
    """
    from simulation import estimation

    account = None if name is None else work.account(name, as_of)
    day = as_of or work.today
    history = read_history(work.store, day, work.policy, account=None if account is None else account.id)
    notes = policy_notes(work.policy)
    return Result(day, notes, estimation.estimate(history, account=account, observed_from=observed_from))


@dataclass(frozen=True)
class OwnData:
    """What a simulation takes from the user's own data, and whether its ranking holds at their ends."""

    taken: tuple[Estimated, ...] = ()
    cautions: tuple[str, ...] = ()
    ends: tuple[EndRun, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What comes from the data and on what it rests, what speaks against it, and what it decides."""
        if not self.taken:
            return ()
        from simulation.estimation import told

        sources = dict.fromkeys(f"From your own data: {row.sentence}" for row in self.taken)
        return (*sources, *self.cautions, *told(self.ends))


def own_data(work: Workspace, account: Account, observed_from: date | None = None) -> Estimates:
    """Return what the history says that a run of this account can use."""
    from simulation import estimation

    history = read_history(work.store, account.as_of, work.policy, account=account.id)
    found = estimation.estimate(history, account=account, observed_from=observed_from, findings=False)
    return found.relevant_to(account)


def portfolio_data(
    work: Workspace, accounts: Sequence[Account], observed_from: date | None = None
) -> Estimates:
    """Return what the history says of turnover and decay, which are those of the whole store."""
    from simulation import estimation

    one = accounts[0]  # the log of one is enough: nobody's hours are estimated here
    history = read_history(work.store, one.as_of, work.policy, account=one.id)
    found = estimation.estimate(history, observed_from=observed_from, findings=False)
    indirect = any("distributor" in each.kinds or each.channel.distributors for each in accounts)
    return found if indirect else found.relevant_to(one)
