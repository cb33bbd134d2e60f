"""The process of the phones: many of them, each with its thread and its connection."""

import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from benchmarks.child import say
from benchmarks.phone import RATE, Phone, Reply, Request
from clawctl.audio.convert import resample
from clawctl.engines.apology import last_resort
from clawctl.testing.handset_form import SILENCE, TurnFields, canonical_wav

# Turns of one call; then the phone begins another, so histories stay as long as real ones.
TURNS_A_CALL = 10
# Somebody says something: a speech detector hears it.
WORDS = canonical_wav(resample(last_resort("en")[1], RATE).pcm, RATE)
GREETING = TurnFields(reset_session=True, forced_reply="Hello, this is the front desk.")


class Caller:
    """Makes call after call on one phone."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._turns = 0
        self._request = phone.request(TurnFields())

    def talk(self, turns: int) -> list[float]:
        """Milliseconds that each turn took."""
        return [self._turn() for _ in range(turns)]

    def listen(self, turns: int) -> list[float]:
        """Milliseconds from each recording to the first sound of its streamed answer."""
        request = self._phone.request(TurnFields(), WORDS, "/api/turn/stream")
        return [self._phone.first_sound_ms(request) for _ in range(turns)]

    def speak(self, turns: int) -> list[float]:
        """As `talk`, but every turn says words and is a call of its own."""
        request = self._phone.request(TurnFields(), WORDS)
        return [self._timed(request)[0] for _ in range(turns)]

    def speak_again(self, turns: int) -> list[float]:
        """As `speak`, each recording recognised before, as the app has it done."""
        ask = self._phone.request(TurnFields(), WORDS, "/api/asr")
        request = self._phone.request(TurnFields(), WORDS)
        took_ms = []
        for _ in range(turns):
            self._timed(ask)
            began = time.perf_counter()
            reply = self._phone.again(request)
            took_ms.append((time.perf_counter() - began) * 1000)
            if reply.status != 200:
                raise RuntimeError(f"answered {reply.status}")
        return took_ms

    def greet(self, calls: int) -> list[float]:
        """Begin calls and leave them alone."""
        request = self._phone.request(GREETING, SILENCE)
        return [self._timed(request)[0] for _ in range(calls)]

    def _turn(self) -> float:
        if self._turns % TURNS_A_CALL == 0:
            self._request = self._phone.request(TurnFields())
        took_ms, reply = self._timed(self._request)
        if self._turns % TURNS_A_CALL == 0:
            session_id = reply.fields()["session_id"]
            self._request = self._phone.request(TurnFields(session_id=session_id))
        self._turns += 1
        return took_ms

    def _timed(self, request: Request) -> tuple[float, Reply]:
        began = time.perf_counter()
        reply = self._phone.turn(request)
        took_ms = (time.perf_counter() - began) * 1000
        if reply.status != 200:
            raise RuntimeError(f"answered {reply.status}: {reply.body[:300]!r}")
        return took_ms, reply


class Crowd:
    """Callers by the door they use; they stay connected from one block to the next."""

    def __init__(self, bearer: str) -> None:
        self._bearer = bearer
        self._callers: dict[str, list[Caller]] = {}
        self._numbers = count(1)

    def block(self, url: str, phones: int, turns: int, act: str = "talk") -> dict[str, float]:
        """`turns` by every one of so many phones at once."""
        callers = self._connect(url, phones)
        with ThreadPoolExecutor(phones) as threads:
            began = time.perf_counter()
            took = threads.map(lambda caller: getattr(caller, act)(turns), callers)
            took_ms = [ms for one in took for ms in one]
            elapsed_s = time.perf_counter() - began
        return {
            "median_ms": statistics.median(took_ms),
            "p95_ms": sorted(took_ms)[int(len(took_ms) * 0.95)],
            "a_second": len(took_ms) / elapsed_s,
        }

    def _connect(self, url: str, phones: int) -> list[Caller]:
        callers = self._callers.setdefault(url, [])
        while len(callers) < phones:
            callers.append(Caller(Phone(url, self._bearer, next(self._numbers))))
        return callers[:phones]


def main(bearer: str) -> None:
    crowd = Crowd(bearer)
    say({})
    for line in sys.stdin:
        _, details = json.loads(line)
        say(crowd.block(**details))


if __name__ == "__main__":
    main(sys.argv[1])
