import pytest

from clawctl.testing.handset_form import (
    SILENCE,
    TurnFields,
    boundary,
    canonical_wav,
    damaged,
    form,
)


def test_a_turn_is_written_byte_for_byte_as_the_app_does() -> None:
    fields = TurnFields(session_id="ab12", caller_number="+15550142")

    body = form(boundary("/api/turn", 1771581600123), fields.parts(), b"RIFF-bytes")

    assert body == (
        b"------PhoneBridge1771581600123\r\n"
        b'Content-Disposition: form-data; name="reset_session"\r\n\r\n'
        b"false\r\n"
        b"------PhoneBridge1771581600123\r\n"
        b'Content-Disposition: form-data; name="session_id"\r\n\r\n'
        b"ab12\r\n"
        b"------PhoneBridge1771581600123\r\n"
        b'Content-Disposition: form-data; name="caller_number"\r\n\r\n'
        b"+15550142\r\n"
        b"------PhoneBridge1771581600123\r\n"
        b'Content-Disposition: form-data; name="call_direction"\r\n\r\n'
        b"incoming\r\n"
        b"------PhoneBridge1771581600123\r\n"
        b'Content-Disposition: form-data; name="audio"; filename="turn.wav"\r\n'
        b"Content-Type: audio/wav\r\n\r\n"
        b"RIFF-bytes\r\n"
        b"------PhoneBridge1771581600123--\r\n"
    )


def test_recognition_is_asked_with_the_audio_alone() -> None:
    assert form(boundary("/api/asr", 7), [], b"wav") == (
        b"------PhoneBridgeAsr7\r\n"
        b'Content-Disposition: form-data; name="audio"; filename="turn.wav"\r\n'
        b"Content-Type: audio/wav\r\n\r\n"
        b"wav\r\n"
        b"------PhoneBridgeAsr7--\r\n"
    )


def test_the_stream_has_a_boundary_of_its_own() -> None:
    assert boundary("/api/turn/stream", 12) == "----PhoneBridgeStream12"


def test_fields_of_a_greeting_come_in_the_order_of_the_app() -> None:
    greeting = TurnFields(
        reset_session=True,
        forced_reply="Hello.",
        transcript_hint="Hello.",
        caller_number="",
        call_direction="outgoing",
    )

    assert greeting.parts() == [
        ("reset_session", "true"),
        ("transcript_hint", "Hello."),
        ("forced_reply", "Hello."),
        ("caller_number", ""),
        ("call_direction", "outgoing"),
    ]


@pytest.mark.parametrize(
    ("text", "arrives"),
    [
        ("plain ASCII 123", b"plain ASCII 123"),
        ("Grüße", b"Gr\xfc\xdfe"),
        ("I\u2019m", b"I\x19m"),
        ("5 €", b"5 \xac"),
        ("ł", b"B"),
        ("😀", b"\x3d\x00"),
        ("\ud800", b"\x00"),
        ("", b""),
    ],
)
def test_text_loses_the_upper_byte_of_every_unit(text: str, arrives: bytes) -> None:
    assert damaged(text) == arrives


def test_silence_is_300_ms_in_9644_bytes() -> None:
    assert len(SILENCE) == 9644
    assert SILENCE[:44] == (
        b"RIFF\xa4\x25\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"
        b"\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data\x80\x25\x00\x00"
    )
    assert SILENCE[44:] == bytes(9600)


def test_eight_seconds_at_24_khz_take_384044_bytes() -> None:
    assert len(canonical_wav(bytes(2 * 24_000 * 8), 24_000)) == 384_044
