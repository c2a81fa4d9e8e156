// Case 9 by way of the phone number: the old number takes a change back for 30 days, once; the new one,
// another account's code and a late one do nothing. Also 12: a code is of one account and one change.

import assert from 'node:assert/strict';

import { WAIT, stop, stopCodeIn } from '../support/addresses.mjs';
import { NUMBER, addPhone, codeOf, textAfter, texts } from '../support/codes.mjs';
import { Client, request } from '../support/http.mjs';
import { must, next, sessionOf, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { until } from '../support/until.mjs';

const NEW_NUMBER = '+351912345679';
const THIRD_NUMBER = '+351912345670';

/** A person with a number, whose factors are old enough to approve a change. */
async function withPhone(server, number = NUMBER) {
  const person = await signUp(server);
  await addPhone(person, number);
  server.moveClock({ days: 4 });
  person.client = await person.signIn();
  return { person, number };
}
const phones = async (client) => must(await client.get('/account/phone')).phones;

/** As far as the change that waits: the text to the old number. */
async function askChange({ person, number }, to = NEW_NUMBER) {
  const { server } = person;
  const [phone] = await phones(person.client);
  const asked = await person.client.post('/account/phone', { number: to, replaces: phone.id });
  const sent = await textAfter(server, to, async () => next(await person.confirm(person.client, asked)));
  const type = () => person.client.post('/account/phone/code', { code: codeOf(sent) });
  return textAfter(server, number, async () => next(await type()));
}
/** Until it is done: the text to the old number, which can take it back. */
async function finish({ person, number }) {
  return textAfter(person.server, number, () => person.server.moveClock(WAIT));
}
const say = async (server, code, more) => must(await stop(new Client(server.url), code, more)).answer;

test('the old number takes a change back once, and every session ends', async (t) => {
  const server = await Server.start({ t });
  const owner = await withPhone(server);
  const [before] = await phones(owner.person.client);
  await askChange(owner);
  const undo = stopCodeIn(await finish(owner));
  for (const method of ['GET', 'HEAD'])
    assert.equal((await request(server.url, method, `/recover/stop?stop=${undo}`, {})).status, 200);
  const thief = await owner.person.signIn();
  assert.notEqual((await phones(thief))[0].number, before.number, 'looking brings nothing back');
  assert.equal(await say(server, undo), 'change_undone');
  await until(async () => (await sessionOf(thief)) === null, 'the session has ended');
  const again = await owner.person.signIn();
  assert.deepEqual((await phones(again)).map((one) => one.number), [before.number]);
  assert.ok((await stop(new Client(server.url), undo)).status >= 400, 'once');
});

test('whoever holds the new number has no code and takes nothing back', async (t) => {
  const server = await Server.start({ t });
  const owner = await withPhone(server);
  const asked = stopCodeIn(await askChange(owner));
  const undo = stopCodeIn(await finish(owner));
  assert.ok(asked && undo && asked !== undo);
  await until(async () => (await texts(server, NEW_NUMBER)).length === 2, 'it hears of the change');
  for (const text of await texts(server, NEW_NUMBER)) assert.equal(stopCodeIn(text), undefined);
  owner.person.client = await owner.person.signIn();
  assert.equal((await phones(owner.person.client)).length, 1);
});

test('a code of another account takes back its own change only', async (t) => {
  const server = await Server.start({ t });
  const ada = await withPhone(server);
  const eve = await withPhone(server, THIRD_NUMBER);
  ada.person.client = await ada.person.signIn();
  await askChange(ada);
  await askChange(eve, '+351912345671');
  const [hers, ours] = await Promise.all([
    textAfter(server, eve.number, () => server.moveClock(WAIT)),
    textAfter(server, ada.number, () => {}),
  ]);
  const before = await phones(await ada.person.signIn());
  const foreign = await stop(new Client(server.url), stopCodeIn(ours), { code: eve.person.freshCode() });
  assert.equal(foreign.json.code, 'code_not_right', 'nor beside another account’s app');
  assert.equal(await say(server, stopCodeIn(hers)), 'change_undone');
  assert.deepEqual(await phones(await ada.person.signIn()), before);
  assert.equal(await say(server, stopCodeIn(ours)), 'change_undone', 'it is still good');
});

test('after 30 days the old number takes nothing back and hears nothing', async (t) => {
  const server = await Server.start({ t });
  const owner = await withPhone(server);
  await askChange(owner);
  const undo = stopCodeIn(await finish(owner));
  server.moveClock({ days: 31 });
  const heard = (await texts(server, NUMBER)).length;
  assert.ok((await stop(new Client(server.url), undo)).status >= 400);
  owner.person.client = await owner.person.signIn();
  owner.number = NEW_NUMBER;
  await askChange(owner, THIRD_NUMBER);
  assert.equal((await texts(server, NUMBER)).length, heard);
  assert.equal((await phones(owner.person.client)).length, 1);
});

test('a thief of the old number is heard once: what he stopped he does not take back', async (t) => {
  const server = await Server.start({ t });
  const owner = await withPhone(server);
  assert.equal(await say(server, stopCodeIn(await askChange(owner))), 'change_stopped');
  assert.equal(await say(server, stopCodeIn(await askChange(owner))), 'change_once_only');
  const undo = stopCodeIn(await finish(owner));
  assert.equal(await say(server, undo), 'change_once_only');
  const [kept] = await phones(await owner.person.signIn());
  assert.ok(kept.number.endsWith(NEW_NUMBER.slice(-2)), kept.number);
});

test('in parallel it is taken back once', async (t) => {
  const server = await Server.start({ t });
  const owner = await withPhone(server);
  await askChange(owner);
  const undo = stopCodeIn(await finish(owner));
  const all = await Promise.all(Array.from({ length: 8 }, () => stop(new Client(server.url), undo)));
  const did = all.filter((one) => one.status === 200 && one.json.answer === 'change_undone');
  assert.equal(did.length, 1);
  assert.equal((await phones(await owner.person.signIn())).length, 1);
});
