"""Who may speak to the app: this machine's programs and its own pages; and how it ends when it fails."""

from __future__ import annotations

import hashlib
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

import visualisation
from api.http import create_app, serve_app
from api.security import POLICY, check_host
from api.workspace import Workspace
from graph.errors import InputError, NotPermitted, StoreError
from graph.policy import load_policy
from tests.api.serving import live

VENDORED = Path(visualisation.__file__).parent / "static" / "vendor"


class Silent:
    """A store without an account, which fails as it is told to."""

    fault: Exception | None = None

    def read(self, *_: Any, **__: Any) -> list[dict[str, Any]]:
        if self.fault is not None:
            raise self.fault
        return []


class Empty(Workspace):
    def refresh(self) -> None: ...


@pytest.fixture(scope="module")
def store() -> Silent:
    return Silent()


@pytest.fixture(scope="module")
def address(store: Silent) -> Iterator[str]:
    with live(create_app(Empty(cast(Any, store), load_policy()))) as found:
        yield found


@pytest.fixture
def client(address: str, store: Silent) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address) as opened:
        yield opened
    store.fault = None


def refused(response: httpx.Response) -> None:
    assert response.status_code == 403, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"].endswith("not-permitted")


def test_other_hosts_are_refused_before_anything_else(client: httpx.Client, address: str):
    port = address.rpartition(":")[2]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}", f"[::1]:{port}"):
        assert client.get("/", headers={"host": host}).status_code == 200
    for host in (
        "evil.example", f"evil.example:{port}", "127.0.0.1", "127.0.0.1:1", f"127.0.0.1.evil.example:{port}",
        f"localhost.:{port}", f"0.0.0.0:{port}", f"127.0.0.1:{port}@evil.example", "",
    ):  # fmt: skip
        for path in ("/", "/api/v1/accounts", "/static/diamond.css"):
            refused(client.get(path, headers={"host": host}))


def test_pages_of_others_cannot_drive_the_app(client: httpx.Client, address: str):
    ask = {"json": {"cypher": "RETURN 1"}}
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", "http://localhost", "file://"):
        refused(client.post("/api/v1/query", headers={"origin": origin}, **ask))
        refused(client.get("/api/v1/accounts", headers={"origin": origin}))
    for site in ("cross-site", "same-site"):
        refused(client.post("/api/v1/query", headers={"sec-fetch-site": site}, **ask))
        refused(client.post("/accounts/a/simulations", headers={"sec-fetch-site": site}))
        image = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}
        refused(client.get("/api/v1/accounts/a/plan", headers=image))
        frame = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}
        refused(client.get("/", headers=frame))
        form = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
        refused(client.post("/accounts/a/plan", headers=form))
    own = {"origin": address, "sec-fetch-site": "same-origin"}
    assert client.get("/api/v1/accounts", headers=own).status_code == 200


def test_a_link_from_elsewhere_may_be_followed(client: httpx.Client):
    visit = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert client.get("/", headers=visit).status_code == 200


def test_every_answer_carries_the_policy(client: httpx.Client, store: Silent):
    answers = [
        client.get("/"),
        client.get("/api/v1/accounts"),
        client.get("/static/diamond.css"),
        client.get("/nothing"),
        client.get("/", headers={"host": "evil.example"}),
    ]
    store.fault = RuntimeError("a secret of the program")
    answers += [client.get("/"), client.get("/api/v1/accounts")]
    assert [one.status_code for one in answers] == [200, 200, 200, 404, 403, 500, 500]
    for one in answers:
        for name, value in POLICY.items():
            assert one.headers[name] == value
    assert "default-src 'self'" in POLICY["content-security-policy"]
    assert "script-src" not in POLICY["content-security-policy"], "no exception for scripts"
    assert answers[1].headers["cache-control"] == "no-store"
    assert "server" not in answers[0].headers or "uvicorn" in answers[0].headers["server"]


def test_a_fault_of_the_program_is_one_sentence(client: httpx.Client, store: Silent):
    store.fault = RuntimeError("a secret of the program")
    for path in ("/", "/api/v1/accounts"):
        told = client.get(path)
        assert told.status_code == 500
        assert "secret" not in told.text
        assert "Traceback" not in told.text
    assert client.get("/api/v1/accounts").json()["type"].endswith("unexpected")
    part = client.get("/", headers={"hx-request": "true"})
    assert part.status_code == 500
    assert part.text.startswith('<div class="problem"')


def test_a_store_that_is_gone_is_told(client: httpx.Client, store: Silent):
    store.fault = StoreError("Neo4j at 127.0.0.1:1 does not answer; diamond engine status tells more.")
    told = client.get("/api/v1/accounts")
    assert told.status_code == 503
    assert told.json()["detail"] == str(store.fault)
    page = client.get("/")
    assert page.status_code == 503
    assert str(store.fault).partition(";")[0] in page.text


def test_an_empty_store_says_what_to_do(client: httpx.Client):
    page = client.get("/").text
    assert "diamond import" in page
    assert "diamond demo" in page


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", "127.0.0.2", ""])
def test_other_addresses_are_not_served(host: str):
    with pytest.raises(NotPermitted, match="log-ins"):
        check_host(host)
    with pytest.raises(NotPermitted, match="log-ins"):
        serve_app(cast(Any, None), host, 0)


def test_a_taken_port_is_told(store: Silent):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"Port {port} is taken"):
            serve_app(Empty(cast(Any, store), load_policy()), "127.0.0.1", port)


def test_serving_says_where_and_ends_when_told(store: Silent, monkeypatch: pytest.MonkeyPatch):
    import uvicorn

    said: list[str] = []
    servers: list[uvicorn.Server] = []
    started = threading.Event()

    class Noted(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            servers.append(self)
            started.set()

    monkeypatch.setattr(uvicorn, "Server", Noted)
    monkeypatch.setattr("api.http._warm_up", lambda progress: None)
    work = Empty(cast(Any, store), load_policy())
    serving = threading.Thread(
        target=serve_app, args=(work, "localhost", 0), kwargs={"say": said.append}, daemon=True
    )
    serving.start()
    assert started.wait(30)
    found = re.search(r"http://localhost:\d+", said[0])
    assert found is not None
    assert httpx.get(found[0]).status_code == 200
    servers[0].should_exit = True
    serving.join(30)
    assert not serving.is_alive()


def test_code_of_others_is_unchanged_and_has_its_licence():
    told = (VENDORED / "README.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^\| `([^`]+)` \| `([0-9a-f]{64})` \|$", told, re.MULTILINE))
    kept = {path.name for path in VENDORED.iterdir()} - {"README.md"}
    assert set(stated) == kept
    for name, digest in stated.items():
        assert hashlib.sha256((VENDORED / name).read_bytes()).hexdigest() == digest, name
    assert {name for name in kept if "LICENSE" in name} == {
        "echarts.LICENSE", "echarts.LICENSE-d3", "htmx.LICENSE",
    }  # fmt: skip


def test_the_pages_files_name_no_other_host():
    folder = VENDORED.parent
    for path in (*folder.glob("*.*"), *(folder.parent / "templates").glob("*.html")):
        addresses = set(re.findall(r"https?://[^\s\"'<>)]+", path.read_text(encoding="utf-8")))
        assert addresses <= {"http://www.w3.org/2000/svg"}, path.name
