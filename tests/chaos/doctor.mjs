// `sallyport doctor`: what is wrong with an installation, and what to do about it; it changes nothing.

import assert from 'node:assert/strict';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Child, runToEnd } from '../support/child.mjs';
import { freePort, temporaryFolder } from '../support/places.mjs';
import { BINARY } from '../support/server.mjs';
import { test } from '../support/test.mjs';

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
    mail: 'from = "accounts@exchange.example"\nrelay = "smtps://127.0.0.1:1"\nrelay_tls = "required"',
    ...lines,
  };
  const file = join(folder, 'sallyport.toml');
  writeFileSync(file, Object.entries(sections).map(([name, body]) => `[${name}]\n${body}\n`).join(''));
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
    { mail: 'relay = "smtp://127.0.0.1:1"\nrelay_password_file = "none"\nrelay_user = "us"' },
    /PROBLEM {2}mail\.relay_password_file cannot be found/,
  );
});
