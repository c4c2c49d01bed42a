"""Pages of our own, in the layouts that news sites use and with the truth beside each: nothing is taken from a site."""

from __future__ import annotations

from tests.support.layouts import facts, hard, kinds, markup, neighbours
from tests.support.layouts.changes import CHANGES, Change
from tests.support.layouts.frame import Layout, MadePage
from tests.support.stories import LANGUAGES, story

# fmt: off
ARTICLES: tuple[Layout, ...] = (
    markup.article_with_p, markup.div_only, markup.double_br, markup.single_br, markup.table_cells,
    markup.spans_in_divs, markup.section_per_paragraph, markup.amp, markup.custom_elements, markup.in_a_form,
    markup.misleading_names, markup.blockquotes, markup.drop_cap, markup.invisible_characters,
    markup.links_everywhere, markup.hashed_wrappers, markup.xhtml, markup.microformats, markup.microdata,
    markup.upper_case, markup.old_charset, markup.empty_shell,
    neighbours.teasers_between, neighbours.read_also, neighbours.newsletter_inside, neighbours.advertisements,
    neighbours.pull_quotes, neighbours.captions, neighbours.comments_below, neighbours.several_stories,
    neighbours.endless_scroll, neighbours.long_lists_of_links, neighbours.cookie_banner, neighbours.main_with_aside,
    neighbours.hidden_copy, neighbours.without_scripts, neighbours.author_box, neighbours.player,
    neighbours.related_grid, neighbours.metered,
    kinds.interview, kinds.subheadings, kinds.list_article, kinds.bullet_points, kinds.results_table,
    kinds.definition_list, kinds.press_release,
    hard.chapters,
    hard.text_in_pieces, hard.one_sentence_each, hard.words_in_spans, hard.preformatted, hard.short_among_teasers,
    hard.teasers_first, hard.comments_as_articles, hard.legal_words, hard.contents_first, hard.folded_answers,
    hard.spoken_hints, hard.form_controls, hard.captions_as_paragraphs, hard.hidden_by_attribute,
    hard.continued_by_button, hard.declarative_shadow, hard.shell_with_markup, hard.all_at_once,
    facts.related_first, facts.list_of_others, facts.cut_headline, facts.escaped_headline, facts.people_in_one_text,
    facts.people_as_texts, facts.people_by_address, facts.broken_json, facts.commented_json,
    facts.earlier_times_around, facts.time_in_utc, facts.day_in_one_minute_in_other, facts.zone_without_colon,
    facts.title_with_section, facts.social_title,
)
# fmt: on
PARTS: tuple[Layout, ...] = (
    neighbours.subscription_wall,
    kinds.flash,
    kinds.live_blog,
    kinds.gallery,
    hard.film_page,
)  # fmt: skip
"""Pages that are articles in a way, and not to be graded as full ones."""
FRONTS: tuple[Layout, ...] = (kinds.section_front, hard.not_found, hard.post_archive, hard.shell_with_state)

SCRIPT_LAYOUTS: tuple[Layout, ...] = (
    markup.article_with_p,
    markup.div_only,
    markup.double_br,
    markup.hashed_wrappers,
    markup.old_charset,
    neighbours.teasers_between,
    neighbours.subscription_wall,
    kinds.flash,
    kinds.section_front,
    hard.short_among_teasers,
)
"""Those that are made in every language: where it matters what ends a sentence and how much a letter says."""

ALTERED: tuple[Layout, ...] = (
    markup.article_with_p,
    markup.div_only,
    markup.double_br,
    markup.table_cells,
    markup.spans_in_divs,
    markup.section_per_paragraph,
    markup.hashed_wrappers,
    markup.blockquotes,
    markup.links_everywhere,
    neighbours.main_with_aside,
    kinds.subheadings,
    kinds.bullet_points,
)
"""Those in which the names of classes are of no help."""

__all__ = [
    "ALTERED", "ARTICLES", "CHANGES", "FRONTS", "PARTS", "SCRIPT_LAYOUTS",
    "Change", "Layout", "MadePage", "cases", "made_page", "made_pages",
]  # fmt: skip


def cases() -> list[tuple[Layout, str]]:
    """Return each layout in English and two other languages, taken in turn, and SCRIPT_LAYOUTS in all languages."""
    layouts = (*ARTICLES, *PARTS, *FRONTS)
    others = LANGUAGES[1:]
    pairs = dict.fromkeys((layout, "en") for layout in layouts)
    pairs |= dict.fromkeys((layout, language) for language in others for layout in SCRIPT_LAYOUTS)
    for number, layout in enumerate(layouts):
        pairs |= dict.fromkeys((layout, others[(number + step) % len(others)]) for step in (0, 6))
    return list(pairs)


def made_page(layout: Layout, language: str) -> MadePage:
    """Return the page of a language's story in a layout."""
    return layout(story(language))


def made_pages() -> list[tuple[bytes, str, str]]:
    """Return bytes, address and text of every article, for measurements where there is no other data."""
    pages = [made_page(layout, language) for layout, language in cases() if layout in (*ARTICLES, *PARTS)]
    return [(page.body, page.url, page.text) for page in pages]
