import pytest

from clawctl.lines.phone.adb_request import Listed, listed
from clawctl.lines.phone.driver import Device


def test_a_list_of_phones_is_read_as_every_server_writes_it() -> None:
    block = (
        b"2A031FDH2000XX         device usb:1-1 product:lynx model:Pixel_7a device:lynx"
        b" transport_id:3\n"
        b"127.0.0.1:6001         offline transport_id:4\n"
        b"B2                     unauthorized usb:2-1 transport_id:5\n"
    )

    assert list(listed(block)) == [
        Listed(Device("2A031FDH2000XX", "device", "Pixel 7a"), "3"),
        Listed(Device("127.0.0.1:6001", "offline"), "4"),
        Listed(Device("B2", "unauthorized"), "5"),
    ]


@pytest.mark.parametrize(
    ("row", "serial", "state"),
    [
        ("???????????? no permissions; see [https://x] usb:1-1", "????????????", "no permissions"),
        (
            "(no serial number) no permissions (user is in plugdev) usb:1-1",
            "(no serial number)",
            "no permissions",
        ),
        ("A1\tdevice", "A1", "device"),
        ("A1 melting", "A1", "melting"),
        ("\u00e9 host", "\u00e9", "host"),
    ],
)
def test_a_state_may_be_of_several_words(row: str, serial: str, state: str) -> None:
    assert [each.device for each in listed(row.encode())] == [Device(serial, state)]


@pytest.mark.parametrize("block", [b"", b"\n", b"one-word\n", b"\xff\xfe"])
def test_what_is_no_row_is_no_phone(block: bytes) -> None:
    assert list(listed(block)) == []
