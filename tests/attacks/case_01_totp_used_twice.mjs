// Case 1: a code of the authenticator app is used twice, the code of the set-up included.

import assert from 'node:assert/strict';

import { at, next, secondProcess, sessionOf, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { totp } from '../support/totp.mjs';

function assertUsed(answer) {
  assert.equal(answer.status, 401, answer.body);
  assert.equal(answer.json.code, 'code_already_used');
}

test('the code of the set-up does not sign in', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const thief = await person.enterPassword();
  assertUsed(await thief.post('/signin/code', { code: person.enrolmentCode }));
  assert.equal(await sessionOf(thief), null);
  next(await thief.post('/signin/code', { code: person.freshCode() }));
});

test('a code signs in once, in every process, and no older code after it', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const second = await secondProcess(server, t);
  const code = person.freshCode();
  const older = totp(person.secret, server.now(), -1);
  const owner = await person.enterPassword();
  const thief = await person.enterPassword();
  next(await owner.post('/signin/code', { code }));
  assertUsed(await thief.post('/signin/code', { code }));
  assertUsed(await at(thief, second).post('/signin/code', { code }));
  const late = await thief.post('/signin/code', { code: older });
  assert.equal(late.status, 401, late.body);
  assert.equal(await sessionOf(thief), null);
});

test('a code that signed in confirms nothing, and one that confirmed does not sign in', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const code = person.freshCode();
  const owner = await person.enterPassword();
  next(await owner.post('/signin/code', { code }));
  const asked = await owner.post('/account/password', { new_password: 'a willow by the seventh gate' });
  const refused = await person.confirm(owner, asked, code);
  assert.equal(refused.status, 422, refused.body);
  assert.equal(refused.json.code, 'proof_replayed');

  const spent = person.freshCode();
  next(await person.confirm(owner, asked, spent));
  person.password = 'a willow by the seventh gate';
  const thief = await person.enterPassword();
  assertUsed(await thief.post('/signin/code', { code: spent }));
});
