"""The rows and how they are printed."""

import json
from dataclasses import asdict, dataclass


@dataclass
class Row:
    what: str
    cpu_us: float | None = None
    rate: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    resident_mb: float | None = None
    start_ms: float | None = None
    aim: str = ""
    verdict: str = ""
    note: str = ""

    def aims(self, text, met):
        """The aim, and whether this row met it."""
        self.aim = text
        self.verdict = "met" if met else "MISSED"
        return self


def row_of(what, load, server=None, note="", resident_mb=None):
    """A row of a load; memory and start-up of the server where it is given."""
    broken = f"{load.broken} connections failed" if load.broken else ""
    return Row(
        what,
        load.cpu_us,
        load.rate,
        load.p50_ms,
        load.p99_ms,
        resident_mb if resident_mb is not None else server and server.resident_mb(),
        server and server.start_ms,
        note="; ".join(part for part in (note, broken) if part),
    )


COLUMNS = (
    ("what", "what"),
    ("cpu_us", "CPU-µs a request"),
    ("rate", "requests/s"),
    ("p50_ms", "p50 ms"),
    ("p99_ms", "p99 ms"),
    ("resident_mb", "resident MB"),
    ("start_ms", "start-up ms"),
    ("aim", "aim"),
    ("verdict", "verdict"),
    ("note", "note"),
)


TEXTS = ("what", "aim", "verdict", "note")


def cell(value):
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("|", "/")
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def write_table(rows, heading, folder):
    grid = [[title for _, title in COLUMNS]] + [
        [cell(getattr(row, name)) for name, _ in COLUMNS] for row in rows
    ]
    widths = [max(len(line[i]) for line in grid) for i in range(len(COLUMNS))]
    lines = []
    for number, line in enumerate(grid):
        cells = [
            text.ljust(width) if COLUMNS[i][0] in TEXTS else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths))
        ]
        lines.append("| " + " | ".join(cells) + " |")
        if number == 0:
            lines.append("| " + " | ".join("-" * width for width in widths) + " |")
    text = heading + "\n\n" + "\n".join(lines) + "\n"
    (folder / "table.md").write_text(text)
    (folder / "table.json").write_text(
        json.dumps({"heading": heading, "rows": [asdict(row) for row in rows]}, indent=1)
    )
    return text
