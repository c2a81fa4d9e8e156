// Case 28 and others at the page that takes reports: whoever floods it fills no disk and mails nobody, what a
// report says comes out nowhere but at the operator's, and there it moves no cursor.

import assert from 'node:assert/strict';

import { PICTURE, fakes, reportFake } from '../support/fakes.mjs';
import { Client } from '../support/http.mjs';
import { signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const REPORTS = 10; // an hour, of a network
const BEHIND_PROXY = (own) =>
  `[public]\nurl = "${own.url}"\n[listen]\ntrusted_proxies = ["127.0.0.0/8"]\n`;
const from = (network) => ({ headers: { 'X-Forwarded-For': `198.51.100.${network}` } });

function upload(server, bytes, fields = {}) {
  const boundary = '----report';
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = 'name="file"; filename="../../x.html"';
  const head = `--${boundary}\r\nContent-Disposition: form-data; ${file}\r\n\r\n`;
  return new Client(server.url).send('POST', '/report', {
    body: Buffer.concat([Buffer.from(parts.join('') + head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}`, ...from(9).headers },
  });
}

test('a flood has its limit, in parallel and whatever it says', async (t) => {
  const server = await Server.start({ t, config: BEHIND_PROXY });
  const answers = await Promise.all(
    Array.from({ length: 3 * REPORTS }, (_, i) =>
      reportFake(server, { text: `https://evil${i}.com/` }, from(1)),
    ),
  );
  const taken = answers.filter(({ status }) => status === 200).length;
  const busy = answers.filter(({ status }) => status === 503).length;
  assert.ok(taken > 0 && taken <= REPORTS, `${taken} taken, ${busy} busy`);
  for (const one of answers.filter(({ status }) => status === 429)) assert.ok(one.headers['retry-after'] > 0);
  const next = await reportFake(server, { text: 'https://evil.com/' }, from(1));
  assert.equal(next.status, 429);
  assert.equal(next.json.code, 'too_many_reports');
  assert.equal((await reportFake(server, { text: 'https://evil.com/' }, from(2))).status, 200);
});

test('no report mails or shows anything of itself', async (t) => {
  const server = await Server.start({ t, config: BEHIND_PROXY });
  const victim = await signUp(server);
  const evil =
    `From: evil@evil.com\r\nTo: ${victim.email}\r\nReply-To: ${victim.email}\r\n\r\n` +
    'https://evil-marker.com/ <script>alert(1)</script> \u001b[2J\u001b]0;owned\u0007\u009b31m';
  const fields = { text: evil, where: victim.email, channel: 'mail', gave_code: 'yes' };
  const stranger = await reportFake(server, fields, from(3));
  assert.equal(stranger.status, 200, stranger.body);
  assert.doesNotMatch(stranger.body, /evil|script>|\u001b/);
  assert.ok(stranger.json.lock);
  // Who is signed in, or holds a stolen cookie, has one mail for many reports, and nothing of theirs in it.
  for (let i = 0; i < 5; i++)
    assert.equal((await reportFake(server, fields, { client: victim.client, ...from(4) })).status, 200);
  const mail = await victim.mailbox.next(victim.email, { matches: ({ subject }) => /report/.test(subject) });
  assert.doesNotMatch(mail.raw + mail.text + mail.html, /evil/);
  const all = await victim.mailbox.all(victim.email);
  const about = all.filter(({ subject }) => /report/.test(subject));
  assert.equal(about.length, 1, 'the first at once, the others wait a quarter of an hour');
  const { output } = await fakes(server, 'show', stranger.json.reference);
  assert.match(output, /evil-marker\.com/);
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(output, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/, 'no report moves the cursor');
  assert.doesNotMatch(server.log, /evil/);
});

test('what is no mail and no picture, or too large, is refused in words', async (t) => {
  const server = await Server.start({ t, config: BEHIND_PROXY });
  for (const [bytes, status, code] of [
    [Buffer.from('%PDF-1.7'), 422, 'not_reported'],
    [Buffer.from('504b0304000000', 'hex'), 422, 'not_reported'],
    [Buffer.concat([PICTURE, Buffer.alloc(1024 * 1024)]), 413, 'too_large'],
    [Buffer.from(`Subject: x\r\n\r\n${'a'.repeat(256 * 1024)}`), 413, 'too_large'],
  ]) {
    const answer = await upload(server, bytes);
    assert.equal(answer.status, status, answer.body);
    assert.equal(answer.json.code, code);
  }
  assert.equal((await upload(server, PICTURE, { channel: 'nonsense' })).status, 422);
  assert.equal((await upload(server, PICTURE, { where: 'x'.repeat(301) })).status, 422);
  assert.equal((await upload(server, PICTURE, { channel: 'page' })).status, 200);
  const { output } = await fakes(server, 'list');
  assert.equal(output.trim(), 'nothing was reported', 'a picture names nothing');
});
