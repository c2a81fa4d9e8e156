// Case 24, at the sign-in: an answer of a passkey counts for one challenge, browser, origin, account and
// count, and for nothing else.

import assert from 'node:assert/strict';

import { Authenticator, enrol, showKey, signInByPasskey, withPasskeys } from '../support/authenticator.mjs';
import { Client } from '../support/http.mjs';
import { HALF, SESSION, must, next, sessionOf, signUp } from '../support/person.mjs';
import { BINARY, Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const CHALLENGE = '__Host-passkey';
const MANY = 10_000;
/** What reading them all would need many times over. */
const GROWTH_MIB_MAX = 16;

/** A person who has a passkey, and a browser of nobody's. */
async function withPasskey(t, options) {
  const server = await Server.start({ t, config: withPasskeys });
  const person = await signUp(server);
  const key = await enrol(person, new Authenticator(server, options));
  return { server, person, key, stranger: () => new Client(server.url) };
}

function refused(answer, code = 'passkey_not_used') {
  assert.equal(answer.status, 401, answer.body);
  assert.equal(answer.json.code, code);
  assert.ok(!answer.setCookies.some((cookie) => cookie.startsWith(SESSION)), 'no session');
}

async function optionsFor(client) {
  return must(await client.post('/signin/passkey/options', {}));
}

test('the right answer opens a session: what follows is refused for what is wrong in it', async (t) => {
  const { key, stranger } = await withPasskey(t);
  const client = stranger();
  next(await signInByPasskey(client, key));
  const session = await sessionOf(client);
  assert.equal(session.level, 'aal2');
});

test('a challenge is answered once, also with the cookie put back, and in its browser only', async (t) => {
  const { key, stranger } = await withPasskey(t);
  const client = stranger();
  const options = await optionsFor(client);
  const cookie = client.cookies.get(CHALLENGE);
  const answer = key.answer(options);
  next(await client.post('/signin/passkey', answer));
  const thief = stranger();
  refused(await thief.post('/signin/passkey', answer));
  thief.cookies.set(CHALLENGE, cookie);
  refused(await thief.post('/signin/passkey', answer));

  const owner = stranger();
  const relayed = key.answer(await optionsFor(owner));
  const other = stranger();
  await optionsFor(other);
  refused(await other.post('/signin/passkey', relayed));
});

test('a challenge dies after five minutes and does not change its purpose', async (t) => {
  const { server, person, key, stranger } = await withPasskey(t);
  const client = stranger();
  const options = await optionsFor(client);
  server.moveClock({ minutes: 5, seconds: 1 });
  refused(await client.post('/signin/passkey', key.answer(options)));

  const half = stranger();
  const entered = await half.post('/signin', { email: person.email, password: person.password });
  assert.equal(next(entered), '/signin/key');
  const second = must(await half.post('/signin/key/options', {}));
  refused(await half.post('/signin/passkey', key.answer(second)));
  const alone = await optionsFor(half);
  refused(await half.post('/signin/key', key.answer(alone)));
  next(await showKey(half, key));
  assert.equal(half.cookies.has(HALF), false);
});

test('another origin, another RP ID, a frame and a made-up type are refused', async (t) => {
  const { key, stranger } = await withPasskey(t);
  const client = stranger();
  for (const more of [
    { origin: 'https://accounts-exchange.example' },
    { origin: `${key.origin}.evil.example` },
    { crossOrigin: true },
    { type: 'webauthn.create' },
    { type: 'payment.get' },
  ])
    refused(await client.post('/signin/passkey', key.answer(await optionsFor(client), more)));
  key.rpId = 'evil.example';
  refused(await signInByPasskey(client, key));
});

test('a passkey of another account opens neither account', async (t) => {
  const { server, person, key, stranger } = await withPasskey(t);
  const eve = await signUp(server);
  const eves = await enrol(eve, new Authenticator(server));
  eves.handle = key.handle;
  refused(await signInByPasskey(stranger(), eves));
  const half = stranger();
  next(await half.post('/signin', { email: person.email, password: person.password }));
  refused(await showKey(half, eves));
  assert.equal(await sessionOf(half), null);
});

test('a counter that stands still or goes back is refused, and its owner reads of it', async (t) => {
  const { key, person, stranger } = await withPasskey(t, { counter: 5 });
  key.counter = 7;
  next(await signInByPasskey(stranger(), key));
  refused(await signInByPasskey(stranger(), key));
  key.counter = 6;
  refused(await signInByPasskey(stranger(), key));
  key.counter = 8;
  const owner = stranger();
  next(await signInByPasskey(owner, key));
  const events = must(await owner.get('/account')).events.map((event) => JSON.stringify(event)).join(' ');
  assert.match(events, /older state|copy|counter/i, `${events} of ${person.email}`);
});

test('nobody present, nobody verified, and backed up without being able to be: refused', async (t) => {
  const { key, stranger } = await withPasskey(t);
  for (const [claims, code] of [
    [{ present: false }],
    [{ verified: false }, 'password_needed'],
    [{ eligible: false, backedUp: true }],
    [{ eligible: false, backedUp: false }],
  ]) {
    const before = { present: key.present, verified: key.verified, eligible: true, backedUp: true };
    Object.assign(key, claims);
    refused(await signInByPasskey(stranger(), key), code);
    Object.assign(key, before);
  }
  next(await signInByPasskey(stranger(), key));
});

test('one answer sent eight times at once makes one session', async (t) => {
  const { key, stranger } = await withPasskey(t);
  const client = stranger();
  const answer = key.answer(await optionsFor(client));
  const cookie = client.cookies.get(CHALLENGE);
  const sent = Array.from({ length: 8 }, () => {
    const copy = stranger();
    copy.cookies.set(CHALLENGE, cookie);
    return copy.post('/signin/passkey', answer);
  });
  const statuses = (await Promise.all(sent)).map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 1, statuses.join(' '));
});

test('an answer with anything missing, empty or no base64url is refused and opens nothing', async (t) => {
  const { key, stranger } = await withPasskey(t);
  const fields = ['credential_id', 'client_data', 'authenticator_data', 'signature', 'user_handle'];
  for (const field of fields)
    for (const value of [undefined, '', '***', 'AAAA'.repeat(400)]) {
      const client = stranger();
      refused(
        await client.post('/signin/passkey', { ...key.answer(await optionsFor(client)), [field]: value }),
        field === 'credential_id' && value?.startsWith('AAAA') ? 'passkey_unknown' : undefined,
      );
    }
});

test('others failures never keep a passkey out', async (t) => {
  const { person, key, stranger } = await withPasskey(t);
  for (let n = 0; n < 11; n++)
    await stranger().post('/signin', { email: person.email, password: `wrong ${n}` });
  const waits = await stranger().post('/signin', { email: person.email, password: person.password });
  assert.equal(waits.status, 429);
  next(await signInByPasskey(stranger(), key));
});

test('the same answer, with the same cookies, for a wrong signature and another name', async (t) => {
  const { server, key, stranger } = await withPasskey(t);
  const forged = new Authenticator(server);
  forged.id = key.id;
  forged.handle = key.handle;
  const wrong = await signInByPasskey(stranger(), forged);
  key.handle = Buffer.from(forged.id.subarray(0, 16));
  const other = await signInByPasskey(stranger(), key);
  assert.deepEqual([wrong.status, wrong.body], [other.status, other.body]);
  assert.deepEqual(
    wrong.setCookies.map((cookie) => cookie.split('=')[0]),
    other.setCookies.map((cookie) => cookie.split('=')[0]),
  );
  const nobodys = await signInByPasskey(stranger(), new Authenticator(server));
  refused(nobodys, 'passkey_unknown');
});

test('ten thousand credentials in one answer are refused before they cost anything', async (t) => {
  const { server, key, stranger, person } = await withPasskey(t);
  const many = Array.from({ length: MANY }, (_, n) => `credential_${n}_${key.id.toString('base64url')}`);
  const client = stranger();
  const answer = key.answer(await optionsFor(client));
  server.forgetPeak();
  const before = server.memoryMib('VmRSS');
  const twice = many.map((id) => `credential_id=${id}`).join('&');
  const bodies = [
    ['application/x-www-form-urlencoded', twice],
    ['application/x-www-form-urlencoded', `credential_id=${many.join(',')}`],
    ['application/json', JSON.stringify({ ...answer, credential_id: many })],
    ['application/json', JSON.stringify({ ...answer, credentials: many.map((id) => ({ id })) })],
  ];
  for (const [type, body] of bodies)
    for (const path of ['/signin/passkey', '/account/passkeys/new']) {
      const own = path.startsWith('/signin') ? client : person.client;
      const said = await own.send('POST', path, { headers: { 'Content-Type': type }, body });
      assert.ok([400, 413].includes(said.status), `${path} ${said.status} ${said.body}`);
    }
  // One of them in a body that is not too large.
  const few = many.slice(0, 90).map((id) => `credential_id=${id}`).join('&');
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  assert.equal((await client.send('POST', '/signin/passkey', { headers, body: few })).status, 400);
  if (!BINARY.includes('asan')) {
    const grown = server.memoryMib('VmHWM') - before;
    assert.ok(grown < GROWTH_MIB_MAX, `the memory grew by ${grown} MiB`);
  }
  next(await signInByPasskey(stranger(), key));
});
