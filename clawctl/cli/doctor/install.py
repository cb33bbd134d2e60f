"""Is what is installed fit to run, and does it fit together?"""

import json
import re
import sqlite3
import sys
import time
from collections.abc import Container, Iterator
from contextlib import closing
from importlib.metadata import (
    Distribution,
    PackageNotFoundError,
    distribution,
    entry_points,
    version,
)
from pathlib import Path

import clawctl
from clawctl.cli.doctor.check import Check, Group, Verdict, failed, in_thread, ok, warning
from clawctl.cli.doctor.patient import Patient
from clawctl.pip import pip_install
from clawctl.plugins import GROUP

Numbers = tuple[int, ...]

# The first that has STRICT tables.
SQLITE = (3, 37, 0)
PYTHON, TRIED_UP_TO = (3, 11), (3, 13)
# A requirement of ours: a name, limits, perhaps for some Pythons only; extras are left out.
_REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+?)\s*(?P<limits>([<>=]=?[\d.]+,?)*)"
    r"(\s*;\s*python_version\s*(?P<limit>\S+)\s*'(?P<bound>[\d.]+)')?"
)
_LIMIT = re.compile(r"([<>=]=?)([\d.]+)")


def python(_: Patient) -> Verdict:
    here = sys.version_info[:2]
    shown = f"Python {'.'.join(map(str, sys.version_info[:3]))}"
    if here < PYTHON:
        return failed(f"{shown}: clawctl needs 3.11 or newer", "python3.11 -m venv .venv")
    if here > TRIED_UP_TO:
        return warning(f"{shown} was not tried; 3.11 to 3.13 were", "python3.13 -m venv .venv")
    return ok(shown)


def packages(_: Patient) -> Verdict:
    """The pairs that must fit together are pinned in our own requirements."""
    requires = distribution("clawctl").requires or []
    wrong = [found for line in requires if (found := unmet(line))]
    if not wrong:
        return ok(f"clawctl {version('clawctl')} and what it stands on fit together")
    wants = [want for want, _ in wrong]
    return failed(
        "; ".join(f"{want} is needed, {there} is there" for want, there in wrong),
        pip_install(*wants),
    )


def unmet(line: str) -> tuple[str, str] | None:
    """What a line of requirements wants and what is there in its place; None if it is content."""
    found = _REQUIREMENT.fullmatch(line)
    if found is None:
        return None
    name, limits = found["name"], found["limits"]
    if found["limit"] and not _within(sys.version_info[:2], found["limit"], found["bound"]):
        return None
    try:
        there = version(name)
    except PackageNotFoundError:
        return name + limits, "none"
    fits = all(_within(_numbers(there), *one) for one in _LIMIT.findall(limits))
    return None if fits else (name + limits, there)


def _within(here: Numbers, limit: str, bound: str) -> bool:
    wanted = _numbers(bound)
    return {
        "<": here < wanted,
        "<=": here <= wanted,
        ">=": here >= wanted,
        ">": here > wanted,
        "==": here == wanted,
    }[limit]


def _numbers(written: str) -> Numbers:
    """1.2.3rc1 counts as 1.2.3."""
    return tuple(map(int, re.findall(r"\d+", re.split(r"[^\d.]", written)[0])))


def sqlite(_: Patient) -> Verdict:
    shown = f"SQLite {sqlite3.sqlite_version}"
    if sqlite3.sqlite_version_info < SQLITE:
        wanted = ".".join(map(str, SQLITE))
        return failed(f"{shown}: the store needs {wanted} or newer", "python3.11 -m venv .venv")
    with closing(sqlite3.connect(":memory:")) as db:
        if ("ENABLE_FTS5",) not in db.execute("PRAGMA compile_options"):
            why = f"{shown} was built without FTS5: what was said cannot be searched"
            return failed(why, "python3.11 -m venv .venv")
    return ok(shown)


def plugins(patient: Patient) -> Verdict:
    found = patient.found
    if not found.broken:
        return ok(", ".join(plugin.name for plugin in found.plugins) or "there are none")
    why = "; ".join(f"{name} is left out: {fault}" for name, fault in found.broken.items())
    return warning(why, pip_install("--force-reinstall", *sorted(set(_sources(found.broken)))))


def _sources(names: Container[str]) -> Iterator[str]:
    for entry in entry_points(group=GROUP):
        if entry.name in names and entry.dist is not None:
            yield source(entry.dist)


def source(of: Distribution) -> str:
    """What pip is to be given for it: a folder's address, if it came from one, or its name."""
    came = json.loads(of.read_text("direct_url.json") or "{}")
    editable = came.get("dir_info", {}).get("editable")
    return f"--editable={came['url']}" if editable else came.get("url", of.name)


def clock(_: Patient) -> Verdict:
    """One that was never set shows a time before we were installed; retention goes by it."""
    if time.time() < Path(clawctl.__file__).stat().st_mtime:
        return warning(
            "the clock shows a time before clawctl was installed", "sudo timedatectl set-ntp true"
        )
    return ok(time.strftime("%Y-%m-%d %H:%M %Z"))


INSTALL = Group(
    "install",
    (
        Check(name="python", look=in_thread(python)),
        Check(name="packages", look=in_thread(packages)),
        Check(name="sqlite", look=in_thread(sqlite)),
        Check(name="plugins", look=in_thread(plugins)),
        Check(name="clock", look=in_thread(clock)),
    ),
)
