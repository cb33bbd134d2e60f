"""Which engines of a stage are used, in which order, and why."""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from clawctl.engines.api import NAMED_ONLY, knows
from clawctl.engines.keeper import Keeper

AUTO = "auto"


def preferable(
    ranks: Mapping[str, int], used: Sequence[str], lacking: Collection[str]
) -> list[str]:
    """Those of the `lacking` that "auto" would put before the first that is used, best first."""
    first = next((ranks[name] for name in used if name in ranks), NAMED_ONLY)
    better = [name for name in lacking if name in ranks and ranks[name] > first]
    return sorted(better, key=lambda name: -ranks[name])


class Choice:
    """The live setting, with "auto" spelt out: all the others that can work, best rank first.

    `keepers` are all engines there are, best rank first.
    """

    def __init__(
        self, choose: Callable[[], Sequence[str]], keepers: Mapping[str, Keeper[Any]]
    ) -> None:
        self._choose = choose
        self._keepers = keepers
        self._setting: tuple[str, ...] = ()

    def names(self) -> list[str]:
        self._setting = tuple(self._choose())
        return self._spelt_out(self._setting)

    def order(self, lang: str) -> list[str]:
        """The names to try for a language: those who know it first; absent ones are among them."""
        return sorted(self.names(), key=lambda name: not self._knows(name, lang))

    def front(self) -> list[str]:
        """Who does the work while nobody fails: what is named, and of "auto" the first to know a
        language."""
        front: list[str] = []
        known: set[str] = set()
        for name in self.names():
            if self.why_absent(name):
                continue
            langs = self._keepers[name].langs
            if name in self._setting or not langs <= known:
                front.append(name)
            known |= langs
        return front

    def reserve(self) -> list[str]:
        """Who else can work, in order."""
        front = self.front()
        return [name for name in self.names() if name not in front and not self.why_absent(name)]

    def why(self, name: str) -> str:
        if name not in self.names():
            named_only = name in self._keepers and self._keepers[name].rank == NAMED_ONLY
            return "used where it is named" if named_only else "not chosen"
        if name in self._setting:
            return "named in the settings"
        return "the best of those installed" if name in self.front() else "in reserve"

    def why_absent(self, name: str) -> str:
        if name in self._keepers:
            return self._keepers[name].absent
        return f"no such engine; there are {', '.join(sorted(self._keepers)) or 'none'}"

    def _spelt_out(self, setting: Sequence[str]) -> list[str]:
        if AUTO not in setting:
            return list(dict.fromkeys(setting))
        ranked = (name for name, one in self._keepers.items() if one.rank > NAMED_ONLY)
        others = [name for name in ranked if name not in setting and not self._keepers[name].absent]
        return list(
            dict.fromkeys(
                chain.from_iterable(others if name == AUTO else [name] for name in setting)
            )
        )

    def _knows(self, name: str, lang: str) -> bool:
        return not lang or name not in self._keepers or knows(self._keepers[name].langs, lang)
