import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
import trio
from trio.testing import MockClock

from clawctl.errors import BadInput
from clawctl.testing.caller import Caller, Utterance
from clawctl.testing.handset import Handset, open_handset
from clawctl.testing.handset_contract import Violation
from clawctl.testing.handset_form import SILENCE, canonical_wav
from clawctl.testing.handset_phone import Phone
from clawctl.testing.handset_report import CallReport, Heard, Moment, TurnReport
from clawctl.testing.handset_wire import Request, RequestFailed, Response, Sink

WAV = canonical_wav(b"\x01\x02" * 24_000, 24_000)
TWO_SECONDS = canonical_wav(b"\x05\x00" * 32_000, 16_000)
HELLO = Utterance(wav=WAV, seconds=1.0, text="hello", tail_s=0.25, pause_s=0.5)
PHONE = Phone(bearer="secret")
CONFIG: dict[str, Any] = {
    "auto_answer": True,
    "auto_answer_delay_ms": 500,
    "caller_allowlist": [],
    "caller_blocklist": [],
    "unknown_callers_allowed": True,
    "greeting_incoming": "Good day.",
    "greeting_outgoing": "This is a call.",
    "max_duration_sec": 300,
    "max_duration_message": "Time is up.",
}


def spoken(reply: str, wav: bytes = TWO_SECONDS, **more: Any) -> dict[str, Any]:
    audio = base64.b64encode(wav).decode()
    return {"ok": True, "session_id": "s1", "reply": reply, "audio_base64": audio, **more}


@dataclass
class FakeGateway:
    """Answers from a script, at once or after `takes_s`; the clock may be virtual."""

    config: Any = field(default_factory=lambda: dict(CONFIG))
    transcripts: list[str] = field(default_factory=list)
    replies: list[Any] = field(default_factory=list)
    takes_s: dict[str, float] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    at: list[float] = field(default_factory=list)

    async def carry(self, request: Request, sink: Sink) -> Response:
        self.requests.append(request)
        self.at.append(trio.current_time())
        answer = self._answer(request.path, _fields(request))
        if isinstance(answer, Exception):
            raise answer
        takes_s = self.takes_s.get(request.path, 0.0)
        await trio.sleep(takes_s)
        if isinstance(answer, Response):
            return answer
        body = json.dumps(answer).encode()
        sink(body)
        head = {"content-type": "application/json"}
        return Response(status=200, headers=head, body=body, first_byte_s=takes_s, total_s=takes_s)

    def _answer(self, path: str, fields: dict[str, str]) -> Any:
        if path == "/api/config/call":
            return self.config
        if path == "/api/asr":
            return {"transcript": self.transcripts.pop(0) if self.transcripts else ""}
        if "forced_reply" in fields:
            return spoken(fields["forced_reply"])
        return self.replies.pop(0) if self.replies else spoken("Yes, of course.")

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def turns(self) -> list[dict[str, str]]:
        return [_fields(r) for r in self.requests if r.path == "/api/turn"]


def _fields(request: Request) -> dict[str, str]:
    parts = re.findall(rb'name="(\w+)"\r\n\r\n(.*?)\r\n--', request.body, re.DOTALL)
    return {name.decode(): value.decode("latin-1") for name, value in parts}


async def call(
    gateway: FakeGateway,
    *utterances: Utterance,
    phone: Phone = PHONE,
    time_scale: float = 1.0,
    told: list[Any] | None = None,
    **caller: Any,
) -> CallReport:
    tell: Callable[[Any], None] = (told if told is not None else []).append
    async with open_handset(gateway, phone, time_scale=time_scale, tell=tell) as handset:
        return await handset.call(Caller(utterances=utterances, **caller))


async def test_a_call_asks_the_config_twice_then_greets_then_turns(
    autojump_clock: MockClock,
) -> None:
    gateway = FakeGateway()

    report = await call(gateway, HELLO, HELLO)

    assert gateway.paths == [
        "/api/config/call",
        "/api/config/call",
        "/api/turn",
        "/api/asr",
        "/api/turn",
        "/api/asr",
        "/api/turn",
    ]
    assert report.ended == "caller"
    assert report.violations == ()
    assert report.clean


async def test_utterance_and_turn_carry_the_same_audio(autojump_clock: MockClock) -> None:
    gateway = FakeGateway()

    await call(gateway, HELLO)

    asr, turn = gateway.requests[-2:]
    assert WAV in asr.body
    assert WAV in turn.body
    assert gateway.requests[2].body.count(SILENCE) == 1


async def test_what_the_fields_of_a_call_are(autojump_clock: MockClock) -> None:
    gateway = FakeGateway()

    await call(gateway, HELLO, number="+15550142")

    assert gateway.turns() == [
        {
            "reset_session": "true",
            "transcript_hint": "Good day.",
            "forced_reply": "Good day.",
            "caller_number": "+15550142",
            "call_direction": "incoming",
        },
        {
            "reset_session": "false",
            "session_id": "s1",
            "caller_number": "+15550142",
            "call_direction": "incoming",
        },
    ]


async def test_every_request_carries_the_bearer(autojump_clock: MockClock) -> None:
    gateway = FakeGateway()

    await call(gateway, HELLO)

    assert all(
        dict(request.headers)["Authorization"] == "Bearer secret" for request in gateway.requests
    )
    assert [(r.connect_s, r.read_s) for r in gateway.requests[1:3]] == [(5.0, 5.0), (20.0, 45.0)]


async def test_times_of_a_call_are_those_of_the_app(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(takes_s={"/api/asr": 0.5, "/api/turn": 1.5})

    report = await call(gateway, HELLO)

    # ring 0.5 · greeting 1.5 + 2.0 · until listening 1.11 · pause 0.5 · words 1.0 · asr 0.5
    assert gateway.at == pytest.approx([0.0, 0.5, 0.5, 6.61, 7.11])
    greeting, turn = report.turns
    assert (greeting.heard_s, greeting.audio_s) == pytest.approx((1.5, 2.0))
    assert turn.said_at == pytest.approx(6.36)
    assert turn.asr_s == pytest.approx(0.5)
    assert (turn.first_byte_s, turn.heard_s) == pytest.approx((2.25, 2.25))
    assert report.duration_s == pytest.approx(11.22)
    assert report.longest_wait_s == pytest.approx(2.25)
    assert report.longest_silence_s == pytest.approx(2.25)
    assert report.unheard_s == pytest.approx(11.22 - 4.0)


async def test_without_playback_in_real_time_the_report_reads_the_same(
    autojump_clock: MockClock,
) -> None:
    slow = await call(FakeGateway(takes_s={"/api/turn": 1.5}), HELLO)
    began = trio.current_time()

    fast = await call(FakeGateway(takes_s={"/api/turn": 1.5}), HELLO, time_scale=0.0)

    assert trio.current_time() - began == pytest.approx(3.0)
    assert fast.duration_s == pytest.approx(slow.duration_s)
    assert fast.longest_silence_s == pytest.approx(slow.longest_silence_s)


async def test_the_report_says_what_was_heard_and_by_which_model(
    autojump_clock: MockClock,
) -> None:
    metrics = {"asr_ms": 12.5, "llm_ms": 3, "llm_model": "tiny"}
    answer = spoken("Fine.", transcript="hello there", metrics=metrics, degraded="tts")

    report = await call(FakeGateway(replies=[answer]), HELLO)

    turn = report.turns[1]
    assert (turn.said, turn.transcript, turn.reply) == ("hello", "hello there", "Fine.")
    assert (turn.model, turn.degraded, turn.outcome) == ("tiny", "tts", "played")
    assert turn.stages_ms == {"asr_ms": 12.5, "llm_ms": 3.0}
    assert report.median_ms == {
        "wait_ms": 250.0,
        "recognition_ms": 0.0,
        "asr_ms": 12.5,
        "llm_ms": 3.0,
    }


async def test_what_happens_is_told_as_it_happens(autojump_clock: MockClock) -> None:
    told: list[Any] = []

    await call(FakeGateway(), HELLO, told=told)

    assert [
        event.state if isinstance(event, Moment) else event.number
        for event in told
        if not isinstance(event, Heard)
    ] == ["ringing", "active", 0, 1, "ended"]
    heard = [event for event in told if isinstance(event, Heard)]
    assert [(event.by_phone, event.wav) for event in heard] == [
        (True, TWO_SECONDS),
        (False, WAV),
        (True, TWO_SECONDS),
    ]


async def test_an_echo_is_dropped_without_a_turn(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(transcripts=["good day"])

    report = await call(gateway, HELLO)

    assert gateway.paths[-1] == "/api/asr"
    assert report.turns[1].outcome == "echo"
    assert not report.clean


@pytest.mark.parametrize(
    ("answer", "outcome", "listens_after_s"),
    [
        (spoken("Yes."), "played", 3.11),
        (spoken(""), "empty", 0.26),
        ({"ok": False, "stale": True}, "empty", 0.26),
        (spoken("I could not hear that clearly."), "suppressed", 0.12),
        (spoken("Yes.", b"RIFF" + bytes(60)), "unplayable", 0.25),
        (RequestFailed("no"), "failed", 0.26),
        (Response(status=500), "failed", 0.26),
    ],
)
async def test_how_long_the_phone_waits_before_it_listens(
    answer: Any, outcome: str, listens_after_s: float, autojump_clock: MockClock
) -> None:
    gateway = FakeGateway(replies=[answer])

    report = await call(gateway, HELLO, Utterance(wav=WAV, seconds=1.0, pause_s=2.0))

    assert report.turns[1].outcome == outcome
    assert gateway.at[-1] - gateway.at[-3] == pytest.approx(listens_after_s + 3.0)


async def test_nothing_is_said_into_the_deaf_time_after_a_reply(
    autojump_clock: MockClock,
) -> None:
    gateway = FakeGateway()

    await call(gateway, Utterance(wav=WAV, seconds=1.0, pause_s=0.0))

    assert gateway.at[-1] == pytest.approx(0.5 + 2.0 + 1.2 + 1.0)


async def test_a_quiet_caller_is_hung_up_on_without_a_request(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(config={**CONFIG, "max_duration_sec": 0})

    report = await call(gateway, lingers_s=float("inf"))

    assert (report.ended, gateway.paths[-1]) == ("silence", "/api/turn")
    # 1.11 s after the greeting it listens: thirteen times 7 s, with 120 ms between them.
    assert report.duration_s == pytest.approx(2.0 + 1.11 + 13 * 7.0 + 12 * 0.12)


async def test_speech_before_the_silence_is_up_goes_on(autojump_clock: MockClock) -> None:
    late = Utterance(wav=WAV, seconds=1.0, pause_s=85.0)

    report = await call(FakeGateway(), late)

    assert (report.ended, report.unsaid) == ("caller", 0)


@pytest.mark.parametrize(("flag", "ended"), [("hangup", "hangup"), ("rejected", "rejected")])
async def test_the_phone_leaves_when_told_to(
    flag: str, ended: str, autojump_clock: MockClock
) -> None:
    answer = spoken("Goodbye.", reason="enough", **{flag: True})
    gateway = FakeGateway(replies=[answer])

    report = await call(gateway, HELLO, HELLO)

    assert (report.ended, report.detail, report.unsaid) == (ended, "enough", 1)
    assert report.turns[-1].audio_s == 2.0
    assert len(gateway.paths) == 5


async def test_a_hangup_needs_neither_text_nor_audio(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(replies=[{"ok": False, "ended": True, "hangup": True}])

    report = await call(gateway, HELLO)

    assert (report.ended, report.violations) == ("hangup", ())


async def test_a_goodbye_overtakes_a_turn_in_flight(autojump_clock: MockClock) -> None:
    asked_at: list[float] = []

    class Slow(FakeGateway):
        async def carry(self, request: Request, sink: Sink) -> Response:
            if request.path == "/api/turn" and "session_id" in _fields(request):
                asked_at.append(trio.current_time())
                if len(asked_at) == 1:
                    await trio.sleep(30)
            return await super().carry(request, sink)

    gateway = Slow(config={**CONFIG, "max_duration_sec": 10})

    report = await call(gateway, HELLO)

    # active at 0.5; the turn is sent at 5.11, the goodbye at 10.5 while it is under way.
    assert asked_at == pytest.approx([5.11, 10.5])
    assert gateway.turns()[-1] == {
        "reset_session": "false",
        "session_id": "s1",
        "transcript_hint": "Time is up.",
        "forced_reply": "Time is up.",
        "caller_number": "+15550142",
        "call_direction": "incoming",
    }
    assert report.ended == "max_duration"
    assert [turn.kind for turn in report.turns] == ["greeting", "utterance", "goodbye"]
    assert report.turns[1].why == "the call ended first"
    assert report.duration_s == pytest.approx(12.0)


async def test_a_goodbye_comes_at_its_moment_even_without_playback(
    autojump_clock: MockClock,
) -> None:
    gateway = FakeGateway(config={**CONFIG, "max_duration_sec": 10})

    report = await call(gateway, lingers_s=float("inf"), time_scale=0.0)

    assert (report.ended, report.duration_s) == ("max_duration", pytest.approx(12.0))


async def test_a_request_in_flight_outlives_the_call(autojump_clock: MockClock) -> None:
    done: list[str] = []

    class Counting(FakeGateway):
        async def carry(self, request: Request, sink: Sink) -> Response:
            response = await FakeGateway.carry(self, request, sink)
            done.append(request.path)
            return response

    gateway = Counting(config={**CONFIG, "max_duration_sec": 6}, takes_s={"/api/asr": 20.0})
    async with open_handset(gateway) as handset:
        await handset.call(Caller(utterances=(HELLO,)))
        before = list(done)
        await handset.drained()

    assert before.count("/api/asr") == 0
    assert done.count("/api/asr") == 1
    assert gateway.paths[-1] == "/api/turn"


async def test_a_phone_that_may_not_answer_rings_on(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(config={**CONFIG, "auto_answer": False})

    report = await call(gateway, HELLO)

    assert (report.ended, gateway.paths) == ("not_answered", ["/api/config/call"])
    assert report.detail == "the phone only rings"
    assert report.unsaid == 1


async def test_of_a_cold_gateway_it_is_told_why_the_phone_rings_on(
    autojump_clock: MockClock,
) -> None:
    gateway = FakeGateway(config={**CONFIG, "auto_answer": False, "cold": True})

    report = await call(gateway, HELLO)

    assert report.detail == "the phone only rings: the gateway's engines are not warm"


async def test_a_ringing_call_can_be_answered_by_hand(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(config={**CONFIG, "auto_answer": False})

    async def answer(handset: Handset) -> None:
        await trio.sleep(4)
        handset.answer()

    async with open_handset(gateway) as handset, trio.open_nursery() as nursery:
        nursery.start_soon(answer, handset)
        report = await handset.call(Caller(utterances=(HELLO,)))

    assert report.clean


async def test_a_call_can_be_hung_up_from_outside(autojump_clock: MockClock) -> None:
    gateway = FakeGateway()

    async def hang_up(handset: Handset) -> None:
        await trio.sleep(1)
        handset.hang_up()

    async with open_handset(gateway) as handset, trio.open_nursery() as nursery:
        nursery.start_soon(hang_up, handset)
        report = await handset.call(Caller(utterances=(HELLO,)))

    assert (report.ended, report.duration_s) == ("operator", pytest.approx(0.5))


async def test_a_number_that_is_not_allowed_is_rejected_without_another_request(
    autojump_clock: MockClock,
) -> None:
    gateway = FakeGateway(config={**CONFIG, "caller_blocklist": ["+1 555-0142"]})

    report = await call(gateway, HELLO)

    assert (report.ended, gateway.paths) == ("filtered", ["/api/config/call"])


async def test_a_negative_delay_crashes_the_app(autojump_clock: MockClock) -> None:
    report = await call(FakeGateway(config={**CONFIG, "auto_answer_delay_ms": -1}), HELLO)

    assert report.ended == "crashed"
    assert report.violations == (Violation("negative_delay", "-1 ms"),)


async def test_a_callee_who_does_not_pick_up_is_let_ring_for_their_patience(
    autojump_clock: MockClock,
) -> None:
    gateway = FakeGateway()

    report = await call(gateway, direction="outgoing", picks_up_after_s=None, patience_s=12.0)

    assert (report.ended, report.detail) == ("not_answered", "nobody picks up")
    assert trio.current_time() == 12.0
    assert gateway.paths == ["/api/config/call"]


async def test_an_outgoing_call_is_neither_filtered_nor_auto_answered(
    autojump_clock: MockClock,
) -> None:
    config = {**CONFIG, "auto_answer": False, "caller_blocklist": ["+15550142"]}
    gateway = FakeGateway(config=config)

    report = await call(gateway, HELLO, direction="outgoing")

    assert report.clean
    assert gateway.turns()[0]["forced_reply"] == "This is a call."
    assert {turn["call_direction"] for turn in gateway.turns()} == {"outgoing"}


async def test_test_audio_is_sent_in_place_of_what_would_be_heard(
    autojump_clock: MockClock,
) -> None:
    gateway, waiting = FakeGateway(), [WAV, TWO_SECONDS]
    phone = Phone(bearer="secret", test_audio=lambda: waiting.pop(0) if waiting else b"")

    report = await call(gateway, phone=phone, lingers_s=30.0)

    assert gateway.paths == ["/api/config/call", "/api/config/call", *["/api/turn"] * 3]
    assert [turn.kind for turn in report.turns] == ["greeting", "test", "test"]
    assert [turn["reset_session"] for turn in gateway.turns()] == ["true", "false", "false"]
    assert gateway.turns()[1]["session_id"] == "s1"
    assert report.clean


async def test_test_audio_that_comes_into_a_quiet_call_is_sent_within_a_listening_attempt(
    autojump_clock: MockClock,
) -> None:
    gateway, begins = FakeGateway(), trio.current_time() + 20.0
    waiting = [WAV]
    phone = Phone(
        bearer="secret",
        test_audio=lambda: waiting.pop() if waiting and trio.current_time() > begins else b"",
    )

    await call(gateway, phone=phone, lingers_s=60.0)

    assert gateway.paths.count("/api/turn") == 2
    assert begins < gateway.at[-1] < begins + 7.2


async def test_without_a_greeting_the_hint_asks_for_one(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(config={**CONFIG, "greeting_incoming": ""})

    await call(gateway)

    greeting = gateway.turns()[0]
    assert "forced_reply" not in greeting
    assert greeting["transcript_hint"] == 'Say exactly: "Hello, I am your assistant."'


async def test_without_a_config_the_profile_greets(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(config=RequestFailed("down"))
    phone = Phone(greeting="From the profile.")

    await call(gateway, phone=phone, direction="outgoing")

    assert gateway.turns()[0]["forced_reply"] == "From the profile."


async def test_after_a_lost_greeting_the_first_turn_carries_no_session(
    autojump_clock: MockClock,
) -> None:
    gateway = FakeGateway()

    await call(gateway, HELLO, HELLO, phone=Phone(greets=False))

    first, second = gateway.turns()
    assert (first["reset_session"], first.get("session_id")) == ("false", None)
    assert second["session_id"] == "s1"


async def test_a_new_session_id_is_adopted_and_reported(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(replies=[spoken("Yes.", session_id="s2")] * 2)

    report = await call(gateway, HELLO, HELLO)

    assert gateway.turns()[-1]["session_id"] == "s2"
    assert report.violations == (Violation("session_changed", "from 's1' to 's2'"),)


async def test_an_answer_without_a_session_keeps_the_one_known(
    autojump_clock: MockClock,
) -> None:
    gateway = FakeGateway(replies=[spoken("Yes.", session_id="")])

    report = await call(gateway, HELLO, HELLO)

    assert gateway.turns()[-1]["session_id"] == "s1"
    assert report.violations == ()


async def test_no_session_id_at_all_is_reported(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(replies=[spoken("Yes.", session_id="")])

    report = await call(gateway, HELLO, phone=Phone(greets=False))

    assert [violation.rule for violation in report.violations] == ["no_session"]


async def test_a_null_session_id_becomes_the_word(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(replies=[spoken("Yes.", session_id=None)])

    report = await call(gateway, HELLO, HELLO, phone=Phone(greets=False))

    assert gateway.turns()[-1]["session_id"] == "null"
    assert report.violations[0] == Violation("null", "$.session_id")


async def test_a_call_taken_too_early_goes_by_what_was_known_of_the_one_before(
    autojump_clock: MockClock,
) -> None:
    gateway = FakeGateway()
    async with open_handset(gateway) as handset:
        await handset.call(Caller(number="+15550100", direction="outgoing"))

        await handset.call(Caller(number="+15550142", answered_at_once=True))

    greeting = gateway.turns()[-1]
    assert (greeting["caller_number"], greeting["call_direction"]) == ("+15550100", "outgoing")


async def test_a_second_call_is_turned_away_while_one_is_up(autojump_clock: MockClock) -> None:
    gateway = FakeGateway()
    ended: list[str] = []

    async def ring_again(handset: Handset) -> None:
        await trio.sleep(1)
        ended.append((await handset.call(Caller())).ended)

    async with open_handset(gateway) as handset, trio.open_nursery() as nursery:
        nursery.start_soon(ring_again, handset)
        await handset.call(Caller(utterances=(HELLO,)))

    assert ended == ["busy"]
    assert gateway.paths.count("/api/config/call") == 2


async def test_without_a_profile_the_line_is_mute(autojump_clock: MockClock) -> None:
    gateway = FakeGateway()

    report = await call(gateway, HELLO, phone=Phone(profile=False))

    assert gateway.paths == ["/api/config/call"]
    assert (report.unheard_s, report.unsaid, report.clean) == (30.0, 1, False)


async def test_without_root_nothing_is_captured_or_played(autojump_clock: MockClock) -> None:
    gateway = FakeGateway()

    report = await call(gateway, HELLO, phone=Phone(root=False))

    assert gateway.paths[-1] == "/api/turn"
    assert [turn.audio_s for turn in report.turns] == [0.0, 0.0]
    assert [turn.why for turn in report.turns] == [
        "without root nothing is played",
        "without root nothing is captured",
    ]


async def test_a_reply_unlike_the_expected_one_is_named(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(replies=[spoken("Good night.")])
    picky = Utterance(wav=WAV, seconds=1.0, expect=re.compile("(?i)good morning"))

    report = await call(gateway, picky)

    assert report.turns[1].missed == "(?i)good morning"
    assert not report.clean


async def test_an_answer_after_forty_seconds_is_reported(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(takes_s={"/api/turn": 41.0})

    report = await call(gateway)

    late = Violation("late", "the answer was complete after 41.0 s")
    assert report.violations == (late,)


async def test_a_config_after_five_seconds_is_reported(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(takes_s={"/api/config/call": 5.5})

    report = await call(gateway)

    assert report.violations == (Violation("late", "the call config took 5.5 s"),) * 2


async def test_a_reply_of_more_than_ninety_seconds_is_cut(autojump_clock: MockClock) -> None:
    long = canonical_wav(b"\x05\x00" * 8_000 * 100, 8_000)
    gateway = FakeGateway(replies=[spoken("Well.", long)])

    report = await call(gateway, HELLO)

    assert report.turns[1].audio_s == 90.0
    assert report.violations == (Violation("too_long", "100.0 s"),)


def test_a_bearer_that_no_header_can_carry_is_refused() -> None:
    with pytest.raises(BadInput, match="printable"):
        Phone(bearer="a\r\nb")


def test_a_turn_report_is_one_json_object() -> None:
    turn = TurnReport(number=1, kind="utterance", outcome="echo", said_at=2.0)

    assert json.loads(msgspec.json.encode(turn))["event"] == "turn"
