"""Errors over HTTP: problem details (RFC 9457) for programs, one sentence for readers of a page."""

from __future__ import annotations

import http
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.document import problem, to_json
from graph.errors import DiamondError, Fault, InputError, Unexpected
from simulation.reading import shown

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("diamond.http")


class ProblemFault(BaseModel):
    """One wrong place of a request or file."""

    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    message: str = ""


class ProblemCandidate(BaseModel):
    """One of several that a name could have meant."""

    id: str
    name: str


class Problem(BaseModel):
    """What went wrong: the document that every endpoint sends instead of its own."""

    type: str = Field(examples=["about:blank#unknown-name"])
    title: str
    status: int
    detail: str = Field(description="One sentence: what, where, and what would be right.")
    errors: list[ProblemFault]
    candidates: list[ProblemCandidate]


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": words, "content": {MEDIA_TYPE: {}}}
    for status, words in (
        (403, "Not permitted: another host or a foreign page"),
        (422, "Wrong input: an unknown name, a value that is not possible"),
        (503, "The store cannot be reached"),
    )
}


class HttpFault(DiamondError):
    """A request that no endpoint takes, with the status that HTTP has for it."""

    kind = "http"

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status  # type: ignore[misc]
        self.title = http.HTTPStatus(status).phrase  # type: ignore[misc]


def answer(result: Any, status: int = 200) -> Response:
    """Return a result object as its JSON document."""
    return Response(to_json(result), status_code=status, media_type="application/json")


def problem_response(error: DiamondError, headers: dict[str, str] | None = None) -> Response:
    """Return an error as `application/problem+json`."""
    return Response(
        json.dumps(problem(error), allow_nan=False),
        status_code=error.status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def as_error(error: Exception, request: Request) -> DiamondError:
    """Return any exception of a request as one of our errors."""
    if isinstance(error, DiamondError):
        return error
    if isinstance(error, RequestValidationError):
        return _wrong_input(error)
    if isinstance(error, HTTPException):
        return HttpFault(error.status_code, _said(error, request))
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return Unexpected(
        f"The program failed at {request.method} {request.url.path}; the log of the server says where."
    )


Page = Callable[[Request, DiamondError], Response]


def error_response(error: Exception, request: Request, page: Page) -> Response:
    """Answer an error: as a document under /api, else as a page."""
    fault = as_error(error, request)
    if request.url.path.startswith("/api/"):
        headers = error.headers if isinstance(error, HTTPException) else None
        return problem_response(fault, dict(headers) if headers else None)
    return page(request, fault)


class Unbroken:
    """Middleware that answers where the program fails, instead of breaking the connection off.

    Parameters
    ----------
    page
        Returns the page of an error.
    """

    def __init__(self, app: ASGIApp, page: Page) -> None:
        self.app = app
        self.page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = False

        async def note_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, note_start)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            await error_response(error, Request(scope), self.page)(scope, receive, send)


def handle_errors(app: FastAPI, page: Page) -> None:
    """Answer every error of an app in its shape."""

    async def answer(request: Request, error: Exception) -> Response:
        return error_response(error, request, page)

    for kind in (DiamondError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer)
    app.add_middleware(Unbroken, page=page)


def _wrong_input(error: RequestValidationError) -> InputError:
    faults, said = [], []
    for one in error.errors():
        place, value, message = _place(one["loc"]), one.get("input"), _needs(one)
        if one["type"] == "missing":
            value, message = None, "needs to be given"
        told = value if isinstance(value, str | None) else shown(value)
        faults.append(Fault(column=place or None, value=told, message=message))
        what = "nothing" if value is None else shown(value)
        said.append(f"{place or 'The request'} is {what}; it {message}.")
    return InputError(" ".join(said), errors=faults)


def _place(parts: Sequence[str | int]) -> str:
    """Return where a value stands: entries of a list count from 1."""
    found = ""
    for part in parts:
        if isinstance(part, int):
            found += f"[{part + 1}]"
        elif found or part not in ("body", "query", "path"):
            found += f".{part}" if found else part
    return found


def _needs(found: Mapping[str, Any]) -> str:
    """Return what a value needs, as the end of a sentence."""
    if isinstance(found.get("input"), bytes):
        return "needs the content type application/json"
    if found["type"] in ("model_attributes_type", "model_type", "dict_type"):
        return "needs names with values"
    told: str = found["msg"].removeprefix("Value error, ")
    return re.sub(r"^(Input|String|List) should", "should", told).replace(" after validation", "")


def _said(error: HTTPException, request: Request) -> str:
    if error.status_code == http.HTTPStatus.NOT_FOUND:
        return f"There is nothing at {request.url.path}; /api/v1/openapi.json lists what there is."
    if error.status_code == http.HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("allow", "another method")
        return f"{request.url.path} does not take {request.method}, only {allowed}."
    return f"{request.method} {request.url.path}: {error.detail}."
