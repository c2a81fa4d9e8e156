// Case 4: guesses spread over challenges, flows and factors: all of them draw on one budget.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { sessionOf, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { wrongCode } from '../support/totp.mjs';

const FREE_TRIES = 10;
const WRONG_RECOVERY = (person) => `${person.codes[0].slice(0, -4)}0000`;

test('password, app and recovery code, each in sign-ins of their own', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const { email, password } = person;
  const code = person.freshCode(); // before the guesses: it moves the clock by as much as the first wait
  const halves = [];
  for (let n = 0; n < 4; n++) halves.push(await person.enterPassword());

  let looked = 0;
  const guess = async (client, path, fields) => {
    const answer = await client.post(path, fields);
    assert.ok(answer.status === 401 || answer.status === 429, `${answer.status} ${answer.body}`);
    if (answer.status === 401) looked++;
  };
  for (let n = 0; n < 4; n++) {
    await guess(new Client(server.url), '/signin', { email, password: `wrong ${n}` });
    await guess(halves[n], '/signin/recovery-code', { code: WRONG_RECOVERY(person) });
  }
  for (const half of halves)
    await guess(half, '/signin/code', { code: wrongCode(person.secret, server.now()) });
  assert.ok(looked > 8 && looked <= FREE_TRIES, `${looked} guesses were looked at`);

  for (const [client, path, fields] of [
    [new Client(server.url), '/signin', { email, password }],
    [halves[0], '/signin/code', { code }],
    [halves[1], '/signin/recovery-code', { code: person.codes[1] }],
  ])
    assert.equal((await client.post(path, fields)).status, 429, `${path} with the right thing`);
  assert.equal((await person.client.post('/signin', { email, password })).status, 200);
});

test('a hundred guesses, with every wait sat out: then only a mailed pass helps', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const { email, password } = person;
  let looked = 0;
  for (let n = 0; n < 200; n++) {
    const answer = await new Client(server.url).post('/signin', { email, password: `wrong ${n}` });
    if (answer.status === 401) looked++;
    else if (answer.json.code === 'mailed_pass_needed') break;
    else server.moveClock({ seconds: Number(answer.headers['retry-after']) });
  }
  assert.equal(looked, 100);
  server.moveClock({ days: 30 });
  const right = await new Client(server.url).post('/signin', { email, password });
  assert.equal(right.json.code, 'mailed_pass_needed');

  // A month later no browser is signed in, and the owner's one still has tries of its own.
  assert.equal(await sessionOf(person.client), null);
  assert.equal((await person.client.post('/signin', { email, password })).status, 200);
  assert.equal((await person.client.post('/signin/code', { code: person.freshCode() })).status, 200);
});
