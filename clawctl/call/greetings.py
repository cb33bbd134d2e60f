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
    """One per number, the newest; each is said once."""

    _waiting: dict[str, Greeting] = field(default_factory=dict)

    def expect(self, number: str, text: str) -> Greeting:
        """A call to the number is being placed."""
        self._forget_old()
        greeting = Greeting(normalise(number), text, trio.current_time() + KEPT_S)
        self._waiting.pop(greeting.number, None)
        self._waiting[greeting.number] = greeting
        return greeting

    def of(self, number: str) -> Greeting | None:
        """What to say in a call to the number; where the phone names none, the last one placed."""
        self._forget_old()
        if called := normalise(number):
            return self._waiting.get(called)
        return next(reversed(self._waiting.values()), None)

    def done(self, greeting: Greeting) -> None:
        """It was said, or the call was not placed."""
        if self._waiting.get(greeting.number) is greeting:
            del self._waiting[greeting.number]

    def _forget_old(self) -> None:
        now = trio.current_time()
        self._waiting = {n: one for n, one in self._waiting.items() if one.until > now}
