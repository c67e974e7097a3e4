import re
from datetime import date
from html.parser import HTMLParser
from importlib.metadata import version
from itertools import pairwise
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from graph.account import Account, Person, Tie
from simulation import Scenario, answer, hours_curve, simulate, strategies_for
from simulation.answer import CALIBRATION
from simulation.causes import find_causes
from simulation.scenario import HoursCut, Leaves, PricePressure
from visualisation.plots import Line, line_chart, ticks, whisker
from visualisation.report import report_html

HOSTILE = "<script>window.ran = 1</script> & 'Co' \" {{7*7}} \x00\x08"
NAMES = ("do_nothing", "single_threaded", "function_matching", "diamond")


def account(**values):
    ours = (
        Person("kam", "Kai", "us", function="commercial", level=3, time_capacity=20.0),
        Person("cto", "Cat", "us", function="technical", level=2, time_capacity=10.0),
    )
    theirs = (
        Person("buyer", "Bea", "acme", function="purchasing", level=3, role="decision_maker"),
        Person("eng", "Ed", "acme", function="technical", level=3, role="evaluator"),
        Person("fin", "Fay", "acme", function="finance", level=2),
    )
    return Account(
        **{
            "id": "acme",
            "name": "Acme",
            "as_of": date(2026, 1, 31),
            "ours": ours,
            "theirs": theirs,
            "ties": (Tie("kam", "buyer", 0.6), Tie("cto", "eng", 0.8)),
            "revenue": 500_000.0,
            "margin": 0.3,
            **values,
        }
    )


def run(one=None, scenario=None, **settings):
    one = one or account()
    settings = {"replicates": 40, "months": 24, "threads": 1, **settings}
    return simulate(one, scenario or Scenario(), strategies_for(one, names=NAMES), **settings)


LEAVES = Scenario("Bea leaves", None, (Leaves(6, "buyer"),), {"turnover_theirs": 0.25})


@pytest.fixture(scope="module")
def made():
    found = run(scenario=LEAVES)
    curve = hours_curve(
        account(), LEAVES, found.strategies, factors=(0.5, 1.0, 2.0), replicates=20, months=24
    )
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
    first, second = (one.text for one in head.findall("p[@class='answer']"))
    best, after = found.ranking()[:2]
    over = found.compare(best, after, "margin_total")
    assert first.startswith(f"“{best.replace('_', ' ')}” earns most")
    assert f"more than “{after.replace('_', ' ')}”" in first
    assert f"{over.p_a_better:.0%}".replace("%", "\u00a0%") in first
    settled = (best, after) not in found.unsettled()
    assert first.endswith("that order is settled." if settled else "that order is not settled.")
    lost = found.estimate("account_lost", best).mean
    assert f"{100 * lost:.1f}\u00a0%" in second
    assert "if nothing is done" in second


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
            assert f"better in {100 * better:.0f}\u00a0%" in row["Ahead of the next"][-1]
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
    hostile = account(
        name=HOSTILE,
        id=HOSTILE,
        theirs=tuple(
            Person(one.id, HOSTILE, "acme", function=one.function, level=one.level, role=one.role)
            for one in account().theirs
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
        assert re.sub(r"(?<=\d),(?=\d{3})", " ", sentence) in words(page)


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
    return SimpleNamespace(parameters=(one, still), sentences=("Decay decides: 12,345 <b>.",))


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


def test_an_index_is_called_one():
    found = run(account(revenue=None, margin=None), replicates=5)
    page = words(report_html(found, answer(found, threads=1)))
    assert "Amounts are an index" in page
    assert "Profit in all (index)" in page
    assert "index points" in page


def test_few_replicates_strategies_and_months_still_make_a_page():
    one = account(theirs=(), ties=())
    found = simulate(
        one, Scenario(), strategies_for(one, names=["do_nothing"]), replicates=1, months=1, threads=1
    )
    page = report_html(found, answer(found, threads=1))
    assert "nan" not in words(page).lower().split()
    assert "do nothing" in words(page)


def test_the_same_run_makes_the_same_page():
    pages = {report_html(found, answer(found, threads=1)) for found in (run(replicates=5), run(replicates=5))}
    assert len(pages) == 1


# Charts


def test_ticks_are_round_and_hold_the_values():
    assert ticks(0.0, 0.83) == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert ticks(0.0, 8667.0) == [0.0, 2500.0, 5000.0, 7500.0, 10000.0]
    assert ticks(0.0, 0.0) == [0.0, 0.25]
    assert ticks(-30.0, 70.0)[0] <= -30.0


def test_a_point_stands_where_its_value_is():
    drawn = line_chart(
        [Line("diamond", [0, 1], [0.0, 50.0], [0.0, 40.0], [0.0, 60.0], "50")],
        label="Access",
        across=[(0.0, "0"), (1.0, "1")],
        across_name="month",
        text="{:.0f}".format,
        top=100.0,
    )
    root = ElementTree.fromstring(drawn)
    paths = [one.get("d") for one in root.iter("{http://www.w3.org/2000/svg}path")]
    course = next(path for path in paths if re.fullmatch(r"M[\d. ]+L[\d. ]+", path))
    (x0, y0), (x1, y1) = (tuple(map(float, point.split())) for point in course[1:].split("L"))
    grid = {
        float(re.match(r"M[\d.]+ ([\d.]+)H", path)[1]) for path in paths if re.match(r"M[\d.]+ [\d.]+H", path)
    }
    assert y0 == max(grid)  # nothing, on the axis
    assert x1 > x0
    up = ticks(0.0, 60.0)
    assert y1 == pytest.approx(y0 - (y0 - min(grid)) * 50.0 / up[-1], abs=0.1)


def test_endings_never_overlap_and_stay_in_the_chart():
    lines = [Line("diamond", [0, 1], [1.0, 1.0], ending="1.0")]
    lines += [
        Line(f"other{i}", [0, 1], [1.0, value], ending=str(value))
        for i, value in enumerate((0.0, 0.01, 0.02))
    ]
    drawn = line_chart(lines, label="x", across=[(0.0, "0"), (1.0, "1")], across_name="m", text="{:g}".format)
    root = ElementTree.fromstring(drawn)
    places = sorted(
        float(one.get("y"))
        for one in root.iter("{http://www.w3.org/2000/svg}text")
        if one.get("font-weight") == "600"
    )
    assert len(places) == 4
    assert all(after - before >= 11.0 for before, after in pairwise(places))
    assert places[-1] <= 190.0


def test_a_whisker_shows_mean_interval_and_worst_cases():
    found = SimpleNamespace(mean=50.0, ci_low=40.0, ci_high=60.0)
    drawn = whisker("diamond", found, 10.0, 0.0, 100.0, "<Profit>")
    root = ElementTree.fromstring(drawn)
    at = [float(one.get("cx")) for one in root.iter("{http://www.w3.org/2000/svg}circle")]
    assert at == sorted(at)
    assert at[1] == pytest.approx(95.0)
    assert root.get("aria-label") == "<Profit>"
    nothing = SimpleNamespace(mean=None, ci_low=None, ci_high=None)
    assert "circle" not in whisker("diamond", nothing, None, 0.0, 0.0, "x")
