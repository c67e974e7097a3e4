"""YAML as plain data: never objects, and no key twice, since the second would silently win."""

from __future__ import annotations

import re
from typing import Any

import yaml

BOOL = "tag:yaml.org,2002:bool"


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


def load_yaml(text: str) -> Any:
    """Return what a YAML text holds.

    Raises
    ------
    yaml.YAMLError
        It is no YAML, asks for an object, or gives a key twice.
    """
    return yaml.load(text, Loader=_Loader)
