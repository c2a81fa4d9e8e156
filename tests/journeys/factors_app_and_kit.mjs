// A second authenticator app and a new recovery kit; scripts on and off, in both languages.

import assert from 'node:assert/strict';

import { closeBrowser, inspect, newPerson } from '../support/chromium.mjs';
import { Client } from '../support/http.mjs';
import { Mailbox, codeIn } from '../support/mailbox.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { totp, wrongCode } from '../support/totp.mjs';

afterAll(closeBrowser);

const PASSWORD = 'quartz-lantern-otter-57';

/** An account made as a program does it: {client, email, key}. */
async function signedUp(server, email) {
  const client = new Client(server.url);
  await client.post('/signup', { email });
  await client.post('/signup/confirm', { code: codeIn(await new Mailbox(server).next(email)) });
  await client.post('/signup/secure', { password: PASSWORD });
  const { json: second } = await client.get('/signup/second');
  await client.post('/signup/second', { code: totp(second.key, server.now()) });
  const { json: kit } = await client.get('/signup/kit');
  await client.post('/signup/kit');
  const { json: asked } = await client.get('/signup/kit/proof');
  await client.post('/signup/kit/proof', { part: kit.codes[asked.number - 1].slice(-4) });
  return { client, email, key: second.key };
}

/** The page's session becomes the client's. */
async function carry(page, server, client) {
  const own = { url: server.url, secure: true, httpOnly: true };
  const cookies = [...client.cookies].map(([name, value]) => ({ name, value, ...own }));
  await page.context().addCookies(cookies);
}

async function approve(page, server, key) {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.locator('#proof').fill(totp(key, server.now()));
  const confirm = page.locator('form[action^="/account/"] button[type=submit]').first();
  await Promise.all([page.waitForURL(/\/account\/(app|kit)\/new/), confirm.click().catch(() => {})]);
}

for (const language of ['en', 'ar']) {
  for (const scripts of [true, false]) {
    test(`a second app and a new kit, ${language}, scripts ${scripts ? 'on' : 'off'}`, async (t) => {
      const server = await Server.start({ t });
      const { client, key } = await signedUp(server, `ada-${language}-${scripts}@mail.example`);
      server.moveClock({ minutes: 2 });
      const { page, seen } = await newPerson({ t, language, scripts });
      await carry(page, server, client);

      await page.goto(`${server.url}/account/app`);
      await inspect(page, 'factors_app', { scripts });
      await page.locator('form[action="/account/app/add"] button').click();
      await inspect(page, 'factors_reauth', { scripts });
      await approve(page, server, key);

      await inspect(page, 'factors_app_new', { scripts });
      const shown = (await page.locator('#backup_key').textContent()).trim();
      await page.locator('#code').fill(wrongCode(shown, server.now()));
      if (!scripts) await page.locator('form[action="/account/app/new"] button').click();
      await page.locator('#code_problem').waitFor();
      await page.locator('#code').fill(totp(shown, server.now()));
      if (!scripts) await page.locator('form[action="/account/app/new"] button').click();
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
      await approve(page, server, shown);
      await inspect(page, 'factors_kit_new', { scripts });
      const codes = await page.locator('.kit ol li').allTextContents();
      assert.equal(codes.length, 10);
      await page.locator('form[action="/account/kit/new/saved"] button').click();
      await page.waitForURL(/\/account\/kit\/new\/proof/);
      await inspect(page, 'factors_kit_proof', { scripts });
      const proof = await new ClientOf(page, server).get('/account/kit/new/proof');
      await page.locator('#part').fill(codes[proof.json.asked - 1].trim().slice(-4));
      await page.locator('form[action="/account/kit/new/proof"] button').click();
      await page.waitForURL(/\/account\/kit\?done=1/);
      await inspect(page, 'factors_kit_done', { scripts });
      await seen.mustBeClean();
    });
  }
}

/** A program with the page's cookies. */
class ClientOf {
  constructor(page, server) {
    this.page = page;
    this.server = server;
  }
  async get(path) {
    const client = new Client(this.server.url);
    for (const { name, value } of await this.page.context().cookies()) client.cookies.set(name, value);
    return client.get(path);
  }
}
