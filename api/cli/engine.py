"""Commands about the store itself: engine start, stop, status, and bolt."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from api import verbs
from api.cli import tables
from api.cli.opening import opened
from api.cli.options import Json, Quiet, StoreOption
from api.cli.output import Output
from graph.errors import InputError

engine = typer.Typer(help="The self-started Neo4j.", no_args_is_help=True, rich_markup_mode=None)


def folder_of(store: str | None) -> Path:
    """Return the data folder that the store option names; a team's own server has none."""
    from graph.store import resolve_target

    target = resolve_target(store, os.environ)
    if target.folder is None:
        raise InputError(f"{target.address} is a server of your own: diamond neither starts nor stops it.")
    return target.folder


@engine.command("start")
def start(store: StoreOption = None, json: Json = False, quiet: Quiet = False) -> None:
    """Start the server of a data folder; the first time its parts are fetched."""
    from graph.store import engine_status

    folder = folder_of(store)
    with opened(store, json, quiet, create=True) as (_, output):
        output.show(verbs.told(engine_status(folder)), tables.engine)


@engine.command("stop")
def stop(store: StoreOption = None, json: Json = False, quiet: Quiet = False) -> None:
    """Stop the server of a data folder."""
    from graph.store import engine_status, stop_engine

    folder = folder_of(store)
    stop_engine(folder)
    Output(json=json, quiet=quiet).show(verbs.told(engine_status(folder)), tables.engine)


@engine.command("status")
def status(store: StoreOption = None, json: Json = False, quiet: Quiet = False) -> None:
    """Say what runs, where, since when."""
    from graph.store import engine_status

    Output(json=json, quiet=quiet).show(verbs.told(engine_status(folder_of(store))), tables.engine)


def bolt(store: StoreOption = None, json: Json = False, quiet: Quiet = False) -> None:
    """Print address and credentials for Neo4j Browser or any Bolt client: full access to the store."""
    from graph.store import credentials, resolve_target

    with opened(store, json, quiet) as (_, output):
        found = credentials(resolve_target(store, os.environ))
        output.show(verbs.told(found, FULL_ACCESS), tables.bolt)


FULL_ACCESS = "These credentials give full access, writing included; for questions use diamond query."
