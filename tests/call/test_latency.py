"""Where the time of turns went, from their waterfalls."""

from clawctl.call.latency import Latencies, Latency, latency, percentile, pieces
from clawctl.call.ports import TurnRecord

MARKS = {
    "speech": 10.0,
    "recognised": 450.0,
    "first_token": 570.0,
    "first_sentence": 800.0,
    "first_sound": 1490.0,
    "last_sound": 2900.0,
    "recorded": 2902.0,
}
ENGINES = {"stt": "ears", "llm": "mind", "tts": "mouth"}


def record(**fields):
    given = {"waterfall": MARKS, "engines": ENGINES, **fields}
    return TurnRecord(session_id="s", number=1, started_at=0.0, **given)


def test_a_turn_is_one_span_behind_the_other():
    assert list(pieces(record())) == [
        ("hear", 0.0, 450.0, "ears"),
        ("think", 450.0, 570.0, "mind"),
        ("write", 570.0, 800.0, "mind"),
        ("speak", 800.0, 1490.0, "mouth"),
        ("send", 1490.0, 2900.0, ""),
        ("record", 2900.0, 2902.0, ""),
    ]


def test_a_span_without_both_ends_is_none():
    marks = {"recognised": 5.0, "first_sound": 9.0, "last_sound": 10.0}
    assert [one.name for one in pieces(record(waterfall=marks))] == ["hear", "send"]


def test_spans_are_counted_for_each_engine():
    slower = MARKS | {"recognised": 560.0}
    told = latency([record(), record(waterfall=slower, engines=ENGINES | {"stt": "other"})]).spans
    assert told[:2] == [
        Latency(span="hear", engine="ears", turns=1, p50=450.0, p95=450.0, p99=450.0),
        Latency(span="hear", engine="other", turns=1, p50=560.0, p95=560.0, p99=560.0),
    ]
    assert [(one.span, one.turns) for one in told[-2:]] == [("silence", 2), ("turn", 2)]
    assert told[-2].p50 == 1490.0


def test_a_greeting_keeps_nobody_waiting():
    greeting = record(waterfall={"first_sound": 5.0, "recorded": 6.0})
    assert latency([greeting]) == Latencies(turns=1, spans=[])


def test_noise_is_waited_for_by_nobody():
    assert latency([record(no_words="noise")]) == Latencies(turns=1, spans=[])


def test_turns_without_marks_are_only_counted():
    assert latency([record(waterfall={}, engines={})] * 3) == Latencies(turns=3, spans=[])


def test_percentiles_are_values_that_occurred():
    values = [float(number) for number in range(1, 101)]
    assert [percentile(values, percent) for percent in (50, 95, 99)] == [50.0, 95.0, 99.0]
    assert percentile([7.0], 99) == 7.0
