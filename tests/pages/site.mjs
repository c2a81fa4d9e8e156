// The pages around the front door: headers as the specification says, weight, markup, and no dead link.

import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';

import { closeBrowser, inspect, newPerson } from '../support/chromium.mjs';
import { request } from '../support/http.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';

afterAll(closeBrowser);

const PAGES = ['/', '/about', '/language', '/trouble?checked=1', '/signin', '/no-such-page'];
const HTML = { Accept: 'text/html' };
const FIRST_PAINT_BYTES_MAX = 10 * 1024; // G1
const SCRIPT_BYTES_MAX = 6 * 1024; // G2

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; " +
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types app",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

test('every page has the headers of the specification', async (t) => {
  const server = await Server.start({ t });
  for (const path of PAGES) {
    const answer = await request(server.url, 'GET', path, { headers: HTML });
    for (const [name, value] of Object.entries(HEADERS)) {
      const said = answer.headers[name]?.replace(/; report-to csp$/, '');
      assert.equal(said, value, `${path}: ${name}`);
    }
    const permissions = answer.headers['permissions-policy'];
    assert.match(permissions, /camera=\(\)/);
    assert.match(permissions, /publickey-credentials-get=\(self\)/);
    assert.match(answer.headers['content-type'], /^text\/html; charset=utf-8$/);
    assert.equal(answer.headers['content-encoding'], undefined, 'pages are sent as they are');
  }
});

test('the first paint is light', async (t) => {
  const server = await Server.start({ t });
  for (const path of PAGES) {
    const page = await request(server.url, 'GET', path, { headers: HTML });
    let scripts = 0;
    let bytes = gzipSync(page.bytes).length;
    for (const [, asset] of page.body.matchAll(/(?:href|src)="(\/a\/[^"]+\.(?:css|js))"/g)) {
      const answer = await request(server.url, 'GET', asset, { headers: { 'Accept-Encoding': 'gzip' } });
      assert.equal(answer.status, 200, asset);
      assert.equal(answer.headers['content-encoding'], 'gzip');
      bytes += answer.bytes.length;
      if (asset.endsWith('.js')) scripts += answer.bytes.length;
    }
    assert.ok(bytes <= FIRST_PAINT_BYTES_MAX, `${path}: ${bytes} bytes`);
    assert.ok(scripts <= SCRIPT_BYTES_MAX, `${path}: ${scripts} bytes of scripts`);
  }
});

test('no link of these pages leads to a page that is not there', async (t) => {
  const server = await Server.start({ t });
  const links = new Set();
  for (const path of PAGES) {
    const { body } = await request(server.url, 'GET', path, { headers: HTML });
    for (const [, link] of body.matchAll(/<a [^>]*href="(\/[^"#]*)/g)) links.add(link);
  }
  for (const link of links) {
    const { status } = await request(server.url, 'GET', link, { headers: HTML });
    assert.ok(status === 200 || status === 303, `${link}: ${status}`);
  }
});

test('the page about us names the telephone numbers of the list, or says that there are none', async (t) => {
  const phones = ['+351211234567', '+4930123456'];
  const listed = await Server.start({ t, config: () => `[channels]\nphones = ${JSON.stringify(phones)}\n` });
  const about = async (server) => (await request(server.url, 'GET', '/about', { headers: HTML })).body;
  const names = await about(listed);
  for (const phone of phones) assert.ok(names.includes(`<bdi dir="ltr">${phone}</bdi>`), phone);
  assert.ok(!names.includes('never call you'), 'a number that we have is not denied');
  assert.match(names, /Hang up and call us yourself/);
  const none = await about(await Server.start({ t }));
  assert.match(none, /We have none\. We never call you\./);
  for (const language of ['en', 'ar']) {
    const { page, seen } = await newPerson({ t, language });
    await page.goto(`${listed.url}/about`);
    await inspect(page, 'site-about-phones');
    await seen.mustBeClean();
  }
});

for (const language of ['en', 'ar']) {
  test(`the pages are clean in ${language}`, async (t) => {
    const server = await Server.start({ t });
    const { page, seen } = await newPerson({ t, language });
    for (const path of PAGES.filter((one) => one !== '/signin')) {
      await page.goto(server.url + path);
      await inspect(page, `site${path.replace(/\W+/g, '-')}`);
      assert.equal(await page.locator('h1').count(), 1, path);
    }
    await seen.mustBeClean();
  });
}

test('a language is chosen, kept, and leads back', async (t) => {
  const server = await Server.start({ t });
  const { page, seen } = await newPerson({ t, scripts: false });
  await page.goto(`${server.url}/about`);
  await page.locator('footer a[href^="/language"]').click();
  await page.locator('button[value="ar"]').click();
  await page.waitForURL(`${server.url}/about`);
  assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
  await seen.mustBeClean();
  const form = { 'Content-Type': 'application/x-www-form-urlencoded', Origin: server.url, ...HTML };
  for (const from of ['//evil.example', 'https://evil.example', '/\\evil', '/a?b', '']) {
    const body = new URLSearchParams({ lang: 'en', from }).toString();
    const answer = await request(server.url, 'POST', '/language', { headers: form, body });
    assert.equal(answer.status, 303);
    assert.equal(answer.location, '/', from);
  }
  const unknown = await request(server.url, 'POST', '/language', { headers: form, body: 'lang=xx&from=%2F' });
  assert.equal(unknown.status, 422);
  assert.match(unknown.body, /<title>Problem:/);
});

test('trouble finds blocked cookies, a limit is named, and it signs nobody out', async (t) => {
  const server = await Server.start({ t });
  const first = await request(server.url, 'GET', '/trouble', { headers: HTML });
  assert.equal(first.status, 303);
  assert.equal(first.location, '/trouble?checked=1');
  const [cookie] = first.setCookies[0].split(';');
  const without = await request(server.url, 'GET', first.location, { headers: HTML });
  assert.match(without.body, /blocks our cookies/);
  const withCookie = { ...HTML, Cookie: cookie, 'Sec-Fetch-Site': 'none' };
  const fine = await request(server.url, 'GET', first.location, { headers: withCookie });
  assert.match(fine.body, /We see nothing wrong/);
  assert.equal(fine.setCookies.length, 0, 'it takes no cookie away');
  assert.doesNotMatch(fine.body, new RegExp(cookie));
  const asJson = { Accept: 'application/json' };
  const view = (await request(server.url, 'GET', '/trouble', { headers: asJson })).json;
  assert.match(view.report, /cookies: not tried/);
  assert.match(view.report, /network: 127\.0\.0\.x/);
  assert.ok(Math.abs(Date.parse(view.now) - server.now()) < 5000);
});

test('errors have pages with one next step, in the language of the person', async (t) => {
  const server = await Server.start({ t });
  const arabic = { ...HTML, 'Accept-Language': 'ar' };
  const cases = [
    [404, 'GET', '/nothing-here', {}],
    [405, 'POST', '/about', { 'Content-Type': 'application/x-www-form-urlencoded', Origin: server.url }],
    [421, 'GET', '/', { Host: 'evil.example' }],
    [403, 'POST', '/language', { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }],
    [415, 'POST', '/language', { 'Content-Type': 'text/plain', Origin: server.url }],
  ];
  for (const [status, method, path, headers] of cases) {
    const body = method === 'POST' ? 'x=y' : undefined;
    const answer = await request(server.url, method, path, { headers: { ...arabic, ...headers }, body });
    assert.equal(answer.status, status, `${method} ${path}`);
    assert.match(answer.body, /lang="ar" dir="rtl"/);
    assert.match(answer.body, /href="\/trouble"/);
    assert.equal(answer.body.match(/class="button wide"/g).length, 1);
    assert.equal(answer.headers['cache-control'], 'no-store');
  }
});

test('assets are kept for ever, and asked for by tag', async (t) => {
  const server = await Server.start({ t });
  const { body } = await request(server.url, 'GET', '/', { headers: HTML });
  const [, sheet] = body.match(/href="(\/a\/[^"]+\.css)"/);
  const asset = (headers) => request(server.url, 'GET', sheet, { headers });
  const brotli = await asset({ 'Accept-Encoding': 'gzip, deflate, br' });
  assert.equal(brotli.headers['content-encoding'], 'br');
  assert.equal(brotli.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal(brotli.headers.vary, 'Accept-Encoding');
  const raw = await asset({ 'Accept-Encoding': 'gzip;q=0' });
  assert.equal(raw.headers['content-encoding'], undefined);
  assert.notEqual(raw.headers.etag, brotli.headers.etag);
  const same = await asset({ 'Accept-Encoding': 'br', 'If-None-Match': `W/"x", ${brotli.headers.etag}` });
  assert.equal(same.status, 304);
  assert.equal(same.bytes.length, 0);
  assert.equal((await asset({ 'If-None-Match': '"other"' })).status, 200);
});

test('machines are answered on the doors that are theirs', async (t) => {
  const server = await Server.start({ t });
  for (const door of [server.url, server.privateUrl]) {
    assert.equal((await request(door, 'GET', '/healthz')).status, 200);
    assert.equal((await request(door, 'GET', '/readyz')).status, 200);
  }
  assert.equal((await request(server.url, 'GET', '/metrics')).status, 404);
  const metrics = await request(server.privateUrl, 'GET', '/metrics');
  for (const name of ['hash_queue_length', 'hash_busy_total', 'mail_waiting', 'sessions_held'])
    assert.match(metrics.body, new RegExp(`^sallyport_${name} \\d+$`, 'm'));
  assert.equal((await request(server.privateUrl, 'GET', '/')).status, 404);
  const text = (await request(server.url, 'GET', '/.well-known/security.txt')).body;
  assert.match(text, /^Contact: /m);
  assert.ok(Date.parse(text.match(/^Expires: (.*)$/m)[1]) > server.now());
  const related = (await request(server.url, 'GET', '/.well-known/webauthn')).json;
  assert.deepEqual(related, { origins: [server.url] });
  const endpoints = await request(server.url, 'GET', '/.well-known/passkey-endpoints');
  assert.deepEqual(endpoints.json, {
    enroll: `${server.url}/account/passkeys`,
    manage: `${server.url}/account/passkeys`,
  });
  const leads = await request(server.url, 'GET', '/.well-known/change-password', {
    headers: { Accept: '*/*' },
  });
  assert.equal(leads.status, 303, 'password managers follow it');
  assert.match((await request(server.url, 'GET', '/robots.txt')).body, /^Disallow: \/$/m);
  assert.match((await request(server.url, 'GET', '/openapi.yaml')).body, /^openapi: 3\.1\.0$/m);
});
