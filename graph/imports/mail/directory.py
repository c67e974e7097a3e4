"""Whose an address is: known people first, then the organisation that has the domain."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Literal

from graph.errors import InputError
from graph.imports.assembly import Assembly
from graph.imports.mail.headers import person_name
from graph.imports.mail.occasions import Party
from graph.imports.mail.options import MailOptions, comparable_address
from graph.imports.mail.words import is_free, is_machine
from graph.people.names import read_address, read_name

Side = Literal["ours", "theirs", ""]


@dataclass(frozen=True, slots=True)
class Whose:
    """Who has an address.

    Attributes
    ----------
    side
        Empty where nobody known has it, nor an organisation its domain.
    namesake
        Somebody known who is called the same, where nobody has the address.
    shared
        Behind the address sits a team or a machine.
    """

    address: str
    side: Side
    person: str | None = None
    organisation: str | None = None
    namesake: str | None = None
    shared: bool = False


class Directory:
    """Addresses and domains of the people of the store and of the same import.

    Of two people with one address the lower id counts; they are proposed for merging.
    """

    def __init__(self, assembly: Assembly, options: MailOptions) -> None:
        self._assembly = assembly
        self._seen: dict[Party, Whose] = {}
        self._people = dict(assembly.addresses)
        self._called: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._at: dict[str, Counter[str]] = defaultdict(Counter)
        self._options = options
        for id_ in sorted({*assembly.known.people, *assembly.records.people}):
            self._learn(id_)
        for address, who in options.addresses.items():
            self._people[address] = self._told(address, who)
        self._domains = {domain: _most(owners) for domain, owners in self._at.items() if not is_free(domain)}
        if assembly.own_domain is not None and assembly.ours is not None:
            self._domains[assembly.own_domain] = assembly.ours
        for domain, name in options.domains.items():
            self._domains[domain] = assembly.find_organisation(name) or assembly.create_organisation(name)

    @property
    def disputed(self) -> list[str]:
        """Return the domains that as many people of two organisations have."""
        return sorted(domain for domain, owner in self._domains.items() if owner is None)

    def find(self, party: Party) -> Whose:
        """Return who has an address, as far as anybody knows."""
        known = self._seen.get(party)
        if known is None:
            known = self._seen[party] = self._find(party)
        return known

    def add(self, address: str, person: str) -> None:
        """Say whose an address is from now on."""
        self._people[address] = person
        self._seen.clear()

    def address_of(self, person: str) -> str | None:
        """Return the address that is known of a person, as it was written."""
        record, known = self._assembly.records.people.get(person), self._assembly.known.people.get(person)
        said: str | None = record.properties.get("email") if record else None
        return said or (known.email if known else None)

    def _learn(self, id_: str) -> None:
        record, known = self._assembly.records.people.get(id_), self._assembly.known.people.get(id_)
        email = self.address_of(id_)
        name = record.properties["name"] if record else known.name if known else id_
        words = read_name(name)
        if len(words.words) > 1:
            self._called[words.key].append(id_)
        address = comparable_address(email)
        if address is None:
            return
        employer = self._assembly.employer(id_)
        if employer is not None:
            self._at[address.rpartition("@")[2]][employer] += 1

    def _told(self, address: str, who: str) -> str:
        person = self._assembly.person_called(who) or self._people.get(comparable_address(who) or "")
        if person is None:
            raise InputError(f"mail: addresses: {address} is said to be of {who!r}, whom nobody knows.")
        return person

    def _find(self, party: Party) -> Whose:
        address = party.address
        local, _, domain = address.rpartition("@")
        person = self._people.get(address) or self._by_alias(local, domain)
        if person is not None:
            person = self._assembly.known.meant(person)  # where two entries were merged, both addresses stay
            return Whose(
                address, self._side(self._assembly.employer(person)), person, self._assembly.employer(person)
            )
        organisation = self._owner(domain)
        read = read_address(address)
        shared = read is not None and (read.shared or is_machine(local))
        namesake = None if shared else self._namesake(party, organisation)
        side = self._side(organisation)
        if organisation is None and namesake is not None:
            side = self._side(self._assembly.employer(namesake))
        return Whose(address, side, None, organisation, namesake, shared)

    def _side(self, organisation: str | None) -> Side:
        if organisation is None:
            return ""
        return "ours" if "Supplier" in self._assembly.labels_of(organisation) else "theirs"

    def _owner(self, domain: str) -> str | None:
        """Return the organisation that has a domain, or the domain above it."""
        while "." in domain:
            if is_free(domain):
                return None
            if domain in self._domains:
                return self._domains[domain]
            domain = domain.partition(".")[2]
        return None

    def _by_alias(self, local: str, domain: str) -> str | None:
        """Return who has the same local part at another domain of one owner, where the mapping says so."""
        owner, told = self._domains.get(domain), self._options.domains
        if owner is None or not told:
            return None
        same = [one for one, who in self._domains.items() if who == owner and (domain in told or one in told)]
        found = {self._people[f"{local}@{one}"] for one in same if f"{local}@{one}" in self._people}
        return found.pop() if len(found) == 1 else None

    def _namesake(self, party: Party, organisation: str | None) -> str | None:
        """Return the only one who is called like an address, in its organisation where that is known."""
        words = read_name(person_name(party.name))
        if len(words.words) < 2:
            return None
        called = self._called.get(words.key, [])
        if organisation is not None:
            called = [id_ for id_ in called if self._assembly.employer(id_) == organisation]
        return called[0] if len(called) == 1 else None


def _most(owners: Counter[str]) -> str | None:
    """Return the organisation most of whose people have a domain; None where two have as many."""
    (first, count), *others = owners.most_common(2)
    return first if not others or others[0][1] < count else None
