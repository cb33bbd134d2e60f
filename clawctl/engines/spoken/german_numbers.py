"""German numbers in words: how many, which one, which year, which part."""

from clawctl.engines.spoken.german_words import DENOMINATORS, ONES, ORDINALS, SCALES, SIGNS, TENS

# What is longer is no quantity anybody could follow.
MOST_DIGITS = 15


def cardinal(n: int) -> str:
    for value, one, many in SCALES:
        if n >= value:
            count, rest = divmod(n, value)
            head = f"eine {one}" if count == 1 else f"{cardinal(count)} {many}"
            return f"{head} {cardinal(rest)}" if rest else head
    return joined(n, "eins")


def joined(n: int, one: str = "ein") -> str:
    """A number below a million is one word; `one` is how it says 1 at its end."""
    if n >= 1000:
        return f"{joined(n // 1000)}tausend{joined(n % 1000, one) if n % 1000 else ''}"
    if n >= 100:
        return f"{joined(n // 100)}hundert{joined(n % 100, one) if n % 100 else ''}"
    if n >= 20:
        unit = f"{joined(n % 10)}und" if n % 10 else ""
        return unit + TENS[n // 10]
    return one if n == 1 else ONES[n]


def ordinal(n: int, ending: str) -> str:
    """ "dritt" and an ending: "en" as in "am dritten", "e" as in "der dritte"."""
    small = n % 100
    if 0 < small < 20 or n == 0:
        head = joined(n - small) if n > small else ""
        return head + ORDINALS.get(small, f"{ONES[small]}t") + ending
    said = joined(n)
    return f"{said.removeprefix('ein') if n in (100, 1000) else said}st{ending}"


def year(n: int) -> str:
    if not 1100 <= n < 2000:
        return cardinal(n)
    rest = cardinal(n % 100) if n % 100 else ""
    return f"{ONES[n // 100]}hundert{rest}"


def number(text: str) -> str:
    """ "1.234,5" in words; digit by digit what is no quantity: "007", "12345678"."""
    whole, _, fraction = text.partition(",")
    digits = whole.replace(".", "")
    is_name = len(digits) > 1 and digits[0] == "0"
    is_name |= len(digits) >= 7 and "." not in whole and not digits.endswith("000")
    said = SIGNS.grouped(digits) if is_name else quantity(digits)
    return f"{said} Komma {SIGNS.one_by_one(fraction)}" if fraction else said


def quantity(digits: str) -> str:
    return SIGNS.grouped(digits) if len(digits) > MOST_DIGITS else cardinal(int(digits or "0"))


def counted(text: str, one: str, many: str) -> str:
    return one if text == "1" else f"{number(text)} {many}"


def part(count: int, of: int) -> str:
    """ "drei Viertel"."""
    if (count, of) == (1, 2):
        return "ein halb"
    stem = DENOMINATORS.get(of) or (ONES[of] if of < 20 else f"{joined(of).removeprefix('ein')}s")
    return f"{joined(count)} {stem.capitalize()}tel"
