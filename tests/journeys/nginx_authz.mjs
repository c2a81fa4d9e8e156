// The documented nginx snippet (docs/operating/nginx.conf) before the real server and an app that echoes what
// it is told: who asks is what Sallyport says, never what the client says.

import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

import { Client, request } from '../support/http.mjs';
import { signUp } from '../support/person.mjs';
import { ROOT } from '../support/places.mjs';
import { Proxy } from '../support/proxy.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const FORGED = {
  'Sallyport-Account': '00000000-0000-7000-8000-000000000000',
  'Sallyport-Level': 'aal3',
  'Sallyport-Token': 'forged.token.here',
  'Sallyport-Sign-In': 'https://evil.example/',
  'X-Forwarded-For': '203.0.113.9',
  'X-Original-URI': '/account',
};
const HALF_USED_SECONDS = 31;

/** The snippet's server block and upstreams, with this test's ports, name and certificate put in. */
function snippet(ports) {
  const text = readFileSync(join(ROOT, 'docs/operating/nginx.conf'), 'utf8')
    .replace('127.0.0.1:8080', `127.0.0.1:${ports.sallyport}`)
    .replace('127.0.0.1:9000', `127.0.0.1:${ports.app}`);
  const at = text.indexOf('server {\n');
  const inside = text
    .slice(at + 'server {\n'.length, text.lastIndexOf('}'))
    .replace(/^ *(?:listen|server_name|ssl_certificate(?:_key)?) .*$/gm, '');
  return { extra: text.slice(0, at), locations: inside };
}

async function echoingApp(t) {
  const app = createServer((asked, answer) => {
    answer.setHeader('Content-Type', 'application/json');
    answer.end(JSON.stringify({ url: asked.url, headers: asked.headers, raw: asked.rawHeaders }));
  });
  await new Promise((resolve) => app.listen(0, '127.0.0.1', resolve));
  t.cleanup(() => app.closeAllConnections());
  t.cleanup(() => app.close());
  return app.address().port;
}

async function behindNginx(t) {
  const proxy = await Proxy.reserve({ t });
  const config = `[public]\nurl = "${proxy.url}"\n[listen]\ntrusted_proxies = ["127.0.0.1/32"]\n`;
  const server = await Server.start({ t, config });
  const app = await echoingApp(t);
  await proxy.start(server.port, snippet({ sallyport: server.port, app }));
  // The harness speaks to the door that people have.
  Object.defineProperty(server, 'url', { value: proxy.url });
  return { proxy, server };
}

function claimsOf(token, keys, issuer) {
  const [head, payload, signature] = token.split('.');
  const header = JSON.parse(Buffer.from(head, 'base64url'));
  assert.equal(header.alg, 'EdDSA');
  const jwk = keys.find((key) => key.kid === header.kid);
  assert.ok(jwk, 'the key is in the set');
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const signed = Buffer.from(`${head}.${payload}`);
  assert.ok(verify(null, signed, key, Buffer.from(signature, 'base64url')), 'the signature is right');
  const claims = JSON.parse(Buffer.from(payload, 'base64url'));
  assert.equal(claims.iss, issuer);
  assert.equal(claims.aud, issuer);
  assert.equal(claims.exp - claims.iat, 60);
  return claims;
}

test('a stranger is led to sign in, whatever they claim', async (t) => {
  const { proxy } = await behindNginx(t);
  for (const headers of [{}, FORGED, { Cookie: '__Host-session=AAAA' }]) {
    const answer = await request(proxy.url, 'GET', '/app/orders?page=2', { headers });
    assert.equal(answer.status, 303);
    assert.equal(answer.location, `${proxy.url}/signin?then=/app/orders`);
  }
  // The internal address is not there for anybody, and the app's prefix is not left by tricks.
  assert.equal((await request(proxy.url, 'GET', '/sallyport-authz')).status, 404);
  for (const path of ['/app/%2e%2e/account', '/app/..%2faccount', '/app//evil']) {
    const { status } = await request(proxy.url, 'GET', path);
    assert.ok(status >= 300, `${path}: ${status}`);
  }
});

test('the app learns who asks, from us alone', async (t) => {
  const { proxy, server } = await behindNginx(t);
  const person = await signUp(server);
  const session = (await person.client.get('/api/v1/session')).json;
  const asked = await person.client.get('/app/orders?page=2', { headers: FORGED });
  assert.equal(asked.status, 200);
  const { headers, raw, url } = asked.json;
  assert.equal(url, '/app/orders?page=2');
  assert.equal(headers['sallyport-account'], session.account);
  assert.equal(headers['sallyport-level'], 'aal2');
  assert.equal(headers['x-forwarded-for'], '127.0.0.1');
  assert.equal(headers['x-forwarded-proto'], 'https');
  assert.equal(headers['sallyport-sign-in'], undefined);
  for (const value of Object.values(FORGED)) assert.ok(!raw.includes(value), `${value} arrived`);

  const { keys } = (await request(proxy.url, 'GET', '/.well-known/jwks.json')).json;
  const claims = claimsOf(headers['sallyport-token'], keys, proxy.url);
  assert.equal(claims.sub, session.account);
  assert.equal(claims.level, 'aal2');
  assert.ok(Math.abs(claims.iat * 1000 - server.now()) < 5000);

  const again = (await person.client.get('/app/')).json.headers['sallyport-token'];
  assert.equal(again, headers['sallyport-token'], 'one token serves 30 s');
  server.moveClock({ seconds: HALF_USED_SECONDS });
  const later = (await person.client.get('/app/')).json.headers['sallyport-token'];
  assert.notEqual(later, again);
  assert.notEqual(claimsOf(later, keys, proxy.url).jti, claims.jti);
});

test('a half-finished sign-in opens nothing', async (t) => {
  const { server } = await behindNginx(t);
  const person = await signUp(server);
  const half = await person.enterPassword(new Client(server.url));
  assert.equal((await half.get('/app/')).status, 303);
  assert.equal((await half.get('/api/v1/session')).status, 401);
  assert.equal((await half.get('/api/v1/authz')).status, 401);
});

test('the session check tells all, and nothing once it is over', async (t) => {
  const { proxy, server } = await behindNginx(t);
  const person = await signUp(server);
  const answer = await person.client.get('/api/v1/session');
  assert.equal(answer.headers['cache-control'], 'no-store');
  const { account, level, factors, signed_in_at, last_seen_at, ends_at } = answer.json;
  assert.match(account, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.equal(level, 'aal2');
  assert.deepEqual([...factors].sort(), ['password', 'totp']);
  assert.ok(Date.parse(signed_in_at) <= Date.parse(last_seen_at));
  assert.ok(Date.parse(ends_at) > server.now());

  // Own host only.
  const { cookies } = person.client;
  const Cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const wrongHost = { Cookie, Host: 'evil.example' };
  for (const path of ['/api/v1/session', '/api/v1/authz'])
    assert.equal((await request(proxy.url, 'GET', path, { headers: wrongHost })).status, 421);
  // Only the app's prefix.
  const direct = { Cookie, Host: proxy.host, 'X-Original-URI': '/account' };
  const base = `http://127.0.0.1:${server.port}`;
  assert.equal((await request(base, 'GET', '/api/v1/authz', { headers: direct })).status, 403);

  const secret = cookies.get('__Host-session');
  const twice = `${secret}; __Host-session=x`;
  for (const broken of [secret.slice(0, -1), `${secret}A`, `*${secret.slice(1)}`, '', twice]) {
    const headers = { Cookie: `__Host-session=${broken}` };
    const answered = await request(proxy.url, 'GET', '/api/v1/session', { headers });
    assert.equal(answered.status, 401, broken);
    assert.equal(answered.json.code, 'sign_in_needed');
  }
  server.moveClock({ minutes: 61 });
  const over = await person.client.get('/api/v1/session');
  assert.equal(over.status, 401);
  assert.equal(over.json.code, 'sign_in_needed');
  assert.equal((await person.client.get('/app/')).status, 303);
});
