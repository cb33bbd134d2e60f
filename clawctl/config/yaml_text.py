"""Settings written as YAML: read with their line numbers, changed without touching what stands
around them.

ruamel.yaml finds where each value begins and ends; a change replaces those characters only, so
comments, order, quoting and line ends stay the owner's. What comes out is read again and compared
before anybody may use it.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from clawctl.config.scalar import scalar
from clawctl.errors import BadSettings, ClawError

# What a parser quotes in its complaint may be one of the owner's secrets, unless it is punctuation
# or a name of its own.
_QUOTED = re.compile(r"(['\"]).*\1", re.DOTALL)
_HARMLESS = re.compile(r"[^'\"]*('([^'\w]|<[\w ]+>)'[^'\"]*)*")

Pairs: TypeAlias = list[tuple[ScalarNode, Node]]
# Replace the characters from start to end.
Edit: TypeAlias = tuple[int, int, str]


def read(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Values, and the line each key stands on, from 1; BadSettings names every faulty line."""
    root, values = _parsed(text)
    return values, {key.value: key.start_mark.line + 1 for key, _ in _pairs(root)}


def edited(text: str, changes: Mapping[str, Any]) -> str:
    """`text` with some values replaced and new keys at its end; None is written null."""
    crlf = "\r\n" in text
    text = text.replace("\r\n", "\n")
    root, before = _parsed(text)
    wanted = before | {k: v for k, v in changes.items() if k in before or v is not None}
    try:
        after = _spliced(text, root, changes)
        kept = _parsed(after)[1] == wanted
    except (BadSettings, ValueError):
        kept = False
    if not kept:
        raise ClawError("it is written in a way that only a person can change (with aliases?)")
    return after.replace("\n", "\r\n") if crlf else after


def _parsed(text: str) -> tuple[MappingNode | None, dict[str, Any]]:
    """The tree of nodes with their places, and what it means; no tree when there is no text.

    Parsing is slow (12 ms for the example file), so it is done once for both.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.constructor.allow_duplicate_keys = True
    with _plain_complaints():
        root = yaml.compose(text)
    if root is None or (isinstance(root, ScalarNode) and not root.value):
        return None, {}
    if not isinstance(root, MappingNode):
        raise BadSettings(["must hold settings, a line `key: value` for each"])
    _refuse_duplicates(root)
    with _plain_complaints():
        values = yaml.constructor.construct_document(root)
    return root, {str(key): value for key, value in values.items()}


def _refuse_duplicates(root: MappingNode) -> None:
    lines: dict[str, int] = {}
    faults: list[str] = []
    for key, _ in _pairs(root):
        line = key.start_mark.line + 1
        if key.value in lines:
            faults.append(f"line {line}: {key.value} is already on line {lines[key.value]}")
        lines[key.value] = line
    if faults:
        raise BadSettings(faults)


@contextmanager
def _plain_complaints() -> Iterator[None]:
    try:
        yield
    except MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        why = error.problem or "it cannot be read"
        shown = why if _HARMLESS.fullmatch(why) else _QUOTED.sub("something", why)
        raise BadSettings([f"{line}not YAML: {shown}"]) from None
    except (YAMLError, ValueError, RecursionError):
        raise BadSettings(["not YAML: a value or a character in it cannot be read"]) from None


def _pairs(root: MappingNode | None) -> Pairs:
    pairs: Pairs = root.value if root else []
    for key, _ in pairs:
        if not isinstance(key, ScalarNode):
            raise BadSettings([f"line {key.start_mark.line + 1}: a key must be text"])
    return pairs


def _spliced(text: str, root: MappingNode | None, changes: Mapping[str, Any]) -> str:
    pairs = {key.value: (key, node) for key, node in _pairs(root)}
    edits: list[Edit] = []
    for name in changes.keys() & pairs.keys():
        edits += _replacing(text, *pairs[name], changes[name])
    added = {k: v for k, v in changes.items() if k not in pairs and v is not None}
    if added:
        edits.append(_adding(text, root, added))
    for start, end, written in sorted(edits, reverse=True):
        text = text[:start] + written + text[end:]
    return text


def _replacing(text: str, key: ScalarNode, node: Node, value: Any) -> Iterator[Edit]:
    start, end = node.start_mark.index, _end(text, key, node)
    colon = _after_colon(text, key)
    if start == node.end_mark.index:
        yield colon, colon, f" {scalar(value)}"
    elif not _is_block(node):
        yield start, end, scalar(value)
    elif isinstance(node, SequenceNode) and value:
        indent = "\n" + " " * node.start_mark.column
        yield start, end, indent.join(f"- {scalar(item)}" for item in value)
    else:
        line_end = text.rfind("\n", colon, start)
        yield (start if line_end < 0 else line_end), end, ""
        yield colon, colon, f" {scalar(value)}"


def _end(text: str, key: Node, node: Node) -> int:
    """Where a value really ends: the parser counts what follows a block as part of it."""
    if _is_block(node):
        last = node.value[-1]
        return _end(text, *last) if isinstance(node, MappingNode) else _end(text, node, last)
    if node.start_mark.index == node.end_mark.index:
        return _after_colon(text, key)
    return len(text[: node.end_mark.index].rstrip())


def _is_block(node: Node) -> bool:
    return isinstance(node, CollectionNode) and not node.flow_style


def _after_colon(text: str, key: Node) -> int:
    return text.index(":", key.end_mark.index) + 1


def _adding(text: str, root: MappingNode | None, added: Mapping[str, Any]) -> Edit:
    if root is not None and root.flow_style:
        at = len(text[: root.end_mark.index - 1].rstrip())
        comma = "" if text[at - 1] in "{," else ","
        return at, at, comma + ",".join(f" {scalar(k)}: {scalar(v)}" for k, v in added.items())
    indent = " " * root.start_mark.column if root else ""
    start = "" if not text or text.endswith("\n") else "\n"
    lines = [f"{indent}{k}: {scalar(v)}\n" for k, v in added.items()]
    return len(text), len(text), start + "".join(lines)
