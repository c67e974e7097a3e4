"""Commands that measure and draw: accounts, account, map, ropi, gaps, without."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api import verbs
from api.cli import leaving, tables
from api.cli.files import write_file
from api.cli.opening import opened
from api.cli.options import AccountName, AsOf, Json, Quiet, StoreOption
from api.cli.output import nothing
from graph.errors import InputError


class Relation(StrEnum):
    """A network in which people hang together."""

    all = "all"
    engages = "engages"
    reports_to = "reports_to"
    influences = "influences"


class State(StrEnum):
    """Which state of an account a map shows."""

    now = "now"
    target = "target"


def accounts(as_of: AsOf = None, store: StoreOption = None, json: Json = False, quiet: Quiet = False) -> None:
    """The portfolio: shape, connectivity, single points of failure, gaps, staleness."""
    with opened(store, json, quiet) as (work, output):
        output.show(verbs.accounts(work, as_of), tables.accounts)


def account(
    account: AccountName,
    as_of: AsOf = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """One account's profile."""
    with opened(store, json, quiet) as (work, output):
        output.show(verbs.account(work, account, as_of), tables.account)


def ropi(
    account: AccountName,
    as_of: AsOf = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The stakeholder table: role, orientation, proximity, influence."""
    with opened(store, json, quiet) as (work, output):
        output.show(verbs.ropi(work, account, as_of), tables.ropi)


def without(
    account: AccountName,
    persons: Annotated[list[str], typer.Argument(metavar="PERSON...", help="Who leaves.")],
    relation: Annotated[Relation, typer.Option(help="Which network falls apart.")] = Relation.engages,
    as_of: AsOf = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """What falls apart, on paper, if these people leave (no simulation)."""
    with opened(store, json, quiet) as (work, output):
        output.show(verbs.without_people(work, account, persons, relation.value, as_of), leaving.without)


def map_(
    account: AccountName,
    out: Annotated[Path, typer.Option(metavar="FILE.svg|.png|.html", help="Where to write the map.")],
    state: Annotated[State, typer.Option(help="As it is, or as the plan would make it.")] = State.now,
    without: Annotated[
        list[str] | None, typer.Option(metavar="PERSON", help="Draw the account without this person.")
    ] = None,
    as_of: AsOf = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Draw the map: Diabolo or Diamond."""
    kind = out.suffix.lower()
    if kind not in (".svg", ".png", ".html"):
        raise InputError(f"--out {out}: a map is written as .svg, .png or .html.")
    if kind == ".html" and (without or state is State.target):
        raise InputError(
            "The .html network shows the account as it is; --state and --without take .svg or .png."
        )
    with opened(store, json, quiet) as (work, output):
        if kind == ".html":
            data = verbs.network(work, account, as_of).encode()
        else:
            svg = verbs.draw(work, account, state=state.value, gone=without or (), as_of=as_of)
            if kind == ".png":
                from visualisation.png import png

                data = png(svg)
            else:
                data = svg.encode()
        write_file(out, data)
        output.show(verbs.written(work, account, out, as_of), nothing)
        output.wrote(out)
