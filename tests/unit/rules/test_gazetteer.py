from __future__ import annotations

import json
import runpy
from collections import Counter
from importlib import resources
from pathlib import Path

import pytest

from monitor.model import Article, ArticleId
from monitor.rules.fold import fold_term
from monitor.rules.gazetteer import Gazetteer, PlaceNames, Region
from tests.unit.rules.writing import evidence, gazetteer, words

NOT = None

ROOT = Path(__file__).parents[3]

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


@pytest.mark.parametrize(
    ("text", "place", "expected", "why"), [pytest.param(*case, id=f"{case[3]}: {case[0]}") for case in STRONG]
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


def strong(names: PlaceNames) -> set[str]:
    """The names that count alone."""
    return {name for part in names.parts for name in (*part.plain, *part.capitalised)}


@pytest.mark.parametrize(
    "tag",
    [
        pytest.param("Jordan", id="the country by its name"),
        pytest.param("jo", id="by its code"),
        pytest.param("Middle East", id="a region that it is in"),
        pytest.param("mideast", id="and that by another spelling"),
    ],
)
def test_a_tag_of_the_feed_is_a_hint_for_a_country(tag: str) -> None:
    assert evidence("'country:JO'", Article(id=ArticleId("a"), title="Jordan wins", tags=(tag,))) is not None


def test_a_tag_of_another_place_is_no_hint() -> None:
    assert evidence("'country:JO'", Article(id=ArticleId("a"), title="Jordan wins", tags=("sports", "oceania"))) is None


def test_a_users_region_has_its_countries_its_regions_and_its_names() -> None:
    places = Gazetteer({"our-desk": Region(countries=("IS",), regions=("baltics",), names=("Spitsbergen",))})
    assert {"Iceland", "Estonia", "Spitsbergen", "Baltic states"} <= strong(places.region("our-desk"))


def test_a_users_region_of_a_known_name_adds_to_it() -> None:
    names = Gazetteer({"baltics": Region(names=("Kurland",))}).region("baltics")
    assert {"Kurland", "Latvia"} <= strong(names)


def test_regions_that_include_one_another_end() -> None:
    places = Gazetteer({"a": Region(regions=("b",), countries=("IS",)), "b": Region(regions=("a",))})
    assert "Iceland" in strong(places.region("b"))


def test_a_region_may_be_called_by_its_other_names() -> None:
    assert gazetteer().region("mideast").parts == gazetteer().region("middle-east").parts
    assert "mideast" not in gazetteer().region_names
    assert "middle-east" in gazetteer().region_names


def test_an_area_belongs_to_each_country_that_has_it() -> None:
    assert all("Kashmir" in strong(gazetteer().country(code)) for code in ("IN", "PK"))


def test_people_have_plurals_and_countries_have_none() -> None:
    assert {"German", "Germans", "Germany"} <= strong(gazetteer().country("DE"))
    assert "Germanys" not in strong(gazetteer().country("DE"))


@pytest.mark.parametrize("name", gazetteer().region_names)
def test_every_region_has_countries_we_know_and_regions_we_know(name: str) -> None:
    region = gazetteer().regions[name]
    assert region.title
    assert set(region.countries) <= set(gazetteer().countries)
    assert set(region.regions) <= set(gazetteer().regions)
    assert region.names or region.countries or region.regions


@pytest.mark.parametrize(
    ("name", "members"),
    [
        pytest.param("eu", 27, id="the European Union"),
        pytest.param("eurozone", 21, id="the euro area, with Bulgaria"),
        pytest.param("schengen", 29, id="Schengen"),
        pytest.param("nato", 32, id="NATO, with Sweden"),
        pytest.param("asean", 11, id="ASEAN, with Timor-Leste"),
        pytest.param("brics", 10, id="BRICS, with Indonesia"),
        pytest.param("ecowas", 12, id="ECOWAS, without the three of the Sahel"),
        pytest.param("opec", 11, id="OPEC, without the Emirates"),
        pytest.param("g20", 19, id="the countries of the G20"),
        pytest.param("african-union", 60, id="the African Union, and what lies in Africa of others"),
        pytest.param("arab-league", 22, id="the Arab League"),
        pytest.param("apec", 21, id="APEC"),
        pytest.param("sco", 10, id="the Shanghai Cooperation Organisation"),
        pytest.param("oecd", 38, id="the OECD"),
        pytest.param("oic", 57, id="the Organisation of Islamic Cooperation"),
        pytest.param("commonwealth", 56, id="the Commonwealth"),
        pytest.param("sadc", 16, id="southern Africa"),
        pytest.param("caricom", 15, id="the Caribbean Community"),
    ],
)
def test_an_organisation_has_as_many_members_as_it_says(name: str, members: int) -> None:
    assert len([part for part in gazetteer().region(name).parts if part.code]) == members


def test_every_country_is_in_one_continent() -> None:
    continents = ("africa", "americas", "asia", "europe", "oceania")
    found = Counter(part.code for name in continents for part in gazetteer().region(name).parts if part.code)
    assert set(found) == set(gazetteer().countries)
    assert set(found.values()) == {1}


def test_the_list_of_countries_is_that_of_iso_3166_and_kosovo() -> None:
    lines = [json.loads(line) for line in data("countries.jsonl").splitlines()]
    codes = [line["code"] for line in lines if "code" in line]
    assert codes == sorted(codes)
    # Without Antarctica, Bouvet Island, Heard Island: no people, no news.
    assert len(codes) == 247
    assert "XK" in codes
    assert all(set(line) == {"code", "name", "english", "names", "cities"} for line in lines if "code" in line)
    assert all(set(line) == {"m49", "names"} for line in lines if "code" not in line)


@pytest.mark.parametrize("code", sorted(gazetteer().countries))
def test_every_country_is_found_by_its_name(code: str) -> None:
    names = gazetteer().country(code)
    assert any(part.plain or part.capitalised for part in names.parts)
    assert not {fold_term(name) for name in strong(names)} & {fold_term(name) for name in names.parts[0].weak}


def test_the_compiled_file_is_what_the_written_ones_say() -> None:
    script = runpy.run_path(str(ROOT / ".ci" / "build-gazetteer.py"))
    assert data("places.json").decode() == script["compiled"](), "stale: run .ci/build-gazetteer.py"


def test_the_files_that_are_read_stay_small() -> None:
    assert len(data("countries.jsonl")) < 320_000
    assert len(data("places.json")) < 160_000


def test_the_origin_of_every_source_is_told() -> None:
    notice = data("NOTICE").decode()
    assert all(source in notice for source in ("CLDR", "Babel", "opensanctions/rigour", "GeoNames"))


def test_no_latin_name_is_so_short_that_it_is_a_word() -> None:
    short = {
        name
        for code in gazetteer().countries
        for name in strong(gazetteer().country(code))
        if len(fold_term(name)) < 4 and fold_term(name).isascii() and name[0] != "="
    }
    assert short == {"Goa"}


def test_an_unknown_place_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        gazetteer().region("atlantis")
    with pytest.raises(KeyError):
        gazetteer().country("ZZ")


def data(file: str) -> bytes:
    """A shipped file as it is."""
    return resources.files("monitor.rules").joinpath("data", file).read_bytes()
