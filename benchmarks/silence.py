"""What a caller waits for: the gateway between a recogniser, a model and a voice of known pace.

The floor is what that work takes when everything overlaps that can: recognition, the first sentence
written, the first sentence spoken.
"""

import json
import tempfile
from collections.abc import Mapping

from benchmarks.child import Child, open_child
from benchmarks.stolen import Stolen
from benchmarks.table import Figure, show
from benchmarks.turns import Series, alternate, ratios
from clawctl.testing.gateway import BEARER

MOST = 1.05
# Of a server that takes no time at all, beside the same requests made by hand.
MOST_INSTANT = 2.0
BLOCKS = 5
TURNS = 5
# What recognition before the turn may leave of it, ms.
LEFT_MS = 20.0

PACE = {"hear_ms": 450.0, "first_token_ms": 120.0, "token_ms": 12.0, "character_ms": 6.0}
# 60 tokens, 345 characters, three sentences.
SENTENCES, TOKENS = 3, 20
SENTENCE = ("Well,", *(" talk", " still", " about") * 6, " it.")


def reply() -> tuple[str, ...]:
    first, *rest = SENTENCE
    return (*SENTENCE, *(f" {first}", *rest) * (SENTENCES - 1))


def floor_ms() -> float:
    written = PACE["first_token_ms"] + (TOKENS - 1) * PACE["token_ms"]
    return PACE["hear_ms"] + written + len("".join(SENTENCE)) * PACE["character_ms"]


def whole_ms() -> float:
    """The rest is written while the first sentence is spoken; a voice speaks one at a time."""
    return floor_ms() + (SENTENCES - 1) * len("".join(SENTENCE)) * PACE["character_ms"]


def measure(blocks: int = BLOCKS) -> bool:
    with (
        tempfile.TemporaryDirectory() as data_dir,
        open_child("served", json.dumps({"tokens": reply(), **PACE})) as server,
        open_child("gateway", data_dir, json.dumps(settings(server)), "embedded") as gateway,
        open_child("phones", BEARER) as phones,
    ):
        url = gateway.hello["phone_url"]
        kept = [_at_pace(phones, url, number, blocks) for number in (1, 4)]
    return all(kept)


def settings(server: Child) -> dict[str, object]:
    return {
        "stt_engine": "openai",
        "llm_engine": "openai",
        "tts_engine": "openai",
        "mlx_audio_base": server.hello["url"],
        "llm_base_url": f"{server.hello['url']}/v1",
        "tts_speed": 1.0,
    }


def measure_instant(blocks: int = 9) -> bool:
    """The gateway beside an endpoint that makes the same three requests itself, in a row."""
    with (
        tempfile.TemporaryDirectory() as data_dir,
        open_child("served", json.dumps({"tokens": SENTENCE})) as server,
        open_child("gateway", data_dir, json.dumps(settings(server)), "embedded") as gateway,
        open_child("bare", data_dir, "300000", server.hello["url"]) as bare,
        open_child("phones", BEARER) as phones,
    ):
        doors = {gateway: gateway.hello["phone_url"], bare: bare.hello["url"]}
        kept = [
            _beside(number, alternate(phones, doors, number, 40, blocks, "speak"), gateway, bare)
            for number in (1, 4)
        ]
    return all(kept)


def _beside(number: int, series: Mapping[Child, Series], gateway: Child, bare: Child) -> bool:
    ours, least = series[gateway], series[bare]
    return show(
        f"{number} phone{'s' if number > 1 else ''}, a server that answers at once",
        [
            Figure("upload, commit, three requests", least.median_ms, "ms"),
            Figure("a turn, median of a block", ours.median_ms, "ms"),
            Figure("ratio", ratios(ours.median_ms, least.median_ms), most=MOST_INSTANT),
            Figure("three requests, turns a second", least.a_second),
            Figure("gateway, turns a second", ours.a_second),
            Figure("ratio", ratios(least.a_second, ours.a_second), most=MOST_INSTANT),
        ],
    )


def _at_pace(phones: Child, url: str, number: int, blocks: int) -> bool:
    stolen = list[float]()

    def took_ms(act: str) -> list[float]:
        return [block_ms(act) for _ in range(blocks)]

    def block_ms(act: str) -> float:
        meanwhile = Stolen()
        asked = {"url": url, "phones": number, "turns": TURNS, "act": act}
        median_ms: float = phones.ask("block", **asked)["median_ms"]
        stolen.append(meanwhile.percent())
        return median_ms

    first, whole, again = took_ms("listen"), took_ms("speak"), took_ms("speak_again")
    saved = [PACE["hear_ms"] - (one - other) for one, other in zip(whole, again, strict=True)]
    title = f"{number} phone{'s' if number > 1 else ''}, engines of known pace"
    return show(
        title,
        [
            Figure("first sound, streamed", first, "ms"),
            Figure("above the floor", [ms - floor_ms() for ms in first], "ms"),
            Figure("ratio to the floor", [ms / floor_ms() for ms in first], most=MOST),
            Figure("whole answer", whole, "ms"),
            Figure("ratio to the overlapped work", [ms / whole_ms() for ms in whole], most=MOST),
            Figure("recognition not saved by /api/asr", saved, "ms", most=LEFT_MS),
            Figure("taken from this machine by its host", stolen, "%"),
        ],
    )
