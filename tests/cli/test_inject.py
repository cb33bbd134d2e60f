"""What becomes of a queued sentence, read off the events after it."""

import pytest

from clawctl.cli.inject import Fate
from clawctl.errors import ClawError, Conflict, NoSuch

SPOKEN = {"type": "agent.inject_spoken", "text": "Hi."}
CUT_SHORT = {**SPOKEN, "cut_short": True}
CLEARED = {"type": "agent.injects_cleared", "count": 2}
ENDED = {"type": "session.ended", "reason": "ttl"}
LOST = {"type": "events.dropped", "count": 1}


def fate(ahead, *events):
    """How often it was known, and what was wrong then."""
    known = []
    one = Fate(ahead, lambda: known.append("over"))
    for event in events:
        one.hear(event)
    return len(known), type(one.error)


@pytest.mark.parametrize(
    ("ahead", "events", "expected"),
    [
        (1, [], (0, type(None))),
        (1, [SPOKEN], (1, type(None))),
        (2, [SPOKEN], (0, type(None))),
        (2, [SPOKEN, SPOKEN], (1, type(None))),
        (1, [LOST, SPOKEN], (1, type(None))),
        (1, [CUT_SHORT], (1, ClawError)),
        (2, [CUT_SHORT, SPOKEN], (1, type(None))),
        (1, [CLEARED], (1, Conflict)),
        (2, [SPOKEN, CLEARED], (1, Conflict)),
        (1, [ENDED], (1, NoSuch)),
        (3, [SPOKEN, ENDED], (1, NoSuch)),
        (1, [SPOKEN, ENDED], (1, type(None))),
        (1, [SPOKEN, SPOKEN, CLEARED], (1, type(None))),
        (1, [CLEARED, SPOKEN, ENDED], (1, Conflict)),
    ],
)
def test_the_sentence_is_found_by_its_place_and_the_first_word_on_it_counts(
    ahead, events, expected
):
    assert fate(ahead, *events) == expected
