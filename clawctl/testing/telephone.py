"""A phone that does as it is told, for those who ask one through `call.dialling.Phone`."""

from dataclasses import dataclass, field

from clawctl.call.dialling import CallView, PhoneState, PhoneView


@dataclass
class Telephone:
    """Remembers what it was told, in order; `call` is how its call stands."""

    told: list[str] = field(default_factory=list)
    state: PhoneState = "ready"
    call: CallView | None = None

    async def dial(self, number: str) -> str:
        return self._do(f"dial {number}", "the phone is dialling")

    async def hang_up(self) -> str:
        return self._do("hang up", "the phone hangs up")

    async def answer(self) -> str:
        return self._do("answer", "the phone answers")

    async def reject(self) -> str:
        return self._do("reject", "the phone rejects the call")

    async def mute(self, muted: bool) -> str:
        return self._do(f"mute {muted}", "the phone is muted" if muted else "the phone is unmuted")

    def view(self) -> PhoneView:
        return PhoneView(state=self.state, serial="fake", model="Telephone", call=self.call)

    def _do(self, told: str, seen: str) -> str:
        self.told.append(told)
        return seen
