"""Articles for the tests of stories, made up here: one wire report and what editors make of it."""

from __future__ import annotations

from monitor.model import Article, ArticleId, ArticleStatus

LEAD = (
    "Foreign Minister Elena Marku met her colleague Tomas Brandl in the port of Velna on Tuesday and called for an end "
    "to the blockade that has kept 41 ships from leaving the northern harbour since the second of March."
)
MIDDLE = (
    "The two ministers agreed that a commission of 12 engineers from both countries would inspect the lock gates, "
    "which were damaged in a collision, and report to the Joint River Council in Ostrava within 30 days. Until then "
    "only vessels below 4,500 tonnes may pass, and pilots of the Velna Authority must be on board, the ministry said."
)
BACKGROUND = (
    "Grain traders in Karlin have warned that 230,000 tonnes of barley could spoil if the passage stays closed during "
    "the summer. The shipping union of Brandl's home town asked for compensation, while fishermen along the lower bank "
    "welcomed the quiet water. Last year the canal carried about 18 percent of the region's exports, according to the "
    "customs office, and insurance for a single voyage has doubled since the accident."
)
REPORT = f"{LEAD}\n{MIDDLE}\n{BACKGROUND}"

OTHER_REPORT = (
    "Voters in the mountain canton of Aarlen rejected a plan for three wind farms on Sunday, the cantonal chancellery "
    "announced after all 57 communes had been counted. The initiative had promised cheaper power for the valley, but "
    "farmers and hotel owners feared for the view. Turnout was 61 percent, far above the average of recent ballots. "
    "The government said it would now look again at solar panels along the motorway and at a second reservoir."
)

CHINESE = (
    "外交部长玛尔库星期二在维尔纳港会见了来访的邻国同行，呼吁尽快结束封锁。双方同意由十二名工程师组成委员会检查受损的船闸，"
    "并在三十天内向联合河流理事会提交报告。在此之前只有较小的船只可以通过，领航员必须在船上。"
)


def article(name: str, text: str, *, title: str = "", status: ArticleStatus = ArticleStatus.FULL) -> Article:
    """Return an article of that name and text."""
    return Article(id=ArticleId(name), title=title, text=text, status=status, url=f"https://news.example/{name}")
