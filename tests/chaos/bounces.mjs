// What comes back of a mail: by the mailbox's pipe and by the webhook of the private listener, with the real
// program. Only who has the tag of a mail that left is heard, and once.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runToEnd } from '../support/child.mjs';
import { Client, request } from '../support/http.mjs';
import { freshAddress } from '../support/person.mjs';
import { temporaryFolder } from '../support/places.mjs';
import { BINARY, Server } from '../support/server.mjs';
import { smtpServer } from '../support/smtp.mjs';
import { test } from '../support/test.mjs';
import { until } from '../support/until.mjs';

/** RFC 3464, as mail servers write it. */
const report = (to, status = '5.1.1') =>
  [
    'From: Mail Delivery System <Mailer-Daemon@relay.test>',
    `To: ${to}`,
    'Content-Type: multipart/report; report-type=delivery-status; boundary="a"',
    '',
    '--a',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; relay.test',
    '',
    'Action: failed',
    `Status: ${status}`,
    '',
    '--a--',
    '',
  ].join('\r\n');

async function installation(t) {
  const smtp = await smtpServer(t);
  const folder = temporaryFolder('bounces');
  const made = await runToEnd(BINARY, ['keys', 'create', join(folder, 'keys')]);
  assert.equal(made.code, 0, made.output);
  const secret = randomBytes(32).toString('hex');
  writeFileSync(join(folder, 'secret'), `${secret}\n`, { mode: 0o600 });
  const config = (own) =>
    `[public]\nurl = "${own.url}"\n[listen]\n` +
    `public = "127.0.0.1:${own.port}"\nprivate = "127.0.0.1:${own.privatePort}"\n` +
    `[database]\nlocation = "sqlite:sallyport.db"\n[keys]\nfile = "keys"\n` +
    `[relay]\nurl = "smtp://127.0.0.1:${smtp.port}"\ntls = "none"\n` +
    `[mail]\nfrom = "no-reply@exchange.example"\n` +
    `[bounces]\naddress = "bounces@mail.exchange.example"\nwebhook_secret_file = "secret"\n`;
  const file = join(folder, 'sallyport.toml');
  const server = await Server.start({ t, folder, config, command: ['serve', '--config', file] });
  /** The envelope's sender of a mail that left just now. */
  const tagged = async () => {
    const email = freshAddress();
    assert.equal((await new Client(server.url).post('/signup', { email })).status, 200);
    const mail = await until(() => smtp.mails.find((one) => one.to.includes(email)), 'the mail came');
    assert.match(mail.from, /^bounces\+[0-9a-z]{24}@mail\.exchange\.example$/);
    assert.doesNotMatch(mail.data, new RegExp(mail.from.slice(8, 32)), 'the tag is in the envelope alone');
    return mail.from;
  };
  const pipe = (input, to, more = {}) =>
    spawnSync(BINARY, ['mail', 'bounced', '--config', more.file ?? file], {
      input,
      encoding: 'utf8',
      env: { ...process.env, SALLYPORT_TEST_CLOCK: server.clockFile, ...(to && { RECIPIENT: to }) },
    });
  return { server, secret, tagged, pipe };
}

test('the pipe of a mailbox hears who has the tag, and once', async (t) => {
  const { server, tagged, pipe } = await installation(t);
  const from = await tagged();
  const says = (ended, text, code = 0) => {
    assert.equal(ended.stdout, text, ended.stderr);
    assert.equal(ended.status, code);
  };
  const forged = from.replace(/\+(.)/, (_, c) => `+${c === '0' ? '1' : '0'}`);
  says(pipe(report(forged), forged), 'forged\n');
  says(pipe(report('bounces@mail.exchange.example')), 'forged\n');
  const ignored = 'ignored: no report of a failure or a complaint\n';
  says(pipe('Subject: I am on holiday\r\n\r\nBack soon.\r\n', from), ignored);
  says(pipe(randomBytes(2 * 1024 * 1024), from), ignored);
  // Without the environment the report's own To is looked at. Nobody has the address yet: the message is
  // noted.
  says(pipe(report(from)), 'message_only\n');
  says(pipe(report(from), from.toUpperCase()), 'reported_before\n');
  const old = await tagged();
  server.moveClock({ days: 14 });
  says(pipe(report(old), old), 'too_old\n');
  // The mail server keeps the report where nobody can take it now.
  const broken = pipe(report(old), old, { file: join(server.folder, 'none.toml') });
  assert.equal(broken.status, 75, broken.stdout);
  assert.match(broken.stderr, /^sallyport: .*none\.toml has mistakes/);
});

test('the webhook is on the private listener, and for its secret', async (t) => {
  const { server, secret, tagged } = await installation(t);
  const from = await tagged();
  const post = (body, authorization = `Bearer ${secret}`, base = server.privateUrl) =>
    request(base, 'POST', '/mail/reports', {
      body: JSON.stringify(body),
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        ...(authorization && { Authorization: authorization }),
      },
    });
  const bounce = { to: from, kind: 'bounce', status: '5.1.1' };
  assert.equal((await post(bounce, `Bearer ${secret}`, server.url)).status, 404, 'not on the public one');
  for (const wrong of ['', 'Bearer ', `Bearer ${secret.slice(1)}`, `Bearer ${secret}0`, `Basic ${secret}`])
    assert.equal((await post(bounce, wrong)).status, 401, wrong);
  for (const nonsense of [
    {},
    { to: from },
    { ...bounce, kind: 'delivered' },
    { ...bounce, status: '2.0.0' },
    { ...bounce, status: 'gone' },
    { to: from, report: 'Subject: hello\r\n\r\n' },
  ])
    assert.equal((await post(nonsense)).status, 422, JSON.stringify(nonsense));
  const large = await post({ to: from, report: 'x'.repeat(600 * 1024) });
  assert.equal(large.status, 413);
  const heard = await post(bounce);
  assert.equal(heard.status, 200, heard.body);
  assert.deepEqual(heard.json, { answer: 'message_only' });
  assert.deepEqual((await post({ to: from, report: report(from) })).json, { answer: 'reported_before' });
  const second = await tagged();
  assert.deepEqual((await post({ report: report(second) })).json, { answer: 'message_only' });
  const third = await tagged();
  assert.deepEqual((await post({ to: third, kind: 'complaint' })).json, { answer: 'message_only' });
  server.moveClock({ minutes: 1 });
  const guesses = [];
  for (let n = 0; n < 11; n++) guesses.push((await post(bounce, 'Bearer guessed')).status);
  assert.deepEqual(guesses, [...Array(10).fill(401), 429]);
  const put = await post(bounce);
  assert.equal(put.status, 429, 'the right one, from a network that guesses');
  assert.match(put.headers['retry-after'], /^[1-9]\d?$/);
  server.moveClock({ minutes: 1 });
  assert.equal((await post(bounce)).status, 200, 'and the vendor sends it again');
  const numbers = (await request(server.privateUrl, 'GET', '/metrics')).body;
  assert.match(numbers, /^sallyport_addresses_undeliverable 0$/m);
  assert.match(numbers, /^sallyport_mail_kinds_stopped 0$/m);
  assert.doesNotMatch(server.log, new RegExp(secret));
});
