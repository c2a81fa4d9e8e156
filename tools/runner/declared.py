"""Reads tests/jobs.toml into jobs: one for each entry, or one for each room or file that an entry names."""

import dataclasses
import fnmatch
import glob
import os
import tomllib


@dataclasses.dataclass
class Job:
    name: str
    labels: list[str]
    command: list[str]
    inputs: list[str]  # globs; a green result with equal inputs is not run again
    results: (
        str  # "gtest": its JSON report; "line": the last line `N passed, N failed`; "exit": the exit status
    )
    timeout_seconds: int
    build: list[str]  # "release:test_db": a target of a configuration
    services: list[str]  # "postgres"
    alone: list[str]  # resources that one job at a time may hold
    env: dict[str, str]
    node: bool  # wants node_modules


KEYS = {field.name for field in dataclasses.fields(Job)} | {"each", "only", "except"}
RESULTS = ("gtest", "line", "exit")


def rooms(root):
    """Rooms that have tests: folders of src/, and of src/slices/."""
    found = []
    for folder in sorted(
        glob.glob("*", root_dir=f"{root}/src") + glob.glob("slices/*", root_dir=f"{root}/src")
    ):
        if folder != "slices" and glob.glob(f"{root}/src/{folder}/**/*_test.cpp", recursive=True):
            found.append(
                {"room": folder, "label": folder.removeprefix("slices/"), "target": folder.replace("/", "_")}
            )
    return found


def files(root, pattern):
    found = []
    for path in sorted(glob.glob(pattern, root_dir=root, recursive=True)):
        stem = os.path.basename(path).split(".")[0].removesuffix("_test").removesuffix("_fuzz")
        found.append({"path": path, "name": stem})
    return found


def fill(value, places):
    if isinstance(value, str):
        for key, text in places.items():
            value = value.replace("{" + key + "}", text)
        return value
    if isinstance(value, list):
        return [fill(part, places) for part in value]
    if isinstance(value, dict):
        return {key: fill(part, places) for key, part in value.items()}
    return value


def places_of(root, entry):
    each = entry.get("each")
    if each is None:
        return [{}]
    places = rooms(root) if each == "room" else files(root, each)
    key = "room" if each == "room" else "name"
    only, but = entry.get("only", ["*"]), entry.get("except", [])
    return [
        place
        for place in places
        if any(fnmatch.fnmatch(place[key], p) for p in only)
        and not any(fnmatch.fnmatch(place[key], p) for p in but)
    ]


def read(root, path="tests/jobs.toml"):
    with open(f"{root}/{path}", "rb") as file:
        entries = tomllib.load(file)["job"]
    jobs = []
    for entry in entries:
        unknown = set(entry) - KEYS
        if unknown:
            raise SystemExit(
                f"{path}: job '{entry.get('name')}' has unknown keys {sorted(unknown)}; known: {sorted(KEYS)}"
            )
        for places in places_of(root, entry):
            e = fill(entry, places)
            jobs.append(
                Job(
                    name=e["name"],
                    labels=e.get("labels", []),
                    command=e["command"],
                    inputs=e.get("inputs", []),
                    results=e.get("results", "line"),
                    timeout_seconds=e.get("timeout_seconds", 300),
                    build=e.get("build", []),
                    services=e.get("services", []),
                    alone=e.get("alone", []),
                    env=e.get("env", {}),
                    node=e.get("node", False),
                )
            )
    names = [job.name for job in jobs]
    for name in names:
        if names.count(name) > 1:
            raise SystemExit(f"{path}: two jobs are named '{name}'")
    for job in jobs:
        if job.results not in RESULTS:
            raise SystemExit(f"{path}: job '{job.name}': results is one of {RESULTS}")
    return jobs


def without(jobs, labels):
    """All but the jobs with one of these labels."""
    return [job for job in jobs if not set(job.labels) & set(labels)]


def chosen(jobs, words):
    """`db` takes every job with that label or name; `db+asan` those with both."""
    if not words:
        return jobs
    taken = []
    for word in words:
        found = [
            job for job in jobs if all(part == job.name or part in job.labels for part in word.split("+"))
        ]
        if not found:
            known = sorted({label for job in jobs for label in job.labels})
            raise SystemExit(f"No job has the name or label '{word}'. Labels: {' '.join(known)}")
        taken += [job for job in found if job not in taken]
    return [job for job in jobs if job in taken]
