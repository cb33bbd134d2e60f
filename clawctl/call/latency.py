"""Where the time of turns goes: the spans between the marks of their waterfalls."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from clawctl.call.ports import Mark, TurnRecord


class Span(NamedTuple):
    """From one mark, or the turn's arrival, to another; `stage` names whose engine worked."""

    name: str
    begin: Mark | None
    end: Mark
    stage: str = ""


# One behind the other they are the whole turn.
SPANS = (
    Span("hear", None, "recognised", "stt"),
    Span("think", "recognised", "first_token", "llm"),
    Span("write", "first_token", "first_sentence", "llm"),
    Span("speak", "first_sentence", "first_sound", "tts"),
    Span("send", "first_sound", "last_sound"),
    Span("record", "last_sound", "recorded"),
)
# What the caller waited for, and the turn from end to end.
WHOLES = (Span("silence", None, "first_sound"), Span("turn", None, "recorded"))


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """The ms that half, 19 of 20 and 99 of 100 turns took at the most (nearest rank)."""

    span: str
    engine: str
    turns: int
    p50: float
    p95: float
    p99: float


class Latencies(msgspec.Struct, frozen=True, kw_only=True):
    """Of so many `turns`, counted with those in which nobody waited."""

    turns: int
    spans: list[Latency]


class Piece(NamedTuple):
    """A span of one turn, in ms after its arrival."""

    name: str
    begin_ms: float
    end_ms: float
    engine: str


def pieces(turn: TurnRecord, spans: Iterable[Span] = SPANS) -> Iterator[Piece]:
    """Those of which the turn has both ends; one that needed no model has no thinking in it."""
    at = turn.waterfall
    for span in spans:
        begin = at.get(span.begin) if span.begin else 0.0
        if begin is not None and span.end in at:
            yield Piece(span.name, begin, at[span.end], turn.engines.get(span.stage, ""))


def latency(turns: Iterable[TurnRecord]) -> Latencies:
    """Of turns in which a caller spoke; greetings, goodbyes and noise wait for nobody.

    Blocks 20 µs a turn; for a thread.
    """
    took: dict[tuple[str, str], list[float]] = defaultdict(list)
    counted = 0
    for turn in turns:
        counted += 1
        if "recognised" in turn.waterfall and not turn.no_words:
            for piece in pieces(turn, SPANS + WHOLES):
                took[piece.name, piece.engine].append(piece.end_ms - piece.begin_ms)
    names = [span.name for span in SPANS + WHOLES]
    grouped = sorted(took.items(), key=lambda one: names.index(one[0][0]))
    spans = [_summed_up(span, engine, sorted(ms)) for (span, engine), ms in grouped]
    return Latencies(turns=counted, spans=spans)


def _summed_up(span: str, engine: str, ms: Sequence[float]) -> Latency:
    p50, p95, p99 = (percentile(ms, percent) for percent in (50, 95, 99))
    return Latency(span=span, engine=engine, turns=len(ms), p50=p50, p95=p95, p99=p99)


def percentile(ascending: Sequence[float], percent: int) -> float:
    rank = math.ceil(len(ascending) * percent / 100)
    return round(ascending[rank - 1], 1)
