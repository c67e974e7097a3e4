"""A drawn map, to look things up in, and the smallest account that makes one."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

from graph.account import Account
from graph.gaps import find_gaps
from graph.measures import measure
from tests.unit.accounts import account, person
from visualisation.svg import draw_map

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Drawn:
    text: str

    @property
    def root(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.text)

    @property
    def words(self) -> str:
        return " ".join(" ".join(element.itertext()) for element in self.root.iter(f"{SVG}text"))

    def group(self, name: str) -> ElementTree.Element:
        return next(group for group in self.root.iter(f"{SVG}g") if name in group.get("class", "").split())

    def has(self, name: str) -> bool:
        return any(name in group.get("class", "").split() for group in self.root.iter(f"{SVG}g"))

    def person(self, identity: str) -> ElementTree.Element:
        return next(g for g in self.root.iter(f"{SVG}g") if g.get("data-id") == identity)

    def label(self, identity: str) -> str:
        return " ".join("".join(text.itertext()) for text in self.person(identity).iter(f"{SVG}text"))


def draw(told: Account, **options: object) -> Drawn:
    measures = measure(told)
    return Drawn(draw_map(told, measures, find_gaps(told, measures), **options))  # type: ignore[arg-type]


def diabolo(**values: object) -> Account:
    ours = [person("o1", function="commercial"), person("o2", function="technical")]
    theirs = [
        person("t1", function="purchasing", role="decision_maker", influence=0.8, orientation="ally"),
        person("t2", function="technical", role="evaluator", influence=0.7, proximity=3.0),
    ]
    return account(ours, theirs, {("o1", "t1"): 0.8}, **values)  # type: ignore[arg-type]
