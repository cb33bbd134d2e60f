"""English numbers in words: how many, which one, which year, which part."""

from clawctl.engines.spoken.english_words import DENOMINATORS, ONES, ORDINALS, SCALES, SIGNS, TENS

# What is longer is no quantity anybody could follow.
MOST_DIGITS = 15


def cardinal(n: int) -> str:
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (f"-{ONES[n % 10]}" if n % 10 else "")
    if n < 1000:
        return f"{ONES[n // 100]} hundred" + (f" {cardinal(n % 100)}" if n % 100 else "")
    value, name = next(scale for scale in SCALES if n >= scale[0])
    return f"{cardinal(n // value)} {name}" + (f" {cardinal(n % value)}" if n % value else "")


def ordinal(n: int) -> str:
    said = cardinal(n)
    start = max(said.rfind(" "), said.rfind("-")) + 1
    last = said[start:]
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return said[:start] + ORDINALS.get(last, regular)


def year(n: int) -> str:
    century, rest = divmod(n, 100)
    if 2000 <= n < 2010 or (century == 10 and rest < 10):
        return cardinal(n)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def number(text: str) -> str:
    """ "1,234.5" in words; digit by digit what is no quantity: "007", "12345678"."""
    whole, _, fraction = text.partition(".")
    digits = whole.replace(",", "")
    is_name = len(digits) > 1 and digits[0] == "0"
    is_name |= len(digits) >= 7 and "," not in whole and not digits.endswith("000")
    said = quantity(digits) if not is_name else SIGNS.grouped(digits)
    return f"{said} point {SIGNS.one_by_one(fraction)}" if fraction else said


def quantity(digits: str) -> str:
    return SIGNS.grouped(digits) if len(digits) > MOST_DIGITS else cardinal(int(digits or "0"))


def counted(text: str, singular: str, plural: str) -> str:
    return f"{number(text)} {singular if text == '1' else plural}"


def fraction(part: int, whole: int) -> str:
    """ "three quarters"."""
    one, many = DENOMINATORS.get(whole) or (ordinal(whole), f"{ordinal(whole)}s")
    return f"{cardinal(part)} {one if part == 1 else many}"
