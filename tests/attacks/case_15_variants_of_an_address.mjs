// Case 15: capitals do not make another account; dots, +tags, homoglyphs and other forms of Unicode are never
// folded into somebody's account.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { SignUp, freshAddress, next, sessionOf, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

test('capitals are the same account', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server, { email: freshAddress('Mail.Example') });
  for (const email of [person.email.toUpperCase(), person.email.toLowerCase(), ` ${person.email} `]) {
    const browser = new Client(server.url);
    next(await browser.post('/signin', { email, password: person.password }));
    next(await browser.post('/signin/code', { code: person.freshCode() }));
    assert.notEqual(await sessionOf(browser), null, email);
  }
  server.moveClock({ hours: 1 });
  const again = new SignUp(server, { email: person.email.toUpperCase() });
  assert.doesNotMatch((await again.enter()).text, /\d{4}[ -]?\d{4}/, 'no code, but "you have an account"');
});

test('capitals do not give a budget of their own', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const answers = [];
  for (let n = 0; n < 20; n++) {
    const email = [...person.email].map((c, i) => ((n >> (i % 5)) & 1 ? c.toUpperCase() : c)).join('');
    answers.push((await new Client(server.url).post('/signin', { email, password: `wrong ${n}` })).status);
  }
  assert.equal(answers.filter((status) => status === 401).length, 10);
});

test('dots and +tags are other accounts', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const [local, domain] = person.email.split('@');
  for (const email of [
    `${local}+x@${domain}`,
    `${local[0]}.${local.slice(1)}@${domain}`,
    `${local}@x.${domain}`,
  ]) {
    const other = await signUp(server, { email });
    assert.notEqual((await sessionOf(other.client)).account, (await sessionOf(person.client)).account, email);
    const crossed = await new Client(server.url).post('/signin', { email, password: person.password });
    assert.equal(crossed.status, 401, email);
  }
});

test('letters that only look alike, and other forms of Unicode, are no addresses', async (t) => {
  const server = await Server.start({ t });
  const email = 'kira.payne@mail.example';
  const person = await signUp(server, { email });
  for (const typed of [
    email.replace('a', '\u0430'), // Cyrillic
    email.replace('k', '\u212a'), // the Kelvin sign, whose small letter is k
    email.replace('i', '\u0131'), // dotless
    email.replace('@', '\uff20'),
    email.replace('.', '\u3002'),
    email.replace('mail', 'ma\u00adil'), // a soft hyphen
    email.replace('mail', '\uff4dail'),
    `\u200b${email}`,
    `\u202e${email}`,
    `"${email.split('@')[0]}"@mail.example`,
    `${email}, thief@evil.example`,
    `${email}\n\nBcc: thief@evil.example`,
    `${email}>`,
    'kira.payne@mail',
    'kira.payne@[127.0.0.1]',
  ]) {
    const client = new Client(server.url);
    const begun = await client.post('/signup', { email: typed });
    assert.equal(begun.status, 422, `sign-up of ${JSON.stringify(typed)}: ${begun.body}`);
    const entered = await client.post('/signin', { email: typed, password: person.password });
    assert.ok(entered.status >= 400 && entered.status < 500, `sign-in of ${JSON.stringify(typed)}`);
  }
  assert.notEqual(await sessionOf(await person.signIn()), null, 'the address itself');
});
