"""Commands to the app, and its calls, over a cable that may be pulled: no adb program between."""

import time

import pytest
import trio

from clawctl.config.schema import PhoneSettings
from clawctl.errors import NoHandset
from clawctl.lines.phone import adb_wire as wire
from clawctl.lines.phone.adb_direct import DirectPhones
from clawctl.lines.phone.app import App
from clawctl.lines.phone.calls import Calls, follow_calls
from clawctl.testing.caller import Caller
from clawctl.testing.device.device import open_device

NUMBER = "+4930123456"
SOON_S = 5.0


@pytest.fixture(scope="module")
def home_with_key(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    wire.load_or_make_key(home / ".android" / "adbkey")
    return home


@pytest.fixture
async def phone(home_with_key, monkeypatch):
    monkeypatch.setenv("HOME", str(home_with_key))
    monkeypatch.delenv("ADB_VENDOR_KEYS", raising=False)
    # A second of a call takes a twentieth.
    async with open_device(time_scale=0.05, clock_off_s=5000.0) as device:
        yield device


class Told(list):
    """What a follower hears."""

    @property
    def states(self):
        return [call.state for call in self]

    async def last(self, state):
        with trio.fail_after(SOON_S):
            while self.states[-1:] != [state]:
                await trio.sleep(0.01)
        return self[-1]


async def following(driver, calls):
    with pytest.raises(NoHandset):
        await follow_calls(driver, calls)


async def test_a_call_is_dialled_followed_and_ended_by_the_far_end(phone):
    told = Told()
    phones = DirectPhones.of(PhoneSettings(adb_address=phone.address))
    async with phones.open() as driver, trio.open_nursery() as nursery:
        nursery.start_soon(follow_calls, driver, Calls(told.append))
        began = time.time()
        assert await App(driver).dial(NUMBER) == "the phone is calling"
        assert (await told.last("active")).number == NUMBER
        phone.app.far_end_hangs_up()
        over = await told.last("ended")
        nursery.cancel_scope.cancel()

    assert over.why == "disconnected"
    assert over.began == pytest.approx(began, abs=0.5)


async def test_a_call_that_ends_while_the_cable_is_out_is_told_when_it_is_back(phone):
    told = Told()
    calls = Calls(told.append)
    phones = DirectPhones.of(PhoneSettings(adb_address=phone.address))
    phone.app.ring(NUMBER, Caller(patience_s=60.0))
    async with phones.open() as driver, trio.open_nursery() as nursery:
        nursery.start_soon(following, driver, calls)
        await told.last("ringing")
        phone.unplug()
    phone.app.far_end_hangs_up()
    await phone.app.over()
    phone.plug()
    assert "ended" not in told.states

    async with phones.open() as driver, trio.open_nursery() as nursery:
        nursery.start_soon(follow_calls, driver, calls)
        assert (await told.last("ended")).number == NUMBER
        nursery.cancel_scope.cancel()


async def test_a_phone_that_goes_in_the_middle_of_a_command_is_no_success(phone):
    phones = DirectPhones.of(PhoneSettings(adb_address=phone.address))
    phone.condition.hangs = ("date",)
    async with phones.open() as driver, trio.open_nursery() as nursery:

        async def pull():
            await trio.sleep(0.2)
            phone.unplug()

        nursery.start_soon(pull)
        with pytest.raises(NoHandset):
            await App(driver).hang_up()
