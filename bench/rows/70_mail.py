"""From an event to the mail handed to SMTP (ux.md G21: 10 s at the 95th percentile); a long queue."""

import statistics
import subprocess
import threading
import time

from measure.front_door import seed, serve
from measure.places import free_port
from measure.sign_in import begin_sign_up
from measure.table import Row
from measure.unavailable import Unavailable

EVENTS = 60
P95_MS_MAX = 10_000
WAIT_SECONDS_MAX = 30
WAITING, CODES = 100_000, 200
MADE_A_SECOND_MIN = 1_000
CODE_P95_MS_MAX = 1_000


def mail(places):
    """from a sign-up to its mail at SMTP"""
    try:
        from aiosmtpd.controller import Controller
    except ImportError:
        raise Unavailable("python3-aiosmtpd is not installed") from None
    arrived, arrival = {}, threading.Event()

    class Sink:
        async def handle_DATA(self, _server, _session, envelope):
            arrived[envelope.rcpt_tos[0]] = time.monotonic()
            if len(arrived) == EVENTS:
                arrival.set()
            return "250 taken"

    sink = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    sink.start()
    try:
        with places.scratch() as folder:
            seed(places, folder, 1, 1, 1)
            with serve(places, folder, sink.port) as server:
                asked = {}
                for number in range(EVENTS):
                    address = f"new{number}@bench.test"
                    asked[address] = time.monotonic()
                    answer = begin_sign_up(server.port, address, f"127.2.0.{number + 1}")
                    if answer.status >= 400:
                        raise Unavailable(f"POST /signup answered {answer.status}: {answer.text[:160]}")
                arrival.wait(WAIT_SECONDS_MAX)
        taken = sorted(
            (arrived[address] - begun) * 1000 for address, begun in asked.items() if address in arrived
        )
        if len(taken) < EVENTS:
            raise Unavailable(f"{len(taken)} of {EVENTS} mails arrived within {WAIT_SECONDS_MAX} s")
        p95 = taken[int(EVENTS * 0.95) - 1]
        row = Row(
            "from a sign-up to its mail at SMTP",
            p50_ms=statistics.median(taken),
            p99_ms=taken[-1],
            note=f"p95 {p95:,.0f} ms of {EVENTS} mails; p99: the slowest",
        )
        yield row.aims("p95 10 s", p95 <= P95_MS_MAX)
    finally:
        sink.stop()


def queue(places):
    """mail while 100,000 notices wait"""
    program = places.program("mail_queue", "bench")
    with places.scratch() as folder:
        answer = subprocess.run(
            [program, folder, str(WAITING), str(CODES)], capture_output=True, text=True, timeout=300
        )
    if answer.returncode != 0:
        raise Unavailable("mail_queue: " + answer.stderr.strip()[-160:])
    found = {name: float(value) for name, value in (line.split() for line in answer.stdout.splitlines())}
    made = Row("mails rendered and signed (RSA and Ed25519), one core", rate=found["made"])
    yield made.aims(f"{MADE_A_SECOND_MIN:,} a second", found["made"] >= MADE_A_SECOND_MIN)
    yield Row(
        "mails handed to a sink on this machine",
        rate=found["left"],
        note=f"{WAITING:,} wait; the sink is in the same process",
    )
    code = Row(
        f"a code's mail from its event to SMTP, {WAITING:,} notices waiting",
        p50_ms=found["code_p50_ms"],
        p99_ms=found["code_max_ms"],
        note=f"p95 {found['code_p95_ms']:,.0f} ms of {CODES}; p99: the slowest",
    )
    yield code.aims("p95 1 s", found["code_p95_ms"] <= CODE_P95_MS_MAX)


PARTS = (mail, queue)
