"""Who we are, said as the domain of our addresses."""

from __future__ import annotations

from graph.errors import Candidate, InputError
from graph.imports.assembly import Assembly
from graph.imports.mail.options import comparable_address, domain_of


def organisation_at(assembly: Assembly, text: str) -> str | None:
    """Return the organisation whose people have addresses at a domain, and note that the domain is ours.

    Raises
    ------
    InputError
        People of several organisations have such addresses.
    """
    domain = domain_of(text)
    if domain is None:
        return None
    assembly.own_domain = domain
    found = {
        one.organisation
        for one in assembly.known.people.values()
        if _at(one.email, domain) and one.organisation
    }
    for entry in assembly.entries["people"].values():
        if _at(entry.get("email"), domain):
            name = entry.get("organisation") or ""
            organisation = assembly.find_organisation(name)
            if organisation is None and name and (entry.mapped or assembly.by_name):
                organisation = assembly.create_organisation(name)
            found |= {organisation} if organisation is not None else set()
    if len(found) > 1:
        raise InputError(
            f"ours: {text} is the domain of people of {', '.join(sorted(found))}; name one of them.",
            candidates=[Candidate(id_, assembly.name_of(id_)) for id_ in sorted(found)],
        )
    return found.pop() if found else None


def _at(email: str | None, domain: str) -> bool:
    address = comparable_address(email)
    return address is not None and address.rpartition("@")[2] == domain
