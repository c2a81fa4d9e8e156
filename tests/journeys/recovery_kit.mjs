// Without password and phone: the way back by the recovery kit, its hour, and who stops it; in both
// languages, with scripts and without.

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { codeIn, withoutLock } from '../support/mailbox.mjs';
import { freshPassword, sessionOf, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { totp } from '../support/totp.mjs';

afterAll(closeBrowser);

const MAILED_DIGITS = 8;
const holdsCode = (mail) => /^\d{8}$/m.test(mail.text);
const stopCodeIn = (mail) => withoutLock(mail).match(/\b([0-9A-Z]{5}-[0-9A-Z]{5})\b/)?.[1];
const stops = (mail) => stopCodeIn(mail) !== undefined;

class Returning extends AtHome {
  async mailed(base, check) {
    const { page, person } = this;
    const enter = () => this.send(base, { email: person.email });
    const mail = await person.mailbox.after(person.email, enter, { matches: holdsCode });
    await page.waitForURL((url) => url.pathname === check);
    await this.look(`recovery${check.replaceAll('/', '_')}`);
    await this.type(check, codeIn(mail, MAILED_DIGITS));
  }
  /** From "what can you still use?" to the page that waits; the mail that tells of it. */
  async begin() {
    const { page, person } = this;
    await this.go('/recover');
    await page.locator('input[name="mailbox"]').check();
    await page.locator('input[name="kit"]').check();
    await page.locator('main form button').click();
    await page.locator('main a.button[href="/reset"]').click();
    await page.waitForURL(/\/reset$/);
    await this.mailed('/reset', '/reset/check');
    await page.waitForURL(/\/reset\/factor$/);
    await page.locator('main a[href="/reset/kit"]').click();
    await page.waitForURL(/\/reset\/kit$/);
    await this.look('recovery_kit');
    await this.send('/reset/kit', { code: '3-ABCD' });
    await this.look('recovery_kit_problem');
    const told = await person.mailbox.after(
      person.email,
      async () => {
        await this.send('/reset/kit', { code: person.freshRecoveryCode() });
        await page.waitForURL(/\/reset\/waiting$/);
      },
      { matches: stops },
    );
    await this.look('recovery_waiting');
    return told;
  }
  async goOn() {
    await this.go('/recover/finish');
    await this.look('recovery_finish');
    await this.mailed('/recover/finish', '/recover/check');
    await this.page.waitForURL(/\/recover\/new$/);
  }
}

for (const language of ['en', 'ar']) {
  for (const scripts of [true, false]) {
    test(
      `back with the kit, ${language}, scripts ${scripts ? 'on' : 'off'}`,
      async (t) => {
        const server = await Server.start({ t });
        const person = await signUp(server);
        const { page, seen } = await newPerson({ t, language, scripts });
        const home = new Returning({ server, person, page, scripts });
        server.moveClock({ minutes: 2 });
        const told = await home.begin();
        assert.ok(told.text.startsWith(`Your anti-phishing words: ${person.words}`), told.text);
        server.moveClock({ minutes: 5 });
        await home.goOn();
        assert.equal(await page.locator('#new_password').count(), 0, 'not before the hour');
        await home.look('recovery_status_waiting');
        server.moveClock({ minutes: 60 });
        await home.goOn();
        await home.look('recovery_new');
        await home.send('/recover/new', { new_password: 'passwordpassword' });
        await home.look('recovery_new_problem');
        person.password = freshPassword();
        await home.send('/recover/new', { new_password: person.password });
        await page.waitForURL(/\/recover\/app$/);
        await home.look('recovery_app');
        const secret = (await page.locator('#app_key').innerText()).replace(/\s/g, '');
        await home.type('/recover/app', totp(secret, server.now()));
        await page.waitForURL(/\/recover\/done$/);
        await home.look('recovery_done');
        for (const path of ['/recover/app', '/recover/new', '/recover/check']) {
          await home.go(path);
          assert.equal(home.path(), '/recover/done');
        }
        assert.equal(await sessionOf(person.client), null);
        person.secret = secret;
        person.usedStep = Math.floor(server.now() / 30_000);
        await home.signIn();
        await seen.mustBeClean();
      },
      { seconds: 300 },
    );
  }
}

test('whoever was told stops it, with the app for good', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const { page, seen } = await newPerson({ t });
  const home = new Returning({ server, person, page });
  server.moveClock({ minutes: 2 });
  const told = await home.begin();
  await home.go('/recover/stop');
  await home.look('recovery_stop');
  await home.send('/recover/stop', { stop: 'AAAAA-AAAAA' });
  await home.look('recovery_stop_problem');
  const paused = await person.mailbox.after(
    person.email,
    () => home.send('/recover/stop', { stop: stopCodeIn(told) }),
    { matches: stops },
  );
  await home.look('recovery_stopped_paused');
  await home.go('/recover/stop');
  await page.locator('#code').fill(person.freshCode());
  await home.send('/recover/stop', { stop: stopCodeIn(paused) });
  await home.look('recovery_stopped_ended');
  server.moveClock({ minutes: 2 });
  await page.reload(); // at most a form sent again: nothing to stop any more
  await home.goOn();
  await home.look('recovery_status_ended');
  assert.equal(await page.locator('#new_password').count(), 0);
  await seen.mustBeClean();
});

for (const language of ['en', 'ar']) {
  test(`its owner is signed in, pauses it and ends it, ${language}`, async (t) => {
    const server = await Server.start({ t });
    const person = await signUp(server);
    const { page: thiefs } = await newPerson({ t });
    const { page, seen } = await newPerson({ t, language });
    const thief = new Returning({ server, person, page: thiefs });
    const owner = new AtHome({ server, person, page });
    server.moveClock({ minutes: 2 });
    await owner.signIn('/account/recovery');
    await owner.look('account_recovery_none');
    await thief.begin();
    await owner.go('/account');
    await owner.look('account_recovery_banner');
    await page.locator('main a[href="/account/recovery"]').click();
    await owner.look('account_recovery');
    await owner.send('/account/recovery/pause');
    await owner.look('account_recovery_paused');
    assert.equal(await page.locator('form[action="/account/recovery/pause"]').count(), 0, 'once');
    server.moveClock({ minutes: 2 });
    await owner.send('/account/recovery/end');
    await owner.look('account_recovery_step_up');
    await owner.approve('/account/recovery/end/confirm');
    await owner.look('account_recovery_ended');
    assert.equal(await page.locator('main form').count(), 0);
    await thief.goOn();
    assert.equal(await thiefs.locator('#new_password').count(), 0);
    await seen.mustBeClean();
  });
}
