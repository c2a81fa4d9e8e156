// Case 20: other sessions and half-finished sign-ins outlive a change of the password.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { at, freshPassword, next, secondProcess, sessionOf, signUp } from '../support/person.mjs';
import { Reset } from '../support/reset.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { until } from '../support/until.mjs';

const PROPAGATION_SECONDS = 2;
const SLACK_SECONDS = 8; // of a busy machine that runs the tests

test('a new password ends them, in every process', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const second = await secondProcess(server, t);
  const there = at(await person.signIn(), second);
  const stolen = await person.signIn();
  const weak = await person.signInByRecoveryCode();
  const half = await person.enterPassword();
  const halfThere = at(await person.enterPassword(), second);
  for (const one of [there, stolen, weak]) assert.notEqual(await sessionOf(one), null);
  const spare = person.freshCode();

  const password = freshPassword();
  next(await person.changePassword(person.client, password));
  for (const one of [stolen, weak]) assert.equal(await sessionOf(one), null, 'in this process at once');
  await until(
    async () => !(await sessionOf(there)),
    'the session in the other process ends',
    PROPAGATION_SECONDS + SLACK_SECONDS,
  );
  for (const one of [half, halfThere])
    assert.equal((await one.post('/signin/code', { code: spare })).status, 410, 'a half-finished sign-in');

  const old = await new Client(server.url).post('/signin', {
    email: person.email,
    password: person.password,
  });
  assert.equal(old.status, 401);
  assert.notEqual(await sessionOf(person.client), null, 'the browser that changed it stays signed in');
  person.password = password;
  assert.notEqual(await sessionOf(await person.signIn()), null);
});

test('a reset ends them, and what is half finished', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  server.moveClock({ minutes: 2 });
  const stolen = await person.signIn();
  const half = await person.enterPassword();
  const old = new Reset(person);
  await old.ask();
  await old.confirm();
  server.moveClock({ minutes: 2 });
  const spare = person.freshCode();
  const reset = new Reset(person);
  await reset.finish();
  for (const one of [stolen, person.client]) assert.equal(await sessionOf(one), null);
  assert.equal((await half.post('/signin/code', { code: spare })).status, 410);
  assert.equal((await old.client.post('/reset/factor', { code: person.freshCode() })).status, 410);
  assert.equal(await sessionOf(reset.client), null, 'nobody is signed in by it');
  assert.notEqual(await sessionOf(await person.signIn()), null);
});

test('signing out ends the session everywhere, and a copy of its cookie with it', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const second = await secondProcess(server, t);
  const copy = person.client.copy();
  assert.notEqual(await sessionOf(at(copy, second)), null);
  await person.client.post('/signout', {});
  assert.equal(await sessionOf(copy), null);
  await until(
    async () => !(await sessionOf(at(copy, second))),
    'it ends in the other process',
    PROPAGATION_SECONDS + SLACK_SECONDS,
  );
});

test('a step-up that was asked for dies with its session', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const stolen = await person.signIn();
  const asked = await stolen.post('/account/password', { new_password: freshPassword() });
  const page = (await stolen.get(asked.json.next)).json;
  next(await person.changePassword(person.client, freshPassword()));
  const late = await stolen.post(page.confirm_path, { step_up: page.step_up, proof: person.freshCode() });
  assert.equal(late.status, 401, late.body);
});
