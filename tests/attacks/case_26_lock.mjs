// Cases 13, 19 and 26: an account is locked by whoever holds a message of ours, and by nobody else; it is not
// entered while it is locked, and its owner is not kept out by locking it again and again.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { Unlock, lock, lockCodeIn, newestLockCode } from '../support/lock.mjs';
import { must, next, secondProcess, sessionOf, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { until } from '../support/until.mjs';

async function isLocked(person) {
  const answer = await new Client(person.server.url).post('/signin', {
    email: person.email,
    password: person.password,
  });
  return answer.status === 403 && answer.json.code === 'account_locked';
}

/** One factor, the mailed code, and the day that follows. */
async function unlockInADay(server, person) {
  server.moveClock({ hours: 73 }); // a younger factor would wait until it is as old as that
  const unlock = new Unlock(person);
  await unlock.begin();
  assert.equal(next(await unlock.show('mail', unlock.code)), '/unlock/check');
  assert.equal(next(await unlock.show('app', person.freshCode())), '/unlock/done');
  assert.equal(must(await unlock.client.get('/unlock/done')).state, 'waits');
  server.moveClock({ hours: 25 });
  await until(async () => !(await isLocked(person)), 'the account is open again');
}

test('who knows the address only, or has the code of another account, locks nothing', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const other = await signUp(server);
  const client = new Client(server.url);
  const refused = [];
  for (const [email, code] of [
    [person.email, '7K2MB-XQ4TR'],
    [person.email, await newestLockCode(other)],
    ['nobody@mail.example', await newestLockCode(person)],
    ['nobody@mail.example', '7K2MB-XQ4TR'],
  ])
    refused.push(await lock(client, email, code));
  for (const answer of refused) {
    assert.equal(answer.status, 401, answer.body);
    assert.equal(answer.json.code, refused[0].json.code);
    assert.equal(answer.json.title, refused[0].json.title);
  }
  assert.notEqual(await sessionOf(person.client), null);
});

test('GET, HEAD and a scanner that posts the form it finds lock nothing', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const code = await newestLockCode(person);
  const email = encodeURIComponent(person.email);
  const scanner = new Client(server.url, { headers: { Accept: 'text/html' } });
  const query = `?email=${email}&code=${code}&step_number=0000`;
  for (const method of ['HEAD', 'GET', 'GET']) await scanner.send(method, `/lock${query}`);
  const page = await scanner.send('GET', `/lock${query}`);
  assert.ok(!page.body.includes(person.email), 'nothing is filled in from the address of the page');
  assert.ok(!page.body.includes(code));
  const token = page.body.match(/name="step_token" value="([^"]+)"/)[1];
  const as = new Client(server.url);
  for (const fields of [
    { step_token: token, email: '', code: '', step_number: '' },
    { step_token: token, email: person.email, code, step_number: '' },
    { step_token: token, email: person.email, code, step_number: person.email },
    { step_token: '', email: person.email, code, step_number: '0000' },
  ]) {
    const answer = await as.post('/lock', fields, { form: true });
    assert.equal(answer.status, 422, answer.body);
  }
  assert.notEqual(await sessionOf(person.client), null);
  assert.equal((await lock(as, person.email, code)).status, 200, 'the person who reads and types');
});

test('a lock is known in every process within two seconds, and nothing enters', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const second = await secondProcess(server, t);
  const half = await person.enterPassword();
  assert.notEqual(await sessionOf(person.client, second.url), null);
  const locked = must(await lock(new Client(server.url), person.email, await newestLockCode(person)));
  assert.match(locked.number, /^\d{8}$/);
  await until(async () => (await sessionOf(person.client, second.url)) === null, 'the session is dead', 2);
  assert.equal(await sessionOf(person.client), null);
  assert.equal((await person.client.get('/api/v1/authz')).status, 401);
  assert.equal((await half.post('/signin/code', { code: person.freshCode() })).status, 410, 'half-finished');
  const wrong = await new Client(server.url).post('/signin', { email: person.email, password: 'not it' });
  const nobody = await new Client(server.url).post('/signin', { email: 'no@mail.example', password: 'no' });
  assert.equal(wrong.status, nobody.status);
  assert.equal(wrong.json.code, nobody.json.code, 'until the first factor is right nobody learns of it');
  assert.ok(await isLocked(person));
});

test('an old mail locks once: its code is dead afterwards, and a new mail only pauses', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const old = await newestLockCode(person);
  must(await lock(new Client(server.url), person.email, old));
  assert.equal(must(await lock(new Client(server.url), person.email, old)).answer, 'stays_locked');
  await unlockInADay(server, person);
  assert.equal((await lock(new Client(server.url), person.email, old)).status, 401, 'replayed');
  // Whoever reads the mailbox has a new code in each mail.
  const fresh = await newestLockCode(person);
  assert.equal(must(await lock(new Client(server.url), person.email, fresh)).answer, 'exits_paused');
  assert.equal(must(await lock(new Client(server.url), person.email, fresh)).answer, 'had_its_say');
  assert.ok(!(await isLocked(person)), 'the owner is in');
  const client = await person.signIn();
  const holds = must(await client.get('/api/v1/holds'));
  assert.ok(JSON.stringify(holds).includes('exits_paused'), JSON.stringify(holds));
});

test('mails to an address without an account hold no lock code', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const mails = await person.mailbox.all();
  const before = mails.filter((mail) => !mail.text.includes('/lock'));
  assert.ok(before.length > 0, 'the code of the sign-up');
  await new Client(server.url).post('/reset', { email: 'nobody@mail.example' });
  const mail = await person.mailbox.next('nobody@mail.example');
  assert.throws(() => lockCodeIn(mail));
});
