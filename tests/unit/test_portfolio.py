"""Many accounts in one run: what couples them, whose hours are divided, what adds up, what is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest
import xarray

from api.cli.portfolio import By, best, group_table
from fixtures.generator import generate_account, generate_ecosystem
from graph.account import Channel, Partner, Sale
from graph.errors import ClusterError, InputError, UnknownName
from simulation import PlannedAction, Scenario, cluster, plan_strategy, simulate, slices, strategies_for
from simulation.coupling import components, divide_hours
from simulation.parameters import resolve_parameters
from simulation.portfolio import simulate_portfolio, simulate_sweep
from simulation.scenario import HoursCut, Leaves
from tests.unit.accounts import account, person

VALUES = resolve_parameters({}, account([], [], {}).policy)
QUICK = {"replicates": 12, "months": 6, "threads": 1}


def lone(count=3, **values):
    return [generate_account(i, ours=3, theirs=5, account_id=f"a{i}", **values) for i in range(count)]


def at(place, ours, theirs, ties, **values):
    return account(ours, theirs, ties, id=place, name=place.upper(), **values)


def parts(*accounts, scenario=None):
    return [[one.id for one in part] for part in components(accounts, scenario or Scenario(), VALUES)]


def sells(*sales):
    return Channel(sales=tuple(Sale(seller, customer, False, 10.0) for seller, customer in sales))


def test_accounts_without_anything_in_common_are_as_alone():
    accounts = lone()
    found = simulate_portfolio(accounts, Scenario(), ["do_nothing", "diamond"], **QUICK)
    assert [len(part.accounts) for part in found.parts] == [1, 1, 1]
    for one in accounts:
        priced = replace(one, revenue=one.revenue or VALUES["revenue_assumed"])
        alone = simulate(priced, Scenario(), strategies_for(one, (), found.names), **QUICK)
        assert found.measures[one.id].keys() == alone.measures.keys()
        for name, values in alone.measures.items():
            assert np.array_equal(found.measures[one.id][name], values), name


def test_who_is_only_listed_couples_nothing():
    """An account lists everybody of its suppliers, most of whom have no business there."""
    x, y = (person(one, function="commercial", level=3) for one in "xy")
    listed = person("z", function="finance", level=1)
    buyers = {place: person(f"{place}-p", function="quality", level=5) for place in "ab"}
    one = at("a", [x, listed], [buyers["a"]], {("x", "a-p"): 0.4})
    other = at("b", [y, listed], [buyers["b"]], {("y", "b-p"): 0.4})
    assert parts(one, other) == [["a"], ["b"]]
    near = replace(buyers["b"], level=1)
    assert parts(one, replace(other, theirs=(near,))) == [["a"], ["b"]]  # a peer here, nobody there
    assert parts(replace(one, theirs=(replace(buyers["a"], level=1),)), replace(other, theirs=(near,))) == [
        ["a", "b"]
    ]


def test_one_of_ours_who_can_be_met_at_both_couples():
    ours = [person("x", function="technical", level=4)]
    one, other = at("a", ours, ["p"], {}), at("b", ours, ["q"], {("x", "q"): 0.4})
    assert parts(one, other) == [["a", "b"]]
    far = at("c", [person("w")], ["r"], {})
    assert parts(far, other, one) == [["a", "b"], ["c"]]


def test_a_share_of_two_teams_couples():
    ours = [person("x", time_capacity=100.0)]
    teams = [at(place, ours, [], {}, share_of_time={"x": 0.2}) for place in "ab"]
    assert parts(*teams) == [["a", "b"]]


def test_distributors_and_end_customers_couple():
    seller = at("d", [], ["p"], {}, kinds=("distributor",), channel=sells(("d", "e"), ("d", "c")))
    buyer = at("e", [], ["q"], {}, kinds=("end_customer",), channel=sells(("d", "e")))
    second = at("f", [], ["r"], {}, kinds=("distributor",), channel=sells(("f", "c"), ("g", "h")))
    apart = at("k", [], ["s"], {}, kinds=("distributor",), channel=sells(("k", "h"), ("z", "c")))
    assert parts(seller, buyer) == [["d", "e"]]
    assert parts(seller, second) == [["d", "f"]]  # they compete for c
    assert parts(second, apart) == [["f"], ["k"]]  # g, z and what they sell are in no account


def test_nobody_has_more_hours_than_there_are():
    ours = [person("x", time_capacity=100.0), person("y", time_capacity=40.0), person("z")]
    one = at("a", ours, ["p"], {("x", "p"): 0.4})
    other = at("b", ours, ["q"], {("z", "q"): 0.4}, share_of_time={"y": 0.3})
    third = at("c", ours, ["r"], {}, share_of_time={"y": 0.9})
    divided = divide_hours((one, other, third))
    hours = {each.id: dict(zip(each.our_index, each.hours, strict=True)) for each in divided}
    assert [hours[place]["x"] for place in "abc"] == [100.0, 0.0, 0.0]  # where the tie is
    assert [hours[place]["y"] for place in "abc"] == pytest.approx([0.0, 10.0, 30.0])  # 12 + 36 in 40
    assert [hours[place]["z"] for place in "abc"] == [0.0, 8.0, 0.0]  # of the policy, once
    assert divide_hours((one,)) == (one,)


def test_results_do_not_depend_on_slices_or_threads(monkeypatch, tmp_path):
    accounts = generate_ecosystem(3, accounts=2, distributors=1, end_customers=4, theirs=4)
    names = ["diamond", "distributor_first"]
    written = []
    for most, threads in ((200, 1), (10, 3)):
        monkeypatch.setattr(slices, "MOST", most)
        found = simulate_portfolio(accounts, Scenario(), names, replicates=35, months=6, threads=threads)
        found.write(tmp_path / f"{most}.nc")
        written.append((tmp_path / f"{most}.nc").read_bytes())
    assert written[0] == written[1]


def test_a_sweep_is_its_runs():
    accounts = lone(2)
    cut = Scenario("cut", events=(HoursCut(2, "a0", 0.5),))
    swept = simulate_sweep(accounts, [Scenario(), cut], ["diamond"], **QUICK)
    for scenario, found in zip((Scenario(), cut), swept, strict=True):
        alone = simulate_portfolio(accounts, scenario, ["diamond"], **QUICK)
        assert np.array_equal(found.measured, alone.measured, equal_nan=True)
        assert np.array_equal(found.totals, alone.totals)
    assert swept[1].measures["a0"]["hours_spent"].mean() < swept[0].measures["a0"]["hours_spent"].mean()


def test_events_fall_where_they_belong():
    accounts = lone(2)
    first, second = accounts[0], accounts[1]
    gone = Leaves(2, second.theirs[0].id)
    cut = HoursCut(1, first.id, 1.0, (first.ours[0].id,))
    quiet, stormy = simulate_sweep(
        accounts, [Scenario(), Scenario("storm", events=(gone, cut))], ["diamond"], **QUICK
    )
    assert (stormy.measures["a1"]["access_end"] <= quiet.measures["a1"]["access_end"]).all()
    assert stormy.measures["a1"]["hours_spent"].sum() != quiet.measures["a1"]["hours_spent"].sum()
    assert stormy.measures["a0"]["hours_spent"].sum() < quiet.measures["a0"]["hours_spent"].sum()
    assert "recovery_months" in stormy.told
    assert "recovery_months" not in quiet.told


def test_groups_add_up_and_are_compared_on_the_same_futures():
    accounts = [
        replace(one, region=region, country="NL")
        for one, region in zip(lone(4), ("South", None, "South", "North"), strict=True)
    ]
    accounts[3] = replace(accounts[3], country=None, region=None)
    found = simulate_portfolio(accounts, Scenario(), ["diamond", "do_nothing"], **QUICK)
    assert [(group.name, group.positions) for group in found.regions] == [
        ("NL", (1,)),
        ("South", (0, 2)),
        ("no region", (3,)),
    ]
    south = found.regions[1]
    by_hand = found.measures["a0"]["margin_total"] + found.measures["a2"]["margin_total"]
    assert np.array_equal(found.sum_of(south, "margin_total"), by_hand)
    compared = found.compare(south, "diamond", "do_nothing", "margin_total")
    assert compared.difference == pytest.approx((by_hand[0] - by_hand[1]).mean())
    spread = (by_hand[0] - by_hand[1]).std(ddof=1) / np.sqrt(12)
    assert compared.ci_high - compared.difference == pytest.approx(2.201 * spread, rel=1e-3)
    assert np.allclose(
        found.totals[0][..., 1:].sum(axis=-1) / 12.0, found.sum_of(found.total, "revenue_total")
    )
    assert np.allclose(found.totals[3][..., -1], found.sum_of(found.total, "accounts_lost"))
    lost = sum(found.drawn[a, 0] > 0.0 for a in range(4))
    assert np.array_equal(found.drawn_sum(found.total, "accounts_lost"), lost)


@pytest.mark.parametrize(
    ("best_in", "said"),
    [
        ("aaa", "It earns most in each of the 3 regions, too."),
        ("aab", "Of the 3 regions, do nothing earns most in 2 and diamond in 1."),
        ("abc", "Of the 3 regions, do nothing earns most in 1, buyer and boss in 1 and diamond in 1."),
        ("bbc", "Of the 3 regions, do nothing earns most in none, diamond in 2 and buyer and boss in 1."),
    ],
)
def test_what_earns_most_over_all_is_told_beside_what_does_in_the_regions(best_in, said):
    names = ["do_nothing", "diamond", "buyer_and_boss"]
    accounts = [replace(one, region=f"R{i}", revenue=1e6) for i, one in enumerate(lone())]
    found = simulate_portfolio(accounts, Scenario(), names, **QUICK)
    m = found.told.index("margin_total")
    noise = np.linspace(0.0, 1.0, 12)
    found.measured[:, m] = noise
    for a, top in enumerate(best_in):
        found.measured[a, m, "abc".index(top)] += 10.0
    found.measured[:, m, 0] += 8.0  # over all it is far ahead, in no region where another is best
    sentence = best(found, found.regions, By.region)
    assert sentence.startswith("Do nothing earns most over all accounts: ")
    assert sentence.endswith(said)
    alike = best(found, found.singles, By.account)
    assert alike.endswith(said.replace("regions", "accounts"))
    assert best(found, found.singles[:1], By.account) == sentence.removesuffix(f" {said}")
    table = group_table(found, found.singles, By.account)
    assert [column.header for column in table.columns][:2] == ["Account", "Earns most"]
    assert table.row_count == 4


def test_an_account_without_revenue_counts_with_what_is_assumed():
    known = replace(lone(1)[0], revenue=3e6, margin=0.2)
    unknown = replace(known, id="b", revenue=None, ours=(), ties=())
    assumed = Scenario(parameters={"revenue_assumed": 5e5})
    found = simulate_portfolio([known, unknown], assumed, ["diamond"], **QUICK)
    month_0 = found.sums[:, found.series.index("revenue"), 0, 0] / 12
    assert month_0 == pytest.approx([3e6, 5e5])
    assert any(unknown.name in one and "500,000" in one for one in found.warnings)


def test_what_an_end_customer_buys_directly_has_the_distributors_price():
    sales = (Sale("d", "c", False, 30.0), Sale("us", "e", True, 10.0), Sale("d", "e", False, 20.0))
    channel = Channel((Partner("d", "D"),), (Partner("c", "C"), Partner("e", "E")), sales)
    seller = at("d", [], ["p"], {}, kinds=("distributor",), channel=channel, revenue=5e5)
    buyer = at("e", [], ["q"], {}, kinds=("end_customer",), channel=channel)
    found = simulate_portfolio([seller, buyer], Scenario(), ["do_nothing"], **QUICK)
    month_0 = found.sums[:, found.series.index("revenue"), 0, 0] / 12
    price = VALUES["p_direct"] * (1.0 + VALUES["markup"])  # wholesale 1: 50 units make the 500,000
    assert month_0 == pytest.approx([5e5, 10.0 * price * 1e4])
    assert any("price of their distributor" in one for one in found.warnings)


def test_plans_of_several_accounts_are_one_strategy():
    ours = [person("x", function="technical", time_capacity=10.0)]
    one, other = at("a", ours, ["p"], {("x", "p"): 0.3}), at("b", ours, ["q"], {("x", "q"): 0.3})
    plans = {
        each.id: plan_strategy(each, [PlannedAction("x", each.theirs[0].id, "meeting", 2)], horizon=3)
        for each in (one, other)
    }
    found = simulate_portfolio([one, other], Scenario(), ["plan"], plans=plans, **QUICK)
    assert [len(part.accounts) for part in found.parts] == [2]
    hours = found.totals[2, 0].mean(axis=0)
    assert hours[1] == hours[3] == 0.0
    assert 0.0 < hours[2] <= 10.0
    assert (found.measures["b"]["hours_spent"] > 0.0).any()
    left_out = simulate_portfolio([one], Scenario(), **QUICK)
    assert "plan" not in left_out.names
    assert any("plan is left out" in one for one in left_out.warnings)
    said = "\n".join(left_out.warnings)
    assert "nothing to recover from" in said
    assert not any(name in said for name in ("margin_total", "do_nothing", "buyer_and_boss"))


def test_the_document_is_plain_and_whole():
    accounts = generate_ecosystem(5, accounts=2, distributors=1, end_customers=4, theirs=4)
    found = simulate_portfolio(accounts, Scenario(), ["diamond", "do_nothing"], **QUICK).document()
    json.dumps(found, allow_nan=False)
    assert sum(found["components"]) == len(accounts)
    assert [one["id"] for one in found["accounts"]] == sorted(one.id for one in accounts)
    assert sorted(name for one in found["regions"] for name in one["accounts"]) == sorted(
        one.id for one in accounts
    )
    key_account = next(one for one in found["accounts"] if one["id"].startswith("a"))
    seller = next(one for one in found["accounts"] if one["id"].startswith("d"))
    assert key_account["strategies"][0]["results"]["share_of_mind_end"]["mean"] is None
    assert seller["strategies"][0]["results"]["share_of_mind_end"]["mean"] > 0.0
    total = found["total"]
    assert {one["measure"] for one in total["comparisons"]} == {
        "revenue_total",
        "margin_total",
        "accounts_lost",
        "hours_spent",
    }
    for strategy in total["strategies"]:
        assert len(strategy["series"]["accounts_lost"]["mean"]) == QUICK["months"] + 1
        result = strategy["results"]["revenue_total"]
        assert result["worst_5_percent"] <= result["ci_low"] <= result["mean"] <= result["ci_high"]


def test_files(tmp_path):
    import pyarrow.csv
    import pyarrow.parquet

    found = simulate_portfolio(lone(2), Scenario(), ["diamond", "do_nothing"], **QUICK)
    for ending in ("nc", "parquet", "csv"):
        found.write(tmp_path / f"p.{ending}")
    with xarray.open_dataset(tmp_path / "p.nc", engine="h5netcdf") as dataset:
        assert dict(dataset.sizes) == {"strategy": 2, "replicate": 12, "account": 2, "month": 7}
        held = dataset["margin_total"].sel(strategy="diamond", account="a1").to_numpy()
        assert np.array_equal(held, found.measures["a1"]["margin_total"][0])
        assert np.array_equal(dataset["total_hours"].to_numpy(), found.totals[2])
        assert np.allclose(dataset["mean_access"].to_numpy()[0, 1], found.sums[1, 0, 0] / 12)
    rows = pyarrow.parquet.read_table(tmp_path / "p.parquet")
    assert rows.num_rows == pyarrow.csv.read_csv(tmp_path / "p.csv").num_rows == 48
    assert rows["margin_total"][24 + 3].as_py() == found.measures["a1"]["margin_total"][0, 3]
    found.accounts = tuple(replace(one, id=f"={one.id}") for one in found.accounts)
    found.write(tmp_path / "p.csv")
    assert set(pyarrow.csv.read_csv(tmp_path / "p.csv")["account"].to_pylist()) == {"'=a0", "'=a1"}
    with pytest.raises(InputError, match=r"\.nc, \.parquet, \.csv"):
        found.write(tmp_path / "p.txt")
    with pytest.raises(InputError, match="cannot be written"):
        found.write(tmp_path / "nowhere" / "p.nc")
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"accounts": []}, InputError, "No account"),
        ({"accounts": ["a0", "a0"]}, InputError, "a0 is given twice"),
        ({"names": ["diamnd"]}, UnknownName, "the nearest is diamond"),
        ({"names": ["distributor_first"]}, InputError, "works through distributors"),
        ({"replicates": 0}, InputError, "replicates is 0"),
        ({"replicates": 10**9}, InputError, r"take .* [GT]B.*at most"),
        ({"threads": 0}, InputError, "threads is 0"),
        ({"months": 0}, InputError, "months is 0"),
        ({"seed": -1}, InputError, "seed is -1"),
        ({"scenario": Scenario(events=(Leaves(9, "x"),))}, InputError, "from 1 to 6"),
    ],
)
def test_what_is_refused(given, error, said):
    by_id = {one.id: one for one in lone(1)}
    accounts = [by_id[one] for one in given.pop("accounts", ["a0"])]
    scenario, names = given.pop("scenario", Scenario()), given.pop("names", ["diamond"])
    with pytest.raises(error, match=said):
        simulate_portfolio(accounts, scenario, names, **{**QUICK, **given})


@pytest.mark.parametrize("address", ["nowhere", "host:", "host:99999", "http://host:1", ":1", "tcp://a:b"])
def test_what_is_no_address(address):
    with pytest.raises(InputError, match="no address of a Dask scheduler"), cluster.connected(address):
        pass


def test_how_many_workers():
    refused = pytest.raises(InputError, match="workers is 0; it needs a whole number from 1")
    with refused, cluster.local_cluster(0):
        pass
    with pytest.raises(InputError, match="not both"):
        cluster.cluster_of(2, "tcp://127.0.0.1:1")
    assert ClusterError.exit_code == 3
