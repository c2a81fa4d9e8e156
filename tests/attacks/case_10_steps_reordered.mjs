// Case 10: the steps of a flow are skipped, repeated or done in another order: sign-up, sign-in, a new app, a
// new kit. Each try brings evidence that is right, which its own step then shows by taking it: a refusal is
// by the order alone.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { HALF, SESSION, SIGN_UP, SignUp, must, next, sessionOf, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { totp } from '../support/totp.mjs';

const PROOF_CHARACTERS = 4;
const KEY_PROOF_CHARACTERS = 9; // with the space between groups

const partOf = (code) => code.replaceAll('-', '').slice(-PROOF_CHARACTERS);
const opened = (answer) => answer.setCookies.some((line) => line.startsWith(`${SESSION}=`));

/** Refused, or led somewhere that is not `ahead`; no session is opened. */
function keptBack(answer, asked, ahead = []) {
  const moved = answer.status === 200 ? answer.json.next : null;
  assert.ok(answer.status < 500 && moved !== undefined, `${asked}: ${answer.status} ${answer.body}`);
  assert.ok(!ahead.includes(moved), `${asked} led to ${moved}`);
  assert.equal(opened(answer), false, asked);
}

test('a sign-up: later steps first, and earlier ones again', async (t) => {
  const server = await Server.start({ t });
  const way = new SignUp(server);
  const order = ['/signup/confirm', '/signup/secure', '/signup/second', '/signup/kit', '/signup/kit/proof'];
  const evidence = () => ({
    '/signup/confirm': { code: way.mailedCode() },
    '/signup/secure': { password: way.password },
    '/signup/second': { code: way.secret ? totp(way.secret, server.now()) : '000000' },
    '/signup/kit': {},
    '/signup/kit/proof': { part: way.codes ? partOf(way.codes[0]) : 'AAAA' },
  });
  const tryOthers = async (at) => {
    const ahead = [...order.slice(order.indexOf(at) + 1), '/signup/done', '/account'];
    for (const path of order.filter((one) => one !== at)) {
      keptBack(await way.client.post(path, evidence()[path]), `at ${at}: POST ${path}`, ahead);
    }
    assert.equal(await sessionOf(way.client), null);
  };
  await way.enter();
  await tryOthers('/signup/confirm');
  assert.equal(await way.confirm(), '/signup/secure');
  await tryOthers('/signup/secure');
  assert.equal(await way.choosePassword(), '/signup/second');
  await tryOthers('/signup/second');
  assert.equal(await way.addApp(), '/signup/kit');
  way.codes = must(await way.client.get('/signup/kit')).codes;
  await tryOthers('/signup/kit');
  await way.keepKit();
  const before = way.client.copy();
  assert.equal(await way.prove(), '/signup/done');
  assert.notEqual(await sessionOf(way.client), null);
  // The flow is over: its cookie, stolen before the last step, opens nothing, nor passes for a session.
  for (const path of order) keptBack(await before.copy().post(path, evidence()[path]), `at the end: ${path}`);
  before.cookies.set(SESSION, before.cookies.get(SIGN_UP));
  assert.equal(await sessionOf(before), null);
});

test('a sign-in: the second factor first, alone, of another flow, and again', async (t) => {
  const server = await Server.start({ t });
  const [ada, eve] = [await signUp(server), await signUp(server)];
  server.moveClock({ minutes: 5 });
  const nobody = new Client(server.url);
  const recovery = ada.freshRecoveryCode();
  keptBack(await nobody.post('/signin/code', { code: ada.freshCode() }), 'a code without a password');
  keptBack(await nobody.post('/signin/recovery-code', { code: recovery }), 'a kit without a password');
  // Afterwards the password leads to the second factor, not past it.
  assert.equal(await sessionOf(await ada.enterPassword(nobody)), null);
  // One half is Eve's own, the other is Ada's.
  const half = await eve.enterPassword();
  keptBack(await half.copy().post('/signin/code', { code: ada.freshCode(), email: ada.email }), "Ada's code");
  keptBack(await half.copy().post('/signin/recovery-code', { code: recovery }), "Ada's kit");
  // A half that has been finished, and one that was begun for the session that it became.
  const mine = await ada.enterPassword();
  const copy = mine.copy();
  next(await mine.post('/signin/code', { code: ada.freshCode() }));
  keptBack(await copy.post('/signin/code', { code: ada.freshCode() }), 'a finished half');
  keptBack(await copy.post('/signin/recovery-code', { code: recovery }), 'a finished half, by kit');
  copy.cookies.set(SESSION, copy.cookies.get(HALF) ?? 'none');
  assert.equal(await sessionOf(copy), null);
  // All that was refused was right.
  const whole = await ada.enterPassword();
  next(await whole.post('/signin/recovery-code', { code: recovery }));
  assert.notEqual(await sessionOf(whole), null);
});

test('a new app: not without proof, nor with another proof, nor without its backup', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const client = person.client;
  const apps = async () => must(await client.get('/account/app')).apps.length;
  const ahead = ['/account/app/new', '/account/app/new/saved', '/account/app?done=added'];
  const asked = async (path) => must(await client.get(next(await client.post(path, {})))).step_up;
  assert.equal(await apps(), 1);

  server.moveClock({ minutes: 5 });
  keptBack(await client.post('/account/app/new', { code: person.freshCode() }), 'a code at once', ahead);
  keptBack(await client.post('/account/app/new/saved', { part: 'AAAA AAAA' }), 'a backup at once', ahead);
  keptBack(await client.post('/account/app/add/confirm', { proof: person.freshCode() }), 'unasked', ahead);
  const forKit = { step_up: await asked('/account/kit'), proof: person.freshCode() };
  keptBack(await client.post('/account/app/add/confirm', forKit), "the kit's question", ahead);
  const forAdding = { step_up: await asked('/account/app/add'), proof: person.freshCode() };
  keptBack(await client.post('/account/app/move/confirm', forAdding), "another deed's question", ahead);

  server.moveClock({ minutes: 30 });
  const question = await client.post('/account/app/add', {});
  assert.equal(next(await person.confirm(client, question)), '/account/app/new');
  const { key } = must(await client.get('/account/app/new'));
  const part = key.slice(-KEY_PROOF_CHARACTERS);
  keptBack(await client.post('/account/app/new/saved', { part }), 'its backup first', ahead.slice(1));
  assert.equal(await apps(), 1);
  const other = await person.signIn();
  const code = totp(key.replaceAll(' ', ''), server.now());
  keptBack(await other.post('/account/app/new', { code }), 'another session', ahead);
  assert.equal(next(await client.post('/account/app/new', { code })), '/account/app/new/saved');
  keptBack(await other.post('/account/app/new/saved', { part }), 'another session, its backup', ahead);
  assert.equal(await apps(), 1);
  assert.equal(next(await client.post('/account/app/new/saved', { part })), '/account/app?done=added');
  assert.equal(await apps(), 2);
  keptBack(await client.post('/account/app/new/saved', { part }), 'once more', ahead);
  assert.equal(await apps(), 2);
});

test('a new kit: not without proof, and the old one holds until the new one is put away', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const client = person.client;
  const number = async () => must(await client.get('/account/kit')).number;
  const old = await number();
  const ahead = ['/account/kit/new', '/account/kit/new/proof', '/account/kit?done=1'];
  const part = partOf(person.codes[0]);
  server.moveClock({ minutes: 5 });
  keptBack(await client.post('/account/kit/new/saved', {}), 'saved at once', ahead);
  keptBack(await client.post('/account/kit/new/proof', { part }), 'proof at once', ahead);
  keptBack(await client.post('/account/kit/confirm', { proof: person.freshCode() }), 'no question', ahead);
  assert.equal(await number(), old);

  server.moveClock({ minutes: 30 });
  assert.equal(next(await person.confirm(client, await client.post('/account/kit', {}))), '/account/kit/new');
  const { codes } = must(await client.get('/account/kit/new'));
  for (const one of codes.slice(0, 3))
    keptBack(await client.post('/account/kit/new/proof', { part: partOf(one) }), 'too early', ahead.slice(2));
  assert.equal(await number(), old);
  assert.equal(next(await client.post('/account/kit/new/saved', {})), '/account/kit/new/proof');
  const wanted = must(await client.get('/account/kit/new/proof')).asked;
  assert.equal(await number(), old, 'until the last step');
  const last = { part: partOf(codes[wanted - 1]) };
  assert.equal(next(await client.post('/account/kit/new/proof', last)), '/account/kit?done=1');
  assert.notEqual(await number(), old);
  keptBack(await client.post('/account/kit/new/proof', last), 'once more', ahead);
});
