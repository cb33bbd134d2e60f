"""A round trip through every engine: in the running gateway, or with engines opened for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec
import trio

from clawctl.audio import wav
from clawctl.cli.doctor.patient import Patient, Proof
from clawctl.cli.doctor.stages import language
from clawctl.cli.doctor.words import recorded
from clawctl.client.rest import RestClient
from clawctl.config.live import Live
from clawctl.config.load import load
from clawctl.engines.api import Voice
from clawctl.engines.chain import WARM_UP_S, Warmed
from clawctl.engines.round_trip import SPOKEN, RoundTrip, audible, came_back
from clawctl.errors import ClawError
from clawctl.plugins import sections
from clawctl.testing import handset_requests as requests
from clawctl.testing.caller import captured
from clawctl.testing.handset_answer import transcript_of
from clawctl.testing.handset_http import open_pool

if TYPE_CHECKING:
    from clawctl.gateway import Engines

# All of it together, and one engine at work.
WITHIN_S = WARM_UP_S + 30.0
WORK_S = 30.0

TOLD: dict[str, type[Warmed | RoundTrip]] = {"warmed": Warmed, "round_trip": RoundTrip}


async def prove(patient: Patient) -> str:
    """Have every engine tried, which fills in `patient.proof`; says whose engines they were.

    Raises NoSuch if the running gateway cannot do that, and what the client does.
    """
    runs = await trio.to_thread.run_sync(lambda: patient.gateway_runs, abandon_on_cancel=True)
    await (_in_gateway(patient) if runs else _in_our_own(patient))
    return "those of the running gateway" if runs else "opened for this"


# With engines of our own


async def _in_our_own(patient: Patient) -> None:
    engines = patient.engines = await patient.attending.start(_keep_open, patient)
    await engines.warm(patient.proof.told)
    await _compare(patient, patient.proof, engines)


async def _keep_open(patient: Patient, task_status: "trio.TaskStatus[Engines]") -> None:
    """As long as somebody attends: a proof call needs them too."""
    from clawctl.gateway import open_engines

    with TemporaryDirectory(prefix="clawctl-") as place:
        # Engines may keep caches, but do not make the directory.
        flags = {} if patient.data_dir.exists() else {"data_dir": place}
        loaded = load(patient.ask.path, flags=flags, plugins=sections(patient.found))
        async with open_engines(Live(loaded), patient.found) as engines:
            task_status.started(engines)
            await trio.sleep_forever()


async def _compare(patient: Patient, proof: Proof, engines: "Engines") -> None:
    said, known = recorded()
    if proof.worked("stt") and language(patient, "stt") == "en":
        with _noted(proof, "stt"):
            heard = await engines.stt.hear(said, "en")
            proof.words_back = came_back(known, heard.text)
    if proof.worked("tts"):
        lang = language(patient, "tts")
        with _noted(proof, "tts"):
            spoken = await engines.tts.speak(SPOKEN[lang], Voice(lang=lang))
            proof.sound = audible(spoken.sound)


@contextmanager
def _noted(proof: Proof, stage: str) -> Iterator[None]:
    """What fails here had passed its first test."""
    try:
        yield
    except ClawError as error:
        proof.failures[stage] = str(error)


# In the running gateway


async def _in_gateway(patient: Patient) -> None:
    proof = patient.proof
    await _blocking(lambda: _warm(patient, proof))
    if proof.worked("stt") and language(patient, "stt") == "en" and _may_hear(patient):
        with _noted(proof, "stt"):
            await _hear(patient, proof)
    if proof.worked("tts"):
        with _noted(proof, "tts"):
            await _blocking(lambda: _speak(patient, proof))


async def _blocking(work: Callable[[], None]) -> None:
    await trio.to_thread.run_sync(work, abandon_on_cancel=True)


def _warm(patient: Patient, proof: Proof) -> None:
    client = RestClient(patient.ask.url, patient.ask.token)
    with client.lines("/api/warm", patience_s=WITHIN_S) as events:
        for event in events:
            kind = event.get("event") if isinstance(event, dict) else ""
            # What no gateway of ours tells is passed over.
            with suppress(msgspec.ValidationError):
                if kind in TOLD:
                    proof.told(str(event.get("stage")), msgspec.convert(event, TOLD[kind]))


def _may_hear(patient: Patient) -> bool:
    """With a passphrase, words may be withheld from whoever asks."""
    return patient.bearer_accepted and not patient.settings.call.auth_passphrase


async def _hear(patient: Patient, proof: Proof) -> None:
    """Recognition alone opens no call."""
    said, known = recorded()
    async with open_pool(patient.phone_url) as pool:
        asked = requests.recognition(patient.bearer, captured(said).wav, 0)
        answer = await pool.carry(asked, lambda _: None)
    if answer.status == 200:
        proof.words_back = came_back(known, transcript_of(answer, []))


def _speak(patient: Patient, proof: Proof) -> None:
    client = RestClient(patient.ask.url, patient.ask.token)
    text = {"text": SPOKEN[language(patient, "tts")]}
    proof.sound = audible(wav.read(client.sound("/api/tts/preview", text, patience_s=WORK_S)))
