"""Copies: cut, lengthened and edited texts are found; templates, round-ups and notices are kept apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.fingerprint import text_print
from monitor.stories.same_story import CopyRule, copy_score
from tests.unit.stories.texts import BACKGROUND, CHINESE, LEAD, MIDDLE, OTHER_REPORT, REPORT, article

BOILERPLATE = "Follow us on every platform. All rights reserved. Sign up for the morning letter of our newsroom."
SHORT = "Shares of Velna Shipping rose 4 percent on Monday after the company said the northern lock would open in May."


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param(REPORT, "near-identical", id="the same text"),
        pytest.param(f"VELNA (Wire) - {REPORT}", "near-identical", id="with a dateline"),
        pytest.param(f"{REPORT}\n{BOILERPLATE}", "near-identical", id="with the site's own lines"),
        pytest.param(REPORT.replace("230,000", "320,000"), "near-identical", id="with a corrected figure"),
        pytest.param(f"{LEAD}\n{MIDDLE}", "contained", id="cut after two paragraphs"),
        pytest.param(f"{REPORT}\n{OTHER_REPORT}", "contained", id="lengthened"),
        pytest.param(f"{BACKGROUND}\n{LEAD}\n{MIDDLE}", "near-identical", id="with its paragraphs in another order"),
    ],
)
def test_a_copy_is_recognised(text: str, rule: CopyRule) -> None:
    verdict = copy_score(text_print(article("a", REPORT)), text_print(article("b", text)))

    assert (verdict.is_copy, verdict.rule) == (True, rule)


def test_the_order_of_the_two_does_not_matter() -> None:
    one, other = text_print(article("a", REPORT)), text_print(article("b", LEAD))

    assert copy_score(one, other) == copy_score(other, one)


def test_shares_are_of_the_shorter_text_and_of_both() -> None:
    verdict = copy_score(text_print(article("a", REPORT)), text_print(article("b", f"{LEAD}\n{MIDDLE}")))

    assert verdict.containment == 1.0
    assert verdict.jaccard == pytest.approx(0.585, abs=0.01)


def test_other_news_is_no_copy() -> None:
    verdict = copy_score(text_print(article("a", REPORT)), text_print(article("b", OTHER_REPORT)))

    assert (verdict.is_copy, verdict.containment) == (False, 0.0)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SHORT.replace("4 percent", "7 percent"), id="another figure"),
        pytest.param(SHORT.replace("Velna Shipping", "Karlin Rail"), id="another company"),
    ],
)
def test_short_news_from_one_template_is_kept_apart(text: str) -> None:
    assert not copy_score(text_print(article("a", SHORT)), text_print(article("b", text))).is_copy


def test_a_short_text_that_names_nobody_is_told_apart_by_its_title() -> None:
    dividend = "Qtly div 15 cts vs 15 cts prior, payable to holders of record at the close of business on the ninth."
    one = text_print(article("a", dividend, title="Halvorsen Marine sets quarterly dividend"))
    other = text_print(article("b", dividend, title="Torrance Mills sets quarterly dividend"))

    assert not copy_score(one, other).is_copy
    assert copy_score(one, text_print(article("c", dividend, title="Halvorsen Marine sets quarterly"))).is_copy


def test_a_short_text_inside_a_round_up_of_another_title_is_kept_apart() -> None:
    short = text_print(article("a", SHORT, title="Velna Shipping gains on lock news"))
    round_up = text_print(article("b", f"{OTHER_REPORT}\n{SHORT}", title="Business at a glance: Monday evening"))

    assert not copy_score(short, round_up).is_copy


def test_a_short_text_under_the_same_title_is_a_copy() -> None:
    one = text_print(article("a", SHORT, title="Velna Shipping gains on lock news"))
    other = text_print(article("b", f"MARKETS: {SHORT}", title="Velna Shipping gains on news of lock"))

    assert copy_score(one, other).rule == "short"


def test_a_longer_text_with_other_names_and_figures_is_no_copy() -> None:
    one = f"{LEAD}\n{MIDDLE}"
    other = one
    for old, new in (
        ("Elena Marku", "Ida Sorel"),
        ("Tomas Brandl", "Piet Havel"),
        ("Velna", "Karlin"),
        ("Ostrava", "Bern"),
        ("Tuesday", "Friday"),
        ("41", "17"),
        ("12", "9"),
        ("30", "60"),
    ):
        other = other.replace(old, new)

    assert not copy_score(text_print(article("a", one)), text_print(article("b", other))).is_copy


@pytest.mark.parametrize("times", [1, 2])
def test_one_notice_under_different_titles_is_no_copy(times: int) -> None:
    notice = f"{BOILERPLATE} To go on reading please log in with your account, or choose an offer. " * times
    one = text_print(article("a", notice, title="Minister calls for end of Velna blockade"))
    other = text_print(article("b", notice, title="Aarlen rejects three wind farms"))

    assert copy_score(one, other).rule == "stub"


def test_one_report_under_different_titles_is_a_copy() -> None:
    one = text_print(article("a", REPORT, title="Ministers agree on commission"))
    other = text_print(article("b", REPORT, title="Blockade of 41 ships goes on"))

    assert copy_score(one, other).is_copy


def test_a_chinese_text_and_its_cut_copy_are_copies() -> None:
    cut = CHINESE[:90]

    assert copy_score(text_print(article("a", CHINESE)), text_print(article("b", cut))).is_copy


def test_texts_too_short_to_compare_are_no_copies() -> None:
    one, other = text_print(article("a", "Velna reopens")), text_print(article("b", "Velna reopens"))

    assert not copy_score(one, other).is_copy


def test_a_new_lead_under_a_new_title_is_a_copy() -> None:
    one = text_print(article("a", REPORT, title="Ministers agree on commission"))
    lead = (
        "For weeks Captain Ida Sorel and her crew of nine had waited on the Nordwind below the bridge of Lodz, and now "
        "the news came over Radio Bern: the river would open again, said Piet Havel of the pilots, and blew his horn "
        "until the whole of the northern bank was awake."
    )
    other = text_print(article("b", f"{lead}\n{MIDDLE}\n{BACKGROUND}", title="Horns over the river"))

    assert copy_score(one, other).rule == "new-lead"


def test_a_new_end_is_seen_through() -> None:
    end = (
        "For weeks Captain Ida Sorel and her crew of nine had waited on the Nordwind below the bridge of Lodz, and now "
        "the news came over Radio Bern: the river would open again, said Piet Havel of the pilots, and blew his horn."
    )
    one, other = text_print(article("a", REPORT)), text_print(article("b", f"{LEAD}\n{MIDDLE}\n{end} {end.upper()}"))

    assert copy_score(one, other).rule == "new-end"


def test_one_background_below_longer_news_makes_no_copy() -> None:
    one = text_print(article("a", f"{OTHER_REPORT}\n{BACKGROUND}"))
    other = text_print(article("b", f"{LEAD}\n{MIDDLE}\n{BACKGROUND}"))

    assert not copy_score(one, other).is_copy


def test_a_report_that_another_was_woven_around_is_a_copy() -> None:
    report = f"{MIDDLE} {BACKGROUND}"
    woven = report
    for phrase in ("which were damaged in a collision", "Until then", "Last year", "according to the customs office"):
        woven = woven.replace(
            phrase, f"as people on both banks of the river had long asked in vain, {phrase.upper()} so"
        )
    woven = woven.replace("the ministry said", "ministers told reporters").replace("have warned", "fear")
    woven = woven.replace("stays closed during", "is not open in").replace("has doubled", "costs twice as much")
    longer = text_print(article("b", f"{woven} {OTHER_REPORT}"))
    verdict = copy_score(text_print(article("a", report)), longer)

    assert (verdict.rule, verdict.containment < 0.80) == ("interwoven", True)


def test_a_long_text_whose_facts_were_exchanged_is_no_copy() -> None:
    other = REPORT
    for old, new in (
        ("41", "17"),
        ("second", "ninth"),
        ("12", "9"),
        ("4,500", "3,900"),
        ("230,000", "81,000"),
        ("18", "27"),
    ):
        other = other.replace(old, new)
    for old, new in (("Elena Marku", "Ida Sorel"), ("Karlin", "Bern"), ("Ostrava", "Lodz")):
        other = other.replace(old, new)
    verdict = copy_score(text_print(article("a", REPORT)), text_print(article("b", other)))

    assert (verdict.is_copy, verdict.jaccard > 0.60) == (False, True)


def test_the_title_of_a_series_says_nothing() -> None:
    title = "Velna harbour: ships, tonnes and waiting times"
    one = text_print(article("a", f"{LEAD}\n{BACKGROUND}", title=title))
    other = text_print(article("b", f"{OTHER_REPORT}\n{LEAD}\n{MIDDLE}", title=title))
    alike = copy_score(one, other)

    assert alike.rule in ("none", "same-title")
    assert copy_score(one, other, is_series=True).rule == "none"


def test_a_verdict_has_the_figures_that_decided() -> None:
    one = text_print(article("a", LEAD.replace("41", "57"), title="Minister calls for end of Velna blockade"))
    other = text_print(article("b", REPORT.replace("Tomas Brandl", "Piet Havel"), title="End of Velna blockade near"))
    verdict = copy_score(one, other)

    assert verdict.lost_numbers == 1.0
    assert verdict.lost_names == pytest.approx(2 / 8)
    assert verdict.titles == pytest.approx(3 / 4)


words = ["the", "minister", "Velna", "said", "12", "4,500", "北京", "пос", "was", "of", "in", "Marku", "and.", "But"]
texts = st.lists(st.sampled_from(words), max_size=120)


@given(texts, texts, st.booleans())
def test_any_two_texts_compare_the_same_both_ways(one: list[str], other: list[str], is_series: bool) -> None:
    prints = text_print(article("a", " ".join(one))), text_print(article("b", " ".join((*other, *one))))
    verdict = copy_score(*prints, is_series=is_series)

    assert verdict == copy_score(*reversed(prints), is_series=is_series)
    assert all(0 <= share <= 1 for share in (verdict.containment, verdict.jaccard, verdict.lost_numbers))


@given(texts)
def test_a_text_of_some_length_is_a_copy_of_itself(told: list[str]) -> None:
    kept = text_print(article("a", " ".join(told)))

    assert copy_score(kept, kept).is_copy is bool(kept.sequence)


POLICE_DE = (
    "Die Polizei hat am Mittwochmorgen Räume einer Partei in {place} durchsucht. Ermittelt wird wegen des Verdachts "
    "der Untreue und der Bestechlichkeit. Die Beamten nahmen Akten und Datenträger mit, so die Staatsanwaltschaft. "
    "Der Parteivorstand kündigte an, mit den Behörden zusammenzuarbeiten, und wies alle Vorwürfe zurück. Festnahmen "
    "gab es keine, die Auswertung werde mehrere Wochen dauern."
)
PROBE_ZH = (
    "据通讯社报道，{who}涉嫌严重违纪违法，目前正接受纪律审查和监察调查。监察机关网站星期二晚间发布了这一消息，"
    "但没有透露案件的具体情况。这是今年以来又一名被查的官员。分析人士指出，反腐败斗争仍将保持高压态势，任何人都不能置身法外。"
)
RECALL_EN = (
    "the food agency said on friday that all jars of {what} with a date in may must be returned to the shops, after a "
    "customer found {found} in one of them. nobody was hurt, it said, and money is given back without a receipt. the "
    "maker apologised and stopped the line at its plant until the cause is known, which may take some days."
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            ("Razzia bei Partei in Grünau", POLICE_DE.format(place="Grünau")),
            ("Razzia bei Partei in Talheim", POLICE_DE.format(place="Talheim")),
            id="German, where each noun has a capital",
        ),
        pytest.param(
            ("东湖省副省长马立新被查", PROBE_ZH.format(who="东湖省副省长马立新")),
            ("南岭市政协副主席何志远被查", PROBE_ZH.format(who="南岭市政协副主席何志远")),
            id="Chinese, without capitals",
        ),
        pytest.param(
            ("chicken soup recalled", RECALL_EN.format(what="chicken soup", found="plastic")),
            ("apple sauce recalled", RECALL_EN.format(what="apple sauce", found="glass")),
            id="without any capitals",
        ),
    ],
)
def test_headlines_that_name_what_only_their_own_text_tells_part_a_template(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    first, second = (
        text_print(article(name, text, title=title)) for name, (title, text) in zip("ab", (one, other), strict=True)
    )
    assert copy_score(first, second).rule == "other-headline"


def test_another_headline_over_the_same_text_parts_nothing() -> None:
    first = text_print(article("a", REPORT, title="Ministers want the port of Velna open again"))
    second = text_print(article("b", f"{LEAD}\n{MIDDLE}", title="Blockade: commission of 12 is to inspect the gates"))
    assert copy_score(first, second).is_copy
