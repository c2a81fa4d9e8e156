// A code that is read out in a call: to a landline, which takes nothing else, and to a mobile number whose
// owner asks for a call instead. In Chromium, in both languages, with and without scripts.

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { LANDLINE, NUMBER, spokenCode, textAfter } from '../support/codes.mjs';
import { signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';

afterAll(closeBrowser);

for (const { language, scripts } of [
  { language: 'en', scripts: true },
  { language: 'ar', scripts: false },
]) {
  test(`a landline is added by a call, and called to sign in, ${language}`, async (t) => {
    const server = await Server.start({ t });
    const person = await signUp(server);
    const { page, seen } = await newPerson({ t, language, scripts });
    const home = new AtHome({ server, person, page, scripts });
    await home.signIn('/account/phone');
    await page.locator('#region').selectOption('PT');
    await home.send('/account/phone', { number: '212 345 678' });
    const first = await textAfter(server, LANDLINE, () => home.approve('/account/phone/confirm'));
    await page.waitForURL(/\/account\/phone\/code$/);
    await home.look('calls_number');
    assert.equal(await page.locator('input[name="by"]').count(), 0, 'a landline takes calls only');
    await home.type('/account/phone/code', spokenCode(first));
    await page.waitForURL(/done=added$/);

    await page.context().clearCookies();
    server.moveClock({ minutes: 2 });
    await home.go('/signin');
    await home.send('/signin', { email: person.email, password: person.password });
    await home.go('/signin/sms');
    await home.look('calls_ask');
    const call = await textAfter(server, LANDLINE, () => home.send('/signin/sms/send'));
    await home.look('calls_called');
    await home.type('/signin/sms', spokenCode(call));
    await page.waitForURL(/\/account$/);
    await home.go(`/dev/phone?token=${server.devToken}`);
    assert.equal(await page.locator('ul.list li').count(), 2);
    await home.look('calls_phone');
    await seen.mustBeClean();
  });
}

test('a mobile number is called instead, in the place of the text', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const { page, seen } = await newPerson({ t, scheme: 'dark' });
  const home = new AtHome({ server, person, page });
  await home.signIn('/account/phone');
  await page.locator('#region').selectOption('PT');
  await home.send('/account/phone', { number: '912 345 678' });
  const text = await textAfter(server, NUMBER, () => home.approve('/account/phone/confirm'));
  await page.waitForURL(/\/account\/phone\/code$/);
  assert.equal(text.kind, 'text');
  server.moveClock({ minutes: 2 });
  await page.reload();
  await home.look('calls_instead');
  const call = await textAfter(server, NUMBER, () => home.call('/account/phone/code/send'));
  await home.look('calls_instead_called');
  await home.type('/account/phone/code', spokenCode(call));
  await page.waitForURL(/done=added$/);
  await seen.mustBeClean();
});
