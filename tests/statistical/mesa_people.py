"""People as ordinary Mesa agents, with ties as objects and the phases 1 to 4 as their methods."""

from __future__ import annotations

import mesa

from graph.strength import contact, decay
from simulation import draws, rules


class Tie:
    """A place for a tie: whose it is, how strong, how much it is wanted, what is planned for it by month."""

    __slots__ = ("efforts", "hours", "owner", "s", "taught", "wanted")

    def __init__(self, owner, s, wanted, efforts, hours, taught):
        self.owner, self.s, self.wanted = owner, s, wanted
        self.efforts, self.hours, self.taught = efforts, hours, taught


class Colleague(mesa.Agent):
    """One of ours."""

    def __init__(self, model, key, chance, hours):
        super().__init__(model)
        self.key, self.chance, self.hours = key, chance, hours
        self.present, self.made_to_leave, self.hands_over, self.wished = True, False, False, 0.0

    def turn_over(self):
        if not self.present:
            if self.model.draw(draws.OURS_ARRIVE, self.key) < self.model.rates.replacement_ours:
                self.present = True
        elif self.made_to_leave or self.model.draw(draws.OURS_DEPART, self.key) < self.chance:
            self.present, self.hands_over = False, True
        self.made_to_leave = False
        self.wished = 0.0


class Stakeholder(mesa.Agent):
    """One seat of theirs, and whoever holds it; `home` is the organisation."""

    def __init__(
        self, model, home, key, joined, weight, influence, decisive, talks_value, function, chance, o
    ):
        super().__init__(model)
        self.home, self.key, self.joined, self.weight, self.influence = home, key, joined, weight, influence
        self.decisive, self.talks_value, self.function = decisive, talks_value, function
        self.chance, self.o, self.next_o = chance, o, o
        self.present, self.leaving, self.cov, self.next_cov = joined == 0, False, 0.0, 0.0
        self.ties, self.listens_to = [], []

    @property
    def exists(self):
        return self.joined <= self.model.month

    def covered(self):
        left_open = 1.0
        for tie in self.ties:
            left_open *= 1.0 - tie.s
        return 1.0 - left_open

    def depart(self):
        model, home = self.model, self.home
        if not self.exists:
            return
        home.total += self.weight
        home.decisive += self.decisive
        if self.present and not self.leaving and model.draw(draws.DEPARTS, self.key) < self.chance:
            self.leaving = True
        if self.leaving:
            home.gone += self.decisive
            home.left += self.weight
            self.cov = 0.0
            for tie in self.ties:
                tie.s = 0.0
        elif self.present:
            home.stayed += self.weight
            home.stayed_o += self.weight * self.o
            home.others += self.weight * self.cov

    def arrive(self):
        model = self.model
        if not self.exists:
            return
        if self.leaving:
            self.leaving = self.present = False
        elif not self.present and model.draw(draws.ARRIVES, self.key) < model.rates.replacement_theirs:
            self.present = True
            luck = model.draw(draws.NEWCOMER, self.key)
            self.o = rules.newcomer_orientation(self.home.mean_o, luck, model.rates.mood)

    def keep(self, share, owners=None):
        """Keep a share of the ties with these of ours, with all by default."""
        touched = False
        for tie in self.ties:
            if tie.s > 0.0 and (owners is None or tie.owner in owners):
                tie.s *= share
                touched = True
        if touched:
            self.cov = self.covered()

    def fade(self):
        model, rates = self.model, self.model.rates
        if not self.exists or (not self.present and model.reassign):
            return
        for tie in self.ties:
            if tie.s > 0.0:
                tie.s = decay(tie.s, rates.decay_scale, rates.half_weak, rates.half_strong)
            if tie.wanted > 0.0:
                tie.owner.wished += (
                    rules.wish(tie.wanted, model.weak, tie.s) if model.reassign else tie.wanted
                )

    def meet(self):
        model, rates, home = self.model, self.model.rates, self.home
        self.next_cov = 0.0
        if not self.present:
            return
        reach = None
        for tie in self.ties:
            met = False
            if tie.owner.present:
                if model.month <= len(tie.efforts):
                    e = tie.efforts[model.month - 1]
                    if e > 0.0:
                        tie.s = contact(tie.s, e, rates.contact_gain)
                        home.spent += tie.hours[model.month - 1]
                        home.taught += tie.taught[model.month - 1]
                        met = True
                elif tie.wanted > 0.0 and tie.owner.hours[model.month] > 0.0:
                    wished = rules.wish(tie.wanted, model.weak, tie.s) if model.reassign else tie.wanted
                    h = rules.tie_hours(tie.owner.hours[model.month], wished, tie.owner.wished)
                    home.spent += h
                    lesson = rules.learning_hours(h, home.training)
                    home.taught += lesson
                    h -= lesson
                    if tie.s > 0.0:
                        e = rules.effort(h, rates.attention)
                        if e > 0.0:
                            tie.s = contact(tie.s, e, rates.contact_gain)
                            met = True
                    else:
                        if reach is None:
                            reach = self.reach()
                        chance = rules.opening_chance(h, reach, rates.new_tie_rate, rates.referral)
                        if model.draw(draws.OPENS, self.key, tie.owner.key) < chance:
                            tie.s = rates.s_new
                            met = True
            if not met and rules.has_ended(tie.s, rates.s_gone, rates.decay_scale):
                tie.s = 0.0
        self.next_cov = self.covered()

    def reach(self):
        total = 0.0
        for other, pull in self.listens_to:
            total += rules.referral_reach(pull, other.cov, other.o)
        return total

    def settle(self):
        self.cov = self.next_cov

    def form_opinion(self):
        if not self.present:
            return
        rates, swayed = self.model.rates, 0.0
        for other, pull in self.listens_to:
            if other.present:
                swayed += rules.sway_of(pull, other.o, self.o)
        against = rules.is_against(self.o, self.model.opponent_below)
        self.next_o = rules.orientation_after(
            self.o,
            self.cov,
            swayed,
            against,
            rates.warm,
            rates.warm_block,
            rates.fit,
            rates.cool,
            rates.o_base,
            rates.sway,
        )

    def adopt(self):
        if self.present:
            self.o = self.next_o
