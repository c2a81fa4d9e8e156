"""Signing in at Sallyport, as a program does it."""

import http.client
import json
import time
from dataclasses import dataclass

PATH = "/signin"


@dataclass
class Answer:
    status: int
    seconds: float
    retry_after: str | None
    text: str


def sign_in(port, email, password, source="127.0.0.1"):
    """One sign-in over a connection of its own, from any loopback address: each is a network of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(source, 0))
    connection.connect()
    begun = time.perf_counter()
    connection.request("POST", PATH, json.dumps({"email": email, "password": password}), headers())
    response = connection.getresponse()
    text = response.read().decode(errors="replace")
    seconds = time.perf_counter() - begun
    connection.close()
    return Answer(response.status, seconds, response.getheader("Retry-After"), text)


def headers():
    return {"Content-Type": "application/json", "Accept": "application/json"}


def signing_in(accounts, password, delay_ms=None):
    """A wrk script: each request signs another person in; with a delay, each connection waits before it."""
    lines = [f'wrk.headers["{name}"] = "{value}"' for name, value in headers().items()]
    return "\n".join(lines) + f"""
local at = 0
function request()
  at = (at + 1) % {accounts}
  local body = '{{"email":"person' .. at .. '@bench.test","password":"{password}"}}'
  return wrk.format("POST", "{PATH}", nil, body)
end
""" + (f"function delay() return {delay_ms} end\n" if delay_ms else "")
