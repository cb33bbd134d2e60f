from clawctl_plugins import openai, pocketsphinx, receptionist
from clawctl_plugins.mlx import plugin


def test_a_model_here_comes_before_rules_and_after_a_server_that_is_set() -> None:
    mind = plugin.llm["mlx-lm"].rank
    assert openai.plugin.llm["openai"].rank > mind > receptionist.plugin.llm["receptionist"].rank
    ear = plugin.stt["mlx-whisper"].rank
    assert ear > pocketsphinx.plugin.stt["pocketsphinx"].rank


def test_each_engine_names_its_model_and_what_is_in_its_way(host) -> None:
    ear, mind = plugin.stt["mlx-whisper"], plugin.llm["mlx-lm"]

    assert (ear.models(host), mind.models(host)) == ((host.whisper,), (host.lm,))
    assert (ear.unset(host), mind.unset(host)) == ("", "")
    host.lm = host.whisper = "someone/no-such-model"
    assert ear.unset(host).endswith("try: clawctl models pull someone/no-such-model")
    assert mind.unset(host) == ear.unset(host)


def test_the_window_is_the_models_own(host) -> None:
    assert plugin.llm["mlx-lm"].window(host) == 4096
