"""What was asked in a URL, checked as a whole: every fault is named at once."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, get_type_hints

import msgspec
from msgspec import Meta

from clawctl.config.values import check, parse
from clawctl.errors import BadInput

Q = TypeVar("Q", bound=msgspec.Struct)

# Seconds since the epoch; the year 9999 is the last that can be written as a date.
Moment = Annotated[float, Meta(ge=0, le=253_402_300_799)]
Number = Annotated[str, Meta(max_length=100)]


def query(shape: type[Q], args: Mapping[str, list[str]]) -> Q:
    """The query string as `shape`; raises BadInput for what is unknown, twice, or does not fit.

    A list may be given as several, or separated by commas.
    """
    types = get_type_hints(shape, include_extras=True)
    values, faults = dict[str, Any](), list[str]()
    for name, texts in args.items():
        try:
            values[name] = _value(types, name, texts)
        except BadInput as error:
            faults.append(str(error))
    if faults:
        raise BadInput("; ".join(faults))
    return shape(**values)


def _value(types: Mapping[str, Any], name: str, texts: list[str]) -> Any:
    if name not in types:
        raise BadInput(f"{name[:40]!r} cannot be asked; there are {', '.join(types)}")
    if len(texts) > 1 and not isinstance(parse(types[name], ","), list):
        raise BadInput(f"{name} is given {len(texts)} times")
    try:
        return check(types[name], parse(types[name], ",".join(texts)))
    except BadInput as error:
        raise BadInput(f"{name} {error}") from None
