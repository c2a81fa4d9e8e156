// Going without a password: two passkeys in different places, the removal that waits and is kept, the removal
// that is done, signing in by passkey only, and a password added again. In Chromium with two authenticators;
// without scripts by the app's code.

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { deviceOf, enrolTwo, withPasskeys, withoutAutofill } from '../support/authenticator.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { Mailbox } from '../support/mailbox.mjs';
import { freshPassword, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';

afterAll(closeBrowser);

const OLD_ENOUGH_HOURS = 80; // more than 72: they may stand in for the password
const REMOVED_HOURS = 73; // more than the longer wait
const PHONE = { defaultBackupEligibility: true, defaultBackupState: true };
const KEY = { transport: 'usb' };

class Owner extends AtHome {
  /** The passkey button of this kind, answered by the device that is touched. */
  async press(device, kind) {
    await device.touched(true); // only requests made after it see it
    await this.page.locator(`form[data-passkey="${kind}"] button[type=submit]`).click();
  }
  async addPasskey(options) {
    const { page } = this;
    const device = await deviceOf(page, options);
    await this.go('/account/passkeys');
    await this.send('/account/passkeys/add');
    await this.approve('/account/passkeys/add/confirm');
    await page.waitForURL(/\/account\/passkeys\/new$/);
    await this.press(device, 'create');
    await page.waitForURL(/\/account\/passkeys\?done=added$/);
    await device.touched(false);
    assert.equal((await device.held()).length, 1);
    return device;
  }
  later(hours) {
    this.server.moveClock({ hours });
  }
  /** Password right; the app's code, whatever is offered first. */
  async signInByApp(path) {
    await this.go(`/signin?then=${path}`);
    await this.send('/signin', { email: this.person.email, password: this.person.password });
    await this.go('/signin/code');
    await this.type('/signin/code', this.person.freshCode());
    await this.page.waitForURL((url) => url.pathname === path);
  }
  /** Asked for with the app's code; where it leads. */
  async askRemoval() {
    await this.send('/account/password/remove');
    await this.page.waitForURL(/\/account\/reauth\//);
    await this.look('passwordless_reauth');
    const mail = await new Mailbox(this.server).after(this.person.email, () =>
      this.approve('/account/password/remove/confirm'),
    );
    await this.page.waitForURL(/\/account\/password\?done=leaves$/);
    return mail;
  }
  /** The time is over, and the worker has done it. */
  async waitUntilRemoved() {
    this.later(REMOVED_HOURS);
    await this.server.restart(); // the worker looks at once
    const matches = (mail) => mail.text.includes('Your password was removed');
    return new Mailbox(this.server).next(this.person.email, { matches });
  }
}

for (const language of ['en', 'ar']) {
  test(`a password is removed, kept, removed and added again, ${language}`, async (t) => {
    const server = await Server.start({ t, config: withPasskeys });
    const person = await signUp(server);
    const { page, seen } = await newPerson({ t, language });
    await withoutAutofill(page);
    const home = new Owner({ server, person, page });
    await home.signIn('/account/password');
    await home.look('passwordless_none');
    const phone = await home.addPasskey(PHONE);
    await home.go('/account/password');
    await home.look('passwordless_one');
    await home.addPasskey(KEY);
    home.later(OLD_ENOUGH_HOURS);
    await home.signInByApp('/account/password');
    await home.look('passwordless_may');

    const mail = await home.askRemoval();
    assert.ok(mail.text.includes('asked to remove its password'), mail.text);
    await home.look('passwordless_leaves');
    await home.send('/account/password/keep');
    await page.waitForURL(/done=kept$/);
    await home.look('passwordless_kept');
    await home.askRemoval();
    await home.send('/account/password/keep'); // for the second time a session is not enough
    await page.waitForURL(/\/account\/reauth\//);
    await home.approve('/account/password/keep/confirm');
    await page.waitForURL(/done=kept$/);

    await home.askRemoval();
    await home.waitUntilRemoved();
    await home.go('/signin?then=/account/password');
    await home.send('/signin', { email: person.email, password: person.password });
    assert.equal(await page.locator('.summary').count(), 1, 'the password opens nothing');
    await home.press(phone, 'get');
    await page.waitForURL((url) => url.pathname === '/account/password');
    await phone.touched(false);
    await home.look('passwordless_add');
    await home.go('/account');
    await home.look('passwordless_overview');

    await home.go('/account/password');
    person.password = freshPassword();
    await home.send('/account/password', { new_password: person.password });
    await home.approve('/account/password/confirm');
    await page.waitForURL(/\/account\/password\/changed$/);
    await home.go('/signout');
    await home.send('/signout');
    await home.signInByApp('/account');
    await seen.mustBeClean();
  });
}

test('the removal is asked for and kept without scripts', async (t) => {
  const server = await Server.start({ t, config: withPasskeys });
  const person = await signUp(server);
  await enrolTwo(server, person);
  const { page, seen } = await newPerson({ t, scripts: false });
  const home = new Owner({ server, person, page, scripts: false });
  await home.signInByApp('/account/password');
  await home.look('passwordless_may_no_scripts');
  await home.askRemoval();
  await home.send('/account/password/keep');
  await page.waitForURL(/done=kept$/);
  await seen.mustBeClean();
});
