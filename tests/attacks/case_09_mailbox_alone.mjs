// Case 9 and its kin: the mailbox alone changes neither the password nor the second factor. Also case 12: a
// code is used again, raced, or used for another account, purpose or browser; case 13: no mail enrols
// anything; case 19: a locked account is not entered by the reset.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { linksIn } from '../support/mailbox.mjs';
import { freshPassword, next, sessionOf, signUp } from '../support/person.mjs';
import { Reset } from '../support/reset.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const PATHS = ['/reset/check', '/reset/factor', '/reset/new', '/reset/done'];

test('a thief of the mailbox gets no further than the factor', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  server.moveClock({ days: 2 });
  const thief = new Reset(person);
  await thief.ask();
  assert.equal(await thief.confirm(), '/reset/factor');
  const wish = freshPassword();
  for (const body of [
    { new_password: wish },
    { new_password: wish, code: '' },
    { new_password: wish, stage: 'password', verified: true, factor: 'totp' },
  ])
    assert.equal(next(await thief.client.post('/reset/new', body)), '/reset/factor');
  for (const code of ['', '000000', '0', thief.code, 'null', person.codes[0]])
    assert.equal((await thief.client.post('/reset/factor', { code })).status, 401, code);
  assert.equal((await thief.client.post('/reset/factor/passkey', {})).status, 401);
  assert.equal(await sessionOf(thief.client), null, 'a reset signs nobody in');
  for (const path of ['/account', '/account/app', '/signup/second'])
    assert.notEqual((await thief.client.get(path)).status, 200, path);
  await person.signIn(); // the old password and the old app
  assert.deepEqual(linksIn(thief.mail), [], 'nothing to click on, so nothing to enrol by (case 13)');
});

test('no step is skipped, and a step out of turn changes nothing', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  server.moveClock({ days: 2 });
  const reset = new Reset(person);
  for (const path of PATHS)
    assert.equal((await reset.client.get(path)).status, 410, `${path} before there is a reset`);
  await reset.ask();
  const posts = [
    ['/reset/factor', { code: person.freshCode() }],
    ['/reset/new', { new_password: freshPassword() }],
    ['/reset/factor/passkey', {}],
  ];
  for (const [path, body] of posts)
    assert.equal(next(await reset.client.post(path, body)), '/reset/check', path);
  await reset.confirm();
  assert.equal(await reset.showApp(), '/reset/new');
  assert.equal(await reset.choose(), '/reset/done');
  assert.equal(next(await reset.client.post('/reset/new', { new_password: freshPassword() })), '/reset/done');
  assert.equal(next(await reset.client.post('/reset/check', { code: reset.code })), '/reset/factor');
  assert.equal(next(await reset.client.get('/reset/factor')), '/reset/done');
  await person.signIn();
});

test('a code is of one account, one browser and one use, raced or not', async (t) => {
  const server = await Server.start({ t });
  const ada = await signUp(server);
  const eve = await signUp(server);
  server.moveClock({ days: 2 });
  const hers = new Reset(ada);
  const other = new Reset(ada);
  const eves = new Reset(eve);
  await hers.ask();
  server.moveClock({ minutes: 2 });
  await other.ask();
  await eves.ask();
  const type = (reset, code) => reset.client.post('/reset/check', { code });
  assert.equal((await type(other, hers.code)).status, 401, 'another browser');
  assert.equal((await type(eves, hers.code)).status, 401, 'another account');
  assert.equal((await type(new Reset(ada), hers.code)).status, 410, 'no browser');
  const pass = new Client(server.url);
  server.moveClock({ minutes: 2 });
  next(await pass.post('/signin/pass', { email: ada.email }));
  const elsewhere = await pass.post('/signin/pass/code', { code: hers.code, email: ada.email });
  assert.equal(elsewhere.json.code, 'code_not_right', 'another purpose');

  await hers.confirm();
  await hers.showApp();
  const passwords = Array.from({ length: 6 }, () => freshPassword());
  const answers = await Promise.all(
    passwords.map((password) => hers.client.copy().post('/reset/new', { new_password: password })),
  );
  for (const answer of answers) assert.equal(next(answer), '/reset/done');
  const mails = (await ada.mailbox.all(ada.email)).filter((mail) => /was reset/.test(mail.subject));
  assert.ok(mails.length <= 1);
  const signIns = [];
  for (const password of passwords)
    signIns.push((await new Client(server.url).post('/signin', { email: ada.email, password })).status);
  assert.equal(signIns.filter((status) => status === 200).length, 1, 'one of them was set');
});

test('another mail never gives new tries', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  server.moveClock({ days: 2 });
  const reset = new Reset(person);
  await reset.ask();
  const wrong = async () => (await reset.client.post('/reset/check', { code: '00000000' })).json.code;
  for (let n = 0; n < 4; n++) assert.equal(await wrong(), 'code_not_right');
  server.moveClock({ minutes: 2 });
  await person.mailbox.after(person.email, async () => next(await reset.client.post('/reset/resend', {})));
  assert.equal(await wrong(), 'code_not_right');
  assert.equal(await wrong(), 'code_spent');
});
