// A second authenticator app and a new recovery kit; scripts on and off, in both languages.

import assert from 'node:assert/strict';

import { closeBrowser, inspect, newPerson } from '../support/chromium.mjs';
import { signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { totp, wrongCode } from '../support/totp.mjs';

afterAll(closeBrowser);

/** By password and code, in this browser. */
async function signIn(page, server, person) {
  await page.goto(`${server.url}/signin?then=/account/app`);
  await page.locator('#email').fill(person.email);
  await page.locator('#password').fill(person.password);
  await page.locator('form[action="/signin"] button[type=submit]').last().click();
  await page.waitForURL(/\/signin\/code/);
  await type(page, '/signin/code', person.freshCode());
  await page.waitForURL(/\/account\/app/);
}

/** A complete code submits itself where scripts run; else the button is pressed. */
async function type(page, action, code) {
  const left = page.waitForResponse((answer) => answer.request().method() === 'POST');
  await page.locator('input[inputmode=numeric]').fill(code);
  if (!page.scripts) await page.locator(`form[action="${action}"] button[type=submit]`).click();
  await left;
  await page.waitForLoadState();
}

/** Which code the page asks for, in any script's digits. */
async function asked(page) {
  const text = await page.locator('h1 + p').textContent();
  const digits = text.replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660));
  return Number(digits.match(/\d+/g).at(-1));
}

/** The step-up, with the newest code of the app. */
async function approve(page, action, code) {
  await page.waitForURL(/\/account\/reauth\//);
  await type(page, action, code);
}

for (const language of ['en', 'ar']) {
  for (const scripts of [true, false]) {
    test(`a second app and a new kit, ${language}, scripts ${scripts ? 'on' : 'off'}`, async (t) => {
      const server = await Server.start({ t });
      const person = await signUp(server);
      const { page, seen } = await newPerson({ t, language, scripts });
      page.scripts = scripts;
      await signIn(page, server, person);
      await inspect(page, 'factors_app', { scripts });
      await page.locator('form[action="/account/app/add"] button').click();
      await inspect(page, 'factors_reauth', { scripts });
      await approve(page, '/account/app/add/confirm', person.freshCode());
      await page.waitForURL(/\/account\/app\/new$/);

      await inspect(page, 'factors_app_new', { scripts });
      const shown = (await page.locator('#backup_key').textContent()).trim();
      await type(page, '/account/app/new', wrongCode(shown, server.now()));
      await page.locator('#code_problem').waitFor();
      await type(page, '/account/app/new', totp(shown, server.now()));
      await page.waitForURL(/\/account\/app\/new\/saved/);
      await inspect(page, 'factors_app_saved', { scripts });
      assert.ok(!(await page.content()).includes(shown.slice(-9)), 'the key is out of sight');
      await page.locator('#part').fill(shown.slice(-9).toLowerCase());
      await page.locator('form[action="/account/app/new/saved"] button').click();
      await page.waitForURL(/\/account\/app\?done=added/);
      await inspect(page, 'factors_app_done', { scripts });

      server.moveClock({ minutes: 2 });
      await page.goto(`${server.url}/account/kit`);
      await inspect(page, 'factors_kit', { scripts });
      await page.locator('form[action="/account/kit"] button').click();
      await approve(page, '/account/kit/confirm', totp(shown, server.now()));
      await page.waitForURL(/\/account\/kit\/new$/);
      await inspect(page, 'factors_kit_new', { scripts });
      const codes = await page.locator('.kit ol li').allTextContents();
      assert.equal(codes.length, 10);
      await page.locator('form[action="/account/kit/new/saved"] button').click();
      await page.waitForURL(/\/account\/kit\/new\/proof/);
      await inspect(page, 'factors_kit_proof', { scripts });
      await page.locator('#part').fill(codes[(await asked(page)) - 1].trim().slice(-4));
      await page.locator('form[action="/account/kit/new/proof"] button').click();
      await page.waitForURL(/\/account\/kit\?done=1/);
      await inspect(page, 'factors_kit_done', { scripts });
      await seen.mustBeClean();
    });
  }
}
