// The authenticator app moves to a new phone, to its end: the page says so, both phones sign in for three
// days, then the new one alone; the owner is told by mail and in the history; scripts on and off, in both
// languages.

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { Client } from '../support/http.mjs';
import { must, next, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { STEP_SECONDS, totp, wrongCode } from '../support/totp.mjs';

afterAll(closeBrowser);

/** A sign-in with this code of an app: the status and where it leads, or the refusal. */
async function signInWith(person, code) {
  const browser = await person.enterPassword(new Client(person.server.url));
  return browser.post('/signin/code', { code });
}

for (const language of ['en', 'ar']) {
  for (const scripts of [true, false]) {
    test(`the app moves to a new phone, ${language}, scripts ${scripts ? 'on' : 'off'}`, async (t) => {
      const server = await Server.start({ t });
      const person = await signUp(server);
      const { page, seen } = await newPerson({ t, language, scripts });
      const home = new AtHome({ server, person, page, scripts });
      server.moveClock({ days: 4 }); // a younger app approves no move
      await home.signIn('/account/app');
      await home.send('/account/app/move');
      await home.look('move_app_reauth');
      await home.approve('/account/app/move/confirm');
      await page.waitForURL(/\/account\/app\/new$/);
      const key = (await page.locator('#backup_key').textContent()).trim();
      await home.type('/account/app/new', wrongCode(key, server.now()));
      await page.locator('#code_problem').waitFor();
      await home.type('/account/app/new', totp(key, server.now()));
      await page.waitForURL(/\/account\/app\/new\/saved/);
      await home.look('move_app_saved');
      assert.equal((await signInWith(person, totp(key, server.now()))).status, 401, 'it is not in force yet');

      const others = await person.signIn();
      const finished = async () => {
        await home.send('/account/app/new/saved', { part: key.slice(-9) });
        await page.waitForURL(/\/account\/app\?done=moved/);
      };
      const added = { matches: ({ subject }) => /was added/.test(subject) };
      const told = await person.mailbox.after(person.email, finished, added);
      await home.look('move_app_done');
      assert.equal(await page.locator('.list li').count(), 2, 'both phones are on the page');
      assert.equal(await page.locator('form[action="/account/app/move"]').count(), 0, 'one move at a time');
      assert.match(told.subject, /authenticator app/i);
      assert.match(told.text, /you had before keeps working/);
      assert.equal((await others.get('/account')).status, 401, 'other sessions ended');

      server.moveClock({ seconds: 2 * STEP_SECONDS });
      next(await signInWith(person, totp(key, server.now())));
      // The old phone goes on for as long as the new one is young (docs/decisions), and can be kept.
      const here = await person.signIn();
      const { apps } = must(await here.get('/account/app'));
      assert.deepEqual(
        apps.map(({ due }) => due !== null),
        [true, false],
      );
      const { events } = must(await here.get('/account'));
      assert.ok(
        events.some(({ kind }) => kind === 'app_moved'),
        JSON.stringify(events),
      );
      await page.goto(`${server.url}/account`);
      await home.look('move_app_account');
      const gone = { matches: ({ subject }) => /was removed/.test(subject) };
      const over = () => server.moveClock({ days: 3, minutes: 1 });
      await person.mailbox.after(person.email, over, gone);
      assert.equal((await signInWith(person, person.freshCode())).status, 401, 'the old phone is out');
      const later = await person.enterPassword(new Client(server.url));
      next(await later.post('/signin/code', { code: totp(key, server.now()) }));
      await seen.mustBeClean();
    });
  }
}
