// Case 28: SMS pumping: codes sent to many numbers or one premium number.

import assert from 'node:assert/strict';

import { LANDLINE, NUMBER, addPhone, texts } from '../support/codes.mjs';
import { next, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const PREMIUM = '+351760123456';
const A_NETWORK_AN_HOUR = 10;
const A_NUMBER_A_DAY = 5;

test('a premium number and a number of nobody get no text and no call', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const shared = '+351808123456';
  for (const number of [PREMIUM, shared, '+351800123456', '+447012345678', '12345']) {
    const answer = await person.client.post('/account/phone', { number });
    assert.equal(answer.status, 422, `${number}: ${answer.body}`);
  }
  assert.deepEqual(await texts(server), []);
});

test('an account with many numbers sends no more than its network may ask for', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  for (let n = 10; n < 24; n++) {
    const asked = await person.client.post('/account/phone', { number: `+3519123456${n}` });
    if (asked.status !== 429) next(await person.confirm(person.client, asked));
  }
  const sent = (await texts(server)).length;
  assert.ok(sent > 0 && sent <= A_NETWORK_AN_HOUR, `${sent} texts`);
});

test('the password alone does not make a phone ring all day', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  await addPhone(person);
  const before = (await texts(server, NUMBER)).length;
  for (let n = 0; n < 9; n++) {
    const thief = await person.enterPassword();
    const answer = await thief.post('/signin/sms/send', {});
    assert.ok([200, 429].includes(answer.status), `${answer.status} ${answer.body}`);
  }
  const sent = (await texts(server, NUMBER)).length - before;
  assert.ok(before + sent <= A_NUMBER_A_DAY, `${before} and ${sent} texts`);
});

test('asked for in parallel the codes of one sign-in are one', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  await addPhone(person);
  const before = (await texts(server, NUMBER)).length;
  const thief = await person.enterPassword();
  const all = Array.from({ length: 12 }, () => thief.copy().post('/signin/sms/send', {}));
  for (const answer of await Promise.all(all)) assert.ok([200, 429].includes(answer.status), answer.body);
  assert.ok((await texts(server, NUMBER)).length <= A_NUMBER_A_DAY, `${before} before`);
});

test('calls draw on the budgets of texts', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  await addPhone(person);
  const thief = await person.enterPassword();
  for (let n = 0; n < 6; n++) {
    server.moveClock({ minutes: 2 });
    const answer = await thief.post('/signin/sms/send', n % 2 ? { by: 'call' } : {});
    assert.ok([200, 429].includes(answer.status), `${answer.status} ${answer.body}`);
  }
  const all = await texts(server, NUMBER);
  assert.ok(all.some(({ kind }) => kind === 'call'));
  assert.ok(all.length <= A_NUMBER_A_DAY, `${all.length} texts and calls`);
  for (let n = 10; n < 24; n++) {
    const asked = await person.client.post('/account/phone', { number: LANDLINE.slice(0, -2) + n });
    if (asked.status !== 429) next(await person.confirm(person.client, asked));
  }
  const sent = (await texts(server)).length;
  assert.ok(sent <= A_NETWORK_AN_HOUR, `${sent} texts and calls`);
});
