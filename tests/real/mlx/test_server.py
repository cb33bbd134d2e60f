"""The engine `openai` beside servers that are none of ours: mlx-lm's own, and mlx-audio's."""

import os
import socket
import subprocess
import sys
from contextlib import ExitStack

import msgspec
import pytest
import trio
from conftest import PATIENCE_S, Set
from tiny import WORDS

from clawctl.engines.api import Voice
from clawctl.engines.apology import last_resort
from clawctl.errors import EngineFailed
from clawctl.testing.engine_checks import ASKED, LLM_CHECKS, STT_CHECKS, Listener
from clawctl_plugins.openai import plugin

# Its worker wants a GPU before it takes work; without one it has to take the processor for it.
MLX_AUDIO = "import mlx.core as mx; mx.gpu = mx.cpu; from mlx_audio.server import main; main()"
# Nothing is asked of a hub, and no compiler of C++, which mlx has work for without a GPU.
ALONE = {"HF_HUB_OFFLINE": "1", "MLX_DISABLE_COMPILE": "1"}


@pytest.fixture
def serve(tmp_path):
    """Starts a server, and says where it begins to listen."""
    with ExitStack() as running:

        def start(*command):
            with socket.socket() as unused:
                unused.bind(("127.0.0.1", 0))
                port = unused.getsockname()[1]
            address = ["--host", "127.0.0.1", "--port", str(port)]
            server = subprocess.Popen(
                [sys.executable, *command, *address],
                cwd=tmp_path,
                env=os.environ | ALONE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            running.enter_context(server)
            running.callback(server.kill)
            return port

        yield start


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


async def test_a_server_of_mlx_lm_answers_calls(serve, models, tmp_path):
    port = serve("-m", "mlx_lm", "server", "--model", models.lm())
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


def hear_from(host, port, model):
    replace, address = msgspec.structs.replace, f"http://127.0.0.1:{port}"
    stt = replace(host.now.stt, mlx_audio_base=address, stt_model=model)
    host.now = replace(host.now, stt=stt)


async def test_a_server_of_mlx_audio_hears_calls_and_lacks_other_models(serve, models, tmp_path):
    port, host = serve("-c", MLX_AUDIO), Set(tmp_path)
    hear_from(host, port, models.parakeet())
    _, speech = last_resort("en")
    await listening(port)

    with trio.fail_after(PATIENCE_S):
        async with plugin.stt["openai"].open(host) as ear:
            for check in STT_CHECKS:
                await check(ear)
            for lang in ("", "auto", "de"):
                heard = await ear.hear(speech, lang)
                assert set() < set(heard.split()) <= set(WORDS)
            hear_from(host, port, "no/such-model")
            with pytest.raises(EngineFailed, match="look at its log, and at stt_model"):
                await ear.hear(speech, "en")
        async with plugin.tts["openai"].open(host) as mouth:
            with pytest.raises(EngineFailed, match="look at its log, and at tts_model"):
                await mouth.speak("Hello.", Voice("en"))
