// Case 2: parallel requests with one right code make more than one session.

import assert from 'node:assert/strict';

import { SESSION, at, secondProcess, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const REQUESTS = 12;

function sessions(answers) {
  for (const answer of answers)
    assert.ok([200, 401, 410, 429].includes(answer.status), `${answer.status} ${answer.body}`);
  return answers.filter((answer) => answer.setCookies.some((line) => line.startsWith(`${SESSION}=`))).length;
}

for (const [what, path, code] of [
  ['a code of the app', '/signin/code', (person) => person.freshCode()],
  ['a recovery code', '/signin/recovery-code', (person) => person.freshRecoveryCode()],
]) {
  test(`${what}, sent many times at once from one browser, makes one session`, async (t) => {
    const server = await Server.start({ t });
    const person = await signUp(server);
    const browser = await person.enterPassword();
    const fields = { code: code(person) };
    const all = Array.from({ length: REQUESTS }, () => browser.copy().post(path, fields));
    assert.equal(sessions(await Promise.all(all)), 1);
  });

  test(`${what}, sent at once from two browsers to two processes, makes one session`, async (t) => {
    const server = await Server.start({ t });
    const person = await signUp(server);
    const second = await secondProcess(server, t);
    const here = await person.enterPassword();
    const there = at(await person.enterPassword(), second);
    const fields = { code: code(person) };
    const all = [];
    for (let n = 0; n < REQUESTS / 3; n++) {
      all.push(here.copy().post(path, fields), there.copy().post(path, fields));
    }
    assert.equal(sessions(await Promise.all(all)), 1);
  });
}
