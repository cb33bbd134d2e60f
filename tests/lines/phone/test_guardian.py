"""How a phone is kept connected, and what is told of it."""

from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
import trio

from clawctl.bus import Bus
from clawctl.config.live import Live
from clawctl.config.load import given
from clawctl.errors import BadInput, NoHandset, NoSuch, TooSlow
from clawctl.lines.phone.calls import Calls
from clawctl.lines.phone.driver import READY, Device, chosen
from clawctl.lines.phone.guardian import Guardian
from clawctl.lines.phone.inspection import NO_ROLE, PUSH, STARTING
from clawctl.lines.phone.profile_install import EXTERNAL, INTERNAL
from clawctl.testing.caller import Caller
from clawctl.testing.calls import EPOCH
from clawctl.testing.device.condition import STOCK_DIALER

DOOR = 18997


class Cable:
    """The fake phone's driver with what is not its shell: files and forwarded ports."""

    def __init__(self, inside):
        self.inside = inside
        self.forwarded = {}
        self.refused = None
        self.slow_s = 0.0

    def __getattr__(self, name):
        return getattr(self.inside, name)

    async def run(self, command, *, stdin=b"", timeout_s=10.0):
        await self._reach(timeout_s)
        return await self.inside.run(command, stdin=stdin, timeout_s=timeout_s)

    async def read(self, path):
        ran = await self.inside.run(f"cat {path}")
        if ran.code:
            raise NoSuch(f"the phone fake has no {path}")
        return ran.out

    async def reverse(self, phone_port, host_port):
        await self._reach()
        if self.refused:
            raise NoHandset(self.refused)
        self.forwarded[phone_port] = host_port
        return phone_port

    async def unreverse(self, phone_port):
        await self._reach()
        if phone_port not in self.forwarded:
            raise NoSuch("not forwarded")
        del self.forwarded[phone_port]

    async def reverses(self):
        await self._reach()
        return list(self.forwarded.items())

    async def _reach(self, timeout_s=10.0):
        self.inside._there()
        if self.slow_s > timeout_s:
            await trio.sleep(timeout_s)
            raise TooSlow("the phone fake did not finish a command")
        await trio.sleep(self.slow_s)


class Desk:
    """Phones on one desk; `listed` are those there are."""

    def __init__(self, cable):
        self.cable = cable
        self.listed = [Device("fake", READY, "Pixel 7a")]
        self.serial = ""
        self.tried = self.watched = 0
        self._watching = []

    def put(self, *devices):
        self.listed = list(devices)
        for send in self._watching:
            send.send_nowait(self.listed)

    def unplug(self):
        self.cable.forwarded.clear()
        self.cable.inside.unplug()
        self.put()

    def plug(self, state=READY):
        self.cable.inside.plug()
        self.put(Device("fake", state, "Pixel 7a"))

    async def devices(self):
        return self.listed

    @asynccontextmanager
    async def watch(self):
        self.watched += 1
        send, receive = trio.open_memory_channel(100)
        send.send_nowait(self.listed)
        self._watching.append(send)
        async with send, receive:
            yield receive
        self._watching.remove(send)

    @asynccontextmanager
    async def open(self, serial=""):
        self.tried += 1
        await trio.sleep(0.05)
        chosen(self.listed, serial or self.serial)
        self.cable.inside._there()
        yield self.cable


@asynccontextmanager
async def guarded(inside, listed=None, **settings):
    """A guardian at work; `events` is what was told since the last look."""
    bus = Bus(lambda: EPOCH + trio.current_time())
    live = Live(given({"bearer_token": "secret", **settings}))
    desk = Desk(Cable(inside))
    if listed is not None:
        desk.listed = listed
    told = []
    calls = Calls(told.append, clock=lambda: EPOCH + trio.current_time())
    guardian = Guardian(desk, live, bus, calls)
    async with trio.open_nursery() as nursery:
        with bus.listen() as listener:

            def events():
                heard = [stamped.event for stamped in listener.take_nowait()]
                return [(one.type, one.reason) for one in heard]

            nursery.start_soon(guardian.run, DOOR)
            yield SimpleNamespace(
                guardian=guardian, desk=desk, cable=desk.cable, events=events, told=told,
                condition=inside.condition, app=inside.app,
            )  # fmt: skip
        nursery.cancel_scope.cancel()


ON_THE_WAY = {8996: DOOR}


async def test_a_phone_that_is_well_finds_its_way_to_us_and_is_ready(inside, autojump_clock):
    async with guarded(inside) as at:
        await trio.sleep(3)

        assert at.events() == [("phone.ready", "")]
        assert at.cable.forwarded == ON_THE_WAY
        view = at.guardian.view()
        assert (view.state, view.serial, view.model) == ("ready", "fake", "Pixel 7a")
        assert (view.reason, view.call) == ("", None)


async def test_a_phone_that_stays_as_it_is_is_told_of_once(inside, autojump_clock):
    async with guarded(inside) as at:
        await trio.sleep(600)

        assert at.events() == [("phone.ready", "")]
        assert at.desk.tried == 1


async def test_the_way_to_us_is_restored_when_the_phone_is_plugged_in_again(inside, autojump_clock):
    async with guarded(inside) as at:
        await trio.sleep(10)
        at.events()
        at.desk.unplug()
        await trio.sleep(5)
        ((lost, why),) = at.events()
        assert (lost, at.guardian.view().state) == ("phone.lost", "lost")
        assert why == "the phone fake is gone"
        assert "plug it in" in at.guardian.view().reason

        at.desk.plug()
        await trio.sleep(1)
        assert at.cable.forwarded == ON_THE_WAY
        assert at.events() == [("phone.ready", "")]


async def test_a_blink_of_the_cable_is_over_within_three_seconds(inside, autojump_clock):
    async with guarded(inside) as at:
        for wait_s in (10, 0.3, 1, 30):
            await trio.sleep(wait_s)
            at.desk.unplug()
            at.desk.plug()
            await trio.sleep(3)

            assert at.cable.forwarded == ON_THE_WAY
            assert at.guardian.view().state == "ready"


async def test_a_way_that_somebody_took_is_restored(inside, autojump_clock):
    async with guarded(inside) as at:
        await trio.sleep(10)
        at.cable.forwarded[8996] = 1
        await trio.sleep(3)

        assert at.cable.forwarded == ON_THE_WAY
        assert at.events() == [("phone.ready", "")]


async def test_others_ways_are_left_alone(inside, autojump_clock):
    async with guarded(inside) as at:
        at.cable.forwarded[9000] = 9001
        await trio.sleep(10)

        assert at.cable.forwarded == ON_THE_WAY | {9000: 9001}


async def test_it_is_the_port_of_the_profile_that_leads_to_us(inside, autojump_clock):
    at_9123 = inside.condition.profile_text().replace("8996", "9123").encode()
    for place in (EXTERNAL, INTERNAL):
        inside.system.files.write(f"{place}/profile.json", at_9123)
    async with guarded(inside) as at:
        await trio.sleep(3)
        assert at.cable.forwarded == {9123: DOOR}
        assert at.events() == [("phone.ready", "")]

        at.desk.unplug()
        at.desk.plug()
        await trio.sleep(3)
        assert at.cable.forwarded == {9123: DOOR}


async def test_a_phone_that_starts_is_waited_for(inside, autojump_clock):
    inside.condition.booted = False
    async with guarded(inside) as at:
        await trio.sleep(30)
        assert at.events() == [("phone.degraded", STARTING)]
        assert at.cable.forwarded == ON_THE_WAY

        inside.condition.booted = True
        await trio.sleep(3)
        assert at.events() == [("phone.ready", "")]


async def test_a_role_that_was_lost_is_told_with_its_mend(inside, autojump_clock):
    async with guarded(inside) as at:
        await trio.sleep(5)
        inside.condition.role = STOCK_DIALER
        await trio.sleep(5)
        assert at.events() == [("phone.ready", ""), ("phone.degraded", NO_ROLE)]

        inside.condition.role = "com.tracsystems.phonebridge"
        await trio.sleep(5)
        assert at.events() == [("phone.ready", "")]


async def test_a_profile_with_another_bearer_is_told_with_its_mend(inside, autojump_clock):
    async with guarded(inside, bearer_token="another") as at:
        await trio.sleep(5)

        ((kind, why),) = at.events()
        assert kind == "phone.degraded"
        assert "gateway.bearer: is not that of the gateway" in why
        assert why.endswith(PUSH)
        assert "secret" not in why
        assert "another" not in why


async def test_a_port_the_phone_will_not_forward_is_no_phone_lost(inside, autojump_clock):
    async with guarded(inside) as at:
        at.cable.refused = "cannot bind listener: Address already in use"
        await trio.sleep(30)
        assert at.events() == [("phone.degraded", at.cable.refused)]
        assert at.desk.tried == 1

        at.cable.refused = None
        await trio.sleep(3)
        assert at.events() == [("phone.ready", "")]
        assert at.cable.forwarded == ON_THE_WAY


async def test_an_app_that_is_missing_is_named(inside, autojump_clock):
    inside.condition.installed = False
    async with guarded(inside) as at:
        await trio.sleep(5)

        ((kind, why),) = at.events()
        assert kind == "phone.degraded"
        assert why != ""


async def test_no_phone_costs_next_to_nothing_and_tells_nothing(inside, autojump_clock):
    async with guarded(inside, listed=[]) as at:
        await trio.sleep(3600)

        assert at.events() == []
        view = at.guardian.view()
        assert (view.state, view.serial) == ("absent", "")
        assert "plug it in" in view.reason
        assert at.desk.tried < 130


async def test_a_phone_that_is_plugged_in_much_later_is_found_at_once(inside, autojump_clock):
    async with guarded(inside, listed=[]) as at:
        await trio.sleep(3600)
        at.desk.plug()
        await trio.sleep(1)

        assert at.events() == [("phone.ready", "")]


@pytest.mark.parametrize("state", ["unauthorized", "offline", "no permissions", "bootloader"])
async def test_a_phone_that_stays_unusable_is_told_of_once_with_the_way_out(
    inside, state, autojump_clock
):
    async with guarded(inside, listed=[Device("fake", state)]) as at:
        await trio.sleep(600)
        ((kind, why),) = at.events()
        assert (kind, at.guardian.view().state) == ("phone.lost", "absent")
        assert repr(state) in why
        assert at.guardian.view().reason == why

        at.desk.plug()
        await trio.sleep(1)
        assert at.events() == [("phone.ready", "")]


async def test_one_that_is_unusable_for_a_moment_is_not_told_of(inside, autojump_clock):
    async with guarded(inside, listed=[]) as at:
        await trio.sleep(60)
        for state in ("offline", "authorizing", READY):
            at.desk.put(Device("fake", state))
            await trio.sleep(0.7)

        assert at.events() == [("phone.ready", "")]


async def test_of_two_phones_one_must_be_chosen(inside, autojump_clock):
    both = [Device("fake", READY), Device("other", READY)]
    async with guarded(inside, listed=both) as at:
        await trio.sleep(60)
        ((kind, why),) = at.events()
        assert kind == "phone.lost"
        assert why.startswith("2 phones are ready (fake, other); choose one")
        with pytest.raises(NoHandset, match="2 phones are ready"):
            await at.guardian.dial("+49301")


async def test_the_phone_of_the_settings_is_the_one(inside, autojump_clock):
    both = [Device("fake", READY), Device("other", READY)]
    async with guarded(inside, listed=both) as at:
        at.desk.serial = "fake"
        await trio.sleep(10)

        assert at.events() == [("phone.ready", "")]
        assert at.guardian.view().serial == "fake"


async def test_a_second_phone_does_not_disturb_the_first(inside, autojump_clock):
    async with guarded(inside) as at:
        await trio.sleep(10)
        at.desk.put(Device("fake", READY), Device("other", READY))
        await trio.sleep(60)

        assert at.events() == [("phone.ready", "")]
        assert at.desk.tried == 1


async def test_a_phone_that_answers_nothing_is_told_of_and_at_last_opened_anew(
    inside, autojump_clock
):
    async with guarded(inside) as at:
        await trio.sleep(10)
        at.cable.slow_s = 1000
        await trio.sleep(40)
        assert at.events() == [
            ("phone.ready", ""),
            ("phone.degraded", "the phone fake did not finish a command"),
        ]
        assert at.cable.forwarded == ON_THE_WAY
        assert at.desk.tried == 1

        await trio.sleep(600)
        assert at.desk.tried > 1
        assert at.events() == [("phone.lost", "the phone fake does not answer: restart it")]

        at.cable.slow_s = 0
        await trio.sleep(60)
        assert at.events() == [("phone.ready", "")]


async def test_a_mute_phone_is_not_given_up_during_a_call(inside, autojump_clock):
    async with guarded(inside) as at:
        await trio.sleep(10)
        inside.app.ring("+49301", Caller(patience_s=3600))
        await trio.sleep(5)
        at.cable.slow_s = 1000
        await trio.sleep(600)

        assert at.desk.tried == 1
        assert at.guardian.view().state == "degraded"


@pytest.mark.parametrize("where", ["watch", "open"])
async def test_settings_that_name_no_phone_are_a_reason_and_no_crash(
    inside, where, monkeypatch, autojump_clock
):
    @asynccontextmanager
    async def refuse(*_):
        raise BadInput("adb_address: 'foo:bar' is not host:port")
        yield

    async with guarded(inside, listed=[]) as at:
        monkeypatch.setattr(at.desk, where, refuse)
        await trio.sleep(120)

        assert at.guardian.view().state == "absent"
        assert at.guardian.view().reason == "adb_address: 'foo:bar' is not host:port"
        assert at.events() == []


async def test_what_is_asked_without_a_phone_says_why_there_is_none(inside, autojump_clock):
    async with guarded(inside, listed=[]) as at:
        await trio.sleep(1)
        for asked in (at.guardian.hang_up, at.guardian.answer, at.guardian.reject):
            with pytest.raises(NoHandset, match=r"no phone is connected that could .*plug it in"):
                await asked()


async def test_during_a_call_only_the_way_to_us_is_looked_after(inside, autojump_clock):
    async with guarded(inside) as at:
        await trio.sleep(10)
        inside.app.ring("+49301")
        await trio.sleep(5)
        assert at.guardian.view().call.state == "ringing"
        inside.commands.clear()
        inside.condition.role = STOCK_DIALER
        at.cable.forwarded.clear()
        await trio.sleep(5)

        assert at.cable.forwarded == ON_THE_WAY
        assert [one for one in inside.commands if "role" in one or "run-as" in one] == []
        assert at.events() == [("phone.ready", "")]


async def test_its_calls_are_told_with_who_calls(inside, autojump_clock):
    async with guarded(inside) as at:
        await trio.sleep(10)
        inside.app.ring("+49301")
        await trio.sleep(5)
        call = at.guardian.view().call
        assert (call.state, call.number, call.direction) == ("ringing", "+49301", "incoming")
        assert EPOCH + 9 < call.since < EPOCH + 12

        at.desk.unplug()
        await trio.sleep(5)
        assert at.guardian.view().call is None
        at.desk.plug()
        await trio.sleep(3)
        assert at.guardian.view().call.number == "+49301"


async def test_a_phone_with_a_fault_dials_all_the_same_and_the_fault_is_said(
    inside, autojump_clock
):
    async with guarded(inside, bearer_token="another") as at:
        await trio.sleep(10)
        said = await at.guardian.dial("+49301")

        assert said.endswith(f"; but {at.guardian.view().reason}")
        assert at.guardian.view().call.number == "+49301"


async def test_two_who_dial_at_once_do_not_get_each_others_call(inside, autojump_clock):
    async with guarded(inside) as at:
        await trio.sleep(10)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(at.guardian.dial, "+49301")
            # At the first it may run after us, for whose turn is first is left to chance.
            await trio.lowlevel.checkpoint()
            await trio.lowlevel.checkpoint()
            with pytest.raises(NoHandset, match="just being told to dial"):
                await at.guardian.dial("+49302")

        assert at.guardian.view().call.number == "+49301"
        assert "+49302" not in str([call.number for call in at.told])


async def test_a_dial_that_is_refused_gives_no_call_its_number(inside, autojump_clock):
    async with guarded(inside) as at:
        await trio.sleep(10)
        inside.app.ring("+49301")
        await trio.sleep(5)
        with pytest.raises(NoHandset, match="Call already in progress"):
            await at.guardian.dial("+49302")
        await at.guardian.answer()
        await trio.sleep(5)

        assert {call.number for call in at.told} == {"+49301"}


async def test_a_phone_that_is_well_says_only_what_was_seen(inside, autojump_clock):
    async with guarded(inside) as at:
        await trio.sleep(10)
        said = await at.guardian.dial("+49301")
        assert "; but" not in said

        await trio.sleep(5)
        await at.guardian.hang_up()
        await trio.sleep(5)
        assert [call.state for call in at.told][-1] == "ended"
        assert at.guardian.view().call is None
