"""Signing in and signing up at Sallyport, as a program does it."""

import http.client
import json
import time
from dataclasses import dataclass

PATH = "/signin"
SIGN_UP_PATH = "/signup"


@dataclass
class Answer:
    status: int
    seconds: float
    retry_after: str | None
    text: str
    headers: list


def sign_in(port, email, password, source="127.0.0.1"):
    """One sign-in, from any loopback address: each is a network of its own."""
    return post(port, PATH, {"email": email, "password": password}, source)


def begin_sign_up(port, email, source="127.0.0.1"):
    """The first step: a code is mailed."""
    return post(port, SIGN_UP_PATH, {"email": email}, source)


def post(port, path, fields, source):
    """Over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(source, 0))
    connection.connect()
    begun = time.perf_counter()
    connection.request("POST", path, json.dumps(fields), headers())
    response = connection.getresponse()
    text = response.read().decode(errors="replace")
    seconds = time.perf_counter() - begun
    connection.close()
    return Answer(response.status, seconds, response.getheader("Retry-After"), text, response.getheaders())


def headers():
    return {"Content-Type": "application/json", "Accept": "application/json"}


def signing_in(accounts, password, delay_ms=None):
    """A wrk script: each request signs another person in, from another network by the word of a trusted
    proxy; with a delay, each connection waits before it."""
    lines = [f'wrk.headers["{name}"] = "{value}"' for name, value in headers().items()]
    return "\n".join(lines) + f"""
local at = 0
function request()
  at = (at + 1) % {accounts}
  local body = '{{"email":"person' .. at .. '@bench.test","password":"{password}"}}'
  wrk.headers["X-Forwarded-For"] = "10.0." .. math.floor(at / 250) .. "." .. at % 250 + 1
  return wrk.format("POST", "{PATH}", nil, body)
end
""" + (f"function delay() return {delay_ms} end\n" if delay_ms else "")
