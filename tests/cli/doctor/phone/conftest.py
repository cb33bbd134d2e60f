"""A phone at hand that the doctor looks at, without a gateway."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
import trio

from clawctl.cli.asking import Asking
from clawctl.cli.doctor.check import Result
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.doctor.phone.handset import Handset
from clawctl.cli.doctor.rounds import examine, wanted
from clawctl.cli.doctor.table import OF_PHONE
from clawctl.cli.output import Output
from clawctl.lines.phone import boots
from clawctl.lines.phone.driver import Device
from clawctl.testing.device.at_hand import AtHand, PhonesAtHand
from clawctl.testing.device.condition import Condition
from clawctl.testing.device.system import System

BEARER = "sesame-4711-sesame"
SERIAL = "AT-HAND"


@dataclass
class Ward:
    """The phone, and whoever owns it; `listed` is what ADB lists in place of the phone."""

    place: Path
    system: System
    driver: AtHand
    listed: list[Device]

    @property
    def condition(self) -> Condition:
        return self.system.condition

    @property
    def data_dir(self) -> Path:
        return self.place / "data"

    def patient(self) -> Patient:
        patient = Patient(Asking(self.place / "config.yaml", None, None, Output(as_json=True)))
        phones = PhonesAtHand(self.driver, self.listed)
        patient.handset = Handset(patient.settings.phone, phones)
        # As by an adb server, which keeps what is forwarded.
        patient.handset.by_server = True
        return patient

    async def doctor(
        self, *only: str, fix: bool = False, patience_s: float = 10
    ) -> dict[str, Result]:
        patient, names = self.patient(), wanted(OF_PHONE, only, calls=False)
        patient.handset.patience_s = patience_s
        results = await examine(OF_PHONE, names, patient, fix=fix)
        # Whatever was wrong, nobody may learn a bearer from what is said or done about it.
        told = msgspec.json.encode((results, self.system.ran))
        assert not any(secret in told for secret in (BEARER.encode(), b"worn-out"))
        return {result.name: result for result in results}

    def write(self, settings: str) -> None:
        own = f"data_dir: {self.data_dir}\nbearer_token: {BEARER}\n"
        (self.place / "config.yaml").write_text(own + settings)


@pytest.fixture
async def ward(tmp_path: Path) -> AsyncIterator[Ward]:
    """A phone that is well, set up since it was started."""
    (tmp_path / "data").mkdir()
    async with trio.open_nursery() as nursery:
        system = System(Condition(bearer=BEARER), {}.get, nursery)
        boots.remember(tmp_path / "data", SERIAL, system.boot_id)
        ward = Ward(tmp_path, system, AtHand(system, SERIAL, {8996: 8997}), [])
        ward.write(f"adb_driver: direct\nadb_serial: {SERIAL}\n")
        yield ward
        nursery.cancel_scope.cancel()
