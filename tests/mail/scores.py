"""Every mail of the catalogue, in each language that people read, is scored by rspamd (Debian's package, its
own rules): each is let through, verified (DKIM, SPF, DMARC), and has no mark against it but those that are
chosen below, each with its most. A mail that was changed shows that marks are seen.

    tests/mail/scores.py PROGRAM      PROGRAM: test_slices_messages, which writes the signed mails
"""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from signatures import write_mails  # noqa: E402

START_SECONDS = 60
ADDRESS = "192.0.2.7"  # of the relay that hands our mail over
ELSEWHERE = "198.51.100.9"
HOST = "mail.exchange.example"
MAILS_MIN = 100
# They ask the network or a database.
MODULES_OFF = ["rbl", "surbl", "fuzzy_check", "phishing", "neural", "bayes_expiry", "asn", "mx_check"]

# Marks that we accept, with the most that each may cost: 15 are a reason to refuse.
ACCEPTED = {
    "MANY_INVISIBLE_PARTS": 0.05,  # the hidden first line, so that lists of mail preview no words (ux.md M1)
    "MIME_BASE64_TEXT": 0.1,  # what is not Latin is shorter so
    "R_MIXED_CHARSET": 1.5,  # an Arabic subject that names a brand in Latin letters
}
READ_BY_PEOPLE = ("-en", "-ar", "-en-no-words", "-ar-no-words")  # not the pseudo-locales
VERIFIED = ["R_DKIM_ALLOW", "R_SPF_ALLOW", "DMARC_POLICY_ALLOW"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fake_records(published):
    records = [(f"{name}", "txt", record) for name, record in published.items()]
    records += [
        ("exchange.example", "txt", f"v=spf1 ip4:{ADDRESS} -all"),
        ("_dmarc.exchange.example", "txt", "v=DMARC1; p=reject; adkim=s; aspf=s"),
        ("exchange.example", "mx", f"10 {HOST}"),
        ("exchange.example", "a", ADDRESS),
        (HOST, "a", ADDRESS),
        ("7.2.0.192.in-addr.arpa", "ptr", HOST),
    ]
    return "".join(
        f"{{ name = {json.dumps(name)}; type = {kind}; rcode = 'noerror'; "
        f"replies = [{json.dumps(value)}]; }},\n"
        for name, kind, value in records
    )


class Rspamd:
    """One of its own, with Debian's rules, and without redis, network or a place outside `folder`."""

    def __init__(self, folder, published):
        self.port = free_port()
        local = folder / "local.d"
        for part in (local, folder / "db", folder / "run", folder / "log"):
            part.mkdir(parents=True)
        (local / "options.inc").write_text(
            'filters = "chartable,dkim,regexp";\n'
            "dns { timeout = 0.2s; retransmits = 1; nameserver = ['127.0.0.1:9'];\n"
            f"fake_records = [\n{fake_records(published)}];\n}}\n"
        )
        (local / "logging.inc").write_text('type = "console"; level = "warning";\n')
        (local / "worker-normal.inc").write_text(f'bind_socket = "127.0.0.1:{self.port}"; count = 1;\n')
        for other in ("worker-controller.inc", "worker-proxy.inc", "worker-fuzzy.inc"):
            (local / other).write_text("enabled = false;\n")
        for module in MODULES_OFF:
            (local / f"{module}.conf").write_text("enabled = false;\n")
        variables = {"LOCAL_CONFDIR": folder, "DBDIR": folder / "db", "RUNDIR": folder / "run"}
        variables["LOGDIR"] = folder / "log"
        command = ["/usr/bin/rspamd", "-f", "-i", "-c", "/etc/rspamd/rspamd.conf"]
        command += [f"--var={name}={value}" for name, value in variables.items()]
        self.log = (folder / "log" / "rspamd.log").open("w")
        self.child = subprocess.Popen(command, stdout=self.log, stderr=self.log, start_new_session=True)
        self.wait_until_ready(folder)

    def wait_until_ready(self, folder):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.child.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ping", timeout=5)
                return
            except (urllib.error.URLError, OSError):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.child.wait(0.1)  # it is asked again, unless it has ended
        raise SystemExit(f"{(folder / 'log' / 'rspamd.log').read_text()[-3000:]}\n0 passed, 1 failed")

    def judge(self, raw, address=ADDRESS):
        headers = {"From": "accounts@exchange.example", "Rcpt": "ada@mail.example", "IP": address}
        headers |= {"Helo": HOST, "Hostname": HOST, "Queue-Id": "1"}
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}/checkv2", raw, headers)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return json.load(answer)

    def stop(self):
        os.killpg(self.child.pid, signal.SIGTERM)
        self.child.wait(30)
        self.log.close()


def against(verdict):
    """The marks that cost more than is accepted: {name: [score, options]}."""
    return {
        name: [symbol["score"], symbol.get("options", [])]
        for name, symbol in verdict["symbols"].items()
        if symbol["score"] > ACCEPTED.get(name, 0)
    }


def main():
    passed, failures, seen = 0, [], {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        published, paths = write_mails(sys.argv[1], folder / "mails", time.time())
        rspamd = Rspamd(folder / "rspamd", published)
        try:
            paths = [path for path in paths if path.stem.endswith(READ_BY_PEOPLE)]
            for path in paths:
                verdict = rspamd.judge(path.read_bytes())
                missing = [one for one in VERIFIED if one not in verdict["symbols"]]
                marks = against(verdict)
                seen |= marks
                if marks or missing or verdict["action"] != "no action":
                    said = f"{verdict['action']} {verdict['score']} {marks} not {missing}"
                    failures.append(f"{path.name}: {said}")
                else:
                    passed += 1
            # The same from elsewhere, and changed: marks are seen.
            raw = paths[0].read_bytes().replace(b"Subject:", b"Subject: WIN CASH NOW", 1)
            forged = rspamd.judge(raw, ELSEWHERE)
            if "R_DKIM_REJECT" in forged["symbols"] and "DMARC_POLICY_REJECT" in against(forged):
                passed += 1
            else:
                failures.append(f"a forged mail: {forged['score']} {list(forged['symbols'])}")
            if len(paths) < MAILS_MIN:
                failures.append(f"only {len(paths)} mails")
        finally:
            rspamd.stop()
    for line in failures[:20]:
        print(line)
    if seen:
        print(f"marks: {seen}")
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
