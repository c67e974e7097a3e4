"""The team's own policy tables: the option that every reading command takes, and commands for the folder."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from api import policies
from api.cli.options import Json, Quiet
from api.cli.output import Output, table, text
from api.policies import PolicyChecked, PolicyExported
from api.settings import load_settings, policy_chosen
from api.workspace import Result

PolicyOption = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        metavar="DIR",
        help="Your own policy tables; also DIAMOND_POLICY. See diamond policy.",
    ),
]

policy = typer.Typer(help="Policy tables of your own.", no_args_is_help=True, rich_markup_mode=None)


def with_policy(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with the option `--policy`, which beats the environment."""
    signature = inspect.signature(command, eval_str=True)

    @functools.wraps(command)
    def run(*arguments: Any, policy: Path | None = None, **options: Any) -> None:
        with policy_chosen(policy):
            command(*arguments, **options)

    chosen = inspect.Parameter(
        "policy", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=PolicyOption
    )
    taken = {**signature.parameters, "policy": chosen}
    run.__signature__ = signature.replace(parameters=list(taken.values()))  # type: ignore[attr-defined]
    run.__annotations__ = {name: one.annotation for name, one in taken.items()}
    return run


@policy.command("export")
def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where to write them; nothing is overwritten.")
    ],
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the shipped tables to a folder, to be edited there."""
    Output(json=json, quiet=quiet).show(policies.export(folder), _exported)


@policy.command("check")
def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The folder; else that of the settings.")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read the tables of a folder, and say what is wrong with them, else which are in use."""
    Output(json=json, quiet=quiet).show(policies.check(folder or load_settings().policy), _checked)


def _exported(console: Console, result: Result[PolicyExported]) -> None:
    found = result.body
    console.print(f"{len(found.tables)} tables in {text(found.policy)}. Edit them, then")
    console.print(f"  diamond policy check {text(found.policy)}", soft_wrap=True)
    console.print(f"  diamond gaps --policy {text(found.policy)}", soft_wrap=True)


def _checked(console: Console, result: Result[PolicyChecked]) -> None:
    made = table("Table", "Rows", "In use", right=("Rows",))
    for one in result.body.tables:
        said = "yours" if one.changed else "yours, as shipped" if one.own else "shipped"
        made.add_row(one.table, f"{one.rows:,}", said)
    console.print(made)
    console.print(f"Nothing is wrong with the policy tables of {text(result.body.policy)}.", soft_wrap=True)
