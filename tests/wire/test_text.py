"""Text from clients is cleaned once."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawctl.wire.text import safe_text


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  a \t b\n\nc ", "a b c"),
        ("it’s “fine” – really…", 'it\'s "fine" - really...'),
        ("nul\x00 bell\x07 esc\x1b[31m", "nul bell esc[31m"),
        ("u\u0308ber", "über"),
        ("zero\u200bwidth \ufeffbom", "zerowidth bom"),
        ("right\u202eto left", "rightto left"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
    ],
)
def test_it_is_plain(sent, kept):
    assert safe_text(sent) == kept


@given(st.text())
def test_it_is_done_after_once_and_holds_no_controls(text):
    clean = safe_text(text)

    assert safe_text(clean) == clean
    assert all(unicodedata.category(c)[0] != "C" or c == "\u200d" for c in clean)
