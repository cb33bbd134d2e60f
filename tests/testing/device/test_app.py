"""The app on the phone: its receiver, what it logs, and what it makes of calls."""

import base64
import json
from typing import Any

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from clawctl.testing.caller import Caller
from clawctl.testing.device.condition import PACKAGE, PERMISSIONS, STOCK_DIALER, Condition
from clawctl.testing.device.console import Console
from clawctl.testing.device.system import System

ASK = (
    "am broadcast -a com.tracsystems.phonebridge.CALL_COMMAND"
    " -n com.tracsystems.phonebridge/.CallCommandReceiver"
)
ANSWERED = (
    "Broadcasting: Intent { act=com.tracsystems.phonebridge.CALL_COMMAND flg=0x400000"
    " cmp=com.tracsystems.phonebridge/.CallCommandReceiver (has extras) }\n"
    "Broadcast completed: result=0\n"
)
CONTROL, STATES = "AndroidTelecomCtrl", "BridgeInCallService"
FAILURES = ("CallCommandExecutor", "CallCommandReceiver")


def encoded(kind: str, **payload: Any) -> str:
    body = json.dumps({"id": "ours", "type": kind, "payload": payload})
    return f"--es payload_b64 {base64.b64encode(body.encode()).decode()}"


async def ask(console: Console, extras: str) -> None:
    """The two lines come whatever happens."""
    ran = await console.run(f"{ASK} {extras}")
    assert (ran.code, ran.out.decode(), ran.err) == (0, ANSWERED, b"")


async def call_state(console: Console) -> str:
    ran = await console.run("dumpsys telephony.registry | grep mCallState")
    return ran.text.split()[0]


def failure(phone: System) -> list[str]:
    return [text for text in phone.log.texts(*FAILURES) if not text.startswith("\tat ")]


# Three ways to say it


@pytest.mark.parametrize(
    "extras",
    [
        encoded("dial", number="+4930555"),
        """--es payload '{"type": "dial", "payload": {"number": "+4930555"}}'""",
        "--es type dial --es number +4930555",
        encoded("dial", number="+4930555") + " --es payload '{}' --es type hangup",
        "--es payload_b64 ' ' --es payload ' ' --es type dial --es number +4930555",
    ],
)
async def test_the_first_form_that_is_not_blank_wins(
    console: Console, phone: System, extras: str
) -> None:
    await ask(console, extras)

    assert [(each.type, each.payload["number"]) for each in phone.app.asked] == [
        ("dial", "+4930555")
    ]
    assert phone.log.texts(CONTROL) == ["Dial command executed: +4930555"]


async def test_an_id_is_ours_or_of_the_phone(console: Console, phone: System) -> None:
    await ask(console, encoded("speaker", enabled=True))
    await ask(console, "--es type speaker --es id mine")
    await ask(console, "--es type speaker")

    assert [each.id for each in phone.app.asked][:2] == ["ours", "mine"]
    assert phone.app.asked[2].id.startswith("adb-18000000")


@pytest.mark.parametrize(
    ("extras", "why"),
    [
        ("--es type ' '", "java.lang.IllegalArgumentException: received empty command payload"),
        ("--es payload_b64 '%%%'", "java.lang.IllegalArgumentException: bad base-64"),
        (
            "--es payload '[1]'",
            (
                "org.json.JSONException: Value of type java.lang.String cannot be converted to"
                " JSONObject"
            ),
        ),
        ("--es payload '{}'", "org.json.JSONException: No value for type"),
    ],
)
async def test_a_payload_that_is_none_is_only_logged(
    console: Console, phone: System, extras: str, why: str
) -> None:
    await ask(console, extras)

    assert failure(phone) == ["failed to process call command", why]
    assert phone.app.asked == []


@pytest.mark.parametrize(
    ("extras", "why"),
    [
        (encoded("Dial"), "java.lang.IllegalArgumentException: Unknown command: Dial"),
        (encoded("dial"), "org.json.JSONException: No value for number"),
        (
            encoded("answer"),
            "java.lang.IllegalStateException: No active incoming call available to answer",
        ),
        (
            encoded("reject"),
            "java.lang.IllegalStateException: No active incoming call available to reject",
        ),
        (
            encoded("hangup"),
            "java.lang.IllegalStateException: No active call available to hang up",
        ),
    ],
)
async def test_a_command_that_fails_is_only_logged(
    console: Console, phone: System, extras: str, why: str
) -> None:
    await ask(console, extras)

    assert failure(phone) == ["command failed", why]
    assert phone.log.texts(CONTROL) == []


@pytest.mark.parametrize(
    ("extras", "muted"),
    [
        (encoded("mute", muted=True), True),
        (encoded("mute", muted="true"), False),
        (encoded("mute"), False),
        ("--es type mute --ez muted true", True),
        ("--es type mute --es muted true", False),
    ],
)
async def test_only_a_real_boolean_is_true(
    console: Console, phone: System, extras: str, muted: bool
) -> None:
    await ask(console, extras)

    assert phone.app.muted is muted
    assert phone.log.texts(CONTROL) == [f"Mute command executed: {str(muted).lower()}"]


async def test_sound_goes_where_it_is_sent(console: Console, phone: System) -> None:
    await ask(console, encoded("speaker", enabled=True))
    await ask(console, encoded("bt_route", enabled=True))

    assert (phone.app.speaker, phone.app.bluetooth) == (True, True)
    assert phone.log.texts(CONTROL) == [
        "Speaker command executed: true",
        "Bluetooth route command executed: true",
    ]


# Who gets it


@pytest.mark.parametrize(
    "state", [{"installed": False}, {"enabled": False}, {"stopped": True}], ids=str
)
async def test_an_app_that_is_not_there_says_nothing_and_nobody_else_either(
    console: Console, condition: Condition, state: dict[str, bool]
) -> None:
    for name, value in state.items():
        setattr(condition, name, value)

    await ask(console, encoded("dial", number="1"))

    assert console.system.app.asked == []
    assert console.system.log.all() == []


async def test_a_stopped_app_is_reached_on_purpose(console: Console, condition: Condition) -> None:
    condition.stopped, condition.running = True, False

    ran = await console.run(f"{ASK} --include-stopped-packages {encoded('speaker', enabled=True)}")

    assert "flg=0x400020" in ran.text
    assert len(console.system.app.asked) == 1
    assert (condition.stopped, condition.running) == (False, True)


@pytest.mark.parametrize(
    "line",
    [
        "am broadcast -a com.tracsystems.phonebridge.CALL_COMMAND --es type speaker",
        "am broadcast -n com.example/.CallCommandReceiver --es type speaker",
    ],
)
async def test_a_broadcast_to_nobody_completes_too(console: Console, line: str) -> None:
    ran = await console.run(line)

    assert ran.text.splitlines()[1] == "Broadcast completed: result=0"
    assert console.system.app.asked == []


async def test_an_app_that_crashes_leaves_a_trace(console: Console, condition: Condition) -> None:
    condition.crashes = True

    await ask(console, encoded("dial", number="1"))

    assert console.system.log.texts("AndroidRuntime")[:2] == [
        "FATAL EXCEPTION: main",
        "Process: com.tracsystems.phonebridge, PID: 9001",
    ]
    exits = await console.run("dumpsys activity exit-info com.tracsystems.phonebridge")
    assert "reason=4 (APP CRASH(EXCEPTION))" in exits.text
    assert (await console.run("pidof com.tracsystems.phonebridge")).code == 1


# Calls that we make


async def test_a_dialled_call_goes_from_state_to_state(
    console: Console, phone: System, condition: Condition, autojump_clock: MockClock
) -> None:
    condition.far_end = Caller(lingers_s=5.0)

    await ask(console, encoded("dial", number="+4930555"))
    assert await call_state(console) == "mCallState=2"
    await phone.app.over()

    assert phone.log.texts(STATES) == [
        "state=connecting",
        "state=dialing",
        "state=active",
        "state=disconnected",
    ]
    assert await call_state(console) == "mCallState=0"
    (report,) = phone.app.reports
    assert report.ended == "caller"


async def test_a_number_may_be_one(console: Console, phone: System) -> None:
    await ask(console, encoded("dial", number=4930555))

    assert phone.log.texts(CONTROL) == ["Dial command executed: 4930555"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {"granted": PERMISSIONS[1:]},
            "java.lang.SecurityException: CALL_PHONE permission missing",
        ),
        ({"telecom": False}, "java.lang.IllegalStateException: Telecom service unavailable"),
        ({"foreign_call": True}, "java.lang.IllegalStateException: Call already in progress"),
    ],
)
async def test_a_dial_may_be_refused(
    console: Console, phone: System, condition: Condition, change: dict[str, Any], why: str
) -> None:
    for name, value in change.items():
        setattr(condition, name, value)

    await ask(console, encoded("dial", number="1"))

    assert failure(phone) == ["command failed", why]
    assert phone.telephony.call is None


async def test_one_call_at_a_time(console: Console, phone: System) -> None:
    await ask(console, encoded("dial", number="1"))
    await ask(console, encoded("dial", number="2"))
    phone.app.ring("+15550199")

    assert failure(phone)[1] == "java.lang.IllegalStateException: Call already in progress"
    assert phone.telephony.turned_away == ["+15550199"]


async def test_who_does_not_pick_up_ends_it_after_their_patience(
    console: Console, phone: System, condition: Condition, autojump_clock: MockClock
) -> None:
    condition.picks_up = False
    condition.far_end = Caller(patience_s=20.0)
    began = trio.current_time()

    await ask(console, encoded("dial", number="1"))
    await phone.app.over()

    assert trio.current_time() - began == pytest.approx(20.0)
    assert "state=active" not in phone.log.texts(STATES)


@pytest.mark.parametrize("wait_s", [0.0, 1.0, 4.0])
async def test_our_hang_up_is_disconnecting_first(
    console: Console, phone: System, autojump_clock: MockClock, wait_s: float
) -> None:
    await ask(console, encoded("dial", number="1"))
    await trio.sleep(wait_s)
    await ask(console, encoded("hangup"))
    await phone.app.over()

    assert phone.log.texts(CONTROL)[-1] == "Hangup command executed"
    assert phone.log.texts(STATES)[-2:] == ["state=disconnecting", "state=disconnected"]


async def test_the_far_end_hangs_up_without_a_word(
    console: Console, phone: System, autojump_clock: MockClock
) -> None:
    await ask(console, encoded("dial", number="1"))
    await trio.sleep(4)
    phone.app.far_end_hangs_up()
    await phone.app.over()

    assert phone.log.texts(STATES)[-2:] == ["state=active", "state=disconnected"]
    assert phone.log.texts("GatewayCallAssistant")[-1] == "service onDestroy"


async def test_a_call_shows_in_every_dump(console: Console, autojump_clock: MockClock) -> None:
    services = "dumpsys activity services com.tracsystems.phonebridge"
    assert "(nothing)" in (await console.run(services)).text

    await ask(console, encoded("dial", number="1"))
    assert "mForegroundCallState=3" in (await console.run("dumpsys telephony.registry")).text
    await trio.sleep(4)

    assert "GatewayCallAssistantService" in (await console.run(services)).text
    assert "mForegroundCallState=1" in (await console.run("dumpsys telephony.registry")).text
    assert "ACTIVE" in (await console.run("dumpsys telecom")).text


async def test_the_microphone_stays_off_the_line_of_the_assistant(
    console: Console, phone: System, autojump_clock: MockClock
) -> None:
    await ask(console, encoded("dial", number="1"))
    await trio.sleep(4)
    await ask(console, encoded("mute", muted=False))

    assert phone.log.texts(CONTROL)[-1] == "Mute command executed: false"
    assert phone.app.muted


# Calls that come in, with no gateway in reach


async def test_without_a_gateway_it_rings_until_the_caller_gives_up(
    console: Console, phone: System, autojump_clock: MockClock
) -> None:
    phone.app.ring("+15550199", Caller(patience_s=12.0))
    began = trio.current_time()
    await wait_all_tasks_blocked()

    assert "mCallIncomingNumber=+15550199" in (await console.run("dumpsys telephony.registry")).text
    assert await call_state(console) == "mCallState=1"
    await phone.app.over()
    assert trio.current_time() - began == pytest.approx(12.0, abs=0.2)
    assert phone.log.texts(STATES) == ["state=ringing", "state=disconnected"]


async def test_a_ringing_call_can_be_taken(
    console: Console, phone: System, autojump_clock: MockClock
) -> None:
    phone.app.ring()
    await trio.sleep(2)
    await ask(console, encoded("answer"))
    await trio.sleep(1)

    assert phone.log.texts(CONTROL) == ["Answer command executed"]
    assert phone.log.texts(STATES) == ["state=ringing", "state=active"]


async def test_a_ringing_call_can_be_turned_away(
    console: Console, phone: System, autojump_clock: MockClock
) -> None:
    phone.app.ring()
    await trio.sleep(2)
    await ask(console, encoded("reject"))
    await phone.app.over()

    assert phone.log.texts(CONTROL) == ["Reject command executed"]
    assert phone.log.texts(STATES) == [
        "state=ringing",
        "state=disconnecting",
        "state=disconnected",
    ]


async def test_without_the_role_the_app_hears_of_no_call(
    console: Console, phone: System, condition: Condition, autojump_clock: MockClock
) -> None:
    condition.role = STOCK_DIALER
    phone.app.ring("+15550199", Caller(patience_s=12.0))
    await trio.sleep(2)
    await ask(console, encoded("answer"))

    assert await call_state(console) == "mCallState=1"
    assert failure(phone)[0] == "command failed"
    assert phone.log.texts(STATES) == []
    await phone.app.over()
    assert phone.app.reports == []


async def test_without_a_profile_an_answered_call_is_mute(
    console: Console, phone: System, condition: Condition, autojump_clock: MockClock
) -> None:
    condition.profile = "{broken"
    phone.app.ring()
    await trio.sleep(1)
    await ask(console, encoded("answer"))
    await trio.sleep(1)

    said = phone.log.texts("GatewayCallAssistant")
    assert "runtime profile missing or unusable" in said
    assert said[0] == "gateway call config failed (no profile says where the gateway is)"


@pytest.mark.parametrize("change", [{"rootd": "down"}, {"mixer": "blocked"}], ids=str)
async def test_without_root_the_assistant_complains(
    console: Console,
    phone: System,
    condition: Condition,
    autojump_clock: MockClock,
    change: dict[str, Any],
) -> None:
    for name, value in change.items():
        setattr(condition, name, value)

    await ask(console, encoded("dial", number="1"))
    await trio.sleep(4)

    assert "root shell unavailable" in phone.log.texts("GatewayCallAssistant")


# What may happen to it in a call


async def test_a_force_stop_leaves_the_call_up_with_nobody_on_it(
    console: Console, phone: System, condition: Condition, autojump_clock: MockClock
) -> None:
    condition.far_end = Caller(lingers_s=60.0)
    await ask(console, encoded("dial", number="1"))
    await trio.sleep(4)
    await console.run("am force-stop com.tracsystems.phonebridge")
    await trio.sleep(1)

    assert condition.stopped
    assert (await console.run("pidof com.tracsystems.phonebridge")).code == 1
    assert await call_state(console) == "mCallState=2"
    assert not phone.app.in_use
    phone.app.far_end_hangs_up()
    await phone.app.over()
    assert await call_state(console) == "mCallState=0"


async def test_a_call_right_after_a_reboot_is_a_call_of_its_own(
    console: Console, phone: System, condition: Condition, autojump_clock: MockClock
) -> None:
    await ask(console, encoded("dial", number="1"))
    await trio.sleep(4)
    phone.reboot()
    condition.role = PACKAGE
    phone.app.ring("+15550199")
    await trio.sleep(1)

    await ask(console, encoded("answer"))
    await trio.sleep(1)

    assert phone.log.texts(STATES) == ["state=ringing", "state=active"]
    assert phone.app.in_use


async def test_a_reboot_ends_the_call_and_forgets_the_log(
    console: Console, phone: System, condition: Condition, autojump_clock: MockClock
) -> None:
    await ask(console, encoded("dial", number="1"))
    await trio.sleep(4)
    boot_id = (await console.run("cat /proc/sys/kernel/random/boot_id")).text
    phone.reboot()
    await phone.app.over()

    assert await call_state(console) == "mCallState=0"
    assert phone.log.all() == []
    assert (condition.role, condition.rootd, condition.running) == (STOCK_DIALER, "down", False)
    assert not phone.app.in_use
    assert (await console.run("cat /proc/sys/kernel/random/boot_id")).text != boot_id
