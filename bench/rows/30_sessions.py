"""The session check that the exchange's servers ask for: one session, a thousand, a million. Aims: at most
9 CPU-µs, equally fast at each size, at most 150 MB at a million, at most 40 MB idle besides the hash pool."""

from measure.front_door import cycling_through, seed, serve, session_headers
from measure.load import offer
from measure.table import Row, row_of

PATH = "/api/v1/session"
MILLION = 1_000_000
WARM_UP_SECONDS_MAX = 60


def idle(places):
    """Sallyport, idle after start"""
    with places.scratch() as folder:
        seed(places, folder, 1, 1, 1)
        with serve(places, folder) as server:
            yield Row(
                "Sallyport, idle after start",
                resident_mb=server.resident_mb(),
                start_ms=server.start_ms,
                note="aims: 40 MB, 100 ms",
            )


def one_session(places):
    """Sallyport, session check"""
    with places.scratch() as folder:
        tokens = seed(places, folder, 1, 1, 1)
        with serve(places, folder) as server:
            load = offer(places, server, PATH, places.seconds, headers=session_headers(tokens[0]))
            yield row_of("Sallyport, session check", load, server, note="aim: 9 µs")


def many_sessions(count):
    def part(places):
        with places.scratch() as folder:
            tokens = seed(places, folder, 1000, count, count)
            with serve(places, folder) as server:
                script = cycling_through(tokens, folder, PATH)
                del tokens
                # Once through all of them, so that each is held in memory.
                warm = 0
                while warm < count:
                    load = offer(
                        places, server, PATH, max(1, min(WARM_UP_SECONDS_MAX, count // 20_000)), script=script
                    )
                    warm += max(load.requests, count // 20)
                load = offer(places, server, PATH, places.seconds, script=script)
                aim = "aim: 150 MB" if count == MILLION else ""
                yield row_of(f"Sallyport, session check among {count:,}", load, server, note=aim)

    part.__doc__ = f"Sallyport, session check among {count:,}"
    return part


PARTS = (idle, one_session, many_sessions(1_000), many_sessions(MILLION))
