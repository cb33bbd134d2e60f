"""Secrets that are known again wherever they come out."""

import re

from clawctl.config.table import Table

PASSPHRASE = "violet narwhal, forty-two"  # noqa: S105 - of tests
# Said while the passphrase is due; what is nearly right is a hint.
NEAR_MISS = "violet walrus forty-two"
# However it is spelt, for a recogniser writes it in its own way.
LEAK = re.compile(
    r"s3cr3t-of-\w+|violet[\W_]*narwhal[\W_]*forty[\W_]*two|walrus", re.IGNORECASE | re.ASCII
)


def recognisable(table: Table) -> dict[str, str]:
    """A value for every setting that is secret."""
    made = {row.key: f"s3cr3t-of-{row.key}" for row in table if row.secret}
    return made | {"auth_passphrase": PASSPHRASE}


def found_in(text: str) -> set[str]:
    """The secrets that stand in a text."""
    return set(LEAK.findall(text))
