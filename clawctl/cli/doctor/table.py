"""Every check there is, in the order they are made: one needs only such as stand before it."""

from clawctl.cli.doctor.call import CALL
from clawctl.cli.doctor.engines import ENGINES
from clawctl.cli.doctor.gateway import GATEWAY
from clawctl.cli.doctor.install import INSTALL
from clawctl.cli.doctor.phone import PHONE
from clawctl.cli.doctor.settings import SETTINGS
from clawctl.cli.doctor.store import STORE

GROUPS = (INSTALL, SETTINGS, STORE, GATEWAY, ENGINES, PHONE, CALL)
