// Every link on every page leads to a page that is there (G11), signed in and not, in both languages.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { SignUp, signUp } from '../support/person.mjs';
import { filled, routesOf } from '../support/routes.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const ATTRIBUTES = /\s(?:href|src|action)="([^"]*)"/g;

/** Opens all that can be reached from `starts`; gives what is not there with the page that names it. */
async function crawl(client, starts) {
  const missing = new Map();
  const from = new Map(starts.map((path) => [path, 'the start']));
  const open = [...starts];
  const posts = new Set();
  while (open.length) {
    const path = open.shift();
    const answer = await client.copy().get(path, { headers: { Accept: 'text/html' } });
    if (answer.status >= 400) missing.set(path, `${answer.status}, named by ${from.get(path)}`);
    const found = answer.location ? [answer.location] : [];
    if (/^text\/html/.test(answer.headers['content-type'] ?? ''))
      for (const match of answer.body.matchAll(ATTRIBUTES)) {
        const target = match[1].replaceAll('&amp;', '&');
        if (/\saction="/.test(match[0]) && target) posts.add(target);
        else found.push(target);
      }
    for (const target of found) {
      if (!target || target.startsWith('#') || /^(mailto|otpauth|data):/.test(target)) continue;
      assert.ok(target.startsWith('/') && !target.startsWith('//'), `${path} leads out to ${target}`);
      const plain = target.split('#')[0];
      if (from.has(plain)) continue;
      from.set(plain, path);
      open.push(plain);
    }
  }
  for (const path of posts) {
    const answer = await client.copy().send('PUT', path);
    if (answer.status !== 405) missing.set(`POST ${path}`, `${answer.status}`);
  }
  return { missing: [...missing], seen: from.size };
}

for (const language of ['en', 'ar']) {
  test(`no link leads to a page that is not there: ${language}`, async (t) => {
    const server = await Server.start({ t });
    const headers = { 'Accept-Language': language };
    const person = await signUp(server, { client: new Client(server.url, { headers }) });
    const half = await person.enterPassword(new Client(server.url, { headers }));
    const way = new SignUp(server, { client: new Client(server.url, { headers }) });
    await way.enter();
    const starts = (await routesOf(server))
      .filter(({ method, path }) => method === 'GET' && !/^\/api\/|\{/.test(path))
      .map(({ path }) => filled(path));
    for (const client of [new Client(server.url, { headers }), half, way.client, person.client]) {
      const { missing, seen } = await crawl(
        client,
        starts,
      );
      assert.deepEqual(missing, []);
      assert.ok(seen > starts.length / 2);
    }
  });
}
