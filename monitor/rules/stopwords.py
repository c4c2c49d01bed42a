"""Words that say nothing, or not what their author means: of every text, names that are words, places that are names.

Written for this project. A word that is in one language a word of every text and in another one a word to look for
(German die and war, French son, Spanish como, Italian che) is left out, as is what rules ask for near another word.
"""

from __future__ import annotations

from functools import cache

from monitor.rules.fold import fold_term

_STOP_WORDS = """
en: a an the this that these those i you he she it we they me him her us them my your his its our their who whom whose
    which what when where why how is am are was were be been being do does did has have had having and or but if then
    than so as of at by for with about into from to in on not no nor there here also such only very just would could
    should
de: der das ein eine einer eines einem einen dem des und oder aber nicht ist sind wird werden wurde wurden haben habe
    ich du er sie es wir ihr mit von vom zu zum zur auf aus bei nach für über auch noch nur wie wenn dass sich als im
    durch doch sein seine seiner ihre ihrer
fr: le la les un une des du de et ou que qui ne pas ce cette ces il ils elles je tu nous vous est sont été avec dans
    par aux au leur leurs sa ses ont plus comme
es: el la los las un una unos unas del de y o que no se es son fue por para pero su sus lo al este esta estos estas
    ha han más
it: il lo gli le un una uno di del della delle degli dei e ed o non si sono per da dal dalla nel nella alla al ai anche
    è ha hanno questo questa
pt: o os as um uma uns umas do da dos das de e ou que não se é são foi por para no na nos nas ao pelo pela ele ela
nl: de het een en of van voor niet zijn is wordt werd met op te aan ook maar naar bij dat deze dit hij zij wij
sv: en ett och eller inte det den detta är som på av för med till han hon vi att
pl: i w z na nie jest są się to że do od po oraz który która które jak ale był była było
tr: bir ve veya ile için bu şu daha çok gibi olan olarak ama değil
ru: и в во не на что как это он она они мы вы из за от до по для или но бы же был была было были его её их а о с к у
uk: і й та в у не на що як це він вона вони ми ви із за від до для або але був була було
ar: في من على إلى عن أن إن هذا هذه ذلك التي الذي الذين هو هي هم ما لا كان كانت أو ثم قد
he: של את על לא הוא היא הם זה זאת עם אל כי אבל או גם אני
zh: 的 了 在 是 和 也 与 及 这 那 不 我 你 他 她
ja: の は が を に へ と も で です ます した する これ それ
ko: 그 이 저 및 또는 그리고 하지만
"""


@cache
def _stop_words() -> tuple[frozenset[str], ...]:
    """Return the words of each language, folded."""
    languages = _STOP_WORDS.replace("\n    ", " ").strip().splitlines()
    return tuple(frozenset(map(fold_term, line.partition(":")[2].split())) for line in languages)


@cache
def all_stop_words() -> frozenset[str]:
    """Return the words of all languages, folded."""
    return frozenset().union(*_stop_words())


def is_stop_words(words: list[str]) -> bool:
    """Return whether all of some folded words are of one language, and in nearly every text of it."""
    return any(known.issuperset(words) for known in _stop_words())


ABBREVIATIONS = {
    **dict.fromkeys(("US", "WHO", "IT", "IS", "AIDS", "ICE", "CARE", "PM"), ("en",)),
    "UN": ("fr", "es", "it", "ca", "gl", "ro"),
    "EU": ("pt", "gl", "ro"),
    "AI": ("it", "fr", "pt"),
    "LA": ("fr", "es", "it"),
    "ETA": ("it",),
    "SA": ("fr",),
    "CE": ("fr",),
}
"""Abbreviations that are, in lower case, words of these languages: a term without = finds both."""

WEAK_PLACES = {
    "Jordan": "JO",
    "Georgia": "GE",
    "Chad": "TD",
    "Turkey": "TR",
    "Guinea": "GN",
    "Mali": "ML",
    "Niger": "NE",
    "Togo": "TG",
    "Tonga": "TO",
    "Monaco": "MC",
    "Lebanon": "LB",
    "Dominica": "DM",
}
"""English names of countries that are people, towns and animals as well, with their codes."""
