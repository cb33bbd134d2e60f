"""What an operator reads: events, the call as it is, what is waited for."""

from collections.abc import Callable, Iterator
from math import inf
from textwrap import fill
from typing import TYPE_CHECKING, Any, TypeAlias

from clawctl.cli.desk.steps import Say
from clawctl.cli.terminal import harmless, span
from clawctl.client.events import Event

if TYPE_CHECKING:
    from clawctl.cli.desk.sitting import Sitting

# A screen on which nothing has to be broken, and one on which nothing can.
WIDE, NARROW = 1_000_000, 30
# Of the conversation before us so much is shown.
SO_FAR = 10

AGAIN = "Ctrl-C once more hands the call back and leaves."
AGAIN_WATCHING = "Ctrl-C once more leaves."
HANDED_BACK = "Handed back: the reply model answers."
HELD = "The draft waits for you; an empty line sends it."
INJECTABLE = "/inject says it at the next turn"
KEPT = "your next answer; /inject says it before"
NEXT_TURN = "said when the caller speaks next"
NO_QUICK = "There are no quick replies; --quick FILE brings them, one a line."
OFFERED = f"too late, the turn was answered without you; {INJECTABLE}"
ONLY_WATCHING = "you only watch; /drive lets you answer, /inject TEXT says it all the same"
QUEUED = "too late for that turn; it is said at the next"

WAITS = "The gateway is away; this waits until it is there again, for half a minute at most."

MODES = {
    "watch": "You watch; the reply model answers.",
    "drive": "You answer: what you type is said.",
    "draft": "You answer; the reply model proposes.",
    "approve": "The reply model's proposals are said by themselves unless you stop them.",
}
HELP = (
    "Type what is to be said, and Enter; before the caller speaks: the next answer.",
    "A proposal stands where you type: send it, change it, or write another.",
    "In approve mode changing it, or Ctrl-C, stops it from being said by itself.",
    "What comes too late is kept: /inject says it at the caller's next turn.",
    "",
)
ENDINGS = {
    "hangup": "it was hung up",
    "rejected": "the caller was turned away",
    "ended": "the session was ended",
    "ttl": "nothing was heard of it any more",
}


def line(say: Say, across: int = WIDE) -> str:
    """As it stands on a screen of so many columns; what callers say steers no terminal."""
    head = f"{harmless(say.who):9}  " if say.who else ""
    return fill(
        harmless(say.text), max(across, NARROW), initial_indent=head,
        subsequent_indent=" " * len(head),
    ) or head.rstrip()  # fmt: skip


def caller(transcript: str) -> Say:
    return Say("caller", transcript or "(nothing that was understood)", "loud")


# events


def told(event: Event, name: str, *, holding: bool) -> Iterator[Say]:
    """What is to be shown of an event; `name` is ours."""
    if event["type"] == "turn.reply":
        yield _reply(event, holding=holding)
    elif (tell := TOLD.get(event["type"])) and (said := tell(event, name)):
        yield said


def _reply(event: Event, *, holding: bool) -> Say:
    ours = {"agent": "you" if holding else "agent", "inject": "inject", "filler": "filler"}
    return Say(ours.get(event["model"], "assistant"), event["reply"], "good")


def _ended(event: Event, _: str) -> Say:
    why = ENDINGS.get(event.get("reason", ""), "")
    return Say("", f"The call is over: {why}." if why else "The call is over.", "loud")


def _instructed(event: Event, _: str) -> Say:
    who = "whisper" if event["scope"] == "turn" else "instruct"
    return Say(who, event["text"] or "(taken back)", "dim")


def _agent(event: Event) -> str:
    return str(event.get("agent") or "an agent")


def _taken(event: Event, name: str) -> Say | None:
    """What we do ourselves is said when it is done."""
    who = _agent(event)
    return Say("", f"{who} answers this call.", "loud") if who != name else None


def _released(event: Event, name: str) -> Say | None:
    who = _agent(event)
    return Say("", f"{who} no longer answers this call.", "dim") if who != name else None


Tell: TypeAlias = Callable[[Event, str], Say | None]

TOLD: dict[str, Tell] = {
    "session.resumed": lambda _, __: Say("", "The call goes on after a silence.", "dim"),
    "session.reset": lambda _, __: Say("", "The conversation starts afresh.", "dim"),
    "session.ended": _ended,
    "turn.error": lambda e, _: Say("trouble", e.get("detail", ""), "bad"),
    "turn.caller_rejected": lambda e, _: Say("rejected", e.get("reason", ""), "bad"),
    "turn.authenticated": lambda _, __: Say("", "The caller knows the passphrase.", "dim"),
    "turn.auth_failed": lambda _, __: Say("", "That was not the passphrase.", "dim"),
    "call.message": lambda e, _: Say("message", e.get("text", ""), "loud"),
    "instructions.updated": _instructed,
    "agent.inject": lambda e, _: Say("queued", e.get("text", ""), "dim"),
    "agent.injects_cleared": lambda _, __: Say("", "Nothing is queued any more.", "dim"),
    "agent.context_injected": lambda e, _: Say("context", e.get("context", ""), "dim"),
    "agent.context_cleared": lambda _, __: Say("context", "(taken away)", "dim"),
    "agent.takeover": _taken,
    "agent.release": _released,
    "events.dropped": lambda e, _: Say("lost", f"{e.get('count', 0)} events", "bad"),
}


# the call as it is


def arrival(state: dict[str, Any], now: float) -> Iterator[Say]:
    """Who calls, since when, and what was said; `now` is seconds since the epoch."""
    way = f", {state['direction']}" if state.get("direction") else ""
    since = state.get("created_at") or now
    lasted = span(max(0.0, now - since))
    yield Say("call", f"{number(state)}{way}, for {lasted}, {state['session_id'][:12]}", "loud")
    if summary := state.get("summary"):
        yield Say("before", summary, "dim")
    yield from history(state, SO_FAR)


def history(state: dict[str, Any], last: int = 0) -> Iterator[Say]:
    """What was said; only the `last` lines, if that is not 0."""
    lines = state["history"]
    if last and len(lines) > last:
        yield Say("", f"({len(lines) - last} lines before: /history)", "dim")
    for one in lines[-last:]:
        who = "caller" if one["role"] == "user" else one["role"]
        yield Say(who, one["content"], "loud" if who == "caller" else "good")
    if not lines:
        yield Say("", "Nothing was said yet.", "dim")


def context(state: dict[str, Any]) -> Iterator[Say]:
    yield Say("context", state.get("knowledge") or "(the model was told nothing for this call)")


def situation(state: dict[str, Any]) -> Iterator[Say]:
    """Who answers, by which instructions, and what is queued."""
    holder = state.get("takeover") or {}
    yield Say("answers", holder.get("name", "") or "the reply model")
    yield Say("turns", str(state["turn_count"]))
    for layer, text in state["instructions"].items():
        if text:
            yield Say(layer.removeprefix("pending_"), text, "dim")
    for text in state.get("injects", []):
        yield Say("queued", text, "dim")


LOOKS: dict[str, Callable[[dict[str, Any]], Iterator[Say]]] = {
    "history": history,
    "state": situation,
    "context": context,
}


def number(state: dict[str, Any]) -> str:
    return harmless(state.get("caller_number") or "") or "hidden number"


# what is waited for


def prompt(sitting: "Sitting") -> str:
    return "answer> " if sitting.question else f"{sitting.mode}> "


def bar(sitting: "Sitting", now: float, *, away: bool = False) -> str:
    """The line at the bottom: mode, caller, and what is waited for or kept."""
    parts = [sitting.mode, sitting.number or "hidden number", _waiting(sitting, now)]
    if away:
        parts[-1] = "connection lost, trying again"
    if sitting.kept:
        parts.append(f"{len(sitting.kept)} kept")
    if sitting.offered:
        parts.append(f"{len(sitting.offered)} too late: /inject")
    return " · ".join(parts)


def _waiting(sitting: "Sitting", now: float) -> str:
    question = sitting.question
    if question is None:
        return "/help"
    left = f"{max(0.0, question.until - now):.0f} s left"
    if question.filled:
        left += ", for the next turn"
    if question.said_at == inf:
        return left
    return f"draft is said in {max(0.0, question.said_at - now):.0f} s, Ctrl-C stops it"
