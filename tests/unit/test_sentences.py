"""Sentences: short forms and decimals do not end one, full stops of other scripts do."""

from itertools import pairwise

import pytest

from monitor.sentences import paragraph_ends, sentence_ends


def sentences(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in pairwise([0, *sentence_ends(text)])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"], id="plain"),
        pytest.param("The U.S. Navy left. It rained.", ["The U.S. Navy left.", "It rained."], id="letters with stops"),
        pytest.param("Off the U.S. The ship sank.", ["Off the U.S.", "The ship sank."], id="letters that end it"),
        pytest.param("He met Dr. The and left.", ["He met Dr. The and left."], id="a title never does"),
        pytest.param("He paid $2.5 million. She left.", ["He paid $2.5 million.", "She left."], id="a decimal"),
        pytest.param("Mr. Marku met Gen. Brandl.", ["Mr. Marku met Gen. Brandl."], id="titles of people"),
        pytest.param("J. Marku spoke. He left.", ["J. Marku spoke.", "He left."], id="an initial"),
        pytest.param('"Stop!" she said. "No."', ['"Stop!" she said.', '"No."'], id="a quotation inside a sentence"),
        pytest.param("He said “Yes.” Then he left.", ["He said “Yes.”", "Then he left."], id="a closing quote"),
        pytest.param("It ended... or not. Yes.", ["It ended... or not.", "Yes."], id="three dots"),
        pytest.param("First line\nSecond line", ["First line", "Second line"], id="a paragraph"),
        pytest.param("A truce was\nsigned.", ["A truce was\nsigned."], id="a line that goes on in lower case"),
        pytest.param("A talk in\nGaza.\n\nEnd", ["A talk in\nGaza.", "End"], id="a wrapped line among paragraphs"),
        pytest.param("Dr.\n\nNext", ["Dr.", "Next"], id="a short form before a blank line"),
        pytest.param("停火了。他说：“好。”走了", ["停火了。", "他说：“好。”", "走了"], id="Chinese without blanks"),
        pytest.param("Он уехал. Она осталась.", ["Он уехал.", "Она осталась."], id="Cyrillic"),
        pytest.param("هل غادر؟ نعم.", ["هل غادر؟", "نعم."], id="an Arabic question mark"),
        pytest.param("वह गया। वह आई।", ["वह गया।", "वह आई।"], id="a danda"),
        pytest.param("See www.example.org for more", ["See www.example.org for more"], id="an address"),
        pytest.param("", [""], id="nothing"),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One.\nTwo.\n\nThree.", ["One.\nTwo.", "Three."], id="by blank lines, where there are some"),
        pytest.param("One.\nTwo.", ["One.", "Two."], id="else by lines"),
        pytest.param("One\ntwo.", ["One\ntwo."], id="but not before a small letter"),
        pytest.param("One. \n \n Two.", ["One.", "Two."], id="a line with blanks is blank"),
        pytest.param("", [""], id="nothing"),
    ],
)
def test_paragraphs_end_at_blank_lines_or_lines(text: str, expected: list[str]) -> None:
    assert [text[start:end].strip() for start, end in pairwise([0, *paragraph_ends(text)])] == expected
