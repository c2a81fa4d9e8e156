// An account is locked from a mail, in a browser that never signed in, and opened again; by one who is signed
// in, too. In both languages, with scripts and without.

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { lockCodeIn, newestLockCode } from '../support/lock.mjs';
import { codeIn } from '../support/mailbox.mjs';
import { must, sessionOf, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { until } from '../support/until.mjs';

afterAll(closeBrowser);

const MAILED_DIGITS = 8;
const holdsCode = (mail) => /^\d{8}$/m.test(mail.text);

class Locking extends AtHome {
  async lock(code, names = false) {
    const { page, person } = this;
    await this.go('/lock');
    if (names) await this.look('lock');
    const number = await page.locator('main form p strong').innerText();
    await this.send('/lock', { email: person.email, code, step_number: number });
  }
  /** The mailed code and the app; then it waits. */
  async unlock(language = 'en') {
    const { page, person, server } = this;
    server.moveClock({ hours: 73 }); // a younger factor would wait until it is as old as that
    await this.go('/unlock');
    await this.look('unlock');
    const enter = () => this.send('/unlock', { email: person.email });
    const mail = await person.mailbox.after(person.email, enter, { matches: holdsCode });
    await page.waitForURL(/\/unlock\/check$/);
    await this.look('unlock-show');
    await this.type('/unlock/check', '00000000');
    await this.look('unlock-problem');
    await this.type('/unlock/check', codeIn(mail, MAILED_DIGITS));
    await page.waitForURL(/\/unlock\/check$/);
    await this.type('/unlock/check', person.freshCode());
    await page.waitForURL(/\/unlock\/done$/);
    await this.look(`unlock-waits_${language}`);
  }
}

for (const language of ['en', 'ar']) {
  for (const scripts of [true, false]) {
    test(
      `locked from a mail and opened after a day, ${language}, scripts ${scripts ? 'on' : 'off'}`,
      async (t) => {
        const server = await Server.start({ t });
        const person = await signUp(server);
        const code = await newestLockCode(person);
        const { page, seen } = await newPerson({ t, language, scripts });
        const home = new Locking({ server, person, page, scripts });
        await home.lock('7K2MB-XQ4TR', true);
        await home.look('lock-problem');
        assert.notEqual(await sessionOf(person.client), null);
        await home.lock(code);
        await home.look('locked');
        assert.equal(new URL(page.url()).pathname, '/lock');
        assert.equal(await page.locator('a.button[href="/unlock"]').count(), 1);
        await until(async () => (await sessionOf(person.client)) === null, 'the session is dead', 2);

        await home.go('/signin');
        await home.send('/signin', { email: person.email, password: person.password });
        await home.look('sign-in-locked');
        assert.equal(await page.locator('#email').inputValue(), person.email, 'nothing is asked twice');

        await home.unlock(language);
        server.moveClock({ hours: 25 });
        const opened = { matches: (one) => /open again|مفتوح من جديد/.test(one.subject) };
        const mail = await person.mailbox.next(person.email, opened);
        assert.notEqual(lockCodeIn(mail), code, 'a new mail has a new code');
        await home.signIn();
        await home.go('/account/lock');
        await home.look('account-lock-quiet');
        await seen.mustBeClean();
      },
      { seconds: 180 },
    );
  }
}

test('one who is signed in locks with one confirmation, and confirms what locked', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const { page, seen } = await newPerson({ t, language: 'en' });
  const home = new Locking({ server, person, page });
  await home.signIn();
  await page.locator('header a[href="/account/lock"]').click();
  await page.waitForURL(/\/account\/lock$/);
  await home.look('account-lock');
  await home.send('/account/lock');
  await home.look('account-locked');
  assert.equal(await page.locator('h1').count(), 1);
  await home.go('/account');
  await page.waitForURL(/\/signin/);
  await home.unlock();
  server.moveClock({ hours: 25 });
  await until(async () => {
    await home.go('/signin');
    await home.send('/signin', { email: person.email, password: person.password });
    return page.url().includes('/signin/code');
  }, 'it is open');
  await home.type('/signin/code', person.freshCode());
  await home.go('/account/lock');
  await home.send('/account/lock/trust');
  await home.approve('/account/lock/trust/confirm');
  await page.waitForURL(/done=confirmed$/);
  await home.look('account-lock-confirmed');
  must(await person.signIn().then((client) => client.get('/account')));
  await seen.mustBeClean();
});
