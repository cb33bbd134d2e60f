"""What the phone's shell makes of a line: words, pipes, and what is joined by `;`, `&&`, `||`."""

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

_OPERATORS = ("&&", "||", ";;", ";", "|", "&", "\n", "(", ")")
_REDIRECT = re.compile(r"(\d?)(>>|>&|>|<)")
_PLAIN = re.compile(r"[^\s;&|<>()'\"\\$`*?#~]+")
_BLANK = re.compile(r"[ \t\r]+")
_NAME = re.compile(r"\$(\w+|[?$!#@*]|\{\w+\})")

Kind = Literal["text", "pattern", "name", "run"]


class BadScript(Exception):
    """The shell cannot read it; its words are those of the phone's shell."""


class Part(NamedTuple):
    """Of a word: text as it is, a sign that matches names, a variable, or the output of a script.

    What comes from a `quoted` part is not split into words again.
    """

    kind: Kind
    text: str
    quoted: bool = False


Word = tuple[Part, ...]


class Redirect(NamedTuple):
    number: int
    how: str
    target: Word


@dataclass(slots=True)
class Simple:
    """One command; with `group`, everything in a pair of brackets."""

    words: list[Word] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)
    group: "list[Step] | None" = None


class Step(NamedTuple):
    """A pipeline; `joint` is what stands before it, `background` whether an `&` behind it."""

    joint: str
    pipeline: list[Simple]
    background: bool = False


def parse(text: str) -> list[Step]:
    """Raises BadScript."""
    reader = _Reader(text)
    try:
        steps = reader.steps()
    except RecursionError:
        raise BadScript("syntax error: too many brackets") from None
    if reader.at < len(text):
        raise BadScript(f"syntax error: unexpected '{text[reader.at]}'")
    return steps


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def steps(self) -> list[Step]:
        """Up to the end, or to a closing bracket."""
        steps: list[Step] = []
        joint = ";"
        while pipeline := self._pipeline():
            sign = self._operator(";", "&&", "||", "&", "\n")
            steps.append(Step(joint, pipeline, background=sign == "&"))
            if not sign:
                break
            joint = sign if sign in {"&&", "||"} else ";"
        return steps

    def _pipeline(self) -> list[Simple]:
        pipeline: list[Simple] = []
        while command := self._simple():
            pipeline.append(command)
            if not self._operator("|"):
                break
        return pipeline

    def _simple(self) -> Simple | None:
        while self._operator("\n"):
            pass
        command = Simple()
        if self._operator("("):
            command.group = self.steps()
            if not self._operator(")"):
                raise BadScript("syntax error: unmatched '('")
        while self._redirect(command) or self._word(command):
            pass
        return command if command.words or command.redirects or command.group else None

    def _skip_blanks(self) -> None:
        if found := _BLANK.match(self._text, self.at):
            self.at = found.end()
        if self._text.startswith("#", self.at):
            end = self._text.find("\n", self.at)
            self.at = len(self._text) if end < 0 else end

    def _operator(self, *wanted: str) -> str:
        self._skip_blanks()
        for sign in _OPERATORS:
            if self._text.startswith(sign, self.at):
                if sign not in wanted:
                    return ""
                self.at += len(sign)
                return sign
        return ""

    def _redirect(self, command: Simple) -> bool:
        self._skip_blanks()
        found = _REDIRECT.match(self._text, self.at)
        if not found:
            return False
        self.at = found.end()
        self._skip_blanks()
        target = self._parts()
        if not target:
            raise BadScript(f"syntax error: '{found[0]}' without a target")
        default = 0 if found[2] == "<" else 1
        command.redirects.append(Redirect(int(found[1] or default), found[2], target))
        return True

    def _word(self, command: Simple) -> bool:
        self._skip_blanks()
        parts = self._parts()
        if parts is not None:
            command.words.append(parts)
        return parts is not None

    def _parts(self) -> Word | None:
        """A word; None where none begins, and empty for one like ''."""
        parts: list[Part] = []
        start = self.at
        while self.at < len(self._text) and self._text[self.at] not in " \t\r\n;&|<>()":
            self._part(parts)
        return tuple(parts) if self.at > start else None

    def _part(self, parts: list[Part]) -> None:
        if found := _PLAIN.match(self._text, self.at):
            self.at = found.end()
            parts.append(Part("text", found[0]))
            return
        sign = self._text[self.at]
        self.at += 1
        if sign == "'":
            parts.append(Part("text", self._until("'"), quoted=True))
        elif sign == '"':
            self._double_quoted(parts)
        elif sign == "\\":
            parts.append(Part("text", self._text[self.at : self.at + 1], quoted=True))
            self.at += 1
        elif sign in "*?":
            parts.append(Part("pattern", sign))
        else:
            self._expansion(sign, parts, quoted=False)

    def _double_quoted(self, parts: list[Part]) -> None:
        parts.append(Part("text", "", quoted=True))
        while (sign := self._text[self.at : self.at + 1]) != '"':
            if not sign:
                raise BadScript("syntax error: no closing quote")
            self.at += 1
            if sign == "\\" and self._text[self.at : self.at + 1] in {'"', "\\", "$", "`"}:
                parts.append(Part("text", self._text[self.at], quoted=True))
                self.at += 1
            else:
                self._expansion(sign, parts, quoted=True)
        self.at += 1

    def _expansion(self, sign: str, parts: list[Part], *, quoted: bool) -> None:
        if sign == "`":
            parts.append(Part("run", self._until("`"), quoted))
        elif sign == "$" and self._text.startswith("(", self.at):
            self.at += 1
            start = self.at
            self.steps()
            script = self._text[start : self.at]
            if not self._operator(")"):
                raise BadScript("syntax error: unmatched '('")
            parts.append(Part("run", script, quoted))
        elif sign == "$" and (found := _NAME.match(self._text, self.at - 1)):
            self.at = found.end()
            parts.append(Part("name", found[1].strip("{}"), quoted))
        else:
            parts.append(Part("text", sign, quoted))

    def _until(self, sign: str) -> str:
        end = self._text.find(sign, self.at)
        if end < 0:
            raise BadScript("syntax error: no closing quote")
        text = self._text[self.at : end]
        self.at = end + 1
        return text
