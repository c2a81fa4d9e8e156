// One of two authenticator apps is removed: asked for, kept, asked for again by a fresh proof, and gone;
// scripts on and off, in both languages.

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { must, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { totp } from '../support/totp.mjs';

afterAll(closeBrowser);

for (const language of ['en', 'ar']) {
  for (const scripts of [true, false]) {
    test(`an app is removed, ${language}, scripts ${scripts ? 'on' : 'off'}`, async (t) => {
      const server = await Server.start({ t });
      const person = await signUp(server);
      const { page, seen } = await newPerson({ t, language, scripts });
      const home = new AtHome({ server, person, page, scripts });
      await home.signIn('/account/app');
      await home.send('/account/app/add');
      await home.approve('/account/app/add/confirm');
      await page.waitForURL(/\/account\/app\/new$/);
      const key = (await page.locator('#backup_key').textContent()).trim();
      await home.type('/account/app/new', totp(key, server.now()));
      await page.waitForURL(/\/account\/app\/new\/saved/);
      await home.send('/account/app/new/saved', { part: key.slice(-9) });
      await page.waitForURL(/\/account\/app\?done=added/);

      server.moveClock({ days: 4 }); // a younger app approves no removal
      await home.signIn('/account/app');
      await home.look('remove_app_two');
      const asked = async () => {
        await home.send('/account/app/remove');
        await page.waitForURL(/\/account\/reauth\//);
        await home.approve('/account/app/remove/confirm');
        await page.waitForURL(/\/account\/app\?done=leaves/);
      };
      const told = await person.mailbox.after(person.email, asked);
      assert.match(told.subject, /will be removed/);
      await home.look('remove_app_leaves');
      await home.send('/account/app/keep');
      await page.waitForURL(/\/account\/app\?done=kept/);
      await home.look('remove_app_kept');
      await asked();
      const gone = { matches: ({ subject }) => /was removed/.test(subject) };
      await person.mailbox.after(person.email, () => server.moveClock({ days: 3, minutes: 1 }), gone);
      const later = await person.signIn();
      const { apps } = must(await later.get('/account/app'));
      assert.equal(apps.length, 1);
      await home.signIn('/account/app');
      await home.look('remove_app_one');
      assert.equal(await page.locator('form[action="/account/app/remove"]').count(), 0, 'the last one stays');
      await seen.mustBeClean();
    });
  }
}
