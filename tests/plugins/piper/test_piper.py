"""Which voice speaks which language, by what the engines say of themselves."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from clawctl.config.schema import PiperSettings, Settings
from clawctl.engines.chain import TtsChain
from clawctl.pip import pip_install
from clawctl.testing.engines import NoHost
from clawctl_plugins import espeak, kokoro, piper
from clawctl_plugins.piper import ability

OFFER = piper.plugin.tts["piper"]


class Set(NoHost):
    def __init__(self, **own: Any) -> None:
        self._now = msgspec.structs.replace(Settings(), piper=PiperSettings(**own))

    def common(self) -> Settings:
        return self._now


@pytest.fixture(autouse=True)
def no_library(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setattr(ability, "has_library", lambda: False)


@pytest.mark.parametrize(
    ("setting", "english", "german"),
    [
        (("auto",), ["kokoro", "espeak", "piper"], ["piper", "espeak", "kokoro"]),
        (("kokoro", "piper"), ["kokoro", "piper"], ["piper", "kokoro"]),
        (("espeak", "auto"), ["espeak", "kokoro", "piper"], ["espeak", "piper", "kokoro"]),
    ],
)
async def test_kokoro_speaks_english_and_piper_german_and_espeak_stands_in(
    setting: tuple[str, ...], english: list[str], german: list[str]
) -> None:
    offers = {
        name: (replace(plugin.tts[name], missing=lambda: "", unset=lambda _host: ""), NoHost())
        for name, plugin in (
            ("kokoro", kokoro.plugin),
            ("piper", piper.plugin),
            ("espeak", espeak.plugin),
        )
    }
    async with TtsChain.open(offers, lambda: setting, lambda: 1.0) as chain:
        assert chain.order("en") == english
        assert chain.order("de") == german


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("http://127.0.0.1:5123", "no server answers at http://127.0.0.1:5123"),
        ("", "piper_base names no server"),
    ],
)
def test_without_library_and_server_it_says_so(
    base: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ability, "_listens", NoneThere())

    assert OFFER.missing() == ""
    assert OFFER.unset(Set(piper_base=base)) == (
        f"piper is not installed, and {expected}; try: {pip_install('clawctl[piper]')}"
    )


def test_with_the_library_it_is_its_voice_that_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ability, "has_library", lambda: True)

    assert OFFER.unset(Set(piper_base="")) == (
        "piper_base names no server, and the model de_DE-thorsten-high (110 MB) is not here;"
        " try: clawctl models pull de_DE-thorsten-high"
    )


@pytest.mark.parametrize("base", ["http://127.0.0.1:5123", "http://[::1]:5123/piper"])
def test_a_server_on_this_machine_is_knocked_at(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ability, "_listens", knocked := NoneThere(there=True))

    assert OFFER.unset(Set(piper_base=base)) == ""
    assert [port for _, port, _ in knocked.asked] == [5123]


def test_a_server_on_another_machine_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ability, "_listens", knocked := NoneThere())

    assert OFFER.unset(Set(piper_base="http://piper.lan:5123")) == ""
    assert knocked.asked == []


class NoneThere:
    def __init__(self, *, there: bool = False) -> None:
        self.there = there
        self.asked: list[tuple[Any, ...]] = []

    def __call__(self, *asked: Any) -> bool:
        self.asked.append(asked)
        return self.there
