"""Commands that show it all: demo and serve."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api import foresight, verbs
from api.cli import planned, prospects, tables
from api.cli.opening import opened
from api.cli.options import Json, Quiet, StoreOption
from api.cli.output import Output, nothing, stdout, text
from api.workspace import Result, Workspace
from graph.account import Account
from graph.errors import InputError
from graph.measures import measure
from graph.profile import AccountSummary

if TYPE_CHECKING:
    from graph.plan import Plan

Host = Annotated[str, typer.Option("--host", help="Loopback only, until users can log in.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes any free port.")]

LEAVING_MONTH = 6
FIRST_ACTIONS = 5


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Serve the browser app on this machine."""
    from api.http import serve_app
    from api.security import check_host

    check_host(host)
    with opened(store, json, quiet, create=True) as (work, output):
        serve_app(work, host, port, say=output.say)


def demo(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="End after the printed answers.")] = False,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show a Diabolo beside a Diamond, ask what if the buyer leaves, and propose whom to meet."""
    from api.http import serve_app
    from api.security import check_host

    check_host(host)
    steps = _Steps(Output(json=json, quiet=quiet))
    own = store is None and not os.environ.get("NEO4J_URI")
    begun = time.perf_counter()
    with opened("demo" if own else store, json, quiet, create=True) as (work, output):
        steps.done("Neo4j runs", time.perf_counter() - begun)
        with steps.step("the four sample accounts are loaded"):
            _load_samples(work, afresh=own or store == "demo")
        with steps.step("the portfolio is measured"):
            portfolio = verbs.accounts(work)
        steps.show(portfolio, tables.accounts)
        steps.show(portfolio, tables.shapes)
        account, buyer = _most_fragile(work)
        with steps.step(
            f"{foresight.REPLICATES:,} futures for each strategy and level of hours are simulated"
        ):
            answer = foresight.simulate(work, account.id, leaves=[buyer], leaving_months=[LEAVING_MONTH])
        steps.show(answer, prospects.simulation)
        with steps.step("a plan is proved best"):
            plan = verbs.plan(work, account.id)
        steps.show(plan, lambda console, result: planned.plan(console, result, first=FIRST_ACTIONS))
        steps.end()
        if json:
            output.show(
                verbs.told(Answers(portfolio.body.accounts, answer.body, plan.body, steps.seconds)),
                nothing,
            )
        if not no_serve:
            serve_app(work, host, port, say=output.say)


@dataclass(frozen=True)
class Answers:
    """What the demo answers, and how long each step took in seconds."""

    accounts: tuple[AccountSummary, ...]
    what_if: foresight.WhatIf
    plan: Plan
    seconds: Mapping[str, float]


@dataclass
class _Steps:
    """The steps of the demo, each printed with the seconds it took."""

    output: Output
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.done(what, time.perf_counter() - begun)

    def done(self, what: str, seconds: float) -> None:
        self.seconds[what] = round(seconds, 2)
        if not self.output.json:
            stdout().print(f"[green]✔[/] {text(what)} [dim]({seconds:.1f} s)[/]")

    def show(self, result: Result[Any], render: Any) -> None:
        if not self.output.json:
            console = stdout()
            console.print()
            render(console, result)
            console.print()

    def end(self) -> None:
        if not self.output.json:
            stdout().print(f"[dim]All in all {sum(self.seconds.values()):.1f} s.[/]")


def _load_samples(work: Workspace, *, afresh: bool) -> None:
    """Put the samples in: afresh into the demo's own store, else only into an empty one."""
    from fixtures.samples import sample_files

    if afresh:
        work.store.write("MATCH (n) WHERE NOT n:SchemaVersion DETACH DELETE n", timeout=0)
    elif work.store.read("MATCH (n) WHERE NOT n:SchemaVersion RETURN n LIMIT 1"):
        raise InputError(
            "This store is not empty, and the demo would mix its samples into your data: "
            "run diamond demo without --store and NEO4J_URI, or name an empty store."
        )
    with tempfile.TemporaryDirectory() as folder:
        verbs.import_(work, sample_files(Path(folder), work.today))


def _most_fragile(work: Workspace) -> tuple[Account, str]:
    """Return the account that hangs most on one of theirs, and who that is."""
    found = [measure(account) for account in work.portfolio()]
    risks = [
        (measures.loss_of[person.id], measures.account, person.id)
        for measures in found
        for person in measures.account.theirs
        if not person.placeholder
    ]
    if not risks:
        raise InputError("The samples hold nobody of a customer, so there is nobody who could leave.")
    _, account, buyer = max(risks, key=lambda risk: (risk[0], risk[1].id, risk[2]))
    return account, buyer
