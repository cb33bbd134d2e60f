"""The passphrase: what opens the gate, and what must not be seen of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawctl.call.gate import WITHHELD, opens, withhold, words


@pytest.mark.parametrize(
    "said", ["blue harvest", "Blue Harvest", "blue, harvest!", "the passphrase is blue harvest"]
)
def test_it_opens_to(said):
    assert opens("Blue harvest", said)


@pytest.mark.parametrize("said", ["", "blue", "harvest blue", "blue big harvest", "blau"])
def test_it_stays_closed_to(said):
    assert not opens("Blue harvest", said)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("it is blue harvest, thanks", f"it is {WITHHELD}, thanks"),
        ("BLUE-HARVEST", WITHHELD),
        ("blue harvest blue harvest", f"{WITHHELD} {WITHHELD}"),
        ("nothing here", "nothing here"),
    ],
)
def test_it_is_withheld(text, shown):
    assert withhold("blue harvest", text) == shown


@given(st.text(), st.text(min_size=1), st.text())
def test_nothing_withheld_can_be_read(before, secret, after):
    if words(secret) and words(secret) not in words(WITHHELD):
        assert not opens(secret, withhold(secret, before + secret + after))
