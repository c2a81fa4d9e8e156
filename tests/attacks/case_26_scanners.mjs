// Case 26: a mail scanner's GET or HEAD, or a form that posts itself from elsewhere, consumes or changes
// something.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { linksIn } from '../support/mailbox.mjs';
import { SignUp, must, next, sessionOf, signUp } from '../support/person.mjs';
import { filled, routesOf } from '../support/routes.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const QUERY = '?code=00000000&email=x%40y.example&lang=ar&make=yes&session=0&yes=1';

/** What is worth keeping of a person's account. */
async function state(person) {
  const { time, now, last_sign_in, ...overview } = must(await person.client.get('/account'));
  void [time, now, last_sign_in];
  const devices = JSON.stringify(must(await person.client.get('/account/devices'))).match(/"id":"[^"]+"/g);
  return { overview, devices, mails: (await person.mailbox.all(person.email)).length };
}

test('GET and HEAD of every address change nothing', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const half = await person.enterPassword();
  const way = new SignUp(server);
  await way.enter();
  const before = await state(person);
  const mails = (await person.mailbox.all()).length;
  const gets = (await routesOf(server)).filter(({ method }) => method === 'GET');
  for (const client of [new Client(server.url), half, way.client, person.client]) {
    for (const { path } of gets) {
      for (const [method, asked, type] of [
        ['HEAD', path, 'text/html'],
        ['GET', path, 'text/html'],
        ['GET', path, 'application/json'],
        ['GET', path + QUERY, 'text/html'],
      ]) {
        const answer = await client.copy().send(method, filled(asked), { headers: { Accept: type } });
        assert.ok(answer.status < 500, `${method} ${asked}: ${answer.status}`);
        if (method === 'HEAD') assert.equal(answer.body, '');
      }
    }
  }
  assert.deepEqual(await state(person), before);
  assert.equal((await person.mailbox.all()).length, mails, 'nothing was mailed');
  next(await half.post('/signin/code', { code: person.freshCode() }));
  assert.equal(await way.confirm(), '/signup/secure', 'the mailed code is still good');
  await way.choosePassword();
  await way.addApp();
  await way.keepKit();
  assert.equal(await way.prove(), '/signup/done');
});

test('the links of every mail, opened by a scanner, consume nothing', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  await new Client(server.url).post('/signin/pass', { email: person.email });
  await person.signIn();
  const way = new SignUp(server);
  await way.enter();
  const before = await state(person);
  // Today no mail has a link; scanners open bare addresses too, and links that a later mail may have.
  const bare = new RegExp(`${server.host}(/[\\w./?=&-]*)`, 'g');
  const mails = await person.mailbox.all();
  assert.ok(mails.length >= 4, `${mails.length} mails`);
  for (const mail of mails) {
    const hrefs = [...mail.html.matchAll(/href="(http[^"]+)"/g)].map((match) => match[1]);
    const named = [...mail.text.matchAll(bare)].map((match) => `${server.url}${match[1]}`);
    for (const link of new Set([...linksIn(mail), ...hrefs, ...named, `${server.url}/`])) {
      const { origin, pathname, search } = new URL(link.replaceAll('&amp;', '&'));
      assert.equal(origin, server.url, link);
      const scanner = new Client(server.url, { headers: { Accept: 'text/html' } });
      for (const method of ['HEAD', 'GET', 'GET']) {
        const answer = await scanner.send(method, pathname + search);
        assert.ok(answer.status < 400, `${method} ${link}: ${answer.status}`);
      }
    }
  }
  assert.deepEqual(await state(person), before);
  assert.equal(await way.confirm(), '/signup/secure');
});

test('a form that is posted from elsewhere is refused, and changes nothing', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const before = await state(person);
  const posts = (await routesOf(server)).filter(({ method }) => method === 'POST');
  const elsewhere = [
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: `http://localhost:${server.port + 1}` },
    { Origin: `https://localhost:${server.port}` },
    { Origin: null, 'Sec-Fetch-Site': 'cross-site' },
    { Origin: null, 'Sec-Fetch-Site': 'same-site' },
    { Origin: server.url, 'Sec-Fetch-Site': 'cross-site' },
    { Origin: null, 'Content-Type': 'text/plain' },
    { Origin: null },
  ];
  for (const { path } of posts) {
    for (const headers of elsewhere) {
      const answer = await person.client.copy().post(filled(path), { yes: '1' }, { form: true, headers });
      assert.ok(
        [403, 415].includes(answer.status),
        `POST ${path} with ${JSON.stringify(headers)}: ${answer.status}`,
      );
    }
  }
  assert.deepEqual(await state(person), before);
  await person.client.copy().post('/signout', {}, { form: true });
  assert.equal(await sessionOf(person.client), null, 'a form of our own is not refused');
});
