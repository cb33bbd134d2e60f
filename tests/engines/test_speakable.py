"""Replies as models write them, and what a voice should make of them."""


import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawctl.engines.speakable import speakable

ENGLISH = [
    # ordinary text stays as it is
    ("Hello, how are you?", "Hello, how are you?"),
    ("It's Tom's well-known ice-cream; isn't it?", "It's Tom's well-known ice-cream; isn't it?"),
    ("Wait... what?!", "Wait... what?"),
    ("Yes!!! Really???", "Yes! Really?"),
    # markup
    ("**Bold**, *it*, __both__, _this_ and ~~gone~~.", "Bold, it, both, this and gone."),
    ("# Opening hours\nMonday", "Opening hours. Monday"),
    (
        "You need:\n- milk\n- two eggs\n\n1. Mix\n2) Bake",
        "You need: milk. two eggs. one: Mix. two: Bake",
    ),
    (
        'See [our page](https://x.com/a_(b)?q=1 "Title") or ![a map](m.png).',
        "See our page or a map.",
    ),
    ("Run `ls` now.", "Run ls now."),
    ("Look:\n```python\nprint(1)\n```\nDone.", "Look: Done."),
    ("```python print(1) print(2) ```", ""),
    ("```\nunclosed code", "unclosed code"),
    ("| Day | Hours |\n|---|---|\n| Mon | nine |", "Day, Hours. Mon, nine"),
    ("> quoted\n\n---\n\n* * *\nafter", "quoted. after"),
    ("- [x] done\n- [ ] open", "done. open"),
    ("a <b>bold</b> word &amp; more<br/>", "a bold word and more"),
    ("It is so[1], says[^note] he.", "It is so, says he."),
    ("2 * 3 * 4", "two times three times four"),
    ("snake_case and \\*stars\\*", "snake case and stars"),
    ("<https://example.com> <a@b.org>", "example dot com a at b dot org"),
    ("the end of a](https://example.com/x) link", "the end of a link"),
    # thoughts, emoji, signs
    ("<think>They greet me.</think>\n\nHello!", "Hello!"),
    ("Hello.<|im_end|>", "Hello."),
    ("Great! 😀🎉 See you 👋🏽", "Great! See you"),
    ("😀 👨‍👩‍👧 ❤️", ""),
    ("  \n\t ", ""),
    ("***", ""),
    ("...", ""),
    ("So (really) it's “fine” — ‘yes’ – ok", "So, really, it's fine, yes, ok"),
    ("a\u00a0b\u200bc\u00ad\x07 d", "a bc d"),
    ("你好。再见！", "你好. 再见!"),
    ("Ω and ñ", "Ω and ñ"),
    # numbers
    ("I have 2 cats.", "I have two cats."),
    ("0, 11, 20, 21, 99", "zero, eleven, twenty, twenty-one, ninety-nine"),
    ("100, 101, 999", "one hundred, one hundred one, nine hundred ninety-nine"),
    ("1,234,567", "one million two hundred thirty-four thousand five hundred sixty-seven"),
    ("1000000 or 2500 or 10,000", "one million or two thousand five hundred or ten thousand"),
    ("3.14 and 0.5 and 1.10", "three point one four and zero point five and one point one zero"),
    ("-5 and +5", "minus five and plus five"),
    ("12345678", "one two three, four five six, seven eight"),
    ("agent 007", "agent zero zero seven"),
    (
        "1111222233334444",
        "one one one, one two two, two two three, three three three, four four four four",
    ),
    ("version 2.0.1", "version two point zero point one"),
    ("B12, 4K, COVID-19", "B twelve, four K, COVID nineteen"),
    ("٣ and ４", "three and four"),
    (
        "1st, 2nd, 3rd, 12th, 21st, 100th",
        "first, second, third, twelfth, twenty-first, one hundredth",
    ),
    ("1/2, 3/4 and 2 ½", "one half, three quarters and two and a half"),
    ("½ hour", "one half hour"),
    ("3x faster, 3 x 4", "three times faster, three times four"),
    ("2+2=4", "two plus two equals four"),
    ("~5, ≤3, ±2", "about five, at most three, plus or minus two"),
    ("50+ people", "fifty plus people"),
    ("open 24/7", "open twenty-four seven"),
    ("10-12 and 5–6", "ten to twelve and five to six"),
    ("3:1", "three to one"),
    ("#5, No. 5, no. 7", "number five, number five, number seven"),
    ("#hashtag", "hashtag"),
    ("m² and 3 m³", "m squared and three cubic meters"),
    ("No. I have 5.", "No. I have five."),
    # dates
    ("on 2024-05-03", "on May third, twenty twenty-four"),
    ("2024-05-03T15:30:00Z", "May third, twenty twenty-four, three thirty P M"),
    ("5/3/2024", "May third, twenty twenty-four"),
    ("25/3/24", "March twenty-fifth, twenty twenty-four"),
    ("03.05.2024", "May third, twenty twenty-four"),
    ("May 3, 2024", "May third, twenty twenty-four"),
    ("Jan. 5 and Sept 21st", "January fifth and September twenty-first"),
    ("3 May", "the third of May"),
    ("The 3rd of May", "The third of May"),
    ("the 3rd of May 1999", "the third of May, nineteen ninety-nine"),
    ("May 2024", "May twenty twenty-four"),
    (
        "in 1999, 2000, 2005, 2010",
        "in nineteen ninety-nine, two thousand, two thousand five, twenty ten",
    ),
    ("since 1805", "since eighteen oh five"),
    ("1500 people, 2024 items", "one thousand five hundred people, two thousand twenty-four items"),
    ("the 1990s and the 80s", "the nineteen nineties and the eighties"),
    ("Mon-Fri", "Monday to Friday"),
    ("05/2024", "May twenty twenty-four"),
    ("77/88/24", "seventy-seven slash eighty-eight slash twenty-four"),
    ("in 1900, the 1900s", "in nineteen hundred, the nineteen hundreds"),
    # times
    ("3:30 pm", "three thirty P M"),
    ("at 15:30", "at three thirty P M"),
    ("10:00", "ten o'clock"),
    ("9:05 a.m.", "nine oh five A M."),
    ("0:15", "twelve fifteen A M"),
    ("5 p.m. sharp", "five P M sharp"),
    ("11AM-2pm", "eleven A M to two P M"),
    ("9:00-17:00", "nine o'clock to five P M"),
    ("10:20:30", "ten twenty and thirty seconds"),
    # money and units
    ("$3.50", "three dollars and fifty cents"),
    ("$1, $1.01, $0.99", "one dollar, one dollar and one cent, ninety-nine cents"),
    ("€20, 20 €, 20 EUR", "twenty euros, twenty euros, twenty euros"),
    ("£1,200.00", "one thousand two hundred pounds"),
    ("$2.5 million and $3k", "two point five million dollars and three thousand dollars"),
    ("-$5, $1.5", "minus five dollars, one point five dollars"),
    ("$5-$10", "five dollars to ten dollars"),
    ("US$ 5, CHF 10", "five dollars, ten Swiss francs"),
    ("5% or 2.5 %", "five percent or two point five percent"),
    ("20°C, -5 °F, 90°", "twenty degrees Celsius, minus five degrees Fahrenheit, ninety degrees"),
    ("60 km/h, 1 km, 5km", "sixty kilometers per hour, one kilometer, five kilometers"),
    ("10 min., 1 h", "ten minutes, one hour"),
    ("16 GB, 5 GHz", "sixteen gigabytes, five gigahertz"),
    # telephone numbers, codes, addresses
    ("+49 30 1234", "plus four nine, three zero, one two three four"),
    ("+491701234567", "plus four nine, one seven zero, one two three, four five six seven"),
    ("+44 (0)20 7946 0000", "plus four four, two zero, seven nine four six, zero zero zero zero"),
    ("555-0123", "five five five, zero one two three"),
    ("(555) 123-4567.", "five five five, one two three, four five six seven."),
    ("1-800-555-0199", "one, eight zero zero, five five five, zero one nine nine"),
    ("555.123.4567", "five five five, one two three, four five six seven"),
    ("call 911", "call nine one one"),
    ("call 112 people", "call one hundred twelve people"),
    ("Your PIN is 4711.", "Your PIN is four seven one one."),
    ("extension 204", "extension two zero four"),
    ("a.b-c_1@example.com", "a dot b dash c underscore one at example dot com"),
    ("https://www.example.com/path?x=1#y.", "example dot com slash path."),
    ("example.org, www.b.de!", "example dot org, b dot de!"),
    ("https://example.com/" + "long/" * 20, "example dot com"),
    # abbreviations
    ("Dr. Smith, Mrs. Jones and Prof. Li", "Doctor Smith, Missus Jones and Professor Li"),
    ("e.g. this, i.e. that", "for example this, that is that"),
    ("milk, eggs, etc.", "milk, eggs, et cetera."),
    ("milk etc. Then go.", "milk et cetera. Then go."),
    ("approx. five vs. six", "approximately five versus six"),
    ("St. Mary lives in Main St.", "Saint Mary lives in Main Street."),
    ("the U.S. and the U.K.", "the U S and the U K."),
    ("Tom & Jerry", "Tom and Jerry"),
    ("and/or he/she w/ milk", "and or he or she with milk"),
    ("He sat. They wed. I art.", "He sat. They wed. I art."),
    ("C++ and Node.js", "C plus plus and Node dot js"),
]

GERMAN = [
    ("Guten Tag, wie geht's?", "Guten Tag, wie geht's?"),
    ("**Wichtig:** _bitte_ lesen!", "Wichtig: bitte lesen!"),
    ("# Zeiten\n- Montag\n- Dienstag", "Zeiten. Montag. Dienstag"),
    ("<think>Hm.</think>Hallo „Welt“ 😀", "Hallo Welt"),
    # numbers
    ("Ich habe 2 Katzen.", "Ich habe zwei Katzen."),
    ("1 Katze, 1 Hund, 1 Nachricht", "eine Katze, ein Hund, eine Nachricht"),
    ("0, 1, 16, 17, 21, 30", "null, eins, sechzehn, siebzehn, einundzwanzig, dreißig"),
    ("100, 101, 121, 1001", "einhundert, einhunderteins, einhunderteinundzwanzig, eintausendeins"),
    ("1984 Stück", "eintausendneunhundertvierundachtzig Stück"),
    (
        "1.234.567,8",
        "eine Million zweihundertvierunddreißigtausendfünfhundertsiebenundsechzig Komma acht",
    ),
    ("1000000", "eine Million"),
    ("21.000.000", "einundzwanzig Millionen"),
    ("3,14 und 0,5", "drei Komma eins vier und null Komma fünf"),
    ("3.5 Sterne", "drei Punkt fünf Sterne"),
    ("Version 2.0.1", "Version zwei Punkt null Punkt eins"),
    ("-5 und ±2", "minus fünf und plus minus zwei"),
    ("12345678", "eins zwei drei, vier fünf sechs, sieben acht"),
    ("007", "null null sieben"),
    ("1/2, 3/4, 2 ½, 1½", "ein halb, drei Viertel, zweieinhalb, eineinhalb"),
    ("3x so viel, 3 x 4", "dreimal so viel, drei mal vier"),
    ("2+2=4", "zwei plus zwei gleich vier"),
    ("~5 und 50+", "ungefähr fünf und fünfzig plus"),
    ("10-12, 5–6", "zehn bis zwölf, fünf bis sechs"),
    ("#5, Nr. 7, nr. 8", "Nummer fünf, Nummer sieben, Nummer acht"),
    ("§ 5, §§ 6", "Paragraf fünf, Paragrafen sechs"),
    ("A4, 4K", "A vier, vier K"),
    (
        "1 Mio. Menschen, 3 Mrd. Sterne, 2,5 Mio.",
        "eine Million Menschen, drei Milliarden Sterne, zwei Komma fünf Millionen.",
    ),
    # ordinals and dates
    ("am 3. Mai", "am dritten Mai"),
    ("der 3. Mai", "der dritte Mai"),
    ("3. Mai", "dritter Mai"),
    ("Montag, den 1. April", "Montag, den ersten April"),
    ("vom 7. bis zum 8. Juni", "vom siebten bis zum achten Juni"),
    ("am 3. Mai 2024", "am dritten Mai zweitausendvierundzwanzig"),
    ("am 3.5.2024", "am dritten Mai zweitausendvierundzwanzig"),
    ("am 03.05. um acht", "am dritten Mai um acht"),
    ("3.5.99", "dritter Mai neunzehnhundertneunundneunzig"),
    ("2024-05-03", "dritter Mai zweitausendvierundzwanzig"),
    ("am 5. Jan. früh", "am fünften Januar früh"),
    ("3.-5. Mai", "dritter bis fünfter Mai"),
    ("vom 3.–5. Mai", "vom dritten bis fünften Mai"),
    ("im 21. Jahrhundert", "im einundzwanzigsten Jahrhundert"),
    ("der 2. Weltkrieg", "der zweite Weltkrieg"),
    ("in der 2. Woche", "in der zweiten Woche"),
    ("zum 1. Mal", "zum ersten Mal"),
    ("das 100. Tor", "das hundertste Tor"),
    ("Es sind 3. Danach 4.", "Es sind drei. Danach vier."),
    ("im Jahr 1999, seit 1805", "im Jahr neunzehnhundertneunundneunzig, seit achtzehnhundertfünf"),
    ("Mai 1985", "Mai neunzehnhundertfünfundachtzig"),
    ("die 90er und 1980er", "die neunziger und neunzehnhundertachtziger"),
    ("Mo-Fr, Sa–So", "Montag bis Freitag, Samstag bis Sonntag"),
    # times
    ("um 15:30 Uhr", "um fünfzehn Uhr dreißig"),
    ("um 15.30 Uhr", "um fünfzehn Uhr dreißig"),
    ("8:00 Uhr", "acht Uhr"),
    ("8 Uhr, 1 Uhr, 1:05", "acht Uhr, ein Uhr, ein Uhr fünf"),
    ("0:30", "null Uhr dreißig"),
    ("8-12 Uhr", "acht bis zwölf Uhr"),
    ("9:00–17:30 Uhr", "neun Uhr bis siebzehn Uhr dreißig"),
    # money and units
    ("3,50 €", "drei Euro fünfzig"),
    ("1 €, 0,99 €, 20 EUR", "ein Euro, neunundneunzig Cent, zwanzig Euro"),
    ("1.200,50 Euro", "eintausendzweihundert Euro fünfzig"),
    ("20,- €, € 5, -5 €", "zwanzig Euro, fünf Euro, minus fünf Euro"),
    ("2,5 Mio. €", "zwei Komma fünf Millionen Euro"),
    ("1,5 €, 2 ¼ Liter", "eins Komma fünf Euro, zwei einviertel Liter"),
    ("10 $, 5 CHF", "zehn Dollar, fünf Franken"),
    ("5 %, 2,5%", "fünf Prozent, zwei Komma fünf Prozent"),
    ("20 °C, -5°C", "zwanzig Grad Celsius, minus fünf Grad Celsius"),
    ("60 km/h, 1 km, 5km", "sechzig Kilometer pro Stunde, ein Kilometer, fünf Kilometer"),
    ("1 h, 10 Min., 2 Std. Pause", "eine Stunde, zehn Minuten, zwei Stunden Pause"),
    ("80 m², 16 GB", "achtzig Quadratmeter, sechzehn Gigabyte"),
    # telephone numbers, codes, addresses
    ("+49 30 1234", "plus vier neun, drei null, eins zwei drei vier"),
    ("030/1234567", "null drei null, eins zwei drei, vier fünf sechs sieben"),
    ("(030) 12 34 56", "null drei null, eins zwei, drei vier, fünf sechs"),
    ("0171 1234567", "null eins sieben eins, eins zwei drei, vier fünf sechs sieben"),
    ("0049 30 123456", "null null vier neun, drei null, eins zwei drei, vier fünf sechs"),
    ("Wählen Sie die 110.", "Wählen Sie die eins eins null."),
    ("Durchwahl 204, PLZ 10115", "Durchwahl zwei null vier, PLZ eins null eins, eins fünf"),
    ("Ihre Nummer ist 555123", "Ihre Nummer ist fünf fünf fünf, eins zwei drei"),
    ("info@firma.de", "info ät firma Punkt de"),
    ("www.firma-x.de/kontakt", "firma Bindestrich x Punkt de Schrägstrich kontakt"),
    ("07/2024", "Juli zweitausendvierundzwanzig"),
    # abbreviations
    ("z. B. das, z.B. jenes, d. h. dies", "zum Beispiel das, zum Beispiel jenes, das heißt dies"),
    ("Z. B. das, u. a. hier", "Zum Beispiel das, unter anderem hier"),
    ("Dr. Müller bzw. Prof. Weber", "Doktor Müller beziehungsweise Professor Weber"),
    ("Milch, Eier usw.", "Milch, Eier und so weiter."),
    ("Eier usw. Danach heim.", "Eier und so weiter. Danach heim."),
    ("ca. 5, evtl. 6, ggf. 7", "circa fünf, eventuell sechs, gegebenenfalls sieben"),
    ("in der Hauptstr. 5", "in der Hauptstraße fünf"),
    ("Hauptstr.", "Hauptstraße."),
    ("Ich heiße Max. Das ist Jan.", "Ich heiße Max. Das ist Jan."),
    ("max. 5, Max. drei Leute", "maximal fünf, Maximal drei Leute"),
    (
        "diese Art. Siehe Art. 5, Abs. 2, S. 7",
        "diese Art. Siehe Artikel fünf, Absatz zwei, Seite sieben",
    ),
    ("Tom & Jerry, er/sie", "Tom und Jerry, er oder sie"),
    ("C++", "C plus plus"),
]


@pytest.mark.parametrize(("text", "said"), ENGLISH)
def test_english(text: str, said: str) -> None:
    assert speakable(text, "en") == said


@pytest.mark.parametrize(("text", "said"), GERMAN)
def test_german(text: str, said: str) -> None:
    assert speakable(text, "de") == said


def test_the_region_of_a_language_does_not_matter() -> None:
    assert speakable("5", "de-AT") == "fünf"
    assert speakable("5", "en-GB") == "five"


def test_in_other_languages_numbers_are_left_to_the_engine() -> None:
    assert speakable("**Bonjour**, 2 chats & 3 % 😀", "fr") == "Bonjour, 2 chats 3"


@pytest.mark.parametrize(
    ("lang", "said"),
    [(lang, said) for lang, rows in (("en", ENGLISH), ("de", GERMAN)) for _, said in rows],
)
def test_what_is_fit_to_be_spoken_stays_as_it_is(lang: str, said: str) -> None:
    assert speakable(said, lang) == said


FRAGMENTS = (
    " |.|,|!|?|;|:|'|-|_|*|`|~|#|[|]|(|)|{|}|<|>|/|\\|\"|@|&|%|$|€|+|=|0|1|2|9|http://|www.|z. B. "
    "|1. |May |3. Mai|Dr. |a.m.|St. |😀|\n|½|²|’|…|–|hello|Ä|1,234|12:30|3.5|+49 |Uhr|€ 5|no. "
    "|\u0301|٣|U.S.|e.g. |Mo-Fr|km|–5|x| - |<think>|</think>|99.99.|0/0|\x00|\ud800"
)
ANYTHING = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS.split("|")), max_size=30).map("".join), st.text()
)


@given(ANYTHING, st.sampled_from(("en", "de")))
def test_whatever_comes_in_only_words_and_their_punctuation_come_out(text: str, lang: str) -> None:
    said = speakable(text, lang)

    others = [c for c in said if c not in " .,!?;:'-" and unicodedata.category(c)[0] not in "LM"]
    assert others == []
    assert said == " ".join(said.split())
    assert said == "" or any(map(str.isalpha, said))


HOSTILE = (
    "a|1|1,|12-|+49 |www.|a@|a.|[x](|<a|```\n|*|_ |\n|- |- - |$1|1/|z. B. |am 1. |U.S.|😀|'|("
    "|<think>|1 000 |½|http://a/"
)


@pytest.mark.parametrize("pattern", HOSTILE.split("|"))
def test_thirty_thousand_characters_take_no_minute(pattern: str) -> None:
    text = (pattern * 30_000)[:30_000]

    began = time.process_time()
    speakable(text, "de")

    assert time.process_time() - began < 10
