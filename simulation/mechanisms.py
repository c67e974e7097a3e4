"""Through which parameters each kind of event can act, and what turns them off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A parameter through which an event can act.

    Attributes
    ----------
    how
        The mechanism, to stand behind "because".
    off
        The value that turns it off.
    """

    parameter: str
    how: str
    off: float = 0.0


_SHAKEN = (
    Mechanism("shock", "a leaving decision maker shakes the account"),
    Mechanism("loss_A", "the account is lost sooner where access is low"),
    Mechanism("loss_S", "the account is lost sooner where support is low"),
    Mechanism("mood", "a newcomer thinks as those who stayed do"),
    Mechanism("new_tie_rate", "hours open new ties to those who come"),
    Mechanism("referral", "allies bring us together with those who come"),
    Mechanism("m_rate", "the margin follows our access"),
    Mechanism("grow", "support wins more of the wallet"),
)
_HANDED_OVER = (
    Mechanism("handover", "a successor takes over a share of a tie only", off=1.0),
    Mechanism("follow", "a part of the relation follows the one of ours who goes"),
)
_FEARED = (
    Mechanism("a_fear", "a distributor that fears us turns to other brands"),
    Mechanism("conflict_rate", "conflict grows over the distributor's own customers"),
    Mechanism("trust_fall", "conflict costs the distributor's trust"),
    Mechanism("a_trust", "trust earns us the distributor's effort"),
    Mechanism("fight_effort", "a dependent distributor works harder against the threat"),
    Mechanism("fight_price", "a dependent distributor cuts its mark-up against the threat"),
    Mechanism("open_rate", "a distributor that trusts us less shows us less"),
)
ACTS_THROUGH: Mapping[str, tuple[Mechanism, ...]] = {
    "leaves": (*_SHAKEN, *_HANDED_OVER),
    "joins": (
        Mechanism("new_tie_rate", "hours open new ties to those who come"),
        Mechanism("referral", "allies bring us together with those who come"),
        Mechanism("m_rate", "the margin follows our access"),
        Mechanism("loss_A", "the account is lost sooner where access is low"),
    ),
    "reorganises": _SHAKEN,
    "new_key_account_manager": (
        *_HANDED_OVER,
        Mechanism("loss_A", "the account is lost sooner where access is low"),
        Mechanism("m_rate", "the margin follows our access"),
    ),
    "rival_launch": (
        Mechanism("a_novel", "a new brand draws the distributor's effort while it is new"),
        Mechanism("focus_rate", "the distributor shifts its effort to what pays"),
        Mechanism("b_effort", "end customers buy what the distributor pushes"),
    ),
    "takeover": (
        Mechanism("a_novel", "the new owner's brand stays new to the distributor"),
        Mechanism("handover", "a successor takes over a share of a tie only", off=1.0),
        Mechanism("a_trust", "trust, gone with the old owner, earned us the distributor's effort"),
        Mechanism("a_rel", "relations at the distributor earn us its effort"),
        Mechanism("b_effort", "end customers buy what the distributor pushes"),
    ),
    "announce_direct": (
        Mechanism("announce", "the distributor takes the announcement for the deed"),
        *_FEARED,
    ),
    "go_direct": (
        *_FEARED,
        Mechanism("accept", "end customers accept the direct channel"),
        Mechanism("serve", "serving end customers ourselves costs"),
        Mechanism("spill", "direct business makes end customers think of us at the distributor too"),
        Mechanism("b_habit", "end customers keep to where they bought last"),
    ),
    "price_pressure": (
        Mechanism("hour_cost", "the same hours stand against a smaller profit"),
        Mechanism("m_rate", "the margin follows our access"),
    ),
    "hours_cut": (
        Mechanism("decay_scale", "ties that are met less decay"),
        Mechanism("hour_cost", "hours that are not spent cost nothing"),
        Mechanism("loss_A", "the account is lost sooner where access is low"),
        Mechanism("m_rate", "the margin follows our access"),
    ),
}
