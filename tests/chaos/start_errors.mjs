// What is wrong at the start is said in words, with what to do, and nothing is touched.

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';

import { Child, runToEnd } from '../support/child.mjs';
import { ROOT, freePort, temporaryFolder } from '../support/places.mjs';
import { request } from '../support/http.mjs';
import { routesOf } from '../support/routes.mjs';
import { Server, BINARY } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { within } from '../support/until.mjs';

const CONFIG = 'sallyport.toml';

/** A folder as production has it: configuration and keys. */
async function installation(lines = {}) {
  const folder = temporaryFolder('serve');
  const [port, privatePort] = [await freePort(), await freePort()];
  const sections = {
    public: `url = "http://localhost:${port}"`,
    listen: `public = "127.0.0.1:${port}"\nprivate = "127.0.0.1:${privatePort}"`,
    database: 'location = "sqlite:sallyport.db"',
    keys: 'file = "keys"',
    relay: 'url = "smtp://127.0.0.1:1"\ntls = "none"',
    ...lines,
  };
  const text = Object.entries(sections).map(([name, body]) => `[${name}]\n${body}\n`);
  writeFileSync(join(folder, CONFIG), text.join(''));
  const made = await runToEnd(BINARY, ['keys', 'create', join(folder, 'keys')]);
  assert.equal(made.code, 0, made.output);
  return { folder, file: join(folder, CONFIG), port, privatePort };
}
function serve(file, options) {
  return runToEnd(BINARY, ['serve', '--config', file], options);
}
function refused(ended, pattern) {
  assert.equal(ended.code, 1, `exit ${ended.code} ${ended.signal}\n${ended.output}`);
  assert.match(ended.output, pattern);
  assert.doesNotMatch(ended.output, /terminate called|Sanitizer|std::/);
}

test('a configuration without mistakes starts', async (t) => {
  const { file, privatePort } = await installation();
  const child = new Child(BINARY, ['serve', '--config', file]);
  t.cleanup(() => child.stop());
  await child.says('Sallyport listens on ');
  assert.ok(privatePort > 0);
  const checked = await runToEnd(BINARY, ['check-config', '--config', file]);
  assert.equal(checked.code, 0, checked.output);
});

test('wrong and unknown keys are named with their line and the nearest right one', async () => {
  for (const [section, text, pattern] of [
    [
      'listen',
      'pubic = "127.0.0.1:1"',
      /sallyport\.toml:4: unknown key listen\.pubic; did you mean listen\.public\?/,
    ],
    [
      'passwords',
      'hash_worker = 2',
      /:\d+: unknown key passwords\.hash_worker; did you mean passwords\.hash_workers\?/,
    ],
    [
      'passwords',
      'hash_memory_kib = 12',
      /:\d+: passwords\.hash_memory_kib is 12; allowed is 19456 to 1048576/,
    ],
    ['passwords', 'hash_workers = "two"', /:\d+: passwords\.hash_workers must be a whole number/],
    ['relay', 'tls = "requird"', /:\d+: relay\.tls is "requird"; did you mean "required"\?/],
    ['sesions', 'idle_seconds = 600', /:\d+: unknown section \[sesions\]; did you mean \[sessions\]\?/],
    ['public', 'url = "https://accounts.example/path"', /public\.url must be an origin/],
    ['public', 'url = "localhost"', /public\.url must be an origin/],
    ['keys', 'file = "keys', /:\d+: /],
  ]) {
    const { file, folder } = await installation({ [section]: text });
    refused(await serve(file), pattern);
    refused(await runToEnd(BINARY, ['check-config', '--config', file]), pattern);
    assert.equal(existsSync(join(folder, 'sallyport.db')), false, 'nothing was begun');
  }
  refused(await serve('/nowhere/at/all.toml'), /cannot be read/);
  const two = await installation({ sesions: 'x = 1', passwords: 'y = 2\nz = 3' });
  const { output } = await serve(two.file);
  assert.equal(output.match(/unknown/g).length, 3, 'all of them at once');
});

test('stored hashes that are dearer than one hash may be', async (t) => {
  const { file, folder } = await installation();
  const first = new Child(BINARY, ['serve', '--config', file]);
  t.cleanup(() => first.stop());
  await first.says('Sallyport listens on ');
  await first.stop();
  // As if the operator had lowered passwords.hash_memory_kib after people signed up.
  const insert = 'INSERT INTO hash_parameters (memory_kib, passes) VALUES (262144, 2)';
  const python = `import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("${insert}")
db.commit()`;
  const written = await runToEnd('/usr/bin/python3', ['-c', python, join(folder, 'sallyport.db')]);
  assert.equal(written.code, 0, written.output);
  refused(await serve(file), /hashes of 262144 KiB.*Set passwords\.hash_memory_max_kib to 262144 or more/);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, `${text}[passwords]\nhash_memory_max_kib = 262144\n`);
  const second = new Child(BINARY, ['serve', '--config', file]);
  t.cleanup(() => second.stop());
  await second.says('Sallyport listens on ');
});

test('a port that is in use', async (t) => {
  const { file, port } = await installation();
  const other = createServer().listen(port, '127.0.0.1');
  t.cleanup(() => other.close());
  refused(await serve(file), new RegExp(`127\\.0\\.0\\.1:${port}.*(in use|taken)`, 'i'));
  const server = await Server.start({ t });
  const dev = await Server.start({ t, port: server.port, ready: false });
  const end = await within(dev.child.ended, 'the second server ends', 60);
  assert.equal(end.code, 1);
  assert.match(dev.log, /in use/i);
  assert.match(dev.log, /SALLYPORT_LISTEN/, 'and what to do');
  await server.ready();
});

test('a key file that is missing, too open, broken or a folder', async () => {
  for (const [spoil, pattern] of [
    [(keys) => rmSync(keys), /key file .*keys.*(does not exist|keys create)/s],
    [(keys) => chmodSync(keys, 0o644), /key file .*chmod 600/],
    [(keys) => chmodSync(keys, 0o640), /key file .*chmod 600/],
    [(keys) => writeFileSync(keys, 'nonsense\n'), /key file .*line 1/],
    [(keys) => writeFileSync(keys, ''), /key file .*no key/],
    [(keys) => (rmSync(keys), mkdirSync(keys)), /key file .*not a regular file/],
    [(keys) => writeFileSync(keys, 'x'.repeat(100000)), /key file .*larger/],
  ]) {
    const { file, folder } = await installation();
    spoil(join(folder, 'keys'));
    const ended = await serve(file);
    refused(ended, pattern);
    assert.doesNotMatch(ended.output, /nonsense/);
  }
});

test('keys create never touches an old file', async () => {
  const { folder } = await installation();
  const keys = join(folder, 'keys');
  const before = readFileSync(keys, 'utf8');
  refused(await runToEnd(BINARY, ['keys', 'create', keys]), /exists already/);
  assert.equal(readFileSync(keys, 'utf8'), before);
  assert.equal(statSync(keys).mode & 0o777, 0o600);
});

test('a folder that cannot be written', async (t) => {
  const file = join(temporaryFolder('plain'), 'file');
  writeFileSync(file, '');
  const dev = await Server.start({ t, ready: false, env: { SALLYPORT_DATA: join(file, 'data') } });
  assert.equal((await within(dev.child.ended, 'it ends', 60)).code, 1);
  assert.match(dev.log, /cannot write in the folder .*SALLYPORT_DATA/);
  const missing = await installation({ database: 'location = "sqlite:no/such/folder/sallyport.db"' });
  refused(await serve(missing.file), /no\/such\/folder/);
});

test('a database that is newer than the program', async (t) => {
  const { file, folder } = await installation();
  const child = new Child(BINARY, ['serve', '--config', file]);
  t.cleanup(() => child.stop());
  await child.says('Sallyport listens on ');
  await child.stop();
  const script =
    'import sqlite3,sys; d=sqlite3.connect(sys.argv[1]);' +
    "d.execute(\"INSERT INTO schema_migrations VALUES (9999,'9999_later','x')\"); d.commit()";
  const changed = await runToEnd('python3', ['-c', script, join(folder, 'sallyport.db')]);
  assert.equal(changed.code, 0, changed.output);
  refused(await serve(file), /newer than this binary.*9999_later.*(newer binary|backup)/s);
});

test('serve refuses the folder of a development server, and has none of its pages', async (t) => {
  const dev = await Server.start({ t });
  await dev.stop();
  const data = join(dev.folder, 'data');
  for (const lines of [
    { keys: `file = "${data}/keys"` },
    { database: `location = "sqlite:${data}/sallyport.db"` },
  ]) {
    const { file } = await installation(lines);
    refused(await serve(file), /development folder/);
  }
});

test('dev listens on this machine only', async (t) => {
  for (const listen of ['0.0.0.0:0', '[::]:0', '192.0.2.1:8080']) {
    const dev = await Server.start({ t, ready: false, env: { SALLYPORT_LISTEN: listen } });
    assert.equal((await within(dev.child.ended, 'it ends', 60)).code, 1, listen);
    assert.match(dev.log, /loopback/, listen);
  }
});

test('the product has no clock that can be moved: no word, no symbol, no address of it', async (t) => {
  const product = resolve(ROOT, 'build/release/sallyport');
  if (!existsSync(product)) t.skip('build/release/sallyport is not built');
  const text = async (binary) => {
    const symbols = await runToEnd('llvm-nm-19', ['-C', binary]);
    assert.equal(symbols.code, 0, symbols.output.slice(0, 300));
    return { symbols: symbols.output, bytes: readFileSync(binary) };
  };
  const [tests, ours] = [await text(BINARY), await text(product)];
  assert.match(tests.symbols, /MovableClock::now/, 'the tests own program has one');
  assert.ok(tests.bytes.includes('SALLYPORT_TEST_CLOCK'));
  assert.match(ours.symbols, /sallyport::app::make_clock/, 'symbols are there to be seen');
  assert.doesNotMatch(ours.symbols, /MovableClock|clock_movable/i);
  for (const word of ['SALLYPORT_TEST_CLOCK', 'MovableClock']) assert.equal(ours.bytes.includes(word), false);
  // The clock is moved by a file, never by a request: both have the same addresses, and none of a clock.
  const servers = [await Server.start({ t }), await Server.start({ t, binary: product })];
  const [its, theirs] = await Promise.all(servers.map(routesOf));
  assert.deepEqual(its, theirs);
  for (const path of ['/dev/clock', '/dev/time', '/clock', '/test/clock'])
    for (const { url, devToken } of servers)
      assert.equal((await request(url, 'GET', `${path}?token=${devToken}`)).status, 404, path);
  servers[1].moveClock({ hours: -100 });
  const date = (await request(servers[1].url, 'GET', '/healthz')).headers.date;
  assert.ok(Math.abs(Date.parse(date) - Date.now()) < 60_000, `its clock stays: ${date}`);
});

test('called wrongly', async () => {
  assert.equal((await runToEnd(BINARY, [])).code, 2);
  assert.equal((await runToEnd(BINARY, ['sevre'])).code, 2);
  const version = await runToEnd(BINARY, ['--version']);
  assert.equal(version.code, 0);
  assert.match(version.output, /^sallyport \d+\.\d+/);
});
