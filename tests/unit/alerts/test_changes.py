"""What a later version says otherwise: the decision table, and edits that must never be news."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.changes import Mark, changes, denial, facts, marks
from monitor.model import Article, ArticleId, Assignment, Change, JoinedBy, StoryId
from monitor.remembered import Claim, Copy, ReplacedFigure
from monitor.stories.fingerprint import text_print

TITLE = "Dam above Velna gives way, twelve villages cut off"
FIRST = Article(
    id=ArticleId("a1"), title=TITLE, text="Water stood in the streets of Velna on Friday. " * 3, language="en"
)
FIGURE = ReplacedFigure(place="1-2-3-4", before="12", after="17")


def changed(article: Article, joined: JoinedBy = "copy", *figures: ReplacedFigure) -> tuple[Claim, ...]:
    """Return what an article says otherwise than FIRST, as an alert made of that would tell it."""
    first = text_print(FIRST)
    copy = Copy(id=FIRST.id, story=StoryId("s1"), first=first, longest=first)
    assignment = Assignment(story=StoryId("s1"), joined=joined, copy_of=copy.id if joined != "opened" else None)
    claims = changes(article, assignment, text_print(article), earlier=copy, replaced=figures)
    told = facts(FIRST)
    return tuple(claim for claim in claims if claim.facts[0] not in told)


def kinds(claims: tuple[Claim, ...]) -> list[str]:
    """Return the kinds of change."""
    return [claim.change.kind for claim in claims]


def titled(title: str, language: str = "en") -> Article:
    """Return FIRST under another headline."""
    return replace(FIRST, id=ArticleId("b1"), title=title, language=language)


@pytest.mark.parametrize(
    ("joined", "told"),
    [
        ("opened", []),
        ("article", ["figures", "correction", "denial"]),
        ("address", ["figures", "correction", "denial"]),
        ("text", ["figures", "correction", "denial"]),
        ("copy", ["figures", "correction", "denial"]),
        ("headline", ["correction"]),
        ("story", ["correction"]),
    ],
)
def test_only_versions_of_one_text_are_compared_but_any_article_may_correct(joined: JoinedBy, told: list[str]) -> None:
    article = titled(f"CORRECTED-Minister denies: {TITLE}")
    assert kinds(changed(article, joined, FIGURE)) == told


def test_a_replaced_figure_is_told_with_what_it_was() -> None:
    (claim,) = changed(titled(TITLE), "copy", FIGURE)
    assert claim.change == Change(kind="figures", before=("12",), after=("17",))


def test_the_old_figure_again_is_known_once_the_new_one_was_told() -> None:
    (there,) = changed(titled(TITLE), "copy", FIGURE)
    (back,) = changed(titled(TITLE), "copy", replace(FIGURE, before="17", after="12"))
    assert back.facts[0] in there.facts


def test_another_headline_alone_is_no_news() -> None:
    assert changed(titled("Flood in the valley: what we know, and what comes next")) == ()


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("CORRECTED-Oil falls 2 pct on supply", Mark(kind="correction")),
        ("CORRECTED: Oil falls", Mark(kind="correction")),
        ("Correction: Mine-Accident story", Mark(kind="correction")),
        ("(CORRECTED) Oil falls", Mark(kind="correction")),
        ("Oil falls on supply [Corrected]", Mark(kind="correction")),
        ("Corrected 2 - Oil falls", Mark(kind="correction")),
        ("RETRACTION: Report on the mayor", Mark(kind="retraction")),
        ("Retracted – the mayor did not resign", Mark(kind="retraction")),
        ("KILL - Mayor resigns", Mark(kind="retraction")),
        ("RPT-Oil falls 2 pct", Mark(kind="repeat")),
        ("UPDATE 3-Oil falls 2 pct", Mark(kind="update", number=3)),
        ("Update 12: Fire in the port", Mark(kind="update", number=12)),
        ("Korrektur: Bahn fährt doch", Mark(kind="correction")),
        ("BERICHTIGUNG - Bahn fährt doch", Mark(kind="correction")),
        ("RECTIFICATIF: Trois blessés à Lyon", Mark(kind="correction")),
        ("CORRECCIÓN: Tres heridos en Lima", Mark(kind="correction")),
        ("CORREÇÃO: Três feridos em Lima", Mark(kind="correction")),
        ("RETTIFICA: Tre feriti a Lima", Mark(kind="correction")),
        ("Rectificatie: drie gewonden in Lima", Mark(kind="correction")),
        ("Rättelse: tre skadade i Lima", Mark(kind="correction")),
        ("SPROSTOWANIE: Trzech rannych w Limie", Mark(kind="correction")),
        ("ИСПРАВЛЕНО: Трое раненых в Лиме", Mark(kind="correction")),
        ("Уточнение: трое раненых в Лиме", Mark(kind="correction")),
        ("ВИПРАВЛЕНО - Троє поранених у Лімі", Mark(kind="correction")),
        ("DÜZELTME: Lima'da üç yaralı", Mark(kind="correction")),
        ("تصحيح: ثلاثة جرحى في ليما", Mark(kind="correction")),
        ("اصلاحیه: سه زخمی در لیما", Mark(kind="correction")),
        ("更正：利马三人受伤", Mark(kind="correction")),
        ("【訂正】リマで3人けが", Mark(kind="correction")),
        ("[정정] 리마서 3명 부상", Mark(kind="correction")),
        ("भूल सुधार: लीमा में तीन घायल", Mark(kind="correction")),
        ("RALAT: Tiga terluka di Lima", Mark(kind="correction")),
        ("撤稿：市长辞职", Mark(kind="retraction")),
    ],
)
def test_a_mark_at_the_head_of_a_headline(title: str, mark: Mark) -> None:
    assert marks(titled(title)) == (mark,)


@pytest.mark.parametrize(
    "title",
    [
        "Market correction: is it over?".replace(":", ""),
        "A correction in tech stocks deepens",
        "Correction in tech stocks deepens: what to do",
        "Correction officers strike - week two",
        "Update on the dam: three villages cut off",
        "Update 2026: what we know",
        "Kill Bill: twenty years on",
        "Kill: the novel that nobody wanted",
        "Corrected vision without glasses",
        "Korrekturen am Haushalt: Minister gibt nach",
        "Rpt the dose: nurses confused",
        "",
    ],
)
def test_these_words_mark_nothing(title: str) -> None:
    assert marks(titled(title)) == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("(Corrects figure in paragraph 2) LIMA, Nov 27 - Oil fell two percent on Friday.", "correction"),
        ("Correction: The number of villages was wrong. Water stood in the streets.", "correction"),
        ("This story has been corrected to say that the dam is in Velna. Water stood there.", "correction"),
        ("An earlier version of this article gave a wrong number of villages. Water stood there.", "correction"),
        ("Editor's note: This article has been retracted. Its author had invented the villages.", "retraction"),
        ("In einer früheren Version dieses Textes stand eine falsche Zahl. Wasser stand in den Straßen.", "correction"),
        ("（更正第二段数字）利马，周五油价下跌。", "correction"),
    ],
)
def test_a_mark_at_the_head_of_a_text(text: str, kind: str) -> None:
    assert [mark.kind for mark in marks(replace(FIRST, text=text))] == [kind]


def test_a_study_that_was_retracted_is_news_and_no_retraction() -> None:
    assert marks(replace(FIRST, text="A study of vaccines has been retracted by its journal, which had erred.")) == ()


def test_a_correction_far_down_is_not_at_the_head() -> None:
    assert marks(replace(FIRST, text="Water stood in the streets. " * 20 + "(Corrects figure in paragraph 2)")) == ()


def test_a_numbered_update_stands_for_all_before_it() -> None:
    assert Mark(kind="update", number=3).facts == ("update 3", "update 2", "update 1")
    opener = replace(FIRST, title=f"UPDATE 2-{TITLE}")
    assert "update 1" in facts(opener)


@pytest.mark.parametrize(
    ("title", "language", "denies"),
    [
        ("Minister denies dam was unsafe", "en", "denies"),
        ("Dam was not inspected", "en", "not"),
        ("Minister: dam isn't safe", "en", "isnt"),
        ("No 10 speaks of the dam", "en", ""),
        ("Not only Velna is under water", "en", ""),
        ("Dam above Velna gives way", "en", ""),
        ("Notar Weber kauft Damm", "de", ""),
        ("Minister bestreitet Schäden am Damm", "de", "bestreitet"),
        ("Damm war nicht geprüft", "de", "nicht"),
        ("Le ministre dément", "fr", "dément"),
        ("El ministro niega el daño", "es", "niega"),
        ("Ministro nega danos na barragem", "pt", "nega"),
        ("Il ministro smentisce i danni", "it", "smentisce"),
        ("Minister ontkent schade", "nl", "ontkent"),
        ("Minister zaprzecza", "pl", "zaprzecza"),
        ("Министр опроверг сообщения о прорыве", "ru", "опроверг"),
        ("Міністр спростував повідомлення", "uk", "спростував"),
        ("Bakan iddiaları yalanladı", "tr", "yalanladı"),
        ("الوزير ينفي انهيار السد", "ar", "ينفي"),
        ("部长否认大坝不安全", "zh-Hans", "否认"),
        ("大臣、決壊を否定", "ja", "否定"),
        ("장관, 붕괴설 전면 부인", "ko", "전면 부인"),
        ("मंत्री ने खबरों का खंडन किया", "hi", "खंडन"),
        ("Menteri bantah bendungan jebol", "id", "bantah"),
        ("Minister denies dam was unsafe", "", "denies"),
        ("Not in Velna", "", ""),
    ],
)
def test_a_headline_denies_in_its_language(title: str, language: str, denies: str) -> None:
    assert denial(titled(title, language)) == denies


def test_a_denial_that_vanishes_is_told_too() -> None:
    first = titled("Minister denies dam above Velna gave way")
    again = titled("Minister says dam above Velna gave way")
    copy = Copy(id=first.id, story=StoryId("s1"), first=text_print(first), longest=text_print(first))
    assignment = Assignment(story=StoryId("s1"), joined="article")
    (claim,) = changes(again, assignment, text_print(again), earlier=copy, replaced=())
    assert claim.facts[0] not in facts(first)
    assert claim.change == Change(kind="denial")


@pytest.mark.parametrize(
    ("title", "joined", "told"),
    [
        ("Minister urges all sides not to lose patience", "article", []),
        ("Minister denies knowing of warnings", "article", ["denial"]),
        ("Minister denies knowing of warnings", "copy", []),
        ("Dam above Velna has not given way", "copy", ["denial"]),
    ],
)
def test_another_headline_must_deny_in_so_many_words(title: str, joined: JoinedBy, told: list[str]) -> None:
    assert kinds(changed(titled(title), joined)) == told


def test_another_outlets_own_headline_denies_nothing() -> None:
    assert changed(titled("Officials dismissed warnings, and no siren was heard")) == ()


TEXTS = st.text(alphabet=st.sampled_from("ab 1.:-([）更正订没有not\n"), max_size=60)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS, st.sampled_from(["en", "zh", "xx", ""]))
def test_an_article_never_says_otherwise_than_itself(title: str, text: str, language: str) -> None:
    article = replace(FIRST, title=title, text=text, language=language)
    fingerprint = text_print(article)
    copy = Copy(id=article.id, story=StoryId("s1"), first=fingerprint, longest=fingerprint)
    claims = changes(article, Assignment(story=StoryId("s1"), joined="article"), fingerprint, earlier=copy, replaced=())
    assert {claim.facts[0] for claim in claims} <= set(facts(article))


@pytest.mark.parametrize("piece", ["(" * 8, "corrected ", "【" * 5 + "更正", "update 1 ", "not'" * 3, " \u2003"])
def test_hostile_headlines_take_linear_time(piece: str) -> None:
    def cost(length: int) -> float:
        article = replace(FIRST, title=(piece * length)[:length], text=(piece * length)[:length])
        started = time.process_time()
        for _ in range(3):
            marks(article)
            denial(article)
        return time.process_time() - started

    cost(100)
    assert cost(40_000) < 40 * max(cost(4_000), 0.001)
