"""Replies by mlx-lm's own code and a model with random weights."""

import pytest
import structlog
import trio
from conftest import PATIENCE_S, Within, engine, reply, said

from clawctl.engines.api import Message, Prompt
from clawctl.engines.chain import LlmChain
from clawctl.errors import Declined, EngineFailed
from clawctl_plugins import mlx


async def test_a_reply_comes_in_pieces_and_names_its_model(mind, lm_host):
    pieces, model = await said(mind)

    assert len(pieces) == len("".join(pieces)) == 24
    assert model == f"local/{lm_host.now.llm.llm_model}"


async def test_a_stop_text_ends_the_answer_and_is_not_said(mind, lm_host):
    whole = await reply(mind)
    stop = whole[8:11]

    lm_host.use(llm_stop=("no such text", stop))

    assert await reply(mind) == whole[: whole.index(stop)]


async def test_the_models_own_end_ends_the_answer(models, tmp_path, mind):
    whole = await reply(mind)
    letter = whole[10]

    async with engine(
        "llm", "mlx-lm", Within(tmp_path, llm_model=models.lm("end", end=letter))
    ) as it:
        assert await reply(it) == whole[: whole.index(letter)]


async def test_sampling_is_as_it_is_set(mind, lm_host):
    likeliest = await reply(mind)

    lm_host.use(llm_temperature=2.0)
    assert await reply(mind) != likeliest
    lm_host.use(llm_top_k=1)
    assert await reply(mind) == likeliest
    lm_host.use(llm_top_k_enabled=False)
    assert await reply(mind) != likeliest
    lm_host.use(llm_top_p=0.0001)
    assert await reply(mind) == likeliest
    lm_host.use(llm_top_p_enabled=False)
    assert await reply(mind) != likeliest
    lm_host.use(llm_temperature=0.0)
    assert await reply(mind) == likeliest


async def test_a_penalty_keeps_it_from_repeating_itself(mind, lm_host):
    before = await reply(mind)

    lm_host.use(llm_repeat_penalty=5.0)

    assert len(set(await reply(mind))) > len(set(before))


def read_in(logs):
    """Tokens of each prompt, and those of them that had to be read."""
    return [(one["tokens"], one["new"]) for one in logs if one["event"] == "mlx.read"]


async def converse(mind, *, turns, history=(), call="c1", **told):
    for number in range(turns):
        heard = f"This is turn {number} of it, and I ask you what comes next."
        prompt = Prompt(system="Be kind.", history=history, transcript=heard, call=call, **told)
        history += (Message("user", heard), Message("assistant", await reply(mind, prompt)))
    return history


async def test_the_tenth_turn_of_a_call_reads_its_new_words_only(mind, figure):
    with structlog.testing.capture_logs() as logs:
        await converse(mind, turns=10)

    (before, _), (tokens, read) = read_in(logs)[8:]
    new = tokens - before - 24
    figure(
        f"mlx-lm, tenth turn of a call: a prompt of {tokens} tokens, {new} of them new, {read} read"
    )
    assert read <= 1.05 * new


async def test_what_knowledge_costs_is_the_turn_behind_it(mind, figure):
    """It stands before the caller's words, so in the next prompt all behind it is new."""
    with structlog.testing.capture_logs() as logs:
        await converse(mind, turns=10, knowledge="Lunch is at one. " * 20)

    tokens, read = read_in(logs)[9]
    figure(f"mlx-lm, tenth turn of a call with knowledge: a prompt of {tokens} tokens, {read} read")
    assert read < tokens / 2


async def test_after_compaction_one_turn_is_read_anew(mind, figure):
    with structlog.testing.capture_logs() as logs:
        history = await converse(mind, turns=8)
        await converse(mind, turns=2, history=history[8:], summary="We counted the turns.")

    (condensed, read), (tokens, again) = read_in(logs)[8:]
    figure(
        f"mlx-lm, the turn after compaction: a prompt of {condensed} tokens, {read} read;"
        f" the turn behind it: {tokens} tokens, {again} read"
    )
    assert again <= 1.05 * (tokens - condensed - 24)


async def test_two_calls_do_not_cost_each_other_what_was_read(mind):
    with structlog.testing.capture_logs() as logs:
        for turns in (1, 2, 3):
            for call in ("c1", "c2"):
                await converse(mind, turns=turns, call=call)

    assert all(read < 120 for _, read in read_in(logs)[1:])


async def test_the_oldest_words_are_left_out_where_the_window_is_small(models, tmp_path):
    host = Within(tmp_path, llm_model=models.lm("small", window=256))
    long = tuple(Message("user", f"word {n}") for n in range(60))

    async with engine("llm", "mlx-lm", host) as mind:
        with structlog.testing.capture_logs() as logs:
            assert await reply(mind, Prompt(system="Be kind.", history=long, transcript="Hello?"))
        with pytest.raises(Declined, match="the model's window 256"):
            await reply(mind, Prompt(system="Be kind. " * 40, transcript="Hello?"))

    assert 200 < read_in(logs)[0][0] <= 256 - 24


async def test_the_models_own_window_is_heeded_without_a_limit_of_ours(models, tmp_path):
    host = Within(tmp_path, llm_model=models.lm("small", window=256))
    long = tuple(Message("user", f"word {n}") for n in range(400))
    prompt = Prompt(system="Be kind.", history=long, transcript="Hello?")
    offers = {"mlx-lm": (mlx.plugin.llm["mlx-lm"], host)}

    async def ignore(_piece):
        await trio.lowlevel.checkpoint()

    async with LlmChain.open(offers, lambda: ("mlx-lm",), lambda: PATIENCE_S) as llm:
        assert (llm.window(), llm.has_room(prompt)) == (256, False)
        with structlog.testing.capture_logs() as logs:
            assert (await llm.reply(prompt, ignore)).engine == "mlx-lm"

    assert 200 < read_in(logs)[0][0] <= 256 - 24


STRICT = (
    "{% for m in messages %}{% if m.role != ['user', 'assistant'][loop.index0 % 2] %}"
    "{{ raise_exception('in turn, please') }}{% endif %}{{ m.role }}: {{ m.content }}\n"
    "{% endfor %}{{ 'thinking' if enable_thinking else 'at once' }}"
)


async def test_a_template_that_knows_no_system_is_obeyed(models, tmp_path):
    host = Within(tmp_path, llm_model=models.lm("strict", template=STRICT))
    prompt = Prompt(
        system="Be kind.",
        history=(Message("user", "Hi."), Message("assistant", "Hello.")),
        knowledge="It rains.",
        transcript="How is it?",
    )
    told = "user: Be kind.\n\nHi.\nassistant: Hello.\nuser: It rains.\n\nHow is it?\nat once"

    async with engine("llm", "mlx-lm", host) as mind:
        with structlog.testing.capture_logs() as logs:
            assert await reply(mind, prompt)

    assert read_in(logs) == [(len(told), len(told))]


async def test_a_model_that_is_not_there_is_never_fetched(lm_host, mind):
    lm_host.use(llm_model="someone/no-such-model")

    with trio.fail_after(1), pytest.raises(EngineFailed, match="try: clawctl models pull someone/"):
        await reply(mind)
