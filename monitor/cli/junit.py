"""Results of rules' tests as JUnit XML, which CI systems read: a suite for each file, a case for each test."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from pathlib import Path

from monitor.cli.output import shown_path
from monitor.errors import Problem
from monitor.rules.check import Verdict, shown_example

# XML 1.0 has no way to write these.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(path: Path, verdicts: Sequence[Verdict], errors: Iterable[Problem]) -> None:
    """Write how the tests went, and the errors for which rules could not be tested, to a file."""
    suites: dict[str, ET.Element] = {}
    for verdict in verdicts:
        failure = ("failure", verdict.problem) if verdict.problem else None
        test = verdict.test
        name = f"{'match' if test.should_match else 'no_match'}: {shown_example(test.article)}"
        _add_case(_suite(suites, test.at.file), test.rule, name, test.at.line, verdict.seconds, failure)
    for error in errors:
        _add_case(_suite(suites, error.at.file), "file", error.message, error.at.line, 0, ("error", error))
    root = ET.Element("testsuites", name="monitor rules test")
    for suite in (*suites.values(), root):
        cases = list(suite) if suite is not root else [case for each in suites.values() for case in each]
        suite.set("tests", str(len(cases)))
        suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
        suite.set("errors", str(sum(case.find("error") is not None for case in cases)))
        suite.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.6f}")
    root.extend(suites.values())
    ET.indent(root)
    path.write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def _suite(suites: dict[str, ET.Element], file: str) -> ET.Element:
    return suites.setdefault(file, ET.Element("testsuite", name=_plain(shown_path(file))))


def _add_case(
    suite: ET.Element, group: str, name: str, line: int, seconds: float, wrong: tuple[str, Problem] | None
) -> None:
    file = suite.get("name", "")
    case = ET.SubElement(
        suite, "testcase", classname=_plain(group), name=_plain(name), file=file, line=str(line), time=f"{seconds:.6f}"
    )
    if wrong:
        kind, problem = wrong
        ET.SubElement(case, kind, message=_plain(problem.message)).text = _plain(str(problem))


def _plain(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
