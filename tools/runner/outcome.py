"""What a finished job says of itself."""

import dataclasses
import json
import re

LAST_LINE = re.compile(r"^(?:\S+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")
GTEST_OK = re.compile(r"^\[       OK \] ", re.M)
GTEST_FAILED = re.compile(r"^\[  FAILED  \] .* \(\d+ ms\)$", re.M)


@dataclasses.dataclass
class Result:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    output: str = ""
    note: str = ""  # why it failed, where the output does not say
    unchanged: bool = False


def of_gtest(path, output):
    try:
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
    except (OSError, ValueError):
        # It died before it could report: what it printed counts, and the death is one failure more.
        return Result(
            passed=len(GTEST_OK.findall(output)),
            failed=len(GTEST_FAILED.findall(output)) + 1,
            note="ended without a report",
        )
    tests = [test for suite in report["testsuites"] for test in suite["testsuite"]]
    tests = [test for test in tests if test.get("status") != "NOTRUN"]  # DISABLED_: parts of other tests
    skipped = sum(test.get("result") == "SKIPPED" for test in tests)
    failed = report["failures"]
    return Result(passed=len(tests) - failed - skipped, failed=failed, skipped=skipped)


def of_line(output):
    lines = output.rstrip().splitlines()
    match = LAST_LINE.match(lines[-1].strip()) if lines else None
    if not match:
        return Result(failed=1, note="does not end with `N passed, N failed`")
    passed, failed, skipped = (int(part or 0) for part in match.groups())
    return Result(passed=passed, failed=failed, skipped=skipped)


def read(kind, status, output, report_path):
    if kind == "gtest":
        result = of_gtest(report_path, output)
    elif kind == "line":
        result = of_line(output)
    else:
        result = Result(passed=int(status == 0), failed=int(status != 0))
    if status != 0 and result.failed == 0:
        result.failed, result.note = 1, f"exit status {status}"
    if result.passed + result.failed + result.skipped == 0:
        result.failed, result.note = 1, "ran no test"
    result.output = output
    return result
