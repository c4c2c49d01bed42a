"""The words around a name: whether they are those around a country, a city, a person, a street."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BEFORE = 60  # characters that are looked at
_AFTER = 60


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A name in a text and what stands beside it, as written."""

    name: str
    before: str
    after: str

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Surroundings:
        """Return the surroundings of text[start:end]."""
        return cls(text[start:end], text[max(0, start - _BEFORE) : start], text[end : end + _AFTER])


def is_street(around: Surroundings, words: frozenset[str]) -> bool:
    """Return whether a capitalised word after the name, one of `words`, or one before it makes a street of it."""
    after = _CAPITAL_AFTER.match(around.after)
    if after is not None and after[1].lower() in words:
        return True
    return _STREET_BEFORE.search(around.before) is not None


def is_in_north_america(around: Surroundings) -> bool:
    """Return whether a state of the United States or a province of Canada follows the name: Lebanon, Ohio."""
    return _STATE_AFTER.match(around.after) is not None


def is_part_of_a_name(around: Surroundings) -> bool:
    """Return whether the name is part of a longer one, of a person or a firm: Michael Jordan, Georgia Tech, Chad Smith.

    Where every word has a capital, as in some headlines, nobody can tell; then it is not.
    """
    if not around.name[:1].isupper():
        return False
    before, after = _WORD_BEFORE.search(around.before), _WORD_AFTER.match(around.after)
    is_before = before is not None and _is_a_name(before[1], _MAY_STAND_BEFORE)
    is_after = after is not None and _is_a_name(after[1], _MAY_FOLLOW)
    return (is_before or is_after) and not _is_in_capitals(around)


def _is_a_name(word: str, others: frozenset[str]) -> bool:
    """Return whether a word beside a place is that of a person or firm: a capital, and none of `others`, UN or PM."""
    return word[0].isupper() and word.lower() not in others and not _ACRONYM.fullmatch(word)


def is_of_a_state(around: Surroundings) -> bool:
    """Return whether the words are those around the name of a state: Georgia's prime minister, the king of Jordan."""
    return bool(_STATESMAN_AFTER.match(around.after) or _STATESMAN_BEFORE.search(around.before))


def is_where_something_is(around: Surroundings) -> bool:
    """Return whether the words are those around the name of a country or city: in Jordan, the streets of Lima."""
    if _THING_AFTER.match(around.after):
        return True
    # "in Jordan's absence": what is in a person's is not in a place.
    return not _POSSESSIVE.match(around.after) and _PLACE_BEFORE.search(around.before) is not None


def is_team(around: Surroundings) -> bool:
    """Return whether what the name does is done by teams and players: Lebanon won, Guinea beat Gambia."""
    return _PLAYS_AFTER.match(around.after) is not None


def _is_in_capitals(around: Surroundings) -> bool:
    """Return whether most words around the name begin with capitals: it stands in a headline written so."""
    words = _LONG_WORD.findall(f"{around.before} {around.after}")
    lower = [word for word in words if word[0].islower() and word not in _LOWER_IN_HEADLINES]
    return not lower and len(words) >= _WORDS_OF_A_HEADLINE


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _any_of(patterns: str) -> str:
    return "|".join(patterns.split())


_CAPITAL_AFTER = re.compile(r"\s([A-Z][A-Za-z]*)")
_STREET_BEFORE = re.compile(
    r"(?:\b(?:rue|calle|avenida|avenue|boulevard|rua|carrer)\s(?:de\s(?:la\s|las\s|los\s)?|du\s|des\s|do\s|da\s|d['’])?"
    r"|улиц[аеуы]\s|ул\.\s?)$",
    re.IGNORECASE,
)
_WORD_BEFORE = re.compile(r"([^\W\d_](?:[\w.]|['’](?!s\b))*)[ \u00a0]$")
_WORD_AFTER = re.compile(r"[ \u00a0]([^\W\d_][\w'’]*)")
_ACRONYM = re.compile("[A-Z]{2,5}")
_LONG_WORD = re.compile(r"\b[^\W\d_]{4,}")
_LOWER_IN_HEADLINES = _set("with from into over than that amid upon near after under about")
_WORDS_OF_A_HEADLINE = 3  # beside the name; with fewer, two capitals in a row are more likely a person
_POSSESSIVE = re.compile(r"['’]s?\b")

_STATES = _any_of(r"""
    Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Georgia Hawaii Idaho Illinois
    Indiana Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts Michigan Minnesota Mississippi Missouri Montana
    Nebraska Nevada New\s(?:Hampshire|Jersey|Mexico|York|Brunswick) North\s(?:Carolina|Dakota) Ohio Oklahoma Oregon
    Pennsylvania Rhode\sIsland South\s(?:Carolina|Dakota) Tennessee Texas Utah Vermont (?:West\s)?Virginia
    Washington\sstate Wisconsin Wyoming Ontario Alberta Manitoba Saskatchewan Nova\sScotia British\sColumbia
    Ala\. Ariz\. Ark\. Calif\. Colo\. Conn\. Del\. Fla\. Ga\. Ill\. Ind\. Kan\. Ky\. La\. Md\. Mass\. Mich\. Minn\.
    Miss\. Mo\. Mont\. Neb\. Nev\. N\.H\. N\.J\. N\.M\. N\.Y\. N\.C\. N\.D\. Okla\. Ore\. Pa\. R\.I\. S\.C\. S\.D\.
    Tenn\. Tex\. Vt\. Va\. Wash\. W\.Va\. Wis\. Wyo\. Ont\.
    AL AK AZ AR CA CO CT FL GA IL IA KS KY MA MD MI MN MO MS MT NC NE NH NJ NM NV NY OH OK PA RI SC TN TX UT VA VT WA
    WI WV
""")
_STATE_AFTER = re.compile(rf",?\s(?:{_STATES})(?!\w)")

# What states have, and states of a federation have not: Georgia's president is none of the American Georgia.
_NATIONAL = _any_of(r"""
    king queen crown\sprince emir sultan president(?:-elect)? prime\sminister premier vice\spresident junta monarchy
    (?:foreign|defen[cs]e|interior|finance|energy|trade|health|justice|culture|oil|information)\smin(?:ister|istry)
    central\sbank armed\sforces constitutional\scourt embassy ambassador parliament national\s(?:team|assembly|army)
""")
_STATESMAN_AFTER = re.compile(rf"(?:['’]s?)?\s(?:ruling\s|former\s|new\s|then-)?(?:{_NATIONAL})s?\b", re.IGNORECASE)
_STATESMAN_BEFORE = re.compile(
    rf"\b(?:kingdom|republic|consulate|(?:{_NATIONAL})s?(?:\s(?-i:[A-Z])[\w.'’-]*){{0,3}})\s(?:of|to|in)\s(?:the\s)?$",
    re.IGNORECASE,
)
# What countries and cities have, and people have not.
_THINGS = _any_of("""
    government minister ministry army military troops soldiers forces capital borders? police opposition elections?
    authorities airport mayor port suburbs? outskirts residents province economy coast rebels militants hospital
    university prison
""")
_THING_AFTER = re.compile(rf"(?:['’]s?)?\s(?:{_THINGS})\b", re.IGNORECASE)
_PLAYS = _any_of("""
    beats? beating won wins? lost loses? scored? scores defeated defeats edged edges routed routs rallied rallies topped
    tops tied ties drew dribbled netted batted bowled outscored outlasted
""")
_PLAYS_AFTER = re.compile(rf"\s(?:{_PLAYS})\b", re.IGNORECASE)
_INSIDE = _any_of("""
    in inside across throughout outside into near around within toward towards
    nach aus im au en à dans nel em w we в во
    north south east west northern southern eastern western central neighbou?ring
""")
_HAS_PLACE = _any_of("""
    mayor city port streets outskirts suburbs residents government minister people capital army borders? invasion
    occupation state north south east west province town citizens? nationals? miles kilomet(?:er|re)s
""")
# Who comes from a country or goes there: a pass from Jordan is a player's, troops from Jordan are the country's.
_GOES = _any_of(r"""
    troops forces soldiers fighters refugees migrants people workers students imports? exports? flights? oil aid trucks
    convoys? goods weapons arms pipeline border returned returning fled flee fleeing came come coming arrived arriving
    flew flown flying deported expelled withdr[ae]w\w* delegations? officials? leaders? ministers? diplomats? envoys?
    trips? visits? travel(?:led|ed|s|ing)? return(?:ed|s|ing)? sent moved
""")
_IN_A_CITY = r"(?:in|from|to|near|of|at)\s(?-i:[A-Z])[\w'’-]+(?:\s(?-i:[A-Z])[\w'’-]+)?,"  # in Aqaba, Jordan
_PLACE_BEFORE = re.compile(
    r"(?<!believe )(?<!believes )(?<!faith )(?<!confidence )(?<!trust )"
    rf"\b(?:{_INSIDE}|(?:{_HAS_PLACE})\s(?:of|with|from)|(?:{_GOES})\s(?:from|to|with|into)|{_IN_A_CITY})\s(?:the\s)?$",
    re.IGNORECASE,
)

# Words with a capital beside the name of a place that do not make a longer name of it: those that begin sentences,
# directions, days as news agencies write them ("in Jordan Monday"), offices.
_MAY_STAND_BEFORE = _set("""
    a after all although amid and another are as at before both but by can could despite did does even ever for
    former from had has have how if in inside into is it its like meanwhile near neighboring neighbouring no not
    now of on only or outside over since so some than that the then these this though through to today too under
    unlike until what when where whether which while who why will with within without would yesterday yet visit
    visiting leave leaving across around northern southern eastern western central upper lower greater kingdom
    republic hauptstadt stadt metropole provinz region republik dans en au aux à de du des le la les pour par chez
    et ou mais avec sans sous sur vers depuis pendant selon in im nach aus und oder aber mit ohne von vom zu zur
    für gegen über auch wenn als wie warum el los las y o pero con sin desde hacia para por según lo gli nel nella
    dal dalla da di e ma per su tra em na do dos das com sem segundo в во на из к у с о об по за и а но для от до
    при над под
""")
_MAY_FOLLOW = _set("""
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december president prime premier foreign defence defense interior finance minister
    ministry king queen prince princess government army police embassy ambassador parliament airport border crisis
    ebola cholera covid and as at but by for from has have in is of on or says said that the to was were when where
    while who will with after amid over under et en au de du des le la les y el los und im der die das il e i в и
    на
""")
