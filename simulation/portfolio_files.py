"""A portfolio as labelled arrays and as files: NetCDF, Parquet, CSV."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.exports import safe_cell
from simulation.files import appearing
from simulation.slices import TOTALS
from simulation.state import DRAWN, LOST_MONTH, SERIES

if TYPE_CHECKING:
    import pyarrow
    import xarray

    from simulation.rollup import Portfolio


def dataset_of(found: Portfolio) -> xarray.Dataset:
    """All that is kept, with labels: dims (strategy, replicate, account), and month for series.

    `total_*` are the sums over the accounts, `mean_*` the means over the replicates.
    """
    import xarray

    units = {**found.units, "lost_month": "month", "hours_drawn": "hours"}
    units |= {"revenue_drawn": units["revenue_total"], "margin_drawn": units["margin_total"]}
    units |= {"accounts_lost": "accounts"}
    kept = ("strategy", "replicate", "account")
    variables: dict[str, Any] = {
        name: (kept, np.moveaxis(found.measured[:, m], 0, 2), {"units": units[name]})
        for m, name in enumerate(found.told)
    }
    for v, name in enumerate(DRAWN):
        variables[name] = (kept, np.moveaxis(found.drawn[:, v], 0, 2), {"units": units[name]})
    for v, name in enumerate(TOTALS):
        values = found.totals[v]
        variables[f"total_{name}"] = (("strategy", "replicate", "month"), values, {"units": units[name]})
    for v, name in enumerate(found.series):
        means = found.sums[:, v] / found.replicates
        if name not in SERIES:
            means[~found.indirect] = np.nan
        variables[f"mean_{name}"] = (
            ("strategy", "account", "month"),
            np.moveaxis(means, 0, 1),
            {"units": units[name]},
        )
    component = {one.id: p for p, part in enumerate(found.parts) for one in part.accounts}
    return xarray.Dataset(
        variables,
        coords={
            "strategy": list(found.names),
            "replicate": np.arange(found.replicates),
            "account": [one.id for one in found.accounts],
            "month": np.arange(found.months + 1),
            "region": ("account", [one.region or "" for one in found.accounts]),
            "country": ("account", [one.country or "" for one in found.accounts]),
            "component": ("account", np.array([component[one.id] for one in found.accounts])),
        },
        attrs={
            "as_of": max(one.as_of for one in found.accounts).isoformat(),
            "scenario": found.scenario.name,
            "seed": found.seed,
            "version": version("diamond-kam"),
            "parameters": json.dumps(dict(found.parameters)),
            "units": json.dumps(found.units),
        },
    )


def write_portfolio(found: Portfolio, path: Path) -> None:
    """Write what is kept as NetCDF (`.nc`), Parquet or CSV; the file appears whole or not at all.

    Raises
    ------
    InputError
        Another ending, or a place that cannot be written.
    """
    with appearing(path) as unfinished:
        if path.suffix.lower() == ".nc":
            dataset_of(found).to_netcdf(unfinished, engine="h5netcdf")
        else:
            _write_rows(found, unfinished, path.suffix.lower())


def _write_rows(found: Portfolio, path: Path, suffix: str) -> None:
    """Write one row per account, strategy and replicate, account by account."""
    import pyarrow.csv
    import pyarrow.parquet

    said = str if suffix == ".parquet" else safe_cell

    def table(a: int) -> pyarrow.Table:
        strategies, replicates = len(found.names), found.replicates
        columns: dict[str, Any] = {
            "account": [said(found.accounts[a].id)] * (strategies * replicates),
            "strategy": np.repeat(np.array([said(name) for name in found.names]), replicates),
            "replicate": np.tile(np.arange(replicates), strategies),
        }
        for m, name in enumerate(found.told):
            columns[name] = pyarrow.array(found.measured[a, m].ravel(), from_pandas=True)
        columns["lost_month"] = found.drawn[a, LOST_MONTH].ravel()
        return pyarrow.table(columns)

    first = table(0)
    writer = (
        pyarrow.parquet.ParquetWriter(path, first.schema)
        if suffix == ".parquet"
        else pyarrow.csv.CSVWriter(path, first.schema)
    )
    with writer:
        writer.write_table(first)
        for a in range(1, len(found.accounts)):
            writer.write_table(table(a))
