"""Prints: small, the same for the same words, empty where there is nothing to compare."""

import pytest

from monitor.model import Article, ArticleId, ArticleStatus
from monitor.stories.fingerprint import hash_word, text_print
from tests.unit.stories.texts import CHINESE, LEAD, REPORT, article


def test_a_print_keeps_what_tells_copies_apart() -> None:
    kept = text_print(article("a", LEAD, title="Minister calls for end of Velna blockade"))

    assert kept.article == "a"
    assert kept.words == 39
    assert len(kept.sequence) == 39
    assert kept.numbers == {"41"}
    names = {"minister", "elena", "marku", "tomas", "brandl", "velna", "tuesday", "march"}
    assert kept.names == {hash_word(name) for name in names}
    assert kept.title_words == {"minister", "calls", "end", "velna", "blockade"}


def test_hashes_do_not_change_between_versions_of_the_program() -> None:
    # Prints are remembered for days: a change of these figures makes every remembered copy unknown.
    kept = text_print(article("a", LEAD))

    assert kept.text_hash == "1e64007c13e41c3529b0ac9382794ab2"
    assert kept.probes[:3] == (25576824, 42920105, 137284829)


def test_probes_are_few_and_in_order() -> None:
    probes = text_print(article("a", REPORT)).probes

    assert 14 <= len(probes) <= 24
    assert probes == tuple(sorted(probes))


def test_a_cut_text_shares_the_probes_of_its_lead() -> None:
    assert len({*text_print(article("a", REPORT)).probes} & {*text_print(article("b", LEAD)).probes}) >= 2


def test_a_teaser_shares_the_probes_of_its_beginning() -> None:
    teaser = " ".join(LEAD.split()[:24])

    assert len({*text_print(article("a", REPORT)).probes} & {*text_print(article("b", teaser)).probes}) >= 4


def test_typography_does_not_change_the_text_hash() -> None:
    plain = text_print(
        article("a", 'He said "no" to the minister\'s plan for the harbour - again, on Tuesday, in Velna.')
    )
    curly = text_print(
        article("b", "He said “no” to the minister’s plan for the harbour – again, on Tuesday, in Velna")
    )

    assert plain.text_hash == curly.text_hash != ""


@pytest.mark.parametrize(
    "status",
    [ArticleStatus.PAYWALLED, ArticleStatus.BLOCKED, ArticleStatus.CONSENT, ArticleStatus.EMPTY, ArticleStatus.HOSTILE],
)
def test_a_text_that_is_not_the_articles_own_is_not_compared(status: ArticleStatus) -> None:
    kept = text_print(article("a", REPORT, title="A title", status=status))

    assert (kept.text_hash, kept.probes, kept.sequence) == ("", (), ())


def test_fewer_than_twelve_words_are_not_compared() -> None:
    kept = text_print(article("a", "Subscribe now to read the full story on our site."))

    assert (kept.words, kept.text_hash, kept.probes) == (10, "", ())


def test_without_a_text_the_summary_is_compared() -> None:
    summary_only = Article(id=ArticleId("a"), title="", summary=LEAD, status=ArticleStatus.TEASER)

    assert summary_only.text == ""
    assert text_print(summary_only).text_hash == text_print(article("b", LEAD)).text_hash


def test_chinese_is_compared_by_runs_of_five_characters() -> None:
    kept = text_print(article("a", CHINESE))

    assert kept.words == 48  # 97 characters
    assert (kept.by_character, len(kept.sequence)) == (True, 97)
