"""Accounts and partners as ordinary Mesa agents: their people together, and what an account earns."""

from __future__ import annotations

import mesa

from simulation import draws, rules
from simulation.state import DRAWN


class Organisation(mesa.Agent):
    """An organisation with people; `training` is the share of our hours there that goes into training."""

    def __init__(self, model, training):
        super().__init__(model)
        self.training, self.people = training, []
        self.access = self.value_access = self.left = self.spent = self.taught = 0.0

    def change_people(self):
        self.gone = self.decisive = self.total = self.others = self.stayed = self.stayed_o = self.left = 0.0
        for person in self.people:
            person.depart()
        self.mean_o = rules.ratio(self.stayed_o, self.stayed)
        for person in self.people:
            person.arrive()

    def meet(self):
        self.spent = self.taught = 0.0
        for person in self.people:
            person.meet()

    def look(self):
        total = access = support = value = value_access = influence = covered = 0.0
        threads = 0
        model = self.model
        for person in self.people:
            if not person.exists:
                continue
            total += person.weight
            influence += person.influence
            if person.talks_value:
                value += person.weight
            if not person.present:
                continue
            reached = person.weight * person.cov
            access += reached
            support += reached * person.o
            if person.talks_value:
                value_access += reached
            if rules.is_against(person.o, model.opponent_below):
                continue
            covered += person.influence * person.cov
            for tie in person.ties:
                if tie.owner.present and rules.is_thread(tie.s, model.thread_min):
                    threads += 1
        self.access, self.support = rules.ratio(access, total), rules.ratio(support, total)
        self.value_access = rules.ratio(value_access, value)
        self.coverage, self.threads = rules.ratio(covered, influence), float(threads)


class Account(Organisation):
    """An organisation whose loss, revenue and profit count; month by month they stand in `now`."""

    def __init__(self, model, training, key, volume, wallet, profitability, price, hour_scale):
        super().__init__(model, training)
        self.key, self.volume, self.wallet, self.profitability = key, volume, wallet, profitability
        self.price, self.hour_scale, self.distributors = price, hour_scale, []
        self.market, self.alive, self.shock, self.unit, self.unit_cost = 1.0, 1.0, 0.0, 0.0, 0.0
        self.drawn, self.now = dict.fromkeys(DRAWN, 0.0), {}
        self.clear()

    def relation(self):
        total = 0.0
        for person in self.people:
            if person.present and person.o > 0.0:
                total += person.weight * person.cov * person.o
        return total

    def remember(self):
        """Keep what the relation was before ties change hands."""
        self.relation_before = self.relation()

    def feel(self, *, handed_over):
        """Take the shock of who left, and of a relation that became less by handing over."""
        rates = self.model.rates
        hit = rules.hit_of_leavers(
            rules.ratio(self.gone, self.decisive), rules.ratio(self.others, self.total)
        )
        if handed_over:
            before, after = self.relation_before, self.relation()
            if after < before:
                lost = rules.hit_of_ours(
                    rules.ratio(before, self.total),
                    rules.ratio(after, self.total),
                    rates.follow,
                    rates.r_half,
                )
                hit = max(hit, lost)
        self.shock = rules.shock_after(self.shock, hit, rates.shock_fade)

    def develop(self):
        model, rates = self.model, self.model.rates
        self.market = rules.market_after(self.market, model.draw(draws.MARKET, self.key), rates.market_sd)
        chance = rules.loss_chance(
            self.access,
            self.support,
            self.shock,
            rates.loss,
            rates.loss_A,
            rates.loss_S,
            rates.A_ref,
            rates.S_ref,
            rates.shock,
        )
        if self.drawn["lost_month"] == 0.0 and model.draw(draws.LOSS, self.key) < chance:
            self.drawn["lost_month"] = float(model.month)
        self.alive *= 1.0 - chance
        self.wallet = rules.wallet_after(self.wallet, self.support, rates.grow, rates.shrink, rates.q_max)
        self.profitability = rules.margin_after(
            self.profitability, self.value_access, rates.m_rate, rates.m_low, rates.m_high
        )

    def clear(self):
        """Begin a month's business through distributors."""
        self.sold = self.earned = self.sold_drawn = self.earned_drawn = self.resold = 0.0

    def record(self, hour_cost):
        month = self.model.month
        before = self.alive if month == 0 else self.now["survival"]
        price = self.price[month]
        volume = self.volume * self.wallet * self.market
        revenue, profit = volume * price, rules.profit_of(volume, self.profitability, price)
        cost = hour_cost * self.hour_scale * self.spent
        self.now = {
            "access": self.access,
            "support": self.support,
            "coverage": self.coverage,
            "threads": self.threads,
            "survival": self.alive,
            "revenue": revenue * self.alive + self.sold,
            "margin": profit * self.alive + self.earned - 12.0 * cost * before,
            "hours": self.spent * before,
            **self.channel(),
        }
        drawn, lost = self.drawn, self.drawn["lost_month"]
        if month > 0:
            if lost == 0.0:
                drawn["revenue_drawn"] += revenue / 12.0
                drawn["margin_drawn"] += profit / 12.0
            drawn["revenue_drawn"] += self.sold_drawn / 12.0
            drawn["margin_drawn"] += self.earned_drawn / 12.0
        if lost in (0.0, month):
            drawn["margin_drawn"] -= cost
            drawn["hours_drawn"] += self.spent

    def channel(self):
        """Return what the account's distributors are like, as means; the worst of their conflicts."""
        mind = openness = error = worst = 0.0
        for one in self.distributors:
            mind += one.minds["ours"]
            openness += one.transparency
            error += one.forecast_error
            worst = max(worst, one.conflict)
        number = max(1, len(self.distributors))
        return {
            "share_of_mind": mind / number,
            "conflict": worst,
            "transparency": openness / number,
            "forecast_error": error / number,
            "distributor_profit": self.resold,
        }
