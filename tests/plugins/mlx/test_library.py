import pytest

from clawctl_plugins.mlx.library import INSTALL, Here, lack, look, no_lm

NEEDED = ("mlx", "mlx_lm")
MAC = Here("darwin", "arm64", (3, 12), frozenset(NEEDED), computing=True)
SERVER = "start a server"
AROUND = "an OpenAI-compatible server does the same, try: start a server"


def test_nothing_lacks_where_all_is_installed() -> None:
    assert lack(MAC, NEEDED, SERVER) == ""


@pytest.mark.parametrize(
    ("here", "why"),
    [
        (
            MAC._replace(modules=frozenset()),
            f"mlx is not installed; try: {INSTALL}",
        ),
        (
            MAC._replace(modules=frozenset({"mlx"})),
            f"mlx-lm is not installed; try: {INSTALL}",
        ),
        (
            MAC._replace(system="linux", machine="x86_64", computing=False),
            f"mlx is installed without the half that computes; try: {INSTALL}",
        ),
        (
            MAC._replace(machine="x86_64", modules=frozenset()),
            f"mlx has no build for darwin on x86_64; {AROUND}",
        ),
        (
            MAC._replace(python=(3, 16), modules=frozenset()),
            f"mlx has no build for Python 3.16; {AROUND}",
        ),
    ],
)
def test_what_lacks_is_told_with_the_way_out(here: Here, why: str) -> None:
    assert lack(here, NEEDED, SERVER) == why


def test_a_build_that_is_there_is_not_doubted() -> None:
    assert lack(MAC._replace(system="linux", machine="riscv64"), NEEDED, SERVER) == ""


def test_this_machine_is_looked_at_without_importing_anything() -> None:
    here = look("msgspec", "no_such_module")

    assert here.modules == {"msgspec"}
    assert isinstance(no_lm(), str)
