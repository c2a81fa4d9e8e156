// Case 27: somebody signs up with the victim's address first.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { SESSION, SignUp, freshAddress, sessionOf } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

async function getsNowhere(squatter) {
  for (const [path, fields] of [
    ['/signup/secure', { password: squatter.password }],
    ['/signup/second', { code: '000000' }],
    ['/signup/second/later', { later: 'yes' }],
    ['/signup/kit', {}],
    ['/signup/kit/proof', { part: '0000' }],
  ]) {
    const answer = await squatter.client.copy().post(path, fields);
    assert.ok(answer.status >= 400 || answer.json.next === '/signup/confirm', `${path}: ${answer.body}`);
  }
  assert.equal(squatter.client.cookies.has(SESSION), false);
}

test('without the mailbox the squatter gets nowhere, and the owner gets the account', async (t) => {
  const server = await Server.start({ t });
  const email = freshAddress();
  const squatter = new SignUp(server, { email });
  const squattersMail = await squatter.enter();
  await getsNowhere(squatter);

  server.moveClock({ minutes: 2 });
  const owner = new SignUp(server, { email });
  await owner.enter();
  assert.notEqual(owner.mail.text, squattersMail.text);
  const crossed = await squatter.client.post('/signup/confirm', { code: owner.mailedCode() });
  assert.ok(crossed.status >= 400, `the owner's code in the squatter's browser: ${crossed.body}`);
  assert.equal(await owner.confirm(), '/signup/secure');
  await getsNowhere(squatter);
  const person = await owner
    .choosePassword()
    .then(() => owner.addApp())
    .then(() => owner.keepKit())
    .then(() => owner.prove());
  assert.equal(person, '/signup/done');
  assert.notEqual(await sessionOf(owner.client), null);

  // Even with the code of its own mail, which the squatter may have talked out of the owner meanwhile.
  const late = await squatter.client.post('/signup/confirm', { code: squatter.mailedCode() });
  assert.ok(late.status >= 400, late.body);
  await getsNowhere(squatter);
  const squat = await new Client(server.url).post('/signin', { email, password: squatter.password });
  assert.equal(squat.status, 401);
});

test('what a squatter chose dies when the owner proves the address', async (t) => {
  const server = await Server.start({ t });
  const email = freshAddress();
  const squatter = new SignUp(server, { email });
  await squatter.enter();
  await squatter.confirm(); // the owner read the code out on the telephone
  await squatter.choosePassword();
  await squatter.addApp();

  server.moveClock({ minutes: 2 });
  const owner = new SignUp(server, { email });
  await owner.enter();
  assert.equal(await owner.confirm(), '/signup/secure', 'the owner begins with a password of their own');
  await owner.choosePassword();
  await owner.addApp();
  assert.notEqual(owner.secret, squatter.secret);
  await owner.keepKit();
  assert.equal(await owner.prove(), '/signup/done');
  const answer = await squatter.client.post('/signup/kit', {});
  assert.ok(answer.status >= 400 || answer.json.next !== '/signup/done', answer.body);
  assert.equal(squatter.client.cookies.has(SESSION), false);
  assert.equal(
    (await new Client(server.url).post('/signin', { email, password: squatter.password })).status,
    401,
  );
});

test('a squatter does not use up the tries or the mails of the owner', async (t) => {
  const server = await Server.start({ t });
  const email = freshAddress();
  const squatter = new SignUp(server, { email });
  await squatter.enter();
  for (let n = 0; n < 8; n++) await squatter.client.post('/signup/confirm', { code: String(n).repeat(8) });
  const spent = await squatter.client.post('/signup/confirm', { code: squatter.mailedCode() });
  assert.ok(spent.status >= 400, 'five tries are all');
  server.moveClock({ minutes: 2 });
  const owner = new SignUp(server, { email });
  await owner.enter();
  assert.equal(await owner.confirm(), '/signup/secure');
});
