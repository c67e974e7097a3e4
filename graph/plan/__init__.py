"""The lobbying plan: which of ours meets which of theirs, in which form and month.

`outlook` says what contact is worth at the horizon, `forms` how an action reaches several, `settled` what is
pinned and forbidden, `program` what may be planned and what it is worth, `highs` writes that as rows and
columns, `choose` solves it, `settle` breaks ties, `ways` finds introductions and ways to opponents,
`schedule` the months, `days` the days, `relax` what stands in the way of hard wishes, `telling` and `reasons`
put it into words, `propose` puts it together, for several accounts over `together`. `weighing` asks what else
could be done, `files` writes a plan down, `after` looks at it from a later day.
"""

from graph.plan.after import strengths_after, upcoming
from graph.plan.days import due_on, month_of
from graph.plan.files import plan_csv, plan_ics
from graph.plan.model import (
    Action,
    ActionStatus,
    Approach,
    Ban,
    Guest,
    Pin,
    Plan,
    PlanLimits,
    Relaxation,
    Standing,
    Together,
)
from graph.plan.propose import objective_of, propose, propose_together
from graph.plan.weighing import Instead, More, next_best, one_more

__all__ = [
    "Action",
    "ActionStatus",
    "Approach",
    "Ban",
    "Guest",
    "Instead",
    "More",
    "Pin",
    "Plan",
    "PlanLimits",
    "Relaxation",
    "Standing",
    "Together",
    "due_on",
    "month_of",
    "next_best",
    "objective_of",
    "one_more",
    "plan_csv",
    "plan_ics",
    "propose",
    "propose_together",
    "strengths_after",
    "upcoming",
]
