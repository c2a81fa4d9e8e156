// Case 25: many password hashes at once exhaust the memory. The pool is bounded: who comes too late hears so
// at once, and the session check goes on.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { freshAddress, signUp } from '../support/person.mjs';
import { BINARY, Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const SIGN_INS = 60;
const WORKERS = 1;
const QUEUE = 8;
const HASH_MIB = 64;
const CONFIG = (own) =>
  `[public]\nurl = "${own.url}"\n[passwords]\nhash_memory_kib = ${HASH_MIB * 1024}\n` +
  `hash_workers = ${WORKERS}\nhash_queue_max = ${QUEUE}\n`;
/** The workers' memory and the server's own. All at once would need SIGN_INS * HASH_MIB, 3,840 MiB. */
const GROWTH_MIB_MAX = WORKERS * HASH_MIB + 100;

test('sixty sign-ins at once', async (t) => {
  const server = await Server.start({ t, config: CONFIG });
  const person = await signUp(server);
  const before = server.memoryMib('VmRSS');
  let running = true;
  let checks = 0;
  const checker = (async () => {
    while (running) {
      assert.equal((await person.client.get('/account')).status, 200);
      checks++;
    }
  })();
  const answers = await Promise.all(
    Array.from({ length: SIGN_INS }, () =>
      new Client(server.url).post('/signin', { email: freshAddress(), password: 'a wrong one' }),
    ),
  );
  running = false;
  await checker;
  const busy = answers.filter((answer) => answer.status === 503);
  for (const answer of answers)
    assert.ok([401, 503].includes(answer.status), `${answer.status} ${answer.body}`);
  assert.ok(busy.length > 0, 'some are told to come back');
  const served = answers.length - busy.length;
  assert.ok(served >= WORKERS, `${served} were served, ${busy.length} sent away`);
  for (const answer of busy) assert.match(answer.headers['retry-after'], /^[1-9]\d*$/);
  assert.ok(checks > 0, 'people who are signed in go on');
  if (!BINARY.includes('asan')) {
    const grown = server.memoryMib('VmHWM') - before;
    assert.ok(grown < GROWTH_MIB_MAX, `the memory grew by ${grown} MiB`);
  }
});

test('who was sent away has lost no try', async (t) => {
  const server = await Server.start({ t, config: CONFIG });
  const person = await signUp(server);
  const { email } = person;
  const guess = () => new Client(server.url).post('/signin', { email, password: 'a wrong one' });
  const answers = await Promise.all(Array.from({ length: SIGN_INS }, guess));
  let looked = answers.filter((answer) => answer.status === 401).length;
  for (let n = 0; n < 12; n++) if ((await guess()).status === 401) looked++;
  assert.equal(looked, 10);
});
