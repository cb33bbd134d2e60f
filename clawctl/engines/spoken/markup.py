"""Markdown as reply models write it, taken down to the words a reader would read out."""
# ruff: noqa: RUF001  (bullets, dashes and quotes are what this is about)

import html
import re

from clawctl.engines.spoken.german_words import MONTHS, NEVER_LISTED
from clawctl.engines.spoken.rules import group, obey, one_of, rule

# A line in which nothing below could be: most sentences.
_ORDINARY = re.compile(r"(?![\s+-]|\d+[.)])[A-Za-zÀ-ɏ0-9 ,.!?;:'\"()’…$€%/@+-]*")

# Code is not read out, not even when its lines were folded into one. An opening fence without an
# end hides nothing but itself.
_FENCED = re.compile(r"^[ \t]*```.*?```", re.DOTALL | re.MULTILINE)
_RULER = re.compile(r"[ \t|:*_=-]*")
_PREFIX = re.compile(r"(?!\*{4}|> ?\d)(?:[>#*+•·◦▪‣–-]{1,6}|\[[ xX]\])\s+")
# "1. Milk", but not "1. Mai" and not "1. Stock".
_ORDINAL = one_of([*(month[:3] for month in MONTHS), *NEVER_LISTED])
_NUMBERED = re.compile(rf"(\d{{1,3}})[.)]\s+(?=\S)(?!(?:{_ORDINAL}))")
_ENDS_A_LINE = re.compile(r"[.!?…:;,][\"'”“’»)\]*_`]{0,9}\Z")

# What is left of what stands within a line; in this order.
_INLINE = group(
    rule(
        r"!?\[([^\[\]]{0,300})\]\((?:[^()\s]|\([^()\s]{0,99}\)){0,500}(?: \"[^\"]{0,99}\")?\)",
        r"\1",
        needs="[",
    ),
    rule(r"\]\(https?://[^\s)]{0,500}\)?", "", needs="]"),  # the end of a link cut in two
    rule(r"\[\^[^\]\s]{1,20}\]:?|\[\d{1,3}\]", "", needs="["),  # a footnote
    rule(r"!?\[([^\[\]]{1,300})\]\[[^\[\]]{0,100}\]", r"\1", needs="["),
    rule(r"<((?:https?://|mailto:)?[^<>\s]{1,200}[.@][^<>\s]{1,200})>", r"\1", needs="<"),
    rule(r"</?[a-zA-Z][^<>]{0,200}>", " ", needs="<"),
    rule(r"(?<=\d)\s?\*\s?(?=\d)", "×", needs="*"),
    rule(r"(?:\*{4}[ -]?){1,4}(?=\d{4}\b)", "xxxx ", needs="*"),
    rule(r"(?<=\w )\*(?=[.,;:!?]|\Z| (?:to|for|or|and|um|für|oder|und)\b)", "✱", needs="*"),
    rule(r"(?<!\S)\*(?=\d{1,3}(?![\d*\w]))", "✱", needs="*"),
    rule(r"\*+|`+|~~+|^_+|_+$|(?<=\s)_+|_+(?=[\s.,!?;:])", "", needs="*`~_"),
    rule(r"\\(?=[^\w\s])", "", needs="\\"),
)


def without_code(text: str) -> str:
    """To be called while the fences are still there: `safe_text` makes apostrophes of them."""
    return _FENCED.sub("\n", text)


def plain(text: str) -> str:
    """One line without markup; what stood on a line of its own ends with a full stop."""
    if _ORDINARY.fullmatch(text):
        return text
    lines = [line for line in map(_line, without_code(text).splitlines()) if line]
    inner = [line if _ENDS_A_LINE.search(line[-10:]) else f"{line}." for line in lines[:-1]]
    return " ".join([*inner, *lines[-1:]])


def _line(line: str) -> str:
    line = line.strip()
    if _RULER.fullmatch(line):
        return ""
    while prefix := _PREFIX.match(line):
        line = line[prefix.end() :]
    if numbered := _NUMBERED.match(line):
        line = f"{numbered[1]}: {line[numbered.end() :]}"
    if line.startswith("|"):
        line = ", ".join(filter(None, map(str.strip, line.split("|"))))
    return " ".join(html.unescape(obey([_INLINE], line)).split())
