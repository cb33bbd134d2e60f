"""What is said first in a call that we place, in place of the greeting the phone asks for."""

from dataclasses import dataclass, field

import trio

from clawctl.call.admission import normalise

# Nobody lets a phone ring for longer; a later call to the number is another one.
KEPT_S = 120.0


@dataclass(frozen=True, slots=True, eq=False)
class Greeting:
    """Of the next call to a number; `until` is by trio's clock."""

    number: str
    text: str
    until: float


@dataclass
class Greetings:
    """In the order in which calls were to be placed; each is said once, and in one call only."""

    _waiting: list[Greeting] = field(default_factory=list)

    def expect(self, number: str, text: str) -> Greeting:
        """A call to the number is being placed."""
        greeting = Greeting(normalise(number), text, trio.current_time() + KEPT_S)
        self._waiting.append(greeting)
        return greeting

    def of(self, number: str) -> Greeting | None:
        """What to say in a call to the number, the newest; where the phone names none, that of the
        last call placed."""
        now, called = trio.current_time(), normalise(number)
        self._waiting = [one for one in self._waiting if one.until > now]
        fitting = [one for one in self._waiting if called in {"", one.number}]
        return fitting[-1] if fitting else None

    def withdraw(self, greeting: Greeting) -> None:
        """Its call was not placed."""
        self._waiting = [one for one in self._waiting if one is not greeting]

    def placed(self, greeting: Greeting | None) -> None:
        """A call was placed, with that greeting or none: those before it are over, unheard."""
        self._waiting = [one for one in self._waiting if one is greeting]

    def done(self, greeting: Greeting) -> None:
        """It was said; those before it never will be."""
        if greeting in self._waiting:
            del self._waiting[: self._waiting.index(greeting) + 1]
