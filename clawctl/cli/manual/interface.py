"""Section 7: exit codes, the HTTP interface with its events, and the agent protocol."""

import inspect
import re
import types
import typing
from collections.abc import Iterator
from typing import Any, cast

import msgspec
from quart import Blueprint, Quart

from clawctl import errors
from clawctl.agents import routes as agents
from clawctl.agents.commands import ROWS
from clawctl.cli.manual import roff
from clawctl.config.values import allowed
from clawctl.errors import ClawError
from clawctl.lines.phone import routes as phone
from clawctl.log import EVENTS
from clawctl.web.app import rooms
from clawctl.wire import agent as wire
from clawctl.wire.events import Event, kinds

EXIT_CODES = {
    0: "It went well.",
    1: "It failed; the sentence on standard error says why and what to try.",
    2: "The command line, or what was sent, cannot be understood.",
    3: "No gateway answers where one was expected.",
    4: "Not allowed: a token is missing or wrong, or it cannot be asked from here.",
    5: "There is no such call, message, setting or number.",
    6: "It stands against what is: a gateway that runs already, a file that is there, a live call.",
    7: "It took too long.",
    10: "dial --wait: not answered; the phone does not tell busy, refused and away apart.",
    14: "The line is down: there is no phone, or it does not do what it is asked.",
    130: "Interrupted.",
}
HTTP = """\
A gateway listens on two ports of the loopback address: the owner's door with everything below, and the phone's own
with what is marked so. Bodies and answers are JSON, but for the phone's turns (multipart/form-data) and what is said
otherwise. A request whose Host is no loopback name, or whose Origin is another page's, is answered 403.

The phone's doors ask for bearer_token. The others ask for agent_token, if it is set: as 'Authorization: Bearer', or as
the cookie that POST /api/login gives. A refusal is {"ok": false, "detail": a sentence, "code": for programs} with a
status of 4xx or 5xx. Where a session id is expected, _active stands for the live call in which something happened
last. Times are seconds since the epoch."""
ABOUT_EVENTS = """\
An event is {"type", "seq", "timestamp", "session_id", "data": {...}}, the keys of data repeated beside it. seq grows by
one and is kept over restarts; a gap means that the gateway was killed. /ws/events?after=SEQ replays what was missed,
then goes on live; ?type= and ?session_id= narrow it, and 'turn.*' is a family."""
AGENT = """\
A program connects to the WebSocket /api/agent/ws (with agent_token as bearer, if it is set), receives every event of
clawctl-http(7), and sends the messages below as JSON objects. A message may carry an id; its ack, whose type is that of
the message with .ack behind, repeats it. Every ack has ok, and error and code when that is false. What is no message is
answered {"type": "error", "ok": false, "error"} and closes nothing. Messages are obeyed one at a time, in order.

An agent that took a call over gets a turn.request for every turn of the caller and answers with {"reply",
"request_id"}. If it does not within answer_within_s, the reply model answers that turn and the takeover stays. When its
socket closes, its calls go back to the reply model at once. The last agent to take a call over has it; the one before
gets takeover.revoked."""

LOG = """\
One event a line, with a name that never changes: on a terminal to read, elsewhere as JSON (log_format). It goes to
standard error, or to log_file, which SIGHUP opens anew; log_level is the least level that is written. What a caller
said, numbers, passphrases, tokens and keys are never in it. What 'clawctl serve' itself says, where it listens and that
it stops, is on standard output, as JSON lines when that is no terminal; 'clawctl serve --detach' sends both to
serve.log in data_dir."""


def pages() -> dict[str, str]:
    return {
        "clawctl-exit-codes.7": _exit_codes(),
        "clawctl-http.7": _http(),
        "clawctl-agent.7": _agent(),
        "clawctl-log.7": _log(),
    }


def _exit_codes() -> str:
    lines = roff.head("clawctl-exit-codes", 7, "what the exit status of clawctl means")
    codes = [(roff.bold(str(code)), meaning) for code, meaning in EXIT_CODES.items()]
    lines += [roff.section("Exit status"), *roff.items(codes)]
    lines += [roff.section("Errors"), *roff.paragraphs(
        "What programs find as code in a refusal, with its HTTP status and the exit status it has."
    )]  # fmt: skip
    lines += roff.items(
        (roff.bold(kind.code), f"{kind.status}, exit {kind.exit_code}. {_doc(kind)}")
        for kind in _errors()
    )
    return roff.page(lines)


def _errors() -> list[type[ClawError]]:
    found = [one for one in vars(errors).values() if isinstance(one, type)]
    return sorted((k for k in found if issubclass(k, ClawError)), key=lambda k: k.code)


def _http() -> str:
    lines = roff.head("clawctl-http", 7, "the HTTP interface and the events of the gateway")
    lines += [roff.section("Description"), *roff.paragraphs(HTTP)]
    phones = {(method, rule) for method, rule, _ in doors(phone_blueprint())}
    lines += [roff.section("Doors")]
    for method, rule, about in doors(*every_blueprint()):
        mark = " (The phone's door too.)" if (method, rule) in phones else ""
        lines += roff.items([(roff.bold(f"{method} {rule}"), about + mark)])
    lines += [roff.section("Events"), *roff.paragraphs(ABOUT_EVENTS)]
    lines += roff.items(
        (f"{roff.bold(kind.type)} {roff.italic(' '.join(_fields(kind)))}", _doc(kind))
        for kind in sorted(kinds(Event), key=lambda kind: kind.type)
    )
    lines += [roff.section("See also"), f"{roff.bold('clawctl-agent')}(7)"]
    return roff.page(lines)


def _agent() -> str:
    lines = roff.head("clawctl-agent", 7, "the protocol of agents on their WebSocket")
    lines += [roff.section("Description"), *roff.paragraphs(AGENT), roff.section("Messages")]
    for row in ROWS.values():
        about = f"{_doc(row.message)} Answered by {row.answer or row.tag + '.ack'}."
        lines += roff.items([(roff.bold(row.tag), about)])
        lines += [".RS", *roff.items(_typed(row.message)), ".RE"]
    lines += [roff.section("Requests")]
    lines += roff.items([(roff.bold("turn.request"), _doc(wire.TurnRequest))])
    lines += [".RS", *roff.items(_typed(wire.TurnRequest)), ".RE"]
    guide, http = roff.bold("clawctl-takeover"), roff.bold("clawctl-http")
    lines += [roff.section("See also"), f"{guide}(7), {http}(7)"]
    return roff.page(lines)


def _log() -> str:
    lines = roff.head("clawctl-log", 7, "what stands in the log of the gateway")
    lines += [roff.section("Description"), *roff.paragraphs(LOG), roff.section("Events")]
    lines += roff.items(
        (roff.bold(name), meaning.replace("`", "")) for name, meaning in EVENTS.items()
    )
    return roff.page(lines)


def _typed(shape: type[msgspec.Struct]) -> Iterator[tuple[str, str]]:
    hints = typing.get_type_hints(shape, include_extras=True)
    for one in msgspec.structs.fields(shape):
        if one.name == "id" and one.default is None:
            continue
        needed = (
            "required" if one.required else f"default {msgspec.json.encode(one.default).decode()}"
        )
        kind = allowed(_bare(hints[one.name]))
        yield roff.italic(one.encode_name), f"{kind}; {needed}"


def _bare(hint: Any) -> Any:
    """Without the None of what may be left out."""
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        kept = [one for one in typing.get_args(hint) if one is not type(None)]
        return kept[0] if len(kept) == 1 else hint
    return hint


def _fields(kind: type[Event]) -> list[str]:
    return [one.name for one in msgspec.structs.fields(kind) if one.name != "session_id"]


def doors(*blueprints: Blueprint) -> list[tuple[str, str, str]]:
    """Method, rule and meaning of every door, as the application has them."""
    app = Quart("manual", static_folder=None)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    found = []
    for rule in app.url_map.iter_rules():
        about = _doc(app.view_functions[rule.endpoint])
        methods = {"WS"} if rule.websocket else (rule.methods or set()) - {"HEAD", "OPTIONS"}
        found += [(method, _written(rule.rule), about) for method in methods]
    return sorted(found, key=lambda door: (door[1], door[0]))


def _written(rule: str) -> str:
    """As people write it: `/api/config/tts|llm`, `/api/caller-history/<number>`."""
    choices = re.sub(r"<any\(([^)]*)\):\w+>", lambda any_: any_[1].replace(", ", "|"), rule)
    return re.sub(r"<\w+:(\w+)>", r"<\1>", choices)


def every_blueprint() -> list[Blueprint]:
    """All rooms of the owner's door, with nobody behind them: only their rules are looked at."""
    nobody = cast(Any, Nobody())
    return [*rooms(nobody), agents.routes(nobody, nobody, nobody), phone_blueprint()]


def phone_blueprint() -> Blueprint:
    nobody = cast(Any, Nobody())
    return phone.routes(nobody, nobody, nobody, nobody, nobody, main=False)


class Nobody:
    """Stands where a gateway would; asked for anything it has nobody to offer."""

    def __getattr__(self, _: str) -> "Nobody":
        return self

    def __call__(self, *_: object) -> "Nobody":
        return self


def _doc(of: Any) -> str:
    """The first paragraph of a docstring, less what is for those who read the code."""
    return " ".join((inspect.getdoc(of) or "").partition("\n\n")[0].replace("`", "").split())
