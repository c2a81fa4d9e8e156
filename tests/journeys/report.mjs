// Report a fake (P12): from where people meet one to what they should do, in both languages, with scripts and
// without; and what operators make of it.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { PICTURE, fakes } from '../support/fakes.mjs';
import { signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';

afterAll(closeBrowser);

const REFERENCE = /F-[0-9A-Z]{5}-[0-9A-Z]{5}/;

for (const [language, scripts] of [
  ['en', true],
  ['ar', true],
  ['en', false],
  ['ar', false],
]) {
  test(`a fake is reported, ${language}, scripts ${scripts ? 'on' : 'off'}`, async (t) => {
    const server = await Server.start({ t });
    const person = await signUp(server, { language });
    const { page, seen } = await newPerson({ t, language, scripts });
    const home = new AtHome({ server, person, page, scripts });

    // A stranger: nothing at first, then a text and what was given away.
    await home.go('/verify');
    await page.locator('a[href="/report"]').first().click();
    await page.waitForURL(/\/report$/);
    await home.look('report');
    await home.send('/report', { where: 'https://login.evil-exchange.com/' });
    await home.look('report_problem');
    assert.equal(await page.locator('#where').inputValue(), 'https://login.evil-exchange.com/');
    await page.locator('#channel').selectOption('text');
    await page.locator('input[name=gave_password]').check();
    await home.send('/report', { text: 'Your funds are at risk: http://login.evil-exchange.com/x' });
    await home.look('report_done_lock');
    const [reference] = (await page.locator('main').innerText()).match(REFERENCE);
    assert.equal(await page.locator('a.danger[href="/lock"]').count(), 1);
    assert.ok(!(await page.content()).includes('evil-exchange'), 'nothing of it is shown again');
    if (scripts) assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');

    // A picture, by who is signed in.
    await home.signIn('/account/messages');
    await page.locator('a[href="/report"]').first().click();
    await page.waitForURL(/\/report$/);
    const file = { name: 'shot.png', mimeType: 'image/png', buffer: PICTURE };
    await page.locator('#file').setInputFiles(file);
    const mail = await person.mailbox.after(person.email, () => home.send('/report'));
    await home.look('report_done');
    const [own] = (await page.locator('main').innerText()).match(REFERENCE);
    assert.ok(mail.text.includes(own), mail.text);
    assert.equal(await page.locator('a.danger').count(), 0, 'nothing was given away');

    // The operator.
    const list = await fakes(server, 'list');
    assert.match(list.output, /host evil-exchange\.com: 1 reports from 1 networks/);
    const cluster = await fakes(server, 'show', 'evil-exchange.com');
    assert.ok(cluster.output.includes(reference), cluster.output);
    const shown = await fakes(server, 'show', reference);
    assert.match(shown.output, /by text, not looked at yet\ngiven away: password\n/);
    assert.match(shown.output, /Your funds are at risk/);
    const folder = join(server.folder, 'saved');
    mkdirSync(folder);
    await fakes(server, 'show', own, '--save', folder);
    assert.deepEqual(readdirSync(folder), [`${own}.png`]);
    assert.deepEqual(readFileSync(join(folder, `${own}.png`)), PICTURE);
    const told = await person.mailbox.after(person.email, () => fakes(server, 'confirm', own));
    assert.ok(told.text.includes(own), told.text);
    assert.notEqual(told.subject, mail.subject);
    assert.equal((await fakes(server, 'clear', own)).code, 1, 'one finding');
    await home.go('/account');
    await home.look('report_history');
    await seen.mustBeClean();
  });
}
