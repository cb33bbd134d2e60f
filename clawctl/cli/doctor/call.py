"""The proof call: a recorded caller at the phone's door, whose words must come back.

Its session id begins with `doctor-`, it shows no number and counts as a call of our own, so that
nobody takes it for a stranger's; what is said leaves no message. It is ended in any case.
"""

import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec
import trio

from clawctl.cli.doctor.check import Check, Group, Verdict, failed, ok, skipped
from clawctl.cli.doctor.gateway import NOT_OURS
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.doctor.stages import language
from clawctl.cli.doctor.words import recorded
from clawctl.cli.serve import private_gateway
from clawctl.engines.round_trip import ENOUGH, came_back
from clawctl.testing import handset_requests as requests
from clawctl.testing.caller import captured
from clawctl.testing.handset_answer import TurnAnswer, turn_of
from clawctl.testing.handset_contract import Violation
from clawctl.testing.handset_form import TurnFields
from clawctl.testing.handset_http import Pool, open_pool
from clawctl.testing.handset_wire import Request, RequestFailed, Response

# A private gateway may have to load its models first.
WITHIN_S = 150.0
FAREWELL_S = 5.0

# What engines there are, and why which is chosen.
LOOK = ("engines",)


async def proof_call(patient: Patient) -> Verdict:
    if patient.settings.call.auth_passphrase:
        return skipped("callers must say a passphrase, and a recording does not know it")
    if patient.gateway_runs and not patient.bearer_accepted:
        return skipped(NOT_OURS)
    async with _gateway(patient) as (url, bearer, whose), open_pool(url) as pool:
        found = list[Violation]()
        answer = await _one_turn(pool, bearer, found)
    return judged(patient, answer, found, whose)


@asynccontextmanager
async def _gateway(patient: Patient) -> AsyncIterator[tuple[str, str, str]]:
    if patient.gateway_runs:
        yield patient.phone_url, patient.bearer, "the running gateway"
        return
    async with private_gateway(patient.ask.path, patient.engines) as (url, bearer):
        yield url, bearer, "a gateway of its own"


async def _one_turn(pool: Pool, bearer: str, found: list[Violation]) -> TurnAnswer:
    said, _ = recorded()
    session_id = f"doctor-{secrets.token_hex(8)}"
    fields = TurnFields(session_id=session_id, call_direction="outgoing")
    try:
        request = requests.turn(bearer, fields, captured(said).wav, time.time_ns() // 1_000_000)
        return turn_of(await _carried(pool, request), found)
    finally:
        with (
            suppress(RequestFailed),
            trio.CancelScope(shield=True, deadline=trio.current_time() + FAREWELL_S),
        ):
            await _carried(pool, _ending(bearer, session_id))


async def _carried(pool: Pool, request: Request) -> Response:
    """Raises RequestFailed."""
    return await pool.carry(request, lambda _: None)


def _ending(bearer: str, session_id: str) -> Request:
    return Request(
        method="POST",
        path="/api/session/end",
        headers=(("Authorization", f"Bearer {bearer}"), ("Content-Type", "application/json")),
        body=msgspec.json.encode({"session_id": session_id}),
        read_s=FAREWELL_S,
    )


def judged(patient: Patient, answer: TurnAnswer, found: list[Violation], whose: str) -> Verdict:
    """Neither what was heard nor what was answered is repeated: only how much of it."""
    if answer.rejected:
        return skipped(f"the call policy turns it away ({answer.reason})")
    share = came_back(recorded()[1], answer.transcript)
    compared = language(patient, "stt") == "en"
    rules = ", ".join(sorted({violation.rule for violation in found}))
    faults = (
        (answer.degraded == "record", "could not store the call", ("doctor", "--only", "store")),
        (answer.degraded, f"answered with less than its first engine: {answer.degraded}", LOOK),
        (rules, f"broke rules of the phone: {rules}", ("simulate", "--demo")),
        (not answer.reply.strip() or answer.clip is None, "answered without a sound", LOOK),
        (compared and share < ENOUGH, f"heard {share:.0%} of the words, not {ENOUGH:.0%}", LOOK),
    )
    for fault, why, command in faults:
        if fault:
            return failed(f"{whose} {why}", patient.command(*command))
    heard = f"{share:.0%} of the words came back" if compared else "an answer came back"
    return ok(
        f"{heard} from {whose}, with {answer.clip.seconds if answer.clip else 0:.1f} s of speech"
    )


CALL = Group(
    "call",
    (
        Check(
            name="proof",
            look=proof_call,
            needs=(
                *("log_file", "room", "database", "bearer"),
                *("hearing", "answering", "speaking", "in_use"),
            ),
            within_s=WITHIN_S,
        ),
    ),
)
