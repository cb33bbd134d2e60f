from clawctl.testing.engines import NoHost
from clawctl_plugins.kokoro import plugin
from clawctl_plugins.kokoro.voices import british, own, voices


def test_english_has_the_voices_of_the_gateway_manual() -> None:
    assert {heading: len(names) for heading, names in voices("en").items()} == {
        "American Female": 11,
        "American Male": 9,
        "British Female": 4,
        "British Male": 4,
    }
    assert voices("de") == {}
    assert plugin.tts["kokoro"].voices("en", NoHost()) == voices("en")


def test_a_name_tells_accent_and_heading() -> None:
    for heading, names in voices("en").items():
        accent, sex = heading.split()
        assert {name[:3] for name in names} == {f"{accent[0]}{sex[0]}_".lower()}
        assert {british(name) for name in names} == {accent == "British"}
        assert all(own(name) == name for name in names)
