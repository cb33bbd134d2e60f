"""What a model has read in each call, so that the next turn costs only what is new in it.

The prompt of a turn is that of the turn before with the answer and a few words more, except where
knowledge stands right before the caller's words, or older history was condensed: so what counts is
how many tokens two prompts have in common from the start. What comes after them is cut off.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Generic, TypeVar

C = TypeVar("C")


@dataclass(frozen=True)
class Keeping(Generic[C]):
    """How what was read is made, copied, and cut: `can_cut` gives False if the last tokens of it
    cannot be forgotten, as with models that remember a window or a state only."""

    new: Callable[[], C]
    copy: Callable[[C], C]
    can_cut: Callable[[C], bool]
    cut: Callable[[C, int], None]


@dataclass(frozen=True)
class Read(Generic[C]):
    """What the model holds after exactly these tokens."""

    tokens: tuple[int, ...]
    held: C


class Prefixes(Generic[C]):
    """The newest prompt of the calls that had a turn last."""

    def __init__(self, keeping: Keeping[C]) -> None:
        self._keeping = keeping
        # The one that was used last stands last.
        self._calls: dict[str, Read[C]] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def take(self, call: str, tokens: Sequence[int]) -> tuple[C, int]:
        """What holds the first n of the tokens, and n.

        That of the call itself is taken away until it is put back. Of another one, with which it
        shares its instructions, it is a copy.
        """
        best, known = call, self._usable(call, tokens)
        for other in self._calls:
            if (n := self._usable(other, tokens)) > known:
                best, known = other, n
        own = self._calls.pop(call, None)
        if not known:
            return self._keeping.new(), 0
        read = own if best == call and own else self._calls[best]
        held = read.held if read is own else self._keeping.copy(read.held)
        if surplus := len(read.tokens) - known:
            self._keeping.cut(held, surplus)
        return held, known

    def put(self, call: str, tokens: Sequence[int], held: C, most: int) -> None:
        """Keep this, and `most` calls in all."""
        self._calls.pop(call, None)
        self._calls[call] = Read(tuple(tokens), held)
        while len(self._calls) > most:
            del self._calls[next(iter(self._calls))]

    def _usable(self, call: str, tokens: Sequence[int]) -> int:
        read = self._calls.get(call)
        if read is None:
            return 0
        n = common(read.tokens, tokens)
        return n if n == len(read.tokens) or self._keeping.can_cut(read.held) else 0


def common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
