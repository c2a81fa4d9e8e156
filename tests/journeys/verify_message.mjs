// Is this message from us (P11), and the list of messages (A15): a real mail checked by its number, a slip, a
// copied number, a name that only looks like ours, and the limit; in both languages, with scripts and
// without.

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { freshAddress, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';

afterAll(closeBrowser);

const NUMBER = /V(-[0-9A-Z]{4}){4}/;
const channels = (own) =>
  '[channels]\ndomains = ["exchange.example"]\nphones = ["+351211234567"]\n' +
  'handles = ["@exchange on social.example"]\n' +
  `[public]\nurl = "${own.url}"\n`;

/** Without the marks that keep a name together in Arabic. */
const plain = (text) => text.replace(/[\u200e\u200f\u2066-\u2069]/g, '');

/** Someone changes the case, forgets the dashes and types O for 0. */
const asTyped = (number) => number.replaceAll('-', ' ').replaceAll('0', 'o').toLowerCase();

for (const [language, scripts] of [
  ['en', true],
  ['ar', true],
  ['en', false],
  ['ar', false],
]) {
  test(`a message is checked, ${language}, scripts ${scripts ? 'on' : 'off'}`, async (t) => {
    const server = await Server.start({ t, config: channels });
    const person = await signUp(server);
    const matches = ({ subject }) => subject.startsWith('Welcome');
    const mail = await person.mailbox.next(person.email, { matches });
    const number = mail.text.match(NUMBER)[0];
    assert.equal(mail.html.match(NUMBER)[0], number, 'both parts have it');
    assert.match(mail.headers['Message-ID'], new RegExp(`^<${number}@`));

    const { page, seen } = await newPerson({ t, language, scripts });
    const home = new AtHome({ server, person, page, scripts });
    await home.go('/');
    await page.locator('a[href="/verify"]').click();
    await page.waitForURL(/\/verify$/);
    await home.look('verify');
    await home.send('/verify', { number: `${number.slice(0, -1)}`, recipient: 'nobody' });
    await home.look('verify_problem');
    assert.equal(await page.locator('#recipient').inputValue(), 'nobody');
    await home.send('/verify', { number: asTyped(number), recipient: person.email.toUpperCase() });
    await home.look('verify_genuine');
    const told = await page.locator('.notice.good').innerText();
    assert.ok(plain(told).includes(plain(mail.subject)), told);
    assert.ok(!told.includes(person.email), 'masked');
    if (scripts) assert.equal(await page.evaluate(() => document.activeElement.className), 'notice good');
    await home.send('/verify', { number, recipient: freshAddress() });
    await home.look('verify_not_ours');
    await page.locator('.notice.bad').waitFor();

    await home.send('/verify/name', { name: 'https://exchange.example/signin' });
    await home.look('verify_name_ours');
    await home.send('/verify/name', { name: 'ехсhаngе.example' }); // four Cyrillic letters
    await home.look('verify_name_not_ours');
    assert.match(await page.locator('.notice.bad').innerText(), /exchange\.example/);

    await home.signIn('/account/messages');
    await home.look('messages');
    const list = await page.locator('.list').innerText();
    assert.ok(list.includes(number), 'the list has the same number');
    assert.ok(plain(list).includes(plain(mail.subject)), 'and its subject');
    await page.locator('a[href="/report"]').first().click();
    await page.waitForURL(/\/report$/);
    await seen.mustBeClean();
  });
}

test('who has asked too often reads until when, and what helps now', async (t) => {
  const server = await Server.start({ t });
  const { page } = await newPerson({ t, language: 'en' });
  const home = new AtHome({ server, person: null, page });
  await home.go('/verify');
  const asked = { number: 'V-0000-0000-0000-0000', recipient: 'ada@mail.example' };
  for (let n = 0; n <= 20; n++) await home.send('/verify', asked);
  await home.look('verify_limit');
  const told = await page.locator('.summary').innerText();
  assert.match(told, /again at .*\d.*list of messages/s);
});

test('a long list comes page by page', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  for (let n = 0; n < 3; n++) {
    server.moveClock({ minutes: 20 });
    await person.signIn();
  }
  const { page, seen } = await newPerson({ t, language: 'en' });
  const home = new AtHome({ server, person, page });
  await home.signIn('/account/messages');
  const rows = await page.locator('.list > li').count();
  assert.ok(rows >= 2, `${rows} messages`);
  await home.go('/account/messages?after=0-01932f5e-8a00-7000-8000-0123456789ab');
  await home.look('messages_end');
  await page.locator('a[href="/account/messages"]').first().click();
  await page.waitForURL(/\/account\/messages$/);
  assert.equal(await page.locator('.list > li').count(), rows);
  await seen.mustBeClean();
});
