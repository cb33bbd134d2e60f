"""Where something is, as it is dictated: mail, web and network addresses, files and folders."""

from clawctl.engines.spoken.rules import DIGITS, Match, Rule, rule
from clawctl.engines.spoken.signs import Signs

# Not those that are words too: behind a full stop without a blank stands the next sentence.
TOP_LEVEL = (
    "com|org|net|de|at|ch|eu|io|uk|info|gov|edu|dev|app|ai|co|tv|biz|shop|online|travel|nl|fr|pl|lu|li"
    "|box|local|cloud|xyz|tech|store|blog|site|mobi|jobs|swiss|wien|berlin|ca|au|jp|ie|cz|dk|se"
)
FILES = (
    "pdf|jpe?g|png|gif|svg|webp|heic|md|txt|rtf|csv|tsv|docx?|xlsx?|pptx?|od[tsp]|zip|gz|tar|7z|rar"
    "|ya?ml|json|xml|html?|css|jsx?|tsx?|py|rb|rs|java|cpp|sh|bat|exe|dmg|apk|iso|log|cfg|ini|toml"
    "|conf|env|mp[34]|wav|mov|avi|mkv|ics|eml|db|sql|bak"
)
_OCTETS = r"\d{1,3}(?:\.\d{1,3}){3}"
_BEYOND = r"(?![\w.]?\d)"


def addresses(signs: Signs) -> tuple[Rule, ...]:
    def dictated(match: Match) -> str:
        return signs.address(match[0])

    def network(match: Match) -> str:
        """ "1.234.567.890" is a German number."""
        small = all(int(part) < 256 for part in match["octets"].split("."))
        return signs.address(match[0]) if small else match[0]

    return (
        rule(
            r"(?<![\w.+-])(?:mailto:)?([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})",
            lambda match: signs.address(match[1]),
            needs="@",
        ),
        rule(r"(?<![\w@.])@[A-Za-z0-9_][\w.]{0,29}\w", dictated, needs="@"),
        rule(r"(?<!\w)(?:(?i:https?://|www\.))[^\s<>\"]{1,2000}", signs.web, needs="./"),
        rule(
            rf"(?<![\d.])(?P<octets>{_OCTETS})(?::\d{{2,5}}|/\d{{1,2}})?{_BEYOND}",
            network,
            needs=".",
        ),
        rule(
            rf"(?<![\w./\\])[\w-]{{1,60}}(?:\.[\w-]{{1,20}})?\.(?i:{FILES})\b(?![/@-])",
            dictated,
            needs=".",
        ),
        rule(
            rf"(?<![\w.@-])(?:[A-Za-z0-9][A-Za-z0-9-]{{0,61}}\.){{1,4}}(?:{TOP_LEVEL})\b"
            r"(?::\d{2,5}\b)?(?:/[^\s<>\"]{0,2000})?",
            signs.web,
            needs=".",
        ),
        rule(r"(?<![\w.])localhost:\d{2,5}\b", dictated, needs=":"),
        rule(r"(?<![\w:])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:])", dictated, needs=":-"),
        rule(
            r"(?<![\w:])(?:[0-9a-f]{1,4}:){1,7}(?::[0-9a-f]{1,4}){1,7}(?:/\d{1,3})?(?![\w:])",
            dictated,
            needs=":",
        ),
        rule(r"(?<![\w/\\:.])(?:~|[A-Z]:)(?:[/\\][\w.-]{0,60}){1,12}", dictated, needs="/\\"),
        rule(r"(?<![\w/\\:.<)])(?:/[a-z][\w.-]{0,60}){2,12}/?(?!\w)", dictated, needs="/"),
        rule(r"(?<![\w/])([ru])/(?=[a-zA-Z_]{3})", lambda m: f"{m[1]} {signs.in_address['/']} "),
        rule(r"(?<!\S)\.(?=[A-Za-z]{2})", f"{signs.in_address['.']} ", needs="."),
    )


def telephones(signs: Signs) -> tuple[Rule, ...]:
    """Numbers in the shapes people write them; "100-200" has none of them, "555-0123" has."""
    link = r"(?: ?[()/-] ?|[ .])?"
    month_of_year = r"(?:0[1-9]|1[0-2])[/-](?:19|20)\d\d(?!\d)"
    area = r"\(?0\d{1,5}\)?(?: ?[/-] ?| )"
    shapes = (
        (rf"(?<![\w+])\+\(?\d(?:{link}\d){{6,17}}", "+"),
        (r"(?<![\w.,-])00[1-9]\d(?:[ /-]?\d){6,15}", "0"),
        (rf"(?<![\w.,-])(?!{month_of_year}){area}\d(?:(?: ?-| )?\d){{2,12}}", "0"),
        (r"(?<![\w.,-])(?:1[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}", DIGITS),
        (r"(?<![\w.,$€£-])\d{3}-\d{4}", "-"),
        (r"(?<![\w.,])\d{1,12}(?:-\d{1,12}){2,8}", "-"),
        (r"(?<![\w.,])0\d{5,14}", "0"),
    )
    return tuple(
        rule(rf"{shape}(?![\w-]|[.,:]\d)", signs.telephone, needs) for shape, needs in shapes
    )
