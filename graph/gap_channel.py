"""Gaps of the indirect business: who sells our product on, whom we never see, whom we serve twice.

A distributor is reached where it buys long before it is reached where it sells. So a function that sells our
product on (`selling_functions.csv`) is judged by itself, even if its row is covered through purchasing.

Shares of volume are those of the channel: everything that is sold there to end customers, direct and
through distributors, whatever the brand. A customer for which nobody reports a volume counts as the average
one, and its evidence says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from graph import evidence
from graph.account import Account, Person, Sale
from graph.evidence import Evidence, Shortfall
from graph.measures import Measures

MANY = 20  # sales of a brand from which a usual volume can be told
WILD = 100.0  # times the usual from which a volume is doubted


def distributor_functions(account: Account, measures: Measures) -> Iterator[Shortfall]:
    """Yield the selling functions of a distributor that we hardly reach, or where we know nobody.

    What a gap of the whole row says already (nobody known in it, or nobody covered) is not said again.
    """
    if "distributor" not in account.kinds:
        return
    limit, policy = account.policy.limits["row_uncovered"], account.policy
    rows = {row.row: row.coverage for row in measures.rows}
    weights = {function: weight for function, weight in policy.selling_functions.items() if weight > 0.0}
    for function, weight in sorted(weights.items()):
        row = policy.row_of(function)
        people = [person for person in account.theirs if person.function == function]
        if not people:
            if policy.row_weights.get(row, 0.0) > 0.0 and not any(
                account.row(person) == row for person in account.theirs
            ):
                continue
            share = weight / sum(weights.values())
            yield _function_gap(account, function, share, 0.0, [evidence.of_nobody(account, function)])
            continue
        known = [person for person in people if not person.placeholder]
        covered = rows.get(row)
        if covered is None or covered < limit or all(_against(account, person) for person in known):
            continue
        influence = sum(evidence.influence_of(account, person) for person in people)
        reached = sum(
            evidence.influence_of(account, person) * measures.covered(person.id) for person in people
        )
        coverage = reached / influence if influence > 0.0 else 0.0
        if coverage >= limit:
            continue
        share = influence / float(account.influence.sum()) if influence > 0.0 else 0.0
        facts = evidence.of_function(account, measures, function, known, coverage, share)
        yield _function_gap(account, function, share, coverage, facts)


def hidden_end_customers(account: Account) -> Iterator[Shortfall]:
    """Yield the end customers that only the distributor knows: no tie of ours there, no direct business."""
    usual = _usual(account)
    for customer in account.channel.end_customers:
        if customer.known or customer.id == account.id:
            continue
        sales = _sales_to(account, customer.id)
        share, assumed = _share(account, sales)
        facts = [
            evidence.of_sales(account, sales),
            {"text": "Nobody of ours has a tie there, and we sell nothing direct.", "ties": 0},
            evidence.of_share(share, assumed),
            *_wild(sales, usual),
        ]
        yield Shortfall(
            "hidden_end_customer",
            customer.id,
            customer.name,
            share,
            0,
            1,
            facts,
            {"end_customer": customer.id},
        )


def channel_overlaps(account: Account) -> Iterator[Shortfall]:
    """Yield the end customers that are served direct and through distributors at once."""
    for customer in account.channel.end_customers:
        sales = _sales_to(account, customer.id)
        direct = [sale for sale in sales if sale.direct]
        indirect = [sale for sale in sales if not sale.direct]
        if not direct or not indirect:
            continue
        share, assumed = _share(account, indirect)
        facts = [
            evidence.of_sales(account, direct),
            evidence.of_sales(account, indirect),
            evidence.of_share(share, assumed),
        ]
        yield Shortfall(
            "channel_overlap",
            customer.id,
            customer.name,
            share,
            1 + len({sale.seller for sale in indirect}),
            1,
            facts,
            {"end_customer": customer.id},
        )


def _function_gap(
    account: Account, function: str, share: float, coverage: float, facts: Sequence[Evidence]
) -> Shortfall:
    return Shortfall(
        "distributor_function",
        function,
        function,
        share * (1.0 - coverage),
        coverage,
        account.policy.limits["row_uncovered"],
        facts,
        {"function": function},
    )


def _against(account: Account, person: Person) -> bool:
    return bool(account.against[account.their_index[person.id]])


def _sales_to(account: Account, customer: str) -> list[Sale]:
    return [sale for sale in account.channel.sales if sale.end_customer == customer]


def _usual(account: Account) -> dict[str | None, float]:
    """Return the volume in the middle by brand, of brands that many buy."""
    volumes: defaultdict[str | None, list[float]] = defaultdict(list)
    for sale in account.channel.sales:
        if sale.volume:
            volumes[sale.brand].append(sale.volume)
    return {brand: median(some) for brand, some in volumes.items() if len(some) >= MANY}


def _wild(sales: Sequence[Sale], usual: Mapping[str | None, float]) -> list[Evidence]:
    """Return that a volume is so far beyond what is usual that it may be a slip."""
    times = {sale: (sale.volume or 0.0) / usual[sale.brand] for sale in sales if sale.brand in usual}
    worst = max(times, key=lambda sale: times[sale], default=None)
    return [evidence.of_wild(worst, times[worst])] if worst is not None and times[worst] >= WILD else []


def _share(account: Account, sales: Sequence[Sale]) -> tuple[float, bool]:
    """Return the share of the channel's volume that some sales have, and whether it had to be assumed."""
    customers = {customer.id for customer in account.channel.end_customers}
    total = sum(sale.volume or 0.0 for sale in account.channel.sales if sale.end_customer in customers)
    volumes = [sale.volume for sale in sales if sale.volume is not None]
    if not volumes or total <= 0.0:
        return 1.0 / len(customers), True
    return sum(volumes) / total, False
