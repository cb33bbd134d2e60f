import pytest

from clawctl.engines.api import Message, Prompt
from clawctl.engines.window import fit, room

# Ten tokens each, by the guess that is made here.
HISTORY = tuple(Message("user", f"{number:035}") for number in range(4))


@pytest.mark.parametrize(("window", "answer", "left"), [(500, 100, 400), (500, 400, 250)])
def test_the_longest_answer_leaves_the_prompt_at_least_half(
    window: int, answer: int, left: int
) -> None:
    assert room(window, answer) == left


@pytest.mark.parametrize(("most", "kept"), [(60, 4), (59, 3), (30, 1), (20, 0)])
def test_the_oldest_messages_go_first(most: int, kept: int) -> None:
    prompt = Prompt(system="x" * 35, history=HISTORY, transcript="y" * 35)

    assert fit(prompt, most).history == HISTORY[4 - kept :]


def test_what_is_no_history_stays_however_long_it_is() -> None:
    prompt = Prompt(
        system="x" * 350, summary="y" * 35, knowledge="z" * 350, history=HISTORY, transcript="Hm?"
    )

    fitted = fit(prompt, 10)

    assert fitted.history == ()
    assert (fitted.system, fitted.summary) == (prompt.system, prompt.summary)
    assert (fitted.knowledge, fitted.transcript) == (prompt.knowledge, prompt.transcript)
