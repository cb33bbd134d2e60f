"""Figures as a small table; the only place of the benchmarks that prints."""

import statistics
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """Something measured several times; its median may be `most` at most, if there is a limit."""

    name: str
    values: Sequence[float]
    unit: str = ""
    most: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def columns(self) -> tuple[str, str, str]:
        if len(self.values) == 1:
            return "", short(self.median), ""
        return short(min(self.values)), short(self.median), short(max(self.values))

    @property
    def kept(self) -> bool:
        return self.most is None or self.median <= self.most


def show(title: str, figures: Iterable[Figure]) -> bool:
    """Print them; whether every limit was kept."""
    figures = list(figures)
    tell(f"\n{title}\n{'':46}{'min':>10}{'median':>10}{'max':>10}{'at most':>10}")
    for figure in figures:
        numbers = "".join(f"{one:>10}" for one in figure.columns())
        limit = f"{figure.most:>10g}" if figure.most is not None else ""
        name = f"{figure.name}, {figure.unit}" if figure.unit else figure.name
        verdict = "" if figure.kept else "  MISSED"
        tell(f"{name:46}{numbers}{limit}{verdict}".rstrip())
    return all(figure.kept for figure in figures)


def short(number: float) -> str:
    """Three digits, without an exponent."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
