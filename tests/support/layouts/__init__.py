"""Pages of our own, in the layouts that news sites use and with the truth beside each: nothing is taken from a site."""

from __future__ import annotations

from tests.support.layouts import kinds, markup, neighbours
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
)
# fmt: on
PARTS: tuple[Layout, ...] = (neighbours.subscription_wall, kinds.flash, kinds.live_blog, kinds.gallery)
"""Pages that are articles in a way, and not to be graded as full ones."""
FRONTS: tuple[Layout, ...] = (kinds.section_front,)

SCRIPT_LAYOUTS: tuple[Layout, ...] = (
    markup.article_with_p,
    markup.div_only,
    markup.double_br,
    markup.hashed_wrappers,
    markup.old_charset,
    neighbours.teasers_between,
    kinds.flash,
)
"""Those that are made in every language."""

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
    neighbours.several_stories,
    kinds.subheadings,
    kinds.bullet_points,
)
"""Those in which the names of classes are of no help."""

__all__ = [
    "ALTERED", "ARTICLES", "CHANGES", "FRONTS", "PARTS", "SCRIPT_LAYOUTS",
    "Change", "Layout", "MadePage", "cases", "made_page", "made_pages",
]  # fmt: skip


def cases() -> list[tuple[Layout, str]]:
    """Return all layouts in English, and in each other language those whose outcome may depend on the script."""
    english = [(layout, "en") for layout in (*ARTICLES, *PARTS, *FRONTS)]
    others = [(layout, language) for language in LANGUAGES[1:] for layout in SCRIPT_LAYOUTS]
    return english + others


def made_page(layout: Layout, language: str) -> MadePage:
    """Return the page of a language's story in a layout."""
    return layout(story(language))


def made_pages() -> list[tuple[bytes, str, str]]:
    """Return bytes, address and text of every article, for measurements where there is no other data."""
    pages = [made_page(layout, language) for layout, language in cases() if layout in (*ARTICLES, *PARTS)]
    return [(page.body, page.url, page.text) for page in pages]
