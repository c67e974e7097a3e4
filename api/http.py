"""The app: the HTTP interface and the pages over one workspace, on this machine only."""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from api import (
    gap_routes,
    page_imports,
    page_people,
    page_plan,
    pages,
    people_routes,
    plan_routes,
    portfolios,
    routes,
    sensitivities,
    simulations,
)
from api.jobs import Jobs
from api.paths import WholeSegments
from api.problems import error_response, handle_errors
from api.reading import Proposals
from api.security import LocalOnly, check_host
from api.settings import Settings, load_settings
from api.uploads import LimitedBody, Uploads
from api.workspace import Workspace
from graph.errors import InputError
from graph.progress import Progress

__all__ = ["check_host", "create_app", "serve_app"]

API = "/api/v1"
CLOSING = 2  # s that open connections get when the server ends
DESCRIPTION = (
    "The verbs of the command line over HTTP, with the same documents. Every document has `as_of` and "
    "`warnings`; every error is a problem document (RFC 9457). Ids in a path are quoted, a slash as %2F."
)


class KeptFiles(StaticFiles):
    """Files whose address changes with their content: a browser may keep them for good."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Return a file."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def create_app(workspace: Workspace | Callable[[], Workspace], settings: Settings | None = None) -> FastAPI:
    """Return the app over an open workspace.

    Parameters
    ----------
    workspace
        Itself, or what returns it for each request. Several threads use it at once.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.jobs.close()
        app.state.imports.close()
        app.state.uploads.close()

    app = FastAPI(
        title="Diamond",
        version="1",
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.workspace = workspace if callable(workspace) else lambda: workspace
    app.state.settings = settings or load_settings()
    app.state.refreshing = threading.Lock()
    app.state.jobs = Jobs()
    app.state.proposals = Proposals()
    app.state.imports = Jobs()
    app.state.uploads = Uploads()
    app.include_router(routes.router)
    app.include_router(gap_routes.router)
    app.include_router(plan_routes.router)
    app.include_router(people_routes.router)
    app.include_router(simulations.router)
    app.include_router(sensitivities.router)
    app.include_router(portfolios.router)
    app.include_router(pages.router)
    app.include_router(page_imports.router)
    app.include_router(page_people.router)
    app.include_router(page_plan.router)
    app.mount("/static", KeptFiles(directory=pages.STATIC), name="static")
    app.mount("/fonts", KeptFiles(directory=pages.FONTS), name="fonts")
    app.add_middleware(WholeSegments)
    handle_errors(app, pages.error_page)
    app.add_middleware(
        LimitedBody, page=lambda fault, request: error_response(fault, request, pages.error_page)
    )
    app.add_middleware(LocalOnly)
    return app


def serve_app(
    workspace: Workspace, host: str = "127.0.0.1", port: int = 8000, *, say: Callable[[str], None] = print
) -> None:
    """Serve the app until it is interrupted; the simulation is compiled meanwhile.

    Parameters
    ----------
    port
        0 takes any free one.
    say
        Called with the address.

    Raises
    ------
    NotPermitted
        The host is one that other machines can reach.
    InputError
        The port cannot be had.
    """
    import uvicorn

    check_host(host)
    with _listen(host.strip("[]"), port) as listening:
        chosen = listening.getsockname()[1]
        app = create_app(_following_clock(workspace))
        app.state.jobs.start(_warm_up)
        shown = f"[{host.strip('[]')}]" if ":" in host else host
        say(f"Diamond is at http://{shown}:{chosen} (Ctrl-C ends it)")
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=CLOSING,
        )
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])


def _following_clock(workspace: Workspace) -> Callable[[], Workspace]:
    """Return what moves the workspace on to the next day when midnight passes while the app runs."""

    def current() -> Workspace:
        workspace.today = date.today()
        return workspace

    return current


def _warm_up(progress: Progress) -> None:
    from simulation.run import warm_up

    warm_up(progress)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise InputError(
                f"Port {port} is taken by another program: end that, or say --port 0 for any free one."
            ) from None
        raise InputError(f"The app cannot listen on {host}, port {port}: {error.strerror}.") from None
    return listening
