"""What the phone is told of its call policy while nobody could hear or speak; and others not."""

import httpx2
import pytest

from clawctl.testing.gateway import BEARER, open_faked_gateway

AGENT = "a-token-of-agents"
POLICY = "/api/config/call"


async def ask(url, token="", **headers):
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx2.AsyncClient(base_url=url, trust_env=False, verify=False) as http:
        reply = await http.get(POLICY, headers=headers)
    return reply.status_code, reply.json()


async def cookie(url):
    async with httpx2.AsyncClient(base_url=url, trust_env=False, verify=False) as http:
        reply = await http.post("/api/login", json={"token": AGENT})
    return reply.headers["Set-Cookie"].partition(";")[0]


def told(answer):
    """Its status, whether the phone shall answer, and whether it was told why not."""
    status, policy = answer
    return status, policy["auto_answer"], policy.get("cold")


TAKE_IT, LET_IT_RING = (200, True, None), (200, False, True)


@pytest.fixture(params=["stt", "tts"])
async def cold(request, tmp_path):
    async with open_faked_gateway(tmp_path, agent_token=AGENT) as faked:
        engine = getattr(faked, request.param)
        engine.opening_trouble = OSError("no model")
        yield faked, engine


async def test_the_phone_lets_it_ring_and_nobody_else_hears_of_that(cold):
    faked, _ = cold

    assert told(await ask(faked.phone_url, BEARER)) == LET_IT_RING
    assert told(await ask(faked.url, BEARER)) == LET_IT_RING
    assert told(await ask(faked.url, AGENT)) == TAKE_IT
    owner = await cookie(faked.url)
    assert told(await ask(faked.url, Cookie=owner)) == TAKE_IT
    assert told(await ask(faked.url, BEARER, Cookie=owner)) == LET_IT_RING
    assert (await ask(faked.phone_url, AGENT))[0] == 401
    assert faked.gateway.live.now.call.call_auto_answer is True


async def test_the_rest_of_the_policy_is_as_ever(cold):
    faked, _ = cold
    _, ringing = await ask(faked.phone_url, BEARER)
    _, others = await ask(faked.url, AGENT)

    assert others | {"auto_answer": False, "cold": True} == ringing


async def test_it_takes_calls_as_soon_as_that_is_mended(cold):
    faked, engine = cold
    assert told(await ask(faked.phone_url, BEARER)) == LET_IT_RING
    engine.opening_trouble = None

    assert told(await ask(faked.phone_url, BEARER)) == TAKE_IT


async def test_a_first_call_opens_what_nobody_needed_before_and_is_taken(tmp_path):
    async with open_faked_gateway(tmp_path) as faked:
        assert faked.tts.opened == 0

        assert told(await ask(faked.phone_url, BEARER)) == TAKE_IT
        assert faked.tts.opened == 1


async def test_a_gateway_that_shall_not_answer_says_so_to_everybody(tmp_path):
    async with open_faked_gateway(tmp_path, call_auto_answer=False) as faked:
        assert told(await ask(faked.phone_url, BEARER)) == (200, False, None)
        assert told(await ask(faked.url)) == (200, False, None)


async def test_a_token_that_both_show_is_the_phones(tmp_path):
    async with open_faked_gateway(tmp_path, agent_token=BEARER) as faked:
        faked.stt.opening_trouble = OSError("no model")

        assert told(await ask(faked.url, BEARER)) == LET_IT_RING
