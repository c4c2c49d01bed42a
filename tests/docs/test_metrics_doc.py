"""The table of metrics in docs/operations.md lists those that there are."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.daemon.metrics import Metrics

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def test_the_table_of_metrics_lists_each_of_them() -> None:
    lines = OPERATIONS.read_text(encoding="utf-8").splitlines()
    rows = [line.split("|")[1] for line in lines if line.startswith("| `monitor_")]
    documented = [name for row in rows for name in re.findall(r"monitor_\w+", row)]
    metrics = Metrics().registry.collect()
    exposed = [f"{metric.name}_total" if metric.type == "counter" else metric.name for metric in metrics]
    assert sorted(documented) == sorted(exposed)
