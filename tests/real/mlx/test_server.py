"""The engine `openai` beside a server that is none of ours: the one mlx-lm brings along."""

import socket
import subprocess
import sys

import pytest
import trio
from conftest import PATIENCE_S, Set

from clawctl.errors import EngineFailed
from clawctl.testing.engine_checks import ASKED, LLM_CHECKS, Listener
from clawctl_plugins.openai import plugin


@pytest.fixture
def port(models):
    """Where the server begins to listen."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    command = [sys.executable, "-m", "mlx_lm", "server", "--model", models.lm()]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
        yield port
        running.kill()


async def listening(port):
    with trio.fail_after(PATIENCE_S):
        while True:
            try:
                stream = await trio.open_tcp_stream("127.0.0.1", port)
            except OSError:
                await trio.sleep(0.05)
            else:
                await stream.aclose()
                return


async def test_a_server_of_mlx_lm_answers_calls(port, models, tmp_path):
    host = Set(tmp_path, llm_base_url=f"http://127.0.0.1:{port}", llm_model=models.lm())
    await listening(port)

    with trio.fail_after(PATIENCE_S):
        async with plugin.llm["openai"].open(host) as mind:
            for check in LLM_CHECKS:
                await check(mind)
            listener = Listener()
            host.use(llm_model="no/such-model")
            with pytest.raises(EngineFailed, match="look at llm_base_url and llm_model"):
                await mind.reply(ASKED, listener.say)
