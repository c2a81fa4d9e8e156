// Case 23: the client says that it is verified.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { SESSION, SignUp, must, sessionOf, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const CLAIMS = {
  verified: true,
  email_verified: true,
  mfa: true,
  second_factor: 'totp',
  level: 3,
  aal: 'aal3',
  stage: 'created',
  step: 6,
  methods: 'password totp passkey',
  account: '00000000-0000-0000-0000-000000000000',
  role: 'admin',
  admin: true,
  confirmed: true,
  skip: true,
  later: 'yes',
};
const HEADERS = {
  'Sallyport-Account': 'x',
  'Sallyport-Level': 'aal3',
  'Sallyport-Token': 'x',
  'X-Verified': 'true',
};

test('at sign-in', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const liar = new Client(server.url, { headers: HEADERS });
  const first = await liar.post('/signin', { ...CLAIMS, email: person.email, password: person.password });
  assert.equal(must(first).next, '/signin/code');
  assert.equal(await sessionOf(liar), null);
  assert.equal((await liar.post('/signin/code', { ...CLAIMS, code: '' })).status, 422);
  must(await liar.post('/signin/code', { ...CLAIMS, code: person.freshCode() }));
  const facts = await sessionOf(liar);
  const own = await sessionOf(person.client);
  assert.equal(facts.account, own.account);
  assert.equal(facts.level, own.level);
});

test('at sign-up', async (t) => {
  const server = await Server.start({ t });
  const way = new SignUp(server, { client: new Client(server.url, { headers: HEADERS }) });
  await way.enter(CLAIMS);
  const wrong = way.mailedCode() === '00000000' ? '11111111' : '00000000';
  assert.ok((await way.client.post('/signup/confirm', { ...CLAIMS, code: wrong })).status >= 400);
  assert.equal(await way.confirm(CLAIMS), '/signup/secure');
  const later = await way.client.post('/signup/second/later', CLAIMS);
  assert.ok(later.status >= 400 || later.json.next === '/signup/secure', later.body);
  assert.equal(await way.choosePassword(CLAIMS), '/signup/second');
  const skipped = await way.client.post('/signup/second/later', CLAIMS);
  assert.ok(skipped.status >= 400 || skipped.json.next === '/signup/second', skipped.body);
  assert.equal(way.client.cookies.has(SESSION), false);
  assert.equal(await way.addApp(CLAIMS), '/signup/kit');
  await way.keepKit();
  await way.prove(CLAIMS);
  assert.match(JSON.stringify((await sessionOf(way.client)).level), /2/, 'password and app');
});

test("at a change: another's session, account or step-up is not named", async (t) => {
  const server = await Server.start({ t });
  const [victim, thief] = [await signUp(server), await signUp(server)];
  const { account } = await sessionOf(victim.client);
  const password = 'a willow by the seventh gate';
  const asked = await thief.client.post('/account/password', {
    ...CLAIMS,
    account,
    email: victim.email,
    new_password: password,
  });
  const done = await thief.confirm(thief.client, asked);
  assert.equal(done.status, 200, done.body);
  await victim.enterPassword();
  thief.password = password;
  await thief.enterPassword();

  const devices = must(await victim.client.get('/account/devices'));
  const session = JSON.stringify(devices).match(/[0-9a-f]{8}-?[0-9a-f-]{20,}/)?.[0] ?? 'none';
  await thief.client.post('/account/devices/end', { session });
  assert.notEqual(await sessionOf(victim.client), null);
  const open = await victim.client.post('/account/password', { new_password: password });
  const page = must(await victim.client.get(must(open).next));
  const crossed = await thief.client.post(page.confirm_path, {
    step_up: page.step_up,
    proof: thief.freshCode(),
  });
  assert.equal(crossed.status, 410, crossed.body);
});
