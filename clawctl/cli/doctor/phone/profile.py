"""Would both readers of the app find a profile that leads here, and does it fit this phone?

Of the bearer only whether it is ours.
"""

from clawctl.cli.doctor.check import Check, Group, Verdict, failed, ok, warning
from clawctl.cli.doctor.patient import Patient
from clawctl.lines.phone import profile as profiles
from clawctl.lines.phone.profile import PORT_ON_PHONE, Profile
from clawctl.lines.phone.profile_check import faults, kept, usable
from clawctl.lines.phone.profile_install import Found, install


async def copies(patient: Patient) -> Verdict:
    push = patient.command("profile", "push")
    if not patient.bearer:
        return failed("the gateway has no bearer_token yet that a profile could hold", push)
    seen = await patient.handset.profile()
    if wrong := faults(seen, patient.bearer):
        return failed("; ".join(wrong), push)
    return ok(f"both places lead to the phone's port {port_on_phone(seen)}, with our bearer")


async def _push(patient: Patient) -> str:
    """What is on the phone, made whole; one that its owner must choose between is left."""
    if not patient.bearer:
        return ""
    seen = await patient.handset.profile()
    profile, source = kept(seen, patient.bearer)
    complete = profiles.completed(profile, patient.bearer)
    if seen.internal.why and usable(seen.external) == complete:
        return ""
    patient.handset.forget()
    missed = await install(patient.handset.driver, profiles.text(complete))
    return f"installed the profile: {source}" if not missed else f"installed in one place: {missed}"


def in_use(seen: Found) -> Profile | None:
    """What a call would be held by; None while no reader would find one."""
    return next((one for one in map(usable, seen.copies) if one is not None), None)


def port_on_phone(seen: Found) -> int:
    profile = in_use(seen)
    return (profiles.port_of(profile) if profile else None) or PORT_ON_PHONE


async def values(patient: Patient) -> Verdict:
    seen = await patient.handset.profile()
    profile = in_use(seen) or {}
    doubts = [*profiles.judge(profile).warnings, *_of_another(profile, seen.model)]
    if doubts:
        return warning("; ".join(doubts), patient.command("profile", "show"))
    named = str(profile.get("profile_id", ""))[:60]
    return ok(f"nothing in it is passed over{f': {named}' if named else ''}")


def _of_another(profile: Profile, model: str) -> list[str]:
    """Mixer commands are good for one model; by its name we tell whose they are."""
    name = str(profile.get("profile_id", "")).lower()
    others = [one for one in profiles.models() if one != model and one in name]
    return [f"profile_id: it is for {others[0]}, and this is {model}"] if others else []


PROFILE = Group(
    "profile",
    (
        Check(
            name="copies",
            look=copies,
            needs=("installed", "unlocked", "bearer_token"),
            fix=_push,
            within_s=30,
        ),
        Check(name="values", look=values, needs=("copies",)),
    ),
    part_of="phone",
)
