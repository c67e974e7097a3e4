"""The mapping file: how somebody's own files say what the generic form asks for.

```yaml
ours: Kaltenbach Coatings            # who we are, by id, name or the domain of our addresses
dates: dmy                           # where a file's dates leave the order open
encoding: cp1252                     # of text files that are not UTF-8
malformed:                           # rows that cannot be read, which refuse the import otherwise
  orders.csv: {join: address}        # more cells than the header: the column whose commas nobody quoted
  suppliers.csv: finding             # left out and listed
mail: {domains: {acme.example: Acme}} # of mail logs and calendars; see `mail.options`
files:
  contacts.csv:
    - form: people
      columns: {name: "{first_name} {last_name}", organisation: [company, employer]}
      values: {role: {Boss: decision_maker}}
      constants: {}                  # form column: the same value in every row
      where: {status: [warm, hot]}   # file column: values of the rows to take; "*" is any
  invoices.csv:
    - form: supplies
      columns: {account: "customer {customer_id}", revenue: total}
      add: {revenue: 0.5}            # rows of one key add up, each times this: invoices of two years, say
  notes.csv: []                      # not used
```

In braces `{#}` is the number of the row, for files that have no id.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from graph.errors import Fault, InputError
from graph.imports.cells import as_text
from graph.imports.dates import ORDERS, DateOrder
from graph.imports.forms import FORMS, Form, form_named
from graph.imports.mail.options import MailOptions, read_options
from graph.plain_yaml import load_yaml
from graph.policy import fold

TEMPLATE = re.compile(r"\{([^{}]+)\}")
MAPPING_LIMIT = 1 << 20
VALUES_LIMIT = 1 << 20
# What a mapping may say of malformed rows, beside the column to join.
FINDING = "finding"
JOIN = "join "
Said = TypeVar("Said")


@dataclass(frozen=True)
class FormMapping:
    """How one form is filled from one file.

    Attributes
    ----------
    columns
        Form column to the file's heading, or a template with headings in braces; of several the first that
        is filled counts.
    values
        Form column to what stands for each value, values compared by `fold`.
    constants
        Form column to the value of every row.
    where
        The file's heading to the values (folded) of the rows to take.
    added
        Form column whose numbers add up over the rows of one key, to the factor of each.
    """

    form: Form
    columns: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Mapping[str, str]]
    constants: Mapping[str, str]
    where: Mapping[str, frozenset[str]]
    added: Mapping[str, float]


@dataclass(frozen=True)
class ImportMapping:
    """A whole mapping file; empty where there is none."""

    file: str = ""
    ours: str | None = None
    dates: DateOrder | None = None
    encoding: str | None = None
    files: Mapping[str, tuple[FormMapping, ...]] = field(default_factory=dict)
    malformed: Mapping[str, str] = field(default_factory=dict)
    mail: MailOptions = field(default_factory=MailOptions)

    def forms_of(self, file: str) -> tuple[FormMapping, ...]:
        """Return how a file is mapped; empty if the mapping does not name it."""
        return _of_file(self.files, file) or ()

    def names(self, file: str) -> bool:
        """Tell whether the mapping names a file, or a sheet or list of it."""
        own = {file.casefold(), file.rpartition("/")[2].casefold()}
        return any(name.casefold() in own or name.partition(":")[0].casefold() in own for name in self.files)

    def ignores(self, file: str) -> bool:
        """Tell whether the mapping names a file, or the file that a list or sheet is of, with no form."""
        return any(_of_file(self.files, name) == () for name in (file, file.partition(":")[0]))

    def malformed_of(self, file: str) -> str | None:
        """Return what becomes of rows with too many cells: `FINDING`, or `JOIN` and a column."""
        return _of_file(self.malformed, file)


def _of_file(said: Mapping[str, Said], file: str) -> Said | None:
    """Return what is said of a file, by the name that reports use or by its own."""
    folded = {name.casefold(): value for name, value in said.items()}
    own = file.rpartition("/")[2].casefold()
    return folded[file.casefold()] if file.casefold() in folded else folded.get(own)


def read_mapping(path: Path | None) -> ImportMapping:
    """Read a mapping file.

    Raises
    ------
    InputError
        The file cannot be read, or names something that there is not.
    """
    if path is None:
        return ImportMapping()
    import yaml

    try:
        if path.stat().st_size > MAPPING_LIMIT:
            raise _wrong(path.name, "is larger than any mapping file")
        document = load_yaml(path.read_text(encoding="utf-8-sig"), largest=VALUES_LIMIT)
    except OSError as error:
        raise _wrong(path.name, f"cannot be read ({error.strerror or error})") from None
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError) as error:
        raise _wrong(path.name, f"is no YAML ({str(error).splitlines()[0]})") from None
    name = path.name
    document = _section(name, "the file", document or {})
    _known(name, "the file", document, ("ours", "dates", "encoding", "malformed", "mail", "files"))
    dates = document.get("dates")
    if dates is not None and dates not in ORDERS:
        raise _wrong(name, f"dates: must be one of {', '.join(ORDERS)}, found {dates!r}")
    files = {
        str(file): tuple(
            _form(name, str(file), entry) for entry in (forms if isinstance(forms, list) else [forms])
        )
        for file, forms in _section(name, "files:", document.get("files") or {}).items()
    }
    ours, encoding = document.get("ours"), document.get("encoding")
    return ImportMapping(
        name,
        _word(name, "ours:", ours),
        dates,
        _word(name, "encoding:", encoding),
        files,
        _malformed(name, document.get("malformed") or {}),
        _mail(name, _section(name, "mail:", document.get("mail") or {})),
    )


def _word(name: str, where: str, value: Any) -> str | None:
    if isinstance(value, (list, dict)):
        raise _wrong(name, f"{where} must be one word, found {value!r}")
    return as_text(value) or None


def _mail(name: str, section: dict[Any, Any]) -> MailOptions:
    try:
        return read_options(section)
    except ValueError as error:
        raise _wrong(name, str(error)) from None


def _malformed(name: str, section: Any) -> dict[str, str]:
    said: dict[str, str] = {}
    for file, what in _section(name, "malformed:", section).items():
        if what == FINDING:
            said[str(file)] = FINDING
        elif isinstance(what, dict) and set(what) == {"join"}:
            said[str(file)] = JOIN + str(what["join"])
        else:
            raise _wrong(name, f"malformed: {file} must be finding or {{join: COLUMN}}, found {what!r}")
    return said


def _form(name: str, file: str, entry: Any) -> FormMapping:
    where = f"files: {file}"
    entry = _section(name, where, entry)
    _known(name, where, entry, ("form", "columns", "values", "constants", "where", "add"))
    form = form_named(str(entry.get("form", "")))
    if form is None:
        near = _nearest(str(entry.get("form", "")), tuple(FORMS))
        raise _wrong(name, f"{where}: form: must name a file of the generic form{near}")
    columns = {
        _column(name, where, form, key): _headings(name, where, value)
        for key, value in _section(name, f"{where}: columns:", entry.get("columns") or {}).items()
    }
    values = {
        _column(name, where, form, key): {
            fold(as_text(old)): _cell(name, f"{where}: values: {key}:", new)
            for old, new in _section(name, f"{where}: values: {key}:", table or {}).items()
        }
        for key, table in _section(name, f"{where}: values:", entry.get("values") or {}).items()
    }
    constants = {
        _column(name, where, form, key): _cell(name, f"{where}: constants: {key}:", value)
        for key, value in _section(name, f"{where}: constants:", entry.get("constants") or {}).items()
    }
    only = {
        str(key): frozenset(fold(as_text(one)) for one in (value if isinstance(value, list) else [value]))
        for key, value in _section(name, f"{where}: where:", entry.get("where") or {}).items()
    }
    added = {
        _column(name, where, form, key): _factor(name, f"{where}: add: {key}", value)
        for key, value in _section(name, f"{where}: add:", entry.get("add") or {}).items()
    }
    for column in added:
        if form.columns[column].holds != "number":
            raise _wrong(name, f"{where}: add: {column} is no number")
    return FormMapping(form, columns, values, constants, only, added)


def _cell(name: str, where: str, value: Any) -> str:
    parts = value if isinstance(value, list) else [value]
    if any(isinstance(one, (list, dict)) for one in parts):
        raise _wrong(name, f"{where} must be what a cell can hold, found {value!r}")
    return as_text(value)


def _factor(name: str, where: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e9:
        raise _wrong(name, f"{where}: must be a factor above 0, found {value!r}")
    return float(value)


def _headings(name: str, where: str, value: Any) -> tuple[str, ...]:
    headings = value if isinstance(value, list) else [value]
    if not headings or any(isinstance(one, (list, dict)) or one is None for one in headings):
        raise _wrong(name, f"{where}: columns: must name a heading or several, found {value!r}")
    return tuple(map(str, headings))


def _column(name: str, where: str, form: Form, key: object) -> str:
    for column in form.columns:
        if fold(column) == fold(str(key)):
            return column
    near = _nearest(str(key), tuple(form.columns))
    raise _wrong(name, f"{where}: {form.name} has no column {key!r}{near}")


def _section(name: str, where: str, value: Any) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise _wrong(name, f"{where} must hold names and values, found {value!r}")
    return value


def _known(name: str, where: str, section: Mapping[Any, Any], known: tuple[str, ...]) -> None:
    for key in section:
        if key not in known:
            raise _wrong(name, f"{where} has no {key!r}{_nearest(str(key), known)}")


def _nearest(text: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(text, known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there is {', '.join(known)}"


def _wrong(name: str, message: str) -> InputError:
    return InputError(f"The mapping {name}: {message}.", errors=[Fault(name, None, None, None, message)])
