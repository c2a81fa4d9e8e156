// Another e-mail address, from the form to the address that takes itself back; the hold and the change that
// waits on the overview. In Chromium, in both languages, with scripts and without.

import assert from 'node:assert/strict';

import { WAIT, stopCodeIn, withStopCode } from '../support/addresses.mjs';
import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { codeOf } from '../support/codes.mjs';
import { freshAddress, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';

afterAll(closeBrowser);

const KEEP = 'form[action="/account/email/keep"] button';

for (const { language, scripts } of [
  { language: 'en', scripts: true },
  { language: 'en', scripts: false },
  { language: 'ar', scripts: true },
  { language: 'ar', scripts: false },
]) {
  test(`a new address waits, takes over, and is taken back, ${language}, scripts ${scripts}`, async (t) => {
    const server = await Server.start({ t });
    const person = await signUp(server);
    server.moveClock({ days: 4 });
    const { page, seen } = await newPerson({ t, language, scripts });
    const home = new AtHome({ server, person, page, scripts });
    await home.signIn('/account');
    await page.locator('a[href="/account/email"]').click();
    await page.waitForURL(/\/account\/email$/);
    await home.look('email_form');
    await home.send('/account/email', { email: 'no address' });
    await home.look('email_problem');

    const ask = async (to) => {
      await home.go('/account/email');
      await home.send('/account/email', { email: to });
      await home.look('email_reauth');
      const mail = await person.mailbox.after(to, () => home.approve('/account/email/confirm'));
      await page.waitForURL(/\/account\/email\/code$/);
      await home.look('email_code');
      const code = codeOf(mail);
      await home.type('/account/email/code', code === '000000' ? '000001' : '000000');
      await home.look('email_code_wrong');
      const type = () => home.type('/account/email/code', code);
      const told = await person.mailbox.after(person.email, type, withStopCode);
      await page.waitForURL(/done=asked$/);
      await home.look('email_waits');
      return told;
    };
    await ask(freshAddress('one.example'));
    await home.go('/account');
    await home.look('email_account_waits');
    await page.locator(KEEP).click();
    await page.waitForURL(/done=kept$/);
    await home.look('email_kept');

    const to = freshAddress('two.example');
    const told = await ask(to);
    assert.ok(told.text.startsWith(`Your anti-phishing words: ${person.words}`), told.text);
    const old = person.email;
    const done = await person.mailbox.after(old, () => server.moveClock(WAIT), withStopCode);
    person.email = to;
    await page.context().clearCookies({ name: '__Host-session' });
    await home.signIn('/account');
    await home.look('email_account_held');
    assert.equal(await page.locator('.notice.warning h2').count(), 2, 'the hold, and the second address');

    await home.go('/recover/stop');
    await home.look('email_stop');
    await home.send('/recover/stop', { stop: stopCodeIn(done) });
    await home.look('email_undone');
    person.email = old;
    await page.context().clearCookies({ name: '__Host-session' });
    await home.signIn('/account');
    await home.go('/account/email');
    assert.ok((await page.locator('main').innerText()).includes(old));
    await seen.mustBeClean();
  });
}
