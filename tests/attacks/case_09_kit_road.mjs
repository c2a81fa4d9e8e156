// Case 9 on the road of the kit: kit and mailbox enter after an hour in the open, and not before; whoever was
// told stops them by a code that only its mail holds; looking at the page stops nothing (case 26).

import assert from 'node:assert/strict';

import { Client, request } from '../support/http.mjs';
import { withoutLock } from '../support/mailbox.mjs';
import { freshPassword, next, signUp } from '../support/person.mjs';
import { Reset } from '../support/reset.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const stopCodeIn = (mail) => withoutLock(mail).match(/\b([0-9A-Z]{5}-[0-9A-Z]{5})\b/)?.[1];

/** Opens a case; the mail that tells the owner. */
async function begin(person) {
  const reset = new Reset(person);
  await reset.ask();
  await reset.confirm();
  return person.mailbox.after(
    person.email,
    async () => {
      const led = next(await reset.client.post('/reset/kit', { code: person.freshRecoveryCode() }));
      assert.equal(led, '/reset/waiting');
    },
    { matches: (mail) => stopCodeIn(mail) !== undefined },
  );
}

/** P8h in a new browser, as far as the password. */
async function goOn(person) {
  const finish = new Reset(person, new Client(person.server.url), '/recover');
  const enter = async () => next(await finish.client.post('/recover/finish', { email: person.email }));
  const mail = await person.mailbox.after(person.email, enter, {
    matches: (one) => /^\d{8}$/m.test(one.text),
  });
  finish.code = mail.text.match(/^\d{8}$/m)[0];
  await finish.confirm();
  return finish.client;
}
const wish = (client) => client.post('/recover/new', { new_password: freshPassword() });

test('a thief of kit and mailbox waits, and the owner stops him', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  server.moveClock({ days: 2 });
  const told = await begin(person);
  server.moveClock({ minutes: 50 });
  const early = await goOn(person);
  assert.equal((await wish(early)).json.state, 'waiting');
  assert.equal((await early.post('/recover/app', { code: '000000' })).json.state, 'waiting');

  const owner = new Client(server.url);
  const code = stopCodeIn(told);
  for (const method of ['GET', 'HEAD'])
    for (const path of [`/recover/stop?stop=${code}`, '/recover/stop'])
      assert.equal((await request(server.url, method, path, {})).status, 200);
  const guesses = ['AAAAA-AAAAA', `${code.slice(0, 10)}${code.endsWith('0') ? '1' : '0'}`, code.slice(1), ''];
  for (const stop of guesses) assert.ok((await owner.post('/recover/stop', { stop })).status >= 400, stop);
  assert.equal((await owner.post('/recover/stop', { stop: code.toLowerCase() })).json.answer, 'paused');
  assert.equal((await owner.post('/recover/stop', { stop: code })).json.answer, 'once_only');
  server.moveClock({ minutes: 20 });
  assert.equal((await wish(await goOn(person))).json.state, 'waiting', 'for three days more');
  const ended = await owner.post('/recover/stop', { stop: code, code: person.freshCode() });
  assert.equal(ended.json.answer, 'ended');
  server.moveClock({ hours: 80 });
  assert.equal((await wish(await goOn(person))).json.state, 'ended');
  await person.signIn(); // the old password and the old app
});

test('the code for the one way is no code for the other', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  server.moveClock({ days: 2 });
  const reset = new Reset(person);
  await reset.ask();
  server.moveClock({ minutes: 2 });
  const finish = new Client(server.url);
  next(await finish.post('/recover/finish', { email: person.email }));
  assert.equal((await finish.post('/recover/check', { code: reset.code })).json.code, 'code_not_right');
  const swapped = new Client(server.url);
  swapped.cookies = new Map([['__Host-recover', reset.client.cookies.get('__Host-reset')]]);
  assert.equal((await swapped.post('/recover/check', { code: reset.code })).status, 410);
});

test('nobody with a case has more than before: no path leads round the hour', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  server.moveClock({ days: 2 });
  await begin(person);
  server.moveClock({ minutes: 2 });
  const thief = await goOn(person);
  for (const [path, body] of [
    ['/recover/new', { new_password: freshPassword(), state: 'ready' }],
    ['/recover/app', { code: '123456', key: 'AAAA' }],
    ['/reset/new', { new_password: freshPassword() }],
    ['/reset/factor', { code: '123456' }],
  ]) {
    const answer = await thief.post(path, body);
    const waits = answer.status >= 400 || answer.json.state === 'waiting';
    assert.ok(waits, `${path} ${answer.body.slice(0, 200)}`);
  }
  assert.equal((await thief.get('/account')).status, 401);
  await person.signIn();
});
