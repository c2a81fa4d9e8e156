"""Builds and runs the jobs of tests/jobs.toml; called by ./test. The last line is `N passed, N failed`.

Builds run one after the other on both cores, at a lower priority; jobs run beside them, two at a time, as
soon as what they need is built. A job whose last result was green and whose inputs are the same is counted
from memory and printed as unchanged.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading
import time

import builds
import declared
from memory import Memory, slug
from outcome import Result, read
from postgres import Postgres
from processes import Processes

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RESULTS = "build/test-results"
JOBS_AT_A_TIME = 2
BUILD_TIMEOUT_SECONDS = 3600
NODE_TIMEOUT_SECONDS = 900
SHOWN_LINES = 300
BUILD_NICE = 10
PASSABLE = 0o711  # a PostgreSQL that a test starts as another user has its folder below


class Run:
    def __init__(self, jobs, everything):
        self.jobs, self.everything = jobs, everything
        self.processes = Processes()
        self.memory = Memory(ROOT, f"{ROOT}/{RESULTS}")
        self.folder = tempfile.mkdtemp(prefix="sallyport-test.", dir="/tmp")
        os.chmod(self.folder, PASSABLE)
        self.results = []
        self.changed = threading.Condition()
        self.built = {}  # configuration, or "node": True when it succeeded, False when not
        self.held = set()
        self.postgres = None
        self.postgres_lock = threading.Lock()
        self.base_env = dict(
            os.environ,
            LC_ALL="C.UTF-8",
            TZ="UTC",
            SALLYPORT_ROOT=ROOT,
            ASAN_OPTIONS="strict_string_checks=1:detect_stack_use_after_return=1:symbolize=1",
            UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1",
            TSAN_OPTIONS="halt_on_error=0:second_deadlock_stack=1",
            ASAN_SYMBOLIZER_PATH="/usr/bin/llvm-symbolizer-19",
            TSAN_SYMBOLIZER_PATH="/usr/bin/llvm-symbolizer-19",
        )
        self.base_env.setdefault("SALLYPORT_VECTORS", os.path.abspath(f"{ROOT}/../shared/vectors"))
        if not os.path.isdir(self.base_env["SALLYPORT_VECTORS"]):
            say(
                f"The folder of published vectors, {self.base_env['SALLYPORT_VECTORS']}, is not there: "
                f"SALLYPORT_VECTORS names it. "
                "Tests that read it say so."
            )

    # --- one thing at a time
    # -----------------------------------------------------------------------------------------------------

    def log_path(self, name):
        return f"{ROOT}/{RESULTS}/{slug(name)}.log"

    def execute(self, name, command, env, timeout_seconds, kind, nice=0):
        log, report = self.log_path(name), f"{self.folder}/{slug(name)}.json"
        start = time.monotonic()
        scratch = tempfile.mkdtemp(prefix="job.", dir=self.folder)
        os.chmod(scratch, PASSABLE)
        env = dict(env, TMPDIR=scratch, GTEST_OUTPUT=f"json:{report}")
        status, timed_out = self.processes.run(command, ROOT, env, timeout_seconds, log, nice)
        shutil.rmtree(scratch, ignore_errors=True)
        with open(log, encoding="utf-8", errors="replace") as file:
            result = read(kind, status, file.read(), report)
        if timed_out:
            result.failed, result.note = max(result.failed, 1), f"not done after {timeout_seconds} s"
        result.seconds = time.monotonic() - start
        return result

    def note(self, name, result):
        with self.changed:
            self.results.append((name, result))
            report(name, result, self.log_path(name))

    def run_build(self, configuration, targets):
        result = self.execute(
            f"build {configuration}",
            builds.shell(ROOT, configuration, targets),
            self.base_env,
            BUILD_TIMEOUT_SECONDS,
            "exit",
            BUILD_NICE,
        )
        self.note(f"build {configuration}", result)
        with self.changed:
            self.built[configuration] = result.failed == 0
            self.changed.notify_all()

    def run_node(self):
        try:
            if not builds.node_ready(ROOT):
                result = self.execute(
                    "npm ci", builds.NODE_COMMAND, self.base_env, NODE_TIMEOUT_SECONDS, "exit"
                )
                self.note("npm ci", result)
        finally:
            with self.changed:
                self.built["node"] = builds.node_ready(ROOT)
                self.changed.notify_all()

    def service_env(self, job):
        env = {}
        if "postgres" in job.services:
            with self.postgres_lock:
                self.postgres = self.postgres or Postgres()
            env["SALLYPORT_TEST_PG"] = self.postgres.conninfo
        return env

    def not_built(self, job):
        if job.node and not self.built["node"]:
            return "npm ci"
        for item in job.build:
            configuration, target = item.split(":")
            if not self.built[configuration] and not builds.up_to_date(ROOT, configuration, target):
                return f"{target} in build/{configuration}"
        return None

    def run_job(self, job):
        missing = self.not_built(job)
        if missing:
            return Result(failed=1, note=f"not run: {missing} was not built")
        key = self.memory.key(
            job, dict(job.env, vectors=str(os.path.isdir(self.base_env["SALLYPORT_VECTORS"])))
        )
        known = None if self.everything else self.memory.recall(job, key)
        if known:
            return Result(
                passed=known["passed"], skipped=known["skipped"], seconds=known["seconds"], unchanged=True
            )
        try:
            env = dict(self.base_env, **self.service_env(job), **job.env)
        except RuntimeError as error:
            return Result(failed=1, note=str(error))
        result = self.execute(job.name, job.command, env, job.timeout_seconds, job.results)
        if result.failed == 0:
            self.memory.remember(job, key, result)
        return result

    # --- the lanes ------------------------------------------------------------------------------------------
    # ---------------------

    def ready(self, job):
        needed = [item.split(":")[0] for item in job.build] + (["node"] if job.node else [])
        return all(name in self.built for name in needed) and not self.held.intersection(job.alone)

    def next_job(self):
        """The next job that can run; waits for a build or a held resource. None when all are taken."""
        with self.changed:
            while self.waiting and not self.processes.ending:
                for job in self.waiting:
                    if self.ready(job):
                        self.waiting.remove(job)
                        self.held.update(job.alone)
                        return job
                self.changed.wait()
            return None

    def job_lane(self):
        while job := self.next_job():
            try:
                result = self.run_job(job)
            except (
                Exception
            ) as error:  # pylint: disable=broad-except  # the run goes on, and this is a failure
                result = Result(failed=1, note=f"the runner: {error!r}")
            self.note(job.name, result)
            with self.changed:
                self.held.difference_update(job.alone)
                self.changed.notify_all()

    def build_lane(self, wanted):
        for configuration, targets in wanted:
            try:
                self.run_build(configuration, targets)
            finally:
                with self.changed:  # whatever happened, nobody waits for it any longer
                    self.built.setdefault(configuration, False)
                    self.changed.notify_all()

    def all(self):
        self.waiting = list(self.jobs)
        lanes = [threading.Thread(target=self.build_lane, args=(builds.wanted(self.jobs),))]
        lanes += [threading.Thread(target=self.job_lane) for _ in range(JOBS_AT_A_TIME)]
        if any(job.node for job in self.jobs):
            lanes.append(threading.Thread(target=self.run_node))
        try:
            for lane in lanes:
                lane.start()
            for lane in lanes:
                lane.join()
        finally:
            self.close()

    def interrupt(self, *_):
        self.processes.end_all()
        # Never held here: signals arrive in the main thread, which only waits for the lanes.
        with self.changed:
            self.changed.notify_all()

    def close(self):
        self.memory.close()
        if self.postgres:
            self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def say(text):
    print(text, flush=True)


def report(name, result, log_path):
    state = "FAIL" if result.failed else "same" if result.unchanged else "ok"
    counts = f"{result.passed} passed" + (f", {result.failed} failed" if result.failed else "")
    counts += f", {result.skipped} skipped" if result.skipped else ""
    counts += f" (unchanged: took {result.seconds:.1f} s when it ran)" if result.unchanged else ""
    seconds = 0.0 if result.unchanged else result.seconds
    say(f"{state:4}  {seconds:7.1f} s  {name:32}  {counts}" + (f"  -- {result.note}" if result.note else ""))
    if result.failed and result.output:
        lines = result.output.rstrip().splitlines()
        hidden = len(lines) - SHOWN_LINES
        if hidden > 0:
            say(f"    … {hidden} lines before these are in {os.path.relpath(log_path, ROOT)}")
        for line in lines[-SHOWN_LINES:]:
            say(f"    | {line}")


def arguments():
    parser = argparse.ArgumentParser(prog="./test")
    parser.add_argument(
        "words", nargs="*", metavar="label", help="jobs with this label or name; a+b: with both"
    )
    parser.add_argument("--all", action="store_true", help="run also what passed before and has not changed")
    parser.add_argument(
        "--without", action="append", default=[], metavar="LABEL", help="leave these jobs out"
    )
    parser.add_argument("--list", action="store_true", help="name the jobs and their labels, and stop")
    return parser.parse_args()


def main():
    asked = arguments()
    jobs = declared.without(declared.chosen(declared.read(ROOT), asked.words), asked.without)
    if asked.list:
        for job in jobs:
            say(f"{job.name:36} {' '.join(job.labels)}")
        return 0
    start = time.monotonic()
    run = Run(jobs, asked.all)
    signal.signal(signal.SIGINT, run.interrupt)
    signal.signal(signal.SIGTERM, run.interrupt)
    run.all()
    passed = sum(result.passed for _, result in run.results)
    failed = sum(result.failed for _, result in run.results)
    skipped = sum(result.skipped for _, result in run.results)
    left = len(run.waiting)
    if left:
        say(f"Interrupted: {left} jobs were not run.")
    if skipped:
        say(f"{skipped} tests were skipped, each with its reason in {RESULTS}/.")
    for name, result in run.results:
        if result.failed:
            say(f"FAIL  {name}")
    say(f"{time.monotonic() - start:.0f} s")
    say(f"{passed} passed, {failed + left} failed")
    return 1 if failed or left else 0


if __name__ == "__main__":
    sys.exit(main())
