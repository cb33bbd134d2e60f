"""Calls of the app in the fake phone, over its forwarded port, to a gateway that is scripted."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import trio

from clawctl.testing.caller import Caller, Utterance
from clawctl.testing.device.condition import Condition
from clawctl.testing.device.console import Console
from clawctl.testing.device.system import System
from clawctl.testing.handset_form import canonical_wav
from clawctl.testing.handset_http import Address
from clawctl.testing.scripted_gateway import CLOSE, ScriptedGateway, answer, serving

HELLO = Utterance(wav=canonical_wav(b"\x01\x02" * 24_000, 24_000), seconds=1.0, text="hello")
AUDIO = base64.b64encode(canonical_wav(b"\x05\x00" * 8_000, 16_000)).decode()
SPOKEN = {"ok": True, "session_id": "s1", "reply": "Yes, of course.", "audio_base64": AUDIO}
WARM = {"auto_answer": True, "greeting_incoming": "Good day.", "greeting_outgoing": "Good day."}
COLD = {**WARM, "auto_answer": False, "cold": True}
CONFIG, ASR, TURN = "/api/config/call", "/api/asr", "/api/turn"
STATES, ASSISTANT = "BridgeInCallService", "GatewayCallAssistant"
SHORT = 0.02


@dataclass
class Setting:
    """A phone, its gateway, and where the phone's ports lead."""

    phone: System
    gateway: ScriptedGateway
    port: int
    ports: dict[int, int] = field(default_factory=dict)

    @property
    def condition(self) -> Condition:
        return self.phone.condition

    async def ask(self, kind: str, **payload: Any) -> None:
        body = base64.b64encode(json.dumps({"type": kind, "payload": payload}).encode()).decode()
        await Console(self.phone).run(
            "am broadcast -a com.tracsystems.phonebridge.CALL_COMMAND"
            f" -n com.tracsystems.phonebridge/.CallCommandReceiver --es payload_b64 {body}"
        )

    async def ring(self, *utterances: Utterance, **more: Any) -> None:
        """From ring to end."""
        self.phone.app.ring(caller=Caller(utterances=utterances, **more))
        await self.over()

    async def over(self) -> None:
        with trio.fail_after(10):
            await self.phone.app.over()

    async def until(self, happened: Callable[[], bool]) -> None:
        with trio.fail_after(10):
            while not happened():
                await trio.sleep(0.01)

    def bearers(self, path: str) -> list[str]:
        seen = [request for request in self.gateway.seen if request.path == path]
        return [request.headers.get("Authorization", "") for request in seen]


@pytest.fixture
async def setting() -> AsyncIterator[Setting]:
    gateway = ScriptedGateway()
    gateway.say(CONFIG, answer(WARM))
    gateway.say(ASR, answer({"transcript": "hello"}))
    gateway.say(TURN, answer(SPOKEN))
    ports: dict[int, int] = {}
    async with serving(gateway) as url, trio.open_nursery() as nursery:
        port = ports[8996] = Address.of(url).port
        phone = System(Condition(time_scale=SHORT), ports.get, nursery)
        yield Setting(phone, gateway, port, ports)
        nursery.cancel_scope.cancel()


async def test_a_ringing_phone_answers_greets_and_talks_over_its_own_port(
    setting: Setting,
) -> None:
    await setting.ring(HELLO)

    assert setting.gateway.paths == [CONFIG, CONFIG, TURN, ASR, TURN]
    assert {request.headers["Host"] for request in setting.gateway.seen} == {"127.0.0.1:8996"}
    assert set(setting.bearers(TURN) + setting.bearers(CONFIG)) == {"Bearer secret"}
    assert setting.phone.log.texts(STATES, ASSISTANT) == [
        "state=ringing",
        "state=active",
        "service started",
        "profile loaded",
        "state=disconnected",
        "service onDestroy",
    ]
    (report,) = setting.phone.app.reports
    assert (report.clean, report.violations) == (True, ())


async def test_a_dialled_call_is_held_like_any_other(setting: Setting) -> None:
    setting.condition.far_end = Caller(utterances=(HELLO, HELLO))

    await setting.ask("dial", number="+4930555")
    await setting.over()

    assert setting.gateway.paths == [CONFIG, CONFIG, TURN, ASR, TURN, ASR, TURN]
    assert setting.phone.app.reports[0].clean


async def test_while_the_gateway_is_cold_the_phone_rings_on(setting: Setting) -> None:
    setting.gateway.say(CONFIG, answer(COLD))

    await setting.ring(HELLO, patience_s=20.0)

    assert setting.gateway.paths == [CONFIG]
    assert setting.phone.log.texts(STATES) == ["state=ringing", "state=disconnected"]
    assert setting.phone.app.reports[0].ended == "not_answered"


async def test_what_rings_on_can_be_answered_by_command(setting: Setting) -> None:
    setting.gateway.say(CONFIG, answer(COLD))
    setting.phone.app.ring(caller=Caller(utterances=(HELLO,), patience_s=100.0))
    await setting.until(lambda: setting.gateway.paths == [CONFIG])

    await setting.ask("answer")
    await setting.over()

    assert setting.gateway.paths == [CONFIG, CONFIG, TURN, ASR, TURN]


async def test_a_number_that_is_not_welcome_is_turned_away_by_the_phone(setting: Setting) -> None:
    setting.gateway.say(CONFIG, answer({**WARM, "caller_blocklist": ["+1 555-0142"]}))

    await setting.ring(HELLO)

    assert setting.gateway.paths == [CONFIG]
    assert setting.phone.log.texts(STATES) == [
        "state=ringing",
        "state=disconnecting",
        "state=disconnected",
    ]


async def test_the_gateway_may_hang_up(setting: Setting) -> None:
    setting.gateway.say(TURN, answer(SPOKEN), answer({**SPOKEN, "hangup": True}))

    await setting.ring(HELLO, HELLO)

    assert setting.phone.app.reports[0].ended == "hangup"
    assert setting.phone.log.texts(STATES)[-2:] == ["state=disconnecting", "state=disconnected"]


async def test_a_stale_external_profile_wins_where_the_assistant_reads(setting: Setting) -> None:
    setting.condition.stale_external = True

    await setting.ring()

    assert setting.bearers(CONFIG) == ["Bearer secret", "Bearer worn-out"]
    assert setting.bearers(TURN) == ["Bearer worn-out"]


async def test_without_the_internal_profile_incoming_calls_ring_unanswered(
    setting: Setting,
) -> None:
    setting.condition.profile_places = ("external",)

    await setting.ring(patience_s=20.0)

    assert setting.gateway.seen == []
    assert setting.phone.app.reports[0].ended == "not_answered"


async def test_a_profile_is_read_anew_at_each_call(setting: Setting) -> None:
    await setting.ring()
    setting.condition.bearer = "another"
    await setting.ring()

    assert setting.bearers(TURN) == ["Bearer secret", "Bearer another"]


async def test_a_refusal_is_in_the_log_with_its_status(setting: Setting) -> None:
    setting.gateway.say(TURN, answer({"ok": False, "detail": "no"}, 401))

    await setting.ring()

    assert "gateway turn failed (401)" in setting.phone.log.texts(ASSISTANT)


async def test_a_port_that_is_lost_and_forwarded_again_costs_a_turn_and_not_the_call(
    setting: Setting,
) -> None:
    setting.gateway.idle_close = True
    setting.condition.far_end = Caller(utterances=(HELLO,) * 400)
    await setting.ask("dial", number="1")
    await setting.until(lambda: setting.gateway.paths.count(TURN) == 2)

    del setting.ports[8996]
    refused = "gateway turn failed (127.0.0.1:8996 takes no connection: refused)"
    await setting.until(lambda: refused in setting.phone.log.texts(ASSISTANT))
    before = setting.gateway.paths.count(TURN)
    setting.ports[8996] = setting.port
    await setting.until(lambda: setting.gateway.paths.count(TURN) > before + 1)
    setting.phone.app.far_end_hangs_up()
    await setting.over()

    assert setting.phone.log.texts(STATES)[-1] == "state=disconnected"


async def test_a_file_that_wakes_the_app_makes_turns_until_it_is_removed(
    setting: Setting,
) -> None:
    console = Console(setting.phone)
    inject = "run-as com.tracsystems.phonebridge sh -c 'mkdir -p files/test-inject; cat > {}'"
    setting.condition.far_end = Caller(lingers_s=600.0)
    await setting.ask("dial", number="1")
    await setting.until(lambda: setting.gateway.paths.count(TURN) == 1)

    await console.run(inject.format("files/test-inject/short.wav"), stdin=bytes(44))
    await console.run(inject.format("files/test-inject/wake.wav"), stdin=HELLO.wav)
    await setting.until(lambda: setting.gateway.paths.count(TURN) > 2)
    await console.run("run-as com.tracsystems.phonebridge rm -r files/test-inject")
    setting.phone.app.far_end_hangs_up()
    await setting.over()

    assert ASR not in setting.gateway.paths
    assert HELLO.wav in setting.gateway.seen[-1].body
    assert {turn.kind for turn in setting.phone.app.reports[0].turns} == {"greeting", "test"}


# Programs of the phone over the same port


async def test_curl_shows_what_the_gateway_answers(setting: Setting) -> None:
    console = Console(setting.phone)
    setting.gateway.say("/health?nonce=7", answer({"ok": True}))

    ran = await console.run(
        "curl -s -m 5 -i -H 'Host: 127.0.0.1:8996' 'http://127.0.0.1:8996/health?nonce=7'"
    )
    code = await console.run(
        "curl -s -m 5 -o /dev/null -w '%{http_code}' http://127.0.0.1:8996/health?nonce=7"
    )

    assert ran.text.splitlines()[0] == "HTTP/1.1 200 Whatever"
    assert ran.text.endswith('{"ok": true}')
    assert (code.code, code.text) == (0, "200")
    assert setting.gateway.seen[0].headers["Host"] == "127.0.0.1:8996"


async def test_curl_tells_a_connection_that_is_dropped_from_one_that_is_silent(
    setting: Setting,
) -> None:
    console = Console(setting.phone)
    setting.gateway.say("/dropped", CLOSE)
    setting.gateway.say("/silent", answer({}))

    dropped = await console.run("curl -s -m 5 http://127.0.0.1:8996/dropped")
    setting.gateway.gap_s = 5.0
    silent = await console.run("curl -s -m 0.1 http://127.0.0.1:8996/silent")

    assert (dropped.code, silent.code) == (52, 28)


async def test_nc_speaks_http_as_it_is_typed(setting: Setting) -> None:
    setting.gateway.say("/health", answer({"ok": True}, connection="close"))

    ran = await Console(setting.phone).run(
        "nc -w 3 127.0.0.1 8996", stdin=b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    )

    assert (ran.code, ran.text.splitlines()[0]) == (0, "HTTP/1.1 200 Whatever")
