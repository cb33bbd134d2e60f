"""How the rounds are told to people and to programs."""

import io
import json
import sys

import pytest

from clawctl.cli.doctor.check import Result
from clawctl.cli.doctor.view import View
from clawctl.cli.output import Output

RESULTS = [
    Result(group="store", name="data_dir", state="ok", why="/data", fixed="made /data"),
    Result(group="store", name="room", state="warning", why="99 MB are free", mend="du -h"),
    Result(group="phone", name="adb", state="skipped", why="not configured"),
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(out: io.StringIO) -> str:
    view = View(Output(out=out))
    for result in RESULTS:
        view.tell(result)
    view.conclude(RESULTS, good=True)
    return out.getvalue()


def test_people_read_a_line_a_check_under_its_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    assert told(Terminal()).splitlines() == [
        "store",
        "  ok       data_dir       (made /data) /data",
        "  warning  room           99 MB are free -> du -h",
        "phone",
        "  skipped  adb            not configured",
        "",
        "1 ok, 1 warning, 1 skipped.",
    ]


def test_programs_read_one_object() -> None:
    written = told(io.StringIO())

    assert written.count("\n") == 1
    assert json.loads(written) == {
        "ok": True,
        "checks": [
            {
                "group": "store",
                "name": "data_dir",
                "state": "ok",
                "why": "/data",
                "mend": "",
                "fixed": "made /data",
            },
            {
                "group": "store",
                "name": "room",
                "state": "warning",
                "why": "99 MB are free",
                "mend": "du -h",
                "fixed": "",
            },
            {
                "group": "phone",
                "name": "adb",
                "state": "skipped",
                "why": "not configured",
                "mend": "",
                "fixed": "",
            },
        ],
    }


def test_what_is_being_checked_is_shown_on_a_terminal_until_the_next_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown, piped = Terminal(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    view = View(Output(out=io.StringIO()))
    view.begin("room")
    view.tell(RESULTS[1])
    monkeypatch.setattr(sys, "stderr", piped)
    view.begin("room")

    assert shown.getvalue() == "\r\x1b[K  room ...\r\x1b[K"
    assert piped.getvalue() == ""
