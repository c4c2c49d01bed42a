"""Copies in many languages and scripts: what editors do to a text is seen through, stories on a template are not."""

from itertools import combinations

import pytest

from monitor.stories.fingerprint import text_print
from monitor.stories.same_story import copy_score
from tests.unit.stories.reports import EDITS, REPORTS, TEMPLATES
from tests.unit.stories.texts import article


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("language", REPORTS)
def test_an_edited_report_is_a_copy(language: str, edit: str) -> None:
    report = REPORTS[language]
    verdict = copy_score(text_print(article("a", report)), text_print(article("b", EDITS[edit](report, language))))

    assert verdict.is_copy, verdict


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("language", REPORTS)
def test_an_edited_report_is_looked_up_by_two_probes(language: str, edit: str) -> None:
    report = REPORTS[language]
    one, other = text_print(article("a", report)), text_print(article("b", EDITS[edit](report, language)))

    assert len({*one.probes} & {*other.probes}) >= 2


@pytest.mark.parametrize("language", TEMPLATES)
def test_stories_on_one_template_are_kept_apart(language: str) -> None:
    prints = [text_print(article(text, text, title=title)) for title, text in TEMPLATES[language]]

    assert all(one.words >= 30 for one in prints)
    assert [verdict for one, other in combinations(prints, 2) if (verdict := copy_score(one, other)).is_copy] == []


def test_reports_in_two_languages_share_nothing() -> None:
    prints = [text_print(article(language, text)) for language, text in REPORTS.items()]

    assert {copy_score(one, other).containment for one, other in combinations(prints, 2)} == {0.0}


def test_german_nouns_are_no_names() -> None:
    assert not text_print(article("a", REPORTS["de"])).names


def test_accents_and_points_left_out_do_not_matter() -> None:
    pointed = REPORTS["ar"].replace("بلدية", "بَلَدِيَّة").replace("السوق", "السُّوق").replace("مليون", "ملـيون")

    assert text_print(article("a", pointed)).text_hash == text_print(article("b", REPORTS["ar"])).text_hash
