"""Which numbers are dialled."""

import pytest

from clawctl.call.dialling import NoPhone, dialable
from clawctl.config.schema import PhoneSettings
from clawctl.errors import BadInput, Forbidden, NoHandset


@pytest.mark.parametrize(
    ("number", "dialled"),
    [
        ("+49 30 1234567", "+49301234567"),
        ("(030) 123-45.67", "0301234567"),
        ("0049301234567", "+49301234567"),
        ("12", "12"),
        ("+" + "1" * 20, "+" + "1" * 20),
    ],
)
def test_separators_are_left_out(number, dialled):
    assert dialable(number, PhoneSettings()) == dialled


@pytest.mark.parametrize(
    "number",
    [
        "",
        "1",
        "1" * 21,
        "++49",
        "49+30",
        "abc",
        "٣٤٥٦",
        "12;rm -rf",
        "12,34",
        "tel:12",
        "112,",
        "+0301",
    ],
)
def test_what_is_no_number_is_refused(number):
    with pytest.raises(BadInput, match="2 to 20 digits"):
        dialable(number, PhoneSettings())


def test_codes_are_dialled_only_where_the_owner_allows_them():
    with pytest.raises(BadInput, match="dial_allow_mmi"):
        dialable("*21*123#", PhoneSettings())

    assert dialable("*21*123#", PhoneSettings(dial_allow_mmi=True)) == "*21*123#"


@pytest.mark.parametrize("number", ["112", "1 1 0", "(911)", "+112"])
def test_emergency_calls_are_refused_unless_the_owner_empties_the_list(number):
    with pytest.raises(Forbidden, match="dial_blocklist"):
        dialable(number, PhoneSettings())

    assert dialable(number, PhoneSettings(dial_blocklist=()))


@pytest.mark.parametrize(
    "number", ["000", "00112", "0000112", "+00112", "0112", "++112", "+49112", "0049 110", "+1911"]
)
def test_they_are_refused_however_they_are_spelled(number):
    with pytest.raises(Forbidden, match="dial_blocklist"):
        dialable(number, PhoneSettings())


@pytest.mark.parametrize(
    "number", ["112#", "*112", "*31#112", "#31#112", "*31#0049112", "*21*112#", "**21*112*11#"]
)
def test_no_service_code_leads_to_them(number):
    with pytest.raises(Forbidden, match="dial_blocklist"):
        dialable(number, PhoneSettings(dial_allow_mmi=True))


@pytest.mark.parametrize("number", ["*111#", "*100#", "*31#030112", "4911", "+49301911", "030110"])
def test_what_only_looks_like_one_is_dialled(number):
    assert dialable(number, PhoneSettings(dial_allow_mmi=True)) == number


@pytest.mark.parametrize("number", ["+", "1", "+00", "+49*1", "12,*"])
def test_codes_allow_nothing_that_is_neither_code_nor_number(number):
    with pytest.raises(BadInput, match="2 to 20 digits"):
        dialable(number, PhoneSettings(dial_allow_mmi=True))


def test_an_allowlist_narrows():
    policy = PhoneSettings(dial_allowlist=("+49 30 1",))

    assert dialable("0049301", policy) == "+49301"
    with pytest.raises(Forbidden, match="dial_allowlist"):
        dialable("+49302", policy)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (NoPhone().dial, "dial"),
        (NoPhone().hang_up, "hang up"),
        (NoPhone().answer, "answer"),
        (NoPhone().reject, "reject a call"),
        (NoPhone().mute, "be muted"),
    ],
)
async def test_without_a_phone_nothing_is_done(asked, says, autojump_clock):
    argument = {"dial": ["+49301"], "be muted": [True]}.get(says, [])
    with pytest.raises(NoHandset, match=f"no phone is connected that could {says}"):
        await asked(*argument)
