"""The process that writes replies: several at the same time, each a step at a time."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from clawctl.engines.window import room
from clawctl.errors import EngineFailed
from clawctl_plugins.mlx.asked import Asked, Begun, Step
from clawctl_plugins.mlx.prefixes import Prefixes
from clawctl_plugins.mlx.rendering import Unusual, fitted
from clawctl_plugins.mlx.stops import Stops

# How long a prompt may be read before the other calls have their turn, and a caller who went away
# is noticed.
STRETCH_S = 0.08
SHORTEST_STRETCH, LONGEST_STRETCH = 16, 2048


class Pace:
    """How many tokens of a prompt are read in one stretch, by what the last one took."""

    def __init__(self) -> None:
        self.tokens = 64

    def took(self, tokens: int, seconds: float) -> None:
        fitting = int(tokens * STRETCH_S / max(seconds, 1e-6))
        self.tokens = max(SHORTEST_STRETCH, min(fitting, 2 * self.tokens, LONGEST_STRETCH))


class Reply:
    """One answer, from the first token of its prompt that is not known to its own last one."""

    def __init__(self, lm: Any, asked: Asked, tokens: list[int], held: Any, known: int) -> None:
        self.asked = asked
        self.held = held
        self._lm = lm
        self._tokens = tokens
        self._prompt = len(tokens)
        # How many tokens are in `held`.
        self._done = known
        self._voice = lm.voice()
        self._stops = Stops(asked.stop)
        self._writing: Iterator[int] = lm.write(tokens[-1], held, asked)
        left = lm.window - self._prompt if lm.window else asked.max_tokens
        self._most = min(asked.max_tokens, left)

    @property
    def read(self) -> list[int]:
        """The tokens that `held` holds."""
        return self._tokens[: self._done]

    def step(self, pace: Pace) -> Step:
        """Read a stretch of the prompt, or write a token."""
        if self._done < self._prompt - 1:
            self._read_on(pace)
            return Step()
        return self._write_on()

    def _read_on(self, pace: Pace) -> None:
        stretch = self._tokens[self._done : min(self._done + pace.tokens, self._prompt - 1)]
        began = time.perf_counter()
        self._lm.read(stretch, self.held)
        pace.took(len(stretch), time.perf_counter() - began)
        self._done += len(stretch)

    def _write_on(self) -> Step:
        token = next(self._writing)
        self._tokens.append(token)
        self._done = len(self._tokens)
        if token in self._lm.ends:
            return self._end("")
        text = self._stops.feed(self._voice.say(token))
        if self._stops.found:
            return Step(text, last=True)
        if self._done - self._prompt >= self._most:
            return self._end(text)
        return Step(text)

    def _end(self, text: str) -> Step:
        last = self._stops.feed(self._voice.rest())
        return Step(text + last + self._stops.rest(), last=True)


def _load(path: Path) -> Any:
    # Here, so that the rest can be tried without the library.
    from clawctl_plugins.mlx.lm import Lm  # noqa: PLC0415

    return Lm(path)


class Writer:
    """The model at `path`, and the replies it is writing."""

    def __init__(self, path: str, load: Callable[[Path], Any] = _load) -> None:
        self._lm = load(Path(path))
        self._prefixes = Prefixes[Any](self._lm.keeping)
        self._replies: dict[int, Reply] = {}
        self._pace = Pace()

    def begin(self, number: int, given: dict[str, Any], awaited: list[int]) -> dict[str, Any]:
        """A reply under this number; those that nobody awaits any more are let go."""
        for other in self._replies.keys() - set(awaited):
            self._let_go(other)
        asked = msgspec.convert(given, Asked)
        begun = self._begin(number, asked)
        return dict(msgspec.to_builtins(begun))

    def step(self, number: int) -> list[Any]:
        if number not in self._replies:
            raise EngineFailed("its process was replaced in the middle of the reply")
        step = self._replies[number].step(self._pace)
        if step.last:
            self._let_go(number)
        return [step.text, step.last]

    def _begin(self, number: int, asked: Asked) -> Begun:
        window = self._lm.window or 1 << 31
        try:
            tokens = fitted(self._lm.template, asked.messages, room(window, asked.max_tokens))
        except Unusual:
            return Begun(refusal="the model's chat template takes no such conversation")
        if len(tokens) >= window:
            return Begun(
                refusal=f"the prompt has {len(tokens)} tokens and the model's window {window};"
                " shorten the instructions, or the knowledge given to the call"
            )
        # The last one is always read, for the first word comes of it.
        held, known = self._prefixes.take(asked.call, tokens[:-1])
        self._replies[number] = Reply(self._lm, asked, tokens, held, known)
        return Begun(tokens=len(tokens), known=known)

    def _let_go(self, number: int) -> None:
        reply = self._replies.pop(number)
        if reply.asked.call:
            most = reply.asked.remembered
            self._prefixes.put(reply.asked.call, reply.read, reply.held, most)
