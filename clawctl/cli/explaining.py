"""What the gateway makes of a reply: its sentences, the words spoken for each, and by whom."""

from base64 import b64decode
from typing import TYPE_CHECKING, Any

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.cli.output import Output
from clawctl.engines.sentences import Sentences, without_thinking
from clawctl.engines.speakable import speakable
from clawctl.engines.spoken.markup import without_code
from clawctl.errors import ClawError, Unreachable
from clawctl.wire.text import safe_text

if TYPE_CHECKING:
    from clawctl.client.rest import RestClient

# How long a voice may take for one sentence.
PATIENCE_S = 60.0


def explain(
    gateway: "RestClient", words: str, options: dict[str, Any], output: Output
) -> list[Sound]:
    """Tell each sentence as soon as it was synthesised; the sounds of those that say anything.

    When the voice fails, the rest is told without it, and then why it failed is raised.
    """
    lang, sounds = gateway.get("/api/config/tts")["lang"], list[Sound]()
    failure: ClawError | None = None
    for sentence in sentences(words, lang):
        said, by = speakable(sentence, lang), dict[str, Any]()
        if said and failure is None:
            try:
                by = gateway.post(
                    "/api/tts/preview", {"text": sentence, **options}, patience_s=PATIENCE_S
                )
                sounds.append(wav.read(b64decode(by["audio_base64"])))
            except Unreachable:
                raise
            except ClawError as error:
                failure = error
        _tell(output, sentence, said, lang, by)
    if failure is not None:
        raise failure
    return sounds


def sentences(words: str, lang: str) -> list[str]:
    """As a reply is cut while it is written; cleaned as it is before it is spoken."""
    cut = Sentences(lang)
    pieces = [*cut.feed(without_thinking(words)), cut.rest()]
    return [
        sentence for sentence in (safe_text(without_code(piece)) for piece in pieces) if sentence
    ]


def _tell(output: Output, sentence: str, said: str, lang: str, by: dict[str, Any]) -> None:
    voice = f"{by['engine']}, voice {by['voice'] or 'of its own'}, {lang}" if by else "no voice"
    lines = (sentence, f"  {said}", f"  ({voice})") if said else (sentence, "  (nothing is said)")
    output.event(
        "sentence",
        "\n".join(lines),
        sentence=sentence,
        spoken=said,
        lang=lang,
        engine=by.get("engine", ""),
        voice=by.get("voice", ""),
        ms=by.get("tts_ms"),
    )
