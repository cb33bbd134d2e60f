"""Can every stage do its work, and does its first engine do it?"""

import socket
from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from clawctl.cli.doctor.check import Check, Group, Verdict, failed, in_thread, ok, skipped, warning
from clawctl.cli.doctor.gateway import of_gateway
from clawctl.cli.doctor.patient import Patient, Proof
from clawctl.cli.doctor.proof import WITHIN_S, prove
from clawctl.cli.doctor.stages import Chosen, chosen
from clawctl.client.rest import RestClient
from clawctl.door.origin import loopback
from clawctl.engines.api import NAMED_ONLY, Stage, knows
from clawctl.engines.round_trip import ENOUGH
from clawctl.errors import NoSuch

# Engines of up to this rank come with us and need nothing: such a recogniser is for trying out.
EMBEDDED_RANK = 10

# Settings that name a server, and the engines that need it (gateway manual, "Configure"). Piper is
# not among them: it speaks without its server too, and says itself when it can do neither.
SERVERS: tuple[tuple[str, tuple[Stage, ...], str], ...] = (
    ("mlx_audio_base", ("stt", "tts"), "openai"),
    ("llm_base_url", ("llm",), "openai"),
)
CONNECT_S = 3.0


# Can it work?


def able(stage: Stage, patient: Patient) -> Verdict:
    here = chosen(patient, stage)
    if not here.able:
        return failed(
            f"no engine can work: {_missing(here) or 'there are none'}", _mend(patient, here)
        )
    if here.first in here.missing:
        return failed(_missing(here), _mend(patient, here))
    if not any(knows(here.offers[name].langs, here.lang) for name in here.able):
        why = f"{', '.join(here.able)}: none knows the language {here.lang!r}"
        return failed(why, patient.command("engines"))
    if any(name in here.missing for name in here.order):
        return warning(_missing(here), _mend(patient, here))
    return _strong_enough(stage, patient, here)


def _missing(here: Chosen) -> str:
    names = here.order or here.offers
    return "; ".join(f"{name}: {here.missing[name]}" for name in names if name in here.missing)


def _mend(patient: Patient, here: Chosen) -> str:
    """What the engine itself says to try, or another choice."""
    missing = [name for name in here.order or here.offers if name in here.missing]
    if not any(name in here.offers for name in missing):
        return patient.set_to(here.key, "auto")
    return _getting(patient, here, missing)


def _getting(patient: Patient, here: Chosen, missing: Sequence[str]) -> str:
    """The first command that an engine itself names."""
    tries = [here.missing[name].partition("try: ")[2] for name in missing]
    return next((command for command in tries if command), patient.command("engines"))


def _strong_enough(stage: Stage, patient: Patient, here: Chosen) -> Verdict:
    first = here.able[0]
    offer = here.offers[first]
    if stage == "stt" and NAMED_ONLY < offer.rank <= EMBEDDED_RANK:
        why = f"{first} is weak: good for trying out, not for a busy line"
        better = [f"; better is {name}, but {here.missing[name]}" for name in here.better[:1]]
        return warning(why + "".join(better), _getting(patient, here, here.better))
    return ok(offer.about if first in offer.about else f"{first}: {offer.about}")


def servers(patient: Patient) -> Verdict:
    """Only those on this machine are knocked at, and only if a chosen engine needs them."""
    needed = [
        key
        for key, stages, engine in SERVERS
        if any(engine in chosen(patient, stage).able for stage in stages)
    ]
    urls = {key: url for key in needed if (url := _url(patient, key))}
    if not urls:
        return skipped("no chosen engine needs one")
    for key, url in urls.items():
        if loopback(urlsplit(url).netloc) and not _listens(url):
            return failed(f"{key}: nothing listens at {url}", patient.change(key))
    return ok(", ".join(f"{key} {url}" for key, url in urls.items()))


def _url(patient: Patient, key: str) -> str:
    rows = {row.key: row for row in patient.loaded.table}
    return str(getattr(getattr(patient.settings, rows[key].group), rows[key].field))


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    try:
        with socket.create_connection((parts.hostname, port), timeout=CONNECT_S):
            return True
    except OSError:
        return False


# Does it work?


async def trial(patient: Patient) -> Verdict:
    """What came of it is told stage by stage."""
    try:
        whose = await prove(patient)
    except NoSuch:
        return failed("the gateway that runs cannot try its engines", patient.restart)
    return ok(f"every engine was tried: {whose}")


def proven(stage: Stage, patient: Patient) -> Verdict:
    """A failure of the first engine makes every turn late or poor; one of a reserve not yet."""
    proof, here = patient.proof, chosen(patient, stage)
    tried = proof.warmed.get(stage, [])
    if not tried:
        return failed("no engine was there to be tried", patient.restart)
    broken = {one.engine: one.failure for one in tried if one.failure}
    why = "; ".join(f"{name}: {failure}" for name, failure in broken.items())
    if broken and here.first not in broken and proof.worked(stage):
        return warning(why, _other(patient, here))
    if flaw := why or _flaw(stage, proof):
        return failed(flaw, _other(patient, here))
    times = ", ".join(f"{one.engine} in {one.ms:.0f} ms" for one in tried)
    return ok(times + {"stt": _heard, "tts": _understood}.get(stage, _nothing)(proof))


def _flaw(stage: Stage, proof: Proof) -> str:
    """What is wrong with work that was done, "" if nothing is."""
    if stage in proof.failures:
        return proof.failures[stage]
    if stage == "stt" and proof.words_back is not None and proof.words_back < ENOUGH:
        return f"only {proof.words_back:.0%} of a recording's words came back"
    return "it speaks silence" if stage == "tts" and proof.sound is False else ""


def _heard(proof: Proof) -> str:
    return "" if proof.words_back is None else f", {proof.words_back:.0%} of the words came back"


def _understood(proof: Proof) -> str:
    """A plain voice is no flaw that a caller could not bear."""
    return "".join(f"; {trip}" for trip in proof.trips)


def _nothing(_: Proof) -> str:
    return ""


def _other(patient: Patient, here: Chosen) -> str:
    return patient.set_to(here.key, here.spare) if here.spare else patient.command("engines")


@of_gateway
def in_use(patient: Patient) -> Verdict:
    """What the running gateway itself says of the engines it asks first."""
    status: dict[str, Any] = RestClient(patient.ask.url, patient.ask.token).get("/api/status")
    failing = [
        f"{stage}: {states[0]['name']} {states[0]['state']}: {states[0]['why']}"
        for stage, states in status["engines"].items()
        if states and states[0]["state"] in {"failed", "absent"}
    ]
    if failing or not status["ok"]:
        return failed("; ".join(failing) or "a stage has no engine", patient.restart)
    return ok("no stage is degraded")


def _able(name: str, stage: Stage) -> Check:
    look = in_thread(partial(able, stage))
    return Check(name=name, look=look, needs=("packages", "file"))


def _proven(name: str, stage: Stage, ability: str) -> Check:
    return Check(name=name, look=in_thread(partial(proven, stage)), needs=(ability, "trial"))


ENGINES = Group(
    "engines",
    (
        _able("recogniser", "stt"),
        _able("model", "llm"),
        _able("voice", "tts"),
        Check(name="servers", look=in_thread(servers), needs=("packages", "file")),
        Check(
            name="trial",
            look=trial,
            needs=("packages", "file", "servers", "token"),
            within_s=WITHIN_S,
        ),
        _proven("hearing", "stt", "recogniser"),
        _proven("answering", "llm", "model"),
        _proven("speaking", "tts", "voice"),
        Check(
            name="in_use",
            look=in_thread(in_use),
            needs=("token", "hearing", "answering", "speaking"),
        ),
    ),
)
