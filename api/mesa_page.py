"""Serves the Mesa page of `simulation/mesa_app.py`, without a request to any other machine.

    python -m api.mesa_page [ACCOUNT...] [--store DIR|URI|demo] [--port 8765]

Solara would load its scripts from a CDN, ask a home page whether the browser works, and count its users:
all three are switched off before it is imported. The scripts come from the package `solara-assets`.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

from api.bootstrap import workspace
from graph.errors import DiamondError, InputError
from simulation import warm_up
from simulation.mesa_controls import Choice, offer

HOST = "127.0.0.1"
PORT = 8765
NOWHERE = "http://127.0.0.1:9/"  # asked for a script that is not installed: nobody answers
SETTINGS = {
    "SOLARA_APP": "simulation.mesa_app",
    "SOLARA_MODE": "production",  # in development it frames a page of its makers
    "SOLARA_CHECK_HOOKS": "off",  # it reads Mesa's source and warns
    "SOLARA_THEME_TITLE": "Diamond",
    "SOLARA_THEME_SHOW_BANNER": "False",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_ASSETS_PROXY": "True",
    "SOLARA_ASSETS_CDN": NOWHERE,
}
ASSETS = Path(sys.prefix) / "share" / "solara" / "cdn"


def check_extra() -> None:
    """Refuse where the extra is not installed, or where its scripts are not.

    Raises
    ------
    InputError
        Says how to install it.
    """
    missing = [name for name in ("solara", "matplotlib", "altair") if importlib.util.find_spec(name) is None]
    if missing or not ASSETS.is_dir():
        raise InputError("The page needs the extra mesa-viz; install it with: pip install -e '.[mesa-viz]'")


def read_choices(names: Sequence[str], store: str | None) -> dict[str, Choice]:
    """Read the accounts of the page, all of the store where none is named.

    Raises
    ------
    InputError
        There is no such account, or none at all.
    """
    with workspace(store) as work:
        accounts = [work.account(name) for name in names] if names else work.portfolio()
        choices = {f"{one.name} ({one.id})": Choice(one, work.partners(one)) for one in accounts}
    if not choices:
        raise InputError("There is no account to play; import one first.")
    return choices


def serve(choices: Mapping[str, Choice], port: int) -> None:
    """Serve the page until it is stopped."""
    os.environ.update(SETTINGS)
    offer(choices)
    warnings.filterwarnings(
        "ignore", message="Cookies with samesite=none"
    )  # there is no https on this machine
    warm_up()  # nobody waits for the compiler with the page open
    import uvicorn
    from solara.server.starlette import app

    print(f"http://{HOST}:{port}", flush=True)
    # Open pages do not keep it from ending.
    uvicorn.run(app, host=HOST, port=port, log_level="warning", timeout_graceful_shutdown=5)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve, and return the exit code of `diamond`, with one sentence where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m api.mesa_page", description=__doc__.splitlines()[0])
    parser.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="id or unique name; all by default")
    parser.add_argument("--store", help="a data folder, an address, or demo")
    parser.add_argument("--port", type=int, default=PORT)
    given = parser.parse_args(arguments)
    try:
        check_extra()
        serve(read_choices(given.accounts, given.store), given.port)
    except DiamondError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
