// Case 8 and its kin, for an account without a strong factor: what a thief of its cookie, its password, its
// mailbox or its number gains by a step-up. With all that the account has a strong factor can be added, which
// every channel hears of; nothing is taken away, and no address or number moves.

import assert from 'node:assert/strict';

import { Authenticator, showKey } from '../support/authenticator.mjs';
import { codeOf } from '../support/codes.mjs';
import { Client } from '../support/http.mjs';
import { must, next } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { LENIENT, approveWeakly, byPassword, messageAfter, passwordFirst } from '../support/weak.mjs';
import { makeKitWeakly, signInWeakly, weakPerson } from '../support/weak.mjs';

const TRIES = 5;
const WEAKENS = [
  ['/account/mail-code/off', {}],
  ['/account/email', { email: 'thief@elsewhere.example' }],
  ['/signup/notice', { email: 'thief@elsewhere.example' }],
  ['/account/phone', { number: '+351912000111' }],
  ['/account/kit', {}], // its owner keeps it, and a road back may have begun with it
];

function other(code) {
  return code === '000000' ? '000001' : '000000';
}

async function ready(t, kind) {
  const server = await Server.start({ t, config: LENIENT });
  const person = await weakPerson(server, kind);
  server.moveClock({ minutes: 2 });
  return { server, person };
}

for (const kind of ['mail', 'text']) {
  test(`a stolen cookie sends the owner nothing and approves nothing, ${kind}`, async (t) => {
    const { person } = await ready(t, kind);
    const at = next(await person.client.post('/account/passkeys/add', {}));
    const page = must(await person.client.get(at));
    for (const [path, fields] of [
      [`${at}/send`, { by: kind, target: '0' }],
      [page.confirm_path, { step_up: page.step_up, by: kind, proof: '000000' }],
      [page.confirm_path, { step_up: page.step_up, by: 'kit', recovery: '1-AAAA-AAAA-AAAA-AAAA' }],
      [page.confirm_path, { step_up: page.step_up, proof: 'a guess at it' }],
      [page.confirm_path, { step_up: page.step_up, proof: person.password }], // the code is asked for too
    ]) {
      const answer = await person.client.post(path, fields);
      assert.ok(answer.status >= 400 && answer.status < 500, `${path}: ${answer.status} ${answer.body}`);
    }
    const { send_path } = await passwordFirst(person, await person.client.post('/account/passkeys/add', {}));
    // The first message of all is the one that the right password asks for.
    const message = await messageAfter(person, kind, async () =>
      next(await person.client.post(send_path, { by: kind })),
    );
    assert.match(message.text, /Add a passkey/, 'it says what it approves');
  });

  test(`the code of a step-up is for one step, session and account, ${kind}`, async (t) => {
    const { server, person } = await ready(t, kind);
    const asked = await person.client.post('/account/passkeys/add', {});
    const page = await passwordFirst(person, asked);
    const send = async () => next(await person.client.post(page.send_path, { by: kind }));
    const code = codeOf(await messageAfter(person, kind, send));
    const elsewhere = await passwordFirst(person, await person.client.post('/account/app/add', {}));
    const wrong = await person.client.post(elsewhere.confirm_path, {
      step_up: elsewhere.step_up,
      by: kind,
      proof: code,
    });
    assert.equal(wrong.status, 422, wrong.body);
    server.moveClock({ minutes: 2 });
    const thief = await signInWeakly(person, kind);
    next(thief.answer);
    const fields = { step_up: page.step_up, by: kind, proof: code };
    const stolen = await thief.client.post(page.confirm_path, fields);
    assert.equal(stolen.status, 410, stolen.body);
    const nobody = await new Client(server.url).post(page.confirm_path, fields);
    assert.equal(nobody.status, 401, nobody.body);
    const signIn = new Client(server.url);
    next(await signIn.post('/signin', { email: person.email, password: person.password }));
    const path = kind === 'text' ? '/signin/sms' : '/signin/mail';
    assert.ok((await signIn.post(path, { code })).status >= 400, 'it signs nobody in');
  });

  test(`a burst of guesses at the code has five tries, ${kind}`, async (t) => {
    const { person } = await ready(t, kind);
    const page = await passwordFirst(person, await person.client.post('/account/app/add', {}));
    const send = async () => next(await person.client.post(page.send_path, { by: kind }));
    const code = codeOf(await messageAfter(person, kind, send));
    const guess = (proof) =>
      person.client.copy().post(page.confirm_path, { step_up: page.step_up, by: kind, proof });
    const answers = await Promise.all(Array.from({ length: 16 }, () => guess(other(code))));
    const compared = answers.filter((one) => one.json?.code === 'proof_wrong').length;
    assert.ok(compared <= TRIES, `${compared} were compared`);
    assert.ok((await guess(code)).status >= 400);
  });

  test(`with everything that the account has, nothing of it is taken away, ${kind}`, async (t) => {
    const { server, person } = await ready(t, kind);
    await makeKitWeakly(person, kind);
    const { number } = must(await person.client.get('/account/kit'));
    server.moveClock({ minutes: 20 }); // a second address belongs to the sign-up for a while
    const before = must(await person.client.get('/account'));
    for (const [path, fields] of WEAKENS) {
      const asked = await person.client.post(path, fields);
      if (asked.status >= 400) continue; // refused before anything is asked
      const at = next(asked);
      const page = await person.client.get(at);
      assert.equal(page.json.code, 'stronger_factor_needed', `${path}: ${page.body}`);
      for (const [rest, more] of [
        ['/password', { proof: person.password }],
        ['/send', { by: kind }],
      ]) {
        const answer = await person.client.post(at + rest, more);
        assert.ok(answer.status >= 400 && answer.status < 500, `${path}${rest}: ${answer.body}`);
      }
    }
    assert.equal(must(await person.client.get('/account/kit')).number, number);
    const after = must(await person.client.get('/account'));
    assert.deepEqual(
      after.checks.map(({ id, state }) => [id, state]),
      before.checks.map(({ id, state }) => [id, state]),
    );
  });

  test(`a strong factor is added by password and code, once, ${kind}`, async (t) => {
    const { person } = await ready(t, kind);
    const { answer, message, proof } = await approveWeakly(
      person,
      await person.client.post('/account/app/add', {}),
      kind,
    );
    assert.equal(next(answer), '/account/app/new');
    assert.match(message.text, /Add an authenticator app/);
    const again = await person.client.post('/account/app/add/confirm', { step_up: '0', by: kind, proof });
    assert.equal(again.status, 410, again.body);
  });
}

test('a touched key approves nothing without the password, nor the password without it', async (t) => {
  const { server, person } = await ready(t, '');
  const key = new Authenticator(server, { verified: false, eligible: false, backedUp: false });
  const asked = await byPassword(person, await person.client.post('/account/passkeys/add', {}));
  next(asked);
  const made = key.made(must(await person.client.post('/account/passkeys/new/options', {})));
  next(await person.client.post('/account/passkeys/new', made));
  server.moveClock({ minutes: 2 });
  const client = new Client(server.url);
  next(await client.post('/signin', { email: person.email, password: person.password }));
  next(await showKey(client, key));

  const at = next(await client.post('/account/app/add', {}));
  const page = must(await client.get(at));
  assert.ok(page.key_password && !page.key_touch && !page.password && !page.app_code && !page.passkey);
  const approve = async (query, more = {}) => {
    const options = await client.post(`${at}/options${query}`, {});
    if (options.status !== 200) return options;
    const answer = key.answer(options.json);
    return client.post(page.confirm_path, { step_up: page.step_up, ...answer, ...more });
  };
  assert.equal((await approve('?besides=1')).status, 410, 'before the password');
  assert.equal((await approve('')).status, 422, 'the key alone');
  key.verified = true; // whoever found it gave it a PIN
  assert.equal((await approve('')).status, 422, 'the key alone, with a PIN that is not its owner’s');
  key.verified = false;
  const alone = await client.post(page.confirm_path, { step_up: page.step_up, proof: person.password });
  assert.equal(alone.status, 422, alone.body);
  next(await client.post(`${at}/password`, { password: person.password }));
  assert.ok(must(await client.get(at)).key_touch);
  const stolen = await client.post(page.confirm_path, { step_up: page.step_up, proof: person.password });
  assert.equal(stolen.status, 422, stolen.body);
  assert.equal(next(await approve('?besides=1')), '/account/app/new');
});
