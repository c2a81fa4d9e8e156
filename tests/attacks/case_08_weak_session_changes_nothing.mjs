// Case 8: a session of one factor, or of a password and a recovery code, changes no security setting.

import assert from 'node:assert/strict';

import { Authenticator, enrol } from '../support/authenticator.mjs';
import { must, next, sessionOf, signUp } from '../support/person.mjs';
import { filled, routesOf } from '../support/routes.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

/** What may be done at any level: it takes power away, or changes nothing. */
const HARMLESS = [
  /^\/account\/devices\/(end(-others|-trust|-all-trust)?|unknown)$/,
  /^\/account\/review/,
  /\/(check|cancel|not-now)$/,
  /\/anti-phishing\/show$/,
];

/** What the account is protected by, as the overview says it. */
function protection({ checks, words_missing }) {
  return { checks: checks.map(({ id, state }) => [id, state]), words_missing };
}

test('a session by recovery code looks, and changes nothing', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const before = must(await person.client.get('/account'));
  const weak = await person.signInByRecoveryCode();
  const facts = await sessionOf(weak);
  assert.match(JSON.stringify(facts), /aal1/);
  assert.match(JSON.stringify(await sessionOf(person.client)), /aal2/);
  assert.equal((await weak.get('/account')).status, 200);

  const fields = {
    new_password: 'a willow by the seventh gate',
    password: 'a willow by the seventh gate',
    words: 'seven willows',
    make: 'yes',
    code: person.freshCode(),
    proof: person.freshCode(),
    step_up: '0',
    email: 'thief@mail.example',
    name: 'my app',
  };
  let tried = 0;
  for (const { method, path } of await routesOf(server)) {
    if (method !== 'POST' || !path.startsWith('/account') || HARMLESS.some((one) => one.test(path))) continue;
    const answer = await weak.post(filled(path), fields);
    assert.ok(answer.status >= 400 && answer.status < 500, `${path}: ${answer.status} ${answer.body}`);
    tried++;
  }
  assert.ok(tried >= 5, `${tried} changes tried`);
  for (const [path, wanted] of [
    ['/account/password', { new_password: fields.new_password }],
    ['/account/anti-phishing', { make: 'yes' }],
  ])
    assert.equal((await weak.post(path, wanted)).json.code, 'level_too_low', path);

  const after = must(await person.client.get('/account'));
  assert.deepEqual(protection(after), protection(before));
  await person.signIn(); // password and app are the same as before
  const changed = await person.changePassword(person.client, fields.new_password);
  assert.equal(changed.status, 200, 'a session of two factors may');
});

test('a session by recovery code names, adds and removes no passkey', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  await enrol(person, new Authenticator(server));
  const weak = await person.enterPassword(undefined, '/signin/key');
  next(await weak.post('/signin/recovery-code', { code: person.freshRecoveryCode() }));
  const { synced } = must(await weak.get('/account/passkeys'));
  const passkey = synced[0].id;
  for (const [path, fields] of [
    ['/account/passkeys/rename', { passkey, name: 'mine' }],
    ['/account/passkeys/remove', { passkey }],
    ['/account/passkeys/add', {}],
  ])
    assert.equal((await weak.post(path, fields)).json.code, 'level_too_low', path);
  const after = must(await person.client.get('/account/passkeys'));
  assert.deepEqual(after.synced.map(({ id, name }) => [id, name]), [[passkey, synced[0].name]]);
});

test("a strong session's question is not answered by a weak one", async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const weak = await person.signInByRecoveryCode();
  const asked = await person.client.post('/account/password', {
    new_password: 'a willow by the seventh gate',
  });
  const page = must(await person.client.get(must(asked).next));
  const stolen = { step_up: page.step_up, proof: person.freshCode() };
  const refused = await weak.post(page.confirm_path, stolen);
  assert.ok(refused.status >= 400 && refused.status < 500, `${refused.status} ${refused.body}`);
  await person.enterPassword(); // still the old password
});
