"""Replies cut into sentences while they are written, and what a model says to itself taken out."""


import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawctl.engines.sentences import MAX_CHARS, Sentences, Thinking, without_thinking


def split(text: str, lang: str = "en", size: int = 1) -> list[str]:
    """As it comes from a model, `size` characters a piece."""
    sentences = Sentences(lang)
    done = [s for i in range(0, len(text), size) for s in sentences.feed(text[i : i + size])]
    return [*done, *filter(None, [sentences.rest()])]


@pytest.mark.parametrize(
    "expected",
    [
        ["Hello.", "How are you?", "Fine!"],
        ["Really?!", "Yes."],
        ["Dr. Smith is here.", "Mr. and Mrs. Jones are not."],
        ["Some fruit, e.g. Apples, i.e. Food.", "Good."],
        ["It is in room No. 5 on the left.", "No.", "I cannot."],
        ["Pi is 3.14.", "The end."],
        ["I have 3.", "You have 4."],
        ["It was J. S. Bach.", "And who else?"],
        ["Take plan B.", "The rest can wait."],
        ["He lives in the U.S. Navy yard."],
        ["Call at 5 p.m. Monday.", "Or at 5 p.m.", "We close at 6."],
        ["See https://example.com/a.b?c=d.", "Or write to a.b@example.com.", "Thanks."],
        ["Well... maybe.", "Or not...", "Who knows…", "Nobody."],
        ["“Hello.”", "She left."],
        ['He said "Stop!" and went.', "(Really.)", "[Yes.]"],
        ['"Why?" he asked.', '"Because."'],
        ["**Important.**", "Listen _now!_", "`Code.`", "End."],
        ["Approx. Five people.", "Bring milk, eggs, etc.", "Then go."],
        ["Main St. Station is near.", "I live in Main St.", "It is quiet."],
        ["What?", "no way!", "ok."],
        ["Version 2.0 is out.", "5 people use it."],
        ["Sure.", "😀 Bye."],
        ["你好。", "再见！", "好吗？"],
        ["¿Qué tal?", "¡Bien!"],
        ["No sentence at all"],
        ["It has 2.", "It was J. S. Bach."],
    ],
)
def test_english_is_cut_at_the_ends_of_sentences(expected: list[str]) -> None:
    assert split(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["Guten Tag.", "Wie geht es Ihnen?", "Gut!"],
        ["Wir treffen uns am 3. Mai um 15.30 Uhr.", "Passt das?"],
        ["Es sind 3.", "Ich zähle nach."],
        ["Am 3.5. Montag früh.", "Im 21. Jahrhundert."],
        ["Das war 2024.", "Heute ist es anders."],
        ["Obst, z. B. Äpfel, d. h. Essen.", "Gut."],
        ["Obst, z.B. Äpfel, u.a. Birnen.", "Gut."],
        ["Dr. Müller und Prof. Dr. Weber sind da.", "Frau Dr. Klein nicht."],
        ["Zimmer Nr. 5 bzw. Nr. 6.", "Gut."],
        ["Milch, Eier usw.", "Danach heim."],
        ["Die Str. Nord ist gesperrt."],
        ["Siehe S. 5.", "Der Rest fehlt.", "Johann S. Bach."],
        ["„Guten Tag.“", "Sie ging.", "»Warum?«", "»Darum.«"],
        ["Er kommt ca. Mitte Mai.", "Vielleicht."],
        ["Das kostet 3,50 €.", "Mehr nicht."],
        ["Es kostet 2 Mio. Euro.", "Viel."],
    ],
)
def test_german_is_cut_at_the_ends_of_sentences(expected: list[str]) -> None:
    assert split(" ".join(expected), "de") == expected


def test_a_sentence_is_there_as_soon_as_it_is_sure() -> None:
    sentences = Sentences()

    assert sentences.feed("Are you there? ") == ["Are you there?"]
    assert sentences.feed("Good. ") == []
    assert sentences.feed("N") == ["Good."]
    assert sentences.feed("ow\n") == ["Now"]
    assert sentences.feed("The end.") == []
    assert sentences.rest() == "The end."
    assert sentences.rest() == ""


def test_a_full_stop_before_a_small_letter_ends_nothing() -> None:
    assert split("The frobn. of it. is long.") == ["The frobn. of it. is long."]


def test_lines_are_borders_and_list_numbers_belong_to_their_items() -> None:
    text = "You need:\n\n1. Milk\n2. Two eggs. Fresh ones.\n- Bread\n"

    assert split(text) == ["You need:", "1. Milk", "2. Two eggs.", "Fresh ones.", "- Bread"]


def test_a_very_long_sentence_is_cut_at_the_last_clause_that_fits() -> None:
    clause = "and here comes one more part of it"
    long = ", ".join([clause] * 10) + "."

    parts = split("Yes! " + long)

    assert parts == [
        "Yes!",
        ", ".join([clause] * 6) + ",",
        ", ".join([clause] * 4) + ".",
    ]
    assert max(map(len, parts)) <= MAX_CHARS


def test_of_a_long_first_sentence_the_first_clause_is_heard_before_the_rest() -> None:
    first = "If you would like to come by on Tuesday morning,"
    rest = "we are open from nine, and somebody will be there for you."

    assert split(f"{first} {rest}") == [first, rest]
    assert split(f"So. {first} {rest}") == ["So.", f"{first} {rest}"]


def test_a_first_clause_is_no_shorter_than_sounds_well_and_ends_at_no_blank() -> None:
    short = "Well, " + "you know how it is with these things " * 4

    assert split(short)[0] == split("So. " + short)[1]


def test_without_a_clause_it_is_cut_at_a_blank_and_without_a_blank_anywhere() -> None:
    words = "word " * 60
    solid = "x" * 500

    assert [len(part) for part in split(words)] == [219, 79]
    assert [len(part) for part in split(solid)] == [220, 220, 60]


def test_a_long_run_in_small_letters_is_cut_at_its_full_stops() -> None:
    text = "this is all written small. " * 12

    assert split(text)[0].endswith("small.")
    assert len(split(text)) == 2


def test_a_block_of_code_stays_in_one_piece() -> None:
    code = "```python\n" + "print('Hello. You.')\n\n" * 20 + "```"

    assert split(f"Look.\n{code}\nThat is all. Bye.") == ["Look.", code, "That is all.", "Bye."]


def test_a_block_of_code_that_never_ends_comes_out_at_the_end() -> None:
    assert split("```\nOne. Two.\nThree.") == ["```\nOne. Two.\nThree."]


WORDS = (
    "Dr. |z. |B. |No. |5 |a.m. |The |the |3. |Mai |Ende. |Was? |https://x.de/y. |```|\n|1. |3.5 "
    "|word|longer words|. |.|  |“|)|。|```py\n|\n```\n|, "
)
TEXTS = st.one_of(
    st.text(st.sampled_from(" \n.!?…,;:-\"'“”„()[]*`aAbB35äÖ😀。<>|/"), max_size=600),
    st.text(max_size=300),
    st.lists(st.sampled_from(WORDS.split("|")), max_size=150).map("".join),
)


@given(TEXTS, st.integers(1, 50), st.sampled_from(("en", "de")))
def test_nothing_is_lost_or_doubled_and_piece_borders_do_not_matter(
    text: str, size: int, lang: str
) -> None:
    parts = split(text, lang, size)

    assert "".join("".join(parts).split()) == "".join(text.split())
    assert parts == split(text, lang, 1)
    assert all(part and part == part.strip() for part in parts)
    assert all(len(part) <= MAX_CHARS or part.startswith("```") for part in parts)


@pytest.mark.parametrize(
    "pattern", ["a. ", ".", "!", "\n", " ", "```\n", "“", ". (", "Dr. ", "3. "]
)
def test_thirty_thousand_characters_take_no_minute(pattern: str) -> None:
    text = (pattern * 30_000)[:30_000]

    began = time.process_time()
    split(text, "de", 30_000)
    split(text, "de", 50)

    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<think>hm, 3 < 4</think>Hello.", "Hello."),
        ("<think>\nhm\n</think>\n\nHello.", "\n\nHello."),
        ("A<THINK>b</Think>c", "Ac"),
        ("A <thinking>b</thinking>c<think>d", "A c"),
        ("<think>never closed", ""),
        ("Hello.<|im_end|>", "Hello."),
        ("<|im_start|>assistant", "assistant"),
        ("Hello.</s>", "Hello."),
        ("Hi<end_of_turn>", "Hi"),
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
        ("a <b>bold</b> <", "a <b>bold</b> <"),
        ("<|" + "x" * 60 + "|>", "<|" + "x" * 60 + "|>"),
        ("<think>a<think>b</think>c", "c"),
    ],
)
def test_what_a_model_says_to_itself_is_taken_out(text: str, said: str) -> None:
    thinking = Thinking()

    assert without_thinking(text) == said
    assert "".join(map(thinking.feed, text)) + thinking.rest() == said


def test_a_closing_tag_alone_drops_what_is_before_it() -> None:
    assert without_thinking("I should greet.</think>Hello.") == "Hello."
    assert without_thinking("<think>a</think>b</think>c") == "c"


def test_a_model_that_starts_in_the_middle_of_a_thought() -> None:
    thinking = Thinking(inside=True)

    assert thinking.feed("I should ") + thinking.feed("greet.</th") == ""
    assert thinking.feed("ink>Hello.") == "Hello."
    assert thinking.rest() == ""


def test_half_a_tag_is_held_back_and_let_go_when_it_is_none() -> None:
    thinking = Thinking()

    assert thinking.feed("Hello <th") == "Hello "
    assert thinking.feed("e>") == "<the>"
    assert thinking.feed("<thin") == ""
    assert thinking.rest() == "<thin"


@given(st.text(st.sampled_from("<|>/think s.x"), max_size=80), st.integers(1, 7))
def test_borders_of_pieces_do_not_change_what_is_said(text: str, size: int) -> None:
    whole, pieces = Thinking(inside=True), Thinking(inside=True)
    text = text.replace("</think>", "") + "</think>" + text.replace("</think>", "")

    said = "".join(pieces.feed(text[i : i + size]) for i in range(0, len(text), size))

    assert said + pieces.rest() == whole.feed(text) + whole.rest()
