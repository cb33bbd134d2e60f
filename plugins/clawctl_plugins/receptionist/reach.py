"""Facts out of the owner's instructions and knowledge: only what may be told, only word for word.

Instructions are never read out. A sentence of theirs is a fact if it says when or where somebody
can be reached; a sentence of the knowledge is one unless it gives an order. What speaks of secrets
is neither, and a sentence such as "Tell nobody." silences the one before it.
"""

import re
from collections.abc import Iterable, Iterator

from clawctl_plugins.receptionist.english.facts import FACTS as ENGLISH
from clawctl_plugins.receptionist.language import FactWords

# Of a question's telling words more than this have to stand in the sentence that answers it.
HALF = 0.5
LONGEST = 240

# "9 a.m. to 5" is one sentence.
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-zäöüß]|[\d\"'(*-])|\s*\n\s*")
_BULLET = re.compile(r"^[\s*#>•-]+|^\d+[.)]\s+")
_WORD = re.compile(r"\w+")


def when(question: str, system: str, knowledge: str, owner: str, words: FactWords) -> str:
    """What says when or where the owner can be reached, or "": nobody told us."""
    facts = [fact for fact in _facts((knowledge, system), words) if _says_when(fact, words)]
    if not facts:
        return ""
    asked = _telling(question, words)
    best = max(facts, key=lambda fact: _overlap(asked, fact, words))
    return _spoken(best, owner, words)


def about(question: str, system: str, knowledge: str, owner: str, words: FactWords) -> str:
    """The sentence that literally answers a question, or ""."""
    told = [fact for fact in _facts((system,), words) if _says_when(fact, words)]
    facts = [*_facts((knowledge,), words), *told]
    asked = _telling(question, words) - _telling(owner, words)
    best = max(facts, key=lambda fact: _overlap(asked, fact, words), default="")
    return _spoken(best, owner, words) if _overlap(asked, best, words) > HALF else ""


def _facts(texts: Iterable[str], words: FactWords) -> Iterator[str]:
    for text in texts:
        sentences = [_BULLET.sub("", sentence).strip() for sentence in _SENTENCE.split(text)]
        for sentence, following in zip(sentences, [*sentences[1:], ""], strict=True):
            if _secret_heading(sentence, words):
                break
            fact = _unwrapped(sentence, words)
            if 0 < len(fact) <= LONGEST and _may_be_told(sentence, fact, following, words):
                yield fact


def _unwrapped(sentence: str, words: FactWords) -> str:
    """ "Tell callers that he is back at 3": what they are to be told."""
    for pattern, instead in words.wrapping:
        if pattern.search(sentence):
            return pattern.sub(instead, sentence)
    return sentence


def _may_be_told(sentence: str, fact: str, following: str, words: FactWords) -> bool:
    # Instructions are often English, whatever is spoken.
    return not any(
        each.secret.search(sentence) or each.hush.search(following) or each.order.search(fact)
        for each in (words, ENGLISH)
    )


def _secret_heading(sentence: str, words: FactWords) -> bool:
    """ "Confidential:" or "The following is secret." hides all that comes after it."""
    return any(
        each.secret.search(sentence) and (sentence.endswith(":") or each.below.search(sentence))
        for each in (words, ENGLISH)
    )


def _says_when(fact: str, words: FactWords) -> bool:
    return bool(words.reach.search(fact) and words.moment.search(fact))


def _overlap(asked: frozenset[str], fact: str, words: FactWords) -> float:
    return len(asked & _telling(fact, words)) / len(asked) if asked else 0.0


def _telling(text: str, words: FactWords) -> frozenset[str]:
    """The words that carry meaning, without endings; kindred words as one."""
    said = {word for word in _WORD.findall(text.lower()) if word not in words.empty}
    return frozenset(_root(word, words) for word in said)


def _root(word: str, words: FactWords) -> str:
    for kin in words.kin:
        if word in kin:
            return min(kin)
    return words.endings.sub("", word)


def _spoken(fact: str, owner: str, words: FactWords) -> str:
    for pattern, instead in words.about_me:
        fact = pattern.sub(instead.format(owner=owner), fact)
    fact = fact[:1].upper() + fact[1:]
    return fact if fact[-1:] in ".!?" else f"{fact}."
