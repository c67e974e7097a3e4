"""What a mapping file says about mail and calendars, under `mail:`.

```yaml
mail:
  domains: {nordwerk.example: Nordwerk AG}      # whose a domain is; an organisation may have several
  addresses: {a.berg@old.example: p17}          # whose an address is: an id, a name or another address
  people: create                                # addresses that nobody has: ask (the default) or create
  subject: true                                 # keep subjects; they are left out otherwise
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from graph.people.names import read_address

Unknown = Literal["ask", "create"]
NAMES = ("domains", "addresses", "people", "subject")


@dataclass(frozen=True)
class MailOptions:
    """How addresses are read.

    Attributes
    ----------
    domains
        Domain to organisation, by id or name.
    addresses
        Comparable address to person, by id, name or address.
    people
        What becomes of an address that nobody has, at the domain of a known organisation.
    subject
        Subjects are kept.
    """

    domains: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    people: Unknown = "ask"
    subject: bool = False


def read_options(section: Mapping[Any, Any]) -> MailOptions:
    """Read the section of a mapping file.

    Raises
    ------
    ValueError
        It says something that there is not.
    """
    for name in section:
        if name not in NAMES:
            raise ValueError(f"mail: has no {name!r}; there is {', '.join(NAMES)}")
    people, subject = section.get("people", "ask"), section.get("subject", False)
    if people not in get_args(Unknown):
        raise ValueError(f"mail: people: must be ask or create, found {people!r}")
    if not isinstance(subject, bool):
        raise ValueError(f"mail: subject: must be true or false, found {subject!r}")
    domains, addresses = {}, {}
    for text, who in _pairs("domains", section):
        domain = domain_of(text)
        if domain is None:
            raise ValueError(f"mail: domains: {text!r} is no domain such as nordwerk.example")
        domains[domain] = who
    for text, who in _pairs("addresses", section):
        address = comparable_address(text)
        if address is None:
            raise ValueError(f"mail: addresses: {text!r} is no e-mail address")
        addresses[address] = who
    return MailOptions(domains, addresses, people, subject)


def comparable_address(text: str | None) -> str | None:
    """Return an address in the form in which two spellings are equal; None where it is none."""
    read = read_address(text)
    return None if read is None or "." not in read.domain else f"{read.local}@{read.domain}"


def domain_of(text: str) -> str | None:
    """Return what is written as a domain (`nordwerk.example`, `@nordwerk.example`); None where it is none."""
    read = read_address("x@" + text.strip().removeprefix("@"))
    if read is None or any(char.isspace() or char in "@/,;" for char in read.domain):
        return None
    parts = read.domain.split(".")
    return read.domain if len(parts) > 1 and all(parts) and len(parts[-1]) > 1 else None


def _pairs(name: str, section: Mapping[Any, Any]) -> list[tuple[str, str]]:
    pairs = section.get(name) or {}
    if not isinstance(pairs, dict) or not all(isinstance(who, (str, int)) for who in pairs.values()):
        raise ValueError(f"mail: {name}: must hold one name for each")
    return [(str(text), str(who)) for text, who in pairs.items()]
