from __future__ import annotations

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import Location
from monitor.model import Article, ArticleId, Rule, RuleId
from monitor.rules.expression import (
    About,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Count,
    Near,
    NoneOf,
    Regex,
    Same,
    Score,
    Term,
    Within,
    make_term,
)
from monitor.rules.match import RuleSet, WrittenRule
from tests.unit.rules import naive
from tests.unit.rules.writing import evidence, rule_set

# Random cases a run; the long run of `make faults` asks for 10,000.
EXAMPLES = int(os.environ.get("MONITOR_TEST_EXAMPLES", "400"))

# Few words, alike and inside one another, so that random terms meet random texts often.
WORDS = (
    "truce",
    "truces",
    "true",
    "cease",
    "fire",
    "ceasefire",
    "Gaza",
    "gazas",
    "GAZA",
    "WHO",
    "who",
    "王毅",
    "王",
    "停火",
    "box",
    "هدنة",
    "والهدنة",
    "negotiated",
    "negotiating",
    "café",
    "U.S.",
    "3.5",
    "5",
    "news",
    "princes",
    "princess",
    "ال",
    "युद्धों",
)
TERMS = (
    "truce",
    "cease-fire",
    "cease fire",
    "ceasefire",
    "gaz*",
    "Gaza",
    "=WHO",
    "王毅",
    "停火",
    "box",
    "true",
    "who gaza",
    "fire",
    "هدنة",
    "~negotiate",
    "cafe",
    "u.s.",
    "5",
    "3.5",
    "new",
    "princes",
    "युद्धों",
    "gaza truce fire",
    "王 停火",
)
GAPS = (
    " ",
    " ",
    " ",
    " ",
    "-",
    ", ",
    ". ",
    "。",
    "\n",
    "\n\n",
    "",
    "'s ",
    ".",
    "“",
    " – ",
    " \u200f",
    "\u00ad",
    "&nbsp;",
    " (",
)

terms = st.sampled_from(TERMS).map(make_term)
leaves: st.SearchStrategy[Condition] = st.one_of(
    terms,
    st.builds(
        lambda name, term: Within(field=name, condition=term), st.sampled_from(["title", "text", "author"]), terms
    ),
    st.builds(lambda code: About(aspect="language", values=(code,)), st.sampled_from(["en", "zh"])),
    st.sampled_from(["(?i)truce", "gaza|停火", r"\bfire\b"]).map(lambda pattern: Regex(pattern=pattern)),
)
groups: st.SearchStrategy[Condition] = st.one_of(
    terms,
    terms,
    st.lists(terms, min_size=2, max_size=3).map(lambda each: AnyOf(conditions=tuple(each))),
    st.builds(lambda name, term: Within(field=name, condition=term), st.sampled_from(["title", "text", "lead"]), terms),
)
operands = st.lists(groups, min_size=2, max_size=3).map(tuple)
spatial: st.SearchStrategy[Condition] = st.one_of(
    st.builds(
        lambda within, ordered, each: Near(within=within, ordered=ordered, conditions=each),
        st.integers(0, 4),
        st.booleans(),
        operands,
    ),
    st.builds(
        lambda unit, each: Same(unit=unit, conditions=each), st.sampled_from(["sentence", "paragraph"]), operands
    ),
    st.builds(lambda count, group: Count(count=count, condition=group), st.integers(1, 4), groups),
    st.builds(
        lambda least, each, factor: Score(
            at_least=least, conditions=tuple(each), weights=(5, 3, -4)[: len(each)], title_factor=factor
        ),
        st.integers(1, 9),
        st.lists(terms, min_size=1, max_size=3),
        st.sampled_from([1, 3]),
    ),
)


def grown(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        several.map(lambda each: AllOf(conditions=each)),
        several.map(lambda each: AnyOf(conditions=each)),
        several.map(lambda each: NoneOf(conditions=each)),
        several.map(lambda each: AtLeast(count=min(2, len(each)), conditions=each)),
        inner.map(lambda each: Within(field="summary", condition=each)),
    )


conditions = st.recursive(st.one_of(leaves, spatial), grown, max_leaves=6)
texts = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)), max_size=8).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)
articles = st.builds(
    lambda title, summary, text, author, language: Article(
        id=ArticleId("a"), title=title, summary=summary, text=text, authors=(author,), language=language
    ),
    texts,
    texts,
    texts,
    texts,
    st.sampled_from(["en", "zh", ""]),
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(conditions, min_size=1, max_size=6), st.lists(articles, min_size=1, max_size=4))
def test_the_compiled_rules_hold_exactly_where_the_naive_evaluator_says(
    several: list[Condition], read: list[Article]
) -> None:
    rules = RuleSet(
        WrittenRule(rule=Rule(id=RuleId(str(number))), condition=condition, at=Location("r"))
        for number, condition in enumerate(several)
    )
    for article in read:
        expected = [str(number) for number, condition in enumerate(several) if naive.holds(condition, article)]
        assert [match.rule.id for match in rules.match(article)] == expected


@settings(max_examples=200, deadline=None)
@given(st.lists(conditions, min_size=1, max_size=4), articles)
def test_every_piece_of_evidence_is_what_the_article_has_there(several: list[Condition], article: Article) -> None:
    rules = RuleSet(
        WrittenRule(rule=Rule(id=RuleId(str(number))), condition=condition, at=Location("r"))
        for number, condition in enumerate(several)
    )
    fields = {"title": article.title, "summary": article.summary, "text": article.text, "author": article.authors[0]}
    for match in rules.match(article):
        for piece in match.evidence:
            assert fields[piece.field][piece.start : piece.end] == piece.text
            pattern = piece.term.removeprefix("regex:")
            meant = make_term(piece.term) if pattern == piece.term else Regex(pattern=pattern)
            assert naive.holds(meant, Article(id=ArticleId("b"), title=piece.text))


def test_a_thousand_rules_hold_each_for_its_own_word() -> None:
    several = [make_term(f"word{number}") for number in range(1_000)]
    rules = RuleSet(
        WrittenRule(rule=Rule(id=RuleId(str(number))), condition=term, at=Location("r"))
        for number, term in enumerate(several)
    )
    article = Article(id=ArticleId("a"), title="word7 and word999", text="word70 ends")
    assert [match.rule.id for match in rules.match(article)] == ["7", "70", "999"]


def test_a_rule_set_without_rules_matches_nothing() -> None:
    assert RuleSet(()).match(Article(id=ArticleId("a"), title="anything")) == ()


def test_evidence_comes_in_the_order_of_reading() -> None:
    article = Article(id=ArticleId("a"), title="truce", summary="hostages", text="A truce. Hostages freed.")
    found = evidence("{all: [hostages, truce]}", article)
    assert found is not None
    assert [(each.field, each.start, each.text, each.term) for each in found] == [
        ("title", 0, "truce", "truce"),
        ("summary", 0, "hostages", "hostages"),
        ("text", 2, "truce", "truce"),
        ("text", 9, "Hostages", "hostages"),
    ]


def test_a_word_that_is_denied_is_no_evidence() -> None:
    article = Article(id=ArticleId("a"), title="truce", text="football")
    found = evidence("{all: [truce], none: ['title:football']}", article)
    assert found is not None
    assert [each.text for each in found] == ["truce"]


def test_fields_beside_the_body_are_read_only_where_a_rule_names_them() -> None:
    article = Article(
        id=ArticleId("a"),
        title="t",
        url="https://example.org/world/cease-fire-talks",
        authors=("Ann Lee", "Bo Wu"),
        feed_title="The Wire",
    )
    assert evidence("cease-fire", article) is None
    found = [evidence(text, article) for text in ("'url:cease-fire'", "'author:Bo Wu'", "'feed:wire'")]
    assert [(each[0].field, each[0].text) for each in found if each] == [
        ("url", "cease-fire"),
        ("author", "Bo Wu"),
        ("feed", "Wire"),
    ]
    assert found[1] is not None
    assert "Ann Lee, Bo Wu"[found[1][0].start : found[1][0].end] == "Bo Wu"


def test_a_phrase_never_crosses_from_one_field_into_the_next() -> None:
    article = Article(id=ArticleId("a"), title="the foreign", summary="minister", text="spoke")
    assert evidence("foreign minister", article) is None


def test_the_lead_ends_after_eighty_words_of_the_text() -> None:
    early = Article(id=ArticleId("a"), title="t", text="word " * 79 + "truce " + "word " * 20)
    late = Article(id=ArticleId("a"), title="t", text="word " * 80 + "truce")
    chinese = Article(id=ArticleId("a"), title="t", text="字" * 170 + "停火")
    assert evidence("'lead:truce'", early) is not None
    assert evidence("'lead:truce'", late) is None
    assert evidence("'lead:停火'", chinese) is None
    assert evidence("'lead:停火'", Article(id=ArticleId("a"), title="t", text="字" * 100 + "停火")) is not None


def test_properties_of_the_article_are_conditions_too() -> None:
    article = Article(
        id=ArticleId("a"),
        title="truce",
        url="https://www.reuters.com/x",
        language="en-GB",
        source="Reuters",
        tags=("Middle-East",),
    )
    texts = [
        "{all: [truce], language: [en, de]}",
        "{all: [truce], language: fr}",
        "{all: [truce], source: reuters.com}",
        "{all: [truce], source: Reuters}",
        "{all: [truce], source: euters.com}",
        "{all: [truce], tags: [middle-east]}",
    ]
    assert [match.rule.id for match in rule_set(*texts).match(article)] == ["r0", "r2", "r3", "r5"]


def test_a_flood_of_one_word_is_cut_but_still_matches() -> None:
    article = Article(id=ArticleId("a"), title="t", text="truce " * 5_000)
    found = evidence("truce", article)
    assert found is not None
    assert len(found) == 1_000


def test_an_endless_word_does_not_stall_the_scan() -> None:
    article = Article(id=ArticleId("a"), title="t", text="gaza" * 16_000)
    assert evidence("gaza", article) is None
    assert evidence("'*gaza*'", article) is not None


def test_terms_of_one_form_share_their_number_but_not_their_names() -> None:
    article = Article(id=ArticleId("a"), title="truce")
    first = Term(text="truce", label="halt")
    rules = RuleSet(
        (
            WrittenRule(rule=Rule(id=RuleId("a")), condition=first, at=Location("r")),
            WrittenRule(rule=Rule(id=RuleId("b")), condition=make_term("truce"), at=Location("r")),
        )
    )
    assert [match.evidence[0].term for match in rules.match(article)] == ["halt", "truce"]
