"""YAML as plain data: never objects, no key twice (the second would silently win), nothing without end."""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

BOOL = "tag:yaml.org,2002:bool"
# What an escape can write and no text holds: NUL and half a character.
NO_TEXT = re.compile("[\0\ud800-\udfff]")


class _Loader(yaml.SafeLoader):
    """The safe loader, with doubled keys refused, and `on`, `off`, `yes`, `no` as the words that they are."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str | int | float) and key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            if isinstance(key, str | int | float):
                seen.add(key)
        return super().construct_mapping(node, deep)


# YAML 1.1 reads such words as true and false, and `on` is the name of a column.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != BOOL]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(BOOL, re.compile("true|True|TRUE|false|False|FALSE"), list("tTfF"))


def load_yaml(text: str, *, largest: float = math.inf) -> Any:
    """Return what a YAML text holds.

    Parameters
    ----------
    largest
        Values that the text may stand for, each alias counted as what it repeats.

    Raises
    ------
    yaml.YAMLError
        It is no YAML, asks for an object, gives a key twice, or repeats itself too often.
    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if _expanded(node, {}) > largest:
            raise _not_plain(f"its aliases stand for more than {largest:,} values")
        return loader.construct_document(node)
    except RecursionError:
        raise _not_plain("it is nested too deeply") from None
    except ValueError as error:
        raise yaml.YAMLError(str(error)) from None
    finally:
        loader.dispose()


def _expanded(node: yaml.Node, sizes: dict[yaml.Node, int]) -> int:
    """Return how many values a node stands for, aliases written out; refuse one that holds itself."""
    if isinstance(node, yaml.ScalarNode):
        if NO_TEXT.search(node.value):
            raise _not_plain(f"{node.value[:40]!a} holds a NUL or half a character")
        return 1
    if node in sizes:
        if not sizes[node]:
            raise _not_plain("an alias stands for what holds it")
        return sizes[node]
    sizes[node] = 0
    pairs = isinstance(node, yaml.MappingNode)
    inner = [one for pair in node.value for one in pair] if pairs else node.value
    size = 1 + sum(_expanded(one, sizes) for one in inner)
    sizes[node] = size
    return size


def _not_plain(problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem)
