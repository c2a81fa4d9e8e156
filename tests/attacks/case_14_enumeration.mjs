// Case 14: nobody learns from an answer whether an address has an account: status, headers and body, as JSON
// and as a page, and what the answer costs, by the server's own counters.

import assert from 'node:assert/strict';

import { withPasskeys, withoutPassword } from '../support/authenticator.mjs';
import { Client, request } from '../support/http.mjs';
import { freshAddress, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { until } from '../support/until.mjs';

const TYPES = ['application/json', 'text/html'];
const REFERENCE = /"reference":"[0-9A-Z]{8}"|(?<=<bdi dir="ltr">)[0-9A-Z]{8}(?=<)/g;
const SECRET = /(__Host-\w+=)[\w-]{20,}/g;
// A clock's minute may pass between the two.
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z|\d{1,2}:\d\d(:\d\d)?/g;

function seen(answer, email) {
  const { date, ...headers } = answer.headers;
  assert.ok(date === undefined || date.length > 0);
  const masked = (text) =>
    text
      .replaceAll(email, 'ADDRESS')
      .replaceAll(encodeURIComponent(email), 'ADDRESS')
      .replace(SECRET, '$1SECRET')
      .replace(REFERENCE, 'REFERENCE')
      .replace(TIME, 'TIME');
  return { status: answer.status, headers: masked(JSON.stringify(headers)), body: masked(answer.body) };
}

/** Walks the same way for an address that has an account and for one that has none. */
async function sameWay(t, walk) {
  const server = await Server.start({ t });
  const known = await signUp(server);
  const unknown = freshAddress();
  server.moveClock({ days: 2 }); // the mail of the sign-up is no longer new
  assert.equal(unknown.length, known.email.length);
  for (const type of TYPES) {
    const walks = [];
    for (const email of [known.email, unknown]) {
      const client = new Client(server.url, { headers: { Accept: type } });
      const answers = await walk(client, email, { form: type === 'text/html' });
      walks.push(answers.map((answer) => seen(answer, email)));
    }
    assert.deepEqual(walks[0], walks[1], type);
    server.moveClock({ days: 2 });
  }
  return { server, known, unknown };
}

/** One mail for each way of asking: they leave after the answers. */
const mailsOf = (mailbox, email) =>
  until(async () => {
    const mails = await mailbox.all(email);
    return mails.length >= TYPES.length && mails;
  }, `the mails to ${email} arrive`);

test('a wrong password, and the wait after ten', async (t) => {
  await sameWay(t, async (client, email, form) => {
    const answers = [];
    for (let n = 0; n < 12; n++) {
      const own = new Client(client.base, { headers: client.headers });
      answers.push(await own.post('/signin', { email, password: `a wrong one ${n}` }, form));
    }
    assert.equal(answers.at(0).status, 401);
    assert.equal(answers.at(-1).status, 429);
    return answers;
  });
});

test('sign-up: the address, a wrong code, a new code', async (t) => {
  const { known, unknown } = await sameWay(t, async (client, email, form) => {
    const answers = [await client.post('/signup', { email }, form), await client.get('/signup/confirm')];
    for (let n = 0; n < 6; n++)
      answers.push(await client.post('/signup/confirm', { code: '00000000' }, form));
    answers.push(await client.post('/signup/resend', {}, form), await client.get('/signup/secure'));
    return answers;
  });
  // The mailbox alone knows.
  const asked = await mailsOf(known.mailbox, unknown);
  const told = await known.mailbox.all(known.email);
  assert.notEqual(told[0].subject, asked[0].subject);
  assert.equal(asked.length, TYPES.length);
});

test('a reset: the address, a wrong code, a new code, and pages out of turn', async (t) => {
  const { known, unknown } = await sameWay(t, async (client, email, form) => {
    const answers = [await client.post('/reset', { email }, form), await client.get('/reset/check')];
    for (let n = 0; n < 6; n++) answers.push(await client.post('/reset/check', { code: '00000000' }, form));
    answers.push(await client.post('/reset/resend', {}, form), await client.post('/reset', { email }, form));
    for (const path of ['/reset/factor', '/reset/new', '/reset/done']) answers.push(await client.get(path));
    answers.push(await client.post('/reset/factor', { code: '000000' }, form));
    answers.push(await client.post('/reset/new', { new_password: 'a wish of nobody' }, form));
    return answers;
  });
  const asked = await mailsOf(known.mailbox, unknown);
  const told = await known.mailbox.all(known.email);
  assert.notEqual(told[0].subject, asked[0].subject, 'the mailbox alone knows');
  assert.equal(asked.length, TYPES.length);
});

test('the end of a way back: the address, a wrong code, and pages out of turn', async (t) => {
  await sameWay(t, async (client, email, form) => {
    const answers = [await client.post('/recover/finish', { email }, form)];
    for (let n = 0; n < 6; n++) answers.push(await client.post('/recover/check', { code: '00000000' }, form));
    answers.push(await client.post('/recover/resend', {}, form));
    for (const path of ['/recover/check', '/recover/new', '/recover/app', '/recover/done'])
      answers.push(await client.get(path));
    answers.push(await client.post('/recover/new', { new_password: 'a wish of nobody' }, form));
    return answers;
  });
});

test('a mailed pass: asked for, a wrong code, asked again', async (t) => {
  const { known, unknown } = await sameWay(t, async (client, email, form) => [
    await client.post('/signin/pass', { email }, form),
    await client.post('/signin/pass/code', { code: '00000000', email }, form),
    await client.post('/signin/pass', { email }, form),
  ]);
  assert.deepEqual(await known.mailbox.all(unknown), []);
  assert.ok((await known.mailbox.all(known.email)).length > 1);
});

// Neither a number that was never ours, nor a copied one, tells who has an account.
test('a message number', async (t) => {
  const server = await Server.start({ t });
  const somebody = await signUp(server);
  const copied = (await somebody.mailbox.all(somebody.email))[0].text.match(/V(-[0-9A-Z]{4}){4}/)[0];
  const { known } = await sameWay(t, async (client, recipient, form) => [
    await client.post('/verify', { number: 'V-0000-0000-0000-0000', recipient }, form),
    await client.post('/verify', { number: copied, recipient }, form),
    await client.post('/verify', { number: 'V-0000-0000-0000-0001', recipient }, form),
    await client.post('/verify', { number: 'none', recipient }, form),
  ]);
  const genuine = (await known.mailbox.all(known.email))[0].text.match(/V(-[0-9A-Z]{4}){4}/)[0];
  const asked = { number: genuine, recipient: known.email };
  const answer = await new Client(known.server.url).post('/verify', asked);
  assert.equal(answer.json.answer, 'genuine', 'the comparison could have failed');
});

/** The server's counters; asking costs the same each time. */
async function counters(server) {
  const { body } = await request(server.privateUrl, 'GET', '/metrics');
  const names = ['sallyport_hashes_total', 'sallyport_database_statements_total'];
  return names.map((name) => Number(body.match(new RegExp(`^${name} (\\d+)`, 'm'))[1]));
}
const TRIES = 6;

/** What a request costs: [hashes, statements]. Other work of the server adds to the statements now and then
 *  (it looks for mail and for ended sessions twice a second), never to the least of several tries. */
async function costOf(server, send) {
  const costs = [];
  for (let n = 0; n < TRIES; n++) {
    const before = await counters(server);
    await send();
    const after = await counters(server);
    costs.push(after.map((value, i) => value - before[i]));
    server.moveClock({ days: 2 }); // what was charged is forgotten
  }
  const hashes = new Set(costs.map(([count]) => count));
  assert.equal(hashes.size, 1, `hashes: ${[...hashes]}`);
  return { hashes: costs[0][0], statements: Math.min(...costs.map(([, count]) => count)) };
}

// The forms with and without a hash in one list show that the counter tells them apart.
test(
  'every public form costs the same for both: hashes and statements',
  async (t) => {
    const server = await Server.start({ t });
    const known = await signUp(server);
    server.moveClock({ days: 2 });
    const forms = [
      { path: '/signin', fields: { password: 'a wrong one' }, hashes: 1 },
      { path: '/signup', fields: {}, hashes: 0 },
      { path: '/reset', fields: {}, hashes: 0 },
      { path: '/recover/finish', fields: {}, hashes: 0 },
      { path: '/recover/stop', fields: { stop: 'AAAAA-AAAAA' }, hashes: 0 },
      { path: '/reset/check', fields: { code: '00000000' }, hashes: 0 },
      { path: '/signin/pass', fields: {}, hashes: 0 },
      { path: '/signin/pass/code', fields: { code: '00000000' }, hashes: 0 },
      { path: '/verify', fields: { number: 'V-0000-0000-0000-0000' }, hashes: 0 },
    ];
    for (const { path, fields, hashes } of forms) {
      const send = (email) => new Client(server.url).post(path, { email, recipient: email, ...fields });
      const theirs = await costOf(server, () => send(known.email));
      const nobodys = await costOf(server, () => send(freshAddress()));
      assert.equal(theirs.hashes, hashes, path);
      assert.equal(nobodys.hashes, hashes, path);
      // A mail is taken and noted by a worker while we look: those statements are compared beside the code.
      const mails = ['/signup', '/reset', '/recover/finish', '/signin/pass'].includes(path);
      if (!mails) assert.equal(nobodys.statements, theirs.statements, path);
    }
  },
  { seconds: 240 },
);

// Whoever holds the old password, or guesses, does not learn that there is none.
test(
  'an account without a password answers and costs like any other',
  async (t) => {
    const server = await Server.start({ t, config: withPasskeys });
    const known = await signUp(server);
    const other = await signUp(server);
    await withoutPassword(server, known);
    const answers = [];
    for (const [email, password] of [
      [known.email, known.password],
      [other.email, 'a wrong one'],
      [freshAddress(), 'a wrong one'],
    ]) {
      const send = () => new Client(server.url).post('/signin', { email, password });
      const cost = await costOf(server, send);
      assert.equal(cost.hashes, 1, email);
      answers.push({ cost, ...seen(await send(), email) });
    }
    assert.equal(answers[0].status, 401);
    assert.deepEqual(answers[0], answers[1]);
    assert.deepEqual(answers[0], answers[2]);
  },
  { seconds: 240 },
);

test('a right first factor does tell: the comparison can fail', async (t) => {
  await assert.rejects(
    sameWay(t, async (client, email, form) => {
      const answer = await client.post('/signin', { email, password: 'x' }, form);
      answer.bytes = Buffer.from(email.slice(0, 8));
      return [answer];
    }),
    /\+ actual - expected/,
  );
});
