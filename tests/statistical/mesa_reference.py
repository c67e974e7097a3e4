"""The model as ordinary Mesa agents: the executable specification that the kernel must equal bit for bit.

People are agents with ties as objects, phases are agent methods, the rules are those of `simulation.rules`.
`Ecosystem` takes keyed draws; `PlainEcosystem` takes `model.rng` as any Mesa model would, and is what the
benchmark times.
"""

from __future__ import annotations

import mesa

from graph.strength import contact, decay
from simulation import draws, rules
from simulation.assembly import Assembly
from simulation.outcomes import Arrays
from simulation.run import empty_arrays
from simulation.state import DRAWN, NEW_MANAGER, OURS_LEAVES, SEAT_LEAVES, SERIES


class Tie:
    """A place for a tie: whose it is, how strong, how much it is wanted."""

    __slots__ = ("efforts", "hours", "owner", "s", "wanted")

    def __init__(self, owner, s, wanted, efforts, hours):
        self.owner, self.s, self.wanted, self.efforts, self.hours = owner, s, wanted, efforts, hours


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
    """One seat of theirs, and whoever holds it."""

    def __init__(self, model, key, joined, weight, influence, decisive, talks_value, function, chance, o):
        super().__init__(model)
        self.key, self.joined, self.weight, self.influence = key, joined, weight, influence
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
        model = self.model
        if not self.exists:
            return
        model.total += self.weight
        model.decisive += self.decisive
        if self.present and not self.leaving and model.draw(draws.DEPARTS, self.key) < self.chance:
            self.leaving = True
        if self.leaving:
            model.gone += self.decisive
            self.cov = 0.0
            for tie in self.ties:
                tie.s = 0.0
        elif self.present:
            model.stayed += self.weight
            model.stayed_o += self.weight * self.o
            model.others += self.weight * self.cov

    def arrive(self):
        model = self.model
        if not self.exists:
            return
        if self.leaving:
            self.leaving = self.present = False
        elif not self.present and model.draw(draws.ARRIVES, self.key) < model.rates.replacement_theirs:
            self.present = True
            luck = model.draw(draws.NEWCOMER, self.key)
            self.o = rules.newcomer_orientation(model.mean_o, luck, model.rates.mood)

    def take_over(self):
        touched = False
        for tie in self.ties:
            if tie.owner.hands_over and tie.s > 0.0:
                tie.s *= self.model.handover
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
        model, rates = self.model, self.model.rates
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
                        tie.s = contact(tie.s if tie.s > 0.0 else rates.s_new, e, rates.contact_gain)
                        model.spent += tie.hours[model.month - 1]
                        met = True
                elif tie.wanted > 0.0 and tie.owner.hours[model.month] > 0.0:
                    wished = rules.wish(tie.wanted, model.weak, tie.s) if model.reassign else tie.wanted
                    h = rules.tie_hours(tie.owner.hours[model.month], wished, tie.owner.wished)
                    model.spent += h
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


class Ecosystem(mesa.Model):
    """One replicate of one strategy, with keyed draws."""

    def __init__(self, assembly: Assembly, strategy: int, seed: int, replicate: int, *, whole: bool = True):
        super().__init__(seed=(seed * 1_000_003 + replicate) % 2**32)
        case, levers = assembly.case, assembly.levers[strategy]
        self.case, self.rates, self.whole = case, assembly.rates, whole
        self.weak, self.reassign, self.handover = levers.weak, levers.reassign == 1, levers.handover
        self.opponent_below, self.thread_min = case.opponent_below, case.thread_min
        self.key, self.account_key = draws.replicate_key(seed, replicate), int(case.entity_account[0])
        self.month, self.keys = 0, {}
        self.colleagues = [
            Colleague(
                self,
                int(case.entity_ours[j]),
                float(case.leave_ours[j]),
                [float(hours) for hours in levers.hours[:, j]],
            )
            for j in range(case.leave_ours.size)
        ]
        self.stakeholders = [
            Stakeholder(
                self,
                int(case.entity[i]),
                int(case.joined[i]),
                float(case.weight[i]),
                float(case.influence[i]),
                float(case.decisive[i]),
                bool(case.talks_value[i]),
                int(case.function[i]),
                float(case.leave[i]),
                float(case.orientation[i]),
            )
            for i in range(case.joined.size)
        ]
        for i, person in enumerate(self.stakeholders):
            person.ties = [
                Tie(
                    self.colleagues[j],
                    float(case.strength[i, k]),
                    float(levers.wanted[i, k]),
                    [float(effort) for effort in levers.effort[:, i, k]],
                    [float(hours) for hours in levers.effort_hours[:, i, k]],
                )
                for k, j in enumerate(case.owner[i])
                if j >= 0
            ]
            lines = range(case.line_start[i], case.line_start[i + 1])
            person.listens_to = [
                (self.stakeholders[case.line_from[line]], float(case.line_pull[line])) for line in lines
            ]
            if person.present:
                person.cov = person.covered()
        self.set_of_theirs = self.agents.select(agent_type=Stakeholder)
        self.set_of_ours = self.agents.select(agent_type=Colleague)
        self.market, self.alive, self.shock = 1.0, 1.0, 0.0
        self.wallet, self.profitability, self.spent = float(case.wallet), float(case.margin), 0.0
        self.drawn = dict.fromkeys(DRAWN, 0.0)
        self.missed = [0] * case.event_month.size
        self.now = {}
        self.look()
        self.record(0.0, 1.0)

    def draw(self, kind, entity, second=0):
        if kind not in self.keys:
            self.keys[kind] = draws.event_key(self.key, self.month, kind)
        return draws.uniform(self.keys[kind], entity, second)

    def step(self):
        self.month += 1
        self.keys = {}
        before = self.alive
        self.change_people()
        self.spent = 0.0
        self.set_of_theirs.do("fade")
        self.set_of_theirs.do("meet")
        self.set_of_theirs.do("settle")
        if self.whole:
            self.set_of_theirs.do("form_opinion")
            self.set_of_theirs.do("adopt")
        self.look()
        if self.whole:
            self.develop()
        self.record(float(self.rates.hour_cost), before)

    def change_people(self):
        self.happen()
        self.gone = self.decisive = self.total = self.others = self.stayed = self.stayed_o = 0.0
        self.set_of_theirs.do("depart")
        hit = rules.hit_of_leavers(
            rules.ratio(self.gone, self.decisive), rules.ratio(self.others, self.total)
        )
        self.mean_o = rules.ratio(self.stayed_o, self.stayed)
        self.set_of_theirs.do("arrive")
        self.set_of_ours.do("turn_over")
        if any(person.hands_over for person in self.colleagues):
            before = self.relation()
            self.set_of_theirs.do("take_over")
            after = self.relation()
            if after < before:
                lost = rules.hit_of_ours(
                    rules.ratio(before, self.total),
                    rules.ratio(after, self.total),
                    self.rates.follow,
                    self.rates.r_half,
                )
                hit = max(hit, lost)
            for person in self.colleagues:
                person.hands_over = False
        self.shock = rules.shock_after(self.shock, hit, self.rates.shock_fade)

    def happen(self):
        case = self.case
        for person in self.stakeholders:
            if person.joined == self.month:
                person.present, person.o = True, self.rates.o_base
        for x in range(case.event_month.size):
            if case.event_month[x] != self.month:
                continue
            kind, at = case.event_kind[x], case.event_at[x]
            if kind == SEAT_LEAVES:
                if self.stakeholders[at].present:
                    self.stakeholders[at].leaving = True
                else:
                    self.missed[x] = 1
            elif kind == OURS_LEAVES:
                if self.colleagues[at].present:
                    self.colleagues[at].made_to_leave = True
                else:
                    self.missed[x] = 1
            elif kind == NEW_MANAGER:
                self.colleagues[at].hands_over = True
            else:
                for person in self.stakeholders:
                    if (
                        person.function == at
                        and person.present
                        and self.draw(draws.REORGANISED, person.key) < case.event_share[x]
                    ):
                        person.leaving = True

    def relation(self):
        total = 0.0
        for person in self.stakeholders:
            if person.present and person.o > 0.0:
                total += person.weight * person.cov * person.o
        return total

    def look(self):
        total = access = support = value = value_access = influence = covered = 0.0
        threads = 0
        for person in self.stakeholders:
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
            if rules.is_against(person.o, self.opponent_below):
                continue
            covered += person.influence * person.cov
            for tie in person.ties:
                if tie.owner.present and rules.is_thread(tie.s, self.thread_min):
                    threads += 1
        self.now["access"] = rules.ratio(access, total)
        self.now["support"] = rules.ratio(support, total)
        self.now["coverage"] = rules.ratio(covered, influence)
        self.now["threads"] = float(threads)
        self.value_access = rules.ratio(value_access, value)

    def develop(self):
        rates = self.rates
        self.market = rules.market_after(
            self.market, self.draw(draws.MARKET, self.account_key), rates.market_sd
        )
        chance = rules.loss_chance(
            self.now["access"],
            self.now["support"],
            self.shock,
            rates.loss,
            rates.loss_A,
            rates.loss_S,
            rates.A_ref,
            rates.S_ref,
            rates.shock,
        )
        if self.drawn["lost_month"] == 0.0 and self.draw(draws.LOSS, self.account_key) < chance:
            self.drawn["lost_month"] = float(self.month)
        self.alive *= 1.0 - chance
        self.wallet = rules.wallet_after(
            self.wallet, self.now["support"], rates.grow, rates.shrink, rates.q_max
        )
        self.profitability = rules.margin_after(
            self.profitability, self.value_access, rates.m_rate, rates.m_low, rates.m_high
        )

    def record(self, hour_cost, before):
        price = float(self.case.price[self.month])
        volume = float(self.case.volume) * self.wallet * self.market
        revenue, profit = volume * price, rules.profit_of(volume, self.profitability, price)
        cost = hour_cost * float(self.case.hour_scale) * self.spent
        self.now["survival"] = self.alive
        self.now["revenue"] = revenue * self.alive
        self.now["margin"] = profit * self.alive - 12.0 * cost * before
        self.now["hours"] = self.spent * before
        lost = self.drawn["lost_month"]
        if self.month > 0 and lost == 0.0:
            self.drawn["revenue_drawn"] += revenue / 12.0
            self.drawn["margin_drawn"] += profit / 12.0
        if lost in (0.0, self.month):
            self.drawn["margin_drawn"] -= cost
            self.drawn["hours_drawn"] += self.spent


class PlainEcosystem(Ecosystem):
    """The same with Mesa's own generator, in the order in which the agents ask."""

    def draw(self, kind, entity, second=0):
        return self.rng.random()


def run_reference(
    assembly: Assembly,
    seed: int,
    replicates: int,
    months: int,
    *,
    whole: bool = True,
    model: type[Ecosystem] = Ecosystem,
) -> Arrays:
    """Return the arrays of all strategies by Mesa models, one after the other."""
    arrays = empty_arrays(assembly, replicates, months)
    for strategy in range(len(assembly.levers)):
        for replicate in range(replicates):
            one = model(assembly, strategy, seed, replicate, whole=whole)
            arrays.series[0, :, strategy, replicate, 0] = [one.now[name] for name in SERIES]
            for month in range(1, months + 1):
                one.step()
                arrays.series[0, :, strategy, replicate, month] = [one.now[name] for name in SERIES]
            arrays.drawn[0, :, strategy, replicate] = [one.drawn[name] for name in DRAWN]
            arrays.missed[strategy, replicate] = one.missed
            mesa.Agent._ids.clear()  # else Mesa keeps every model alive
    return arrays
