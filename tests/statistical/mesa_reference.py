"""The model as ordinary Mesa agents: the executable specification that the kernel must equal bit for bit.

People, organisations, distributors, end customers and their purchases are agents, phases are their methods,
the rules are those of `simulation.rules`. `Ecosystem` takes keyed draws; `PlainEcosystem` takes `model.rng`
as any Mesa model would, and is what the benchmark times.
"""

from __future__ import annotations

from itertools import pairwise

import mesa

from simulation import draws
from simulation.assembly import Assembly
from simulation.outcomes import Arrays
from simulation.run import empty_arrays
from simulation.state import (
    ANNOUNCES,
    DRAWN,
    NEW_MANAGER,
    OPENS_DIRECT,
    OURS_LEAVES,
    REORGANISES,
    RIVAL_LAUNCHES,
    SEAT_LEAVES,
    TAKEN_OVER,
)
from tests.statistical.mesa_channel import ANNOUNCED, DIRECT, OPEN, RIVAL, Distributor, EndCustomer, Lot
from tests.statistical.mesa_organisation import Account, Organisation
from tests.statistical.mesa_people import Colleague, Stakeholder, Tie


class Ecosystem(mesa.Model):
    """One replicate of one strategy, with keyed draws."""

    def __init__(self, assembly: Assembly, strategy: int, seed: int, replicate: int, *, whole: bool = True):
        super().__init__(seed=(seed * 1_000_003 + replicate) % 2**32)
        case, levers = assembly.case, assembly.levers[strategy]
        self.case, self.whole = case, whole
        self.rates, self.channel_rates = assembly.rates, assembly.channel_rates
        self.levers, self.weak, self.reassign = levers, levers.weak, levers.reassign == 1
        self.opponent_below, self.thread_min = case.opponent_below, case.thread_min
        self.key = draws.replicate_key(seed, replicate)
        self.month, self.keys = 0, {}
        self.missed = [0] * case.event_month.size
        self.colleagues = [
            Colleague(self, int(key), float(chance), hours)
            for key, chance, hours in zip(
                case.entity_ours, case.leave_ours, levers.hours.T.tolist(), strict=True
            )
        ]
        self.organisations = [self.found(g) for g in range(case.distributing.size)]
        self.accounts = self.organisations[: case.accounts]
        self.stakeholders = self.seat()
        self.distributors = self.open_distributors()
        self.customers = self.win_customers()
        self.lots = [
            Lot(self, int(key), self.customers[c], volume, (DIRECT, *self.distributors, RIVAL)[last])
            for key, c, volume, last in zip(
                case.channel.entity_lot,
                case.channel.customer,
                case.channel.lot_volume.tolist(),
                case.channel.last,
                strict=True,
            )
        ]
        sets = {kind: self.agents.select(agent_type=kind) for kind in (Colleague, Stakeholder)}
        self.set_of_theirs, self.set_of_ours = sets[Stakeholder], sets[Colleague]
        for organisation in self.organisations:
            organisation.look()
        for distributor in self.distributors:
            distributor.count()
            distributor.conflict = distributor.overlap
        for lot in self.lots:
            lot.pay(lot.volume, 0.0, 0.0, 0.0)
        for account in self.accounts:
            account.record(0.0)

    def found(self, g):
        case = self.case
        training = self.levers.training if case.distributing[g] else 0.0
        if g >= case.accounts:
            return Organisation(self, training)
        account = Account(
            self,
            training,
            int(case.entity_account[g]),
            float(case.volume[g]),
            float(case.wallet[g]),
            float(case.margin[g]),
            case.price[g].tolist(),
            float(case.hour_scale[g]),
        )
        if case.channel.unit.size:
            account.unit, account.unit_cost = float(case.channel.unit[g]), float(case.channel.unit_cost[g])
        return account

    def seat(self):
        case, levers = self.case, self.levers
        seats = []
        for organisation, (first, end) in zip(self.organisations, pairwise(case.seat_start), strict=True):
            organisation.people = [
                Stakeholder(
                    self,
                    organisation,
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
                for i in range(first, end)
            ]
            seats += organisation.people
        for i, person in enumerate(seats):
            person.ties = [
                Tie(
                    self.colleagues[j],
                    float(case.strength[i, k]),
                    float(levers.wanted[i, k]),
                    levers.effort[:, i, k].tolist(),
                    levers.effort_hours[:, i, k].tolist(),
                    levers.effort_taught[:, i, k].tolist(),
                )
                for k, j in enumerate(case.owner[i])
                if j >= 0
            ]
            lines = range(case.line_start[i], case.line_start[i + 1])
            person.listens_to = [(seats[case.line_from[line]], float(case.line_pull[line])) for line in lines]
            if person.present:
                person.cov = person.covered()
        return seats

    def open_distributors(self):
        market = self.case.channel
        distributors = [
            Distributor(
                self,
                self.organisations[market.seats_at[d]] if market.seats_at[d] >= 0 else None,
                self.accounts[market.account_of[d]] if market.account_of[d] >= 0 else None,
                float(market.mind[d]),
                float(market.transparency[d]),
                float(market.markup[d]),
                float(market.depend[d]),
                float(market.leaning[d]),
                float(market.launched[d]) if market.has_rival[d] else None,
                float(market.liking[d]),
            )
            for d in range(market.mind.size)
        ]
        if distributors:
            for account, (first, end) in zip(self.accounts, pairwise(market.serves_start), strict=True):
                account.distributors = [distributors[d] for d in market.serves[first:end]]
        return distributors

    def win_customers(self):
        market = self.case.channel
        return [
            EndCustomer(
                self,
                int(market.entity[c]),
                bool(market.known[c]),
                int(market.offer[c]),
                self.distributors[market.home[c]],
                self.accounts[market.account_at[c]] if market.account_at[c] >= 0 else None,
                self.accounts[market.books[c]],
                [one for one, sells in zip(self.distributors, market.sells[c], strict=True) if sells],
                float(market.liking_direct[c]),
            )
            for c in range(market.known.size)
        ]

    def draw(self, kind, entity, second=0):
        if kind not in self.keys:
            self.keys[kind] = draws.event_key(self.key, self.month, kind)
        return draws.uniform(self.keys[kind], entity, second)

    def step(self):
        self.month += 1
        self.keys = {}
        self.happen()
        self.change_people()
        self.set_of_theirs.do("fade")
        for organisation in self.organisations:
            organisation.meet()
        for partner in self.organisations[len(self.accounts) :]:
            self.accounts[0].spent += partner.spent  # hours there are spent on behalf of the account
        self.set_of_theirs.do("settle")
        if self.whole:
            self.set_of_theirs.do("form_opinion")
            self.set_of_theirs.do("adopt")
        for organisation in self.organisations:
            organisation.look()
        if self.whole:
            for account in self.accounts:
                account.develop()
            if self.distributors:
                self.trade()
        for account in self.accounts:
            account.record(float(self.rates.hour_cost))

    def change_people(self):
        for organisation in self.organisations:
            organisation.change_people()
        self.set_of_ours.do("turn_over")
        leavers = {person for person in self.colleagues if person.hands_over}
        if leavers:
            for account in self.accounts:
                account.remember()
            for person in self.stakeholders:
                person.keep(self.levers.handover, leavers)
            for person in leavers:
                person.hands_over = False
        for account in self.accounts:
            account.feel(handed_over=bool(leavers))

    def trade(self):
        if self.month == 1:
            for customer, offer in zip(self.customers, self.levers.offer, strict=True):
                customer.offer = max(customer.offer, int(offer))
        for distributor in self.distributors:
            distributor.carry_on()
        for customer in self.customers:
            customer.show()
        for account in self.accounts:
            account.clear()
        for lot in self.lots:
            lot.order()

    def happen(self):
        case = self.case
        for person in self.stakeholders:
            if person.joined == self.month:
                person.present, person.o = True, self.rates.o_base
        for x in range(case.event_month.size):
            if case.event_month[x] == self.month:
                self.carry_out(x, case.event_kind[x], case.event_at[x], case.event_share[x])

    def carry_out(self, x, kind, at, share):
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
            if self.colleagues[at].present:
                self.colleagues[at].hands_over = True
            else:
                self.missed[x] = 1
        elif kind == REORGANISES:
            for person in self.stakeholders:
                affected = person.function == at and person.present and not person.leaving
                if affected and self.draw(draws.REORGANISED, person.key) < share:
                    person.leaving = True
        elif kind == RIVAL_LAUNCHES:
            self.distributors[at].launched = self.month
        elif kind == TAKEN_OVER:
            self.distributors[at].be_taken_over()
        elif kind == ANNOUNCES:
            self.customers[at].offer = max(self.customers[at].offer, ANNOUNCED)
        elif kind == OPENS_DIRECT:
            self.customers[at].offer = OPEN


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
            for month in range(months + 1):
                if month:
                    one.step()
                for a, account in enumerate(one.accounts):
                    arrays.series[a, :, strategy, replicate, month] = [
                        account.now[name] for name in assembly.series
                    ]
            for a, account in enumerate(one.accounts):
                arrays.drawn[a, :, strategy, replicate] = [account.drawn[name] for name in DRAWN]
            arrays.missed[strategy, replicate] = one.missed
            mesa.Agent._ids.clear()  # else Mesa keeps every model alive
    return arrays
