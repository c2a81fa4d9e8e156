// Signing in by a passkey, in Chromium with an authenticator of the DevTools protocol, in both languages: by
// the button, from the address field, after a password, and when it does not work.

import assert from 'node:assert/strict';

import { Authenticator, deviceOf, enrol, withPasskeys, withoutAutofill } from '../support/authenticator.mjs';
import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { must, next, sessionOf, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { until } from '../support/until.mjs';

afterAll(closeBrowser);

const BY_PASSKEY = 'form[action="/signin/passkey"]';
const BY_KEY = 'form[action="/signin/key"]';
const OLD_ENOUGH_HOURS = 80; // more than 72: it may approve a removal
const REMOVED_HOURS = 73;

/** A person with a passkey, in a browser that holds it too; `held: false`: the browser has none. `autofill`:
 *  while the authenticator is touched, it also answers by itself what the address field asks. */
async function atSignIn(t, language, { held = true, scripts = true, autofill, ...more } = {}) {
  const server = await Server.start({ t, config: withPasskeys });
  const person = await signUp(server);
  const key = await enrol(person, new Authenticator(server));
  const { page, seen, context } = await newPerson({ t, language, scripts, ...more });
  if (!autofill) await withoutAutofill(page);
  const home = new AtHome({ server, person, page, scripts });
  const device = scripts ? await deviceOf(page) : undefined;
  if (held && scripts) await key.into(page, device);
  const press = async (form) => {
    await device.touched(true); // only requests made after it see it
    await page.locator(`${form} button[type=submit]`).click();
  };
  const proven = () => page.evaluate(async () => (await (await fetch('/api/v1/session')).json()).factors);
  // A first page may load anew, in the reader's own zone.
  const methods = () => until(() => proven().catch(() => undefined), 'the session says what was proven');
  return { server, person, key, page, seen, context, home, device, press, methods };
}

/** Password right: at the page of the first method. */
async function enterPassword({ home, person }, path) {
  await home.go('/signin');
  await home.send('/signin', { email: person.email, password: person.password });
  assert.equal(home.path(), path);
}

for (const language of ['en', 'ar']) {
  test(`by the button, then first of all ways on this device, ${language}`, async (t) => {
    const walk = await atSignIn(t, language);
    const { page, home, seen } = walk;
    await home.go('/signin?then=/account/devices');
    await home.look('passkey_sign_in');
    const order = () =>
      page.evaluate(() => Array.from(document.forms, (form) => form.getAttribute('action')).join(' '));
    assert.equal(await order(), '/signin /signin/passkey');
    await walk.press(BY_PASSKEY);
    await page.waitForURL(/\/account\/devices$/);
    assert.deepEqual(await walk.methods(), ['passkey']);
    await walk.device.touched(false);
    await home.go('/signout');
    await home.send('/signout');
    await home.go('/signin');
    assert.equal(await order(), '/signin/passkey /signin');
    await home.look('passkey_sign_in_again');
    await walk.press(BY_PASSKEY);
    await page.waitForURL(/\/account$/);
    await seen.mustBeClean();
  });

  test(`from the address field, ${language}`, async (t) => {
    const walk = await atSignIn(t, language, { autofill: true });
    await walk.device.touched(true); // as if the person chose it in the field at once
    await walk.home.go('/signin');
    await walk.page.waitForURL(/\/account$/);
    assert.deepEqual(await walk.methods(), ['passkey']);
    await walk.seen.mustBeClean();
  });

  test(`after the password, with the other methods in reach, ${language}`, async (t) => {
    const walk = await atSignIn(t, language);
    const { page, home, person, seen } = walk;
    await enterPassword(walk, '/signin/key');
    await home.look('passkey_second');
    const hints = await page.locator('main .hint').allInnerTexts();
    assert.ok(
      hints.some((text) => text.length > 60),
      'how to use a passkey of the phone',
    );

    await walk.device.knowsOwner(false);
    await walk.press(BY_KEY);
    const said = page.locator('[data-passkey-said]');
    await said.filter({ hasText: /\S/ }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'BUTTON', 'focus stays');
    await home.look('passkey_second_not_used');
    await walk.device.knowsOwner(true);
    await walk.press(BY_KEY);
    await page.waitForURL(/\/account$/);
    assert.deepEqual(await walk.methods(), ['password', 'passkey']);

    await walk.device.touched(false);
    await home.go('/signout');
    await home.send('/signout');
    await enterPassword(walk, '/signin/key');
    await page.locator('a[href="/signin/methods"]').click();
    await page.waitForURL(/\/signin\/methods$/);
    await home.look('passkey_methods');
    const offered = await page.locator('.choices a').evaluateAll((all) => all.map((a) => a.pathname));
    assert.deepEqual(offered, ['/signin/key', '/signin/code', '/signin/recovery-code']);
    await page.locator('.choices a[href="/signin/code"]').click();
    await home.type('/signin/code', person.freshCode());
    await page.waitForURL(/\/account$/);
    await home.go('/signout');
    await home.send('/signout');
    await enterPassword(walk, '/signin/code'); // what was last used here comes first
    await home.go('/signin/methods');
    await home.look('passkey_methods_again');
    const ways = page.locator('.choices li');
    assert.equal(await ways.first().locator('a[href="/signin/code"] small').count(), 1, 'and says so');
    assert.equal(await ways.locator('small').count(), 1);
    await seen.mustBeClean();
  });

  test(`what fails on the sign-in page is said, and what was typed stays, ${language}`, async (t) => {
    const walk = await atSignIn(t, language, { held: false });
    const { page, home, server, person, seen } = walk;
    await page.addInitScript(() => {
      window.PublicKeyCredential.signalUnknownCredential = async (told) => {
        sessionStorage.setItem('told', JSON.stringify(told));
      };
    });
    const nobodys = new Authenticator(server);
    nobodys.handle = walk.key.handle;
    await nobodys.into(page, walk.device);
    await home.go('/signin');
    await page.locator('#email').fill(person.email);
    await walk.device.knowsOwner(false);
    await walk.press(BY_PASSKEY);
    const button = page.locator(`${BY_PASSKEY} button[type=submit]`);
    await until(async () => (await walk.device.held())[0].signCount >= 0, 'the authenticator is asked');
    assert.equal(await page.locator('[data-passkey-said]').innerText(), '', 'who cancels knows it');
    assert.ok(await button.isVisible());
    await walk.device.knowsOwner(true);
    await walk.press(BY_PASSKEY);
    await page.locator('.summary').waitFor();
    await walk.device.touched(false);
    await page.waitForFunction(() => document.activeElement.matches('.summary'));
    await home.look('passkey_unknown');
    assert.equal(await page.locator('#email').inputValue(), person.email);
    const told = JSON.parse(await page.evaluate(() => sessionStorage.getItem('told')));
    assert.deepEqual(told, { rpId: 'localhost', credentialId: nobodys.id.toString('base64url') });
    await home.send('/signin', { password: person.password });
    await page.waitForURL(/\/signin\/key$/);
    await seen.mustBeClean();
  });
}

test('a removed passkey no longer works, another one does', async (t) => {
  const walk = await atSignIn(t, 'en', { held: false });
  const { server, person, key, page, home } = walk;
  const other = await enrol(person, new Authenticator(server));
  server.moveClock({ hours: OLD_ENOUGH_HOURS });
  const browser = await person.signIn(undefined, '/signin/key');
  const list = must(await browser.get('/account/passkeys'));
  const oldest = list.synced.reduce((a, b) => (a.created <= b.created ? a : b));
  next(await person.confirm(browser, await browser.post('/account/passkeys/remove', { passkey: oldest.id })));
  server.moveClock({ hours: REMOVED_HOURS });
  await server.restart(); // the worker looks at once
  const left = async () => {
    const asked = await person.enterPassword(undefined, '/signin/key');
    return must(await asked.post('/signin/key/options', {})).credentials.length;
  };
  await until(async () => (await left()) === 1, 'the worker has removed it');

  await key.into(page, walk.device);
  await home.go('/signin');
  await walk.press(BY_PASSKEY);
  await page.locator('.summary', { hasText: 'no longer works here' }).waitFor();
  await walk.device.touched(false);
  const { session, authenticatorId } = walk.device;
  await session.send('WebAuthn.clearCredentials', { authenticatorId });
  await other.into(page, walk.device);
  await walk.press(BY_PASSKEY);
  await page.waitForURL(/\/account$/);
});

test('the list tells the password manager which passkeys there are, and whose', async (t) => {
  const { page, home, person, key } = await atSignIn(t, 'en', { held: false });
  await page.addInitScript(() => {
    const api = window.PublicKeyCredential;
    window.told = {};
    for (const name of ['signalAllAcceptedCredentials', 'signalCurrentUserDetails'])
      api[name] = async (options) => {
        window.told[name] = options;
      };
  });
  await home.go('/signin?then=/account/passkeys');
  await home.send('/signin', { email: person.email, password: person.password });
  await home.go('/signin/code');
  await home.type('/signin/code', person.freshCode());
  await page.waitForURL(/\/account\/passkeys$/);
  const user = { rpId: 'localhost', userId: key.handle.toString('base64url') };
  assert.deepEqual(await page.evaluate(() => window.told), {
    signalAllAcceptedCredentials: { ...user, allAcceptedCredentialIds: [key.id.toString('base64url')] },
    signalCurrentUserDetails: { ...user, name: person.email, displayName: person.email },
  });
});

test('two keys: one that was only touched opens nothing by itself, and finishes a password', async (t) => {
  const walk = await atSignIn(t, 'en', { held: false });
  const { server, person, page, home } = walk;
  const touch = { verified: false, eligible: false, backedUp: false };
  const key = await enrol(person, new Authenticator(server, touch));
  await key.into(page, walk.device);
  await home.go('/signin');
  await walk.press(BY_PASSKEY);
  await page.locator('.summary', { hasText: 'password first' }).waitFor();
  await walk.device.touched(false);
  await enterPassword(walk, '/signin/key');
  await walk.press(BY_KEY);
  await page.waitForURL(/\/account$/);
  assert.deepEqual(await walk.methods(), ['password', 'touched_key']);
});

test('scripts off, and a browser that knows no passkeys: a sentence, and the other ways', async (t) => {
  const off = await atSignIn(t, 'en', { scripts: false });
  await off.home.go('/signin');
  await off.home.look('passkey_no_scripts');
  assert.equal(await off.page.locator(`${BY_PASSKEY} button`).count(), 0);
  assert.match(await off.page.locator(BY_PASSKEY).innerText(), /password works/);
  await enterPassword(off, '/signin/key');
  await off.home.look('passkey_second_no_scripts');
  await off.page.locator('a[href="/signin/methods"]').click();
  await off.page.locator('a[href="/signin/code"]').click();
  await off.home.type('/signin/code', off.person.freshCode());
  await off.page.waitForURL(/\/account$/);

  const { page } = await newPerson({ t });
  await page.addInitScript(() => delete window.PublicKeyCredential);
  const old = { ...off, page, home: new AtHome({ server: off.server, person: off.person, page }) };
  await enterPassword(old, '/signin/key');
  assert.equal(await page.locator(`${BY_KEY} button`).count(), 0);
  assert.match(await page.locator(BY_KEY).innerText(), /another method/);
});

test('the button takes over from what the address field asks', async (t) => {
  const { page, home } = await atSignIn(t, 'en', { autofill: true });
  await page.addInitScript(() => {
    const get = navigator.credentials.get.bind(navigator.credentials);
    window.asked = [];
    navigator.credentials.get = (options) => {
      const request = { by: options.mediation ?? 'button', ended: '' };
      window.asked.push(request);
      return get(options).catch((error) => {
        request.ended = error.name;
        throw error;
      });
    };
  });
  const asked = () => page.evaluate(() => window.asked.map(({ by, ended }) => `${by} ${ended}`.trim()));
  await home.go('/signin');
  await until(async () => (await asked()).join() === 'conditional', 'the field asks');
  await page.locator(`${BY_PASSKEY} button[type=submit]`).click();
  await until(async () => (await asked()).join() === 'conditional AbortError,button', 'only the button asks');
});

test('an autofill that waited longer than its challenge, or than another tab, has a new one', async (t) => {
  const walk = await atSignIn(t, 'en', { autofill: true });
  const { page, home, context, server } = walk;
  const asks = (where, seen = { count: 0 }) => {
    where.on('request', (request) => {
      if (request.url().endsWith('/signin/passkey/options')) seen.count++;
    });
    return seen;
  };
  const here = asks(page);
  await page.clock.install();
  await home.go('/signin');
  await until(() => here.count === 1, 'the page asks for a challenge');
  server.moveClock({ minutes: 5 });
  await page.clock.fastForward('04:30');
  await until(() => here.count === 2, 'it asks for another before the first is too old');
  const tab = await context.newPage();
  const there = asks(tab);
  await tab.goto(`${server.url}/signin`);
  await until(() => there.count === 1, 'another tab asks');
  await tab.close();
  await walk.device.touched(true);
  await until(async () => {
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    return here.count >= 3;
  }, 'whoever comes back finds a challenge that counts');
  await page.waitForURL(/\/account$/);
});
