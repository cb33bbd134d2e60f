"""Sound in the app's own files, which it sends to the gateway in place of what it would hear."""

from clawctl.testing.device.files import APP_HOME, Files

TEST_AUDIO = f"{APP_HOME}/files/test-inject"
WAV_HEAD_BYTES = 44


class CannedAudio:
    """WAV files that the app sends in place of what it captures, by name, again and again."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._last = ""

    def following(self) -> bytes:
        """The next one; b"" while there is none. What is too short to be a WAV is passed over."""
        names = self._names()
        if not names:
            return b""
        self._last = next((name for name in names if name > self._last), names[0])
        return self._files.read(f"{TEST_AUDIO}/{self._last}")

    def _names(self) -> list[str]:
        if not self._files.is_directory(TEST_AUDIO):
            return []
        return [
            name
            for name in self._files.names(TEST_AUDIO)
            if name.endswith(".wav")
            and self._files.node(f"{TEST_AUDIO}/{name}").size > WAV_HEAD_BYTES
        ]
