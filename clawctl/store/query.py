"""What people write when they look for something, as FTS5 reads it.

`words` must all occur; `"a phrase"` as it stands; `begin*` any word that begins so; `OR` between
two; `-word` or `NOT word` must not occur; parentheses group. No character of a word reaches FTS5 as
syntax: every one stands in quotes.
"""

import re
from dataclasses import dataclass

from clawctl.errors import BadInput

MOST_CHARS = 500
DEEPEST = 20
EXAMPLE = 'such as: meeting ("next tuesday" OR wednes*) -cancel'
COLUMNS = {"": "", "caller": "{transcript} : ", "assistant": "{reply} : "}

_TOKEN = re.compile(
    r'\s*(?:(?P<sign>[()])|(?P<minus>-(?=[\w"(]))|"(?P<phrase>[^"]*)(?P<end>"?)|(?P<word>[^\s()"]+))'
)


class BadQuery(BadInput):
    """Words that make no query."""

    code = "bad_query"

    def __init__(self, why: str, at: int) -> None:
        super().__init__(f"{why} (character {at + 1}); write it {EXAMPLE}")


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is one of ( ) OR AND NOT term; `text` is a term as FTS5 takes it."""

    kind: str
    text: str
    at: int


def expression(words: str, said_by: str = "") -> str:
    """Raises BadQuery, saying what is wrong and at which character."""
    if len(words) > MOST_CHARS:
        raise BadQuery(f"the query has more than {MOST_CHARS} characters", MOST_CHARS)
    tokens = _tokens(words)
    if not tokens:
        raise BadQuery("there is nothing to look for", 0)
    reading = Reading(tokens, len(words))
    found = reading.either(0)
    if left := reading.peek():
        raise BadQuery("there is a closing parenthesis too many", left.at)
    return f"{COLUMNS[said_by]}({found})"


def _tokens(words: str) -> list[Token]:
    tokens, at, end = list[Token](), 0, len(words.rstrip())
    while at < end and (found := _TOKEN.match(words, at)):
        start = found.start() + len(found[0]) - len(found[0].lstrip())
        tokens.append(_token(found, start))
        at = found.end()
        if found["phrase"] is not None and words[at : at + 1] == "*":
            tokens[-1] = Token("term", tokens[-1].text + "*", start)
            at += 1
    return tokens


def _token(found: re.Match[str], at: int) -> Token:
    if found["sign"]:
        return Token(found["sign"], "", at)
    if found["minus"]:
        return Token("NOT", "", at)
    if found["word"] in {"OR", "AND", "NOT"}:
        return Token(found["word"], "", at)
    if found["phrase"] is not None and not found["end"]:
        raise BadQuery("a quotation mark is not closed", at)
    return Token("term", _term(found["word"] or found["phrase"] or "", at), at)


def _term(text: str, at: int) -> str:
    bare = text.removesuffix("*")
    if not any(c.isalnum() for c in bare):
        raise BadQuery(f"{text[:20]!r} holds no letter and no digit", at)
    # A control character would end the text for SQLite.
    clean = "".join(c if c.isprintable() else " " for c in bare)
    return f'"{clean}"' + "*" * text.endswith("*")


class Reading:
    """Recursive descent: `either` joins with OR what `all_of` joins with AND."""

    def __init__(self, tokens: list[Token], length: int) -> None:
        self._tokens = tokens[::-1]
        self._length = length

    def peek(self) -> Token | None:
        return self._tokens[-1] if self._tokens else None

    def either(self, depth: int) -> str:
        found = [self._all_of(depth)]
        while (token := self.peek()) and token.kind == "OR":
            self._tokens.pop()
            found.append(self._all_of(depth))
        return " OR ".join(f"({one})" for one in found) if len(found) > 1 else found[0]

    def _all_of(self, depth: int) -> str:
        begins = token.at if (token := self.peek()) else self._length
        wanted, unwanted = list[str](), list[str]()
        while (token := self.peek()) and token.kind not in {"OR", ")"}:
            if token.kind == "AND":
                self._joined(token, bool(wanted))
                continue
            refuse = token.kind == "NOT"
            if refuse:
                self._tokens.pop()
            (unwanted if refuse else wanted).append(self._one(depth))
        if not wanted:
            why = "only says what must not occur" if unwanted else "lacks a word"
            raise BadQuery(f"this part of the query {why}", begins)
        found = " AND ".join(wanted)
        return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found

    def _joined(self, token: Token, begun: bool) -> None:
        self._tokens.pop()
        after = self.peek()
        if not begun or after is None or after.kind in {"OR", "AND", ")"}:
            raise BadQuery("AND stands between two words", token.at)

    def _one(self, depth: int) -> str:
        token = self.peek()
        if token is None:
            raise BadQuery("a word is missing at the end", self._length)
        self._tokens.pop()
        if token.kind == "term":
            return token.text
        if token.kind != "(":
            raise BadQuery("a word is missing here", token.at)
        if depth == DEEPEST:
            raise BadQuery("there are too many parentheses in one another", token.at)
        found = self.either(depth + 1)
        if not self._tokens:
            raise BadQuery("a parenthesis is not closed", token.at)
        self._tokens.pop()
        return f"({found})"
