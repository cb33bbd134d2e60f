"""What was asked in a URL, checked as a whole: every fault is named at once."""

from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta
from werkzeug.datastructures import MultiDict

from clawctl.config.values import check, parse
from clawctl.errors import BadInput
from clawctl.wire.text import some

Q = TypeVar("Q", bound=msgspec.Struct)

# Seconds since the epoch; the year 9999 is the last that can be written as a date.
Moment = Annotated[float, Meta(ge=0, le=253_402_300_799)]
Number = Annotated[str, Meta(max_length=100)]


def query(shape: type[Q], args: "MultiDict[str, str]") -> Q:
    """The query string as `shape`; raises BadInput for what is unknown, twice, or does not fit.

    A list may be given as several, or separated by commas. None stands for what was not asked.
    """
    hints = get_type_hints(shape, include_extras=True)
    types = {name: _without_none(of) for name, of in hints.items()}
    values, faults = dict[str, Any](), list(_unknown(types, args))
    for name, texts in args.lists():
        if name in types:
            try:
                values[name] = _value(types[name], texts)
            except BadInput as error:
                faults.append(f"{name} {error}")
    if faults:
        raise BadInput("; ".join(faults))
    return shape(**values)


def _unknown(types: Mapping[str, Any], args: Mapping[str, str]) -> Iterator[str]:
    if unknown := [name for name in args if name not in types]:
        yield f"{some(unknown)} cannot be asked; there are {', '.join(types)}"


def _value(of: Any, texts: list[str]) -> Any:
    """Raises BadInput with the end of a sentence that begins with the name."""
    several = isinstance(parse(of, ","), list)
    if len(texts) > 1 and not several:
        raise BadInput(f"is given {len(texts)} times")
    if several and not all(one.strip() for text in texts for one in text.split(",")):
        raise BadInput("has an empty place in its list")
    return check(of, parse(of, ",".join(texts)))


def _without_none(of: Any) -> Any:
    if get_origin(of) in {Union, UnionType}:
        (of,) = (one for one in get_args(of) if one is not NoneType)
    return of
