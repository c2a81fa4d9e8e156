// Codes by mail and text from their making to a sign-in, in Chromium, in both languages, with and without
// scripts.

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { NUMBER, codeOf, textAfter } from '../support/codes.mjs';
import { Mailbox } from '../support/mailbox.mjs';
import { signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';

afterAll(closeBrowser);

const CODE_MAIL = { matches: (mail) => /^\d{6}$/m.test(mail.text) };

for (const { language, scripts } of [
  { language: 'en', scripts: true },
  { language: 'ar', scripts: false },
]) {
  test(`a number and codes by mail are added, sign in weakly, and go again, ${language}`, async (t) => {
    const server = await Server.start({ t });
    const person = await signUp(server);
    const { page, seen } = await newPerson({ t, language, scripts });
    const home = new AtHome({ server, person, page, scripts });
    const mailbox = new Mailbox(server);
    await home.signIn('/account');
    await home.look('codes_account');

    await page.locator('a[href="/account/phone"]').click();
    await page.waitForURL(/\/account\/phone$/);
    await home.look('codes_phone_none');
    await page.locator('#region').selectOption('PT');
    await home.send('/account/phone', { number: '760 123 456' });
    await home.look('codes_phone_premium');
    await home.send('/account/phone', { number: '912 345 678' });
    await home.look('codes_phone_reauth');
    const first = await textAfter(server, NUMBER, () => home.approve('/account/phone/confirm'));
    await page.waitForURL(/\/account\/phone\/code$/);
    await home.look('codes_phone_code');
    const code = codeOf(first);
    await home.type('/account/phone/code', code === '000000' ? '000001' : '000000');
    await home.look('codes_phone_wrong');
    await mailbox.after(person.email, () => home.type('/account/phone/code', code));
    await page.waitForURL(/done=added$/);
    await home.look('codes_phone_added');

    await home.go('/account/mail-code');
    await home.look('codes_mail_off');
    await home.send('/account/mail-code/on');
    await home.approve('/account/mail-code/on/confirm');
    await page.waitForURL(/done=on$/);
    await home.look('codes_mail_on');

    await page.context().clearCookies();
    for (const [kind, after] of [
      ['sms', (act) => textAfter(server, NUMBER, act)],
      ['mail', (act) => mailbox.after(person.email, act, CODE_MAIL)],
    ]) {
      server.moveClock({ minutes: 2 });
      await page.context().clearCookies({ name: '__Host-session' });
      await home.go('/signin');
      await home.send('/signin', { email: person.email, password: person.password });
      await page.waitForURL(/\/signin\/(code|sms|mail)/);
      await home.go('/signin/methods');
      await home.look(`codes_methods_${kind}`);
      await page.locator(`a[href="/signin/${kind}"]`).click();
      await page.waitForURL(new RegExp(`/signin/${kind}$`));
      await home.look(`codes_${kind}_send`);
      const message = await after(() => home.send(`/signin/${kind}/send`));
      await home.look(`codes_${kind}_sent`);
      await page.locator('a[href="/signin/not-received"]').click();
      await page.waitForURL(/not-received$/);
      await home.look(`codes_${kind}_missing`);
      await page.goBack();
      await home.type(`/signin/${kind}`, codeOf(message));
      await page.waitForURL(/\/account$/);
    }

    await home.go('/account/phone');
    await home.look('codes_phone_weak');
    await seen.mustBeClean();
    assert.ok(first.text.endsWith(`#${code}`), first.text);
  });
}
