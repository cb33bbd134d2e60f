from pathlib import Path

import pytest

from clawctl.errors import NoHandset
from clawctl.lines.phone.adb_program import Place, Program, place


@pytest.mark.parametrize(
    ("environ", "where"),
    [
        ({}, Place("127.0.0.1", 5037)),
        ({"ANDROID_ADB_SERVER_PORT": "6000"}, Place("127.0.0.1", 6000)),
        ({"ANDROID_ADB_SERVER_ADDRESS": "10.0.0.1"}, Place("10.0.0.1", 5037)),
        (
            {"ANDROID_ADB_SERVER_ADDRESS": "::1", "ANDROID_ADB_SERVER_PORT": "6000"},
            Place("::1", 6000),
        ),
        ({"ADB_SERVER_SOCKET": "tcp:6000", "ANDROID_ADB_SERVER_PORT": "1"}, Place(port=6000)),
        ({"ADB_SERVER_SOCKET": "tcp:host.local:6000"}, Place("host.local", 6000)),
        ({"ADB_SERVER_SOCKET": "tcp:[::1]:6000"}, Place("::1", 6000)),
        ({"ADB_SERVER_SOCKET": "localfilesystem:/run/adb"}, Place(path="/run/adb")),
        ({"ADB_SERVER_SOCKET": "localabstract:adb"}, Place(path="\0adb")),
        ({"ADB_SERVER_SOCKET": "", "ANDROID_ADB_SERVER_PORT": ""}, Place()),
    ],
)
def test_the_server_is_where_every_adb_program_looks(environ: dict[str, str], where: Place) -> None:
    assert place(environ) == where


@pytest.mark.parametrize(
    "environ",
    [
        {"ANDROID_ADB_SERVER_PORT": "x"},
        {"ANDROID_ADB_SERVER_PORT": "0"},
        {"ANDROID_ADB_SERVER_PORT": "65536"},
        {"ANDROID_ADB_SERVER_PORT": "host:5037"},
        {"ANDROID_ADB_SERVER_PORT": "-1"},
        {"ADB_SERVER_SOCKET": "5037"},
        {"ADB_SERVER_SOCKET": "tcp:"},
        {"ADB_SERVER_SOCKET": "tcp:host:"},
        {"ADB_SERVER_SOCKET": "localfilesystem:"},
        {"ADB_SERVER_SOCKET": "carrier-pigeon:5037"},
    ],
)
def test_a_place_nobody_understands_is_named_with_its_variable(environ: dict[str, str]) -> None:
    ((variable, value),) = environ.items()

    with pytest.raises(NoHandset, match=f"{variable} is '{value}'.*: try (tcp|5037)"):
        place(environ)


def test_a_place_is_said_as_one_would_write_it() -> None:
    assert [str(Place()), str(Place(path="/run/adb")), str(Place(path="\0adb"))] == [
        "127.0.0.1:5037",
        "/run/adb",
        "@adb",
    ]
    assert [Place("10.0.0.1").local, Place("localhost").local, Place(path="/x").local] == [
        False,
        True,
        True,
    ]


def test_the_program_is_the_named_one_or_the_one_on_the_path(tmp_path: Path) -> None:
    for name in ("adb", "other"):
        (tmp_path / name).touch(mode=0o755)
    (tmp_path / "text").touch(mode=0o644)
    environ = {"PATH": str(tmp_path)}

    assert Program("", environ).found() == tmp_path / "adb"
    assert Program("other", environ).found() == tmp_path / "other"
    assert Program(str(tmp_path / "other"), {"PATH": ""}).found() == tmp_path / "other"
    assert Program(str(tmp_path / "text"), environ).found() is None
    assert Program("", {"PATH": "/nosuch"}).found() is None
