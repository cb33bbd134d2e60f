"""A round trip through every engine: in the running gateway, or with engines opened for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Any

import trio

from clawctl.cli.doctor.patient import Patient
from clawctl.cli.doctor.stages import language
from clawctl.cli.doctor.words import audible, came_back, read, recorded
from clawctl.client.rest import RestClient
from clawctl.config.live import Live
from clawctl.config.load import load
from clawctl.engines.api import Stage, Voice
from clawctl.engines.chain import WARM_UP_S, Warmed
from clawctl.errors import ClawError, NoSuch
from clawctl.gateway import Engines, open_engines
from clawctl.plugins import sections
from clawctl.testing import handset_requests as requests
from clawctl.testing.handset_answer import transcript_of
from clawctl.testing.handset_http import open_pool

# All of it together, and one engine at work.
WITHIN_S = WARM_UP_S + 30.0
WORK_S = 30.0

SPOKEN = {"en": "Hello. This is a test.", "de": "Guten Tag. Das ist ein Test."}


@dataclass
class Proof:
    """What the engines did. `words_back` and `sound` are None where nothing could be compared."""

    warmed: dict[str, list[Warmed]] = field(default_factory=dict)
    words_back: float | None = None
    sound: bool | None = None
    why_not: str = ""

    def told(self, stage: str, warmed: Warmed) -> None:
        self.warmed.setdefault(stage, []).append(warmed)

    def worked(self, stage: Stage) -> bool:
        return any(not one.failure for one in self.warmed.get(stage, ()))


async def prove(patient: Patient) -> Proof:
    """Done once; what is not done in time is not in it."""
    if patient.proof is None:
        proof = patient.proof = Proof()
        runs = await trio.to_thread.run_sync(lambda: patient.gateway_runs, abandon_on_cancel=True)
        with trio.move_on_after(WITHIN_S):
            await (_in_gateway(patient, proof) if runs else _in_our_own(patient, proof))
    return patient.proof


# With engines of our own


async def _in_our_own(patient: Patient, proof: Proof) -> None:
    with TemporaryDirectory(prefix="clawctl-") as place:
        # Engines may keep caches, but do not make the directory.
        flags = {} if patient.data_dir.exists() else {"data_dir": place}
        loaded = load(patient.ask.path, flags=flags, plugins=sections(patient.found))
        async with open_engines(Live(loaded), patient.found) as engines:
            await engines.warm(proof.told)
            await _compare(patient, proof, engines)


async def _compare(patient: Patient, proof: Proof, engines: Engines) -> None:
    data, known = recorded()
    if proof.worked("stt") and language(patient, "stt") == "en":
        with _left_out():
            heard = await engines.stt.hear(read(data), "en")
            proof.words_back = came_back(known, heard.text)
    if proof.worked("tts"):
        lang = language(patient, "tts")
        with _left_out():
            spoken = await engines.tts.speak(SPOKEN[lang], Voice(lang=lang))
            proof.sound = audible(spoken.sound)


@contextmanager
def _left_out() -> Iterator[None]:
    """An engine that fails now, after it worked, is told of by its own stage the next time."""
    try:
        yield
    except ClawError:
        return


# In the running gateway


async def _in_gateway(patient: Patient, proof: Proof) -> None:
    await _blocking(lambda: _warm(patient, proof))
    if proof.worked("stt") and language(patient, "stt") == "en" and _bearer(patient):
        with _left_out():
            await _hear(patient, proof)
    if proof.worked("tts"):
        with _left_out():
            await _blocking(lambda: _speak(patient, proof))


async def _blocking(work: Callable[[], None]) -> None:
    await trio.to_thread.run_sync(work, abandon_on_cancel=True)


def _warm(patient: Patient, proof: Proof) -> None:
    client = RestClient(patient.ask.url, patient.ask.token)
    try:
        with client.lines("/api/warm", patience_s=WITHIN_S) as events:
            for event in events:
                if isinstance(event, dict) and event.get("event") == "warmed":
                    proof.told(*_warmed(event))
    except NoSuch:
        proof.why_not = "the gateway that runs cannot prove its engines"


def _warmed(event: dict[str, Any]) -> tuple[str, Warmed]:
    return str(event.get("stage")), Warmed(
        str(event.get("engine")), float(event.get("ms") or 0), str(event.get("failure") or "")
    )


def _bearer(patient: Patient) -> bool:
    """With a passphrase, words may be withheld from whoever asks."""
    return bool(patient.bearer) and not patient.settings.call.auth_passphrase


async def _hear(patient: Patient, proof: Proof) -> None:
    """Recognition alone opens no call."""
    data, known = recorded()
    async with open_pool(patient.phone_url) as pool:
        asked = requests.recognition(patient.bearer, data, 0)
        answer = await pool.carry(asked, lambda _: None)
    if answer.status == 200:
        proof.words_back = came_back(known, transcript_of(answer, []))


def _speak(patient: Patient, proof: Proof) -> None:
    client = RestClient(patient.ask.url, patient.ask.token)
    text = {"text": SPOKEN[language(patient, "tts")]}
    proof.sound = audible(read(client.sound("/api/tts/preview", text, patience_s=WORK_S)))
