"""Make the utterances of the demo call with flite (Debian: `apt install flite`).

Run it after changing `clawctl/testing/data/demo/call.json`; the WAVs are checked in, so that the
demo needs neither flite nor the network. Every utterance must survive recognition word for word:
`clawctl simulate --demo` shows whether it does.
"""

import shutil
import sys
from pathlib import Path

import trio

from clawctl.audio import wav
from clawctl.testing.demo import table
from clawctl.testing.voices import Flite

PLACE = Path(__file__).parents[1] / "clawctl" / "testing" / "data" / "demo"


async def main() -> None:
    program = shutil.which("flite")
    if program is None:
        sys.exit("flite is not installed")
    call = table()
    for line in call.utterances:
        sound = await Flite(program, call.voice).speak(line.say)
        (PLACE / line.file).write_bytes(wav.write(sound))
        sys.stderr.write(f"{line.file}: {sound.seconds:.1f} s\n")


if __name__ == "__main__":
    trio.run(main)
