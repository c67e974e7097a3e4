"""The commands, gathered from their files."""

from __future__ import annotations

import typer

from api.cli import (
    data,
    demo,
    engine,
    estimating,
    imports,
    measuring,
    people,
    planning,
    portfolio,
    sensing,
    simulating,
)

app = typer.Typer(
    name="diamond",
    help="Is an account a Diabolo or a Diamond, what if the buyer leaves, and whom to meet next?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command("demo")(demo.demo)
app.command("serve")(demo.serve)
app.command("import")(data.import_)
app.add_typer(imports.imports, name="imports")
app.add_typer(people.people, name="people")
app.command("accounts")(measuring.accounts)
app.command("account")(measuring.account)
app.command("map")(measuring.map_)
app.command("ropi")(measuring.ropi)
app.command("gaps")(measuring.gaps)
app.command("without")(measuring.without)
app.command("plan")(planning.plan)
app.command("simulate")(simulating.simulate)
app.command("portfolio")(portfolio.portfolio)
app.command("sensitivity")(sensing.sensitivity)
app.command("estimate")(estimating.estimate)
app.command("query")(data.query)
app.command("bolt")(engine.bolt)
app.add_typer(engine.engine, name="engine")
app.command("check")(data.check)
