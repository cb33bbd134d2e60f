"""How events are told on a terminal."""

import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from clawctl.cli.asking import Asking
from clawctl.cli.output import Output
from clawctl.cli.tail import View, command
from clawctl.errors import NoSuch

NOW = datetime.now().astimezone().replace(hour=12, minute=0, second=0)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()
    view = View(Asking(Path("none"), None, None, Output(out=out)), "")

    def tell(*events):
        for event in events:
            view.show(event)
        return out.getvalue().splitlines()

    return tell


def event(at, **data):
    return {
        "type": "turn.complete", "timestamp": at.timestamp(), "session_id": "abcd1111-2222",
        "data": data, **data,
    }  # fmt: skip


def test_what_is_empty_is_left_out(told):
    assert told(event(NOW, model="echo", degraded="", turn=0, reply="Hello.")) == [
        "12:00:00  abcd1111  turn.complete  model echo, turn 0"
    ]


def test_another_day_is_told_once(told):
    day = NOW - timedelta(days=2)

    lines = told(event(day, turn=1), event(day, turn=2), event(NOW, turn=3))

    assert [line[:10].strip() for line in lines] == [
        day.strftime("%Y-%m-%d"), "12:00:00", "12:00:00", NOW.strftime("%Y-%m-%d"), "12:00:00",
    ]  # fmt: skip


def test_an_empty_id_is_no_call_and_not_all_of_them():
    with pytest.raises(NoSuch):
        command.main(["--call", "", "--url", "http://127.0.0.1:1"], standalone_mode=False)
