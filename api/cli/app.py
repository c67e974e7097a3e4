"""The commands, gathered from their files."""

from __future__ import annotations

import typer

from api.cli import (
    data,
    demo,
    engine,
    estimating,
    exporting,
    gaps,
    imports,
    measuring,
    people,
    planning,
    policies,
    portfolio,
    sensing,
    simulating,
)
from api.cli.policies import with_policy

app = typer.Typer(
    name="diamond",
    help="Is an account a Diabolo or a Diamond, what if the buyer leaves, and whom to meet next?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command("demo")(with_policy(demo.demo))
app.command("serve")(with_policy(demo.serve))
app.command("import")(with_policy(data.import_))
app.add_typer(imports.imports, name="imports")
app.add_typer(people.people, name="people")
app.command("accounts")(with_policy(measuring.accounts))
app.command("account")(with_policy(measuring.account))
app.command("map")(with_policy(measuring.map_))
app.command("export")(with_policy(exporting.export))
app.command("ropi")(with_policy(measuring.ropi))
app.command("gaps")(with_policy(gaps.gaps))
app.command("without")(with_policy(measuring.without))
app.command("plan")(with_policy(planning.plan))
app.command("actions")(with_policy(planning.actions))
app.command("simulate")(with_policy(simulating.simulate))
app.command("portfolio")(with_policy(portfolio.portfolio))
app.command("sensitivity")(with_policy(sensing.sensitivity))
app.command("estimate")(with_policy(estimating.estimate))
app.command("query")(with_policy(data.query))
app.command("bolt")(engine.bolt)
app.add_typer(engine.engine, name="engine")
app.command("check")(with_policy(data.check))
app.add_typer(policies.policy, name="policy")
