"""The indirect business around accounts, out of the store in two queries however many accounts there are.

A distributor's channel is everything downstream of it: the end customers that it reaches itself or through
further tiers, and everybody else who sells to those. An end customer's channel is itself and its sellers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from graph.account import Agreement, Carried, Channel, Partner, Sale
from graph.policy import fold
from graph.store import Store
from graph.store.fitting import fitting, fitting_value

Row = dict[str, Any]

# `known` is the same question as cookbook/end_customers_behind_distributors.
SALES = """
MATCH (a:Organisation)-[:SELLS_TO*0..3]->(b:EndCustomer|Distributor) WHERE a.id IN $accounts
WITH DISTINCT a, b WHERE b:EndCustomer OR a <> b
WITH a, b, EXISTS { (:Supplier)-[:SELLS_DIRECT_TO]->(b) }
        OR EXISTS { (:Person)-[:ENGAGES]->(:Person)-[:EMPLOYED_BY]->(b) } AS known
MATCH (seller:Organisation)-[r:SELLS_TO|SELLS_DIRECT_TO]->(b)
WHERE b:EndCustomer OR type(r) = 'SELLS_TO'
RETURN a.id AS account, seller.id AS seller, seller.name AS seller_name,
       type(r) = 'SELLS_DIRECT_TO' AS direct, r.volume AS volume, r.brand AS brand,
       b.id AS buyer, b.name AS buyer_name, b:EndCustomer AS end_customer, known
"""

# What has a first day after the day asked for is not there yet.
DISTRIBUTORS = """
MATCH (d:Organisation) WHERE d.id IN $distributors
RETURN d.id AS id,
       COLLECT { MATCH (d)-[c:CARRIES]->(b:Brand) WHERE c.since IS NULL OR c.since <= $day
                 RETURN {brand: b.id, name: b.name, owner: b.owner, launched_on: b.launched_on,
                         share_of_mind: c.share_of_mind, margin: c.margin}
                 ORDER BY b.id } AS carried,
       COLLECT { MATCH (s:Supplier)-[r:DISTRIBUTES_THROUGH]->(d) WHERE r.since IS NULL OR r.since <= $day
                 RETURN {supplier: s.id, transparency: r.transparency, exclusive: r.exclusive}
                 ORDER BY s.id } AS agreements
"""


@dataclass(slots=True)
class _Around:
    """What the sales around one account name: partners by id."""

    distributors: dict[str, Partner] = field(default_factory=dict)
    end_customers: dict[str, Partner] = field(default_factory=dict)
    sales: set[Sale] = field(default_factory=set)


def read_channels(
    store: Store,
    names: Mapping[str, str],
    distributors: Collection[str],
    suppliers: Mapping[str, tuple[Partner, ...]],
    day: date,
) -> dict[str, Channel]:
    """Return the channel of every account that has one.

    Parameters
    ----------
    names
        Of the accounts, by id.
    distributors
        Which of them are distributors: each stands in its own channel, even where it sells to nobody known.
    suppliers
        Who serves each account: a brand is ours where one of them owns it, an agreement where one made it.
    day
        As of which brands are carried and agreements hold.
    """
    around = _around(store.read(SALES, {"accounts": sorted(names)}))
    for account in distributors:
        around.setdefault(account, _Around()).distributors[account] = Partner(account, names[account])
    sellers = sorted({one for found in around.values() for one in found.distributors})
    rows = {row["id"]: row for row in store.read(DISTRIBUTORS, {"distributors": sellers, "day": day})}
    return {account: _channel(found, rows, suppliers[account]) for account, found in around.items()}


def _around(rows: list[Row]) -> dict[str, _Around]:
    tiers: dict[str, set[str]] = {}
    for row in rows:
        if not row["end_customer"]:
            tiers.setdefault(row["account"], {row["account"]}).add(row["buyer"])
    around: dict[str, _Around] = {}
    for row in rows:
        # Who else supplies a tier is no business of this account's.
        if not row["end_customer"] and row["seller"] not in tiers[row["account"]]:
            continue
        found = around.setdefault(row["account"], _Around())
        if not row["direct"]:
            found.distributors[row["seller"]] = Partner(row["seller"], row["seller_name"])
        if row["end_customer"]:
            found.end_customers[row["buyer"]] = Partner(row["buyer"], row["buyer_name"], row["known"])
        else:
            found.distributors[row["buyer"]] = Partner(row["buyer"], row["buyer_name"])
        volume = fitting_value("SELLS_TO", "volume", row["volume"])
        found.sales.add(Sale(row["seller"], row["buyer"], row["direct"], volume, row["brand"]))
    return around


def _channel(found: _Around, rows: Mapping[str, Row], suppliers: tuple[Partner, ...]) -> Channel:
    owners = {fold(text) for one in suppliers for text in (one.id, one.name)}
    distributors = sorted(found.distributors)
    return Channel(
        distributors=tuple(found.distributors[one] for one in distributors),
        end_customers=tuple(found.end_customers[one] for one in sorted(found.end_customers)),
        sales=tuple(sorted(found.sales, key=_order)),
        carried=tuple(
            Carried(
                distributor=one,
                brand=row["brand"],
                name=row["name"],
                ours=row["owner"] is not None and fold(row["owner"]) in owners,
                share_of_mind=fitting_value("CARRIES", "share_of_mind", row["share_of_mind"]),
                margin=fitting_value("CARRIES", "margin", row["margin"]),
                launched_on=row["launched_on"],
            )
            for one in distributors
            for row in rows[one]["carried"]
        ),
        agreements=tuple(
            agreement
            for one in distributors
            if (agreement := _agreement(one, rows[one]["agreements"], {s.id for s in suppliers}))
        ),
    )


def _order(sale: Sale) -> tuple[str, str, bool, str, float]:
    volume = -1.0 if sale.volume is None else sale.volume
    return sale.end_customer, sale.seller, sale.direct, sale.brand or "", volume


def _agreement(distributor: str, rows: list[Row], suppliers: set[str]) -> Agreement | None:
    """Return the agreement of all our suppliers: what it reports to one of them, we know."""
    ours = [row for row in rows if row["supplier"] in suppliers]
    if not ours:
        return None
    told = [fitting("DISTRIBUTES_THROUGH", row)["transparency"] for row in ours]
    told = [share for share in told if share is not None]
    return Agreement(distributor, max(told, default=None), any(row["exclusive"] for row in ours))
