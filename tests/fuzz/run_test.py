"""tests/fuzz/run finds a planted fault, and is quiet about a sound parser."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SOUND = """#include <cstddef>
#include <cstdint>
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size > 1 && data[0] == 'a' && data[1] == 'b') {
        volatile auto last = data[size - 1];
        static_cast<void>(last);
    }
    return 0;
}
"""
FAULTY = SOUND.replace("data[size - 1]", "data[size]")


def build(root, name, text):
    source = root / f"{name}.cpp"
    source.write_text(text)
    program = root / "build/asan/fuzzers" / f"fuzz_{name}"
    program.parent.mkdir(parents=True, exist_ok=True)
    flags = ["-O1", "-g", "-fsanitize=fuzzer,address"]
    subprocess.run(["clang++-19", *flags, str(source), "-o", str(program)], check=True)
    corpus = root / "tests/fuzz/corpus" / name
    corpus.mkdir(parents=True)
    (corpus / "seed").write_bytes(b"ab" if name == "faulty" else b"xy")


def run(root, *words):
    done = subprocess.run(
        [sys.executable, "-B", str(HERE / "run"), "--seconds", "1", *words],
        env=dict(os.environ, SALLYPORT_FUZZ_ROOT=str(root)),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def main():
    root = pathlib.Path(tempfile.mkdtemp(prefix="fuzz-run."))
    try:
        build(root, "sound", SOUND)
        build(root, "faulty", FAULTY)
        faulty, sound, unknown = run(root, "faulty"), run(root, "sound"), run(root, "nothing")
        checks = [
            ("a fault is found", faulty[0] == 1 and "heap-buffer-overflow" in faulty[1]),
            ("its input is kept aside", any((root / "build/fuzz/failed/faulty").iterdir())),
            ("the kept corpus is left alone", len(list((root / "tests/fuzz/corpus/faulty").iterdir())) == 1),
            ("a sound parser passes", sound[0] == 0 and sound[1].endswith("1 passed, 0 failed\n")),
            (
                "a target that is not there is a failure",
                unknown[0] == 1 and unknown[1].endswith("0 passed, 1 failed\n"),
            ),
        ]
    finally:
        shutil.rmtree(root)
    for name, good in checks:
        if not good:
            print(f"FAIL {name}\n{faulty}\n{sound}")
    failed = sum(not good for _, good in checks)
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
