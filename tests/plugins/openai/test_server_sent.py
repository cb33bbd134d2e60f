"""Server-sent events, however their bytes are cut."""

import pytest

from clawctl_plugins.openai.server_sent import MOST_BYTES, Endless, Events

STREAM = b": hello\r\nevent: x\r\ndata: one\r\ndata:two\r\n\r\nid: 5\n\ndata:  three\n\ndata: cut"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_events_are_the_same_however_they_are_cut(size):
    events = Events()
    parts = [STREAM[at : at + size] for at in range(0, len(STREAM), size)]
    assert [data for part in parts for data in events.feed(part)] == [b"one\ntwo", b" three"]


@pytest.mark.parametrize("line", [b"data: ", b": ", b""])
def test_a_line_without_end_is_told(line):
    with pytest.raises(Endless):
        list(Events().feed(line + b"a" * (MOST_BYTES + 1)))


def test_an_event_of_many_lines_ends_somewhere():
    with pytest.raises(Endless):
        list(Events().feed(b"data: a\n" * MOST_BYTES))


def test_many_events_are_not_one_long_one():
    assert len(list(Events().feed(b"data: a\n\n" * 300_000))) == 300_000
