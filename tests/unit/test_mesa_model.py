"""The model as a `mesa.Model`: what Mesa offers works, and the numbers are the kernel's."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from fixtures.generator import generate_account, generate_ecosystem
from graph.errors import InputError
from simulation import Scenario, simulate, strategies_for
from simulation.assembly import assemble
from simulation.mesa_model import Colleague, Distributor, Ecosystem, EndCustomer, Organisation, Stakeholder
from simulation.scenario import GoDirect, RivalLaunch, Takeover
from simulation.state import ALL_SERIES, SERIES

MONTHS = 12
NAMES = ("do_nothing", "distributor_first", "conflict_averse")


def distributor():
    return generate_account(4, ours=4, theirs=6, distributors=2, end_customers=6)


def scenario(account):
    customers = tuple(one.id for one in account.channel.end_customers)
    return Scenario(
        "a hard year",
        MONTHS,
        (
            RivalLaunch(2, account.id, "rival"),
            GoDirect(3, account.id, customers),
            Takeover(9, account.id, "rival"),
        ),
    )


@pytest.fixture
def model():
    account = distributor()
    assembly = assemble(account, scenario(account), strategies_for(account, names=NAMES), MONTHS)
    return Ecosystem(assembly, strategy=1, seed=3)


def test_both_engines_give_the_same_document():
    account = distributor()
    documents = []
    for engine in ("kernel", "mesa"):
        run = simulate(
            account,
            scenario(account),
            strategies_for(account, names=NAMES),
            replicates=6,
            months=MONTHS,
            engine=engine,
        )
        document = run.document()
        assert document.pop("engine") == engine
        documents.append(document)
    assert documents[0] == documents[1]
    assert "share_of_mind" in documents[0]["strategies"][0]["series"]


def test_the_collector_keeps_every_series_of_the_kernel(model):
    while model.running:
        model.step()
    collected = model.datacollector.get_model_vars_dataframe()
    assert tuple(collected.columns) == ALL_SERIES
    assert len(collected) == MONTHS + 1
    account = distributor()
    run = simulate(
        account,
        scenario(account),
        strategies_for(account, names=NAMES),
        replicates=1,
        months=MONTHS,
        seed=3,
    )
    for name in ALL_SERIES:
        assert np.array_equal(collected[name].to_numpy(), run.series(name)[1, 0]), name


def test_without_distributors_there_are_none_and_no_series_of_theirs():
    account = generate_account(4, ours=3, theirs=5)
    model = Ecosystem(assemble(account, Scenario(), strategies_for(account, names=["diamond"]), 2))
    assert set(model.agents_by_type) == {Organisation, Stakeholder, Colleague}
    assert tuple(model.datacollector.get_model_vars_dataframe().columns) == SERIES


def test_agents_by_type_select_agg_and_groupby(model):
    for _ in range(4):
        model.step()
    assert {kind: len(agents) for kind, agents in model.agents_by_type.items()} == {
        Organisation: 1,
        Stakeholder: 6,
        Colleague: 4,
        Distributor: 1,
        EndCustomer: 6,
    }
    people = model.agents_by_type[Stakeholder]
    present = people.select(lambda person: person.present)
    assert present.agg("coverage", max) == max(model.state.coverage[model.state.present == 1])
    assert people.groupby("present").count().get(True, 0) == len(present)
    offers = model.agents_by_type[EndCustomer].groupby("offer")
    assert offers.count()["open"] >= 3
    assert model.agents_by_type[Distributor].agg("share_of_mind", min) > 0.0
    (account,) = model.agents_by_type[Organisation]
    assert account.is_account
    assert account.people == list(people)
    assert account.survival == model.state.now[0, SERIES.index("survival")]
    assert account.access == model.state.now[0, SERIES.index("access")]
    assert 0.0 <= account.shock <= 1.0


def test_distributors_and_end_customers_show_what_happens_to_them(model):
    account = model.assembly.world.accounts[0].id
    taken = model.agents_by_type[Distributor].select(lambda one: one.id == account)[0]
    while model.month < 8:
        model.step()
    rival = taken.effort["rival"]
    assert sum(taken.effort.values()) == pytest.approx(1.0)
    assert taken.effort["ours"] == taken.share_of_mind
    assert 0.0 < taken.trust <= 1.0
    assert taken.conflict > 0.0
    assert 0.0 <= taken.transparency <= 1.0
    assert 0.0 <= taken.knowledge <= 1.0
    assert taken.markup > 0.0
    before = taken.trust
    model.step()
    assert taken.trust < 0.1 * before
    assert taken.effort["rival"] > rival
    customers = model.agents_by_type[EndCustomer]
    sellers = {"direct", "rival", *model.assembly.business.distributors}
    assert all(customer.choices and set(customer.choices) <= sellers for customer in customers)
    assert sum(len(customer.choices) for customer in customers) == model.state.last.size
    assert {customer.id for customer in customers if customer.known} == {
        name
        for name, known in zip(model.assembly.business.customers, model.state.known, strict=True)
        if known
    }


def test_partners_are_organisations_beside_the_account():
    everybody = generate_ecosystem(2, accounts=0, distributors=2, end_customers=3, ours=3, theirs=4)
    account = next(one for one in everybody if "end_customer" in one.kinds)
    sellers = {one.id for one in account.channel.distributors}
    partners = [one for one in everybody if one.id in sellers]
    assembly = assemble(account, Scenario(), strategies_for(account, names=NAMES), 3, partners=partners)
    organisations = Ecosystem(assembly).agents_by_type[Organisation]
    assert [one.id for one in organisations] == [account.id, *sorted(sellers)]
    assert [one.is_account for one in organisations] == [True, *(False for _ in sellers)]
    assert organisations[1].survival is organisations[1].shock is None
    assert [len(one.people) for one in organisations] == [4] * (1 + len(sellers))


def test_a_step_after_the_horizon_is_refused(model):
    while model.running:
        model.step()
    assert model.steps == model.month == model.months == MONTHS
    with pytest.raises(InputError, match="The run has 12 months; there is no month 13"):
        model.step()


def test_the_example_of_the_documentation_runs():
    page = (Path(__file__).parents[2] / "docs" / "mesa.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    found = {}
    exec(example, found)
    assert len(found["series"]) == 37
    assert found["series"].columns.to_list() == list(ALL_SERIES)
    assert 0.0 <= found["weakest"] <= 1.0
    assert all(0.0 <= share <= 1.0 for share in found["focus"])
    assert sum(found["offers"].values()) == len(found["account"].channel.end_customers)
