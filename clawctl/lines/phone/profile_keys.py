"""What a profile may hold: each key, what the app's parser accepts, and what holds without it.

A value the parser does not accept counts as not given; the app says nothing about it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

# Stands in a path for the number of an ALSA device.
DEVICE = "*"


@dataclass(frozen=True, slots=True)
class Takes:
    """The values a key may have."""

    words: str
    fits: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Key:
    """One value of a profile. A default of None is nothing at all; `of_device` has the exceptions
    for some devices."""

    path: str
    takes: Takes
    default: Any
    meaning: str
    of_device: Mapping[str, Any] = field(default_factory=dict)

    def default_of(self, device: str) -> Any:
        return self.of_device.get(device, self.default)


def _whole(value: Any, least: float) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _list_of(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and bool(value) and all(map(fits, value))


def _address(value: Any) -> bool:
    """A slash at the end would be doubled before every path."""
    if not _text(value) or value != value.strip() or value.endswith("/"):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def one_of(*words: str) -> Takes:
    return Takes(f"one of {', '.join(words)}", lambda value: value in words)


TEXT = Takes("a text that is not blank", _text)
PATH = Takes("a path that begins with /", lambda value: _text(value) and value.startswith("/"))
SWITCH = Takes("true or false", lambda value: isinstance(value, bool))
WHOLE = Takes("a whole number", lambda value: _whole(value, float("-inf")))
NOT_NEGATIVE = Takes("a whole number from 0", lambda value: _whole(value, 0))
POSITIVE = Takes("a whole number from 1", lambda value: _whole(value, 1))
NUMBER = Takes("a number", _number)
ABOVE_ZERO = Takes("a number above 0", lambda value: _number(value) and value > 0)
LINES = Takes("a list of mixer commands", _list_of(_text))
DEVICES = Takes("a list of device numbers from 1", _list_of(lambda one: _whole(one, 1)))
ADDRESS = Takes("an address like http://127.0.0.1:8996, no slash at its end", _address)

# The four paths the stock root helper lets through.
TOOLS = "/data/adb/service.d/phonebridge"

KEYS = (
    Key("profile_id", TEXT, None, "Name; the app logs it."),
    Key("gateway.base_url", ADDRESS, None, "Where the phone reaches the gateway: its own port."),
    Key("gateway.bearer", TEXT, None, "The gateway's bearer_token."),
    Key("root_binaries.su", PATH, "/data/adb/ap/bin/su", "Kept for the root helper at each call."),
    Key("root_binaries.tinycap", PATH, f"{TOOLS}-tinycap", "The program that records."),
    Key("root_binaries.tinyplay", PATH, f"{TOOLS}-tinyplay", "The program that plays."),
    Key("root_binaries.tinymix", PATH, f"{TOOLS}-tinymix", "The program that sets the mixer."),
    Key("route_profile.set", LINES, None,
        "Mixer commands at a call's start and after each playback; else a list that is built in,"
        " for one generation of Pixels."),
    Key("route_profile.restore", LINES, None, "Mixer commands at a call's end; else as above."),
    Key("playback.candidate_order_in_app", DEVICES, [29, 23, 18, 19],
        "Devices to play on, in order of trial; else those of endpoint_settings."),
    Key("playback.endpoint_settings.*.sample_rate", POSITIVE, 48000, "Rate of that device."),
    Key("playback.endpoint_settings.*.channels", POSITIVE, 1, "Channels of that device.",
        {"29": 2, "23": 2}),
    Key("playback.endpoint_settings.*.speed_compensation", ABOVE_ZERO, 1.0,
        "Factor on the rate, for a device that plays too slowly or too fast.",
        {"29": 1.5, "23": 1.5}),
    Key("playback.tuning.persistent_session", SWITCH, False, "Keep the player open over replies."),
    Key("playback.tuning.lock_device_for_call", SWITCH, True, "Stay with the device that worked."),
    Key("playback.tuning.prebuffer_ms", NOT_NEGATIVE, 180, "Of a persistent session."),
    Key("playback.tuning.period_size", NOT_NEGATIVE, 1024, "0 leaves it to the player."),
    Key("playback.tuning.period_count", NOT_NEGATIVE, 8, "0 leaves it to the player."),
    Key("playback.tuning.mmap", SWITCH, False, "Play through mapped memory."),
    Key("capture.candidate_order_in_app", DEVICES, [20, 21, 22, 54],
        "Devices to record from, in order of trial; else those of endpoint_settings."),
    Key("capture.endpoint_settings.*.request_sample_rate", POSITIVE, 48000, "Rate asked for."),
    Key("capture.endpoint_settings.*.request_channels", POSITIVE, 2, "Channels asked for."),
    Key("capture.endpoint_settings.*.effective_sample_rate", POSITIVE, None,
        "Rate of what is sent to the gateway; else the rate asked for."),
    Key("capture.tuning.strict_stream_only", SWITCH, True, "No effect."),
    Key("capture.tuning.gain_db", NUMBER, 0.0, "Gain of the caller's sound."),
    Key("call_session.session_log", SWITCH, True, "Keep a file of each call on the phone."),
    Key("call_session.gateway_report", SWITCH, False, "No effect."),
    Key("call_session.max_duration_sec", WHOLE, 300,
        "Longest call, when the gateway's call settings cannot be fetched."),
    Key("call_session.max_duration_message", TEXT, None,
        "Goodbye then; else a sentence that is built in."),
    Key("beep.mode", one_of("embedded_tail", "standalone", "off", "none", "disabled"),
        "embedded_tail", "When a tone tells the caller to speak."),
    Key("beep.every_turn", SWITCH, True, "The tone after every reply."),
    Key("beep.duration_ms", POSITIVE, 360, "Length of the tone."),
    Key("beep.frequency_hz", ABOVE_ZERO, 760, "Its pitch."),
    Key("beep.amplitude", ABOVE_ZERO, 0.42, "Its loudness, 1 is full."),
    Key("beep.tail_gap_ms", NOT_NEGATIVE, 760, "No effect."),
    Key("logging.debug_wav_dump.enabled", SWITCH, True, "Keep the sound of every turn."),
    Key("logging.debug_wav_dump.max_files", POSITIVE, 180, "So many of them."),
    Key("logging.audit.level", one_of("off", "basic", "normal", "verbose"), "verbose",
        "How much the app's own record of a call holds."),
    Key("logging.audit.transcripts_enabled", SWITCH, True, "Words in it."),
    Key("logging.audit.debug_wav_events_enabled", SWITCH, True, "Sound files in it."),
    Key("greeting.template", TEXT, None,
        "Greeting, when the gateway's cannot be fetched; {owner} is filled in."),
    Key("greeting.owner", TEXT, None, "Who {owner} is."),
    Key("policy.no_unvalidated_endpoint_fallback", SWITCH, False, "No effect."),
    Key("policy.fail_fast_if_no_profile_match", SWITCH, False, "No effect."),
    Key("policy.route_recover_on_no_audio", SWITCH, False, "No effect."),
    Key("policy.route_recover_min_no_audio_streak", POSITIVE, 10, "No effect."),
    Key("policy.route_recover_throttle_ms",
        Takes("a whole number from 250", lambda value: _whole(value, 250)), 1800,
        "Shortest pause between two repairs of the mixer."),
)  # fmt: skip

# Only one of the app's two readers knows these names.
ALIASES = {"baseUrl": "base_url", "api_key": "bearer"}

Tree = dict[str, "Tree | Key"]


def tree() -> Tree:
    """The keys as they stand in each other."""
    root: Tree = {}
    for key in KEYS:
        *sections, name = key.path.split(".")
        node = root
        for section in sections:
            inner = node.setdefault(section, {})
            assert isinstance(inner, dict)  # noqa: S101 - a key is no section
            node = inner
        node[name] = key
    return root
