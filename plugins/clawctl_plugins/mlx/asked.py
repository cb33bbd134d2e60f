"""What passes between a reply and the process that writes it."""

import msgspec

from clawctl.config.schema import LlmSettings
from clawctl.engines.api import Prompt
from clawctl.engines.messages import Chat, chat


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """`call` is "" for what has no next turn; 0, 1.0 and 1.0 turn `top_k`, `top_p` and the penalty
    off. At most `remembered` calls are kept in memory, this one among them."""

    messages: Chat
    call: str = ""
    remembered: int = 0
    max_tokens: int = 400
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    repeat_penalty: float = 1.0
    stop: tuple[str, ...] = ()


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """`tokens` of a prompt, of which `known` need not be read again; or why none was taken."""

    tokens: int = 0
    known: int = 0
    refusal: str = ""


class Step(msgspec.Struct, frozen=True, array_like=True):
    """The next piece of a reply, often ""; `last` if there is no more."""

    text: str = ""
    last: bool = False


def ask(prompt: Prompt, settings: LlmSettings, remembered: int) -> Asked:
    return Asked(
        messages=chat(prompt),
        call=prompt.call if prompt.purpose == "reply" else "",
        remembered=remembered,
        max_tokens=settings.llm_max_tokens,
        temperature=settings.llm_temperature,
        top_p=settings.llm_top_p if settings.llm_top_p_enabled else 1.0,
        top_k=settings.llm_top_k if settings.llm_top_k_enabled else 0,
        repeat_penalty=settings.llm_repeat_penalty,
        stop=settings.llm_stop,
    )
