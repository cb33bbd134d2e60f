"""What the app's two readers would make of the profile on the phone, and what to put there."""

from clawctl.errors import BadInput, Conflict
from clawctl.lines.phone import profile as profiles
from clawctl.lines.phone.profile import Profile
from clawctl.lines.phone.profile_install import UNANSWERED, Copy, Found


def usable(copy: Copy) -> Profile | None:
    """The profile there, unless it is none."""
    try:
        profile = profiles.parse(copy.content or b"")
    except BadInput:
        return None
    return profile if profiles.recognised(profile) else None


def kept(seen: Found, bearer: str) -> tuple[Profile, str]:
    """What to install where nobody named a profile, and in words where it is from.

    What is on the phone stays, for its owner may have tuned it; only a phone without any gets the
    one shipped for its model. Of two that differ it is the one that was made for this gateway.
    Raises Conflict when that is neither or both, NoSuch for a strange model.
    """
    there = [(one, profile) for one in seen.copies if (profile := usable(one)) is not None]
    if not there:
        return profiles.shipped(seen.model), f"the one shipped for {seen.model}"
    (first, profile), *others = there
    if any(
        profiles.without_gateway(other) != profiles.without_gateway(profile) for _, other in others
    ):
        ours = [one for one in there if not _faults_of(one[0], bearer)]
        if len(ours) == 1:
            return ours[0][1], f"the one on the phone ({ours[0][0].place}; the other is older)"
        raise Conflict(
            f"the two profiles on {seen.serial} differ, and either may be the right one: keep one"
            " by 'clawctl profile pull --from internal -o FILE' (or external), then"
            " 'clawctl profile push FILE'"
        )
    return profile, f"the one on the phone ({first.place})"


def faults(seen: Found, bearer: str) -> list[str]:
    """What is wrong with what the readers would find, each a sentence; no value is shown."""
    said = [fault for one in seen.copies for fault in _faults_of(one, bearer)]
    external, internal = map(usable, seen.copies)
    if external is not None and internal is not None and external != internal:
        said.append("the two places differ, and the external copy wins where both are read")
    return said


def _faults_of(copy: Copy, bearer: str) -> list[str]:
    if copy.why:
        return [copy.why]
    if copy.content is None:
        missing = f": {UNANSWERED}" if copy.place == "internal" else ""
        return [f"{copy.path} is missing{missing}"]
    try:
        profile = profiles.parse(copy.content)
    except BadInput as error:
        return [f"{copy.path}: {error}"]
    said = list(profiles.judge(profile).faults)
    if not said and profiles.port_of(profile) is None:
        said.append("gateway.base_url: is no port of the phone's own, like http://127.0.0.1:8996")
    if not said and profiles.at(profile, "gateway.bearer") != bearer:
        said.append("gateway.bearer: is not that of the gateway, which refuses the phone")
    return [f"{copy.path}: {one}" for one in said]
