"""Write man/ and completions/: python -m clawctl.cli.manual"""

from pathlib import Path

from clawctl.cli.manual.files import files

for name, text in files().items():
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
