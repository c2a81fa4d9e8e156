// Case 3: a burst of parallel wrong guesses gets more tries than the budget. An answer of 401 is a guess that
// was looked at, 429 one that was not.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { at, secondProcess, signUp } from '../support/person.mjs';
import { ownPostgres } from '../support/postgres.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { wrongCode } from '../support/totp.mjs';

const BURST = 50;
const FREE_TRIES = 10; // of strangers, before the first wait
const BROWSER_TRIES = 10; // of each known browser, before it shares the strangers'

function looked(answers) {
  for (const answer of answers)
    assert.ok(answer.status === 401 || answer.status === 429, `${answer.status} ${answer.body}`);
  return answers.filter((answer) => answer.status === 401).length;
}

function guesses(servers, email, count = BURST) {
  return Promise.all(
    Array.from({ length: count }, (_, n) =>
      new Client(servers[n % servers.length].url).post('/signin', { email, password: `a wrong one ${n}` }),
    ),
  );
}

async function burst(person, servers) {
  assert.equal(looked(await guesses(servers, person.email)), FREE_TRIES);
  const right = { email: person.email, password: person.password };
  const stranger = await new Client(servers[0].url).post('/signin', right);
  assert.equal(stranger.status, 429, 'a stranger with the right password waits too');
  assert.match(stranger.headers['retry-after'], /^[1-9]\d*$/);
  assert.equal((await person.client.post('/signin', right)).status, 200, 'the owner does not wait');
}

test('wrong passwords', async (t) => {
  const server = await Server.start({ t });
  await burst(await signUp(server), [server]);
});

test('wrong passwords at two processes on one SQLite database', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  await burst(person, [server, await secondProcess(server, t)]);
});

test('wrong passwords at two processes on one PostgreSQL database', async (t) => {
  const postgres = await ownPostgres({ t });
  const config = (own) => `[public]\nurl = "${own.url}"\n[database]\nlocation = "${postgres.location}"\n`;
  const server = await Server.start({ t, config });
  const person = await signUp(server);
  const keys = `${server.folder}/keys`;
  const second = await secondProcess(server, t, {
    config: (own) => `${config(own)}[keys]\nfile = "${keys}"\n`,
  });
  await burst(person, [server, second]);
});

test('wrong codes of the app in one half-finished sign-in', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const thief = await person.enterPassword();
  const rightCode = person.freshCode(); // moves the clock, and so comes before the wait
  const code = wrongCode(person.secret, server.now());
  const all = Array.from({ length: BURST }, () => thief.copy().post('/signin/code', { code }));
  const count = looked(await Promise.all(all));
  assert.ok(count >= 1 && count <= FREE_TRIES, `${count} were looked at`);
  const right = await thief.post('/signin/code', { code: rightCode });
  assert.equal(right.status, 429, 'a right code does not end the wait');
});

test('wrong passwords in a browser that the account knows', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const all = Array.from({ length: BURST }, (_, n) =>
    at(person.client, server).post('/signin', { email: person.email, password: `a wrong one ${n}` }),
  );
  const count = looked(await Promise.all(all));
  assert.ok(count >= BROWSER_TRIES && count <= BROWSER_TRIES + FREE_TRIES, `${count} were looked at`);
});

test('an address that nobody has, in the same way', async (t) => {
  const server = await Server.start({ t });
  assert.equal(looked(await guesses([server], 'nobody@mail.example')), FREE_TRIES);
});
