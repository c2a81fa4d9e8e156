// Looking through the account (A28): from a browser that is not known, from a question that was not asked,
// and to the end; in both languages, with scripts and without.

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { sessionOf, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';

afterAll(closeBrowser);

for (const [language, scripts] of [
  ['en', true],
  ['ar', true],
  ['en', false],
]) {
  test(`what is mine and what is not, ${language}, scripts ${scripts ? 'on' : 'off'}`, async (t) => {
    const server = await Server.start({ t });
    const person = await signUp(server);
    const stranger = await person.signIn();
    const { page, seen } = await newPerson({ t, language, scripts });
    const home = new AtHome({ server, person, page, scripts });
    const answer = async (value) => {
      for (const one of await page.locator(`input[value="${value}"]`).all()) await one.check();
      await home.send('/account/review');
    };
    await home.signIn('/account/devices');
    await home.look('review_from_devices');
    await home.send('/account/devices/unknown');
    await page.waitForURL(/\/account\/review\?begun=ended$/);
    await home.look('review_devices');
    await home.send('/account/review'); // nothing was said
    await home.look('review_problem');
    await answer('not-mine');
    const ended = [person.client, stranger];
    for (const client of ended) assert.equal(await sessionOf(client), null);
    await home.look('review_apps');
    await answer('mine');
    await home.look('review_addresses');
    await answer('mine');
    await home.look('review_words');
    const mail = await person.mailbox.after(person.email, () => answer('not-mine'));
    await page.waitForURL(/\/account\/review\/done$/);
    await home.look('review_done');
    assert.match(mail.text, /2 things are not theirs/);

    await home.go('/account/password');
    await home.send('/account/password', { new_password: 'four green lamps at noon' });
    await page.waitForURL(/\/account\/reauth\//);
    await home.look('review_reauth');
    await home.send('/account/review/not-asked');
    await page.waitForURL(/\/account\/review\?begun=stopped$/);
    await home.look('review_stopped');
    await seen.mustBeClean();
  });
}
