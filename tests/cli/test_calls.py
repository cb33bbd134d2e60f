"""Commands about calls and messages, against a gateway that answers as the manual says."""

import io
import json
import os
from datetime import datetime
from types import SimpleNamespace

import httpx2
import pytest
from click.testing import CliRunner

from clawctl.cli import calls, latency, messages, trace
from clawctl.cli.output import Output
from clawctl.cli.terminal import width
from clawctl.client import rest

AT = datetime(2026, 11, 20, 14, 0).timestamp()


def row(session_id, **fields):
    return {
        "session_id": session_id,
        "created_at": AT,
        "updated_at": AT + 65,
        "ended_at": AT + 65,
        "status": "ended",
        "end_reason": "hangup",
        "turn_count": 1,
        "line": "phone",
        "caller_number": "+15550142",
        "direction": "incoming",
        **fields,
    }


TURN = {
    "turn": 1,
    "timestamp": AT,
    "transcript": "=cmd|'/c calc'!A0",
    "reply": "\x1b[2JHello, there.",
    "model": "echo",
    "degraded": "",
    "status": "complete",
    "metrics": {},
    "no_words": "",
    "waterfall": {"recognised": 400.0, "first_sound": 1000.0},
    "engines": {"stt": "ears"},
    "spans": [
        {"span": "hear", "begin_ms": 0.0, "end_ms": 400.0, "engine": "ears"},
        {"span": "speak", "begin_ms": 400.0, "end_ms": 1000.0, "engine": ""},
    ],
}
SPANS = [{"span": "hear", "engine": "ears", "turns": 2, "p50": 450.0, "p95": 1450.2, "p99": 1450.2}]
ROWS = [row("abcd1111"), row("abcd2222", caller_number=""), row("beef3333")]
MESSAGE = {
    "id": "abcd1111-0",
    "session_id": "abcd1111",
    "caller_number": "+15550142",
    "taken_at": AT,
    "name": "Anna\x07",
    "number": "",
    "text": "Call me.",
    "confirmed": False,
    "done": False,
}


FIXED = {
    "/api/latency": {"turns": 2, "spans": SPANS},
    "/api/messages": {"messages": [MESSAGE], "unread": 1},
    "/api/messages/abcd1111-0/done": {"ok": True, "id": "abcd1111-0", "unread": 0},
}


class FakeGateway:
    """What a gateway answers; `asked` has what it was asked."""

    def __init__(self):
        self.asked = []
        self.gone = set()

    def handle(self, request):
        path, query = request.url.path, dict(request.url.params)
        self.asked.append((request.method, path, query))
        if path == "/api/sessions":
            return self._list(query)
        if path.startswith("/api/sessions/"):
            return self._one(request.method, path.rpartition("/")[2])
        if path == "/api/search":
            hit = {
                "session_id": "abcd1111",
                "turn": 1,
                "timestamp": AT,
                "caller_number": "+15550142",
                "said_by": "caller",
                "text": "a meeting",
                "snippet": "a \x02meeting\x03 on\x1b[31m Tuesday",
            }
            return ok({"hits": [hit] if query["q"] != "nothing" else [], "more": True})
        return ok(FIXED[path]) if path in FIXED else refused(404, "no such")

    def _list(self, query):
        rows = [one for one in ROWS if query.get("number") in {None, one["caller_number"]}]
        if query.get("before"):
            rows = rows[[one["session_id"] for one in rows].index(query["before"]) + 1 :]
        return ok(rows[: int(query["limit"])])

    def _one(self, method, sid):
        if "+" in sid or " " in sid:
            return refused(400, "session_id must be 1 to 128 characters of A-Z a-z 0-9 . _ -")
        found = [one for one in ROWS if one["session_id"] == sid]
        if not found:
            return refused(404, f"no call has the session id '{sid}'")
        if method == "DELETE":
            self.gone.add(sid)
            return ok({"ok": True, "session_id": sid})
        return ok({**found[0], "summary": "", "turns": [TURN]})


def ok(body):
    return httpx2.Response(200, json=body)


def refused(status, detail):
    return httpx2.Response(status, json={"ok": False, "detail": detail, "code": "x"})


@pytest.fixture
def gateway(monkeypatch):
    fake = FakeGateway()
    real = httpx2.Client

    def client(**options):
        return real(**options, transport=httpx2.MockTransport(fake.handle))

    monkeypatch.setattr(rest.httpx2, "Client", client)
    return fake


@pytest.fixture
def run(gateway):
    def invoke(command, *args, **options):
        return CliRunner().invoke(
            command, [*args, "--url", "http://127.0.0.1:1"], standalone_mode=False, **options
        )

    return invoke


def objects(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_list_off_a_terminal_is_an_object_a_line(run):
    listed = objects(run(calls.command, "list"))

    assert [one["session_id"] for one in listed] == ["abcd1111", "abcd2222", "beef3333"]


def test_a_list_asks_page_by_page_and_no_more_than_it_shows(run, gateway, monkeypatch):
    monkeypatch.setattr(calls, "PAGE", 1)

    listed = objects(run(calls.command, "list", "--limit", "2", "--number", "+15550142"))

    assert [one["session_id"] for one in listed] == ["abcd1111", "beef3333"]
    assert [query for _, _, query in gateway.asked] == [
        {"number": "+15550142", "limit": "1"},
        {"number": "+15550142", "limit": "1", "before": "abcd1111"},
    ]


@pytest.mark.parametrize(
    ("sid", "shown"), [("beef3333", "beef3333"), ("beef", "beef3333"), ("last", "abcd1111")]
)
def test_a_call_is_found_by_what_is_enough(run, sid, shown):
    assert objects(run(calls.command, "show", sid))[0]["session_id"] == shown


def test_what_may_be_several_is_refused_with_their_names(run):
    result = run(calls.command, "show", "abcd")

    assert "abcd1111, abcd2222" in str(result.exception)
    assert result.exception.exit_code == 2


def test_an_unknown_call_is_exit_5(run):
    assert run(calls.command, "show", "zzzz").exception.exit_code == 5


@pytest.mark.parametrize(
    ("sid", "told"),
    [
        ("", "an empty id is that of no call"),
        ("be", "no call has the id 'be' (its first 4 letters are enough, but needed)"),
        ("../etc", "no call has the id '../etc'; 'clawctl calls list' has them"),
    ],
)
def test_an_id_of_no_call_is_told_with_what_would_be_one(run, sid, told):
    assert told in str(run(calls.command, "show", sid).exception)


def test_nothing_found_is_no_failure(run):
    result = run(calls.command, "search", "nothing")

    assert (result.exit_code, result.stdout, result.stderr) == (
        0, "", "Nothing like that was said.\n",
    )  # fmt: skip


def test_a_transcript_steers_no_terminal():
    call = {**ROWS[0], "end_reason": "\x1b[2J", "turns": [{**TURN, "degraded": "\x9b"}]}

    lines = [line for line, _ in calls.transcript(call)]

    assert lines[2] == "14:00:00  assistant  \\x1b[2JHello, there.  (\\x9b failed)"
    assert lines[3] == "\\x1b[2J, 1 turns"


def test_off_a_terminal_nothing_is_forgotten_without_a_yes(run, gateway):
    result = run(calls.command, "forget", "abcd1111")

    assert "--yes" in result.exception.message
    assert gateway.gone == set()


def test_a_number_is_forgotten_with_all_its_calls(run, gateway):
    result = run(calls.command, "forget", "+15550142", "--yes")

    assert result.exit_code == 0
    assert gateway.gone == {"abcd1111", "beef3333"}
    assert objects(result)[0]["calls"] == ["abcd1111", "beef3333"]


class TestExport:
    def test_to_standard_output_an_object_a_line_oldest_first(self, run):
        exported = objects(run(calls.command, "export", "--all"))

        assert [one["session_id"] for one in exported] == ["beef3333", "abcd2222", "abcd1111"]

    def test_as_one_list(self, run):
        result = run(calls.command, "export", "--all", "--format", "json")

        assert len(json.loads(result.stdout)) == 3

    def test_a_caller_puts_no_formula_into_a_table(self, run):
        result = run(calls.command, "export", "abcd1111", "--format", "csv")

        lines = result.stdout.splitlines()
        assert lines[0].startswith("session_id,began,number")
        assert "'=cmd|" in lines[1]
        assert "+15550142" in lines[1]
        assert len(lines) == 3

    def test_to_a_private_file_that_is_whole(self, run, tmp_path):
        target = tmp_path / "calls.txt"

        result = run(calls.command, "export", "--all", "--format", "text", "-o", str(target))

        assert result.exit_code == 0
        assert target.stat().st_mode & 0o777 == 0o600
        assert target.read_text().count("caller") == 3
        assert [one.name for one in tmp_path.iterdir()] == ["calls.txt"]

    def test_what_is_there_is_kept_without_force(self, run, tmp_path):
        target = tmp_path / "calls.txt"
        target.write_text("mine")

        result = run(calls.command, "export", "--all", "-o", str(target))

        assert result.exception.exit_code == 6
        assert "--force" in str(result.exception)
        assert target.read_text() == "mine"
        assert run(calls.command, "export", "--all", "-o", str(target), "--force").exit_code == 0

    @pytest.mark.parametrize("which", [[], ["abcd1111", "--all"]])
    def test_which_calls_must_be_clear(self, run, which):
        assert run(calls.command, "export", *which).exception.exit_code == 2

    def test_an_unknown_call_leaves_no_file(self, run, tmp_path):
        result = run(calls.command, "export", "zzzz", "-o", str(tmp_path / "x"))

        assert result.exception.exit_code == 5
        assert list(tmp_path.iterdir()) == []

    def test_a_pipe_is_written_to_and_stays_a_pipe(self, run, tmp_path):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

        assert run(calls.command, "export", "abcd1111", "-o", str(pipe)).exit_code == 0

        with os.fdopen(reader) as read:
            assert json.loads(read.read())["session_id"] == "abcd1111"
        assert pipe.is_fifo()

    def test_a_place_that_cannot_be_written_is_a_sentence(self, run, tmp_path):
        result = run(calls.command, "export", "--all", "-o", str(tmp_path / "no" / "x"))

        assert "cannot be written: No such file or directory" in str(result.exception)


class TestMessages:
    def test_are_listed(self, run, gateway):
        assert objects(run(messages.command, "list")) == [MESSAGE]
        assert gateway.asked[-1][2] == {"state": "open"}

    @pytest.mark.parametrize("typed", ["abcd1111-0"])
    def test_are_done_by_their_id(self, run, gateway, typed):
        assert run(messages.command, "done", typed).return_value == 0
        assert gateway.asked[-1][:2] == ("POST", "/api/messages/abcd1111-0/done")

    def test_each_is_tried(self, run):
        result = run(messages.command, "done", "unknown", "abcd1111-0")

        assert result.return_value == 5
        assert "'unknown'" in result.stderr
        assert objects(result) == [{"event": "done", "id": "abcd1111-0"}]

    @pytest.mark.parametrize("which", [[], ["abcd1111-0", "--all"]])
    def test_which_are_done_must_be_clear(self, run, which):
        assert run(messages.command, "done", *which).exception.exit_code == 2


def test_a_trace_draws_each_span_behind_the_one_before():
    assert trace.drawn(TURN["spans"]) == [
        ("  hear", "█" * 16 + "·" * 24, "400 ms", "ears"),
        ("  speak", "·" * 16 + "█" * 24, "600 ms", ""),
    ]


def test_a_span_of_no_time_is_seen_all_the_same():
    spans = [
        {"span": "hear", "begin_ms": 0.0, "end_ms": 900.0, "engine": ""},
        {"span": "record", "begin_ms": 900.0, "end_ms": 900.0, "engine": ""},
    ]
    assert trace.drawn(spans)[1] == ("  record", "·" * 39 + "█", "0 ms", "")
    assert trace.drawn([dict(spans[1], end_ms=0.0, begin_ms=0.0)])[0][1] == "█" + "·" * 39


def test_a_trace_off_a_terminal_is_an_object_a_turn(run):
    (turn,) = objects(run(trace.command, "beef3333:1"))

    assert turn["waterfall"]["first_sound"] == 1000.0


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_trace_fits_a_narrow_terminal_and_steers_none(monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    shown = Terminal()
    ask = SimpleNamespace(output=Output(out=shown))
    trace._draw(ask, {**TURN, "transcript": "One\nturn 2 \x1b[2J " + "電話" * 40})

    lines = shown.getvalue().splitlines()
    assert lines[0].endswith("turn 1  One turn 2 \\x1b[2J 電話電話電話電話電話電…\x1b[0m")
    assert max(map(width, lines[1:-1])) <= 50
    assert lines[1].split() == ["hear", "█" * 6 + "·" * 8, "400", "ms", "ears"]


def test_a_turn_of_before_there_were_marks_was_not_measured(monkeypatch):
    shown = Terminal()
    ask = SimpleNamespace(output=Output(out=shown))
    trace._draw(ask, {**TURN, "waterfall": {}, "spans": []})

    assert "(it was not measured)" in shown.getvalue()


@pytest.mark.parametrize(
    ("what", "failure"),
    [
        ("beef3333:" + "9" * 5000, "this call has no turn 9"),
        ("beef3333:٣", "a turn is named by its number"),
        ("beef3333:9", "this call has no turn 9"),
        ("beef3333:x", "a turn is named by its number, such as beef3333:3"),
        ("nope", "no call has the id"),
        ("", "an empty id"),
    ],
)
def test_a_trace_of_what_is_not_there_says_so(run, what, failure):
    assert failure in str(run(trace.command, what).exception)


def test_latency_off_a_terminal_is_one_object(run):
    assert objects(run(latency.command))[0]["spans"] == SPANS
