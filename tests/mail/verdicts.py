"""Our verifier says of signatures what dkimpy (Debian's python3-dkim) says: of the vectors, of our own mail,
and of mails that were changed in many ways.

    tests/mail/verdicts.py PROGRAM      PROGRAM: test_slices_messages, which verifies what is in a folder

The vectors are in SALLYPORT_VECTORS, by default ../shared/vectors beside the checkout.
"""

import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import dkim
from signatures import by_dkimpy, changed, write_mails

DAY = 24 * 3600
OURS = ("E1", "E11", "E16", "E19", "E40")  # with a code, with facts, in Latin and Arabic script
RANDOM_CHANGES = 300
SEED = 4


def by_dkimpy_at(raw, records, now):
    """dkimpy judges the expiry, which our verifier leaves to policy/mail_checks: so it is asked as of the day
    of the signature."""
    real = time.time
    time.time = lambda: now
    try:
        return by_dkimpy(raw, records)
    finally:
        time.time = real


def with_changes(raw, rng):
    """One to three bytes changed, doubled or taken out, anywhere; line ends stay whole."""
    out = bytearray(raw)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(out))
        if out[at] in b"\r\n":
            continue
        what = rng.randrange(4)
        if what == 0:
            out[at] = rng.choice(b"aZ09 ;:=\t.")
        elif what == 1:
            out.insert(at, out[at])
        elif what == 2:
            del out[at]
        else:
            out[at:at] = b"\r\n "
    return bytes(out)


def canonical_changes(raw):
    """What relaxed forms forgive, and what they do not. Not among them: white space before a colon, which the
    relaxed form names and dkimpy cannot parse."""
    head, body = raw.split(b"\r\n\r\n", 1)
    yield "headers in capitals", head.replace(b"\r\nSubject:", b"\r\nSUBJECT:", 1) + b"\r\n\r\n" + body
    yield "spaces in a header", head.replace(b"\r\nTo: ", b"\r\nTo:  \t ", 1) + b"\r\n\r\n" + body
    yield "a folded header", head.replace(b"\r\nTo: ", b"\r\nTo:\r\n ", 1) + b"\r\n\r\n" + body
    yield "empty lines at the end", raw + b"\r\n\r\n\r\n"
    yield "a space at the end of a line", head + b"\r\n\r\n" + body.replace(b"\r\n", b" \t\r\n", 1)
    yield "two spaces for one", head + b"\r\n\r\n" + body.replace(b" ", b"  ", 1)
    yield "no body", head + b"\r\n\r\n"
    yield "a trace before it", b"Received: by relay.example\r\n\tid 1\r\n" + raw
    yield "the same signatures again", raw.split(b"Date:", 1)[0] + raw
    for old, new in ((b"c=relaxed/relaxed", b"c=relaxed/simple"), (b"c=relaxed/relaxed", b"c=simple/relaxed"),
                     (b" v=1;", b" v=2;"), (b"a=rsa-sha256", b"a=rsa-sha1"), (b"a=rsa-sha256", b"a=rsa"),
                     (b"h=", b"h=x-none:"), (b"; bh=", b"; l=5; bh=")):
        yield f"{old.decode()} to {new.decode()}", raw.replace(old, new, 1)


def of_vectors(folder):
    records = json.loads((folder / "dns.json").read_text())
    for path in sorted(folder.glob("*.eml")):
        yield records, path.name, path.read_bytes()


def ours_say(program, folder, records, mails):
    (folder / "records.txt").write_text("".join(f"{name} {record}\n" for name, record in records.items()))
    for name, raw in mails.items():
        (folder / f"{name}.eml").write_bytes(raw)
    env = dict(os.environ, SALLYPORT_MAIL_VERDICTS=str(folder))
    command = [program, "--gtest_filter=Verdicts.*", "--gtest_brief=1"]
    ended = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"{ended.stdout[-2000:]}{ended.stderr[-500:]}\n0 passed, 1 failed")
    lines = (folder / "verdicts.txt").read_text().splitlines()
    return {line.split()[0][:-4]: [one == "1" for one in line.split()[1:]] for line in lines}


def theirs_say(raw, records, now):
    """As many as there are signatures, of the first two; None where it cannot take the mail apart."""
    try:
        count = sum(1 for name, _ in dkim.rfc822_parse(raw)[0] if name.lower() == b"dkim-signature")
    except (dkim.DKIMException, IndexError):
        return None
    return by_dkimpy_at(raw, records, now)[: min(count, 2)]


def main(program, vectors):
    counts = {True: 0, False: 0}
    work = pathlib.Path(tempfile.mkdtemp(prefix="verdicts."))
    try:
        now = int(time.time())
        records, paths = write_mails(program, work / "sent", now)
        mails = {}
        rng = random.Random(SEED)
        for path in paths:
            if path.name.split("-")[0] in OURS and path.name.endswith(("-en.eml", "-ar.eml")):
                mails[path.stem] = path.read_bytes()
        for number, stem in enumerate(sorted(mails)):
            raw = mails[stem]
            for at, (_, forged) in enumerate([*changed(raw), *canonical_changes(raw)] if number < 2 else []):
                mails[f"{stem}-changed-{at}"] = forged
        bases = [mails[stem] for stem in sorted(mails) if "changed" not in stem]
        for at in range(RANDOM_CHANGES):
            mails[f"random-{at}"] = with_changes(rng.choice(bases), rng)
        sets = [(records, mails, now + 60)]
        if vectors is not None:
            found = list(of_vectors(vectors))
            of_names = {name[:-4]: raw for _, name, raw in found}
            for stem in list(of_names):
                for at in range(40):
                    of_names[f"{stem}-random-{at}"] = with_changes(of_names[stem], rng)
            sets.append((found[0][0], of_names, now))
        for at, (known, some, when) in enumerate(sets):
            folder = work / f"set-{at}"
            folder.mkdir()
            said = ours_say(program, folder, known, some)
            good = unread = 0
            for name, raw in some.items():
                theirs, mine = theirs_say(raw, known, when), said[name][:2]
                if theirs is None:
                    unread += 1
                    continue
                good += any(theirs)
                # Where bytes were changed at random ours may believe less, and never more.
                ours = [i for i, one in enumerate(mine) if one]
                less = "random" in name and all(theirs[i : i + 1] == [True] for i in ours)
                equal = theirs == mine or not any(theirs + mine) or less
                counts[equal] += 1
                if not equal:
                    print(f"FAIL {name}: dkimpy says {theirs}, we say {mine}")
            print(f"{len(some)} mails, dkimpy believes a signature of {good} and cannot read {unread}")
            counts[good >= 3 and good < len(some) and unread * 4 < len(some)] += 1
    finally:
        shutil.rmtree(work)
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] else 0


if __name__ == "__main__":
    root = pathlib.Path(__file__).resolve().parents[2]
    published = pathlib.Path(os.environ.get("SALLYPORT_VECTORS", root.parent / "shared/vectors"))
    published = published / "mail/dkim"
    sys.exit(main(sys.argv[1], published if published.is_dir() else None))
