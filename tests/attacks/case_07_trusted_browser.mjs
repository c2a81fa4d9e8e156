// Case 7 at a trusted browser: the second factor is left out by the browser's own key only, once for each
// challenge, and for nothing but looking. Cases 6, 12 and 20 look at it too.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { HALF, freshPassword, must, next, sessionOf, signUp } from '../support/person.mjs';
import { Reset } from '../support/reset.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { BrowserKey, enter, offered, trust } from '../support/trusted.mjs';

const BROWSER = '__Host-browser';
const PARALLEL = 8;

async function trusted(t) {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const key = new BrowserKey();
  const client = await trust(person, key, new Client(server.url));
  return { server, person, key, client };
}

/** The browser's cookie in another place. */
function stolen(server, client) {
  const thief = new Client(server.url);
  thief.cookies.set(BROWSER, client.cookies.get(BROWSER));
  return thief;
}

function refused(answer, why) {
  assert.equal(answer.status, 401, `${why}: ${answer.status} ${answer.body.slice(0, 200)}`);
  assert.equal(answer.json.code, 'browser_not_trusted', why);
}

test('cookie without key, key without cookie, key of another account', async (t) => {
  const { server, person, key, client } = await trusted(t);
  next(await enter(person, key, client));
  assert.deepEqual((await sessionOf(client)).factors, ['password']);

  const thief = stolen(server, client);
  refused(await enter(person, new BrowserKey(), thief), 'the cookie with another key');
  assert.equal(await sessionOf(thief), null);
  assert.equal((await offered(thief)).trust_use, '', 'and is asked once');
  assert.equal((await thief.post('/signin/code', { code: '000000' })).status, 401, 'the code is asked for');

  const elsewhere = await person.enterPassword();
  assert.equal((await offered(elsewhere)).trust_use, '', 'a browser without the cookie is offered nothing');
  const { trust_use } = await offered(await person.enterPassword(client));
  refused(await elsewhere.post('/signin/trusted', { signature: key.sign(trust_use) }), 'the key elsewhere');

  const mallory = await signUp(server);
  const hers = new BrowserKey();
  const herBrowser = await trust(mallory, hers, new Client(server.url));
  await person.enterPassword(herBrowser);
  assert.equal((await offered(herBrowser)).trust_use, '');
  refused(await herBrowser.post('/signin/trusted', { signature: hers.sign(trust_use) }), "another account's");
});

test('replayed, for another sign-in, too late, in rubbish', async (t) => {
  const { server, person, key, client } = await trusted(t);
  await person.enterPassword(client);
  const first = key.sign((await offered(client)).trust_use);
  const twin = stolen(server, client);
  await person.enterPassword(twin);
  refused(await twin.post('/signin/trusted', { signature: first }), 'for another sign-in');
  next(await client.post('/signin/trusted', { signature: first }));
  assert.equal((await client.post('/signin/trusted', { signature: first })).status, 410, 'used up');
  await person.enterPassword(client);
  refused(await client.post('/signin/trusted', { signature: first }), 'replayed');

  await person.enterPassword(client);
  const { trust_use, trust_make } = await offered(client);
  server.moveClock({ minutes: 5 });
  refused(await client.post('/signin/trusted', { signature: key.sign(trust_use) }), 'after five minutes');
  await person.enterPassword(client);
  refused(await client.post('/signin/trusted', { signature: key.sign(trust_make) }), 'for making one');
  for (const signature of ['', 'AAAA', '!', 'A'.repeat(86), 'A'.repeat(4000)]) {
    await person.enterPassword(client);
    refused(await client.post('/signin/trusted', { signature }), `rubbish ${signature.slice(0, 9)}`);
  }
  assert.equal((await new Client(server.url).post('/signin/trusted', { signature: first })).status, 410);
});

test('one answer in parallel opens one session', async (t) => {
  const { server, person, key, client } = await trusted(t);
  await person.enterPassword(client);
  const signature = key.sign((await offered(client)).trust_use);
  const twins = Array.from({ length: PARALLEL }, () => {
    const twin = stolen(server, client);
    twin.cookies.set(HALF, client.cookies.get(HALF));
    return twin;
  });
  const answers = await Promise.all(twins.map((twin) => twin.post('/signin/trusted', { signature })));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, ...Array(PARALLEL - 1).fill(410)]);
});

test('a password change, a reset, and ending it in the account end it; signing out does not', async (t) => {
  const { server, person, key, client } = await trusted(t);
  next(await client.post('/signout', {}));
  next(await enter(person, key, client));

  const gone = async (why) => {
    await person.enterPassword(client);
    assert.equal((await offered(client)).trust_use, '', why);
    refused(await client.post('/signin/trusted', { signature: key.sign('anything') }), why);
  };
  const password = freshPassword();
  next(await person.changePassword(person.client, password));
  person.password = password;
  await gone('a new password');

  await trust(person, key, client);
  await new Reset(person).finish();
  await gone('a reset');

  // Whatever session: ending only protects.
  await trust(person, key, client);
  const other = await person.signIn();
  next(await other.post('/account/devices/end-others', {}));
  await gone('all others ended');

  await trust(person, key, client);
  const [one] = must(await other.get('/account/devices')).trusted;
  assert.equal(one.this_one, false);
  next(await other.post('/account/devices/end-trust', { browser: one.id }));
  await gone('ended by itself');

  await trust(person, key, client);
  next(await other.post('/account/devices/end-all-trust', {}));
  await gone('all ended');

  await trust(person, key, client);
  const [session] = must(await other.get('/account/devices')).devices.filter((device) => !device.this_one);
  next(await other.post('/account/devices/end', { session: session.id }));
  await gone('its session ended by the owner');

  const mallory = await signUp(server);
  await trust(person, key, client);
  const [kept] = must(await other.get('/account/devices')).trusted;
  next(await mallory.client.post('/account/devices/end-trust', { browser: kept.id }));
  next(await enter(person, key, client)); // nobody else ends it
});

test('its session may look, and changes nothing', async (t) => {
  const { person, key, client } = await trusted(t);
  next(await enter(person, key, client));
  assert.equal((await client.get('/account')).status, 200);
  const deeds = [
    ['/account/password', { new_password: freshPassword() }],
    ['/account/anti-phishing', { make: 'yes' }],
    ['/account/app/add', {}],
    ['/account/kit', {}],
    ['/account/passkeys/add', {}],
  ];
  for (const [path, body] of deeds) {
    const answer = await client.post(path, body);
    assert.equal(answer.status, 403, `${path}: ${answer.status} ${answer.body.slice(0, 200)}`);
  }
  next(await client.post('/signout', {}));
  await person.signIn(client); // the way to change settings is there: the code instead
  assert.notEqual(next(await client.post('/account/anti-phishing', { make: 'yes' })), undefined);
});

test('without the right password nobody learns that a browser is trusted', async (t) => {
  const { server, person, client } = await trusted(t);
  const wrong = { email: person.email, password: freshPassword() };
  const [here, elsewhere] = [stolen(server, client), new Client(server.url)];
  const seen = async (one) => {
    const { status, json } = await one.post('/signin', wrong);
    return { status, code: json.code, detail: json.detail, cookies: [...one.cookies.keys()].sort() };
  };
  const answer = await seen(here);
  assert.deepEqual({ ...answer, cookies: [] }, { ...(await seen(elsewhere)), cookies: [] });
  assert.deepEqual(answer.cookies, [BROWSER]);
});
