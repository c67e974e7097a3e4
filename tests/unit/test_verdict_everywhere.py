"""Terminal, page and report give the same verdict on a run, in the same words."""

import io
import re
from datetime import date

import pytest
from rich.console import Console

from api import futures
from api.cli import prospects
from api.foresight import WhatIf
from api.pages import render
from api.workspace import Result
from simulation import Scenario, answer, hours_curve, simulate, strategies_for
from simulation.scenario import HoursCut, Leaves, PricePressure
from tests.unit.accounts import acme, diabolo
from visualisation.report import report_html

NAMES = ("do_nothing", "single_threaded", "function_matching", "diamond")
CASES = {
    "somebody leaves": (diabolo(), Scenario("leaves", None, (Leaves(6, "buyer"),))),
    "the best loses more": (acme(), Scenario("dear", None, (PricePressure(6, "acme", 60.0, 18),))),
    "by loss": (acme(revenue=None, margin=None), Scenario("cut", None, (HoursCut(3, "acme", 0.5),))),
    "nobody": (acme(theirs=(), ties=()), Scenario("cut", None, (HoursCut(3, "acme", 0.5),))),
    "quiet years": (acme(), Scenario()),
}


def plain(text):
    return re.sub(r"[\s\u202f]+", " ", re.sub(r"<[^>]+>", " ", text)).replace("&#34;", '"')


@pytest.mark.parametrize("case", CASES)
def test_all_three_say_the_same(case):
    one, scenario = CASES[case]
    settings = {"replicates": 30, "months": 24, "threads": 1}
    run = simulate(one, scenario, strategies_for(one, names=NAMES), **settings)
    curve = hours_curve(one, scenario, run.strategies, factors=(0.5, 1.0), replicates=10, months=24)
    given = answer(run, curve, threads=1)

    printed = io.StringIO()
    prospects.simulation(Console(file=printed, width=400), Result(date(2026, 1, 31), (), WhatIf(run, given)))
    view = futures.view(run, given)
    page = render("_futures.html", asked=None, report="r", here="h", **view).body.decode()
    report = report_html(run, given)

    terminal, page, report = map(plain, (printed.getvalue(), page, report))
    for sentence in given.verdict.sentences:
        for shown in (terminal, page, report):
            assert plain(sentence) in shown
    assert view["said"][0] == given.verdict.sentences[0]
    named = re.compile(r"“([a-z ]+)” (?:also )?(earns most|loses the account least)")
    claims = [
        {claim for claim in named.findall(shown) if claim[0].replace(" ", "_") in NAMES}
        for shown in (terminal, page, report)
    ]
    assert claims[0] == claims[1] == claims[2]
    rows = [row.name for row in view["rows"] if row.best]
    best = given.verdict.best
    assert rows == ([best.replace("_", " ")] if best else [])
    marked = [row.name for row in view["rows"] if "earns most" in row.chips]
    assert marked == (rows if given.verdict.measure == "margin_total" else [])
    if case == "the best loses more":
        assert given.verdict.safest != best
