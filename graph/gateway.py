"""The one way in for a user's own Cypher: reads only, judged by the plan and not by the query's type.

The server explains a query before it runs, and the plan is judged: LOAD CSV from a URL, SHOW and even
TERMINATE count as reads for the server, and some of them act in a read session. So every operator must be
on the list of those that read this database's graph, every procedure on a short list.

Operators alone do not tell all. A subquery inside a list comprehension or a CASE is planned as part of its
expression, and its operators are not in the plan: a LOAD CSV there shows only in the text of the expression.
So the expressions of the plan, as the server prints them, and the query as it was written are read as
tokens, too. What runs then runs in a read session, with a limit of time and of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from graph import cypher
from graph.cookbook import entry, read_value
from graph.errors import InputError, NotPermitted
from graph.policy import Policy

if TYPE_CHECKING:
    from graph.cookbook import Entry
    from graph.cypher import Token
    from graph.store import QueryPlan, Store

LIMIT, TIMEOUT = 10_000, 30.0
# The whole plan once more as a table, whose narrow cells cut names in two.
DRAWING = "string-representation"

# Operators of Neo4j 5 that read or compute, without their variants in brackets and without the prefixes of
# relationship scans (`Directed`, `Undirected`) and of the parallel runtime (`Partitioned`).
_READING = """
    AllNodesScan AllRelationshipsScan AntiConditionalApply AntiSemiApply Apply Argument ArgumentTracker
    AssertSameNode AssertSameRelationship BidirectionalRepeat CacheProperties CartesianProduct
    ConditionalApply Distinct Eager EagerAggregation EmptyResult EmptyRow Error ExhaustiveLimit Expand Filter
    IntersectionNodeByLabelsScan LetAntiSemiApply LetSelectOrAntiSemiApply LetSelectOrSemiApply LetSemiApply
    Limit MultiNodeIndexSeek NodeByElementIdSeek NodeByIdSeek NodeByLabelScan NodeCountFromCountStore
    NodeHashJoin NodeIndexContainsScan NodeIndexEndsWithScan NodeIndexScan NodeIndexSeek NodeIndexSeekByRange
    NodeLeftOuterHashJoin NodeRightOuterHashJoin NodeUniqueIndexSeek NodeUniqueIndexSeekByRange Optional
    OptionalExpand OrderedAggregation OrderedDistinct OrderedUnion PartialSort PartialTop PathPropagatingBFS
    PreserveOrder ProcedureCall ProduceResults ProjectEndpoints Projection RelationshipByElementIdSeek
    RelationshipByIdSeek RelationshipCountFromCountStore RelationshipIndexContainsScan
    RelationshipIndexEndsWithScan RelationshipIndexScan RelationshipIndexSeek RelationshipIndexSeekByRange
    RelationshipTypeScan RelationshipUniqueIndexSeek RelationshipUniqueIndexSeekByRange
    RemoteBatchProperties Repeat RepeatOptions RollUpApply SelectOrAntiSemiApply SelectOrSemiApply SemiApply
    ShortestPath Skip Sort StatefulShortestPath SubtractionNodeByLabelsScan Top TriadicBuild TriadicFilter
    TriadicSelection Union UnionNodeByLabelsScan UnionRelationshipTypesScan Unwind ValueHashJoin
    VarLengthExpand
"""
OPERATORS = frozenset(_READING.split())
PROCEDURES = frozenset(
    (
        "db.labels",
        "db.propertyKeys",
        "db.relationshipTypes",
        "db.schema.nodeTypeProperties",
        "db.schema.relTypeProperties",
        "db.schema.visualization",
    )
)
# Functions without a namespace are the server's own and harmless; a plug-in's always have one.
FUNCTION_NAMESPACES = frozenset(
    ("date", "datetime", "duration", "localdatetime", "localtime", "point", "time", "vector.similarity")
)


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Rows of a query, values as plain JSON; `truncated` where there were more than the limit."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool


def run_query(
    store: Store,
    query: str,
    params: Mapping[str, Any] | None = None,
    *,
    limit: int = LIMIT,
    timeout: float = TIMEOUT,
) -> QueryResult:
    """Run a user's query if it only reads.

    Parameters
    ----------
    limit
        Rows at the most.
    timeout
        Seconds at the most.

    Raises
    ------
    NotPermitted
        The query does anything but read this database's graph; the sentence names what.
    InputError
        It is no Cypher that the server understands, or a parameter is missing.
    TimeLimitReached
        It took too long.
    """
    values = dict(params or {})
    if limit < 1 or not timeout > 0.0:
        raise InputError(f"The limits must be above 0, found {limit} rows and {timeout} seconds.")
    _sendable(query, "The query")
    for name, value in values.items():
        _sendable(value, f"The parameter {name}")
    _refuse_text(query)
    try:
        plan = store.explain(query, values)
    except InputError as error:
        # A Community server does not plan what only Enterprise offers, and says so in its own words.
        if "administration command" in error.detail.lower():
            raise NotPermitted(
                "The query is an AdministrationCommand; the gateway only reads the graph."
            ) from error
        raise
    why = refusal(plan)
    if why:
        raise NotPermitted(why)
    table = store.fetch(query, values, limit=limit, timeout=timeout)
    return QueryResult(tuple(table.columns), tuple(tuple(row) for row in table.rows), table.truncated)


def run_cookbook(
    store: Store,
    name: str,
    params: Mapping[str, object] | Sequence[str] = (),
    *,
    policy: Policy | None = None,
    today: date | None = None,
    limit: int = LIMIT,
    timeout: float = TIMEOUT,
) -> QueryResult:
    """Answer a question of the cookbook.

    Parameters
    ----------
    params
        By name, or as `k=v` from a command line; what is not given takes its default.
    policy, today
        Where the defaults come from; the shipped tables and the calendar's day if None.

    Raises
    ------
    UnknownName
        The cookbook has no such question.
    InputError
        A parameter is unknown, missing, or not of its type.
    """
    asked = entry(name)
    given = params if isinstance(params, Mapping) else parse_params(params, asked)
    values = asked.bind(given, policy=policy, today=today)
    return run_query(store, asked.cypher, values, limit=limit, timeout=timeout)


def parse_params(texts: Iterable[str], declared: Entry | None = None) -> dict[str, object]:
    """Return parameters that were written as `k=v`.

    A value is read as JSON if it is JSON, else as text; for a question of the cookbook as the type that
    it declares, so that an id of digits stays a text.

    Raises
    ------
    InputError
        There is no name or no equals sign, a name stands twice, or a value is not of the declared type.
    """
    types = {parameter.name: parameter.type for parameter in declared.parameters} if declared else {}
    values: dict[str, object] = {}
    for text in texts:
        name, sign, written = text.partition("=")
        name = name.strip().removeprefix("$")
        if not sign or not name:
            raise InputError(f"A parameter is written name=value, found {text!r}.")
        if name in values:
            raise InputError(f"The parameter {name} is given twice.")
        value = read_value(written)
        is_text = types.get(name) in ("text", "date") and not (value is None or isinstance(value, str))
        values[name] = written if is_text else value
    return values


def refusal(plan: QueryPlan) -> str | None:
    """Return why a plan may not run, in one sentence, or None if it may."""
    for operator in plan.operators:
        base = operator.name.partition("(")[0].removeprefix("Partitioned")
        if base.removeprefix("Directed").removeprefix("Undirected") not in OPERATORS:
            return f"The query uses the operator {operator.name}; the gateway only reads the graph."
        for name, detail in operator.arguments.items():
            if name == DRAWING:
                continue
            why = _forbidden(cypher.tokens(detail)) if isinstance(detail, str) else None
            if why:
                return why
    if plan.query_type != "r":
        return f"The query is of type {plan.query_type}; the gateway runs only those that read (r)."
    return None


def _sendable(value: object, what: str) -> None:
    """Refuse what the server's protocol cannot carry: half characters, and integers beyond 64 bits."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise InputError(f"{what} holds a half character at place {error.start + 1}.") from error
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise InputError(f"{what} holds {value}, a whole number of more than 64 bits.")
    elif isinstance(value, Mapping):
        for key, one in value.items():
            _sendable(key, what)
            _sendable(one, what)
    elif isinstance(value, (list, tuple)):
        for one in value:
            _sendable(one, what)


def _forbidden(found: Sequence[Token]) -> str | None:
    """Return why a query or an expression may not run, in one sentence, judged by what it names."""
    if cypher.loads_csv(found):
        return "The query uses the operator LoadCSV; the gateway only reads the graph."
    if cypher.commits_inside(found):
        return "The query uses the operator TransactionApply; it must run in one transaction."
    if cypher.selects_graph(found):
        return "The query selects a graph by USE; it can only read the store's own."
    for name in cypher.called(found):
        namespace = name.lower().rpartition(".")[0]
        if name not in PROCEDURES and namespace not in FUNCTION_NAMESPACES:
            return f"The query calls {name}, which is not on the gateway's list."
    return None


def _refuse_text(query: str) -> None:
    """Refuse a query by its text, read as it stands and as the server reads it."""
    for text in (query, cypher.unescaped(query)):
        found = cypher.body(cypher.tokens(text))
        if found and found[0].says("EXPLAIN", "PROFILE"):
            raise NotPermitted(
                f"The query starts with {found[0].value.upper()}; the gateway runs plain queries only."
            )
        why = _forbidden(found)
        if why:
            raise NotPermitted(why)
