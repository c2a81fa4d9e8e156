// Cases 2, 3 and 4 for codes by mail and text: used twice, guessed in parallel, guessed in many sign-ins, of
// another browser.

import assert from 'node:assert/strict';

import { NUMBER, addPhone, codeOf, textAfter, turnOnMailCodes } from '../support/codes.mjs';
import { SESSION, next, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const TRIES = 5;
const STRANGERS_FREE_TRIES = 10;
const GUESSES = 24;

const KINDS = {
  text: {
    path: '/signin/sms',
    prepare: (person) => addPhone(person),
    sent: (person, act) => textAfter(person.server, NUMBER, act),
  },
  mail: {
    path: '/signin/mail',
    prepare: (person) => turnOnMailCodes(person),
    sent: (person, act) =>
      person.mailbox.after(person.email, act, { matches: (mail) => /^\d{6}$/m.test(mail.text) }),
  },
};

async function ready(t, kind) {
  const server = await Server.start({ t });
  const person = await signUp(server);
  await kind.prepare(person);
  return { server, person };
}

/** A browser with a right password and a code on its way to the owner. */
async function asked(person, kind) {
  const browser = await person.enterPassword();
  const message = await kind.sent(person, async () => next(await browser.post(`${kind.path}/send`, {})));
  return { browser, code: codeOf(message) };
}

function other(code) {
  return code === '000000' ? '000001' : '000000';
}

for (const [name, kind] of Object.entries(KINDS)) {
  test(`a code by ${name}, sent many times at once, makes one session`, async (t) => {
    const { person } = await ready(t, kind);
    const { browser, code } = await asked(person, kind);
    const all = Array.from({ length: 12 }, () => browser.copy().post(kind.path, { code }));
    const answers = await Promise.all(all);
    const made = answers.filter((one) => one.setCookies.some((line) => line.startsWith(`${SESSION}=`)));
    assert.equal(made.length, 1);
  });

  test(`a code by ${name} is right in its own browser and for signing in only`, async (t) => {
    const { person } = await ready(t, kind);
    const { browser, code } = await asked(person, kind);
    const thief = await person.enterPassword();
    for (const path of ['/signin/sms', '/signin/mail', '/signin/code', '/signin/recovery-code']) {
      const answer = await thief.post(path, { code });
      assert.ok(!answer.setCookies.some((line) => line.startsWith(`${SESSION}=`)), path);
    }
    const wrong = await person.client.post('/account/phone/code', { code });
    assert.ok(wrong.status >= 400, wrong.body);
    next(await browser.post(kind.path, { code }));
  });

  test(`a burst of guesses at a code by ${name} has five tries`, async (t) => {
    const { person } = await ready(t, kind);
    const { browser, code } = await asked(person, kind);
    const all = Array.from({ length: GUESSES }, () => browser.copy().post(kind.path, { code: other(code) }));
    const answers = await Promise.all(all);
    const compared = answers.filter((one) => one.json?.code === 'code_not_right').length;
    assert.ok(compared <= TRIES, `${compared} were compared`);
    for (const one of answers) assert.ok([401, 410, 429].includes(one.status), one.body);
  });

  test(`guesses at codes by ${name} in many sign-ins draw on the account's one budget`, async (t) => {
    const { person } = await ready(t, kind);
    let compared = 0;
    for (let n = 0; n < 4; n++) {
      const browser = await person.enterPassword().catch(() => null);
      if (!browser) break; // the account waits
      if ((await browser.post(`${kind.path}/send`, {})).status !== 200) break;
      for (let guess = 0; guess < TRIES; guess++) {
        const answer = await browser.post(kind.path, { code: '000000' });
        if (answer.status === 401) compared++;
      }
    }
    assert.ok(compared <= STRANGERS_FREE_TRIES, `${compared} were compared`);
  });

  test(`a session by a code of ${name} changes nothing`, async (t) => {
    const { person } = await ready(t, kind);
    const { browser, code } = await asked(person, kind);
    next(await browser.post(kind.path, { code }));
    const session = await browser.get('/api/v1/session');
    assert.equal(session.json.level, 'aal1', session.body);
    for (const [path, fields] of [
      ['/account/password', { new_password: 'a willow by the seventh gate' }],
      ['/account/mail-code/on', {}],
      ['/account/mail-code/off', {}],
      ['/account/phone', { number: '+4915123456789' }],
      ['/account/app/add', {}],
    ]) {
      const answer = await browser.post(path, fields);
      assert.ok(answer.status >= 400 && answer.status < 500, `${path}: ${answer.status} ${answer.body}`);
    }
  });
}
