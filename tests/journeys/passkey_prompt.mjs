// A passkey is proposed after a sign-in by a code that was sent: "Not now" goes on and is remembered for 30
// days; "Create a passkey" ends with one, by the password and a new code. Also as one who was led elsewhere.

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson, virtualAuthenticator } from '../support/chromium.mjs';
import { codeOf } from '../support/codes.mjs';
import { next } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { LENIENT, messageAfter, signInWeakly, weakPerson } from '../support/weak.mjs';

afterAll(closeBrowser);

/** Signs in at the page of the browser, by password and a sent code; it leads to `then` in the end. */
async function enter(home, person, kind, then) {
  const path = kind === 'text' ? '/signin/sms' : '/signin/mail';
  person.server.moveClock({ minutes: 2 });
  await home.page.context().clearCookies();
  await home.go(`/signin?then=${then}`);
  await home.send('/signin', { email: person.email, password: person.password });
  await home.page.waitForURL(new RegExp(`${path}$`));
  const message = await messageAfter(person, kind, () => home.send(`${path}/send`));
  await home.type(path, codeOf(message));
}

for (const { language, scripts, kind } of [
  { language: 'en', scripts: true, kind: 'text' },
  { language: 'ar', scripts: true, kind: 'mail' },
  { language: 'en', scripts: false, kind: 'mail' },
  { language: 'ar', scripts: false, kind: 'text' },
]) {
  const how = `${language}, ${kind}, scripts ${scripts ? 'on' : 'off'}`;
  test(`a passkey is proposed, put off, proposed again and made, ${how}`, async (t) => {
    const server = await Server.start({ t, config: LENIENT });
    const person = await weakPerson(server, kind);
    const { page, seen } = await newPerson({ t, language, scripts });
    const home = new AtHome({ server, person, page, scripts });

    await enter(home, person, kind, '/account/devices');
    await page.waitForURL(/\/account\/passkeys\/offer\?then=/);
    await home.look(`prompt_${kind}`);
    await page.locator('p.below a').click();
    await page.waitForURL(/\/account\/devices$/);
    await page.goBack();
    await home.send('/account/passkeys/not-now');
    await page.waitForURL(/\/account\/devices$/);

    server.moveClock({ hours: 25 });
    await enter(home, person, kind, '/account/devices');
    await page.waitForURL(/\/account\/devices$/);
    server.moveClock({ days: 30 });
    await enter(home, person, kind, '/account/devices');
    await page.waitForURL(/\/account\/passkeys\/offer\?then=/);
    if (!scripts) return; // a passkey needs them; the way up to it is step_up_weak's

    const copied = { defaultBackupEligibility: true, defaultBackupState: true };
    const { session, authenticatorId } = await virtualAuthenticator(page, copied);
    server.moveClock({ minutes: 2 });
    await home.send('/account/passkeys/add');
    await page.waitForURL(/\/account\/reauth\//);
    const here = home.path();
    await home.send(`${here}/password`, { proof: person.password });
    const message = await messageAfter(person, kind, () => home.send(`${here}/send`));
    await home.type('/account/passkeys/add/confirm', codeOf(message));
    await page.waitForURL(/\/account\/passkeys\/new$/);
    await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: true });
    await page.locator('form[data-passkey="create"] button[type=submit]').click();
    await page.waitForURL(/\/account\/passkeys\?done=added$/);
    await seen.mustBeClean();
  });
}

test('a program is led straight on', async (t) => {
  const server = await Server.start({ t, config: LENIENT });
  const person = await weakPerson(server, 'mail');
  server.moveClock({ minutes: 2 });
  const { client, answer } = await signInWeakly(person, 'mail');
  assert.equal(next(answer), '/account');
  const offered = await client.get('/account/passkeys/offer?then=/account/devices');
  assert.equal(offered.json.then, '/account/devices', offered.body);
  assert.equal(next(await client.post('/account/passkeys/not-now', { then: '//evil.example' })), '/account');
  assert.equal(next(await client.get('/account/passkeys/offer')), '/account', 'and is not asked again');
});
