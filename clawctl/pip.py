"""The command that installs what is missing, for the environment that this program runs in.

Whatever `pip` comes first on somebody's PATH is that of another one, as a rule, and fetches from
PyPI what is called clawctl there: a stranger's program. Ours is not on PyPI.
"""

import shlex
import sys


def pip_install(*what: str) -> str:
    return shlex.join([sys.executable, "-m", "pip", "install", *what])
