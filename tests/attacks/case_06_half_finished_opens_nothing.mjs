// Case 6: the cookie from before the second factor opens nothing but the pages of the second factor.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { HALF, SESSION, SIGN_UP, SignUp, next, signUp } from '../support/person.mjs';
import { filled, routesOf } from '../support/routes.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

/** What only a session opens, as the description of the product says. */
async function innerRoutes(server) {
  const routes = (await routesOf(server)).filter(({ path }) => /^\/(account|api\/v1)\b/.test(path));
  assert.ok(
    routes.some(({ path }) => path === '/account') && routes.some(({ path }) => /session/.test(path)),
  );
  return routes.map(({ method, path }) => ({ method, path: filled(path) }));
}

async function opensNothing(client, routes, who) {
  for (const { method, path } of routes) {
    const asked = `${method} ${path} with ${who}`;
    const options = method === 'GET' ? {} : { body: '{}', headers: { 'Content-Type': 'application/json' } };
    const api = await client.send(method, path, options);
    assert.equal(api.status, 401, `${asked}: ${api.status} ${api.body.slice(0, 200)}`);
    if (path.startsWith('/api/')) continue;
    const page = await client.send(method, path, {
      ...options,
      headers: { ...options.headers, Accept: 'text/html' },
    });
    assert.equal(page.status, 303, `${asked}: ${page.status}`);
    assert.match(page.location, /^\/signin\?then=/, asked);
  }
}

function wearing(server, name, value) {
  const client = new Client(server.url);
  client.cookies.set(name, value);
  return client;
}

test('a sign-in or sign-up that is not finished opens nothing', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const routes = await innerRoutes(server);
  const half = await person.enterPassword();
  await opensNothing(half, routes, 'a half-finished sign-in');
  await opensNothing(wearing(server, SESSION, half.cookies.get(HALF)), routes, 'its secret as a session');

  const begun = new SignUp(server);
  await begun.enter();
  await begun.confirm();
  await begun.choosePassword();
  await opensNothing(begun.client, routes, 'a sign-up on its way');
  await opensNothing(
    wearing(server, SESSION, begun.client.cookies.get(SIGN_UP)),
    routes,
    'its secret as a session',
  );

  // The second factor makes the difference.
  next(await half.post('/signin/code', { code: person.freshCode() }));
  assert.equal((await half.get('/api/v1/session')).status, 200);
  assert.equal((await half.get('/account')).status, 200);
  assert.equal(half.cookies.has(HALF), false, 'the half-finished one is gone');
});

test('a session does not finish a sign-in, nor does a half-finished one open another account', async (t) => {
  const server = await Server.start({ t });
  const [victim, thief] = [await signUp(server), await signUp(server)];
  const half = await victim.enterPassword();
  const crossed = await half.post('/signin/code', { code: thief.freshCode() });
  assert.equal(crossed.status, 401);
  const worn = wearing(server, HALF, thief.client.cookies.get(SESSION));
  assert.equal((await worn.post('/signin/code', { code: thief.freshCode() })).status, 410);
});
