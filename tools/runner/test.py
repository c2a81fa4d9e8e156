"""Tests of the runner itself: a copy of it runs toy jobs in a temporary folder; PostgreSQL is the real
one."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import declared  # noqa: E402
import outcome  # noqa: E402

GTEST_REPORT = """{"tests": 3, "failures": 1, "testsuites": [{"testsuite": [
  {"name": "a", "status": "RUN", "result": "COMPLETED"}, {"name": "b", "status": "RUN", "result": "SKIPPED"},
  {"name": "c", "status": "RUN", "result": "COMPLETED"}]}]}"""


class Toy:
    """A tree with the runner and jobs of its own."""

    def __init__(self, jobs):
        self.root = pathlib.Path(tempfile.mkdtemp())
        shutil.copytree(HERE, self.root / "tools/runner", ignore=shutil.ignore_patterns("__pycache__"))
        (self.root / "tests").mkdir()
        (self.root / "src").mkdir()
        (self.root / "tests/jobs.toml").write_text(jobs)

    def run(self, *words):
        done = subprocess.run(
            [sys.executable, "-B", "tools/runner/main.py", *words],
            cwd=self.root,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout

    def last(self, *words):
        status, output = self.run(*words)
        return status, output.splitlines()[-1]


def job(name, shell, extra=""):
    return f'[[job]]\nname = "{name}"\ncommand = ["sh", "-c", """{shell}"""]\n{extra}\n'


def test_all_green_ends_with_the_sum():
    toy = Toy(job("a", "echo 3 passed, 0 failed") + job("b", "echo 4 passed, 0 failed"))
    assert toy.last() == (0, "7 passed, 0 failed")


def test_goes_on_after_a_failure_and_shows_its_output():
    toy = Toy(job("a", "echo broken here; echo 1 passed, 2 failed") + job("b", "echo 4 passed, 0 failed"))
    status, output = toy.run()
    assert status == 1 and "broken here" in output and output.splitlines()[-1] == "5 passed, 2 failed"


def test_a_red_exit_with_green_words_is_a_failure():
    assert Toy(job("a", "echo 1 passed, 0 failed; exit 3")).last() == (1, "1 passed, 1 failed")


def test_no_last_line_is_a_failure():
    assert Toy(job("a", "echo fine")).last() == (1, "0 passed, 1 failed")


def test_no_test_is_a_failure():
    assert Toy(job("a", "echo 0 passed, 0 failed")).last() == (1, "0 passed, 1 failed")


def test_unchanged_is_counted_but_not_run():
    toy = Toy(job("a", "echo x >> ran; echo 2 passed, 0 failed", 'inputs = ["data"]'))
    (toy.root / "data").write_text("1")
    assert toy.last() == (0, "2 passed, 0 failed") and toy.last() == (0, "2 passed, 0 failed")
    assert (toy.root / "ran").read_text() == "x\n"
    assert "(unchanged" in toy.run()[1]
    (toy.root / "data").write_text("2")
    assert toy.last() == (0, "2 passed, 0 failed") and (toy.root / "ran").read_text() == "x\nx\n"
    assert toy.last("--all")[0] == 0 and (toy.root / "ran").read_text() == "x\nx\nx\n"


def test_red_is_never_remembered():
    toy = Toy(job("a", "echo x >> ran; echo 2 passed, 1 failed"))
    toy.run()
    toy.run()
    assert (toy.root / "ran").read_text() == "x\nx\n"


def test_time_out_ends_the_job_and_what_it_started():
    toy = Toy(job("a", "sleep 600 & echo $! > pid; wait", "timeout_seconds = 1"))
    status, output = toy.run()
    assert status == 1 and "not done after 1 s" in output
    pid = (toy.root / "pid").read_text().strip()
    end = time.monotonic() + 10
    while (
        os.path.exists(f"/proc/{pid}") and "Z" not in pathlib.Path(f"/proc/{pid}/stat").read_text().split()[2]
    ):
        assert time.monotonic() < end, "the sleeping child is still there"


def test_labels_choose_and_unknown_ones_are_refused():
    toy = Toy(
        job("a", "echo 1 passed, 0 failed", 'labels = ["x", "y"]')
        + job("b", "echo 2 passed, 0 failed", 'labels = ["x"]')
    )
    assert toy.last("x") == (0, "3 passed, 0 failed")
    assert toy.last("x+y") == (0, "1 passed, 0 failed")
    assert toy.last("b") == (0, "2 passed, 0 failed")
    assert toy.run("nothing")[0] != 0


def test_jobs_are_left_out_by_their_label():
    toy = Toy(job("slow", "false", 'labels = ["asan"]') + job("quick", "echo 1 passed, 0 failed"))
    assert toy.last("--without", "asan") == (0, "1 passed, 0 failed")


def test_alone_is_alone():
    shell = "mkdir lock || exit 1; sleep 0.2; rmdir lock; echo 1 passed, 0 failed"
    toy = Toy(job("a", shell, 'alone = ["lock"]') + job("b", shell, 'alone = ["lock"]'))
    assert toy.last() == (0, "2 passed, 0 failed")


def test_a_failed_build_fails_and_so_does_what_needs_it():
    toy = Toy(
        job("a", "echo 1 passed, 0 failed", 'build = ["release:test_a"]')
        + job("b", "echo 1 passed, 0 failed")
    )
    (toy.root / "build/release").mkdir(parents=True)
    (toy.root / "build/release/build.ninja").write_text("rule no\n  command = false\nbuild test_a: no\n")
    status, output = toy.run()
    assert (
        status == 1
        and output.splitlines()[-1] == "1 passed, 2 failed"
        and "test_a in build/release was not built" in output
    )


def test_a_good_build_counts_and_lets_the_job_run():
    toy = Toy(job("a", "cat made", 'build = ["release:made"]'))
    (toy.root / "build/release").mkdir(parents=True)
    (toy.root / "build/release/build.ninja").write_text(
        "rule make\n  command = echo 6 passed, 0 failed > ../../made\nbuild made: make\n"
    )
    assert toy.last() == (0, "7 passed, 0 failed")


def test_postgres_is_there_and_gone_afterwards():
    shell = (
        "P=$(echo $SALLYPORT_TEST_PG | sed 's/host=//; s/ .*//'); echo $P > where; ls -d "
        "/usr/lib/postgresql/*/bin > bin; "
        "$(tail -1 bin)/pg_isready -q -h $P && echo 1 passed, 0 failed"
    )
    toy = Toy(job("a", shell, 'services = ["postgres"]'))
    assert toy.last() == (0, "1 passed, 0 failed")
    assert not os.path.exists((toy.root / "where").read_text().strip())


def test_rooms_and_files_are_found():
    root = pathlib.Path(tempfile.mkdtemp())
    for path in (
        "src/db/sqlite/x_test.cpp",
        "src/base/a.cpp",
        "src/slices/sign_in/b_test.cpp",
        "src/http/form_fuzz.cpp",
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    assert declared.rooms(root) == [
        {"room": "db", "label": "db", "target": "db"},
        {"room": "slices/sign_in", "label": "sign_in", "target": "slices_sign_in"},
    ]
    assert declared.files(root, "src/**/*_fuzz.cpp") == [{"path": "src/http/form_fuzz.cpp", "name": "form"}]


def test_gtest_reports_are_read():
    path = pathlib.Path(tempfile.mkdtemp()) / "report.json"
    path.write_text(GTEST_REPORT)
    result = outcome.read("gtest", 1, "", path)
    assert (result.passed, result.failed, result.skipped) == (1, 1, 1)
    crashed = outcome.read(
        "gtest", -11, "[       OK ] A.b (1 ms)\n[ RUN      ] A.c\n", path.with_name("none")
    )
    assert (crashed.passed, crashed.failed) == (1, 1)


def test_packages_that_are_missing_are_named_to_a_user_without_rights():
    script = HERE.parent / "install-packages"
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "list").write_text(
        "# words\ndpkg\nno-such-package-here  # why\nother-name ? sh\nthird-name ? no-such-command\n"
    )
    (folder / "id").write_text("#!/bin/sh\necho 1000\n")
    for name in ("awk", "cat", "dpkg-query", "grep", "sed", "sh"):
        os.symlink(shutil.which(name), folder / name)
    os.chmod(folder / "id", 0o755)
    done = subprocess.run(
        ["/bin/sh", script, folder / "list"], env={"PATH": str(folder)}, capture_output=True, text=True
    )
    assert (
        done.returncode == 1 and "Missing packages: no-such-package-here third-name\n" in done.stderr
    ), done.stderr
    (folder / "list").write_text("dpkg\n")
    assert subprocess.run(["/bin/sh", script, folder / "list"], env={"PATH": str(folder)}).returncode == 0


def main():
    passed = failed = 0
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            try:
                test()
                passed += 1
            except Exception:  # pylint: disable=broad-except
                failed += 1
                print(f"FAIL {name}\n{traceback.format_exc()}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    tempfile.tempdir = tempfile.mkdtemp(prefix="runner-test.")
    try:
        sys.exit(main())
    finally:
        shutil.rmtree(tempfile.tempdir, ignore_errors=True)
