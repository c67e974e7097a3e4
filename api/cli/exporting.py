"""The command that writes an account for other tools: export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api import exchange, verbs
from api.cli.files import write_file
from api.cli.opening import opened
from api.cli.options import AccountName, AsOf, Json, Quiet, StoreOption
from api.cli.output import nothing
from graph.errors import InputError


def export(
    account: AccountName,
    out: Annotated[Path, typer.Option(metavar="FILE.graphml", help="Where to write it.")],
    as_of: AsOf = None,
    store: StoreOption = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the account's people, ties and lines for Gephi, NetworkX and others."""
    kind = out.suffix.lower()
    if kind not in exchange.EXPORTS:
        raise InputError(f"--out {out}: an account is exported as {' or '.join(exchange.EXPORTS)}.")
    with opened(store, json, quiet) as (work, output):
        write_file(out, exchange.export(work, account, kind, as_of))
        output.show(verbs.written(work, account, out, as_of), nothing)
        output.wrote(out)
