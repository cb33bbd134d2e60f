"""One call on the phone app, from ring to end."""

from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

import trio

from clawctl.testing.caller import Caller, Utterance
from clawctl.testing.handset_answer import CallConfig, Outcome, TurnAnswer
from clawctl.testing.handset_clock import CallClock
from clawctl.testing.handset_contract import Violation
from clawctl.testing.handset_form import SILENCE
from clawctl.testing.handset_phone import Phone, Slot
from clawctl.testing.handset_report import (
    CallReport,
    Ending,
    Heard,
    Kind,
    Moment,
    Timeline,
    TurnReport,
    medians,
)
from clawctl.testing.handset_rules import allowed, is_echo
from clawctl.testing.handset_talk import Gateway, Talk
from clawctl.testing.handset_turn import Playback, Turn

# A listening attempt without speech, and the pause after it: only there may silence end the call.
ATTEMPT_S, PAUSE_S = 7.0, 0.12
SILENCE_HANGUP_S = 90.0
DEAF_AFTER_PLAYBACK_S = 1.2
# 300 ms to settle, 250 ms for the mixer (root's round trip left out), 560 ms deaf for the beep.
AFTER_PLAYBACK_S = 0.3 + 0.25 + 0.56
BEFORE_LISTENING_S: dict[Outcome, float] = {
    "played": AFTER_PLAYBACK_S,
    "empty": 0.26,
    "failed": 0.26,
    "unplayable": 0.25,
    "suppressed": 0.12,
    "echo": 0.12,
}
GREETING_UNPLAYABLE_S = 0.45
NO_GREETING_HINT = 'Say exactly: "Hello, I am your assistant."'

Tell = Callable[[Moment | Heard | TurnReport], None]


class Call:
    """A call in the order of the app; `run` it once."""

    def __init__(
        self,
        caller: Caller,
        phone: Phone,
        slot: Slot,
        gateway: Gateway,
        *,
        clock: CallClock,
        tell: Tell,
    ) -> None:
        self.picked_up = False
        self._caller = caller
        self._phone = phone
        self._slot = slot
        self._clock = clock
        self._tell = tell
        self._timeline = Timeline()
        self._playback = Playback(clock, self._timeline, works=phone.root)
        self._talk = Talk(
            gateway, clock, self._playback, bearer=phone.bearer, streaming=phone.streaming
        )
        self._scope = trio.CancelScope()
        self._ending: tuple[Ending, str, float] | None = None
        self._active_at: float | None = None
        self._found: list[Violation] = []
        self._turns: list[Turn] = []
        self._goodbye = ""

    async def run(self) -> CallReport:
        self._tell(Moment(at=0.0, state="ringing", detail=self._caller.direction))
        with self._scope:
            async with trio.open_nursery() as nursery:
                await self._ring(nursery)
                await self._assist(nursery)
                await self._ended("caller")
        return self._report()

    def end(self, ending: Ending, detail: str = "") -> None:
        """The first to end a call says why."""
        self._ending = self._ending or (ending, detail, self._clock.now())
        self._scope.cancel()

    async def _ended(self, ending: Ending, detail: str = "") -> NoReturn:
        self.end(ending, detail)
        await trio.sleep_forever()

    # Ringing

    async def _ring(self, nursery: trio.Nursery) -> None:
        if self._caller.answered_at_once:
            nursery.start_soon(self._note_config)
            return
        config = await self._note_config()
        if self._caller.direction == "outgoing":
            await self._callee_answers()
        elif config is None or not config.auto_answer:
            await self._somebody_answers(cold=config is not None and config.cold)
        elif config.auto_answer_delay_ms < 0:
            await self._ended("crashed", "auto_answer_delay_ms is negative")
        elif not self._welcome(config):
            await self._ended("filtered", "the number is not allowed")
        else:
            await self._clock.pause(config.auto_answer_delay_ms / 1000)

    async def _note_config(self) -> CallConfig | None:
        config = await self._talk.config(self._found)
        self._slot.note(self._caller, config or CallConfig())
        return config

    async def _callee_answers(self) -> None:
        if self._caller.picks_up_after_s is None:
            await self._clock.pause(self._caller.patience_s)
            await self._ended("not_answered", "nobody picks up")
        await self._clock.pause(self._caller.picks_up_after_s)

    async def _somebody_answers(self, *, cold: bool) -> None:
        """Nobody does unless `picked_up` is set from outside."""
        rings_until = self._clock.now() + self._caller.patience_s
        while not self.picked_up:
            if self._clock.now() >= rings_until:
                why = ": the gateway's engines are not warm" if cold else ""
                await self._ended("not_answered", f"the phone only rings{why}")
            await self._clock.pause(0.1)

    def _welcome(self, config: CallConfig) -> bool:
        return allowed(
            self._caller.number,
            allowlist=config.allowlist,
            blocklist=config.blocklist,
            unknown=config.unknown_allowed,
        )

    # From pick-up to the end

    async def _assist(self, nursery: trio.Nursery) -> None:
        self._active_at = self._playback.until = self._clock.now()
        self._tell(Moment(at=round(self._active_at, 3), state="active"))
        if not self._phone.profile:
            await self._clock.pause(self._caller.patience_s)
            await self._ended("caller", "no profile: the line is mute")
        known = replace(self._slot)
        if known.max_duration_s > 0:
            nursery.start_soon(self._say_goodbye, known, self._active_at + known.max_duration_s)
        config = await self._talk.config(self._found)
        self._goodbye = config.max_duration_message if config else known.message
        if self._phone.greets:
            await self._greet(known, _greeting(known, config) if config else self._phone.greeting)
        for utterance in self._caller.utterances:
            await self._listen(known, utterance.pause_s)
            await self._say(known, utterance)
        if self._caller.lingers_s:
            await self._listen(known, self._caller.lingers_s)

    async def _greet(self, known: Slot, greeting: str) -> None:
        turn = self._turn("greeting")
        fields = known.fields(reset=True, spoken=greeting, hint=NO_GREETING_HINT)
        await self._talk.answer(turn, fields, SILENCE)
        await self._conclude(turn)

    async def _listen(self, known: Slot, quiet_s: float) -> None:
        """The caller is quiet, the phone sends nothing."""
        quiet_until = self._clock.now() + quiet_s
        while True:
            while wav := self._phone.test_audio():
                await self._send(known, wav)
            speaks_at = max(quiet_until, self._playback.until + DEAF_AFTER_PLAYBACK_S)
            if speaks_at - self._clock.now() <= ATTEMPT_S:
                break
            await self._clock.pause(ATTEMPT_S)
            if self._clock.now() - self._playback.until >= SILENCE_HANGUP_S:
                await self._ended("silence", f"{SILENCE_HANGUP_S:g} s without a reply")
            await self._clock.pause(PAUSE_S)
        await self._clock.pause(speaks_at - self._clock.now())

    async def _send(self, known: Slot, wav: bytes) -> None:
        """A turn nobody spoke: neither heard by the phone nor recognised for it."""
        turn = self._turn("test")
        await self._talk.answer(turn, known.fields(session_id=self._talk.session_id), wav)
        await self._conclude(turn)

    async def _say(self, known: Slot, utterance: Utterance) -> None:
        turn = self._turn("utterance", utterance)
        await self._speak(turn, utterance)
        if not self._phone.root:
            turn.why = "without root nothing is captured"
        elif self._sounds_like_echo(await self._talk.transcript(turn, utterance.wav)):
            turn.answer = TurnAnswer(outcome="echo")
            turn.why = "dropped by the phone: it sounds like the reply before"
        else:
            fields = known.fields(session_id=self._talk.session_id)
            await self._talk.answer(turn, fields, utterance.wav, utterance.mishap)
        await self._conclude(turn)

    async def _speak(self, turn: Turn, utterance: Utterance) -> None:
        began = self._clock.now()
        self._tell(Heard(at=began, number=turn.number, by_phone=False, wav=utterance.wav))
        await self._clock.pause(utterance.seconds)
        turn.said_at = self._clock.now() - utterance.tail_s
        self._timeline.sound(began, turn.said_at, by_phone=False)

    def _sounds_like_echo(self, transcript: str) -> bool:
        since_s = self._clock.now() - self._playback.until
        return is_echo(transcript, self._playback.text, since_s)

    async def _say_goodbye(self, known: Slot, at: float) -> None:
        """On a thread of its own in the app: it may overlap a turn and a reply."""
        await self._clock.until(at)
        message = self._goodbye or known.message
        turn = self._turn("goodbye")
        fields = known.fields(session_id=self._talk.session_id, spoken=message)
        await self._talk.answer(turn, fields, SILENCE)
        await self._play(turn)
        await self._ended("max_duration", f"{known.max_duration_s} s")

    # Turns

    def _turn(self, kind: Kind, utterance: Utterance | None = None) -> Turn:
        now, number = self._clock.now(), len(self._turns)
        turn = Turn(number=number, kind=kind, said_at=now, utterance=utterance)
        self._turns.append(turn)
        return turn

    async def _conclude(self, turn: Turn) -> None:
        """Play what came, and wait until the phone listens again."""
        outcome = await self._play(turn)
        if outcome == "hangup":
            ending: Ending = "rejected" if turn.answer.rejected else "hangup"
            await self._ended(ending, turn.answer.reason)
        delay_s = BEFORE_LISTENING_S[outcome]
        if outcome == "unplayable" and turn.kind == "greeting":
            delay_s = GREETING_UNPLAYABLE_S
        await self._clock.pause(delay_s)

    async def _play(self, turn: Turn) -> Outcome:
        wav = turn.answer.wav
        if turn.answer.clip:
            at = self._clock.now()
            self._tell(Heard(at=at, number=turn.number, by_phone=True, wav=wav))
        outcome = await self._playback.play(turn)
        turn.told = True
        self._tell(turn.report())
        return outcome

    def _report(self) -> CallReport:
        for turn in self._turns:
            if not turn.told:
                self._tell(turn.report())
        ending, detail, ended_at = self._ending or ("operator", "", self._clock.now())
        began_at = ended_at if self._active_at is None else self._active_at
        self._tell(Moment(at=round(ended_at, 3), state="ended", detail=detail or ending))
        turns = tuple(turn.report() for turn in self._turns)
        said = [turn for turn in turns if turn.kind == "utterance"]
        return CallReport(
            ended=ending,
            detail=detail,
            duration_s=round(ended_at - began_at, 3),
            turns=turns,
            unsaid=len(self._caller.utterances) - len(said),
            longest_wait_s=max((turn.heard_s for turn in said if turn.heard_s), default=0.0),
            longest_silence_s=round(self._timeline.longest_gap(began_at, ended_at), 3),
            unheard_s=round(self._timeline.unheard(began_at, ended_at), 3),
            median_ms=medians(said),
            violations=(*self._found, *(found for turn in turns for found in turn.violations)),
        )


def _greeting(known: Slot, config: CallConfig) -> str:
    return config.greeting_outgoing if known.direction == "outgoing" else config.greeting_incoming
