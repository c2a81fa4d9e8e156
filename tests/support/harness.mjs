// The harness itself, against a small server of its own: what it finds, and that it finds it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

import { Child } from './child.mjs';
import { axe, closeBrowser, inspect, invalid, newPerson, virtualAuthenticator } from './chromium.mjs';
import { ENGINES, openEngine } from './engines.mjs';
import { Client, rawHttp, request } from './http.mjs';
import { Mailbox, codeIn, linksIn } from './mailbox.mjs';
import { Proxy } from './proxy.mjs';
import { Server } from './server.mjs';
import { afterAll, test } from './test.mjs';
import { fromBase32, totp, wrongCode } from './totp.mjs';
import { until } from './until.mjs';

const PAGE = (title, main, lang = 'en') => `<!DOCTYPE html>
<html lang="${lang}" dir="${lang === 'ar' ? 'rtl' : 'ltr'}">
<head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>${title}</h1>${main}</main></body></html>`;
const FORM =
  '<form method="post" action="/in"><label for="name">Name</label> <input id="name" name="name"' +
  ' type="text">' +
  ' <button type="submit">Go</button></form>';
const ARABIC_FORM = FORM.replace('Name', 'الاسم').replace('Go', 'اذهب');
const BAD =
  '<img src="/x.png"><p style="color: #eee; background: #fff">pale</p><div style="width: 900px">wide</div>' +
  '<script>document.title = "run"</script>';

async function toy(t) {
  const server = createServer((asked, answer) => {
    const parts = [];
    asked.on('data', (part) => parts.push(part));
    asked.on('end', () => {
      const body = Buffer.concat(parts).toString();
      if (asked.url === '/json') {
        answer.setHeader('Content-Type', 'application/json');
        answer.setHeader('Set-Cookie', asked.method === 'POST' ? ['a=1; Path=/', 'b=2'] : ['b=; Max-Age=0']);
        return answer.end(JSON.stringify({ headers: asked.headers, body }));
      }
      answer.setHeader('Content-Type', 'text/html; charset=utf-8');
      answer.setHeader('Content-Security-Policy', "default-src 'self'; base-uri 'none'");
      if (asked.url === '/in')
        return answer.end(PAGE(`Hello ${new URLSearchParams(body).get('name')}`, '<a href="/">back</a>'));
      if (asked.url === '/bad') return answer.end(PAGE('Bad', BAD));
      if (asked.url === '/ar') return answer.end(PAGE('مرحبا', ARABIC_FORM, 'ar'));
      return answer.end(PAGE('Welcome', FORM));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.cleanup(() => server.closeAllConnections?.() ?? server.close());
  t.cleanup(() => server.close());
  return { port: server.address().port, url: `http://localhost:${server.address().port}` };
}

afterAll(closeBrowser);

test('codes agree with RFC 6238', () => {
  const secret = Buffer.from('12345678901234567890');
  const rows = [
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ];
  for (const [seconds, code] of rows) assert.equal(totp(secret, seconds * 1000, 0, 8), code);
  assert.deepEqual(fromBase32('GEZDGNBV gy3tqojq'), Buffer.from('1234567890'));
  const wrong = wrongCode('GEZDGNBVGY3TQOJQ', 30000000);
  assert.ok(![-1, 0, 1].some((step) => totp('GEZDGNBVGY3TQOJQ', 30000000, step) === wrong));
});

test('codes and links are found in a mail', () => {
  const mail = { text: 'Your code: 123 456\nhttps://a.example/x?y=1 is the page of 2026.' };
  assert.equal(codeIn(mail), '123456');
  assert.deepEqual(linksIn(mail), ['https://a.example/x?y=1']);
});

test('the client sends its origin, keeps cookies and drops them', async (t) => {
  const { url } = await toy(t);
  const client = new Client(url);
  const first = await client.post('/json', { a: 'b' });
  assert.equal(first.json.headers.origin, url);
  assert.equal(first.json.body, '{"a":"b"}');
  const second = await client.get('/json', { headers: { Accept: null } });
  assert.equal(second.json.headers.cookie, 'a=1; b=2');
  assert.equal(second.json.headers.accept, undefined);
  assert.deepEqual([...client.cookies.keys()], ['a']);
  const wrongHost = await request(url, 'GET', '/json', { headers: { Host: 'evil.example' } });
  assert.equal(wrongHost.json.headers.host, 'evil.example');
});

test('raw bytes reach the server as they are', async (t) => {
  const { port } = await toy(t);
  assert.match(
    await rawHttp(port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    /^HTTP\/1\.1 200 /,
  );
  assert.match(await rawHttp(port, 'nonsense\r\n\r\n'), /^HTTP\/1\.1 400 /);
});

test('a program that ends is told from one that is slow', async () => {
  await assert.rejects(
    new Child('sh', ['-c', 'echo broken; exit 3']).says('ready'),
    /ended \(\{"code":3.*broken/s,
  );
  const child = new Child('sh', ['-c', 'echo ready; exec sleep 60']);
  await child.says('ready');
  assert.equal((await child.kill()).signal, 'SIGKILL');
  await assert.rejects(
    until(() => false, 'never', 0.1),
    /not within 0.1 s: never/,
  );
});

// Speaks as the server does of its start, its clock and its mailbox.
const STAND_IN = `
  const { createServer } = require('node:http');
  const { readFileSync, appendFileSync } = require('node:fs');
  const portOf = (name) => process.env[name].split(':')[1];
  const wanted = 'Bearer ' + process.env.SALLYPORT_DEV_TOKEN;
  appendFileSync(process.env.SALLYPORT_DATA, 'started ');
  const answer = (asked, out) => {
    out.setHeader('Content-Type', 'application/json');
    if (asked.url === '/dev/messages' && asked.headers.authorization !== wanted) out.statusCode = 401;
    const text = 'Code ' + readFileSync(process.env.SALLYPORT_TEST_CLOCK);
    out.end(JSON.stringify([{ to: 'Ada <a@b.example>', text }]));
  };
  createServer(answer).listen(portOf('SALLYPORT_LISTEN'), '127.0.0.1');
  setTimeout(() => createServer(answer).listen(portOf('SALLYPORT_PRIVATE_LISTEN'), '127.0.0.1'), 200);
  process.on('SIGTERM', () => process.exit(0));
`;

test('a server starts, moves its clock, has a mailbox, restarts and stops', async (t) => {
  const server = await Server.start({ t, binary: process.execPath, command: ['-e', STAND_IN] });
  server.moveClock({ minutes: 2, seconds: 3, ms: 456 });
  const mail = await new Mailbox(server).next('A@b.example');
  assert.equal(mail.text, 'Code +123456');
  assert.equal(codeIn(mail), '123456');
  assert.ok(Math.abs(server.now() - Date.now() - 123456) < 1000);
  const { port } = server;
  await server.kill();
  await server.restart();
  assert.equal(server.port, port);
  assert.equal(readFileSync(`${server.folder}/data`, 'utf8'), 'started started ');
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  await assert.rejects(
    Server.start({ t, binary: process.execPath, command: ['-e', 'throw new Error("broken")'] }),
    /broken/,
  );
});

test('a clean page is clean, in two languages', async (t) => {
  const { url } = await toy(t);
  for (const [path, language] of [
    ['/', 'en'],
    ['/ar', 'ar'],
  ]) {
    const { page, seen } = await newPerson({ t, language });
    await page.goto(url + path);
    await inspect(page, 'harness');
    await seen.mustBeClean();
  }
});

test('a bad page is found out', async (t) => {
  const { url } = await toy(t);
  const { page, seen } = await newPerson({ t });
  await page.goto(`${url}/bad`);
  await assert.rejects(inspect(page, 'bad', { pictures: false }), /image-alt/);
  const error = await seen.mustBeClean().then(
    () => undefined,
    (thrown) => thrown.message,
  );
  assert.match(error, /script-src/);
  assert.match(error, /no-inline-style/);
  assert.equal((await axe(page)).length > 0, true);
  assert.equal((await invalid('<p>x</div>')).length > 0, true);
});

test('a passkey can be made', async (t) => {
  const { url } = await toy(t);
  const { page } = await newPerson({ t });
  await page.goto(url);
  await virtualAuthenticator(page, { automaticPresenceSimulation: true });
  const type = await page.evaluate(
    async () =>
      (
        await navigator.credentials.create({
          publicKey: {
            challenge: new Uint8Array(32),
            rp: { id: 'localhost', name: 'x' },
            user: { id: new Uint8Array(8), name: 'x', displayName: 'x' },
            pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
          },
        })
      ).type,
  );
  assert.equal(type, 'public-key');
});

test('scripts can be off', async (t) => {
  const { url } = await toy(t);
  const { page, seen } = await newPerson({ t, scripts: false });
  await page.goto(url);
  await page.getByLabel('Name').fill('Ada');
  await page.getByRole('button', { name: 'Go' }).click();
  await page.getByRole('heading', { name: 'Hello Ada' }).waitFor();
  await seen.mustBeClean();
});

test('three engines walk the same way, through nginx with TLS', async (t) => {
  const { port } = await toy(t);
  const proxy = await (await Proxy.reserve({ t })).start(port);
  for (const engine of ENGINES) {
    await t.part(engine, async (part) => {
      const person = await openEngine(engine, { t: part });
      await person.go(`${proxy.url}/`);
      assert.equal(await person.text('h1'), 'Welcome');
      await person.fill('#name', 'Ada');
      assert.equal(await person.value('#name'), 'Ada');
      await person.press('button');
      assert.equal(await person.text('h1'), 'Hello Ada');
      assert.equal(await person.url(), `${proxy.url}/in`);
      assert.equal(await person.has('form'), false);
    });
  }
});
