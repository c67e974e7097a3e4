"""Who may speak to the local app: programs of this machine, and pages that it served itself.

The app answers on a loopback address without a log-in, so every page open in the user's browser could
try to use it: by a form or image that points here, or under a foreign name whose DNS record was changed to
127.0.0.1 (DNS rebinding). Each request is therefore judged by the host it names and by where the browser
says it comes from. Programs other than browsers send neither of those headers and pass.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem_response
from graph.errors import NotPermitted

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

POLICY = {
    "content-security-policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def check_host(host: str) -> None:
    """Refuse to serve on an address that other machines can reach.

    Raises
    ------
    NotPermitted
        The host is none of `LOOPBACK`.
    """
    if host.strip("[]") not in LOOPBACK:
        raise NotPermitted(
            f"Diamond serves on this machine only, not on {host}: there are no user log-ins yet, so anybody "
            f"on the network could read the accounts. Leave --host out, or say {', '.join(LOOPBACK)}."
        )


class LocalOnly:
    """Middleware that refuses foreign hosts and foreign pages, and sends the policy with every answer.

    Parameters
    ----------
    app
        What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in POLICY.items():
                    headers.setdefault(name, value)
                # What the app says of people is never left behind in a cache.
                headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            judge(scope)
        except NotPermitted as error:
            await problem_response(error)(scope, receive, send_with_policy)
            return
        await self.app(scope, receive, send_with_policy)


def judge(scope: Scope) -> None:
    """Let a request pass or refuse it.

    Raises
    ------
    NotPermitted
        It names another host, or comes from a page of another origin.
    """
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not _is_here(hosts[0], scope):
        raise NotPermitted(
            f"This app answers to {', '.join(_names(scope))} only, and the request asked for "
            f"{', '.join(hosts) or 'no host'}."
        )
    origin = headers.get("origin")
    if origin is not None and origin != f"{scope['scheme']}://{hosts[0]}":
        raise NotPermitted(f"The request comes from a page of {origin}, and only the app's own pages may.")
    site = headers.get("sec-fetch-site", "none")
    if site not in ("same-origin", "none") and not _is_visit(scope, headers):
        raise NotPermitted("The request comes from a page of another site, and only the app's own pages may.")


def _names(scope: Scope) -> list[str]:
    _, port = scope["server"]
    suffix = "" if port in (None, 80) else f":{port}"
    return [f"127.0.0.1{suffix}", f"localhost{suffix}", f"[::1]{suffix}"]


def _is_here(host: str, scope: Scope) -> bool:
    return host.lower() in _names(scope)


def _is_visit(scope: Scope, headers: Headers) -> bool:
    """Tell whether somebody follows a link from elsewhere to one of the pages."""
    return (
        scope["method"] in SAFE_METHODS
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )
