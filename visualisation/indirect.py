"""The band under the map: who sells on to whom, and where direct business meets indirect.

Our side stands left, distributors near the middle, end customers right. Distributors keep to the heights
between those of the end customers, so that a direct line passes between their boxes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from graph.account import Account, Sale
from visualisation.shapes import (
    CONFLICT,
    DIRECT,
    INDIRECT,
    LINE_SIZE,
    NAME_SIZE,
    PAPER,
    QUIET,
    bow,
    number,
    tag,
    tag_width,
)
from visualisation.text import clean, fit, markup, token

SLOT = 46.0
HEADING = 44.0
OURS_X, DIRECT_X, DISTRIBUTOR_X, END_CUSTOMER_X = -480.0, -235.0, -100.0, 260.0
BOX_WIDTH, BOX_HEIGHT = 240.0, 30.0
DRAWN_AT_MOST = 40
UNITS = " Volumes in units a year."
CONFLICT_WORD = "CHANNEL CONFLICT"


@dataclass(frozen=True)
class Chain:
    """The indirect business as it is drawn: ids in order, sales among them, what was left out."""

    distributors: tuple[str, ...]
    end_customers: tuple[str, ...]
    sales: tuple[Sale, ...]
    conflicts: frozenset[str]
    left_out: int


def find_chain(account: Account) -> Chain | None:
    """Return what of the account's channel is drawn; None where it has none.

    Above a limit of boxes the conflicts come first, then the largest volumes.
    """
    channel = account.channel
    volume: dict[str, float] = defaultdict(float)
    served: dict[str, set[bool]] = defaultdict(set)
    for sale in channel.sales:
        served[sale.end_customer].add(sale.direct)
        volume[sale.end_customer] += sale.volume or 0.0
        volume[sale.seller] += sale.volume or 0.0
    sellers = {partner.id for partner in channel.distributors}
    sellers |= {sale.seller for sale in channel.sales if not sale.direct}
    buyers = ({partner.id for partner in channel.end_customers} | set(served)) - sellers
    if not sellers and not buyers:
        return None
    conflicts = frozenset(buyer for buyer in buyers if len(served[buyer]) == 2)
    ranked = sorted(buyers, key=lambda buyer: (buyer not in conflicts, -volume[buyer], buyer))
    distributors = sorted(sorted(sellers, key=lambda seller: (-volume[seller], seller))[:DRAWN_AT_MOST])
    shown = set(ranked[:DRAWN_AT_MOST])
    first = {buyer: len(distributors) for buyer in shown}
    for sale in channel.sales:
        if sale.end_customer in shown and sale.seller in distributors:
            first[sale.end_customer] = min(first[sale.end_customer], distributors.index(sale.seller))
    drawn = {*shown, *distributors}
    return Chain(
        distributors=tuple(distributors),
        end_customers=tuple(sorted(shown, key=lambda buyer: (first[buyer], buyer))),
        sales=tuple(
            sale
            for sale in channel.sales
            if sale.end_customer in drawn and (sale.direct or sale.seller in drawn)
        ),
        conflicts=conflicts,
        left_out=len(buyers) + len(sellers) - len(drawn),
    )


def conflict_sentence(chain: Chain) -> str:
    """Return how many end customers are served both ways, in words."""
    if not chain.conflicts:
        return "No end customer is served both direct and through a distributor."
    number_of = len(chain.conflicts)
    one = "end customer is" if number_of == 1 else "end customers are"
    return f"{number_of} {one} served both direct and through a distributor: channel conflict."


def draw_indirect(
    account: Account, chain: Chain, left: float, top: float, *, prefix: str
) -> tuple[str, float]:
    """Return the band as SVG and its height in px."""
    slots = max(len(chain.end_customers), len(chain.distributors) + 1)
    start = top + HEADING
    buyers = {buyer: start + (index + 0.5) * SLOT for index, buyer in enumerate(chain.end_customers)}
    step = slots / (len(chain.distributors) + 1)
    sellers = {
        seller: start + int((index + 1) * step + 1e-9) * SLOT
        for index, seller in enumerate(chain.distributors)
    }
    ours = start + slots * SLOT / 2
    names = {
        partner.id: partner.name
        for partner in (*account.channel.distributors, *account.channel.end_customers)
    }
    names.setdefault(account.id, account.name)
    rest = f" {chain.left_out} more, with less volume, are not drawn." if chain.left_out else ""
    parts = [
        f'<text class="row" x="{number(left)}" y="{number(top + 20)}">INDIRECT BUSINESS</text>',
        f'<text class="line" x="{number(left + 160)}" y="{number(top + 20)}">'
        f"{markup(conflict_sentence(chain) + UNITS + rest)}</text>",
        '<g fill="none">',
    ]
    for y in sellers.values():
        path = bow(OURS_X, ours, DISTRIBUTOR_X - BOX_WIDTH / 2, y)
        parts.append(f'<path d="{path}" stroke="{INDIRECT}" stroke-width="1.6"/>')
    parts += [_sale(sale, chain, sellers, buyers, ours) for sale in chain.sales]
    parts.append("</g>")
    our_name = ", ".join(clean(supplier.name) for supplier in account.suppliers) or "Our side"
    parts.append(_box(OURS_X, ours, our_name, DIRECT, f"{prefix}-o-ours"))
    for seller, y in sellers.items():
        name = clean(names.get(seller, seller))
        parts.append(_box(DISTRIBUTOR_X, y, name, INDIRECT, f"{prefix}-o-{token(seller)}"))
    for buyer, y in buyers.items():
        parts.append(_end_customer(buyer, clean(names.get(buyer, buyer)), y, chain, names, prefix))
    return f'<g class="indirect">{"".join(parts)}</g>', HEADING + slots * SLOT + 10.0


def _sale(sale: Sale, chain: Chain, sellers: dict[str, float], buyers: dict[str, float], ours: float) -> str:
    conflict = sale.end_customer in chain.conflicts
    colour = CONFLICT if conflict else (DIRECT if sale.direct else INDIRECT)
    look = f'stroke="{colour}" stroke-width="{"2.4" if conflict else "1.6"}"'
    if sale.direct:
        y = sellers[sale.end_customer] if sale.end_customer in sellers else buyers[sale.end_customer]
        path = f"{bow(OURS_X, ours, DIRECT_X, y)} H{number(END_CUSTOMER_X)}"
        return f'<path class="direct" d="{path}" {look} stroke-dasharray="8 4"/>'
    start = sellers[sale.seller]
    if sale.end_customer in sellers:
        x, back = number(DISTRIBUTOR_X - BOX_WIDTH / 2), number(DISTRIBUTOR_X - BOX_WIDTH / 2 - 60)
        end = number(sellers[sale.end_customer])
        path = f"M{x},{number(start)} C{back},{number(start)} {back},{end} {x},{end}"
    else:
        path = bow(DISTRIBUTOR_X + BOX_WIDTH / 2, start, END_CUSTOMER_X, buyers[sale.end_customer])
    return f'<path d="{path}" {look}/>'


def _box(x: float, y: float, name: str, colour: str, identity: str) -> str:
    short = fit(name, NAME_SIZE, BOX_WIDTH - 16.0, "semibold")
    return (
        f'<g id="{identity}" class="organisation"><title>{markup(name)}</title>'
        f'<rect x="{number(x - BOX_WIDTH / 2)}" y="{number(y - BOX_HEIGHT / 2)}" width="{number(BOX_WIDTH)}" '
        f'height="{number(BOX_HEIGHT)}" rx="5" fill="{PAPER}" stroke="{colour}" stroke-width="1.6"/>'
        f'<text class="name" x="{number(x)}" y="{number(y + 4.5)}" text-anchor="middle">{markup(short)}'
        "</text></g>"
    )


def _end_customer(buyer: str, name: str, y: float, chain: Chain, names: dict[str, str], prefix: str) -> str:
    conflict = buyer in chain.conflicts
    colour, x, room = CONFLICT if conflict else QUIET, END_CUSTOMER_X, 372.0
    sales = [sale for sale in chain.sales if sale.end_customer == buyer]
    ways = ", ".join(
        ("direct" if sale.direct else f"through {clean(names.get(sale.seller, sale.seller))}")
        + (f" {sale.volume:,.0f}" if sale.volume is not None else "")
        for sale in sorted(sales, key=lambda sale: (not sale.direct, sale.seller, sale.brand or ""))
    )
    words = ways or "no sale recorded"
    used, mark = 0.0, ""
    if conflict:
        mark, used = tag(CONFLICT_WORD, x + 14.0, y + 4.0, CONFLICT), tag_width(CONFLICT_WORD) + 5.0
    return (
        f'<g id="{prefix}-o-{token(buyer)}" class="organisation"><title>{markup(f"{name}: {words}")}</title>'
        f'<rect x="{number(x - 6)}" y="{number(y - 6)}" width="12" height="12" rx="2" fill="{colour}"/>'
        f'<text class="name" x="{number(x + 14)}" y="{number(y - 4)}">'
        f"{markup(fit(name, NAME_SIZE, room, 'semibold'))}</text>{mark}"
        f'<text class="line" x="{number(x + 14 + used)}" y="{number(y + 16)}">'
        f"{markup(fit(words, LINE_SIZE, room - used))}</text></g>"
    )
