"""The app: the HTTP interface and the pages over one workspace, on this machine only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from api import pages, routes
from api.jobs import Jobs
from api.paths import WholeSegments
from api.problems import handle_errors
from api.security import LocalOnly, require_loopback
from api.settings import Settings
from api.verbs import Workspace

API = "/api/v1"
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
    app.state.settings = settings or Settings()
    app.state.jobs = Jobs()
    app.include_router(routes.router)
    app.include_router(pages.router)
    app.mount("/static", KeptFiles(directory=pages.STATIC), name="static")
    app.mount("/fonts", KeptFiles(directory=pages.FONTS), name="fonts")
    app.add_middleware(WholeSegments)
    handle_errors(app, pages.error_page)
    app.add_middleware(LocalOnly)
    return app
