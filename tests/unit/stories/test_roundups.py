"""Round-ups: known by their headlines, in doubt by a text that falls apart; a short text is none."""

import pytest

from monitor.stories.fingerprint import text_print
from monitor.stories.roundups import is_roundup
from monitor.stories.same_story import copy_score
from monitor.stories.words import Words, fold, read_words
from tests.unit.stories.texts import BACKGROUND, LEAD, MIDDLE, OTHER_REPORT, REPORT, article

COURT = (
    "The constitutional court in Lodrin overturned the election law on Thursday because it left prisoners without a "
    "vote. Judges said that the legislature had until spring to write another one. Prisoners' lawyers called it "
    "historic, while the interior ministry announced that the law would be examined. The legislature meets again in "
    "January, and the judges warned that any election held under the overturned law would be void."
)
SHOES = (
    "A collector from Umbria paid a record price for running shoes worn at the marathon of 1968, the auction house "
    "said. The shoes had been found in a cellar by the runner's grandson. Collectors from eleven countries took part "
    "in the auction, which lasted nine minutes, and the auction house expects further records: in autumn it offers "
    "the marathon runner's medals and his diary to collectors."
)
PILOTS = (
    "Pilots of the Velna harbour went on strike at dawn, and forty ships are waiting outside the harbour. The pilots "
    "ask for shorter nights: Velna had hired no new pilots for nine years, their union said, though more ships "
    "come in. The harbour master of Velna answered that ships with medicine are brought in even so, and that he is "
    "going to meet the union in the harbour office on Friday."
)
BLOCKS = f"{MIDDLE}\n{COURT}\n{SHOES}"


def words_of(text: str) -> Words:
    return read_words(fold(text))


@pytest.mark.parametrize(
    "title",
    [
        "Business news in brief",
        "Your Tuesday at a glance",
        "Morning briefing: three things",
        "The week in review",
        "Die Nachrichten am Morgen",
        "Kurz notiert: Velna und Umgebung",
        "L'essentiel de l'actualité",
        "Noticias del día: martes",
        "Rassegna stampa",
        "Resumo do dia",
        "Kort nieuws",
        "Przegląd prasy",
        "Günün özeti",
        "Главное за день",
        "Головні новини",
        "موجز الأخبار",
        "मुख्य समाचार",
        "今日要闻：停火",
        "今日の主なニュース",
        "오늘의 주요 뉴스",
        "สรุปข่าวเช้า",
    ],
)
def test_the_headline_of_a_round_up_is_known(title: str) -> None:
    assert is_roundup(title, words_of(BLOCKS))


@pytest.mark.parametrize(
    "title",
    [
        "Ministers call for end of Velna blockade",
        "Suspects briefly detained",
        "Growers win suit over Roundup",
        "I titoli di Stato salgono",
        "Titulares de tarjetas reclaman",
        "Wirtschaft wächst",
        "",
    ],
)
def test_other_headlines_are_not(title: str) -> None:
    assert not is_roundup(title, words_of(BLOCKS))


def test_a_headline_in_doubt_is_believed_if_the_text_falls_apart() -> None:
    assert is_roundup("Live: what happens today", words_of(f"{PILOTS}\n{COURT}\n{SHOES}"))
    assert is_roundup("Pilots on strike; court rejects law; shoes sold", words_of(f"{PILOTS}\n{COURT}\n{SHOES}"))
    assert not is_roundup("Live: the election law", words_of(COURT * 3))


def test_a_short_text_is_no_round_up() -> None:
    assert not is_roundup("News in brief", words_of(LEAD))


def test_a_text_is_no_copy_of_a_round_up_that_holds_it() -> None:
    report = text_print(article("a", f"{LEAD}\n{MIDDLE}"))
    round_up = text_print(article("b", f"{LEAD}\n{MIDDLE}\n{COURT}", title="News in brief"))

    assert round_up.is_roundup
    assert copy_score(report, round_up).rule == "round-up"


def test_two_round_ups_with_a_piece_in_common_are_no_copies() -> None:
    one = text_print(article("a", f"{REPORT}\n{COURT}", title="News in brief: Monday"))
    other = text_print(article("b", f"{REPORT}\n{SHOES}", title="News in brief: Monday evening"))

    assert copy_score(one, other).rule == "round-up"


def test_a_round_up_that_was_cut_is_a_copy_of_the_whole_under_its_headline() -> None:
    one = text_print(article("a", f"{REPORT}\n{COURT}\n{SHOES}", title="News in brief: Monday"))
    other = text_print(article("b", f"{REPORT}\n{COURT[:80]}", title="News in brief: Monday"))

    assert copy_score(one, other).is_copy


def test_a_round_up_is_a_copy_of_itself() -> None:
    one = text_print(article("a", BLOCKS, title="News in brief"))
    other = text_print(article("b", f"{BLOCKS}\nMore tomorrow.", title="News in brief"))

    assert copy_score(one, other).is_copy


@pytest.mark.parametrize("behind", ["", f"{SHOES}\n{BACKGROUND}"])
def test_a_text_within_a_longer_one_under_another_headline_is_kept_apart(behind: str) -> None:
    report = text_print(article("a", MIDDLE, title="Engineers to inspect lock gates"))
    longer = f"{OTHER_REPORT}\n{COURT}\n{MIDDLE}\n{behind}"

    assert not copy_score(report, text_print(article("b", longer, title="Farmers in Aarlen, judges"))).is_copy


def test_the_beginning_of_a_text_under_another_headline_is_a_copy() -> None:
    cut = text_print(article("a", MIDDLE, title="Engineers to inspect lock gates"))
    whole = text_print(article("b", f"{MIDDLE}\n{BACKGROUND}\n{LEAD}\n{SHOES}", title="Commission for Velna agreed"))

    assert copy_score(cut, whole).is_copy
