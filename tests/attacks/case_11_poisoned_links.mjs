// Case 11: Host, X-Forwarded-Host and their kin reach no mail, no redirect and no page.

import assert from 'node:assert/strict';

import { Client, rawHttp } from '../support/http.mjs';
import { Mailbox, linksIn } from '../support/mailbox.mjs';
import { freshAddress, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { until } from '../support/until.mjs';

const EVIL = 'evil.example';
const POISON = {
  'X-Forwarded-Host': EVIL,
  'X-Forwarded-Server': EVIL,
  'X-Forwarded-Port': '666',
  'X-Forwarded-Proto': 'gopher',
  'X-Forwarded-Prefix': `//${EVIL}`,
  'X-Original-URL': `//${EVIL}/`,
  'X-Rewrite-URL': '/account',
  'X-Host': EVIL,
  Forwarded: `for=1.2.3.4;host=${EVIL};proto=gopher`,
  Referer: `https://${EVIL}/`,
};

test('another Host is refused on every page, and nothing is mailed', async (t) => {
  const server = await Server.start({ t });
  const email = freshAddress();
  for (const host of [
    EVIL,
    `${server.host}.${EVIL}`,
    `${EVIL}:${server.port}`,
    'localhost',
    '127.0.0.1',
    `x@${server.host}`,
  ]) {
    const client = new Client(server.url, { headers: { Host: host, Origin: `http://${host}` } });
    for (const path of ['/', '/signin', '/signup', '/api/v1/session', '/nowhere'])
      assert.equal((await client.get(path)).status, 421, `${host} ${path}`);
    assert.equal((await client.post('/signup', { email })).status, 421, host);
    assert.equal((await client.post('/reset', { email })).status, 421, host);
    assert.equal((await client.post('/signin/pass', { email })).status, 421, host);
  }
  assert.deepEqual(await new Mailbox(server).all(email), []);
});

test('two Hosts, none, or another one in the request line are refused', async (t) => {
  const server = await Server.start({ t });
  for (const head of [
    `GET / HTTP/1.1\r\nHost: ${server.host}\r\nHost: ${EVIL}\r\n`,
    `GET / HTTP/1.1\r\nHost: ${EVIL}\r\nHost: ${server.host}\r\n`,
    'GET / HTTP/1.1\r\n',
    `GET http://${EVIL}/ HTTP/1.1\r\nHost: ${server.host}\r\n`,
    `GET http://${server.host}/ HTTP/1.1\r\nHost: ${EVIL}\r\n`,
  ])
    assert.match(
      await rawHttp(server.port, `${head}Connection: close\r\n\r\n`),
      /^HTTP\/1\.1 4(00|21) /,
      head,
    );
  const right = await rawHttp(
    server.port,
    `GET / HTTP/1.1\r\nHost: ${server.host}\r\nConnection: close\r\n\r\n`,
  );
  assert.match(right, /^HTTP\/1\.1 200 /);
});

test('forwarding headers change neither mails nor redirects nor pages', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server, { client: new Client(server.url, { headers: POISON }) });
  const client = new Client(server.url, { headers: POISON });
  await client.post('/signin/pass', { email: person.email });
  await client.post('/signup', { email: person.email });
  server.moveClock({ minutes: 2 });
  await client.post('/reset', { email: person.email });
  await person.signIn(client);
  const all = () => person.mailbox.all(person.email);
  const mails = await until(async () => (await all()).length >= 4 && all(), 'four mails');
  for (const mail of mails) {
    assert.doesNotMatch(mail.raw, /evil\.example|gopher/);
    for (const link of linksIn(mail)) assert.equal(new URL(link).origin, server.url, link);
  }
  for (const path of ['/', '/signin', '/signup', '/reset', '/recover', '/about']) {
    const answer = await client.get(path, { headers: { Accept: 'text/html' } });
    assert.ok(answer.status < 400, path);
    assert.doesNotMatch(answer.body + JSON.stringify(answer.headers), /evil\.example|gopher/, path);
  }
  const moved = await new Client(server.url, { headers: { ...POISON, Accept: 'text/html' } }).get('/account');
  assert.equal(moved.location, '/signin?then=/account');
});

test('nobody is led away after signing in', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  for (const then of [
    `https://${EVIL}/`,
    `//${EVIL}`,
    `/\\${EVIL}`,
    `/%2f%2f${EVIL}`,
    'javascript:alert(1)',
    '/\t/x',
    `/..//${EVIL}`,
    '/account\r\nX: y',
  ]) {
    const browser = new Client(server.url);
    await browser.post('/signin', { email: person.email, password: person.password, then });
    const answer = await browser.post('/signin/code', { code: person.freshCode() });
    assert.equal(answer.status, 200, then);
    assert.equal(answer.json.next, '/account', then);
  }
  const browser = new Client(server.url);
  await browser.post('/signin', { email: person.email, password: person.password, then: '/account/devices' });
  const answer = await browser.post('/signin/code', { code: person.freshCode() });
  assert.equal(answer.json.next, '/account/devices', 'an address of ours is followed');
});
