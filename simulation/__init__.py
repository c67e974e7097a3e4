"""The simulation: what happens to an account if people leave, which strategy is best then, and how sure.

account + scenario + strategies -> arrays (`assembly`) -> months (`kernel`, by `rules` and `draws`)
-> results and comparison -> answer. Nothing here reads the store, and numba is imported by the first run.
"""

from simulation.answer import Answer, answer
from simulation.hours import HoursCurve, hours_curve
from simulation.results import Simulation
from simulation.run import simulate, warm_up
from simulation.scenario import Scenario, leaving_scenario
from simulation.scenario_file import load_scenario
from simulation.strategies import (
    PlannedAction,
    Strategy,
    plan_strategy,
    strategies_for,
)
from simulation.strategy_file import load_strategies

__all__ = [
    "Answer",
    "HoursCurve",
    "PlannedAction",
    "Scenario",
    "Simulation",
    "Strategy",
    "answer",
    "hours_curve",
    "leaving_scenario",
    "load_scenario",
    "load_strategies",
    "plan_strategy",
    "simulate",
    "strategies_for",
    "warm_up",
]
