// Case 17: an empty or partial POST moves no flow on.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { SESSION, SignUp, must, next, sessionOf, signUp } from '../support/person.mjs';
import { filled, routesOf } from '../support/routes.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const FIELDS = [
  'email',
  'password',
  'new_password',
  'code',
  'part',
  'proof',
  'step_up',
  'words',
  'session',
  'lang',
];
const EMPTIES = [
  {},
  { form: true },
  ...FIELDS.map((name) => ({ fields: { [name]: '' } })),
  { fields: Object.fromEntries(FIELDS.map((name) => [name, ''])), form: true },
  { fields: { nothing: 'x', 'code[]': '1', 'email.x': 'y' } },
];
/** Buttons that mean what they say without a field: they give up power, ask for more, or for advice. */
const BUTTONS = new RegExp(
  '/(cancel|resend|send|end-others|end-all-trust|not-asked|not-now|show|saved|check|options)$|' +
    '^/signout$|^/signup/kit$|' +
    '^/account/(kit|app/add|app/move|kit/new|passkeys/add|mail-code/on|mail-code/off)$',
);

/** Where nothing has been gained: the doors, and for a person who is in already, the account. */
const BEGINNINGS = [
  '/signin',
  '/signup',
  '/signup/notice',
  '/account',
  '/account/devices',
  '/account/review', // no page of it was shown: its first one
  '/account/phone?over=1',
];

async function postEmpties(client, routes) {
  for (const { path } of routes) {
    for (const { fields = {}, form } of EMPTIES) {
      const own = client.copy();
      const answer = await own.post(filled(path), fields, { form });
      const asked = `POST ${path} ${JSON.stringify(fields)}: ${answer.status} ${answer.body.slice(0, 200)}`;
      const back = answer.status === 200 && BEGINNINGS.includes(answer.json.next);
      assert.ok(back || (answer.status >= 400 && answer.status < 500), asked);
      assert.equal(
        answer.setCookies.some((line) => line.startsWith(`${SESSION}=`)),
        false,
        asked,
      );
    }
  }
}

test(
  'every form, with nobody, somebody half-way and somebody signed in',
  async (t) => {
    const server = await Server.start({ t });
    const person = await signUp(server);
    const posts = (await routesOf(server)).filter(
      ({ method, path }) => method === 'POST' && !BUTTONS.test(path),
    );
    assert.ok(posts.length >= 10, `${posts.length} forms`);
    const half = await person.enterPassword();
    await postEmpties(new Client(server.url), posts);
    await postEmpties(half, posts);
    await postEmpties(person.client, posts);
    next(await half.post('/signin/code', { code: person.freshCode() }));
    assert.notEqual(await sessionOf(person.client), null);
  },
  { seconds: 240 },
);

test('each step of a sign-up wants its own field, and no step is skipped', async (t) => {
  const server = await Server.start({ t });
  const way = new SignUp(server);
  const steps = ['/signup/confirm', '/signup/secure', '/signup/second', '/signup/kit/proof'];
  const stays = async (at) => {
    for (const path of steps) {
      const answer = await way.client.post(path, {});
      const moved = answer.status === 200 ? answer.json.next : null;
      assert.ok(
        answer.status >= 400 || moved === at,
        `at ${at}: POST ${path} {}: ${answer.status} ${answer.body}`,
      );
    }
    for (const path of [...steps, '/signup/kit', '/signup/done']) {
      const page = await way.client.get(path);
      if (page.status === 200 && page.json.next) assert.equal(page.json.next, at, `at ${at}: GET ${path}`);
    }
    assert.equal(way.client.cookies.has(SESSION), false, at);
  };
  await way.enter();
  await stays('/signup/confirm');
  assert.equal(await way.confirm(), '/signup/secure');
  await stays('/signup/secure');
  assert.equal(await way.choosePassword(), '/signup/second');
  await stays('/signup/second');
  assert.equal(await way.addApp(), '/signup/kit');
  const { codes } = must(await way.client.get('/signup/kit'));
  const early = await way.client.post('/signup/kit/proof', { part: codes[0].slice(-4) });
  assert.ok(early.status >= 400 || early.json.next === '/signup/kit', early.body);
  assert.equal(way.client.cookies.has(SESSION), false, 'the kit was not put away yet');
  await way.keepKit();
  assert.equal(await way.prove(), '/signup/done');
  assert.notEqual(await sessionOf(way.client), null);
});
