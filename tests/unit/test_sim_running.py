"""Running: what is refused, what goes on until it is precise, which files come out."""

import csv
import json
import math
from dataclasses import replace

import numpy as np
import pytest

from graph.errors import InputError
from simulation import Scenario, leaving_scenario, simulate, strategies_for
from simulation.run import PRECISION_LIMIT, warm_up
from simulation.scenario import Leaves
from tests.unit.accounts import diabolo

NAMES = ("do_nothing", "single_threaded", "diamond")


def run(one=None, scenario=None, names=NAMES, **settings):
    one = one or diabolo()
    settings = {"replicates": 60, "months": 12, **settings}
    return simulate(one, scenario or Scenario(), strategies_for(one, names=names), **settings)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"replicates": 0}, "replicates is 0; it needs a whole number from 1"),
        ({"replicates": 10**9}, "GB can be used here"),
        ({"months": 0}, "months is 0"),
        ({"months": 601}, "months is 601"),
        ({"seed": -1}, "seed is -1"),
        ({"threads": 0}, "threads is 0"),
        ({"precision": 0.0}, "precision is 0.0"),
        ({"precision": math.nan}, "precision is nan"),
        ({"engine": "abacus"}, "engine is 'abacus'; it needs one of kernel, mesa"),
        (
            {"scenario": Scenario(events=(Leaves(13, "buyer"),))},
            "month is 13; it needs a whole number from 1 to 12",
        ),
        ({"scenario": Scenario(events=(Leaves(6, "buyer"),)), "months": 1}, "month is 6; it needs 1."),
    ],
)
def test_wrong_settings_are_refused(settings, said):
    with pytest.raises(InputError) as caught:
        run(**settings)
    assert said in caught.value.detail


def test_too_many_replicates_say_the_memory_they_would_take():
    with pytest.raises(InputError, match=r"results take [\d.,]+ TB"):
        run(replicates=10**9, months=60)


def test_the_callers_months_beat_the_files_and_are_said():
    found = run(scenario=Scenario(months=24))
    assert found.months == 12
    assert any("overruled" in warning for warning in found.warnings)
    assert run(scenario=Scenario(months=24), months=None).months == 24


def test_a_wanted_precision_adds_replicates_until_it_holds():
    found = run(replicates=20, precision=0.1, months=24)
    assert found.replicates > 20
    assert found.is_precise(0.1)
    assert np.array_equal(found.arrays.series, run(replicates=found.replicates, months=24).arrays.series)


def test_a_precision_out_of_reach_is_given_up_and_said(monkeypatch):
    monkeypatch.setattr("simulation.run.PRECISION_LIMIT", 80)
    found = run(replicates=30, precision=1e-6)
    assert found.replicates == 80
    assert any("not reached after 80" in warning for warning in found.warnings)
    assert PRECISION_LIMIT > 1000


def test_progress_ends_at_the_whole():
    seen = []
    run(replicates=120, progress=lambda what, done, total: seen.append((what, done, total)))
    assert seen[-1] == ("simulating", 360, 360)
    warm_up()


def test_mesa_gives_the_same_bits():
    scenario = leaving_scenario(diabolo(), ["buyer", "kam"], [3, 5])
    kernel, mesa = run(scenario=scenario, replicates=8), run(scenario=scenario, replicates=8, engine="mesa")
    assert np.array_equal(kernel.arrays.series, mesa.arrays.series)
    assert np.array_equal(kernel.arrays.drawn, mesa.arrays.drawn)
    assert np.array_equal(kernel.arrays.missed, mesa.arrays.missed)


def test_the_mesa_model_is_one():
    from simulation.mesa_model import Colleague, Ecosystem, Stakeholder

    found = run(replicates=1)
    model = Ecosystem(found.assembly, strategy=2, seed=1)
    for _ in range(12):
        model.step()
    collected = model.datacollector.get_model_vars_dataframe()
    assert np.array_equal(collected["access"].to_numpy(), found.series("access")[2, 0])
    people = model.agents_by_type[Stakeholder]
    assert len(model.agents_by_type[Colleague]) == 2
    assert people.select(lambda person: person.present).agg("coverage", max) == pytest.approx(
        max(model.state.coverage)
    )
    assert set().union(*(person.ties for person in people)) <= {"kam", "cto"}
    assert all(colleague.present in (True, False) for colleague in model.agents_by_type[Colleague])
    assert all(-1.0 <= o <= 1.0 for o in people.get("orientation"))
    assert model.steps == model.month == 12


# Files


@pytest.mark.parametrize("suffix", [".nc", ".parquet", ".csv"])
def test_results_go_to_a_file_and_come_back(tmp_path, suffix):
    found = run(replicates=7)
    path = tmp_path / f"run{suffix}"
    found.write(path)
    assert list(tmp_path.iterdir()) == [path]
    expected = found.series("access")
    if suffix == ".nc":
        import xarray

        with xarray.open_dataset(path, engine="h5netcdf") as data:
            assert dict(data.sizes) == {"strategy": 3, "replicate": 7, "month": 13}
            assert np.array_equal(data["access"].to_numpy(), expected)
            assert data["access"].attrs["units"] == "1"
            assert data.attrs["seed"] == 1
            assert json.loads(data.attrs["parameters"])["shock"] == 18.0
            assert float(data["revenue"].sel(strategy="diamond", month=0).mean()) == pytest.approx(500_000.0)
    elif suffix == ".parquet":
        import pyarrow.parquet

        table = pyarrow.parquet.read_table(path)
        assert np.array_equal(table.column("access").to_numpy(), expected.ravel())
        assert table.column("strategy").to_pylist()[:: 7 * 13] == list(NAMES)
        assert json.loads(table.schema.metadata[b"parameters"])["shock"] == 18.0
    else:
        with path.open(newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert [float(row["access"]) for row in rows] == expected.ravel().tolist()
        assert rows[-1]["strategy"] == "diamond"


def test_a_strategy_of_any_name_starts_no_formula(tmp_path):
    found = run(replicates=1)
    found.strategies = tuple(replace(one, name=f"={one.name}") for one in found.strategies)
    found.write(tmp_path / "run.csv")
    with (tmp_path / "run.csv").open(newline="") as lines:
        assert {row["strategy"] for row in csv.DictReader(lines)} == {f"'={name}" for name in NAMES}


def test_the_same_run_gives_the_same_file(tmp_path):
    for name in ("one.nc", "two.nc"):
        run(replicates=4).write(tmp_path / name)
    assert (tmp_path / "one.nc").read_bytes() == (tmp_path / "two.nc").read_bytes()


def test_another_ending_or_place_is_refused(tmp_path):
    found = run(replicates=2)
    with pytest.raises(InputError, match=r"\.nc, \.parquet, \.csv"):
        found.write(tmp_path / "run.xls")
    with pytest.raises(InputError, match="cannot be written"):
        found.write(tmp_path / "nowhere" / "run.csv")


def test_importing_the_simulation_does_not_load_the_compiler():
    import subprocess
    import sys

    code = "import sys, simulation; sys.exit(any(m in sys.modules for m in ('numba', 'mesa', 'xarray')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
