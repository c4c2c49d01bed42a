"""Words by which headlines correct and deny, in the languages with most news. They only support what else is seen."""

from __future__ import annotations

from collections.abc import Mapping

# At the head of a headline or text, set off by a colon, a dash or brackets: "CORRECTED-Oil falls", "【訂正】…".
CORRECTIONS = (
    *("corrected", "correction", "correcting", "corrects", "corrigendum", "erratum", "clarification"),
    *("korrektur", "korrigiert", "berichtigung", "berichtigt", "richtigstellung"),
    *("rectificatif", "rectification", "rectifié", "corrigé", "erratum"),
    *(
        "corrección",
        "correccion",
        "corregido",
        "corregida",
        "corrige",
        "rectificación",
        "fe de erratas",
        "fe de errores",
    ),
    *("correção", "correcção", "corrigido", "corrigida", "errata", "retificação"),
    *("correzione", "corretto", "rettifica", "errata corrige"),
    *("correctie", "rectificatie", "gecorrigeerd", "rättelse", "korrigering", "korrigerad", "rettelse", "korreksjon"),
    *("korekta", "sprostowanie", "poprawka", "oprava", "helyesbítés", "corectare", "erată", "διόρθωση"),
    *("исправление", "исправлено", "исправленная", "уточнение", "поправка", "виправлення", "виправлено", "уточнення"),
    *("düzeltme", "düzeltildi", "DÜZELTİLDİ", "تصحيح", "تصويب", "استدراك", "اصلاحیه", "تصحیح", "תיקון"),
    *("更正", "更正启事", "勘误", "勘誤", "訂正", "お詫びと訂正", "정정", "정정보도", "바로잡습니다"),
    *("भूल सुधार", "सुधार", "संशोधन", "ralat", "koreksi", "đính chính", "แก้ไข"),
)
RETRACTIONS = (
    *("retracted", "retraction", "retracts", "withdrawn", "story withdrawn", "rückzug", "zurückgezogen"),
    *("dépêche annulée", "retractación", "noticia anulada", "retratação", "ritrattazione", "ingetrokken"),
    *("återkallad", "trukket tilbake", "wycofane", "anulowane", "аннулировано", "сообщение отозвано", "анульовано"),
    *("geri çekildi", "haber iptali", "سحب خبر", "إلغاء خبر", "撤稿", "撤回", "撤销稿件", "記事取り消し", "取り消し"),
    *("기사취소", "전문취소", "dicabut", "rút bài"),
)
# Codes of news agencies; in small letters they are words.
AGENCY_RETRACTIONS = ("KILL", "BULLETIN KILL", "MANDATORY KILL")
AGENCY_REPEATS = ("RPT", "REFILE", "WIEDERHOLUNG", "RÉPÉTITION", "REPETICIÓN")
# With a number behind: "UPDATE 3-Oil falls".
UPDATES = (
    *("update", "wrapup", "aktualisierung", "actualisation", "actualización", "atualização", "aggiornamento"),
    *("uppdatering", "oppdatering", "opdatering", "aktualizacja", "обновление", "оновлення", "güncelleme"),
    *("تحديث", "به‌روزرسانی", "更新", "업데이트", "अपडेट", "pembaruan", "cập nhật"),
)
# Within the first words of a text, after an opening bracket.
BRACKETED_CORRECTIONS = (
    *("corrects", "corrected", "correcting", "refiles to correct", "korrigiert", "berichtigt", "corrige", "rectifie"),
    *("corrigé", "corrección", "corregido", "corrigido", "corretto", "corregge", "gecorrigeerd", "rättar", "poprawia"),
    *("исправлено", "исправляет", "виправлено", "düzeltir", "تصحيح", "更正", "訂正", "정정", "सुधार", "ralat"),
)
CORRECTED_PHRASES = (
    *("this story has been corrected", "this article has been corrected", "this report has been corrected"),
    *("an earlier version of this story", "an earlier version of this article", "earlier version of this report"),
    *("a previous version of this", "this version corrects", "this story corrects", "corrects paragraph"),
    *("in einer früheren version", "in einer ersten version", "diese meldung wurde korrigiert", "wurde berichtigt"),
    *("une version précédente de cet article", "cet article a été corrigé", "una versión anterior de este artículo"),
    *("este artículo ha sido corregido", "uma versão anterior deste artigo", "este texto foi corrigido"),
    *("una versione precedente di questo articolo", "questo articolo è stato corretto"),
    *("een eerdere versie van dit artikel", "en tidigare version av", "poprzednia wersja tego artykułu"),
    *("в предыдущей версии", "у попередній версії", "haberin önceki sürümünde", "نسخة سابقة من هذا"),
    *("本文早前版本", "此前版本", "以前の記事", "이전 기사에서", "versi sebelumnya dari artikel"),
)
RETRACTED_PHRASES = (
    *("this story has been retracted", "this article has been retracted", "this report has been retracted"),
    *("this story has been withdrawn", "this article has been withdrawn", "dieser artikel wurde zurückgezogen"),
    *("diese meldung wurde zurückgezogen", "cet article a été retiré", "este artículo ha sido retirado"),
    *("este artigo foi retirado", "questo articolo è stato ritirato", "dit artikel is ingetrokken"),
    *("эта новость отозвана", "статья отозвана", "bu haber geri çekilmiştir", "تم سحب هذا الخبر"),
    *("本稿已撤", "この記事は取り消し", "이 기사는 취소"),
)

# Verbs and nouns that deny whatever the language of the rest.
DENYING: Mapping[str, tuple[str, ...]] = {
    "en": ("deny", "denies", "denied", "denying", "denial", "refute", "refutes", "refuted", "debunked", "debunks"),
    "de": (
        *("dementiert", "dementieren", "dementierte", "dementi", "bestreitet", "bestreiten", "bestritt"),
        *("verneint", "leugnet", "leugnen"),
    ),
    "fr": ("dément", "démentent", "démenti", "démentit", "réfute", "réfutent", "nient"),
    "es": ("niega", "niegan", "negó", "negaron", "desmiente", "desmienten", "desmintió", "desmentido"),
    "pt": ("nega", "negam", "negou", "negaram", "desmente", "desmentem", "desmentiu", "desmentido"),
    "it": ("smentisce", "smentiscono", "smentito", "smentita", "negano", "nega"),
    "nl": ("ontkent", "ontkennen", "ontkende", "ontkenden", "weerlegt"),
    "sv": ("förnekar", "förnekade", "dementerar", "dementerade"),
    "no": ("benekter", "benektet", "avkrefter", "dementerer"),
    "da": ("benægter", "benægtede", "dementerer"),
    "pl": ("zaprzecza", "zaprzeczają", "zaprzeczył", "zaprzeczyła", "zaprzeczyli", "dementuje", "dementi"),
    "ru": ("опровергает", "опровергают", "опроверг", "опровергла", "опровергли", "опровергло", "отрицает", "отрицают"),
    "uk": ("спростовує", "спростовують", "спростував", "спростувала", "спростували", "заперечує", "заперечують"),
    "tr": ("yalanladı", "yalanlıyor", "yalanlandı", "reddetti"),
    "ar": ("نفى", "نفت", "ينفي", "تنفي", "ينفون", "نفي", "تكذب", "يكذب"),
    "fa": ("تکذیب",),
    "zh": ("否认", "否認", "辟谣", "闢謠"),
    "ja": ("否定", "事実無根"),
    "ko": ("부인했", "부인해", "혐의 부인", "의혹 부인", "전면 부인", "사실무근"),
    "hi": ("इनकार", "इंकार", "खंडन"),
    "id": ("bantah", "membantah", "dibantah", "menyangkal"),
    "vi": ("phủ nhận", "bác bỏ"),
}
# Words that turn a statement round; in other languages the same letters may say something else.
NEGATING: Mapping[str, tuple[str, ...]] = {
    "en": (
        *("not", "never", "no", "false", "untrue", "cannot", "isnt", "arent", "wasnt", "werent", "dont", "doesnt"),
        *("didnt", "wont", "wouldnt", "cant", "couldnt", "hasnt", "havent", "hadnt", "shouldnt"),
    ),
    "de": ("nicht", "kein", "keine", "keinen", "keiner", "keinem", "nie", "niemals", "falsch"),
    "fr": ("pas", "aucun", "aucune", "jamais", "faux", "fausse", "nie"),
    "es": ("no", "nunca", "jamás", "falso", "falsa", "ningún", "ninguna"),
    "pt": ("não", "nunca", "jamais", "falso", "falsa", "nenhum", "nenhuma"),
    "it": ("non", "mai", "falso", "falsa", "nessun", "nessuna", "nessuno"),
    "nl": ("niet", "geen", "nooit", "onwaar"),
    "sv": ("inte", "ej", "ingen", "inget", "inga", "aldrig", "falskt"),
    "no": ("ikke", "ingen", "aldri", "usant"),
    "da": ("ikke", "ingen", "aldrig", "usandt"),
    "pl": ("nie", "nigdy", "żaden", "żadna", "nieprawda"),
    "ru": ("не", "нет", "никогда", "ложь", "фейк"),
    "uk": ("не", "немає", "ніколи", "неправда", "фейк"),
    "tr": ("değil", "yok", "asla", "yanlış"),
    "ar": ("لا", "لم", "لن", "ليس", "ليست", "كاذب"),
    "fa": ("نیست", "نشده", "نخواهد", "دروغ"),
    "zh": ("没有", "沒有", "并未", "並未", "并非", "並非", "不会", "不會", "不实", "不實"),
    "ja": ("ない", "なし", "せず"),
    "ko": ("아니다", "아냐", "않는다", "않았다", "없다"),
    "hi": ("नहीं", "झूठ", "गलत"),
    "id": ("tidak", "bukan", "tak", "hoaks"),
    "vi": ("không", "chưa", "sai sự thật"),
}
