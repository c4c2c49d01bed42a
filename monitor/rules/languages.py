"""The languages that a rule may ask for: ISO 639 codes as our language detection gives them, with English names."""

from __future__ import annotations

import re

_LIST = """
af Afrikaans, am Amharic, an Aragonese, ar Arabic, arz Egyptian Arabic, as Assamese, ast Asturian,
az Azerbaijani, azb South Azerbaijani, ba Bashkir, be Belarusian, bg Bulgarian, bn Bengali, bo Tibetan,
br Breton, bs Bosnian, ca Catalan, ce Chechen, ceb Cebuano, ckb Central Kurdish, co Corsican, cs Czech,
cv Chuvash, cy Welsh, da Danish, de German, dv Divehi, el Greek, en English, eo Esperanto, es Spanish,
et Estonian, eu Basque, fa Persian, fi Finnish, fil Filipino, fo Faroese, fr French, fy West Frisian,
ga Irish, gd Scottish Gaelic, gl Galician, gn Guarani, gu Gujarati, ha Hausa, he Hebrew, hi Hindi,
hr Croatian, ht Haitian Creole, hu Hungarian, hy Armenian, ia Interlingua, id Indonesian, ig Igbo,
is Icelandic, it Italian, ja Japanese, jv Javanese, ka Georgian, kk Kazakh, kl Greenlandic, km Khmer,
kn Kannada, ko Korean, ku Kurdish, kv Komi, kw Cornish, ky Kyrgyz, la Latin, lb Luxembourgish, li Limburgish,
ln Lingala, lo Lao, lt Lithuanian, lv Latvian, mg Malagasy, mi Maori, mk Macedonian, ml Malayalam,
mn Mongolian, mr Marathi, ms Malay, mt Maltese, my Burmese, nb Norwegian Bokmål, nds Low German, ne Nepali,
nl Dutch, nn Norwegian Nynorsk, no Norwegian, oc Occitan, om Oromo, or Odia, os Ossetian, pa Punjabi,
pl Polish, pnb Western Punjabi, ps Pashto, pt Portuguese, qu Quechua, rm Romansh, ro Romanian, ru Russian,
rw Kinyarwanda, sa Sanskrit, sah Yakut, sc Sardinian, sd Sindhi, sh Serbo-Croatian, si Sinhala, sk Slovak,
sl Slovenian, sn Shona, so Somali, sq Albanian, sr Serbian, st Sotho, su Sundanese, sv Swedish, sw Swahili,
ta Tamil, te Telugu, tg Tajik, th Thai, ti Tigrinya, tk Turkmen, tl Tagalog, tn Tswana, tr Turkish, tt Tatar,
ug Uyghur, uk Ukrainian, ur Urdu, uz Uzbek, vi Vietnamese, wa Walloon, wo Wolof, wuu Wu Chinese, xh Xhosa,
yi Yiddish, yo Yoruba, yue Cantonese, zh Chinese, zu Zulu
"""
LANGUAGES: dict[str, str] = dict(re.findall(r"(\w+) ([^,\n]+)", _LIST))

_SCRIPTS = """
0370-03ff el; 0400-052f ru uk be bg mk sr sh bs kk ky tg mn tt ba cv ce kv os sah av az uz ro tk ug;
0530-058f hy; 0590-05ff he yi; 0600-06ff ar arz fa ur ps sd ug ckb ku pnb azb az ha ms kk uz tg pa; 0700-074f syr;
0780-07bf dv; 0900-097f hi mr ne sa sd bho mai gom new; 0980-09ff bn as; 0a00-0a7f pa; 0a80-0aff gu; 0b00-0b7f or;
0b80-0bff ta; 0c00-0c7f te; 0c80-0cff kn; 0d00-0d7f ml; 0d80-0dff si sa; 0e00-0e7f th; 0e80-0eff lo; 0f00-0fff bo dz;
1000-109f my; 10a0-10ff ka; 1100-11ff ko; 1200-137f am ti; 1780-17ff km; 3040-30ff ja; 3400-9fff zh yue wuu ja ko vi;
ac00-d7af ko
"""
SCRIPTS: tuple[tuple[str, str, frozenset[str]], ...] = tuple(
    (chr(int(first, 16)), chr(int(last, 16)), frozenset(codes.split()))
    for first, last, codes in re.findall(r"([0-9a-f]{4})-([0-9a-f]{4}) ([^;]+)", _SCRIPTS)
)
"""Blocks of letters beside the Latin ones, first and last, with the languages that are written in them."""
