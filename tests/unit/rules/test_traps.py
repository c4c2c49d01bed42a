"""Texts that a term should or should not be found in, and why. Each line is (text, condition, words found or None)."""

from __future__ import annotations

import pytest

from tests.unit.rules.writing import words

NOT = None

WORDS = [
    ("Peace at last.", "peace", ["Peace"], "case does not matter"),
    ("PEACE NOW", "peace", ["PEACE"], "nor do capitals throughout"),
    ("He is a peacekeeper.", "peace", NOT, "a word inside another is not the word"),
    ("The truces held.", "truce", ["truces"], "a regular plural is the same word"),
    ("Sudden crashes followed.", "crash", ["crashes"], "a plural in -es too"),
    ("Two treaties were signed.", "treaty", ["treaties"], "and one in -ies"),
    ("The minister’s car", "minister", ["minister"], "a possessive with a typographic apostrophe"),
    ("the ministers' cars", "minister", ["ministers"], "a possessive plural"),
    ("A ministry spokesman", "minister", NOT, "but not another word of the same stem"),
    ("The bus stopped.", "bu", NOT, "no plural of two letters: us, as, is are words"),
    ("Un café à Genève", "cafe", ["café"], "accents of the text are folded"),
    ("A cafe in Geneva", "café", ["cafe"], "accents of the term too"),
    ("Straße nach Łódź", "strasse", ["Straße"], "ß is ss"),
    ("Straße nach Łódź", "lodz", ["Łódź"], "ł is l, though Unicode does not take it apart"),
    ("İSTANBUL’da toplantı", "istanbul", ["İSTANBUL"], "Turkish capital dotted I"),
    ("The ﬁnal ofﬁce", "office", ["ofﬁce"], "ligatures are letters"),
    ("ＮＡＴＯ expands", "nato", ["ＮＡＴＯ"], "full-width letters are letters"),
    ("a cease\u00adfire", "ceasefire", ["cease\u00adfire"], "soft hyphens are invisible"),
    ("a cease\u200bfire", "ceasefire", ["cease\u200bfire"], "zero-width spaces as well"),
    ("cafe\u0301 society", "café", ["cafe\u0301"], "decomposed accents belong to their letter"),
    ("covid19 wave", "covid", NOT, "digits are part of a word"),
    ("It cost $5 billion.", "5 billion", ["5 billion"], "a currency sign is not"),
    ("version 3.5 is out", "3,5", NOT, "a comma is not a full stop"),
]
PHRASES = [
    ("the Foreign Minister", "foreign minister", ["Foreign Minister"], "words in order"),
    ("minister for foreign trade", "foreign minister", NOT, "not in another order"),
    ("foreign  \t minister", "foreign minister", ["foreign  \t minister"], "any white space between"),
    ("the foreign\nminister", "foreign minister", ["foreign\nminister"], "across a line break"),
    ("the foreign\n\nminister", "foreign minister", NOT, "but not across paragraphs"),
    ("It was foreign. Minister Lee left.", "foreign minister", NOT, "not across a sentence end"),
    ("trade, foreign, minister", "foreign minister", NOT, "not across a comma"),
    ("a foreign-minister meeting", "foreign minister", ["foreign-minister"], "a hyphen in the text is a space"),
    ("the “foreign” minister", "foreign minister", ["foreign” minister"], "quotation marks do not stand between"),
    ("foreign — minister", "foreign minister", NOT, "a dash between thoughts does"),
    ("foreign - minister", "foreign minister", NOT, "a hyphen used as a dash too"),
    ("two foreign ministers", "foreign minister", ["foreign ministers"], "the last word may be plural"),
    ("St. Petersburg", "St Petersburg", ["St. Petersburg"], "full stops of abbreviations may be there"),
    ("St Petersburg", "St. Petersburg", ["St Petersburg"], "or not"),
    ("George W. Bush said", "George W Bush", ["George W. Bush"], "initials too"),
    ("the U.S. Senate", "U.S. Senate", ["U.S. Senate"], "abbreviations match themselves"),
    ("tell us senate", "U.S. Senate", NOT, "and not the pronoun"),
]
HYPHENS = [
    ("a ceasefire", "cease-fire", ["ceasefire"], "a hyphen in a term stands for nothing"),
    ("a cease fire", "cease-fire", ["cease fire"], "for a space"),
    ("a cease-fire", "cease-fire", ["cease-fire"], "for a hyphen"),
    ("a cease‑fire", "cease-fire", ["cease‑fire"], "for a non-breaking hyphen"),
    ("cease-\nfire talks", "cease-fire", ["cease-\nfire"], "for a hyphen at a line end"),
    ("two cease-fires", "cease-fire", ["cease-fires"], "plural as well"),
    ("a cease-fire", "ceasefire", NOT, "without a hyphen in the term the text must be one word"),
    ("please cease. Fire!", "cease-fire", NOT, "a sentence end is no hyphen"),
    ("Israel–Hamas war", "Hamas war", ["Hamas war"], "words joined by a dash are words"),
    ("安东尼·布林肯抵达", "安东尼·布林肯", ["安东尼·布林肯"], "the dot in foreign names is a hyphen"),
    ("安东尼布林肯抵达", "安东尼·布林肯", ["安东尼布林肯"], "and may be missing"),
]
SIGNS = [
    ("WHO warns", "=WHO", ["WHO"], "= asks for this case"),
    ("people who warn", "=WHO", NOT, "so the pronoun is not found"),
    ("the WHO’s report", "=WHO", ["WHO"], "a possessive may follow"),
    ("WHOs", "=WHO", NOT, "but no plural"),
    ("OPEC+ and OPEC", "=OPEC", ["OPEC", "OPEC"], "each place is found"),
    ("new sanctions", "sanction*", ["sanctions"], "* is any ending"),
    ("sanctioning", "sanction*", ["sanctioning"], "evidence is the whole word"),
    ("unsanctioned", "sanction*", NOT, "but no other beginning"),
    ("Waffenstillstandsverhandlungen", "*verhandlungen", ["Waffenstillstandsverhandlungen"], "* in front: compounds"),
    ("Friedensverhandlungen scheitern", "*verhandlung*", ["Friedensverhandlungen"], "* on both sides"),
    ("oil tankers burn", "oil tanker*", ["oil tankers"], "* after a phrase belongs to its last word"),
]
SCRIPTS = [
    ("外交部长王毅周二表示", "王毅", ["王毅"], "Chinese has no spaces: any place counts"),
    ("中国の王毅外相は", "王毅", ["王毅"], "Japanese neither"),
    ("停火协议", "停火", ["停火"], "a part of a compound is the word"),
    ("นายกรัฐมนตรีหยุดยิงแล้ว", "หยุดยิง", ["หยุดยิง"], "Thai"),
    ("布林肯访问Gaza地区", "Gaza", ["Gaza"], "Latin words between characters"),
    ("Министр Ван И прибыл", "Ван И", ["Ван И"], "Cyrillic by words"),
    ("Иванов", "Ван", NOT, "not inside them"),
    ("ещё один", "еще", ["ещё"], "ё is е"),
    ("воина", "война", NOT, "but й is not и: a warrior is no war"),
    ("وقف إطلاق النار", "وقف اطلاق النار", ["وقف إطلاق النار"], "alef forms are one letter"),
    ("الهُدنة", "هدنة", ["هُدنة"], "the article is written onto the word; vowel marks do not count"),
    ("وبالهدنة", "هدنة", ["هدنة"], "and, with, the: all written onto it"),
    ("للهدنة", "هدنة", ["هدنة"], "for the"),
    ("مهدنة", "هدنة", NOT, "another letter makes another word"),
    ("هـــدنة", "هدنة", ["هـــدنة"], "letters drawn out"),
    ("בעזה ובישראל", "ישראל", ["ישראל"], "Hebrew: and + in"),
    ("휴전을 요구했다", "휴전", ["휴전"], "Korean particles follow the noun"),
    ("휴전협정", "휴전", NOT, "a compound is another word"),
    ("휴전협정", "휴전*", ["휴전협정"], "unless the author says so"),
    ("l’Ukraine et d’Israël", "ukraine", ["Ukraine"], "French articles before the word"),
    ("d’Israël", "israel", ["Israël"], "with accents"),
    ("युद्धविराम की घोषणा", "युद्धविराम", ["युद्धविराम"], "Hindi with its vowel signs"),
    ("गाजापट्टी", "गाज", NOT, "a vowel sign goes on with the word"),
    ("Gazze'de ateşkes", "ateskes", ["ateşkes"], "Turkish ş is s"),
]
BOOLEAN = [
    ("truce and hostages", "{all: [truce, hostages]}", ["truce", "hostages"], "all: every one"),
    ("truce only", "{all: [truce, hostages]}", NOT, "not one of them"),
    ("truce only", "{any: [truce, hostages]}", ["truce"], "any: one is enough"),
    ("truce in football", "{all: [truce], none: [football]}", NOT, "none vetoes"),
    ("truce in Yemen", "{all: [truce], none: [football]}", ["truce"], "when it is there"),
    ("aid and truce", "{any: [{all: [truce, hostages]}, {all: [truce, aid]}]}", ["aid", "truce"], "nesting"),
    ("aid and talks", "{at_least: 2, of: [aid, talks, truce]}", ["aid", "talks"], "at least two"),
    ("aid aid aid", "{at_least: 2, of: [aid, talks, truce]}", NOT, "different ones, not twice the same"),
    ("truce", "{any: [truce], all: [hostages]}", NOT, "several operators in a mapping must all hold"),
    ("peace", "{title: peace}", NOT, "a field is only that field"),
    ("peace", "{text: peace}", ["peace"], "the right one"),
]


@pytest.mark.parametrize(
    ("text", "written", "expected", "why"),
    [
        pytest.param(*case, id=f"{case[3]}: {case[1]} in {case[0]}".replace("\n", "↵").replace("\t", " "))
        for case in [*WORDS, *PHRASES, *HYPHENS, *SIGNS, *SCRIPTS, *BOOLEAN]
    ],
)
def test_a_condition_finds_the_words_it_should(text: str, written: str, expected: list[str] | None, why: str) -> None:
    quoted = written if written.startswith("{") else f"'{written}'"
    assert words(quoted, text) == expected, why
