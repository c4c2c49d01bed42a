import pytest

from monitor.articles.titles import Titles, choose_title

SITE = ("The Paper", "paper", "paper.example")


@pytest.mark.parametrize(
    ("titles", "title"),
    [
        pytest.param(Titles(), "", id="none at all"),
        pytest.param(Titles(headline="Talks resume", shared="Dockers are back"), "Talks resume", id="structured first"),
        pytest.param(
            Titles(headline="Talks resume", shared="Dockers are back", headings=("Dockers are back",)),
            "Dockers are back",
            id="two against one",
        ),
        pytest.param(
            Titles(headline="Talks resume", shared="Dockers are back", element="Talks resume | The Paper"),
            "Talks resume",
            id="the title element breaks a tie",
        ),
        pytest.param(
            Titles(shared="Talks resume in the…", headings=("Talks resume in the harbour",)),
            "Talks resume in the harbour",
            id="a cut one gives way",
        ),
        pytest.param(
            Titles(headline="word " * 21 + "word", shared="word " * 21 + "word word words"),
            "word " * 21 + "word word words",
            id="one cut at 110 characters gives way",
        ),
        pytest.param(
            Titles(headline="Talks resume...", shared="Talks resume"),
            "Talks resume",
            id="one cut without need gives way",
        ),
        pytest.param(Titles(headline="And then…", headings=("And then…",)), "And then…", id="an ellipsis may be meant"),
        pytest.param(
            Titles(element="Talks resume in the harbour - A Paper of Ours", headings=("Talks resume in the harbour",)),
            "Talks resume in the harbour",
            id="what the heading leaves out at the end is the site",
        ),
        pytest.param(Titles(shared="Talks resume | The Paper"), "Talks resume", id="a known name of the site goes"),
        pytest.param(Titles(shared="Talks | Coast | The Paper"), "Talks | Coast", id="only the name goes"),
        pytest.param(Titles(shared="The Paper | Talks resume"), "Talks resume", id="from the front too"),
        pytest.param(Titles(shared="会談が再開｜The Paper"), "会談が再開", id="behind a wide sign"),
        pytest.param(Titles(shared="Talks – Papers"), "Talks – Papers", id="other ends stay"),
        pytest.param(
            Titles(
                headline="Harbour strike: Talks resume", shared="Talks resume", element="Harbour strike: Talks resume"
            ),
            "Talks resume",
            id="a topic in front goes where another title leaves it out",
        ),
        pytest.param(Titles(headline="Harbour: Talks resume"), "Harbour: Talks resume", id="else it stays"),
        pytest.param(
            Titles(headings=("The Paper", "Coast", "Talks resume"), element="Talks resume | The Paper"),
            "Talks resume",
            id="headings that are the logo or a section are none",
        ),
        pytest.param(Titles(headings=("!?",)), "!?", id="signs alone"),
    ],
)
def test_the_headline_is_what_most_sources_agree_on(titles: Titles, title: str) -> None:
    assert choose_title(titles, SITE) == title
