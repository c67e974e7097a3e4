"""The store: a Neo4j that starts itself, or a team's own, behind a few verbs.

The only package that knows the `neo4j` driver. What it gives out is plain Python.
"""

from graph.store.engine import EngineStatus, engine_status, start_engine, stop_engine
from graph.store.opening import Credentials, credentials, open_source, open_store
from graph.store.session import Operator, QueryPlan, Store, Table, Transaction
from graph.store.target import Target, resolve_target

__all__ = [
    "Credentials",
    "EngineStatus",
    "Operator",
    "QueryPlan",
    "Store",
    "Table",
    "Target",
    "Transaction",
    "credentials",
    "engine_status",
    "open_source",
    "open_store",
    "resolve_target",
    "start_engine",
    "stop_engine",
]
