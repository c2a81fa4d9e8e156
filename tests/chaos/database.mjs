// The database goes away, comes back, is full: people get a page that says so, and nothing that was
// confirmed is lost.

import assert from 'node:assert/strict';
import { join } from 'node:path';

import { Child, runToEnd } from '../support/child.mjs';
import { Client, request } from '../support/http.mjs';
import { freePort, temporaryFolder } from '../support/places.mjs';
import { SignUp, next, sessionOf, signUp } from '../support/person.mjs';
import { ownPostgres } from '../support/postgres.mjs';
import { BINARY, Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { until } from '../support/until.mjs';

function onPostgres(postgres) {
  return (own) => `[public]\nurl = "${own.url}"\n[database]\nlocation = "${postgres.location}"\n`;
}

async function saysSo(server, path = '/signin') {
  for (const accept of ['text/html', 'application/json']) {
    const headers = { Accept: accept, Origin: server.url, 'Content-Type': 'application/json' };
    const body = JSON.stringify({ email: 'a@b.example', password: 'something' });
    const answer = await request(server.url, 'POST', path, { headers, body, seconds: 60 });
    assert.equal(answer.status, 503, answer.body.slice(0, 300));
    if (accept === 'text/html')
      assert.match(answer.body, /<h1[^]*try again at [^<]+ \(in [^<]+\)\. You may close this page/);
    assert.doesNotMatch(answer.body, /postgres|sqlite|libpq|socket|SELECT/i);
  }
}

/** Alive on both doors, ready on none. */
async function isDown(server) {
  for (const door of [server.url, server.privateUrl]) {
    assert.equal((await request(door, 'GET', '/healthz')).status, 200, 'it lives');
    const ready = await request(door, 'GET', '/readyz', { seconds: 60 });
    assert.equal(ready.status, 503, door);
    assert.ok(Number(ready.headers['retry-after']) > 0);
    assert.doesNotMatch(ready.body, /postgres|socket|No such file/i);
  }
}
async function isUp(server) {
  for (const door of [server.url, server.privateUrl])
    for (const path of ['/healthz', '/readyz'])
      assert.equal((await request(door, 'GET', path)).status, 200, `${door}${path}`);
}

test(
  'PostgreSQL is not there at the start: pages say so, and it recovers by itself',
  async (t) => {
    const postgres = await ownPostgres({ t });
    await postgres.stop();
    const server = await Server.start({ t, config: onPostgres(postgres), ready: false });
    await server.child.says('Sallyport listens on');
    await until(async () => (await request(server.privateUrl, 'GET', '/healthz')).status === 200, 'it lives');
    await isDown(server);
    await saysSo(server);
    assert.equal((await new Client(server.url).get('/signin')).status, 200, 'a page that needs no database');
    await postgres.start();
    await server.ready();
    assert.notEqual(await sessionOf((await signUp(server)).client), null);
  },
  { seconds: 240 },
);

test(
  'PostgreSQL stops in the middle, and comes back',
  async (t) => {
    const postgres = await ownPostgres({ t });
    const server = await Server.start({ t, config: onPostgres(postgres) });
    const person = await signUp(server);
    const way = new SignUp(server);
    await way.enter();
    for (let round = 0; round < 2; round++) {
      await postgres.stop();
      await saysSo(server);
      await isDown(server);
      await postgres.start();
      await server.ready();
      await isUp(server);
    }
    assert.notEqual(await sessionOf(person.client), null, 'sessions go on');
    assert.notEqual(await sessionOf(await person.signIn()), null);
    assert.equal(await way.confirm(), '/signup/secure', 'a sign-up on its way goes on');
  },
  { seconds: 240 },
);

test(
  'PostgreSQL is frozen: a page says so in its time, and thawed it goes on',
  async (t) => {
    const postgres = await ownPostgres({ t });
    const server = await Server.start({ t, config: onPostgres(postgres) });
    const person = await signUp(server);
    const thaw = postgres.freeze();
    t.cleanup(thaw);
    // db::postgres::Options::silence_limit is 15 s; then new connections wait connect_limit, 5 s.
    await saysSo(server);
    await isDown(server);
    assert.equal((await new Client(server.url).get('/signin')).status, 200, 'a page that needs no database');
    thaw();
    await server.ready();
    await isUp(server);
    assert.notEqual(await sessionOf(person.client), null, 'sessions go on');
    server.moveClock({ hours: 2 }); // a guess that came through late counts
    assert.notEqual(await sessionOf(await person.signIn()), null);
  },
  { seconds: 240 },
);

test(
  'a transaction that PostgreSQL has lost its connection in is not done twice',
  async (t) => {
    const postgres = await ownPostgres({ t });
    const server = await Server.start({ t, config: onPostgres(postgres) });
    const person = await signUp(server);
    const half = await Promise.all(Array.from({ length: 6 }, () => person.enterPassword()));
    let cut = true;
    const cutter = (async () => {
      while (cut) {
        await postgres.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity ' +
            'WHERE pid <> pg_backend_pid() AND datname IS NOT NULL',
        );
      }
    })();
    const code = person.freshCode();
    const answers = await Promise.all(half.map((one) => one.post('/signin/code', { code })));
    cut = false;
    await cutter;
    await server.ready();
    const entered = answers.filter((answer) => answer.status === 200).length;
    assert.ok(entered <= 1, `${entered} sessions`);
    for (const answer of answers)
      assert.ok([200, 401, 410, 429, 503].includes(answer.status), `${answer.status}`);
    server.moveClock({ hours: 2 }); // what was charged and then cut off counts, and strangers may wait
    assert.notEqual(await sessionOf(await person.signIn()), null);
  },
  { seconds: 240 },
);

test('the disk is full: 503, and what was there is there', async (t) => {
  const folder = temporaryFolder('full');
  const [port, privatePort] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    SALLYPORT_LISTEN: `127.0.0.1:${port}`,
    SALLYPORT_PRIVATE_LISTEN: `127.0.0.1:${privatePort}`,
    SALLYPORT_DATA: join(folder, 'data'),
    SALLYPORT_DEV_TOKEN: 'x'.repeat(32),
  };
  delete env.SALLYPORT_CONFIG;
  const limited = new Child('prlimit', ['--fsize=unlimited', BINARY, 'dev'], { env, cwd: folder });
  t.cleanup(() => limited.stop());
  t.onFailure(() => limited.output.slice(-2000));
  await limited.says('Sallyport listens on');
  const server = {
    url: `http://localhost:${port}`,
    devToken: env.SALLYPORT_DEV_TOKEN,
    now: Date.now,
    moveClock() {},
  };
  const person = await signUp(server);
  // No file may grow beyond what it has.
  const limit = async (bytes) => {
    const set = await runToEnd('prlimit', ['--pid', String(limited.pid), `--fsize=${bytes}:unlimited`]);
    assert.equal(set.code, 0, set.output);
  };
  await limit(1);
  const full = await new Client(server.url).post('/signup', { email: 'somebody@mail.example' });
  assert.equal(full.status, 503, full.body);
  assert.ok(limited.alive, 'the server lives');
  assert.equal((await person.client.get('/account')).status, 200, 'reading goes on');
  await limit('unlimited');
  await until(
    async () =>
      (await new Client(server.url).post('/signup', { email: 'somebody@mail.example' })).status === 200,
    'writing goes on',
  );
  assert.equal(
    next(await new Client(server.url).post('/signin', { email: person.email, password: person.password })),
    '/signin/code',
  );
});
