from pathlib import Path

from clawctl.engines.host import PluginHost


def test_the_cache_of_a_plugin_is_a_directory_of_its_own(tmp_path: Path) -> None:
    host = PluginHost("acme", tmp_path / "cache", lambda: None)

    assert host.cache_dir == tmp_path / "cache" / "acme"
    assert host.cache_dir.is_dir()


def test_settings_are_read_when_they_are_used(tmp_path: Path) -> None:
    section = ["slow"]
    host = PluginHost("acme", tmp_path, lambda: section[0])

    section[0] = "fast"

    assert host.settings() == "fast"
