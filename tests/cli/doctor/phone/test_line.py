"""What an answer at the phone's own port means."""

import pytest

from clawctl.cli.doctor.phone.line import judged
from clawctl.lines.phone.driver import Ran

WORD = "doctor-0123456789abcdef"
GATEWAYS = b"HTTP/1.1 404 \r\ncontent-type: application/json\r\n\r\n"
FOUND = GATEWAYS + b'{"ok":false,"detail":"GET /' + WORD.encode() + b': there is no such door"}'


@pytest.mark.parametrize(
    ("ran", "state", "why", "mend"),
    [
        (Ran(0, FOUND), "ok", "the gateway answers the phone at its port 8996", ""),
        (Ran(0, GATEWAYS), "failed", "answers something else than a gateway", "phone reverse"),
        (Ran(0, b"HTTP/1.1 200 OK\r\n\r\n"), "failed", "something else", "phone reverse"),
        (
            Ran(0, b"HTTP/1.1 403 Forbidden\r\n\r\n"),
            "failed",
            "refuses the host 127.0.0.1:8996 that the app names",
            "config set phone_port",
        ),
        (Ran(7), "failed", "nothing listens on the phone's port 8996", "phone reverse"),
        (Ran(52), "failed", "behind the phone's port 8996 nobody listens here", "serve --detach"),
        (Ran(56), "failed", "behind the phone's port 8996 nobody listens here", "serve --detach"),
        (Ran(28), "failed", "no answer reached the phone within 5 s", "phone status"),
        (Ran(0), "failed", "no answer reached the phone within 5 s", "phone status"),
        (Ran(0, b"HTTP/1.1\r\n"), "failed", "no answer reached the phone", "phone status"),
        (Ran(0, b"SSH-2.0-x\r\n"), "failed", "no answer reached the phone", "phone status"),
    ],
)
async def test_each_way_it_ends_has_its_sentence_and_its_command(ward, ran, state, why, mend):
    verdict = judged(ward.patient(), ran, WORD, 8996)

    assert verdict.state == state
    assert why in verdict.why
    assert mend in verdict.mend


@pytest.mark.parametrize(("forwarded", "why"), [({}, "nowhere"), ({8996: 1}, "our port 1")])
async def test_what_leads_elsewhere_or_nowhere_is_made_to_lead_here(ward, forwarded, why):
    ward.driver.forwarded.clear()
    ward.driver.forwarded.update(forwarded)

    named = await ward.doctor("reverse")
    mended = await ward.doctor("reverse", fix=True)

    assert named["reverse"].why == (
        f"the phone's port 8996 leads {f'to {why}' if forwarded else why}, and the gateway is at"
        " 8997"
    )
    assert mended["reverse"].fixed == "made the phone's port 8996 lead to our 8997"
    assert ward.driver.forwarded == {8996: 8997}


async def test_a_phone_that_will_not_forward_says_so(ward):
    ward.driver.forwarded.clear()
    ward.condition.reverse_refused = True

    results = await ward.doctor("reverse", fix=True)

    assert results["reverse"].fixed == "tried in vain: the phone will not forward a port"


async def test_without_an_app_it_leads_from_where_one_would_look(ward):
    ward.condition.installed = False

    assert (await ward.doctor("reverse"))["reverse"].state == "ok"


async def test_where_any_port_will_do_nothing_can_be_said_before_a_gateway_runs(ward):
    ward.write("adb_driver: direct\nadb_serial: AT-HAND\nphone_port: 0\n")

    result = (await ward.doctor("reverse"))["reverse"]

    assert (result.state, result.why) == (
        "skipped",
        "no gateway runs, and it takes any free port",
    )
