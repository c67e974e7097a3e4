"""Ids in addresses: any text is one segment of a path, a slash in it too.

A server hands the path on with %2F already turned into a slash, so the account `a/ropi` and the stakeholder
table of `a` would be one. Here each segment is taken from the raw path and only then decoded.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from starlette.convertors import Convertor, register_url_convertor
from starlette.types import ASGIApp, Receive, Scope, Send


def segment(text: str) -> str:
    """Return a text as one segment of an address."""
    return quote(text, safe="")


class SegmentConvertor(Convertor[str]):
    """`{name:segment}` in a route: one segment, decoded."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        """Return the text that a segment stands for."""
        return unquote(value)

    def to_string(self, value: str) -> str:
        """Return the segment of a text."""
        return segment(value)


register_url_convertor("segment", SegmentConvertor())


class WholeSegments:
    """Middleware that lets the routes see each segment with its slashes and percent signs still quoted."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        raw = scope.get("raw_path")
        if scope["type"] == "http" and raw:
            parts = raw.split(b"?")[0].decode("latin-1").split("/")
            path = "/".join(unquote(part).replace("%", "%25").replace("/", "%2F") for part in parts)
            scope = {**scope, "path": path}
        await self.app(scope, receive, send)
