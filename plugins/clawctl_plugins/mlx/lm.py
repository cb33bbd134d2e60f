"""A language model of mlx-lm, loaded: what it can be asked while it writes."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import TemplateError
from mlx_lm.generate import generate_step, generation_stream
from mlx_lm.models.cache import can_trim_prompt_cache, make_prompt_cache, trim_prompt_cache
from mlx_lm.sample_utils import make_logits_processors, make_sampler
from mlx_lm.utils import load, maybe_set_recommended_wired_limit

import mlx.core as mx
from clawctl.engines.messages import Chat
from clawctl_plugins.mlx.asked import Asked
from clawctl_plugins.mlx.models import config
from clawctl_plugins.mlx.prefixes import Keeping
from clawctl_plugins.mlx.rendering import Unusual

Held = list[Any]


class Lm:
    """`window`: tokens it can have before it at a time, 0 if nobody knows; `ends`: those that end
    what it says."""

    def __init__(self, path: Path) -> None:
        maybe_set_recommended_wired_limit()
        self._model, self._tokenizer = load(str(path))
        self.window = config(path).window
        self.ends = frozenset(self._tokenizer.eos_token_ids)
        added = self._tokenizer.added_tokens_decoder
        self._unsaid = frozenset(token for token, text in added.items() if text.special)
        self.keeping = Keeping[Held](
            new=lambda: make_prompt_cache(self._model),
            copy=copy.deepcopy,
            can_cut=can_trim_prompt_cache,
            cut=trim_prompt_cache,
        )
        if not self._tokenizer.has_chat_template:
            raise ValueError("it has no chat template, so it is not one to talk to")

    def template(self, messages: Chat) -> list[int]:
        """With thinking off, where the template knows how. Raises Unusual."""
        try:
            tokens: list[int] = self._tokenizer.apply_chat_template(
                messages, add_generation_prompt=True, enable_thinking=False
            )
        except TemplateError as error:
            raise Unusual from error
        return tokens

    def read(self, tokens: list[int], held: Held) -> None:
        """Returns when it has been done; the GPU is waited for."""
        with mx.stream(generation_stream):
            self._model(mx.array(tokens)[None], cache=held)
            mx.eval([each.state for each in held])

    def write(self, last: int, held: Held, asked: Asked) -> Iterator[int]:
        """Tokens without end, behind `last`; what was yielded is in `held` by then."""
        penalty = None if asked.repeat_penalty == 1.0 else asked.repeat_penalty
        for token, _ in generate_step(
            mx.array([last]),
            self._model,
            max_tokens=-1,
            prompt_cache=held,
            sampler=make_sampler(asked.temperature, top_p=asked.top_p, top_k=asked.top_k),
            logits_processors=make_logits_processors(repetition_penalty=penalty),
        ):
            yield int(token)

    def voice(self) -> "Voice":
        return Voice(self._tokenizer.detokenizer, self._unsaid)


class Voice:
    """Tokens as text; a letter may need several tokens."""

    def __init__(self, detokenizer: Any, unsaid: frozenset[int]) -> None:
        self._detokenizer = detokenizer
        self._unsaid = unsaid

    def say(self, token: int) -> str:
        if token in self._unsaid:
            return ""
        self._detokenizer.add_token(token)
        return str(self._detokenizer.last_segment)

    def rest(self) -> str:
        self._detokenizer.finalize()
        return str(self._detokenizer.last_segment)
