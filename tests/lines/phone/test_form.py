"""The app's form, byte for byte, and what is not a form."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.config.schema import CallSettings
from clawctl.errors import BadAudio, BadInput, ClawError, TooLarge, WrongMediaType
from clawctl.lines.phone.form import damaged, parse, utterance

BOUNDARY = "----PhoneBridge1700000000000"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
WAV = wav.write(Sound(b"\x01\x00" * 4800, 16_000))


def body(audio=WAV, **text):
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + (value if isinstance(value, bytes) else damaged(value))
        + b"\r\n"
        for name, value in text.items()
    ]
    if audio is not None:
        parts.append(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="audio"; filename="turn.wav"\r\n'
            "Content-Type: audio/wav\r\n\r\n".encode()
            + audio
            + b"\r\n"
        )
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def read(audio=WAV, call=None, **text):
    return utterance(parse(body(audio, **text), TYPE), call or CallSettings(), streamed=False)


def test_a_whole_form_is_read():
    said = read(
        reset_session="true",
        session_id="abc",
        transcript_hint="hint",
        skip_asr="false",
        caller_number="+49 30 1",
        call_direction="outgoing",
    )

    assert (said.reset, said.session_id, said.transcript_hint) == (True, "abc", "hint")
    assert (said.skip_asr, said.caller_number, said.direction) == (False, "+49 30 1", "outgoing")
    assert said.sound == Sound(b"\x01\x00" * 4800, 16_000)


def test_equal_audio_has_an_equal_digest_in_another_form():
    assert read(session_id="a").audio_digest == read(session_id="b").audio_digest


def test_a_repeat_has_an_equal_digest_and_the_same_words_posted_anew_another():
    sent = body(session_id="a")
    anew = sent.replace(BOUNDARY.encode(), b"----PhoneBridge1700000000260")

    first = parse(sent, TYPE)
    assert parse(sent, TYPE).digest == first.digest
    assert (
        parse(anew, TYPE.replace(BOUNDARY, "----PhoneBridge1700000000260")).digest != first.digest
    )


def test_every_part_counts_for_the_digest():
    other = wav.write(Sound(b"\x02\x00" * 4800, 16_000))
    bodies = [
        body(session_id="ab"),
        body(session_id="a", transcript_hint="b"),
        body(transcript_hint="ab"),
        body(other, session_id="ab"),
    ]

    assert len({parse(one, TYPE).digest for one in bodies}) == 4


def test_an_empty_recording_is_silence():
    assert read(audio=b"").sound.pcm == b""


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [("für".encode(), "für"), ("für".encode("latin-1"), "für"), (b"plain", "plain")],
)
def test_text_is_utf8_or_latin1(sent, read_as):
    assert read(transcript_hint=sent).transcript_hint == read_as


@pytest.mark.parametrize(
    "greeting", ["Grüß Gott – hier ist {owner}’s Büro.", "Łódź calling", "Hi 👋 there"]
)
def test_a_damaged_greeting_is_said_as_configured(greeting):
    call = CallSettings(greeting_incoming=greeting, greeting_owner="Jürgen")
    spoken = greeting.replace("{owner}", "Jürgen")

    from clawctl.wire.text import safe_text

    assert read(call=call, forced_reply=spoken).forced_reply == safe_text(spoken)


def test_a_streaming_app_sends_its_greeting_as_a_hint():
    call = CallSettings(greeting_incoming="Hello – it’s me.")

    assert read(call=call, transcript_hint="Hello – it’s me.").forced_reply == "Hello - it's me."
    assert read(call=call, transcript_hint="Hello.").forced_reply == ""


def test_the_goodbye_is_recovered_as_well():
    call = CallSettings(max_duration_message="Time’s up – goodbye…")

    assert read(call=call, forced_reply="Time’s up – goodbye…").forced_reply == (
        "Time's up - goodbye..."
    )


@pytest.mark.parametrize(
    ("content_type", "data", "error", "says"),
    [
        ("application/json", b"{}", WrongMediaType, "send multipart/form-data, not application"),
        ("", b"", WrongMediaType, "not nothing"),
        ("multipart/form-data", body(), BadInput, "names no boundary"),
        (TYPE, b"", BadInput, "broken"),
        (TYPE, b"garbage", BadInput, "broken"),
        (TYPE, body()[:-20], BadInput, "broken"),
    ],
)
def test_what_is_no_form_is_refused_with_a_reason(content_type, data, error, says):
    with pytest.raises(error, match=says):
        parse(data, content_type)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ({"session_id": "a/b"}, "session_id must be"),
        ({"session_id": "x" * 129}, "session_id must be"),
        ({"reset_session": "maybe"}, 'reset_session must be "true" or "false"'),
        ({"call_direction": "sideways"}, "call_direction must be"),
        ({"caller_number": "1" * 65}, "caller_number is longer"),
    ],
)
def test_a_wrong_field_is_named(text, says):
    with pytest.raises(BadInput, match=says):
        read(**text)


def test_a_form_without_audio_is_refused():
    with pytest.raises(BadInput, match='no "audio" part'):
        read(audio=None)


def test_half_a_recording_is_refused():
    with pytest.raises(BadAudio):
        read(audio=WAV[:100])


def test_a_flood_of_text_is_refused():
    with pytest.raises(TooLarge):
        read(transcript_hint="x" * 9_000)


def test_the_longest_greeting_of_the_settings_fits_twice():
    greeting = "\u20ac" * 1000

    said = read(transcript_hint=greeting.encode(), forced_reply=greeting.encode())

    assert said.forced_reply == greeting


@given(st.binary(max_size=300), st.text(max_size=60))
def test_garbage_never_does_more_than_be_refused(data, content_type):
    for kind in (content_type, TYPE):
        with suppress(ClawError):
            utterance(parse(data, kind), CallSettings(), streamed=False)
