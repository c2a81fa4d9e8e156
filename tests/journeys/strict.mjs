// The profile `strict` from sign-up on: a security key comes first and stays, no code is sent, and there is
// no password.

import assert from 'node:assert/strict';

import { deviceOf, withoutAutofill } from '../support/authenticator.mjs';
import { closeBrowser, inspect, newPerson } from '../support/chromium.mjs';
import { Client } from '../support/http.mjs';
import { Mailbox, codeIn } from '../support/mailbox.mjs';
import { freshAddress } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { askedCode, leave, send } from '../support/tour.mjs';

afterAll(closeBrowser);

const CODE_DIGITS = 8;
const PART = 4; // characters of a code
const STRICT = ({ url }) =>
  `[public]\nurl = "${url}"\nrp_id = "localhost"\n[factors]\npasskeys = true\nprofile = "strict"\n`;
const IN_HARDWARE = { defaultBackupEligibility: false, defaultBackupState: false };
const COPIED = { defaultBackupEligibility: true, defaultBackupState: true };

const button = (page, kind) => page.locator(`form[data-passkey="${kind}"] button[type=submit]`);
const press = (page, kind) => leave(page, () => button(page, kind).click());

/** At P6c, with the address confirmed. */
async function atSecure(server, page, post) {
  const email = freshAddress();
  await page.goto(`${server.url}/signup`);
  const mail = await new Mailbox(server).after(email, () => post('/signup', { email }));
  await post('/signup/confirm', { code: codeIn(mail, CODE_DIGITS) });
  await page.waitForURL(/\/signup\/secure$/);
}

for (const language of ['en', 'ar']) {
  test(`strict, from sign-up to the key that stays, ${language}`, async (t) => {
    const server = await Server.start({ t, config: STRICT });
    const { page, seen } = await newPerson({ t, language });
    const look = (name) => inspect(page, `strict_${name}`);
    const post = (action, fields = {}) => send(page, action, fields);
    await withoutAutofill(page);
    await atSecure(server, page, post);
    await look('key_first');
    assert.equal(await page.locator('input[type=password]').count(), 0);

    const phone = await deviceOf(page, COPIED);
    await phone.touched(true);
    await press(page, 'create');
    await page.locator('.summary').waitFor();
    await look('a_copied_passkey_is_none');
    await phone.session.send('WebAuthn.removeVirtualAuthenticator', {
      authenticatorId: phone.authenticatorId,
    });

    const key = await deviceOf(page, IN_HARDWARE);
    await key.touched(true);
    await press(page, 'create');
    await page.waitForURL(/\/signup\/kit$/);
    const codes = (await page.locator('.kit li').allInnerTexts()).map((text) => text.trim());
    await post('/signup/kit');
    const number = await askedCode(page);
    await post('/signup/kit/proof', { part: codes[number - 1].slice(-PART) });
    await page.waitForURL(/\/signup\/done$/);

    await page.goto(`${server.url}/signout`);
    await post('/signout');
    await page.goto(`${server.url}/signin?then=/account/passkeys`);
    await press(page, 'get');
    await page.waitForURL((url) => url.pathname === '/account/passkeys');
    await look('account');

    await post('/account/passkeys/open');
    await look('the_only_key_stays');
    assert.equal(await page.locator('form[action="/account/passkeys/remove"]').count(), 0);

    await page.goto(`${server.url}/account`);
    await look('overview');
    for (const way of ['/account/mail-code', '/account/phone', '/account/password'])
      assert.equal(await page.locator(`a[href="${way}"]`).count(), way.endsWith('password') ? 1 : 0, way);
    for (const way of ['/account/mail-code', '/account/phone'])
      assert.equal((await page.request.get(server.url + way)).status(), 404);
    await seen.mustBeClean();
  });
}

test('strict without scripts says so, and a password is no way around', async (t) => {
  const server = await Server.start({ t, config: STRICT });
  const { page, seen } = await newPerson({ t, language: 'en', scripts: false });
  const post = async (action, fields) => {
    for (const [name, value] of Object.entries(fields)) await page.locator(`#${name}`).fill(value);
    const loaded = page.waitForEvent('load');
    await page.locator(`form[action="${action}"] button[type=submit]`).first().click();
    return loaded;
  };
  await atSecure(server, page, post);
  await inspect(page, 'strict_no_scripts', { scripts: false });
  await page.getByText('Use another browser').waitFor();

  const client = new Client(server.url);
  const email = freshAddress();
  const mail = await new Mailbox(server).after(email, () => client.post('/signup', { email }));
  await client.post('/signup/confirm', { code: codeIn(mail, CODE_DIGITS) });
  const refused = await client.post('/signup/secure', { password: 'violet kettles in april' });
  assert.equal(refused.status, 405);
  assert.equal((await client.post('/signup/second', { code: '123456' })).json?.next, '/signup/secure');
  await seen.mustBeClean();
});
