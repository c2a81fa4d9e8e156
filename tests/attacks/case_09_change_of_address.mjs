// Case 9 by way of the address: whoever has one mailbox, old or new, or a session, does not get the account
// by changing its address; the one who has the old mailbox is heard for 30 days, once, and no longer. Also 12
// and 14: what stops is taken once, and nobody learns who has an account.

import assert from 'node:assert/strict';

import { WAIT, askChange, begin, finish, stop, stopCodeIn, waiting } from '../support/addresses.mjs';
import { Client, request } from '../support/http.mjs';
import { SESSION, freshAddress, must, next, sessionOf, signUp } from '../support/person.mjs';
import { Reset } from '../support/reset.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { until } from '../support/until.mjs';

/** An account whose factors are old enough to approve a change. */
async function settled(server, options) {
  const person = await signUp(server, options);
  server.moveClock({ days: 4 });
  person.client = await person.signIn();
  return person;
}
const signsIn = (person, email, client = new Client(person.server.url)) =>
  client.post('/signin', { email, password: person.password });
const answer = async (client, code) => must(await stop(client, code)).answer;

test('a stolen session with both factors shown changes no address without a fresh proof', async (t) => {
  const server = await Server.start({ t });
  const person = await settled(server);
  const thief = person.client.copy();
  assert.deepEqual([...thief.cookies.keys()].includes(SESSION), true);
  const to = freshAddress('thief.example');
  const asked = must(await thief.post('/account/email', { email: to }));
  assert.match(asked.next, /^\/account\/reauth\//);
  const page = must(await thief.get(asked.next));
  for (const proof of ['000000', '', person.enrolmentCode, person.password])
    assert.ok(
      (await thief.post(page.confirm_path, { step_up: page.step_up, proof })).status >= 400,
      `${proof}`,
    );
  for (const body of [{ code: '123456' }, { email: to, code: '123456', verified: true }, {}])
    assert.ok((await thief.post('/account/email/code', body)).status >= 400);
  assert.equal((await thief.post('/account/email/code/send', {})).status, 410);
  assert.deepEqual(await person.mailbox.all(to), []);
  assert.deepEqual(await waiting(person.client), []);
});

test('a session of less than both factors, or a young factor, changes no address', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const asked = await person.client.post('/account/email', { email: freshAddress('new.example') });
  const young = await person.confirm(person.client, asked);
  assert.equal(young.json.code, 'approver_too_young');
  const weak = await person.signInByRecoveryCode();
  const low = await weak.post('/account/email', { email: freshAddress('new.example') });
  assert.equal(low.json.code, 'level_too_low');
});

test('a thief who could change the address is stopped by the old mailbox, and it is put back', async (t) => {
  const server = await Server.start({ t });
  const person = await settled(server);
  const { to, told } = await askChange(person);
  assert.ok(!told.text.includes(to), 'the new address is masked');
  const stranger = new Client(server.url);
  const code = stopCodeIn(told);
  for (const method of ['GET', 'HEAD'])
    assert.equal((await request(server.url, method, `/recover/stop?stop=${code}`, {})).status, 200);
  assert.equal((await waiting(person.client)).length, 1, 'looking stops nothing');
  for (const guess of ['AAAAA-AAAAA', code.slice(1), ''])
    assert.ok((await stop(stranger, guess)).status >= 400, guess);
  assert.equal(await answer(stranger, code.toLowerCase()), 'change_stopped');
  assert.ok((await stop(stranger, code)).status >= 400, 'it is dead');
  server.moveClock(WAIT);
  assert.equal(next(await signsIn(person, person.email)), '/signin/code');
  assert.equal((await signsIn(person, to)).status, 401);

  person.client = await person.signIn();
  const again = await askChange(person);
  assert.equal(await answer(stranger, stopCodeIn(again.told)), 'change_once_only');
  const undo = stopCodeIn(await finish(person));
  assert.equal(next(await signsIn(person, again.to)), '/signin/code');
  assert.equal((await signsIn(person, person.email)).status, 401);
  assert.equal(await answer(stranger, undo), 'change_once_only', 'a thief of the old mailbox had his turn');
  server.moveClock({ days: 31 });
  assert.ok((await stop(stranger, undo)).status >= 400);
});

test('the old address takes a change back once, within 30 days, and every session ends', async (t) => {
  const server = await Server.start({ t });
  const person = await settled(server);
  const { to } = await askChange(person);
  const undo = stopCodeIn(await finish(person));
  assert.equal(await sessionOf(person.client), null, 'the change ended it');
  const atNew = await person.mailbox.next(to, { matches: (mail) => /changed/.test(mail.subject) });
  assert.equal(stopCodeIn(atNew), undefined, 'the new mailbox takes nothing back');
  const owner = person.email;
  person.email = to;
  const thief = await person.signIn();
  const client = new Client(server.url);
  assert.equal(await answer(client, undo), 'change_undone');
  await until(async () => (await sessionOf(thief)) === null, 'the session has ended');
  assert.equal((await signsIn(person, to)).status, 401);
  assert.equal(next(await signsIn(person, owner)), '/signin/code');
  assert.ok((await stop(client, undo)).status >= 400, 'once');
  const told = await person.mailbox.next(to, { matches: (mail) => /old address/.test(mail.subject) });
  assert.ok(told, 'whoever loses the address hears of it');
});

test('after 31 days the old address takes nothing back and hears nothing', async (t) => {
  const server = await Server.start({ t });
  const person = await settled(server);
  const { to } = await askChange(person);
  const old = person.email;
  const undo = stopCodeIn(await finish(person));
  person.email = to;
  const heard = await person.mailbox.after(old, async () => (person.client = await person.signIn()));
  assert.match(heard.subject, /sign-in/i, 'within 30 days it hears of everything');
  server.moveClock({ days: 31 });
  const before = (await person.mailbox.all(old)).length;
  await person.mailbox.after(to, () => person.signIn());
  assert.equal((await person.mailbox.all(old)).length, before);
  assert.ok((await stop(new Client(server.url), undo)).status >= 400);
  assert.equal(next(await signsIn(person, to)), '/signin/code');
});

test('a thief of the old mailbox resets nothing once the address is another', async (t) => {
  const server = await Server.start({ t });
  const person = await settled(server);
  await askChange(person);
  await finish(person);
  const reset = new Reset(person);
  const mail = await person.mailbox.after(person.email, async () =>
    next(await reset.client.post('/reset', { email: person.email })),
  );
  assert.doesNotMatch(mail.text, /^\d{8}$/m, 'it says that there is no account');
});

test('a thief of the new mailbox has nothing before it is done, and no stop code', async (t) => {
  const server = await Server.start({ t });
  const person = await settled(server);
  const { to, code } = await askChange(person);
  assert.equal((await signsIn(person, to)).status, 401);
  const all = await person.mailbox.all(to);
  assert.equal(all.length, 1, 'one mail: the code');
  assert.ok(!all[0].text.includes(person.words), 'the words go to no address that is not the account');
  const thief = new Client(server.url);
  assert.ok((await thief.post('/account/email/code', { code })).status === 401);
  assert.ok((await person.client.post('/account/email/code', { code })).status >= 400, 'used');
  // Somebody who signs up with it while it waits keeps it: the change ends, and says so.
  await signUp(server, { email: to });
  const ended = await person.mailbox.after(person.email, () => server.moveClock(WAIT));
  assert.match(ended.text, /Another account has that address/);
  assert.equal(next(await signsIn(person, person.email)), '/signin/code');
});

test('somebody else’s address looks like a free one, and its owner is not flooded', async (t) => {
  const server = await Server.start({ t });
  const person = await settled(server);
  const victim = await signUp(server);
  const free = freshAddress('free.example');
  const before = (await person.mailbox.all(victim.email)).length;
  const seen = [];
  for (const email of [free, victim.email]) {
    const asked = await person.client.post('/account/email', { email });
    const led = await person.confirm(person.client, asked);
    const page = await person.client.get('/account/email/code');
    const wrong = await person.client.post('/account/email/code', { code: '123456' });
    seen.push(
      [led, page, wrong].map((one) => [
        one.status,
        one.body
          .replaceAll(email, 'ADDRESS')
          .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z|\d{10,}|(?<="reference":")[^"]+/g, 'MASKED'),
      ]),
    );
    server.moveClock({ minutes: 20 });
  }
  assert.deepEqual(seen[1], seen[0]);
  for (let n = 0; n < 6; n++) await person.client.post('/account/email/code/send', {});
  const told = (await person.mailbox.all(victim.email)).slice(0, -before || undefined);
  assert.ok(told.length >= 1 && told.length <= 2, `${told.length} mails`);
  assert.ok(told.every((mail) => !/^\d{6}$/m.test(mail.text)), 'no code');
  assert.equal(next(await signsIn(victim, victim.email)), '/signin/code');
});

test('asked for in parallel there is one change, and one code is taken once', async (t) => {
  const server = await Server.start({ t });
  const person = await settled(server);
  const { code } = await begin(person);
  const tries = Array.from({ length: 8 }, () =>
    person.client.copy().post('/account/email/code', { code }),
  );
  const answers = await Promise.all(tries);
  assert.equal(answers.filter((one) => one.status === 200).length, 1);
  assert.equal((await waiting(person.client)).length, 1);
  const stops = await person.mailbox.all(person.email);
  const stopCode = stopCodeIn(stops.find((mail) => stopCodeIn(mail)));
  const stopped = await Promise.all(
    Array.from({ length: 8 }, () => stop(new Client(server.url), stopCode)),
  );
  const did = stopped.filter((one) => one.status === 200 && one.json.answer === 'change_stopped');
  assert.equal(did.length, 1);
});
