"""Verifying a passkey's answer, with the key's import, and a whole sign-in by passkey. Aim: within 200 CPU-µs
besides the commits; the signature alone with its key's import is 80."""

import subprocess

from measure.table import Row
from measure.unavailable import Unavailable

OWN_US_MAX = 200


def verify(places):
    """passkey verification"""
    answer = subprocess.run(
        [places.program("webauthn", "bench"), "500"], capture_output=True, text=True, timeout=60
    )
    if answer.returncode != 0:
        raise Unavailable("webauthn: " + answer.stderr.strip()[-160:])
    for line in answer.stdout.splitlines():
        algorithm, _, cpu_us = line.split()
        yield Row(f"passkey verification, {algorithm}", cpu_us=float(cpu_us))


def sign_in(places):
    """Sallyport, passkey sign-in"""
    count = 200 if places.quick else 1_000
    with places.scratch() as folder:
        answer = subprocess.run(
            [places.program("passkey_sign_in", "bench"), f"{folder}/bench.db", str(count)],
            capture_output=True,
            text=True,
            timeout=120,
        )
    if answer.returncode != 0:
        raise Unavailable("passkey_sign_in: " + answer.stderr.strip()[-160:])
    words = answer.stdout.split()
    whole, commits, commit = float(words[2]), int(words[4]), float(words[7])
    own = whole - commits * commit
    note = f"{whole:.0f} with its {commits} commits of {commit:.0f} each; ES256, SQLite"
    row = Row("Sallyport, passkey sign-in besides the commits", cpu_us=own, note=note)
    yield row.aims(f"{OWN_US_MAX} CPU-µs", own <= OWN_US_MAX)


PARTS = (verify, sign_in)
