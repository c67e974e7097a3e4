import re
from html.parser import HTMLParser
from importlib.metadata import version
from itertools import pairwise
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from graph.account import Person
from simulation import Scenario, answer, hours_curve, simulate, strategies_for
from simulation.answer import CALIBRATION
from simulation.causes import find_causes
from simulation.scenario import HoursCut, Leaves, PricePressure
from simulation.wording import of_futures
from tests.unit.accounts import acme
from visualisation.figures import money
from visualisation.report import report_html
from visualisation.report_figures import spaced

HOSTILE = "<script>window.ran = 1</script> & 'Co' \" {{7*7}} \x00\x08"
NAMES = ("do_nothing", "single_threaded", "function_matching", "diamond")


def run(one=None, scenario=None, **settings):
    one = one or acme()
    settings = {"replicates": 40, "months": 24, "threads": 1, **settings}
    return simulate(one, scenario or Scenario(), strategies_for(one, names=NAMES), **settings)


LEAVES = Scenario("Bea leaves", None, (Leaves(6, "buyer"),), {"turnover_theirs": 0.25})


@pytest.fixture(scope="module")
def made():
    found = run(scenario=LEAVES)
    curve = hours_curve(acme(), LEAVES, found.strategies, factors=(0.5, 1.0, 2.0), replicates=20, months=24)
    return found, report_html(found, answer(found, curve, threads=1), causes=find_causes(found, threads=1))


def tree(page):
    """Return the page as XML: every tag closed, every attribute quoted, nothing that XML forbids."""
    return ElementTree.fromstring(page.removeprefix("<!doctype html>\n"))


def words(page):
    return re.sub(r"\s+", " ", " ".join(tree(page).find("body").itertext()))


def cells(page, section):
    """Return the table of a section: one dict for each row, by column."""
    found = next(one for one in tree(page).iter("section") if one.find("h2").text == section)
    return {
        "".join(row.find("th").itertext()).strip(): {
            cell.get("data-label"): [text.strip() for text in cell.itertext() if text.strip()]
            for cell in row.iter("td")
        }
        for row in found.find("table").find("tbody")
    }


def thousands(value):
    return f"{value / 1000.0:,.0f}".replace(",", "\u202f").replace("-", "−")


def test_the_page_is_well_formed(made):
    _, page = made
    titles = [one.find("h2").text for one in tree(page).iter("section")]
    assert titles == [
        "How it goes on",
        "The ranking, and how sure it is",
        "What it costs against quiet years",
        "With fewer hours, and with more",
        "Why this is the order",
        "Which assumptions matter most, and where the ranking flips",
        "How this was made",
    ]
    assert len(set(titles)) == len(titles)


def test_the_page_refers_to_nothing_outside(made):
    _, page = made
    bare = page.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|//[a-z]|url\(|@import|<script|<link|<iframe|<img|srcset|\bon\w+=", bare)

    class Addresses(HTMLParser):
        found = ()

        def handle_starttag(self, tag, attributes):
            self.found += tuple(
                name for name, _ in attributes if name in ("src", "href", "xlink:href", "data")
            )

    reader = Addresses()
    reader.feed(page)
    assert reader.found == ()


def test_question_and_answer_stand_first(made):
    found, page = made
    head = tree(page).find("body/main/header")
    assert head.find("h1").text == "What if Bea leaves in month 6?"
    answers = [one.text for one in head.findall("p[@class='answer']")]
    verdict = answer(found, threads=1).verdict
    assert answers[: len(verdict.sentences)] == spaced(verdict.sentences)
    assert answers[0].startswith(f"“{verdict.best.replace('_', ' ')}” earns most")
    assert "loses the account least, which is what the leaving threatens" in answers[1]


def test_the_ranking_has_the_numbers_of_the_document(made):
    found, page = made
    document = found.document()
    rows = cells(page, "The ranking, and how sure it is")
    assert list(rows) == [name.replace("_", " ") for name in found.ranking()]
    results = {one["name"]: one["results"] for one in document["strategies"]}
    compared = {
        (one["a"], one["b"]): one for one in document["comparisons"] if one["measure"] == "margin_total"
    }
    order = found.ranking()
    for place, name in enumerate(order):
        row, result = rows[name.replace("_", " ")], results[name]
        profit = result["margin_total"]
        assert row["Profit in all (thousand)"] == [
            thousands(profit["mean"]),
            f"{thousands(profit['ci_low'])}\u00a0…\u00a0{thousands(profit['ci_high'])}",
        ]
        assert row["Worst 5 %"] == [thousands(profit["worst_5_percent"])]
        assert row["Revenue in all (thousand)"][0] == thousands(result["revenue_total"]["mean"])
        assert row["Account lost"][0] == f"{100 * result['account_lost']['mean']:.1f}\u00a0%"
        assert row["Hours spent"][0] == f"{result['hours_spent']['mean']:,.0f}".replace(",", "\u202f")
        if place + 1 < len(order):
            after = order[place + 1]
            forth, back = compared.get((name, after)), compared.get((after, name))
            ahead = forth["difference"] if forth else -back["difference"]
            better = forth["p_a_better"] if forth else 1.0 - back["p_a_better"]
            assert row["Ahead of the next"][0] == thousands(ahead)
            assert row["Ahead of the next"][-1].startswith(of_futures(better))
            sure = "not settled" if (name, after) in found.unsettled() else "settled"
            assert row["Ahead of the next"][-1].endswith(f", {sure}")


def test_charts_end_where_the_document_ends(made):
    found, page = made
    section = next(one for one in tree(page).iter("section") if one.find("h2").text == "How it goes on")
    svg = "{http://www.w3.org/2000/svg}"
    figures = {one.find("figcaption").text.strip(): one.find(f"{svg}svg") for one in section.iter("figure")}
    assert set(figures) == {"Access", "Account still ours", "Revenue a year", "Profit a year"}
    shown = {one["name"]: one["series"] for one in found.document()["strategies"]}
    chosen = {*found.ranking()[:2], "do_nothing"}
    for title, series, scale in (("Access", "access", 100.0), ("Revenue a year", "revenue", 0.001)):
        bold = [one.text for one in figures[title].iter(f"{svg}text") if one.get("font-weight") == "600"]
        ends = {f"{scale * shown[name][series]['mean'][-1]:.0f}" for name in chosen}
        assert ends <= set(bold)
        assert "1" in bold  # the event's number


def test_a_name_is_text_wherever_it_stands():
    hostile = acme(
        name=HOSTILE,
        id=HOSTILE,
        theirs=tuple(
            Person(one.id, HOSTILE, "acme", function=one.function, level=one.level, role=one.role)
            for one in acme().theirs
        ),
    )
    scenario = Scenario(
        HOSTILE, None, (Leaves(6, "buyer"), HoursCut(7, "acme", 0.5), PricePressure(9, "acme", 5, 3))
    )
    found = run(hostile, scenario, replicates=5)
    page = report_html(found, answer(found, threads=1))
    assert "<script" not in page
    assert "\x00" not in page and "\x08" not in page
    assert "<script>window.ran = 1</script>" in words(page)
    assert "49" not in words(page).split("How it goes on")[0]


def test_causes_are_told_with_their_numbers(made):
    found, page = made
    told = find_causes(found, threads=1).sentences
    assert len(told) >= 2
    for sentence in told:
        assert re.sub(r"\s+", " ", sentence) in words(page)


def test_without_a_sensitivity_analysis_the_page_says_how_to_get_one(made):
    assert "diamond sensitivity acme" in words(made[1])


def analysis(**values):
    one = SimpleNamespace(
        name="decay_scale",
        description="multiplies the decay of ties",
        unit="1",
        default=1.0,
        low=0.5,
        high=2.0,
        mu_star=61_234.0,
        flips_at=1.37,
        flips_ci=(1.2, 1.5),
        flips_from="diamond",
        flips_to="function_matching",
    )
    still = SimpleNamespace(**{**vars(one), "name": "s_new", "mu_star": 10.0, "flips_at": None, **values})
    return SimpleNamespace(parameters=(one, still), sentences=("Decay decides: 12,345 <b>.",), replicates=30)


def test_assumptions_and_where_the_ranking_flips():
    found = run(replicates=10)
    page = report_html(found, answer(found, threads=1), sensitivity=analysis())
    rows = cells(page, "Which assumptions matter most, and where the ranking flips")
    first = rows[next(name for name in rows if name.startswith("decay_scale"))]
    assert first["Where another is best"] == ["“function matching” is best above 1.37 [1.2\u00a0…\u00a01.5]"]
    assert first["Moves the lead by"] == ["61.2\u00a0k"]
    assert rows[next(name for name in rows if name.startswith("s_new"))]["Where another is best"] == [
        "no change within its range"
    ]
    assert "Decay decides: 12 345 <b>." in words(page)


def test_an_assumption_that_flips_is_shown_however_weak_it_is():
    found = run(replicates=10)
    asked = analysis()
    many = [SimpleNamespace(**{**vars(asked.parameters[1]), "name": f"p{i}"}) for i in range(20)]
    weak = SimpleNamespace(**{**vars(asked.parameters[0]), "name": "weak", "mu_star": 0.1})
    asked.parameters = (*many, weak)
    rows = cells(
        report_html(found, answer(found, threads=1), sensitivity=asked),
        "Which assumptions matter most, and where the ranking flips",
    )
    assert len(rows) == 7
    assert any(name.startswith("weak") for name in rows)


def test_what_was_changed_is_named_and_whence(made):
    _, page = made
    rows = cells(page, "How this was made")
    assert rows == {
        "turnover_theirs": {
            "Used": ["0.25 a year"],
            "Default": ["0.2 a year"],
            "Why": ["set by the scenario"],
        }
    }
    assert CALIBRATION in words(page)
    for fact in ("As of 31 Jan 2026", "Seed 1", "Horizon 24 months", f"Diamond {version('diamond-kam')}"):
        assert fact in words(page)


def test_a_value_from_the_users_own_data_is_told_apart(made):
    found, _ = made
    estimated = SimpleNamespace(parameter="turnover_theirs.level3", value=0.25, method="gamma prior")
    page = report_html(found, answer(found, threads=1), estimated=[estimated], notes=["Mind <this>."])
    why = {name: row["Why"] for name, row in cells(page, "How this was made").items()}
    assert why.pop("turnover_theirs.level3") == ["estimated from your data: gamma prior"]
    assert set(map(tuple, why.values())) == {("set by the scenario",)}
    assert len(why) == 5
    assert "Mind <this>." in words(page)


def test_overlapping_intervals_are_said():
    found = run(replicates=8, scenario=LEAVES)
    page = words(report_html(found, answer(found, threads=1)))
    told = {
        settled: (re.search(rf"Intervals overlap, {start}[^.]*\.", page) or [""])[0]
        for settled, start in ((False, "and"), (True, "yet"))
    }
    overlapping = 0
    for name, after in pairwise(found.ranking()):
        one, other = found.estimate("margin_total", name), found.estimate("margin_total", after)
        pair = f"“{name.replace('_', ' ')}” and “{after.replace('_', ' ')}”"
        overlaps, settled = one.ci_low <= other.ci_high, (name, after) not in found.unsettled()
        overlapping += overlaps
        assert (pair in told[settled]) is overlaps
        assert pair not in told[not settled]
    assert overlapping


def test_an_index_is_called_one_and_ranked_by_loss():
    found = run(acme(revenue=None, margin=None), replicates=5)
    page = report_html(found, answer(found, threads=1))
    assert "Amounts are an index" in words(page)
    assert "Profit" not in words(page)
    rows = cells(page, "The ranking, and how sure it is")
    assert list(rows) == [name.replace("_", " ") for name in found.ranking("account_lost")]
    assert "Revenue in all (index)" in next(iter(rows.values()))


def test_what_the_events_cost_stands_in_a_table(made):
    found, page = made
    rows = cells(page, "What it costs against quiet years")
    costs = {cost.strategy.replace("_", " "): cost for cost in answer(found, threads=1).costs}
    assert list(rows) == [name.replace("_", " ") for name in found.ranking()]
    for name, row in rows.items():
        assert row["Revenue"][0] == f"−{money(-costs[name].revenue.mean)}"
        assert row["Chance of loss (points)"][0] == f"+{100 * costs[name].loss.mean:.1f}"


def test_sections_say_from_how_many_futures_they_are(made):
    _, page = made
    text = words(page)
    assert "by profit in all, with the same hours for each, from 40 futures" in text.lower()
    assert "From 20 futures." in text
    assert "turned off in turn, with them and in quiet years, in 40 futures" in text


def test_where_the_ranking_flips_stands_at_the_top():
    found = run(replicates=10)
    page = report_html(found, answer(found, threads=1), sensitivity=analysis())
    head = " ".join(tree(page).find("body/main/header").itertext())
    assert "flips most easily with decay_scale (multiplies the decay of ties)" in head
    assert "above 1.37, where 1 is assumed, “function matching” is best" in head
    still = analysis()
    still.parameters = still.parameters[1:]
    page = report_html(found, answer(found, threads=1), sensitivity=still)
    assert "No single assumption" in " ".join(tree(page).find("body/main/header").itertext())


def test_nobody_to_work_with_is_not_ranked():
    found = run(
        acme(theirs=(), ties=()), Scenario("falls", None, (PricePressure(3, "acme", 5, 3),)), replicates=5
    )
    page = report_html(found, answer(found, threads=1))
    titles = [one.find("h2").text for one in tree(page).iter("section")]
    assert "The strategies side by side" in titles
    assert not any("ranking" in title for title in titles)
    assert "nobody to multi-thread with yet" in words(page)
    assert "earns most" not in words(page)


def test_few_replicates_strategies_and_months_still_make_a_page():
    one = acme(theirs=(), ties=())
    found = simulate(
        one, Scenario(), strategies_for(one, names=["do_nothing"]), replicates=1, months=1, threads=1
    )
    page = report_html(found, answer(found, threads=1))
    assert "nan" not in words(page).lower().split()
    assert "do nothing" in words(page)


def test_the_same_run_makes_the_same_page():
    pages = {report_html(found, answer(found, threads=1)) for found in (run(replicates=5), run(replicates=5))}
    assert len(pages) == 1
