"""Password sign-in: its cost above the hash, what a flood of sign-ins does to session checks, and whether
time or answer tell known addresses from unknown ones (ux.md G13)."""

import re
import statistics
import subprocess
import threading
import time

from measure.front_door import PASSWORD, answers_by_status, seed, serve, session_headers
from measure.load import offer
from measure.sign_in import (
    begin_reset,
    begin_sign_up,
    begin_unlock,
    check_message,
    lock_wrongly,
    sign_in,
    signing_in,
)
from measure.table import Row, row_of
from measure.unavailable import Unavailable

ACCOUNTS = 2_000
ROUNDS = 3
ABOVE_HASH_MAX = 0.03
COST_CONNECTIONS = 8  # keeps the hash workers busy, as in a rush; the rest of the work is then done in groups
# What waits for a hash (64, and those under way) fills 70 connections; each of the others offers a sign-in
# every 110 ms: 1,000 a second, some ten times what two cores hash.
FLOOD_CONNECTIONS = 180
FLOOD_DELAY_MS = 110
FLOOD_P99_MS_MAX = 10
REFUSAL_MS_MAX = 100
TIMED_ADDRESSES = 200
QUICK_ADDRESSES = 40
TIMED_SETTLE = 20  # before the timed ones
DIFFERENCE_MS_MAX = 3  # of the medians
P95_DIFFERENCE_MS_MAX = 60


def hash_cpu_ms(places):
    answer = subprocess.run(
        [places.program("hashes", "bench"), "60"], capture_output=True, text=True, timeout=60
    )
    if answer.returncode != 0:
        raise Unavailable("hashes: " + answer.stderr.strip()[-160:])
    return float(answer.stdout.split()[1])


def cost(places):
    """Sallyport, password sign-in"""
    with places.scratch() as folder:
        seed(places, folder, ACCOUNTS, 1, 1)
        with serve(places, folder) as server:
            first = sign_in(server.port, "person0@bench.test", PASSWORD)
            if first.status >= 300:
                raise Unavailable(f"POST /signin answered {first.status}: {first.text[:160]}")
            script = signing_in(ACCOUNTS, PASSWORD)
            rounds = []
            for _ in range(1 if places.quick else ROUNDS):
                # The threads that hash and all others, in one run: both feel the machine's other work alike.
                before = server.cpu_seconds(), server.low_priority_seconds()
                load = offer(places, server, "/signin", places.seconds, COST_CONNECTIONS, script=script)
                whole, hashing = (
                    now - then
                    for now, then in zip((server.cpu_seconds(), server.low_priority_seconds()), before)
                )
                rounds.append((whole / hashing - 1, load))
            above, load = sorted(rounds, key=lambda one: one[0])[len(rounds) // 2]
            note = f"{above * 100:.1f} % above its hashes; a bare hash takes {hash_cpu_ms(places):.1f} CPU-ms"
            row = row_of("Sallyport, password sign-in", load, server, note=note)
            yield row.aims(f"{ABOVE_HASH_MAX * 100:.0f} % above", above <= ABOVE_HASH_MAX)


def flood(places):
    """Sallyport, session check during a flood of sign-ins"""
    with places.scratch() as folder:
        tokens = seed(places, folder, ACCOUNTS, 1, 1)
        with serve(places, folder) as server:
            knocks, over = [], threading.Event()
            offered = {}

            def offer_sign_ins():
                script = signing_in(ACCOUNTS, PASSWORD, FLOOD_DELAY_MS)
                seconds = places.seconds + 3
                offered["load"] = offer(
                    places, server, "/signin", seconds, FLOOD_CONNECTIONS, script=script, expect_errors=True
                )

            def knock():
                while not over.wait(0.05):
                    number = len(knocks) % ACCOUNTS
                    source = f"127.3.{number // 250}.{number % 250 + 1}"
                    knocks.append(sign_in(server.port, f"person{number}@bench.test", PASSWORD, source))

            threads = [threading.Thread(target=work) for work in (offer_sign_ins, knock, knock, knock)]
            for thread in threads:
                thread.start()
            try:
                time.sleep(2)  # wrk's warm-up, then the queue is full
                headers = session_headers(tokens[0])
                load = offer(places, server, "/api/v1/session", places.seconds, headers=headers)
            finally:
                over.set()
                for thread in threads:
                    thread.join()
            row = row_of("Sallyport, session check during a flood of sign-ins", load, server)
            yield row.aims(f"p99 {FLOOD_P99_MS_MAX} ms", load.p99_ms <= FLOOD_P99_MS_MAX)
            yield refusals(knocks, offered["load"], answers_by_status(server, "/signin"))


def refusals(knocks, load, statuses):
    """How those who were turned away fared."""
    refused = [answer for answer in knocks if answer.status == 503]
    if not refused:
        raise Unavailable("no sign-in was refused: the flood was too small")
    told = all(answer.retry_after for answer in refused)
    times = sorted(answer.seconds * 1000 for answer in refused)
    median = statistics.median(times)
    counts = ", ".join(f"{count} of {status}" for status, count in sorted(statuses.items()))
    row = Row(
        "  … and the sign-ins offered",
        rate=load.rate,
        p50_ms=median,
        p99_ms=times[int(len(times) * 0.99)],
        note=f"times of {len(refused)} refusals (503), {'all' if told else 'NOT all'} with Retry-After; "
        f"answers: {counts}",
    )
    return row.aims(f"503 in {REFUSAL_MS_MAX} ms", told and median <= REFUSAL_MS_MAX)


def masked(answer, who):
    """An answer with what every answer has of its own taken out."""
    text = re.sub(r"[0-9a-f-]{36}|\b\d{10,}\b", "…", answer.text.replace(who, "…"))
    headers = sorted(
        (name, re.sub(r"=[A-Za-z0-9_-]{43}", "=…", value))
        for name, value in answer.headers
        if name not in ("Date", "Content-Length")
    )
    return answer.status, text, tuple(headers)


def compare(places, what, ask):
    """`ask(port, address, source)` for addresses that have an account and ones that have none, once each."""
    count = QUICK_ADDRESSES if places.quick else TIMED_ADDRESSES
    with places.scratch() as folder:
        seed(places, folder, TIMED_ADDRESSES, 1, 1)
        with serve(places, folder) as server:
            times, answers = {"person": [], "nobody": []}, {"person": set(), "nobody": set()}
            for number in range(-TIMED_SETTLE, count):
                # Turn about, and each from another network, so that no limit is met.
                for name in ("person", "nobody") if number % 2 else ("nobody", "person"):
                    who = f"{name}{number}@bench.test" if number >= 0 else f"settle{name}{-number}@bench.test"
                    index = (number + TIMED_SETTLE) * 2 + (name == "person")
                    answer = ask(server.port, who, f"127.1.{index // 250}.{index % 250 + 1}")
                    if answer.status >= 500 or answer.status in (404, 429):
                        raise Unavailable(f"{what}: answered {answer.status}: {answer.text[:160]}")
                    if number >= 0:
                        times[name].append(answer.seconds * 1000)
                        answers[name].add(masked(answer, who))
    known, unknown = (statistics.median(times[name]) for name in ("person", "nobody"))
    p95_known, p95_unknown = (sorted(times[name])[int(count * 0.95)] for name in ("person", "nobody"))
    same = answers["person"] == answers["nobody"]
    row = Row(
        f"Sallyport, {what}: known and unknown addresses",
        p50_ms=known,
        note=f"medians {known - unknown:+.2f} ms apart ({known / unknown:.3f} to 1), "
        f"p95 {p95_known - p95_unknown:+.1f} ms, {count} addresses each; "
        f"{'one and the same answer' if same else 'ANSWERS DIFFER'}",
    )
    near = abs(known - unknown) <= DIFFERENCE_MS_MAX and abs(p95_known - p95_unknown) <= P95_DIFFERENCE_MS_MAX
    return row.aims(f"{DIFFERENCE_MS_MAX} ms apart", near and same)


def known_or_unknown(places):
    """Sallyport: known and unknown addresses"""
    yield compare(
        places,
        "sign-in",
        lambda port, who, source: sign_in(port, who, "not the right password", source),
    )
    yield compare(places, "sign-up", begin_sign_up)
    yield compare(places, "reset", begin_reset)
    yield compare(places, "check of a message", check_message)
    yield compare(places, "lock with a wrong code", lock_wrongly)
    yield compare(places, "unlock", begin_unlock)


PARTS = (cost, flood, known_or_unknown)
