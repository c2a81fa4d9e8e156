// Case 7: a factor is skipped by another media type, another method or another header.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { SESSION, sessionOf, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const ACCEPTS = ['application/json', 'text/html', '*/*', 'application/xml', 'application/json;q=0', ''];
const BODIES = {
  'application/json': (fields) => JSON.stringify(fields),
  'application/x-www-form-urlencoded': (fields) => new URLSearchParams(fields).toString(),
};

async function* everyWay(client, path, fields) {
  for (const accept of ACCEPTS) {
    for (const [type, encode] of Object.entries(BODIES)) {
      const headers = { Accept: accept || null, 'Content-Type': type };
      const own = client.copy();
      const answer = await own.send('POST', path, { body: encode(fields), headers });
      yield { answer, own, way: `POST ${path}, ${type}, Accept: ${accept}` };
    }
  }
}

test('every media type asks for the second factor', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const { email, password } = person;
  for await (const { answer, own, way } of everyWay(new Client(server.url), '/signin', { email, password })) {
    assert.ok([200, 303].includes(answer.status), `${way}: ${answer.status} ${answer.body.slice(0, 200)}`);
    assert.equal(own.cookies.has(SESSION), false, way);
    assert.equal(await sessionOf(own), null, way);
    assert.equal(answer.location ?? answer.json.next, '/signin/code', way);
  }
});

test('an empty code is none in every media type, and a right one is right', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const half = await person.enterPassword();
  for await (const { answer, own, way } of everyWay(half, '/signin/code', { code: '' })) {
    assert.equal(answer.status, 422, `${way}: ${answer.status}`);
    assert.equal(own.cookies.has(SESSION), false, way);
  }
  const form = await half.post(
    '/signin/code',
    { code: person.freshCode() },
    { form: true, headers: { Accept: 'text/html' } },
  );
  assert.equal(form.status, 303);
  assert.notEqual(await sessionOf(half), null);
});

test('no other method and no override signs in', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const half = await person.enterPassword();
  const code = person.freshCode();
  for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    for (const path of [`/signin/code?code=${code}`, `/signin/code?code=${code}&_method=POST`]) {
      const headers = { 'X-HTTP-Method-Override': 'POST', 'X-HTTP-Method': 'POST' };
      const answer = await half.send(method, path, { headers });
      assert.equal(answer.status, ['GET', 'HEAD'].includes(method) ? 200 : 405, `${method} ${path}`);
      assert.equal(half.cookies.has(SESSION), false, `${method} ${path}`);
    }
  }
  // A code in the address is not one in the form.
  const answer = await half.post(`/signin/code?code=${code}`, {});
  assert.equal(answer.status, 422);
  assert.equal((await half.post('/signin/code', { code })).status, 200);
});
