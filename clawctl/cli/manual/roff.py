"""Text as man reads it (groff_man(7)): escaped, and put under headings."""

from collections.abc import Iterable

# What has a name in roff, or would be taken for another sign.
_SIGNS = str.maketrans({"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha",
                        "~": r"\(ti", "…": "...", "–": r"\(en", "—": r"\(em", "×": r"\(mu"})  # fmt: skip


def escape(text: str) -> str:
    """On one line; a leading dot would be a request."""
    line = " ".join(text.split()).translate(_SIGNS)
    return rf"\&{line}" if line.startswith(".") else line


def bold(text: str) -> str:
    return rf"\fB{escape(text)}\fR"


def italic(text: str) -> str:
    return rf"\fI{escape(text)}\fR"


def head(name: str, section: int, about: str) -> list[str]:
    """Without a date: a page changes when what it describes does."""
    title = escape(name)
    return [
        f'.TH "{title.upper()}" "{section}" "" "clawctl" "clawctl manual"',
        ".nh",
        ".ad l",
        ".SH NAME",
        rf"{title} \- {escape(about)}",
    ]


def section(title: str) -> str:
    return f".SH {escape(title.upper())}"


def paragraphs(text: str) -> list[str]:
    """Blank lines part paragraphs; one that begins with a form feed or \\b keeps its lines."""
    lines: list[str] = []
    for block in text.split("\n\n"):
        if block.lstrip().startswith("\b"):
            kept = [escape(line) for line in block.splitlines() if line.strip(" \b")]
            lines += [".PP", ".nf", *kept, ".fi"]
        elif block.strip():
            lines += [".PP", escape(block)]
    return lines


def items(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """A term and what it means; the term is roff already, the meaning is text."""
    return [line for term, meaning in pairs for line in (".TP", term, escape(meaning) or r"\&")]


def page(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
