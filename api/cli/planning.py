"""The commands that propose who should meet whom, and that keep what became of it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api import plans
from api.cli import planned
from api.cli.files import write_file
from api.cli.opening import opened
from api.cli.options import AccountName, AsOf, Json, Quiet, Seed, StoreOption, Threads, day
from api.document import to_json
from graph.errors import InputError

WHOM = "person,stakeholder,kind,month"


class Wish(StrEnum):
    """A hard wish."""

    two_threads = "two-threads"


class Verb(StrEnum):
    """What can be said of an action."""

    done = "done"
    start = "start"
    drop = "drop"
    reopen = "reopen"
    pin = "pin"
    unpin = "unpin"
    change = "change"


def plan(
    accounts: Annotated[
        list[str] | None,
        typer.Argument(metavar="ACCOUNT...", help="Ids, or unique names; several share people."),
    ] = None,
    portfolio: Annotated[bool, typer.Option("--portfolio", help="All accounts together.")] = False,
    budget: Annotated[float | None, typer.Option(help="Most that all actions may cost.")] = None,
    hours: Annotated[float | None, typer.Option(help="Cap per person and month, in hours.")] = None,
    months: Annotated[int, typer.Option(help="Length of the plan.")] = 12,
    gap: Annotated[float, typer.Option(help="Relative gap up to which the plan is proved.")] = 0.001,
    target_gap: Annotated[float | None, typer.Option(help="The weighted gap must fall to this.")] = None,
    require: Annotated[Wish | None, typer.Option(help="Two threads for every decision maker.")] = None,
    least_gain: Annotated[
        float | None, typer.Option(help="What an action must close for each hour of work; the policy's.")
    ] = None,
    pin: Annotated[
        list[str] | None, typer.Option(metavar=WHOM, help="An action that the plan must have.")
    ] = None,
    forbid: Annotated[
        list[str] | None,
        typer.Option(metavar=f"{WHOM[:6]}[,…]", help="What it must not have, as a whole or in part."),
    ] = None,
    instead: Annotated[
        list[str] | None,
        typer.Option(metavar=f"{WHOM[:6]}[,…]", help="Solve again without this; say what changes."),
    ] = None,
    more: Annotated[bool, typer.Option("--more", help="What one more hour or coin would buy.")] = False,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="What the simulation makes of it, beside the other strategies.")
    ] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE.csv|.ics|.json", help="Write the plan.")] = None,
    save: Annotated[bool, typer.Option("--save", help="Keep the plan in the graph.")] = False,
    seed: Seed = 1,
    threads: Threads = None,
    as_of: AsOf = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Propose who should meet whom, when and how: proved best within people's hours."""
    from graph.plan import PlanLimits, plan_csv, plan_ics

    if out is not None and out.suffix.lower() not in (".csv", ".ics", ".json"):
        raise InputError(f"--out {out}: a plan is written as .csv, .ics or .json.")
    if portfolio == bool(accounts):
        raise InputError("Name one account or several, or all of them by --portfolio.")
    names = accounts or []
    several = portfolio or len(names) > 1
    if several and (instead or more or simulate):
        raise InputError("--instead, --more and --simulate look at one account.")
    limits = PlanLimits(
        budget=budget,
        hours=hours,
        months=months,
        gap=gap,
        target_gap=target_gap,
        two_threads=require is Wish.two_threads,
        least_gain=least_gain,
    )
    pins, bans = pin or [], forbid or []
    with opened(store, json, quiet) as (work, output):
        if several:
            many = plans.plan_together(
                work, None if portfolio else names, limits, pins=pins, bans=bans, save=save, as_of=as_of
            )
            status, found, document = many.body.status, many.body.plans, to_json(many)
            show = partial(output.show, many, planned.together)
        else:
            with output.progress() as progress:
                one = plans.plan(
                    work,
                    names[0],
                    limits,
                    pins=pins,
                    bans=bans,
                    instead=instead or [],
                    more=more,
                    simulate=simulate,
                    save=save,
                    as_of=as_of,
                    seed=seed,
                    threads=threads,
                    progress=progress,
                )
            status, found, document = one.body.status, (one.body,), to_json(one)
            show = partial(output.show, one, planned.full_plan)
        if out is not None:
            kind = out.suffix.lower()
            if kind == ".csv":
                write_file(out, plan_csv(*found).encode("utf-8-sig"))
            elif kind == ".ics":
                write_file(out, plan_ics(*found))
            else:
                write_file(out, document.encode())
        # The file first: who shows only the head of a long plan wants all of it there.
        show()
        if out is not None:
            output.wrote(out)
    if status == "infeasible":
        raise typer.Exit(1)


def actions(
    account: AccountName,
    verb: Annotated[Verb | None, typer.Argument(help="What became of an action, else the list.")] = None,
    action: Annotated[str | None, typer.Argument(metavar="ID", help="The first letters are enough.")] = None,
    on: Annotated[
        date | None, typer.Option("--on", metavar="DATE", parser=day, help="The day it was done; today.")
    ] = None,
    minutes: Annotated[float | None, typer.Option(help="How long it took.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="PERSON", help="Who of ours does it.")] = None,
    due: Annotated[
        date | None, typer.Option("--due", metavar="DATE", parser=day, help="Another day for it.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.csv|.ics", help="Write the saved plan as it stands.")
    ] = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List the actions of the saved plan, or say what became of one; a done one becomes a touchpoint."""
    if (verb is None) != (action is None):
        raise InputError("Say what became of which action: diamond actions ACCOUNT done ID.")
    if out is not None and (verb is not None or out.suffix.lower() not in (".csv", ".ics")):
        raise InputError(f"--out {out}: the list of actions is written, as .csv or .ics.")
    with opened(store, json, quiet) as (work, output):
        if verb is None or action is None:
            output.show(plans.actions(work, account), planned.undertaken)
            if out is not None:
                write_file(out, plans.actions_file(work, account, out.suffix.lower()))
                output.wrote(out)
        else:
            found = plans.act(work, account, verb.value, action, on=on, minutes=minutes, owner=owner, due=due)
            output.show(found, planned.undertaken)
