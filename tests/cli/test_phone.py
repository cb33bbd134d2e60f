"""How a phone is, as people read it."""

import pytest

from clawctl.cli.phone import told

READY = {
    "source": "phone", "state": "ready", "reason": "", "serial": "P1", "model": "Pixel 7a",
    "device": "lynx", "android": "16", "booted": "1", "app": True, "dialer": "com.example",
    "battery": {"percent": 87, "charging": True}, "call": None,
    "reverse": [{"phone_port": 8996, "host_port": 8997}],
}  # fmt: skip


def test_a_phone_by_its_own_words():
    assert list(told(READY)) == [
        ("Phone     ready, by its own words: Pixel 7a P1", "good"),
        ("Call      none", ""),
        ("Android   16 on lynx", ""),
        ("Battery   87 %, charging", ""),
        ("App       installed", ""),
        ("Dialer    com.example", ""),
        ("Reverse   its port 8996 to ours 8997", ""),
    ]


def test_what_a_phone_does_not_tell_is_not_made_up():
    untold = {
        "android": "",
        "device": "",
        "battery": None,
        "app": False,
        "dialer": "",
        "reverse": [],
    }

    assert [line for line, _ in told(READY | untold)][2:] == [
        "Android   untold on untold",
        "App       missing",
        "Dialer    untold",
        "Reverse   nothing is forwarded",
    ]


def test_a_phone_as_the_gateway_knows_it():
    call = {"state": "active", "direction": "outgoing", "number": "+4930123", "since": 0.0}
    view = {"source": "gateway", "state": "degraded", "serial": "P1", "model": "Pixel 7a"}

    assert list(told({**view, "reason": "the profile is old", "call": call})) == [
        ("Phone     degraded, known to the gateway: Pixel 7a P1", "bad"),
        ("          the profile is old", ""),
        ("Call      active outgoing +4930123", "loud"),
    ]


@pytest.mark.parametrize("state", ["off", "absent", "lost"])
def test_no_phone_has_no_call(state):
    none = {
        "source": "gateway",
        "state": state,
        "serial": "",
        "model": "",
        "reason": "",
        "call": None,
    }

    assert list(told(none)) == [(f"Phone     {state}, known to the gateway", "bad")]


def test_what_a_phone_calls_itself_steers_no_terminal():
    lines = told(READY | {"model": "\x1b[2J", "dialer": "a\nb"})

    assert not any(set(line) & {"\x1b", "\n"} for line, _ in lines)
