"""Terms in the scripts of the world. Each line is (text, term, words found or None, why)."""

from __future__ import annotations

import pytest

from monitor.model import Article, ArticleId
from tests.unit.rules.writing import evidence, in_yaml, words

NOT = None

LATIN = [
    ("Straße nach Łódź", "strasse", ["Straße"], "German: ß is ss"),
    ("STRAẞE", "Straße", ["STRAẞE"], "the capital ß too"),
    ("Zürich", "zurich", ["Zürich"], "ü is u"),
    ("Zürich", "zuerich", NOT, "not ue: list that spelling"),
    ("Neuwahlen in Köln", "Wahl", NOT, "German: neither parts of compounds nor plurals are known"),
    ("Neuwahlen in Köln", "*wahlen", ["Neuwahlen"], "* finds compounds"),
    ("Straße nach Łódź", "lodz", ["Łódź"], "Polish: ł is l, though Unicode does not take it apart"),
    ("København og Århus", "kobenhavn", ["København"], "Danish: ø is o"),
    ("København og Århus", "arhus", ["Århus"], "å is a"),
    ("på Færøerne", "faeroerne", ["Færøerne"], "æ is ae"),
    ("İSTANBUL’da toplantı", "istanbul", ["İSTANBUL"], "Turkish: the capital I with a dot"),
    ("ISPARTA", "ısparta", ["ISPARTA"], "and the small i without"),
    ("i\u0307stanbul", "istanbul", ["i\u0307stanbul"], "and what other programs make of them"),
    ("Gazze'de ateşkes", "ateskes", ["ateşkes"], "ş is s"),
    ("Erdoğan'ın sözleri", "erdogan", ["Erdoğan"], "endings of names stand behind an apostrophe"),
    ("ateşkesin", "ateşkes", NOT, "endings of other words are other words"),
    ("ngừng bắn ở Việt Nam", "viet nam", ["Việt Nam"], "Vietnamese: two marks on one letter"),
    ("ĐỒNG THÁP", "dong thap", ["ĐỒNG THÁP"], "đ is d"),
    ("Bucureşti", "București", ["Bucureşti"], "Romanian: cedilla or comma below"),
    ("São Paulo", "sao paulo", ["São Paulo"], "Portuguese"),
    ("l’œuvre", "oeuvre", ["œuvre"], "French: œ is oe"),
    ("l’Ukraine et d’Israël", "ukraine", ["Ukraine"], "French articles before the word"),
    ("d’Israël", "israel", ["Israël"], "with accents"),
    ("qu’un accord", "accord", ["accord"], "and after other small words"),
    ("dell’Ucraina", "ucraina", ["Ucraina"], "Italian too"),
    ("Þórshöfn", "thorshofn", ["Þórshöfn"], "Icelandic: þ is th"),
    ("S\u0323to\u0323ri\u0323", "stori", ["S\u0323to\u0323ri\u0323"], "marks below"),
]
GREEK = [
    ("ΕΚΕΧΕΙΡΙΑ", "εκεχειρία", ["ΕΚΕΧΕΙΡΙΑ"], "capitals have no accents"),
    ("στην Ελλάς", "ΕΛΛΑΣ", ["Ελλάς"], "the final sigma is a sigma"),
    ("κατάπαυση του πυρός", "πυρος", ["πυρός"], "accents are folded"),
]
CYRILLIC = [
    ("Министр Ван И прибыл", "Ван И", ["Ван И"], "by words"),
    ("Иванов", "Ван", NOT, "not inside them"),
    ("МОСКВА", "Москва", ["МОСКВА"], "capitals"),
    ("ещё один", "еще", ["ещё"], "ё is е"),
    ("еще один", "ещё", ["еще"], "in both directions"),
    ("воина", "война", NOT, "but й is not и: a warrior is no war"),
    ("Москва\u0301", "москва", ["Москва\u0301"], "marks of stress do not count"),
    ("перемирия", "перемирие", NOT, "cases are other words"),
    ("перемирия", "перемири*", ["перемирия"], "that * finds"),
    ("у Києві та Київ", "Київ", ["Київ"], "Ukrainian: ї is not і"),
    ("Киів", "Київ", NOT, "so this is none"),
    ("уряд Ґрузії", "Грузії", NOT, "ґ is not г"),
    ("п’ять", "п'ять", ["п’ять"], "apostrophes are all alike"),
    ("пʼять", "п’ять", ["пʼять"], "the one of the Ukrainian keyboard too"),
    ("пять", "п’ять", NOT, "it is a letter, so it must be there"),
    ("Беларусь–Россия", "Россия", ["Россия"], "a dash between words"),
    ("НАТО", "NATO", NOT, "letters that look alike are others"),
    ("в Ста́мбуле", "стамбул*", ["Ста́мбуле"], "stress inside a word with *"),
]
ARABIC = [
    ("وقف إطلاق النار", "وقف اطلاق النار", ["وقف إطلاق النار"], "alef forms are one letter"),
    ("آسيا", "اسيا", ["آسيا"], "with madda too"),
    ("مصطفى", "مصطفي", ["مصطفى"], "alef maksura is ya"),
    ("غزة", "غزه", ["غزة"], "ta marbuta is ha"),
    ("مؤتمر", "موتمر", ["مؤتمر"], "hamza on waw is waw"),
    ("هُدْنَةٌ", "هدنة", ["هُدْنَةٌ"], "vowel marks do not count"),
    ("هـــدنة", "هدنة", ["هـــدنة"], "letters drawn out"),
    ("ﻫﺪﻧﺔ", "هدنة", ["ﻫﺪﻧﺔ"], "letters stored as they are drawn"),
    ("الهُدنة", "هدنة", ["هُدنة"], "the article is written onto the word"),
    ("والهدنة", "هدنة", ["هدنة"], "and the"),
    ("بهدنة", "هدنة", ["هدنة"], "by"),
    ("كالهدنة", "هدنة", ["هدنة"], "like the"),
    ("فالهدنة", "هدنة", ["هدنة"], "so the"),
    ("لهدنة", "هدنة", ["هدنة"], "for"),
    ("للهدنة", "هدنة", ["هدنة"], "for the"),
    ("وبالهدنة", "هدنة", ["هدنة"], "and, with, the: all written onto it"),
    ("وللهدنة", "هدنة", ["هدنة"], "and, for the"),
    ("مهدنة", "هدنة", NOT, "another letter makes another word"),
    ("هدنتنا", "هدنة", NOT, "what is written behind it too"),
    ("هدنة", "الهدنة", NOT, "an article in the term must be there"),
    ("للأمم المتحدة", "الأمم المتحدة", ["للأمم المتحدة"], "for the: its alef is left out"),
    ("وللعراق", "العراق", ["للعراق"], "in names too"),
    ("للجنة", "اللجنة", ["للجنة"], "and of three lam one"),
    ("ووقف إطلاق النار", "وقف إطلاق النار", ["وقف إطلاق النار"], "before a phrase"),
    ("وقف لإطلاق النار", "وقف إطلاق النار", NOT, "but not inside it: list both"),
    ("وزير الخارجية", "وزير خارجية", NOT, "nor an article"),
    ("«هدنة»، قال", "هدنة", ["هدنة"], "quotation marks and commas"),
    ("لبنان", "بنان", ["بنان"], "a first letter that may be a particle is taken for one: use longer terms"),
    ("عبدالله", "الله", NOT, "but not any"),
    ("\u202bهدنة\u202c", "هدنة", ["هدنة"], "marks of direction are invisible"),
]
PERSIAN = [
    ("آتش\u200cبس", "آتش\u200cبس", ["آتش\u200cبس"], "the half-space as it is written"),
    ("آتش بس", "آتش\u200cبس", ["آتش بس"], "or a space"),
    ("آتشبس", "آتش\u200cبس", ["آتشبس"], "or nothing"),
    ("آتش\u200cبس", "آتش بس", ["آتش\u200cبس"], "a space in a term of two words finds it"),
    ("آتش\u200cبس", "آتش-بس", ["آتش\u200cبس"], "a hyphen as well"),
    ("یک کشور", "كشور", ["کشور"], "Persian kaf is Arabic kaf"),
    ("ایران", "ايران", ["ایران"], "Persian ya is Arabic ya"),
    ("گزارشها", "گزارش", NOT, "plurals are other words"),
    ("۱۴۰۳", "1403", ["۱۴۰۳"], "Persian figures"),
    ("پاکستان کے", "پاکستان", ["پاکستان"], "Urdu"),
]
HEBREW = [
    ("בעזה ובישראל", "ישראל", ["ישראל"], "and + in"),
    ("שבישראל", "ישראל", ["ישראל"], "that + in"),
    ("כשבישראל", "ישראל", ["ישראל"], "when + in"),
    ("מישראל", "ישראל", ["ישראל"], "from"),
    ("הישראלי", "ישראל", NOT, "an ending makes another word"),
    ("שָׁלוֹם", "שלום", ["שָׁלוֹם"], "vowel marks do not count"),
    ("בצה״ל", 'צה"ל', ["צה״ל"], "gershayim are quotation marks"),
    ('צה"ל', "צה״ל", ['צה"ל'], "in both directions"),
    ("צהל", "צה״ל", NOT, "but must be there"),
    ("ג׳ורג' וושינגטון", "ג'ורג' וושינגטון", ["ג׳ורג' וושינגטון"], "geresh is an apostrophe"),
    ("תל־אביב", "תל אביב", ["תל־אביב"], "maqaf is a hyphen"),
    ("והפסקת אש", "הפסקת אש", ["הפסקת אש"], "before a phrase"),
    ("הפסקת האש", "הפסקת אש", NOT, "not inside it: list both"),
]
INDIC = [
    ("युद्धविराम की घोषणा", "युद्धविराम", ["युद्धविराम"], "Hindi with its vowel signs"),
    ("युद्धविराम।", "युद्धविराम", ["युद्धविराम"], "the danda is a full stop"),
    ("गाजापट्टी", "गाज", NOT, "a vowel sign goes on with the word"),
    ("ज़िला", "जिला", ["ज़िला"], "the dot of borrowed sounds is often left out"),
    ("जि\u093cला", "जिला", ["जि\u093cला"], "wherever it is stored"),
    ("क्\u200dष", "क्ष", ["क्\u200dष"], "joiners only say how to draw it"),
    ("२०२६", "2026", ["२०२६"], "Hindi figures"),
    ("যুদ্ধবিরতি ঘোষণা", "যুদ্ধবিরতি", ["যুদ্ধবিরতি"], "Bengali"),
    ("போர்நிறுத்தம்", "போர", NOT, "Tamil: a sign that takes a vowel away goes on with the word"),
    ("युद्ध और शांति वार्ता", "{near: {within: 1, of: [युद्ध, शांति]}}", ["युद्ध", "शांति"], "a word counts once, signs and all"),
]
SOUTHEAST = [
    ("นายกรัฐมนตรีหยุดยิงแล้ว", "หยุดยิง", ["หยุดยิง"], "Thai has no spaces: any place counts"),
    ("หยุด\u200bยิง", "หยุดยิง", ["หยุด\u200bยิง"], "zero-width spaces between words"),
    ("น้ำมัน", "นำมัน", NOT, "a tone mark makes another word"),
    ("๒๕๖๙", "2569", ["๒๕๖๙"], "Thai figures"),
    ("ຢຸດຍິງໃນລາວ", "ຢຸດຍິງ", ["ຢຸດຍິງ"], "Lao"),
    ("បទឈប់បាញ់នៅកម្ពុជា", "ឈប់បាញ់", ["ឈប់បាញ់"], "Khmer"),
    ("အပစ်အခတ်ရပ်စဲရေး", "ရပ်စဲ", ["ရပ်စဲ"], "Burmese"),
]
JAPANESE = [
    ("中国の王毅外相は", "王毅", ["王毅"], "no spaces: any place counts"),
    ("ｶﾞｻﾞ地区", "ガザ", ["ｶﾞｻﾞ"], "narrow kana are kana"),
    ("ガザ地区", "ｶﾞｻﾞ", ["ガザ"], "in both directions"),
    ("カ\u3099サ\u3099", "ガザ", ["カ\u3099サ\u3099"], "voicing marks stored apart"),
    ("カザフ", "ガザ", NOT, "but they make another letter"),
    ("ジョー・バイデン", "ジョー・バイデン", ["ジョー・バイデン"], "the middle dot is a hyphen"),
    ("ジョーバイデン", "ジョー・バイデン", ["ジョーバイデン"], "and may be missing"),
    ("ジョー･バイデン", "ジョー・バイデン", ["ジョー･バイデン"], "a narrow one too"),
    ("ジョー・バイデン", "ジョーバイデン", NOT, "without it in the term there must be none"),
    ("ひらがな", "ヒラガナ", NOT, "hiragana are not katakana"),
    ("「停戦」を", "停戦", ["停戦"], "corner quotes"),
    ("Ｇ７サミット", "G7", ["Ｇ７"], "full-width letters"),
    ("タイトル", "タイ", ["タイ"], "a part of a longer word is found, too (not so for countries)"),
]
CHINESE = [
    ("外交部长王毅周二表示", "王毅", ["王毅"], "no spaces: any place counts"),
    ("停火协议", "停火", ["停火"], "a part of a compound is the word"),
    ("中国人民", "国人", ["国人"], "wherever it begins"),
    ("停火協議", "停火协议", NOT, "traditional characters are others: list both"),
    ("停，火", "停火", NOT, "a comma stands between"),
    ("停 火", "停火", NOT, "so does a space"),
    ("停\n火", "停火", NOT, "and a line break"),
    ("⼤选", "大选", ["⼤选"], "radicals are characters"),
    ("15月", "5月", NOT, "a number before it goes on"),
    ("安东尼·布林肯抵达", "安东尼·布林肯", ["安东尼·布林肯"], "the dot in foreign names is a hyphen"),
    ("安东尼布林肯抵达", "安东尼·布林肯", ["安东尼布林肯"], "and may be missing"),
    ("布林肯访问Gaza地区", "Gaza", ["Gaza"], "Latin words between characters"),
    ("COVID-19疫情", "covid-19", ["COVID-19"], "with figures"),
    ("（停火）：", "停火", ["停火"], "wide punctuation"),
]
KOREAN = [
    ("휴전을 요구했다", "휴전", ["휴전"], "particles follow the noun"),
    ("휴전에서는", "휴전", ["휴전"], "several of them"),
    ("대통령들이", "대통령", ["대통령"], "after a plural"),
    ("바이든씨는", "바이든", ["바이든"], "after a title of respect"),
    ("휴전협정", "휴전", NOT, "a compound is another word"),
    ("휴전협정", "휴전*", ["휴전협정"], "unless the author says so"),
    ("재휴전", "휴전", NOT, "nothing goes before it"),
    ("휴전 협정을", "휴전 협정", ["휴전 협정"], "phrases"),
    ("\u1112\u1172\u110c\u1165\u11ab", "휴전", ["\u1112\u1172\u110c\u1165\u11ab"], "letters stored apart"),
    ("NATO의 확장", "NATO", ["NATO"], "particles follow Latin letters as well"),
    ("NATO군", "NATO", NOT, "other words do not"),
]
MIXED = [
    ("الـNATO", "NATO", ["NATO"], "an Arabic article before Latin letters"),
    ("ב־NATO", "NATO", ["NATO"], "a Hebrew particle with maqaf"),
    ("Wang Yi王毅", "王毅", ["王毅"], "where scripts meet, words end"),
    ("Wang Yi王毅", "Wang Yi", ["Wang Yi"], "on both sides"),
    ("NАTO", "NATO", NOT, "a Cyrillic А is no Latin A"),
    ("ＣＥＡＳＥ－ＦＩＲＥ", "cease-fire", ["ＣＥＡＳＥ－ＦＩＲＥ"], "full-width letters and hyphen"),
    ("ﬁnal oﬃce", "office", ["oﬃce"], "ligatures of three letters"),
]


@pytest.mark.parametrize(
    ("text", "written", "expected", "why"),
    [
        pytest.param(*case, id=f"{case[3]}: {case[1]} in {case[0]}".replace("\n", "↵"))
        for case in [
            *(*LATIN, *GREEK, *CYRILLIC, *ARABIC, *PERSIAN, *HEBREW, *INDIC, *SOUTHEAST),
            *(*JAPANESE, *CHINESE, *KOREAN, *MIXED),
        ]
    ],
)
def test_a_term_is_found_in_its_script(text: str, written: str, expected: list[str] | None, why: str) -> None:
    assert words(in_yaml(written), text) == expected, why


STEMS = [
    ("ar", "والمفاوضات", "~مفاوضة", ["والمفاوضات"], "Arabic: with particles, a plural"),
    ("ar", "الوزير", "~وزير", ["الوزير"], "a first letter that looks like a particle"),
    ("", "للمفاوضات", "~المفاوضات", ["للمفاوضات"], "by its script, with an article in the term"),
    ("ar", "السعودية", "~وزير", NOT, "another word"),
    ("hi", "युद्धों में", "~युद्ध", ["युद्धों"], "Hindi: the whole word, signs and all"),
    ("de", "die Häuser", "~Haus", ["Häuser"], "German: an umlaut in the plural"),
    ("fr", "negociations", "~négociation", ["negociations"], "French without its accents"),
    ("el", "διαπραγματεύσεις", "~διαπραγμάτευση", ["διαπραγματεύσεις"], "Greek"),
    ("pl", "rozmowy", "~rozmowa", NOT, "Polish has no stemmer: list the forms"),
    ("de", "negotiated", "~negotiate", NOT, "an English word in a German article"),
]


@pytest.mark.parametrize(("language", "text", "written", "expected", "why"), STEMS)
def test_a_stem_is_found_in_its_language(
    language: str, text: str, written: str, expected: list[str] | None, why: str
) -> None:
    found = evidence(in_yaml(written), Article(id=ArticleId("a"), title="", text=text, language=language))
    assert (found if found is None else [each.text for each in found]) == expected, why
