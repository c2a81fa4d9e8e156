"""Sallyport itself under measurement: seeded data, a configuration, and `sallyport serve`."""

import http.client
import re
import subprocess

from measure.places import free_port
from measure.server import Server
from measure.unavailable import Unavailable

SEED_SECONDS_MAX = 400
PASSWORD = "bench: violet tandem orbit"  # of every seeded account (bench/programs/seed.cpp)

CONFIGURATION = """
[public]
url = "http://127.0.0.1:{port}"
[listen]
public = "127.0.0.1:{port}"
private = "127.0.0.1:{private_port}"
event_loops = {event_loops}
trusted_proxies = ["127.0.0.1"]
[database]
location = "sqlite:{folder}/sallyport.db"
[keys]
file = "{folder}/keys"
[mail]
from = "no-reply@bench.test"
[relay]
url = "smtp://127.0.0.1:{mail_port}"
tls = "none"
"""


def seed(places, folder, accounts, sessions, tokens):
    """A new database in `folder`; the secrets of `tokens` of its sessions."""
    places.program("sallyport")  # without it, seeding would be for nothing
    program = places.program("seed", "bench")
    answer = subprocess.run(
        [program, f"{folder}/sallyport.db", f"{folder}/keys", str(accounts), str(sessions), str(tokens)],
        capture_output=True,
        text=True,
        timeout=SEED_SECONDS_MAX,
    )
    if answer.returncode != 0:
        raise Unavailable("seeding failed: " + answer.stderr.strip()[-160:])
    return answer.stdout.split()


def serve(places, folder, mail_port=9, event_loops=0):
    """`sallyport serve` on the database in `folder`, as a Server to be entered; 0 loops: one a core."""
    program = places.program("sallyport")
    port, private_port = free_port(), free_port()
    configuration = f"{folder}/sallyport.toml"
    with open(configuration, "w") as out:
        out.write(
            CONFIGURATION.format(
                port=port,
                private_port=private_port,
                folder=folder,
                mail_port=mail_port,
                event_loops=event_loops,
            )
        )
    server = Server([program, "serve", "--config", configuration], port, "/healthz", log=f"{folder}/log")
    server.private_port = private_port
    return server


def answers_by_status(server, path):
    """How many requests for `path` were answered with which status, by the server's own metrics."""
    connection = http.client.HTTPConnection("127.0.0.1", server.private_port, timeout=10)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    counted = {}
    for line in text.splitlines():
        if line.startswith("sallyport_http_requests_total{") and f'route="{path}"' in line:
            status = re.search(r'status="(\w+)"', line)[1]
            counted[status] = counted.get(status, 0) + int(float(line.rsplit(" ", 1)[1]))
    return counted


def session_headers(token):
    return {"Cookie": f"__Host-session={token}", "Accept": "application/json"}


def write_tokens(tokens, folder):
    file = f"{folder}/tokens"
    with open(file, "w") as out:
        out.write("\n".join(tokens))
    return file


def cycling_through(file, path, first=0):
    """A wrk script that shows another session of the file with each request, from the first on."""
    return f"""
local tokens, at = {{}}, {first}
function init()
  for token in io.lines("{file}") do tokens[#tokens + 1] = token end
end
function request()
  at = at % #tokens + 1
  return "GET {path} HTTP/1.1\\r\\nHost: " .. wrk.host .. ":" .. wrk.port ..
    "\\r\\nAccept: application/json\\r\\nCookie: __Host-session=" .. tokens[at] .. "\\r\\n\\r\\n"
end
"""
