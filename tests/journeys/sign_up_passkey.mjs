// A sign-up by passkey, in Chromium with an authenticator of the DevTools protocol: no password is made, the
// kit is saved, and the passkey signs in. Without scripts the password is the way.

import assert from 'node:assert/strict';

import { deviceOf, withPasskeys, withoutAutofill } from '../support/authenticator.mjs';
import { closeBrowser, inspect, newPerson } from '../support/chromium.mjs';
import { Mailbox, codeIn } from '../support/mailbox.mjs';
import { freshAddress } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { askedCode, leave, send } from '../support/tour.mjs';

afterAll(closeBrowser);

const CODE_DIGITS = 8;
const PART = 4; // characters of a code

/** A browser whose address is confirmed: at P6c. */
async function atSecure(t, { language, scripts = true } = {}) {
  const server = await Server.start({ t, config: withPasskeys });
  const { page, seen } = await newPerson({ t, language, scripts });
  const email = freshAddress();
  const look = (name) => inspect(page, `sign_up_${name}`, { scripts });
  const post = async (action, fields = {}) => {
    if (scripts) return send(page, action, fields);
    for (const [name, value] of Object.entries(fields)) await page.locator(`#${name}`).fill(value);
    const loaded = page.waitForEvent('load');
    await page.locator(`form[action="${action}"] button[type=submit]`).first().click();
    return loaded;
  };
  await page.goto(`${server.url}/signup`);
  const mail = await new Mailbox(server).after(email, () => post('/signup', { email }));
  await post('/signup/confirm', { code: codeIn(mail, CODE_DIGITS) });
  await page.waitForURL(/\/signup\/secure$/);
  return { server, page, seen, email, look, post };
}

const button = (page, kind) => page.locator(`form[data-passkey="${kind}"] button[type=submit]`);

for (const language of ['en', 'ar']) {
  test(`an account is made with a passkey, ${language}`, async (t) => {
    const { server, page, seen, email, look, post } = await atSecure(t, { language });
    await withoutAutofill(page);
    const device = await deviceOf(page, { defaultBackupEligibility: true, defaultBackupState: true });
    await look('either');
    assert.equal(await button(page, 'create').evaluate((one) => one.classList.contains('second')), false);

    await device.knowsOwner(false);
    await device.touched(true);
    await button(page, 'create').click();
    await page.locator('[data-passkey-said]', { hasText: /\S/ }).waitFor();
    await look('either_failed');
    await device.knowsOwner(true);
    await button(page, 'create').click();
    await page.waitForURL(/\/signup\/kit$/);
    await device.touched(false);
    assert.equal((await device.held()).length, 1);
    await look('kit_passkey');
    assert.equal(await page.locator('.kit dt').count(), 3, 'there is no key of an app');
    for (const path of ['/signup/secure', '/signup/second', '/signup/passkey']) {
      await page.goto(server.url + path);
      await page.waitForURL(/\/signup\/kit$/);
    }
    const codes = (await page.locator('.kit li').allInnerTexts()).map((text) => text.trim());
    await post('/signup/kit');
    const number = await askedCode(page);
    await post('/signup/kit/proof', { part: codes[number - 1].slice(-PART) });
    await page.waitForURL(/\/signup\/done$/);
    await look('done_passkey');

    await page.goto(`${server.url}/signout`);
    await post('/signout');
    await page.goto(`${server.url}/signin?then=/account/passkeys`);
    await post('/signin', { email, password: 'there is none at all' });
    assert.equal(await page.locator('.summary').count(), 1);
    await device.touched(true);
    await leave(page, () => button(page, 'get').click());
    await page.waitForURL((url) => url.pathname === '/account/passkeys');
    await page.goto(`${server.url}/account/password`);
    await look('password_none');
    await seen.mustBeClean();
  });
}

test('without scripts the password is the way', async (t) => {
  const { page, seen, look, post } = await atSecure(t, { scripts: false });
  await look('either_no_scripts');
  assert.equal(await button(page, 'create').count(), 0);
  await post('/signup/secure', { password: 'violet kettles in april' });
  await page.waitForURL(/\/signup\/second$/);
  await seen.mustBeClean();
});
