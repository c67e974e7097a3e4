"""A page that plays one future of an account month by month: the Mesa model in `SolaraViz`.

Needs the extra `mesa-viz`. `api/mesa_page.py` reads the accounts from a store and serves the page, without a
request to any other machine.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import solara
from matplotlib.figure import Figure
from mesa.visualization import SolaraViz, make_plot_component

from simulation.mesa_controls import controls, first_played, offered
from simulation.mesa_model import Distributor, Ecosystem, Stakeholder
from simulation.state import CHANNEL_SERIES

AREA = 400.0  # of a person of weight 1, in square points

Component = Callable[[Ecosystem], Any]


def people(model: Ecosystem) -> Any:
    """Draw who is in post: how well we cover them, what they think of us, and their weight as the area."""
    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    present = [person for person in model.agents_by_type.get(Stakeholder, ()) if person.present]
    axes.scatter(
        [person.coverage for person in present],
        [person.orientation for person in present],
        [AREA * person.seat.weight for person in present],
        alpha=0.6,
    )
    axes.axhline(0.0, linewidth=0.5, color="grey")
    axes.set(xlim=(-0.05, 1.05), ylim=(-1.05, 1.05), xlabel="coverage", ylabel="orientation")
    axes.set_title(f"People in post, month {model.month}")
    return solara.FigureMatplotlib(figure)


def distributors(model: Ecosystem) -> Any:
    """Draw share of mind, trust, transparency and conflict of each distributor."""
    names = ("share_of_mind", "trust", "transparency", "conflict")
    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    ticks = range(len(names))
    shown = list(model.agents_by_type[Distributor])
    for number, one in enumerate(shown):
        at = [tick + 0.8 * (number + 0.5) / len(shown) - 0.4 for tick in ticks]
        axes.bar(at, [getattr(one, name) for name in names], 0.8 / len(shown), label=one.id)
    axes.set_xticks(list(ticks), [name.replace("_", " ") for name in names])
    axes.set_ylim(0.0, 1.0)
    axes.set_title(f"Distributors, month {model.month}")
    axes.legend()
    return solara.FigureMatplotlib(figure)


def components(model: Ecosystem) -> list[tuple[Component, int]]:
    """Return what the page draws: series and people; with distributors a second page for them."""
    plot = partial(make_plot_component, backend="matplotlib")
    shown: list[tuple[Component, int]] = [
        plot({"access": "tab:blue", "coverage": "tab:cyan", "survival": "tab:red"}),
        (people, 0),
        plot({"revenue": "tab:green", "margin": "tab:olive"}),
        plot({"threads": "tab:purple"}),
    ]
    if model.assembly.series[-1] in CHANNEL_SERIES:
        curves = {"share_of_mind": "tab:blue", "conflict": "tab:red", "transparency": "tab:green"}
        shown += [plot(curves, page=1), (distributors, 1)]
    return shown


def _play(account: str) -> None:
    model = solara.use_memo(lambda: first_played(account), [account])
    SolaraViz(model, components=components(model), model_params=controls(account), name=account)


def _page() -> None:
    names = offered()
    chosen, choose = solara.use_state(names[0] if names else "")
    if not names:
        solara.Error("No account is offered. Start the page with: python -m api.mesa_page")
        return
    with solara.Sidebar():
        solara.Select("Account", value=chosen, values=names, on_value=choose)
    Play(chosen).key(chosen)


Play = solara.component(_play)
Page = solara.component(_page)
