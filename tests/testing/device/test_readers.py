"""Which profile each of the app's two readers finds."""

import json
from typing import Any

import pytest

from clawctl.testing.device.condition import Condition
from clawctl.testing.device.readers import EXTERNAL, INTERNAL, Read, of_assistant, of_in_call
from clawctl.testing.device.system import System

URL = "http://127.0.0.1:8996"


@pytest.fixture
def bare(phone: System, condition: Condition) -> System:
    """Without any profile."""
    condition.profile_places = ()
    return phone


def put(phone: System, path: str, content: Any) -> None:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    phone.files.write(path, data, user="app", parents=True)


def gateway(bearer: str, **more: Any) -> dict[str, Any]:
    return {"gateway": {"base_url": URL, "bearer": bearer}, **more}


async def test_without_a_profile_there_is_nothing_to_read(bare: System) -> None:
    assert (of_in_call(bare.files), of_assistant(bare.files)) == (None, None)


async def test_the_assistant_reads_the_external_place_first(bare: System) -> None:
    put(bare, f"{INTERNAL}/profile.json", gateway("internal"))
    put(bare, f"{EXTERNAL}/active-profile.json", gateway("external"))

    assert of_in_call(bare.files) == Read(URL, "internal")
    assert of_assistant(bare.files) == Read(URL, "external")


async def test_the_first_name_wins_even_if_it_does_not_parse(bare: System) -> None:
    put(bare, f"{INTERNAL}/active-profile.json", gateway("second"))
    assert of_in_call(bare.files) == Read(URL, "second")

    put(bare, f"{INTERNAL}/profile.json", b"{broken")

    assert (of_in_call(bare.files), of_assistant(bare.files)) == (None, None)


@pytest.mark.parametrize(
    ("profile", "in_call", "assistant"),
    [
        (gateway(" "), Read(URL, " "), None),
        ({"gateway": {"base_url": URL}}, Read(URL, ""), None),
        ({"gateway": {"baseUrl": URL, "api_key": "k"}}, None, Read(URL, "k")),
        ({"gateway": {"base_url": URL, "api_key": "k"}}, Read(URL, ""), Read(URL, "k")),
        ({"gateway": "none"}, None, None),
        ([1], None, None),
        (
            gateway("b", greeting={"template": "This is {owner}.", "owner": "Ada"}),
            Read(URL, "b"),
            Read(URL, "b", "This is Ada."),
        ),
    ],
)
async def test_the_readers_ask_for_different_things(
    bare: System, profile: Any, in_call: Read | None, assistant: Read | None
) -> None:
    put(bare, f"{INTERNAL}/profile.json", profile)

    assert (of_in_call(bare.files), of_assistant(bare.files)) == (in_call, assistant)


async def test_what_root_wrote_and_did_not_hand_over_is_passed_over(bare: System) -> None:
    put(bare, f"{INTERNAL}/active-profile.json", gateway("app's"))
    data = json.dumps(gateway("root's")).encode()
    bare.files.write(f"{INTERNAL}/profile.json", data, mode=0o600)

    assert of_in_call(bare.files) == Read(URL, "app's")
