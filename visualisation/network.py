"""The account as one standalone page with a network that can be moved about, drawn by pyvis (vis-network).

pyvis 0.3.2 leaves several things open, and each is closed here. Its pages refer to a content delivery
network whatever one asks for: every link and outside script is taken out, and a content policy in the page
forbids requests. A title with "href" in it makes pyvis show titles as HTML: they are shown as text. Node
ids, options and the heading go into the page unescaped: ids are our own numbers, options are constants,
and the heading is written here. Undirected networks lose parallel edges: ours is directed, without arrows
where none is meant. Positions are those of the map; the physics, which takes seconds and mixes up the
sides, is off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from graph.account import Account, Person
from graph.errors import NotPermitted
from graph.measures import Measures
from visualisation.heading import account_title, facts_in_words
from visualisation.indirect import Chain, find_chain
from visualisation.layout import Arrangement, Standing, arrange, stand, target_strength
from visualisation.people import describe
from visualisation.shapes import (
    CONFLICT,
    CROSS_FUNCTION,
    DIRECT,
    INDIRECT,
    INK,
    ORIENTATION,
    OURS,
    PAPER,
    QUIET,
    REPORTING,
    RINGED,
    SAME_FUNCTION,
    SIGNS,
    SUPPORT,
)
from visualisation.svg import Gap
from visualisation.text import FONT_FAMILY, clean, markup

if TYPE_CHECKING:
    from pyvis.network import Network

ROLE_SHAPES = {"decision_maker": "hexagon", "evaluator": "square", "user": "dot", "influencer": "triangle"}
WIDEN = 1.4  # of the map's distances, since labels stand below the shapes here
CHANNEL_X = {"ours": -480.0, "distributor": -100.0, "end_customer": 300.0}
CHANNEL_SLOT = 60.0
MARGIN = 80.0
OPTIONS = json.dumps(
    {
        "physics": {"enabled": False},
        "interaction": {"hover": True, "tooltipDelay": 100, "navigationButtons": True, "zoomView": False},
        "nodes": {
            "font": {
                "face": FONT_FAMILY.replace("'", ""),
                "size": 13,
                "color": INK,
                "strokeWidth": 3,
                "strokeColor": PAPER,
            }
        },
        "edges": {
            "arrows": {"to": {"scaleFactor": 0.5}},
            "smooth": {"enabled": True, "type": "curvedCW", "roundness": 0.12},
        },
    }
)
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
READING = (
    "Left our people, right theirs, as on the map. Hexagon: decision maker, square: evaluator, dot: user, "
    "triangle: influencer, diamond: role unknown. Blue +: ally, grey =: neutral, orange −: against, grey ?: "
    "not known. Wide lines are strong ties, dashed ones weak; thin arrows are reporting (grey), influence "
    "(blue) and conflict (orange, dashed). Hover for details, drag to move, zoom with the buttons."
)
INLINE = re.compile(r"(<script(?![^>]*\bsrc\b)[^>]*>.*?</script>|<style[^>]*>.*?</style>)", re.DOTALL)
LEFT_OUT = re.compile(
    r"<!--.*?-->|<link\b[^>]*>|<script\b[^>]*\bsrc\b[^>]*>\s*</script>|<center>.*?</center>", re.DOTALL
)
OUTSIDE = re.compile(r"\b(?:src|srcset|href|action|data)\s*=", re.IGNORECASE)
OUTSIDE_STYLE = re.compile(r"""@import|url\((?!["']?data:)""", re.IGNORECASE)


def network_html(account: Account, measures: Measures, gaps: Iterable[Gap] = ()) -> str:
    """Return the network of an account as the text of one HTML page; write it as UTF-8.

    Parameters
    ----------
    measures, gaps
        Of this account. People with a gap of the kind `coverage` say so under their name.

    Raises
    ------
    NotPermitted
        The page would refer to anything outside itself, as another release of pyvis might make it.
    """
    from pyvis.network import Network

    gaps = tuple(gaps)
    arrangement = arrange(account, [target_strength(account)])
    standing = stand(arrangement, measures)
    chain = find_chain(account)
    tall = WIDEN * (arrangement.bottom - arrangement.top) + (_slots(chain) + 1) * CHANNEL_SLOT + MARGIN
    network = Network(height=f"{tall:.0f}px", width="100%", directed=True, cdn_resources="in_line")
    network.set_options(OPTIONS)
    uncovered = {gap.subject for gap in gaps if gap.kind == "coverage"}
    nodes = {person: f"n{index}" for index, person in enumerate(account.people)}
    for person in account.people.values():
        _add_person(network, nodes, account, person, arrangement, standing, uncovered)
    _add_lines(network, nodes, account)
    if chain is not None:
        _add_chain(network, account, chain, arrangement.bottom)
    return _standalone(network.generate_html(), account, measures, len(gaps), len(uncovered))


def _add_person(
    network: Network,
    nodes: dict[str, str],
    account: Account,
    person: Person,
    arrangement: Arrangement,
    standing: Standing,
    uncovered: set[str],
) -> None:
    theirs = person.id in account.their_index
    single = any(point.person == person.id for point in standing.measures.single_points)
    name = clean(person.name) or clean(person.id)
    label = f"{name} {SIGNS[person.orientation or 'unknown']}" if theirs and not person.placeholder else name
    for said, word in (
        (person.placeholder, "SEAT UNKNOWN"),
        (single, "SINGLE POINT"),
        (person.id in uncovered, "GAP"),
    ):
        label += f"\n{word}" if said else ""
    colour = (
        PAPER if person.placeholder else (ORIENTATION[person.orientation or "unknown"] if theirs else OURS)
    )
    ringed = single or person.id in uncovered
    network.add_node(
        nodes[person.id],
        label=label,
        title=describe(account, person, standing.measures),
        shape=ROLE_SHAPES.get(person.role or "", "diamond") if theirs else "dot",
        size=arrangement.radius[person.id],
        x=round(WIDEN * standing.x[person.id], 1),
        y=round(WIDEN * arrangement.height[person.id], 1),
        color={
            "background": colour,
            "border": RINGED if ringed else (QUIET if person.placeholder else PAPER),
        },
        borderWidth=4 if single else (2 if ringed or person.placeholder else 1),
        shapeProperties={"borderDashes": [4, 3] if person.placeholder or (ringed and not single) else False},
    )


def _add_lines(network: Network, nodes: dict[str, str], account: Account) -> None:
    people = {person.id: clean(person.name) or clean(person.id) for person in account.people.values()}
    for tie in account.ties:
        one, other = account.people[tie.ours], account.people[tie.stakeholder]
        matched = account.policy.same_function(one.function, other.function)
        network.add_edge(
            nodes[tie.ours],
            nodes[tie.stakeholder],
            arrows="",
            title=f"{people[tie.ours]} – {people[tie.stakeholder]}: strength {tie.strength:.2f}",
            width=round(1.2 + 6.5 * tie.strength, 1),
            color=SAME_FUNCTION if matched else CROSS_FUNCTION,
            dashes=[6, 5] if tie.strength < 0.4 else False,
            smooth={"enabled": True, "type": "cubicBezier", "forceDirection": "horizontal", "roundness": 0.5},
        )
    for line in account.reports_to:
        network.add_edge(
            nodes[line.person],
            nodes[line.manager],
            arrows="to",
            title=f"{people[line.person]} reports to {people[line.manager]}",
            width=1,
            color=REPORTING,
        )
    for influence in account.influences:
        against = influence.sign < 0
        verb = "is in conflict with" if against else "influences"
        network.add_edge(
            nodes[influence.source],
            nodes[influence.target],
            arrows="to",
            title=f"{people[influence.source]} {verb} {people[influence.target]}",
            width=1.3,
            color=CONFLICT if against else SUPPORT,
            dashes=[2, 3] if against else False,
            smooth={"enabled": True, "type": "curvedCCW", "roundness": 0.22},
        )


def _add_chain(network: Network, account: Account, chain: Chain, bottom: float) -> None:
    """Add distributors and end customers below the people, a direct sale beside an indirect one in words."""
    channel = account.channel
    names = {partner.id: partner.name for partner in (*channel.distributors, *channel.end_customers)}
    names.setdefault(account.id, account.name)
    kinds = [("distributor", chain.distributors), ("end_customer", chain.end_customers)]
    top = WIDEN * bottom + CHANNEL_SLOT
    slots = _slots(chain)
    nodes: dict[str, str] = {}

    def add(node: str, label: str, x: float, y: float, colour: str) -> None:
        border: dict[str, Any] = {"background": PAPER, "border": colour}
        place = {"x": round(WIDEN * x, 1), "y": round(y, 1)}
        network.add_node(node, label=label, title=label, shape="box", color=border, **place)

    for kind, ids in kinds:
        for index, partner in enumerate(ids):
            nodes[partner] = f"o{len(nodes)}"
            label = clean(names.get(partner, partner)) or clean(partner)
            conflict = partner in chain.conflicts
            y = top + (index + 0.5) * slots * CHANNEL_SLOT / len(ids)
            colour = CONFLICT if conflict else INDIRECT
            label += "\nCHANNEL CONFLICT" if conflict else ""
            add(nodes[partner], label, CHANNEL_X[kind], y, colour)
    suppliers = ", ".join(clean(supplier.name) for supplier in account.suppliers) or "Our side"
    add("ours", suppliers, CHANNEL_X["ours"], top + slots * CHANNEL_SLOT / 2, DIRECT)
    for distributor in chain.distributors:
        network.add_edge("ours", nodes[distributor], arrows="", color=INDIRECT, width=1.6)
    for sale in chain.sales:
        conflict = sale.end_customer in chain.conflicts
        volume = f", volume {sale.volume:,.0f}" if sale.volume is not None else ""
        network.add_edge(
            "ours" if sale.direct else nodes[sale.seller],
            nodes[sale.end_customer],
            arrows="",
            title=("direct" if sale.direct else "through a distributor") + volume,
            color=CONFLICT if conflict else (DIRECT if sale.direct else INDIRECT),
            width=2.4 if conflict else 1.6,
            dashes=[8, 4] if sale.direct else False,
        )


def _slots(chain: Chain | None) -> int:
    return 0 if chain is None else max(len(chain.distributors), len(chain.end_customers))


def _standalone(page: str, account: Account, measures: Measures, gaps: int, uncovered: int) -> str:
    """Return the page of pyvis with nothing from elsewhere in it, and with our heading."""
    page = page.replace("popup.innerHTML = nodeData[0].title", "popup.textContent = nodeData[0].title")
    page = re.sub(r"//# sourceMappingURL=[\w.-]+", "", page)
    parts = INLINE.split(page)
    parts[::2] = [LEFT_OUT.sub("", part) for part in parts[::2]]
    for index, part in enumerate(parts):
        style = index % 2 == 1 and part.startswith("<style")
        if (index % 2 == 0 and OUTSIDE.search(part)) or (style and OUTSIDE_STYLE.search(part)):
            raise NotPermitted("The network's page would refer to something outside itself; it must not.")
    if "popup.innerHTML" in page:
        raise NotPermitted("The network's page would show titles as HTML; they must be text.")
    title = markup(f"{account_title(account)}: {measures.shape}")
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>body{{font-family:{FONT_FAMILY};color:{INK};margin:16px}}"
        f"p{{font-size:14px;margin:4px 0 8px;color:{QUIET}}}h1{{font-size:22px;margin:0}}</style>"
    )
    facts = markup(facts_in_words(measures, gaps=gaps, uncovered=uncovered))
    body = f"<h1>{title}</h1><p>{facts}</p><p>{markup(READING)}</p>"
    page = "".join(parts).replace('<meta charset="utf-8">', head, 1).replace("<body>", f"<body>{body}", 1)
    return "<!DOCTYPE html>\n" + page.replace("<html>", '<html lang="en">', 1)
