"""Every check there is, in the order they are made: one needs only such as stand before it."""

from clawctl.cli.doctor.call import CALL
from clawctl.cli.doctor.engines import ENGINES
from clawctl.cli.doctor.gateway import GATEWAY
from clawctl.cli.doctor.install import INSTALL
from clawctl.cli.doctor.phone.app import APP
from clawctl.cli.doctor.phone.connection import PHONE
from clawctl.cli.doctor.phone.line import LINE
from clawctl.cli.doctor.phone.modem import MODEM
from clawctl.cli.doctor.phone.profile import PROFILE
from clawctl.cli.doctor.phone.root import ROOT
from clawctl.cli.doctor.phone.upkeep import UPKEEP
from clawctl.cli.doctor.settings import SETTINGS
from clawctl.cli.doctor.store import STORE

OF_PHONE = (PHONE, APP, PROFILE, LINE, ROOT, MODEM, UPKEEP)
GROUPS = (INSTALL, SETTINGS, STORE, GATEWAY, ENGINES, *OF_PHONE, CALL)
