"""The peers, as their packages are: session check and password sign-in on SQLite."""

import gzip
import http.client
import json
import re
import sqlite3
from pathlib import Path

from measure.load import offer
from measure.places import free_port
from measure.server import Server
from measure.table import row_of
from measure.unavailable import Unavailable

PEERS = Path(__file__).resolve().parent.parent / "peers"
GLEWLWYD_CONFIGURATION = Path("/etc/glewlwyd/glewlwyd.conf")
GLEWLWYD_TABLES = Path("/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz")
SIGN_IN_CONNECTIONS = 4


def post(port, path, body):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(
        "POST",
        path,
        json.dumps(body),
        {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{port}"},
    )
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    if answer.status != 200:
        raise Unavailable(f"POST {path} answered {answer.status}: {text[:120]}")
    cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
    connection.close()
    return cookie


def posting(body, port):
    """A wrk script that posts this body over and over."""
    return (
        f'wrk.method = "POST"\nwrk.body = [[{json.dumps(body)}]]\n'
        f'wrk.headers["Content-Type"] = "application/json"\n'
        f'wrk.headers["Origin"] = "http://127.0.0.1:{port}"\n'
    )


def glewlwyd(places):
    """peer: glewlwyd (Debian, SQLite)"""
    program = places.command("glewlwyd")
    if not GLEWLWYD_TABLES.exists():
        raise Unavailable(f"{GLEWLWYD_TABLES} is missing (does dpkg leave out documentation here?)")
    port = free_port()
    with places.scratch() as folder:
        database = f"{folder}/glewlwyd.db"
        with sqlite3.connect(database) as tables:
            tables.executescript(gzip.decompress(GLEWLWYD_TABLES.read_bytes()).decode())
        tables.close()
        text = GLEWLWYD_CONFIGURATION.read_text()
        for pattern, line in (
            (r"^port=.*", f"port={port}"),
            (r"^#bind_address=.*", 'bind_address="127.0.0.1"'),
            (r"^external_url=.*", f'external_url="http://127.0.0.1:{port}/"'),
            (r"^log_mode=.*", 'log_mode="console"'),
            (r"^log_level=.*", 'log_level="ERROR"'),
            (r"^@include.*", f'database = {{ type = "sqlite3"; path = "{database}"; }};'),
        ):
            text, count = re.subn(pattern, line, text, count=1, flags=re.M)
            if count == 0:
                raise Unavailable(f"the packaged configuration has no line {pattern}")
        configuration = f"{folder}/glewlwyd.conf"
        with open(configuration, "w") as out:
            out.write(text)
        with Server([program, "-c", configuration], port, log=f"{folder}/log") as server:
            who = {"username": "admin", "password": "password"}  # the package's own first account
            headers = {"Cookie": post(port, "/api/auth/", who)}
            idle = server.resident_mb()
            load = offer(places, server, "/api/profile_list/", places.seconds, headers=headers)
            yield row_of(
                "peer: glewlwyd, session check",
                load,
                server,
                resident_mb=idle,
                note="2.7, SQLite; memory idle",
            )
            load = offer(
                places, server, "/api/auth/", places.seconds, SIGN_IN_CONNECTIONS, script=posting(who, port)
            )
            yield row_of("peer: glewlwyd, password sign-in", load, server, note="its own PBKDF2")


def better_auth(places):
    """peer: better-auth (npm, Node, SQLite)"""
    folder, node = places.npm_packages("better-auth", PEERS / "better-auth")
    (folder / "server.mjs").write_bytes((PEERS / "better-auth" / "server.mjs").read_bytes())
    port = free_port()
    with places.scratch() as scratch:
        with Server(
            [node, "--no-warnings", "server.mjs", str(port), f"{scratch}/auth.db"],
            port,
            "/api/auth/ok",
            {"NODE_ENV": "production"},
            folder,
            f"{scratch}/log",
        ) as server:
            who = {"email": "ann@bench.test", "name": "Ann", "password": "correct horse battery"}
            headers = {"Cookie": post(port, "/api/auth/sign-up/email", who)}
            idle = server.resident_mb()
            load = offer(places, server, "/api/auth/get-session", places.seconds, headers=headers)
            yield row_of(
                "peer: better-auth, session check",
                load,
                server,
                resident_mb=idle,
                note="Node 22, node:sqlite; memory idle",
            )
            del who["name"]
            load = offer(
                places,
                server,
                "/api/auth/sign-in/email",
                places.seconds,
                SIGN_IN_CONNECTIONS,
                script=posting(who, port),
            )
            yield row_of("peer: better-auth, password sign-in", load, server, note="its own scrypt")


PARTS = (glewlwyd, better_auth)
