"""Piper's own HTTP server: which voices it has, and a text as a WAV.

Three kinds are about. Newer ones (piper-tts 1.8) take JSON at /synthesize, those before (1.3) the
same JSON at /, and both tell their voices; the first ones take a bare text at / and have one voice,
set when they are started. The pause between sentences is the server's own with all of them.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import msgspec
import trio

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.engines.api import Host
from clawctl.errors import BadAudio, EngineFailed
from clawctl_plugins.openai.server import (
    MOST_SOUND_BYTES,
    Clients,
    Place,
    body_of,
    open_clients,
    plain,
)
from clawctl_plugins.piper.voices import Chosen, speaker_number

CONNECT_S = 1.0
# Between two pieces of an answer; the chain's own patience is shorter, as a rule.
SILENCE_S = 60.0
TIMEOUT = httpx2.Timeout(SILENCE_S, connect=CONNECT_S)
# How long a server that was not there is taken for absent.
ABSENT_S = 5.0
# Twenty kilobytes a voice.
MOST_VOICES_BYTES = 8_000_000
SYNTHESIZE = "/synthesize"
# What a path answers that is not there, or only for another method.
WRONG_METHOD = 405
NO_PATH = (404, WRONG_METHOD)
WAY_OUT = "look at piper_base, or set it to nothing for Piper to speak without a server"


class About(msgspec.Struct):
    """What a server tells of a voice."""

    num_speakers: int = 1
    speaker_id_map: dict[str, int] = {}


_voices = msgspec.json.Decoder(dict[str, About]).decode


@dataclass(frozen=True, slots=True)
class Peer:
    """The server at `base`; `voices` is None where it does not tell them. `path` takes the text."""

    base: str
    voices: Mapping[str, About] | None
    path: str


class NoServer(EngineFailed):
    """Nobody listens there."""


class Server:
    """Where the server is, is looked up anew each time."""

    def __init__(self, clients: Clients, host: Host) -> None:
        self._clients = clients
        self._host = host
        self._peer: Peer | None = None
        # The address where nobody was, and until when that is believed.
        self._nobody: tuple[str, float] = ("", 0.0)

    async def speak(self, text: str, voice: Chosen, scales: Mapping[str, float]) -> Sound:
        """Raises NoServer when none is there, and EngineFailed for whatever else goes wrong."""
        place = self._place()
        try:
            peer = await self._known(place, voice)
            sent = _request(peer, text, voice, scales)
            _, data = await self._ask(place, "POST", peer.path, MOST_SOUND_BYTES, **sent)
        except EngineFailed:
            self._peer = None
            raise
        try:
            sound = wav.read(data)
        except BadAudio as error:
            raise place.failure(f"sends no sound that can be used: {error}; {WAY_OUT}") from None
        if not sound.pcm.strip(b"\0"):
            raise place.failure(f"sends silence; {WAY_OUT}")
        return sound

    def _place(self) -> Place:
        base = self._host.common().piper.piper_base
        nowhere, until = self._nobody
        place = Place(base, "", "piper_base", "piper_voice")
        if not base or (base == nowhere and trio.current_time() < until):
            raise _absent(place)
        return place

    async def _known(self, place: Place, voice: Chosen) -> Peer:
        """Asked again for a voice that was not there before: it may have been downloaded since."""
        peer = self._peer
        if peer is None or peer.base != place.base or _unknown(peer, voice):
            peer = self._peer = await self._meet(place)
        if _unknown(peer, voice):
            told = ", ".join(sorted(peer.voices or {}))[:300] or "none"
            raise place.failure(f"has no voice {voice.name}; set piper_voice to one it has: {told}")
        return peer

    async def _meet(self, place: Place) -> Peer:
        status, data = await self._ask(place, "GET", "/voices", MOST_VOICES_BYTES, besides=NO_PATH)
        if status in NO_PATH:
            return Peer(place.base, None, "/")
        try:
            voices = _voices(data)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise place.failure(f"does not answer as Piper's does; {WAY_OUT}") from None
        status, _ = await self._ask(place, "GET", SYNTHESIZE, MOST_VOICES_BYTES, besides=NO_PATH)
        return Peer(place.base, voices, SYNTHESIZE if status == WRONG_METHOD else "/")

    async def _ask(
        self,
        place: Place,
        method: str,
        path: str,
        most: int,
        besides: tuple[int, ...] = (),
        **sent: Any,
    ) -> tuple[int, bytes]:
        """Status and body; raises EngineFailed for a status of failure that is not in `besides`."""
        url = place.base.rstrip("/") + path
        # Piper's server closes each connection by itself.
        sent |= {"headers": place.headers | {"Connection": "close"}, "timeout": TIMEOUT}
        client = await self._clients.of(place)
        try:
            async with client.stream(method, url, **sent) as response:
                status = response.status_code
                plain(response, place)
                if not response.is_success and status not in besides:
                    raise place.failure(f"refuses (status {status}); its log may say why")
                return status, await body_of(response, most, place)
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            self._nobody = (place.base, trio.current_time() + ABSENT_S)
            raise _absent(place) from None
        except httpx2.TimeoutException:
            raise place.failure(f"was silent for {SILENCE_S:g} s") from None
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL):
            raise place.failure(f"broke off in the middle of its answer; {WAY_OUT}") from None


def _unknown(peer: Peer, voice: Chosen) -> bool:
    return peer.voices is not None and voice.name not in peer.voices


def _request(peer: Peer, text: str, voice: Chosen, scales: Mapping[str, float]) -> dict[str, Any]:
    if peer.voices is None:
        return {"content": text.encode()}
    about = peer.voices[voice.name]
    number = speaker_number(voice.name, voice.speaker, about.num_speakers, about.speaker_id_map)
    asked = {"text": text, "voice": voice.name, "speaker_id": number, **scales}
    return {"json": asked}


def _absent(place: Place) -> NoServer:
    return NoServer(f"no server answers at {place.name or 'piper_base, which is empty'}")


@asynccontextmanager
async def open_server(host: Host) -> AsyncIterator[Server]:
    async with open_clients() as clients:
        yield Server(clients, host)
