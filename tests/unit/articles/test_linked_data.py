import json
import time

import pytest

from monitor.articles.linked_data import LinkedData, truth


@pytest.mark.parametrize(
    "script",
    [
        pytest.param('{"@type":"NewsArticle","headline":"Talks"}', id="one object"),
        pytest.param('[{"@type":"WebPage"},{"@type":"NewsArticle","headline":"Talks"}]', id="a list"),
        pytest.param('{"@graph":[{"@type":["Thing","Article"],"headline":"Talks"}]}', id="a graph and several types"),
        pytest.param('{"@type":"WebPage","mainEntity":{"@type":"Article","headline":"Talks"}}', id="nested"),
        pytest.param('{"@type":"http://schema.org/LiveBlogPosting","headline":"Talks"}', id="a type with its address"),
        pytest.param('{"@type":"Article","headline":"Talks",}', id="a trailing comma"),
        pytest.param('<!-- {"@type":"Article","headline":"Talks"} -->', id="inside an HTML comment"),
        pytest.param('//<![CDATA[\n{"@type":"Article","headline":"Talks"}\n//]]>', id="inside CDATA"),
        pytest.param('{"@type":"Article","headline":"Talks"};', id="a semicolon"),
        pytest.param("{&quot;@type&quot;:&quot;Article&quot;,&quot;headline&quot;:&quot;Talks&quot;}", id="escaped"),
        pytest.param('{"@type":"Article","description":"a\nb","headline":"Talks"}', id="a raw line break in a string"),
        pytest.param('{"@type":"Article","size":NaN,"headline":"Talks"}', id="not a number"),
        pytest.param('{"@type":"Article","n":99999999999999999999,"headline":"Talks"}', id="a huge number"),
        pytest.param('/* made by *a* machine */ {"@type":"Article","headline":"Talks"}', id="behind a comment"),
    ],
)
def test_the_article_is_found_however_it_is_wrapped(script: str) -> None:
    assert LinkedData([script]).article()["headline"] == "Talks"


def test_the_node_that_says_most_is_the_article() -> None:
    teaser = '{"@type":"Article","headline":"Read also"}'
    article = '{"@type":"Article","headline":"Talks","datePublished":"2026-11-24","author":"Jane Doe"}'
    assert LinkedData([teaser, article]).article()["headline"] == "Talks"


def test_an_author_is_found_behind_a_reference() -> None:
    person = '{"@type":"Person","@id":"#jane","name":"Jane Doe"}'
    linked = LinkedData([f'{{"@graph":[{{"@type":"Article","author":[{{"@id":"#jane"}}]}},{person}]}}'])
    assert linked.texts(linked.article()["author"]) == ("Jane Doe",)


def test_references_in_a_circle_end() -> None:
    linked = LinkedData(['{"@type":"Article","@id":"#a","author":{"@id":"#a"},"name":{"@id":"#a"}}'])
    assert linked.texts(linked.article()["author"]) == ()


def test_references_a_hundred_wide_end() -> None:
    refs = ",".join(['{"@id":"#a"}'] * 100)
    started = time.process_time()
    linked = LinkedData([f'{{"@type":"Article","@id":"#a","author":[{refs}],"name":[{refs}],"url":[{refs}]}}'])
    assert linked.texts(linked.article()["author"]) == ()
    assert linked.address(linked.article()["author"]) == ""
    assert time.process_time() - started < 1.0


def test_of_nodes_with_one_id_the_fullest_is_meant() -> None:
    article = '{"@type":"Article","author":{"@id":"#jane"}}'
    jane = '{"@id":"#jane"},{"@type":"Person","@id":"#jane","name":"Jane Doe"},{"@id":"#jane","url":"/jane"}'
    linked = LinkedData([f'{{"@graph":[{article},{jane}]}}'])
    assert linked.text(linked.article()["author"]) == "Jane Doe"


def test_the_node_of_this_page_goes_before_a_fuller_one() -> None:
    here = '{"@type":"Article","headline":"Talks","mainEntityOfPage":{"@id":"https://paper.example/talks"}}'
    other = '{"@type":"Article","headline":"More","datePublished":"2026-11-24","url":"https://paper.example/more"}'
    assert LinkedData([other, here], "https://www.paper.example/talks?x=1").article()["headline"] == "More"
    assert LinkedData([other, here], "https://www.paper.example/talks").article()["headline"] == "Talks"


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(
            '{"@type":"LiveBlogPosting","headline":"Talks","liveBlogUpdate":[{"@type":"BlogPosting","headline":"More",'
            '"articleBody":"x","datePublished":"2026-11-24","author":"Jane Doe"}]}',
            id="an update of a live blog says more of itself than the blog",
        ),
        pytest.param(
            '{"@graph":[{"@type":"ItemList","itemListElement":[{"item":{"@type":"LiveBlogPosting","headline":"More",'
            '"datePublished":"2026-11-24"}}]},{"@type":"Article","headline":"Talks"}]}',
            id="a live blog to read next",
        ),
    ],
)
def test_an_article_beside_the_pages_own_is_not_taken_for_it(script: str) -> None:
    assert LinkedData([script]).article()["headline"] == "Talks"


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(
            '{"@type":"NewsArticle","headline":"Ta\\"lks","datePublished":"2026-11-24" "x":', id="a lost comma"
        ),
        pytest.param('{"@type":"NewsArticle","text":"said "no" to it","headline":"Ta\\"lks"}', id="bare quotes"),
    ],
)
def test_of_a_broken_block_the_plain_fields_are_saved(broken: str) -> None:
    assert LinkedData([broken]).article()["headline"] == 'Ta"lks'


def test_the_author_of_a_broken_block_is_saved() -> None:
    broken = '{"@type":"NewsArticle","author":[{"@type":"Person","name":"Jane Doe"}],"text":"said "no""}'
    assert LinkedData([broken]).article()["author"] == "Jane Doe"


def test_a_broken_block_does_not_lose_the_others() -> None:
    assert LinkedData(["{broken", '{"@type":"Article","headline":"Talks"}']).article()["headline"] == "Talks"


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("https://paper.example/a.jpg", "https://paper.example/a.jpg"),
        ({"@type": "ImageObject", "url": "/a.jpg"}, "/a.jpg"),
        ([{"@type": "ImageObject"}, {"contentUrl": "/b.jpg"}], "/b.jpg"),
        ({"@id": "#picture"}, "/c.jpg"),
        (7, ""),
    ],
)
def test_a_picture_is_named_in_many_ways(value: object, address: str) -> None:
    linked = LinkedData(['{"@type":"ImageObject","@id":"#picture","url":"/c.jpg"}'])
    assert linked.address(value) == address


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("{not json", id="broken"),
        pytest.param("null", id="null"),
        pytest.param('"text"', id="a string"),
        pytest.param("[" * 100_000, id="100,000 open brackets"),
        pytest.param('{"a":' * 50_000 + "1" + "}" * 50_000, id="50,000 levels"),
        pytest.param("9" * 100_000, id="a number of 100,000 digits"),
        pytest.param('{"@type":"Article","headline":"' + '\\"' * 1_000_000 + '"}', id="a million escaped quotes"),
        pytest.param('{"@type": 5, "@id": ["x"], "author": {"name": {"name": 7}}}', id="wrong types everywhere"),
    ],
)
def test_what_is_no_description_is_passed_over_quickly(script: str) -> None:
    started = time.process_time()
    assert LinkedData([script]).article() == {}
    assert time.process_time() - started < 1.0


def test_a_flood_of_nodes_is_cut() -> None:
    assert len(LinkedData([json.dumps([{"@type": "Thing", "n": n} for n in range(15_000)])]).nodes) == 2_000


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        (True, True),
        ("True", True),
        ("http://schema.org/true", True),
        (False, False),
        ("false", False),
        ("", None),
        (None, None),
        (1, None),
    ],
)
def test_free_access_is_written_in_many_ways(value: object, meaning: bool | None) -> None:
    assert truth(value) is meaning
