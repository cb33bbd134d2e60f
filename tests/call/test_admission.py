"""Numbers are compared after they were made comparable."""

import pytest

from clawctl.call.admission import normalise


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("+49 30 1234", "+49301234"),
        ("0049 30/1234", "+49301234"),
        ("(030) 12-34.5", "03012345"),
        ("", ""),
        ("  ", ""),
        ("+1\t555", "+1555"),
    ],
)
def test_normalise(written, compared):
    assert normalise(written) == compared
