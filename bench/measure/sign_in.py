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


def begin_reset(port, email, source="127.0.0.1"):
    """A code is mailed, or a mail that says that there is no account."""
    return post(port, "/reset", {"email": email}, source)


def begin_unlock(port, email, source="127.0.0.1"):
    """Nothing is mailed where no account is locked."""
    return post(port, "/unlock", {"email": email}, source)


def lock_wrongly(port, email, source="127.0.0.1"):
    """As a person who has the number of the page, and a code of nobody's message."""
    step = json.loads(send(port, "GET", "/lock", None, source).text)
    fields = {name: step[name] for name in ("step_token", "step_number")}
    return post(port, "/lock", {"email": email, "code": "7K2MB-XQ4TR", **fields}, source)


def check_message(port, recipient, source="127.0.0.1"):
    """A number in order that is on no message."""
    return post(port, "/verify", {"number": "V-0000-0000-0000-0000", "recipient": recipient}, source)


def post(port, path, fields, source):
    return send(port, "POST", path, json.dumps(fields), source)


def send(port, method, path, body, source):
    """Over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(source, 0))
    connection.connect()
    begun = time.perf_counter()
    connection.request(method, path, body, headers())
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
