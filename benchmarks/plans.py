"""How long a plan takes until it is proved: one large account, and a portfolio that shares its people."""

from __future__ import annotations

import time

from benchmarks.rows import Check, Row
from fixtures.generator import generate_account, generate_portfolio
from graph.plan import PlanLimits, propose, propose_together

SEEDS = (1, 2, 3)
OURS, THEIRS, MONTHS = 8, 50, 12
SECONDS = 10.0
ACCOUNTS, PORTFOLIO_SECONDS = 20, 60.0


def rows() -> tuple[list[Row], list[Check]]:
    """Measure plans: CPU seconds of one thread for an account, wall for the portfolio."""
    limits = PlanLimits(months=MONTHS)
    taken, proved = [], []
    for seed in SEEDS:
        account = generate_account(seed, ours=OURS, theirs=THEIRS)
        began = time.process_time()
        plan = propose(account, limits)
        taken.append(time.process_time() - began)
        proved.append((plan.status, plan.gap))
    accounts = generate_portfolio(1, ACCOUNTS)
    began = time.perf_counter()
    together = propose_together(accounts, limits)
    whole = time.perf_counter() - began
    return [
        Row(
            f"a plan of {THEIRS} stakeholders, {OURS} of ours, {MONTHS} months",
            max(taken),
            " s",
            SECONDS,
            detail=f"the slowest of {len(SEEDS)} accounts",
        ),
        Row(
            f"a plan of {ACCOUNTS} accounts that share people, wall",
            whole,
            " s",
            PORTFOLIO_SECONDS,
            detail=f"{together.status}, gap {together.gap}",
        ),
    ], [
        Check(
            f"plans are proved to {limits.gap:g}",
            all(status == "optimal" and gap is not None and gap <= limits.gap for status, gap in proved),
        )
    ]
