"""Whom and what a scenario names: people, organisations, functions and brands, by id, name or selector.

A selector starts with @ and says by which part somebody is meant, so that one file fits every account:

| for | selectors |
|---|---|
| a person | `@buyer`, `@boss`, `@key_account_manager`, `@largest_influence` |
| a distributor | `@distributor` |
| end customers | `@all`, `@known`, `@hidden`, `@largest 30%` |
| a brand | `@rival` |
| a function | `@largest` |

End customers that buy from us directly already are not meant: nothing would change for them.
Reading a scenario turns each into ids, so that a file, an option and a click make the same events.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graph.account import Account, Carried, Partner, Person, Sale
from graph.errors import Candidate, Fault, InputError, UnknownName
from graph.policy import fold
from simulation.reading import find_named, find_person, name_of, plain, sequence, told, wrong

if TYPE_CHECKING:
    from simulation.seating import Seating

PEOPLE = ("@buyer", "@boss", "@key_account_manager", "@largest_influence")
DISTRIBUTORS = ("@distributor",)
END_CUSTOMERS = ("@all", "@known", "@hidden", "@largest 30%")
BRANDS = ("@rival",)
FUNCTIONS = ("@largest",)
NEW_RIVAL = "a rival"

_LARGEST = re.compile(r"@largest\s*(\d+(?:\.\d+)?)\s*%")


@dataclass(frozen=True)
class Surroundings:
    """An account and those around it: everybody and everything that its scenarios can name.

    Attributes
    ----------
    partners
        Accounts in the same run: an end customer's distributors, or all of a portfolio.
    parameters
        What the scenario sets; who the buyer is follows the ties, which it may set.
    file
        Where the names stand, for what is said of a wrong one.
    """

    account: Account
    partners: Sequence[Account] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)
    file: str | None = None

    @cached_property
    def accounts(self) -> tuple[Account, ...]:
        """The account, then its partners by id."""
        others = {one.id: one for one in self.partners if one.id != self.account.id}
        return (self.account, *(others[key] for key in sorted(others)))

    @cached_property
    def distributors(self) -> dict[str, str]:
        """Name of each distributor by id, sorted."""
        found = {one.id: one.name for each in self.accounts for one in each.channel.distributors}
        found |= {one.id: one.name for one in self.accounts if "distributor" in one.kinds}
        return dict(sorted(found.items()))

    @cached_property
    def end_customers(self) -> dict[str, Partner]:
        """The end customers by id, sorted."""
        found = {one.id: Partner(one.id, one.name) for one in self.accounts if "end_customer" in one.kinds}
        found |= {one.id: one for each in reversed(self.accounts) for one in each.channel.end_customers}
        return dict(sorted(found.items()))

    def person(self, who: object, place: str) -> Person:
        """Return somebody of either side of any of the accounts.

        Raises
        ------
        UnknownName, AmbiguousName
            Nobody, or several, are called so.
        InputError
            A selector that finds nobody.
        """
        selector = _selector(who)
        if selector is None or any(selector in one.people for one in self.accounts):
            return find_person(self.account, who, place, partners=self.partners, file=self.file)
        if selector == "@key_account_manager":
            manager = self._seating.manager
            if manager is not None:
                return self.account.ours[manager]
            raise self._nobody(selector, place, f"nobody of ours is known at {self.account.name}")
        if selector == "@largest_influence":
            known = [person for person in self.account.theirs if not person.placeholder]
            influence = dict(zip(self.account.their_index, self.account.influence, strict=True))
            if known:
                return min(known, key=lambda person: (-influence[person.id], person.id))
        elif selector in ("@buyer", "@boss"):
            seat = self._seating.buyer if selector == "@buyer" else self._seating.boss
            if seat is not None:
                return self.account.theirs[self.account.their_index[self._seating.seats[seat].id]]
        else:
            raise self._no_selector(selector, PEOPLE, "a person", place)
        enough = "besides the buyer " if selector == "@boss" else ""
        raise self._nobody(selector, place, f"nobody of theirs {enough}is known at {self.account.name}")

    def one_of_ours(self, who: object, place: str) -> str:
        """Return the id of somebody of ours."""
        person = self.person(who, place)
        if any(person.id in one.our_index for one in self.accounts):
            return person.id
        raise wrong(place, who, "needs somebody of ours", self.file)

    def organisation(self, value: object, place: str) -> str:
        """Return the id of the account, one of its partners or a distributor; the account for nothing."""
        if value is None:
            return self.account.id
        if _selector(value) is not None:
            return self.distributor(value, place)
        names = {one.id: one.name for one in self.accounts} | self.distributors
        return find_named(
            value, names, place, self.account.name, "no organisation", "organisations", self.file
        )

    def need_distributors(self, place: str) -> None:
        """Refuse what only happens to distributors where there are none."""
        if not self.distributors:
            message = "cannot happen here: this account has no distributors"
            where = f"{self.file}: " if self.file else ""
            raise InputError(
                f"{where}{place} {message}.", errors=[Fault(self.file, None, place, None, message)]
            )

    def distributor(self, value: object, place: str) -> str:
        """Return the id of a distributor."""
        self.need_distributors(place)
        if value is None:
            raise wrong(place, value, "needs a distributor, or @distributor", self.file)
        selector = _selector(value)
        if selector is None:
            return find_named(
                value,
                self.distributors,
                place,
                self.account.name,
                "no distributor",
                "distributors",
                self.file,
            )
        if selector not in DISTRIBUTORS:
            raise self._no_selector(selector, DISTRIBUTORS, "a distributor", place)
        if "distributor" in self.account.kinds:
            return self.account.id
        volume = self._volumes("seller")
        return min(self.distributors, key=lambda one: (-volume[one], one))

    def customers(self, value: object, place: str) -> tuple[str, ...]:
        """Return the ids of end customers, sorted, each named once."""
        self.need_distributors(place)
        listed = [value] if isinstance(value, str | int) else list(sequence(value, place, self.file))
        if not listed or isinstance(value, bool):
            raise wrong(place, value, "needs at least one end customer, or @all", self.file)
        found: list[str] = []
        for one in listed:
            for customer in self._customers(one, place):
                if customer in found:
                    name = self.end_customers[customer].name
                    raise wrong(place, one, f"names {name} ({customer}) a second time", self.file)
                found.append(customer)
        return tuple(sorted(found))

    def brand(self, value: object, distributor: str, place: str) -> str:
        """Return the id of a brand that is not ours: one that is carried, else a new one as it is written."""
        selector = _selector(value)
        carried = sorted(
            {one for each in self.accounts for one in each.channel.carried},
            key=lambda one: (one.distributor != distributor, one.distributor, one.brand),
        )
        if selector is not None:
            if selector not in BRANDS:
                raise self._no_selector(selector, BRANDS, "a brand", place)
            rivals = [one for one in carried if one.distributor == distributor and not one.ours]
            return min(rivals, key=_newest).brand if rivals else NEW_RIVAL
        text = plain(value)
        if not text:
            raise wrong(place, value, "needs the name of a brand, or @rival", self.file)
        for key in (lambda one: one.brand, lambda one: fold(one.brand), lambda one: fold(one.name)):
            named = [one for one in carried if key(one) in (text, fold(text))]
            if any(one.ours for one in named):
                raise wrong(place, value, "needs a brand that is not ours", self.file)
            if named:
                return named[0].brand
        return name_of(text, place, self.file, also=", or @rival")

    def function(self, value: object, organisation: str, joined: Sequence[str], place: str) -> str:
        """Return a function of an organisation's people; `joined` are those that earlier events bring."""
        people = [
            person
            for each in self.accounts
            if each.id == organisation
            for person in each.theirs
            if person.function
        ]
        known = sorted({person.function for person in people if person.function} | set(joined))
        if _selector(value) is None:
            for name in known:
                if isinstance(value, str) and fold(name) == fold(value):
                    return name
            names = ", ".join(known) or "none is known"
            owner = "the account" if organisation == self.account.id else organisation
            raise wrong(place, value, f"needs a function of {owner}'s people ({names})", self.file)
        selector = str(value).strip()
        if selector not in FUNCTIONS:
            raise self._no_selector(selector, FUNCTIONS, "a function", place)
        size = Counter(person.function for person in people if not person.placeholder)
        if not known:
            raise self._nobody(selector, place, f"no function is known at {organisation}")
        return min(known, key=lambda name: (-size[name], name))

    def new_function(self, value: object, place: str) -> str | None:
        """Return a function as policy or accounts write it, for a seat that is new; None for nothing."""
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise wrong(place, value, "needs the name of a function", self.file)
        theirs = {person.function for each in self.accounts for person in each.theirs if person.function}
        known = [*self.account.policy.functions, *sorted(theirs)]
        for name in known:
            if fold(name) == fold(value):
                return name
        near = get_close_matches(value, known, n=1, cutoff=0.3)
        hint = f"; the nearest is {near[0]}" if near else ""
        raise UnknownName(
            f"{place}: there is no function {value!r}{hint}. Functions are {', '.join(known)}.",
            errors=[Fault(self.file, None, place, told(value), "unknown function")],
            candidates=[Candidate(name, name) for name in near],
        )

    def _customers(self, value: object, place: str) -> list[str]:
        """Return the end customers that one entry of a list stands for."""
        selector = _selector(value)
        if selector is None:
            names = {key: one.name for key, one in self.end_customers.items()}
            return [
                find_named(
                    value, names, place, self.account.name, "no end customer", "end customers", self.file
                )
            ]
        from simulation.business import number_of

        largest = _LARGEST.fullmatch(selector)
        if largest:
            share = float(largest[1])
            if not 0.0 < share <= 100.0:
                raise wrong(place, value, "needs a share above 0 % and up to 100 %", self.file)
            volume = self._volumes("end_customer")
            by_volume = sorted(self._indirect, key=lambda one: (-volume[one], one))
            found = by_volume[: number_of(share / 100.0, len(by_volume))]
        elif selector == "@all":
            found = list(self._indirect)
        elif selector in ("@known", "@hidden"):
            wanted = selector == "@known"
            found = [key for key, one in self._indirect.items() if one.known == wanted]
        else:
            raise self._no_selector(selector, END_CUSTOMERS, "end customers", place)
        if not found:
            kind = {"@known": "known ", "@hidden": "hidden "}.get(selector, "")
            raise self._nobody(
                selector,
                place,
                f"{self.account.name} has no {kind}end customers that are not served directly already",
            )
        return found

    @cached_property
    def _indirect(self) -> Mapping[str, Partner]:
        """The end customers that we do not sell to directly yet: for them it is news that we may."""
        served = {sale.end_customer for each in self.accounts for sale in each.channel.sales if sale.direct}
        return {key: one for key, one in self.end_customers.items() if key not in served}

    def _volumes(self, end: str) -> Mapping[str, float]:
        """Return the volume sold by each seller, or to each end customer."""
        sales = {sale for each in self.accounts for sale in each.channel.sales}
        volume: dict[str, float] = defaultdict(float)
        for sale in sorted(sales, key=_in_order):
            volume[getattr(sale, end)] += sale.volume or 0.0
        return volume

    @cached_property
    def _seating(self) -> Seating:
        from simulation.parameters import resolve_parameters
        from simulation.scenario import Scenario
        from simulation.seating import seat_people

        values = resolve_parameters(self.parameters, self.account.policy)
        return seat_people(self.account, Scenario(), values)

    def _nobody(self, selector: str, place: str, why: str) -> InputError:
        return wrong(place, selector, f"finds nobody: {why}", self.file)

    def _no_selector(self, selector: str, known: Sequence[str], what: str, place: str) -> UnknownName:
        near = get_close_matches(selector, known, n=1, cutoff=0.3)
        hint = f"; the nearest is {near[0]}" if near else ""
        return UnknownName(
            f"{place}: there is no selector {selector!r} for {what}{hint}. Selectors are {', '.join(known)}.",
            errors=[Fault(self.file, None, place, told(selector), "unknown selector")],
            candidates=[Candidate(name, name) for name in near],
        )


def _selector(value: Any) -> str | None:
    text = value.strip() if isinstance(value, str) else ""
    return text if text.startswith("@") else None


def _in_order(sale: Sale) -> tuple[str, str, str, bool, float]:
    return sale.seller, sale.end_customer, sale.brand or "", sale.direct, sale.volume or 0.0


def _newest(one: Carried) -> tuple[int, str]:
    return (-(one.launched_on or date.min).toordinal(), one.brand)
