"""Whatever its description allows, the interface answers as described, never with a fault of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.http import create_app
from api.workspace import Workspace
from graph.imports import import_files
from graph.policy import load_policy
from graph.store import Store
from tests.api.serving import live

pytestmark = pytest.mark.xdist_group("http")

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
DESCRIBED = schemathesis.openapi.from_dict(create_app(lambda: pytest.fail("not asked")).openapi())
OPERATIONS = {
    operation.definition.raw["operationId"]: operation
    for operation in (found.ok() for found in DESCRIBED.get_all_operations())
}
SMALL = {
    "organisations": [
        {"id": "us", "name": "Us", "kind": "supplier"},
        {"id": "acme", "name": "Acme", "kind": "key_account"},
    ],
    "people": [
        {"id": "u1", "name": "Ann", "organisation": "us", "function": "commercial", "time_capacity": 4},
        {"id": "t1", "name": "Bob", "organisation": "acme", "function": "purchasing",
         "role": "decision_maker"},
        {"id": "t2", "name": "Cy", "organisation": "acme", "function": "technical", "role": "user"},
    ],
    "ties": [{"ours": "u1", "stakeholder": "t1", "strength": 0.6}],
}  # fmt: skip


@pytest.fixture(scope="module")
def address(opened_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    opened_store.clear()
    file = tmp_path_factory.mktemp("small") / "small.json"
    file.write_text(json.dumps(SMALL), encoding="utf-8")
    import_files(opened_store, [file], today=date.today())
    with live(create_app(Workspace(opened_store, load_policy()))) as found:
        yield found
    opened_store.clear()


def meet(case: Case) -> None:
    """Let half of the cases speak of an account that is there, and no simulation or query take long."""
    parameters: dict[str, Any] = case.path_parameters or {}
    if len(parameters.get("account", "")) % 2:
        parameters["account"] = "acme"
    body = case.body
    if isinstance(body, dict) and case.operation.path.endswith("/simulations"):
        body |= {"replicates": 3, "wait": 1, "months": 6}
    if isinstance(body, dict) and case.operation.path.endswith("/{account}/simulations"):
        body |= {"curve": False, "engine": "kernel"}
    if isinstance(body, dict) and case.operation.path.endswith("/sensitivities"):
        body |= {"trajectories": 2, "replicates": 2, "samples": 2, "months": 3, "wait": 1}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_operation(name: str, address: str):
    @settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[name].as_strategy())
    def answered(case: Case) -> None:
        meet(case)
        case.call_and_validate(base_url=address, checks=CHECKS, timeout=60)

    answered()
