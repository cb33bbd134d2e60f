"""Section 7: a takeover from beginning to end, when what happens, and what to do when it does not.

The rows are those of the takeover guide's tables, as this gateway behaves; each has the command that
shows it. Numbers are defaults of settings, filled in by their names.
"""

from collections.abc import Iterable
from string import Template
from typing import NamedTuple

from clawctl.cli.manual import roff
from clawctl.config.table import settings_table

# Fixed in the handset app: after so long without a byte it gives a turn up.
PHONE_PATIENCE_S = 45.0


class Row(NamedTuple):
    """What it is about, what happens, and what to type to see it or to do it."""

    term: str
    text: str
    commands: tuple[str, ...] = ()


ABOUT = """\
A live call can be taken over: an agent, a program or a person at a terminal, then answers the caller in place of the
reply model, turn by turn, until it hands the call back. This page follows a takeover from dialling to the end, says
what happens when, what becomes of what goes wrong, and how to find out why. 'clawctl takeover' does all of it in a
terminal or a script; what programs send and get is in clawctl-agent(7).

The commands below name a call by its id, by the beginning of one, or by _active: the live call in which something
happened last."""

STEPS = (
    Row(
        "1. Connect",
        "Agents sit on the WebSocket /api/agent/ws and hear everything from then on. Who is there,"
        " and which calls they hold:",
        ("clawctl agents",),
    ),
    Row(
        "2. Dial",
        'For a call of yours send {"type": "dial", "number": "+49 30 1234567"} or POST the number to'
        " /api/call/dial. dial.ack says ok when the phone was told, and in detail what it said; when"
        " somebody answers call.active comes, and call.ended when it is over. 'clawctl dial' does it"
        " from the shell and waits for that. Whether a phone is there, and what happens:",
        (
            "clawctl phone status",
            "clawctl dial '+49 30 1234567' --wait",
            "clawctl tail -f --event 'call.*'",
        ),
    ),
    Row(
        "3. Find the call",
        "The first event with a session_id, session.started, is the call's; turn.started follows with"
        " each turn. GET /api/agent/sessions lists the ids, get_call_state tells all about one.",
        ("clawctl tail -f --event session.started", "clawctl takeover --next"),
    ),
    Row(
        "4. Greet",
        "What dial carries as say is the call's greeting, heard first. In a call that is live queue a"
        " sentence of yours: it is said at the next turn, in place of an answer.",
        (
            "clawctl dial '+49 30 1234567' --say 'Good day, this is Ann.'",
            "clawctl inject _active 'Good day, this is Ann.' --wait",
        ),
    ),
    Row(
        "5. Take over",
        "From takeover.ack on every turn is yours. Give the model what it should know when it answers"
        " again. 'clawctl dial --takeover' does this for the call it places.",
        ("clawctl takeover _active", "clawctl context set _active 'Wants to move Tuesday.'"),
    ),
    Row(
        "6. Answer",
        "When the caller has spoken turn.request comes with what they said. Send back reply and the"
        " request_id of the request, unchanged; no type is needed. reply.ack says whether it was"
        " used. A program may answer, a file, or you:",
        (
            "clawctl takeover _active --exec ./answer --turns 3",
            "clawctl takeover _active --replies answers.txt",
        ),
    ),
    Row(
        "7. Hand back",
        "release: the next turn is the model's. It finds what you said in the history, and is told to"
        " stand by it.",
        ("clawctl release _active",),
    ),
    Row(
        "8. Look",
        "In turn.complete model says who answered: agent, inject, or the model's name.",
        ("clawctl tail -f --event turn.complete",),
    ),
    Row("9. Hang up", "If the call is to end as well.", ("clawctl hangup _active",)),
)

TIMING = (
    Row(
        "A turn",
        "The phone listens, sends what the caller said once they pause, plays the answer, and listens"
        " again: 3 to 8 seconds from turn to turn while both talk. It does not poll: as long as the"
        " caller is quiet nothing comes, and nothing that is queued is said.",
        ("clawctl tail -f --call _active",),
    ),
    Row(
        "An inject",
        "Said at the caller's next turn, before an agent or the model is asked, so it is never"
        " instant: the caller has to speak first. Several are said one by one, a turn each. What the"
        " caller said in that turn is not answered; it is recognised afterwards and joins the"
        " history. During a takeover the next turn begins as soon as your answer was played.",
        ("clawctl inject _active 'One moment.' --wait",),
    ),
    Row(
        "A takeover",
        "Holds at once; the first turn.request comes with the caller's next turn. A turn that the"
        " model is answering already stays the model's.",
        ("clawctl tail -f --event 'agent.*'",),
    ),
    Row(
        "A release",
        "Holds at once: no turn.request comes any more, events go on. A turn that waits for you goes"
        " to the model in that moment.",
        ("clawctl release _active",),
    ),
    Row(
        "Greeting and takeover together",
        "In either order the greeting is said first and uses up one turn; the turn after that is your"
        " first turn.request.",
        ("clawctl takeover --next --say-first 'Good day, this is Ann.'",),
    ),
    Row(
        "From dialling to the first turn",
        "Some 10 to 40 seconds: 1 to 3 until the phone dials, 5 to 30 until somebody answers, then"
        " the phone's own greeting, which is only synthesised (a turn whose model is forced), about 3"
        " until the caller hears it, and as long again until they have spoken.",
        ("clawctl tail -f --event turn.complete",),
    ),
    Row(
        "Your time",
        "turn.request says answer_within_s, what is really left. A streaming turn gives you the"
        " $agent_takeover_timeout seconds of agent_takeover_timeout. A turn that is answered at"
        " once gives less: the phone gives it up after $phone_patience seconds, so"
        " turn_deadline_sec ($turn_deadline_sec) bounds it, less recognition and what the model"
        " and the voice need should you not answer. 'clawctl takeover' counts it down.",
        ("clawctl config explain turn_deadline_sec",),
    ),
    Row(
        "Not silence",
        "After takeover_filler_after_sec ($takeover_filler_after_sec) the caller hears a short"
        " sentence. On a stream the turn goes on; else that answers this turn, and yours the next.",
        ("clawctl config explain takeover_filler_after_sec",),
    ),
    Row(
        "A call that falls silent",
        "Ends after session_ttl ($session_ttl seconds) without a turn; a turn that waits for you,"
        " and queueing an inject, count as activity. If the caller speaks after all the call goes on"
        " (session.resumed), its history intact; take it over anew.",
        ("clawctl config explain session_ttl",),
    ),
)

ERRORS = (
    Row(
        "The agent's socket closes during a takeover",
        "All its calls go back to the model at once, a turn that waits too: agent.release with the"
        " reason disconnected. 'clawctl takeover' connects again and takes the call anew.",
        ("clawctl tail -f --event agent.release",),
    ),
    Row(
        "No answer in time",
        "The model answers that turn, marked degraded: agent. The takeover stays, the next turn is"
        " asked again. What comes later gets reply.ack with late and is said to nobody, unless"
        " late_reply is inject.",
        ("clawctl tail --event turn.error --last 20", "clawctl config set late_reply inject"),
    ),
    Row(
        "The call ends during a takeover",
        "session.ended comes, with its reason, and no turn.request any more.",
        ("clawctl tail -f --event session.ended",),
    ),
    Row(
        "Several agents take the same call",
        "The last one has it. The one before gets takeover.revoked and may leave without disturbing"
        " the winner; a turn that waited asks the new one.",
        ("clawctl tail --event takeover.revoked", "clawctl agents"),
    ),
    Row(
        "A takeover of a call that is not there, or over",
        "takeover.ack with ok false and code not_found; nothing changes.",
        ("clawctl calls list --live",),
    ),
    Row(
        "A release without a takeover",
        "release.ack with ok false and code not_found; conflict if another agent holds the call."
        " 'clawctl release' ends whoever's takeover there is, and exits 5 if there is none.",
        ("clawctl agents",),
    ),
)

TROUBLE = (
    Row(
        "dial.ack is ok, but no call appears",
        "Nobody answered: call.ended says so. Or the app does not reach the gateway, which then hears"
        " nothing of the call.",
        ("clawctl tail --event 'call.*'", "clawctl doctor --only phone"),
    ),
    Row(
        "turn.request never comes",
        "takeover.ack was not ok; or another agent has the call; or the caller is quiet, or the phone"
        " does not reach the gateway.",
        ("clawctl agents", "clawctl tail -f --call _active", "clawctl doctor"),
    ),
    Row(
        "The greeting is not heard",
        "It is said at the caller's next turn, and the caller did not speak; or the phone went away"
        " while it was said. --wait tells which.",
        ("clawctl inject _active 'Good day.' --wait --timeout 60",),
    ),
    Row(
        "The agent's answer is not heard",
        "Its request_id was missing or another one: reply.ack has ok false and says so. Or it came"
        " too late, or held nothing that can be said.",
        ("clawctl tail -f --event 'turn.*'",),
    ),
    Row(
        "A turn takes $agent_takeover_timeout seconds",
        "The agent is too slow or hangs. Look at when the request left and the reply came; keep the"
        " caller company with partial replies, or give it less time.",
        (
            "clawctl calls show last",
            "clawctl config set agent_takeover_timeout 20",
        ),
    ),
    Row(
        "The model does not answer again after a release",
        "release.ack was not ok: somebody else holds the call. Or the model itself fails, which"
        " turn.error tells.",
        ("clawctl agents", "clawctl release _active", "clawctl engines"),
    ),
    Row(
        "The phone takes no calls any more",
        "After a restart of the phone, or when its cable was out.",
        ("clawctl doctor --only phone",),
    ),
)

PROOF = (
    Row(
        "With a telephone, or with the simulated one",
        "Take a call over, greet, answer three turns, hand back, say one thing more. You should hear"
        " your greeting, your three answers word for word, and then the model, which sounds unlike"
        " them; every turn within 2 to 8 seconds, none of them silent or dropped.",
        (
            "clawctl takeover --next --say-first 'Hello.' --replies answers.txt",
            "clawctl simulate",
            "clawctl calls show last",
        ),
    ),
)

PARTS = (
    ("Steps", STEPS),
    ("Timing", TIMING),
    ("When something goes wrong", ERRORS),
    ("Finding out why", TROUBLE),
    ("A proof", PROOF),
)


def pages() -> dict[str, str]:
    lines = roff.head("clawctl-takeover", 7, "taking a live call over and handing it back")
    lines += [roff.section("Description"), *roff.paragraphs(ABOUT)]
    said = {row.key: str(row.default) for row in settings_table()}
    said["phone_patience"] = f"{PHONE_PATIENCE_S:g}"
    for title, rows in PARTS:
        lines += [roff.section(title), *_rows(rows, said)]
    lines += [roff.section("See also"), f"{roff.bold('clawctl-takeover')}(1),"]
    lines += [f"{roff.bold('clawctl-agent')}(7), {roff.bold('clawctl-http')}(7)"]
    return {"clawctl-takeover.7": roff.page(lines)}


def _rows(rows: Iterable[Row], said: dict[str, str]) -> list[str]:
    lines: list[str] = []
    for row in rows:
        term, text = (Template(part).substitute(said) for part in row[:2])
        lines += roff.items([(roff.bold(term), text)])
        lines += [".RS", ".PP", ".nf", *map(roff.bold, row.commands), ".fi", ".RE"]
    return lines
