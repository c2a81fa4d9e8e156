// Case 9 by way of a removal: a passkey or the password goes only after everybody who was told could stop it;
// whoever has one mailbox or one session stops the owner once, and whoever has neither stops nothing. Also
// 12: a stop code is of one account and one change, and is taken once.

import assert from 'node:assert/strict';

import { WAIT, stop, stopCodeIn, withStopCode } from '../support/addresses.mjs';
import { Authenticator, enrol, enrolTwo, withPasskeys } from '../support/authenticator.mjs';
import { NUMBER, addPhone, textAfter, texts } from '../support/codes.mjs';
import { Client, request } from '../support/http.mjs';
import { must, next, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const OLD = { days: 4 }; // what approves a removal is older than 72 hours
const PASSKEYS = '/account/passkeys';

/** A person with an old app and one passkey, signed in. */
async function withPasskey(server, options) {
  const person = await signUp(server, options);
  await enrol(person, new Authenticator(server));
  server.moveClock(OLD);
  person.client = await person.signIn(new Client(server.url), '/signin/key');
  return person;
}
const listed = async (client) => {
  const { synced, keys } = must(await client.get(PASSKEYS));
  return [...synced, ...keys];
};
const leaving = async (client) => (await listed(client)).filter((one) => one.due);

/** Asks for the removal of the only passkey; the mail with the stop code. */
async function askRemoval(person, client = person.client) {
  const [passkey] = await listed(client);
  const asked = await client.post(`${PASSKEYS}/remove`, { passkey: passkey.id });
  const confirm = async () => next(await person.confirm(client, asked));
  return person.mailbox.after(person.email, confirm, withStopCode);
}
const answer = async (client, code, more) => must(await stop(client, code, more)).answer;
/** The worker has done it. */
async function isRemoved(person) {
  person.server.moveClock(WAIT);
  await person.mailbox.next(person.email, { matches: (mail) => /was removed/.test(mail.subject) });
}

test('a thief who removes a passkey is stopped by the code of a mail, and by its code only', async (t) => {
  const server = await Server.start({ t, config: withPasskeys });
  const person = await withPasskey(server);
  const told = await askRemoval(person);
  const code = stopCodeIn(told);
  const stranger = new Client(server.url);
  for (const method of ['GET', 'HEAD'])
    for (const path of ['/recover/stop', `/recover/stop?stop=${code}`])
      assert.equal((await request(server.url, method, path, {})).status, 200);
  for (const guess of ['', 'AAAAA-AAAAA', code.slice(0, -1), `${code}0`])
    assert.ok((await stop(stranger, guess)).status >= 400, guess);
  assert.equal((await leaving(person.client)).length, 1, 'looking and guessing stop nothing');
  assert.equal(await answer(stranger, code), 'change_stopped');
  for (const again of [code, code.toLowerCase(), code.replace('-', '')])
    assert.ok((await stop(stranger, again)).status >= 400, 'it is dead');
  assert.deepEqual(await leaving(person.client), []);
  server.moveClock(WAIT);
  person.client = await person.signIn(new Client(server.url), '/signin/key');
  assert.equal((await listed(person.client)).length, 1);
});

test('a thief of the mailbox keeps his passkey there once, and no longer', async (t) => {
  const server = await Server.start({ t, config: withPasskeys });
  const person = await withPasskey(server);
  const thief = new Client(server.url);
  assert.equal(await answer(thief, stopCodeIn(await askRemoval(person))), 'change_stopped');
  const code = stopCodeIn(await askRemoval(person));
  assert.equal(await answer(thief, code), 'change_once_only');
  const guessed = await stop(thief, code, { code: '000000' });
  assert.equal(guessed.json.code, 'code_not_right', 'a wrong code of the app is no factor');
  assert.equal((await leaving(person.client)).length, 1);
  await isRemoved(person);
});

test('a stolen cookie keeps a passkey once, and then has to show a factor', async (t) => {
  const server = await Server.start({ t, config: withPasskeys });
  const person = await withPasskey(server);
  const thief = person.client.copy();
  const keep = async () => {
    const [one] = await leaving(thief);
    return thief.post(`${PASSKEYS}/keep`, { change: one.change });
  };
  await askRemoval(person);
  const told = await person.mailbox.after(person.email, async () => {
    assert.match(next(await keep()), /done=kept$/);
  });
  assert.match(told.subject, /was stopped/, 'everybody hears of it');
  await askRemoval(person);
  const second = next(await keep());
  assert.match(second, /^\/account\/reauth\//);
  const page = must(await thief.get(second));
  for (const proof of ['', '000000', person.password])
    assert.ok((await thief.post(page.confirm_path, { step_up: page.step_up, proof })).status >= 400);
  for (const body of [{}, { step_up: page.step_up }, { change: page.step_up, verified: true }])
    assert.ok((await thief.post(`${PASSKEYS}/keep/confirm`, body)).status >= 400);
  assert.equal((await leaving(person.client)).length, 1);
  await isRemoved(person);
});

test('a code of another account, or another account’s app, stops nothing here', async (t) => {
  const server = await Server.start({ t, config: withPasskeys });
  const ada = await withPasskey(server);
  const eve = await withPasskey(server);
  ada.client = await ada.signIn(new Client(server.url), '/signin/key'); // days have passed
  const hers = stopCodeIn(await askRemoval(eve));
  const ours = stopCodeIn(await askRemoval(ada));
  const stranger = new Client(server.url);
  const foreign = await stop(stranger, ours, { code: eve.freshCode() });
  assert.equal(foreign.json.code, 'code_not_right');
  assert.equal(await answer(stranger, hers), 'change_stopped');
  assert.equal((await leaving(ada.client)).length, 1);
  const [change] = await leaving(ada.client);
  const theirs = await eve.client.post(`${PASSKEYS}/keep`, { change: change.change });
  assert.equal(theirs.json.code, 'too_late', 'nor does another account’s session');
  assert.equal((await leaving(ada.client)).length, 1);
  assert.equal(await answer(stranger, ours, { code: ada.freshCode() }), 'change_stopped');
});

test('in parallel one code stops once, and every address and number has its own', async (t) => {
  const server = await Server.start({ t, config: withPasskeys });
  const person = await withPasskey(server);
  await addPhone(person);
  server.moveClock(OLD);
  person.client = await person.signIn(new Client(server.url), '/signin/key');
  let mail;
  const text = await textAfter(server, NUMBER, async () => (mail = await askRemoval(person)));
  const byText = stopCodeIn(text);
  assert.ok(byText && byText !== stopCodeIn(mail));
  const all = await Promise.all(
    Array.from({ length: 8 }, () => stop(new Client(server.url), byText)),
  );
  const did = all.filter((one) => one.status === 200 && one.json.answer === 'change_stopped');
  assert.equal(did.length, 1);
  assert.ok((await stop(new Client(server.url), stopCodeIn(mail))).status >= 400, 'all of them end with it');
  assert.equal((await texts(server, NUMBER)).filter((one) => stopCodeIn(one)).length, 1);
});

test('the removal of the password is stopped by its code, and dead codes stay dead', async (t) => {
  const server = await Server.start({ t, config: withPasskeys });
  const person = await signUp(server);
  await enrolTwo(server, person);
  const ask = () =>
    person.mailbox.after(
      person.email,
      async () => {
        const asked = await person.client.post('/account/password/remove', {});
        assert.match(next(await person.confirm(person.client, asked)), /done=leaves$/);
      },
      withStopCode,
    );
  const stranger = new Client(server.url);
  const first = stopCodeIn(await ask());
  assert.equal(await answer(stranger, first), 'change_stopped');
  const second = stopCodeIn(await ask());
  assert.notEqual(second, first);
  assert.ok((await stop(stranger, first)).status >= 400);
  assert.equal(await answer(stranger, second), 'change_once_only');
  assert.equal(await answer(stranger, second, { code: person.freshCode() }), 'change_stopped');
  const late = stopCodeIn(await ask());
  server.moveClock(WAIT);
  await person.mailbox.next(person.email, { matches: (mail) => /was removed/.test(mail.subject) });
  assert.ok((await stop(stranger, late)).status >= 400, 'what is removed is not taken back by mail');
});
