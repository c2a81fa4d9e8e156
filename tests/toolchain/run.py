"""The compiler facts that the code rests on: clang 19 compiles every shape of co_await right; CMake refuses
g++ 12."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILDS = {"-O0": ["-O0"], "-O2": ["-O2"], "sanitizers": ["-O1", "-g", "-fsanitize=address,undefined"]}


def shapes(folder, name, flags):
    """(passed, failed, what it printed)"""
    program = folder / "shapes"
    command = [
        "clang++-19",
        "-std=c++23",
        "-Wall",
        "-Wextra",
        *flags,
        str(HERE / "shapes.cpp"),
        "-o",
        str(program),
    ]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    if built.returncode:
        return 0, 1, built.stderr
    ran = subprocess.run([str(program)], capture_output=True, text=True, check=False)
    match = re.search(r"^(\d+) passed, (\d+) failed$", ran.stdout, re.M)
    if not match or (ran.returncode and match[2] == "0"):
        return 0, 1, f"{name}: exit status {ran.returncode}\n{ran.stdout}{ran.stderr}"
    return int(match[1]), int(match[2]), ran.stdout


def refusal(folder):
    """What is wrong with how CMake refuses g++ 12, or nothing."""
    gcc = shutil.which("g++-12")
    if not gcc:
        return "g++-12 is not installed (package g++-12)"
    command = [
        "cmake",
        "-G",
        "Ninja",
        "-S",
        str(ROOT),
        "-B",
        str(folder / "gcc"),
        f"-DCMAKE_CXX_COMPILER={gcc}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = " ".join((done.stdout + done.stderr).split())
    if done.returncode == 0:
        return "CMake configures with g++ 12"
    if "miscompiles coroutines" not in said or "clang++-19" not in said:
        return f"CMake does not say why it refuses g++ 12, or what to use:\n{said[-1000:]}"
    return ""


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="toolchain."))
    passed = failed = 0
    try:
        for name, flags in BUILDS.items():
            good, bad, said = shapes(folder, name, flags)
            passed, failed = passed + good, failed + bad
            if bad:
                print(f"FAIL clang 19, {name}\n{said}")
        problem = refusal(folder)
        passed, failed = passed + (not problem), failed + bool(problem)
        if problem:
            print(f"FAIL {problem}")
    finally:
        shutil.rmtree(folder)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
