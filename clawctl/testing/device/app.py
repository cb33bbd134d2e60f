"""The app on the phone: its receiver, its log lines, and its part in a call."""

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import trio

from clawctl.errors import BadInput
from clawctl.testing.caller import Caller
from clawctl.testing.device import readers
from clawctl.testing.device.canned_audio import CannedAudio
from clawctl.testing.device.carrier import Pools, TwoReaders
from clawctl.testing.device.command import BadCommand, Command, Extras, command_of
from clawctl.testing.device.condition import PACKAGE
from clawctl.testing.handset import Handset
from clawctl.testing.handset_phone import Phone
from clawctl.testing.handset_report import CallReport, Heard, Moment, TurnReport

if TYPE_CHECKING:
    from clawctl.testing.device.system import System
    from clawctl.testing.device.telephony import PhoneCall

CONTROL, EXECUTOR, RECEIVER = "AndroidTelecomCtrl", "CallCommandExecutor", "CallCommandReceiver"
IN_CALL, ASSISTANT = "BridgeInCallService", "GatewayCallAssistant"
NO_CALL_TO = "No active incoming call available to {}"


class Refused(Exception):
    """A command that fails, as the Java exception it is logged with."""

    def __init__(self, message: str, kind: str = "java.lang.IllegalStateException") -> None:
        self.trace = f"{kind}: {message}\n\tat {PACKAGE}.{EXECUTOR}.execute({EXECUTOR}.kt)"
        super().__init__(message)


class App:
    """`asked` is every command that its receiver understood, `reports` what came of each call it
    had a part in."""

    def __init__(self, system: "System") -> None:
        self._system = system
        self._pools = Pools(system.port_of, system.nursery)
        self._pids = itertools.count(9001)
        self._handset: Handset | None = None
        self._part: trio.CancelScope | None = None
        self._serving = False
        self.pid = next(self._pids)
        self.asked: list[Command] = []
        self.reports: list[CallReport] = []
        # When `died` of the condition happened.
        self.died_at = system.now()
        self.muted = self.speaker = self.bluetooth = False

    # For tests

    def ring(self, number: str = "+15550142", caller: Caller | None = None) -> None:
        """Somebody calls: the far end of the condition, unless told; returns at once."""
        ringing = self._system.condition.far_end if caller is None else caller
        self._system.telephony.ring(replace(ringing, number=number))

    def far_end_hangs_up(self) -> None:
        self._system.telephony.end(by_us=False)

    async def over(self) -> None:
        """Until there is no call."""
        await self._system.telephony.over()

    # Its process

    @property
    def in_use(self) -> bool:
        """Whether its assistant serves a call at this moment."""
        return self._serving

    @property
    def bound(self) -> bool:
        """Whether Android tells it of calls."""
        condition = self._system.condition
        able = condition.installed and condition.enabled and not condition.crashes
        return able and condition.role == PACKAGE

    def start(self) -> None:
        """A process, unless there is one; what runs is not in the stopped state."""
        condition = self._system.condition
        if not condition.running:
            self.pid = next(self._pids)
        condition.running, condition.stopped = True, False

    def stop(self) -> None:
        """By force: its call goes on without it, and nobody talks."""
        condition = self._system.condition
        condition.running, condition.stopped = False, True
        self._leave_behind()

    def crash(self) -> None:
        condition = self._system.condition
        trace = f"FATAL EXCEPTION: main\nProcess: {PACKAGE}, PID: {self.pid}\n" + Refused("").trace
        self._system.log.add("AndroidRuntime", trace, level="E", pid=self.pid)
        condition.running, condition.died = False, "crash"
        self.died_at = self._system.now()
        self._leave_behind()

    def _leave_behind(self) -> None:
        """Its call goes on without it."""
        if self._part is not None:
            self._part.cancel()
        self._handset, self._serving = None, False

    def power_off(self) -> None:
        """With the phone; nobody is told."""
        self._system.condition.running = False
        self._handset = self._part = None
        self._serving = self.muted = self.speaker = self.bluetooth = False

    # Its receiver

    def receive(self, extras: Extras) -> None:
        """A broadcast reached it. Nothing goes back to the sender, whatever comes of it."""
        self.start()
        if self._system.condition.crashes:
            self.crash()
            return
        try:
            command = command_of(extras, self._system.now())
        except BadCommand as error:
            self._fail(RECEIVER, "failed to process call command", str(error))
            return
        self.asked.append(command)
        try:
            self._obey(command)
        except Refused as error:
            self._fail(EXECUTOR, "command failed", error.trace)

    def _obey(self, command: Command) -> None:
        actions: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
            "dial": self._dial,
            "answer": self._answer,
            "reject": self._reject,
            "hangup": self._hang_up,
            "mute": self._mute,
            "speaker": self._speaker,
            "bt_route": self._bt_route,
        }
        action = actions.get(command.type)
        if action is None:
            message = f"Unknown command: {command.type}"
            raise Refused(message, "java.lang.IllegalArgumentException")
        self._log(CONTROL, action(command.payload))

    def _dial(self, payload: Mapping[str, Any]) -> str:
        telephony, condition = self._system.telephony, self._system.condition
        number = payload.get("number")
        if number is None:
            raise Refused("No value for number", "org.json.JSONException")
        if "android.permission.CALL_PHONE" not in condition.granted:
            raise Refused("CALL_PHONE permission missing", "java.lang.SecurityException")
        if not condition.telecom:
            raise Refused("Telecom service unavailable")
        if telephony.busy:
            raise Refused("Call already in progress")
        digits = number if isinstance(number, str) else json.dumps(number)
        telephony.dial(digits)
        return f"Dial command executed: {digits}"

    def _answer(self, _: Mapping[str, Any]) -> str:
        call = self._ringing("answer")
        call.taken.set()
        if self._handset is not None:
            self._handset.answer()
        return "Answer command executed"

    def _reject(self, _: Mapping[str, Any]) -> str:
        self._ringing("reject")
        self._system.telephony.end(by_us=True)
        return "Reject command executed"

    def _hang_up(self, _: Mapping[str, Any]) -> str:
        if self._system.telephony.call is None or not self.bound:
            raise Refused("No active call available to hang up")
        self._system.telephony.end(by_us=True)
        return "Hangup command executed"

    def _mute(self, payload: Mapping[str, Any]) -> str:
        """Undone at once while the assistant runs, which keeps the microphone off the line."""
        wanted = payload.get("muted") is True
        self.muted = wanted or self.in_use
        return f"Mute command executed: {_java(wanted)}"

    def _speaker(self, payload: Mapping[str, Any]) -> str:
        self.speaker = payload.get("enabled") is True
        return f"Speaker command executed: {_java(self.speaker)}"

    def _bt_route(self, payload: Mapping[str, Any]) -> str:
        self.bluetooth = payload.get("enabled") is True
        return f"Bluetooth route command executed: {_java(self.bluetooth)}"

    def _ringing(self, what: str) -> "PhoneCall":
        call = self._system.telephony.call
        if call is None or call.state != "ringing" or not self.bound:
            raise Refused(NO_CALL_TO.format(what))
        return call

    # Its part in a call

    def see(self, call: "PhoneCall") -> None:
        """Android tells it of a call's state, if it is bound."""
        if not self.bound:
            return
        if call.state == "dialing":
            self._log(IN_CALL, "state=connecting")
        if call.state == "disconnected" and call.by_us:
            self._log(IN_CALL, "state=disconnecting")
        self._log(IN_CALL, f"state={call.state}")
        if call.state == "disconnected" and self._serving:
            self._log(ASSISTANT, "service onDestroy")
            self._serving = self.muted = False

    async def take_part(self, call: "PhoneCall") -> bool:
        """Does all of the call; False if it does not, or leaves it before its end."""
        if not self.bound:
            return False
        self.start()
        part = self._part = trio.CancelScope()
        with part:
            try:
                await self._handle(call)
            finally:
                if self._part is part:
                    self._handset = self._part = None
            return True
        return False

    def leave_call(self) -> bool:
        """Whether it had a part in the call, which then ends by itself."""
        if self._handset is None:
            return False
        self._handset.hang_up()
        return True

    async def _handle(self, call: "PhoneCall") -> None:
        files, condition = self._system.files, self._system.condition
        in_call, assistant = readers.of_in_call(files), readers.of_assistant(files)
        carrier = TwoReaders(self._pools, in_call, assistant, self._warn)
        phone = self._phone(assistant)
        rooted = phone.root

        def tell(told: Moment | Heard | TurnReport) -> None:
            if isinstance(told, Moment) and told.state == "active":
                self._begin(call, assistant, rooted=rooted)

        self._handset = Handset(carrier, self._system.nursery, phone, condition.time_scale, tell)
        report = await self._handset.call(call.caller)
        call.by_us = call.by_us or report.ended not in {"caller", "operator", "not_answered"}
        if report.ended == "silence":
            self._log(ASSISTANT, f"silence hang-up: {report.detail}")
        self.reports.append(report)

    def _begin(self, call: "PhoneCall", assistant: readers.Read | None, *, rooted: bool) -> None:
        self.muted = self._serving = True
        call.become("active")
        self._log(ASSISTANT, "service started")
        if assistant is None:
            self._log(ASSISTANT, "runtime profile missing or unusable", "E")
        else:
            self._log(ASSISTANT, "profile loaded")
        if not rooted:
            self._log(ASSISTANT, "root shell unavailable", "E")

    def _phone(self, assistant: readers.Read | None) -> Phone:
        condition = self._system.condition
        mute = Phone(
            profile=False,
            root=condition.rootd == "up" and condition.mixer == "works",
            test_audio=CannedAudio(self._system.files).following,
        )
        if assistant is None:
            return mute
        try:
            return replace(mute, profile=True, bearer=assistant.bearer, greeting=assistant.greeting)
        except BadInput:
            return mute

    def _warn(self, text: str) -> None:
        self._log(ASSISTANT, text, "W")

    def _log(self, tag: str, text: str, level: str = "I") -> None:
        self._system.log.add(tag, text, level=level, pid=self.pid)

    def _fail(self, tag: str, what: str, trace: str) -> None:
        self._log(tag, f"{what}\n{trace}", "E")


def _java(value: bool) -> str:
    return "true" if value else "false"
