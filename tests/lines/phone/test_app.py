"""Commands to the app: what was seen of them, and what is the matter when nothing was."""

import base64
import json
import re

import pytest
import trio

from clawctl.errors import NoHandset, TooSlow, Unconfirmed
from clawctl.lines.phone.app import App
from clawctl.testing.device.condition import PERMISSIONS, STOCK_DIALER

NUMBER = "+4930123456"


@pytest.fixture
def app(inside, autojump_clock):
    return App(inside)


def broadcasts(inside):
    """What was sent to the app, as it decodes it."""
    words = [line.split()[-1] for line in inside.commands if "am broadcast" in line]
    return [json.loads(base64.b64decode(word)) for word in words]


async def refusal(command):
    with pytest.raises(NoHandset) as caught:
        await command
    return str(caught.value)


async def test_a_dial_is_done_when_the_phone_is_seen_calling(app, inside, autojump_clock):
    assert await app.dial(NUMBER) == "the phone is calling"
    assert inside.system.telephony.call.number == NUMBER
    assert await app.state() == "active"


async def test_a_phone_that_takes_four_seconds_for_each_answer_is_seen_calling(
    app, inside, autojump_clock
):
    inside.takes_s = 4.0

    assert await app.dial(NUMBER) == "the phone is calling"


async def test_it_is_one_line_for_the_phones_shell_up_to_the_broadcast(app, inside, autojump_clock):
    await app.dial(NUMBER)

    assert "am broadcast" in inside.commands[0]
    assert not any("am broadcast" in line for line in inside.commands[1:])


async def test_what_is_dialled_is_no_word_of_a_shell(app, inside, autojump_clock):
    await app.dial("+49;reboot")

    assert "reboot" not in " ".join(inside.commands)
    assert inside.app.asked[0].payload == {"number": "+49;reboot"}
    assert re.fullmatch(r"clawctl-[0-9a-f]{16}", inside.app.asked[0].id)


async def test_a_call_is_hung_up(app, inside, autojump_clock):
    await app.dial(NUMBER)

    assert await app.hang_up() == "the phone hung up"
    assert await app.state() == "idle"


async def test_a_call_that_rings_is_answered(app, inside, autojump_clock):
    inside.app.ring()
    assert await app.state() == "ringing"

    assert await app.answer() == "the phone answered"
    assert await app.state() == "active"


async def test_a_call_that_rings_is_rejected(app, inside, autojump_clock):
    inside.app.ring()
    await trio.sleep(1)

    assert await app.reject() == "the phone rejected the call"
    assert await app.state() == "idle"


async def test_sound_is_switched_with_real_booleans(app, inside, autojump_clock):
    assert await app.mute(True) == "the call is muted"
    assert await app.speaker(True) == "the phone uses its speaker"
    assert await app.bt_route(True) == "the call goes over Bluetooth"
    assert (inside.app.muted, inside.app.speaker, inside.app.bluetooth) == (True, True, True)

    await app.mute(False)
    await app.speaker(False)
    await app.bt_route(False)
    assert (inside.app.muted, inside.app.speaker, inside.app.bluetooth) == (False, False, False)
    assert [one["payload"] for one in broadcasts(inside)[:2]] == [
        {"muted": True},
        {"enabled": True},
    ]


class TestWhatTheAppSays:
    async def test_of_a_call_that_is_up(self, app, inside, autojump_clock):
        inside.app.ring()

        assert await refusal(app.dial(NUMBER)) == (
            "the app did not dial: it says 'Call already in progress'; hang up first:"
            " clawctl hangup"
        )

    async def test_of_a_permission_it_lacks(self, app, inside, autojump_clock):
        inside.condition.granted = PERMISSIONS[1:]

        assert await refusal(app.dial(NUMBER)) == (
            "the app did not dial: it says 'CALL_PHONE permission missing'; give it to the app:"
            " clawctl doctor --fix"
        )

    async def test_of_a_line_where_nothing_is_to_be_done(self, app, inside, autojump_clock):
        assert "'No active call available to hang up'" in await refusal(app.hang_up())
        assert "'No active incoming call available to answer'" in await refusal(app.answer())
        assert "'No active incoming call available to reject'" in await refusal(app.reject())

    async def test_at_once(self, app, inside, autojump_clock):
        await refusal(app.hang_up())

        assert trio.current_time() < 0.5

    async def test_unless_it_is_in_words_that_may_hold_what_it_was_given(
        self, app, inside, autojump_clock
    ):
        def fail(_):
            trace = f"java.lang.IllegalArgumentException: {NUMBER}\n\tat android.telecom"
            inside.system.log.add("CallCommandExecutor", f"command failed\n{trace}", level="E")

        inside.app.receive = fail
        said = await refusal(app.dial(NUMBER))

        assert said == "the app did not dial: it says why in its log: clawctl phone logs"

    async def test_of_an_earlier_command_is_not_taken_for_this_one(
        self, app, inside, autojump_clock
    ):
        await refusal(app.hang_up())
        await trio.sleep(0.1)
        await app.dial(NUMBER)
        await app.hang_up()
        await trio.sleep(0.1)

        assert "No active call" in await refusal(app.hang_up())

    async def test_of_another_command_at_the_same_time_is_not_taken_for_this_one(
        self, app, inside, autojump_clock
    ):
        said = []

        async def one(command):
            try:
                said.append(await command)
            except NoHandset as error:
                said.append(str(error))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(one, app.dial(NUMBER))
            nursery.start_soon(one, app.answer())
            nursery.start_soon(one, app.dial("+4930999"))

        assert sorted(text.partition(";")[0] for text in said) == [
            "the app did not answer: it says 'No active incoming call available to answer'",
            "the app did not dial: it says 'Call already in progress'",
            "the phone is calling",
        ]


class TestNothingIsSeen:
    async def test_the_app_is_missing(self, app, inside, autojump_clock):
        inside.condition.installed = False

        assert await refusal(app.dial(NUMBER)) == (
            "the app did not dial: it is not installed on the phone; install it:"
            " adb install <its APK>"
        )
        assert trio.current_time() < 3.5

    async def test_the_app_is_stopped(self, app, inside, autojump_clock):
        inside.condition.crashes = True

        assert await refusal(app.dial(NUMBER)) == (
            "the app did not dial: it does not run; start it: clawctl doctor --fix"
        )

    async def test_the_app_is_not_the_dialer(self, app, inside, autojump_clock):
        inside.condition.role = STOCK_DIALER
        inside.app.receive = lambda _: None

        assert await refusal(app.dial(NUMBER)) == (
            "the app did not dial: it is not the phone's dialer, but com.google.android.dialer;"
            " make it that: clawctl doctor --fix"
        )

    async def test_the_app_is_well_and_silent(self, app, inside, autojump_clock):
        inside.app.receive = lambda _: None

        assert "clawctl phone logs" in await refusal(app.dial(NUMBER))

    async def test_the_phone_is_booting(self, app, inside, autojump_clock):
        inside.condition.booted = False

        assert await refusal(app.dial(NUMBER)) == (
            "the phone did not take the command: the phone is still booting; wait a minute and"
            " try again"
        )
        assert "still booting" in await refusal(app.state())


class TestTheTelephonyState:
    async def test_is_proof_where_the_log_is_silent(self, app, inside, autojump_clock):
        inside.condition.missing = ("logcat",)

        assert await app.dial(NUMBER) == (
            "the phone is calling, by its telephony state; the app's log is silent"
        )
        assert "the phone hung up, by its" in await app.hang_up()

    async def test_is_none_where_it_was_like_that_before(self, app, inside, autojump_clock):
        inside.app.ring()
        await trio.sleep(1)
        await app.answer()
        inside.condition.missing = ("logcat",)

        assert "the app did not dial" in await refusal(app.dial(NUMBER))

    async def test_must_agree_with_the_log(self, app, inside, autojump_clock):
        inside.system.telephony.dial = lambda _: None

        assert await refusal(app.dial(NUMBER)) == (
            "the app dialled, but the phone shows no call: look at its SIM, its network and"
            " whether it is in airplane mode, by clawctl doctor"
        )
        assert trio.current_time() < 3.5

    async def test_may_be_missing_where_the_log_has_it(self, app, inside, autojump_clock):
        inside.condition.missing = ("dumpsys",)

        assert await app.dial(NUMBER) == "the phone is calling"
        assert "does not tell whether it has a call" in await refusal(app.state())


async def test_a_phone_whose_broadcast_never_ends_costs_fifteen_seconds(
    app, inside, autojump_clock
):
    inside.condition.hangs = ("date",)
    with pytest.raises(TooSlow):
        await app.dial(NUMBER)

    assert trio.current_time() == 15.0


async def test_a_phone_that_goes_away_after_the_broadcast_leaves_open_what_it_did(
    app, inside, autojump_clock
):
    inside.condition.crashes = True
    async with trio.open_nursery() as nursery:

        async def pull():
            await trio.sleep(1)
            inside.unplug()

        nursery.start_soon(pull)
        with pytest.raises(Unconfirmed) as raised:
            await app.dial(NUMBER)

    assert str(raised.value) == (
        "the phone was told to dial, and nobody can see whether it did: the phone fake is gone"
    )


async def test_numbers_are_in_no_sentence(app, inside, autojump_clock):
    inside.app.ring(NUMBER)
    said = await refusal(app.dial(NUMBER))
    inside.app.far_end_hangs_up()
    await inside.app.over()

    assert NUMBER not in said + await app.dial(NUMBER)
