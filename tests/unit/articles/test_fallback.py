"""The third opinion's text, its tables as lines that can be read."""

from __future__ import annotations

from monitor.articles.fallback import trafilatura_text

LONG = "The dockers returned to the table on Tuesday morning, and the owners of the quays came as well, hours late."


def test_tables_come_without_pipes() -> None:
    cells = "<tr><td>Quay</td><td>Ships</td></tr><tr><td>East</td><td>12</td></tr>"
    html = f"<html><body><article>{f'<p>{LONG} {LONG}</p>' * 3}<table>{cells}</table></article></body></html>"
    text = trafilatura_text(html, "https://a.example/1")
    assert LONG in text
    assert "|" not in text


def test_a_page_without_text_gives_none() -> None:
    assert trafilatura_text("<html><body></body></html>", "") == ""
