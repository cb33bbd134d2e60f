"""The live page in a real browser (Debian's chromium)."""

import subprocess

import httpx2
import pytest
import trio

from clawctl.testing.gateway import open_faked_gateway
from clawctl.wire.events import TurnReply, TurnTranscript

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--virtual-time-budget=3000", "--window-size=360,800",
)  # fmt: skip


async def shown(faked, profile):
    """The page as it stands after a moment."""
    with trio.fail_after(30):
        done = await trio.run_process(
            ["chromium", *FLAGS, f"--user-data-dir={profile}", "--dump-dom", f"{faked.url}/"],
            capture_stdout=True, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    return done.stdout.decode()


@pytest.mark.browser
async def test_what_a_caller_said_is_shown_as_text(faked, tmp_path):
    said = "<img src=x onerror=alert(1)> hello"
    faked.gateway.bus.publish(TurnTranscript(session_id="a", transcript=said))
    faked.gateway.bus.publish(TurnReply(session_id="a", reply="Good morning."))

    page = await shown(faked, tmp_path / "profile")
    assert "<p>&lt;img src=x onerror=alert(1)&gt; hello</p>" in page
    assert "<p>Good morning.</p>" in page
    assert 'data-state="live">live<' in page


@pytest.mark.browser
async def test_a_page_without_the_token_asks_for_it_and_shows_nothing(tmp_path):
    async with open_faked_gateway(tmp_path, agent_token="the-owners-own") as faked:
        faked.gateway.bus.publish(TurnReply(session_id="a", reply="Good morning."))

        page = await shown(faked, tmp_path / "profile")
        assert '<main id="login">' in page
        assert "Good morning." not in page


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/", "text/html"), ("/static/app.js", "text/javascript"), ("/static/style.css", "text/css")],
)
async def test_the_page_may_load_nothing_from_elsewhere(faked, path, kind):
    async with httpx2.AsyncClient(base_url=faked.url, trust_env=False, verify=False) as http:
        reply = await http.get(path)

    policy = reply.headers["Content-Security-Policy"]
    assert (reply.status_code, reply.headers["Content-Type"].split(";")[0]) == (200, kind)
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
