"""Every setting, said once: type, limits, default, meaning and marks.

The example file, `GATEWAY_*`, validation, the REST views, redaction and the manual are drawn from
here (`clawctl.config.table`). A field's name is the full key of the setting, in the file as on the
wire. The marks of a key are the `extra` of its `Meta`; a plugin's section uses the same words:

- `live`: a change takes effect at once; without it the gateway must be started anew.
- `secret`: never leaves the process, not even in an error.
- `agent_may_set`: an agent may change it over its socket (gateway manual, "set_call_config").
- `host_only`: names a program or a place on the host, or says who may come in; only the file,
  the environment and flags can set it.
- `alias`: its short name in the views of `/api/config/*`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

LIVE: dict[str, Any] = {"live": True}
SECRET: dict[str, Any] = {"secret": True}
HOST: dict[str, Any] = {"host_only": True}
AGENT: dict[str, Any] = {"agent_may_set": True, "live": True}

Port = Annotated[int, Meta(ge=0, le=65535)]
Name = Annotated[str, Meta(max_length=200)]
Place = Annotated[str, Meta(max_length=4000)]
Url = Annotated[str, Meta(max_length=2000)]
Token = Annotated[str, Meta(max_length=500)]
Sentence = Annotated[str, Meta(max_length=1000)]
Numbers = Annotated[tuple[Annotated[str, Meta(max_length=40)], ...], Meta(max_length=10_000)]
Words = Annotated[tuple[Name, ...], Meta(max_length=50)]
Engines = Name | Words

# Emergency numbers around the world: not to be dialled by mistake, nor by a model.
EMERGENCY = (
    "000", "08", "100", "101", "102", "103", "108", "110", "111", "112", "113", "114", "115", "117",
    "118", "119", "120", "122", "133", "144", "15", "17", "18", "190", "191", "192", "193", "911",
    "995", "997", "998", "999",
)  # fmt: skip


def engine_names(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """The engines of a stage in the order they are tried; ("auto",) leaves the choice to us."""
    return (value,) if isinstance(value, str) else value


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A group of settings; its text never shows a value, for some of them are secret."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class GatewaySettings(Section, frozen=True, kw_only=True):
    """Where the gateway listens, who may come in, where it keeps things"""

    host: Annotated[
        Name,
        Meta(
            description="Loopback address both listeners bind to; any other is refused.", extra=HOST
        ),
    ] = "127.0.0.1"
    port: Annotated[
        Port,
        Meta(description="Port of all endpoints; 0 takes any free one.", extra=HOST),
    ] = 8996
    phone_port: Annotated[
        Port,
        Meta(
            description="Port of the phone's endpoints only (adb reverse); 0 takes any free one.",
            extra=HOST,
        ),
    ] = 8997
    bearer_token: Annotated[
        Token,
        Meta(
            description="Token the phone must show. Empty: one is made at the first start and kept"
            " in data_dir/bearer_token.",
            extra=LIVE | SECRET | HOST,
        ),
    ] = ""
    agent_token: Annotated[
        Token,
        Meta(
            description="Token of agents, /ws/events and the control endpoints. Empty: none asked.",
            extra=LIVE | SECRET | HOST,
        ),
    ] = ""
    data_dir: Annotated[
        Place,
        Meta(
            description="Directory of calls, messages and caches. Empty: the platform's own.",
            extra=HOST,
        ),
    ] = ""
    max_audio_mb: Annotated[
        float,
        Meta(
            gt=0,
            le=100,
            description="Largest upload in megabytes; more is answered 413.",
            extra=LIVE,
        ),
    ] = 10
    graceful_timeout: Annotated[
        float,
        Meta(ge=0, le=300, description="Seconds a stop waits for turns in flight."),
    ] = 10
    retention_days: Annotated[
        int,
        Meta(ge=0, le=36500, description="Days calls are kept; 0 keeps them for ever.", extra=LIVE),
    ] = 90
    notify_command: Annotated[
        Words,
        Meta(
            description="Program and arguments run for every message a caller leaves; it gets the"
            " message as JSON on stdin. No shell.",
            extra=LIVE | HOST,
        ),
    ] = ()


class LogSettings(Section, frozen=True, kw_only=True):
    """The log"""

    log_format: Annotated[
        Literal["auto", "console", "json"],
        Meta(description="How lines look; auto is console on a terminal, else JSON."),
    ] = "auto"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="Least level that is written."),
    ] = "info"
    log_file: Annotated[
        Place, Meta(description="File to write to. Empty: standard error.", extra=HOST)
    ] = ""


class SessionSettings(Section, frozen=True, kw_only=True):
    """Calls and turns"""

    session_ttl: Annotated[
        float,
        Meta(
            gt=0, le=86400, description="Seconds of silence after which a call is over.", extra=LIVE
        ),
    ] = 300
    turn_deadline_sec: Annotated[
        float,
        Meta(
            ge=10,
            lt=45,
            description="Seconds a turn may take; the phone gives up after 45 without a byte.",
            extra=LIVE,
        ),
    ] = 40
    engine_timeout_sec: Annotated[
        float,
        Meta(
            gt=0,
            le=300,
            description="Seconds to wait for an engine's first output, and for each one after it.",
            extra=LIVE,
        ),
    ] = 10
    max_history_turns: Annotated[
        int,
        Meta(
            ge=1,
            le=1000,
            description="Turns kept word for word before older ones are summarised.",
            extra=LIVE,
        ),
    ] = 8
    context_max_chars: Annotated[
        int,
        Meta(ge=1, le=1_000_000, description="Longest knowledge an agent may inject.", extra=LIVE),
    ] = 8000


class TakeoverSettings(Section, frozen=True, kw_only=True):
    """Agents answering in place of the reply model"""

    agent_takeover_timeout: Annotated[
        float,
        Meta(
            gt=0,
            le=600,
            description="Seconds an agent may take to answer before the reply model does.",
            extra=LIVE,
        ),
    ] = 60
    takeover_filler_after_sec: Annotated[
        float,
        Meta(
            ge=0,
            le=600,
            description="Seconds after which a waiting caller hears a filler; 0 switches it off.",
            extra=LIVE,
        ),
    ] = 15
    late_reply: Annotated[
        Literal["drop", "inject"],
        Meta(description="What becomes of an agent's answer that came too late.", extra=LIVE),
    ] = "drop"


class SttSettings(Section, frozen=True, kw_only=True):
    """Speech recognition"""

    stt_engine: Annotated[
        Engines,
        Meta(description="Engine, or a list tried in order; auto takes the best.", extra=LIVE),
    ] = "auto"
    stt_model: Annotated[Name, Meta(description="Model of engines that can load several.")] = (
        "mlx-community/parakeet-tdt-0.6b-v2"
    )
    stt_language: Annotated[
        Name,
        Meta(
            description="Language callers speak, such as de. Empty: that of tts_lang; auto: engines"
            " that can find it out.",
            extra=LIVE,
        ),
    ] = ""
    mlx_audio_base: Annotated[
        Url,
        Meta(description="OpenAI-compatible server for recognition and speech (engine openai)."),
    ] = "http://127.0.0.1:8765"


class LlmSettings(Section, frozen=True, kw_only=True):
    """The reply model"""

    llm_engine: Annotated[
        Engines,
        Meta(description="Engine, or a list tried in order; auto takes the best.", extra=LIVE),
    ] = "auto"
    llm_model: Annotated[
        Name,
        Meta(
            description="Model, loaded here or named to the server.",
            extra=LIVE | {"alias": "model"},
        ),
    ] = "mlx-community/Qwen2.5-1.5B-Instruct-4bit"
    llm_base_url: Annotated[
        Url,
        Meta(
            description="OpenAI-compatible server, such as http://127.0.0.1:11434/v1. Empty: the"
            " model runs here.",
            extra=LIVE | {"alias": "base_url"},
        ),
    ] = ""
    llm_api_key: Annotated[
        Token,
        Meta(
            description="Key for that server. Empty: none.",
            extra=LIVE | SECRET | {"alias": "api_key"},
        ),
    ] = ""
    llm_system_prompt: Annotated[
        str,
        Meta(max_length=20_000, description="Who the model is and how it talks.", extra=LIVE),
    ] = (
        "You are a concise, friendly real-time voice assistant. Answer as one speaks on the"
        " telephone: one to three short sentences, plain words, no markdown."
    )
    llm_max_tokens: Annotated[
        int,
        Meta(
            ge=1,
            le=100_000,
            description="Longest answer in tokens.",
            extra=LIVE | {"alias": "max_tokens"},
        ),
    ] = 400
    llm_context_tokens: Annotated[
        int,
        Meta(
            ge=0,
            le=10_000_000,
            description="Tokens prompt and answer may take together; 0 is no limit of ours.",
            extra=LIVE | {"alias": "context_tokens"},
        ),
    ] = 0
    llm_temperature: Annotated[
        float,
        Meta(
            ge=0, le=2, description="Sampling temperature.", extra=LIVE | {"alias": "temperature"}
        ),
    ] = 0.2
    llm_top_p: Annotated[
        float,
        Meta(
            gt=0, le=1, description="Nucleus sampling; 1 is off.", extra=LIVE | {"alias": "top_p"}
        ),
    ] = 1.0
    llm_top_p_enabled: Annotated[
        bool,
        Meta(
            description="Whether top_p is sent to the model.",
            extra=LIVE | {"alias": "top_p_enabled"},
        ),
    ] = True
    llm_top_k: Annotated[
        int,
        Meta(
            ge=0,
            le=100_000,
            description="Sampling among the k likeliest, local models only; 0 is off.",
            extra=LIVE | {"alias": "top_k"},
        ),
    ] = 0
    llm_top_k_enabled: Annotated[
        bool,
        Meta(
            description="Whether top_k is given to the model.",
            extra=LIVE | {"alias": "top_k_enabled"},
        ),
    ] = True
    llm_repeat_penalty: Annotated[
        float,
        Meta(
            gt=0,
            le=10,
            description="Penalty on repetition, local models only; 1 is off.",
            extra=LIVE | {"alias": "repeat_penalty"},
        ),
    ] = 1.0
    llm_stop: Annotated[
        Words, Meta(description="Texts that end an answer.", extra=LIVE | {"alias": "stop"})
    ] = ()

    def window(self, models: int) -> int:
        """Tokens prompt and answer may take together: the model's own, or ours if it is narrower;
        0 is no limit."""
        return min(filter(None, (self.llm_context_tokens, models)), default=0)


class TtsSettings(Section, frozen=True, kw_only=True):
    """Speech synthesis"""

    tts_engine: Annotated[
        Engines,
        Meta(description="Engine, or a list tried in order; auto takes the best.", extra=LIVE),
    ] = "auto"
    tts_lang: Annotated[
        Literal["en", "de"],
        Meta(description="Language the gateway speaks.", extra=LIVE | {"alias": "lang"}),
    ] = "en"
    tts_voice: Annotated[
        Name,
        Meta(
            description="Voice, by the engine's own name for it.", extra=AGENT | {"alias": "voice"}
        ),
    ] = "af_heart"
    tts_speed: Annotated[
        float,
        Meta(
            ge=0.25,
            le=4,
            description="How fast it speaks; lower is slower.",
            extra=AGENT | {"alias": "speed"},
        ),
    ] = 1.2
    tts_model: Annotated[
        Name, Meta(description="Model of engines that can load several.", extra={"alias": "model"})
    ] = "mlx-community/Kokoro-82M-bf16"


class PiperSettings(Section, frozen=True, kw_only=True):
    """The German voice (engine piper)"""

    piper_base: Annotated[
        Url,
        Meta(
            description="Piper's HTTP server. While none answers there, and with an empty address,"
            " Piper speaks by its library.",
            extra=LIVE,
        ),
    ] = "http://127.0.0.1:5123"
    piper_voice: Annotated[
        Name,
        Meta(
            description="Voice; a speaker of it by name may follow, as in"
            " thorsten_emotional-medium:whisper.",
            extra=LIVE,
        ),
    ] = "thorsten-high"
    piper_speaker: Annotated[
        int,
        Meta(
            ge=0, le=10_000, description="Speaker, or emotion, of a model with several.", extra=LIVE
        ),
    ] = 0
    piper_length_scale: Annotated[
        float, Meta(ge=0.1, le=10, description="Length of the sounds; lower is faster.", extra=LIVE)
    ] = 1.0
    piper_noise_scale: Annotated[
        float, Meta(ge=0, le=5, description="Variation of the voice.", extra=LIVE)
    ] = 0.667
    piper_noise_w: Annotated[
        float, Meta(ge=0, le=5, description="Variation of the length of sounds.", extra=LIVE)
    ] = 0.8
    piper_sentence_silence: Annotated[
        float, Meta(ge=0, le=10, description="Seconds of silence between sentences.", extra=LIVE)
    ] = 0.2


class CallSettings(Section, frozen=True, kw_only=True):
    """Call policy; the phone asks for it at every call"""

    call_auto_answer: Annotated[
        bool,
        Meta(description="Answer incoming calls.", extra=AGENT | {"alias": "auto_answer"}),
    ] = True
    # The app crashes on a negative delay.
    call_auto_answer_delay_ms: Annotated[
        int,
        Meta(
            ge=0,
            le=60_000,
            description="Milliseconds it rings before that.",
            extra=AGENT | {"alias": "auto_answer_delay_ms"},
        ),
    ] = 500
    caller_allowlist: Annotated[
        Numbers, Meta(description="Numbers that may call. Empty: all may.", extra=LIVE)
    ] = ()
    caller_blocklist: Annotated[
        Numbers, Meta(description="Numbers that may not, whatever the list above says.", extra=LIVE)
    ] = ()
    unknown_callers_allowed: Annotated[
        bool, Meta(description="Accept callers who hide their number.", extra=LIVE)
    ] = True
    greeting_incoming: Annotated[
        Sentence,
        Meta(description="Greets callers; {owner} is filled in.", extra=AGENT),
    ] = "Hello, I am {owner}'s assistant. Please wait for the beep before speaking."
    greeting_outgoing: Annotated[
        Sentence,
        Meta(description="Greets whom we call; {owner} is filled in.", extra=AGENT),
    ] = "Hello, this is {owner}'s assistant calling. Please wait for the beep before speaking."
    greeting_owner: Annotated[Name, Meta(description="Whose assistant this is.", extra=AGENT)] = (
        "the owner"
    )
    max_duration_sec: Annotated[
        int,
        Meta(ge=0, le=86400, description="Longest call in seconds; 0 is no limit.", extra=AGENT),
    ] = 300
    max_duration_message: Annotated[
        Sentence, Meta(description="Goodbye when that is reached.", extra=AGENT)
    ] = "I'm sorry, but we have reached the maximum call duration. Goodbye."
    auth_passphrase: Annotated[
        Name,
        Meta(description="What a caller must say first. Empty: nothing.", extra=LIVE | SECRET),
    ] = ""
    auth_reject_message: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=1000,
            description="Said to callers who are turned away.",
            extra=LIVE,
        ),
    ] = "I'm sorry, I can't help you right now. Goodbye."
    auth_max_attempts: Annotated[
        int, Meta(ge=0, le=100, description="Tries at the passphrase; 0 is no limit.", extra=LIVE)
    ] = 3
    keep_history: Annotated[
        bool,
        Meta(
            description="Remember a number's conversations; when off, what is kept of a number is"
            " deleted at its next call.",
            extra=AGENT,
        ),
    ] = False

    def greeting(self, direction: str) -> str:
        """What a call opens with; braces other than {owner} are spoken as they stand."""
        template = self.greeting_outgoing if direction == "outgoing" else self.greeting_incoming
        return template.replace("{owner}", self.greeting_owner)


class PhoneSettings(Section, frozen=True, kw_only=True):
    """The phone over ADB"""

    adb_driver: Annotated[
        Literal["auto", "server", "direct", "off"],
        Meta(description="Talk to an adb server, or to the phone itself, or to no phone over ADB."),
    ] = "auto"
    adb_path: Annotated[
        Place, Meta(description="The adb program. Empty: the one on PATH.", extra=HOST)
    ] = ""
    adb_serial: Annotated[Name, Meta(description="Which phone, when several are attached.")] = ""
    adb_address: Annotated[
        Name,
        Meta(description="host:port of a phone that is reached over TCP.", extra=HOST),
    ] = ""
    wake_quiet_calls: Annotated[
        bool,
        Meta(
            description="Wake the phone of a caller who says nothing when a sentence is queued: it"
            " is said within seconds, and not after their next words. Takes a debug build of the"
            " app, or root.",
            extra=LIVE,
        ),
    ] = False
    dial_allow_mmi: Annotated[
        bool,
        Meta(description="Let * and # be dialled; they can set call forwarding.", extra=LIVE),
    ] = False
    dial_blocklist: Annotated[
        Numbers,
        Meta(
            description="Numbers never dialled: emergency calls, unless it is emptied.", extra=LIVE
        ),
    ] = EMERGENCY
    dial_allowlist: Annotated[
        Numbers,
        Meta(description="The only numbers dialled. Empty: all but the list above.", extra=LIVE),
    ] = ()


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings at one moment; `plugins` holds each plugin's section by the plugin's name."""

    gateway: GatewaySettings = GatewaySettings()
    log: LogSettings = LogSettings()
    session: SessionSettings = SessionSettings()
    takeover: TakeoverSettings = TakeoverSettings()
    stt: SttSettings = SttSettings()
    llm: LlmSettings = LlmSettings()
    tts: TtsSettings = TtsSettings()
    piper: PiperSettings = PiperSettings()
    call: CallSettings = CallSettings()
    phone: PhoneSettings = PhoneSettings()
    plugins: Mapping[str, msgspec.Struct] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "<Settings>"
