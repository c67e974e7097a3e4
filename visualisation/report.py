"""One page for a manager: the question, the answer, how sure it is, and what it hangs on.

The page is one file: style and charts stand in it, and it asks nothing of any host, so that it can be sent,
kept and printed. Its numbers are those of the run's document, its verdict that of terminal and pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from markupsafe import Markup

from simulation.answer import CALIBRATION, Answer, after_verdict
from simulation.causes import Causes
from simulation.costs import subject
from simulation.hours import HoursCurve
from simulation.results import Simulation
from simulation.verdict import IDLE, Verdict
from visualisation.charts import strategy_name
from visualisation.figures import count, day, figure
from visualisation.plots import key
from visualisation.questions import happenings, question
from visualisation.report_assumptions import assumption, assumptions_shown, changed, flip
from visualisation.report_charts import fans, hours_charts
from visualisation.report_figures import Amounts, spaced
from visualisation.report_tables import channel, cost_table, overlap, ranking
from visualisation.templating import report_environment

if TYPE_CHECKING:
    from simulation.estimation.model import Estimated
    from simulation.sensitivity import Sensitivity


def report_html(
    run: Simulation,
    answer: Answer,
    *,
    causes: Causes | None = None,
    sensitivity: Sensitivity | None = None,
    curve: HoursCurve | None = None,
    estimated: Sequence[Estimated] = (),
    notes: Sequence[str] = (),
) -> str:
    """Return the report of a run as one HTML page that needs nothing else.

    Parameters
    ----------
    causes
        Why the ranking is another than in quiet years; left out of the page without it.
    sensitivity
        Which assumptions decide; without it the page says which command tells.
    curve
        Over hours; the answer's own by default.
    estimated
        Parameters whose values come from the user's own data.
    notes
        What else to know before trusting the numbers, beside the run's own warnings.
    """
    document = run.document()
    amounts, verdict = Amounts(run), answer.verdict
    order = run.ranking() if verdict.best is not None else run.names
    chosen = _chosen(verdict, order)
    curve = curve or answer.curve
    ranked = ranking(run, document, answer, amounts)
    values = {
        "account": run.account.name,
        "question": question(run, document["events"]),
        "happenings": happenings(run, document["events"]),
        "answer": spaced(verdict.sentences),
        "hangs": spaced(_hangs(causes, curve, sensitivity)),
        "besides": spaced(after_verdict(replace(answer, curve=None), run)),
        "amounts": amounts.said,
        "futures": count(run.replicates, "future", "futures"),
        "chosen": [(strategy_name(name), Markup(key(name)), place) for name, place in chosen.items()],
        "fans": list(fans(run, document, list(chosen), amounts)),
        "ranking": ranked,
        "overlap": overlap(run, order) if ranked["ranked"] else [],
        "costs": cost_table(run, answer, order, amounts),
        "costs_of": f"{subject(run)[0]} {'change' if subject(run)[2] else 'changes'}",
        "channel": channel(run, order, amounts),
        "hours": hours_charts(curve, run.names, amounts) if curve is not None else [],
        "keys": [(strategy_name(name), Markup(key(name, marked=True))) for name in order],
        "hours_from": curve.futures() if curve is not None else "",
        "causes": spaced(causes.sentences) if causes is not None else [],
        "causes_from": count(causes.replicates, "future", "futures") if causes is not None else "",
        "assumptions": [assumption(one, sensitivity) for one in assumptions_shown(sensitivity)]
        if sensitivity is not None
        else [],
        "assumptions_said": spaced(sensitivity.sentences) if sensitivity is not None else [],
        "assumptions_from": count(sensitivity.replicates, "future", "futures")
        if sensitivity is not None
        else "",
        "command": f"diamond sensitivity {run.account.id}",
        "changed": changed(run, estimated),
        "calibration": CALIBRATION,
        "warnings": spaced([*notes, *run.warnings]),
        "facts": _facts(run),
    }
    return report_environment().get_template("report.html").render(values)


def _chosen(verdict: Verdict, order: Sequence[str]) -> dict[str, str]:
    """Return the strategies that are drawn, each with why."""
    if verdict.best is None or verdict.safest is None:
        return dict.fromkeys([name for name in order if name in (IDLE, "diamond")] or order[:2], "")
    best = "earns most" if verdict.measure != "account_lost" else "loses the account least"
    found = {verdict.best: best}
    if verdict.safest != verdict.best:
        found[verdict.safest] = "loses the account least"
    for name, place in ((order[1] if len(order) > 1 else None, "next"), (IDLE, "for comparison")):
        if name in order and name not in found:
            found[str(name)] = place
    return found


def _hangs(causes: Causes | None, curve: HoursCurve | None, sensitivity: Sensitivity | None) -> Iterator[str]:
    """Yield what turns the ranking round: the events, hours, and the assumption nearest to doing so."""
    if causes is not None and causes.differs:
        yield f"Without these events “{strategy_name(causes.quiet_best)}” would be best."
    if curve is not None:
        yield curve.sentence()
    if sensitivity is not None:
        yield flip(sensitivity)


def _facts(run: Simulation) -> list[tuple[str, str]]:
    return [
        ("As of", day(run.account.as_of)),
        ("Scenario", run.scenario.name),
        ("Horizon", count(run.months, "month", "months")),
        ("Futures of each strategy", figure(run.replicates, 0)),
        ("Seed", str(run.seed)),
        ("Diamond", version("diamond-kam")),
    ]
