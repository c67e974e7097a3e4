"""What the Mesa page plays, without the page."""

from __future__ import annotations

import inspect

import mesa
import pytest

from api import mesa_page
from fixtures.generator import generate_account
from simulation import Scenario, leaving_scenario, simulate, strategies_for
from simulation.mesa_controls import NOBODY, Choice, Played, controls, first_played, offer, offered
from simulation.mesa_model import Distributor

ACCOUNT = generate_account(1, ours=3, theirs=5)
SELLER = generate_account(4, ours=3, theirs=4, distributors=1, end_customers=4, account_id="seller")


@pytest.fixture(autouse=True)
def choices():
    offer({"Key account (account)": Choice(ACCOUNT), "Distributor (seller)": Choice(SELLER)})
    yield
    offer({})


def test_accounts_are_listed_and_replaced():
    assert offered() == ["Distributor (seller)", "Key account (account)"]
    offer({"other": Choice(ACCOUNT)})
    assert offered() == ["other"]


def test_every_control_is_a_keyword_of_the_model():
    names = set(inspect.signature(Played).parameters)
    for account in offered():
        assert set(controls(account)) == names
    assert controls("Key account (account)")["strategy"]["values"] == [
        "do_nothing",
        "single_threaded",
        "buyer_and_boss",
        "function_matching",
        "diamond",
    ]
    assert "distributor_first" in controls("Distributor (seller)")["strategy"]["values"]
    assert len(controls("Key account (account)")["leaves"]["values"]) == 1 + len(ACCOUNT.people)


def test_a_played_future_is_that_of_the_kernel():
    who = ACCOUNT.theirs[0]
    model = Played("Key account (account)", "diamond", f"{who.name} ({who.id})", 3, 8, 5)
    while model.running:
        model.step()
    run = simulate(
        ACCOUNT,
        leaving_scenario(ACCOUNT, [who.id], [3], onto=Scenario()),
        strategies_for(ACCOUNT, names=["diamond"]),
        replicates=1,
        months=8,
        seed=5,
    )
    collected = model.datacollector.get_model_vars_dataframe()
    assert collected["access"].to_list() == run.series("access")[0, 0].tolist()


def test_nobody_leaves_where_nobody_is_named_or_the_month_does_not_come():
    who = ACCOUNT.theirs[0]
    for leaves, month in ((NOBODY, 3), (f"{who.name} ({who.id})", 9)):
        assert not Played("Key account (account)", "diamond", leaves, month, 8).assembly.happenings


def test_the_first_model_has_distributors_where_the_account_has():
    assert Distributor in first_played("Distributor (seller)").agents_by_type
    assert Distributor not in first_played("Key account (account)").agents_by_type


def test_mesa_keeps_no_model_alive():
    before = len(mesa.Agent._ids)
    first_played("Key account (account)")
    assert len(mesa.Agent._ids) == before


def test_without_the_extra_the_page_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(mesa_page.importlib.util, "find_spec", lambda name: None)
    assert mesa_page.main([]) == 2
    assert "pip install -e '.[mesa-viz]'" in capsys.readouterr().err
