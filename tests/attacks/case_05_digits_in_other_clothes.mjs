// Case 5: white space, separators and the digits of other scripts are accepted, and none of them makes a used
// code look new.

import assert from 'node:assert/strict';

import { next, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const shifted = (zero) => (code) =>
  [...code].map((digit) => String.fromCodePoint(zero + Number(digit))).join('');
const CLOTHES = {
  plain: (code) => code,
  'a space in the middle': (code) => `${code.slice(0, 3)} ${code.slice(3)}`,
  'white space around': (code) => ` \t${code}\r\n`,
  'a no-break space': (code) => `${code.slice(0, 3)}\u00a0${code.slice(3)}`,
  'a dash': (code) => `${code.slice(0, 3)}-${code.slice(3)}`,
  'full width': shifted(0xff10),
  'Arabic-Indic': shifted(0x0660),
  'Eastern Arabic-Indic': shifted(0x06f0),
  mixed: (code) => shifted(0xff10)(code.slice(0, 2)) + shifted(0x0660)(code.slice(2, 4)) + code.slice(4),
};

test('each signs in, and afterwards no other is new', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  for (const [name, dress] of Object.entries(CLOTHES)) {
    const code = person.freshCode();
    const browser = await person.enterPassword();
    const answer = await browser.post('/signin/code', { code: dress(code) });
    assert.equal(answer.status, 200, `${name}: ${answer.body}`);
    const again = await person.enterPassword(person.client.copy());
    for (const [other, redress] of Object.entries(CLOTHES).slice(0, 8)) {
      const replay = await again.post('/signin/code', { code: redress(code) });
      assert.equal(replay.status, 401, `${name}, then ${other}: ${replay.body}`);
      assert.equal(replay.json.code, 'code_already_used', `${name}, then ${other}`);
    }
    next(await again.post('/signin/code', { code: person.freshCode() }));
  }
});

test('what is not six digits is no code', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const code = person.freshCode();
  const browser = await person.enterPassword(person.client.copy());
  for (const typed of [
    `${code}0`,
    `0${code}`,
    code.slice(0, 5),
    `${code}x`,
    `+${code}`,
    `${code}.0`,
    '½½½½½½',
  ])
    assert.equal((await browser.post('/signin/code', { code: typed })).status, 401, typed);
});

test('a recovery code works once, whatever it wears', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const code = person.freshRecoveryCode();
  const browser = await person.enterPassword();
  next(await browser.post('/signin/recovery-code', { code: ` ${code.toLowerCase().replaceAll('-', ' ')} ` }));
  const thief = await person.enterPassword(person.client.copy());
  for (const typed of [code, code.toLowerCase(), code.replaceAll('-', ''), code.replaceAll('-', ' – ')])
    assert.equal((await thief.post('/signin/recovery-code', { code: typed })).status, 401, typed);
});
