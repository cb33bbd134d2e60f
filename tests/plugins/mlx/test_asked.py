import msgspec

from clawctl.config.schema import LlmSettings
from clawctl.engines.api import Prompt
from clawctl_plugins.mlx.asked import Asked, ask

PROMPT = Prompt(system="Be kind.", transcript="Hello?", call="c1")


def test_everything_that_is_set_is_asked_for() -> None:
    settings = LlmSettings(
        llm_max_tokens=50,
        llm_temperature=0.7,
        llm_top_p=0.9,
        llm_top_k=40,
        llm_repeat_penalty=1.1,
        llm_stop=("END",),
    )

    assert ask(PROMPT, settings, 8) == Asked(
        messages=[
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Hello?"},
        ],
        call="c1",
        remembered=8,
        max_tokens=50,
        temperature=0.7,
        top_p=0.9,
        top_k=40,
        repeat_penalty=1.1,
        stop=("END",),
    )


def test_what_is_not_enabled_is_off() -> None:
    settings = LlmSettings(
        llm_top_p=0.5, llm_top_p_enabled=False, llm_top_k=40, llm_top_k_enabled=False
    )

    asked = ask(PROMPT, settings, 8)

    assert (asked.top_p, asked.top_k) == (1.0, 0)


def test_a_summary_has_no_next_turn() -> None:
    prompt = msgspec.structs.replace(PROMPT, purpose="summary")

    assert ask(prompt, LlmSettings(), 8).call == ""
