// A passkey from its making to its removal, in Chromium with an authenticator of the DevTools protocol, in
// both languages.

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson, virtualAuthenticator } from '../support/chromium.mjs';
import { Mailbox } from '../support/mailbox.mjs';
import { signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';

afterAll(closeBrowser);

const OLD_ENOUGH_HOURS = 80; // more than 72: it may approve a removal

/** A phone whose passkeys are copied to its owner's other devices. */
async function phone(page) {
  const { session, authenticatorId } = await virtualAuthenticator(page, {
    defaultBackupEligibility: true,
    defaultBackupState: true,
  });
  return {
    touched: (enabled) =>
      session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled }),
    knowsOwner: (isUserVerified) =>
      session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    held: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
  };
}

for (const language of ['en', 'ar']) {
  test(`a passkey is made, gets a name, approves and is taken back, ${language}`, async (t) => {
    const server = await Server.start({
      t,
      config: ({ url }) => `[public]\nurl = "${url}"\nrp_id = "localhost"\n[factors]\npasskeys = true\n`,
    });
    const person = await signUp(server);
    const { page, seen } = await newPerson({ t, language });
    const home = new AtHome({ server, person, page });
    const device = await phone(page);
    const press = async (kind) => {
      await device.touched(true); // only requests made after it see it
      await page.locator(`form[data-passkey="${kind}"] button[type=submit]`).click();
    };

    await home.signIn('/account');
    await page.locator('a[href="/account/passkeys"]').click();
    await page.waitForURL(/\/account\/passkeys$/);
    await home.look('passkeys_none');
    await home.send('/account/passkeys/add');
    await home.approve('/account/passkeys/add/confirm');
    await page.waitForURL(/\/account\/passkeys\/new$/);
    await home.look('passkeys_new');
    await new Mailbox(server).after(person.email, () => press('create'));
    await page.waitForURL(/\/account\/passkeys\?done=added$/);
    await device.touched(false);
    await home.look('passkeys_added');
    assert.equal((await device.held()).length, 1);

    await home.send('/account/passkeys/open');
    await home.look('passkeys_change');
    await home.send('/account/passkeys/rename', { name: 'Blue phone' });
    await page.waitForURL(/done=renamed$/);
    await page.getByText('Blue phone', { exact: true }).waitFor();

    server.moveClock({ minutes: OLD_ENOUGH_HOURS * 60 });
    await home.signIn('/account/passkeys');
    await home.send('/account/passkeys/open');
    await home.send('/account/passkeys/remove');
    await page.waitForURL(/\/account\/reauth\//);
    await home.look('passkeys_reauth');
    await device.knowsOwner(false);
    await press('get');
    await page.locator('[data-passkey-said]', { hasText: /\S/ }).waitFor();
    await device.knowsOwner(true);
    const mail = await new Mailbox(server).after(person.email, () => press('get'));
    await page.waitForURL(/done=leaves$/);
    await home.look('passkeys_leaves');
    assert.ok(mail.text.includes('Blue phone'), mail.text);
    await home.send('/account/passkeys/keep');
    await page.waitForURL(/done=kept$/);
    assert.equal(await page.locator('form[action="/account/passkeys/keep"]').count(), 0);
    assert.equal((await device.held()).length, 1);
    await seen.mustBeClean();
  });
}
