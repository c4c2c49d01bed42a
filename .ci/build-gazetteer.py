#!/usr/bin/env python3
"""Build monitor/rules/data/countries.jsonl from open gazetteer files. Run by hand when those change.

Usage: .ci/build-gazetteer.py FOLDER     with territories_cldr, territories_rigour, capitals_cities_geonames (.jsonl.xz)

Sources and licences are in monitor/rules/data/NOTICE. What is written by hand (people, weak names, stops, political
regions) is in places.yaml and regions.yaml beside the result; of these only the names never used are read here.
"""

from __future__ import annotations

import difflib
import json
import lzma
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.config.yaml_marks import Mapping, Scalar, Sequence, read_yaml
from monitor.rules.fold import fold_term

DATA = Path(__file__).parent.parent / "monitor" / "rules" / "data"
# Languages with a press that is read abroad. More would bring names that are common words elsewhere.
LOCALES = re.findall(
    "[a-zA-Z_]+",
    "en ar bg bn bs ca cs da de el es et fa fi fr he hi hr hu hy id is it ja ka ko lt lv mk ms nb nl nn pl pt ro ru "
    "sk sl sq sr sv sw ta th tr uk ur zh zh_Hant",
)
CONTINENTS = {"002": "africa", "019": "americas", "142": "asia", "150": "europe", "009": "oceania"}
SHORT_LATIN = 3  # letters: names and airport codes as short as this are words in some language
LATIN = re.compile("[a-z' ]+")
EASTERN = re.compile("[\u30a1-\u30fc]{3,}|[\u4e00-\u9fff]{2,}|[\uac00-\ud7a3]{2,}|[\u0e00-\u0e7f]{4,}")
CYRILLIC = re.compile("[а-яёіїєґ-]+")
SPELLED = re.compile(r"[\w' .’-]+")
RUSSIAN_ENDINGS = (
    ("ия", ("ии", "ию", "ией")),
    ("а", ("ы", "и", "е", "у", "ой")),
    ("ь", ("я", "ю", "ем", "е")),
    ("й", ("я", "ю", "ем", "е")),
)
UKRAINIAN_ENDINGS = (("ія", ("ії", "ію", "ією")), ("а", ("и", "і", "у", "ою")), ("ь", ("ю", "ем", "і")))


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the lines of a source file."""
    with lzma.open(folder / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def never_used() -> frozenset[str]:
    """Return the folded names that places.yaml bans."""
    root, problems = read_yaml(DATA / "places.yaml")
    if problems or not isinstance(root, Mapping):
        raise SystemExit("\n".join(map(str, problems)))
    banned = root.get("never")
    assert isinstance(banned, Sequence)
    return frozenset(fold_term(word.text) for word in banned if isinstance(word, Scalar))


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


def inflected(name: str, endings: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterator[str]:
    """Yield the forms of a Russian or Ukrainian name in the other cases; one word of some length only."""
    if not name.isalpha() or len(name) < 5 or name.isupper():
        return
    for ending, others in endings:
        if name.endswith(ending):
            yield from (name.removesuffix(ending) + other for other in others)
            return
    if name[-1] not in "аеиоуыэюяёії":
        yield from (name + other for other in ("а", "у", "ом", "е", "і"))


def city_names(row: dict[str, Any], banned: frozenset[str]) -> list[str]:
    """Return the names of a city: the main one, what is spelled much like it in Latin letters, and some scripts' names.

    The alternate names carry no language, and many are old, poetic or machine-made. Arabic and Hebrew ones are left
    out: too many are common words (amān is "safety", az-Zarqāʾ "the blue"); places.yaml has those that matter.
    """
    main = unicodedata.normalize("NFC", row["name"])
    base = fold_term(main)
    if base in banned:
        return []
    kept = [main]
    for name in row["names"]:
        folded = fold_term(name)
        if LATIN.fullmatch(folded):
            # Romanisations by machine are in lower case ("cankay"), codes in upper case.
            is_name = name[0].isupper() and not name.isupper() and len(folded) > 5 and folded[0] == base[0]
            if is_name and difflib.SequenceMatcher(None, base, folded).ratio() >= 0.7:
                kept.append(name)
        elif EASTERN.fullmatch(name) or (CYRILLIC.fullmatch(folded) and len(folded) > 4):
            kept.append(name)
    return [name for name in kept if usable(name, banned)]


def distinct(names: list[str], but: set[str]) -> list[str]:
    """Return names without those that fold to the same, or to one of `but`, which grows by them."""
    kept = []
    for name in names:
        folded = fold_term(name)
        if folded and folded not in but:
            but.add(folded)
            kept.append(name)
    return sorted(kept)


def main() -> None:
    """Write countries.jsonl."""
    folder = Path(sys.argv[1])
    banned = never_used()
    locales = {row["locale"]: row["territories"] for row in rows(folder, "territories_cldr")}
    territories = {row["code"].upper(): row for row in rows(folder, "territories_rigour")}
    cities: dict[str, list[str]] = defaultdict(list)
    taken: dict[str, str] = {}
    # Of two cities of one name the larger has it: Barcelona is in Spain, not in Venezuela.
    for row in sorted(rows(folder, "capitals_cities_geonames"), key=lambda row: -row["population"]):
        country = row["country"]
        cities[country] += [
            name for name in city_names(row, banned) if taken.setdefault(fold_term(name), country) == country
        ]
    lines = []
    for code, english in sorted(locales["en"].items()):
        territory = territories.get(code, {})
        if not code.isalpha() or code in (
            "EU",
            "EZ",
            "UN",
            "QO",
            "XA",
            "XB",
            "ZZ",
            "AC",
            "CP",
            "DG",
            "EA",
            "IC",
            "TA",
            "AQ",
        ):
            continue
        seen: set[str] = set()
        full = [name for name in (english, territory.get("full_name", "")) if name]
        names = [locales[locale].get(code, "") for locale in LOCALES]
        names += inflected(locales["ru"].get(code, ""), RUSSIAN_ENDINGS)
        names += inflected(locales["uk"].get(code, ""), UKRAINIAN_ENDINGS)
        regions = [territory.get("region", ""), territory.get("subregion", "")]
        line = {
            "code": code,
            "name": english,
            "regions": [re.sub("[^a-z]+", "-", region.lower()) for region in regions if region],
            "english": distinct([name for name in full if usable(name, banned)], seen),
            "names": distinct([name for name in names if name and usable(name, banned)], seen),
            "cities": distinct(cities[code], seen),
        }
        lines.append(line)
    for number, region in CONTINENTS.items():
        names = [territories_of.get(number, "") for locale, territories_of in locales.items() if locale in LOCALES]
        lines.append({"region": region, "names": distinct([name for name in names if usable(name, banned)], set())})
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    (DATA / "countries.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
