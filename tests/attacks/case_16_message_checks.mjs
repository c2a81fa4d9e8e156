// Cases 13 and 16 at the page that checks messages: a copied number proves nothing for somebody else, and a
// network's twenty questions an hour are twenty, whatever it says of itself and however many addresses it
// has.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { freshAddress, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const CHECKS = 20; // an hour
const NUMBER = /V(-[0-9A-Z]{4}){4}/;
const NOBODYS = 'V-0000-0000-0000-0000';
const BEHIND_PROXY = (own) =>
  `[public]\nurl = "${own.url}"\n[listen]\ntrusted_proxies = ["127.0.0.0/8"]\n[passwords]\nhash_passes = 1\n`;

function ask(server, headers = {}, number = NOBODYS, recipient = freshAddress()) {
  return new Client(server.url, { headers }).post('/verify', { number, recipient });
}

test('a copied number, and one with another message of the same person, prove nothing', async (t) => {
  const server = await Server.start({ t });
  const [ada, bob] = [await signUp(server), await signUp(server)];
  const numbers = (await ada.mailbox.all(ada.email)).map((mail) => mail.text.match(NUMBER)[0]);
  assert.ok(numbers.length >= 2);
  const answerTo = async (number, recipient) => (await ask(server, {}, number, recipient)).json;
  assert.equal((await answerTo(numbers[0], ada.email)).answer, 'genuine');
  const refused = await answerTo(numbers[0], bob.email);
  assert.equal(refused.answer, 'not_ours');
  const facts = ['subject', 'at', 'language', 'to', 'channel'];
  for (const told of facts) assert.equal(refused[told] ?? null, null, told);
  // One's serial with the other's MAC: the check is wrong; where it is made right, the MAC is still wrong.
  const [one, other] = numbers.map((number) => number.replaceAll('-', '').slice(1));
  const mixed = await ask(server, {}, one.slice(0, 8) + other.slice(8), ada.email);
  assert.ok(mixed.status === 422 || mixed.json.answer === 'not_ours', mixed.body);
});

test('headers that anybody can write give no more questions', async (t) => {
  const server = await Server.start({ t });
  let answered = 0;
  for (let n = 0; n < CHECKS + 5; n++) {
    const answer = await ask(server, {
      'X-Forwarded-For': `198.51.100.${n}`,
      'X-Real-IP': `192.0.2.${n}`,
      Forwarded: `for=192.0.2.${n}`,
    });
    if (answer.status === 200) answered++;
    else {
      assert.equal(answer.status, 429, answer.body);
      assert.equal(answer.json.code, 'too_many_checks');
      const wait = Number(answer.headers['retry-after']);
      assert.ok(wait > 0 && wait <= 3600, `${wait}`);
    }
  }
  assert.equal(answered, CHECKS);
  // Slips of the hand cost nothing, and a genuine number waits like any other.
  assert.equal((await ask(server, {}, 'V-0000-0000-0000-0001')).status, 422);
  server.moveClock({ minutes: 61 });
  assert.equal((await ask(server)).status, 200);
});

test('an IPv6 network is a /64, and its neighbour has questions of its own', async (t) => {
  const server = await Server.start({ t, config: BEHIND_PROXY });
  let answered = 0;
  for (let n = 1; n <= CHECKS + 5; n++) {
    const from = `10.0.0.${n}, 2001:db8:7:8:${n.toString(16)}::${n}`;
    if ((await ask(server, { 'X-Forwarded-For': from })).status === 200) answered++;
  }
  assert.equal(answered, CHECKS);
  assert.equal((await ask(server, { 'X-Forwarded-For': '2001:db8:7:8:ffff:ffff:ffff:1' })).status, 429);
  assert.equal((await ask(server, { 'X-Forwarded-For': '2001:db8:7:9::1' })).status, 200);
});

test('parallel questions are counted, too', async (t) => {
  const server = await Server.start({ t });
  const answers = await Promise.all(Array.from({ length: 2 * CHECKS }, () => ask(server)));
  const by = (status) => answers.filter((answer) => answer.status === status).length;
  assert.deepEqual([by(200), by(429)], [CHECKS, CHECKS]);
});

test('looking changes nothing, and nothing typed stands in an address or is repeated by one', async (t) => {
  const server = await Server.start({ t });
  const client = new Client(server.url, { headers: { Accept: 'text/html' } });
  const typedByOthers = ['/verify?number=V-1&recipient=a@b.example&name=evil', '/verify/name?name=evil'];
  for (const path of typedByOthers) {
    const page = await client.get(path);
    assert.doesNotMatch(page.body, /evil|b\.example/);
    assert.ok(page.status === 200 || page.status === 303, path);
  }
  const typed = '"><script>alert(1)</script>';
  for (const [path, fields] of [
    ['/verify', { number: typed, recipient: typed }],
    ['/verify/name', { name: typed }],
  ]) {
    const page = await client.post(path, fields, { form: true });
    assert.doesNotMatch(page.body, /<script>alert/, path);
  }
});

test('the list of an account holds no code, no words and nothing of others', async (t) => {
  const server = await Server.start({ t });
  const [ada, bob] = [await signUp(server), await signUp(server)];
  await ada.signIn();
  const { body, json } = await ada.client.get('/account/messages');
  const mails = await ada.mailbox.all(ada.email);
  for (const [word] of mails.map((mail) => mail.text).join('\n').matchAll(/\b\d{6,8}\b/g))
    assert.ok(!body.includes(word), word);
  for (const secret of [ada.email, bob.email, ada.words]) assert.ok(!body.includes(secret), secret);
  const theirs = (await bob.client.get('/account/messages')).json.messages.map((one) => one.number);
  assert.ok(json.messages.length > 0 && theirs.length > 0);
  for (const { number } of json.messages) assert.ok(!theirs.includes(number));
  const place = encodeURIComponent('1795336301000-01932f5e-8a00-7000-8000-0123456789ab');
  for (const after of [place, '-', '9'.repeat(40), `${'9'.repeat(18)}-x`, '1e3-x', '%00'])
    assert.ok((await bob.client.get(`/account/messages?after=${after}`)).status < 500, after);
  assert.equal((await new Client(server.url).get('/account/messages')).status, 401);
});
