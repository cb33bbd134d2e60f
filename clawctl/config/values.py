"""What a setting may hold: said in words, read from text, checked."""

import json
import math
import unicodedata
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

from clawctl.errors import BadInput

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
_NOUNS = {
    inspect.BoolType: "true or false",
    inspect.IntType: "a whole number",
    inspect.FloatType: "a number",
    inspect.StrType: "text",
}
_SEVERAL = inspect.VarTupleType | inspect.ListType


def check(of: Any, value: Any) -> Any:
    """`value` as the annotation `of` wants it (a float for an int, a tuple for a list).

    Raises BadInput with the end of a sentence that begins with a key. It never quotes a text,
    which may be a secret or what a caller said.
    """
    try:
        fit = msgspec.convert(value, of)
    except (msgspec.ValidationError, OverflowError, UnicodeError):
        raise BadInput(f"must be {allowed(of)}, not {_kind(of, value)}") from None
    for leaf in _leaves(fit):
        if isinstance(leaf, float) and not math.isfinite(leaf):
            raise BadInput(f"must be {allowed(of)}, not {leaf!r}")
        if isinstance(leaf, str) and not _is_text(leaf):
            raise BadInput("must not hold control characters or broken Unicode")
    return fit


def parse(of: Any, text: str) -> Any:
    """The value written as `text` in the environment or on the command line, not yet checked.

    Lists are JSON, or separated by commas. What cannot be read comes back as the text it is, for
    `check` to refuse.
    """
    shapes = _shapes(of)
    written = text.strip()
    if any(isinstance(shape, _SEVERAL) for shape in shapes):
        alone = any(isinstance(shape, inspect.StrType) for shape in shapes)
        if written.startswith("[") or "," in written or not alone:
            return _list(written)
    for shape in shapes:
        match shape:
            case inspect.BoolType() if written.lower() in _TRUE | _FALSE:
                return written.lower() in _TRUE
            case inspect.IntType() | inspect.FloatType():
                return _number(written, whole=isinstance(shape, inspect.IntType))
            case inspect.DictType() | inspect.StructType():
                return _json(written)
    return text


def allowed(of: Any) -> str:
    """What a value may be, in words: "a whole number from 0 to 65535"."""
    return " or ".join(_words(shape) for shape in _shapes(of))


def _shapes(of: Any) -> tuple[inspect.Type, ...]:
    shape = inspect.type_info(of)
    while isinstance(shape, inspect.Metadata):
        shape = shape.type
    return shape.types if isinstance(shape, inspect.UnionType) else (shape,)


def _words(shape: inspect.Type) -> str:
    match shape:
        case inspect.Metadata(type=inner):
            return _words(inner)
        case inspect.IntType() | inspect.FloatType():
            return _NOUNS[type(shape)] + _limits(shape)
        case inspect.StrType(max_length=int(most)):
            return f"text of at most {most} characters"
        case inspect.LiteralType(values=values):
            return "one of " + ", ".join(map(str, values))
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return f"a list of {_words(item)}"
    return _NOUNS.get(type(shape), "a mapping")


def _limits(number: inspect.IntType | inspect.FloatType) -> str:
    if number.ge is not None and number.le is not None:
        return f" from {number.ge:g} to {number.le}"
    limits = (
        (number.gt, "above"),
        (number.ge, "from"),
        (number.lt, "below"),
        (number.le, "up to"),
    )
    said = [f"{word} {limit}" for limit, word in limits if limit is not None]
    return " " + " and ".join(said) if said else ""


def _kind(of: Any, value: Any) -> str:
    wants_text, wants_list = "text" in allowed(of), "a list" in allowed(of)
    match value:
        case None | bool():
            return json.dumps(value)
        case str():
            return "text like that" if wants_text else "text"
        case int() | float():
            return "a number (put it in quotes)" if wants_text else "a number like that"
        case list() | tuple():
            return "a list like that" if wants_list else "a list"
    return "a mapping" if isinstance(value, dict) else f"a {type(value).__name__}"


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, dict):
        yield from _leaves([*value, *value.values()])
    else:
        yield value


def _is_text(text: str) -> bool:
    return not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text)


def _list(text: str) -> Any:
    if text.startswith("["):
        return _json(text)
    return [item.strip() for item in text.split(",") if item.strip()]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _number(text: str, *, whole: bool) -> Any:
    try:
        return int(text) if whole else float(text)
    except ValueError:
        return text
