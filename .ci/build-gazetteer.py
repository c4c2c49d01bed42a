#!/usr/bin/env python3
"""Build the gazetteer in monitor/rules/data from open data and from what is written by hand beside it.

Usage: .ci/build-gazetteer.py            after an edit of places.yaml or regions.yaml: places.json
       .ci/build-gazetteer.py FOLDER     when the open data changes: countries.jsonl as well

Needs: Babel (in requirements-dev.lock), which brings the names that CLDR has for countries, regions and the cities of
time zones, in each language; and in FOLDER two files of JSON lines:
  territories_rigour.jsonl.xz           one territory a line: code, full_name
  capitals_cities_geonames.jsonl.xz     one city a line: name, country, population, capital, names (unlabelled)
The same input gives the same output, byte by byte. Sources and licences are in monitor/rules/data/NOTICE.
"""

from __future__ import annotations

import json
import lzma
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_global

from monitor.config.yaml_marks import Mapping, Node, Scalar, Sequence, read_yaml
from monitor.rules.fold import fold_term

DATA = Path(__file__).parent.parent / "monitor" / "rules" / "data"
# Languages with a press that is read abroad. More would bring names that are common words elsewhere.
LOCALES = [
    Locale.parse(code)
    for code in re.findall(
        "[a-zA-Z_]+",
        "en ar bg bn bs ca cs da de el es et fa fi fr he hi hr hu hy id is it ja ka ko lt lv mk ms nb nl nn pl pt ro "
        "ru sk sl sq sr sv sw ta th tr uk ur vi zh zh_Hant",
    )
]
# Codes that Unicode has for things other than countries, or for rocks and bases without news of their own.
NOT_COUNTRIES = re.compile("EU|EZ|UN|QO|XA|XB|ZZ|AC|CP|CQ|DG|EA|IC|TA|AQ|BV|HM")
SHORT_LATIN = 3  # letters: names and airport codes as short as this are words in some language
LATIN = re.compile("[a-z' .-]+")
EASTERN = re.compile("[\u30a1-\u30fc]{3,}|[\u4e00-\u9fff]{2,}|[\uac00-\ud7a3]{3,}|[\u0e00-\u0e7f]{4,}")
# Cities of these have names of two characters, many of which are words (来宾 is Laibin, and guests): only those that
# everybody knows go without the 市 for city.
HAN_AT_HOME = ("CN", "HK", "JP", "KR", "TW", "VN")
SHORT_HAN = re.compile("[\u4e00-\u9fff]{2}")
HAN_SUFFIX = re.compile("[市区區县縣镇鎮乡鄉府]$|街道$|新区$")
CYRILLIC = re.compile("[а-яёіїєґ-]{5,}")
CYRILLIC_AT_HOME = ("AM", "AZ", "BG", "BY", "GE", "KG", "KZ", "MD", "MK", "MN", "RS", "RU", "TJ", "TM", "UA", "UZ")
KNOWN_EVERYWHERE = 2_000_000  # people; smaller cities need the script of their own country to be worth their names
SPELLED = re.compile(r"[\w' .’-]+")
# Endings of names in the nominative, and those of the other cases; "" is any consonant.
GENITIVE = (("", ("s",)),)
ENDINGS = {
    "ru": (
        ("ия", ("ии", "ию", "ией")),
        ("а", ("ы", "и", "е", "у", "ой")),
        ("ь", ("я", "ю", "ем", "е")),
        ("й", ("я", "ю", "ем", "е")),
        ("", ("а", "у", "ом", "е")),
    ),
    "uk": (
        ("ія", ("ії", "ію", "ією")),
        ("а", ("и", "і", "у", "ою")),
        ("ь", ("ю", "ем", "і")),
        ("", ("а", "у", "ом", "е", "і")),
    ),
    "pl": (
        ("ja", ("ji", "ję", "ją")),
        ("ka", ("ki", "ce", "kę", "ką")),
        ("na", ("ny", "nie", "nę", "ną")),
        ("", ("a", "u", "em", "ie")),
    ),
    "cs": (("o", ("a", "u", "em")), ("na", ("ny", "ně", "nu", "nou")), ("", ("u", "em", "e", "i"))),
    "de": GENITIVE,
    "sv": GENITIVE,
    "da": GENITIVE,
    "nb": GENITIVE,
}
VOWELS = "аеиоуыэюяёіїйьaeiouyáéíóúýěůäöüåæøąę"


def main() -> None:
    """Write places.json, and countries.jsonl if there is a folder to make it from."""
    if len(sys.argv) > 1:
        write_countries(Path(sys.argv[1]))
    (DATA / "places.json").write_text(compiled(), encoding="utf-8")


def compiled() -> str:
    """Return what places.json should be."""
    places, regions = written("places.yaml"), written("regions.yaml")["regions"]
    listed = [json.loads(line) for line in (DATA / "countries.jsonl").read_text(encoding="utf-8").splitlines()]
    names = [name for line in listed for name in line.get("english", ())]
    for noted in places["countries"].values():
        names += [name for key in ("people", "names", "guarded", "weak", "shared") for name in noted.get(key, ())]
    names += [name for region in regions.values() for name in region.get("names", ())]
    folded = {fold_term(name.strip("=*")) for name in names}
    parts = {
        "countries": places["countries"],
        "regions": regions,
        "street_words": sorted(map(fold_term, places["street_words"])),
        "capitalised": sorted(places["capitalised"]),
        "lower_words": sorted({fold_term(name) for name in places["capitalised"]}),
        "longer": sorted(name for name in folded if " " in name),
    }
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":")) + "\n"


def written(file: str) -> dict[str, Any]:
    """Return what one of the YAML files says."""
    root, problems = read_yaml(DATA / file)
    said = plain(root) if root is not None and not problems else None
    if not isinstance(said, dict):
        raise SystemExit("\n".join(map(str, problems)))
    return said


def plain(node: Node) -> Any:
    """Return a node as plain values; all of them are text."""
    match node:
        case Mapping():
            return {key.text: plain(value) for key, value in node.items()}
        case Sequence():
            return [plain(each) for each in node]
        case Scalar():
            return node.text


def write_countries(folder: Path) -> None:
    """Write countries.jsonl."""
    banned = frozenset(fold_term(name) for name in written("places.yaml")["never"])
    cities = cities_by_country(rows(folder, "capitals_cities_geonames"), names_of_countries(), banned)
    full_names = {row["code"].upper(): row.get("full_name") for row in rows(folder, "territories_rigour")}
    lines: list[dict[str, Any]] = []
    for code, english in sorted(Locale.parse("en").territories.items()):
        if code.isalpha() and not NOT_COUNTRIES.fullmatch(code):
            seen: set[str] = set()
            lines.append(
                {
                    "code": code,
                    "name": english,
                    "english": distinct((english, full_names.get(code) or ""), seen, banned),
                    "names": distinct(names_of(code), seen, banned),
                    "cities": distinct(cities[code], seen, banned),
                }
            )
        elif code.isdigit() and code != "001":
            lines.append({"m49": code, "names": distinct(names_of(code), set(), banned)})
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    (DATA / "countries.jsonl").write_text(text, encoding="utf-8")


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the lines of a source file."""
    with lzma.open(folder / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def usable(name: str, banned: frozenset[str]) -> bool:
    """Return whether a name is worth looking for: a name without explanations, and not a short or common word."""
    folded = fold_term(name)
    if folded in banned or not SPELLED.fullmatch(name) or " - " in name or "SAR" in name.split():
        return False
    if any(character.isdigit() for character in name):
        return False
    letters = sum(character.isalpha() for character in folded)
    if LATIN.fullmatch(folded):
        return letters > SHORT_LATIN
    return letters >= 2


def distinct(names: Iterable[str], but: set[str], banned: frozenset[str]) -> list[str]:
    """Return usable names without those that fold to the same, or to one of `but`, which grows by them."""
    kept = []
    for name in names:
        folded = fold_term(name)
        if folded and folded not in but and usable(name, banned):
            but.add(folded)
            kept.append(name)
    return sorted(kept)


def names_of(code: str) -> Iterator[str]:
    """Yield the names of a country or a region in all languages, in some of them in all cases."""
    for locale in LOCALES:
        name = locale.territories.get(code, "")
        yield name
        yield from inflected(name, ENDINGS.get(locale.language, ()))


def inflected(name: str, endings: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterator[str]:
    """Yield the forms of a name in the other cases; one word of some length only."""
    if not endings or not name.isalpha() or len(name) < 4 or name.isupper():
        return
    for ending, others in endings:
        is_bare = not ending and name[-1] not in VOWELS and not (endings is GENITIVE and name[-1] in "sxzß")
        if is_bare or (ending and name.endswith(ending)):
            yield from (name.removesuffix(ending) + other for other in others)
            return


def names_of_countries() -> dict[str, str]:
    """Return the codes of countries by each of their folded names."""
    codes = (code for code in Locale.parse("en").territories if code.isalpha() and not NOT_COUNTRIES.fullmatch(code))
    return {fold_term(name): code for code in codes for name in names_of(code) if name}


def cities_by_country(
    cities: list[dict[str, Any]], countries: dict[str, str], banned: frozenset[str]
) -> dict[str, list[str]]:
    """Return the names of all cities of each country.

    Of two cities of one name the larger has it; of a city and a country the country: Juba is Cuba in Turkish.
    """
    zones = zones_by_city()
    found: dict[str, list[str]] = defaultdict(list)
    taken = dict(countries)
    for city in sorted(cities, key=lambda city: (-city["population"], city["name"])):
        country, main = city["country"], unicodedata.normalize("NFC", city["name"])
        base = fold_term(main)
        if base in banned:
            continue
        names = [main, *exemplars(zones.get((country, base), ())), *eastern(city)]
        found[country] += [name for name in names if taken.setdefault(fold_term(name), country) == country]
    return found


def zones_by_city() -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the time zones that have the name of a city, by country and folded English name of the city."""
    english = Locale.parse("en").time_zones
    zones: dict[tuple[str, str], tuple[str, ...]] = {}
    for zone, country in get_global("zone_territories").items():
        city = english.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
        zones[country, fold_term(city)] = (zone,)
    return zones


def exemplars(zones: Iterable[str]) -> Iterator[str]:
    """Yield the names that CLDR has for the cities of time zones, in all languages."""
    for zone in zones:
        for locale in LOCALES:
            name = locale.time_zones.get(zone, {}).get("city", "")
            yield name
            yield from inflected(name, ENDINGS.get(locale.language, ()))


def eastern(city: dict[str, Any]) -> Iterator[str]:
    """Yield those of a city's unlabelled names whose script says enough.

    Latin ones are spellings by machine, old or poetic as often as not; Arabic and Hebrew ones are often common words
    (amān is "safety", az-Zarqāʾ "the blue").
    """
    country = city["country"]
    is_known = city["capital"] or city["population"] >= KNOWN_EVERYWHERE
    for name in city["names"]:
        if EASTERN.fullmatch(name):
            is_doubtful = SHORT_HAN.fullmatch(name) and country in HAN_AT_HOME and not is_known
            is_repeated = HAN_SUFFIX.search(name) and is_known
            if not is_doubtful and not is_repeated:
                yield name
        elif CYRILLIC.fullmatch(fold_term(name)) and (is_known or country in CYRILLIC_AT_HOME):
            yield name


if __name__ == "__main__":
    main()
