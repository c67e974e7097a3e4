"""The sample's distributor, read from its files without a store."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from fixtures.samples import sample_files
from graph.account import Account, Agreement, Carried, Channel, Partner, Sale
from tests.unit.test_fixtures_samples import Tables, plain_account, read

TODAY = date(2026, 5, 17)
DISTRIBUTOR = "verdelan"
SUPPLIER = "varnholm"


@lru_cache(maxsize=1)
def sample_distributor() -> Account:
    """Return the account with its business, its revenue and the hours of our team."""
    with tempfile.TemporaryDirectory() as folder:
        sample_files(Path(folder), TODAY)
        tables = read(Path(folder))
    account = plain_account(tables, DISTRIBUTOR, TODAY)
    (supply,) = (row for row in tables["supplies"] if row["account"] == DISTRIBUTOR)
    return replace(
        account,
        kinds=("distributor",),
        suppliers=(Partner(SUPPLIER, SUPPLIER),),
        revenue=float(supply["revenue"]),
        margin=float(supply["margin"]),
        share_of_time={
            row["person"]: float(row["share_of_time"])
            for row in tables["team"]
            if row["account"] == DISTRIBUTOR and row["share_of_time"]
        },
        channel=_channel(tables),
    )


def _channel(tables: Tables) -> Channel:
    names = {row["id"]: row["name"] for row in tables["organisations"]}
    sellers = sorted({row["distributor"] for row in tables["carries"]})
    direct = {row["end_customer"] for row in tables["sales"] if row["seller"] == SUPPLIER}
    return Channel(
        distributors=tuple(Partner(one, names[one]) for one in sellers),
        end_customers=tuple(
            Partner(one, names[one], one in direct)
            for one in sorted({row["end_customer"] for row in tables["sales"]} - set(sellers))
        ),
        sales=tuple(
            Sale(
                row["seller"],
                row["end_customer"],
                row["seller"] == SUPPLIER,
                float(row["volume"]),
                row["brand"],
            )
            for row in tables["sales"]
        ),
        carried=tuple(
            Carried(
                row["distributor"],
                row["brand"],
                row["brand"],
                row["owner"] == SUPPLIER,
                float(row["share_of_mind"]),
                float(row["margin"]),
                date.fromisoformat(row["launched_on"]),
            )
            for row in tables["carries"]
        ),
        agreements=tuple(
            Agreement(row["distributor"], float(row["transparency"]), row["exclusive"] == "yes")
            for row in tables["distributes_through"]
        ),
    )
