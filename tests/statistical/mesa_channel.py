"""Distributors, end customers and their purchases as ordinary Mesa agents, with the phases 6 and 7."""

from __future__ import annotations

import mesa

from simulation import draws, rules

DIRECT, RIVAL = "direct", "rival"  # what is chosen where it is no distributor
NO_OFFER, ANNOUNCED, OPEN = range(3)


class Distributor(mesa.Agent):
    """Who sells our brand beside a rival's and another; `home` is the organisation of its people, if any."""

    def __init__(self, model, home, account, mind, transparency, markup, depend, leaning, launched, liking):
        super().__init__(model)
        self.liking = liking
        rates = model.channel_rates
        self.home, self.account, self.depend, self.leaning = home, account, depend, leaning
        self.transparency, self.markup_start, self.markup = transparency, markup, markup
        self.trust, self.known = rates.trust_start, rates.enablement_start
        self.launched, self.taken = launched, False
        self.effective = self.conflict = self.offered = self.value = 0.0
        share = rules.share_of_three(self.rival_pull(), -1.0e9, self.rival_pull())
        self.minds = {"ours": mind, "rival": (1.0 - mind) * share, "other": (1.0 - mind) * (1.0 - share)}

    @property
    def forecast_error(self):
        rates = self.model.channel_rates
        return rules.forecast_error(self.transparency, rates.err_max, rates.err_min)

    def rival_pull(self):
        rates = self.model.channel_rates
        if self.taken:
            return rates.a_novel * rules.novelty(0.0, rates.novel_fade)
        if self.launched is None:
            return 0.0
        return rates.a_novel * rules.novelty(self.model.month - self.launched, rates.novel_fade)

    def be_taken_over(self):
        self.taken, self.trust = True, 0.0
        if self.home is not None:
            for person in self.home.people:
                person.keep(self.model.levers.handover)

    def count(self):
        """6a: of what it sells for us, how much is offered directly, and how much that hurts."""
        own = offered = hurt = 0.0
        for lot in self.model.lots:
            if lot.last is not self:
                continue
            own += lot.volume
            if lot.customer.offer == OPEN:
                offered += lot.volume
                hurt += lot.volume
            elif lot.customer.offer == ANNOUNCED:
                offered += lot.volume
                hurt += self.model.channel_rates.announce * lot.volume
        self.offered, self.overlap = rules.ratio(offered, own), rules.ratio(hurt, own)

    def carry_on(self):
        """6: conflict, trust, transparency, mark-up, enablement, effort."""
        rates, levers = self.model.channel_rates, self.model.levers
        access, left, taught = 0.0, 0.0, 0.0
        if self.home is not None:
            home = self.home
            access, left, taught = home.access, rules.ratio(home.left, home.total), home.taught
        self.count()
        threat = rates.accept * self.offered
        calm = rules.soothed(
            levers.commission, levers.registration, rates.soothe_comm, rates.soothe_reg, rates.comm_full
        )
        self.conflict = rules.towards(self.conflict, self.overlap * calm, rates.conflict_rate)
        self.trust = rules.trust_after(self.trust, self.conflict, access, rates.trust_fall, rates.trust_rise)
        self.transparency = rules.towards(self.transparency, self.trust * rates.incentive, rates.open_rate)
        wanted = rules.markup_wanted(
            self.markup_start, threat, self.depend, levers.relief, rates.fight_price, rates.passed
        )
        self.markup = rules.towards(self.markup, wanted, rates.price_rate)
        self.known = rules.enablement_after(self.known, left, taught, rates.forget, rates.learn)
        ours = self.leaning + rules.pull_of_ours(
            self.markup,
            access,
            self.known,
            self.trust,
            threat,
            self.depend,
            self.conflict,
            rates.markup_rival,
            rates.a_margin,
            rates.a_rel,
            rates.a_enable,
            rates.a_trust,
            rates.fight_effort,
            rates.a_fear,
        )
        rival = self.rival_pull()
        for brand, pull in (("ours", ours), ("rival", rival), ("other", 0.0)):
            share = rules.share_of_three(ours, rival, pull)
            self.minds[brand] = rules.towards(self.minds[brand], share, rates.focus_rate)
        self.value = self.liking + rules.distributor_value(
            self.markup, self.markup_start, levers.relief, self.minds["ours"], rates.b_price, rates.b_effort
        )


class EndCustomer(mesa.Agent):
    """Who buys from distributors or from us; `account` is its own, `books` the one that earns directly."""

    def __init__(self, model, key, known, offer, home, account, books, sellers, liking_direct):
        super().__init__(model)
        self.liking_direct = liking_direct
        self.key, self.known, self.offer, self.home = key, known, offer, home
        self.account, self.books, self.sellers = account, books, sellers

    def show(self):
        """7a: a hidden one may be named by its distributor."""
        chance = self.model.channel_rates.reveal * self.home.transparency
        if not self.known and self.model.draw(draws.REVEALS, self.key) < chance:
            self.known = True


class Lot(mesa.Agent):
    """What one end customer buys from one seller; `last` is a distributor, DIRECT or RIVAL."""

    def __init__(self, model, key, customer, volume, last):
        super().__init__(model)
        self.key, self.customer, self.volume, self.last, self.first = key, customer, volume, last, last

    def order(self):
        """7: perhaps order anew, at a rate a year that makes up for the months without."""
        model, rates = self.model, self.model.channel_rates
        if model.draw(draws.ORDERS, self.key) >= rates.order:
            return
        self.last = self.choose(model.draw(draws.CHOOSES, self.key))
        levers = model.levers
        self.pay(self.volume / rates.order, levers.commission, levers.registration, levers.relief)

    def choose(self, u):
        """7b: a multinomial logit by one inverted uniform number."""
        rates, customer = self.model.channel_rates, self.customer
        opened, direct = customer.offer == OPEN, 0.0
        if opened and customer.known:
            value = rules.direct_value(rates.p_direct, rates.accept, rates.b_price, rates.b_accept)
            direct = rules.offer_of(value + customer.liking_direct, self.last == DIRECT, rates.b_habit)
        offers = [(DIRECT, direct)]
        for one in customer.sellers:
            home, last = one is customer.home, one is self.last
            offers.append((one, rules.offer_via(one.value, customer.known, opened, home, last, rates)))
        offers.append((RIVAL, rules.offer_of(rates.rival, self.last == RIVAL, rates.b_habit)))
        total = 0.0
        for _, weight in offers:
            total += weight
        below = 0.0
        for choice, weight in offers[:-1]:
            below += weight
            if u * total < below:
                return choice
        return RIVAL

    def pay(self, units, commission, registration, relief):
        """7c: who earns what; a lost account, the seller's or the buyer's own, takes its business along."""
        rates, customer = self.model.channel_rates, self.customer
        start, via = customer.home.markup_start, self.last if isinstance(self.last, Distributor) else None
        book, alive, there = customer.books, 1.0, 1.0
        if via is not None and via.account is not None:
            book = via.account
            alive *= via.account.alive
            there *= via.account.drawn["lost_month"] == 0.0
        if customer.account is not None:
            alive *= customer.account.alive
            there *= customer.account.drawn["lost_month"] == 0.0
        price = profit = 0.0
        without_us = rules.resold_rival(rates.rival_share, rates.markup_rival)
        if via is not None:
            price = 1.0 - relief
            profit = rules.earned_via(
                relief, registration, via.forecast_error, book.unit_cost, rates.reg_cost, rates.err_cost
            )
            theirs = rules.resold(relief, via.markup)
        elif self.last == DIRECT:
            paid = 0.0 if self.first == DIRECT else commission
            price = rules.direct_price(rates.p_direct, start, paid)
            profit = rules.earned_direct(price, book.unit_cost, rates.serve)
            theirs = rules.commission_of(rates.p_direct, start, paid)
        else:
            theirs = without_us
        size = units * book.market * book.unit
        level = book.price[self.model.month]
        sold, earned = size * price * level, size * (profit - price * (1.0 - level))
        book.sold += sold * alive
        book.earned += earned * alive
        book.sold_drawn += sold * there
        book.earned_drawn += earned * there
        book.resold += size * (theirs * alive + without_us * (1.0 - alive))
