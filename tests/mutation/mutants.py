"""Deliberate faults: every small change of a rule that a slip of the pen could make."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from types import CodeType
from typing import Any

SWAPPED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
}
TURNED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
OTHER_CALLS = {"min": "max", "max": "min", "abs": "float", "sqrt": "float"}


@dataclass(frozen=True)
class Mutant:
    """One fault in one rule.

    Attributes
    ----------
    rule
        The function of the product that is to be broken.
    change
        What stood there and what stands there now.
    """

    rule: Callable[..., Any]
    change: str
    code: CodeType

    @property
    def name(self) -> str:
        """The fault in one line, the same as long as the rule stays the same."""
        return f"{self.rule.__name__}: {self.change}"


def mutants_of(rule: Callable[..., Any]) -> list[Mutant]:
    """Return every fault of a rule, in the order of its text."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(rule)))
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    found: dict[str, Mutant] = {}
    for number in range(sum(1 for _ in _expressions(function))):
        for option in range(9):
            broken = deepcopy(function)
            node = list(_expressions(broken))[number]
            before = ast.unparse(node)
            if not _break(node, option):
                break
            after = ast.unparse(node)
            if after == before:
                continue
            # The same change may be possible in several places; its number tells them apart.
            again = sum(one.change.startswith(f"{before}  →  {after}") for one in found.values())
            change = f"{before}  →  {after}" + (f"  ({again + 1})" if again else "")
            found[change] = Mutant(rule, change, _compile(broken, rule))
    return list(found.values())


def _expressions(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield the nodes that can be broken; annotations and the docstring are none."""
    for statement in function.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.AnnAssign):
                node.annotation = ast.Name("float", ast.Load())
            if (
                isinstance(node, ast.BinOp | ast.Compare | ast.IfExp | ast.If | ast.AugAssign | ast.UnaryOp)
                or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
                or (isinstance(node, ast.Constant) and isinstance(node.value, int | float))
            ):
                yield node


def _break(node: ast.AST, option: int) -> bool:
    """Make the fault of this number in a node; False where there are no more."""
    ways: list[Callable[[], None]] = []
    if isinstance(node, ast.BinOp):
        ways = [
            lambda: setattr(node, "op", SWAPPED[type(node.op)]()),
            lambda: setattr(node, "right", _neutral(node.op)),
            lambda: setattr(node, "left", _neutral(node.op)),
        ]
    elif isinstance(node, ast.Compare):
        ways = [
            lambda other=other: setattr(node, "ops", [other()])  # type: ignore[misc]
            for other in TURNED[type(node.ops[0])]
        ]
    elif isinstance(node, ast.IfExp):
        ways = [lambda: _swap(node)]
    elif isinstance(node, ast.If):
        ways = [lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))]
    elif isinstance(node, ast.AugAssign):
        ways = [lambda: setattr(node, "op", SWAPPED[type(node.op)]())]
    elif isinstance(node, ast.UnaryOp):
        ways = [lambda: setattr(node, "op", ast.UAdd())] if isinstance(node.op, ast.USub) else []
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id in OTHER_CALLS:
            ways = [lambda: _call_other(node)]
        elif node.func.id == "exp":
            ways = [lambda: setattr(node, "args", [ast.UnaryOp(ast.USub(), node.args[0])])]
    elif isinstance(node, ast.Constant):
        ways = [lambda: setattr(node, "value", node.value + 1)]  # type: ignore[operator]
    if option >= len(ways):
        return False
    ways[option]()
    return True


def _neutral(operator: ast.operator) -> ast.Constant:
    return ast.Constant(0.0 if isinstance(operator, ast.Add | ast.Sub) else 1.0)


def _swap(node: ast.IfExp) -> None:
    node.body, node.orelse = node.orelse, node.body


def _call_other(node: ast.Call) -> None:
    assert isinstance(node.func, ast.Name)
    node.func = ast.Name(OTHER_CALLS[node.func.id], ast.Load())
    if node.func.id == "float":
        node.args = node.args[:1]


def _compile(function: ast.FunctionDef, rule: Callable[..., Any]) -> CodeType:
    tree = ast.fix_missing_locations(ast.Module([function], []))
    space = dict(rule.__globals__)
    exec(compile(tree, inspect.getsourcefile(rule) or "rule", "exec", dont_inherit=True), space)
    code: CodeType = space[rule.__name__].__code__
    return code
