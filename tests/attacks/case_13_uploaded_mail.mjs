// Cases 13, 14 and 16 at the page that takes whole mails: what a forger makes of a real mail is never called
// genuine, whoever uploads somebody else's mail learns nothing, and hostile MIME holds up nobody.

import assert from 'node:assert/strict';

import { freshAddress, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import {
  attached,
  changed,
  checkMail,
  quoted,
  uploadMail,
  welcomeMail,
  wrongParts,
} from '../support/uploads.mjs';

const CHECKS = 20; // an hour, together with those of numbers
const UPLOAD_BYTES = 256 * 1024;
const NUMBER = /V(-[0-9A-Z]{4}){4}/;
const BEHIND_PROXY = (own) =>
  `[public]\nurl = "${own.url}"\n[listen]\ntrusted_proxies = ["127.0.0.0/8"]\n[passwords]\nhash_passes = 1\n`;
/** Every question from a network of its own. */
let networks = 0;
function elsewhere() {
  networks++;
  return { headers: { 'X-Forwarded-For': `198.51.${Math.floor(networks / 200)}.${networks % 200}` } };
}

async function withMail(t) {
  const server = await Server.start({ t, config: BEHIND_PROXY });
  const person = await signUp(server);
  const mail = await welcomeMail(person);
  return { server, person, mail, raw: mail.raw };
}
const said = async (server, recipient, source) => {
  const answer = await checkMail(server, recipient, source, elsewhere());
  assert.equal(answer.status, 200, answer.body);
  return answer.json;
};

test('a copied mail is nothing for anybody else, and an altered one says where', async (t) => {
  const { server, person, mail, raw } = await withMail(t);
  const other = freshAddress();
  const genuine = await said(server, person.email, raw);
  assert.equal(genuine.answer, 'genuine');
  assert.deepEqual(wrongParts(genuine), {});
  // A copy that is sent on as it is, and one with another name on it.
  assert.equal((await said(server, other, raw)).answer, 'not_ours');
  const theirs = changed(raw, `To: <${person.email}>`, `To: <${other}>`);
  assert.equal((await said(server, other, theirs)).answer, 'not_ours');
  assert.deepEqual(wrongParts(await said(server, person.email, theirs)), { To: 'differs' });
  // The number is kept, and the rest is the forger's.
  const [number] = mail.text.match(NUMBER);
  const forged =
    `From: Exchange <security@evil.example>\r\nTo: <${person.email}>\r\nSubject: Your account\r\n` +
    `Message-ID: <${number}@evil.example>\r\n\r\nPay now. Number: ${number}\r\n`;
  const answer = await said(server, person.email, forged);
  assert.equal(answer.answer, 'altered');
  for (const part of ['From', 'Subject', 'Message-ID', 'text'])
    assert.equal(wrongParts(answer)[part], 'differs', part);
  assert.equal(wrongParts(answer).html, 'missing');
  // Other headers, and marks that turn the reading around.
  for (const [line, part] of [
    ['Reply-To: <eve@evil.example>', 'Reply-To'],
    ['From: Exchange <eve@evil.example>', 'From'],
    ['Subject: Urgent', 'Subject'],
    ['sender: <eve@evil.example>', 'Sender'],
  ])
    assert.deepEqual(wrongParts(await said(server, person.email, `${line}\r\n${raw}`)), { [part]: 'added' });
  const turned = raw.replace(/^Subject: .*$/m, 'Subject: =?utf-8?B?4oCuZW1vY2xlVw==?=');
  assert.deepEqual(wrongParts(await said(server, person.email, turned)), { Subject: 'differs' });
});

test('whoever forwards is judged as far as possible, and never called us', async (t) => {
  const { server, person, mail, raw } = await withMail(t);
  const inside = await said(server, person.email, attached(raw));
  assert.deepEqual([inside.answer, inside.attached], ['genuine', true]);
  const cut = await said(server, person.email, attached(changed(raw, 'Subject: ', 'Subject: Urgent: ')));
  assert.deepEqual([cut.answer, wrongParts(cut)], ['altered', { Subject: 'differs' }]);
  const text = await said(server, person.email, quoted(mail.text));
  assert.deepEqual([text.answer, text.text_same], ['quoted', true]);
  const other = await said(server, person.email, quoted(mail.text.replace(/account/, 'wallet')));
  assert.deepEqual([other.answer, other.text_same], ['quoted', false]);
  assert.equal((await said(server, freshAddress(), quoted(mail.text))).answer, 'not_ours');
  assert.equal((await said(server, freshAddress(), attached(raw))).answer, 'not_ours');
});

test("somebody else's mail, known or not, is one answer", async (t) => {
  const { server, person, raw } = await withMail(t);
  const stranger = freshAddress();
  const [number] = raw.match(NUMBER);
  const bodies = new Set();
  for (const [recipient, source] of [
    [stranger, raw],
    [stranger, 'Subject: x\r\n\r\nhello'],
    [stranger, 'just words'],
    [person.email, raw.replaceAll(number, 'V-0000-0000-0000-0000')],
    [person.email, 'just words'],
    ['nobody@nowhere.example', raw],
  ]) {
    const { json, body } = await checkMail(server, recipient, source, elsewhere());
    assert.equal(json.answer, 'not_ours', source.slice(0, 50));
    bodies.add(body.replace(recipient, '-'));
  }
  assert.equal(bodies.size, 1, 'nothing in the answer tells them apart');
  const genuine = await said(server, person.email, raw);
  assert.ok(!JSON.stringify(genuine.to).includes(person.email), 'masked');
  for (const secret of [person.words, person.email.split('@')[0] + '@'])
    assert.ok(!JSON.stringify({ ...genuine, recipient: '' }).includes(secret), 'nothing of it comes back');
});

test('what is too large, too deep or no mail at all is told so, and nobody waits', async (t) => {
  const server = await Server.start({ t, config: BEHIND_PROXY });
  const to = freshAddress();
  const of = (size) => `Subject: x\r\n\r\n${'a'.repeat(size - 14)}`;
  const upload = (file, options = {}) => uploadMail(server, to, file, { ...elsewhere(), ...options });
  assert.equal((await upload(of(UPLOAD_BYTES))).status, 200);
  const large = await upload(of(UPLOAD_BYTES + 1));
  assert.equal(large.status, 413);
  assert.equal(large.json.code, 'too_large');
  assert.match((await upload(of(UPLOAD_BYTES + 1), { page: true })).body, /256/);
  assert.equal((await upload(of(3 * UPLOAD_BYTES))).status, 413);
  for (const empty of ['', '\r\n\r\n']) assert.equal((await upload(empty)).status, 422);

  let deep = '';
  for (let n = 0; n < 1000; n++) deep += `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`;
  let mails = 'end';
  for (let n = 0; n < 1000; n++) mails = `Content-Type: message/rfc822\r\n\r\n${mails}`;
  const parts = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n' + '--b\r\n\r\nx\r\n'.repeat(20_000);
  for (const hostile of [deep, mails, parts]) {
    const answer = await upload(hostile);
    assert.equal(answer.status, 422, answer.body);
    assert.equal(answer.json.code, 'unreadable');
  }
  const bytes = Buffer.alloc(200_000);
  for (let n = 0; n < bytes.length; n++) bytes[n] = (n * 7919 + (n >> 8)) & 255;
  assert.equal((await upload(bytes)).json.answer, 'not_ours');
  assert.equal((await upload('Subject: \0\xff\r\nFrom: \u202e\r\n\r\n\0')).json.answer, 'not_ours');
  // All the while the loop answers.
  const slow = `To: ${'a@b.example, '.repeat(15_000)}\r\n\r\nx`;
  const [answer] = await Promise.all([
    upload(slow),
    ...Array.from({ length: 5 }, async () => assert.equal((await upload(of(100))).status, 200)),
  ]);
  assert.equal(answer.status, 200);
});

test('twenty an hour, together with numbers; from its own page only; and nothing is repeated', async (t) => {
  const server = await Server.start({ t });
  const to = freshAddress();
  const page = '<script>alert(1)</script>\r\n';
  for (let n = 0; n < CHECKS; n++) assert.equal((await checkMail(server, to, 'words')).status, 200);
  const limited = await checkMail(server, to, 'words');
  assert.equal(limited.status, 429);
  assert.ok(Number(limited.headers['retry-after']) > 0);
  assert.equal((await uploadMail(server, to, page)).status, 429);
  const others = { headers: { Origin: 'https://evil.example' } };
  assert.equal((await uploadMail(server, to, page, others)).status, 403);
  const typed = { fields: { source: page }, page: true };
  const both = await uploadMail(server, '"><script>x</script>', page, typed);
  assert.equal(both.status, 422);
  assert.doesNotMatch(both.body, /<script>(alert|x)/);
  assert.doesNotMatch(both.body, /mail\.eml/, 'not even what the file was called');
});
