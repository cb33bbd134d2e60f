"""What warming up says, in 'serve' and in 'warm' alike."""

from clawctl.cli.output import Output
from clawctl.cli.terminal import harmless
from clawctl.engines.chain import Warmed
from clawctl.engines.round_trip import RoundTrip


def tell(output: Output, stage: str, came: Warmed | RoundTrip) -> None:
    """One engine that is warm, or a voice that was heard."""
    if isinstance(came, RoundTrip):
        _tell_trip(output, came)
    else:
        _tell_engine(output, stage, came)


def _tell_engine(output: Output, stage: str, warmed: Warmed) -> None:
    failure = harmless(warmed.failure)
    opened = f", {warmed.opening_ms:.0f} of them to open" if warmed.opening_ms >= 1 else ""
    ending = f"failed: {failure}" if failure else f"ready in {warmed.ms:.0f} ms{opened}"
    text = f"{stage:9} {warmed.engine:14} {ending}"
    output.event(
        "warmed", output.styled(text, "bad" if failure else ""),
        stage=stage, engine=warmed.engine, ms=warmed.ms, opening_ms=warmed.opening_ms,
        failure=failure,
    )  # fmt: skip


def _tell_trip(output: Output, trip: RoundTrip) -> None:
    took = f", in {trip.ms:.0f} ms" if trip.ms else ""
    hint = "; 'clawctl engines' tells of better ones" if trip.unclear else ""
    text = f"{'words':9} {harmless(str(trip))}{took}{hint}"
    output.event(
        "round_trip", output.styled(text, "bad" if trip.unclear else ""),
        voice=trip.voice, recogniser=trip.recogniser, ms=trip.ms, words_back=trip.words_back,
        failure=harmless(trip.failure),
    )  # fmt: skip
