"""Result objects as documents: dataclasses and NumPy values to what JSON can hold."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from api.workspace import Result
from graph.errors import DiamondError


def document(value: Any) -> Any:
    """Return a value as plain dicts, lists, numbers and text; what is undefined (NaN, infinite) is None."""
    if isinstance(value, Result):
        body = document(value.body)
        warnings = [*value.warnings, *body.pop("warnings", ())]
        return {"as_of": value.as_of.isoformat(), "warnings": warnings, **body}
    if hasattr(value, "document"):
        return document(value.document())
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: document(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): document(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [document(item) for item in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):  # NumPy scalars and arrays
        return document(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def to_json(value: Any) -> str:
    """Return a result object as one JSON document."""
    return json.dumps(document(value), ensure_ascii=False, allow_nan=False, indent=2)


def problem(error: DiamondError) -> dict[str, Any]:
    """Return an error as problem details (RFC 9457), with the wrong places and the likely names."""
    return {
        "type": f"about:blank#{error.kind}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "errors": document(error.errors),
        "candidates": document(error.candidates),
    }
