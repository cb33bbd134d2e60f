from collections.abc import Sequence

import pytest

from clawctl.engines.api import NAMED_ONLY, Offer, Tts
from clawctl.engines.choice import Choice, preferable
from clawctl.engines.keeper import Keeper
from clawctl.testing.engines import NoHost, ToneTts, fake_plugin


def choice(*setting: str, **engines: str) -> Choice:
    """Engines with the languages they know, best first; "" cannot work here."""
    return Choice(lambda: setting, {name: keeper(name, langs) for name, langs in engines.items()})


def keeper(name: str, langs: str) -> Keeper[Tts]:
    missing = "" if langs else "not installed"
    plugin = fake_plugin(name, tts=ToneTts(), langs=langs.split(), missing=missing)
    return Keeper(name, plugin.tts[name], NoHost())


@pytest.mark.parametrize(
    ("setting", "names"),
    [
        (["auto"], ["a", "b", "d"]),
        (["b"], ["b"]),
        (["d", "auto"], ["d", "a", "b"]),
        (["auto", "a"], ["b", "d", "a"]),
        (["c", "nosuch"], ["c", "nosuch"]),
        (["b", "b"], ["b"]),
        ([], []),
    ],
)
def test_auto_stands_for_all_others_that_can_work(
    setting: Sequence[str], names: Sequence[str]
) -> None:
    assert choice(*setting, a="en", b="en", c="", d="en").names() == names


@pytest.mark.parametrize(
    ("lang", "order"),
    [
        ("de", ["german", "both", "english"]),
        ("en", ["english", "both", "german"]),
        ("en-GB", ["english", "both", "german"]),
        ("fr", ["english", "german", "both"]),
        ("", ["english", "german", "both"]),
    ],
)
def test_who_knows_the_language_comes_first(lang: str, order: Sequence[str]) -> None:
    made = choice("auto", english="en", german="de", both="en de")

    assert made.order(lang) == order


def test_in_front_are_the_named_and_the_first_for_each_language() -> None:
    engines = {"a": "en", "b": "en", "c": "en de", "d": "de", "e": ""}

    assert choice("auto", **engines).front() == ["a", "c"]
    assert choice("a", "b", "e", **engines).front() == ["a", "b"]


def test_each_engine_can_tell_why_it_is_where_it_is() -> None:
    made = choice("named", "auto", best="de", named="en", spare="de", gone="")

    assert made.why("named") == "named in the settings"
    assert made.why("best") == "the best of those installed"
    assert made.why("spare") == "in reserve"
    assert made.why("gone") == "not chosen"
    assert made.why_absent("gone") == "not installed"
    assert made.why_absent("nosuch") == "no such engine; there are best, gone, named, spare"


def test_an_engine_for_its_name_only_is_never_chosen_by_itself() -> None:
    made = {name: keeper(name, "en") for name in "ab"}
    made["b"].rank = NAMED_ONLY
    assert Choice(lambda: ["auto"], made).names() == ["a"]
    assert Choice(lambda: ["b", "auto"], made).names() == ["b", "a"]


def test_what_a_setting_takes_away_and_gives_back_comes_and_goes() -> None:
    lacking = ["no server is set"]
    offer = Offer[Tts](ToneTts().open, 9, "remote", unset=lambda _: lacking[0])
    made = {"remote": Keeper("remote", offer, NoHost()), "a": keeper("a", "en")}
    chosen = Choice(lambda: ["auto"], made)
    assert (chosen.names(), chosen.why_absent("remote")) == (["a"], "no server is set")
    lacking[0] = ""
    assert chosen.names() == ["remote", "a"]


RANKS = {"small": 10, "good": 60, "best": 100, "named": NAMED_ONLY}


@pytest.mark.parametrize(
    ("used", "lacking", "better"),
    [
        (["small"], ["good", "best", "named"], ["best", "good"]),
        (["good", "small"], ["best"], ["best"]),
        (["best"], ["good"], []),
        (["named"], ["good"], ["good"]),
        ([], ["small", "nosuch"], ["small"]),
    ],
)
def test_better_are_those_that_auto_would_prefer(
    used: Sequence[str], lacking: Sequence[str], better: Sequence[str]
) -> None:
    assert preferable(RANKS, used, lacking) == better
