"""Password sign-in: its cost above the hash, what a flood of sign-ins does to session checks, and whether the
time tells known addresses from unknown ones."""

import statistics
import subprocess
import threading
import time

from measure.front_door import PASSWORD, seed, serve, session_headers
from measure.load import offer
from measure.sign_in import sign_in, signing_in
from measure.table import Row, row_of
from measure.unavailable import Unavailable

ACCOUNTS = 2_000
ROUNDS = 3
FLOOD_CONNECTIONS = 100
FLOOD_DELAY_MS = 110  # 100 connections, one sign-in each 110 ms: some 900 a second, ten times two cores' 90
TIMED_ADDRESSES = 200
TIMED_SETTLE = 20  # sign-ins before the timed ones


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
            # One at a time, and turn about with bare hashes: both feel the machine's other work alike.
            rounds = []
            for _ in range(ROUNDS):
                bare = hash_cpu_ms(places)
                load = offer(
                    places, server, "/signin", places.seconds, 1, script=signing_in(ACCOUNTS, PASSWORD)
                )
                rounds.append((load.cpu_us / 1000 / bare - 1, load, bare))
            above, load, bare = sorted(rounds, key=lambda one: one[0])[ROUNDS // 2]
            yield row_of(
                "Sallyport, password sign-in",
                load,
                server,
                note=f"{above * 100:+.1f} % above one hash ({bare:.1f} CPU-ms); aim: 3 %",
            )


def flood(places):
    """Sallyport, session check during a flood of sign-ins"""
    with places.scratch() as folder:
        tokens = seed(places, folder, ACCOUNTS, 1, 1)
        with serve(places, folder) as server:
            answers, over = [], threading.Event()
            flood_load = {}

            def offer_sign_ins():
                script = signing_in(ACCOUNTS, PASSWORD, FLOOD_DELAY_MS)
                flood_load["load"] = offer(
                    places,
                    server,
                    "/signin",
                    places.seconds + 3,
                    FLOOD_CONNECTIONS,
                    script=script,
                    expect_errors=True,
                )

            def knock():
                while not over.wait(0.05):
                    answers.append(
                        sign_in(server.port, f"person{len(answers) % ACCOUNTS}@bench.test", PASSWORD)
                    )

            threads = [threading.Thread(target=offer_sign_ins), threading.Thread(target=knock)]
            for thread in threads:
                thread.start()
            try:
                time.sleep(2)  # wrk's warm-up, then the queue is full
                load = offer(
                    places, server, "/api/v1/session", places.seconds, headers=session_headers(tokens[0])
                )
            finally:
                over.set()
                for thread in threads:
                    thread.join()
            yield row_of(
                "Sallyport, session check during a flood of sign-ins", load, server, note="aim: p99 10 ms"
            )
            refused = [answer for answer in answers if answer.status == 503]
            told = sum(1 for answer in refused if answer.retry_after)
            done = flood_load["load"]
            times = [answer.seconds * 1000 for answer in refused] or [float("nan")]
            yield Row(
                "  … and the sign-ins offered",
                rate=done.rate,
                p50_ms=statistics.median(times),
                p99_ms=max(times),
                note=f"{done.refused} of {done.requests} refused; times of {len(refused)} refusals (503), "
                f"{told} with Retry-After",
            )


def known_or_unknown(places):
    """Sallyport, sign-in: known and unknown addresses"""
    with places.scratch() as folder:
        seed(places, folder, TIMED_ADDRESSES, 1, 1)
        with serve(places, folder) as server:
            times = {"person": [], "nobody": []}
            for number in range(-TIMED_SETTLE, TIMED_ADDRESSES):
                # Turn about, and each from another network, so that no limit is met.
                order = ("person", "nobody") if number % 2 else ("nobody", "person")
                for name in order:
                    who = (
                        f"{name}{number}@bench.test" if number >= 0 else f"{name}-settle{-number}@bench.test"
                    )
                    index = (number + TIMED_SETTLE) * 2 + (name == "person")
                    answer = sign_in(
                        server.port, who, "not the right password", f"127.1.{index // 250}.{index % 250 + 1}"
                    )
                    if answer.status >= 500 or answer.status == 404:
                        raise Unavailable(f"POST /signin answered {answer.status}: {answer.text[:160]}")
                    if number >= 0:
                        times[name].append(answer.seconds * 1000)
            known, unknown = (statistics.median(times[name]) for name in ("person", "nobody"))
            yield Row(
                "Sallyport, sign-in: known and unknown addresses",
                p50_ms=known,
                note=f"unknown {unknown:.2f} ms: {known - unknown:+.2f} ms over {TIMED_ADDRESSES} addresses "
                "each; aim: 3 ms",
            )


PARTS = (cost, flood, known_or_unknown)
