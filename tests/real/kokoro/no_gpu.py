"""Makes torch importable without its GPU libraries; run once by the Python it is installed for.

Torch for Linux is linked with 2.5 GB of them. Where there is no GPU nobody calls into them, but the
loader wants a file of each name, and looks up all symbols at once unless it is told otherwise. So
each missing one is stood in for by a link to a library of torch's own, and symbols are looked up
when they are first called. What runs on the processor is all real.
"""

import re
import subprocess
import sys
import sysconfig
from pathlib import Path

PACKAGES = Path(sysconfig.get_path("purelib"))
LIBRARIES = PACKAGES / "torch" / "lib"
STAND_IN = "libc10.so"
MISSING = re.compile(r"ImportError: (lib[\w-]+\.so[.\d]*): cannot open shared object file")
# There are eleven.
MOST = 40


def main() -> None:
    if sys.platform != "linux":
        return
    lazily = "import os, sys; sys.setdlopenflags(os.RTLD_LAZY)\n"
    (PACKAGES / "no_gpu.pth").write_text(lazily)
    for _ in range(MOST):
        tried = subprocess.run(
            [sys.executable, "-c", "import torch"], check=False, capture_output=True, text=True
        )
        if not tried.returncode:
            return
        if not (missing := MISSING.search(tried.stderr)):
            break
        (LIBRARIES / missing[1]).symlink_to(STAND_IN)
    sys.exit(f"torch cannot be imported:\n{tried.stderr}")


main()
