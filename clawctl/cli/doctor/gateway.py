"""Does the gateway run, does it let in whom it should and nobody else, is it the one we expect?"""

import secrets
import time
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version

from clawctl.cli.doctor.check import Check, Group, Verdict, failed, in_thread, ok, skipped, warning
from clawctl.cli.doctor.listening import ports
from clawctl.cli.doctor.patient import Patient
from clawctl.client.rest import RestClient
from clawctl.errors import NotAuthorised

# It answers from memory: on an idle machine this takes 5 ms.
SLOW_MS = 250.0
ASKED = 3

NONE_RUNS = "no gateway runs"
NOT_OURS = "the gateway keeps its data, and the phone's token, elsewhere"


def running(patient: Patient) -> Verdict:
    holder, start = patient.holder, patient.command("serve", "--detach")
    if patient.gateway_runs:
        return ok(f"{patient.ask.url}, pid {holder.pid}" if holder else patient.ask.url)
    if patient.ask.named:
        return failed(f"no gateway answers at {patient.ask.url}{_there(patient)}", start)
    if holder is None:
        return warning(NONE_RUNS, start)
    if not holder.url:
        return warning(f"one is starting (pid {holder.pid})", patient.command("status"))
    why = f"pid {holder.pid} runs but does not answer at {holder.url}{_there(patient)}"
    return failed(why, patient.restart)


def _there(patient: Patient) -> str:
    about = patient.answering.about
    return f"; there answers {about}" if about else ""


def of_gateway(look: Callable[[Patient], Verdict]) -> Callable[[Patient], Verdict]:
    """Skipped while none runs."""

    @wraps(look)
    def looking(patient: Patient) -> Verdict:
        return look(patient) if patient.gateway_runs else skipped(NONE_RUNS)

    return looking


@of_gateway
def bearer(patient: Patient) -> Verdict:
    """At the phone's own door, with the token the phone's profile must hold."""
    if patient.bearer_accepted:
        return ok(f"{patient.phone_url} accepts the phone's token")
    if not patient.owns_gateway:
        return skipped(NOT_OURS)
    return failed("the gateway refuses the bearer_token of these settings", patient.restart)


@of_gateway
def strangers(patient: Patient) -> Verdict:
    for url in dict.fromkeys((patient.ask.url, patient.phone_url)):
        try:
            RestClient(url, secrets.token_hex()).get("/health")
        except NotAuthorised:
            continue
        return failed(f"{url} lets in whoever shows any token", patient.restart)
    return ok("a foreign token is refused")


@of_gateway
def token(patient: Patient) -> Verdict:
    try:
        patient.status  # noqa: B018 - kept for those who come after
    except NotAuthorised:
        shown = (
            "the agent_token shown is not the gateway's" if patient.ask.token else "none was shown"
        )
        why = f"the control endpoints ask for agent_token: {shown}"
        return failed(why, patient.command("doctor", "--token", "AGENT_TOKEN"))
    asked = "the agent_token is accepted" if patient.ask.token else "no agent_token is asked for"
    return ok(asked)


@of_gateway
def same_version(patient: Patient) -> Verdict:
    ours, theirs = version("clawctl"), patient.status.get("version", "none")
    if ours != theirs:
        return warning(f"the gateway is clawctl {theirs}, this is {ours}", patient.restart)
    return ok(f"clawctl {ours}, as this one")


@of_gateway
def restart(patient: Patient) -> Verdict:
    if waiting := patient.status.get("waiting_for_restart"):
        why = f"changed since the start and not in force: {', '.join(map(str, waiting))}"
        return warning(why, patient.restart)
    return ok("no setting waits for a restart")


@of_gateway
def latency(patient: Patient) -> Verdict:
    gateway, took_ms = RestClient(patient.ask.url, patient.ask.token), list[float]()
    for _ in range(ASKED):
        began = time.monotonic()
        gateway.get("/api/status")
        took_ms.append(1000 * (time.monotonic() - began))
    why = f"/api/status takes {min(took_ms):.0f} ms"
    if min(took_ms) > SLOW_MS:
        return warning(f"{why}: the machine is busy", patient.command("status"))
    return ok(why)


GATEWAY = Group(
    "gateway",
    (
        Check(name="ports", look=in_thread(ports), needs=("file", "host")),
        Check(name="running", look=in_thread(running), needs=("bearer_token",)),
        Check(name="bearer", look=in_thread(bearer), needs=("running",)),
        Check(name="strangers", look=in_thread(strangers), needs=("running",)),
        Check(name="token", look=in_thread(token), needs=("running",)),
        Check(name="version", look=in_thread(same_version), needs=("token",)),
        Check(name="restart", look=in_thread(restart), needs=("token",)),
        Check(name="latency", look=in_thread(latency), needs=("token",), within_s=30),
    ),
)
