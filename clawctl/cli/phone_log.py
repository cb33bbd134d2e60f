"""What the app logged on the phone: first what is there, then what comes, each line once."""

from collections.abc import Callable

from clawctl.cli.output import Output
from clawctl.cli.terminal import harmless, local
from clawctl.errors import NoHandset
from clawctl.lines.phone.app_log import COMMANDS, Line, lines, logcat, parsed
from clawctl.lines.phone.driver import Driver

# What is heard and said in calls is logged by the assistant.
TAGS = f"{COMMANDS} GatewayCallAssistant:V"
STYLES = {"W": "loud", "E": "bad", "F": "bad"}


async def logged(driver: Driver) -> list[Line]:
    """All that the phone still has."""
    return list(lines((await driver.run(logcat(TAGS))).out))


async def follow(driver: Driver, past: list[Line], tell: Callable[[Line], None]) -> None:
    """What comes after that, until cancelled; raises NoHandset when the phone is gone."""
    since_s = past[-1].phone_s if past else None
    shown = {line for line in past if line.phone_s == since_s}
    async with driver.follow(logcat(TAGS, since_s=since_s, follow=True)) as told:
        async for raw in told:
            line = parsed(raw)
            if line and line not in shown:
                tell(line)
    raise NoHandset(f"the phone {driver.serial} ended its log; ask again: clawctl phone logs -f")


def show(output: Output, line: Line) -> None:
    if output.as_json:
        facts = {"level": line.level, "tag": line.tag, "text": line.text}
        output.data({"timestamp": line.phone_s, **facts})
    else:
        text = f"{local(line.phone_s)}  {line.level}  {line.tag:22}{harmless(line.text)}"
        output.line(text, STYLES.get(line.level, ""))
