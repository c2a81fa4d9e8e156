"""Verifying a passkey's answer, with the key's import. Aim: a sign-in by passkey within 200 CPU-µs besides
the commit; the signature alone with its key's import is 80."""

import subprocess

from measure.table import Row
from measure.unavailable import Unavailable


def verify(places):
    """passkey verification"""
    answer = subprocess.run(
        [places.program("webauthn", "bench"), "500"], capture_output=True, text=True, timeout=60
    )
    if answer.returncode != 0:
        raise Unavailable("webauthn: " + answer.stderr.strip()[-160:])
    for line in answer.stdout.splitlines():
        algorithm, _, cpu_us = line.split()
        note = "aim: 200 µs with the rest of the sign-in" if algorithm == "ES256" else ""
        yield Row(f"passkey verification, {algorithm}", cpu_us=float(cpu_us), note=note)


PARTS = (verify,)
