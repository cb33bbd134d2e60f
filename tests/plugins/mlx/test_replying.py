import pytest
import trio

from clawctl.engines.api import Answered, Prompt
from clawctl.errors import Declined
from clawctl_plugins.mlx.replying import open_mind

ASKED = Prompt(system="Be kind.", transcript="Hello?", call="c1")
BEGUN = {"tokens": 9, "known": 4}


async def test_steps_are_asked_for_until_the_last_and_silent_ones_are_not_passed_on(host):
    worker, pieces = host.worker_there, []
    worker.answers = {"begin": [BEGUN], "step": [["", False], ["Good ", False], ["day.", True]]}

    async def say(piece):
        pieces.append(piece)

    async with open_mind(host) as mind:
        answered = await mind.reply(ASKED, say)

    assert answered == Answered(model=f"local/{host.lm}")
    assert pieces == ["Good ", "day."]
    assert host.opened == [("clawctl_plugins.mlx.writing:Writer", {"path": host.lm})]
    begin, *steps = worker.calls
    assert (begin[0], begin[1], begin[3]) == ("begin", 0, [0])
    assert (begin[2]["call"], begin[2]["remembered"]) == ("c1", 3)
    assert steps == [("step", 0)] * 3


async def test_a_reply_that_nobody_waits_for_is_awaited_no_more(host):
    worker = host.worker_there
    worker.answers = {"begin": [BEGUN, BEGUN], "step": [["Well", False], ["Yes.", True]]}

    async def busy(piece):
        await trio.sleep_forever()

    async def say(piece):
        pass

    async with open_mind(host) as mind:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(mind.reply, ASKED, busy)
            await trio.testing.wait_all_tasks_blocked()
            nursery.cancel_scope.cancel()
        await mind.reply(ASKED, say)

    assert [call[3] for call in worker.calls if call[0] == "begin"] == [[0], [1]]
    assert [call for call in worker.calls if call[0] == "step"] == [("step", 0), ("step", 1)]


async def test_what_the_process_refuses_is_declined(host):
    host.worker_there.answers = {"begin": [{"refusal": "the window is too small"}]}

    async with open_mind(host) as mind:
        with pytest.raises(Declined, match="the window is too small"):
            await mind.reply(ASKED, trio.sleep)
