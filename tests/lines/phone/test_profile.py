"""What the app would make of a profile: each sentence names the key, none shows a value of one."""

import json
import time

import pytest

from clawctl.errors import BadInput, NoSuch
from clawctl.lines.phone.profile import (
    FOREIGN,
    HIDDEN,
    MOST_BYTES,
    Judged,
    completed,
    hidden,
    judge,
    models,
    parse,
    port_of,
    shipped,
    text,
    without_gateway,
)
from clawctl.lines.phone.profile_keys import KEYS, tree

SECRET = "sesame-4711"
NUMBER_OF_DEVICE = "must be the number of a device; the phone passes over it"


def whole(**more):
    """A profile without a doubt about it."""
    return {
        "gateway": {"base_url": "http://127.0.0.1:8996", "bearer": SECRET},
        "route_profile": {"set": ["tinymix 1 0"]},
        "logging": {"debug_wav_dump": {"enabled": False}},
        **more,
    }


def test_a_whole_profile_is_taken_without_a_word():
    assert judge(whole()) == judge(parse(text(whole())))
    assert judge(whole()) == Judged()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty; 'clawctl profile init' writes a profile"),
        (b" \n\t", "empty; 'clawctl profile init' writes a profile"),
        (b"[]", 'no profile: it must be an object, {"gateway": {…}, …}'),
        (b'"profile"', 'no profile: it must be an object, {"gateway": {…}, …}'),
        (b"null", 'no profile: it must be an object, {"gateway": {…}, …}'),
        (b"\xff\xfe{}", "not UTF-8, at byte 0"),
        (b'{"gateway": \xe9}', "not UTF-8, at byte 12"),
        (b'{"a": 1,\n "b": }', "not JSON: line 2 column 7: Expecting value"),
        (b'{"a": NaN}', "not JSON: a value in it cannot be read"),
        (b'{"a": 1e999}', "not JSON: a value in it cannot be read"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON: a value in it cannot be read"),
        (b'{"a": 1, "a": 2}', "not clear: 'a' stands there twice in one object"),
        (b"[" * 100_000, "not JSON: a value in it cannot be read"),
        (
            b'{"a": ' + b"[" * 400 + b"]" * 400 + b"}",
            "no profile: more than 20 objects or lists stand in each other",
        ),
        (
            b" " * (MOST_BYTES + 1),
            f"too long to be a profile: {MOST_BYTES + 1} bytes, {MOST_BYTES} at most",
        ),
    ],
)
def test_what_is_no_profile_is_refused_in_a_sentence(content, why):
    with pytest.raises(BadInput) as refused:
        parse(content)

    assert str(refused.value) == why


def test_many_keys_take_no_time():
    many = {f"k{number}": 0 for number in range(20_000)}
    began = time.perf_counter()

    assert len(parse(json.dumps(many).encode())) == 20_000
    assert time.perf_counter() - began < 1.0


def test_nothing_that_was_not_understood_is_repeated():
    with pytest.raises(BadInput) as refused:
        parse(f'{{"gateway": {{"bearer": "{SECRET}" x}}}}'.encode())

    assert SECRET not in str(refused.value)


def test_what_is_written_is_read_again_whatever_it_holds():
    odd = {"profile_id": "Zoë \ud800 \u2028 \x00", "beep": {"amplitude": 0.42}}

    assert parse(text(odd)) == odd


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.path)
def test_every_key_is_known_where_it_stands_and_its_default_is_taken(key):
    if key.default is not None:
        assert key.takes.fits(key.default)
    assert not key.takes.fits(None)
    assert not key.takes.fits({})
    assert not key.takes.fits("")


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.path)
def test_a_value_the_app_passes_over_is_a_warning_and_its_default_is_told(key):
    names = key.path.replace("*", "29").split(".")
    profile = whole()
    node = profile
    for name in names[:-1]:
        node = node.setdefault(name, {})
    node[names[-1]] = {"a": SECRET}

    judged = judge(profile)

    said = [one for one in (*judged.faults, *judged.warnings) if one.startswith(".".join(names))]
    assert any(f"must be {key.takes.words}" in one for one in said)
    assert bool(judged.faults) == (names[0] == "gateway")
    assert SECRET not in " ".join((*judged.faults, *judged.warnings))


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("playback.endpoint_settings.29.channels", 0, "the phone takes 2 instead"),
        ("playback.endpoint_settings.18.channels", 0, "the phone takes 1 instead"),
        ("playback.endpoint_settings.23.speed_compensation", -1, "the phone takes 1.5 instead"),
        ("call_session.max_duration_sec", "300", "the phone takes 300 instead"),
        ("beep.every_turn", 1, "the phone takes true instead"),
        ("route_profile.restore", [], "the phone takes it as not given"),
        ("playback.tuning.mmap", None, "must be true or false"),
    ],
)
def test_what_holds_instead_is_told_of_the_very_device(path, value, said):
    profile = node = whole()
    *sections, name = path.split(".")
    for section in sections:
        node = node.setdefault(section, {})
    node[name] = value

    (about,) = [one for one in judge(profile).warnings if one.startswith(f"{path}: ")]
    assert said in about


@pytest.mark.parametrize(
    ("gateway", "fault"),
    [
        ({"bearer": SECRET}, "gateway.base_url: is missing"),
        ({"base_url": "http://127.0.0.1:8996"}, "gateway.bearer: is missing"),
        ({"base_url": "http://127.0.0.1:8996/", "bearer": SECRET}, "gateway.base_url: must be"),
        ({"base_url": "127.0.0.1:8996", "bearer": SECRET}, "gateway.base_url: must be"),
        ({"base_url": "http://[::1", "bearer": SECRET}, "gateway.base_url: must be"),
        ({"base_url": "http://127.0.0.1:8996", "bearer": " "}, "gateway.bearer: must be a text"),
        ({"base_url": "http://127.0.0.1:8996", "bearer": None}, "gateway.bearer: must be a text"),
        ({"base_url": "http://127.0.0.1:8996", "api_key": SECRET}, "gateway.bearer: is missing"),
        ("127.0.0.1", "gateway: must be an object"),
        ([SECRET], "gateway: must be an object"),
    ],
)
def test_a_gateway_the_assistant_could_not_use_is_a_fault(gateway, fault):
    faults = judge(whole(gateway=gateway)).faults

    assert len(faults) == 1
    assert faults[0].startswith(fault)
    assert SECRET not in faults[0]


def test_push_fills_the_gateway_in_so_a_file_needs_none():
    assert judge({"profile_id": "mine"}, complete=False).faults == ()
    assert judge({"profile_id": "mine"}).faults == (
        "gateway.base_url: is missing; 'clawctl profile push' fills it in",
        "gateway.bearer: is missing; 'clawctl profile push' fills it in",
    )


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ({"bearer": SECRET}, "bearer: the phone does not know it; did you mean gateway.bearer?"),
        ({"beeps": {}}, "beeps: the phone does not know it; did you mean beep?"),
        ({"beep": {"mod": "off"}}, "beep.mod: the phone does not know it; did you mean beep.mode?"),
        ({"x" * 80: 1}, f"{'x' * 40!r}: the phone does not know it"),
        ({"\x1b[31m": 1}, f"{chr(27) + '[31m'!r}: the phone does not know it"),
        (
            {"gateway": {"api_key": SECRET}},
            "gateway.api_key: only one of the app's two readers knows it; write bearer",
        ),
        (
            {"playback": {"endpoint_settings": {"speaker": {}}}},
            "playback.endpoint_settings.speaker: " + NUMBER_OF_DEVICE,
        ),
        (
            {"playback": {"endpoint_settings": {"029": {}}}},
            "playback.endpoint_settings.029: " + NUMBER_OF_DEVICE,
        ),
        ({"beep": []}, "beep: must be an object; the phone would pass over it"),
    ],
)
def test_what_the_app_would_pass_over_in_silence_is_told(profile, said):
    judged = judge({"profile_id": "mine", **profile}, complete=False)

    assert said in judged.warnings
    assert SECRET not in " ".join(judged.warnings)


@pytest.mark.parametrize(
    ("more", "key"),
    [
        (
            {"playback": {"tuning": {"persistent_session": True}}},
            "playback.tuning.persistent_session",
        ),
        ({"logging": {}}, "logging.debug_wav_dump.enabled"),
        ({"root_binaries": {"tinymix": "/system/bin/tinymix"}}, "root_binaries.tinymix"),
        ({"gateway": {"base_url": "http://10.0.0.2:8996", "bearer": SECRET}}, "gateway.base_url"),
    ],
)
def test_what_the_app_takes_and_nobody_means_is_a_doubt(more, key):
    judged = judge(whole(**more))

    assert judged.faults == ()
    assert [one.partition(":")[0] for one in judged.warnings] == [key]


@pytest.mark.parametrize("nothing", [{}, {"name": "x", "version": 3}])
def test_a_file_of_something_else_is_no_profile(nothing):
    assert FOREIGN in judge(nothing).faults
    with pytest.raises(BadInput, match="no profile"):
        completed(nothing, SECRET)


@pytest.mark.parametrize(
    ("held", "address"),
    [
        ({}, "http://127.0.0.1:8996"),
        ({"gateway": {"base_url": "http://10.0.0.2:80", "bearer": "old"}}, "http://127.0.0.1:8996"),
        ({"gateway": {"baseUrl": "http://127.0.0.1:9000", "api_key": 1}}, "http://127.0.0.1:8996"),
        ({"gateway": {"base_url": "http://127.0.0.1:9000"}}, "http://127.0.0.1:9000"),
        ({"gateway": "nonsense"}, "http://127.0.0.1:8996"),
    ],
)
def test_address_and_bearer_are_filled_in_and_a_port_of_the_phones_own_is_kept(held, address):
    complete = completed({"profile_id": "mine", **held}, SECRET)

    assert complete == {
        "profile_id": "mine",
        "gateway": {"base_url": address, "bearer": SECRET},
    }


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("http://127.0.0.1:8996", 8996),
        ("http://127.0.0.1:65535", 65535),
        ("http://127.0.0.1:65536", None),
        ("http://127.0.0.1:0", None),
        ("http://127.0.0.1", None),
        ("http://127.0.0.1:8996/", None),
        ("http://127.0.0.1:8996/api", None),
        ("https://127.0.0.1:8996", None),
        ("http://127.0.0.1:8996\n", None),
        ("http://127.0.0.1:८९९६", None),
        ("http://localhost:8996", None),
        (8996, None),
        (None, None),
    ],
)
def test_the_port_on_the_phone_is_that_of_its_own_loopback(url, port):
    assert port_of({"gateway": {"base_url": url}}) == port


@pytest.mark.parametrize(
    "profile",
    [
        {"gateway": {"bearer": SECRET, "api_key": SECRET}},
        {"gateway": SECRET},
        {"gateway": [SECRET]},
        {"bearer": SECRET},
        {"call_session": {"bearer": SECRET, "deep": [{"api_key": SECRET}]}},
    ],
)
def test_a_bearer_is_shown_nowhere_it_may_stand(profile):
    assert SECRET not in json.dumps(hidden(profile))
    assert HIDDEN in json.dumps(hidden(profile))


def test_that_there_is_no_bearer_is_not_hidden():
    assert hidden({"gateway": {"bearer": ""}}) == {"gateway": {"bearer": ""}}
    assert hidden({"profile_id": "mine"}) == {"profile_id": "mine"}


def test_what_is_kept_of_a_phone_holds_nothing_of_the_gateway():
    assert without_gateway(whole(bearer=SECRET, profile_id="mine")) == {
        "route_profile": {"set": ["tinymix 1 0"]},
        "logging": {"debug_wav_dump": {"enabled": False}},
        "profile_id": "mine",
    }
    assert without_gateway({"gateway": {"timeout": 5}}) == {"gateway": {"timeout": 5}}


def test_what_is_kept_and_completed_is_what_it_was():
    assert completed(without_gateway(whole()), SECRET).items() == whole().items()


@pytest.mark.parametrize("model", models())
def test_what_is_shipped_has_no_fault_and_says_what_it_leaves_to_the_app(model):
    judged = judge(shipped(model), complete=False)

    assert (judged.faults, judged.warnings) == ((), ())
    assert [one.partition(":")[0] for one in judged.notes] == ["route_profile.set"]
    assert "gateway" not in shipped(model)


def test_the_two_that_are_shipped_differ_in_name_and_su_alone():
    blazer, lynx = shipped("blazer"), shipped("lynx")

    assert models() == ["blazer", "lynx"]
    assert blazer["root_binaries"]["su"] == "/data/adb/ap/bin/su"
    assert lynx["root_binaries"].pop("su") == "/data/local/tmp/su"
    blazer["root_binaries"].pop("su")
    assert (blazer.pop("profile_id"), lynx.pop("profile_id")) == (
        "clawctl-pixel-10-pro-blazer",
        "clawctl-pixel-7a-lynx",
    )
    assert blazer == lynx


def test_a_strange_model_is_answered_with_those_there_are_and_how_to_begin():
    with pytest.raises(NoSuch) as refused:
        shipped("../lynx")

    assert str(refused.value).startswith(
        "no profile is shipped for the model '../lynx', only for blazer and lynx; begin with"
    )


def test_no_key_is_a_section_as_well():
    assert len({key.path for key in KEYS}) == len(KEYS)
    assert set(tree()) >= {"gateway", "root_binaries", "playback", "capture", "beep"}
