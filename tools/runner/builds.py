"""Builds of the run: one ninja call for each configuration, of exactly the targets that the chosen jobs want;
and node_modules."""

import hashlib
import os
import subprocess

ORDER = ("release", "asan", "tsan")


def wanted(jobs):
    targets = {}
    for job in jobs:
        for item in job.build:
            configuration, target = item.split(":")
            if configuration not in ORDER:
                raise SystemExit(f"job '{job.name}' wants the build '{configuration}'; there are {ORDER}")
            targets.setdefault(configuration, [])
            if target not in targets[configuration]:
                targets[configuration].append(target)
    return [(name, targets[name]) for name in ORDER if name in targets]


def shell(root, configuration, targets):
    """Goes on after a failure (-k 0), so that what does compile is tested."""
    configured = f"[ -f build/{configuration}/build.ninja ] || tools/configure {configuration}"
    cores = os.cpu_count() or 2
    return [
        "sh",
        "-ec",
        f"{configured}; exec ninja -C build/{configuration} -j {cores} -k 0 {' '.join(targets)}",
    ]


def up_to_date(root, configuration, target):
    done = subprocess.run(
        ["ninja", "-C", f"build/{configuration}", "-n", target], cwd=root, capture_output=True, text=True
    )
    return done.returncode == 0 and "no work to do" in done.stdout


def node_stamp(root):
    with open(f"{root}/package-lock.json", "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def node_ready(root):
    try:
        with open(f"{root}/node_modules/.sallyport-stamp", encoding="utf-8") as file:
            return file.read() == node_stamp(root)
    except OSError:
        return False


NODE_COMMAND = [
    "sh",
    "-ec",
    "npm ci --no-audit --no-fund --loglevel=error"
    " && sha256sum package-lock.json | cut -d' ' -f1 | tr -d '\\n' > node_modules/.sallyport-stamp",
]
