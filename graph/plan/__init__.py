"""The lobbying plan: which of ours meets which of theirs, in which form and month.

`outlook` says what contact is worth at the horizon, `program` what may be planned and what it is worth,
`highs` writes that as rows and columns, `choose` solves it, `settle` breaks ties, `schedule` finds the
months, `days` the days, `relax` what stands in the way of hard wishes, `propose` puts it together, `files`
writes it down, `after` looks at it from a later day.
"""

from graph.plan.after import strengths_after, upcoming
from graph.plan.days import due_on, month_of
from graph.plan.files import plan_csv, plan_ics
from graph.plan.model import Action, Plan, PlanLimits, Relaxation
from graph.plan.propose import objective_of, propose

__all__ = [
    "Action",
    "Plan",
    "PlanLimits",
    "Relaxation",
    "due_on",
    "month_of",
    "objective_of",
    "plan_csv",
    "plan_ics",
    "propose",
    "strengths_after",
    "upcoming",
]
