"""The log: names that are known, a file of its own, opened anew when it was moved away."""

import ast
import json
from pathlib import Path

import pytest
import structlog

from clawctl import log
from clawctl.config.schema import LogSettings
from clawctl.errors import CannotStart

LEVELS = {"debug", "info", "warning", "error", "exception"}


@pytest.fixture(autouse=True)
def as_before():
    former = structlog.get_config()
    yield
    log.configure(LogSettings())
    structlog.configure(**former)


def names():
    """Every name the code gives to an event."""
    for path in Path(log.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="log"), attr=level),
                    args=[ast.Constant(value=str(name)), *_],
                ) if level in LEVELS:
                    yield name


def test_every_name_is_explained_and_none_that_is_not_used():
    assert sorted(set(names())) == sorted(log.EVENTS)


def test_a_file_is_private_and_holds_an_event_a_line(tmp_path):
    path = tmp_path / "log"
    log.configure(LogSettings(log_file=str(path)))

    structlog.get_logger().info("call.started", session="s")
    structlog.get_logger().debug("request")

    told = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(one["event"], one["session"], one["level"]) for one in told] == [
        ("call.started", "s", "info")
    ]
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_a_stranger_says_steers_no_terminal(tmp_path):
    path = tmp_path / "log"
    log.configure(LogSettings(log_file=str(path), log_format="console"))

    structlog.get_logger().info("phone.absent", why="gone\x1b[2J\x07")

    assert "why='gone\\x1b[2J\\x07'" in path.read_text()


def test_a_file_that_was_moved_away_is_made_anew(tmp_path):
    path, settings = tmp_path / "log", LogSettings(log_file=str(tmp_path / "log"))
    log.configure(settings)
    logger = structlog.get_logger()
    logger.info("call.started")
    path.rename(tmp_path / "log.1")

    log.configure(settings)
    logger.info("call.ended")

    assert "call.ended" in path.read_text()
    assert "call.ended" not in (tmp_path / "log.1").read_text()


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(CannotStart, match="cannot be written: Is a directory"):
        log.configure(LogSettings(log_file=str(tmp_path)))
