"""What the worker processes of `test_engine_failures` hold: it works until it is told otherwise."""

import os
import time


class Shaky:
    """Every method takes the trouble it is in first: "", "hang", "exit" or "raise"."""

    def hear(self, trouble: str) -> str:
        _suffer(trouble)
        return "good morning"

    def reply(self, trouble: str, transcript: str) -> str:
        _suffer(trouble)
        return f"You said: {transcript}."

    def speak(self, trouble: str, text: str) -> bytes:
        _suffer(trouble)
        return b"\x00\x10\x00\xf0" * 100 * len(text)


def _suffer(trouble: str) -> None:
    match trouble:
        case "hang":
            time.sleep(1000)
        case "exit":
            os._exit(3)
        case "raise":
            raise MemoryError
