import sys

from clawctl.pip import pip_install


def test_it_is_the_environment_that_runs_which_is_installed_into() -> None:
    assert pip_install("clawctl[mlx]") == f"{sys.executable} -m pip install 'clawctl[mlx]'"
