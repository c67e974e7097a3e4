"""The policy tables: what a team believes about functions, roles, touchpoints and targets, as data.

Each table is a CSV file of this folder; a team edits a copy and names its folder in the settings. `tables`
reads and checks them, `model` is what they say.
"""

from graph.policy.model import (
    ORIENTATION_VALUE,
    ORIENTATIONS,
    ROLES,
    UNKNOWN_ROW,
    FunctionKind,
    Policy,
    TitlePattern,
    TouchpointKind,
    fold,
)
from graph.policy.tables import FOLDER, TableInUse, export_policy, load_policy, tables_in_use

__all__ = [
    "FOLDER",
    "ORIENTATIONS",
    "ORIENTATION_VALUE",
    "ROLES",
    "UNKNOWN_ROW",
    "FunctionKind",
    "Policy",
    "TableInUse",
    "TitlePattern",
    "TouchpointKind",
    "export_policy",
    "fold",
    "load_policy",
    "tables_in_use",
]
