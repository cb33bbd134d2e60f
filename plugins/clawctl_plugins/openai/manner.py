"""How a server wants to be asked, as far as it refused to be asked otherwise.

Models that think know no `max_tokens` and no temperature but their own. Many templates take no
system message behind the first (vLLM answers 400 then, llama.cpp and Ollama 500), want user and
assistant by turns, or no system message at all. No server tells beforehand.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from clawctl.engines.messages import Chat, by_turns
from clawctl_plugins.openai.server import Refused

# What may be left out. A server that knows no max_tokens may know the name behind it.
OPTIONAL = ("max_tokens", "max_completion_tokens", "temperature", "top_p", "stop")
# A refusal tells of a field it does not know, or of the order of messages, in words like these.
_UNKNOWN = re.compile(
    r"unsupported|not.support|unknown|unrecogni[sz]ed|not.permitted|extra", re.IGNORECASE
)
_ORDER = re.compile(
    r"system (?:message|role|prompt)|roles? must|must alternate|chat template|jinja", re.IGNORECASE
)
BAD_REQUEST = frozenset({400, 422})
# In the prompt's own order; by turns; by turns, and no system message.
ORDERS = 3


@dataclass(frozen=True, slots=True)
class Manner:
    """What the server knows nothing of, and which of the ORDERS it takes."""

    unknown: frozenset[str] = frozenset()
    order: int = 0

    def asked(self, messages: Chat, fields: dict[str, Any]) -> dict[str, Any]:
        if "max_tokens" in self.unknown:
            fields = fields | {"max_completion_tokens": fields["max_tokens"]}
        known = {name: value for name, value in fields.items() if name not in self.unknown}
        if self.order:
            messages = by_turns(messages, system=self.order == 1)
        return {"messages": messages, **known}

    def after(self, refused: Refused) -> "Manner | None":
        """What to try next; None if nothing that we know of would help."""
        if refused.http_status in BAD_REQUEST and _UNKNOWN.search(refused.words):
            named = [
                name for name in OPTIONAL
                if name not in self.unknown and re.search(f"['\"`]{name}['\"`]", refused.words)
            ]  # fmt: skip
            if named:
                return replace(self, unknown=self.unknown | {named[0]})
        ordered = refused.http_status in BAD_REQUEST | {500} and _ORDER.search(refused.words)
        return replace(self, order=self.order + 1) if ordered and self.order + 1 < ORDERS else None
