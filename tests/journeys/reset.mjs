// A forgotten password: the address, its code, one strong factor, the new password, and signing in with it;
// in both languages, with scripts and without. A passkey in the app's place.

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson, virtualAuthenticator } from '../support/chromium.mjs';
import { Client } from '../support/http.mjs';
import { codeIn, linksIn } from '../support/mailbox.mjs';
import { freshPassword, sessionOf, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { wrongCode } from '../support/totp.mjs';

afterAll(closeBrowser);

const MAILED_DIGITS = 8;
const holdsCode = (mail) => /^\d{8}$/m.test(mail.text);

class Forgetful extends AtHome {
  /** From the sign-in page to the page of the factor. */
  async toFactor() {
    const { page, person } = this;
    await this.go('/signin');
    await page.locator('main a[href="/reset"]').click();
    await page.waitForURL(/\/reset$/);
    await this.look('reset_address');
    await this.send('/reset', { email: 'nobody at home' });
    await this.look('reset_address_problem');
    const mail = await person.mailbox.after(
      person.email,
      () => this.send('/reset', { email: person.email }),
      { matches: holdsCode },
    );
    await page.waitForURL(/\/reset\/check$/);
    await this.look('reset_check');
    await this.typeMailed('00000000');
    await this.look('reset_check_problem');
    await this.go('/reset/factor'); // the address bar, out of turn
    assert.equal(this.path(), '/reset/check');
    await this.typeMailed(codeIn(mail, MAILED_DIGITS));
    await page.waitForURL(/\/reset\/factor$/);
    await this.look('reset_factor');
  }
  async typeMailed(code) {
    await this.type('/reset/check', code);
  }
  /** From the page of the password to the end, and in again. */
  async finish() {
    const { page, person } = this;
    await this.look('reset_new');
    await this.send('/reset/new', { new_password: 'passwordpassword' });
    await this.look('reset_new_problem');
    await page.reload();
    assert.equal(await page.locator('#new_password').inputValue(), '');
    const password = freshPassword();
    const told = await person.mailbox.after(person.email, async () => {
      await this.send('/reset/new', { new_password: password });
      await page.waitForURL(/\/reset\/done$/);
    });
    person.password = password;
    assert.ok(told.text.startsWith(`Your anti-phishing words: ${person.words}`), told.text);
    await this.look('reset_done');
    await page.reload();
    assert.equal(this.path(), '/reset/done');
    for (const path of ['/reset/new', '/reset/factor', '/reset/check']) {
      await this.go(path);
      assert.equal(this.path(), '/reset/done', 'over, and it says so');
    }
    await page.locator('main a.button[href="/signin"]').click();
    await page.waitForURL(/\/signin$/);
  }
}

for (const language of ['en', 'ar']) {
  for (const scripts of [true, false]) {
    test(
      `a forgotten password, ${language}, scripts ${scripts ? 'on' : 'off'}`,
      async (t) => {
        const server = await Server.start({ t });
        const person = await signUp(server);
        const { page, seen } = await newPerson({ t, language, scripts });
        const home = new Forgetful({ server, person, page, scripts });
        server.moveClock({ minutes: 2 });
        await home.toFactor();
        await home.type('/reset/factor', wrongCode(person.secret, server.now()));
        await home.look('reset_factor_problem');
        await home.type('/reset/factor', person.freshCode());
        await page.waitForURL(/\/reset\/new$/);
        await home.finish();
        assert.equal(await sessionOf(person.client), null, 'signed out everywhere');
        await home.signIn();
        await home.look('reset_overview_after');
        await seen.mustBeClean();
      },
      { seconds: 300 },
    );
  }
}

test('what can you still use? The way that fits', async (t) => {
  const server = await Server.start({ t });
  const { page, seen } = await newPerson({ t });
  const home = new AtHome({ server, page });
  const ways = [
    [['mailbox', 'app'], '/reset'],
    [['mailbox', 'kit'], '/reset'],
    [['password', 'app'], '/signin'],
    [['mailbox', 'phone', 'session'], null],
    [[], null],
  ];
  for (const [haves, leads] of ways) {
    await home.go('/signin');
    await home.go('/recover');
    await home.look('recover');
    for (const name of haves) await page.locator(`input[name="${name}"]`).check();
    await page.locator('main form button').click();
    await page.waitForURL(/\/recover\/way/);
    await home.look(`recover_way_${haves.join('_') || 'nothing'}`);
    const button = page.locator('main a.button');
    if (leads === null) assert.equal(await button.count(), 0);
    else assert.equal(await button.getAttribute('href'), leads);
  }
  await seen.mustBeClean();
});

test('a passkey stands beside the mailbox as well', async (t) => {
  const server = await Server.start({
    t,
    config: ({ url }) => `[public]\nurl = "${url}"\nrp_id = "localhost"\n[factors]\npasskeys = true\n`,
  });
  const person = await signUp(server);
  const { page, seen } = await newPerson({ t });
  const home = new Forgetful({ server, person, page });
  const { session, authenticatorId } = await virtualAuthenticator(page);
  const touched = (enabled) =>
    session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  const press = async (kind) => {
    await touched(true); // only requests made after it see it
    await page.locator(`form[data-passkey="${kind}"] button[type=submit]`).click();
  };
  await home.signIn('/account/passkeys');
  await home.send('/account/passkeys/add');
  await home.approve('/account/passkeys/add/confirm');
  await page.waitForURL(/\/account\/passkeys\/new$/);
  await press('create');
  await page.waitForURL(/\/account\/passkeys\?done=added$/);
  await touched(false);
  await home.go('/signout');
  await home.send('/signout');
  server.moveClock({ minutes: 2 });
  await home.toFactor();
  await press('get');
  await page.waitForURL(/\/reset\/new$/);
  await touched(false); // a touched key would answer what the sign-in page's address field asks
  await home.finish();
  await seen.mustBeClean();
});

for (const scripts of [true, false]) {
  test(`the link of the mail, where the operator sends one, scripts ${scripts ? 'on' : 'off'}`, async (t) => {
    const server = await Server.start({
      t,
      config: ({ url }) => `[public]\nurl = "${url}"\nrp_id = "localhost"\n[reset]\nmail_link = true\n`,
    });
    const person = await signUp(server);
    const mine = await newPerson({ t, scripts });
    const other = await newPerson({ t, language: 'ar', scripts });
    const home = new Forgetful({ server, person, page: mine.page, scripts });
    const away = new Forgetful({ server, person, page: other.page, scripts });
    server.moveClock({ minutes: 2 });
    await home.go('/reset');
    const enter = () => home.send('/reset', { email: person.email });
    const mail = await person.mailbox.after(person.email, enter, { matches: holdsCode });
    const links = linksIn(mail);
    assert.equal(links.length, 1, mail.text);
    const path = new URL(links[0]).pathname;
    assert.equal(path, `/reset/link/${codeIn(mail, MAILED_DIGITS)}`);
    for (const method of ['HEAD', 'GET'])
      assert.equal((await new Client(server.url).send(method, path)).status, 200, 'a scanner');
    await away.go(path); // another browser: it opens nothing, and says what helps
    assert.equal(await other.page.locator('form[action="/reset/check"]').count(), 0);
    await away.look('reset_link_elsewhere');
    await home.go(path);
    await home.look('reset_link');
    await mine.page.reload();
    await home.send('/reset/check');
    await mine.page.waitForURL(/\/reset\/factor$/);
    await home.go(path); // used: on to where this browser has come to
    assert.equal(home.path(), '/reset/factor');
    await home.type('/reset/factor', person.freshCode());
    await mine.page.waitForURL(/\/reset\/new$/);
    await home.finish();
    await mine.seen.mustBeClean();
    await other.seen.mustBeClean();
  });
}
