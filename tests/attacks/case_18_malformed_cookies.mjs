// Case 18: a malformed cookie or a cut-off token passes for a right one, or breaks the server.

import assert from 'node:assert/strict';

import { Client, rawHttp } from '../support/http.mjs';
import { HALF, SESSION, SIGN_UP, SignUp, sessionOf, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

function swapCase(text) {
  return [...text].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('');
}
/** Values that are not the token, though made from it. */
function spoiled(token) {
  const last = token.at(-1) === 'A' ? 'E' : 'A';
  return [
    ...['', token.slice(0, -1), token.slice(1), token.slice(0, 22), token.slice(0, 1)],
    ...[`${token}A`, `${token}=`, `${token}%00`, `%${token.charCodeAt(0).toString(16)}${token.slice(1)}`],
    ...[`"${token}"`, swapCase(token), token.slice(0, -1) + last, last + token.slice(1), token.repeat(40)],
    ...['null', 'undefined', '0', '../../keys', "' OR '1'='1", 'A'.repeat(43), '*', `${token},${token}`],
  ].filter((value) => value !== token);
}

function wearing(server, name, value) {
  const client = new Client(server.url);
  client.cookies.set(name, value);
  return client;
}

test('of a session', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const token = person.client.cookies.get(SESSION);
  for (const value of spoiled(token)) {
    const client = wearing(server, SESSION, value);
    for (const path of ['/api/v1/session', '/api/v1/authz', '/account'])
      assert.equal((await client.get(path)).status, 401, `${path} with ${value}`);
  }
  for (const name of ['session', '__host-session', '__Secure-session', '__Host-session ', '__Host-Session'])
    assert.equal((await wearing(server, name, token).get('/account')).status, 401, name);
  assert.notEqual(await sessionOf(wearing(server, SESSION, token)), null, 'the token itself');
});

test('of a half-finished sign-in and of a sign-up', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const half = (await person.enterPassword()).cookies.get(HALF);
  const code = person.freshCode();
  for (const value of spoiled(half)) {
    const answer = await wearing(server, HALF, value).post('/signin/code', { code });
    assert.equal(answer.status, 410, `${value}: ${answer.body}`);
  }
  assert.equal((await wearing(server, HALF, half).post('/signin/code', { code })).status, 200);

  const way = new SignUp(server);
  await way.enter();
  const begun = way.client.cookies.get(SIGN_UP);
  for (const value of spoiled(begun)) {
    const answer = await wearing(server, SIGN_UP, value).post('/signup/confirm', { code: way.mailedCode() });
    assert.equal(answer.status, 410, `${value}: ${answer.body}`);
  }
  assert.equal(await way.confirm(), '/signup/secure');
});

test('headers that are hardly cookies at all', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const token = person.client.cookies.get(SESSION);
  const get = (lines) =>
    rawHttp(
      server.port,
      `GET /account HTTP/1.1\r\nHost: ${server.host}\r\nAccept: application/json\r\n` +
        `${lines}Connection: close\r\n\r\n`,
    );
  for (const lines of [
    ...[
      'Cookie: \r\n',
      'Cookie: ;;;;\r\n',
      'Cookie: =\r\n',
      `Cookie: =${token}\r\n`,
      `Cookie: ${SESSION}\r\n`,
    ],
    ...[
      `Cookie: ${SESSION}=${token}, x\r\n`,
      `Cookie: ${SESSION}=\xff\xfe\r\n`,
      `Cookie: ${SESSION}=${token}\x01\r\n`,
    ],
    ...[`Cookie: ${SESSION}=x; ${SESSION}=${token}\r\n`, `Cookie: ${SESSION}=${token}; ${SESSION}=x\r\n`],
    ...[`Cookie: ${SESSION}=x\r\nCookie: ${SESSION}=${token}\r\n`, `Cookie: ${'a=b; '.repeat(2000)}\r\n`],
  ])
    assert.match(await get(lines), /^HTTP\/1\.1 4\d\d /, JSON.stringify(lines.slice(0, 80)));
  assert.match(await get(`Cookie: a=b; ${SESSION}=${token}; c=d\r\n`), /^HTTP\/1\.1 200 /);
  assert.equal((await person.client.get('/account')).status, 200, 'the server still works');
});
