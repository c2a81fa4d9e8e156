// `sallyport doctor`: what is wrong with an installation, and what to do about it; it changes nothing.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Child, runToEnd } from '../support/child.mjs';
import { freePort, temporaryFolder } from '../support/places.mjs';
import { BINARY } from '../support/server.mjs';
import { test } from '../support/test.mjs';

/** A private key in PEM, as docs/operating/mail.md says. */
function signingKey(file, algorithm) {
  execFileSync('openssl', ['genpkey', '-out', file, '-algorithm', ...algorithm], { stdio: 'ignore' });
  chmodSync(file, 0o600);
}

/** An installation as it should be; `lines` replace whole sections. */
async function installation(lines = {}) {
  const folder = temporaryFolder('doctor');
  const [port, privatePort] = [await freePort(), await freePort()];
  const sections = {
    public: 'url = "https://accounts.exchange.example"',
    listen: [
      `public = "127.0.0.1:${port}"`,
      `private = "127.0.0.1:${privatePort}"`,
      'trusted_proxies = ["127.0.0.1"]',
    ].join('\n'),
    database: 'location = "sqlite:sallyport.db"',
    keys: 'file = "keys"',
    mail: 'from = "accounts@exchange.example"',
    bounces: 'address = "bounces@mail.exchange.example"',
    '[relay]': 'url = "smtps://127.0.0.1:1"\ntls = "required"\n[[relay]]\nurl = "smtps://127.0.0.1:2"',
    dkim: 'keys = ["r1:r1.pem", "e1:e1.pem"]',
    ...lines,
  };
  const file = join(folder, 'sallyport.toml');
  writeFileSync(file, Object.entries(sections).map(([name, body]) => `[${name}]\n${body}\n`).join(''));
  signingKey(join(folder, 'r1.pem'), ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048']);
  signingKey(join(folder, 'e1.pem'), ['ed25519']);
  const made = await runToEnd(BINARY, ['keys', 'create', join(folder, 'keys')]);
  assert.equal(made.code, 0, made.output);
  return { folder, file };
}
const doctor = (file) => runToEnd(BINARY, ['doctor', '--config', file]);

async function finds(lines, pattern, spoil = () => {}) {
  const { folder, file } = await installation(lines);
  spoil(folder);
  const ended = await doctor(file);
  assert.equal(ended.code, 1, ended.output);
  assert.match(ended.output, pattern);
  assert.doesNotMatch(ended.output, /terminate called|Sanitizer|std::/);
}

test('a sound installation is called sound, before and after its first start', async (t) => {
  const { folder, file } = await installation();
  const before = await doctor(file);
  assert.equal(before.code, 0, before.output);
  assert.match(before.output, /note {5}the database answers, and lacks \d+ of this version's migrations/);
  assert.equal(existsSync(join(folder, 'sallyport.db')), false, 'it changes nothing');
  const child = new Child(BINARY, ['serve', '--config', file]);
  t.cleanup(() => child.stop());
  await child.says('Sallyport listens on ');
  const beside = await doctor(file); // the server goes on
  assert.equal(beside.code, 0, beside.output);
  assert.match(beside.output, /ok {7}the database answers, and its tables are of this version/);
  assert.doesNotMatch(beside.output, /PROBLEM|note/);
});

test('a kind of mail that the breaker stopped is named, and ended by one word', async (t) => {
  const { folder, file } = await installation();
  const child = new Child(BINARY, ['serve', '--config', file]);
  t.cleanup(() => child.stop());
  await child.says('Sallyport listens on ');
  const stop = `import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    database.execute("INSERT INTO mail_breakers VALUES (?, 0, 1001, 1, NULL)", (sys.argv[2],))`;
  const mail = (...words) => runToEnd(BINARY, ['mail', ...words, '--config', file]);
  const says = async (ended, code, text) => {
    assert.equal(ended.code, code, ended.output);
    assert.equal(ended.output, text);
  };
  await says(await mail('list'), 0, 'no kind of mail is stopped\n');
  for (const word of ['release', 'drop']) {
    const made = await runToEnd('/usr/bin/python3', ['-c', stop, join(folder, 'sallyport.db'), word]);
    assert.equal(made.code, 0, made.output);
    await says(await mail('list'), 0, `${word} stopped, 0 waiting\n`);
    const looked = await doctor(file);
    assert.equal(looked.code, 1, looked.output);
    assert.match(looked.output, new RegExp(`PROBLEM {2}mails of kind ${word} are stopped, 0 wait`));
    await says(await mail('drop', 'E99'), 1, 'sallyport: E99 is not stopped\n');
    await says(await mail(word, word), 0, `${word}: 0 ${word === 'drop' ? 'dropped' : 'leave now'}\n`);
    await says(await mail('list'), 0, 'no kind of mail is stopped\n');
  }
  assert.equal((await doctor(file)).code, 0);
});

test('each thing that is wrong is named, with what to do', async () => {
  await finds({ mail: 'from = 7' }, /PROBLEM .*sallyport\.toml:\d+: .*\n {9}mend the file/);
  await finds(
    {},
    /PROBLEM {2}the key file: .*\n.*sallyport keys create/,
    (folder) => rmSync(join(folder, 'keys')),
  );
  await finds(
    {},
    /PROBLEM {2}the key file: .*\n.*0600/,
    (folder) => chmodSync(join(folder, 'keys'), 0o644),
  );
  await finds(
    { database: 'location = "postgres:host=/nowhere dbname=none"' },
    /PROBLEM {2}the database: [^]*database\.location/,
  );
  const spoilt = (folder) => writeFileSync(join(folder, 'sallyport.db'), 'x'.repeat(4096));
  await finds({}, /PROBLEM {2}the database: /, spoilt);
  await finds(
    { public: 'url = "http://accounts.exchange.example"' },
    /PROBLEM {2}public\.url is http:.*\n.*TLS proxy/,
  );
  await finds(
    { public: 'url = "https://192.0.2.1"' },
    /PROBLEM {2}public\.url has a number .*\n.*factors\.passkeys/,
  );
  await finds(
    { '[relay]': 'url = "smtp://127.0.0.1:1"\npassword_file = "none"\nuser = "us"' },
    /PROBLEM {2}relay\.password_file of smtp:\/\/127\.0\.0\.1:1 cannot be found/,
  );
  const open = (folder) => chmodSync(join(folder, 'r1.pem'), 0o640);
  await finds({}, /PROBLEM {2}dkim\.keys .*r1\.pem can be read by others/, open);
  const cut = (folder) => writeFileSync(join(folder, 'e1.pem'), 'none');
  await finds({}, /PROBLEM {2}dkim\.keys .*e1\.pem holds no private key in PEM.*\n.*openssl genpkey/, cut);
});

test('what the domain must publish, key by key', async () => {
  const { folder, file } = await installation({
    dkim: 'keys = ["r1:r1.pem", "e1:e1.pem"]\nstandby = ["e2:e2.pem"]',
    dns: 'senders = ["ip4:192.0.2.7", "include:relay.example"]\nmx = ["mx.exchange.example"]',
  });
  signingKey(join(folder, 'e2.pem'), ['ed25519']);
  const said = await runToEnd(BINARY, ['dns', '--config', file]);
  assert.equal(said.code, 0, said.output);
  const records = said.output.split('\n').filter((line) => !line.startsWith(';'));
  const publicKey = (name) =>
    execFileSync('openssl', ['pkey', '-in', join(folder, name), '-pubout', '-outform', 'DER']);
  const texts = Object.fromEntries(
    records.filter(Boolean).map((line) => {
      const [, name, strings] = /^(\S+)\. TXT (.*)$/.exec(line);
      const parts = strings.match(/"[^"]*"/g).map((part) => part.slice(1, -1));
      assert.ok(parts.every((part) => part.length <= 255), name);
      return [name, parts.join('')];
    }),
  );
  const key = (selector) => texts[`${selector}._domainkey.exchange.example`];
  assert.equal(key('r1'), `v=DKIM1; k=rsa; p=${publicKey('r1.pem').toString('base64')}`);
  for (const selector of ['e1', 'e2']) {
    const raw = publicKey(`${selector}.pem`).subarray(-32).toString('base64');
    assert.equal(key(selector), `v=DKIM1; k=ed25519; p=${raw}`);
  }
  assert.equal(texts['exchange.example'], 'v=spf1 ip4:192.0.2.7 include:relay.example -all');
  const dmarc = 'v=DMARC1; p=reject; adkim=s; aspf=r; rua=mailto:postmaster@exchange.example';
  assert.equal(texts['_dmarc.exchange.example'], dmarc);
  assert.match(texts['_mta-sts.exchange.example'], /^v=STSv1; id=[0-9a-f]{20}$/);
  assert.match(said.output, /;   mode: enforce\n;   mx: mx\.exchange\.example\n/);
  assert.equal(texts['_smtp._tls.exchange.example'], 'v=TLSRPTv1; rua=mailto:postmaster@exchange.example');
});

test('signing keys that are wrong are named before anything starts', async () => {
  for (const [dkim, pattern] of [
    ['keys = ["r1.pem"]', /dkim\.keys: "r1\.pem" must be SELECTOR:FILE/],
    ['keys = ["r 1:r1.pem"]', /dkim\.keys: "r 1:r1\.pem" must be SELECTOR:FILE/],
    ['domain = "other.example"', /dkim\.domain must be the domain of mail\.from or one above it/],
    ['keyz = []', /unknown key dkim\.keyz; did you mean dkim\.keys\?/],
  ]) {
    const { file } = await installation({ dkim });
    for (const command of ['check-config', 'dns', 'serve']) {
      const ended = await runToEnd(BINARY, [command, '--config', file]);
      assert.equal(ended.code, 1, ended.output);
      assert.match(ended.output, pattern);
    }
  }
  const { file } = await installation({ dkim: 'keys = ["r1:none.pem"]' });
  const ended = await runToEnd(BINARY, ['serve', '--config', file]);
  assert.equal(ended.code, 1, ended.output);
  assert.match(ended.output, /dkim\.keys .*none\.pem cannot be read/);
});
