// A browser that a person trusts: the box beside the code, the way on without a code, what such a session may
// not do, and the end of the trust on the page of devices.

import assert from 'node:assert/strict';

import { Authenticator, deviceOf, enrol, withPasskeys, withoutAutofill } from '../support/authenticator.mjs';
import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { must, sessionOf, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { until } from '../support/until.mjs';

afterAll(closeBrowser);

const GO_ON = 'form[action="/signin/trusted"]';

async function atCode(t, language, { config, ...more } = {}) {
  const server = await Server.start({ t, config });
  const person = await signUp(server);
  const { page, seen, context } = await newPerson({ t, language, ...more });
  const home = new AtHome({ server, person, page, scripts: more.scripts ?? true });
  const enterPassword = async () => {
    await home.go('/signin');
    await home.send('/signin', { email: person.email, password: person.password });
    await page.waitForURL(/\/signin\/(code|key)$/);
  };
  const signOut = async () => {
    await home.go('/signout');
    await home.send('/signout');
  };
  const isAt = (path) => page.waitForURL((url) => url.pathname === path);
  return { server, person, page, seen, context, home, enterPassword, signOut, isAt };
}

async function trustIt({ page, home, person, enterPassword, isAt }) {
  await enterPassword();
  await page.locator('#trust').check();
  await home.type('/signin/code', person.freshCode());
  await isAt('/account');
}

for (const language of ['en', 'ar'])
  test(`trusted, used, and ended, ${language}`, async (t) => {
    const walk = await atCode(t, language);
    const { page, home, person, seen, enterPassword, signOut, isAt } = walk;
    await enterPassword();
    const box = page.locator('#trust');
    await box.waitFor();
    assert.equal(await box.isChecked(), false);
    await home.look('trust_box');
    await box.check();
    await home.type('/signin/code', '000000');
    await page.locator('#trust:checked').waitFor(); // a wrong code forgets no wish
    const loaded = page.waitForEvent('load');
    await page.locator('#code').fill(person.freshCode());
    await loaded;
    await isAt('/account');
    await home.go('/account/devices');
    await home.look('devices_trusted');
    await home.go('/account/review');
    await page.locator('input[value="mine"]').check(); // the session of the sign-up
    await home.send('/account/review');
    await page.locator('input[name="step"][value="trusted"]').waitFor({ state: 'attached' });
    await home.look('review_trusted');
    await home.go('/account/devices');
    assert.equal(await page.locator('form[action="/account/devices/end-trust"]').count(), 1);

    await signOut();
    await enterPassword();
    await page.locator(GO_ON).waitFor();
    assert.equal(await page.locator('#trust').count(), 0, 'not asked twice');
    await home.look('trusted_go_on');
    await page.locator(`${GO_ON} button`).click();
    await isAt('/account');

    await home.go('/account/password');
    await home.look('trusted_stopped');
    assert.equal(await page.locator('#new_password').count(), 0, 'no setting changes');
    await home.go('/account/devices');
    await home.send('/account/devices/end-trust');
    await home.look('devices_trust_ended');
    assert.equal(await page.locator('form[action="/account/devices/end-trust"]').count(), 0);
    await signOut();
    await enterPassword();
    await page.locator('#trust').waitFor();
    assert.equal(await page.locator(GO_ON).count(), 0, 'the code is asked for again');
    await home.type('/signin/code', person.freshCode());
    await isAt('/account');
    await seen.mustBeClean();
  });

test('the cookies in another profile bring no key', async (t) => {
  const walk = await atCode(t, 'en');
  await trustIt(walk);
  const copy = await newPerson({ t, context: { storageState: await walk.context.storageState() } });
  await copy.context.clearCookies({ name: '__Host-session' });
  const { server, person } = walk;
  const thief = new AtHome({ server, person, page: copy.page });
  await thief.go('/signin');
  await thief.send('/signin', { email: person.email, password: person.password });
  await copy.page.locator('#trust').waitFor(); // the script has looked for the key
  assert.equal(await copy.page.locator('template[data-trust-use]').count(), 1, 'the cookie was known');
  assert.equal(await copy.page.locator(GO_ON).count(), 0);
  await copy.seen.mustBeClean();
});

test('trust that ended while the page was open leads to the code', async (t) => {
  const walk = await atCode(t, 'en');
  const { page, home, person, enterPassword, signOut, isAt } = walk;
  await trustIt(walk);
  await signOut();
  await enterPassword();
  await page.locator(GO_ON).waitFor();
  must(await person.client.post('/account/devices/end-all-trust', {}));
  await page.locator(`${GO_ON} button`).click();
  await page.waitForURL(/\/signin\/code\?trust=no$/);
  await home.look('trusted_no_more');
  assert.equal(await page.locator(GO_ON).count(), 0);
  await home.type('/signin/code', person.freshCode());
  await isAt('/account');
});

test('beside a passkey as the second factor', async (t) => {
  const walk = await atCode(t, 'en', { config: withPasskeys });
  const { server, person, page, home, seen, enterPassword, signOut, isAt } = walk;
  const key = await enrol(person, new Authenticator(server));
  await withoutAutofill(page);
  const device = await deviceOf(page);
  await key.into(page, device);
  await enterPassword();
  await page.locator('#trust').check();
  await home.look('trust_box_key');
  await device.touched(true);
  await page.locator('form[action="/signin/key"] button[type=submit]').click();
  await isAt('/account');
  await signOut();
  await enterPassword();
  await page.locator(`${GO_ON} button`).click();
  await isAt('/account');
  const factors = () => page.evaluate(async () => (await (await fetch('/api/v1/session')).json()).factors);
  assert.deepEqual(await until(() => factors().catch(() => undefined), 'the session answers'), ['password']);
  await seen.mustBeClean();
});

test('without scripts there is no box, and the code does', async (t) => {
  const { page, home, person, enterPassword, isAt } = await atCode(t, 'en', { scripts: false });
  await enterPassword();
  assert.equal(await page.locator('#trust').count(), 0);
  assert.doesNotMatch(await page.locator('main').innerText(), /[Tt]rust/);
  await home.look('code_without_scripts');
  await home.type('/signin/code', person.freshCode());
  await isAt('/account');
  assert.notEqual(await sessionOf(person.client), null);
});
