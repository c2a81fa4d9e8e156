// A person whose second factor is a security key that is only touched: it verifies nobody, so their password
// comes before it when a change is approved.

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { deviceOf, withoutAutofill } from '../support/authenticator.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { LENIENT, weakPerson } from '../support/weak.mjs';

afterAll(closeBrowser);

const U2F = { protocol: 'u2f', transport: 'usb', hasResidentKey: false, hasUserVerification: false };

for (const language of ['en', 'ar']) {
  test(`a change is approved by the password and a touched key, ${language}`, async (t) => {
    const server = await Server.start({ t, config: LENIENT });
    const person = await weakPerson(server, '');
    server.moveClock({ minutes: 2 });
    const { page, seen } = await newPerson({ t, language });
    await withoutAutofill(page);
    const home = new AtHome({ server, person, page });
    const key = await deviceOf(page, U2F);
    const press = async (kind) => {
      await key.touched(true);
      await page.locator(`form[data-passkey="${kind}"] button[type=submit]`).click();
    };

    await home.go('/signin?then=/account/passkeys');
    await home.send('/signin', { email: person.email, password: person.password });
    await page.waitForURL((url) => url.pathname === '/account/passkeys');
    await home.send('/account/passkeys/add');
    await home.send('/account/passkeys/add/confirm', { proof: person.password });
    await page.waitForURL(/\/account\/passkeys\/new$/);
    await press('create');
    await page.waitForURL(/done=added$/);
    await key.touched(false);

    server.moveClock({ minutes: 2 });
    await page.context().clearCookies();
    await home.go('/signin?then=/account/app');
    await home.send('/signin', { email: person.email, password: person.password });
    await page.waitForURL(/\/signin\/key$/);
    await press('get');
    await page.waitForURL((url) => url.pathname === '/account/app');
    await key.touched(false);

    await home.send('/account/app/add');
    await page.waitForURL(/\/account\/reauth\//);
    await home.look('key_password');
    const here = home.path();
    await home.send(`${here}/password`, { password: 'not that one' });
    await home.look('key_password_wrong');
    await home.send(`${here}/password`, { password: person.password });
    await page.waitForURL((url) => url.pathname === here);
    await home.look('key_touch');
    assert.equal(await page.locator('input[type=password]').count(), 0);
    await press('get');
    await page.waitForURL(/\/account\/app\/new$/);
    await seen.mustBeClean();
  });
}
