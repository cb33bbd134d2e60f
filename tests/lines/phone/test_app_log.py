"""The lines of the phone's log that tell of calls, as `logcat -v epoch` writes them."""

import time

import pytest

from clawctl.lines.phone import app_log
from clawctl.lines.phone.app_log import Line, parsed

HEADING = b"--------- beginning of main"


def line(tag, text, level="I"):
    return f"         1771958400.123  9001  9001 {level} {tag}: {text}".encode()


def test_a_line_has_a_time_a_level_a_tag_and_a_text():
    assert parsed(line("BridgeInCallService", "state=ringing")) == Line(
        1771958400.123, "I", "BridgeInCallService", "state=ringing"
    )


@pytest.mark.parametrize(
    "raw",
    [
        HEADING,
        b"",
        b"02-24 18:40:00.123  9001  9001 I BridgeInCallService: state=ringing",
        b"logcat: Unexpected EOF!",
        b"\xff\xfe\x00",
        b"9" * 400 + b".0  9001  9001 I BridgeInCallService: state=ringing",
    ],
)
def test_what_is_no_line_of_an_app_is_passed_over(raw):
    assert parsed(raw) is None
    assert list(app_log.lines(HEADING + b"\n" + raw + b"\n" + line("Some", "text"))) == [
        Line(1771958400.123, "I", "Some", "text")
    ]


def test_short_tags_are_padded():
    assert parsed(b"1771958400.123  1 22 E Tag     : a: b").text == "a: b"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("state=dialing", "dialing"),
        ("state=DISCONNECTED", "disconnected"),
        ("onCallAdded state=select_phone_account", "select_phone_account"),
        ("bound", ""),
    ],
)
def test_the_in_call_service_tells_states(text, state):
    assert parsed(line("BridgeInCallService", text)).state == state
    assert parsed(line("SomethingElse", text)).state == ""


@pytest.mark.parametrize(
    ("text", "executed"),
    [
        ("Dial command executed: +4930123", ("dial", "+4930123")),
        ("Hangup command executed", ("hangup", "")),
        ("Bluetooth route command executed: true", ("bluetooth route", "true")),
        ("Telecom ready", ("", "")),
    ],
)
def test_the_call_control_tells_what_was_done(text, executed):
    assert parsed(line("AndroidTelecomCtrl", text)).executed == executed
    assert parsed(line("SomethingElse", text)).executed == ("", "")


def test_no_line_takes_long_to_look_at():
    began = time.process_time()
    told = parsed(line("AndroidTelecomCtrl", " " * 60_000 + "x"))

    assert told.executed == ("", "")
    assert time.process_time() - began < 0.2


def test_lines_that_quote_callers_are_never_asked_for():
    assert "GatewayCallAssistant" not in app_log.CALLS + app_log.COMMANDS


def test_the_log_is_read_from_a_millisecond_on():
    assert app_log.logcat("-s Tag:I", since_s=1771958400.1239) == (
        "logcat -d -v epoch -T 1771958400.123 -s Tag:I"
    )


def test_a_log_that_is_followed_begins_now_without_a_time():
    assert app_log.logcat("-s Tag:I", follow=True) == "logcat -v epoch -T 1 -s Tag:I"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+49 30 123", "+4930123"),
        ("004930123", "+4930123"),
        ("*21#", "*21#"),
        ("tel:***", ""),
        ("x" * 5000, ""),
        ("", ""),
    ],
)
def test_a_number_is_taken_as_it_is_compared(text, number):
    assert app_log.number(text) == number
