// A second authenticator app and a new recovery kit; scripts on and off, in both languages.

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { totp, wrongCode } from '../support/totp.mjs';

afterAll(closeBrowser);

/** Which code the page asks for, in any script's digits. */
async function asked(page) {
  const text = await page.locator('h1 + p').textContent();
  const digits = text.replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660));
  return Number(digits.match(/\d+/g).at(-1));
}

for (const language of ['en', 'ar']) {
  for (const scripts of [true, false]) {
    test(`a second app and a new kit, ${language}, scripts ${scripts ? 'on' : 'off'}`, async (t) => {
      const server = await Server.start({ t });
      const person = await signUp(server);
      const { page, seen } = await newPerson({ t, language, scripts });
      const home = new AtHome({ server, person, page, scripts });
      await home.signIn('/account/app');
      await home.look('factors_app');
      await page.locator('form[action="/account/app/add"] button').click();
      await home.look('factors_reauth');
      await home.approve('/account/app/add/confirm');
      await page.waitForURL(/\/account\/app\/new$/);

      await home.look('factors_app_new');
      const shown = (await page.locator('#backup_key').textContent()).trim();
      await home.type('/account/app/new', wrongCode(shown, server.now()));
      await page.locator('#code_problem').waitFor();
      await home.type('/account/app/new', totp(shown, server.now()));
      await page.waitForURL(/\/account\/app\/new\/saved/);
      await home.look('factors_app_saved');
      assert.ok(!(await page.content()).includes(shown.slice(-9)), 'the key is out of sight');
      await page.locator('#part').fill(shown.slice(-9).toLowerCase());
      await page.locator('form[action="/account/app/new/saved"] button').click();
      await page.waitForURL(/\/account\/app\?done=added/);
      await home.look('factors_app_done');

      server.moveClock({ minutes: 2 });
      await page.goto(`${server.url}/account/kit`);
      await home.look('factors_kit');
      await page.locator('form[action="/account/kit"] button').click();
      await home.approve('/account/kit/confirm', totp(shown, server.now()));
      await page.locator('.summary').waitFor();
      await home.look('factors_kit_too_young');
      await page.goto(`${server.url}/account/kit`);
      await page.locator('form[action="/account/kit"] button').click();
      await home.approve('/account/kit/confirm');
      await page.waitForURL(/\/account\/kit\/new$/);
      await home.look('factors_kit_new');
      const codes = await page.locator('.kit ol li').allTextContents();
      assert.equal(codes.length, 10);
      await page.locator('form[action="/account/kit/new/saved"] button').click();
      await page.waitForURL(/\/account\/kit\/new\/proof/);
      await home.look('factors_kit_proof');
      await page.locator('#part').fill(codes[(await asked(page)) - 1].trim().slice(-4));
      await page.locator('form[action="/account/kit/new/proof"] button').click();
      await page.waitForURL(/\/account\/kit\?done=1/);
      await home.look('factors_kit_done');
      await seen.mustBeClean();
    });
  }
}
