"""A run as labelled arrays and as files: NetCDF, Parquet, CSV."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.errors import InputError
from graph.exports import safe_cell
from simulation.document import event_entry
from simulation.state import DRAWN, LOST_MONTH

if TYPE_CHECKING:
    import xarray

    from simulation.results import Simulation

FORMATS = (".nc", ".parquet", ".csv")


def dataset_of(run: Simulation) -> xarray.Dataset:
    """All arrays with labels: dims (strategy, replicate, month), units, parameters, seed, version."""
    import xarray

    units = {**run.units, "hours": "h/month", "lost_month": "month", "hours_drawn": "hours"}
    units |= {"revenue_drawn": units["revenue_total"], "margin_drawn": units["margin_total"]}
    full = ("strategy", "replicate", "month")
    variables = {
        name: (full, run.arrays.series[0, v], {"units": units[name]})
        for v, name in enumerate(run.assembly.series)
    }
    drawn = {name: (full[:2], run.arrays.drawn[0, v], {"units": units[name]}) for v, name in enumerate(DRAWN)}
    return xarray.Dataset(
        {**variables, **drawn},
        coords={
            "strategy": list(run.names),
            "replicate": np.arange(run.replicates),
            "month": np.arange(run.months + 1),
        },
        attrs={
            "account": run.account.id,
            "as_of": run.account.as_of.isoformat(),
            "scenario": run.scenario.name,
            "events": json.dumps([event_entry(run, event) for event in run.scenario.events]),
            "seed": run.seed,
            "version": version("diamond-kam"),
            "parameters": json.dumps(dict(run.assembly.parameters)),
            "units": json.dumps(run.units),
        },
    )


def write_run(run: Simulation, path: Path) -> None:
    """Write the arrays as NetCDF (`.nc`), Parquet or CSV; the file appears whole or not at all.

    Raises
    ------
    InputError
        Another ending, or a place that cannot be written.
    """
    with appearing(path) as unfinished:
        if path.suffix.lower() == ".nc":
            run.dataset.to_netcdf(unfinished, engine="h5netcdf")
        else:
            _write_table(run, unfinished, path.suffix.lower())


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Give the place beside a file where it is written, and put it in its own once it is whole.

    Raises
    ------
    InputError
        An ending that no format has, or a place that cannot be written.
    """
    if path.suffix.lower() not in FORMATS:
        raise InputError(
            f"{path.name} cannot be written; the ending needs to be one of {', '.join(FORMATS)}."
        )
    if not path.parent.is_dir():
        raise InputError(f"{path} cannot be written: there is no folder {path.parent}.")
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        yield unfinished
        unfinished.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from None
    finally:
        unfinished.unlink(missing_ok=True)


def _write_table(run: Simulation, path: Path, suffix: str) -> None:
    """Write one row per strategy, replicate and month."""
    import pyarrow
    import pyarrow.csv
    import pyarrow.parquet

    strategies, replicates, months = len(run.names), run.replicates, run.months + 1
    strategy = np.repeat(np.arange(strategies, dtype=np.int32), replicates * months)
    names = list(run.names) if suffix == ".parquet" else list(map(safe_cell, run.names))
    columns: dict[str, Any] = {
        "strategy": pyarrow.DictionaryArray.from_arrays(strategy, names),
        "replicate": np.tile(np.repeat(np.arange(replicates), months), strategies),
        "month": np.tile(np.arange(months), strategies * replicates),
        **{name: run.arrays.series[0, v].ravel() for v, name in enumerate(run.assembly.series)},
        "lost_month": np.repeat(run.arrays.drawn[0, LOST_MONTH].ravel(), months),
    }
    table = pyarrow.table(columns).replace_schema_metadata(
        {key: str(value) for key, value in run.dataset.attrs.items()}
    )
    if suffix == ".parquet":
        pyarrow.parquet.write_table(table, path)
    else:
        plain = table.set_column(0, "strategy", table.column("strategy").cast(pyarrow.string()))
        pyarrow.csv.write_csv(plain, path)
