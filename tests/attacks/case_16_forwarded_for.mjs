// Case 16: X-Forwarded-For, made up or garbage, neither dodges the limit of a network nor fills somebody
// else's.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { freshAddress, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const NETWORK_FAILURES = 100; // an hour

function wrong(server, forwarded) {
  const client = new Client(server.url, { headers: { 'X-Forwarded-For': forwarded } });
  return client.post('/signin', { email: freshAddress(), password: 'a wrong one' });
}
const BEHIND_PROXY = (own) =>
  `[public]\nurl = "${own.url}"\n[listen]\ntrusted_proxies = ["127.0.0.0/8"]\n[passwords]\nhash_passes = 1\n`;

test('without a trusted proxy the header means nothing', async (t) => {
  const server = await Server.start({ t });
  let looked = 0;
  for (let n = 0; n < NETWORK_FAILURES + 20; n++) {
    const answer = await wrong(server, `198.51.100.${n}`);
    if (answer.status === 401) looked++;
    else assert.equal(answer.status, 429, answer.body);
  }
  assert.equal(looked, NETWORK_FAILURES);
});

test(
  'behind a trusted proxy, what stands left of its own word means nothing',
  async (t) => {
    const server = await Server.start({ t, config: BEHIND_PROXY });
    let looked = 0;
    for (let n = 0; n < NETWORK_FAILURES + 20; n++)
      if ((await wrong(server, `10.0.0.${n}, 192.0.2.${n}, garbage, 203.0.113.7`)).status === 401) looked++;
    assert.equal(looked, NETWORK_FAILURES);
    assert.equal((await wrong(server, '203.0.113.7')).status, 429, 'that network waits');
    assert.equal((await wrong(server, '203.0.113.7, 203.0.113.8')).status, 401, 'its neighbour does not');
    // An IPv6 network is a /64.
    for (let n = 0; n < NETWORK_FAILURES; n++) await wrong(server, `2001:db8:1:2::${n.toString(16)}`);
    assert.equal((await wrong(server, '2001:db8:1:2:ffff::1')).status, 429);
    assert.equal((await wrong(server, '2001:db8:1:3::1')).status, 401);
  },
  { seconds: 240 },
);

test('garbage is neither an error nor a way around', async (t) => {
  const server = await Server.start({ t, config: BEHIND_PROXY });
  const person = await signUp(server);
  for (const garbage of [
    '',
    ',,,,',
    'unknown',
    '999.1.1.1',
    '::::::',
    '1.2.3.4:70000',
    'a'.repeat(4000),
    "' OR 1=1 --",
    '<b>',
    '1.2.3.4\t',
    '0x7f.1',
    '127.0.0.1',
  ])
    assert.equal((await wrong(server, garbage)).status, 401, JSON.stringify(garbage));
  const client = new Client(server.url, { headers: { 'X-Forwarded-For': '<b>evil</b>, 203.0.113.9' } });
  const mail = await person.mailbox.after(person.email, () => person.signIn(client));
  assert.match(mail.text, /203\.0\.113\.9/);
  assert.doesNotMatch(mail.text + mail.html, /evil/);
});
