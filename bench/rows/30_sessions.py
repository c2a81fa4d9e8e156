"""The session check that the exchange's servers ask for: one session, a thousand, a million."""

from measure.front_door import cycling_through, seed, serve, session_headers, write_tokens
from measure.load import offer
from measure.table import Row, row_of
from measure.unavailable import Unavailable

PATH = "/api/v1/session"
MILLION = 1_000_000
QUICK_MILLION = 50_000
CPU_US_MAX = 9
IDLE_MB_MAX = 40
MILLION_MB_MAX = 150
START_MS_MAX = 100
WARM_UP_STEP_SECONDS = 5
WARM_UP_STEPS_MAX = 40
# How much dearer a check may be among a million than among a thousand and still count as equally fast: what
# CPU time varies by from run to run.
EQUAL = 1.2


def idle(places):
    """Sallyport, idle after start"""
    with places.scratch() as folder:
        seed(places, folder, 1, 1, 1)
        starts = []
        for _ in range(5):
            with serve(places, folder) as server:
                starts.append(server.start_ms)
                resident = server.resident_mb()
        start = sorted(starts)[len(starts) // 2]
        met = resident <= IDLE_MB_MAX and start <= START_MS_MAX
        row = Row("Sallyport, idle after start", resident_mb=resident, start_ms=start)
        yield row.aims(f"{IDLE_MB_MAX} MB, {START_MS_MAX} ms", met)


def one_session(places):
    """Sallyport, session check"""
    with places.scratch() as folder:
        tokens = seed(places, folder, 1, 1, 1)
        with serve(places, folder) as server:
            load = offer(places, server, PATH, places.seconds, headers=session_headers(tokens[0]))
            row = row_of("Sallyport, session check", load, server)
            yield row.aims(f"{CPU_US_MAX} µs", load.cpu_us <= CPU_US_MAX)


def hold_all(places, server, file, count):
    """Once through all the sessions, so that each is held in memory."""
    seen = 0
    for _ in range(WARM_UP_STEPS_MAX):
        script = cycling_through(file, PATH, seen)
        seen += offer(places, server, PATH, WARM_UP_STEP_SECONDS, script=script, warm_up=False).requests
        if seen >= count:
            return
    raise Unavailable(f"{seen:,} of {count:,} sessions were asked for in time")


def among(places, count):
    with places.scratch() as folder:
        file = write_tokens(seed(places, folder, 1000, count, count), folder)
        with serve(places, folder) as server:
            hold_all(places, server, file, count)
            load = offer(places, server, PATH, places.seconds, script=cycling_through(file, PATH))
            return row_of(f"Sallyport, session check among {count:,}", load, server)


def many_sessions(places):
    """Sallyport, session check among many"""
    few = among(places, 1_000)
    yield few.aims(f"{CPU_US_MAX} µs", few.cpu_us <= CPU_US_MAX)
    many = among(places, QUICK_MILLION if places.quick else MILLION)
    met = many.resident_mb <= MILLION_MB_MAX and many.cpu_us <= EQUAL * few.cpu_us
    yield many.aims(f"{MILLION_MB_MAX} MB, as fast", met)


PARTS = (idle, one_session, many_sessions)
