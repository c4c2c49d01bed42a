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
