from __future__ import annotations

import pytest

from monitor.model import Article, ArticleId
from monitor.rules.fold import fold_term
from monitor.rules.gazetteer import Gazetteer, Region
from tests.unit.rules.writing import evidence, gazetteer, words

NOT = None

STRONG = [
    ("Fighting in Gaza City", "region:middle-east", ["Gaza"], "a territory stands for its region"),
    ("Palestinians and Israelis", "region:middle-east", ["Palestinians", "Israelis"], "people, in the plural"),
    ("Strikes on Tehran and Aleppo", "region:middle-east", ["Tehran", "Aleppo"], "capitals and large cities"),
    ("Envoys to the Mideast", "region:middle-east", ["Mideast"], "a region's own name"),
    ("Paix au Proche-Orient", "region:middle-east", ["Proche-Orient"], "in French"),
    ("Krieg im Nahen Osten", "region:middle-east", ["Nahen Osten"], "in German"),
    ("以色列空袭加沙", "region:middle-east", ["以色列", "加沙"], "in Chinese"),
    ("イスラエル軍がガザ地区を攻撃", "region:middle-east", ["イスラエル軍", "ガザ地区"], "in Japanese"),
    ("이스라엘이 가자지구를", "region:middle-east", ["이스라엘", "가자지구"], "in Korean, with particles"),
    ("غارات على غزة وإسرائيل", "region:middle-east", ["غزة", "إسرائيل"], "in Arabic, with “and” before it"),
    ("Удары Израиля по Ливану", "region:middle-east", ["Израиля", "Ливану"], "in Russian, in any case"),
    ("Ізраїлем і Єменом", "country:IL", ["Ізраїлем"], "in Ukrainian"),
    ("the U.S. and the US", "country:US", ["U.S.", "US"], "abbreviations in capitals"),
    ("tell us all", "country:US", NOT, "but not the pronoun"),
    ("UAE, Emirati", "country:AE", ["UAE", "Emirati"], "short names by hand"),
    ("Northern Ireland talks", "country:IE", NOT, "Northern Ireland is not Ireland"),
    ("The Irish government", "country:IE", ["Irish"], "the Irish are"),
    ("Papua New Guinea votes", "country:PG", ["Papua New Guinea"], "the longest name counts"),
    ("South Sudan’s army", "country:SS", ["South Sudan"], "a country whose name has another in it"),
    ("印度尼西亚总统", "country:IN", NOT, "Indonesia is not India in Chinese either"),
    ("印度总理", "country:IN", ["印度"], "India is"),
    ("タイトルを獲得", "country:TH", NOT, "タイ in タイトル is no country"),
    ("タイの首相", "country:TH", ["タイ"], "タイ alone is"),
    ("Bosnian Serbs", "region:balkans", ["Bosnian", "Serbs"], "political regions"),
    ("Estonia and Kenya", "region:europe", ["Estonia"], "regions of the United Nations"),
]
WEAK = [
    ("King Abdullah arrived in Jordan", "country:JO", ["Jordan"], "in + name"),
    ("Jordan’s foreign minister said", "country:JO", ["Jordan"], "name + minister"),
    ("Amman said that Jordan agrees", "country:JO", ["Amman", "Jordan"], "another name of the country"),
    ("Israel and Jordan signed", "country:JO", ["Jordan"], "a neighbour"),
    ("Michael Jordan scored in Chicago", "country:JO", NOT, "the player"),
    ("Jordan scored 40 points", "country:JO", NOT, "whoever that is"),
    ("Israel’s envoy met Jordan Peterson", "country:JO", NOT, "a name in a longer name, hint or not"),
    ("Georgia’s parliament in Tbilisi", "country:GE", ["Georgia", "Tbilisi"], "the Caucasus"),
    ("Russia and Georgia talk", "country:GE", ["Georgia"], "with a neighbour"),
    ("Voters in Georgia and Florida", "country:GE", NOT, "the state"),
    ("Georgia Tech and Russia", "country:GE", NOT, "the university"),
    ("Troops from Chad crossed", "country:TD", ["Chad"], "from + name"),
    ("Chad Smith plays drums in Nigeria", "country:TD", NOT, "the drummer"),
    ("hanging chad", "country:TD", NOT, "the piece of paper"),
    ("Guinea’s military government", "country:GN", ["Guinea"], "the country"),
    ("guinea pigs in Liberia", "country:GN", NOT, "the animal"),
    ("Equatorial Guinea and Liberia", "country:GN", NOT, "the other country"),
    ("Mali’s army in Bamako", "country:ML", ["Mali", "Bamako"], "with its capital"),
    ("马里兰州的学校和尼日尔", "country:ML", NOT, "Maryland in Chinese"),
    ("馬里和尼日尔的军队", "country:ML", ["馬里"], "with a neighbour’s name"),
    ("strikes across Lebanon", "country:LB", ["Lebanon"], "across + name"),
    ("Lebanon, Ohio, has a fair", "country:LB", NOT, "the town"),
    ("roast turkey for dinner", "country:TR", NOT, "the bird"),
    ("Turkey’s president", "country:TR", ["Turkey"], "the country has a capital letter"),
    ("fine china", "country:CN", NOT, "porcelain has not"),
    ("a shop in Gaza Street", "region:middle-east", NOT, "a street is not the place"),
    ("a Lebanese Restaurant opens", "region:middle-east", NOT, "nor is a restaurant"),
    ("two Lebanese restaurants bombed", "region:middle-east", ["Lebanese"], "unless it is no name"),
]


@pytest.mark.parametrize(
    ("text", "place", "expected", "why"), [pytest.param(*case, id=f"{case[3]}: {case[0]}") for case in [*STRONG, *WEAK]]
)
def test_a_place_is_found_by_its_names_and_not_by_others(
    text: str, place: str, expected: list[str] | None, why: str
) -> None:
    assert words(f"'{place}'", text) == expected, why


def test_a_tag_of_the_feed_is_hint_enough() -> None:
    tagged = Article(id=ArticleId("a"), title="Jordan wins", tags=("middle-east",))
    assert evidence("'region:middle-east'", tagged) is not None
    assert evidence("'region:middle-east'", Article(id=ArticleId("a"), title="Jordan wins")) is None


def test_evidence_names_the_place_that_the_author_wrote() -> None:
    found = evidence("'region:middle-east'", Article(id=ArticleId("a"), title="Gaza"))
    assert found is not None
    assert [(each.text, each.term) for each in found] == [("Gaza", "region:middle-east")]


def test_a_country_that_is_written_inside_a_longer_name_gives_one_piece_of_evidence() -> None:
    assert words("'country:PS'", "the Gaza Strip and Gaza") == ["Gaza Strip", "Gaza"]


def test_a_users_region_has_its_countries_its_regions_and_its_names() -> None:
    places = Gazetteer({"our-desk": Region(countries=("IS",), regions=("baltics",), names=("Spitsbergen",))})
    names = places.region("our-desk")
    assert {"Iceland", "Estonia", "Spitsbergen", "Baltic states"} <= set(names.plain)


def test_a_users_region_of_a_known_name_adds_to_it() -> None:
    names = Gazetteer({"baltics": Region(names=("Kurland",))}).region("baltics")
    assert {"Kurland", "Latvia"} <= set(names.plain)


def test_regions_that_include_one_another_end() -> None:
    places = Gazetteer({"a": Region(regions=("b",), countries=("IS",)), "b": Region(regions=("a",))})
    assert "Iceland" in places.region("b").plain


@pytest.mark.parametrize("name", sorted(gazetteer().regions))
def test_every_region_has_countries_we_know_and_regions_we_know(name: str) -> None:
    region = gazetteer().regions[name]
    assert region.title
    assert set(region.countries) <= set(gazetteer().countries)
    assert set(region.regions) <= set(gazetteer().regions)
    assert gazetteer().region(name).plain


def test_no_latin_name_is_so_short_that_it_is_a_word() -> None:
    short = {
        name
        for code in gazetteer().countries
        for name in (*gazetteer().country(code).plain, *gazetteer().country(code).capitalised)
        if len(fold_term(name)) < 4 and fold_term(name).isascii() and not name.startswith("=")
    }
    assert short == {"ABD", "Lao"}


def test_an_unknown_place_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        gazetteer().region("atlantis")
    with pytest.raises(KeyError):
        gazetteer().country("ZZ")
