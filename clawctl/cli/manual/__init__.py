"""Manual pages and completions, drawn from what they describe; `python -m clawctl.cli.manual`."""
