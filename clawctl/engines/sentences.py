"""A reply as it is written, cut into sentences that can be spoken before the rest is there.

Filters for a stream of pieces, to be put one behind the other: `Thinking` takes out what a model
says to itself, and so does `Words`, which waits for a word; `Sentences` cuts what is left. Where a
piece ends never matters.
"""

# ruff: noqa: RUF001  (quotes and dashes of several languages are what this is about)

import re

# Longer ones are cut: the caller hears nothing before a whole sentence has been synthesised.
MAX_CHARS = 220
# A first sentence longer than this may be cut at a comma: the caller waits for it in silence.
FIRST_CHARS = 80
# A cut at a comma nearer than this sounds chopped; better a blank further on.
MIN_CLAUSE_CHARS = 40


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Something always follows these.
_NEVER_LAST = _words("""
    mr mrs ms messrs dr prof rev hon gen col capt lt sgt gov sen rep vs approx e.g i.e cf
    hr fr frl dipl ing bzw ca evtl ggf inkl exkl zzgl abzgl vgl sog geb gest tel mind zb z.b d.h
    u.a u.u i.d.r s.o s.u v.a z.t z.zt z.hd med gem einschl tsd freundl zw
    gg bf hd abschn excl mt dipl.-ing dr.-ing
""")
# A number follows these, or they are words of their own ("No. I cannot.").
_BEFORE_NUMBER = _words("""
    no nos nr nrn fig figs p pp ch sec vol art abs bd kap s ziff max min ext
    abb tab zi az pos rm apt ste chap ver""")
# These may end a sentence or not; so may single letters, "p.m." and German ordinals.
_SOMETIMES_LAST = _words("""
    st ave blvd rd jr sr inc ltd co corp dept est etc al jan feb mar apr jun jul aug sep sept
    oct nov dec mon tue wed thu fri sat sun tues thur thurs ft
    usw str mio mrd std sek allg bspw dt engl okt dez mrz
""")
# After a doubtful full stop one of these begins a sentence; nothing else is sure to.
_STARTERS = _words("""
    i you he she it we they the this that these those there then here if what when where who
    how why which please and but so or is are do does did can could would will shall should may
    yes no my your his her our their let thank thanks sorry ok okay for at in on after before
    ich du er sie es wir ihr der die das dies diese dieser dieses dann danach dort hier wenn was
    wann wo wer wie warum welche bitte und aber also oder ist sind hat haben kann können könnten
    möchten möchte soll sollen darf dürfen ja nein mein meine ihre unser unsere gut danke leider
    vielen außerdem nach vor bei im am um ein eine einen
""")

_OPENING = "\"'“„‚‘»«›‹([{*_~`¿¡"
_CLOSING = re.escape("\"'”“’‘»«›‹)]}*_~`")
# A possible end, what closes behind it, the blanks after it, the next word, and what follows that.
_MARK = re.compile(
    rf"(?<![.!?…])([.!?…]++)([{_CLOSING}]*+)(?=(\s+)[{re.escape(_OPENING)}]*(\w*)(.?))"
    r"|[。！？]|\n",
    re.DOTALL,
)
_DOTTED = re.compile(r"[^\W\d](?:\.[^\W\d])*")
_ORDINAL = re.compile(r"\d{1,3}|(?:\d{1,2}\.(?:\d{1,2}\.)?[-–])?\d{1,2}(?:\.\d{1,2})?|[ivxl]{1,6}")
# "Mo.-Fr." and "So." with their capitals: "so" ends sentences.
_DAY = re.compile(r"(?:(?:Mo|Di|Mi|Do|Fr|Sa|So)\.?[-–/]?){1,3}")
_NUMBER_OF = re.compile(r"\w+-?nr|\w{2,}str|kd\.-nr|[\w-]+\.-nr")
_FENCE = re.compile(r"```[^`\n]{0,60}\n")
_FENCE_BEGUN = re.compile(r"```[^`\n]{0,60}\Z")
_FENCE_END = re.compile(r"\n[ \t]*```(?=[^`])")
# From the best place for a cut to the worst; a short word before a full stop may be "Dr.".
_CUTS = (
    re.compile(r"(?:[!?…]|(?<=\w{4})\.)(?=\s)"),
    re.compile(r"[,;:](?=\s)|\s[-–—](?=\s)|—"),
    re.compile(r"(?=\s)"),
)


class Sentences:
    """Cuts a growing text at the ends of sentences, at line ends, and where it gets too long; the
    first sentence, if it is a long one, at the end of a clause.

    `lang` decides whether "3." may be an ordinal ("am 3. Mai"). What comes out, joined, is what
    went in but for blanks at the seams; nothing is longer than MAX_CHARS but a block of code,
    which stays in one piece so that it can be dropped as one.
    """

    def __init__(self, lang: str = "en") -> None:
        self._ordinals = lang.startswith("de")
        self._text = ""
        self._begun = False

    def feed(self, piece: str) -> list[str]:
        """The sentences that are complete now; a doubtful full stop waits for the next word."""
        self._text = (self._text + piece).lstrip()
        done = []
        while end := self._end():
            done.append(self._text[:end].rstrip())
            self._begun = True
            self._text = self._text[end:].lstrip()
        return done

    def rest(self) -> str:
        """What is left when nothing more will come; "" if nothing is."""
        last, self._text = self._text.rstrip(), ""
        return last

    def _end(self) -> int:
        """Where the first sentence ends, 0 if that cannot be said yet."""
        if _FENCE.match(self._text):
            closed = _FENCE_END.search(self._text)
            return closed.end() if closed else 0
        if _FENCE_BEGUN.match(self._text):
            return 0
        head = self._text[: MAX_CHARS + 1]
        too_long = len(head) > MAX_CHARS
        for mark in _MARK.finditer(head):
            ends = self._is_end(head, mark)
            if ends:
                return mark.end()
            if ends is None and not too_long:
                return 0
        if too_long:
            return _cut(head)
        return 0 if self._begun or len(head) <= FIRST_CHARS else _clause(head)

    def _is_end(self, text: str, mark: re.Match[str]) -> bool | None:
        """None: the word after it decides and is not there yet."""
        stop, closing, blanks, word, after = mark.groups()
        if stop is None or (not closing and stop[-1] in "!?"):
            return True
        if "\n" in blanks:
            return True
        if not word and not after:
            return None
        if word[:1].islower():
            return False
        return stop != "." or self._is_full_stop(text[: mark.start()], word, seen_whole=after != "")

    def _is_full_stop(self, before: str, word: str, *, seen_whole: bool) -> bool | None:
        last = before.rsplit(maxsplit=1)[-1].lstrip(_OPENING) if before.strip() else ""
        key = last.lower()
        if key in _NEVER_LAST:
            return False
        if last.isdecimal() and last == before.lstrip(_OPENING):
            return False  # "1. Milk": the number of a list item
        if word[:1].isdecimal() and (key in _BEFORE_NUMBER or _NUMBER_OF.fullmatch(key)):
            return False
        if not (self._is_doubtful(key) or (self._ordinals and _DAY.fullmatch(last))):
            return True
        return word.lower() in _STARTERS if seen_whole else None

    def _is_doubtful(self, key: str) -> bool:
        return bool(
            key in _SOMETIMES_LAST
            or _DOTTED.fullmatch(key)
            or (self._ordinals and _ORDINAL.fullmatch(key))
        )


def _clause(text: str) -> int:
    """Where the first clause ends that is long enough to be spoken by itself, or 0."""
    ends = (found.end() for found in _CUTS[1].finditer(text))
    return next((end for end in ends if end >= MIN_CLAUSE_CHARS), 0)


def _cut(text: str) -> int:
    """The best place in the first MAX_CHARS to break a sentence that is too long."""
    for place in _CUTS:
        ends = [found.end() for found in place.finditer(text, 0, MAX_CHARS)]
        if ends and ends[-1] >= MIN_CLAUSE_CHARS:
            return ends[-1]
    return MAX_CHARS


_TAG = re.compile(
    r"<(?P<close>/?)(?:think|thinking|thought|reasoning)>"
    r"|<\|[^|<>\s]{0,40}\|>|</?s>|<(?:eos|bos|end_of_turn|start_of_turn)>",
    re.IGNORECASE,
)
_TAG_BEGUN = re.compile(r"<(?:/?[a-z_]{0,13}|\|[^|<>\s]{0,40}\|?)\Z", re.IGNORECASE)


class Thinking:
    """Takes `<think>…</think>` and tokens such as `<|im_end|>` out of a stream.

    A block that is never closed is dropped to its end. A closing tag alone drops what is before
    it and not yet handed on; of a model whose prompt opens the block say so with `inside`.
    """

    def __init__(self, *, inside: bool = False) -> None:
        self._inside = inside
        self._held = ""

    def feed(self, piece: str) -> str:
        """What of it may be said; a possible half of a tag waits for the next piece."""
        self._held += piece
        said = ""
        while tag := _TAG.search(self._held):
            said = self._after(tag, said)
            self._held = self._held[tag.end() :]
        begun = _TAG_BEGUN.search(self._held)
        end = begun.start() if begun else len(self._held)
        ready, self._held = self._held[:end], self._held[end:]
        return said if self._inside else said + ready

    def rest(self) -> str:
        """What is left when nothing more will come."""
        held, self._held = self._held, ""
        return "" if self._inside else held

    def _after(self, tag: re.Match[str], said: str) -> str:
        before = "" if self._inside else self._held[: tag.start()]
        if tag["close"] is None:
            return said + before
        was_inside, self._inside = self._inside, not tag["close"]
        return "" if tag["close"] and not was_inside else said + before


class Words:
    """Takes out what a model thinks aloud, and holds back signs until `any` word has come: as long
    as there is none, another model can write in its place."""

    def __init__(self) -> None:
        self.any = False
        self._thinking = Thinking()
        self._held = ""

    def feed(self, piece: str) -> str:
        return self._ready(self._thinking.feed(piece))

    def rest(self) -> str:
        return self._ready(self._thinking.rest())

    def _ready(self, text: str) -> str:
        self.any = self.any or any(map(str.isalnum, text))
        ready = self._held + text if self.any else ""
        self._held = "" if self.any else self._held + text
        return ready


def without_thinking(text: str) -> str:
    """As `Thinking`, for a text that is whole."""
    thinking = Thinking()
    return thinking.feed(text) + thinking.rest()
