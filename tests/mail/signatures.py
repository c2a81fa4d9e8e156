"""Every mail of the catalogue, in every language, is verified by two implementations that are not ours:
dkimpy (Debian's python3-dkim) and OpenDKIM; and a mail that was changed is refused by both.

    tests/mail/signatures.py PROGRAM      PROGRAM: test_slices_messages, which writes the signed mails
"""

import email
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import dkim

DAY = 24 * 3600
LIFE_DAYS = 7
SLACK_SECONDS = 11 * 3600  # dkimpy forgives clocks ten hours
TOGETHER = 40  # mails that one run of OpenDKIM gets
WORDS = b"Exchange"


def write_mails(program, folder, at):
    folder.mkdir()
    env = dict(os.environ, SALLYPORT_MAIL_PREVIEW=str(folder), SALLYPORT_MAIL_PREVIEW_AT=str(int(at)))
    command = [program, "--gtest_filter=All/Mails.KeepTheRulesOfEveryMail/*", "--gtest_brief=1"]
    ended = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"{ended.stdout[-2000:]}{ended.stderr[-500:]}\n0 passed, 1 failed")
    records = dict(line.split(" ", 1) for line in (folder / "dns.txt").read_text().splitlines())
    return records, sorted(folder.glob("*.eml"))


def by_dkimpy(raw, records):
    """What each signature came to: the RSA one first."""

    def answer(name, timeout=5):
        return records.get(name.decode().rstrip("."), "").encode()

    verifier = dkim.DKIM(raw)
    verdicts = []
    for index in range(2):
        try:
            verdicts.append(verifier.verify(index, dnsfunc=answer))
        except (dkim.DKIMException, ValueError, KeyError, IndexError):  # how it says that it cannot read one
            verdicts.append(False)
    return verdicts


def by_opendkim(paths, folder, records):
    """The files that it verifies. It looks at the first signature that it can use."""
    keys = folder / "keys"
    keys.write_text("".join(f"{name} {record}\n" for name, record in records.items()))
    config = folder / "opendkim.conf"
    config.write_text(f"Mode v\nTestPublicKeys {keys}\nSyslog no\nUserID {os.getuid()}\n")
    good = set()
    for begun in range(0, len(paths), TOGETHER):
        some = paths[begun : begun + TOGETHER]
        command = ["/usr/sbin/opendkim", "-v", "-v", "-x", str(config), "-t", ",".join(map(str, some))]
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        output = said.stdout + said.stderr
        for path in some:
            if re.search(rf"{re.escape(str(path))}: verification .*succeeded", output):
                good.add(path)
    return good


def changed(raw):
    """(what was done, the mail): none of these may pass."""
    head, body = raw.split(b"\r\n\r\n", 1)

    def with_head(old, new):
        assert old in head, old
        return head.replace(old, new, 1) + b"\r\n\r\n" + body

    yield "one letter of the body", head + b"\r\n\r\n" + body.replace(b"e", b"E", 1)
    yield "text after the end", raw + b"Call this number.\r\n"
    yield "the subject", with_head(b"\r\nSubject: ", b"\r\nSubject: Urgent: ")
    yield "the sender's name", with_head(WORDS, b"Sxchange")
    yield "the recipient", with_head(b"ada@mail.example", b"eve@mail.example")
    yield "the date", re.sub(rb"\r\nDate: (...), (\d\d)", rb"\r\nDate: \1, 01", head, 1) + b"\r\n\r\n" + body
    for name in (b"From", b"To", b"Subject", b"Date", b"Reply-To", b"Cc", b"Content-Type", b"Sender"):
        value = b"text/html" if name == b"Content-Type" else b"eve@mail.example"
        yield f"another {name.decode()}, above", name + b": " + value + b"\r\n" + raw
        yield f"another {name.decode()}, below", head + b"\r\n" + name + b": " + value + b"\r\n\r\n" + body


def main(program):
    counts = {True: 0, False: 0}

    def check(right, what):
        counts[bool(right)] += 1
        if not right:
            print(f"FAIL {what}")

    folder = pathlib.Path(tempfile.mkdtemp(prefix="dkim."))
    try:
        now = time.time()
        records, mails = write_mails(program, folder / "now", now)
        check(len(mails) > 200, f"{len(mails)} mails were written")
        approved = by_opendkim(mails, folder, records)
        for path in mails:
            check(by_dkimpy(path.read_bytes(), records) == [True, True], f"dkimpy refuses {path.name}")
            check(path in approved, f"OpenDKIM refuses {path.name}")

        genuine = folder / "now" / "E11-en.eml"
        for number, (what, raw) in enumerate(changed(genuine.read_bytes())):
            forged = folder / f"forged-{number}.eml"
            forged.write_bytes(raw)
            email.message_from_bytes(raw)  # still a mail that a program reads
            check(by_dkimpy(raw, records) == [False, False], f"dkimpy accepts a change: {what}")
            check(not by_opendkim([forged], folder, records), f"OpenDKIM accepts a change: {what}")
        strange = {**records, "r1._domainkey.exchange.example": "v=DKIM1; k=rsa; p="}
        check(by_dkimpy(genuine.read_bytes(), strange) == [False, True], "a key that was taken back counts")

        records, mails = write_mails(program, folder / "old", now - LIFE_DAYS * DAY + 3600)
        check(by_dkimpy(mails[0].read_bytes(), records) == [True, True], "an hour before its end it is good")
        records, mails = write_mails(program, folder / "dead", now - LIFE_DAYS * DAY - SLACK_SECONDS)
        late = by_dkimpy(mails[0].read_bytes(), records)
        check(late == [False, False], "dkimpy accepts it after seven days")
        check(not by_opendkim(mails[:1], folder, records), "OpenDKIM accepts it after seven days")
    finally:
        shutil.rmtree(folder)
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
