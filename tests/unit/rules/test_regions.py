from __future__ import annotations

import pytest

from monitor.config.yaml_marks import Mapping, parse_yaml
from monitor.errors import Location, Problem
from monitor.model import Article, ArticleId, Rule, RuleId
from monitor.rules.expression import Place
from monitor.rules.gazetteer import Gazetteer
from monitor.rules.match import RuleSet, WrittenRule
from monitor.rules.regions import read_regions


def read(*files: str) -> tuple[Gazetteer, list[Problem]]:
    """The places of rule files, and what is wrong with them; the files are a.yaml, b.yaml …"""
    roots = []
    for name, text in zip("abc", files, strict=False):
        root, problems = parse_yaml(text.encode(), file=f"{name}.yaml")
        assert isinstance(root, Mapping)
        assert problems == []
        roots.append(root)
    problems = []
    return read_regions(roots, problems), problems


def found(gazetteer: Gazetteer, region: str, text: str, *, title: str = "") -> list[str] | None:
    """The words by which a text names a region, or None."""
    place = Place(label=f"region:{region}", names=gazetteer.region(region))
    rule = WrittenRule(rule=Rule(id=RuleId("r")), condition=place, at=Location("a.yaml"))
    matches = RuleSet([rule], street_words=gazetteer.street_words).match(
        Article(id=ArticleId("a"), title=title, text=text)
    )
    return [each.text for each in matches[0].evidence] if matches else None


RED_SEA = """
regions:
  Red Sea:
    title: Red Sea
    countries: [dj, ER, SA, SD, YE]
    names: [Red Sea, Bab el-Mandeb]
    weak: [Horn, Bab]
    stops: [Red Sea Hotel]
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Ships near Djibouti", ["Djibouti"], id="a country of the region, by its code in lower case"),
        pytest.param("across the Red Sea", ["Red Sea"], id="its own name"),
        pytest.param("Bab el Mandeb is closed", ["Bab el Mandeb"], id="a hyphen stands for a space"),
        pytest.param("The Horn is calm", None, id="a weak name alone is nothing"),
        pytest.param("Ships in the Horn", ["Horn"], id="but where ships are in it"),
        pytest.param("The Horn is calm, says Eritrea", ["Horn", "Eritrea"], id="or beside a country of the region"),
        pytest.param("a fire in the Red Sea Hotel", None, id="a longer word is something else"),
    ],
)
def test_a_region_of_ones_own_is_found_by_its_names(text: str, expected: list[str] | None) -> None:
    gazetteer, problems = read(RED_SEA)
    assert problems == []
    assert found(gazetteer, "red-sea", text) == expected


def test_regions_serve_those_of_other_files() -> None:
    gazetteer, problems = read("regions: {desk: {regions: [north]}}", "regions: {north: {countries: [IS]}}")
    assert problems == []
    assert found(gazetteer, "desk", "Eruption in Iceland") == ["Iceland"]


def test_a_region_of_a_known_name_adds_to_it_and_to_those_that_include_it() -> None:
    gazetteer, problems = read("regions: {baltic-states: {names: [Livonia]}, desk: {regions: [baltics]}}")
    assert problems == []
    assert found(gazetteer, "desk", "Livonia and Estonia") == ["Livonia", "Estonia"]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        pytest.param(
            "regions: {a: {countries: [IS, UK, israel, QQ]}}",
            [
                'a.yaml:1:31: error: unknown country "UK"\n    did you mean "GB"?',
                'a.yaml:1:35: error: unknown country "israel"\n    did you mean "IL", Israel?',
                'a.yaml:1:43: error: unknown country "QQ"\n    write its code of two letters: IL, TR, US',
            ],
            id="countries that are not known, each with its place",
        ),
        pytest.param(
            "regions: {a: {regions: [midle-east]}}",
            ['a.yaml:1:25: error: unknown region "midle-east"\n    did you mean "middle-east"?'],
            id="a region that is not known",
        ),
        pytest.param(
            "regions: {a: {regions: [b]}, b: {regions: [c]}, c: {regions: [a]}}",
            ["a.yaml:1:25: error: regions that include one another: a → b → c → a\n    take one of them out"],
            id="regions in a circle, once",
        ),
        pytest.param(
            "regions: {a: {regions: [a]}}",
            ["a.yaml:1:25: error: regions that include one another: a → a\n    take one of them out"],
            id="a region in itself",
        ),
        pytest.param(
            "regions: {benelux: {regions: [europe]}, europe: {regions: [benelux]}}",
            [
                (
                    "a.yaml:1:31: error: regions that include one another: benelux → europe → benelux"
                    "\n    take one of them out"
                )
            ],
            id="known regions in a circle",
        ),
        pytest.param(
            "regions: {a: {title: A}}",
            [
                (
                    'a.yaml:1:11: error: the region "a" has no countries, regions or names'
                    "\n    write countries: [IL], regions: [sahel] or names: [Red Sea]"
                )
            ],
            id="a region of nothing",
        ),
        pytest.param(
            "regions: {a: {countries: []}}",
            ['a.yaml:1:26: error: "countries" has an empty list\n    write a name, or delete it'],
            id="an empty list",
        ),
        pytest.param(
            "regions: {a: {names: [x*, '']}}",
            [
                "a.yaml:1:27: error: an item of names is empty\n    write a value, or delete the key",
                (
                    'a.yaml:1:23: error: "x*" has fewer than 3 letters before its *'
                    "\n    it would find every word that begins so"
                ),
            ],
            id="names are terms",
        ),
        pytest.param(
            "regions: {a: {names: [Horn], weak: [Horn]}}",
            [
                (
                    'a.yaml:1:37: error: "Horn" is in names and in weak'
                    "\n    a name in names counts alone, one in weak needs a hint: keep one of them"
                )
            ],
            id="a name cannot be both",
        ),
        pytest.param(
            "regions: {a: {nams: [Horn]}}",
            ['a.yaml:1:15: error: unknown key "nams" in region\n    did you mean "names"?'],
            id="a misspelt key, and nothing else",
        ),
    ],
)
def test_what_is_wrong_with_a_region_is_said_with_its_place(file: str, expected: list[str]) -> None:
    _, problems = read(file)
    assert [str(problem) for problem in problems] == expected


def test_a_region_is_defined_once_in_all_files() -> None:
    gazetteer, problems = read("regions: {a: {names: [Horn]}}", "regions: {A: {names: [Cape]}}")
    (problem,) = problems
    assert str(problem.at) == "b.yaml:1:11"
    assert problem.message == 'the region "a" is defined twice; the first is at a.yaml:1:11'
    assert found(gazetteer, "a", "The Horn") == ["Horn"]


def test_a_region_goes_without_what_is_not_known() -> None:
    gazetteer, problems = read("regions: {a: {countries: [IS, UK], regions: [nowhere]}}")
    assert len(problems) == 2
    assert found(gazetteer, "a", "Eruption in Iceland") == ["Iceland"]
