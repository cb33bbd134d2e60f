import pytest

from clawctl.config.schema import PhoneSettings
from clawctl.errors import NoHandset
from clawctl.lines.phone.adb_direct import Address, DirectPhones, address_of


@pytest.mark.parametrize(
    ("serial", "address"),
    [
        ("192.168.1.20:4444", Address("192.168.1.20", 4444)),
        ("phone.lan:5555", Address("phone.lan", 5555)),
        ("[fe80::1]:5555", Address("fe80::1", 5555)),
        ("31021JEHN12345", None),
        ("usb:1-2", None),
        ("", None),
    ],
)
def test_a_serial_with_a_port_is_an_address(serial: str, address: Address | None) -> None:
    assert address_of(serial) == address


@pytest.mark.parametrize(
    "serial",
    ["phone:", ":5555", "[]:5555", "phone:0", "phone:65536", "phone:five", "fe80::1", "phone:-1"],
)
def test_what_is_nearly_an_address_is_told_what_one_is(serial: str) -> None:
    with pytest.raises(NoHandset, match=r"host:port or \[v6\]:port, and '.*' is neither"):
        address_of(serial)


@pytest.mark.parametrize(
    ("serial", "address", "meant"),
    [
        ("", "", ""),
        ("", "phone.lan", "phone.lan:5555"),
        ("", "phone.lan:4444", "phone.lan:4444"),
        ("31021JEHN12345", "phone.lan", "31021JEHN12345"),
    ],
)
def test_a_phone_at_an_address_is_meant_unless_a_serial_says_another(
    serial: str, address: str, meant: str
) -> None:
    settings = PhoneSettings(adb_serial=serial, adb_address=address)

    assert DirectPhones.of(settings).serial == meant
